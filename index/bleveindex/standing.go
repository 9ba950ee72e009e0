package bleveindex

import (
	"slices"

	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// standing leaves of a segment's documents those in which words stand at their distances on one page. Places are read
// of what the reader may see alone, since nothing takes longer.
func (e *evaluator) standing(s *sheet, r run, field string) error {
	if err := e.visible(); err != nil {
		return err
	}
	t, err := e.field(field)
	if err != nil {
		return err
	}
	if t.dict[e.at].blank {
		return nil // and so is the sheet
	}
	var lists []*posting
	for _, slot := range r.slots {
		for _, term := range slices.Concat(slot.terms, slot.loose) {
			if slices.ContainsFunc(lists, func(l *posting) bool { return l.term == term }) {
				continue
			}
			postings, err := t.dict[e.at].lookup([]byte(term), nil)
			if err != nil {
				return err
			}
			lists = append(lists, &posting{term: term, iterator: postings.Iterator(true, true, true, nil)})
		}
	}
	return s.each(func(n uint64) error {
		if err := e.stopped(); err != nil {
			return err
		}
		if !e.open.has(n) {
			s.bits[n/64] &^= 1 << (n % 64)
			return nil
		}
		g := grid{}
		for _, l := range lists {
			if err := l.places(n, g); err != nil {
				return err
			}
		}
		found := r.found(g)
		for at, terms := range g {
			for _, term := range terms {
				if found(term, at) {
					return nil
				}
			}
		}
		s.bits[n/64] &^= 1 << (n % 64)
		return nil
	})
}

// visible notes what of the segment the rights open to the reader; filters and what waits to be indexed anew are asked
// of what is found.
func (e *evaluator) visible() error {
	if e.open != nil {
		return nil
	}
	e.open = e.sheets.blank()
	for n, row := range e.gate.table.segments[e.at] {
		if err := e.stopped(); err != nil {
			return err
		}
		if e.gate.allowed(row) {
			e.open.best(uint64(n), 0)
		}
	}
	return nil
}

// posting walks the entries of a term with its places.
type posting struct {
	term     string
	iterator segment.PostingsIterator
	at       segment.Posting // nil before the first and behind the last
	begun    bool
}

// places adds where the term stands in an entry; entries are asked for in ascending order.
func (l *posting) places(n uint64, g grid) (err error) {
	if !l.begun || l.at != nil && l.at.Number() < n {
		l.begun = true
		if l.at, err = l.iterator.Advance(n); err != nil {
			return err
		}
	}
	if l.at == nil || l.at.Number() != n {
		return nil
	}
	for _, loc := range l.at.Locations() {
		s := spot{pos: loc.Pos()}
		if p := loc.ArrayPositions(); len(p) > 0 {
			s.page = p[0]
		}
		g.add(s, l.term)
	}
	return nil
}
