package acl_test

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/ingest/intake"
)

// TestDoor brings papers in as ways do.
func TestDoor(t *testing.T) {
	w := acltest.Open(t)
	w.User("scanner", "dienst@poststelle")
	w.User("clerk", "sachbearbeitung@asyl")
	w.User("both", "dienst@poststelle", "registratur@poststelle")
	door := w.Guard.Door()
	paper := intake.Paper{
		Account: "scanner", Client: "hotfolder", Basket: "poststelle", Channel: "scan", Name: "brief.txt", Note: "Stapel 7",
		Key: func(sum [32]byte) string { return "a" + hex.EncodeToString(sum[:]) },
	}
	bring := func(p intake.Paper, text string) error {
		return door.Bring(context.Background(), p, strings.NewReader(text))
	}
	count := func(want int) {
		t.Helper()
		if err := w.Store.View(t.Context(), func(r archive.Reader) error {
			n, err := r.CountBasket("poststelle")
			if n.Unfiled != want {
				t.Errorf("%d papers in the basket, want %d", n.Unfiled, want)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	}
	for range 3 { // once, however often it comes, on whatever day
		if err := bring(paper, "Guten Tag"); err != nil {
			t.Fatal(err)
		}
		w.Time = w.Time.AddDate(0, 0, 100)
		count(1)
	}
	other := paper
	other.Key = func(sum [32]byte) string { return "b" + hex.EncodeToString(sum[:]) }
	if err := bring(other, "Guten Tag"); err != nil {
		t.Fatal(err)
	}
	count(2)
	odd := paper
	odd.Note = "Stapel \x01"
	if err := bring(odd, "Noch ein Tag"); err != nil {
		t.Errorf("an odd name of a batch: %v", err)
	}
	count(3)
	var refused *intake.RefusedError
	if err := bring(paper, ""); !errors.As(err, &refused) || refused.Code != "empty" {
		t.Errorf("nothing: %v", err)
	}
	for name, change := range map[string]func(*intake.Paper){
		"an account that isn't there":      func(p *intake.Paper) { p.Account = "nobody" },
		"an account that may do more":      func(p *intake.Paper) { p.Account = "both" },
		"an account that may do otherwise": func(p *intake.Paper) { p.Account = "clerk" },
		"another's basket":                 func(p *intake.Paper) { p.Basket = "asyl" },
		"a basket that isn't there":        func(p *intake.Paper) { p.Basket = "nowhere" },
		"a channel that isn't there":       func(p *intake.Paper) { p.Channel = "pigeon" },
	} {
		p := paper
		change(&p)
		if err := bring(p, name); !errors.Is(err, intake.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	count(3)
}
