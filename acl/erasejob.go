package acl

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
)

// eraseBatch is how many documents are erased in one transaction, so that nobody waits for long.
const eraseBatch = 20

// indexWait is how long the index may take to hear what is gone, before it is asked again later.
const indexWait = 5 * time.Minute

// keptBackAgain is how long objects under a lock are left alone.
const keptBackAgain = 24 * time.Hour

// toErase says that an erasure was released.
func (s *shared) toErase() {
	select {
	case s.erasing <- struct{}{}:
	default:
	}
}

// ToErase gets a value when an erasure was released.
func (g *Guard) ToErase() <-chan struct{} { return g.erasing }

// Erase carries out what was released, and goes on where it was interrupted: records, keys, objects, what people keep
// for themselves, the index and the file of records are all rid of it before an event says that it is done. Each step
// may be done twice. Where objects are left that the storage doesn't let go, their erasure waits for a later call, and is
// the only one that does; the error says why.
func (g *Guard) Erase(ctx context.Context) (done int, err error) {
	if now := g.inForce.Load(); now != nil {
		g = now
	}
	open, err := g.toBeErased(ctx)
	if err != nil {
		return 0, err
	}
	if len(open) == 0 {
		return 0, g.eraseKeptBack(ctx)
	}
	var failed error
	open = slices.DeleteFunc(open, func(e archive.Erasure) bool { // one that fails keeps no other from it
		err := g.eraseRecords(ctx, e)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("acl: erasure %s: %w", e.ID, err))
		}
		return err != nil
	})
	if len(open) == 0 {
		return 0, failed
	}
	left, err := g.eraseObjects(ctx)
	if err != nil {
		return 0, err
	}
	if slices.ContainsFunc(open, func(e archive.Erasure) bool { return e.Waits == nil }) { // else nothing came since
		if err := g.eraseIndexed(ctx); err != nil {
			return 0, err
		}
		if err := g.Store.Compact(ctx); err != nil {
			return 0, err
		}
	}
	for _, e := range open {
		is, err := g.eraseDone(ctx, e.ID, left)
		if err != nil {
			return done, err
		}
		if is {
			done++
		}
	}
	return done, errors.Join(failed, left.first)
}

func (g *Guard) toBeErased(ctx context.Context) (open []archive.Erasure, err error) {
	err = g.Store.View(ctx, func(r archive.Reader) error {
		open = nil
		for row, err := range r.Erasures(archive.ErasureReleased, "") {
			if err != nil {
				return err
			}
			open = append(open, row.Value)
		}
		return nil
	})
	return open, err
}

// eraseRecords removes records and keys.
func (g *Guard) eraseRecords(ctx context.Context, e archive.Erasure) error {
	if !e.Removed {
		if err := g.eraseKept(ctx, e); err != nil {
			return err
		}
	}
	for more := true; more; {
		var err error
		if more, err = g.Store.Erase(ctx, e.ID, eraseBatch); err != nil {
			return err
		}
	}
	return g.Store.Shred(ctx, e.ID)
}

// eraseKeptBack tries once a day what the storage kept under a lock when everything else was erased.
func (g *Guard) eraseKeptBack(ctx context.Context) error {
	now, before := g.Now().Unix(), g.keptBack.Load()
	if now-before < int64(keptBackAgain/time.Second) || !g.keptBack.CompareAndSwap(before, now) {
		return nil
	}
	left, err := g.eraseObjects(ctx)
	return errors.Join(err, left.first)
}

// leftObjects are those that couldn't be deleted, and why. first is the first reason but for what the storage keeps for a
// while.
type leftObjects struct {
	why   map[blob.Ref]error
	first error
}

// eraseObjects deletes objects whose records are gone, and says which it couldn't: one keeps no other from it, but where the
// storage doesn't answer at all no other is tried. What is left stays announced, so that it is tried again.
func (g *Guard) eraseObjects(ctx context.Context) (left leftObjects, err error) {
	var doomed []archive.Intent
	err = g.Store.View(ctx, func(r archive.Reader) (err error) {
		doomed, err = r.Intents()
		doomed = slices.DeleteFunc(doomed, func(i archive.Intent) bool { return !i.Doomed })
		return err
	})
	left.why = map[blob.Ref]error{}
	for _, i := range doomed {
		if err != nil {
			return left, err
		}
		why := g.Objects.Erase(ctx, i.Ref)
		if why == nil {
			err = g.Store.Update(ctx, func(tx archive.Tx) error { return tx.Settle(i.Ref) })
			continue
		}
		if left.why[i.Ref] = why; errors.Is(why, blob.ErrRetained) {
			continue
		}
		if left.first == nil {
			left.first = fmt.Errorf("acl: erasing an object: %w", why)
		}
		err = ctx.Err()
		if silent := (*net.OpError)(nil); errors.As(why, &silent) || errors.Is(why, context.DeadlineExceeded) {
			break
		}
	}
	return left, err
}

// eraseIndexed waits until the index has heard what is gone, and has it written anew.
func (g *Guard) eraseIndexed(ctx context.Context) error {
	var newest uint64
	err := g.Store.View(ctx, func(r archive.Reader) (err error) {
		newest, err = r.Sequence()
		return err
	})
	if err != nil {
		return err
	}
	for end := time.Now().Add(indexWait); ; {
		changed := g.Store.Changed()
		at, err := g.Index.Seq(ctx)
		if err == nil && at >= newest {
			break
		}
		if time.Now().After(end) {
			return errors.Join(errors.New("acl: the index hasn't heard of what was erased"), err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-time.After(200 * time.Millisecond):
		}
	}
	return g.Index.Purge(ctx)
}

// eraseDone says that nothing is left but what the storage keeps under a lock, which lies sealed under keys that are gone;
// where something else is, it says so and that the erasure waits.
func (g *Guard) eraseDone(ctx context.Context, id archive.ErasureID, left leftObjects) (done bool, err error) {
	err = g.Store.Update(ctx, func(tx archive.Tx) error {
		e, err := tx.Erasure(id)
		if err != nil {
			return err
		}
		intents, err := tx.Intents()
		if err != nil {
			return err
		}
		kept, waits := left.of(e, intents)
		object := sealRef(archive.SealedThing{Akte: e.Akte, Document: e.Document})
		waits.Since = g.Now().UTC()
		e.Kept, e.Revision = len(kept), e.Revision+1
		if done = waits.Objects == 0; !done {
			if was := e.Waits; was != nil {
				if waits.Since = was.Since; *was == waits {
					return nil
				}
			}
			e.Waits = &waits
			if err := tx.PutErasure(e); err != nil {
				return err
			}
			ev := g.eraseEvent(e, audit.OpErasureWait, object, map[string]any{"objects": waits.Objects, "forbidden": waits.Forbidden})
			ev.Result = audit.Failed
			return tx.Record(ev)
		}
		e.State, e.Done, e.Waits = archive.ErasureDone, g.Now().UTC(), nil
		if err := tx.PutErasure(e); err != nil {
			return err
		}
		return tx.Record(g.eraseEvent(e, audit.OpErasure, object, map[string]any{
			"rule": e.Rule, "documents": e.Documents, "objects": e.Objects, "person": e.Person,
			"asked_by": e.By, "released_by": e.DecidedBy, "kept_by_storage": kept,
		}))
	})
	return done && err == nil, err
}

// of are the objects of an erasure that the storage keeps under a lock, and what it waits for.
func (l leftObjects) of(e archive.Erasure, intents []archive.Intent) (kept []blob.Ref, waits archive.ErasureWait) {
	kept = []blob.Ref{}
	for _, i := range intents {
		if !i.Doomed || i.Erasure != e.ID && (i.Erasure != "" || i.Made.Before(e.DecidedAt)) {
			continue
		}
		if why := l.why[i.Ref]; errors.Is(why, blob.ErrRetained) {
			kept = append(kept, i.Ref)
		} else {
			waits.Objects++
			waits.Forbidden = waits.Forbidden || errors.Is(why, blob.ErrForbidden)
		}
	}
	return kept, waits
}
