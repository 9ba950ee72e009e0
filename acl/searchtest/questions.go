package searchtest

import (
	"fmt"
	"slices"
	"strings"

	"eakte/acl"
	"eakte/acl/oracletest"
	"eakte/archive"
	"eakte/index"
)

// drawQuestion is anything that the search box and the filters beside it can say.
func (w *world) drawQuestion() question {
	q := question{sort: one(w.t, "sort", []string{"", "", "relevance", "date", "-date"}), limit: between(w.t, "limit", 1, 6)}
	switch a, any := pick(w, "akte", w.akten); {
	case any && w.chance(6, "number"):
		w.number(&q, a)
	case w.chance(8, "name"):
		q.raw = one(w.t, "name", append(slices.Clone(families), givens...))
		if w.chance(40, "two names") {
			q.raw += " " + one(w.t, "given", givens)
		}
	default:
		q.kids = drawAsked(w.t)
	}
	q.text = q.raw
	if q.raw == "" {
		q.text = top(q.kids)
		w.conditions(&q)
	}
	w.filters(&q)
	return q
}

// number asks for an Akte by its number, with separators, with blanks, or by a field.
func (w *world) number(q *question, a *akte) {
	switch between(w.t, "written", 0, 2) {
	case 0:
		q.raw = strings.NewReplacer("-", " ", "/", " ").Replace(a.Number)
	case 1:
		q.kids = []asked{{kind: "word", items: []item{{typed: "az:" + a.Number, number: a.Number}}}}
	default:
		q.kids = []asked{{kind: "word", items: []item{{typed: a.Number, number: a.Number}}}}
	}
}

// conditions are typed beside the words.
func (w *world) conditions(q *question) {
	add := func(format string, args ...any) {
		q.text = strings.TrimSpace(q.text + " " + fmt.Sprintf(format, args...))
	}
	if w.chance(5, "typ:") {
		q.typed.types = []string{one(w.t, "typ", kinds)}
		add("typ:%s", q.typed.types[0])
	}
	if w.chance(5, "register:") {
		q.typed.registers = some(w.t, "registers", 1, 3, oracletest.Registers())
		add("register:%s", strings.Join(q.typed.registers, ","))
	}
	if w.chance(5, "von:") {
		q.typed.from = one(w.t, "from", []string{"2024-01-01", "2025-02-28", "2026-11-01"})
		add("von:%s", q.typed.from)
	}
	if w.chance(8, "bis:") {
		q.typed.to = one(w.t, "to", []string{"2026-11-20", "2026-12-31"})
		add("bis:%s", q.typed.to)
	}
	if a, ok := pick(w, "akte", w.akten); ok && w.chance(5, "akte:") {
		q.akte = a
		add("akte:%s", a.ID)
	}
	if p, ok := pick(w, "person", w.persons); ok && w.chance(5, "person:") {
		q.named, q.persons = true, []*person{p}
		add("person:%s", p.ID)
	}
}

// filters are chosen beside the box.
func (w *world) filters(q *question) {
	maybe := func(name string, of []string) []string {
		if !w.chance(6, name) {
			return nil
		}
		return some(w.t, name, 1, 3, of)
	}
	q.chosen.types, q.chosen.registers = maybe("types", kinds), maybe("registers", oracletest.Registers())
	q.chosen.departments, q.chosen.classes = maybe("departments", offices), maybe("classes", oracletest.Classifications())
	if w.chance(6, "from") {
		q.chosen.from = "2024-12-31"
	}
	if w.chance(6, "to") {
		q.chosen.to = "2026-11-19"
	}
	if a, ok := pick(w, "within", w.akten); ok && q.akte == nil && w.chance(5, "within an Akte") {
		q.akte = a
	}
	if p, ok := pick(w, "of", w.persons); ok && w.chance(5, "of a person") {
		q.person = p
	}
}

// query is how the Desk is asked.
func (q question) query() index.Query {
	out := index.Query{
		Text: q.text, Types: q.chosen.types, Registers: q.chosen.registers, Departments: q.chosen.departments, Classifications: q.chosen.classes,
		From: q.chosen.from, To: q.chosen.to, Sort: q.sort, Limit: q.limit,
	}
	if q.akte != nil && !strings.Contains(q.text, "akte:") {
		out.Akte = q.akte.ID
	}
	if q.person != nil {
		out.Person = q.person.ID
	}
	return out
}

// saved is the same search, kept by the reader and taken up again.
func (w *world) saved(desk *acl.Desk, q index.Query) index.Query {
	s := archive.SavedSearch{Name: "meine", Text: q.Text, Sort: q.Sort}
	s.Filters = archive.SearchFilters{
		Types: q.Types, Registers: q.Registers, Departments: q.Departments, Classifications: q.Classifications,
		From: q.From, To: q.To, Akte: q.Akte, Person: q.Person,
	}
	kept, err := desk.SaveSearch(w.ctx, s)
	if err != nil {
		w.t.Fatal(err)
	}
	profile, err := desk.Profile(w.ctx)
	i := slices.IndexFunc(profile.Searches, func(s archive.SavedSearch) bool { return s.ID == kept.ID })
	if err != nil || i < 0 {
		w.t.Fatalf("kept searches: %+v, %v", profile.Searches, err)
	}
	if err := desk.DropSearch(w.ctx, kept.ID); err != nil {
		w.t.Fatal(err)
	}
	f := profile.Searches[i].Filters
	return index.Query{
		Text: profile.Searches[i].Text, Sort: profile.Searches[i].Sort, Limit: q.Limit,
		Types: f.Types, Registers: f.Registers, Departments: f.Departments, Classifications: f.Classifications,
		From: f.From, To: f.To, Akte: f.Akte, Person: f.Person,
	}
}

// search lets somebody ask some questions and compares what she is told.
func (w *world) search() {
	who, ok := pick(w, "who", w.readers)
	if !ok {
		return
	}
	w.expire()
	var x *alone
	defer func() {
		if x != nil {
			if err := x.close(); err != nil {
				w.t.Error(err)
			}
		}
	}()
	desk := w.guard.For(who.Subject)
	for range between(w.t, "questions", 1, 4) {
		q := w.drawQuestion()
		w.note("%s asks %q %+v, akte %v, person %v, by %q", who.Name, q.text, q.chosen, q.akte != nil, q.person != nil, q.sort)
		asked := q.query()
		if w.chance(10, "saved") {
			asked = w.saved(desk, asked)
		}
		w.engine.persons = nil
		found, err := desk.Search(w.ctx, asked, "")
		if err != nil {
			w.t.Fatal(err)
		}
		if x == nil {
			x = w.alone(who)
		}
		w.same(x)
		if !w.pending() {
			w.samePersons(x)
		}
		want := w.expect(who, q)
		w.count(who, q, want, found)
		w.judge(who, q, want, found)
		w.recorded(who, asked, found)
		if w.chance(20, "hits") {
			w.open(who, desk, q, want)
		}
		if w.follow(who, desk, x, q, asked, want, found) {
			return
		}
	}
}

// count notes what kind of search it was.
func (w *world) count(who *reader, q question, want answer, found acl.Found) {
	add := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	hidden := func(d *document) bool {
		return d.indexed != nil && !d.gone && !w.reads(who, d) && q.about(d.indexed) && q.says(want.plain, d.indexed)
	}
	add(&w.tally.Searches, true)
	add(&w.tally.Found, want.total > 0)
	add(&w.tally.Hidden, slices.ContainsFunc(w.papers, hidden))
	add(&w.tally.Dirty, want.incomplete)
	add(&w.tally.Persons, len(found.Persons) > 0)
}

// glance lets everybody look at all there is, right after something happened.
func (w *world) glance() {
	w.expire()
	for _, who := range w.readers {
		q := question{limit: 1}
		found, err := w.guard.For(who.Subject).Search(w.ctx, q.query(), "")
		if err != nil {
			w.t.Fatal(err)
		}
		want := w.expect(who, q)
		w.count(who, q, want, found)
		w.judge(who, q, want, found)
	}
}

// pending says that the index lacks something of a person.
func (w *world) pending() bool {
	return slices.ContainsFunc(w.persons, func(p *person) bool { return p.unindexed })
}

// follow reads the pages of a list to its end. In a list by date something may happen between two pages: then
// all that was known is gone.
func (w *world) follow(who *reader, desk *acl.Desk, x *alone, q question, asked index.Query, want answer, found acl.Found) (happened bool) {
	hits, last := found.Hits, found
	for last.Next != "" {
		if q.byDate() && w.chance(10, "meanwhile") {
			w.meanwhile(who, q, asked, last)
			return true
		}
		w.engine.persons = nil
		next, err := desk.Search(w.ctx, asked, last.Next)
		if err != nil {
			w.t.Fatal(err)
		}
		w.same(x)
		w.tally.Further++
		if next.Total != found.Total || len(next.Persons) > 0 {
			w.t.Fatalf("a further page counts %d, the first %d; %d persons", next.Total, found.Total, len(next.Persons))
		}
		if hits, last = append(hits, next.Hits...), next; len(hits) > found.Total {
			w.t.Fatalf("%q lists more than %d", q.text, found.Total)
		}
	}
	w.judgeHits(q, want, hits)
	return false
}

// meanwhile lets something happen and goes on where the list was left: nothing comes twice, and nothing that is
// behind is missed.
func (w *world) meanwhile(who *reader, q question, asked index.Query, last acl.Found) {
	at := last.Hits[len(last.Hits)-1]
	i := slices.IndexFunc(w.papers, func(d *document) bool { return d.id == at.Document.ID })
	date := w.papers[i].indexed.date
	w.act()
	w.expire()
	next, err := w.guard.For(who.Subject).Search(w.ctx, asked, last.Next)
	if err != nil {
		w.t.Fatal(err)
	}
	want := w.expect(who, q)
	want.docs = slices.DeleteFunc(want.docs, func(d *document) bool { return q.compare(d.indexed.date, d.id, date, at.Document.ID) <= 0 })
	want.docs = want.docs[:min(len(want.docs), q.limit)]
	w.judgeHits(q, want, next.Hits)
}
