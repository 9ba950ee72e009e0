package bleveindex

import (
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"

	"eakte/index/query"
)

// ask is a query text after analysis.
type ask struct {
	// root is nil where nothing is looked for.
	root *wish
	// clauses are what root looks for, exclusions aside: what can be marked.
	clauses []clause
	// whole is the text as a number, for numbers typed with blanks.
	whole string
	// headOnly: all words are stop words, so only titles and senders can tell.
	headOnly bool
	// ignored are the words left out beside others, as typed.
	ignored []string
	// blank: nothing was typed. A text of mere punctuation isn't blank, and finds nothing.
	blank bool
}

// wish is a node of a query: a clause, or kids.
type wish struct {
	kind   query.Kind // All, Any, Not, or anything else for a clause
	clause clause
	kids   []wish
}

// clause is a word, phrase, number or pattern after analysis.
type clause struct {
	page, head run
	number     string
	scan       *scan
	same       []clause // other words for it
}

// empty reports whether there is nothing to look for; common, that only stop words are.
func (c clause) empty() bool {
	return len(c.page.slots) == 0 && len(c.head.slots) == 0 && c.number == "" && c.scan == nil
}

func (c clause) common() bool {
	return len(c.page.slots) == 0 && c.number == "" && c.scan == nil && len(c.head.slots) > 0
}

func (a analyzers) ask(text string) ask {
	typed := query.Parse(text)
	typed.Widen(a.synonyms)
	q := ask{blank: typed.Blank()}
	if q.blank {
		return q
	}
	if typed.Plain() && len(typed.Root.Kids) > 1 {
		q.whole = number(text)
	}
	var common []wish
	root, ok := a.wish(*typed.Root, &q, &common)
	switch {
	case ok:
		q.root = &root
	case len(common) > 0:
		q.root, q.ignored, q.headOnly = &wish{kind: query.All, kids: common}, nil, true
	}
	if q.root != nil {
		q.clauses = q.root.clauses(nil)
	}
	return q
}

// wish analyses a node. It is false for what has nothing to look for; stop words go to common.
func (a analyzers) wish(n query.Node, q *ask, common *[]wish) (wish, bool) {
	switch n.Kind {
	case query.All, query.Any:
		w := wish{kind: n.Kind}
		for _, kid := range n.Kids {
			if k, ok := a.wish(kid, q, common); ok {
				w.kids = append(w.kids, k)
			}
		}
		return w, len(w.kids) > 0
	case query.Not:
		var dropped []wish
		inner := ask{}
		kid, ok := a.wish(n.Kids[0], &inner, &dropped)
		q.ignored = append(q.ignored, inner.ignored...)
		return wish{kind: query.Not, kids: []wish{kid}}, ok
	}
	c := a.clause(n)
	switch {
	case c.empty():
		return wish{}, false
	case c.common(): // would match nearly every page
		*common = append(*common, wish{kind: query.Word, clause: c})
		q.ignored = append(q.ignored, n.Text)
		return wish{}, false
	}
	return wish{kind: query.Word, clause: c}, true
}

// clauses are the clauses below a node that isn't excluded, with other words for them.
func (w wish) clauses(out []clause) []clause {
	switch w.kind {
	case query.Not:
		return out
	case query.All, query.Any:
		for _, k := range w.kids {
			out = k.clauses(out)
		}
		return out
	}
	return append(append(out, w.clause), w.clause.same...)
}

func (a analyzers) clause(n query.Node) clause {
	switch n.Kind {
	case query.Number:
		return clause{number: number(n.Text)}
	case query.Pattern, query.Fuzzy:
		return clause{scan: a.scan(n)}
	}
	c := clause{page: a.run(a.askPage, n, true), head: a.run(a.askHead, n, false)}
	if n.Kind != query.Near {
		c.number = number(n.Text)
	}
	if whole := strings.ReplaceAll(n.Text, "-", ""); n.Kind == query.Word && whole != n.Text && !strings.ContainsFunc(whole, notLetter) {
		// at the end of a line its hyphen may be taken for one that tears it apart
		c.same = append(c.same, a.clause(query.Node{Kind: query.Phrase, Text: whole}))
	}
	for _, other := range n.Also {
		c.same = append(c.same, a.clause(query.Node{Kind: query.Phrase, Text: other}))
	}
	return c
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }

// run analyses the words of a node. Single words may be misread in the text.
func (a analyzers) run(by analysis.Analyzer, n query.Node, english bool) run {
	r := run{near: n.Distance}
	for _, w := range words(by, n.Text) {
		s := slot{pos: w.pos, terms: []string{w.term}}
		typed := strings.ToLower(n.Text[w.start:w.end])
		if english {
			if term := englishTerm([]byte(typed)); term != nil {
				s.terms = append(s.terms, string(term))
			}
		}
		r.slots = append(r.slots, s)
	}
	if n.Kind != query.Word || len(r.slots) != 1 {
		return r
	}
	for _, misread := range misreadings(strings.ToLower(n.Text)) {
		for _, w := range words(by, misread) {
			if s := &r.slots[0]; !slices.Contains(s.terms, w.term) && !slices.Contains(s.loose, w.term) {
				s.loose = append(s.loose, w.term)
			}
		}
	}
	return r
}

// mostMisreadings is how many misreadings of a word are looked for, leastMisread how long it is at least.
const (
	mostMisreadings = 4
	leastMisread    = 4
)

// misreadings are a word as recognition may have read it, one mistake in each.
func misreadings(word string) (out []string) {
	if len(word) < leastMisread {
		return nil
	}
	for _, p := range [...][2]string{{"rn", "m"}, {"m", "rn"}, {"ü", "ii"}, {"ß", "b"}, {"cl", "d"}, {"vv", "w"}} {
		for at := 0; len(out) < mostMisreadings; {
			i := strings.Index(word[at:], p[0])
			if i < 0 {
				break
			}
			at += i
			out = append(out, word[:at]+p[1]+word[at+len(p[0]):])
			at += len(p[0])
		}
	}
	return out
}
