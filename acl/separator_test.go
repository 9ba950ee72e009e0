package acl_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/separator"
)

func (d *desks) mark(s archive.Separator) string { return separator.Mark(s, d.Store.Mark) }

// aktes finds a suggestion.
func suggested(view acl.InboxView, field string) string {
	i := slices.IndexFunc(view.Suggestions, func(s acl.Suggestion) bool { return s.Field == field })
	if i < 0 {
		return ""
	}
	return view.Suggestions[i].Value
}

func TestStackIsTakenApartAtOurSheets(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	foreign := separator.Mark(archive.Separator{Type: "reisepass"}, func(use, text string) [32]byte { return [32]byte{7} })
	stack := d.scan("davor", d.mark(archive.Separator{Type: "reisepass"}), "eins "+foreign, "zwei", d.mark(archive.Separator{}), "drei")
	texts, items := d.basket()
	if strings.Join(texts, ";") != "%PDF-1.7 davor;eins "+foreign+"|zwei;drei" && strings.Join(texts, ";") != "davor;eins "+foreign+"|zwei;drei" {
		t.Fatalf("the stack became %q", texts)
	}
	second := must(d.one.InboxItem(ctx, items[1].ID))(t)
	if got := suggested(second, acl.SuggestType); got != "reisepass" {
		t.Errorf("the sheet suggests %q", got)
	}
	if got := must(d.one.InboxItem(ctx, items[2].ID))(t); suggested(got, acl.SuggestType) != "" {
		t.Errorf("a plain sheet suggests %v", got.Suggestions)
	}
	// It can be taken back, and isn't done again by itself.
	must(d.one.UndoArrange(ctx, items[1].ID))(t)
	d.Settle()
	if texts, _ := d.basket(); len(texts) != 1 {
		t.Fatalf("taken back, the basket has %q", texts)
	}
	back := must(d.one.InboxItem(ctx, stack.ID))(t)
	if back.State != archive.StateReady || len(archive.Heaps(back.Current.Pages)) != 3 {
		t.Errorf("taken back: %s, %v", back.State, archive.Heaps(back.Current.Pages))
	}
	// By hand otherwise, what the sheet says goes with its pages.
	must(d.one.ArrangeItem(ctx, stack.ID, acl.Arrangement{Outputs: [][]acl.Leaf{leaves(stack.ID, 4, 6)}}))(t)
	d.Settle()
	_, items = d.basket()
	if len(items) != 1 || suggested(must(d.one.InboxItem(ctx, items[0].ID))(t), acl.SuggestType) != "reisepass" {
		t.Errorf("arranged by hand: %d items, or the suggestion is lost", len(items))
	}
}

func TestStackStaysWhole(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	if err := d.one.KeepStacksWhole(ctx, "poststelle", true); err != nil {
		t.Fatal(err)
	}
	d.scan("eins", d.mark(archive.Separator{}), "zwei")
	if texts, _ := d.basket(); len(texts) != 1 {
		t.Fatalf("a basket that keeps stacks whole has %q", texts)
	}
	if err := d.one.KeepStacksWhole(ctx, "poststelle", false); err != nil {
		t.Fatal(err)
	}
	d.scan("drei", d.mark(archive.Separator{}), "vier")
	if texts, _ := d.basket(); len(texts) != 3 {
		t.Errorf("switched on again: %q", texts)
	}
	if err := d.one.KeepStacksWhole(ctx, "gesundheit", true); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("a basket of others: %v", err)
	}
	if d.happened(audit.OpBasketChange) != 2 {
		t.Error("changes of a basket aren't recorded")
	}
	foreign := separator.Mark(archive.Separator{}, func(string, string) [32]byte { return [32]byte{} })
	d.scan("fünf", foreign, "sechs")
	if texts, _ := d.basket(); len(texts) != 4 {
		t.Errorf("a foreign sheet parts a stack: %q", texts)
	}
}

func TestSeparators(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	data, err := d.one.Separators(ctx, acl.SeparatorOrder{Plain: 2, Types: []string{"reisepass"}})
	if err != nil || !bytes.HasPrefix(data, []byte("%PDF")) {
		t.Fatalf("sheets: %d bytes, %v", len(data), err)
	}
	if _, err := d.one.Separators(ctx, acl.SeparatorOrder{Types: []string{"nichts"}}); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("an unknown type: %v", err)
	}
	if _, err := d.one.Separators(ctx, acl.SeparatorOrder{}); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("no sheet: %v", err)
	}
	if _, err := d.one.Separators(ctx, acl.SeparatorOrder{Akten: []archive.AkteID{archive.NewID[archive.AkteID]()}}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("an Akte that isn't there: %v", err)
	}
	if d.happened(audit.OpSeparators) != 1 {
		t.Error("printing isn't recorded")
	}
}

func TestBacksOfASecondPass(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	fronts, backs, few := d.scan("v1", "v2", "v3"), d.scan("r3", "r2", "r1"), d.scan("r")
	if _, err := d.one.ArrangeItem(ctx, fronts.ID, acl.Arrangement{Backs: few.ID}); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("uneven: %v", err)
	}
	must(d.one.ArrangeItem(ctx, fronts.ID, acl.Arrangement{Backs: backs.ID}))(t)
	d.Settle()
	texts, _ := d.basket()
	if !slices.Contains(texts, "v1|r1|v2|r2|v3|r3") {
		t.Errorf("collated: %q", texts)
	}
}
