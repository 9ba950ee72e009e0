package acl

import (
	"context"
	"errors"
	"fmt"
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
// may be done twice.
func (g *Guard) Erase(ctx context.Context) (done int, err error) {
	if now := g.inForce.Load(); now != nil {
		g = now
	}
	open, err := g.toBeErased(ctx)
	if err != nil || len(open) == 0 {
		return 0, err
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
	if err := g.eraseObjects(ctx); err != nil {
		return 0, err
	}
	if err := g.eraseIndexed(ctx); err != nil {
		return 0, err
	}
	if err := g.Store.Compact(ctx); err != nil {
		return 0, err
	}
	for _, e := range open {
		if err := g.eraseDone(ctx, e.ID); err != nil {
			return done, err
		}
		done++
	}
	return done, failed
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

// eraseObjects deletes objects whose records are gone. What the storage lets nobody remove yet lies sealed under keys that
// are gone, too: it stays announced, so that the next erasure tries again, and the event names it.
func (g *Guard) eraseObjects(ctx context.Context) error {
	var doomed []archive.Intent
	err := g.Store.View(ctx, func(r archive.Reader) (err error) {
		doomed, err = r.Intents()
		doomed = slices.DeleteFunc(doomed, func(i archive.Intent) bool { return !i.Doomed })
		return err
	})
	if err != nil {
		return err
	}
	for _, i := range doomed {
		if err := g.Objects.Erase(ctx, i.Ref); errors.Is(err, blob.ErrRetained) {
			continue
		} else if err != nil {
			return fmt.Errorf("acl: erasing an object: %w", err)
		}
		if err := g.Store.Update(ctx, func(tx archive.Tx) error { return tx.Settle(i.Ref) }); err != nil {
			return err
		}
	}
	return nil
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

// eraseDone says that nothing is left.
func (g *Guard) eraseDone(ctx context.Context, id archive.ErasureID) error {
	return g.Store.Update(ctx, func(tx archive.Tx) error {
		e, err := tx.Erasure(id)
		if err != nil {
			return err
		}
		intents, err := tx.Intents()
		if err != nil {
			return err
		}
		kept := []blob.Ref{}
		for _, i := range intents {
			if i.Doomed && !i.Made.Before(e.DecidedAt) {
				kept = append(kept, i.Ref)
			}
		}
		now := g.Now().UTC()
		e.State, e.Done, e.Revision = archive.ErasureDone, now, e.Revision+1
		if err := tx.PutErasure(e); err != nil {
			return err
		}
		return tx.Record(audit.Event{
			Time: now, Actor: audit.System(), Op: audit.OpErasure, Object: sealRef(archive.SealedThing{Akte: e.Akte, Document: e.Document}),
			Result: audit.Allow, Policy: g.Policies.Hash(),
			Detail: &audit.Detail{Act: map[string]any{
				"erasure": e.ID, "rule": e.Rule, "documents": e.Documents, "objects": e.Objects, "person": e.Person,
				"asked_by": e.By, "released_by": e.DecidedBy, "kept_by_storage": kept,
			}},
		})
	})
}
