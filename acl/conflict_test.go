package acl_test

import (
	"errors"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// conflictWorld is an authority where somebody's sister has Akten.
type conflictWorld struct {
	*acltest.World
	clerk, colleague, lead, second, social acl.Subject
	akte                                   archive.AkteID
	doc                                    archive.DocumentID
	number                                 string
	person                                 archive.PersonID
}

func newConflictWorld(t *testing.T) *conflictWorld {
	t.Helper()
	w := &conflictWorld{World: acltest.Open(t)}
	w.clerk, w.colleague = w.User("eins", "sachbearbeitung@auslaenderbehoerde"), w.User("zwei", "sachbearbeitung@auslaenderbehoerde")
	w.lead, w.second = w.User("leitung", "leitung@auslaenderbehoerde"), w.User("leitung.zwei", "leitung@auslaenderbehoerde")
	w.social = w.User("leitung.sozial", "leitung@soziales")
	other := w.Guard.For(w.colleague)
	w.akte = w.Akte(other, "Karimi", "auslaenderbehoerde")
	w.doc = w.Add(other, w.akte, archive.Document{Type: "reisepass"}, "Hochzeitslied Zebra").ID
	w.Add(other, w.Akte(other, "Sahin", "auslaenderbehoerde"), archive.Document{Type: "reisepass"}, "Hochzeitslied Giraffe")
	w.Settle()
	view := must(other.Akte(t.Context(), w.akte))(t)
	w.number, w.person = view.Number, view.Person.ID
	return w
}

// account changes the record of somebody's account.
func (w *conflictWorld) account(t *testing.T, who acl.Subject, edit func(*archive.User)) {
	t.Helper()
	store(t, w.World, func(tx archive.Tx) error {
		u, err := tx.User(who.User)
		if err != nil {
			return err
		}
		edit(&u)
		u.Revision++
		return tx.PutUser(u)
	})
}

// tells lists everything that somebody is told of the person.
func (w *conflictWorld) tells(t *testing.T, who acl.Subject) (told []string) {
	t.Helper()
	d, ctx := w.Guard.For(who), t.Context()
	note := func(what string, err error, seen bool) {
		t.Helper()
		if err != nil && !errors.Is(err, archive.ErrNotFound) && !errors.Is(err, archive.ErrInvalid) && !errors.Is(err, acl.ErrDenied) {
			t.Errorf("%s: %v", what, err)
		}
		if err == nil && seen {
			told = append(told, what)
		}
	}
	_, err := d.Akte(ctx, w.akte)
	note("the Akte", err, true)
	_, err = d.Document(ctx, w.doc)
	note("a document", err, true)
	_, err = d.Text(ctx, acl.Holder{Document: w.doc})
	note("its text", err, true)
	_, err = d.Person(ctx, w.person)
	note("the person", err, true)
	_, err = d.AkteByNumber(ctx, w.number)
	note("the number", err, true)
	located, err := d.Locate(ctx, acl.LocateQuery{Family: "Karimi"})
	note("locating by name", err, len(located) > 0)
	located, err = d.Locate(ctx, acl.LocateQuery{Number: w.number})
	note("locating by number", err, len(located) > 0)
	similar, err := d.Similar(ctx, archive.Person{Names: []archive.Name{{Family: "Karimi", Given: "Test"}}})
	note("entering her anew", err, len(similar) > 0)
	for _, text := range []string{"Hochzeitslied", "Karimi", w.number, "person:Karimi"} {
		found, err := d.Search(ctx, index.Query{Text: text}, "")
		seen := found.Incomplete || len(found.Persons) > 0
		for _, h := range found.Hits {
			seen = seen || h.Akte.ID == w.akte
		}
		want := len(found.Hits)
		for _, c := range found.Facets["type"] {
			seen = seen || c.Count > want
		}
		note("searching "+text, err, seen || found.Total != want)
	}
	typed, err := d.PersonsTyped(ctx, "Kari")
	note("typing", err, len(typed) > 0)
	list, err := d.Akten(ctx, acl.AktenQuery{})
	note("the list", err, holds(list, w.akte))
	list, err = d.Akten(ctx, acl.AktenQuery{Person: w.person})
	note("the list of hers", err, holds(list, w.akte))
	_, err = d.CreateAkte(ctx, archive.Akte{Person: w.person, Lead: "auslaenderbehoerde", DistinctBecause: "x"})
	note("another Akte of hers", err, true)
	if _, err = d.Seal(ctx, archive.SealedThing{Akte: w.akte}); err == nil {
		told = append(told, "its seal")
	}
	return told
}

func holds(list acl.AktenPage, id archive.AkteID) bool {
	for _, h := range list.Items {
		if h.ID == id {
			return true
		}
	}
	return false
}

func TestWhoHasAConflictLearnsNothing(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	if told := w.tells(t, w.colleague); len(told) < 16 {
		t.Fatalf("the test sees too little without a conflict: %v", told)
	}
	w.Settle()
	if err := w.Guard.For(w.clerk).ReportConflict(t.Context(), w.akte, "relative", "Schwester"); err != nil {
		t.Fatal(err)
	}
	if told := w.tells(t, w.clerk); len(told) > 0 {
		t.Errorf("she is told of her by %s", strings.Join(told, ", "))
	}
	if told := w.tells(t, w.colleague); len(told) < 16 {
		t.Errorf("her colleague lost something: %v", told)
	}
	found := must(w.Guard.For(w.clerk).Search(t.Context(), index.Query{Text: "Hochzeitslied"}, ""))(t)
	if found.Total != 1 || found.Incomplete {
		t.Errorf("of others she finds %d, incomplete %v", found.Total, found.Incomplete)
	}
	// Whatever else lets her in.
	for _, pair := range []string{"leitung@auslaenderbehoerde", "registratur@poststelle"} {
		also := w.clerk
		role, department, _ := strings.Cut(pair, "@")
		also.Pairs = append([]archive.Pair{{Role: role, Department: department}}, also.Pairs...)
		store(t, w.World, func(tx archive.Tx) error {
			u, err := tx.User(also.User)
			if err != nil {
				return err
			}
			u.Roles, u.Revision = also.Pairs, u.Revision+1
			return tx.PutUser(u)
		})
		if told := w.tells(t, also); len(told) > 0 {
			t.Errorf("with %s she is told of her by %s", pair, strings.Join(told, ", "))
		}
	}
	item := w.Post(w.Guard.For(w.clerk), "auslaenderbehoerde", "Brief")
	if _, err := w.Guard.For(w.clerk).FileItem(t.Context(), item.ID, acl.Filing{Akten: []archive.AkteID{w.akte}, Doc: archive.Document{Type: "reisepass"}}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("she files into it: %v", err)
	}
	if err := w.Guard.For(w.clerk).ReportConflict(t.Context(), w.akte, "relative", "Schwester"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a second report: %v", err)
	}
	if err := w.Store.Check(t.Context(), func(p string) { t.Error(p) }); err != nil {
		t.Error(err)
	}
}

func TestAConflictEndsByTwoLeads(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	ctx := t.Context()
	lead, second := w.Guard.For(w.lead), w.Guard.For(w.second)
	ask := acl.ConflictAsk{User: w.clerk.User, Number: w.number, Kind: "relative", Reason: "Schwester"}
	for _, tt := range []struct {
		name string
		who  acl.Subject
		edit func(*acl.ConflictAsk)
		want error
	}{
		{"a colleague", w.colleague, func(*acl.ConflictAsk) {}, acl.ErrDenied},
		{"the lead of another department", w.social, func(*acl.ConflictAsk) {}, archive.ErrInvalid},
		{"of herself", w.lead, func(q *acl.ConflictAsk) { q.User = w.lead.User }, archive.ErrInvalid},
		{"no such account", w.lead, func(q *acl.ConflictAsk) { q.User = archive.NewID[archive.UserID]() }, archive.ErrInvalid},
		{"no such number", w.lead, func(q *acl.ConflictAsk) { q.Number = "33.11-999999/2026" }, archive.ErrInvalid},
		{"no reason", w.lead, func(q *acl.ConflictAsk) { q.Reason = " " }, archive.ErrInvalid},
		{"no kind", w.lead, func(q *acl.ConflictAsk) { q.Kind = "friend" }, archive.ErrInvalid},
	} {
		q := ask
		tt.edit(&q)
		if err := w.Guard.For(tt.who).LayConflict(ctx, q); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if err := lead.LayConflict(ctx, ask); err != nil {
		t.Fatal(err)
	}
	if err := lead.LayConflict(ctx, ask); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	if told := w.tells(t, w.clerk); len(told) > 0 {
		t.Errorf("she is told of her by %s", strings.Join(told, ", "))
	}
	rows := must(second.Conflicts(ctx, 0, ""))(t).Items
	if len(rows) != 1 || !rows[0].Known || rows[0].Name.Family != "Karimi" || rows[0].Account != "eins" {
		t.Fatalf("the other lead reads %+v", rows)
	}
	if page := must(w.Guard.For(w.social).Conflicts(ctx, 0, ""))(t); len(page.Items) != 0 {
		t.Error("the lead of another department is told of it")
	}
	id := rows[0].ID
	for _, tt := range []struct {
		name string
		do   func() error
		want error
	}{
		{"granted unasked", func() error { return second.DecideConflict(ctx, id, true, "") }, archive.ErrConflict},
		{"asked by herself", func() error { return w.Guard.For(w.clerk).EndConflict(ctx, id, "stimmt nicht") }, archive.ErrNotFound},
		{"asked by a colleague", func() error { return w.Guard.For(w.colleague).EndConflict(ctx, id, "stimmt nicht") }, acl.ErrDenied},
		{"asked without a reason", func() error { return lead.EndConflict(ctx, id, "") }, archive.ErrInvalid},
		{"asked", func() error { return lead.EndConflict(ctx, id, "verwechselt") }, nil},
		{"asked twice", func() error { return second.EndConflict(ctx, id, "verwechselt") }, archive.ErrConflict},
		{"granted by who asked", func() error { return lead.DecideConflict(ctx, id, true, "") }, acl.ErrSecondPerson},
		{"declined without a reason", func() error { return second.DecideConflict(ctx, id, false, "") }, archive.ErrInvalid},
		{"declined", func() error { return second.DecideConflict(ctx, id, false, "doch") }, nil},
		{"asked by the other", func() error { return second.EndConflict(ctx, id, "verwechselt") }, nil},
	} {
		if err := tt.do(); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	w.account(t, w.second, func(u *archive.User) { u.Disabled = true })
	if err := lead.DecideConflict(ctx, id, true, ""); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("asked by an account that is closed since: %v", err)
	}
	w.account(t, w.second, func(u *archive.User) { u.Disabled = false })
	if n, err := lead.CountConflicts(ctx); n != 1 || err != nil {
		t.Errorf("%d wait for the lead, %v", n, err)
	}
	if told := w.tells(t, w.clerk); len(told) > 0 {
		t.Errorf("asking ended it: %v", told)
	}
	if err := lead.DecideConflict(ctx, id, true, ""); err != nil {
		t.Fatal(err)
	}
	if told := w.tells(t, w.clerk); len(told) < 16 {
		t.Errorf("after its end she is told of her by %v alone", told)
	}
}

// What administration or the account itself says in words is for a lead.
func TestAConflictReportedInWords(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	ctx := t.Context()
	admin, lead := w.Guard.For(w.User("it", "administration@it")), w.Guard.For(w.lead)
	report := archive.ConflictReport{User: w.clerk.User, About: w.number, Kind: "own", Reason: "eigene Akte"}
	if err := w.Guard.For(w.colleague).ReportConflictInWords(ctx, report); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a colleague reports another: %v", err)
	}
	nobody := report
	nobody.User = archive.NewID[archive.UserID]()
	if err := admin.ReportConflictInWords(ctx, nobody); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("of nobody: %v", err)
	}
	for _, number := range []string{w.number, "33.11-999999/2026"} { // whether it is there isn't told
		report.About = number
		if err := admin.ReportConflictInWords(ctx, report); err != nil {
			t.Errorf("administration: %v", err)
		}
	}
	if err := w.Guard.For(w.clerk).ReportConflictInWords(ctx, archive.ConflictReport{About: "Vater, Karimi", Kind: "relative", Reason: "x"}); err != nil {
		t.Errorf("her own: %v", err)
	}
	if _, err := admin.Conflicts(ctx, 0, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("administration reads the list: %v", err)
	}
	if _, err := w.Guard.For(w.clerk).Akte(ctx, w.akte); err != nil {
		t.Errorf("a report alone shuts her out: %v", err)
	}
	reports := must(lead.Conflicts(ctx, 0, ""))(t).Reports
	if len(reports) != 3 {
		t.Fatalf("%d reports wait", len(reports))
	}
	if err := lead.LayConflict(ctx, acl.ConflictAsk{User: w.clerk.User, Number: w.number, Kind: "own", Reason: "x", Report: reports[0].ID}); err != nil {
		t.Fatal(err)
	}
	for _, r := range reports[1:] {
		if err := lead.DismissConflict(ctx, r.ID, "keine Akte"); err != nil {
			t.Error(err)
		}
	}
	if left := must(lead.Conflicts(ctx, 0, ""))(t).Reports; len(left) != 0 {
		t.Errorf("%d are left", len(left))
	}
	if told := w.tells(t, w.clerk); len(told) > 0 {
		t.Errorf("she is told of her by %v", told)
	}
}

// The officer, too, may have relatives.
func TestTheTrailTellsNoConflictedOfficer(t *testing.T) {
	t.Parallel()
	w := newConflictWorld(t)
	ctx := t.Context()
	officer := w.User("dsb", "datenschutz@datenschutz")
	other := w.Guard.For(w.User("dsb.zwei", "datenschutz@datenschutz"))
	if n := len(must(w.Guard.For(officer).Trail(ctx, archive.TrailFilter{Akte: w.akte}, 50, ""))(t).Items); n == 0 {
		t.Fatal("nothing is told before")
	}
	// Nobody leads her department, so any lead has the word; but none alone.
	lead, ask := w.Guard.For(w.lead), acl.ConflictAsk{User: officer.User, Number: w.number, Kind: "relative", Reason: "Bruder"}
	if err := lead.LayConflict(ctx, ask); !errors.Is(err, acl.ErrSecondPerson) {
		t.Errorf("one lead alone keeps data protection from somebody: %v", err)
	}
	admin := w.Guard.For(w.User("admin", "administration@it"))
	if err := admin.ReportConflictInWords(ctx, archive.ConflictReport{User: officer.User, About: "Karimi", Kind: "relative", Reason: "Bruder"}); err != nil {
		t.Fatal(err)
	}
	for _, row := range must(w.Guard.For(officer).Trail(ctx, archive.TrailFilter{Op: string(audit.OpConflictReport)}, 50, ""))(t).Items {
		if len(row.Parts) > 0 || row.Leaf.Object != "" {
			t.Errorf("she reads what was said of her: %+v", row)
		}
	}
	ask.Report = must(lead.Conflicts(ctx, 0, ""))(t).Reports[0].ID
	if err := lead.LayConflict(ctx, ask); err != nil {
		t.Fatal(err)
	}
	d := w.Guard.For(officer)
	for _, f := range []archive.TrailFilter{{Akte: w.akte}, {Person: w.person}} {
		if n := len(must(d.Trail(ctx, f, 50, ""))(t).Items); n != 0 {
			t.Errorf("%+v: %d events", f, n)
		}
	}
	told := 0
	for _, op := range []audit.Op{audit.OpAkteOpen, audit.OpUpload, audit.OpConflictLay} {
		for _, row := range must(d.Trail(ctx, archive.TrailFilter{Op: string(op)}, 50, ""))(t).Items {
			l := row.Leaf
			if !strings.Contains(l.Object, "document/") || l.Register == "" { // that of the other person stays as it is
				told++
				if len(l.Akten)+len(l.Persons)+len(row.Parts)+len(row.Akten) > 0 || l.Object+l.Register+l.Purpose != "" {
					t.Errorf("an event tells of her: %+v", l)
				}
			}
		}
	}
	if told < 3 {
		t.Errorf("%d events without what they are about, want one of each kind", told)
	}
	hold := must(other.HoldTrail(ctx, acl.TrailHold{Person: w.person}, "Prüfung"))(t)
	if _, err := d.HoldTrail(ctx, acl.TrailHold{Person: w.person}, "Prüfung"); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("she keeps entries about her: %v", err)
	}
	if err := d.ReleaseTrail(ctx, hold.ID, "erledigt"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("she lets the entries about her go: %v", err)
	}
	for _, row := range must(d.Trail(ctx, archive.TrailFilter{Op: string(audit.OpTrailHold)}, 50, ""))(t).Items {
		if len(row.Leaf.Persons)+len(row.Parts) > 0 {
			t.Errorf("the hold tells of her: %+v", row)
		}
	}
	if rows := must(other.Trail(ctx, archive.TrailFilter{Person: w.person, Op: string(audit.OpTrailHold)}, 50, ""))(t).Items; len(rows) != 1 {
		t.Errorf("the other reads %d holds among her events", len(rows))
	}
	if found := must(d.TrailSubjects(ctx, w.number, archive.BirthDate{}))(t); len(found.Persons) != 0 {
		t.Error("her number leads to her events")
	}
	if n := len(must(other.Trail(ctx, archive.TrailFilter{Person: w.person, Op: string(audit.OpConflictLay)}, 50, ""))(t).Items); n != 1 {
		t.Errorf("another officer reads %d events", n)
	}
}
