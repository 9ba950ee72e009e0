package name_test

import (
	"slices"
	"strings"
	"testing"

	"eakte/index/name"
)

func TestFold(t *testing.T) {
	for _, alike := range [][]string{
		{"müller", "mu\u0308ller", "mueller", "muller"},
		{"groß", "gross"},
		{"łukasz", "lukasz"},
		{"sørensen", "soerensen", "sorensen", "sörensen"},
		{"çelik", "celik"},
		{"ışık", "isik"},
		{"đorđević", "dordevic"},
		{"ægir", "aegir", "ägir"},
	} {
		for _, s := range alike {
			if a, b := name.Fold(alike[0]), name.Fold(s); a != b {
				t.Errorf("%q folds to %q, %q to %q", alike[0], a, s, b)
			}
		}
	}
	for _, apart := range [][2]string{{"bauer", "baur"}, {"йорданов", "иорданов"}, {"quelle", "qulle"}, {"ali", "alim"}} {
		if a, b := name.Fold(apart[0]), name.Fold(apart[1]); a == b {
			t.Errorf("%q and %q both fold to %q", apart[0], apart[1], a)
		}
	}
}

func TestWords(t *testing.T) {
	for s, want := range map[string][]string{
		"Dr. Müller-O’Neil": {"dr", "müller", "oneil"},
		"علي الحسن":         {"علي", "الحسن"},
		"İLKAY":             {"ilkay"},
		" , - ":             nil,
	} {
		if got := name.Words(s); !slices.Equal(got, want) {
			t.Errorf("%q: %q", s, got)
		}
	}
}

// The codes are those of the examples that descriptions of the Kölner Phonetik give.
func TestCologne(t *testing.T) {
	for s, want := range map[string]string{
		"müllerlüdenscheidt": "65752682", "wikipedia": "3412", "breschnew": "17863", "meyer": "67", "maier": "67",
		"philipp": "351", "xaver": "4837", "christa": "4782", "schmidt": "862", "юрій": "", "": "",
	} {
		if got := name.Cologne(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestLikenessSaysWhy(t *testing.T) {
	for _, tt := range []struct {
		typed, name string
		want        name.Class
		sure        bool
	}{
		{"Anna Müller", "Anna Müller", name.Same, true},
		{"MÜLLER anna", "Anna Müller", name.Order, true},
		{"Anna Mueller", "Anna Müller", name.Umlaut, true},
		{"Anna Mu\u0308ller", "Anna Müller", name.Same, true},
		{"Jurij Schewtschenko", "Yurii Shevchenko", name.Romanisation, true},
		{"Iouri Chevtchenko", "Юрій Шевченко", name.Romanisation, true},
		{"Abd al-Rahman Chalid", "عبد الرحمن خالد", name.Romanisation, true},
		{"Abdurrahman Khalid", "Abd ar-Rahman Khaled", name.Romanisation, true},
		{"Müller", "Miller", name.Sounds, false},
		{"Anna Mayer", "Anna Meier", name.Romanisation, true},
		{"Ana Kowaltschuk", "Anna Kowaltschuks", name.Typo, false},
		{"Jurgen Bohmer", "Jurgen Bohwer", name.Typo, false},
		{"Mehmet Kaya", "Mohammed Kaya", name.Related, false},
		{"A. Müller", "Anna Müller", name.Initial, false},
		{"A. M. Müller", "Anna Maria Müller", name.Initial, false},
		{"Ю. Шевченко", "Yurii Shevchenko", name.Initial, false},
		{"Anna Müller", "Anna Maria Müller", name.Part, false},
		{"Anna Maria Müller", "Anna Müller", name.Part, false},
		{"Müller", "Anna Müller", name.Same, false},
		{"Anna Müller 17.05.1990", "Anna Müller", name.Same, true},
		{"Anna Müller", "Otto Schulz", name.None, false},
		{"Mario Rossi", "Maria Rossi", name.Sounds, false},
		{"", "Anna", name.None, false},
		{" - ", "Anna", name.None, false},
	} {
		got := name.Read(tt.typed).Compare(name.Read(tt.name))
		if got.Class != tt.want || got.Sure() != tt.sure || (got.Score == 0) != (tt.want == name.None) {
			t.Errorf("%q, %q: %v %d, sure %t; want %v, %t", tt.typed, tt.name, got.Class, got.Score, got.Sure(), tt.want, tt.sure)
		}
	}
}

// What is exact comes first, then what is surer.
func TestScoresFollowClasses(t *testing.T) {
	q, last := name.Read("Jürgen Müller"), 1001
	for _, n := range []string{"Jürgen Müller", "Müller Jürgen", "Juergen Muller", "Jürgen Miller", "Otto Müller"} {
		l := q.Compare(name.Read(n))
		if l.Score >= last {
			t.Errorf("%q scores %d, the one before %d", n, l.Score, last)
		}
		last = l.Score
	}
}

func FuzzCompare(f *testing.F) {
	for _, s := range []string{"Юрій", "عبد الرحمن", "Abd al-Rahman", strings.Repeat("schtsch", 20), "a b c d e f g h i j k l", "İ\u0307ß", "\xff"} {
		f.Add(s, "Anna Müller")
		f.Add("Anna Müller", s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		p, q := name.Read(a), name.Read(b)
		l := p.Compare(q)
		if l.Score < 0 || l.Score > 1000 || (l.Class == name.None) != (l.Score == 0) {
			t.Errorf("%v %d", l.Class, l.Score)
		}
		if own := p.Compare(p); p.Len() > 0 && own != (name.Likeness{Class: name.Same, Score: 1000}) {
			t.Errorf("a name isn't itself: %v", own)
		}
		for _, form := range p.Forms() {
			form.StoredKeys()
			form.SoughtKeys()
		}
	})
}
