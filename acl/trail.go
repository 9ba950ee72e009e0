package acl

import (
	"context"
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// TrailPage is a page of the trail, newest first.
type TrailPage struct {
	Items []TrailRow
	Next  string
	// SearchedTo is not zero where many events were looked at and the page isn't full: up to there, and Next
	// goes on from there.
	SearchedTo time.Time
}

type trailCursor struct{ After archive.Position }

// trailLooked is how many events are looked at for a page. No index leads to those of an operation or a
// result, and the officer shall not wait for a year to be read.
const trailLooked = 20000

// Trail lists events for the data protection officer; an actor may be named by her sign-in name. That she
// read them is an event itself.
func (d *Desk) Trail(ctx context.Context, f archive.TrailFilter, limit int, cursor string) (TrailPage, error) {
	return d.readTrail(ctx, f, limit, cursor, func(archive.Reader, archive.TrailFilter) error { return nil })
}

// readTrail lists events and, in the same reading, whatever also reads beside them.
func (d *Desk) readTrail(ctx context.Context, f archive.TrailFilter, limit int, cursor string,
	also func(archive.Reader, archive.TrailFilter) error) (TrailPage, error) {
	c, err := openCursor[trailCursor](d, "trail", cursor)
	if err != nil {
		return TrailPage{}, err
	}
	if err := d.guard.SettleRefusals(ctx); err != nil && !errors.Is(err, archive.ErrFull) {
		return TrailPage{}, err
	}
	var page TrailPage
	limit, f.Most = clampLimit(limit), trailLooked
	err = d.look(ctx, act{op: audit.OpTrailRead}, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		f, err := signedUp(r, f)
		if err != nil {
			return act{}, err
		}
		if page, err = d.trailPage(r, f, limit, c.After); err != nil {
			return act{}, err
		}
		if err := also(r, f); err != nil {
			return act{}, err
		}
		return act{op: audit.OpTrailRead, verdict: v, detail: narrowed(f)}, nil
	})
	return page, err
}

// signedUp puts an account's ID into a filter that names its sign-in name; a name nobody has stays, and
// finds nothing.
func signedUp(r archive.Reader, f archive.TrailFilter) (archive.TrailFilter, error) {
	if _, err := archive.ParseID[archive.UserID](string(f.Actor)); f.Actor == "" || err == nil {
		return f, nil
	}
	u, err := r.UserByName(string(f.Actor))
	if err != nil {
		return f, unlessMissing(err)
	}
	f.Actor = u.ID
	return f, nil
}

// trailPage reads up to limit events after a position.
func (d *Desk) trailPage(r archive.Reader, f archive.TrailFilter, limit int, after archive.Position) (TrailPage, error) {
	page := TrailPage{}
	if barred, err := d.trailBarred(r, f); err != nil || barred {
		return TrailPage{Items: []TrailRow{}}, err
	}
	var entries []archive.TrailEntry
	var last archive.Position
	for row, err := range r.Trail(f, after) {
		if errors.Is(err, archive.ErrUnfinished) {
			page.Next, page.SearchedTo = sealCursor(d, "trail", trailCursor{row.After}), row.Value.Leaf.When()
			break
		}
		if err != nil {
			return TrailPage{}, err
		}
		if len(entries) == limit {
			page.Next = sealCursor(d, "trail", trailCursor{last})
			break
		}
		entries, last = append(entries, row.Value), row.After
	}
	var err error
	page.Items, err = d.trailRows(r, f, entries)
	return page, err
}

// narrowed tells the trail what of it was read: known codes and ids alone, for this part of an event is
// never erased.
func narrowed(f archive.TrailFilter) *audit.Detail {
	said := map[string]any{}
	for key, id := range map[string]string{"akte": string(f.Akte), "person": string(f.Person), "actor": string(f.Actor)} {
		if _, err := archive.ParseID[string](id); err == nil {
			said[key] = id
		}
	}
	if _, known := audit.Op(f.Op).Class(); known {
		said["op"] = f.Op
	}
	if audit.Class(f.Class).Known() {
		said["class"] = f.Class
	}
	if f.People {
		said["people"] = true
	}
	if r := audit.Result(f.Result); r == audit.Allow || r == audit.Deny || r == audit.Failed {
		said["result"] = f.Result
	}
	if !f.From.IsZero() {
		said["from"] = f.From
	}
	if !f.To.IsZero() {
		said["to"] = f.To
	}
	if len(said) == 0 {
		return nil
	}
	return &audit.Detail{Act: said}
}

// Checkpointer signs the present state of the trail.
type Checkpointer interface {
	// Checkpoint returns a signed note on all events committed so far.
	Checkpoint(ctx context.Context) ([]byte, error)
	// TrailIntact looks, without reading all of it, whether the log is whole up to its present size: an
	// error where it is not. signed is how many events the last checkpoint covers and upTo when the last
	// of them was.
	TrailIntact(ctx context.Context) (size, signed int64, upTo time.Time, err error)
	// ProveTrail returns the bytes of an entry and the proof that it is in the log of the last checkpoint of its year.
	ProveTrail(ctx context.Context, year int, seq int64) (entry []byte, proof audit.Proof, err error)
	// TrailKey is the verifier key of the log.
	TrailKey() string
	// TrailYears returns how each year's part stands, oldest first.
	TrailYears(ctx context.Context) ([]audit.State, error)
	// DropTrail removes the entries of a finished year and records e, which is about that, unless stays says within the
	// transaction that it is kept. Called again, it goes on where it was interrupted.
	DropTrail(ctx context.Context, year int, e audit.Event, stays func(archive.Reader) (bool, error)) (dropped bool, err error)
}

// Checkpoint returns a fresh signed checkpoint of the trail for the officer to keep.
func (d *Desk) Checkpoint(ctx context.Context) ([]byte, error) {
	err := d.change(ctx, act{op: audit.OpCheckpoint}, func(archive.Tx) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		return act{op: audit.OpCheckpoint, verdict: v}, nil
	})
	if err != nil {
		return nil, err
	}
	return d.guard.Trail.Checkpoint(ctx)
}
