package acl

import (
	"context"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// TrailPage is a page of the trail, newest first.
type TrailPage struct {
	Items []archive.TrailEntry
	Next  string
}

type trailCursor struct{ After archive.Position }

// Trail lists events for the data protection officer. That she read them is an event itself.
func (d *Desk) Trail(ctx context.Context, f archive.TrailFilter, limit int, cursor string) (TrailPage, error) {
	c, err := openCursor[trailCursor](d, "trail", cursor)
	if err != nil {
		return TrailPage{}, err
	}
	page := TrailPage{Items: []archive.TrailEntry{}}
	limit = clampLimit(limit)
	err = d.look(ctx, act{op: audit.OpTrailRead}, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		page = TrailPage{Items: []archive.TrailEntry{}}
		var last archive.Position
		for row, err := range r.Trail(f, c.After) {
			if err != nil {
				return act{}, err
			}
			if len(page.Items) == limit {
				page.Next = sealCursor(d, "trail", trailCursor{last})
				break
			}
			page.Items, last = append(page.Items, row.Value), row.After
		}
		return act{op: audit.OpTrailRead, verdict: v, detail: narrowed(f)}, nil
	})
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
