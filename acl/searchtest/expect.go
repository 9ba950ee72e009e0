package searchtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/index"
)

// question is a search as it is meant, and as it is put.
type question struct {
	kids []asked
	// Conditions and filters; both hold.
	typed   conditions
	chosen  conditions
	akte    *akte
	person  *person
	persons []*person // of a condition in the text
	named   bool      // there is one
	sort    string
	limit   int
	text    string
	// raw is a text that isn't made of kids: the number of an Akte with blanks, or a name.
	raw string
}

// conditions narrow to values; from and to are days.
type conditions struct {
	types, registers, departments, classes []string
	from, to                               string
}

// facetNames and what a paper counts for.
var facetNames = []string{"type", "register", "department", "classification", "year"}

func (p *paperwork) facet(name string) string {
	switch name {
	case "type":
		return p.kind
	case "register":
		return p.register
	case "department":
		return p.department
	case "classification":
		return p.class
	}
	if p.date == "" {
		return ""
	}
	return p.date[:4]
}

// meets says whether a paper has one of the values asked for.
func (c conditions) meets(p *paperwork, facet string) bool {
	if facet == "year" {
		return (c.from == "" || p.date >= c.from) && (c.to == "" || p.date != "" && p.date <= c.to)
	}
	want := c.of(facet)
	return len(want) == 0 || slices.Contains(want, p.facet(facet))
}

func (c conditions) of(facet string) []string {
	switch facet {
	case "type":
		return c.types
	case "register":
		return c.registers
	case "department":
		return c.departments
	case "classification":
		return c.classes
	}
	return nil
}

// meets joins filters and conditions in the text.
func (q question) meets(p *paperwork, facet string) bool {
	return q.chosen.meets(p, facet) && q.typed.meets(p, facet)
}

// answer is what is to be told.
type answer struct {
	docs       []*document // in the order of their dates and IDs, where that is the order
	total      int
	facets     map[string][]index.Count
	timeline   []index.Count
	incomplete bool
	plain      plain
}

// sees says whether somebody finds a paper now: she may read it, and what the index has of it is so still.
func (w *world) sees(who *reader, d *document) bool {
	return d.indexed != nil && !w.dirtyDocs[d] && !w.dirtyAkten[d.indexed.akte] && w.reads(who, d)
}

// expect works out the answer by leafing through all papers.
func (w *world) expect(who *reader, q question) answer {
	a := answer{plain: leaving(q.kids), facets: map[string][]index.Count{}}
	counts := map[string]map[string]int{}
	for _, f := range facetNames {
		counts[f] = map[string]int{}
	}
	for _, d := range w.papers {
		if !w.sees(who, d) || !q.about(d.indexed) || !q.says(a.plain, d.indexed) {
			continue
		}
		missed := slices.DeleteFunc(slices.Clone(facetNames), func(f string) bool { return q.meets(d.indexed, f) })
		for _, f := range facetNames {
			if len(missed) == 0 || len(missed) == 1 && missed[0] == f {
				counts[f][d.indexed.facet(f)]++
			}
		}
		if len(missed) == 0 {
			a.docs = append(a.docs, d)
		}
	}
	a.total = len(a.docs)
	for _, f := range facetNames {
		a.facets[f] = listed(counts[f], q.picked(f))
	}
	q.order(a.docs)
	a.timeline = q.timeline(a.docs)
	a.incomplete = w.misses(who)
	return a
}

// about says whether a paper is of the Akte and person asked for.
func (q question) about(p *paperwork) bool {
	return (q.akte == nil || p.akte == q.akte) && (q.person == nil || p.akte.person == q.person) &&
		(!q.named || slices.Contains(q.persons, p.akte.person))
}

// says compares the words.
func (q question) says(a plain, p *paperwork) bool {
	if q.raw != "" { // found in no text
		return digits(q.raw) != "" && digits(q.raw) == digits(p.akte.Number)
	}
	return a.fits(p.paper())
}

func (p *paperwork) paper() paper {
	out := paper{number: p.akte.Number, heads: [][]spot{p.title.head(), p.sender.head()}}
	for _, t := range p.pages {
		out.pages = append(out.pages, t.page())
	}
	return out
}

// picked are the values that are asked for by both, in no order.
func (q question) picked(facet string) []string {
	a, b := q.chosen.of(facet), q.typed.of(facet)
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	return slices.DeleteFunc(slices.Clone(a), func(v string) bool { return !slices.Contains(b, v) })
}

// listed are counts, the most frequent first; what is picked stands there without any, too.
func listed(counts map[string]int, picked []string) []index.Count {
	out := []index.Count{}
	for key, n := range counts {
		if key != "" {
			out = append(out, index.Count{Key: key, Count: n})
		}
	}
	for _, key := range picked {
		if counts[key] == 0 && !slices.Contains(out, index.Count{Key: key}) {
			out = append(out, index.Count{Key: key})
		}
	}
	slices.SortFunc(out, func(a, b index.Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Key, b.Key))
	})
	return out
}

// byDate says whether hits stand in the order of their dates.
func (q question) byDate() bool {
	return q.sort == "date" || q.sort == "-date" || len(q.kids) == 0 && q.raw == ""
}

func (q question) order(docs []*document) {
	slices.SortFunc(docs, func(a, b *document) int { return q.compare(a.indexed.date, a.id, b.indexed.date, b.id) })
}

// compare puts the newest first, or the oldest; what has no date comes last.
func (q question) compare(a string, aID archive.DocumentID, b string, bID archive.DocumentID) int {
	turn := 1
	if q.sort != "-date" {
		turn = -1
	}
	switch {
	case a == b:
		return cmp.Compare(aID, bID)
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return turn * cmp.Compare(a, b)
}

// timeline counts by months, or by years where there are more than two of them.
func (q question) timeline(docs []*document) []index.Count {
	months, years := map[string]int{}, map[string]int{}
	first, last := "", ""
	for _, d := range docs {
		if date := d.indexed.date; date != "" {
			months[date[:7]]++
			years[date[:4]]++
			if first == "" || date < first {
				first = date
			}
			last = max(last, date)
		}
	}
	if from := max(q.chosen.from, q.typed.from); from != "" {
		first = from
	}
	if to := min(cmp.Or(q.chosen.to, q.typed.to), cmp.Or(q.typed.to, q.chosen.to)); to != "" {
		last = to
	}
	counts := years
	if span(first, last) <= index.MonthsShown {
		counts = months
	}
	var out []index.Count
	for key, n := range counts {
		out = append(out, index.Count{Key: key, Count: n})
	}
	slices.SortFunc(out, func(a, b index.Count) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// span is how many months there are from a day to another, both included.
func span(first, last string) int {
	if first == "" || last == "" {
		return 1
	}
	var y1, m1, y2, m2 int
	fmt.Sscanf(first, "%d-%d", &y1, &m1)
	fmt.Sscanf(last, "%d-%d", &y2, &m2)
	return (y2-y1)*12 + m2 - m1 + 1
}

// misses says whether anything that somebody may know of is being indexed anew.
func (w *world) misses(who *reader) bool {
	for a := range w.dirtyAkten {
		if w.seesHead(who, a) {
			return true
		}
	}
	for d := range w.dirtyDocs {
		if w.reads(who, d) {
			return true
		}
	}
	return false
}

// matches are the pages of a paper on which something is found, from 1, and how often.
func (a answer) matches(p *paperwork) (pages, counts []int) {
	pages, counts = []int{}, []int{}
	if a.plain.blank {
		return pages, counts
	}
	for i, line := range p.paper().pages {
		if n := len(starts(a.plain.marks(line, false))); n > 0 {
			pages, counts = append(pages, i+1), append(counts, n)
		}
	}
	return pages, counts
}

// covered are the words of a line, by number, in all matches.
func (a answer) covered(line []spot, head bool) map[int]bool {
	out := map[int]bool{}
	for _, m := range a.plain.marks(line, head) {
		for _, at := range m {
			for _, word := range line[at].words {
				out[word] = true
			}
		}
	}
	return out
}
