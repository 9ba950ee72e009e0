package boltstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"eakte/archive/audit"
)

// errNoSigner is the answer where a checkpoint is asked for and nobody can sign it.
var errNoSigner = errors.New("boltstore: there is no key to sign checkpoints with")

// recorded counts events that were committed and says when a checkpoint is due.
func (s *Store) recorded(n int) {
	if n == 0 {
		return
	}
	every := s.pace.Entries
	if every == 0 {
		every = 1000
	}
	if s.unsigned.Add(int64(n)) >= every {
		select {
		case s.due <- struct{}{}:
		default:
		}
	}
}

// sign makes checkpoints: after so many events, after so much time, and a last one at the end.
func (s *Store) sign() {
	defer close(s.signed)
	if s.signer == nil {
		<-s.closing
		return
	}
	every := s.pace.Every
	if every == 0 {
		every = time.Minute
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for open := true; open; {
		select {
		case <-s.due:
		case <-tick.C:
		case <-s.closing:
			open = false
		}
		if s.unsigned.Swap(0) == 0 && open {
			continue
		}
		if err := s.checkpoints(context.Background()); err != nil {
			s.log.Error("making a checkpoint of the trail", "error", err)
		}
	}
}

// checkpoints signs every shard that has grown since it was signed.
func (s *Store) checkpoints(ctx context.Context) error {
	var fresh [][]byte
	err := s.db.View(func(tx *bolt.Tx) error {
		g := trailGetter{tx}
		shards, err := s.trail.Shards(g)
		if err != nil {
			return err
		}
		for _, shard := range shards {
			_, last, err := s.trail.LastCheckpoint(g, shard.Year, s.signer.Verifier())
			if err != nil {
				return err
			}
			if last.Size == shard.Size {
				continue
			}
			note, err := s.trail.Sign(g, shard.Year, s.signer)
			if err != nil {
				return err
			}
			fresh = append(fresh, note)
		}
		return nil
	})
	if err != nil || len(fresh) == 0 {
		return err
	}
	return s.submit(&update{ctx: ctx, house: true, fn: func(t *transaction) error {
		for _, note := range fresh {
			if err := s.trail.PutCheckpoint(trailTx{trailGetter{t.bolt}, &t.wrote}, note, s.signer.Verifier()); err != nil {
				return err
			}
		}
		return nil
	}})
}

// Checkpoint signs everything recorded so far and returns the signed note of the present shard; nil
// for an empty trail.
func (s *Store) Checkpoint(ctx context.Context) ([]byte, error) {
	if s.signer == nil {
		return nil, errNoSigner
	}
	if err := s.checkpoints(ctx); err != nil {
		return nil, fmt.Errorf("boltstore: checkpoint: %w", err)
	}
	var note []byte
	err := s.db.View(func(tx *bolt.Tx) (err error) {
		_, note, err = s.reader(ctx, tx).TrailState()
		return err
	})
	return note, err
}

// TrailLog names the log that the store keeps.
func (s *Store) TrailLog() audit.Log { return s.trail }

// TrailKeys opens details, for an export.
func (s *Store) TrailKeys() audit.Keys { return trailKeys{s.keys, false} }

// TrailSource shows the trail to [audit.Log.Export], which reads it in slices.
func (s *Store) TrailSource() audit.Source { return trailSource{s} }

type trailSource struct{ store *Store }

// View implements [audit.Source].
func (t trailSource) View(ctx context.Context, fn func(audit.Getter) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	tx, err := t.store.db.Begin(false)
	if err != nil {
		return t.store.closedOr(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing to lose: it only reads
	return fn(trailGetter{tx})
}
