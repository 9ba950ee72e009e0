package acl_test

import (
	"context"
	"encoding/json"
	"slices"
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

// afterwards is a store that does something once after an update, before who made it hears of that.
type afterwards struct {
	archive.Store
	then func()
}

// Update implements [archive.Store].
func (a *afterwards) Update(ctx context.Context, fn func(archive.Tx) error) error {
	err := a.Store.Update(ctx, fn)
	if then := a.then; then != nil {
		a.then = nil
		then()
	}
	return err
}

// TestARefusalCountedWhileCountsAreSettledIsNotForgotten refuses more just when counts were recorded.
func TestARefusalCountedWhileCountsAreSettledIsNotForgotten(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	akte := w.Akte(w.Guard.For(w.User("maker", "sachbearbeitung@auslaenderbehoerde")), "Zahl", "auslaenderbehoerde")
	officer, stranger := w.User("officer", "datenschutz@datenschutz"), w.User("stranger", "sachbearbeitung@soziales")
	cfg := w.Guard.Config
	store := &afterwards{Store: cfg.Store}
	cfg.Store = store
	guard, err := acl.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ask := func() {
		for range 61 { // one of them is counted
			if _, err := guard.For(stranger).Akte(t.Context(), akte); err == nil {
				t.Fatal("a stranger saw the Akte")
			}
		}
	}
	w.Time = w.Time.Truncate(time.Minute)
	ask()
	w.Time = w.Time.Add(time.Minute)
	store.then = ask
	for range 2 {
		if err := guard.SettleRefusals(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Time = w.Time.Add(time.Minute)
	}
	if n, events := refused(t, w, guard.For(officer), akte); n != 122 || events != 122 {
		t.Errorf("%d refusals by %d events, want 122: 60 and one counted, twice", n, events)
	}
}

// TestManyWatchesHeldBackAreCounted asks again and again to be told of a document that is none of hers.
func TestManyWatchesHeldBackAreCounted(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	maker := w.Guard.For(w.User("maker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(maker, "Zahl", "auslaenderbehoerde")
	doc := w.Add(maker, akte, archive.Document{Type: "reisepass"}, "Pass")
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@soziales"))
	w.Time = w.Time.Truncate(time.Minute)
	watches := slices.Repeat([]acl.Watch{acl.Watch("document/" + string(doc.ID))}, 8)
	for range 10 {
		if states := must(stranger.States(t.Context(), watches, true))(t); len(states) != 0 {
			t.Fatal("she is told of it")
		}
	}
	w.Time = w.Time.Add(time.Minute)
	if err := w.Guard.SettleRefusals(t.Context()); err != nil {
		t.Fatal(err)
	}
	refusals, events := 0, 0
	for _, row := range must(officer.Trail(t.Context(), archive.TrailFilter{Akte: akte, Op: string(audit.OpAccessRefused)}, 200, ""))(t).Items {
		var said struct {
			Op    string
			Count int
		}
		for _, p := range row.Parts {
			if p.Kind == audit.PartAct {
				if err := json.Unmarshal(p.Text, &said); err != nil {
					t.Fatal(err)
				}
			}
		}
		if said.Op != "watch" {
			t.Errorf("refused was %q", said.Op)
		}
		refusals, events = refusals+max(said.Count, 1), events+1
	}
	if refusals != 80 || events != 61 {
		t.Errorf("%d refusals by %d events, want 80 by 61", refusals, events)
	}
}
