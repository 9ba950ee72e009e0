package language

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGuessKnowsEveryLanguage reads the texts that test pages are made of, as they are.
func TestGuessKnowsEveryLanguage(t *testing.T) {
	for _, l := range All() {
		text, err := os.ReadFile(filepath.Join("testdata", l.Code+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		if got, share := Guess(string(text), Of(l.Script)); got != l.Code {
			scores, n := Score(string(text), Of(l.Script))
			t.Errorf("%s is taken for %q (%.2f): %v of %d", l.Code, got, share, scores, n)
		}
	}
}

func TestGuessWithoutAccents(t *testing.T) {
	for text, want := range map[string]string{
		"Prin prezenta se adevereste ca persoana al carei nume este scris mai sus s-a nascut in orasul Iasi":                     "ron",
		"Ez li bajare Qamislo hatime dine u nave bave min Ehmed e. Em ji ber ser ji welate xwe derketin":                         "kmr",
		"Ovim se potvrduje da je lice cije je ime gore navedeno rodeno u Nisu i da je upisano u knjigu":                          "srp_latn",
		"Vertetohet se personi i lartpermendur ka lindur ne qytetin e Prizrenit dhe eshte i regjistruar ne librin e te lindurve": "sqi",
	} {
		if got, _ := Guess(text, Of("Latin")); got != want {
			t.Errorf("%q instead of %q: %s", got, want, text)
		}
	}
}

func TestGuessSaysNothingOfWhatItCannotTell(t *testing.T) {
	for _, text := range []string{"", "Muster Erika", "12.03.1990 4711 XY", strings.Repeat("Xqzt Wvrk Plmn ", 20)} {
		if got, share := Guess(text, Of("Latin")); got != "" {
			t.Errorf("%q (%.2f) of %q", got, share, text)
		}
	}
}

func TestTagsAndDirections(t *testing.T) {
	if Tag("deu+ara") != "ar" || Tag("deu") != "de" || Tag("xyz") != "" || Tag("") != "" {
		t.Error(Tag("deu+ara"), Tag("deu"), Tag("xyz"), Tag(""))
	}
	if !RightToLeft("ps") || RightToLeft("ti") || RightToLeft("") {
		t.Error("directions")
	}
	if !Known("deu+ara") || Known("deu+xyz") || Known("") {
		t.Error("known")
	}
}
