package bleveindex

import (
	"cmp"
	"slices"

	"github.com/blevesearch/bleve/v2/analysis"

	"eakte/index"
)

// Marks implements [index.Engine]. Spans are bytes of the text as given, whatever its Unicode form.
// Of a phrase, only places where all of it stands are marked.
func (x *Index) Marks(text, query string) ([]index.Span, error) {
	a, err := x.analyzers.ask(query)
	if err != nil || len(a.clauses) == 0 {
		return nil, err
	}
	var analyzer analysis.Analyzer = x.analyzers.page
	if a.headOnly {
		analyzer = x.analyzers.head
	}
	places := make(map[string][]word)
	at := make(map[int]word)
	for _, w := range words(analyzer, text) {
		places[w.term] = append(places[w.term], w)
		at[w.pos] = w
	}
	var spans []index.Span
	for _, c := range a.clauses {
		run := c.page
		if a.headOnly {
			run = c.head
		}
		spans = append(spans, runSpans(run, places, at)...)
	}
	slices.SortFunc(spans, func(a, b index.Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	return slices.Compact(spans), nil
}

// runSpans returns the words of a run wherever all of it stands at its distances.
func runSpans(run []word, places map[string][]word, at map[int]word) (spans []index.Span) {
	if len(run) == 0 {
		return nil
	}
	for _, start := range places[run[0].term] {
		here := make([]index.Span, 0, len(run))
		for _, w := range run {
			found, ok := at[start.pos+w.pos-run[0].pos]
			if !ok || found.term != w.term {
				break
			}
			here = append(here, index.Span{Start: found.start, End: found.end})
		}
		if len(here) == len(run) {
			spans = append(spans, here...)
		}
	}
	return spans
}
