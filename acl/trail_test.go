package acl_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// atTen sets the clock of a world to ten o'clock of a Wednesday.
func atTen(w *acltest.World) time.Time {
	w.Time = time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)
	return w.Time
}

// display gives an account the name that pages show.
func display(t *testing.T, w *acltest.World, id archive.UserID, name string) {
	t.Helper()
	if err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
		u, err := tx.User(id)
		if err != nil {
			return err
		}
		u.Rename(name)
		u.Revision++
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return tx.Record(audit.Event{Time: w.Time, Actor: audit.System(), Op: audit.OpUserChange, Result: audit.Allow})
	}); err != nil {
		t.Fatal(err)
	}
}

// trailOf returns the newest event that a filter lets pass.
func trailOf(t *testing.T, officer *acl.Desk, f archive.TrailFilter) acl.TrailRow {
	t.Helper()
	page, err := officer.Trail(t.Context(), f, 1, "")
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("trail of %+v: %d events, %v", f, len(page.Items), err)
	}
	return page.Items[0]
}

func TestTrailIsReadByPeople(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	atTen(w)
	jana := w.User("jana", "sachbearbeitung@auslaenderbehoerde")
	display(t, w, jana.User, "Jana Oeztürk")
	worker := w.Guard.For(jana)
	asyl := w.Guard.For(w.User("asyl", "sachbearbeitung@asyl"))
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	akte := w.Akte(worker, "Öztürk-Beispiel", "auslaenderbehoerde", archive.Participation{Department: "asyl"})
	paper := w.Add(asyl, akte, archive.Document{Type: "ankunftsnachweis", Register: "asyl"}, "Anhörung")
	w.Settle()
	c, err := worker.OpenCase(t.Context(), archive.Case{Akte: akte, Procedure: "asylverfahren"})
	if err != nil {
		t.Fatal(err)
	}
	jana.Purpose = "case:" + string(c.ID)
	if _, err := w.Guard.For(jana).Document(t.Context(), paper.ID); err != nil {
		t.Fatal(err)
	}
	head, err := asyl.Akte(t.Context(), akte)
	if err != nil {
		t.Fatal(err)
	}
	row := trailOf(t, officer, archive.TrailFilter{Akte: akte, Op: string(audit.OpDocumentOpen)})
	if row.Name != "Jana Oeztürk" || row.Leaf.Department != "auslaenderbehoerde" || row.Leaf.Register != "asyl" {
		t.Errorf("who, and where: %+v", row)
	}
	if len(row.Akten) != 1 || row.Akten[0].Number != head.Number || row.Case != (acl.TrailCase{Procedure: c.Procedure, Number: head.Number}) {
		t.Errorf("number %q, case %+v; want %s", row.Akten, row.Case, head.Number)
	}
	if !strings.Contains(row.Rule.DE, "passendem Vorgang") {
		t.Errorf("rule %s says %q", row.Leaf.Rule, row.Rule.DE)
	}
	if want := []acl.Mark{acl.MarkOwnCase, acl.MarkNamesake}; !slices.Equal(row.Marks, want) {
		t.Errorf("marks %v, want %v", row.Marks, want)
	}
	if said := fmt.Sprintf("%+v", row); strings.Contains(said, "Beispiel") {
		t.Error("the officer reads the name of a person")
	}
}

func TestTrailMarks(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	ten := atTen(w)
	owner := w.Guard.For(w.User("owner", "sachbearbeitung@auslaenderbehoerde"))
	curious := w.User("curious", "sachbearbeitung@soziales")
	other := w.User("other", "sachbearbeitung@soziales")
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	akte := w.Akte(owner, "Beispiel", "auslaenderbehoerde")
	refused := func(who acl.Subject, at time.Duration) acl.TrailRow {
		t.Helper()
		w.Time = ten.Add(at)
		if _, err := w.Guard.For(who).Akte(t.Context(), akte); !errors.Is(err, archive.ErrNotFound) {
			t.Fatalf("a stranger opens the Akte: %v", err)
		}
		return trailOf(t, officer, archive.TrailFilter{Actor: who.User})
	}
	for _, tt := range []struct {
		name string
		who  acl.Subject
		at   time.Duration
		want []acl.Mark
	}{
		{"the first refusal", curious, 0, []acl.Mark{acl.MarkRefused}},
		{"the second", curious, 10 * time.Minute, []acl.Mark{acl.MarkRefused}},
		{"somebody else's", other, 15 * time.Minute, []acl.Mark{acl.MarkRefused}},
		{"the third within an hour", curious, 20 * time.Minute, []acl.Mark{acl.MarkRefused, acl.MarkRepeated}},
		{"hours later", curious, 9 * time.Hour, []acl.Mark{acl.MarkRefused}},
		{"at twenty o'clock", curious, 10 * time.Hour, []acl.Mark{acl.MarkRefused, acl.MarkHours}},
	} {
		if got := refused(tt.who, tt.at).Marks; !slices.Equal(got, tt.want) {
			t.Errorf("%s: marks %v, want %v", tt.name, got, tt.want)
		}
	}
	all, err := officer.Trail(t.Context(), archive.TrailFilter{Actor: curious.User}, 50, "")
	if err != nil {
		t.Fatal(err)
	}
	repeated := 0
	for _, row := range all.Items {
		if slices.Contains(row.Marks, acl.MarkRepeated) {
			repeated++
		}
	}
	if repeated != 1 {
		t.Errorf("%d of the day's refusals were repeated within an hour, want 1", repeated)
	}
	sum, err := officer.TrailSummary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if sum.Refusals != 6 || sum.Marked < 6 || sum.Acts <= sum.Marked || !sum.Whole || sum.Size == 0 || !sum.CountedFrom.IsZero() {
		t.Errorf("summary %+v", sum)
	}
}

func TestTrailMarksDaysOff(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = atTen(w).AddDate(0, 0, 3) // Saturday
	who := w.User("clerk", "sachbearbeitung@auslaenderbehoerde")
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	w.Akte(w.Guard.For(who), "Beispiel", "auslaenderbehoerde")
	if row := trailOf(t, officer, archive.TrailFilter{Actor: who.User}); !slices.Equal(row.Marks, []acl.Mark{acl.MarkHours}) {
		t.Errorf("on a Saturday at ten: marks %v", row.Marks)
	}
	if _, err := officer.Trail(t.Context(), archive.TrailFilter{Op: string(audit.OpTrailExport)}, 10, ""); err != nil {
		t.Fatal(err)
	}
	if row := trailOf(t, officer, archive.TrailFilter{Op: string(audit.OpTrailRead)}); len(row.Marks) != 0 {
		t.Errorf("reading the trail on a Saturday, of nobody's file: marks %v", row.Marks)
	}
}

// TestTrailOfAPersonTellsNoSealedNumber: her events are had by her name, and a sealed Akte is found by its
// own number alone.
func TestTrailOfAPersonTellsNoSealedNumber(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	atTen(w)
	who := w.User("owner", "sachbearbeitung@auslaenderbehoerde")
	owner := w.Guard.For(who)
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	open := w.Akte(owner, "Beispiel", "auslaenderbehoerde")
	head, err := owner.Akte(t.Context(), open)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := owner.CreateAkte(t.Context(), archive.Akte{Person: head.Akte.Person, Lead: "auslaenderbehoerde", Plan: "50.1"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := owner.OpenCase(t.Context(), archive.Case{Akte: sealed.ID, Procedure: "asylverfahren"})
	if err != nil {
		t.Fatal(err)
	}
	as := who
	as.Purpose = "case:" + string(c.ID)
	if _, err := w.Guard.For(as).Akte(t.Context(), sealed.ID); err != nil {
		t.Fatal(err)
	}
	shield, err := owner.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Geschützt"}}, Protected: true})
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := owner.CreateAkte(t.Context(), archive.Akte{Person: shield.ID, Lead: "auslaenderbehoerde"})
	if err != nil {
		t.Fatal(err)
	}
	seal(t, w, sealed.ID, who.User)
	for _, tt := range []struct {
		name   string
		filter archive.TrailFilter
		want   []string // what is told, of the numbers of all three
	}{
		{"of a person with a sealed Akte", archive.TrailFilter{Person: head.Akte.Person}, []string{head.Number}},
		{"of a protected person", archive.TrailFilter{Person: shield.ID}, nil},
		{"of a person, by the sealed Akte", archive.TrailFilter{Person: head.Akte.Person, Akte: sealed.ID}, []string{sealed.Number}},
		{"of the sealed Akte", archive.TrailFilter{Akte: sealed.ID}, []string{sealed.Number}},
		{"of the protected person's Akte", archive.TrailFilter{Akte: hidden.ID}, []string{hidden.Number}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page, of, _, err := officer.TrailOverview(t.Context(), tt.filter, 100, "")
			if err != nil || len(page.Items) == 0 {
				t.Fatalf("%d events, %v", len(page.Items), err)
			}
			export, err := officer.TrailExport(t.Context(), tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			rows := page.Items
			if _, err := export.Rows(t.Context(), func(row acl.TrailRow) error { rows = append(rows, row); return nil }); err != nil {
				t.Fatal(err)
			}
			said := fmt.Sprintf("%+v", of)
			for _, row := range rows {
				said += fmt.Sprintf("%+v %+v", row.Akten, row.Case)
			}
			for _, number := range []string{head.Number, sealed.Number, hidden.Number} {
				if strings.Contains(said, number) != slices.Contains(tt.want, number) {
					t.Errorf("%s is told: %t", number, strings.Contains(said, number))
				}
			}
		})
	}
}

// TestTrailFilters reads by class, and by an actor's sign-in name.
func TestTrailFilters(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	atTen(w)
	owner := w.Guard.For(w.User("owner", "sachbearbeitung@auslaenderbehoerde"))
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	akte := w.Akte(owner, "Beispiel", "auslaenderbehoerde")
	ops := func(f archive.TrailFilter) (out []audit.Op) {
		page, err := officer.Trail(t.Context(), f, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Items {
			out = append(out, r.Leaf.Op)
		}
		return out
	}
	if got, want := ops(archive.TrailFilter{Actor: "owner", Class: string(audit.Collection)}), []audit.Op{audit.OpAkteCreate, audit.OpPersonCreate}; !slices.Equal(got, want) {
		t.Errorf("what the owner collected: %v, want %v", got, want)
	}
	if got := ops(archive.TrailFilter{Actor: "nobody"}); len(got) > 0 {
		t.Errorf("of nobody: %v", got)
	}
	w.Time = w.Time.Add(time.Minute)
	x, err := officer.TrailExport(t.Context(), archive.TrailFilter{Akte: akte})
	if err != nil {
		t.Fatal(err)
	}
	var rows []acl.TrailRow
	whole, err := x.Rows(t.Context(), func(r acl.TrailRow) error { rows = append(rows, r); return nil })
	if err != nil || !whole || len(rows) != 1 || rows[0].Leaf.Op != audit.OpAkteCreate || len(rows[0].Akten) != 1 {
		t.Errorf("exported %d rows, whole is %v, %v", len(rows), whole, err)
	}
	if e := trailOf(t, officer, archive.TrailFilter{Op: string(audit.OpTrailExport)}); !strings.Contains(string(e.Parts[0].Text), string(akte)) {
		t.Errorf("the export is told as %s", e.Parts[0].Text)
	}
}

// TestTrailExportGoesOn exports more than one slice.
func TestTrailExportGoesOn(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	atTen(w)
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	const n = 1100
	if err := w.Store.Update(context.Background(), func(tx archive.Tx) error {
		for i := range n {
			if err := tx.Record(audit.Event{
				Time: w.Time.Add(time.Duration(i) * time.Millisecond), Actor: audit.System(), Op: audit.OpRecognition, Result: audit.Allow,
			}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.Time = w.Time.Add(time.Hour)
	x, err := officer.TrailExport(t.Context(), archive.TrailFilter{Op: string(audit.OpRecognition)})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int64]bool{}
	whole, err := x.Rows(t.Context(), func(r acl.TrailRow) error { seen[r.Leaf.Seq] = true; return nil })
	if err != nil || !whole || len(seen) != n {
		t.Errorf("%d of %d events, whole is %v, %v", len(seen), n, whole, err)
	}
	stop := errors.New("gone")
	if _, err := x.Rows(t.Context(), func(acl.TrailRow) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a reader who is gone: %v", err)
	}
}

func TestTrailSubjects(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	atTen(w)
	owner := w.Guard.For(w.User("owner", "sachbearbeitung@auslaenderbehoerde"))
	who := w.User("officer", "datenschutz@datenschutz")
	display(t, w, who.User, "Olga Beispiel")
	officer := w.Guard.For(who)
	akte := w.Akte(owner, "Beispiel", "auslaenderbehoerde")
	head, err := owner.Akte(t.Context(), akte)
	if err != nil {
		t.Fatal(err)
	}
	p, err := owner.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Geschützt"}}, Protected: true, AZRNumber: "123456789012"})
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := owner.CreateAkte(t.Context(), archive.Akte{Person: p.ID, Lead: "auslaenderbehoerde"})
	if err != nil {
		t.Fatal(err)
	}
	w.Settle()
	for _, tt := range []struct {
		name, q string
		akten   []string
		users   int
	}{
		{"by the number of an Akte", head.Number, []string{head.Number}, 0},
		{"by name, person and colleague", "Beispiel", []string{head.Number}, 1},
		{"by a sign-in name", "officer", nil, 1},
		{"who is protected, by name", "Geschützt", nil, 0},
		{"who is protected, by AZR number", "123456789012", nil, 0},
		{"who is protected, by the Akte", hidden.Number, []string{hidden.Number}, 0},
		{"nobody", "Unbekannt", nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := officer.TrailSubjects(t.Context(), tt.q, archive.BirthDate{})
			if err != nil {
				t.Fatal(err)
			}
			var numbers []string
			for _, p := range got.Persons {
				for _, a := range p.Akten {
					numbers = append(numbers, a.Number)
				}
			}
			if !slices.Equal(numbers, tt.akten) || len(got.Users) != tt.users {
				t.Errorf("found %v and %+v", numbers, got.Users)
			}
		})
	}
	if e := trailOf(t, officer, archive.TrailFilter{Person: head.Akte.Person, Op: string(audit.OpTrailRead)}); len(e.Parts) == 0 {
		t.Error("whom the officer looked for isn't recorded")
	}
}

// TestTrailOverview reads page, names and counts at once.
func TestTrailOverview(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	atTen(w)
	who := w.User("owner", "sachbearbeitung@auslaenderbehoerde")
	owner := w.Guard.For(who)
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	akte := w.Akte(owner, "Beispiel", "auslaenderbehoerde")
	head, err := owner.Akte(t.Context(), akte)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []archive.TrailFilter{{Akte: akte, Actor: who.User}, {Person: head.Akte.Person, Actor: who.User}} {
		page, of, sum, err := officer.TrailOverview(t.Context(), f, 0, "")
		if err != nil || len(page.Items) < 2 || len(of.Akten) != 1 || of.Akten[0].Number != head.Number || of.Actor.Name != "owner" || sum.Acts == 0 || !sum.Whole {
			t.Errorf("%+v: %d events of %+v, %+v, %v", f, len(page.Items), of, sum, err)
		}
	}
	users, err := officer.TrailUsers(t.Context(), "OWN")
	if err != nil || len(users) != 1 || users[0].ID != who.User || users[0].Departments[0] != "auslaenderbehoerde" {
		t.Errorf("accounts %+v, %v", users, err)
	}
	if _, _, _, err := owner.TrailOverview(t.Context(), archive.TrailFilter{}, 0, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a caseworker: %v", err)
	}
	if _, err := owner.TrailUsers(t.Context(), "officer"); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a caseworker looks for accounts: %v", err)
	}
}

func TestTrailIsTheOfficersAlone(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	for _, pair := range []string{"leitung@auslaenderbehoerde", "administration@it", "registratur@poststelle"} {
		desk := w.Guard.For(w.User(strings.ReplaceAll(pair, "@", "."), pair))
		_, errTrail := desk.Trail(t.Context(), archive.TrailFilter{}, 0, "")
		_, errFind := desk.TrailSubjects(t.Context(), "owner", archive.BirthDate{})
		_, errSum := desk.TrailSummary(t.Context())
		_, errExport := desk.TrailExport(t.Context(), archive.TrailFilter{})
		for what, err := range map[string]error{"list": errTrail, "find": errFind, "sum up": errSum, "export": errExport} {
			if !errors.Is(err, acl.ErrDenied) {
				t.Errorf("%s may %s: %v", pair, what, err)
			}
		}
	}
}
