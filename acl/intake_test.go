package acl_test

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/intake"
)

// TestDoor brings papers in as ways do.
func TestDoor(t *testing.T) {
	t.Parallel()
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
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	failed := func() []acl.TrailRow {
		t.Helper()
		of := archive.TrailFilter{Op: string(audit.OpUpload), Result: string(audit.Failed)}
		return must(officer.Trail(t.Context(), of, 50, ""))(t).Items
	}
	rows := failed()
	said := ""
	for _, row := range rows {
		for _, part := range row.Parts {
			said += string(part.Text)
		}
	}
	if len(rows) != 7 || !strings.Contains(said, `"code":"empty"`) || strings.Count(said, `"code":"closed"`) != 6 || strings.Contains(said, "brief.txt") {
		t.Errorf("%d failures recorded: %s", len(rows), said)
	}
	closed := paper
	closed.Basket = "asyl"
	for range 3 { // a folder is looked at every second
		if err := bring(closed, "noch einmal"); !errors.Is(err, intake.ErrClosed) {
			t.Error(err)
		}
	}
	if n := len(failed()); n != 7 {
		t.Errorf("%d failures recorded within a quarter of an hour", n)
	}
	w.Time = w.Time.Add(time.Hour)
	if err := bring(closed, "noch einmal"); !errors.Is(err, intake.ErrClosed) || len(failed()) != 8 {
		t.Errorf("%d failures recorded an hour later, %v", len(failed()), err)
	}
}
