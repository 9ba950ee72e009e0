package read

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// TestRecognitionIsNoWorseThanTesseract compares the mean rate of wrong characters
// with that of tesseract run by hand, with the right language, on the same pages.
func TestRecognitionIsNoWorseThanTesseract(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("recognises for minutes")
	}
	r, _ := newReader(t)
	dir := corpus(t)
	files := measured(t)
	var ours, bare float64
	for file, language := range files {
		truth, err := os.ReadFile(filepath.Join(dir, "gt", strings.ReplaceAll(file, "/", "__")+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		state, _, pages := readAll(t, r, filepath.Join(dir, file))
		if state != "ready" {
			t.Errorf("%s: %s", file, state)
			continue
		}
		a := errorRate(string(truth), textOf(pages))
		b := byHand(t, file, string(truth), filepath.Join(dir, file), language)
		t.Logf("%-50s ours %.4f, tesseract %.4f", file, a, b)
		ours, bare = ours+a/float64(len(files)), bare+b/float64(len(files))
	}
	t.Logf("mean: ours %.4f, tesseract %.4f", ours, bare)
	if ours > bare {
		t.Errorf("mean error rate %.4f, tesseract alone has %.4f", ours, bare)
	}
}

// measured are the scans and photographs of the corpus that are compared with tesseract, with their languages:
// testdata/scans.tsv says which of them are read by what. "zone" are specimens with a zone that machines read, "rendered"
// those of which the whole server makes other PDFs, and "campaign" those of many pages, for which shorter ones stand
// unless everything is read. The whole server leaves all of them out of its test of the corpus then: each is recognised
// once.
func measured(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/scans.tsv")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if row := strings.Split(strings.TrimSpace(line), "\t"); row[1] == "compared" {
			files[row[0]] = row[2]
		}
	}
	return files
}

// TestEmbeddedTextWordForWord checks born-digital text against its ground truth, alone and before a scanned page.
func TestEmbeddedTextWordForWord(t *testing.T) {
	r, _ := newReader(t)
	dir := corpus(t)
	for file, first := range map[string]bool{"pdf/letter-de.pdf": false, "scan/gemischt_text_und_scan.pdf": true} {
		truth, err := os.ReadFile(filepath.Join(dir, "gt", strings.ReplaceAll(file, "/", "__")+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		_, _, pages := readAll(t, r, filepath.Join(dir, file))
		words := func(text string) string {
			if first {
				text, _, _ = strings.Cut(text, "\f")
			}
			return strings.Join(strings.Fields(norm.NFC.String(strings.ReplaceAll(text, "\f", " "))), " ")
		}
		if want, got := words(string(truth)), words(textOf(pages)); len(want) < 200 || got != want {
			t.Errorf("%s: got  %q\nwant %q", file, got, want)
		}
	}
}

func textOf(pages []Page) string {
	var b strings.Builder
	for _, p := range pages {
		b.WriteString(p.Text() + "\n\f")
	}
	return b.String()
}

// errorRate is the edit distance of the texts without differences of white space,
// divided by the length of the truth.
func errorRate(truth, got string) float64 {
	a, b := []rune(squeeze(truth)), []rune(squeeze(got))
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return float64(row[len(b)]) / float64(max(len(a), 1))
}

func squeeze(s string) string {
	return strings.Join(strings.Fields(norm.NFC.String(strings.ReplaceAll(s, "\f", " "))), " ")
}

// BenchmarkPage reads one scanned page, with tesseract by hand beside it.
func BenchmarkPage(b *testing.B) {
	r, _ := newReader(b)
	file := filepath.Join(corpus(b), "scan", "scan_letter_en_pdf13.pdf")
	b.Run("reader", func(b *testing.B) {
		for b.Loop() {
			if state, _, _ := readAll(b, r, file); state != "ready" {
				b.Fatal(state)
			}
		}
	})
	image := filepath.Join(b.TempDir(), "p")
	if err := exec.Command("pdftoppm", "-gray", "-r", "300", "-singlefile", file, image).Run(); err != nil {
		b.Fatal(err)
	}
	b.Run("tesseract", func(b *testing.B) {
		for b.Loop() {
			bare(b, image+".pgm")
		}
	})
	letter := filepath.Join(corpus(b), "pdf", "letter-de.pdf")
	b.Run("born-digital", func(b *testing.B) {
		for b.Loop() {
			if state, _, _ := readAll(b, r, letter); state != "ready" {
				b.Fatal(state)
			}
		}
	})
}

func bare(b *testing.B, image string) {
	cmd := exec.Command("tesseract", image, "-", "-l", "deu+eng", "--dpi", strconv.Itoa(300))
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
}
