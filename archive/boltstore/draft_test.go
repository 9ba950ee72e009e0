package boltstore

import (
	"bytes"
	"testing"
	"time"

	"eakte/archive"
)

// TestForgettingDraftsTakesDamagedOnes forgets drafts of which one doesn't open and one can't even be read: they are gone, and
// keep nobody from going on with the others.
func TestForgettingDraftsTakesDamagedOnes(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	now := f.clock.Now()
	u := archive.User{ID: archive.NewID[archive.UserID](), Name: "eins", Revision: 1, Created: now, Changed: now}
	change(t, s, func(tx archive.Tx) error {
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return tx.Record(search(f))
	})
	keys := []string{"whole", "shut", "torn"}
	for _, key := range keys {
		d := archive.Draft{User: u.ID, Key: key, Values: map[string][]string{"x": {key}}, Changed: now, Expires: now.Add(time.Hour)}
		change(t, s, func(tx archive.Tx) error { return tx.PutDraft(d) })
	}
	if err := s.submit(&update{ctx: t.Context(), house: true, fn: func(tx *transaction) error {
		user, _ := raw(u.ID)
		shut := bytes.Clone(tx.value(bDraft, tx.draftKey(user, "shut")))
		shut[len(shut)-1] ^= 1
		if err := tx.put(bDraft, tx.draftKey(user, "shut"), shut); err != nil {
			return err
		}
		torn := bytes.Clone(tx.value(bDraft, tx.draftKey(user, "torn")))
		return tx.put(bDraft, tx.draftKey(user, "torn"), torn[:12])
	}}); err != nil {
		t.Fatal(err)
	}
	if err := s.View(t.Context(), func(r archive.Reader) error {
		if _, err := r.Draft(u.ID, "shut"); err == nil {
			t.Error("it opens: the test shows nothing")
		}
		if _, err := r.Drafts(u.ID); err == nil {
			t.Error("they can be read: the test shows nothing")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	change(t, s, func(tx archive.Tx) error {
		return tx.ForgetDrafts(u.ID, func(d archive.Draft) bool { return d.Key != "whole" })
	})
	if err := s.View(t.Context(), func(r archive.Reader) error {
		left, err := r.Drafts(u.ID)
		if err != nil || len(left) != 1 || left[0].Key != "whole" {
			t.Errorf("left: %+v %v", left, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check: %v", found)
	}
}
