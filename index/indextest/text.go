package indextest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"eakte/archive"
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
		{"soft hyphen in the query", "Aufent\u00adhalt", []int{2, 5}},
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
		{"no beginnings", "Ausgest", nil},
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

func testMatcher(t *testing.T, open Opener) {
	e := engine(t, open, index.Batch{})
	tests := []struct {
		name, text, query string
		page, head        []string // each match's words joined by a blank
	}{
		{name: "word in every form", text: "Der Pass, die Pässe; PASS!", query: "pass", page: []string{"Pass", "Pässe", "PASS"}},
		{name: "inflection", text: "Die Urkunde und die Urkunden", query: "Urkunde", page: []string{"Urkunde", "Urkunden"}},
		{name: "umlauts", text: "Müller Mu\u0308ller Mueller", query: "Müller", page: []string{"Müller", "Mu\u0308ller", "Mueller"}},
		{name: "bytes of the text as given behind combining marks", text: "u\u0308u\u0308u\u0308 Pass", query: "Pass", page: []string{"Pass"}},
		{name: "phrase only where it stands", text: "Reise Pass, Pass Reise, Reise Pass", query: `"Reise Pass"`, page: []string{"Reise Pass", "Reise Pass"}},
		{name: "phrase across a stop word", text: "Pass der Frau, Pass Frau", query: `"Pass der Frau"`, page: []string{"Pass Frau"}, head: []string{"Pass der Frau"}},
		{name: "word and phrase that begin alike are one", text: "Reise Pass Reise", query: `Reise "Reise Pass"`, page: []string{"Reise Pass", "Reise"}},
		{name: "word inside a phrase is another", text: "Reise Pass", query: `Pass "Reise Pass"`, page: []string{"Reise Pass", "Pass"}},
		{name: "phrase that overlaps itself", text: "Reise Reise Reise", query: `"Reise Reise"`, page: []string{"Reise Reise", "Reise Reise"}},
		{name: "stop words aren't matched beside others", text: "der Pass der Frau", query: "der Pass", page: []string{"Pass"}},
		{name: "stop words alone are, in heads", text: "Der Kreis", query: "der", page: []string{}, head: []string{"Der"}},
		{name: "number", text: "Az. 33.11-000123/2026, 2026", query: "33.11-000123/2026", page: []string{"33.11 000123 2026"}},
		{name: "a letter of a row", text: "Klassen A B C E", query: "Klasse B", page: []string{"Klassen", "B"}},
		{name: "torn words whole and in pieces", text: "Aufent-\nhalt, links-\nseitig", query: "Aufenthalt seitig", page: []string{"Aufent-\nhalt", "seitig"}},
		{name: "a word of two written with its hyphen", text: "links-\nseitig, links-seitig", query: "links-seitig", page: []string{"links-\nseitig", "links seitig"}},
		{name: "excluded common words mark nothing", text: "der Pass und die Frau", query: "Pass -der", page: []string{"Pass"}},
		{name: "star inside before an ending", text: "verlängern, Verlängerung, verlängerten", query: "Verläng*en", page: []string{"verlängern", "Verlängerung", "verlängerten"}},
		{name: "nothing typed", text: "Pass"},
		{name: "nothing there", query: "Pass"},
		{name: "broken text", text: "Pa\xffss Pass", query: "Pass", page: []string{"Pass"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.head == nil {
				tt.head = tt.page
			}
			m, err := e.Matcher(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.page, written(tt.text, m.Page(tt.text)), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("page: -want +got\n%s", d)
			}
			if d := cmp.Diff(tt.head, written(tt.text, m.Head(tt.text)), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("head: -want +got\n%s", d)
			}
		})
	}
	if m, err := e.Matcher(strings.Repeat("Visum ", 500)); err != nil || len(m.Page("Visum")) != 1 {
		t.Errorf("far too long a query: %v", err)
	}
}

func written(text string, ms []index.Match) (out []string) {
	for _, m := range ms {
		var words []string
		for _, s := range m {
			words = append(words, text[s.Start:s.End])
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

// What the engine finds on a page a matcher finds in its text, and no more: pages and counts agree.
func testMatcherAgrees(t *testing.T, open Opener) {
	w := &world{rand: rand.New(rand.NewPCG(7, 2026))}
	var b index.Batch
	pages := map[archive.DocumentID][]string{}
	for range 60 {
		d := w.document(everybody)
		pages[d.ID] = d.Pages
		b.Documents = append(b.Documents, d)
	}
	e := engine(t, open, b)
	several := 0
	for range 400 {
		q := w.query()
		q.Rights, q.Without, q.Limit = all(), archive.Dirty{}, 100
		m, err := e.Matcher(q.Text)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range search(t, e, q).Hits {
			var on, counts []int
			for i, text := range pages[h.Document] {
				if n := len(m.Page(text)); n > 0 {
					on, counts = append(on, i+1), append(counts, n)
					several += n - 1
				}
			}
			if !slices.Equal(on, h.Pages) || !slices.Equal(counts, h.Counts) {
				t.Fatalf("%q in %q: engine has %v %v, matcher %v %v", q.Text, pages[h.Document], h.Pages, h.Counts, on, counts)
			}
		}
	}
	if several == 0 {
		t.Error("no page has several matches: the test tells nothing")
	}
}

// The answer says which words were left out, and when nothing was left to look for.
func testExplained(t *testing.T, open Opener) {
	e := engine(t, open, index.Batch{Documents: []index.Document{text(1, "Der Pass")}})
	tests := []struct {
		query       string
		ignored     []string
		meaningless bool
	}{
		{query: "Pass"},
		{query: ""},
		{query: "der Pass und \"die der\"", ignored: []string{"der", "und", "die der"}},
		{query: "der und"},
		{query: "… – !", meaningless: true},
	}
	for _, tt := range tests {
		res := search(t, e, index.Query{Text: tt.query, Rights: all()})
		if !slices.Equal(res.Ignored, tt.ignored) || res.Meaningless != tt.meaningless {
			t.Errorf("%q: ignored %q, meaningless %v", tt.query, res.Ignored, res.Meaningless)
		}
	}
}
