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
	a, err := x.analyzers.ask(query)
	if err != nil {
		return nil, err
	}
	return textMatcher{x.analyzers, a}, nil
}

// Page implements [index.Matcher].
func (m textMatcher) Page(text string) []index.Match {
	if m.ask.headOnly {
		return nil
	}
	return m.find(m.analyzers.page, text, func(c clause) []word { return c.page })
}

// Head implements [index.Matcher].
func (m textMatcher) Head(text string) []index.Match {
	return m.find(m.analyzers.head, text, func(c clause) []word { return c.head })
}

func (m textMatcher) find(a analysis.Analyzer, text string, run func(clause) []word) []index.Match {
	if len(m.ask.clauses) == 0 {
		return nil
	}
	places := make(map[string][]word)
	at := make(map[int]word)
	for _, w := range words(a, text) {
		places[w.term] = append(places[w.term], w)
		at[w.pos] = w
	}
	var out []index.Match
	for _, c := range m.ask.clauses {
		out = append(out, runMatches(run(c), places, at)...)
	}
	// Of those that begin at the same word the longest stays.
	slices.SortFunc(out, func(a, b index.Match) int {
		return cmp.Or(cmp.Compare(a[0].Start, b[0].Start), cmp.Compare(len(b), len(a)))
	})
	return slices.CompactFunc(out, func(a, b index.Match) bool { return a[0] == b[0] })
}

// runMatches returns the words of a run wherever all of it stands at its distances.
func runMatches(run []word, places map[string][]word, at map[int]word) (out []index.Match) {
	if len(run) == 0 {
		return nil
	}
	for _, start := range places[run[0].term] {
		here := make(index.Match, 0, len(run))
		for _, w := range run {
			found, ok := at[start.pos+w.pos-run[0].pos]
			if !ok || found.term != w.term {
				break
			}
			here = append(here, index.Span{Start: found.start, End: found.end})
		}
		if len(here) == len(run) {
			out = append(out, here)
		}
	}
	return out
}
