package compound_test

import (
	"slices"
	"strings"
	"testing"

	"eakte/index/compound"
)

// plain stands for an analysis: lower case, umlauts folded, and the endings of a few words taken off.
func plain(word string) (form, stem string) {
	form = strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "ß", "ss").Replace(strings.ToLower(word))
	for _, ending := range []string{"en", "er", "e"} {
		if short, ok := strings.CutSuffix(form, ending); ok && len(short) > 3 {
			return form, short
		}
	}
	return form, form
}

func TestSplit(t *testing.T) {
	s := compound.New(plain)
	tests := []struct {
		word string
		want []string
	}{
		{"Aufenthaltserlaubnis", []string{"aufenthalt", "erlaubnis"}},
		{"Geburtsurkunde", []string{"geburt", "urkund"}},
		{"Geburtsurkunden", []string{"geburt", "urkund"}},
		{"Reisepass", []string{"reis", "pass"}},
		{"Niederlassungserlaubnis", []string{"niederlassung", "erlaubnis"}},
		{"Fiktionsbescheinigung", []string{"fiktion", "bescheinigung"}},
		{"Verpflichtungserklärung", []string{"verpflichtung", "erklarung"}},
		{"Ausländerbehörde", []string{"ausland", "behord"}},
		{"Kindergeld", []string{"kind", "geld"}},
		{"Schulzeugnis", []string{"schul", "zeugnis"}},
		{"Mietvertrag", []string{"miet", "vertrag"}},
		{"Wohnraumnachweis", []string{"wohnraum", "nachweis"}},
		{"Arbeitgeberbescheinigung", []string{"arbeit", "arbeitgeber", "geber", "geberbescheinigung", "bescheinigung"}},
		{"Krankenversicherungsnachweis", []string{"krankenversicherung", "versicherung", "versicherungsnachweis", "nachweis"}},
		{"Antragsteller", []string{"antrag"}},
		{"Staatsangehörigkeit", []string{"staat", "angehorigkeit"}},
		{"Führungszeugnis", []string{"fuhrung", "zeugnis"}},

		{"Pass", nil}, {"Kompass", nil}, {"Engpass", nil}, {"Passage", nil}, {"Landtag", nil}, {"Bundestag", nil}, {"Reisende", nil},
		{"Gesamt", nil}, {"Vertrag", nil}, {"Zeitung", nil}, {"Zustand", nil}, {"Müller", nil}, {"Ortega", nil}, {"Amtmann-Xyz", nil},
		{"Freitag", nil}, {"Beitrag", nil}, {"Erlaubnisse", nil}, {"Urkunden", nil}, {"Heimat", nil}, {"Passau", nil}, {"Ausweis", nil},
		{"Geburt", nil}, {"Kunde", nil}, {"", nil}, {"a", nil}, {strings.Repeat("pass", 16), nil},
	}
	for _, tt := range tests {
		_, stem := plain(tt.word)
		if got := s.Split(stem); !slices.Equal(got, tt.want) {
			t.Errorf("%s (%s): got %q, want %q", tt.word, stem, got, tt.want)
		}
	}
}

func TestHas(t *testing.T) {
	s := compound.New(plain)
	for word, want := range map[string]bool{"aufenthalt": true, "urkunde": true, "wohn": false, "steller": false, "xyz": false} {
		if got := s.Has([]byte(word)); got != want {
			t.Errorf("%s: %v", word, got)
		}
	}
}

func FuzzSplit(f *testing.F) {
	s := compound.New(plain)
	for _, w := range []string{"aufenthaltserlaubnis", "passpasspasspasspass", "éé", "\xff\xfe\xfd\xfc\xfb\xfa", "arbeitgeberarbeitgeberarbeitgeber"} {
		f.Add(w)
	}
	f.Fuzz(func(t *testing.T, w string) {
		for _, part := range s.Split(w) {
			if part == "" || part == w {
				t.Errorf("%q has the part %q", w, part)
			}
		}
	})
}
