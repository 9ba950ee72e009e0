package acl_test

import (
	"slices"
	"testing"

	"eakte/archive"
)

func TestSuggestions(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	item := d.Post(d.one, "poststelle",
		"Geburtenregister Musterstadt, den 3. März 2025 Arbeitsvertrag zwischen Kaya, geboren am 17.05.1990, und der Fabrik, Stand 31.02.2024, gültig ab 01.02.2024 bis 31.12.2999. Nr. 123456789012",
		"Ihr Zeichen: 33.11-000017/2026. AZR-Nummer: 260417001234 Seite vom 01.01.2020")
	if len(item.Suggestions) != 0 {
		t.Errorf("suggestions before it was read: %+v", item.Suggestions)
	}
	d.Settle()
	got := must(d.two.InboxItem(ctx, item.ID))(t).Suggestions
	var said []string
	for _, s := range got {
		said = append(said, s.Field+"="+s.Value)
		if s.W <= 0 || s.H <= 0 || s.Width != 595 || s.Height != 842 || s.Text == "" {
			t.Errorf("%s has no place: %+v", s.Field, s)
		}
	}
	want := []string{"date=2025-03-03", "date=2024-02-01", "type=arbeitsvertrag", "type=geburtsurkunde", "aktenzeichen=33.11-000017/2026", "azr_number=260417001234"}
	if !slices.Equal(said, want) {
		t.Errorf("suggested %q, want %q", said, want)
	}
	if s := got[0]; s.Text != "3. März 2025" || s.Page != 1 || s.X != 3 || s.W != 3 {
		t.Errorf("the date: %+v", s)
	}
	if s := got[4]; s.Page != 2 {
		t.Errorf("the number: %+v", s)
	}
	page := must(d.two.Inbox(ctx, "", 0, ""))(t)
	if len(page.Items) != 1 || page.Items[0].Suggestions != nil {
		t.Error("lists have suggestions")
	}
	must(d.one.RouteItem(ctx, item.ID, "asyl"))(t)
	if v := must(d.one.InboxItem(ctx, item.ID))(t); v.MayWork || len(v.Suggestions) != 0 || v.State != archive.StateReady {
		t.Errorf("who doesn't work the basket is told %+v", v.Suggestions)
	}
}
