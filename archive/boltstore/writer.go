package boltstore

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	bolterrors "go.etcd.io/bbolt/errors"

	"eakte/archive"
)

const (
	// queueLength is how many updates may wait without their goroutines blocking on each other.
	queueLength = 256
	// groupLimit is how many updates become one transaction of the database.
	groupLimit = 256
)

// errPanic is the error of an update whose function panicked.
var errPanic = errors.New("boltstore: update panicked")

// update is a waiting change. Exactly one error is sent to done.
type update struct {
	ctx  context.Context
	fn   func(*transaction) error
	done chan error
	// house says that the store itself changes something: no event is needed.
	house bool
}

// Update implements [archive.Store].
func (s *Store) Update(ctx context.Context, fn func(archive.Tx) error) error {
	return s.submit(&update{ctx: ctx, fn: func(t *transaction) error { return fn(t) }})
}

// submit hands an update to the writer and waits for its end. A cancelled context keeps it from
// being run, but not from being waited for: what it did is known when this returns.
func (s *Store) submit(u *update) error {
	u.done = make(chan error, 1)
	if s.ended.Load() && !u.house {
		return fmt.Errorf("boltstore: %w", ErrClosed)
	}
	select {
	case s.queue <- u:
	case <-u.ctx.Done():
		return u.ctx.Err()
	case <-s.done:
		return fmt.Errorf("boltstore: %w", ErrClosed)
	}
	select {
	case err := <-u.done:
		return err
	case <-s.done:
	}
	select { // it may have been the last one
	case err := <-u.done:
		return err
	default:
		return fmt.Errorf("boltstore: %w", ErrClosed)
	}
}

// write is the one writer: it takes what waits and commits it together.
func (s *Store) write() {
	defer close(s.done)
	for {
		select {
		case u := <-s.queue:
			s.commit(s.gather(u))
		case done := <-s.compacting:
			s.compact(done)
		case <-s.signed: // closing, and nothing more to store of the trail
			for {
				select {
				case u := <-s.queue:
					s.commit(s.gather(u))
				default:
					return
				}
			}
		}
	}
}

// gather returns u and what waits behind it.
func (s *Store) gather(u *update) []*update {
	group := []*update{u}
	for len(group) < groupLimit {
		select {
		case u := <-s.queue:
			group = append(group, u)
		default:
			return group
		}
	}
	return group
}

// commit runs the group in as few transactions as it takes. One update alone can fail with
// something already written; bbolt can't undo a part, so those before it run again and are
// committed, and those behind it follow: each runs at most twice but for the first of a tail.
func (s *Store) commit(group []*update) {
	for len(group) > 0 {
		failed, err := s.try(group)
		if failed < 0 {
			return
		}
		group[failed].done <- err
		s.commit(group[:failed])
		group = group[failed+1:]
	}
}

// try runs the group in one transaction and commits it, and answers each. If an update fails with
// something written, all is rolled back, none of those in order before it is answered yet, and its
// place and error are returned; -1 else.
func (s *Store) try(group []*update) (failed int, cause error) {
	btx, err := s.db.Load().Begin(true)
	if err != nil {
		answer(group, nil, s.closedOr(full(err)))
		return -1, nil
	}
	g := &grouped{store: s, bolt: btx, low: s.low()}
	results := make([]error, len(group))
	for i, u := range group {
		t, err := g.run(u)
		if err != nil && t != nil && t.wrote {
			if err := btx.Rollback(); err != nil {
				s.log.Error("rolling back", "error", err)
			}
			return i, err
		}
		results[i] = err
	}
	err = s.finish(g)
	answer(group, results, err)
	return -1, nil
}

// finish commits a group that ran. What it makes dirty is so before anybody can read it.
func (s *Store) finish(g *grouped) error {
	if err := s.end(g); err != nil {
		return err
	}
	for _, after := range g.after {
		after()
	}
	if len(g.entries) > 0 {
		s.ring("outbox")
	}
	if g.jobs {
		s.ring("jobs")
	}
	if g.wrote {
		s.bell.ring()
	}
	s.recorded(g.events)
	return nil
}

// end commits what was written.
func (s *Store) end(g *grouped) error {
	if !g.wrote {
		if err := g.bolt.Rollback(); err != nil {
			return fmt.Errorf("boltstore: ending the transaction: %w", err)
		}
		return nil
	}
	undo := s.since.add(g.entries, &s.dirty)
	err := g.bolt.Commit()
	if err == nil {
		return nil
	}
	undo()
	if rerr := g.bolt.Rollback(); rerr != nil && !errors.Is(rerr, bolterrors.ErrTxClosed) {
		err = errors.Join(err, rerr)
	}
	return full(fmt.Errorf("boltstore: committing: %w", err))
}

// ring wakes the receiver of a kind, if it isn't called already.
func (s *Store) ring(kind string) {
	select {
	case s.wake[kind] <- struct{}{}:
	default:
	}
}

// answer tells each update its result; err is that of the whole group.
func answer(group []*update, results []error, err error) {
	for i, u := range group {
		if results != nil && results[i] != nil {
			u.done <- results[i]
			continue
		}
		u.done <- err
	}
}

// run runs one update inside the group's transaction.
func (g *grouped) run(u *update) (t *transaction, err error) {
	if err := u.ctx.Err(); err != nil {
		return nil, err
	}
	t = g.begin(u.ctx)
	defer func() {
		if p := recover(); p != nil {
			g.store.log.Error("update panicked", "kind", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	if err := u.fn(t); err != nil {
		return t, err
	}
	if t.changed && len(t.events) == 0 && !u.house {
		return t, fmt.Errorf("boltstore: %w", archive.ErrNoEvent)
	}
	if err := t.settle(u.ctx); err != nil {
		return t, err
	}
	g.keep(t)
	return t, nil
}
