package acl

import (
	"context"
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/audit/anchor"
	"eakte/policies"
)

// TrailSummary is how the trail stands.
type TrailSummary struct {
	// Acts, Refusals and Marked count events of people since the day began in the authority's time zone;
	// what the system does by itself is none of them.
	Acts, Refusals, Marked int
	// CountedFrom is not zero where so much happened that events before it weren't counted.
	CountedFrom time.Time
	// Sources counts the inbox items whose pages were put together anew and whose bytes are still kept.
	Sources int
	Integrity
}

// Integrity is how whole the log is.
type Integrity struct {
	// Size is how many events this year's log has, Signed how many of them the last checkpoint covers, up
	// to SignedTo.
	Size, Signed int64
	SignedTo     time.Time
	// Whole says that the log has no gap up to its size as far as a quick look tells; only a verification of
	// an export proves it.
	Whole bool
	// Anchored is how others vouch for it.
	Anchored anchor.State
}

// Contradicted says that a witness has cosigned what isn't in the log.
func (i Integrity) Contradicted() bool { return i.Anchored.Witness.Trouble == anchor.Contradicted }

// Anchors tells how others vouch for the trail.
type Anchors interface {
	// State looks it up; nobody is asked for it.
	State(ctx context.Context) (anchor.State, error)
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
	s.Integrity, err = d.integrity(ctx)
	return s, err
}

// integrity compares the log with its last checkpoint. One that isn't whole is no error: it is what an officer
// has to see.
func (d *Desk) integrity(ctx context.Context) (i Integrity, err error) {
	if d.guard.Anchors != nil {
		if i.Anchored, err = d.guard.Anchors.State(ctx); errors.Is(err, audit.ErrCorrupt) {
			return i, nil
		}
		if err != nil {
			return i, err
		}
	}
	i.Size, i.Signed, i.SignedTo, err = d.guard.Trail.TrailIntact(ctx)
	if errors.Is(err, audit.ErrCorrupt) || errors.Is(err, audit.ErrFork) {
		return i, nil
	}
	i.Whole = err == nil
	return i, err
}

// TrailOf names what a list of events was narrowed to.
type TrailOf struct {
	Akten []TrailAkte
	// Actor is the account; zero where it was not narrowed to one that is there.
	Actor TrailUser
}

// TrailOverview is [Desk.Trail] with [Desk.TrailSummary] and the names of what it is narrowed to, as one
// reading.
func (d *Desk) TrailOverview(ctx context.Context, f archive.TrailFilter, limit int, cursor string) (page TrailPage, of TrailOf, s TrailSummary, err error) {
	page, err = d.readTrail(ctx, f, limit, cursor, func(r archive.Reader, f archive.TrailFilter) (err error) {
		if of, err = d.trailOf(r, f); err != nil {
			return err
		}
		s, err = d.countToday(r)
		return err
	})
	if err != nil {
		return TrailPage{}, TrailOf{}, TrailSummary{}, err
	}
	s.Integrity, err = d.integrity(ctx)
	return page, of, s, err
}

// trailOf names what a filter names by ids; of a person the Akten alone by whose numbers she may be found.
func (d *Desk) trailOf(r archive.Reader, f archive.TrailFilter) (of TrailOf, err error) {
	if barred, err := d.trailBarred(r, f); err != nil || barred {
		f.Akte, f.Person = "", ""
	}
	add := func(a archive.Akte) { of.Akten = append(of.Akten, TrailAkte{a.ID, a.Number}) }
	if f.Akte != "" {
		akte, err := r.Akte(f.Akte)
		if err == nil {
			add(akte)
		} else if !isNotFound(err) {
			return of, err
		}
	} else if f.Person != "" {
		akten, err := r.AktenOf(f.Person)
		if err != nil && !isNotFound(err) {
			return of, err
		}
		notes := d.annotate(r, f)
		for _, a := range akten {
			told, err := notes.tells(a)
			if err != nil {
				return of, err
			}
			if told {
				add(a)
			}
		}
	}
	if f.Actor != "" {
		u, err := r.User(f.Actor)
		if err != nil {
			return of, unlessMissing(err)
		}
		of.Actor = trailUser(u)
	}
	return of, nil
}

// countToday counts what is kept now, and acts since the day began where the authority is.
func (d *Desk) countToday(r archive.Reader) (s TrailSummary, err error) {
	now := d.guard.Now().In(d.guard.Zone)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, d.guard.Zone)
	if s.Sources, err = d.keptSources(r); err != nil {
		return s, err
	}
	s.Acts, s.Refusals, s.Marked, s.CountedFrom, err = d.lately(r, midnight)
	return s, err
}
