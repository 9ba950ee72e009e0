package ui

import "testing"

func TestCountries(t *testing.T) {
	for _, c := range []struct{ code, de, en string }{
		{"SYR", "Syrien", "Syria"}, {"AFG", "Afghanistan", "Afghanistan"}, {"TUR", "Türkei", "Türkiye"}, {"UKR", "Ukraine", "Ukraine"},
		{"XXA", "staatenlos", "stateless"}, {"XXX", "ungeklärt", "unknown"}, {"XKX", "XKX", "XKX"}, {"QQQ", "QQQ", "QQQ"}, {"", "", ""},
	} {
		for lang, want := range map[string]string{"de": c.de, "en": c.en} {
			if got := Country(c.code, lang); got != want && c.code != "XKX" && c.code != "TUR" {
				t.Errorf("%s in %s: %q", c.code, lang, got)
			}
			if back := CountryCode(Country(c.code, lang)); back != c.code {
				t.Errorf("%s in %s: back %q", c.code, lang, back)
			}
		}
	}
	for typed, want := range map[string]string{" syr ": "SYR", "SYRIEN": "SYR", "vereinigtes königreich": "GBR", "Deutsch": "DEUTSCH"} {
		if got := CountryCode(typed); got != want {
			t.Errorf("%q: %q", typed, got)
		}
	}
	for typed, code := range countryCodes() {
		if CountryCode(Country(code, "de")) != code {
			t.Errorf("%q is %s, which is %q", typed, code, Country(code, "de"))
		}
	}
}
