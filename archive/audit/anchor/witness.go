package anchor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"eakte/archive/audit"
	"eakte/archive/audit/witness"
)

// daily is for how long a cosignature is good where nothing new happens.
const daily = 24 * time.Hour

// aheadError says that the witness has cosigned more than is here.
type aheadError struct {
	year        int
	known, here int64
}

func (e *aheadError) Error() string {
	return fmt.Sprintf("anchor: the witness has cosigned %d entries of %d, here are %d", e.known, e.year, e.here)
}

// Is makes it an [witness.ErrContradicts].
func (e *aheadError) Is(target error) bool { return target == witness.ErrContradicts }

// askWitness has the witness cosign what it hasn't yet, the present year once a day where nothing is new, and asks it
// once a day, and at each start, whether it still agrees with the years before: one that was put back to a state it has
// cosigned looks whole. A year it contradicts is asked about until it no longer does.
func (a *Anchor) askWitness(ctx context.Context) (ok bool) {
	if err := a.remember(ctx); err != nil {
		a.Log.ErrorContext(ctx, "asking the witness", "error", err)
		return false
	}
	a.mu.Lock()
	doubted := a.troubles[audit.BucketCosigned].years
	a.mu.Unlock()
	list, err := a.dues(ctx, audit.BucketCosigned, func(d due, present bool) (ask, keep bool) {
		stale := present && a.Now().Sub(d.last.At) >= daily
		return stale || !present && a.Now().Sub(a.asked[d.year]) >= daily || slices.Contains(doubted, d.year), stale
	})
	var against []int
	for _, d := range list {
		// A year that contradicts doesn't keep the others from being vouched for.
		one := a.cosign(ctx, d)
		if one == nil {
			a.asked[d.year] = a.Now()
		}
		if errors.Is(one, witness.ErrContradicts) || one != nil && slices.Contains(doubted, d.year) {
			against = append(against, d.year)
		}
		err = errors.Join(err, one)
	}
	if ctx.Err() != nil && err != nil {
		return false // it was the process that ended
	}
	if err == nil && len(list) == 0 {
		return true // nothing was asked: nothing is known anew
	}
	a.settled(ctx, audit.BucketCosigned, a.WitnessName, err, against)
	return err == nil
}

// cosign sends one checkpoint. Where the witness remembers another size than we do, it is sent once more from there.
func (a *Anchor) cosign(ctx context.Context, d due) error {
	log, from := a.Store.TrailLog(), d.last.Size
	for range 3 {
		r := witness.Request{Old: from, Checkpoint: d.signed}
		err := a.Store.TrailSource().View(ctx, func(g audit.Getter) (err error) {
			r.Proof, err = log.ProveGrowth(g, d.year, from, d.at.Size)
			return err
		})
		if err != nil {
			return err
		}
		signed, at, err := a.Witness.Add(ctx, r)
		var conflict *witness.ConflictError
		switch {
		case err == nil && !d.keep:
			return nil
		case err == nil:
			return a.Store.PutVouched(ctx, audit.BucketCosigned, audit.Vouched{Signed: signed, At: at})
		case !errors.As(err, &conflict):
			return err
		case conflict.Size > d.at.Size:
			return &aheadError{d.year, conflict.Size, d.at.Size}
		}
		from = conflict.Size
	}
	return fmt.Errorf("anchor: %w: it tells one size and then another", witness.ErrRefused)
}
