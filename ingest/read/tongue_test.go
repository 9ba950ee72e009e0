package read

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"eakte/ingest/ocr"
	"eakte/ingest/read/language"
	"eakte/ingest/read/page"
)

// fontOf is a real font that has a script's letters.
func fontOf(script string, variant int) string {
	switch script {
	case "Arabic":
		return []string{"Noto Naskh Arabic", "Noto Sans Arabic"}[variant%2]
	case "Ethiopic":
		return []string{"Noto Sans Ethiopic", "Noto Serif Ethiopic"}[variant%2]
	}
	return []string{"Noto Serif", "Noto Sans"}[variant%2]
}

func textIn(t *testing.T, code string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("language", "testdata", code+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// lacking skips a test where languages aren't installed.
func lacking(t *testing.T, codes ...string) {
	t.Helper()
	for _, c := range codes {
		if !slices.Contains(ocr.Languages(), c) {
			t.Skipf("tesseract-ocr-%s isn't installed", strings.ReplaceAll(c, "_", "-"))
		}
	}
}

// whole reports whether all figures are to be taken, which takes many minutes; else a part of them is.
func whole() bool { return os.Getenv("EAKTE_TEST_FIGURES") != "" }

// TestEveryLanguageIsFound makes pages in each language, scans them and prints which language each was
// taken for, and how its error rate compares with that of tesseract when it is told the language.
func TestEveryLanguageIsFound(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("recognises for minutes")
	}
	r, _ := newReader(t)
	var mu sync.Mutex
	pages, right := 0, 0
	var ours, told float64
	t.Run("pages", func(t *testing.T) {
		for i, l := range language.All() {
			for variant := range 2 {
				if !whole() && variant != i%2 {
					continue
				}
				t.Run(fmt.Sprintf("%s %d", l.Code, variant), func(t *testing.T) {
					t.Parallel()
					lacking(t, l.Code)
					text := textIn(t, l.Code)
					file := made(t, text, scanned{
						font: fontOf(l.Script, variant), size: []float64{12, 11}[variant], dpi: []int{200, 300}[variant], width: 430,
						lean: []float64{0, 0.6}[variant], noise: []float64{8, 14}[variant], seed: uint64(variant),
					})
					_, _, got := readAll(t, r, file)
					found := got[0].Language
					a, b := errorRate(text, textOf(got)), byHand(t, fmt.Sprintf("made/%s %d", l.Code, variant), text, file, l.Code)
					t.Logf("%-9s sure %3d wrong %.3f, told %.3f", found, got[0].Confidence, a, b)
					mu.Lock()
					defer mu.Unlock()
					if pages++; found == l.Code {
						right++
					}
					ours, told = ours+a, told+b
				})
			}
		}
	})
	t.Logf("right language: %d of %d pages; mean error rate %.4f, of tesseract told the language %.4f", right, pages, ours/float64(pages), told/float64(pages))
	if right*100 < pages*95 {
		t.Errorf("%d of %d pages have the right language", right, pages)
	}
	if ours > told*1.02 {
		t.Error("worse than tesseract that is told the language")
	}
}

func TestAFormFilledInInAnotherScript(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("recognises for minutes")
	}
	lacking(t, "ara", "fas", "ukr", "amh")
	r, _ := newReader(t)
	for code, font := range map[string]string{"ara": "Noto Naskh Arabic", "ukr": "Noto Serif"} {
		text := textIn(t, "deu") + "\n\n" + textIn(t, code)
		_, _, got := readAll(t, r, made(t, text, scanned{font: font, size: 12, dpi: 200, width: 430, noise: 8, seed: 3}))
		if got[0].Language != "deu+"+code {
			t.Errorf("%q instead of deu+%s", got[0].Language, code)
		}
		if rate := errorRate(text, textOf(got)); rate > 0.1 {
			t.Errorf("deu+%s: error rate %.3f", code, rate)
		}
	}
}

// counting counts what is asked of a recogniser.
type counting struct {
	ocr.Recognizer
	pages, lines int
}

func (c *counting) Recognize(ctx context.Context, img ocr.Image, languages string) (ocr.PageText, error) {
	c.pages++
	return c.Recognizer.Recognize(ctx, img, languages)
}

func (c *counting) Lines(ctx context.Context, img ocr.Image, languages, letters string) (ocr.PageText, error) {
	c.lines++
	return c.Recognizer.Lines(ctx, img, languages, letters)
}

func TestAGermanPageIsRecognisedOnce(t *testing.T) {
	r, _ := newReader(t)
	c := &counting{Recognizer: r.ocr}
	r.ocr = c
	_, _, got := readAll(t, r, made(t, textIn(t, "deu"), scanned{font: "Noto Serif", size: 12, dpi: 200, width: 430, noise: 8}))
	if got[0].Language != "deu" || c.pages != 1 || c.lines != 0 {
		t.Errorf("%q after %d pages and %d strips", got[0].Language, c.pages, c.lines)
	}
}

func TestALanguageThatIsNotInstalledIsSaid(t *testing.T) {
	r, _ := newReader(t)
	r.others = []string{"eng", "tur"}
	_, _, got := readAll(t, r, made(t, textIn(t, "ron"), scanned{font: "Noto Serif", size: 12, dpi: 200, width: 430, noise: 8}))
	if got[0].Note != page.NoteLanguage || got[0].Language != "ron" || len(got[0].Words) == 0 {
		t.Errorf("%q %q with %d words", got[0].Note, got[0].Language, len(got[0].Words))
	}
}

func TestTheClerksLanguageIsTaken(t *testing.T) {
	lacking(t, "tur")
	r, _ := newReader(t)
	c := &counting{Recognizer: r.ocr}
	r.ocr = c
	_, _, got := readAll(t, r.In("tur"), made(t, textIn(t, "tur"), scanned{font: "Noto Serif", size: 12, dpi: 200, width: 430, noise: 8}))
	if got[0].Language != "tur" || c.pages != 1 {
		t.Errorf("%q after %d pages", got[0].Language, c.pages)
	}
	if rate := errorRate(textIn(t, "tur"), textOf(got)); rate > 0.05 {
		t.Errorf("error rate %.3f", rate)
	}
}
