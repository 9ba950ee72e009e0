package searchtest

import (
	"errors"
	"log/slog"
	"os"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"eakte/archive"
	"eakte/index"
	"eakte/index/bleveindex"
)

// alone is an index made this moment that holds what one reader finds, and nothing else.
type alone struct {
	*bleveindex.Index
	dir string
}

// seen is the only right there is.
const seen = "seen"

func (w *world) alone(who *reader) *alone {
	return w.made(func(d *document) bool { return w.sees(who, d) }, func(p *person) bool { return w.finds(who, p) }, seen)
}

// made makes an index of some papers and persons, all of which one right opens.
func (w *world) made(papers func(*document) bool, persons func(*person) bool, right string) *alone {
	dir, err := os.MkdirTemp("", "searchtest")
	if err != nil {
		w.t.Fatal(err)
	}
	x, err := bleveindex.Open(bleveindex.Config{Dir: dir + "/index", Log: slog.New(slog.DiscardHandler), Synonyms: w.rules.set.Synonyms})
	if err != nil {
		w.t.Fatal(err)
	}
	b := index.Batch{Seq: 1}
	for _, d := range w.papers {
		if papers(d) {
			b.Documents = append(b.Documents, d.entry())
		}
	}
	for _, p := range w.persons {
		if persons(p) {
			e := p.entry()
			e.Rights = []string{right}
			b.Persons = append(b.Persons, e)
		}
	}
	if err := x.Apply(w.ctx, b); err != nil {
		w.t.Fatal(err)
	}
	return &alone{x, dir}
}

// close may be called twice.
func (a *alone) close() error {
	if a.Index == nil {
		return nil
	}
	err := errors.Join(a.Close(), os.RemoveAll(a.dir))
	a.Index = nil
	return err
}

func (d *document) entry() index.Document {
	p := d.indexed
	e := index.Document{
		ID: d.id, Akte: p.akte.ID, Person: p.akte.person.ID, Type: p.kind, Register: p.register, Department: p.department,
		Classification: p.class, Date: p.date, Title: p.title.String(), Sender: p.sender.String(), Number: p.akte.Number, Rights: []string{seen},
	}
	for _, page := range p.pages {
		e.Pages = append(e.Pages, page.String())
	}
	return e
}

// finds says whether somebody finds a person by the index.
func (w *world) finds(who *reader, p *person) bool {
	for _, a := range p.akten {
		if w.dirtyAkten[a] {
			return false
		}
	}
	_, knows := w.knows(who, p)
	return p.indexed != nil && knows
}

func (p *person) entry() index.Person {
	e := index.Person{ID: p.ID, BirthDate: p.indexed.BirthDate.String(), Rights: []string{seen}}
	for _, n := range p.indexed.Names {
		e.Names = append(e.Names, n.Given+" "+n.Family)
		if n.OriginalScript != "" {
			e.Names = append(e.Names, n.OriginalScript)
		}
	}
	if p.indexed.AZRNumber != "" {
		e.Numbers = []string{p.indexed.AZRNumber}
	}
	return e
}

// same puts what the Desk asked its engine to this one, for somebody who may find all of it: every bit of the
// answer must be the same.
func (w *world) same(a *alone) {
	q := w.engine.query
	q.Rights, q.Without = index.Rights{Tokens: []string{seen}}, archive.Dirty{}
	want, err := a.Search(w.ctx, q)
	if err != nil {
		w.t.Fatal(err)
	}
	if d := cmp.Diff(want, w.engine.result, cmpopts.EquateEmpty()); d != "" {
		w.t.Fatalf("-with nothing hidden +as it is\n%s", d)
	}
}

// samePersons does the same for who was found by name. What was announced and isn't indexed yet changes that.
func (w *world) samePersons(a *alone) {
	for _, asked := range w.engine.persons {
		q := asked.query
		q.Rights, q.Without = index.Rights{Tokens: []string{seen}}, archive.Dirty{}
		want, err := a.Persons(w.ctx, q)
		if err != nil {
			w.t.Fatal(err)
		}
		if d := cmp.Diff(want, asked.hits, cmpopts.EquateEmpty()); d != "" {
			w.t.Fatalf("persons %q: -with nobody hidden +as it is\n%s", q.Text, d)
		}
	}
}
