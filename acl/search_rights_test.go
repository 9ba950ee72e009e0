package acl_test

import (
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// rightsChange is a change of rights to one paper, and who finds it before and after.
type rightsChange struct {
	name string
	// pair and teams are the reader's; purpose of a case of hers makes her one who has a matching case.
	pair          string
	teams         []string
	procedure     string
	doc           archive.Document
	team          string
	departments   []archive.Participation
	change        func(t *testing.T, w *acltest.World, keeper *acl.Desk, akte archive.AkteID, doc acl.DocumentView)
	before, after int
	// head says that she still sees the Akte afterwards, so that she is told that something of it is missing.
	head bool
	// keeps says that the keeper finds it throughout, for nothing has to be indexed anew.
	keeps bool
}

// changeHead changes an Akte through the Desk.
func changeHead(edit func(*archive.Akte)) func(*testing.T, *acltest.World, *acl.Desk, archive.AkteID, acl.DocumentView) {
	return func(t *testing.T, _ *acltest.World, keeper *acl.Desk, id archive.AkteID, _ acl.DocumentView) {
		t.Helper()
		_, err := keeper.ChangeAkte(t.Context(), id, 1, func(a *archive.Akte) error { edit(a); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
}

func moving(m acl.Move) func(*testing.T, *acltest.World, *acl.Desk, archive.AkteID, acl.DocumentView) {
	return func(t *testing.T, w *acltest.World, keeper *acl.Desk, _ archive.AkteID, doc acl.DocumentView) {
		t.Helper()
		to := acl.Move{Register: m.Register, Reason: "falsch"}
		if m.Register == "" {
			to.Akte = w.Akte(keeper, "Andere", "auslaenderbehoerde")
		}
		if _, err := keeper.MoveDocument(t.Context(), doc.ID, 1, to); err != nil {
			t.Fatal(err)
		}
	}
}

func classifying(class string) func(*testing.T, *acltest.World, *acl.Desk, archive.AkteID, acl.DocumentView) {
	return func(t *testing.T, _ *acltest.World, keeper *acl.Desk, _ archive.AkteID, doc acl.DocumentView) {
		t.Helper()
		if _, err := keeper.ClassifyDocument(t.Context(), doc.ID, 1, class, "genauer"); err != nil {
			t.Fatal(err)
		}
	}
}

func rightsChanges() []rightsChange {
	asyl := []archive.Participation{{Department: "asyl"}}
	stay := archive.Document{Type: "duldung", Register: "aufenthalt"}
	sealed := func(t *testing.T, w *acltest.World, keeper *acl.Desk, id archive.AkteID, _ acl.DocumentView) {
		t.Helper()
		seal(t, w, id, keeper.Subject().User)
	}
	closed := func(t *testing.T, _ *acltest.World, keeper *acl.Desk, id archive.AkteID, _ acl.DocumentView) {
		t.Helper()
		view, err := keeper.Akte(t.Context(), id)
		if err == nil {
			_, err = keeper.CloseCase(t.Context(), view.Cases[0].ID)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return []rightsChange{
		{name: "department joins", pair: "sachbearbeitung@asyl", doc: stay, change: changeHead(func(a *archive.Akte) { a.Departments = asyl }), after: 1},
		{name: "department leaves", pair: "sachbearbeitung@asyl", departments: asyl, doc: stay, change: changeHead(func(a *archive.Akte) { a.Departments = nil }), before: 1},
		{name: "department keeps a register", pair: "sachbearbeitung@asyl", departments: asyl, doc: stay, before: 1, head: true,
			change: changeHead(func(a *archive.Akte) { a.Departments[0].Registers = []string{"identitaet"} })},
		{name: "other team", pair: "sachbearbeitung@auslaenderbehoerde", teams: []string{"abh-a-k"}, team: "abh-a-k", doc: stay, before: 1,
			change: changeHead(func(a *archive.Akte) { a.Team = "abh-l-z" })},
		{name: "team takes over", pair: "sachbearbeitung@auslaenderbehoerde", teams: []string{"abh-l-z"}, team: "abh-a-k", doc: stay, after: 1,
			change: changeHead(func(a *archive.Akte) { a.Team = "abh-l-z" })},
		{name: "register she doesn't see", pair: "sachbearbeitung@asyl", departments: asyl, doc: stay, change: moving(acl.Move{Register: "beschaeftigung"}), before: 1},
		{name: "register she sees", pair: "sachbearbeitung@asyl", departments: asyl, doc: archive.Document{Type: "arbeitsvertrag"},
			change: moving(acl.Move{Register: "aufenthalt"}), after: 1},
		{name: "Akte she doesn't see", pair: "sachbearbeitung@asyl", departments: asyl, doc: stay, change: moving(acl.Move{}), before: 1},
		{name: "classified", pair: "registratur@asyl", departments: asyl, change: classifying("besonders"), before: 1,
			doc: archive.Document{Type: "bamf_bescheid", Classification: "normal"}},
		{name: "sealed", pair: "sachbearbeitung@asyl", departments: asyl, doc: stay, change: sealed, before: 1},
		{name: "case closed", pair: "rueckkehr@rueckkehr", departments: append(asyl, archive.Participation{Department: "rueckkehr"}), procedure: "passersatzbeschaffung",
			doc: archive.Document{Type: "bamf_bescheid", Register: "asyl", Classification: "normal"}, change: closed, before: 1, keeps: true},
	}
}

// TestEveryChangeOfRightsActsAtOnce changes rights and searches before anything is indexed anew: who lost them
// finds nothing and isn't told that anything is missing; who has them is told. Then all is as it should be.
func TestEveryChangeOfRightsActsAtOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range rightsChanges() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := acltest.Open(t)
			boss := w.User("boss", "leitung@auslaenderbehoerde", "leitung@asyl", "leitung@rueckkehr")
			keeper := w.Guard.For(boss)
			p, err := keeper.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Diallo"}}})
			if err != nil {
				t.Fatal(err)
			}
			akte, err := keeper.CreateAkte(t.Context(), archive.Akte{Person: p.ID, Lead: "auslaenderbehoerde", Team: tt.team, Departments: tt.departments})
			if err != nil {
				t.Fatal(err)
			}
			who := w.Team(w.User("reader", tt.pair), tt.teams...)
			if tt.procedure != "" {
				c, err := keeper.OpenCase(t.Context(), archive.Case{Akte: akte.ID, Procedure: tt.procedure})
				if err != nil {
					t.Fatal(err)
				}
				who.Purpose = "case:" + string(c.ID)
				boss.Purpose = who.Purpose
				keeper = w.Guard.For(boss)
			}
			doc := w.Add(keeper, akte.ID, tt.doc, "Zahnrad")
			w.Settle()
			reader := w.Guard.For(who)
			asks(t, "before", reader, tt.before, false)
			tt.change(t, w, keeper, akte.ID, doc)
			asks(t, "at once", reader, 0, tt.after > 0 || tt.head)
			if !tt.keeps {
				asks(t, "who keeps the right, at once", keeper, 0, true)
			}
			w.Settle()
			asks(t, "indexed anew", reader, tt.after, false)
			boss.Purpose = "bearbeitung"
			if !tt.keeps {
				asks(t, "who keeps the right, indexed anew", w.Guard.For(boss), 1, false)
			}
		})
	}
}

// asks searches for a paper and compares all that counts.
func asks(t *testing.T, when string, desk *acl.Desk, want int, incomplete bool) {
	t.Helper()
	f := found(t, desk, "zahnrad")
	counted := 0
	for _, c := range f.Facets["register"] {
		counted += c.Count
	}
	if f.Total != want || len(f.Hits) != want || counted != want || f.Incomplete != incomplete {
		t.Errorf("%s: total %d, %d hits, %d in registers, incomplete %v; want %d and %v", when, f.Total, len(f.Hits), counted, f.Incomplete, want, incomplete)
	}
}

// TestSearchIsOneEvent searches with all there is to search by: the trail tells what was asked, in a detail that
// is sealed, and how much was found.
func TestSearchIsOneEvent(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	who := w.User("worker", "sachbearbeitung@auslaenderbehoerde")
	worker := w.Guard.For(who)
	akte := w.Akte(worker, "Beispiel", "auslaenderbehoerde")
	head, err := worker.Akte(t.Context(), akte)
	if err != nil {
		t.Fatal(err)
	}
	w.Add(worker, akte, archive.Document{Type: "reisepass", Date: "2025-03-01"}, "Zahnrad")
	w.Settle()
	w.Time = w.Time.Add(time.Hour)
	q := index.Query{
		Text: "zahnrad typ:reisepass", Registers: []string{"identitaet"}, Departments: []string{"auslaenderbehoerde"},
		Classifications: []string{"normal"}, From: "2025-01-01", To: "2025-12-31", Akte: akte, Person: head.Person.ID,
	}
	if f, err := worker.Search(t.Context(), q, ""); err != nil || f.Total != 1 {
		t.Fatalf("%d found, %v", f.Total, err)
	}
	var events []archive.TrailEntry
	err = w.Store.View(t.Context(), func(r archive.Reader) error {
		for row, err := range r.Trail(archive.TrailFilter{Actor: who.User, Op: string(audit.OpSearch)}, "") {
			if err != nil {
				return err
			}
			events = append(events, row.Value)
		}
		return nil
	})
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, %v; want one", len(events), err)
	}
	var told strings.Builder
	for _, p := range events[0].Parts {
		told.Write(p.Text)
	}
	for _, want := range []string{
		`"zahnrad typ:reisepass"`, `"reisepass"`, `"identitaet"`, `"auslaenderbehoerde"`, `"normal"`, `"2025-01-01"`, `"2025-12-31"`,
		string(akte), string(head.Person.ID), `"total":1`, `"listed":1`,
	} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("the detail lacks %s: %s", want, told.String())
		}
	}
	if leaf := events[0].Leaf; leaf.Object != "" || leaf.Result != audit.Allow {
		t.Errorf("the leaf names %q, %s", leaf.Object, leaf.Result)
	}
}
