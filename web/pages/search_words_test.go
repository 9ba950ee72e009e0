package pages

import (
	"strings"
	"testing"

	"eakte/index/query"
	"eakte/web/ui"
)

func newWordsRequest(t *testing.T, lang string) *request {
	t.Helper()
	set, err := ui.New(ui.Config{Label: func(_, key, _ string) string { return key }})
	if err != nil {
		t.Fatal(err)
	}
	return &request{pages: &Pages{ui: set}, lang: lang}
}

// Every mistake is explained in both languages.
func TestMistakesAreExplained(t *testing.T) {
	r := newWordsRequest(t, "de")
	for _, code := range []string{
		query.PhraseOpen, query.GroupOpen, query.GroupDeep, query.OperatorAlone, query.NotPlace, query.FieldPlace, query.UnknownField,
		query.UnknownValue, query.NoSuchDate, query.DatesSwapped, query.WildcardFirst, query.WildcardShort, query.WildcardPlace,
		query.FuzzyShort, query.NearPlace, query.TooBroad,
	} {
		if !r.pages.ui.HasText("search.mistake_" + code) {
			t.Errorf("%s has no text", code)
		}
	}
}

func TestDescribed(t *testing.T) {
	tests := []struct{ lang, text, want string }{
		{"de", "Pass -Duldung", "„Pass“, ohne „Duldung“"},
		{"de", "Antrag AE OR Visum", "„Antrag“ und („AE“ oder „Visum“)"},
		{"de", "AE OR Visum", "„AE“ oder „Visum“"},
		{"de", `-(a "b c")`, "ohne („a“ und nebeneinander „b c“)"},
		{"de", "Pass NAHE/5 weg typ:Bescheid von:05.2024 bis:2024", "„Pass weg“ höchstens 5 Wörter voneinander; Dokumentart „Bescheid“; ab 01.05.2024; bis 31.12.2024"},
		{"en", "Meier~ az:33/1 person:Ali", "similar to “Meier” and reference number “33/1”; person “Ali”"},
		{"en", "", ""},
	}
	isolates := strings.NewReplacer("\u2068", "", "\u2069", "")
	for _, tt := range tests {
		if got := isolates.Replace(described(newWordsRequest(t, tt.lang), query.Parse(tt.text))); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}
