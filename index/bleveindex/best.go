package bleveindex

import (
	"github.com/blevesearch/bleve/v2/search"
	bleve "github.com/blevesearch/bleve_index_api"
)

// best matches what one of its searchers matches, with the best of their scores: for words of which
// one is as good as another. Bleve's own disjunction adds scores up and weighs how many matched, so that a
// word with many other forms would count otherwise than one with few.
type best struct {
	kids []search.Searcher
	at   []*search.DocumentMatch // where each of them stands; nil: before its next match
	done []bool
}

// best makes the searcher of several; one alone is itself, none is nil.
func (m matcher) best(ss []search.Searcher) search.Searcher {
	if len(ss) < 2 {
		return first(ss)
	}
	return &best{ss, make([]*search.DocumentMatch, len(ss)), make([]bool, len(ss))}
}

// Next implements search.Searcher.
func (b *best) Next(sc *search.SearchContext) (*search.DocumentMatch, error) {
	for i, kid := range b.kids {
		if b.at[i] != nil || b.done[i] {
			continue
		}
		if err := b.step(i, func() (*search.DocumentMatch, error) { return kid.Next(sc) }); err != nil {
			return nil, err
		}
	}
	return b.take(sc), nil
}

// Advance implements search.Searcher.
func (b *best) Advance(sc *search.SearchContext, id bleve.IndexInternalID) (*search.DocumentMatch, error) {
	for i, kid := range b.kids {
		if b.done[i] || b.at[i] != nil && b.at[i].IndexInternalID.Compare(id) >= 0 {
			continue
		}
		sc.DocumentMatchPool.Put(b.at[i])
		if err := b.step(i, func() (*search.DocumentMatch, error) { return kid.Advance(sc, id) }); err != nil {
			return nil, err
		}
	}
	return b.take(sc), nil
}

func (b *best) step(i int, next func() (*search.DocumentMatch, error)) error {
	m, err := next()
	b.at[i], b.done[i] = m, m == nil
	return err
}

// take returns the first match of all, with the places of those that match the same.
func (b *best) take(sc *search.SearchContext) *search.DocumentMatch {
	out := -1
	for i, m := range b.at {
		if m != nil && (out < 0 || m.IndexInternalID.Compare(b.at[out].IndexInternalID) < 0) {
			out = i
		}
	}
	if out < 0 {
		return nil
	}
	m := b.at[out]
	b.at[out] = nil
	for i := out + 1; i < len(b.at); i++ {
		o := b.at[i]
		if o == nil || !o.IndexInternalID.Equals(m.IndexInternalID) {
			continue
		}
		m.Score = max(m.Score, o.Score)
		m.FieldTermLocations = search.MergeFieldTermLocations(m.FieldTermLocations, []*search.DocumentMatch{o})
		sc.DocumentMatchPool.Put(o)
		b.at[i] = nil
	}
	return m
}

// Close implements search.Searcher.
func (b *best) Close() error { return closeAll(nil, b.kids) }

// Weight implements search.Searcher: that of the first, which is the word as it was typed.
func (b *best) Weight() float64 { return b.kids[0].Weight() }

// SetQueryNorm implements search.Searcher.
func (b *best) SetQueryNorm(norm float64) {
	for _, kid := range b.kids {
		kid.SetQueryNorm(norm)
	}
}

// Count implements search.Searcher.
func (b *best) Count() (n uint64) {
	for _, kid := range b.kids {
		n += kid.Count()
	}
	return n
}

// Min implements search.Searcher.
func (b *best) Min() int { return 0 }

// Size implements search.Searcher.
func (b *best) Size() (n int) {
	for _, kid := range b.kids {
		n += kid.Size()
	}
	return n
}

// DocumentMatchPoolSize implements search.Searcher.
func (b *best) DocumentMatchPoolSize() int {
	n := len(b.kids)
	for _, kid := range b.kids {
		n += kid.DocumentMatchPoolSize()
	}
	return n
}

// except matches what a searcher matches and another one doesn't. It is a part of what the user asks for;
// rights are never put this way.
type except struct {
	search.Searcher
	minus search.Searcher
	at    *search.DocumentMatch
	done  bool
}

// Next implements search.Searcher.
func (e *except) Next(sc *search.SearchContext) (*search.DocumentMatch, error) {
	m, err := e.Searcher.Next(sc)
	return e.firstOf(sc, m, err)
}

// Advance implements search.Searcher.
func (e *except) Advance(sc *search.SearchContext, id bleve.IndexInternalID) (*search.DocumentMatch, error) {
	m, err := e.Searcher.Advance(sc, id)
	return e.firstOf(sc, m, err)
}

func (e *except) firstOf(sc *search.SearchContext, m *search.DocumentMatch, err error) (*search.DocumentMatch, error) {
	for err == nil && m != nil {
		if !e.done && (e.at == nil || e.at.IndexInternalID.Compare(m.IndexInternalID) < 0) {
			sc.DocumentMatchPool.Put(e.at)
			if e.at, err = e.minus.Advance(sc, m.IndexInternalID); err != nil {
				return nil, err
			}
			e.done = e.at == nil
		}
		if e.done || !e.at.IndexInternalID.Equals(m.IndexInternalID) {
			return m, nil
		}
		sc.DocumentMatchPool.Put(m)
		m, err = e.Searcher.Next(sc)
	}
	return m, err
}

// Close implements search.Searcher.
func (e *except) Close() error { return closeAll(nil, []search.Searcher{e.Searcher, e.minus}) }

// DocumentMatchPoolSize implements search.Searcher.
func (e *except) DocumentMatchPoolSize() int {
	return e.Searcher.DocumentMatchPoolSize() + e.minus.DocumentMatchPoolSize() + 1
}
