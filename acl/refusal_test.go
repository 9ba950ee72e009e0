package acl_test

import (
	"encoding/json"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// refused returns how many refusals the trail of an Akte tells of, and by how many events.
func refused(t *testing.T, w *acltest.World, officer *acl.Desk, akte archive.AkteID) (refusals, events int) {
	t.Helper()
	for cursor := ""; ; {
		page, err := officer.Trail(t.Context(), archive.TrailFilter{Akte: akte, Op: string(audit.OpAccessRefused)}, 200, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Items {
			var said struct {
				Op    string
				Count int
			}
			for _, p := range row.Parts {
				if p.Kind != audit.PartAct {
					continue
				}
				if err := json.Unmarshal(p.Text, &said); err != nil {
					t.Fatal(err)
				}
			}
			if row.Tried != audit.OpAkteOpen || row.Leaf.Result != audit.Deny {
				t.Errorf("refused was %q, told as %s", row.Tried, row.Leaf.Result)
			}
			refusals, events = refusals+max(said.Count, 1), events+1
		}
		if cursor = page.Next; cursor == "" {
			return refusals, events
		}
	}
}

// TestManyRefusalsAreCounted asks for an Akte again and again: the trail tells of each refusal, but not by an event each.
func TestManyRefusalsAreCounted(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	maker := w.Guard.For(w.User("maker", "sachbearbeitung@auslaenderbehoerde"))
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@soziales"))
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	akte := w.Akte(maker, "Zahl", "auslaenderbehoerde")
	ask := func(n int) {
		for range n {
			if _, err := stranger.Akte(t.Context(), akte); err == nil {
				t.Fatal("a stranger saw the Akte")
			}
		}
	}
	w.Time = w.Time.Truncate(time.Minute)
	ask(100)
	if n, events := refused(t, w, officer, akte); n != 60 || events != 60 {
		t.Errorf("in their minute: %d refusals by %d events, want the first 60", n, events)
	}
	w.Time = w.Time.Add(time.Minute)
	if n, events := refused(t, w, officer, akte); n != 100 || events != 61 {
		t.Errorf("when it is over: %d refusals by %d events, want 100 by 61", n, events)
	}
	ask(70)
	again, err := acl.New(w.Guard.Config) // the process died
	if err != nil {
		t.Fatal(err)
	}
	w.Time = w.Time.Add(time.Minute)
	if err := again.SettleRefusals(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if n, events := refused(t, w, again.For(officer.Subject()), akte); n != 170 || events != 122 {
			t.Errorf("after a restart: %d refusals by %d events, want 170 by 122", n, events)
		}
	}
}

// TestCountedRefusalsNameEverybody asks for more Akten than one count names: each finds it in its trail.
func TestCountedRefusalsNameEverybody(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	maker := w.Guard.For(w.User("maker", "sachbearbeitung@auslaenderbehoerde"))
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@soziales"))
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	var akten []archive.AkteID
	for range 45 {
		akten = append(akten, w.Akte(maker, "Zahl", "auslaenderbehoerde"))
	}
	w.Time = w.Time.Truncate(time.Minute)
	for range 4 {
		for _, akte := range akten {
			if _, err := stranger.Akte(t.Context(), akte); err == nil {
				t.Fatal("a stranger saw the Akte")
			}
		}
	}
	w.Time = w.Time.Add(time.Minute)
	for _, akte := range akten {
		if n, events := refused(t, w, officer, akte); n < 4 || events > 6 {
			t.Errorf("an Akte asked for four times has %d refusals by %d events in its trail", n, events)
		}
	}
}
