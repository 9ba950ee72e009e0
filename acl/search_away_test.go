package acl_test

import (
	"context"
	"errors"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/index"
)

// away is an engine whose files can't be opened.
type away struct{ index.Engine }

func (away) Search(context.Context, index.Query) (index.Result, error) {
	return index.Result{}, index.ErrDamaged
}
func (away) Persons(context.Context, index.PersonQuery) ([]index.PersonHit, error) {
	return nil, index.ErrDamaged
}

// Without the index a search says that it finds nothing, numbers lead to their Akten nevertheless, and who asks
// whether a person is known is never told that she isn't.
func TestSearchWithoutIndex(t *testing.T) {
	w := acltest.Open(t)
	clerk := w.User("abh", "sachbearbeitung@auslaenderbehoerde")
	desk := w.Guard.For(clerk)
	akte := w.Akte(desk, "Kaya", "auslaenderbehoerde")
	w.Add(desk, akte, archive.Document{Type: "mietvertrag"}, "Kaltmiete")
	w.Settle()
	cfg := w.Guard.Config
	cfg.Index, cfg.Behind, cfg.Rebuilt = away{w.Index}, func() bool { return true }, func() (int, int) { return 3, 12 }
	guard, err := acl.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	without := guard.For(clerk)
	found, err := without.Search(t.Context(), index.Query{Text: "Kaltmiete"}, "")
	if err != nil || found.Total != 0 || !found.Incomplete || !found.Rebuilding || found.Percent() != 25 {
		t.Errorf("%+v, %v", found, err)
	}
	if found, err = without.Search(t.Context(), index.Query{Text: "Kaltmiete person:Kaya"}, ""); err != nil || !found.Incomplete {
		t.Errorf("with a condition: %+v, %v", found, err)
	}
	head, err := desk.Akte(t.Context(), akte)
	if err != nil {
		t.Fatal(err)
	}
	if found, err = without.Search(t.Context(), index.Query{Text: head.Number}, ""); err != nil || len(found.Persons) != 1 {
		t.Errorf("by its number: %d persons, %v", len(found.Persons), err)
	}
	if _, err := without.Locate(t.Context(), acl.LocateQuery{Family: "Kaya", Given: "Test"}); !errors.Is(err, index.ErrAway) {
		t.Errorf("who is located: %v", err)
	}
	if found, err = desk.Search(t.Context(), index.Query{Text: "Kaltmiete"}, ""); err != nil || found.Total != 1 || found.Incomplete {
		t.Errorf("with the index: %+v, %v", found, err)
	}
}
