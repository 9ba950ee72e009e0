package anchor

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sync/errgroup"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/audit/witness"
)

// Store is where the log lies.
type Store interface {
	TrailLog() audit.Log
	TrailSource() audit.Source
	TrailVerifier() note.Verifier
	// Checkpoint signs everything recorded so far.
	Checkpoint(ctx context.Context) ([]byte, error)
	// Checkpointed returns a channel that is closed when the next checkpoint is stored.
	Checkpointed() <-chan struct{}
	// PutVouched keeps what somebody vouches for; see [audit.Log.PutVouched].
	PutVouched(ctx context.Context, b audit.Bucket, c audit.Vouched) error
	// View and Update are those of [archive.Store]: that a witness contradicts is kept beside the trail.
	View(ctx context.Context, fn func(archive.Reader) error) error
	Update(ctx context.Context, fn func(archive.Tx) error) error
}

// Witness cosigns checkpoints, as [witness.Client] does.
type Witness interface {
	Add(ctx context.Context, r witness.Request) (signed []byte, at time.Time, err error)
}

// Stamper gets timestamps.
type Stamper interface {
	// Stamp returns the checked answer of the authority for data (TimeStampResp, DER) and its time.
	Stamp(ctx context.Context, data []byte) (answer []byte, at time.Time, err error)
}

// Config is what [New] needs.
type Config struct {
	Store Store
	// Witness is asked under the name WitnessName; nil: nobody is.
	Witness     Witness
	WitnessName string
	// Stamper is the time-stamping authority, StamperName what it is called; nil: none.
	Stamper     Stamper
	StamperName string
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Log takes what concerns operation; nil: nothing is logged.
	Log *slog.Logger
	// Retry is the pause after a first failure; it doubles up to five minutes. 0: five seconds.
	Retry time.Duration
}

const (
	longestRetry = 5 * time.Minute
	// lookAgain is how often it is looked whether a day has passed.
	lookAgain = 10 * time.Minute
	// lastCall is how long the end of the process waits for the witness.
	lastCall = 5 * time.Second
)

// Anchor has others vouch for the trail. It is safe for concurrent use.
type Anchor struct {
	Config
	// asked tells when the witness last agreed with each year, stamped on which day, by the clock here, each was
	// timestamped. They belong to the goroutine that asks.
	asked   map[int]time.Time
	stamped map[int]string

	mu       sync.Mutex
	troubles map[audit.Bucket]trouble
	// remembered says that what was kept of former contradictions is among the troubles.
	remembered bool
}

// trouble is what keeps somebody from vouching.
type trouble struct {
	kind  Trouble
	since time.Time
	known int64
	// name is who contradicts, years are those of which it does.
	name  string
	years []int
}

// New returns an Anchor.
func New(cfg Config) *Anchor {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Retry == 0 {
		cfg.Retry = 5 * time.Second
	}
	return &Anchor{Config: cfg, asked: map[int]time.Time{}, stamped: map[int]string{}, troubles: map[audit.Bucket]trouble{}}
}

// Run works until ctx ends, and then has the witness vouch for the last events.
func (a *Anchor) Run(ctx context.Context) error {
	var group errgroup.Group
	if a.Witness != nil {
		group.Go(func() error {
			a.keepUp(ctx, a.askWitness)
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastCall)
			defer cancel()
			if _, err := a.Store.Checkpoint(end); err != nil {
				a.Log.ErrorContext(end, "making the last checkpoint", "error", err)
			}
			a.askWitness(end)
			return nil
		})
	}
	if a.Stamper != nil {
		group.Go(func() error {
			a.keepUp(ctx, a.askStamper)
			return nil
		})
	}
	return group.Wait()
}

// keepUp asks after every new checkpoint, and again after a pause where it failed.
func (a *Anchor) keepUp(ctx context.Context, ask func(context.Context) (ok bool)) {
	wait := a.Retry
	for ctx.Err() == nil {
		next, pause := a.Store.Checkpointed(), lookAgain
		if ask(ctx) {
			wait = a.Retry
		} else {
			next, pause, wait = nil, wait, min(2*wait, longestRetry)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-next:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// due is a checkpoint for which somebody is to vouch.
type due struct {
	year int
	// signed is what the log signed, last what was vouched for before.
	signed []byte
	at     audit.Checkpoint
	last   audit.Vouched
	// keep says that the answer tells more than what is kept.
	keep bool
}

// dues finds the checkpoints of all years that grew since somebody vouched, and those of which again says that it is
// asked nonetheless. To a witness nothing can be proven of a year whose entries were dropped.
func (a *Anchor) dues(ctx context.Context, b audit.Bucket, again func(d due, present bool) (ask, keep bool)) (list []due, err error) {
	log, v := a.Store.TrailLog(), a.Store.TrailVerifier()
	err = a.Store.TrailSource().View(ctx, func(g audit.Getter) error {
		list = nil
		shards, err := log.Shards(g)
		if err != nil {
			return err
		}
		for i, shard := range shards {
			d := due{year: shard.Year}
			if d.signed, d.at, err = log.LastCheckpoint(g, shard.Year, v); err != nil {
				return err
			}
			if d.last, err = log.LastVouched(g, b, shard.Year, v); err != nil {
				return err
			}
			grew := d.at.Size > d.last.Size
			if d.at.Size == 0 || shard.Dropped && b == audit.BucketCosigned {
				continue
			}
			ask, keep := again(d, i == len(shards)-1)
			if d.keep = grew || keep; grew || ask {
				list = append(list, d)
			}
		}
		return nil
	})
	return list, err
}

// settled notes how asking went, and tells what changed; years are those of which the witness contradicts.
func (a *Anchor) settled(ctx context.Context, b audit.Bucket, name string, err error, years []int) {
	now := trouble{kind: kindOf(err), since: a.Now(), name: name, years: years}
	var ahead *aheadError
	if errors.As(err, &ahead) {
		now.known = ahead.known
	}
	a.mu.Lock()
	was := a.troubles[b]
	if was.kind == Contradicted && err != nil {
		now.kind = Contradicted // who doesn't answer any more has taken nothing back
		if len(years) == 0 {
			now.years = was.years
		}
	}
	same := was.kind == now.kind
	if same {
		now.since, now.known = was.since, was.known
	}
	a.troubles[b] = now
	a.mu.Unlock()
	if now.kind == Contradicted || was.kind == Contradicted {
		a.keep(ctx, was, now)
	}
	if same {
		return
	}
	switch {
	case now.kind == Contradicted:
		a.Log.ErrorContext(ctx, "the witness contradicts the trail: an older state was put back or history was rewritten", "name", name, "witness_has", now.known, "error", err)
	case now.kind != "":
		a.Log.WarnContext(ctx, "nobody vouches for the trail at present; it is asked again", "name", name, "error", err)
	default:
		a.Log.InfoContext(ctx, "the trail is vouched for again", "name", name)
	}
}
