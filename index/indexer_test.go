package index_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/index"
)

// finds counts what who may read everything in her Akten finds.
func finds(t *testing.T, w *acltest.World, word string, rights index.Rights) int {
	t.Helper()
	r, err := w.Index.Search(t.Context(), index.Query{Text: word, Rights: rights, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	return r.Total
}

// all are the tokens of a caseworker for one register.
func all(register string) index.Rights {
	g := index.Grant{Department: "auslaenderbehoerde", Register: register, Classification: "normal"}
	return index.Rights{Tokens: g.Tokens("nobody")}
}

func TestIndexIsMadeAnewFromTheRecords(t *testing.T) {
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(abh, "Kaya", "auslaenderbehoerde")
	for range 5 {
		w.Add(abh, akte, archive.Document{Type: "mietvertrag"}, "Kaltmiete")
	}
	w.Settle()
	for _, tc := range []struct {
		name   string
		damage func() error
	}{
		{"emptied", func() error { return w.Index.Reset(t.Context()) }},
		{"ahead of the store", func() error { return w.Index.Apply(t.Context(), index.Batch{Seq: 1 << 40}) }},
		{"a document short", func() error {
			return errors.Join(w.Index.Reset(t.Context()), w.Index.Apply(t.Context(), index.Batch{Seq: 1}))
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := tc.damage(); err != nil {
				t.Fatal(err)
			}
			if err := w.Indexer.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := w.Indexer.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := finds(t, w, "kaltmiete", all("wohnen")); n != 5 {
				t.Errorf("finds %d, want 5", n)
			}
		})
	}
}

func TestCheckFindsWhatIsMissingAndWhatIsStray(t *testing.T) {
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(abh, "Kaya", "auslaenderbehoerde")
	doc := w.Add(abh, akte, archive.Document{Type: "mietvertrag"}, "Kaltmiete")
	w.Settle()
	seq, err := w.Index.Seq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stray := archive.NewID[archive.DocumentID]()
	if err := w.Index.Apply(t.Context(), index.Batch{
		DeleteDocuments: []archive.DocumentID{doc.ID}, Documents: []index.Document{{ID: stray}}, Seq: seq,
	}); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	if _, err := w.Indexer.Check(t.Context(), func(p archive.Problem) { got[p.Code] = p.Object }); err != nil {
		t.Fatal(err)
	}
	if got["index_missing"] != "document/"+string(doc.ID) || got["index_stray"] != "document/"+string(stray) || len(got) != 2 {
		t.Errorf("check finds %v, want the missing and the stray one", got)
	}
}

// moody is an engine that fails as often as told before it does what it is asked.
type moody struct {
	index.Engine
	failures atomic.Int32
}

func (m *moody) Reset(ctx context.Context) error {
	if m.failures.Add(-1) >= 0 {
		return errors.New("the engine hiccuped")
	}
	return m.Engine.Reset(ctx)
}

func TestRunTriesAgainWhatItMissed(t *testing.T) {
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	w.Add(abh, w.Akte(abh, "Kaya", "auslaenderbehoerde"), archive.Document{Type: "mietvertrag"}, "Kaltmiete")
	w.Settle()
	if err := w.Index.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	engine := &moody{Engine: w.Index}
	engine.failures.Store(1)
	indexer := &index.Indexer{
		Store: w.Store, Contents: w.Contents, Engine: engine, Policies: w.Policies,
		Now: time.Now, Zone: time.UTC, Log: slog.New(slog.DiscardHandler),
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- indexer.Run(ctx) }()
	for end := time.Now().Add(20 * time.Second); finds(t, w, "kaltmiete", all("wohnen")) == 0; {
		if len(ended) > 0 || time.Now().After(end) {
			t.Fatal("the index stays behind")
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run ends with %v, want nil", err)
	}
}

// What is found isn't all there is until the first look, while the index is made anew, and while it fails.
func TestBehind(t *testing.T) {
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	w.Add(abh, w.Akte(abh, "Kaya", "auslaenderbehoerde"), archive.Document{Type: "mietvertrag"}, "Kaltmiete")
	w.Settle()
	engine := &watched{Engine: w.Index}
	engine.damaged.Store(true)
	indexer := &index.Indexer{
		Store: w.Store, Contents: w.Contents, Engine: engine, Policies: w.Policies,
		Now: time.Now, Zone: time.UTC, Log: slog.New(slog.DiscardHandler),
	}
	engine.meanwhile = func() {
		if done, total := indexer.Progress(); !indexer.Behind() || done > total || total != 1 {
			t.Errorf("while it is made anew: %v, %d of %d", indexer.Behind(), done, total)
		}
	}
	if !indexer.Behind() {
		t.Error("nobody has looked, and it has all there is")
	}
	if err := indexer.Prepare(t.Context()); err != nil {
		t.Errorf("an index that is away stops the start: %v", err)
	}
	if err := indexer.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done, total := indexer.Progress(); indexer.Behind() || done+total != 0 || engine.batches.Load() == 0 || finds(t, w, "kaltmiete", all("wohnen")) != 1 {
		t.Errorf("when it is there again: %v, %d of %d, %d batches", indexer.Behind(), done, total, engine.batches.Load())
	}
	if _, err := abh.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Roth"}}}); err != nil {
		t.Fatal(err)
	}
	engine.failing.Store(true)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- indexer.Run(ctx) }()
	await := func(behind bool) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); indexer.Behind() != behind; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("behind stays %v", !behind)
			}
		}
	}
	await(true)
	engine.failing.Store(false)
	await(false)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// watched is an engine that is damaged until it is reset, and fails to write while it is told to.
type watched struct {
	index.Engine
	damaged, failing atomic.Bool
	batches          atomic.Int32
	meanwhile        func()
}

func (w *watched) Seq(ctx context.Context) (uint64, error) {
	if w.damaged.Load() {
		return 0, index.ErrDamaged
	}
	return w.Engine.Seq(ctx)
}

func (w *watched) Reset(ctx context.Context) error {
	w.damaged.Store(false)
	return w.Engine.Reset(ctx)
}

func (w *watched) Apply(ctx context.Context, b index.Batch) error {
	if w.failing.Load() {
		return errors.New("no space left on device")
	}
	if b.Seq == 0 {
		w.batches.Add(1)
		w.meanwhile()
	}
	return w.Engine.Apply(ctx, b)
}

// An index that isn't of this store is emptied before anybody can search it by the rights it has; one that is
// stays.
func TestPrepare(t *testing.T) {
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	w.Add(abh, w.Akte(abh, "Kaya", "auslaenderbehoerde"), archive.Document{Type: "mietvertrag"}, "Kaltmiete")
	w.Settle()
	if err := w.Indexer.Prepare(t.Context()); err != nil || finds(t, w, "kaltmiete", all("wohnen")) != 1 {
		t.Errorf("what fits is emptied, or %v", err)
	}
	if err := w.Index.Apply(t.Context(), index.Batch{Seq: 1}); err != nil { // as a copy from before
		t.Fatal(err)
	}
	if err := w.Indexer.Prepare(t.Context()); err != nil || finds(t, w, "kaltmiete", all("wohnen")) != 0 {
		t.Errorf("an older copy is searched, or %v", err)
	}
}

func TestPersonOfADirtyAkteIsLeftOut(t *testing.T) {
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(abh, "Kaya", "auslaenderbehoerde")
	w.Settle()
	for _, tc := range []struct {
		name  string
		dirty archive.Dirty
		want  int
	}{
		{"nothing is dirty", archive.Dirty{}, 1},
		{"her Akte is dirty", archive.Dirty{Akten: map[archive.AkteID]struct{}{akte: {}}}, 0},
		{"another Akte is dirty", archive.Dirty{Akten: map[archive.AkteID]struct{}{archive.NewID[archive.AkteID](): {}}}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			hits, err := w.Index.Persons(t.Context(), index.PersonQuery{Text: "kaya", Locate: true, Without: tc.dirty, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			if len(hits) != tc.want {
				t.Errorf("%d persons found, want %d", len(hits), tc.want)
			}
		})
	}
}
