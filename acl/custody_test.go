package acl_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

func TestOriginalFromTakingToHandingBack(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	desk := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde")
	doc := w.Add(desk, akte, archive.Document{Type: "reisepass"}, "Pass").ID
	for pointer, bad := range map[string]archive.CustodyAct{
		"/place": {Place: "  "}, "/on": {Place: "Tresor", On: "2026-11-22"}, "/due": {Place: "Tresor", Due: "2026-11-20"}, "/thing": {Place: "Tresor", Thing: "a\x00"},
	} {
		if _, err := desk.TakeOriginal(t.Context(), doc, bad); !fault(err, pointer, "") {
			t.Errorf("%s: %v", pointer, err)
		}
	}
	id := must(desk.TakeOriginal(t.Context(), doc, archive.CustodyAct{Thing: "Reisepass Syrien", Place: "Tresor 2", On: "2026-11-20", Due: "2026-11-30"}))(t)
	if _, err := desk.TakeOriginal(t.Context(), doc, archive.CustodyAct{Place: "Tresor 3"}); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("taken twice: %v", err)
	}
	view := must(desk.Document(t.Context(), doc))(t)
	want := archive.CustodyState{Held: true, Thing: "Reisepass Syrien", Place: "Tresor 2", Since: "2026-11-20", Due: "2026-11-30"}
	if len(view.Originals) != 1 || view.Originals[0].Stands != want || view.MayKeep || !view.Originals[0].MayAct || view.Originals[0].Overdue {
		t.Errorf("taken: %+v", view.Originals)
	}
	if head := must(desk.Akte(t.Context(), akte))(t); head.Originals != 1 || head.Original != doc {
		t.Errorf("head: %d of %s", head.Originals, head.Original)
	}
	act := func(a archive.CustodyAct) error {
		t.Helper()
		return desk.ActOnOriginal(t.Context(), id, must(desk.Custody(t.Context(), id))(t).Revision, a)
	}
	if err := desk.ActOnOriginal(t.Context(), id, 7, archive.CustodyAct{What: archive.CustodyReturned, To: "x"}); !errors.Is(err, acl.ErrStale) {
		t.Errorf("a stale revision: %v", err)
	}
	if err := act(archive.CustodyAct{What: archive.CustodyPlaced, Place: "Tresor 9", Due: "2026-11-25"}); err != nil {
		t.Fatal(err)
	}
	w.Time = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	if got := must(desk.Custody(t.Context(), id))(t); !got.Overdue || got.Stands.Place != "Tresor 9" {
		t.Errorf("placed elsewhere: %+v", got)
	}
	for pointer, bad := range map[string]archive.CustodyAct{
		"/to": {What: archive.CustodyReturned}, "/on": {What: archive.CustodyReturned, To: "Ali", On: "2026-11-19"},
		"/what": {What: archive.CustodyTaken, Place: "x"}, "/reason": {What: archive.CustodyUndone},
	} {
		if err := act(bad); !fault(err, pointer, "") {
			t.Errorf("%s: %v", pointer, err)
		}
	}
	if err := act(archive.CustodyAct{What: archive.CustodyReturned, To: "Frau Ali"}); err != nil {
		t.Fatal(err)
	}
	if err := act(archive.CustodyAct{What: archive.CustodyReturned, To: "noch jemand"}); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("handed back twice: %v", err)
	}
	if got := must(desk.Custody(t.Context(), id))(t); got.Stands.Held || got.Stands.To != "Frau Ali" || got.Stands.On != "2026-11-26" || got.Overdue || got.Undo != 3 {
		t.Errorf("handed back: %+v", got)
	}
	if head := must(desk.Akte(t.Context(), akte))(t); head.Originals != 0 {
		t.Errorf("head: %d", head.Originals)
	}
	for _, undo := range []int{3, 2, 1} {
		if got := must(desk.Custody(t.Context(), id))(t).Undo; got != undo {
			t.Errorf("undo %d, want %d", got, undo)
		}
		if err := act(archive.CustodyAct{What: archive.CustodyUndone, Reason: "falsche Person"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := act(archive.CustodyAct{What: archive.CustodyUndone, Reason: "x"}); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("nothing left to undo: %v", err)
	}
	if got := must(desk.Custody(t.Context(), id))(t); !got.Stands.Void || len(got.Acts) != 6 {
		t.Errorf("all undone: %+v", got)
	}
	ops := told(t, w, akte, audit.OpCustodyTake, audit.OpCustodyPlace, audit.OpCustodyReturn, audit.OpCustodyUndo)
	if diff := cmp.Diff([]audit.Op{audit.OpCustodyTake, audit.OpCustodyPlace, audit.OpCustodyReturn, audit.OpCustodyUndo, audit.OpCustodyUndo, audit.OpCustodyUndo}, ops); diff != "" {
		t.Errorf("trail (-want +got):\n%s", diff)
	}
}

func TestUndoneReturnKeepsOneOriginal(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	desk := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde")
	doc := w.Add(desk, akte, archive.Document{Type: "reisepass"}, "Pass").ID
	first := must(desk.TakeOriginal(t.Context(), doc, archive.CustodyAct{Place: "Tresor"}))(t)
	if err := desk.ActOnOriginal(t.Context(), first, 1, archive.CustodyAct{What: archive.CustodyReturned, To: "Ali"}); err != nil {
		t.Fatal(err)
	}
	must(desk.TakeOriginal(t.Context(), doc, archive.CustodyAct{Place: "Tresor"}))(t)
	if err := desk.ActOnOriginal(t.Context(), first, 2, archive.CustodyAct{What: archive.CustodyUndone, Reason: "x"}); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("held twice: %v", err)
	}
}

func TestOriginalsAreSeenByWhoReadsTheDocument(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	desk := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	asyl := w.Guard.For(w.User("asyl", "sachbearbeitung@asyl"))
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde", archive.Participation{Department: "asyl"})
	pass := w.Add(desk, akte, archive.Document{Type: "reisepass"}, "Pass").ID
	contract := w.Add(desk, akte, archive.Document{Type: "arbeitsvertrag"}, "Vertrag").ID
	held := must(desk.TakeOriginal(t.Context(), pass, archive.CustodyAct{Place: "Tresor", Due: "2026-12-01"}))(t)
	hidden := must(desk.TakeOriginal(t.Context(), contract, archive.CustodyAct{Place: "Tresor", Due: "2026-11-21"}))(t)
	if _, err := asyl.Custody(t.Context(), hidden); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("of a document nobody there may know of: %v", err)
	}
	if head := must(asyl.Akte(t.Context(), akte))(t); head.Originals != 1 || head.Original != pass {
		t.Errorf("head counts %d of %s", head.Originals, head.Original)
	}
	if got := must(asyl.Custody(t.Context(), held))(t); got.MayAct {
		t.Error("another department hands out what is kept here")
	}
	if err := asyl.ActOnOriginal(t.Context(), held, 1, archive.CustodyAct{What: archive.CustodyReturned, To: "x"}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("another department: %v", err)
	}
	if err := asyl.ActOnOriginal(t.Context(), hidden, 1, archive.CustodyAct{What: archive.CustodyReturned, To: "x"}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("of a document nobody there may know of: %v", err)
	}
	list := func(q acl.OriginalsQuery) (out []archive.CustodyID) {
		t.Helper()
		for _, row := range must(desk.Originals(t.Context(), q))(t).Items {
			out = append(out, row.ID)
		}
		return out
	}
	if diff := cmp.Diff([]archive.CustodyID{hidden, held}, list(acl.OriginalsQuery{})); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
	if got := list(acl.OriginalsQuery{Overdue: true}); len(got) != 0 {
		t.Errorf("overdue on the day: %v", got)
	}
	w.Time = w.Time.AddDate(0, 0, 1)
	if diff := cmp.Diff([]archive.CustodyID{hidden}, list(acl.OriginalsQuery{Overdue: true})); diff != "" {
		t.Errorf("overdue (-want +got):\n%s", diff)
	}
	overdue := func(d *acl.Desk) int {
		t.Helper()
		return must(d.Day(t.Context()))(t).Baskets[0].Overdue
	}
	if n := overdue(desk); n != 1 {
		t.Errorf("a day counts %d, want 1", n)
	}
	if n := overdue(asyl); n != 0 {
		t.Errorf("a day of another department counts %d", n)
	}
	if diff := cmp.Diff([]archive.CustodyID{held}, list(acl.OriginalsQuery{Type: "reisepass"})); diff != "" {
		t.Errorf("passports (-want +got):\n%s", diff)
	}
	first := must(desk.Originals(t.Context(), acl.OriginalsQuery{Limit: 1}))(t)
	second := must(desk.Originals(t.Context(), acl.OriginalsQuery{Limit: 1, Cursor: first.Next}))(t)
	if len(first.Items) != 1 || len(second.Items) != 1 || second.Items[0].ID != held || second.Next != "" {
		t.Errorf("in pages: %+v, %+v", first, second)
	}
	// A colleague whose role may not read contracts is shown none.
	guard := w.Guard.For(w.User("guard", "sicherheit@auslaenderbehoerde"))
	if got := must(guard.Originals(t.Context(), acl.OriginalsQuery{}))(t).Items; len(got) != 1 || got[0].ID != held {
		t.Errorf("to who may not read contracts: %+v", got)
	}
	if n := overdue(guard); n != 0 {
		t.Errorf("to who may not read contracts a day counts %d", n)
	}
	// A list of its own department shows what may be read alone.
	seal := w.Guard.For(w.User("records", "registratur@asyl"))
	if got := must(seal.Originals(t.Context(), acl.OriginalsQuery{}))(t); len(got.Items) != 0 {
		t.Errorf("another department's list: %+v", got.Items)
	}
	if _, err := seal.Originals(t.Context(), acl.OriginalsQuery{Department: "auslaenderbehoerde"}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("another department: %v", err)
	}
	dpo := w.Guard.For(w.User("dpo", "datenschutz@datenschutz"))
	if _, err := dpo.Originals(t.Context(), acl.OriginalsQuery{}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("who works no basket: %v", err)
	}
}

func TestOriginalIsHandedBackFromAClosedAkte(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	desk := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde")
	doc := w.Add(desk, akte, archive.Document{Type: "reisepass"}, "Pass").ID
	id := must(desk.TakeOriginal(t.Context(), doc, archive.CustodyAct{Place: "Tresor"}))(t)
	head := must(desk.Akte(t.Context(), akte))(t)
	must(desk.ChangeAkte(t.Context(), akte, head.Revision, func(a *archive.Akte) error { a.State = archive.AkteClosed; return nil }))(t)
	if err := desk.ActOnOriginal(t.Context(), id, 1, archive.CustodyAct{What: archive.CustodyReturned, To: "Ali"}); err != nil {
		t.Error(err)
	}
}

func TestFilingStaysWhereAnOriginalIsKept(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	user := w.User("worker", "sachbearbeitung@auslaenderbehoerde")
	desk := w.Guard.For(user)
	akte := w.Akte(desk, "Ali", "auslaenderbehoerde")
	item := w.Post(desk, "auslaenderbehoerde", "Pass")
	w.Settle()
	filed := must(desk.FileItem(t.Context(), item.ID, acl.Filing{Akten: []archive.AkteID{akte}, Doc: archive.Document{Type: "reisepass"}}))(t)
	must(desk.TakeOriginal(t.Context(), filed[0].ID, archive.CustodyAct{Place: "Tresor"}))(t)
	if _, err := desk.Unfile(t.Context(), item.ID); !errors.Is(err, acl.ErrSettled) {
		t.Errorf("taking the filing back: %v", err)
	}
}

// fault reports whether err is about a field; an empty code is any.
func fault(err error, pointer, code string) bool {
	var field *archive.FieldError
	return errors.As(err, &field) && field.Pointer == pointer && (code == "" || field.Code == code)
}
