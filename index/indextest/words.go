package indextest

import (
	"slices"
	"strings"
	"testing"

	"eakte/archive"
	"eakte/index"
)

// asking is a question and the documents that must be found.
type asking struct {
	name, query string
	want        []int
}

func put(t *testing.T, e index.Engine, asked []asking) {
	t.Helper()
	for _, tt := range asked {
		t.Run(tt.name, func(t *testing.T) {
			res := search(t, e, index.Query{Text: tt.query, Rights: all()})
			if got := numbers(res); !slices.Equal(got, tt.want) || res.Total != len(tt.want) {
				t.Errorf("%s: got %v, total %d, want %v", tt.query, got, res.Total, tt.want)
			}
		})
	}
}

// Words are found in their forms, inside compounds, in other languages and as recognition reads them.
func testWords(t *testing.T, open Opener) {
	titled := text(11, "leer")
	titled.Title = "Antrag auf Niederlassungserlaubnis"
	put(t, engine(t, open, index.Batch{Documents: []index.Document{
		text(1, "Die Aufenthaltserlaubnisse liegen bei."),
		text(2, "Dauer des Aufenthalts; Zustimmung des Vermieters."),
		text(3, "Geburtsurkunden und Krankenversicherungsnachweis"),
		text(4, "Der Kompass zeigt nach Norden, der Landtag tagt."),
		text(5, "The applicant sent copies of the issued certificates to the office."),
		text(6, "Die Aufent-\nhaltsgestattung gilt. Vor- und Nachname. Die Be- scheinigung fehlt."),
		text(7, "Die Kommune und das Eltemhaus; Miiller; Nr. 26O4170O1234"),
		text(8, "Der B e s c h e i d ist da. Das Zeug nis fehlt, das Gut achten auch."),
		text(9, "إقامة في ألمانيا، الإقامة ٢٠٢٤ · گذرنامه · Ёлка и паспорт"),
		text(10, "Şahin Đorđević, Łukasz, René"),
		text(12, "Die 0rdnung der Be1lagen vom 3O.O5.2O25, auch 2O26, Jahrgang 199O; Anlage10, 100l Heizöl. Ein Aus\ufb02ug, af\ufb01nieren."),
		text(13, "Fahrzeuge der Klassen A B C E", "Der Arm ist links-\nseitig gelähmt."),
		titled,
	}}), []asking{
		{"one letter of a row", "Klasse B", []int{13}},
		{"another one and a letter that isn't there", "Klasse D", nil},
		{"the letter beside its word", `"Klassen A"`, []int{13}},
		{"all letters", "Klasse A B C E", []int{13}},
		{"all of them in quotation marks", `"A B C E"`, []int{13}},
		{"what stands behind a true hyphen", "seitig", []int{13}},
		{"beside the next word", `"seitig gelähmt"`, []int{13}},
		{"all of it as one word", "linksseitig", []int{13}},
		{"all of it with its hyphen", "links-seitig", []int{13}},
		{"a word copied with its tear", "Aufent- haltsgestattung", []int{6}},
		{"in quotation marks", `"Aufent- haltsgestattung gilt"`, []int{6}},
		{"a word copied with blanks", "B e s c h e i d", []int{8}},
		{"first word of a compound", "Aufenthalt", []int{1, 2, 6}},
		{"last word of a compound", "Erlaubnis", []int{1, 11}},
		{"its plural", "Erlaubnisse", []int{1, 11}},
		{"a compound finds itself alone", "Aufenthaltserlaubnis", []int{1}},
		{"document and its kinds", "Urkunde", []int{3}},
		{"two words of three", "Krankenversicherung", []int{3}},
		{"the other two", "Versicherungsnachweis", []int{3}},
		{"no word that isn't one", "Pass", nil},
		{"nor a day in the parliament", "Tag", nil},
		{"genitive behind r", "Vermieter", []int{2}},
		{"genitive asked for", "Vermieters", []int{2}},
		{"a compound's phrase", `"Antrag auf Niederlassungserlaubnis"`, []int{11}},
		{"a phrase with a part of a compound", `"Antrag auf Erlaubnis"`, []int{11}},
		{"parts of one word are not side by side", `"Aufenthalts Erlaubnis"`, nil},
		{"English plural in ies", "copy", []int{5}},
		{"English past", "issue", []int{5}},
		{"English other ending", "certificate", []int{5}},
		{"hyphen at the end of a line", "Aufenthaltsgestattung", []int{6}},
		{"hyphen and a blank", "Bescheinigung", []int{6}},
		{"a hyphen that stands for a word", "Vorund", nil},
		{"what it stands before", "Nachname", []int{6}},
		{"rn read as m", "Elternhaus", []int{7}},
		{"m not read as rn where it is m", "Kommune", []int{7}},
		{"ü read as ii", "Müller", []int{7}},
		{"zeros read as letters", "260417001234", []int{7}},
		{"letters read as digits", "Ordnung", []int{12}},
		{"another letter", "Bellagen", []int{12}},
		{"a year with a letter", "2026", []int{12}},
		{"a day with letters", "30.05.2025", []int{12}},
		{"a letter at its end", "1990", []int{12}},
		{"a number behind a word", "Anlage10", []int{12}},
		{"begins as it stands", "Anlage1*", []int{12}},
		{"a unit behind a number", "100l", []int{12}},
		{"no unit read as digit", "1001", nil},
		{"ligature", "Ausflug affin*", []int{12}},
		{"word set wide", "Bescheid", []int{8}},
		{"word torn by a blank", "Zeugnisse", []int{8}},
		{"another", "Gutachten", []int{8}},
		{"Arabic without article and with other letters", "اقامة", []int{9}},
		{"Arabic digits", "2024", []int{9}},
		{"Persian word in Arabic letters", "گذرنامه", []int{9}},
		{"Cyrillic with dots left out", "елка", []int{9}},
		{"marks left out", "Sahin Dordevic Lukasz Rene", []int{10}},
		{"marks written", "Şahin Łukasz René", []int{10}},
	})
}

func testOperators(t *testing.T, open Opener) {
	numbered := text(6, "Sonst nichts")
	numbered.Number = "33.11-000123/2026"
	put(t, engine(t, open, index.Batch{Documents: []index.Document{
		text(1, "Reisepass verloren am Bahnhof"),
		text(2, "Reisepass gefunden, nichts wurde verloren"),
		text(3, "Visum verlängert"),
		text(4, "Verlängerung der Duldung"),
		text(5, "Meyer beantragt ein Visum", "verloren"),
		numbered,
	}}), []asking{
		{"or", "Visum OR Duldung", []int{3, 4, 5}},
		{"or beside a word", "verloren Visum OR Reisepass", []int{1, 2, 5}},
		{"not", "Reisepass -gefunden", []int{1}},
		{"not a phrase", `verloren -"Reisepass verloren"`, []int{2, 5}},
		{"not a group", "verloren -(gefunden OR Visum)", []int{1}},
		{"nothing but not", "-verloren", []int{3, 4, 6}},
		{"not what isn't there", "Visum -Zebra", []int{3, 5}},
		{"groups", "(Reisepass gefunden) OR (Visum Meyer)", []int{2, 5}},
		{"beginning", "Verläng*", []int{3, 4}},
		{"beginning as typed", "verlo*", []int{1, 2, 5}},
		{"beginning that no word has", "zebr*", nil},
		{"star inside", "Reis*ass", []int{1, 2}},
		{"beginning longer than the stem", "Visums*", []int{3, 5}},
		{"excluded beginning", "Reisepass -gefu*", []int{1}},
		{"star inside before an ending", "Verläng*en", []int{3, 4}},
		{"star inside before an ending that nothing has", "Verlä*heit", nil},
		{"excluded common word", "Reisepass -am", []int{1, 2}},
		{"excluded common words alone ask for nothing", "-der -am", nil},
		{"misspelt", "Reisepas~", []int{1, 2}},
		{"misspelt by two letters", "Verlengerong~", []int{4}},
		{"too far away", "Verloxxx~", nil},
		{"near", "Reisepass NAHE/1 verloren", []int{1}},
		{"near in any order", "verloren NAHE/1 Reisepass", []int{1}},
		{"less near", `"verloren Reisepass"~4`, []int{1, 2}},
		{"not near over a page's end", "Visum NAHE/50 verloren", nil},
		{"number", "az:33.11-000123/2026", []int{6}},
		{"not a number", "-az:33.11-000123/2026", []int{1, 2, 3, 4, 5}},
		{"open phrase", `"Reisepass gefunden`, []int{2}},
		{"lone quotation mark", `"`, []int{1, 2, 3, 4, 5, 6}},
		{"too many words", strings.Repeat("Visum ", 31) + "Zebra", []int{3, 5}},
		{"too long", strings.Repeat("Visum ", 167) + "Zebra", []int{3, 5}},
		{"operators alone", "OR", nil},
		{"common words beside or", "der OR Visum", []int{3, 5}},
		{"star first", "*pass", []int{1, 2}},
		{"both directions", "\u202eVisum\u202c Meyer", []int{5}},
	})
}

// A page of one word many times over must not stop a search for words near each other or misspelt: where it
// did, it would stop this test for hours, too.
func testHostileNearness(t *testing.T, open Opener) {
	e := engine(t, open, index.Batch{Documents: []index.Document{text(1, strings.Repeat("Zettel Kasten ", 50_000))}})
	for _, q := range []string{`"Zettel Kasten Zettel Kasten"~50`, "Zettl~ Kast*", "zet* OR kas* OR zettle~"} {
		if got := numbers(search(t, e, index.Query{Text: q, Rights: all()})); !slices.Equal(got, []int{1}) {
			t.Errorf("%s: %v", q, got)
		}
	}
}

func testPersonsChosen(t *testing.T, open Opener) {
	of := func(n, p int) index.Document {
		d := text(n, "Pass")
		d.Person = id[archive.PersonID](p)
		return d
	}
	e := engine(t, open, index.Batch{Documents: []index.Document{of(1, 1), of(2, 2), of(3, 3)}})
	person := id[archive.PersonID]
	for _, tt := range []struct {
		name    string
		persons []archive.PersonID
		want    []int
	}{
		{"nobody chosen", nil, []int{1, 2, 3}},
		{"none of them", []archive.PersonID{}, nil},
		{"some", []archive.PersonID{person(1), person(3)}, []int{1, 3}},
		{"unknown", []archive.PersonID{person(9)}, nil},
	} {
		for _, words := range []string{"", "Pass"} {
			got := numbers(search(t, e, index.Query{Text: words, Persons: tt.persons, Rights: all()}))
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s, %q: got %v, want %v", tt.name, words, got, tt.want)
			}
		}
	}
}
