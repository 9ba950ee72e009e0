package boltstore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"eakte/archive"
	"eakte/archive/audit"
)

// Restored is an operator's word that an older state of the database was put back.
type Restored struct {
	// By is who says so, Reason why it had to be.
	By     audit.Actor
	Reason string
	// Anyway records it also where nothing that was signed is missing: when the key and what it remembers were put
	// back together with the database.
	Anyway bool
}

// newest compares the trail with everything that was signed. What is missing is [ErrOlder], or lost where somebody is
// about to record that; nothing missing is [ErrNewest] then.
func (s *Store) newest(g audit.Getter, restored *Restored) (lost []audit.Checkpoint, err error) {
	if s.signer == nil {
		if restored != nil {
			return nil, errNoSigner
		}
		return nil, nil
	}
	err = s.trail.Check(g, s.signer)
	switch {
	case restored == nil && err != nil:
		return nil, fmt.Errorf("boltstore: %w: %w", ErrOlder, err)
	case restored == nil:
		return nil, nil
	case err == nil && !restored.Anyway:
		return nil, fmt.Errorf("boltstore: %w", ErrNewest)
	case err != nil && !errors.Is(err, audit.ErrFork): // damage, or another key: no older state
		return nil, fmt.Errorf("boltstore: %w", err)
	}
	return s.trail.Lost(g, s.signer)
}

// recordRestored puts into the trail what of it was lost and why, and lets the key sign from here on. In this order: a
// crash between leaves a store that is refused again, and an event too many.
func (s *Store) recordRestored(r Restored, lost []audit.Checkpoint) error {
	missing := make([]map[string]any, 0, len(lost))
	for _, c := range lost {
		missing = append(missing, map[string]any{"origin": c.Origin, "size": c.Size, "root": hex.EncodeToString(c.Root[:])})
	}
	e := audit.Event{
		Time: s.now(), Actor: r.By, Op: audit.OpRestore, Result: audit.Allow,
		Detail: &audit.Detail{Act: map[string]any{"reason": r.Reason, "lost": missing}},
	}
	ctx := context.Background()
	if err := s.Update(ctx, func(tx archive.Tx) error { return tx.Record(e) }); err != nil {
		return fmt.Errorf("boltstore: recording the restore: %w", err)
	}
	for _, c := range lost {
		if err := s.signer.SetAside(s.trail.Year(c), s.now()); err != nil {
			return err
		}
	}
	if err := s.checkpoints(ctx); err != nil {
		return fmt.Errorf("boltstore: signing after the restore: %w", err)
	}
	return nil
}
