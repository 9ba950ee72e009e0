package bleveindex

import (
	"slices"

	"github.com/blevesearch/bleve/v2/search"
	bleve "github.com/blevesearch/bleve_index_api"
)

// phrase matches documents in which words stand at their distances on one page. Bleve's own
// searcher compares every place of a word with every place of the next, so that a page of one word
// ten thousand times stops a search; and where a phrase repeats a word it leaves two matches
// sharing the memory of their places, so that later documents match by what stood there before.
// This one looks each place up once and shares nothing.
type phrase struct {
	search.Searcher // all of the words, with their places
	field           string
	terms           []string // "" where a stop word stood; the first isn't
}

// phrase makes the searcher for words at their distances.
func (m matcher) phrase(ws []word, field string, boost float64) (search.Searcher, error) {
	m.options.IncludeTermVectors = true
	terms := make([]string, ws[len(ws)-1].pos-ws[0].pos+1)
	var must []search.Searcher
	for _, w := range ws {
		if !slices.Contains(terms, w.term) {
			s, err := m.term(w.term, field, boost)
			if err != nil {
				return nil, closeAll(err, must)
			}
			must = append(must, s)
		}
		terms[w.pos-ws[0].pos] = w.term
	}
	all, err := m.all(must)
	if err != nil {
		return nil, err
	}
	return &phrase{all, field, terms}, nil
}

// Next implements search.Searcher.
func (p *phrase) Next(sc *search.SearchContext) (*search.DocumentMatch, error) {
	m, err := p.Searcher.Next(sc)
	return p.firstOf(sc, m, err)
}

// Advance implements search.Searcher.
func (p *phrase) Advance(sc *search.SearchContext, id bleve.IndexInternalID) (*search.DocumentMatch, error) {
	m, err := p.Searcher.Advance(sc, id)
	return p.firstOf(sc, m, err)
}

// firstOf returns m or the first match behind it that has the phrase.
func (p *phrase) firstOf(sc *search.SearchContext, m *search.DocumentMatch, err error) (*search.DocumentMatch, error) {
	for err == nil && m != nil && !p.keep(m) {
		sc.DocumentMatchPool.Put(m)
		m, err = p.Searcher.Next(sc)
	}
	return m, err
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

// keep leaves in m only the places where the phrase stands and reports whether there is one.
func (p *phrase) keep(m *search.DocumentMatch) bool {
	at := make(map[spot]string, len(m.FieldTermLocations))
	for _, l := range m.FieldTermLocations {
		at[spotOf(l.Location)] = l.Term
	}
	m.FieldTermLocations = slices.DeleteFunc(m.FieldTermLocations, func(l search.FieldTermLocation) bool {
		return l.Term != p.terms[0] || !p.stands(at, spotOf(l.Location))
	})
	return len(m.FieldTermLocations) > 0
}

func (p *phrase) stands(at map[spot]string, start spot) bool {
	for i, term := range p.terms {
		if term != "" && at[spot{start.page, start.pos + uint64(i)}] != term {
			return false
		}
	}
	return true
}
