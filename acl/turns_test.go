package acl_test

import (
	"fmt"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
)

// TestOnesStackLetsOthersBy drops a stack of one and a paper of another, and a load of the operator's.
func TestOnesStackLetsOthersBy(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	a, b := w.User("a", "registratur@poststelle"), w.User("b", "registratur@poststelle")
	load := w.User("load", "registratur@poststelle")
	load.Client = acl.ClientImport
	for i := range 20 {
		w.Post(w.Guard.For(load), "poststelle", fmt.Sprint("alt ", i))
	}
	for i := range 200 {
		w.Post(w.Guard.For(a), "poststelle", fmt.Sprint("Stapel ", i))
	}
	w.Time = w.Time.Add(time.Minute)
	w.Post(w.Guard.For(b), "poststelle", "eilig")
	var turns []archive.UserID
	if err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
		turns = nil
		for range 3 {
			job, ok, err := tx.Lease("w", w.Time, time.Minute)
			if err != nil || !ok {
				return fmt.Errorf("no job: %w", err)
			}
			v, err := tx.Version(job.Version)
			if err != nil {
				return err
			}
			turns = append(turns, v.ReceivedBy)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	seen := map[archive.UserID]int{}
	for _, u := range turns {
		seen[u]++
	}
	if seen[b.User] != 1 || seen[a.User] != 2 {
		t.Errorf("the first three turns: %v (a is %s, b is %s)", turns, a.User, b.User)
	}
}
