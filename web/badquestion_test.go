package web

import (
	"slices"
	"strings"
	"testing"
)

// TestBadQuestions asks what nobody could mean as it stands. The answer says what was understood and what wasn't.
func TestBadQuestions(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	w.document(clerk, w.akte(clerk, "Beispiel", "auslaenderbehoerde"), "arbeitsvertrag", "Reisepass und Visum")
	w.settle()
	for _, tt := range []struct {
		name, q, understood string
		found               int
		notes               []string
	}{
		{"10,000 words", strings.Repeat("Visum ", 10_000), strings.TrimSpace(strings.Repeat("Visum ", 30)), 1, []string{"too_many_words"}},
		{"one word of 900,000 letters", strings.Repeat("x", 900_000), strings.Repeat("x", 1000), 0, []string{"too_long"}},
		{"lone quotation mark", `"`, "", 1, []string{"phrase_open"}},
		{"open quotation mark", `Visum "Reisepass`, `Visum "Reisepass"`, 1, []string{"phrase_open"}},
		{"star first", "*pass", "pass", 1, []string{"also_searched", "wildcard_first"}},
		{"a star alone", "*", "*", 0, []string{"nothing_to_find"}},
		{"a day that isn't", "Visum von:31.02.2024", "Visum", 1, []string{"no_such_date"}},
		{"nothing but a day that isn't", "bis:99.99.9999", "", 1, []string{"no_such_date"}},
		{"both directions", "\u202eVisum\u202c \u2067تأشيرة\u2069 -Duldung", "\u202eVisum\u202c \u2067تأشيرة\u2069 -Duldung", 0, nil},
		{"both directions, one there", "\u202eVisum\u202c OR تأشيرة", "\u202eVisum\u202c OR تأشيرة", 1, nil},
		{"a tower of brackets", strings.Repeat("(", 500) + "Visum", "Visum", 1, []string{"group_open"}},
		{"signs alone", "-- && || ~ ()", "", 0, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.call(clerk, "POST", "/search", map[string]any{"q": tt.q}, purpose)
			if r.status != 200 {
				t.Fatalf("%d %.300s", r.status, r.body)
			}
			if got := r.text("understood"); got != tt.understood && tt.name != "signs alone" {
				t.Errorf("understood %.80q, want %.80q", got, tt.understood)
			}
			if n := r.field("total"); n != float64(tt.found) {
				t.Errorf("%v found, want %d", n, tt.found)
			}
			var codes []string
			for _, note := range r.field("notes").([]any) {
				codes = append(codes, note.(map[string]any)["code"].(string))
			}
			for _, code := range tt.notes {
				if !slices.Contains(codes, code) {
					t.Errorf("notes %v, want %v", codes, tt.notes)
				}
			}
		})
	}
	r := w.call(clerk, "POST", "/search", map[string]any{"q": strings.Repeat("Visum ", 1<<20)})
	isProblem(t, r, 413, "too-large", german)
}
