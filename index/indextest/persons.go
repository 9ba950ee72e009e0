package indextest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"eakte/archive"
	"eakte/index"
)

func person(n int, names ...string) index.Person {
	return index.Person{ID: id[archive.PersonID](n), Names: names, Rights: []string{everybody}}
}

// persons returns who is found, in order, as small numbers.
func persons(t *testing.T, e index.Engine, q index.PersonQuery) []int {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	hits, err := e.Persons(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	var ns []int
	for _, h := range hits {
		ns = append(ns, number(string(h.Person)))
	}
	return ns
}

func testPersons(t *testing.T, open Opener) {
	born := func(p index.Person, date string, numbers ...string) index.Person {
		p.BirthDate, p.Numbers = date, numbers
		return p
	}
	e := engine(t, open, index.Batch{Documents: []index.Document{text(1, "Müller Ali")}, Persons: []index.Person{
		born(person(1, "Anna Mueller"), "1990-05-17", "33.11-000123/2026"),
		born(person(2, "Anna Müller"), "1990", "260417001234"),
		born(person(3, "Hanna Muller"), "1990-05"),
		born(person(4, "Ali Al-Hassan", "علي الحسن"), "1985-01-01"),
		person(5, "Łukasz O’Neil"),
		person(6, "Алексей Йорданов"),
		person(7, "Vu Thi An"),
		person(8, "Müllerová Jana"),
		person(9, "Seán Bauer"),
	}})
	tests := []struct {
		name, query string
		want        []int
	}{
		{"as spelled first, then folded, then beginnings", "Müller", []int{2, 1, 3, 8}},
		{"other spelling", "mueller", []int{1, 2, 3, 8}},
		{"combining umlaut", "Mu\u0308ller", []int{2, 1, 3, 8}},
		{"all words must fit, in any order", "müller anna", []int{2, 1}},
		{"beginning of the last word", "Anna Mü", []int{2, 1}},
		{"beginning only of the last word", "Ann Müller", nil},
		{"one letter is no beginning", "Anna M", nil},
		{"hyphen or blank", "Al Hassan", []int{4}},
		{"hyphen left out", "Alhassan", []int{4}},
		{"Arabic", "الحسن", []int{4}},
		{"Cyrillic, lower case", "йорданов", []int{6}},
		{"Cyrillic letters keep their marks", "иорданов", nil},
		{"stroke and apostrophe", "lukasz oneil", []int{5}},
		{"other apostrophe", "O'Neil", []int{5}},
		{"stop words are names", "An", []int{7, 1, 2}},
		{"no umlaut behind a vowel", "Baur", nil},
		{"number", "33.11-000123/2026", []int{1}},
		{"number with blanks", "33.11 - 000123 / 2026", []int{1}},
		{"register number", "260417001234", []int{2}},
		{"part of a number", "000123", nil},
		{"birth date", "17.05.1990", []int{1, 2, 3}},
		{"birth date in ISO 8601", "1990-05-17", []int{1, 2, 3}},
		{"birth date without zeros", "17.5.1990", []int{1, 2, 3}},
		{"month", "1990-05", []int{1, 3, 2}},
		{"year", "1990", []int{1, 2, 3}},
		{"unknown day and month", "00.00.1990", []int{1, 2, 3}},
		{"birth date with blanks", "17. 5. 1990", []int{1, 2, 3}},
		{"birth date with a word", "geb. 17. Mai 1990 Müller", []int{1, 2, 3}},
		{"month with a slash and name", "Anna 05/1990", []int{1, 2}},
		{"register number with blanks and name", "Müller 2604 1700 1234", []int{2}},
		{"reference number with blanks and name", "Anna 33.11 - 000123 / 2026", []int{1}},
		{"name and birth date", "Müller, Anna, 17.05.1990", []int{1, 2}},
		{"another day", "18.05.1990", []int{2, 3}},
		{"quotation marks don't matter", `"Anna Müller"`, []int{2, 1}},
		{"nobody", "Zebra", nil},
		{"nothing typed", " ", nil},
		{"punctuation alone", "- .", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := persons(t, e, index.PersonQuery{Text: tt.query, Rights: all()}); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if got := persons(t, e, index.PersonQuery{Text: "Müller", Rights: all(), Limit: 2}); !slices.Equal(got, []int{2, 1}) {
		t.Errorf("limit 2: %v", got)
	}
	apply(t, e, index.Batch{Persons: []index.Person{person(1, "Anna Meier")}, DeletePersons: []archive.PersonID{id[archive.PersonID](2)}})
	if got := persons(t, e, index.PersonQuery{Text: "Müller", Rights: all()}); !slices.Equal(got, []int{3, 8}) {
		t.Errorf("after a change and a deletion: %v", got)
	}
}

func testAlike(t *testing.T, open Opener) {
	born := func(p index.Person, date string, numbers ...string) index.Person {
		p.BirthDate, p.Numbers = date, numbers
		return p
	}
	hidden := person(20, "Selamawit Tekle")
	hidden.Rights = []string{"nobody"}
	people := []index.Person{
		born(person(1, "Yurii Shevchenko"), "1990-05-17", "260417001234"), person(2, "Юрій Шевченко"), person(3, "Yurii Savchenko"),
		person(4, "Abd al-Rahman Darwish"), person(5, "عبد الرحمن درويش"), born(person(6, "Anna Meier"), "1990"),
		person(7, "Anna Mayer"), person(8, "Mehmet Kaya"), person(9, "Mohammed Kaya"), person(10, "Anna Maria Schneider"),
		person(11, "Haile Tekle"), hidden,
	}
	e := engine(t, open, index.Batch{Persons: people})
	tests := []struct {
		name, query string
		want        []int
	}{
		{"romanisation and script", "Jurij Schewtschenko", []int{1, 2, 3}},
		{"family name first", "Chevtchenko, Iouri", []int{1, 2, 3}},
		{"exact before alike", "Anna Mayer", []int{7, 6}},
		{"exact before related", "Mehmet Kaya", []int{8, 9}},
		{"article written otherwise", "Abdurrahman Derwisch", []int{5, 4}},
		{"a slip", "Yurii Shevvhenko", []int{1, 2}},
		{"a name too many", "Anna Berta Schneider", []int{10}},
		{"with a birth date", "Jurij Schewtschenko 17.05.1990", []int{1}},
		{"with another birth date", "Jurij Schewtschenko 18.05.1990", nil},
		{"with a number in groups", "Schewtschenko 2604 1700 1234", []int{1}},
		{"one word of two that few have", "Haile Zzyzx", []int{11}},
		{"nobody", "Zebra Zzyzx", nil},
		{"an initial", "Y. Shevchenko", []int{1, 2, 3}},
		{"the initial of another romanisation", "J. Shevchenko", []int{1, 2}},
		{"a hidden person", "Selamawit Tekle", []int{11}},
		{"a hidden person, other romanisation", "Selamavit Teclee", []int{11}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := persons(t, e, index.PersonQuery{Text: tt.query, Rights: all(), Alike: true}); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if got := persons(t, e, index.PersonQuery{Text: "Jurij Schewtschenko", Rights: all()}); len(got) > 0 {
		t.Errorf("not asked for alike: %v", got)
	}
	if got := persons(t, e, index.PersonQuery{Text: "Jurij Schewtschenko", Alike: true}); len(got) > 0 {
		t.Errorf("without rights: %v", got)
	}
	testCrowd(t, e)
}

// testCrowd adds people whom nobody may see: what is found must stay the same.
func testCrowd(t *testing.T, e index.Engine) {
	before := persons(t, e, index.PersonQuery{Text: "Haile Zzyzx", Rights: all(), Alike: true})
	var crowd []index.Person
	for n := range 60 {
		p := person(100+n, "Haile Zzyzw")
		p.Rights = []string{"nobody"}
		crowd = append(crowd, p)
	}
	apply(t, e, index.Batch{Persons: crowd})
	if got := persons(t, e, index.PersonQuery{Text: "Haile Zzyzx", Rights: all(), Alike: true}); !slices.Equal(got, before) {
		t.Errorf("with a hidden crowd: %v, before %v", got, before)
	}
}

func testPersonRights(t *testing.T, open Opener) {
	with := func(n int, akten map[archive.AkteID][]string, rights ...string) index.Person {
		p := person(n, "Ali")
		p.Rights, p.Akten = rights, akten
		return p
	}
	type akten = map[archive.AkteID][]string
	e := engine(t, open, index.Batch{Persons: []index.Person{
		with(1, akten{akte(1): {"a"}, akte(2): {"b"}}, "a", "b", index.Locatable),
		with(2, nil, "c", index.Locatable),
		with(3, nil),
		with(4, akten{akte(4): {""}}, ""),
	}})
	dirty := archive.Dirty{Akten: map[archive.AkteID]struct{}{akte(2): {}}}
	tests := []struct {
		name string
		q    index.PersonQuery
		want []int
	}{
		{"no rights", index.PersonQuery{}, nil},
		{"empty and unknown tokens", index.PersonQuery{Rights: index.Rights{Tokens: []string{"", "z"}}}, nil},
		{"a token", index.PersonQuery{Rights: index.Rights{Tokens: []string{"a"}}}, []int{1}},
		{"two tokens", index.PersonQuery{Rights: index.Rights{Tokens: []string{"b", "c"}}}, []int{1, 2}},
		{"within", index.PersonQuery{Rights: index.Rights{Within: akten{akte(2): {"b"}}}}, []int{1}},
		{"within with the token of another Akte", index.PersonQuery{Rights: index.Rights{Within: akten{akte(2): {"a"}}}}, nil},
		{"within another Akte", index.PersonQuery{Rights: index.Rights{Within: akten{akte(3): {"a"}}}}, nil},
		{"within with an empty token", index.PersonQuery{Rights: index.Rights{Within: akten{akte(4): {""}}}}, nil},
		{"dirty", index.PersonQuery{Rights: index.Rights{Tokens: []string{"a", "c"}}, Without: dirty}, []int{2}},
		{"located", index.PersonQuery{Locate: true}, []int{1, 2}},
		{"located with rights beside", index.PersonQuery{Locate: true, Rights: index.Rights{Tokens: []string{"a"}}}, []int{1, 2}},
		{"located but dirty", index.PersonQuery{Locate: true, Without: dirty}, []int{2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Text = "ali"
			if got := persons(t, e, tt.q); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func testNameMatcher(t *testing.T, open Opener) {
	e := engine(t, open, index.Batch{})
	tests := []struct {
		name, query, text string
		want              []string
	}{
		{"as spelled", "müller", "Anna Müller", []string{"Müller"}},
		{"another spelling", "Mueller anna", "Anna Mu\u0308ller", []string{"Anna", "Mu\u0308ller"}},
		{"beginning of the last word", "Anna Mü", "Müllerová Anna", []string{"Müllerová", "Anna"}},
		{"another word that is like it", "Ann Müller", "Müller Anna", []string{"Müller", "Anna"}},
		{"not of another word", "Otto Müller", "Müller Anna", []string{"Müller"}},
		{"another script", "Jurij", "Юрій", []string{"Юрій"}},
		{"one letter is no beginning", "M", "Müller", nil},
		{"part of a double name", "Hassan", "Ali Al-Hassan", []string{"Hassan"}},
		{"double name as one word", "Alhassan", "Ali Al-Hassan", []string{"Al-Hassan"}},
		{"apostrophe", "oneil", "Łukasz O’Neil", []string{"O’Neil"}},
		{"Arabic", "الحسن", "علي الحسن", []string{"الحسن"}},
		{"date beside a name", "Müller, 17.05.1990", "Müller", []string{"Müller"}},
		{"quotation marks", "„Anna Müller“", "Anna Müller", []string{"Anna", "Müller"}},
		{"nothing typed", "", "Müller", nil},
		{"nothing there", "Müller", " - ", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := e.NameMatcher(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			spans, fit := m.Name(tt.text)
			if got := written(tt.text, []index.Match{spans}); len(tt.want) == 0 && len(spans)+fit > 0 || len(tt.want) > 0 && (fit == 0 || got[0] != strings.Join(tt.want, " ") || len(spans) != len(tt.want)) {
				t.Errorf("got %q, fit %d, want %q", got, fit, tt.want)
			}
		})
	}
	m, err := e.NameMatcher("Anna Müll")
	if err != nil {
		t.Fatal(err)
	}
	last := 0
	for _, name := range []string{"Karl", "Mullah", "Anna", "Anna Muellerin", "Anna Müller", "Anna Mull", "Anna Müll"} {
		if _, fit := m.Name(name); last > 0 && fit <= last {
			t.Errorf("%q fits no better (%d) than the name before", name, fit)
		} else {
			last = fit
		}
	}
	if _, err := e.NameMatcher(strings.Repeat("x", 1001)); err == nil {
		t.Error("a text too long is taken")
	}
}
