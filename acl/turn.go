package acl

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"eakte/archive"
)

// ErrSlow says that a search took longer than it may and was given up. Another text, or more filters, make it quicker.
var ErrSlow = errors.New("the search took too long")

// ErrTurns says that the subject has so many searches waiting that another one isn't taken, or that none of them came
// to its turn in time.
var ErrTurns = errors.New("too many searches at once")

const (
	// searchTime is how long a search may take, its wait for a turn included.
	searchTime = 10 * time.Second
	// leastTurns is how many searches run at once on the smallest machine.
	leastTurns = 2
	// waitingTurns is how many searches of one user may wait: pages open in a few windows, and somebody typing.
	waitingTurns = 16
)

// turns lets so many searches run at once as there are processors, since each takes one: more would all be slower.
// Who has the fewest of them running comes next, and of several the one whose last turn is the longest ago: a hundred
// searches of one user keep another one waiting for no longer than a single one does.
type turns struct {
	mu      sync.Mutex
	free    int
	waiting []*waiter // in the order in which they came
	users   map[archive.UserID]*turnsOf
	taken   uint64
}

// turnsOf counts a user's searches. It is there as long as she has one.
type turnsOf struct {
	running, waiting int
	last             uint64 // the number of the turn that was hers last
}

type waiter struct {
	user archive.UserID
	turn chan struct{} // closed when it is its turn
}

func newTurns(n int) *turns {
	return &turns{free: cmp.Or(n, max(leastTurns, runtime.GOMAXPROCS(0))), users: map[archive.UserID]*turnsOf{}}
}

// take waits for a turn of a user's: [ErrTurns] if too many of hers wait already, or ctx ends before.
func (t *turns) take(ctx context.Context, user archive.UserID) error {
	t.mu.Lock()
	u := t.users[user]
	if u == nil {
		u = &turnsOf{}
		t.users[user] = u
	}
	if t.free > 0 && len(t.waiting) == 0 {
		t.start(u)
		t.mu.Unlock()
		return nil
	}
	if u.waiting == waitingTurns {
		t.mu.Unlock()
		return ErrTurns
	}
	w := &waiter{user, make(chan struct{})}
	t.waiting = append(t.waiting, w)
	u.waiting++
	t.mu.Unlock()
	select {
	case <-w.turn:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(t.waiting, w); i >= 0 {
		t.waiting = slices.Delete(t.waiting, i, i+1)
		u.waiting--
		t.forget(user)
		return errors.Join(ErrTurns, ctx.Err())
	}
	return nil // it came in the same moment, and whoever has it gives it back
}

// start counts a turn as begun. t.mu is held.
func (t *turns) start(u *turnsOf) {
	t.free--
	t.taken++
	u.running, u.last = u.running+1, t.taken
}

// leave ends a turn of a user's and begins the next one.
func (t *turns) leave(user archive.UserID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.free++
	t.users[user].running--
	if len(t.waiting) > 0 {
		w := slices.MinFunc(t.waiting, func(a, b *waiter) int { // of those that are alike the first
			x, y := t.users[a.user], t.users[b.user]
			return cmp.Or(cmp.Compare(x.running, y.running), cmp.Compare(x.last, y.last))
		})
		t.waiting = slices.DeleteFunc(t.waiting, func(o *waiter) bool { return o == w })
		u := t.users[w.user]
		u.waiting--
		t.start(u)
		close(w.turn)
	}
	t.forget(user)
}

// forget drops who has no search any more. t.mu is held.
func (t *turns) forget(user archive.UserID) {
	if u := t.users[user]; u.running+u.waiting == 0 {
		delete(t.users, user)
	}
}

// turn waits until a search of the subject's may run, and gives it a time to end. done must be called when it has
// ended: it makes [ErrSlow] of an error that comes of the time alone.
func (d *Desk) turn(ctx context.Context) (_ context.Context, done func(*error), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, d.guard.SearchTime, ErrSlow)
	if err := d.guard.turns.take(ctx, d.subject.User); err != nil {
		cancel()
		return nil, nil, err
	}
	return ctx, func(err *error) {
		if errors.Is(*err, context.DeadlineExceeded) && errors.Is(context.Cause(ctx), ErrSlow) {
			*err = ErrSlow
		}
		cancel()
		d.guard.turns.leave(d.subject.User)
	}, nil
}
