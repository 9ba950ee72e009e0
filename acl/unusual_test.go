package acl_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// lookedFor reads the trail to its end and returns the rules that struck, once for each finding.
func lookedFor(t *testing.T, w *acltest.World, officer *acl.Desk) (rules []string, all []acl.FindingView) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = w.Guard.LookForUnusual(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	page, err := officer.Findings(t.Context(), true, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range page.Items {
		rules = append(rules, f.Rule)
	}
	slices.Sort(rules)
	return rules, page.Items
}

// TestUnusual has people do what is usual and what isn't, and looks which rules strike.
func TestUnusual(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		at   time.Time // 2026-11-18 is a Wednesday
		do   func(t *testing.T, w *acltest.World, jana acl.Subject)
		want []string
	}{
		{"in the forenoon, her own Akte", time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			openedAll(t, w, jana, "Beispiel", 1)
		}, nil},
		{"at night", time.Date(2026, 11, 18, 23, 30, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			openedAll(t, w, jana, "Beispiel", 2)
		}, []string{acl.UnusualHours}},
		{"on a Sunday", time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			openedAll(t, w, jana, "Beispiel", 1)
		}, []string{acl.UnusualHours}},
		{"of her own family name", time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			openedAll(t, w, jana, "Öztürk", 1)
		}, []string{acl.UnusualNamesake}},
		{"of a family name that she had", time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			display(t, w, jana.User, "Jana Muster")
			openedAll(t, w, jana, "Öztürk", 1)
		}, []string{acl.UnusualNamesake}},
		{"of her family name, which is written first", time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			display(t, w, jana.User, "Beispiel, Jana")
			openedAll(t, w, jana, "Beispiel", 1)
		}, []string{acl.UnusualNamesake}},
		{"without a case, in three Akten", time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			openedAll(t, w, jana, "Beispiel", 3)
		}, []string{acl.UnusualNoCase}},
		{"very many in an hour", time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			for i := range 45 {
				record(t, w, jana, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
				w.Time = w.Time.Add(time.Duration(i%2) * time.Minute)
			}
		}, []string{acl.UnusualMany}},
		{"as many, over the day", time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			for range 45 {
				record(t, w, jana, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
				w.Time = w.Time.Add(6 * time.Minute)
			}
		}, nil},
		{"after three refusals", time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			for range 3 {
				record(t, w, jana, audit.OpAccessRefused, audit.Deny, "", archive.NewID[string]())
			}
			record(t, w, jana, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
		}, []string{acl.UnusualRefusals}},
		{"after three refusals, two hours later", time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			for range 3 {
				record(t, w, jana, audit.OpAccessRefused, audit.Deny, "", archive.NewID[string]())
			}
			w.Time = w.Time.Add(2 * time.Hour)
			record(t, w, jana, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
		}, nil},
		{"a search at night", time.Date(2026, 11, 18, 23, 30, 0, 0, time.UTC), func(t *testing.T, w *acltest.World, jana acl.Subject) {
			record(t, w, jana, audit.OpSearch, audit.Allow, "", archive.NewID[string]())
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := acltest.Open(t)
			w.Time = tt.at
			jana := w.User("jana", "sachbearbeitung@auslaenderbehoerde")
			display(t, w, jana.User, "Jana Oeztürk")
			officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
			tt.do(t, w, jana)
			rules, _ := lookedFor(t, w, officer)
			if !slices.Equal(rules, tt.want) {
				t.Errorf("struck: %v, want %v", rules, tt.want)
			}
			if again, _ := lookedFor(t, w, officer); !slices.Equal(again, tt.want) {
				t.Errorf("looked again: %v, want %v", again, tt.want)
			}
		})
	}
}

// openedAll has somebody enter so many persons and another open their Akten, without a case.
func openedAll(t *testing.T, w *acltest.World, who acl.Subject, family string, n int) {
	t.Helper()
	at := w.Time
	w.Time = time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	maker := w.Guard.For(w.User("maker", "sachbearbeitung@auslaenderbehoerde"))
	who.Purpose = "bearbeitung"
	var akten []archive.AkteID
	for i := range n {
		akten = append(akten, w.Akte(maker, fmt.Sprintf("%s-%c", family, 'A'+i), "auslaenderbehoerde"))
	}
	w.Time = at
	for _, id := range akten {
		if _, err := w.Guard.For(who).Akte(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
}

// record puts an act into the trail.
func record(t *testing.T, w *acltest.World, who acl.Subject, op audit.Op, result audit.Result, purpose string, akten ...string) {
	t.Helper()
	e := audit.Event{
		Time: w.Time, Actor: audit.Actor{User: string(who.User), Role: "leitung", Department: "auslaenderbehoerde", Client: "web"},
		Op: op, Result: result, Purpose: purpose, Akten: akten,
	}
	if err := w.Store.Update(t.Context(), func(tx archive.Tx) error { return tx.Record(e) }); err != nil {
		t.Fatal(err)
	}
}

// TestColleague opens an Akte of somebody who is called like a colleague, and one who shares a part of the name alone.
func TestColleague(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{"Kimberley Beispiel": {acl.UnusualColleague}, "Alexander Beispiel": nil} {
		w := acltest.Open(t)
		atTen(w)
		jana, other := w.User("jana", "sachbearbeitung@auslaenderbehoerde"), w.User("kim", "sachbearbeitung@asyl")
		officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
		id := archive.NewID[archive.PersonID]()
		display(t, w, other.User, name)
		err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
			p := archive.Person{ID: id, Names: []archive.Name{{Kind: "official", Family: "Beispiel", Given: "Kimberley Ann"}}, EnteredBy: "asyl", Created: w.Time, Changed: w.Time, Revision: 1}
			e := audit.Event{Time: w.Time, Actor: audit.System(), Op: audit.OpPersonCreate, Result: audit.Allow, Persons: []string{string(id)}}
			look := audit.Event{
				Time: w.Time, Actor: audit.Actor{User: string(jana.User), Role: "leitung", Department: "auslaenderbehoerde"},
				Op: audit.OpPersonOpen, Object: "person/" + string(id), Result: audit.Allow, Persons: []string{string(id)},
			}
			return errors.Join(tx.PutPerson(p), tx.Record(e), tx.Record(look))
		})
		if err != nil {
			t.Fatal(err)
		}
		if rules, _ := lookedFor(t, w, officer); !slices.Equal(rules, want) {
			t.Errorf("%s: %v, want %v", name, rules, want)
		}
	}
}

// TestFindingsTakeFourEyes reviews a finding: by an officer, who can't close it alone, and a second one.
func TestFindingsTakeFourEyes(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	jana := w.User("jana", "sachbearbeitung@auslaenderbehoerde")
	one, two := w.User("one", "datenschutz@datenschutz"), w.User("two", "datenschutz@datenschutz")
	first, second, admin := w.Guard.For(one), w.Guard.For(two), w.Guard.For(w.User("admin", "administration@it"))
	record(t, w, jana, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
	_, all := lookedFor(t, w, first)
	if len(all) != 1 {
		t.Fatalf("%d findings", len(all))
	}
	id, ctx := all[0].ID, t.Context()
	see := func(d *acl.Desk) acl.FindingView {
		t.Helper()
		f, err := d.Finding(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	if f := see(first); len(f.Events) != 1 || f.Events[0].Leaf.Op != audit.OpAkteOpen || !f.MayReview || f.MayJudge {
		t.Errorf("at first: %+v", f)
	}
	for what, err := range map[string]error{
		"lists": failed(admin.Findings(ctx, false, 10, "")), "opens": failed(admin.Finding(ctx, id)), "reviews": admin.ReviewFinding(ctx, id, 1, "", "x"),
		"closes": admin.JudgeFinding(ctx, id, 1, true, "x"), "sees figures": failed(admin.Activity(ctx, 3)),
	} {
		if !errors.Is(err, acl.ErrDenied) {
			t.Errorf("an administrator %s: %v", what, err)
		}
	}
	if err := first.ReviewFinding(ctx, id, 1, acl.UnusualHours, "x"); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("an outcome that is none: %v", err)
	}
	if err := first.ReviewFinding(ctx, id, 1, archive.FindingLawful, " "); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("without a note: %v", err)
	}
	if err := first.JudgeFinding(ctx, id, 1, true, "x"); !errors.Is(err, acl.ErrSettled) {
		t.Errorf("closed before anybody looked: %v", err)
	}
	if err := first.ReviewFinding(ctx, id, 1, archive.FindingLawful, "Bereitschaftsdienst"); err != nil {
		t.Fatal(err)
	}
	if err := first.JudgeFinding(ctx, id, 2, true, "x"); !errors.Is(err, acl.ErrSecondPerson) {
		t.Errorf("who proposed closes: %v", err)
	}
	// What comes later makes the second person look again.
	w.Time = w.Time.Add(time.Hour)
	record(t, w, jana, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
	lookedFor(t, w, first)
	if f := see(second); f.Count != 2 || f.State != archive.FindingReview || f.MayJudge {
		t.Errorf("after more of it: %+v", f)
	}
	if err := second.JudgeFinding(ctx, id, 2, true, "x"); !errors.Is(err, acl.ErrSettled) {
		t.Errorf("what grew since is closed: %v", err)
	}
	if err := first.ReviewFinding(ctx, id, 3, archive.FindingLawful, "Bereitschaftsdienst, auch das zweite Mal"); err != nil {
		t.Fatal(err)
	}
	var stale *acl.StaleError
	if err := second.JudgeFinding(ctx, id, 3, true, "x"); !errors.As(err, &stale) || stale.Revision != 4 {
		t.Errorf("an older state is closed: %v", err)
	}
	if err := second.JudgeFinding(ctx, id, 4, true, "Dienstplan gesehen"); err != nil {
		t.Fatal(err)
	}
	if f := see(first); f.State != archive.FindingClosed || len(f.Steps) != 3 || f.Steps[2].Name != "two" || f.Steps[2].Note != "Dienstplan gesehen" {
		t.Errorf("at the end: %+v", f)
	}
	if page, err := first.Findings(ctx, false, 10, ""); err != nil || len(page.Items) > 0 {
		t.Errorf("still to do: %+v, %v", page, err)
	}
	if row := trailOf(t, first, archive.TrailFilter{Op: string(audit.OpFindingClose), Result: string(audit.Allow)}); row.Name != "two" {
		t.Errorf("in the trail: %+v", row)
	}
}

func failed[T any](_ T, err error) error { return err }

// TestOwnFindingIsNotThere has an officer be who a finding is about.
func TestOwnFindingIsNotThere(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	one := w.User("one", "datenschutz@datenschutz")
	self, other := w.Guard.For(one), w.Guard.For(w.User("two", "datenschutz@datenschutz"))
	record(t, w, one, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
	_, all := lookedFor(t, w, other)
	if len(all) != 1 {
		t.Fatalf("%d findings", len(all))
	}
	if page, err := self.Findings(t.Context(), true, 10, ""); err != nil || len(page.Items) > 0 {
		t.Errorf("her own is listed: %+v, %v", page, err)
	}
	_, err := self.Finding(t.Context(), all[0].ID)
	for what, err := range map[string]error{
		"opened": err, "reviewed": self.ReviewFinding(t.Context(), all[0].ID, 1, archive.FindingLawful, "x"), "closed": self.JudgeFinding(t.Context(), all[0].ID, 1, true, "x"),
	} {
		if !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("her own is %s: %v", what, err)
		}
	}
}

// TestOpenFindingHoldsItsYear lets the term of a year be over that somebody still looks into.
func TestOpenFindingHoldsItsYear(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2031, 6, 1, 10, 0, 0, 0, time.UTC) // a Sunday
	jana := w.User("jana", "sachbearbeitung@auslaenderbehoerde")
	one, two := w.Guard.For(w.User("one", "datenschutz@datenschutz")), w.Guard.For(w.User("two", "datenschutz@datenschutz"))
	record(t, w, jana, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
	_, all := lookedFor(t, w, one)
	if len(all) != 1 {
		t.Fatalf("%d findings", len(all))
	}
	w.Time = time.Date(2033, 1, 3, 10, 0, 0, 0, time.UTC)
	end := func() []int {
		t.Helper()
		if _, err := one.TrailSummary(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Store.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		dropped, err := w.Guard.EndTrails(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return dropped
	}
	if dropped := end(); len(dropped) > 0 {
		t.Errorf("dropped %v while it is looked into", dropped)
	}
	if err := errors.Join(one.ReviewFinding(t.Context(), all[0].ID, 1, archive.FindingLawful, "x"), two.JudgeFinding(t.Context(), all[0].ID, 2, true, "y")); err != nil {
		t.Fatal(err)
	}
	if dropped := end(); !slices.Equal(dropped, []int{2031}) {
		t.Errorf("dropped %v after it was closed", dropped)
	}
	if _, err := one.Finding(t.Context(), all[0].ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("the finding outlives its entries: %v", err)
	}
}

// TestActivity counts by the day, in the authority's time zone, and once.
func TestActivity(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	atTen(w)
	jana := w.User("jana", "leitung@auslaenderbehoerde")
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	for _, e := range []struct {
		op     audit.Op
		result audit.Result
	}{{audit.OpSearch, audit.Allow}, {audit.OpAkteOpen, audit.Allow}, {audit.OpDocumentDownload, audit.Allow}, {audit.OpAccessRefused, audit.Deny}, {audit.OpAkteChange, audit.Allow}} {
		record(t, w, jana, e.op, e.result, "")
	}
	w.Time = w.Time.Add(24 * time.Hour)
	for range 2 {
		lookedFor(t, w, officer)
	}
	days, err := officer.Activity(t.Context(), 3)
	want := archive.TrailTally{Day: "2026-11-18", Queries: 2, Disclosures: 1, Refusals: 1}
	if err != nil || len(days) != 3 || days[0].Day != "2026-11-17" || days[1] != want || days[2].Refusals != 0 {
		t.Errorf("days %+v, %v; want the second to be %+v", days, err, want)
	}
}

// TestAloneOfDataProtection proposes where nobody else of data protection is, until a deputy is named.
func TestAloneOfDataProtection(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	jana, admin := w.User("jana", "sachbearbeitung@auslaenderbehoerde"), w.User("admin", "administration@it")
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	lead := w.Guard.For(w.User("lead", "leitung@soziales"))
	record(t, w, jana, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
	_, all := lookedFor(t, w, officer)
	id, ctx := all[0].ID, t.Context()
	i, err := officer.BeginIncident(ctx, archive.Incident{Title: "Etwas", What: "Etwas", KnownSince: w.Time}, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{true, false} {
		f, err := officer.Finding(ctx, id)
		incident, ierr := officer.Incident(ctx, i)
		if err != nil || ierr != nil || f.Alone != want || incident.Alone != want {
			t.Errorf("alone with a finding: %v, %v, with an incident: %v, %v; want %v", f.Alone, err, incident.Alone, ierr, want)
		}
		if want {
			w.User("deputy", "datenschutz@datenschutz")
		}
	}
	for _, other := range []*acl.Desk{lead, w.Guard.For(admin)} {
		if _, err := other.Finding(ctx, id); !errors.Is(err, acl.ErrDenied) {
			t.Errorf("somebody else sees it: %v", err)
		}
	}
}
