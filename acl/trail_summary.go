package acl

import (
	"context"
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// TrailSummary is how the trail stands.
type TrailSummary struct {
	// Acts, Refusals and Marked count events of people since the day began in the authority's time zone;
	// what the system does by itself is none of them.
	Acts, Refusals, Marked int
	// CountedFrom is not zero where so much happened that events before it weren't counted.
	CountedFrom time.Time
	// Size is how many events this year's log has, Signed how many of them the last checkpoint covers, up
	// to SignedTo.
	Size, Signed int64
	SignedTo     time.Time
	// Whole says that the log has no gap up to its size as far as a quick look tells; only a verification of
	// an export proves it.
	Whole bool
}

// TrailSummary counts today's events and looks whether the log is whole.
func (d *Desk) TrailSummary(ctx context.Context) (TrailSummary, error) {
	var s TrailSummary
	err := d.look(ctx, act{op: audit.OpTrailRead}, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		var err error
		if s, err = d.countToday(r); err != nil {
			return act{}, err
		}
		return act{op: audit.OpTrailRead, verdict: v, detail: &audit.Detail{Act: map[string]any{"summary": true}}}, nil
	})
	if err != nil {
		return TrailSummary{}, err
	}
	s.Size, s.Signed, s.SignedTo, err = d.guard.Trail.TrailIntact(ctx)
	if errors.Is(err, audit.ErrCorrupt) || errors.Is(err, audit.ErrFork) {
		return s, nil
	}
	s.Whole = err == nil
	return s, err
}

func (d *Desk) countToday(r archive.Reader) (TrailSummary, error) {
	now := d.guard.Now().In(d.guard.Zone)
	f := archive.TrailFilter{
		From: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, d.guard.Zone), Bare: true, Most: trailLooked,
	}
	var s TrailSummary
	var entries []archive.TrailEntry
	for row, err := range r.Trail(f, "") {
		if errors.Is(err, archive.ErrUnfinished) {
			s.CountedFrom = row.Value.Leaf.When()
			break
		}
		if err != nil {
			return TrailSummary{}, err
		}
		if row.Value.Leaf.Actor != audit.System().User {
			entries = append(entries, row.Value)
		}
	}
	a := d.annotate(r)
	if err := a.gather(entries); err != nil {
		return TrailSummary{}, err
	}
	for _, e := range entries {
		s.Acts++
		if e.Leaf.Result == audit.Deny {
			s.Refusals++
		}
		marks, err := a.marks(e.Leaf)
		if err != nil {
			return TrailSummary{}, err
		}
		if len(marks) > 0 {
			s.Marked++
		}
	}
	return s, nil
}
