package query_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"eakte/index/query"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, text, want string
		mistakes         []string
	}{
		{"nothing", "", "", nil},
		{"blank", " \t\n", "", nil},
		{"empty phrase asks for nothing", `"" a " "`, "a", nil},
		{"words", " Pass  verloren\n", "Pass verloren", nil},
		{"phrase between words", `alt "in  der Türkei" neu`, `alt "in der Türkei" neu`, nil},
		{"phrase touching words", `a"b c"d`, `a "b c" d`, nil},
		{"German quotation marks", "„gute Führung“", `"gute Führung"`, nil},
		{"guillemets either way", "»gute Führung« «x y»", `"gute Führung" "x y"`, nil},
		{"control characters part words", "a\x00b\x01c", "a b c", nil},
		{"or binds closer than standing beside", "a b OR c d", "a b OR c d", nil},
		{"German or", "a ODER b | c", "a OR b OR c", nil},
		{"small letters are words", "a oder b or c und d not e", "a oder b or c und d not e", nil},
		{"and is what happens anyway", "a UND b AND c", "a b c", nil},
		{"groups", "(a b) OR c", "(a b) OR c", nil},
		{"group of one", "(a) ((b))", "a b", nil},
		{"group beside others", "x (a b)", "x a b", nil},
		{"or within or", "(a OR b) OR c", "a OR b OR c", nil},
		{"minus", "Pass -Duldung", "Pass -Duldung", nil},
		{"minus before a phrase", `Pass -"alt neu"`, `Pass -"alt neu"`, nil},
		{"minus before a group", "Pass -(alt OR neu)", "Pass -(alt OR neu)", nil},
		{"not", "Pass NICHT Duldung NOT alt", "Pass -Duldung -alt", nil},
		{"minus before a digit is none", "-5", "5", nil},
		{"hyphen inside a word", "Al-Hassan 33.11-000123/2026", "Al-Hassan 33.11-000123/2026", nil},
		{"plus means nothing", "+Pass", "Pass", nil},
		{"only exclusions", "-Pass", "-Pass", nil},
		{"all in capitals", "MÜLLER UND SOHN NICHT HIER", "MÜLLER UND SOHN NICHT HIER", nil},
		{"beginning of a word", "Verläng*", "Verläng*", nil},
		{"star inside", "Auf*laubnis", "Auf*laubnis", nil},
		{"misspelt", "Meier~ Aufenthaltstitel~ Schmidt~1", "Meier~1 Aufenthaltstitel~2 Schmidt~1", nil},
		{"near", "Pass NAHE/5 verloren", `"Pass verloren"~5`, nil},
		{"near three", "a NEAR b NEAR c", `"a b c"~10`, nil},
		{"near as people write it", `"Pass verloren"~3`, `"Pass verloren"~3`, nil},
		{"brackets as punctuation", "a) Bescheid Akte(n)", "a Bescheid Akte(n", nil},
		{"punctuation around a word", "Pass, bitte!", "Pass bitte", nil},
		{"question mark", "Wo ist der Pass?", "Wo ist der Pass", nil},
		{"type", "typ:Reisepass gültig", "typ:Reisepass gültig", nil},
		{"English names", "type:passport from:2024", "typ:passport von:2024-01-01", nil},
		{"several types", "typ:Pass,Visum typ:Urkunde", "typ:Pass typ:Visum typ:Urkunde", nil},
		{"types joined by or", "typ:Pass OR typ:Visum", "typ:Pass typ:Visum", nil},
		{"type in quotation marks", `typ:"Beglaubigte Übersetzung"`, `typ:"Beglaubigte Übersetzung"`, nil},
		{"days", "von:17.5.2024 bis:2024-06", "von:2024-05-17 bis:2024-06-30", nil},
		{"a year at both ends", "datum:2024", "von:2024-01-01 bis:2024-12-31", nil},
		{"the narrower days hold", "von:2023 von:2024 bis:2026 bis:2025", "von:2024-01-01 bis:2025-12-31", nil},
		{"reference number", "az:33.11-000123/2026 Pass -az:4", "az:33.11-000123/2026 Pass -az:4", nil},
		{"Akte by its number", "akte:33.11-000123/2026", "az:33.11-000123/2026", nil},
		{"field with a blank is a word", "Von: Müller", "Von Müller", nil},
		{"addresses and times", "https://example.org 12:30", "https://example.org 12:30", nil},
		{"torn at the end of a line", "Aufent- halt Pass", "Aufenthalt OR (Aufent halt) Pass", nil},
		{"torn at a line that is still there", "alt Aufent-\nhalt", "alt Aufenthalt OR (Aufent halt)", nil},
		{"set wide", "B e s c h e i d vom", "Bescheid OR (B e s c h e i d) vom", nil},
		{"torn and excluded", "Pass NICHT Aufent- halt", "Pass -(Aufenthalt OR (Aufent halt))", nil},
		{"torn beside or", "Pass ODER A B C E", "Pass OR ABCE OR (A B C E)", nil},
		{"three letters are letters", "A B C", "A B C", nil},
		{"a hyphen that stands for a word", "Vor- und Nachname", "Vor und Nachname", nil},
		{"a hyphen before a capital", "Baden- Württemberg", "Baden Württemberg", nil},
		{"letters that make an operator", "N E A R", "N E A R", nil},
		{"letters in brackets", "x (A B C E)", "x ABCE OR (A B C E)", nil},
		{"letters beside the word that they make", "ABCE OR (A B C E)", "ABCE OR (A B C E)", nil},
		{"letters in quotation marks", `"A B C E"`, `"A B C E"`, nil},
		{"Arabic and German", "جواز Pass -السفر", "جواز Pass -السفر", nil},

		{"open phrase", `a "b c`, `a "b c"`, []string{query.PhraseOpen}},
		{"lone quotation mark", `"`, "", []string{query.PhraseOpen}},
		{"open group", "(a OR b", "a OR b", []string{query.GroupOpen}},
		{"or alone", "OR", "OR", []string{query.OperatorAlone}},
		{"or at the ends", "OR a OR", "a", []string{query.OperatorAlone, query.OperatorAlone}},
		{"or twice", "a OR OR b", "a OR b", []string{query.OperatorAlone}},
		{"not at the end", "a NOT", "a", []string{query.OperatorAlone}},
		{"exclusion beside or", "a OR -b", "a", []string{query.NotPlace}},
		{"type excluded", "a -typ:Pass", "a", []string{query.FieldPlace}},
		{"type beside or", "a OR typ:Pass", "a", []string{query.FieldPlace}},
		{"unknown field", "Vorname:Ali", "Vorname:Ali", []string{query.UnknownField}},
		{"no such day", "a von:31.02.2024", "a", []string{query.NoSuchDate}},
		{"no day at all", "bis:gestern", "", []string{query.NoSuchDate}},
		{"days the wrong way round", "von:2025 bis:2024", "von:2024-01-01 bis:2025-12-31", []string{query.DatesSwapped}},
		{"operator among capitals", "REISEPASS UND VISUM", "REISEPASS UND VISUM", nil},
		{"operator among numbers", "4711 NICHT 0815", `4711 -"0815"`, nil},
		{"operator among letters without capitals", "جواز NICHT مفقود", "جواز -مفقود", nil},
		{"star behind a letter with marks", "e\u0301\u0301\u0301*", "e\u0301\u0301\u0301", []string{query.WildcardShort}},
		{"star first", "*pass", "pass", []string{query.WildcardFirst}},
		{"star at both ends", "*laubnis*", "laubnis*", []string{query.WildcardFirst}},
		{"star too early", "Pa*", "Pa", []string{query.WildcardShort}},
		{"star in a number", "33.11-*", "33.11", []string{query.WildcardPlace}},
		{"too short to be misspelt", "Ali~", "Ali", []string{query.FuzzyShort}},
		{"near nothing", "a NAHE/5", "a", []string{query.NearPlace}},
		{"near an exclusion", "a NEAR -b", "a -b", []string{query.NearPlace}},
		{"number without digits", "az:neu a", "a", []string{query.UnknownValue}},
		{"deep", strings.Repeat("(", 9) + "a" + strings.Repeat(")", 9), "a", []string{query.GroupDeep}},
		{"thirty words", strings.Repeat("wo ", 30), strings.TrimSpace(strings.Repeat("wo ", 30)), nil},
		{"thirty-one words", strings.Repeat("wo ", 31), strings.TrimSpace(strings.Repeat("wo ", 30)), []string{query.TooManyWords}},
		{"10,000 words", strings.Repeat("wort ", 10_000), strings.TrimSpace(strings.Repeat("wort ", 30)), []string{query.TooManyWords}},
		{"words in phrases count", `"` + strings.Repeat("w ", 31) + `"`, `"` + strings.TrimSpace(strings.Repeat("w ", 30)) + `"`, []string{query.TooManyWords}},
		{"conditions count", strings.Repeat("typ:a,b ", 16) + "w", strings.TrimSpace(strings.Repeat("typ:a typ:b ", 15)), []string{query.TooManyWords}},
		{"many in one", "typ:" + strings.Repeat("a,", 40), strings.TrimSpace(strings.Repeat("typ:a ", 30)), []string{query.TooManyWords}},
		{"many without blanks", strings.Repeat(`"a"`, 40), strings.TrimSpace(strings.Repeat(`"a" `, 30)), []string{query.TooManyWords}},
		{"1,001 characters", strings.Repeat("ü", 1001), strings.Repeat("ü", 1000), []string{query.TooLong}},
		{"cut at a blank", strings.Repeat("ü", 990) + " Aufenthaltserlaubnis", strings.Repeat("ü", 990), []string{query.TooLong}},
		{"left open by the cut", "(" + strings.Repeat("ü", 998) + " Pass)", strings.Repeat("ü", 998), []string{query.TooLong}},
		{"megabytes", strings.Repeat("ä", 5<<20), strings.Repeat("ä", 1000), []string{query.TooLong}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := query.Parse(tt.text)
			if got := q.String(); got != tt.want {
				t.Errorf("understood %q, want %q", got, tt.want)
			}
			var codes []string
			for _, m := range q.Mistakes {
				codes = append(codes, m.Code)
			}
			if !slices.Equal(codes, tt.mistakes) {
				t.Errorf("mistakes %q, want %q", codes, tt.mistakes)
			}
			sound(t, tt.text)
		})
	}
}

func TestMistakeStandsWhereItIs(t *testing.T) {
	text := "Pass *laubnis von:31.02.2024"
	q := query.Parse(text)
	var got []string
	for _, m := range q.Mistakes {
		got = append(got, text[m.Start:m.End])
	}
	if want := []string{"*laubnis", "von:31.02.2024"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWords(t *testing.T) {
	q := query.Parse(`Müller "Al Hassan" -Pass (a OR b) Verläng* Meier~ typ:Pass az:33.11-1/2026`)
	if got, want := q.Words(), "Müller Al Hassan Verläng Meier 33.11-1/2026"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if q.Plain() || !query.Parse(`Müller "Al Hassan"`).Plain() || query.Parse(`"`).Plain() {
		t.Error("what is plain and what isn't")
	}
}

func TestWiden(t *testing.T) {
	q := query.Parse(`AE "AE neu" -AE (AE OR b)`)
	same := func(w string) []string {
		if w == "AE" {
			return []string{"Aufenthaltserlaubnis"}
		}
		return nil
	}
	if got := q.Widen(same); !slices.Equal(got, []string{"AE", "AE"}) {
		t.Errorf("widened %q", got)
	}
	if also := q.Root.Kids[0].Also; !slices.Equal(also, []string{"Aufenthaltserlaubnis"}) || q.Root.Kids[1].Also != nil || q.Root.Kids[2].Kids[0].Also != nil {
		t.Errorf("%+v", q.Root)
	}
}

func TestDays(t *testing.T) {
	tests := []struct{ text, first, last string }{
		{"2024", "2024-01-01", "2024-12-31"},
		{"02.2024", "2024-02-01", "2024-02-29"},
		{"2024-2", "2024-02-01", "2024-02-29"},
		{"29.02.2024", "2024-02-29", "2024-02-29"},
		{"2024-02-29", "2024-02-29", "2024-02-29"},
		{"29.02.2023", "", ""}, {"31.04.2024", "", ""}, {"00.05.2024", "", ""}, {"13.2024", "", ""},
		{"1.1.24", "", ""}, {"gestern", "", ""}, {"", "", ""}, {"1.2.3.2024", "", ""}, {"99999", "", ""}, {"-", "", ""},
	}
	for _, tt := range tests {
		first, last, ok := query.Days(tt.text)
		if first != tt.first || last != tt.last || ok != (tt.first != "") {
			t.Errorf("%q: %q to %q, %v", tt.text, first, last, ok)
		}
	}
}

// sound checks what holds for any text: mistakes lie inside it, and what was understood, written down and
// read again, is understood the same.
func sound(t *testing.T, text string) {
	t.Helper()
	q := query.Parse(text)
	for _, m := range q.Mistakes {
		if m.Start < 0 || m.Start > m.End || m.End > len(text) {
			t.Errorf("%q: %s stands at %d to %d", text, m.Code, m.Start, m.End)
		}
	}
	if kept := query.Parse(query.Enough(text)); kept.Text != q.Text || len(kept.Mistakes) != len(q.Mistakes) {
		t.Errorf("%q is not enough for %q", query.Enough(text), text)
	}
	written := q.String()
	again := query.Parse(written)
	if slices.ContainsFunc(again.Mistakes, func(m query.Mistake) bool { return m.Code == query.TooLong }) {
		return // words apart need more blanks than they had
	}
	if d := cmp.Diff(q, again, cmpopts.IgnoreFields(query.Query{}, "Text", "Mistakes"), cmpopts.IgnoreFields(query.Condition{}, "Start", "End"), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%q is read as %q, and that otherwise: -first +second\n%s", text, written, d)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`Pass -"alt neu" (AE OR Visum) Verläng* Meier~ typ:Pass,Visum von:2024 az:33/1`, `"`, "(((", "a)b (c)d)", "OR OR -", "NOT NOT NOT x",
		"*a* a*b*c", "a NEAR/5 b NEAR c", "-(-a)", `typ:"x y" -typ:"a"~3`, "A OR -B | NICHT c", "TYP:X UND MÜLLER", "a||b", "-5* -NOT 7", "\u202eabc\u202c x", "datum:2024 OR von:2023",
		"Aufent- halt -A B C D E", "OR- mit A b c d- e (x- y", "- a- b- c d",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { sound(t, text) })
}

// What contradicts itself finds nothing: only "von:" and "bis:" are meant the other way round.
func TestDayOutsideOfItsYears(t *testing.T) {
	q := query.Parse("datum:2023 von:2024")
	days := map[query.Field]string{}
	for _, c := range q.Conditions {
		days[c.Field] = c.Value
	}
	if days[query.From] != "2024-01-01" || days[query.To] != "2023-12-31" || len(q.Mistakes) > 0 {
		t.Errorf("%v, %v", q.Conditions, q.Mistakes)
	}
}
