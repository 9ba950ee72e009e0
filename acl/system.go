package acl

import (
	"context"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/hint"
	"eakte/ingest/intake"
	"eakte/policies"
)

// Machine tells of the engines that were joined and of the machine they run on.
type Machine interface {
	// Facts looks them up; it may take a moment and changes nothing.
	Facts(ctx context.Context) (Facts, error)
}

// Facts are what a [Machine] knows of itself.
type Facts struct {
	// Version and Revision are those of the program, Started when it began to run.
	Version, Revision string
	Started           time.Time
	// Store is the engine of records, Objects of received bytes, Index of search.
	Store, Objects, Index EngineFacts
	// Documents and Persons are those in the index; IndexedTo is how far in the outbox it has come.
	Documents, Persons int
	IndexedTo          uint64
	// Tools are the programs that read papers, Sandbox what keeps them from being run; empty: nothing.
	Tools   []Tool
	Sandbox string
	// Scanner says how the search for malware stands: "off", "ready" or "down"; empty: not known.
	Scanner string
	// Ways are those by which papers come in beside pages and the interface for programs.
	Ways []intake.State
	// Languages is what is recognised, "deu+eng".
	Languages string
	// Others are the languages that pages may be found to be in beyond them, by what Debian calls their
	// packages.
	Others []Tool
}

// EngineFacts are an engine's kind, the bytes it keeps, and the bytes that are free beside it. What isn't
// known is negative.
type EngineFacts struct {
	Kind        string
	Bytes, Free int64
}

// Tool is a program that papers are read with.
type Tool struct {
	Name    string
	Present bool
}

// System is how the installation stands.
type System struct {
	Facts
	// Known says that there are Facts at all.
	Known bool
	// Behind says that the index hasn't all there is, as while it is made anew, Lag how many changes it has not taken up yet.
	Behind bool
	Lag    uint64
	// Rebuilt is of how many of all Akten the index has everything, while it is made anew; else both are 0.
	Rebuilt, Akten int
	// Rules is the hash of the policies in force, and how much is in them.
	Rules policies.Counts
	Hash  string
	// Users counts open accounts, Events those in this year's trail.
	Users  int
	Events int64
	// Sources counts the items whose pages were put together anew and whose bytes are still kept.
	Sources int
	// Types is how well types of papers are named in the inbox.
	Types hint.Figures
	// Now is the server's time in the authority's time zone.
	Now time.Time
}

// keptSources counts, over all baskets, the items whose pages were put together anew and whose bytes are
// still kept.
func (d *Desk) keptSources(r archive.Reader) (n int, err error) {
	for _, dep := range d.guard.Policies.Departments() {
		count, err := r.CountBasket(dep.Key)
		if err != nil {
			return 0, err
		}
		n += count.Arranged
	}
	return n, nil
}

// System shows the installation to who operates it.
func (d *Desk) System(ctx context.Context) (System, error) {
	g := d.guard
	s := System{Hash: g.Policies.Hash(), Rules: g.Policies.Counts(), Behind: g.Behind(), Now: g.Now().In(g.Zone)}
	s.Rebuilt, s.Akten = g.Rebuilt()
	if _, ok := d.able(policies.ActOperate); !ok {
		return System{}, d.refused(ctx, act{op: audit.OpAccessRefused}, ErrDenied)
	}
	if g.Machine != nil {
		var err error
		if s.Facts, err = g.Machine.Facts(ctx); err != nil {
			return System{}, err
		}
		s.Known = true
	}
	learner, err := g.learned.learner(ctx, g)
	if err != nil {
		return System{}, err
	}
	s.Types = learner.Figures()
	err = d.view(ctx, func(r archive.Reader) error {
		newest, err := r.Sequence()
		if err != nil {
			return err
		}
		s.Lag = 0
		if s.Known {
			s.Lag = newest - min(s.IndexedTo, newest)
		}
		if s.Events, _, err = r.TrailState(); err != nil {
			return err
		}
		if s.Sources, err = d.keptSources(r); err != nil {
			return err
		}
		users, err := r.Users()
		s.Users = 0
		for _, u := range users {
			if !u.Disabled {
				s.Users++
			}
		}
		return err
	})
	return s, err
}
