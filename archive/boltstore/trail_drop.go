package boltstore

import (
	"bytes"
	"context"
	"fmt"

	"eakte/archive"
	"eakte/archive/audit"
)

// dropBatch is how many entries are removed in one transaction, so that nobody waits for long.
const dropBatch = 500

// TrailYears returns how each year's part of the trail stands, oldest first.
func (s *Store) TrailYears(ctx context.Context) (all []audit.State, err error) {
	err = s.TrailSource().View(ctx, func(g audit.Getter) (err error) {
		all, err = s.trail.Shards(g)
		return err
	})
	return all, err
}

// DropTrail removes the entries of a finished year, whose term is over, unless stays, asked in the same transaction, says
// that it is kept: it records e, which is about that, and marks the year, removes entries and what finds them batch by
// batch, and destroys the key of the year's details, which reaches every copy of them. If it is interrupted, it goes on
// when it is called again; e is recorded once, and stays is asked until then. dropped says that it is gone.
func (s *Store) DropTrail(ctx context.Context, year int, e audit.Event, stays func(archive.Reader) (bool, error)) (dropped bool, err error) {
	if s.signer == nil {
		return false, errNoSigner
	}
	kept := false
	err = s.submit(&update{ctx: ctx, fn: func(t *transaction) error {
		g := trailTx{trailGetter{t.bolt}, &t.wrote}
		kept = false // it may run twice
		state, err := s.trail.State(g, year)
		if err != nil || state.Dropped {
			return err
		}
		if kept, err = stays(t); kept || err != nil {
			return err
		}
		if err := s.trail.Drop(g, year, s.signer.Verifier()); err != nil {
			return err
		}
		return t.Record(e)
	}})
	if err != nil || kept {
		return false, dropping(year, err)
	}
	for more := true; more; {
		err := s.submit(&update{ctx: ctx, house: true, fn: func(t *transaction) (err error) {
			more, err = t.dropEntries(year)
			return err
		}})
		if err != nil {
			return false, dropping(year, err)
		}
	}
	if err := s.keys.keys.Destroy(ctx, audit.YearKey(year)); err != nil {
		return false, fmt.Errorf("boltstore: the key of %d: %w", year, err)
	}
	return true, nil
}

func dropping(year int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("boltstore: dropping the trail of %d: %w", year, err)
}

// dropEntries removes some entries of a year, and what is left of it when there are none; more says that there was
// something.
func (t *transaction) dropEntries(year int) (more bool, err error) {
	places := t.first(audit.BucketLeaf, year)
	for _, place := range places {
		if err := t.dropEntry(place); err != nil {
			return false, err
		}
	}
	if len(places) > 0 {
		return true, nil
	}
	for _, b := range []audit.Bucket{audit.BucketHash, audit.BucketDetail} {
		keys := t.first(b, year)
		for _, key := range keys {
			if err := t.drop(trailPrefix+string(b), key); err != nil {
				return false, err
			}
		}
		more = more || len(keys) > 0
	}
	if more {
		return true, nil
	}
	if more, err = t.dropFindings(year); more || err != nil {
		return more, err
	}
	return false, t.dropDays(year)
}

// first returns the first keys of a year in a bucket of the trail.
func (t *transaction) first(b audit.Bucket, year int) (keys [][]byte) {
	prefix := placeOf(audit.Position{Year: year})[:4]
	c := t.bucket(trailPrefix + string(b)).Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix) && len(keys) < dropBatch; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}

// dropEntry removes an entry with its detail and what finds it.
func (t *transaction) dropEntry(place []byte) error {
	at, g := position(place), trailGetter{t.bolt}
	if leaf, err := t.store.trail.ReadLeaf(g, at); err == nil { // a damaged one is found by nothing that could be removed
		parts, err := t.store.trail.ReadDetail(context.Background(), g, trailKeys{t.store.keys, false}, at.Year, &leaf)
		if err != nil {
			parts = nil
		}
		akten, persons := subjects(&leaf, parts)
		for id := range akten {
			if err := t.drop(bTrailAkte, join(anyID(id), place)); err != nil {
				return err
			}
		}
		for id := range persons {
			if err := t.drop(bTrailPerson, join(anyID(id), place)); err != nil {
				return err
			}
		}
		if err := t.drop(bTrailActor, join(anyID(leaf.Actor), place)); err != nil {
			return err
		}
	}
	if err := t.drop(trailPrefix+string(audit.BucketDetail), place); err != nil {
		return err
	}
	return t.drop(trailPrefix+string(audit.BucketLeaf), place)
}

// dropDays removes the days whose events all lay in a year.
func (t *transaction) dropDays(year int) error {
	var days [][]byte
	for p, err := range t.scan(span{bucket: bTrailDay}) {
		if err != nil {
			return err
		}
		if len(p.value) == 2*placeSize && position(p.value[placeSize:]).Year <= year {
			days = append(days, bytes.Clone(p.key))
		}
	}
	for _, day := range days {
		if err := t.drop(bTrailDay, day); err != nil {
			return err
		}
	}
	return nil
}
