package bleveindex

import (
	"slices"

	"github.com/blevesearch/bleve/v2/search"
)

// slot is a word of a query at its place: the terms under which it stands, and those that recognition may
// have made of it.
type slot struct {
	pos          int
	terms, loose []string
}

func (s slot) has(term string) bool {
	return slices.Contains(s.terms, term) || slices.Contains(s.loose, term)
}

// run is words at their distances, or, where near is set, at most so far apart in any order.
type run struct {
	slots []slot
	near  int
}

// spot is a place of a word: the page, and the position on it.
type spot struct{ page, pos uint64 }

func spotOf(l search.Location) spot {
	s := spot{pos: l.Pos}
	if len(l.ArrayPositions) > 0 {
		s.page = l.ArrayPositions[0]
	}
	return s
}

// grid is which terms stand where. A place has several where a word is a compound.
type grid map[spot][]string

func (g grid) add(s spot, term string) {
	if !slices.Contains(g[s], term) {
		g[s] = append(g[s], term)
	}
}

func (g grid) holds(s spot, want slot) bool { return slices.ContainsFunc(g[s], want.has) }

// found makes the test whether a term at a place is where the run stands: its first word, or each of its
// words where they are to be near each other.
func (r run) found(g grid) func(term string, at spot) bool {
	if r.near > 0 && len(r.slots) > 1 {
		return r.nearby(g)
	}
	return func(term string, at spot) bool {
		if !r.slots[0].has(term) {
			return false
		}
		for _, s := range r.slots[1:] {
			if !g.holds(spot{at.page, at.pos + uint64(s.pos-r.slots[0].pos)}, s) {
				return false
			}
		}
		return true
	}
}

// nearby lists the places of each word once and looks for the next ones among them.
func (r run) nearby(g grid) func(term string, at spot) bool {
	places := make([]map[uint64][]uint64, len(r.slots)) // by slot and page
	for i, s := range r.slots {
		places[i] = map[uint64][]uint64{}
		for at := range g {
			if g.holds(at, s) {
				places[i][at.page] = append(places[i][at.page], at.pos)
			}
		}
		for _, list := range places[i] {
			slices.Sort(list)
		}
	}
	return func(term string, at spot) bool {
		own := slices.IndexFunc(r.slots, func(s slot) bool { return s.has(term) })
		if own < 0 {
			return false
		}
		least := at.pos - min(at.pos, uint64(r.near))
		for i := range r.slots {
			list := places[i][at.page]
			k, _ := slices.BinarySearch(list, least)
			if i != own && (k == len(list) || list[k] > at.pos+uint64(r.near)) {
				return false
			}
		}
		return true
	}
}
