package acl_test

import (
	"errors"
	"slices"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// notices are how many documents are noted for a search, whoever may know of them.
func notices(t *testing.T, w *acltest.World, user archive.UserID, id archive.SearchID) (n int) {
	t.Helper()
	if err := w.Store.View(t.Context(), func(r archive.Reader) error {
		list, err := r.Notices(user, id, 0)
		n = len(list)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// What nobody could show her is not noted, so that it takes no room among what is, and no time. What is moved to where
// she may see it is new to her then.
func TestOnlyWhatOneCouldFindIsNoted(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	lead := w.Guard.For(w.User("lead", "sachbearbeitung@auslaenderbehoerde", "leitung@auslaenderbehoerde", "sicherheit@auslaenderbehoerde"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	akte := w.Akte(lead, "Geteilt", "auslaenderbehoerde", archive.Participation{Department: "asyl"})
	id := saved(t, clerk, archive.SavedSearch{Name: "Verträge", Text: "kündigungsfrist"})
	hidden := w.Add(lead, akte, archive.Document{Type: "sonstiges", Register: "sicherheit"}, "Kündigungsfrist")
	w.Settle()
	if n := notices(t, w, clerk.Subject().User, id); n != 0 {
		t.Fatalf("%d documents are noted that she couldn't find", n)
	}
	open := w.Add(lead, akte, archive.Document{Type: "reisepass", Register: "identitaet"}, "Kündigungsfrist")
	w.Settle()
	if got := fresh(t, clerk, id); !slices.Equal(got, []archive.DocumentID{open.ID}) {
		t.Errorf("new are %v, want %s", got, open.ID)
	}
	look(t, clerk, id)
	moved, err := lead.MoveDocument(t.Context(), hidden.ID, hidden.Revision, acl.Move{Register: "identitaet", Reason: "falsch"})
	if err != nil {
		t.Fatal(err)
	}
	w.Settle()
	if got := fresh(t, clerk, id); !slices.Equal(got, []archive.DocumentID{hidden.ID}) {
		t.Errorf("when it is moved to where she may see it new are %v, want %s", got, hidden.ID)
	}
	look(t, clerk, id)
	if _, err = lead.MoveDocument(t.Context(), hidden.ID, moved.Revision, acl.Move{Register: "familie", Reason: "falsch"}); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	if got := fresh(t, clerk, id); len(got) != 0 {
		t.Errorf("moved to where she could see it as well it is new once more: %v", got)
	}
}

// The pages of new hits are those of one moment: what comes meanwhile stays new.
func TestNewHitsArePagedAsOfOneMoment(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Öztürk", "auslaenderbehoerde")
	id := saved(t, clerk, archive.SavedSearch{Name: "Verträge", Text: "kündigungsfrist"})
	add := func() {
		t.Helper()
		w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Kündigungsfrist")
		w.Settle()
	}
	for range 3 {
		add()
	}
	page, first, err := clerk.FindNew(t.Context(), id, 2, "")
	if err != nil || page.Total != 3 || page.Next == "" {
		t.Fatalf("%d new hits, %v", page.Total, err)
	}
	add()
	rest, second, err := clerk.FindNew(t.Context(), id, 2, page.Next)
	if err != nil || rest.Total != 3 || len(rest.Hits) != 1 || second != first {
		t.Errorf("the second page has %d of %d, up to %d, the first up to %d; %v", len(rest.Hits), rest.Total, second.UpTo, first.UpTo, err)
	}
	if _, _, err := clerk.SeeNew(t.Context(), id, second.UpTo); err != nil {
		t.Fatal(err)
	}
	if got := fresh(t, clerk, id); len(got) != 1 {
		t.Errorf("%d are new when three were looked at, want the one that came meanwhile", len(got))
	}
}

// An index made anew tells of nothing old, whatever was changed of it just before.
func TestIndexMadeAnewTellsOfNothingOld(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Öztürk", "auslaenderbehoerde")
	old := w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Kündigungsfrist")
	w.Settle()
	id := saved(t, clerk, archive.SavedSearch{Name: "Verträge", Text: "kündigungsfrist"})
	rebuild := func(what string, want int) {
		t.Helper()
		if err := w.Indexer.Rebuild(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if got := fresh(t, clerk, id); len(got) != want {
			t.Errorf("%s: %d are new, want %d", what, len(got), want)
		}
	}
	moved, err := clerk.MoveDocument(t.Context(), old.ID, old.Revision, acl.Move{Register: "wohnen", Reason: "falsch"})
	if err != nil {
		t.Fatal(err)
	}
	rebuild("an old one that was moved", 0)
	if _, err := clerk.ChangeDocument(t.Context(), old.ID, moved.Revision, func(d *archive.Document) error { d.Title = "Anders"; return nil }); err != nil {
		t.Fatal(err)
	}
	w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Kündigungsfrist")
	if err := w.Pipeline.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	rebuild("one that came while an old one was changed", 1)
}

// What is remembered of who watches is what is stored.
func TestWatchersAreThoseOfTheMoment(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	lead := w.Guard.For(w.User("lead", "sachbearbeitung@auslaenderbehoerde"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	akte := w.Akte(lead, "Fremd", "auslaenderbehoerde")
	id := saved(t, clerk, archive.SavedSearch{Name: "Verträge", Text: "kündigungsfrist"})
	add := func() {
		t.Helper()
		w.Add(lead, akte, archive.Document{Type: "reisepass", Register: "identitaet"}, "Kündigungsfrist", "Mietvertrag")
		w.Settle()
	}
	add()
	user := clerk.Subject().User
	if n := notices(t, w, user, id); n != 0 {
		t.Fatalf("%d are noted of an Akte that isn't hers", n)
	}
	err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
		u, err := tx.User(user)
		if err != nil {
			return err
		}
		u.Roles, u.Revision = append(u.Roles, archive.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"}), u.Revision+1
		return errors.Join(tx.PutUser(u), tx.Record(audit.Event{
			Time: w.Time, Actor: audit.System(), Op: audit.OpUserChange, Object: "user/" + string(user), Result: audit.Allow,
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
	add()
	if n := notices(t, w, user, id); n != 1 {
		t.Errorf("%d are noted when she has another role, want 1", n)
	}
	other := saved(t, clerk, archive.SavedSearch{Name: "Mieten", Text: "mietvertrag"})
	add()
	if a, b := notices(t, w, user, id), notices(t, w, user, other); a != 2 || b != 1 {
		t.Errorf("%d and %d are noted when she keeps a second search, want 2 and 1", a, b)
	}
}
