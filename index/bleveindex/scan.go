package bleveindex

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/searcher"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/index"
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

// mostTerms is how many words that the reader can see a pattern may mean; see [Config.PatternWords].
const mostTerms = 20_000

// scan matches documents that have a term meant. Which terms there are depends on documents that the reader
// may not see, too: so how many match never limits what is found, no score or order is made from them, and
// only terms that stand in what she may see make a pattern too broad.
func (m matcher) scan(s *scan, field string, boost float64) (search.Searcher, error) {
	found, err := m.union(s, field)
	if err != nil {
		return nil, err
	}
	if m.among != nil {
		return m.located(found.terms, field)
	}
	count := m.reader.freq.of([]byte(s.prefix()))
	idf := idfOf(count)
	found.union.weight, found.union.idf, found.union.count = boost*idf, idf, count
	return found.union, nil
}

// scanned is what the terms meant lead to, and what of it was looked at so far.
type scanned struct {
	matcher
	union *union
	// terms are those that stand in one of the entries whose places are asked for.
	terms map[string]bool
	// seen are those that the reader can see, most is how many they may be; 0: any number.
	seen map[string]bool
	most int
	// segment and term are what is being looked at, settled says that it is known whether the term stands there.
	segment int
	term    string
	settled bool
}

// union walks the terms meant.
func (m matcher) union(s *scan, field string) (out *scanned, err error) {
	all, err := openTerms(m.ctx, m.reader.IndexReader, field)
	if err != nil {
		return nil, err
	}
	out = &scanned{matcher: m, union: newUnion(all), terms: map[string]bool{}, seen: map[string]bool{}}
	plain := [][]byte{[]byte(s.term)}
	switch {
	case s.parts == nil:
		if plain, err = m.listed(s, field); err != nil {
			return nil, err
		}
	case m.gate != nil:
		out.most = m.gate.words
	}
	for i, d := range all.dict {
		out.segment = i
		for _, t := range plain {
			if out.begin(string(t)); len(t) == 0 {
				continue
			}
			if err := all.entries(d, string(t), out.add); err != nil {
				return nil, err
			}
		}
		if s.parts == nil {
			continue
		}
		if err := all.each(d, s.prefix(), func(t string) bool { out.begin(t); return s.matches(t) }, out.add); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (w *scanned) begin(term string) { w.term, w.settled = term, w.seen[term] }

// add takes an entry in that has the term.
func (w *scanned) add(num uint64) (err error) {
	w.union.add(w.segment, num)
	if w.settled {
		return nil
	}
	if w.gate == nil {
		if _, w.settled = slices.BinarySearch(w.among, num); w.settled {
			w.terms[w.term] = true
		}
		return nil
	}
	if w.settled, err = w.gate.opens(num); err != nil || !w.settled {
		return err
	}
	if w.seen[w.term] = true; w.most > 0 && len(w.seen) > w.most {
		return &index.QueryError{Code: index.TooBroad}
	}
	return nil
}

// located matches the entries that have one of a few terms, with the places where they stand; nil for none.
func (m matcher) located(terms map[string]bool, field string) (search.Searcher, error) {
	if len(terms) == 0 {
		return nil, nil
	}
	list := make([][]byte, 0, len(terms))
	for _, t := range slices.Sorted(maps.Keys(terms)) {
		list = append(list, []byte(t))
	}
	return searcher.NewMultiTermSearcherBytes(m.ctx, m.reader.IndexReader, list, field, 1, m.options, false)
}

// dictionary lists terms of a field that may be meant. A misspelt word is looked for by an automaton, which
// leaves out whole branches of what begins with its first letter.
func (m matcher) dictionary(s *scan, field string) (bleve.FieldDict, error) {
	if r, ok := m.reader.IndexReader.(bleve.IndexReaderFuzzy); ok && s.distance <= searcher.MaxFuzziness {
		return r.FieldDictFuzzy(field, s.term, s.distance, s.prefix())
	}
	return m.reader.FieldDictPrefix(field, []byte(s.prefix()))
}

// listed lists the terms of a field that a misspelt word means.
func (m matcher) listed(s *scan, field string) (out [][]byte, err error) {
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

// steadyNorm stands for the length of a text in the score of a pattern: that of a text of some fifty words.
const steadyNorm = 0.15
