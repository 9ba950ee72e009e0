package acl_test

import (
	"errors"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

func TestPaperGoesAfterApprovalAndDelay(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 8, 31, 10, 0, 0, 0, time.UTC)
	scanner := w.Guard.For(w.User("scanner", "registratur@auslaenderbehoerde"))
	user := w.User("worker", "sachbearbeitung@auslaenderbehoerde")
	desk := w.Guard.For(user)
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde")
	add := func(kind string) archive.DocumentID {
		id := w.Add(scanner, akte, archive.Document{Type: kind}, "SCAN 300 colour").ID
		w.Settle()
		must(desk.Judge(t.Context(), id, 1, archive.QualityApproved, ""))(t)
		return id
	}
	lease, passport := add("mietvertrag"), add("reisepass")
	open := w.Add(scanner, akte, archive.Document{Type: "mietvertrag"}, "SCAN 300 colour").ID
	w.Settle()
	page := must(desk.Papers(t.Context(), acl.PapersQuery{}))(t)
	if len(page.Items) != 1 || page.Items[0].ID != lease || page.Items[0].Due || page.Items[0].From != "2027-03-01" || page.Months != 6 {
		t.Errorf("at once: %+v", page)
	}
	refused := func(when string, ids ...archive.DocumentID) {
		t.Helper()
		if err := desk.ReleasePapers(t.Context(), ids, ""); !errors.Is(err, archive.ErrConflict) {
			t.Errorf("%s: %v, want conflict", when, err)
		}
	}
	refused("at once", lease)
	w.Time = time.Date(2027, 2, 28, 23, 0, 0, 0, time.UTC)
	refused("on the last day", lease)
	w.Time = time.Date(2027, 3, 1, 0, 30, 0, 0, time.UTC)
	refused("one that is returned", passport)
	refused("one that nobody approved", open)
	refused("all or none", lease, passport)
	if got := must(desk.Papers(t.Context(), acl.PapersQuery{}))(t).Items; len(got) != 1 || !got[0].Due {
		t.Errorf("when the delay is over: %+v", got)
	}
	akteView := must(desk.Akte(t.Context(), akte))(t)
	must(desk.ChangeAkte(t.Context(), akte, akteView.Revision, func(a *archive.Akte) error { a.State = archive.AkteClosed; return nil }))(t)
	if err := desk.ReleasePapers(t.Context(), []archive.DocumentID{lease}, "Schredder 12.03."); err != nil {
		t.Fatal(err)
	}
	refused("twice", lease)
	if got := must(desk.Papers(t.Context(), acl.PapersQuery{}))(t).Items; len(got) != 0 {
		t.Errorf("still to be released: %+v", got)
	}
	done := must(desk.Papers(t.Context(), acl.PapersQuery{List: acl.PapersReleased}))(t).Items
	if len(done) != 1 || done[0].ID != lease || done[0].Word.By != user.User || done[0].Word.Reason != "Schredder 12.03." || done[0].Due {
		t.Errorf("released: %+v", done)
	}
	if got := told(t, w, akte, audit.OpPaperRelease); len(got) != 1 {
		t.Errorf("trail: %v", got)
	}
}

func TestPapersAreForTheirDepartment(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	desk := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde", archive.Participation{Department: "soziales"})
	doc := w.Add(desk, akte, archive.Document{Type: "mietvertrag"}, "SCAN 300 bw").ID
	w.Settle()
	must(desk.Judge(t.Context(), doc, 1, archive.QualityApproved, ""))(t)
	w.Time = w.Time.AddDate(0, 7, 0)
	other := w.Guard.For(w.User("other", "sachbearbeitung@soziales"))
	if got := must(other.Papers(t.Context(), acl.PapersQuery{}))(t); len(got.Items) != 0 || got.Department != "soziales" {
		t.Errorf("another department's list: %+v", got)
	}
	if _, err := other.Papers(t.Context(), acl.PapersQuery{Department: "auslaenderbehoerde"}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("another department: %v", err)
	}
	if err := other.ReleasePapers(t.Context(), []archive.DocumentID{doc}, ""); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("who may only read: %v", err)
	}
	must(desk.TakeOriginal(t.Context(), doc, archive.CustodyAct{Place: "Tresor"}))(t)
	if err := desk.ReleasePapers(t.Context(), []archive.DocumentID{doc}, ""); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("what lies in custody: %v", err)
	}
}
