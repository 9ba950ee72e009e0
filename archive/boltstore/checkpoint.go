package boltstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"

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
	err := s.look(func(tx *bolt.Tx) error {
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
	err = s.submit(&update{ctx: ctx, house: true, fn: func(t *transaction) error {
		for _, signed := range fresh {
			if err := s.trail.PutCheckpoint(trailTx{trailGetter{t.bolt}, &t.wrote}, signed, s.signer.Verifier()); err != nil {
				return err
			}
		}
		return nil
	}})
	if err == nil {
		s.checkpointed.ring()
	}
	return err
}

// Checkpointed returns a channel that is closed when the next checkpoint is stored, for any number of receivers.
func (s *Store) Checkpointed() <-chan struct{} { return s.checkpointed.wait() }

// PutVouched keeps a checkpoint for which somebody else vouches; see [audit.Log.PutVouched].
func (s *Store) PutVouched(ctx context.Context, b audit.Bucket, c audit.Vouched) error {
	if s.signer == nil {
		return errNoSigner
	}
	return s.submit(&update{ctx: ctx, house: true, fn: func(t *transaction) error {
		return s.trail.PutVouched(trailTx{trailGetter{t.bolt}, &t.wrote}, b, c, s.signer.Verifier())
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
	err := s.look(func(tx *bolt.Tx) (err error) {
		_, note, err = s.reader(ctx, tx).TrailState()
		return err
	})
	return note, err
}

// TrailIntact looks whether the present shard is whole without reading it: the first and the last entry
// are where the size says and none behind, and the root of the last signed checkpoint follows from the
// stored hashes, as does the root at the present size. signed is the size of that checkpoint and upTo the
// time of the last event in it; zero for an unsigned log. What is wrong is [audit.ErrCorrupt] or
// [audit.ErrFork]. It replaces no [Store.Check].
func (s *Store) TrailIntact(ctx context.Context) (size, signed int64, upTo time.Time, err error) {
	if s.signer == nil {
		return 0, 0, time.Time{}, errNoSigner
	}
	err = s.TrailSource().View(ctx, func(g audit.Getter) error {
		state, err := s.trail.Current(g)
		if err != nil || state.Size == 0 {
			return err
		}
		_, last, err := s.trail.LastCheckpoint(g, state.Year, s.signer.Verifier())
		if err != nil {
			return err
		}
		size, signed = state.Size, last.Size
		if upTo, err = s.ends(g, state, last); err != nil {
			return err
		}
		return s.trail.Whole(g, state, last)
	})
	return size, signed, upTo, err
}

// ends looks at both ends of a shard and returns the time of the last event of a checkpoint.
func (s *Store) ends(g audit.Getter, state audit.State, signed audit.Checkpoint) (upTo time.Time, err error) {
	for _, seq := range []int64{0, state.Size - 1, signed.Size - 1} {
		if seq < 0 {
			continue
		}
		leaf, err := s.trail.ReadLeaf(g, audit.Position{Year: state.Year, Seq: seq})
		if errors.Is(err, audit.ErrNoEntry) {
			err = fmt.Errorf("boltstore: entry %d of %d is missing: %w", seq, state.Year, audit.ErrCorrupt)
		}
		if err != nil {
			return time.Time{}, err
		}
		if seq == signed.Size-1 {
			upTo = leaf.When()
		}
	}
	behind := audit.Position{Year: state.Year, Seq: state.Size}
	if _, err := s.trail.ReadLeaf(g, behind); !errors.Is(err, audit.ErrNoEntry) {
		return time.Time{}, fmt.Errorf("boltstore: there is an entry behind the last of %d: %w", state.Year, audit.ErrCorrupt)
	}
	return upTo, nil
}

// ProveTrail returns the bytes of an entry and the proof that it is in the log of the last checkpoint of its year.
// [archive.ErrNotFound] where there is no such entry, none any more, or none that the checkpoint covers.
func (s *Store) ProveTrail(ctx context.Context, year int, seq int64) (entry []byte, proof audit.Proof, err error) {
	if s.signer == nil {
		return nil, proof, fmt.Errorf("boltstore: prove: %w", errNoSigner)
	}
	at := audit.Position{Year: year, Seq: seq}
	err = s.TrailSource().View(ctx, func(g audit.Getter) error {
		if entry, err = s.trail.Entry(g, at); err != nil {
			return err
		}
		proof, err = s.trail.Prove(g, at, s.signer.Verifier())
		return err
	})
	if errors.Is(err, audit.ErrNoEntry) {
		return nil, proof, missing("event")
	}
	return entry, proof, err
}

// TrailKey is the verifier key of the log; "" where nobody signs it.
func (s *Store) TrailKey() string {
	if s.signer == nil {
		return ""
	}
	return s.signer.VKey()
}

// TrailVerifier verifies the checkpoints of the log; nil where nobody signs them.
func (s *Store) TrailVerifier() note.Verifier {
	if s.signer == nil {
		return nil
	}
	return s.signer.Verifier()
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
	tx, err := t.store.begin()
	if err != nil {
		return t.store.closedOr(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing to lose: it only reads
	return fn(trailGetter{tx})
}
