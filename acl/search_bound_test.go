package acl_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
	"eakte/index/bleveindex"
	"eakte/index/query"
)

// stuck is an index that answers nothing before it is told to, or the time is up.
type stuck struct {
	index.Engine
	asked chan struct{}
}

func (s stuck) Search(ctx context.Context, _ index.Query) (index.Result, error) {
	s.asked <- struct{}{}
	<-ctx.Done()
	return index.Result{}, ctx.Err()
}

func TestSearchesEndInTimeAndWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk, other := w.User("clerk", "sachbearbeitung@auslaenderbehoerde"), w.User("other", "sachbearbeitung@asyl")
	cfg := w.Guard.Config
	engine := stuck{cfg.Index, make(chan struct{}, 9)}
	cfg.Index, cfg.SearchesAtOnce, cfg.SearchTime = engine, 1, 100*time.Millisecond
	guard, err := acl.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := guard.For(clerk).Search(t.Context(), index.Query{Text: "pass"}, ""); !errors.Is(err, acl.ErrSlow) {
		t.Errorf("a search that doesn't end: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := guard.For(clerk).Search(ctx, index.Query{Text: "pass"}, ""); errors.Is(err, acl.ErrSlow) || !errors.Is(err, context.Canceled) {
		t.Errorf("one that nobody waits for: %v", err)
	}
	cfg.SearchTime = time.Minute
	if guard, err = acl.New(cfg); err != nil {
		t.Fatal(err)
	}
	for len(engine.asked) > 0 {
		<-engine.asked
	}
	long, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := guard.For(clerk).Search(long, index.Query{Text: "pass"}, "")
		done <- err
	}()
	<-engine.asked // it has its turn
	short, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	for what, ask := range map[string]func(*acl.Desk) error{
		"a search":     func(d *acl.Desk) error { return first(d.Search(short, index.Query{Text: "pass"}, "")) },
		"a typed name": func(d *acl.Desk) error { return first(d.PersonsTyped(short, "kaya")) },
	} {
		if err := ask(guard.For(other)); !errors.Is(err, acl.ErrTurns) {
			t.Errorf("%s while another one runs: %v", what, err)
		}
	}
	if len(engine.asked) > 0 {
		t.Error("two searches ran at once")
	}
	end()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A pattern of too many words is explained, and what is hidden doesn't make it one.
func TestPatternsTooBroadAreExplained(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk, other := w.User("clerk", "sachbearbeitung@auslaenderbehoerde"), w.User("other", "sachbearbeitung@asyl")
	x, err := bleveindex.Open(bleveindex.Config{Dir: filepath.Join(t.TempDir(), "index"), PatternWords: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}()
	cfg := w.Guard.Config
	cfg.Index = x
	guard, err := acl.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	akte := w.Akte(w.Guard.For(clerk), "Öztürk", "auslaenderbehoerde")
	w.Add(w.Guard.For(clerk), akte, archive.Document{Type: "reisepass"}, "verlaxa verlexa verlixa verloxa")
	if err := w.Pipeline.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	of := w.Indexer
	indexer := &index.Indexer{Store: of.Store, Contents: of.Contents, Engine: x, Policies: of.Policies, Now: of.Now, Zone: of.Zone, Log: of.Log}
	if err := indexer.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, text string
		who        acl.Subject
		total      int
		broad      string
	}{
		{"four words", "pass verl* von:2020", clerk, 0, "verl*"},
		{"one of them", "verla*", clerk, 1, ""},
		{"to who sees none", "verl*", other, 0, ""},
	} {
		found, err := guard.For(tt.who).Search(t.Context(), index.Query{Text: tt.text}, "")
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		broad := ""
		for _, m := range found.Query.Mistakes {
			if m.Code == query.TooBroad {
				broad = found.Query.Text[m.Start:m.End]
			}
		}
		if found.Total != tt.total || broad != tt.broad {
			t.Errorf("%s: %d hits, %q is too broad, want %d, %q", tt.name, found.Total, broad, tt.total, tt.broad)
		}
	}
}

// Who looks for something in an Akte stands in its trail, found or not; what isn't there stands in none.
func TestSearchWithinStandsInTheTrailOfWhatItIsWithin(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	other := w.Guard.For(w.User("other", "sachbearbeitung@asyl"))
	id := w.Akte(clerk, "Öztürk", "auslaenderbehoerde")
	w.Settle()
	akte, err := clerk.Akte(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	inAkte := archive.TrailFilter{Akte: id, Op: string(audit.OpSearch)}
	inPerson := archive.TrailFilter{Person: akte.Person.ID, Op: string(audit.OpSearch)}
	for _, tt := range []struct {
		name         string
		desk         *acl.Desk
		q            index.Query
		akte, person int
	}{
		{"in nothing", clerk, index.Query{Text: "zebra"}, 0, 0},
		{"in the Akte", clerk, index.Query{Text: "zebra", Akte: id}, 1, 1},
		{"in the Akte, typed", clerk, index.Query{Text: "zebra akte:" + string(id)}, 1, 1},
		{"in the person", clerk, index.Query{Text: "zebra", Person: akte.Person.ID}, 0, 1},
		{"in the person, typed", clerk, index.Query{Text: "zebra person:" + string(akte.Person.ID)}, 0, 1},
		{"by who may not see it", other, index.Query{Text: "zebra", Akte: id}, 1, 1},
		{"in an Akte that isn't there", clerk, index.Query{Text: "zebra", Akte: archive.NewID[archive.AkteID]()}, 0, 0},
		{"in no ID at all", clerk, index.Query{Text: "zebra", Akte: "unsinn", Person: "unsinn"}, 0, 0},
	} {
		a, p := events(t, w, inAkte), events(t, w, inPerson)
		if _, err := tt.desk.Search(t.Context(), tt.q, ""); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if a, p = events(t, w, inAkte)-a, events(t, w, inPerson)-p; a != tt.akte || p != tt.person {
			t.Errorf("%s: %d events of the Akte and %d of the person, want %d and %d", tt.name, a, p, tt.akte, tt.person)
		}
	}
}
