package storetest

import (
	"errors"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// said returns the correlation ids of events, which tests use as marks.
func said(list []archive.TrailEntry) (out []string) {
	for _, e := range list {
		if e.Leaf.Op != audit.OpShardOpen {
			out = append(out, e.Leaf.Correlation)
		}
	}
	return out
}

// record records an event of its own.
func (b *bench) record(mark string, change func(*audit.Event)) {
	b.t.Helper()
	e := b.event(audit.OpSearch)
	e.Correlation = mark
	if change != nil {
		change(&e)
	}
	if err := b.house(func(tx archive.Tx) error { return tx.Record(e) }); err != nil {
		b.t.Fatalf("recording %s: %v", mark, err)
	}
}

func (b *bench) trail(what string, f archive.TrailFilter, want ...string) {
	b.t.Helper()
	for _, n := range []int{2, 1000} {
		got := pages(b, n, nil, func(r archive.Reader, after archive.Position) archive.List[archive.TrailEntry] {
			return r.Trail(f, after)
		})
		compare(b, what, said(got), want)
	}
}

func testTrail(b *bench) {
	first, second := b.newAkte(), b.newAkte()
	stranger := archive.NewID[archive.UserID]()
	b.record("a", func(e *audit.Event) { e.Akten = []string{string(first.ID)} })
	b.record("b", func(e *audit.Event) {
		e.Akten, e.Persons = []string{string(first.ID), string(second.ID)}, []string{string(first.Person)}
	})
	b.record("c", func(e *audit.Event) { e.Actor.User, e.Result = string(stranger), audit.Deny })
	b.record("d", func(e *audit.Event) {
		e.Akten, e.Actor.User, e.Op = []string{string(first.ID)}, string(stranger), audit.OpAkteOpen
	})
	b.record("e", func(e *audit.Event) { e.Actor = audit.System() })
	b.record("f", func(e *audit.Event) { // too many for its leaf
		for range 12 {
			e.Akten = append(e.Akten, string(b.newAkte().ID))
		}
		e.Akten = append(e.Akten, string(second.ID))
		e.Detail = &audit.Detail{Shared: map[string]any{"words": "Kirschbaum"}}
	})
	b.trail("by Akte", archive.TrailFilter{Akte: first.ID}, "d", "b", "a")
	b.trail("by the other", archive.TrailFilter{Akte: second.ID}, "f", "b")
	b.trail("by person", archive.TrailFilter{Person: first.Person}, "b")
	b.trail("by actor", archive.TrailFilter{Actor: stranger}, "d", "c")
	b.trail("by system", archive.TrailFilter{Actor: "system"}, "e")
	b.trail("by Akte and actor", archive.TrailFilter{Akte: first.ID, Actor: stranger}, "d")
	b.trail("by Akte and person", archive.TrailFilter{Akte: first.ID, Person: first.Person}, "b")
	b.trail("by Akte and op", archive.TrailFilter{Akte: first.ID, Op: string(audit.OpAkteOpen)}, "d")
	b.trail("by result", archive.TrailFilter{Result: string(audit.Deny)}, "c")
	b.trail("by op", archive.TrailFilter{Op: string(audit.OpSearch)}, "f", "e", "c", "b", "a")
	b.trail("by nobody", archive.TrailFilter{Actor: archive.NewID[archive.UserID]()})
	b.trail("by class", archive.TrailFilter{Class: string(audit.Query), Akte: first.ID}, "d", "b", "a")
	b.trail("of people", archive.TrailFilter{Op: string(audit.OpSearch), People: true}, "f", "c", "b", "a")
	b.trail("by another class", archive.TrailFilter{Class: string(audit.Erasure)})
	b.trailInBounds(first.ID)
	b.view(func(r archive.Reader) error {
		size, _, err := r.TrailState()
		all := collect(b.t, r.Trail(archive.TrailFilter{}, ""))
		if err != nil || int64(len(all)) != size || all[0].Leaf.Seq != size-1 || all[len(all)-1].Leaf.Op != audit.OpShardOpen {
			b.t.Errorf("%d events listed of %d, %v", len(all), size, err)
		}
		return nil
	})
	if err := b.house(func(tx archive.Tx) error {
		e := b.event(audit.OpSearch)
		e.Object = "Jana Müller"
		return tx.Record(e)
	}); err == nil || strings.Contains(err.Error(), "Jana") {
		b.t.Errorf("an event with a name in it: %v", err)
	}
}

// trailInBounds looks at two events at a time: nothing is left out, and nothing is opened that wasn't asked for.
func (b *bench) trailInBounds(akte archive.AkteID) {
	b.t.Helper()
	for name, f := range map[string]archive.TrailFilter{
		"the whole log": {Op: string(audit.OpAkteOpen)},
		"one Akte":      {Akte: akte, Op: string(audit.OpAkteOpen)},
	} {
		f.Most, f.Bare = 2, true
		var got []archive.TrailEntry
		var after archive.Position
		rounds := 0
		for more := true; more; rounds++ {
			more = false
			b.view(func(r archive.Reader) error {
				seen := 0
				for row, err := range r.Trail(f, after) {
					if errors.Is(err, archive.ErrUnfinished) {
						if more = true; row.After == after || row.Value.Leaf.When().IsZero() {
							b.t.Errorf("%s ends nowhere: %+v", name, row)
						}
						after = row.After
						break
					}
					if err != nil {
						return err
					}
					if seen++; len(row.Value.Parts) > 0 {
						b.t.Errorf("%s: a bare event has parts", name)
					}
					got = append(got, row.Value)
				}
				if seen > 2 {
					b.t.Errorf("%s: %d events of two that were looked at", name, seen)
				}
				return nil
			})
		}
		compare(b, name+" in bounds", said(got), []string{"d"})
		if rounds < 2 {
			b.t.Errorf("%s: all looked at in one go", name)
		}
	}
}

func testTrailWindow(b *bench) {
	a := b.newAkte()
	day := 24 * time.Hour
	at := func(offset time.Duration) func(*audit.Event) {
		return func(e *audit.Event) { e.Time, e.Akten = start().Add(offset), []string{string(a.ID)} }
	}
	b.record("day0", at(0))
	b.record("day1", at(day))
	b.record("day1late", at(day+5*time.Hour))
	b.record("back0", at(time.Hour)) // the clock went back
	b.record("day2", at(2*day))
	b.record("day3", at(3*day))
	for _, tt := range []struct {
		name     string
		from, to time.Duration
		want     []string
	}{
		{"a day", day, 2*day - time.Hour, []string{"day1late", "day1"}},
		{"from is included, to is not", 2 * day, 3 * day, []string{"day2"}},
		{"the clock went back", 0, 2 * time.Hour, []string{"back0", "day0"}},
		{"nothing", 10 * day, 11 * day, nil},
	} {
		f := archive.TrailFilter{From: start().Add(tt.from), To: start().Add(tt.to)}
		f.Op = string(audit.OpSearch)
		b.trail(tt.name, f, tt.want...)
		f.Akte = a.ID
		b.trail(tt.name+", of an Akte", f, tt.want...)
	}
	b.trail("open at the end", archive.TrailFilter{From: start().Add(2 * day)}, "day3", "day2")
	b.trail("open at the start", archive.TrailFilter{To: start().Add(day), Op: string(audit.OpSearch)}, "back0", "day0")
}

func testTrailErased(b *bench) {
	a, other := b.newAkte(), b.newAkte()
	b.record("both", func(e *audit.Event) {
		e.Akten = []string{string(a.ID), string(other.ID)}
		e.Detail = &audit.Detail{
			Act:    map[string]any{"hits": 2},
			Shared: map[string]any{"words": "Kirschbaum"},
			Own:    map[string]map[string]any{audit.AkteKey(string(other.ID)): {"title": "Reisepass"}},
		}
	})
	read := func() map[string]string {
		out := map[string]string{}
		b.view(func(r archive.Reader) error {
			list := collect(b.t, r.Trail(archive.TrailFilter{Akte: a.ID}, ""))
			if len(list) != 1 {
				b.t.Fatalf("%d events", len(list))
			}
			for _, p := range list[0].Parts {
				out[p.Kind] = string(p.Text)
			}
			return nil
		})
		return out
	}
	got := read()
	if !strings.Contains(got[audit.PartShared], "Kirschbaum") || !strings.Contains(got[audit.PartOwn], "Reisepass") {
		b.t.Errorf("details: %v", got)
	}
	b.destroy("akte/" + string(a.ID))
	got = read()
	if got[audit.PartShared] != "" || !strings.Contains(got[audit.PartOwn], "Reisepass") || got[audit.PartAct] == "" {
		b.t.Errorf("details after one Akte was erased: %v", got)
	}
}
