package bleveindex

import (
	"context"
	"slices"

	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/searcher"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/index/query"
)

// How much more a word counts outside page texts.
const (
	headBoost   = 2
	numberBoost = 4
)

// matcher makes searchers that score, on fixed term statistics.
type matcher struct {
	ctx     context.Context
	reader  fixedReader
	options search.SearcherOptions
	// gate, where it isn't nil, tells which words of a pattern the reader can see.
	gate *gate
	// among are the entries, ascending, whose places are asked for; nil: none are.
	among []uint64
}

func newMatcher(ctx context.Context, r bleve.IndexReader, f frequencies) matcher {
	return matcher{ctx: ctx, reader: fixedReader{r, f}}
}

// locating makes a matcher that tells where in some entries the text stands.
func (m matcher) locating(among []uint64) matcher {
	m.options, m.among = search.SearcherOptions{IncludeTermVectors: true}, among
	return m
}

// text matches documents that have what is asked for, or carry the whole text as their number; nil for
// none.
func (m matcher) text(q ask) (search.Searcher, error) {
	if q.root == nil {
		return nil, nil
	}
	asked, err := m.wish(*q.root, q.headOnly)
	if err != nil || q.whole == "" {
		return asked, err
	}
	whole, err := m.term(q.whole, fieldNumber, numberBoost)
	if err != nil {
		return nil, closeAll(err, []search.Searcher{asked})
	}
	return m.any([]search.Searcher{asked, whole})
}

// places matches documents that have anything that can be marked, with the places where it stands; nil for
// none.
func (m matcher) places(q ask) (search.Searcher, error) {
	var ss []search.Searcher
	for _, c := range q.clauses {
		s, err := m.clause(c, q.headOnly)
		if err != nil {
			return nil, closeAll(err, ss)
		}
		if s != nil {
			ss = append(ss, s)
		}
	}
	return m.best(ss), nil
}

// wish matches documents that have what a node asks for.
func (m matcher) wish(w wish, headOnly bool) (search.Searcher, error) {
	if w.kind != query.All && w.kind != query.Any {
		return m.words(w.clause, headOnly)
	}
	var some, minus []search.Searcher
	for _, k := range w.kids {
		list, kid := &some, k
		if k.kind == query.Not {
			list, kid = &minus, k.kids[0]
		}
		s, err := m.wish(kid, headOnly)
		if err != nil {
			return nil, closeAll(closeAll(err, some), minus)
		}
		*list = append(*list, s)
	}
	found, err := m.together(w.kind, some)
	if err != nil {
		return nil, closeAll(err, minus)
	}
	for _, s := range minus {
		found = &except{Searcher: found, minus: s}
	}
	return found, nil
}

// together joins what a node asks for; where that is nothing but exclusions, it is all documents.
func (m matcher) together(kind query.Kind, ss []search.Searcher) (search.Searcher, error) {
	switch {
	case len(ss) == 0:
		return lists{m.ctx, m.reader.IndexReader}.term(fieldKind, kindDocument)
	case kind == query.Any:
		return m.best(ss), nil
	}
	return m.all(ss)
}

// words matches documents that have a clause or other words for it.
func (m matcher) words(c clause, headOnly bool) (search.Searcher, error) {
	var ss []search.Searcher
	for _, one := range append([]clause{c}, c.same...) {
		s, err := m.clause(one, headOnly)
		if err != nil {
			return nil, closeAll(err, ss)
		}
		if s != nil {
			ss = append(ss, s)
		}
	}
	return m.best(ss), nil
}

// clause matches documents in which the words stand (side by side, if there are several) on a
// page or in the head, or which carry them as their number.
func (m matcher) clause(c clause, headOnly bool) (search.Searcher, error) {
	var ss []search.Searcher
	add := func(s search.Searcher, err error) error {
		if err == nil && s != nil {
			ss = append(ss, s)
		}
		return err
	}
	if !headOnly {
		if err := add(m.run(c.page, c.scan, fieldPage, 1)); err != nil {
			return nil, err
		}
	}
	if err := add(m.run(c.head, c.scan, fieldHead, headBoost)); err != nil {
		return nil, closeAll(err, ss)
	}
	if c.number != "" {
		if err := add(m.term(c.number, fieldNumber, numberBoost)); err != nil {
			return nil, closeAll(err, ss)
		}
	}
	return m.any(ss)
}

// run matches a word, words at their distances or a pattern; nil for none.
func (m matcher) run(r run, pattern *scan, field string, boost float64) (search.Searcher, error) {
	switch {
	case pattern != nil:
		return m.scan(pattern, field, boost)
	case len(r.slots) == 0:
		return nil, nil
	case len(r.slots) == 1:
		return m.slot(r.slots[0], field, boost)
	}
	return m.phrase(r, field, boost)
}

// looseBoost is how much less a word counts that recognition may have misread.
const looseBoost = 0.5

// slot matches a word in its forms.
func (m matcher) slot(s slot, field string, boost float64) (search.Searcher, error) {
	var ss []search.Searcher
	for i, term := range append(slices.Clone(s.terms), s.loose...) {
		b := boost
		if i >= len(s.terms) {
			b *= looseBoost
		}
		one, err := m.term(term, field, b)
		if err != nil {
			return nil, closeAll(err, ss)
		}
		ss = append(ss, one)
	}
	return m.best(ss), nil
}

func (m matcher) term(term, field string, boost float64) (search.Searcher, error) {
	return searcher.NewTermSearcher(m.ctx, m.reader, term, field, boost, m.options)
}

func (m matcher) any(ss []search.Searcher) (search.Searcher, error) {
	if len(ss) < 2 {
		return first(ss), nil
	}
	s, err := searcher.NewDisjunctionSearcher(m.ctx, m.reader, ss, 1, m.options)
	if err != nil {
		return nil, closeAll(err, ss)
	}
	return s, nil
}

func (m matcher) all(ss []search.Searcher) (search.Searcher, error) {
	if len(ss) < 2 {
		return first(ss), nil
	}
	s, err := searcher.NewConjunctionSearcher(m.ctx, m.reader, ss, m.options)
	if err != nil {
		return nil, closeAll(err, ss)
	}
	return s, nil
}

func first(ss []search.Searcher) search.Searcher {
	if len(ss) == 0 {
		return nil
	}
	return ss[0]
}
