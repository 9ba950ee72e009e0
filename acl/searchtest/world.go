package searchtest

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/blob/seal"
	"eakte/index"
)

// world is an authority with what is known of it beside its records.
type world struct {
	*acltest.World
	t      *rapid.T
	ctx    context.Context
	guard  *acl.Guard
	rules  rules
	tally  *Tally
	engine *recorder
	// boss holds every pair there is, and does what others couldn't.
	boss acl.Subject
	// mail is who locates persons and finds nothing else.
	mail    acl.Subject
	readers []*reader
	persons []*person
	akten   []*akte
	papers  []*document
	items   []*inboxItem
	// dirty is what changed its rights since it was indexed; ends are days on which something ends.
	dirtyAkten map[*akte]bool
	dirtyDocs  map[*document]bool
}

// reader is a user who searches.
type reader struct {
	acl.Subject
	// kase is the case she names as her purpose, for all Akten or for one.
	kase *kase
	// kept is the search that she is told of new hits of; nil: none.
	kept *kept
	// barred are the persons from whom a conflict of interest keeps her.
	barred map[*person]archive.ConflictID
}

// mustNot says whether a conflict of interest keeps her from a person.
func (r *reader) mustNot(p *person) bool { return r.barred[p] != "" }

type person struct {
	archive.Person
	akten   []*akte
	indexed *archive.Person // as it was when it was indexed
	// unindexed says that something was announced since.
	unindexed bool
}

type akte struct {
	archive.Akte
	person *person
	cases  []*kase
	// ends are the days behind which the index has to hear of it.
	ends []string
}

type kase struct {
	archive.Case
	akte *akte
}

// document is a paper in an Akte as it is now, and as it was when it was indexed.
type document struct {
	id        archive.DocumentID
	akte      *akte
	brought   string
	register  string
	class     string
	revision  int64
	sealed    *archive.Seal
	ends      []string
	gone      bool
	recorded  paperwork
	indexed   *paperwork
	contents  *contents // of the newest version
	unindexed bool      // something was announced since
	arrives   bool      // it was announced itself, not only its Akte
	came      bool      // it, or a version of it, was there for the first time since
	was       standing  // who could read it as it was indexed
}

// contents are the pages of a version; two documents may share them.
type contents struct {
	pages []text
	read  bool
}

// paperwork is what the index keeps of a document.
type paperwork struct {
	akte              *akte
	kind, register    string
	class, department string
	title, sender     text
	date              string
	pages             []text
}

type inboxItem struct {
	id       archive.InboxID
	contents *contents
	filed    []*document
	by       time.Time
}

// bridge lets an authority live as long as one sequence of a test.
type bridge struct {
	testing.TB
	t *rapid.T
}

// TempDir implements testing.TB.
func (b bridge) TempDir() string {
	dir, err := os.MkdirTemp("", "searchtest")
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			b.t.Log(err)
		}
	})
	return dir
}

// Cleanup, Context, Fatal and their like are those of the sequence.
func (b bridge) Cleanup(fn func())         { b.t.Cleanup(fn) }
func (b bridge) Context() context.Context  { return context.Background() }
func (b bridge) Fatal(args ...any)         { b.t.Fatal(args...) }
func (b bridge) Fatalf(f string, a ...any) { b.t.Fatalf(f, a...) }
func (b bridge) Error(args ...any)         { b.t.Error(args...) }
func (b bridge) Errorf(f string, a ...any) { b.t.Errorf(f, a...) }
func (b bridge) Log(args ...any)           { b.t.Log(args...) }
func (b bridge) Logf(f string, a ...any)   { b.t.Logf(f, a...) }

// recorder is an engine that remembers what it was asked last, and what it said.
type recorder struct {
	index.Engine
	query   index.Query
	result  index.Result
	persons []personAnswer

	likeQuery index.LikeQuery
	likeHits  []index.LikeHit
}

type personAnswer struct {
	query index.PersonQuery
	hits  []index.PersonHit
}

// Search implements [index.Engine].
func (r *recorder) Search(ctx context.Context, q index.Query) (index.Result, error) {
	res, err := r.Engine.Search(ctx, q)
	r.query, r.result = q, res
	return res, err
}

// Persons implements [index.Engine].
func (r *recorder) Persons(ctx context.Context, q index.PersonQuery) ([]index.PersonHit, error) {
	hits, err := r.Engine.Persons(ctx, q)
	r.persons = append(r.persons, personAnswer{q, hits})
	return hits, err
}

// Like implements [index.Engine].
func (r *recorder) Like(ctx context.Context, q index.LikeQuery) ([]index.LikeHit, error) {
	hits, err := r.Engine.Like(ctx, q)
	r.likeQuery, r.likeHits = q, hits
	return hits, err
}

// open opens an authority under rules of its own.
func open(tb testing.TB, t *rapid.T, r rules, tally *Tally) *world {
	w := &world{
		World: acltest.OpenUnder(bridge{tb, t}, r.set, r.table), t: t, ctx: context.Background(), rules: r, tally: tally,
		dirtyAkten: map[*akte]bool{}, dirtyDocs: map[*document]bool{},
	}
	w.Time = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	w.engine = &recorder{Engine: w.Index}
	var err error
	w.guard, err = acl.New(acl.Config{
		Store: w.Store, Objects: w.Objects, Contents: w.Contents, Index: w.engine, Trail: w.Store, Policies: r.set, Table: r.table,
		CursorKey: seal.NewKey(), Now: func() time.Time { return w.Time },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.boss = w.Team(w.User("boss", allPairs(r.set)...), teams...)
	w.mail = w.User("mail", "registratur@poststelle")
	return w
}

var teams = []string{"abh-a-k", "abh-l-z"}

func (w *world) desk() *acl.Desk { return w.guard.For(w.boss) }

func (w *world) today() string { return w.Time.Format(time.DateOnly) }

// note tells, where the sequence fails, what was done.
func (w *world) note(format string, args ...any) { w.t.Logf(format, args...) }

// index brings the index up to date, and says so in what is known.
func (w *world) indexAll() {
	w.arrive(false)
	if err := w.Indexer.Drain(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	w.indexed(false)
}

// indexed notes that the index holds what was announced; all says that it was made anew.
func (w *world) indexed(all bool) {
	for _, d := range w.papers {
		switch {
		case d.gone:
			d.indexed = nil
		case all || d.unindexed:
			d.indexed, d.was = d.next(), d.standing(w.today())
		}
		d.unindexed, d.arrives, d.came = false, false, false
	}
	for _, p := range w.persons {
		now := p.Person
		now.Names = slices.Clone(p.Names)
		p.indexed, p.unindexed = &now, false
	}
	clear(w.dirtyAkten)
	clear(w.dirtyDocs)
}

// next is what the index will hold of it.
func (d *document) next() *paperwork {
	now := d.recorded
	now.pages = nil
	if d.contents.read {
		now.pages = d.contents.pages
	}
	return &now
}

// changed notes that an Akte was announced, and whether rights to it changed.
func (w *world) changed(a *akte, rights bool) {
	for _, d := range w.papers {
		if d.akte == a {
			d.unindexed = true
		}
	}
	if rights {
		w.dirtyAkten[a] = true
	}
}

// readAll recognises all that waits.
func (w *world) readAll() {
	if err := w.Pipeline.Drain(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	for _, d := range w.papers {
		if !d.contents.read && !d.gone {
			d.unindexed, d.arrives, d.came = true, true, true
		}
	}
	for _, d := range w.papers {
		d.contents.read = true
	}
	for _, i := range w.items {
		i.contents.read = true
	}
}

// settle recognises and indexes all that waits.
func (w *world) settle() {
	w.note("all is indexed")
	w.readAll()
	w.indexAll()
}

// expire does what the first search of a day does: what ended is dirty.
func (w *world) expire() {
	ended := func(day string) bool { return day < w.today() }
	for _, a := range w.akten {
		if slices.ContainsFunc(a.ends, ended) {
			a.ends = slices.DeleteFunc(a.ends, ended)
			w.changed(a, true)
		}
	}
	for _, d := range w.papers {
		if !d.gone && slices.ContainsFunc(d.ends, ended) {
			d.ends = slices.DeleteFunc(d.ends, ended)
			d.unindexed, d.arrives, w.dirtyDocs[d] = true, true, true
		}
	}
}
