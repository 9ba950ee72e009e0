package acl

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"eakte/archive"
)

// Whoever asks for much waits for her own searches, and keeps nobody else waiting for longer than one of them takes.
func TestTurnsAreFair(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(1)
		var order []archive.UserID
		next := make(chan struct{})
		ask := func(user archive.UserID) {
			go func() {
				if err := turns.take(t.Context(), user); err != nil {
					t.Error(err)
				}
				order = append(order, user)
				<-next
				turns.leave(user)
			}()
			synctest.Wait()
		}
		for _, user := range []archive.UserID{"a", "a", "a", "a", "b", "c", "b"} {
			ask(user)
		}
		if len(order) != 1 {
			t.Errorf("%d run at once, want 1", len(order))
		}
		for range 7 {
			next <- struct{}{}
			synctest.Wait()
		}
		if want := []archive.UserID{"a", "b", "c", "a", "b", "a", "a"}; !slices.Equal(order, want) {
			t.Errorf("their turns come as %v, want %v", order, want)
		}
		if len(turns.users) != 0 || turns.free != 1 {
			t.Errorf("%d users are remembered, %d turns free", len(turns.users), turns.free)
		}
	})
}

// Nobody is told of all persons by their letters, however slowly she types.
func TestTypistIsToldOfSoManyPersons(t *testing.T) {
	t.Parallel()
	var all typists
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	told := 0
	for range 1000 {
		now = now.Add(800 * time.Millisecond)
		if !all.ask("a", now) {
			break
		}
		all.recorded("a", all.asked("a"), typingShown)
		told += typingShown
	}
	if told != typingTold {
		t.Errorf("told of %d persons, want %d", told, typingTold)
	}
	if !all.ask("b", now) || all.ask("a", now.Add(time.Minute)) || !all.ask("a", now.Add(windowLength)) {
		t.Error("who is stopped isn't she, or not for as long as it should be")
	}
}

func TestTurnsAreBound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(1)
		if err := turns.take(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		errs := make(chan error, waitingTurns)
		for range waitingTurns {
			go func() { errs <- turns.take(ctx, "a") }()
		}
		synctest.Wait()
		if err := turns.take(t.Context(), "a"); !errors.Is(err, ErrTurns) {
			t.Errorf("one more than may wait: %v", err)
		}
		other := make(chan error, 1)
		go func() { other <- turns.take(t.Context(), "b") }()
		synctest.Wait()
		cancel()
		for range waitingTurns {
			if err := <-errs; !errors.Is(err, ErrTurns) || !errors.Is(err, context.Canceled) {
				t.Errorf("who doesn't wait any more: %v", err)
			}
		}
		turns.leave("a")
		if err := <-other; err != nil {
			t.Errorf("somebody else's turn: %v", err)
		}
		turns.leave("b")
		if turns.free != 1 || len(turns.waiting)+len(turns.users) != 0 {
			t.Errorf("%d free, %d waiting, %d users", turns.free, len(turns.waiting), len(turns.users))
		}
	})
}
