package acl

import (
	"context"
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

const (
	// TrailExportRows is how many events an export has at most.
	TrailExportRows = 100_000
	// exportSlice is how many are read in one view, so that none lasts long.
	exportSlice = 500
)

// TrailExport is an export of the trail that was recorded and may be read.
type TrailExport struct {
	desk   *Desk
	filter archive.TrailFilter
}

// TrailExport begins an export of the events a filter lets pass, up to now. It is recorded as a disclosure
// before anything is read.
func (d *Desk) TrailExport(ctx context.Context, f archive.TrailFilter) (*TrailExport, error) {
	if now := d.guard.Now(); f.To.IsZero() || f.To.After(now) {
		f.To = now
	}
	tried := act{op: audit.OpTrailExport}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		var err error
		if f, err = signedUp(tx, f); err != nil {
			return act{}, err
		}
		return act{op: audit.OpTrailExport, verdict: v, detail: narrowed(f)}, nil
	})
	return &TrailExport{d, f}, err
}

// Rows gives emit the events, newest first; whole is false where there are more than an export takes.
func (x *TrailExport) Rows(ctx context.Context, emit func(TrailRow) error) (whole bool, err error) {
	f, after := x.filter, archive.Position("")
	f.Most = trailLooked
	for n := 0; ; {
		var rows []TrailRow
		var next archive.Position
		err := x.desk.view(ctx, func(r archive.Reader) (err error) {
			rows, next, err = x.slice(r, f, after)
			return err
		})
		if err != nil {
			return false, err
		}
		for _, row := range rows {
			if n == TrailExportRows {
				return false, nil
			}
			if err := emit(row); err != nil {
				return false, err
			}
			n++
		}
		if after = next; after == "" {
			return true, nil
		}
	}
}

// slice reads some events after a position, and where to go on; "" at the end.
func (x *TrailExport) slice(r archive.Reader, f archive.TrailFilter, after archive.Position) ([]TrailRow, archive.Position, error) {
	if barred, err := x.desk.trailBarred(r, f); err != nil || barred {
		return nil, "", err
	}
	var entries []archive.TrailEntry
	var next archive.Position
	for row, err := range r.Trail(f, after) {
		if err != nil && !errors.Is(err, archive.ErrUnfinished) {
			return nil, "", err
		}
		if err == nil {
			entries = append(entries, row.Value)
		}
		if err != nil || len(entries) == exportSlice {
			next = row.After
			break
		}
	}
	rows, err := x.desk.trailRows(r, f, entries)
	return rows, next, err
}
