package indextest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eakte/index"
)

func testText(t *testing.T, open Opener) {
	titled := text(1, "Die Geburtsurkunde von Frau Müller wurde in Köln ausgestellt.")
	titled.Title, titled.Sender, titled.Number = "Beglaubigte Abschrift", "Standesamt Köln", "33.11-000123/2026"
	e := engine(t, open, index.Batch{Documents: []index.Document{
		titled,
		text(2, "Die Aufenthaltserlaubnisse der Brüder M\u00fcller-Schmidt; AZR-Nr. 260417001234."),
		text(3, "Nachtrag: Herr Mu\u0308ller hat den Pass verloren."), // NFD
		text(4, "Frau Mueller bittet um Antwort bis zum 31.12.2026."),
		text(5, "Der Auf\u00adenthalt wird befristet. \ufb01nanziert durch die Stadt."),
		text(6, "Паспорт выдан в Москве. جواز السفر"),
		text(7, "Straße und Strasse, groß geschrieben: STRASSE."),
		text(8, "Zeichen 33.11-000999/2026 im Text."),
		text(9),
	}})
	tests := []struct {
		name, query string
		want        []int
	}{
		{"word on a page", "ausgestellt", []int{1}},
		{"another form of the word", "Aufenthaltserlaubnis", []int{2}},
		{"plural in ss", "Aufenthaltserlaubnissen", []int{2}},
		{"plural with umlaut", "Pässe", []int{3}},
		{"upper case", "PASS", []int{3}},
		{"umlaut, precomposed", "M\u00fcller", []int{1, 2, 3, 4}},
		{"umlaut, combining", "Mu\u0308ller", []int{1, 2, 3, 4}},
		{"umlaut, two letters", "Mueller", []int{1, 2, 3, 4}},
		{"sharp s", "strasse", []int{7}},
		{"soft hyphen and ligature in the text", "Aufenthalt finanziert", []int{5}},
		{"soft hyphen in the query", "Aufent\u00adhalt", []int{5}},
		{"Cyrillic", "паспорт", []int{6}},
		{"Arabic", "السفر", []int{6}},
		{"all words must be there", "Müller Pass", []int{3}},
		{"words from title, sender and page together", "Abschrift Standesamt Geburtsurkunde", []int{1}},
		{"title", "beglaubigte", []int{1}},
		{"sender", "Standesamt", []int{1}},
		{"reference number", "33.11-000123/2026", []int{1}},
		{"reference number without separators", "3311000123/2026", []int{1}},
		{"reference number with blanks", "33.11 - 000123 / 2026", []int{1}},
		{"reference number in a text", "33.11-000999/2026", []int{8}},
		{"part of a reference number isn't it", "000124/2026", nil},
		{"register number", "260417001234", []int{2}},
		{"hyphenated word stands as it is written", "Müller-Schmidt", []int{2}},
		{"phrase", `"Pass verloren"`, []int{3}},
		{"phrase in another order", `"verloren Pass"`, nil},
		{"phrase of inflected words", `"Geburtsurkunden von Frauen Müller"`, []int{1}},
		{"phrase across a stop word", `"Geburtsurkunde von Frau"`, []int{1}},
		{"phrase with a word too few", `"Geburtsurkunde Frau"`, nil},
		{"phrase in the sender", `"Standesamt Köln"`, []int{1}},
		{"phrase across title and sender", `"Abschrift Standesamt"`, nil},
		{"phrase and word", `"Frau Mueller" Antwort`, []int{4}},
		{"unknown word", "Zebra", nil},
		{"known and unknown word", "Müller Zebra", nil},
		{"no operators", "Zebra OR Müller", nil},
		{"no wildcards", "verlo*", nil},
		{"no beginnings", "Geburts", nil},
		{"punctuation alone finds nothing", `… – "!"`, nil},
		{"punctuation beside words", "Pass !", []int{3}},
		{"nothing typed finds everything", "", []int{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{"blanks are nothing typed", " \t ", []int{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{"empty phrase is nothing typed", `""`, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := search(t, e, index.Query{Text: tt.query, Rights: all()})
			if got := numbers(res); !slices.Equal(got, tt.want) || res.Total != len(tt.want) {
				t.Errorf("got %v, total %d, want %v", got, res.Total, tt.want)
			}
		})
	}
}

// A page of one word many times over must not stop a search for a phrase of that word.
func testHostileRepetition(t *testing.T, open Opener) {
	e := engine(t, open, index.Batch{Documents: []index.Document{text(1, strings.Repeat("Zettel ", 200_000)), text(2, "Zettel und Zettel Zettel")}})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		res, err := e.Search(ctx, index.Query{Text: `"` + strings.Repeat("Zettel ", 20) + `"`, Rights: all(), Limit: 10})
		if err == nil && !slices.Equal(numbers(res), []int{1}) {
			err = errors.New("found otherwise than document 1")
		}
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-ctx.Done():
		t.Fatal("the search doesn't end")
	}
}

func testPages(t *testing.T, open Opener) {
	e := engine(t, open, index.Batch{Documents: []index.Document{
		text(1, "Antrag eins", "Bescheid", "Antrag zwei. Antrag drei."),
		text(2, "Am Ende steht Reise", "pass Anfang", "Reise ohne Pass", "ein Reise pass"),
	}})
	tests := []struct {
		name, query string
		want        map[int][]int
	}{
		{"pages of a word, once each", "Antrag", map[int][]int{1: {1, 3}}},
		{"pages of several words", "Antrag Bescheid", map[int][]int{1: {1, 2, 3}}},
		{"phrase only where it stands", `"Reise Pass"`, map[int][]int{2: {4}}},
		{"no phrase across a page border", `"Reise pass Anfang"`, map[int][]int{}},
		{"word on all its pages", "Reise", map[int][]int{2: {1, 3, 4}}},
		{"nothing typed has no pages", "", map[int][]int{1: nil, 2: nil}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := map[int][]int{}
			for _, h := range search(t, e, index.Query{Text: tt.query, Rights: all()}).Hits {
				got[number(string(h.Document))] = h.Pages
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// Words that stand on every page are not searched on pages. Alone, they find titles and senders
// that have them, and the answer says so.
func testStopWords(t *testing.T, open Opener) {
	an := text(2, "Vu Thi An wohnt hier.")
	an.Title, an.Sender = "Anhörung An", "Der Kreis"
	e := engine(t, open, index.Batch{Documents: []index.Document{text(1, "Der Pass und das Buch an der Wand"), an, text(3, "Pass")}})
	tests := []struct {
		name, query string
		want        []int
		headOnly    bool
	}{
		{"beside another word they don't count", "der Pass", []int{1, 3}, false},
		{"alone they find titles", "an", []int{2}, true},
		{"alone they find senders", "der", []int{2}, true},
		{"all of them must be there", "der und", nil, true},
		{"as a phrase", `"an der"`, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := search(t, e, index.Query{Text: tt.query, Rights: all()})
			if got := numbers(res); !slices.Equal(got, tt.want) || res.HeadOnly != tt.headOnly {
				t.Errorf("got %v, head only %v; want %v, %v", got, res.HeadOnly, tt.want, tt.headOnly)
			}
		})
	}
}

func testQueryErrors(t *testing.T, open Opener) {
	e := engine(t, open, index.Batch{Documents: []index.Document{text(1, "geheimwort"), text(2, "geheimwort")}})
	after := search(t, e, index.Query{Text: "geheimwort", Rights: all(), Limit: 1}).Hits[0].After
	tests := []struct {
		name string
		q    index.Query
		code string
	}{
		{"open phrase", index.Query{Text: `"geheimwort`}, "phrase_open"},
		{"too long", index.Query{Text: strings.Repeat("x", 1001)}, "too_long"},
		{"too many words", index.Query{Text: strings.Repeat("geheimwort ", 31)}, "too_many_words"},
		{"cursor of another kind", index.Query{Text: "geheimwort", After: "geheimwort"}, "cursor"},
		{"cursor cut short", index.Query{Text: "geheimwort", After: after[:len(after)-3]}, "cursor"},
		{"cursor of another order", index.Query{Text: "geheimwort", After: after, Sort: "date"}, "cursor"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Rights, tt.q.Limit = all(), 10
			_, err := e.Search(context.Background(), tt.q)
			var qe *index.QueryError
			if !errors.As(err, &qe) || qe.Code != tt.code {
				t.Fatalf("got %v, want code %s", err, tt.code)
			}
			if strings.Contains(err.Error(), "geheimwort") {
				t.Error("the error repeats the query")
			}
		})
	}
}

func testMarks(t *testing.T, open Opener) {
	e := engine(t, open, index.Batch{})
	tests := []struct {
		name, text, query string
		want              []string
	}{
		{"word in every form", "Der Pass, die Pässe; PASS!", "pass", []string{"Pass", "Pässe", "PASS"}},
		{"inflection", "Die Urkunde und die Urkunden", "Urkunde", []string{"Urkunde", "Urkunden"}},
		{"umlauts", "Müller Mu\u0308ller Mueller", "Müller", []string{"Müller", "Mu\u0308ller", "Mueller"}},
		{"bytes of the text as given behind combining marks", "u\u0308u\u0308u\u0308 Pass", "Pass", []string{"Pass"}},
		{"phrase only where it stands", "Reise Pass, Pass Reise, Reise Pass", `"Reise Pass"`, []string{"Reise", "Pass", "Reise", "Pass"}},
		{"word and phrase overlap once", "Reise Pass Reise", `Reise "Reise Pass"`, []string{"Reise", "Pass", "Reise"}},
		{"stop words aren't marked beside others", "der Pass der Frau", "der Pass", []string{"Pass"}},
		{"stop words alone are", "Der Kreis", "der", []string{"Der"}},
		{"number", "Az. 33.11-000123/2026, 2026", "33.11-000123/2026", []string{"33.11", "000123", "2026"}},
		{"nothing typed", "Pass", "", nil},
		{"nothing there", "", "Pass", nil},
		{"broken text", "Pa\xffss Pass", "Pass", []string{"Pass"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spans, err := e.Marks(tt.text, tt.query)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			end := 0
			for _, s := range spans {
				if s.Start < end || s.End <= s.Start {
					t.Fatalf("spans not ascending: %v", spans)
				}
				got, end = append(got, tt.text[s.Start:s.End]), s.End
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
	var qe *index.QueryError
	if _, err := e.Marks("x", `"x`); !errors.As(err, &qe) {
		t.Errorf("open phrase: %v", err)
	}
}
