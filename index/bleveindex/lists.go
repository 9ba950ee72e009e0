package bleveindex

import (
	"context"
	"slices"

	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/searcher"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/archive"
	"eakte/index"
)

// lists makes searchers that only tell which entries match, without scores: bitmaps at heart.
// Everything in it is positive. A nil searcher matches nothing, and anything joined with it
// matches nothing.
type lists struct {
	ctx    context.Context
	reader bleve.IndexReader
}

func unscored() search.SearcherOptions { return search.SearcherOptions{Score: "none"} }

// term matches entries that have the value in the field; nil for the empty value.
func (l lists) term(field, value string) (search.Searcher, error) {
	if value == "" {
		return nil, nil
	}
	return searcher.NewTermSearcher(l.ctx, l.reader, value, field, 1, unscored())
}

// anyTerm matches entries that have one of the values in the field; nil for no values.
func (l lists) anyTerm(field string, values []string) (search.Searcher, error) {
	var ss []search.Searcher
	for _, v := range values {
		s, err := l.term(field, v)
		if err != nil {
			return nil, closeAll(err, ss)
		}
		if s != nil {
			ss = append(ss, s)
		}
	}
	return l.any(ss)
}

// any matches what one of the searchers matches, nil ones left aside; nil for none.
func (l lists) any(ss []search.Searcher) (search.Searcher, error) {
	ss = slices.DeleteFunc(ss, func(s search.Searcher) bool { return s == nil })
	switch len(ss) {
	case 0:
		return nil, nil
	case 1:
		return ss[0], nil
	}
	s, err := searcher.NewDisjunctionSearcher(l.ctx, l.reader, ss, 1, unscored())
	if err != nil {
		return nil, closeAll(err, ss)
	}
	return s, nil
}

// all matches what every one of the searchers matches. If one is nil, or there is none, it is nil.
func (l lists) all(ss []search.Searcher) (search.Searcher, error) {
	if len(ss) == 0 || slices.Contains(ss, nil) {
		return nil, closeAll(nil, ss)
	}
	if len(ss) == 1 {
		return ss[0], nil
	}
	s, err := searcher.NewConjunctionSearcher(l.ctx, l.reader, ss, unscored())
	if err != nil {
		return nil, closeAll(err, ss)
	}
	return s, nil
}

// narrow reports whether a query is about the documents of an Akte or of persons, or about some named.
func narrow(q index.Query) bool {
	return q.Akte != "" || q.Person != "" || q.Persons != nil || q.Documents != nil
}

// documents matches what a query is narrowed to, its text aside.
func (l lists) documents(q index.Query) (search.Searcher, error) {
	var ss []search.Searcher
	for _, f := range []struct{ field, value string }{{fieldAkte, string(q.Akte)}, {fieldPerson, string(q.Person)}} {
		if f.value == "" {
			continue
		}
		s, err := l.term(f.field, f.value)
		if err != nil {
			return nil, closeAll(err, ss)
		}
		ss = append(ss, s)
	}
	if q.Persons != nil {
		var ids []string
		for _, id := range q.Persons {
			ids = append(ids, string(id))
		}
		s, err := l.anyTerm(fieldPerson, ids)
		if err != nil {
			return nil, closeAll(err, ss)
		}
		ss = append(ss, s)
	}
	if q.Documents != nil {
		s, err := l.named(q.Documents)
		if err != nil {
			return nil, closeAll(err, ss)
		}
		ss = append(ss, s)
	}
	return l.all(ss)
}

// named matches the documents of these ids; nil for none.
func (l lists) named(documents []archive.DocumentID) (search.Searcher, error) {
	if len(documents) == 0 {
		return nil, nil
	}
	keys := make([]string, len(documents))
	for i, id := range documents {
		keys[i] = kindDocument + string(id)
	}
	return searcher.NewDocIDSearcher(l.ctx, l.reader, keys, 1, unscored())
}

// personRights matches the persons that rights open; nil if they open none.
func (l lists) personRights(r index.Rights) (search.Searcher, error) {
	everywhere, err := l.anyTerm(fieldPersonRights, r.Tokens)
	if err != nil {
		return nil, err
	}
	var pairs []string
	for akte, tokens := range r.Within {
		for _, t := range tokens {
			if t != "" {
				pairs = append(pairs, pair(akte, t))
			}
		}
	}
	within, err := l.anyTerm(fieldPersonWithin, pairs)
	if err != nil {
		return nil, closeAll(err, []search.Searcher{everywhere})
	}
	return l.any([]search.Searcher{everywhere, within})
}

// closeAll closes searchers that aren't needed after all and returns err, or what closing says.
func closeAll(err error, ss []search.Searcher) error {
	for _, s := range ss {
		if s == nil {
			continue
		}
		if cerr := s.Close(); err == nil {
			err = cerr
		}
	}
	return err
}
