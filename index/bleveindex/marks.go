package bleveindex

import (
	"cmp"
	"slices"

	"github.com/blevesearch/bleve/v2/analysis"

	"eakte/index"
)

// textMatcher is an [index.Matcher]. Spans are bytes of the text as given, whatever its Unicode form.
type textMatcher struct {
	analyzers analyzers
	ask       ask
}

// Matcher implements [index.Engine].
func (x *Index) Matcher(query string) (index.Matcher, error) {
	return textMatcher{x.analyzers, x.analyzers.ask(query)}, nil
}

// Page implements [index.Matcher].
func (m textMatcher) Page(text string) []index.Match {
	if m.ask.headOnly {
		return nil
	}
	return m.find(m.analyzers.page, text, func(c clause) run { return c.page })
}

// Head implements [index.Matcher].
func (m textMatcher) Head(text string) []index.Match {
	return m.find(m.analyzers.head, text, func(c clause) run { return c.head })
}

// placed is a match and the place of its first word.
type placed struct {
	pos   int
	match index.Match
}

func (m textMatcher) find(a analysis.Analyzer, text string, of func(clause) run) []index.Match {
	if len(m.ask.clauses) == 0 {
		return nil
	}
	t := textWords{all: words(a, text), at: map[int][]word{}, grid: grid{}}
	for _, w := range t.all {
		t.at[w.pos] = append(t.at[w.pos], w)
		t.grid.add(spot{pos: uint64(w.pos)}, w.term)
	}
	var found []placed
	for _, c := range m.ask.clauses {
		if c.scan != nil {
			found = append(found, t.scanned(c.scan)...)
		} else if r := of(c); len(r.slots) > 0 {
			found = append(found, t.standing(r)...)
		}
	}
	// Of those at the same word the longest stays.
	slices.SortFunc(found, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(len(b.match), len(a.match)), cmp.Compare(b.match[0].End, a.match[0].End))
	})
	found = slices.CompactFunc(found, func(a, b placed) bool { return a.pos == b.pos })
	var out []index.Match
	for _, f := range found {
		out = append(out, f.match)
	}
	return out
}

// textWords are the words of a text by their places.
type textWords struct {
	all  []word
	at   map[int][]word
	grid grid
}

// scanned are the words that a pattern means.
func (t textWords) scanned(s *scan) (out []placed) {
	for _, w := range t.all {
		if s.matches(w.term) {
			out = append(out, placed{w.pos, index.Match{{Start: w.start, End: w.end}}})
		}
	}
	return out
}

// standing are the words of a run wherever all of it stands at its distances; words near each other are each
// a match.
func (t textWords) standing(r run) (out []placed) {
	found := r.found(t.grid)
	for _, w := range t.all {
		if !found(w.term, spot{pos: uint64(w.pos)}) {
			continue
		}
		match := index.Match{{Start: w.start, End: w.end}}
		if r.near == 0 {
			for _, s := range r.slots[1:] {
				match = append(match, t.span(w.pos+s.pos-r.slots[0].pos, s))
			}
		}
		out = append(out, placed{w.pos, match})
	}
	return out
}

// span is the word at a place that fits a slot.
func (t textWords) span(pos int, s slot) index.Span {
	for _, w := range t.at[pos] {
		if s.has(w.term) {
			return index.Span{Start: w.start, End: w.end}
		}
	}
	return index.Span{}
}
