package acl

import (
	"errors"
	"slices"
	"sync"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// recent counts what happened lately, so that a page that shows it looks only at the events since it was
// shown before. It is kept in memory: after a restart it is counted anew.
type recent struct {
	mu   sync.Mutex
	year int
	// next is the sequence number of the first event not counted yet.
	next int64
	// since is the earliest moment counted from; later than asked for where there was too much before.
	since time.Time
	acts  []counted
}

// counted is what is kept of an event: who did what is not.
type counted struct {
	at              time.Time
	refused, marked bool
}

// upTo brings the counts up to the newest event. from is the earliest moment asked for; what lies before
// is forgotten.
func (c *recent) upTo(r archive.Reader, from time.Time, mark func([]archive.TrailEntry) ([]bool, error)) error {
	var fresh []archive.TrailEntry
	since := from
	for row, err := range r.Trail(archive.TrailFilter{From: from, Bare: true, Most: trailLooked}, "") {
		if errors.Is(err, archive.ErrUnfinished) {
			since = row.Value.Leaf.When()
			break
		}
		if err != nil {
			return err
		}
		if row.Value.Year == c.year && row.Value.Leaf.Seq < c.next {
			since = c.since
			break
		}
		fresh = append(fresh, row.Value)
	}
	if len(fresh) > 0 {
		marks, err := mark(fresh)
		if err != nil {
			return err
		}
		if fresh[0].Year != c.year {
			c.year, c.next = fresh[0].Year, 0
		}
		c.next = fresh[0].Leaf.Seq + 1
		for i, e := range fresh {
			if e.Leaf.Actor != audit.System().User {
				c.acts = append(c.acts, counted{e.Leaf.When(), e.Leaf.Result == audit.Deny, marks[i]})
			}
		}
	}
	c.since = since
	c.acts = slices.DeleteFunc(c.acts, func(a counted) bool { return a.at.Before(from) })
	return nil
}

// dayLong is as far back as anything is counted: the longest day, when the clock is set back.
const dayLong = 25 * time.Hour

// lately counts the acts of people since a moment of the last 25 hours, and the refused and marked ones
// among them. since is later than asked for where so much happened that not all was counted.
func (d *Desk) lately(r archive.Reader, from time.Time) (acts, refusals, marked int, since time.Time, err error) {
	c := &d.guard.recent
	if _, update := r.(archive.Tx); update {
		c = &recent{} // what an update sees may never come to be
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.upTo(r, d.guard.Now().Add(-dayLong), d.marked(r)); err != nil {
		return 0, 0, 0, time.Time{}, err
	}
	for _, a := range c.acts {
		if a.at.Before(from) {
			continue
		}
		acts++
		if a.refused {
			refusals++
		}
		if a.marked {
			marked++
		}
	}
	if c.since.After(from) {
		since = c.since
	}
	return acts, refusals, marked, since, nil
}

// marked tells which events are marked for a look.
func (d *Desk) marked(r archive.Reader) func([]archive.TrailEntry) ([]bool, error) {
	return func(entries []archive.TrailEntry) ([]bool, error) {
		a := d.annotate(r, archive.TrailFilter{})
		if err := a.gather(entries); err != nil {
			return nil, err
		}
		out := make([]bool, len(entries))
		for i, e := range entries {
			if e.Leaf.Actor == audit.System().User {
				continue
			}
			marks, err := a.marks(e.Leaf)
			if err != nil {
				return nil, err
			}
			out[i] = len(marks) > 0
		}
		return out, nil
	}
}
