package acl_test

import (
	"context"
	"errors"
	"testing"

	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// Counts of today go on from where they were, each event once, refusals too.
func TestRecentGoesOn(t *testing.T) {
	t.Parallel()
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

// twice is a store in which a right changes between every look and its event, and every update runs twice:
// the first time behind an event that never comes to be.
type twice struct {
	archive.Store
	between func()
}

func (s twice) View(ctx context.Context, fn func(archive.Reader) error) error {
	defer s.between()
	return s.Store.View(ctx, fn)
}

func (s twice) Update(ctx context.Context, fn func(archive.Tx) error) error {
	undone := errors.New("undone")
	err := s.Store.Update(ctx, func(tx archive.Tx) error { return errors.Join(fn(haunted{tx}), undone) })
	if !errors.Is(err, undone) {
		return err
	}
	return s.Store.Update(ctx, fn)
}

type haunted struct{ archive.Tx }

func (t haunted) Trail(f archive.TrailFilter, after archive.Position) archive.List[archive.TrailEntry] {
	return func(yield func(archive.Row[archive.TrailEntry], error) bool) {
		first := true
		for row, err := range t.Tx.Trail(f, after) {
			if ghost := row; first && err == nil {
				ghost.Value.Leaf.Seq++
				ghost.Value.Leaf.Result = audit.Deny
				if !yield(ghost, nil) {
					return
				}
			}
			if first = false; !yield(row, err) {
				return
			}
		}
	}
}

// Events of an update that was undone are counted by nobody.
func TestRecentForgetsWhatNeverHappened(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	maker := w.Guard.For(w.User("maker", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(maker, "Zahl", "auslaenderbehoerde")
	real, changed := w.Guard.Store, false
	w.Guard.Store = twice{real, func() {
		if changed {
			return
		}
		changed = true
		defer func(s archive.Store) { w.Guard.Store = s }(w.Guard.Store)
		w.Guard.Store = real
		seen := must(maker.Akte(t.Context(), akte))(t)
		must(maker.ChangeAkte(t.Context(), akte, seen.Revision, func(a *archive.Akte) error { a.Team = "2"; return nil }))(t)
	}}
	if _, err := officer.TrailSummary(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Guard.Store = real
	s, err := officer.TrailSummary(t.Context())
	if err != nil || s.Refusals != 0 {
		t.Errorf("%d refusals, %v", s.Refusals, err)
	}
}

// A number that names nothing and one of an Akte that she may not know of are one to who asks, and both
// are in the trail.
func TestGuessedNumbersAreRecorded(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	maker := w.Guard.For(w.User("maker", "sachbearbeitung@auslaenderbehoerde"))
	stranger := w.User("stranger", "sachbearbeitung@soziales")
	akte := w.Akte(maker, "Zahl", "auslaenderbehoerde")
	head, err := maker.Approach(t.Context(), akte)
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{head.Akte.Number, "99.99-999999/2026"} {
		var unknown *archive.FieldError
		if _, err := w.Guard.For(stranger).AkteByNumber(t.Context(), number); !errors.As(err, &unknown) || unknown.Code != "unknown" {
			t.Errorf("a stranger: %v", err)
		}
	}
	if id, err := maker.AkteByNumber(t.Context(), head.Akte.Number); err != nil || id != akte {
		t.Errorf("who may see it: %s, %v", id, err)
	}
	refused := 0
	if err := w.Store.View(t.Context(), func(r archive.Reader) error {
		for row, err := range r.Trail(archive.TrailFilter{Actor: stranger.User, Op: string(audit.OpAccessRefused)}, "") {
			if err != nil {
				return err
			}
			if len(row.Value.Leaf.Akten) > 0 {
				t.Error("the trail tells the two apart")
			}
			refused++
		}
		return nil
	}); err != nil || refused != 2 {
		t.Errorf("%d refusals, %v", refused, err)
	}
}
