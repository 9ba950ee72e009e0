package acl_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// An Akte goes to another department: what is noted of its paper stands in the lists of who keeps it now.
func TestPaperFollowsAnAkteThatChangesHands(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	here := w.Guard.For(w.User("here", "sachbearbeitung@auslaenderbehoerde"))
	there := w.Guard.For(w.User("there", "sachbearbeitung@asyl"))
	part := archive.Participation{Department: "asyl"}
	akte, stays := w.Akte(here, "Ali", "auslaenderbehoerde", part), w.Akte(here, "Bleibt", "auslaenderbehoerde")
	doc, other := w.Add(here, akte, archive.Document{Type: "reisepass"}, "Pass").ID, w.Add(here, stays, archive.Document{Type: "reisepass"}, "Pass").ID
	id := must(here.TakeOriginal(t.Context(), doc, archive.CustodyAct{Place: "Tresor"}))(t)
	mine := must(here.TakeOriginal(t.Context(), other, archive.CustodyAct{Place: "Tresor"}))(t)
	if err := here.Consign(t.Context(), akte, archive.Consignment{Vendor: "Scanfabrik"}); err != nil {
		t.Fatal(err)
	}
	lists := func(name string, desk *acl.Desk, department string, originals []archive.CustodyID, consigned int) {
		t.Helper()
		var got []archive.CustodyID
		for _, row := range must(desk.Originals(t.Context(), acl.OriginalsQuery{}))(t).Items {
			got = append(got, row.ID)
		}
		if !slices.Equal(got, originals) {
			t.Errorf("%s: originals of %s: %v, want %v", name, department, got, originals)
		}
		if page := must(desk.Consignments(t.Context(), department, 10, ""))(t); len(page.Items) != consigned {
			t.Errorf("%s: %d Akten of %s are away, want %d", name, len(page.Items), department, consigned)
		}
	}
	change := func(edit func(*archive.Akte) error) {
		t.Helper()
		head := must(here.Akte(t.Context(), akte))(t)
		must(here.ChangeAkte(t.Context(), akte, head.Revision, edit))(t)
	}
	lists("before", here, "auslaenderbehoerde", []archive.CustodyID{id, mine}, 1)
	lists("before", there, "asyl", nil, 0)
	change(func(a *archive.Akte) error {
		a.Lead, a.Departments = "asyl", []archive.Participation{{Department: "auslaenderbehoerde"}}
		return nil
	})
	lists("led by another", here, "auslaenderbehoerde", []archive.CustodyID{id, mine}, 0)
	lists("led by another", there, "asyl", nil, 1)
	head := must(there.Akte(t.Context(), akte))(t)
	must(there.ChangeAkte(t.Context(), akte, head.Revision, func(a *archive.Akte) error { a.Departments = nil; return nil }))(t)
	lists("left", here, "auslaenderbehoerde", []archive.CustodyID{mine}, 0)
	lists("left", there, "asyl", []archive.CustodyID{id}, 1)
	view := must(there.Custody(t.Context(), id))(t)
	if view.Department != "asyl" || !view.MayAct || len(view.Acts) != 1 || view.Revision != 1 {
		t.Errorf("left: %+v", view)
	}
	if err := there.ActOnOriginal(t.Context(), id, view.Revision, archive.CustodyAct{What: archive.CustodyReturned, To: "Ali"}); err != nil {
		t.Errorf("handed back by who keeps it now: %v", err)
	}
	if err := here.ActOnOriginal(t.Context(), id, 2, archive.CustodyAct{What: archive.CustodyPlaced, Place: "x"}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("by who has left: %v", err)
	}
}

// A document that is moved takes its original into the lists of who keeps it there.
func TestOriginalFollowsItsDocument(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	both := w.Guard.For(w.User("both", "sachbearbeitung@auslaenderbehoerde", "sachbearbeitung@asyl"))
	from, to := w.Akte(both, "Ali", "auslaenderbehoerde"), w.Akte(both, "Ali", "asyl")
	doc := w.Add(both, from, archive.Document{Type: "reisepass"}, "Pass").ID
	id := must(both.TakeOriginal(t.Context(), doc, archive.CustodyAct{Place: "Tresor"}))(t)
	must(both.MoveDocument(t.Context(), doc, must(both.Document(t.Context(), doc))(t).Revision, acl.Move{Akte: to, Reason: "falsche Akte"}))(t)
	for department, want := range map[string]int{"auslaenderbehoerde": 0, "asyl": 1} {
		got := must(both.Originals(t.Context(), acl.OriginalsQuery{Department: department}))(t).Items
		if len(got) != want || want == 1 && got[0].ID != id {
			t.Errorf("%s: %+v", department, got)
		}
	}
}

// Lists of originals and papers tell the trail whose they showed, by id: the officer reads no name there.
func TestListsOfPaperNameNobodyInTheTrail(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	scanner := w.Guard.For(w.User("scanner", "registratur@auslaenderbehoerde"))
	desk := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(desk, "Seltenername", "auslaenderbehoerde")
	person := must(desk.Akte(t.Context(), akte))(t).Person.ID
	doc := w.Add(scanner, akte, archive.Document{Type: "mietvertrag", Title: "Geheimtitel"}, "SCAN 300 colour").ID
	w.Settle()
	must(desk.Judge(t.Context(), doc, 1, archive.QualityApproved, ""))(t)
	if got := must(desk.Papers(t.Context(), acl.PapersQuery{}))(t).Items; len(got) != 1 || got[0].Name.Family != "Seltenername" || got[0].Person != person {
		t.Fatalf("papers: %+v", got)
	}
	must(desk.TakeOriginal(t.Context(), doc, archive.CustodyAct{Thing: "Geheimding", Place: "Tresor"}))(t)
	if got := must(desk.Originals(t.Context(), acl.OriginalsQuery{}))(t).Items; len(got) != 1 || got[0].Name.Family != "Seltenername" || got[0].Person != person {
		t.Fatalf("originals: %+v", got)
	}
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	for _, op := range []audit.Op{audit.OpPaperList, audit.OpCustodyList} {
		page := must(officer.Trail(t.Context(), archive.TrailFilter{Person: person, Op: string(op)}, 10, ""))(t)
		if len(page.Items) != 1 || len(page.Items[0].Akten) != 1 || page.Items[0].Akten[0].ID != akte {
			t.Errorf("%s doesn't tell whose it showed: %+v", op, page.Items)
		}
		told, err := json.Marshal(page.Items)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Items {
			for _, p := range row.Parts {
				told = append(told, p.Text...)
			}
		}
		for _, secret := range []string{"Seltenername", "Geheimtitel", "Geheimding", "Tresor"} {
			if strings.Contains(string(told), secret) {
				t.Errorf("%s tells %q: %s", op, secret, told)
			}
		}
	}
}

// What a department keeps of paper goes to the lead when its participation ends or doesn't cover the register any more:
// there is always one that has it in its list and can act.
func TestPaperFollowsWhenParticipationEnds(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	lead := w.Guard.For(w.User("lead", "sachbearbeitung@auslaenderbehoerde"))
	guest := w.Guard.For(w.User("guest", "sachbearbeitung@asyl"))
	part := archive.Participation{Department: "asyl", Registers: []string{"identitaet", "asyl"}, Until: "2026-11-30"}
	akte := w.Akte(lead, "Ali", "auslaenderbehoerde", part)
	pass := w.Add(guest, akte, archive.Document{Type: "reisepass"}, "Pass").ID
	decision := w.Add(guest, akte, archive.Document{Type: "reisepass", Register: "asyl"}, "Bescheid").ID
	moved := w.Add(guest, akte, archive.Document{Type: "reisepass"}, "Karte")
	kept := map[archive.DocumentID]archive.CustodyID{}
	for _, doc := range []archive.DocumentID{pass, decision, moved.ID} {
		kept[doc] = must(guest.TakeOriginal(t.Context(), doc, archive.CustodyAct{Place: "Tresor", Due: "2026-11-25"}))(t)
	}
	keeps := func(what string, want map[archive.DocumentID]*acl.Desk) {
		t.Helper()
		for name, desk := range map[string]*acl.Desk{"lead": lead, "guest": guest} {
			listed := map[archive.CustodyID]acl.OriginalRow{}
			for _, row := range must(desk.Originals(t.Context(), acl.OriginalsQuery{}))(t).Items {
				listed[row.ID] = row
			}
			for doc, id := range kept {
				row, is := listed[id]
				if is != (want[doc] == desk) || is && !row.MayAct {
					t.Errorf("%s: %s has %s: %t, may act %t", what, name, doc, is, row.MayAct)
				}
			}
		}
	}
	keeps("taken", map[archive.DocumentID]*acl.Desk{pass: guest, decision: guest, moved.ID: guest})
	must(lead.MoveDocument(t.Context(), moved.ID, must(lead.Document(t.Context(), moved.ID))(t).Revision, acl.Move{Register: "aufenthalt", Reason: "gehört dorthin"}))(t)
	keeps("in a register of the lead", map[archive.DocumentID]*acl.Desk{pass: guest, decision: guest, moved.ID: lead})
	w.Time = time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	keeps("on the last day", map[archive.DocumentID]*acl.Desk{pass: guest, decision: guest, moved.ID: lead})
	w.Time = time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	if n := must(lead.Day(t.Context()))(t).Baskets[0].Overdue; n != 3 {
		t.Errorf("the lead's day counts %d, want 3", n)
	}
	keeps("the day after", map[archive.DocumentID]*acl.Desk{pass: lead, decision: lead, moved.ID: lead})
	for _, row := range must(lead.Originals(t.Context(), acl.OriginalsQuery{}))(t).Items {
		if row.Hidden != (row.CustodyView.Document == decision) || row.Hidden && row.Document.Title+row.Document.Type != "" {
			t.Errorf("%s: hidden %t, %+v", row.CustodyView.Document, row.Hidden, row.Document)
		}
	}
	// Nobody of the lead may read what is in the register; what was kept there is handed back all the same.
	if _, err := lead.Document(t.Context(), decision); err == nil {
		t.Fatal("the lead may read it: the test shows nothing")
	}
	back := archive.CustodyAct{What: archive.CustodyReturned, To: "Ali"}
	for name, desk := range map[string]*acl.Desk{
		"who has left":                  guest,
		"records staff of the lead":     w.Guard.For(w.User("records", "registratur@auslaenderbehoerde")),
		"somebody of another authority": w.Guard.For(w.User("stranger", "sachbearbeitung@soziales")),
	} {
		if err := desk.ActOnOriginal(t.Context(), kept[decision], 1, back); !errors.Is(err, archive.ErrNotFound) && !errors.Is(err, acl.ErrDenied) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, id := range kept {
		if err := lead.ActOnOriginal(t.Context(), id, 1, back); err != nil {
			t.Errorf("handed back by the lead: %v", err)
		}
	}
}

// Scans that a department judged are looked after by the lead once it has nothing to do with the Akte any more.
func TestJudgedPaperFollowsTheLead(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	scanner := w.Guard.For(w.User("scanner", "registratur@auslaenderbehoerde"))
	here := w.Guard.For(w.User("here", "sachbearbeitung@auslaenderbehoerde"))
	there := w.Guard.For(w.User("there", "sachbearbeitung@asyl"))
	akte := w.Akte(here, "Ali", "auslaenderbehoerde", archive.Participation{Department: "asyl"})
	doc := w.Add(scanner, akte, archive.Document{Type: "geburtsurkunde", Title: "Urkunde", Register: "identitaet"}, "SCAN 300 colour").ID
	paper := w.Add(scanner, akte, archive.Document{Type: "mietvertrag", Title: "Vertrag", Register: "identitaet"}, "SCAN 300 colour zwei").ID
	w.Settle()
	lists := func(what string, desk *acl.Desk, want int) {
		t.Helper()
		if got := must(desk.Papers(t.Context(), acl.PapersQuery{}))(t).Items; len(got) != want {
			t.Errorf("%s: %d papers, want %d", what, len(got), want)
		}
	}
	change := func(desk *acl.Desk, edit func(*archive.Akte) error) {
		t.Helper()
		must(desk.ChangeAkte(t.Context(), akte, must(desk.Akte(t.Context(), akte))(t).Revision, edit))(t)
	}
	_ = doc
	must(here.Judge(t.Context(), paper, 1, archive.QualityApproved, ""))(t)
	lists("of who judged it", here, 1)
	lists("of who takes part", there, 0)
	change(here, func(a *archive.Akte) error {
		a.Lead, a.Departments = "asyl", []archive.Participation{{Department: "auslaenderbehoerde"}}
		return nil
	})
	lists("of who judged it and takes part", here, 1)
	lists("of who leads it now", there, 0)
	change(there, func(a *archive.Akte) error { a.Departments = nil; return nil })
	lists("of who judged it and has left", here, 0)
	lists("of who leads it alone", there, 1)
	w.Time = w.Time.AddDate(0, 7, 0)
	if err := there.ReleasePapers(t.Context(), []archive.DocumentID{paper}, ""); err != nil {
		t.Errorf("released by the lead: %v", err)
	}
}
