package bleveindex

import (
	"errors"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/searcher"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/index/query"
)

// scan is a word of which many terms may be meant: a pattern with stars, or one with letters wrong.
type scan struct {
	// parts are what stands between the stars of a pattern; nil for a word with letters wrong.
	parts []string
	// ending is the last of parts without a German ending; open says that it is nothing but one, which terms lost.
	ending string
	open   bool
	// term is the word without stars, as analysed; distance is how many letters of it may be wrong.
	term     string
	distance int
}

func (a analyzers) scan(n query.Node) *scan {
	s := &scan{distance: n.Distance}
	if ws := words(a.askHead, strings.ReplaceAll(n.Text, "*", "")); len(ws) > 0 {
		s.term = ws[0].term
	}
	if n.Kind == query.Fuzzy {
		if utf8.RuneCountInString(s.term) < 6 {
			s.distance = 1 // the ending is off already
		}
		return s
	}
	for part := range strings.SplitSeq(n.Text, "*") {
		s.parts = append(s.parts, string(normal(fold([]byte(part)))))
	}
	if last := s.parts[len(s.parts)-1]; last != "" {
		rest, kept := strings.CutPrefix(string(stemmed([]byte(s.parts[0]+last))), s.parts[0])
		s.ending, s.open = rest, kept && rest == ""
	}
	return s
}

// prefix is what all terms meant begin with: a misspelt word keeps its first letter.
func (s *scan) prefix() string {
	if s.parts != nil {
		return s.parts[0]
	}
	_, size := utf8.DecodeRuneInString(s.term)
	return s.term[:size]
}

// matches reports whether a term is meant.
func (s *scan) matches(term string) bool {
	switch {
	case term == s.term:
		return true
	case !strings.HasPrefix(term, s.prefix()):
		return false
	case s.parts == nil:
		return within(s.term, term, s.distance)
	}
	rest := term[len(s.parts[0]):]
	last := len(s.parts) - 1
	for _, part := range s.parts[1:last] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return s.open || strings.HasSuffix(rest, s.parts[last]) || s.ending != "" && strings.HasSuffix(rest, s.ending)
}

// within reports whether at most so many letters have to be put in, left out or changed.
func within(a, b string, most int) bool {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > most || len(y)-len(x) > most {
		return false
	}
	row := make([]int, len(y)+1)
	for k := range row {
		row[k] = k
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for k := range y {
			cost := diagonal
			if x[i] != y[k] {
				cost = 1 + min(diagonal, row[k], row[k+1])
			}
			diagonal, row[k+1] = row[k+1], cost
		}
	}
	return row[len(y)] <= most
}

// scan matches documents that have a term meant. Which terms there are depends on documents that the reader
// may not see, too: so how many match never limits what is found, and no score or order is made from them.
func (m matcher) scan(s *scan, field string, boost float64) (search.Searcher, error) {
	terms, err := m.terms(s, field)
	if err != nil {
		return nil, err
	}
	options := m.options
	if !options.IncludeTermVectors {
		options = unscored()
	}
	found, err := searcher.NewMultiTermSearcherBytes(m.ctx, m.reader.IndexReader, terms, field, 1, options, false)
	if err != nil {
		return nil, err
	}
	count := m.reader.freq.of([]byte(s.prefix()))
	idf := 1 + math.Log(float64(collection)/float64(count+1))
	return &steady{Searcher: found, weight: boost * idf, idf: idf, norm: 1, count: count}, nil
}

// dictionary lists terms of a field that may be meant. A misspelt word is looked for by an automaton, which
// leaves out whole branches of what begins with its first letter.
func (m matcher) dictionary(s *scan, field string) (bleve.FieldDict, error) {
	if r, ok := m.reader.IndexReader.(bleve.IndexReaderFuzzy); ok && s.parts == nil && s.distance <= searcher.MaxFuzziness {
		return r.FieldDictFuzzy(field, s.term, s.distance, s.prefix())
	}
	return m.reader.FieldDictPrefix(field, []byte(s.prefix()))
}

// terms lists the terms of a field that are meant.
func (m matcher) terms(s *scan, field string) (out [][]byte, err error) {
	dict, err := m.dictionary(s, field)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, dict.Close()) }()
	plain := false
	for n := 0; ; n++ {
		if n%checkEvery == 0 && m.ctx.Err() != nil {
			return nil, m.ctx.Err()
		}
		e, err := dict.Next()
		if err != nil {
			return nil, err
		}
		if e == nil {
			break
		}
		if s.matches(e.Term) {
			plain = plain || e.Term == s.term
			out = append(out, []byte(e.Term))
		}
	}
	if !plain && s.term != "" {
		out = append(out, []byte(s.term))
	}
	return out, nil
}

// steady gives all that a searcher matches the same score, whatever it counted.
type steady struct {
	search.Searcher
	weight, idf, norm float64
	count             uint64
}

// steadyNorm stands for the length of a text in the score of a pattern: that of a text of some fifty words.
const steadyNorm = 0.15

// Next implements search.Searcher.
func (s *steady) Next(sc *search.SearchContext) (*search.DocumentMatch, error) {
	return s.scored(s.Searcher.Next(sc))
}

// Advance implements search.Searcher.
func (s *steady) Advance(sc *search.SearchContext, id bleve.IndexInternalID) (*search.DocumentMatch, error) {
	return s.scored(s.Searcher.Advance(sc, id))
}

func (s *steady) scored(m *search.DocumentMatch, err error) (*search.DocumentMatch, error) {
	if err == nil && m != nil {
		m.Score = s.weight * s.norm * s.idf * steadyNorm
	}
	return m, err
}

// Weight implements search.Searcher.
func (s *steady) Weight() float64 { return s.weight * s.weight }

// SetQueryNorm implements search.Searcher. What is inside keeps its own, which counts for nothing.
func (s *steady) SetQueryNorm(norm float64) { s.norm = norm }

// Count implements search.Searcher.
func (s *steady) Count() uint64 { return s.count }
