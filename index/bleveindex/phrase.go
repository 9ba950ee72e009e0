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
	run             run
}

// phrase makes the searcher for words at their distances.
func (m matcher) phrase(r run, field string, boost float64) (search.Searcher, error) {
	m.options.IncludeTermVectors = true
	var must []search.Searcher
	for i, s := range r.slots {
		same := func(o slot) bool { return o.terms[0] == s.terms[0] }
		if slices.ContainsFunc(r.slots[:i], same) {
			continue
		}
		one, err := m.slot(s, field, boost)
		if err != nil {
			return nil, closeAll(err, must)
		}
		must = append(must, one)
	}
	all, err := m.all(must)
	if err != nil {
		return nil, err
	}
	return &phrase{all, r}, nil
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

// keep leaves in m only the places where the phrase stands and reports whether there is one.
func (p *phrase) keep(m *search.DocumentMatch) bool {
	g := make(grid, len(m.FieldTermLocations))
	for _, l := range m.FieldTermLocations {
		g.add(spotOf(l.Location), l.Term)
	}
	found := p.run.found(g)
	m.FieldTermLocations = slices.DeleteFunc(m.FieldTermLocations, func(l search.FieldTermLocation) bool {
		return !found(l.Term, spotOf(l.Location))
	})
	return len(m.FieldTermLocations) > 0
}
