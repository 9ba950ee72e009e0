package acl_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

// saved keeps a search whose new hits are counted.
func saved(t *testing.T, d *acl.Desk, s archive.SavedSearch) archive.SearchID {
	t.Helper()
	s.Notify = true
	out, err := d.SaveSearch(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return out.ID
}

// fresh counts the new hits of a search, which must be as many as are found, and as many as the pages list.
func fresh(t *testing.T, d *acl.Desk, id archive.SearchID) (out []archive.DocumentID) {
	t.Helper()
	all, err := d.Searches(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(s acl.KeptSearch) bool { return s.ID == id })
	if i < 0 {
		t.Fatal("the search is gone")
	}
	found, hits, err := d.FindNew(t.Context(), id, 100, "")
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.SearchNew(t.Context(), hits, index.Query{Text: all[i].Text, Types: all[i].Filters.Types, Limit: 100}, "")
	if err != nil {
		t.Fatal(err)
	}
	if all[i].New != found.Total || found.Total != len(found.Hits) || again.Total != found.Total {
		t.Errorf("%d new hits are told, %d found, %d and %d listed", all[i].New, found.Total, len(found.Hits), len(again.Hits))
	}
	for _, h := range found.Hits {
		out = append(out, h.Document.ID)
	}
	return out
}

func look(t *testing.T, d *acl.Desk, id archive.SearchID) acl.NewHits {
	t.Helper()
	_, hits, err := d.SeeNew(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return hits
}

func TestNewHitsAreWhatCameSinceOneLooked(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	other := w.Guard.For(w.User("other", "sachbearbeitung@soziales"))
	akte := w.Akte(clerk, "Öztürk", "auslaenderbehoerde")
	old := w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Vertrag mit Kündigungsfrist")
	w.Settle()
	words := saved(t, clerk, archive.SavedSearch{Name: "Kündigung", Text: "kündigungsfrist -probezeit"})
	typed := saved(t, clerk, archive.SavedSearch{Name: "Miete", Filters: archive.SearchFilters{Types: []string{"mietvertrag"}}})
	named := saved(t, clerk, archive.SavedSearch{Name: "Neu", Text: "person:Neumann"})
	foreign := saved(t, other, archive.SavedSearch{Name: "Kündigung", Text: "kündigungsfrist"})
	expect := func(what string, d *acl.Desk, id archive.SearchID, want ...archive.DocumentID) {
		t.Helper()
		got := fresh(t, d, id)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: new are %v, want %v", what, got, want)
		}
	}
	expect("before anything came", clerk, words)
	one := w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Kündigungsfrist: drei Monate")
	w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Kündigungsfrist in der Probezeit")
	w.Settle()
	expect("one of two fits", clerk, words, one.ID)
	expect("of another type", clerk, typed)
	expect("to who may not see it", other, foreign)
	mine := w.Akte(clerk, "Neumann", "auslaenderbehoerde")
	its := w.Add(clerk, mine, archive.Document{Type: "mietvertrag"}, "Kaltmiete")
	w.Settle()
	expect("a new person's first document", clerk, named, its.ID)
	expect("of the type", clerk, typed, its.ID)

	day, err := clerk.Day(t.Context())
	if err != nil || len(day.Searches) != 3 {
		t.Errorf("the day tells of %d searches with new hits, %v, want 3", len(day.Searches), err)
	}
	seen := look(t, clerk, words)
	expect("when looked at", clerk, words)
	expect("another search when this was looked at", clerk, typed, its.ID)
	if again, err := clerk.SearchNew(t.Context(), seen, index.Query{}, ""); err != nil || again.Total != 1 {
		t.Errorf("what was new a moment ago lists %d, %v, want 1", again.Total, err)
	}
	if day, err = clerk.Day(t.Context()); err != nil || len(day.Searches) != 2 {
		t.Errorf("the day tells of %d searches, %v, want 2", len(day.Searches), err)
	}

	if old, err = clerk.ChangeDocument(t.Context(), old.ID, old.Revision, func(d *archive.Document) error { d.Title = "Anderer Titel"; return nil }); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	expect("an old one with another title", clerk, words)
	if _, err = clerk.ChangeDocument(t.Context(), old.ID, old.Revision, func(d *archive.Document) error { d.Type = "mietvertrag"; return nil }); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	expect("an old one whose type fits now", clerk, typed, its.ID, old.ID)

	if _, err := clerk.NotifySearch(t.Context(), typed, false); err != nil {
		t.Fatal(err)
	}
	w.Add(clerk, akte, archive.Document{Type: "mietvertrag"}, "Warmmiete")
	w.Settle()
	expect("switched off", clerk, typed)
	if _, err := clerk.NotifySearch(t.Context(), typed, true); err != nil {
		t.Fatal(err)
	}
	expect("switched on again", clerk, typed)
	last := w.Add(clerk, akte, archive.Document{Type: "mietvertrag"}, "Nebenkosten")
	w.Settle()
	expect("what came after that", clerk, typed, last.ID)
	if err := clerk.DropSearch(t.Context(), typed); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"seeing":    second(clerk.SeeNew(t.Context(), typed, 0)),
		"finding":   second(clerk.FindNew(t.Context(), typed, 1, "")),
		"switching": first(clerk.NotifySearch(t.Context(), typed, true)),
		"another's": second(other.SeeNew(t.Context(), words, 0)),
	} {
		if !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("%s a search that isn't there: %v", name, err)
		}
	}
}

func first[A any](_ A, err error) error          { return err }
func second[A, B any](_ A, _ B, err error) error { return err }

func TestNewHitsObeyTheRightsOfTheMoment(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	lead := w.Guard.For(w.User("lead", "sachbearbeitung@auslaenderbehoerde"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	akte := w.Akte(lead, "Geht", "auslaenderbehoerde", archive.Participation{Department: "asyl"})
	hidden := w.Akte(lead, "Fremd", "auslaenderbehoerde")
	id := saved(t, clerk, archive.SavedSearch{Name: "Verträge", Text: "kündigungsfrist"})
	w.Add(lead, akte, archive.Document{Type: "reisepass", Register: "identitaet"}, "Kündigungsfrist")
	w.Add(lead, hidden, archive.Document{Type: "reisepass", Register: "identitaet"}, "Kündigungsfrist")
	w.Settle()
	count := func(what string, want int) {
		t.Helper()
		if got := fresh(t, clerk, id); len(got) != want {
			t.Errorf("%s: %d new hits, want %d", what, len(got), want)
		}
	}
	part := func(id archive.AkteID, with ...archive.Participation) {
		t.Helper()
		a, err := lead.Akte(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lead.ChangeAkte(t.Context(), id, a.Revision, func(a *archive.Akte) error { a.Departments = with; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	count("where she takes part", 1)
	part(akte)
	count("before the index knows that she doesn't any more", 0)
	w.Settle()
	count("where she takes part no more", 0)
	part(akte, archive.Participation{Department: "asyl"})
	w.Settle()
	count("where she takes part again", 1)
	part(hidden, archive.Participation{Department: "asyl"})
	w.Settle()
	count("an old document that came into her sight", 1)
	if n := found(t, clerk, "kündigungsfrist").Total; n != 2 {
		t.Errorf("her search finds %d, want both", n)
	}
}

func TestNewHitsOutliveTheIndex(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Öztürk", "auslaenderbehoerde")
	add := func() { w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Kündigungsfrist") }
	add()
	w.Settle()
	id := saved(t, clerk, archive.SavedSearch{Name: "Verträge", Text: "kündigungsfrist"})
	count := func(what string, want int) {
		t.Helper()
		if got := fresh(t, clerk, id); len(got) != want {
			t.Errorf("%s: %d new hits, want %d", what, len(got), want)
		}
	}
	rebuild := func() {
		t.Helper()
		if err := w.Indexer.Rebuild(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	rebuild()
	w.Settle()
	count("old documents in an index made anew", 0)
	add()
	w.Settle()
	rebuild()
	count("one that came before the index was made anew", 1)
	add()
	if err := w.Pipeline.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	rebuild() // the index takes it up by being made anew
	count("one that the index took up as it was made anew", 2)
	w.Settle()
	count("when the outbox was drained, too", 2)
	look(t, clerk, id)
	rebuild()
	w.Settle()
	count("seen ones in an index made anew", 0)
}

func TestNewHitsAreRecordedAsASearch(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Öztürk", "auslaenderbehoerde")
	saved(t, clerk, archive.SavedSearch{Name: "Verträge", Text: "kündigungsfrist"})
	searches := archive.TrailFilter{Op: string(audit.OpSearch)}
	expect := func(what string, want int) {
		t.Helper()
		before := events(t, w, searches)
		if _, err := clerk.Day(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := events(t, w, searches) - before; n != want {
			t.Errorf("%s: %d searches are recorded, want %d", what, n, want)
		}
	}
	expect("nothing was noted, nothing is asked", 0)
	w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Kündigungsfrist")
	before := events(t, w, archive.TrailFilter{})
	if err := w.Indexer.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := events(t, w, archive.TrailFilter{}) - before; n != 0 {
		t.Errorf("noting is recorded as %d acts", n)
	}
	w.Settle()
	expect("she is told of one", 1)
	expect("she is told the same again", 0)
	w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Kündigungsfrist")
	w.Settle()
	expect("she is told of two", 1)
}

// TestNewHitsAgreeWithAnOracle lets documents come and change and people look, and compares what is told with what
// came since and her search finds.
func TestNewHitsAgreeWithAnOracle(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	lead := w.Guard.For(w.User("lead", "sachbearbeitung@auslaenderbehoerde"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	akte := w.Akte(lead, "Geteilt", "auslaenderbehoerde", archive.Participation{Department: "asyl"})
	own := w.Akte(lead, "Eigen", "auslaenderbehoerde")
	type watcher struct {
		desk *acl.Desk
		id   archive.SearchID
		came map[archive.DocumentID]bool
	}
	var all []*watcher
	for _, d := range []*acl.Desk{lead, clerk} {
		for _, q := range []string{"frist", "frist -probe", `"drei Monate"`} {
			all = append(all, &watcher{d, saved(t, d, archive.SavedSearch{Name: q, Text: q}), map[archive.DocumentID]bool{}})
		}
	}
	fits := map[string][]bool{ // by text, for each of the queries
		"Frist drei Monate":        {true, true, true},
		"Frist in der Probe":       {true, false, false},
		"Probe und drei Monate":    {false, false, true},
		"etwas ganz anderes":       {false, false, false},
		"drei Monate ohne Fristen": {true, true, true},
	}
	texts := []string{}
	for text := range fits {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	r := rand.New(rand.NewPCG(1, 2))
	for step := range 40 {
		switch r.IntN(8) {
		case 0:
			w2 := all[r.IntN(len(all))]
			look(t, w2.desk, w2.id)
			w2.came = map[archive.DocumentID]bool{}
		case 1:
			if err := w.Indexer.Rebuild(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		case 2:
			hide(t, lead, akte)
			w.Settle()
			a, err := lead.Akte(t.Context(), akte)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := lead.ChangeAkte(t.Context(), akte, a.Revision, func(a *archive.Akte) error {
				a.Departments = []archive.Participation{{Department: "asyl"}}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		default:
			text, to := texts[r.IntN(len(texts))], akte
			if r.IntN(3) == 0 {
				to = own
			}
			doc := w.Add(lead, to, archive.Document{Type: "reisepass", Register: "identitaet", Title: fmt.Sprint("Nr. ", step)}, text)
			for i, o := range all {
				o.came[doc.ID] = fits[text][i%3] && (o.desk == lead || to == akte)
			}
		}
		w.Settle()
		for i, o := range all {
			want := 0
			for _, fit := range o.came {
				if fit {
					want++
				}
			}
			if got := fresh(t, o.desk, o.id); len(got) != want {
				t.Fatalf("step %d, watcher %d: %d new hits, want %d", step, i, len(got), want)
			}
		}
	}
}

func TestDayStandsWhileTheIndexIsAway(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Öztürk", "auslaenderbehoerde")
	id := saved(t, clerk, archive.SavedSearch{Name: "Verträge", Text: "kündigungsfrist"})
	w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Kündigungsfrist")
	w.Settle()
	engine := w.Guard.Index
	w.Guard.Index = away{engine}
	if day, err := clerk.Day(t.Context()); err != nil || len(day.Searches) > 0 {
		t.Errorf("%d searches with new hits, %v", len(day.Searches), err)
	}
	w.Guard.Index = engine
	if got := fresh(t, clerk, id); len(got) != 1 {
		t.Errorf("%d new hits with the index back", len(got))
	}
}

// Whether anything was noted, which she may not be allowed to know, doesn't show in what counts as seen.
func TestLookingCountsAsSeenWhateverWasNoted(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	id := saved(t, clerk, archive.SavedSearch{Name: "Verträge", Text: "kündigungsfrist"})
	w.Akte(clerk, "Öztürk", "auslaenderbehoerde")
	w.Settle()
	first := look(t, clerk, id)
	if second := look(t, clerk, id); first.UpTo == first.After || second.After != first.UpTo {
		t.Errorf("seen from %d to %d, then from %d", first.After, first.UpTo, second.After)
	}
}

// weary is an index that gives the second query up.
type weary struct{ index.Engine }

func (h weary) Newly(ctx context.Context, documents []index.Document, queries []index.Query, anew bool) ([][]archive.DocumentID, error) {
	found, err := h.Engine.Newly(ctx, documents, queries, anew)
	found[1] = nil
	return found, errors.Join(err, context.DeadlineExceeded)
}

func TestSearchGivenUpIsNobodyElsesAffair(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Öztürk", "auslaenderbehoerde")
	first := saved(t, clerk, archive.SavedSearch{Name: "Verträge", Text: "kündigungsfrist"})
	second := saved(t, clerk, archive.SavedSearch{Name: "Alle", Text: "kündigungs*"})
	w.Guard.Index = weary{w.Guard.Index}
	w.Add(clerk, akte, archive.Document{Type: "arbeitsvertrag"}, "Kündigungsfrist")
	w.Settle()
	if one, other := fresh(t, clerk, first), fresh(t, clerk, second); len(one) != 1 || len(other) != 0 {
		t.Errorf("%d and %d new hits, want 1 and 0", len(one), len(other))
	}
}
