package bleveindex

import (
	"context"

	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/searcher"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/index"
)

// How much more a word counts outside page texts.
const (
	headBoost   = 2
	numberBoost = 4
)

// clause is a clause of the query text after analysis.
type clause struct {
	page, head []word
	number     string
}

// ask is a query text after analysis.
type ask struct {
	clauses []clause
	// whole is the text as a number, for numbers typed with blanks.
	whole string
	// headOnly: all words are stop words, so only titles and senders can tell.
	headOnly bool
	// ignored are the clauses left out beside others, as typed.
	ignored []string
	// blank: nothing was typed. A text of mere punctuation isn't blank, and finds nothing.
	blank bool
}

func (a analyzers) ask(text string) (ask, error) {
	typed, err := index.ParseText(text)
	if err != nil {
		return ask{}, err
	}
	q := ask{whole: number(text), blank: len(typed) == 0}
	var common []clause
	for _, t := range typed {
		c := clause{page: words(a.page, t.Text), head: words(a.head, t.Text), number: number(t.Text)}
		switch {
		case len(c.page) > 0 || c.number != "":
			q.clauses = append(q.clauses, c)
		case len(c.head) > 0: // stop words would match nearly every page
			common = append(common, c)
			q.ignored = append(q.ignored, t.Text)
		}
	}
	if len(q.clauses) == 0 && len(common) > 0 {
		q.clauses, q.ignored, q.headOnly = common, nil, true
	}
	return q, nil
}

// matcher makes searchers that score, on fixed term statistics.
type matcher struct {
	ctx     context.Context
	reader  fixedReader
	options search.SearcherOptions
}

func newMatcher(ctx context.Context, r bleve.IndexReader, f frequencies, locate bool) matcher {
	return matcher{ctx, fixedReader{r, f}, search.SearcherOptions{IncludeTermVectors: locate}}
}

// text matches documents that meet all clauses, or carry the whole text as their number; nil for
// none.
func (m matcher) text(q ask) (search.Searcher, error) {
	var must []search.Searcher
	for _, c := range q.clauses {
		s, err := m.clause(c, q.headOnly)
		if err != nil {
			return nil, closeAll(err, must)
		}
		must = append(must, s)
	}
	all, err := m.all(must)
	if err != nil || q.whole == "" || len(q.clauses) < 2 {
		return all, err
	}
	whole, err := m.term(q.whole, fieldNumber, numberBoost)
	if err != nil {
		return nil, closeAll(err, []search.Searcher{all})
	}
	return m.any([]search.Searcher{all, whole})
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
		if err := add(m.run(c.page, fieldPage, 1)); err != nil {
			return nil, err
		}
	}
	if err := add(m.run(c.head, fieldHead, headBoost)); err != nil {
		return nil, closeAll(err, ss)
	}
	if c.number != "" {
		if err := add(m.term(c.number, fieldNumber, numberBoost)); err != nil {
			return nil, closeAll(err, ss)
		}
	}
	return m.any(ss)
}

// run matches a word, or words at their distances; nil for none.
func (m matcher) run(ws []word, field string, boost float64) (search.Searcher, error) {
	switch len(ws) {
	case 0:
		return nil, nil
	case 1:
		return m.term(ws[0].term, field, boost)
	}
	return m.phrase(ws, field, boost)
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
