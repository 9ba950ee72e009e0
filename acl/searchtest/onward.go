package searchtest

import (
	"errors"
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"eakte/acl"
	"eakte/archive"
	"eakte/index"
)

// like asks for papers that are like one: the second index says which, and nothing hidden is among them.
func (w *world) like() {
	who, _ := pick(w, "who", w.readers)
	d, ok := pick(w, "like", w.there())
	if !ok {
		return
	}
	w.expire()
	got, err := w.guard.For(who.Subject).MoreLike(w.ctx, d.id)
	switch {
	case !w.reads(who, d) && err == nil:
		w.t.Fatalf("%s is told what is like %s", who.Name, d.id)
	case !w.reads(who, d), errors.Is(err, acl.ErrPurpose), errors.Is(err, archive.ErrNotReady):
		return
	case err != nil:
		w.t.Fatal(err)
	}
	w.tally.Likes++
	x := w.alone(who)
	q := w.engine.likeQuery
	q.Rights, q.Without = index.Rights{Tokens: []string{seen}}, archive.Dirty{}
	want, err := x.Like(w.ctx, q)
	if err = errors.Join(err, x.close()); err != nil {
		w.t.Fatal(err)
	}
	if d := cmp.Diff(want, w.engine.likeHits, cmpopts.EquateEmpty()); d != "" {
		w.t.Fatalf("like: -with nothing hidden +as it is\n%s", d)
	}
	if len(got) != len(want) {
		w.t.Fatalf("%d are told of %d that are like %s", len(got), len(want), d.id)
	}
	for i, l := range got {
		k := slices.IndexFunc(w.papers, func(d *document) bool { return d.id == l.Document.ID })
		if l.Document.ID != want[i].Document || l.Document.ID == d.id || !w.sees(who, w.papers[k]) {
			w.t.Fatalf("%s is told of %s, like %s", who.Name, l.Document.ID, d.id)
		}
	}
}

// typing asks for persons as somebody types a name.
func (w *world) typing() {
	who, _ := pick(w, "who", w.readers)
	name := []rune(one(w.t, "name", slices.Concat(families, givens)))
	w.expire()
	w.engine.persons = nil
	got, err := w.guard.For(who.Subject).PersonsTyped(w.ctx, string(name[:between(w.t, "letters", 2, len(name))]))
	if err != nil {
		w.t.Fatal(err)
	}
	w.judgePersons(who, question{}, got)
	if !w.pending() {
		x := w.alone(who)
		w.samePersons(x)
		if err := x.close(); err != nil {
			w.t.Fatal(err)
		}
	}
}

// kept is a search that a reader is told of when papers come to fit it.
type kept struct {
	archive.SavedSearch
	question question
	noted    []*document
}

// keep saves a search with notices.
func (w *world) keep() {
	who, _ := pick(w, "who", w.readers)
	desk := w.guard.For(who.Subject)
	if who.kept != nil {
		if err := desk.DropSearch(w.ctx, who.kept.ID); err != nil {
			w.t.Fatal(err)
		}
		who.kept = nil
	}
	k := &kept{question: w.drawQuestion()}
	q := k.question.query()
	s := archive.SavedSearch{Name: "neu", Text: q.Text, Sort: q.Sort, Notify: true}
	s.Filters = archive.SearchFilters{
		Types: q.Types, Registers: q.Registers, Departments: q.Departments, Classifications: q.Classifications,
		From: q.From, To: q.To, Akte: q.Akte, Person: q.Person,
	}
	var err error
	if k.SavedSearch, err = desk.SaveSearch(w.ctx, s); err != nil {
		w.t.Fatal(err)
	}
	w.note("%s keeps %q %+v", who.Name, q.Text, k.question.chosen)
	who.kept = k
}

// arrive notes for kept searches what came or was changed itself and is found by them now, for some purpose of the
// reader's, and wasn't before; where the index is made anew, what came. It is called before the index is said to hold it.
func (w *world) arrive(anew bool) {
	for _, who := range w.readers {
		if who.kept == nil {
			continue
		}
		for _, d := range w.papers {
			if d.gone || who.mustNot(d.akte.person) || anew && !d.came || !d.arrives || !who.kept.fits(d.next()) || !w.mayOpen(who, d.standing(w.today())) {
				continue
			}
			if !anew && who.kept.fits(d.indexed) && w.mayOpen(who, d.was) {
				continue
			}
			if !slices.Contains(who.kept.noted, d) {
				who.kept.noted = append(who.kept.noted, d)
			}
		}
	}
}

func (k *kept) fits(p *paperwork) bool {
	q := k.question
	return p != nil && q.about(p) && q.says(leaving(q.kids), p) && !slices.ContainsFunc(facetNames, func(f string) bool { return !q.meets(p, f) })
}

// news compares what a reader is told of new hits.
func (w *world) news() {
	who, _ := pick(w, "who", w.readers)
	if who.kept == nil {
		return
	}
	w.expire()
	got, err := w.guard.For(who.Subject).Searches(w.ctx)
	if err != nil || len(got) != 1 {
		w.t.Fatalf("%d kept, %v", len(got), err)
	}
	var want []archive.DocumentID
	for _, d := range who.kept.noted {
		if w.sees(who, d) && who.kept.fits(d.indexed) {
			want = append(want, d.id)
		}
	}
	w.tally.News += len(want)
	if got[0].New != len(want) {
		w.t.Fatalf("%s is told of %d new ones of %q, want %v", who.Name, got[0].New, who.kept.Text, want)
	}
	found, _, err := w.guard.For(who.Subject).FindNew(w.ctx, who.kept.ID, 100, "")
	if err != nil {
		w.t.Fatal(err)
	}
	told := []archive.DocumentID{}
	for _, h := range found.Hits {
		told = append(told, h.Document.ID)
	}
	slices.Sort(told)
	slices.Sort(want)
	if found.Total != len(want) || !slices.Equal(told, want) {
		w.t.Fatalf("%s finds new %v of %q, %d in all, want %v", who.Name, told, who.kept.Text, found.Total, want)
	}
	if w.chance(30, "look") { // what is there is seen
		if _, _, err := w.guard.For(who.Subject).SeeNew(w.ctx, who.kept.ID, 0); err != nil {
			w.t.Fatal(err)
		}
		who.kept.noted = nil
	}
}

// locatable says whether somebody may be located: she isn't protected, and not all of her Akten are sealed.
func (w *world) locatable(p *person) bool {
	sealed := func(a *akte) bool { return a.Sealed != nil && a.Sealed.Until >= w.today() }
	return !p.Protected && (len(p.akten) == 0 || slices.ContainsFunc(p.akten, func(a *akte) bool { return !sealed(a) }))
}

// locate looks for a person as who files papers does. Whoever is protected or sealed changes nothing in the answer.
func (w *world) locate() {
	q := acl.LocateQuery{Family: one(w.t, "family", families)}
	if w.chance(50, "given") {
		q.Given = one(w.t, "given", givens)
	}
	w.expire()
	w.engine.persons = nil
	got, err := w.guard.For(w.mail).Locate(w.ctx, q)
	if err != nil {
		w.t.Fatal(err)
	}
	w.tally.Located += len(got)
	for _, l := range got {
		i := slices.IndexFunc(w.persons, func(p *person) bool { return p.ID == l.Person })
		if !w.locatable(w.persons[i]) {
			w.t.Fatalf("%v is located as %+v", l.Person, q)
		}
	}
	if w.pending() || len(w.dirtyAkten) > 0 {
		return
	}
	x := w.made(func(*document) bool { return false }, w.locatable, index.Locatable)
	for _, asked := range w.engine.persons {
		want, err := x.Persons(w.ctx, asked.query)
		if err != nil {
			w.t.Fatal(err)
		}
		if d := cmp.Diff(want, asked.hits, cmpopts.EquateEmpty()); d != "" {
			w.t.Fatalf("locating %q: -with nobody hidden +as it is\n%s", asked.query.Text, d)
		}
	}
	if err := x.close(); err != nil {
		w.t.Fatal(err)
	}
}

// account keeps the record of a reader's account in step with what she is here: who is noted for is read there.
func (w *world) account(r *reader) {
	w.store("user/"+string(r.User), func(tx archive.Tx) error {
		u, err := tx.User(r.User)
		if err != nil {
			return err
		}
		u.Roles, u.Teams, u.Revision = r.Pairs, r.Teams, u.Revision+1
		return tx.PutUser(u)
	})
}
