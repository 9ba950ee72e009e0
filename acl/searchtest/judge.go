package searchtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// judge compares what is told beside the hits.
func (w *world) judge(who *reader, q question, want answer, got acl.Found) {
	if got.Total != want.total {
		w.t.Errorf("total %d, want %d: %v", got.Total, want.total, ids(want.docs))
	}
	if d := cmp.Diff(want.facets, got.Facets, cmpopts.EquateEmpty()); d != "" {
		w.t.Errorf("facets -want +got\n%s", d)
	}
	if d := cmp.Diff(want.timeline, got.Timeline, cmpopts.EquateEmpty()); d != "" {
		w.t.Errorf("timeline -want +got\n%s", d)
	}
	if got.Incomplete != want.incomplete {
		w.t.Errorf("incomplete %v, want %v", got.Incomplete, want.incomplete)
	}
	if q.raw == "" && (!slices.Equal(got.Ignored, want.plain.ignored) || got.HeadOnly != want.plain.headOnly || got.Meaningless) {
		w.t.Errorf("ignored %q, want %q; heads only %v, want %v; meaningless %v", got.Ignored, want.plain.ignored, got.HeadOnly, want.plain.headOnly, got.Meaningless)
	}
	if len(got.Query.Mistakes) > 0 {
		w.t.Errorf("mistakes in %q: %v", q.text, got.Query.Mistakes)
	}
	w.judgePersons(who, q, got.Persons)
	if w.t.Failed() {
		w.t.Fatalf("%s asked %q", who.Name, q.text)
	}
}

func ids(docs []*document) (out []archive.DocumentID) {
	for _, d := range docs {
		out = append(out, d.id)
	}
	return out
}

// judgePersons asks that nobody hidden is found, with no Akte that is, and that whoever bears what was typed, and
// whose number it is, is found.
func (w *world) judgePersons(who *reader, q question, got []acl.FoundPerson) {
	for _, f := range got {
		i := slices.IndexFunc(w.persons, func(p *person) bool { return p.ID == f.Person.ID })
		heads, knows := w.knows(who, w.persons[i])
		var want, told []archive.AkteID
		for _, a := range heads {
			want = append(want, a.ID)
		}
		for _, a := range f.Akten {
			told = append(told, a.ID)
		}
		if !knows || !slices.Equal(want, told) {
			w.t.Errorf("person %s known %v with Akten %v, told %v", f.Person.ID, knows, want, told)
		}
	}
	if q.akte != nil && len(got) > 0 {
		w.t.Errorf("%d persons within an Akte", len(got))
	}
	if q.akte != nil || w.pending() {
		return
	}
	var must []*person
	for _, p := range w.persons {
		if q.raw != "" && w.finds(who, p) && p.bears(q.raw) {
			must = append(must, p)
		}
	}
	for _, p := range must[:min(len(must), 10)] {
		if len(must) <= 10 && !slices.ContainsFunc(got, func(f acl.FoundPerson) bool { return f.Person.ID == p.ID }) {
			w.t.Errorf("%q doesn't find person %s %v", q.raw, p.ID, p.Names)
		}
	}
	w.judgeNumber(who, q, got)
}

// bears says whether all words stand in somebody's names as they are typed.
func (p *person) bears(words string) bool {
	var names []string
	for _, n := range p.indexed.Names {
		names = append(names, strings.FieldsFunc(n.Given+" "+n.Family, func(r rune) bool { return r == ' ' || r == '-' })...)
	}
	for _, word := range strings.FieldsFunc(words, func(r rune) bool { return r == ' ' || r == '-' }) {
		if !slices.Contains(names, word) {
			return false
		}
	}
	return true
}

func (w *world) judgeNumber(who *reader, q question, got []acl.FoundPerson) {
	number := q.raw
	if len(q.kids) == 1 && q.kids[0].kind == "word" {
		number = q.kids[0].items[0].number
	}
	for _, a := range w.akten {
		if digits(number) == "" || digits(a.Number) != digits(number) {
			continue
		}
		told := len(got) > 0 && got[0].By == acl.FoundByNumber && got[0].Akte.ID == a.ID
		if told != w.seesHead(who, a) {
			w.t.Errorf("the number of %s told %v, want %v", a.ID, told, !told)
		}
	}
}

// judgeHits compares the hits of all pages of a list.
func (w *world) judgeHits(q question, want answer, got []acl.Hit) {
	var told []archive.DocumentID
	for _, h := range got {
		told = append(told, h.Document.ID)
	}
	expected := ids(want.docs)
	if !q.byDate() { // the order is that of the second index
		slices.Sort(told)
		slices.Sort(expected)
	}
	if !slices.Equal(told, expected) {
		w.t.Fatalf("%q finds %v, want %v", q.text, told, expected)
	}
	for _, h := range got {
		i := slices.IndexFunc(want.docs, func(d *document) bool { return d.id == h.Document.ID })
		w.judgeHit(q, want, want.docs[i], h)
	}
}

// judgeHit compares what is told of a hit with the paper.
func (w *world) judgeHit(q question, want answer, d *document, h acl.Hit) {
	p := d.akte.person
	if h.Akte.ID != d.akte.ID || h.Document.Register != d.register || h.Document.Classification != d.class || h.Name != p.Leading() {
		w.t.Errorf("%s: told of %s in %s, %s, of %v", d.id, h.Akte.ID, h.Document.Register, h.Document.Classification, h.Name)
	}
	if q.raw != "" {
		return
	}
	pages, counts := want.matches(d.indexed)
	if !slices.Equal(h.Pages, pages) || !slices.Equal(h.Counts, counts) || h.MorePages != 0 {
		w.t.Errorf("%s: on pages %v %v, want %v %v", d.id, h.Pages, h.Counts, pages, counts)
	}
	title := d.recorded.title
	for _, m := range h.TitleMarks {
		if !marked(h.Document.Title, m, title, want.covered(title.head(), true)) {
			w.t.Errorf("%s: title %q has mark %v", d.id, h.Document.Title, m)
		}
	}
	if n := len(starts(want.plain.marks(title.head(), true))); n > 0 != (len(h.TitleMarks) > 0) {
		w.t.Errorf("%s: %d marks in title %q, want %d", d.id, len(h.TitleMarks), h.Document.Title, n)
	}
	if slices.EqualFunc(d.indexed.pages, d.contents.pages, func(a, b text) bool { return a.String() == b.String() }) {
		w.judgeSnippets(want, d, h)
	}
	if w.t.Failed() {
		w.t.Fatalf("asked %q; %s says %s | %s | %q", q.text, d.id, title, d.recorded.sender, d.indexed.pages)
	}
}

// judgeSnippets asks for a passage of each of the first pages with its words marked.
func (w *world) judgeSnippets(want answer, d *document, h acl.Hit) {
	if len(h.Snippets) != min(3, len(h.Pages)) {
		w.t.Errorf("%s: %d snippets of pages %v", d.id, len(h.Snippets), h.Pages)
		return
	}
	for i, s := range h.Snippets {
		page := d.contents.pages[h.Pages[i]-1]
		if s.Page != h.Pages[i] || !strings.Contains(page.String(), strings.Join(strings.Fields(s.Text), " ")) || len(s.Marks) == 0 {
			w.t.Errorf("%s: snippet %+v of page %d %q", d.id, s, h.Pages[i], page)
		}
		for _, m := range s.Marks {
			if !marked(s.Text, m, page, want.covered(page.page(), false)) {
				w.t.Errorf("%s: snippet %q has mark %v", d.id, s.Text, m)
			}
		}
	}
}

// marked says whether a mark holds nothing but words that are to be marked.
func marked(in string, m index.Span, of text, covered map[int]bool) bool {
	all := strings.Fields(of.String())
	words := strings.Fields(in[m.Start:m.End])
	for _, word := range words {
		found := false
		for i := range covered {
			found = found || strings.Trim(all[i], "-") == strings.Trim(word, "-")
		}
		if !found {
			return false
		}
	}
	return len(words) > 0
}

// recorded asks that the trail tells of the search: what was asked, sealed, and how much was found.
func (w *world) recorded(who *reader, q index.Query, found acl.Found) {
	var told map[string]any
	var leaf audit.Leaf
	err := w.Store.View(w.ctx, func(r archive.Reader) error {
		told = map[string]any{}
		for row, err := range r.Trail(archive.TrailFilter{Actor: who.User}, "") {
			if err != nil {
				return err
			}
			e := row.Value
			if e.Leaf.Op != audit.OpSearch || e.Leaf.Result != audit.Allow {
				return fmt.Errorf("the newest event is %s", e.Leaf.Op)
			}
			leaf = e.Leaf
			if plain, err := json.Marshal(leaf); err != nil || len(q.Text) > 12 && bytes.Contains(plain, []byte(q.Text)) { // "und" stands in many words
				return errors.Join(err, fmt.Errorf("the leaf tells %s", plain))
			}
			for _, p := range e.Parts {
				if len(p.Text) > 0 {
					if err := json.Unmarshal(p.Text, &told); err != nil {
						return err
					}
				}
			}
			return nil
		}
		return errors.New("no event")
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if leaf.More == 0 && (q.Akte != "" && !slices.Contains(leaf.Akten, string(q.Akte)) || q.Person != "" && !slices.Contains(leaf.Persons, string(q.Person))) {
		w.t.Fatalf("the event of a search in %q of %q names %v, %v", q.Akte, q.Person, leaf.Akten, leaf.Persons)
	}
	if told["q"] != q.Text || told["total"] != float64(found.Total) || told["listed"] != float64(len(found.Hits)) {
		w.t.Fatalf("the trail tells %v of %q with %d hits", told, q.Text, found.Total)
	}
}

// open looks for the places of a query in a paper, found or not.
func (w *world) open(who *reader, desk *acl.Desk, q question, want answer) {
	d, ok := pick(w, "open", w.there())
	if !ok || !d.contents.read || q.raw != "" {
		return
	}
	pages, err := desk.Hits(w.ctx, acl.Holder{Document: d.id}, q.text, 0)
	switch {
	case !w.reads(who, d) && err == nil:
		w.t.Fatalf("%s opens %s", who.Name, d.id)
	case !w.reads(who, d), errors.Is(err, acl.ErrPurpose):
		return
	case err != nil:
		w.t.Fatal(err)
	}
	w.tally.Opened++
	for i, page := range d.contents.pages {
		line := page.page()
		n := len(starts(want.plain.marks(line, false)))
		if want.plain.blank {
			n = 0
		}
		k := slices.IndexFunc(pages, func(h acl.PageHits) bool { return h.Page == i+1 })
		if k < 0 {
			if n > 0 {
				w.t.Fatalf("%q: page %q of %s has no hits, want %d", q.text, page, d.id, n)
			}
			continue
		}
		boxes, covered := map[int]bool{}, want.covered(line, false)
		for _, b := range pages[k].Boxes {
			boxes[int(b.X)] = true
		}
		if d := cmp.Diff(covered, boxes); d != "" || pages[k].Count != n {
			w.t.Fatalf("%q: page %q has %d hits, want %d; boxes -want +got\n%s", q.text, page, pages[k].Count, n, d)
		}
	}
}
