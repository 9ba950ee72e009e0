package anchor

import (
	"context"
	"errors"
	"time"

	"eakte/archive/audit"
	"eakte/archive/audit/stamp"
	"eakte/archive/audit/witness"
)

// Trouble is what keeps somebody from vouching; empty: nothing.
type Trouble string

// The kinds of trouble.
const (
	// Unreachable: there is no answer, or the trouble is here. It is asked again.
	Unreachable Trouble = "unreachable"
	// Refused: the settings of one side don't fit the other.
	Refused Trouble = "refused"
	// Contradicted: the witness has cosigned what isn't in the log.
	Contradicted Trouble = "contradicted"
)

// kindOf tells the kind of an error.
func kindOf(err error) Trouble {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, witness.ErrContradicts):
		return Contradicted
	case errors.Is(err, witness.ErrRefused), errors.Is(err, stamp.ErrToken):
		return Refused
	}
	return Unreachable
}

// Standing is how somebody vouches for the trail.
type Standing struct {
	// Name is who it is; empty: nobody was asked to. One that contradicted and is asked no more is still told of.
	Name string
	// Size is for how many entries of the present year it vouched last, and Behind how many came since.
	Size, Behind int64
	// At is when it vouched last, for whichever year; zero for never.
	At time.Time
	// Trouble is what keeps it from vouching since Since; Known is how many entries a witness has cosigned that
	// contradicts because there are fewer here, 0 where it contradicts otherwise.
	Trouble Trouble
	Since   time.Time
	Known   int64
}

// State is how others vouch for the trail.
type State struct {
	Witness, Stamps Standing
}

// State looks it up.
func (a *Anchor) State(ctx context.Context) (s State, err error) {
	if err := a.remember(ctx); err != nil {
		return s, err
	}
	log, v := a.Store.TrailLog(), a.Store.TrailVerifier()
	err = a.Store.TrailSource().View(ctx, func(g audit.Getter) error {
		s = State{}
		if a.Witness != nil {
			s.Witness.Name = a.WitnessName
		}
		if a.Stamper != nil {
			s.Stamps.Name = a.StamperName
		}
		shards, err := log.Shards(g)
		if err != nil {
			return err
		}
		for b, one := range map[audit.Bucket]*Standing{audit.BucketCosigned: &s.Witness, audit.BucketStamp: &s.Stamps} {
			for _, shard := range shards {
				last, err := log.LastVouched(g, b, shard.Year, v)
				if err != nil {
					return err
				}
				one.Size, one.Behind = last.Size, shard.Size-last.Size
				if last.At.After(one.At) {
					one.At = last.At
				}
			}
		}
		return nil
	})
	a.mu.Lock()
	defer a.mu.Unlock()
	for b, one := range map[audit.Bucket]*Standing{audit.BucketCosigned: &s.Witness, audit.BucketStamp: &s.Stamps} {
		if t := a.troubles[b]; t.kind != "" {
			one.Trouble, one.Since, one.Known = t.kind, t.since, t.known
			if one.Name == "" {
				one.Name = t.name // it is asked no more, and has taken nothing back
			}
		}
	}
	return s, err
}
