package acl_test

import (
	"testing"

	"eakte/acl/acltest"
)

// Counts of today go on from where they were, each event once, refusals too.
func TestRecentGoesOn(t *testing.T) {
	w := acltest.Open(t)
	maker := w.Guard.For(w.User("maker", "sachbearbeitung@auslaenderbehoerde"))
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@soziales"))
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	akte := w.Akte(maker, "Zahl", "auslaenderbehoerde")
	first, err := officer.TrailSummary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := stranger.Akte(t.Context(), akte); err == nil {
			t.Fatal("a stranger saw the Akte")
		}
	}
	second, err := officer.TrailSummary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The first look at the summary is an act as well.
	if second.Acts != first.Acts+4 || second.Refusals != first.Refusals+3 {
		t.Errorf("acts %d, then %d; refusals %d, then %d", first.Acts, second.Acts, first.Refusals, second.Refusals)
	}
}
