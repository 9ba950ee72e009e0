package ui

import (
	"testing"

	spoken "eakte/ingest/read/language"
)

func TestLanguagesHaveNames(t *testing.T) {
	for codes, want := range map[string][2]string{
		"ara": {"Arabisch", "Arabic"}, "deu+ara": {"Deutsch + Arabisch", "German + Arabic"}, "kmr": {"Kurdisch (Kurmandschi)", "Kurdish (Kurmanji)"},
		"ita": {"Italienisch", "Italian"}, "equ_": {"equ_", "equ_"},
	} {
		if de, en := Tongue(codes, "de"), Tongue(codes, "en"); de != want[0] || en != want[1] {
			t.Errorf("%s: %q, %q", codes, de, en)
		}
	}
	named := map[string]string{}
	for _, l := range spoken.All() {
		for _, lang := range Languages() {
			name := Tongue(l.Code, lang)
			if name == l.Code || named[lang+name] != "" {
				t.Errorf("%s in %s: %q, as %q", l.Code, lang, name, named[lang+name])
			}
			named[lang+name] = l.Code
		}
	}
}
