package bleveindex

import "testing"

func TestNumber(t *testing.T) {
	for s, want := range map[string]string{
		"33.11-000123/2026": "33110001232026", "AZR-Nr. 12": "azrnr12", "no digit": "", "": "", "１２": "12",
	} {
		if got := number(s); got != want {
			t.Errorf("%q: %q", s, got)
		}
	}
}

// Frequencies depend on the term alone, and every term has one below that of the collection.
func TestFrequencies(t *testing.T) {
	a, err := newAnalyzers()
	if err != nil {
		t.Fatal(err)
	}
	f, err := newFrequencies(a.page)
	if err != nil {
		t.Fatal(err)
	}
	if len(f) < 300 {
		t.Errorf("only %d words in the table", len(f))
	}
	stem := func(s string) []byte { return []byte(words(a.page, s)[0].term) }
	if antrag, rare := f.of(stem("Anträge")), f.of(stem("Fischereihafenrestaurant")); antrag <= rare || rare == 0 {
		t.Errorf("Anträge %d, a rare word %d", antrag, rare)
	}
	for _, w := range []string{"", "x", "12345678", "ü", "aufenthaltserlaubniserteilungsverfahren"} {
		if n := f.of([]byte(w)); n == 0 || n >= collection {
			t.Errorf("%q: %d", w, n)
		}
	}
}
