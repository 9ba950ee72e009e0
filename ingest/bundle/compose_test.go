package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/text/unicode/norm"

	"eakte/ingest/sandbox"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		os.Exit(sandbox.Serve(Steps(), os.Args[2:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func newComposer(t testing.TB) *Composer {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{})
	if errors.Is(err, sandbox.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	return &Composer{Sandbox: box}
}

// paper is a source in memory.
type paper struct {
	kind   string
	data   []byte
	turns  []int
	images [][]byte
}

func (p paper) Kind() string     { return p.kind }
func (p paper) Size() int64      { return int64(len(p.data)) }
func (p paper) Rotations() []int { return p.turns }
func (p paper) Original(_ context.Context, w io.Writer) error {
	_, err := w.Write(p.data)
	return err
}

func (p paper) Images(_ context.Context, emit func([]byte, float32, float32) error) error {
	for _, i := range p.images {
		if err := emit(i, 595, 842); err != nil {
			return err
		}
	}
	return nil
}

// letter is a PDF with a text on each page.
func letter(t testing.TB, pages ...string) paper {
	t.Helper()
	pdf := fpdf.New("P", "pt", "A4", "")
	pdf.SetFont("Helvetica", "", 12)
	for _, text := range pages {
		pdf.AddPage()
		pdf.Text(72, 200, text)
	}
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return paper{kind: kindPDF, data: b.Bytes()}
}

func photo(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width {
		img.Set(i, i*height/width, color.RGBA{200, 0, 0, 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func planOf(registers ...Register) Plan {
	return Plan{Language: "de", Title: "Akte 33.11-1/2026", Cover: []Line{{"Person", "Müller, Ş. C̆ محمد"}}, Registers: registers}
}

// compose makes a bundle, checks that it is a sound PDF, and returns its path.
func compose(t testing.TB, plan Plan) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bundle.pdf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	err = newComposer(t).Compose(t.Context(), plan, f, func(n int) error { told = n; return nil })
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if told != len(plan.documents()) {
		t.Errorf("%d documents told, want %d", told, len(plan.documents()))
	}
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
	return path
}

// pagesOf returns the text of every page.
func pagesOf(t testing.TB, path string) []string {
	t.Helper()
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

// bookmarksOf flattens the bookmarks: level, title, page.
func bookmarksOf(t testing.TB, path string) (out []string) {
	t.Helper()
	type mark struct {
		Title string
		Page  int `json:"destpageposfrom1"`
		Kids  []mark
	}
	var said struct{ Outlines []mark }
	data, err := exec.Command("qpdf", "--json=1", "--json-key=outlines", path).Output()
	if err == nil {
		err = json.Unmarshal(data, &said)
	}
	if err != nil {
		t.Fatal(err)
	}
	var walk func(level int, marks []mark)
	walk = func(level int, marks []mark) {
		for _, m := range marks {
			out = append(out, fmt.Sprintf("%d %s @%d", level, m.Title, m.Page))
			walk(level+1, m.Kids)
		}
	}
	walk(0, said.Outlines)
	return out
}

func TestBundleSaysWhereEverythingIs(t *testing.T) {
	path := compose(t, planOf(
		Register{"Identität", []Document{
			{Title: "Reisepass", Date: "01.02.2020", Source: letter(t, "Passseite eins", "Passseite zwei")},
			{Title: "Foto", Source: paper{kind: kindJPEG, data: photo(t, 400, 200)}},
		}},
		Register{"Asyl", []Document{
			{Title: "Gesperrt", Reason: "Grund: Kennwort."},
			{Title: "Bescheid", Source: letter(t, "Bescheidtext")},
			{Title: "Vermerk", Source: paper{kind: "text/plain", images: [][]byte{photo(t, 60, 90), photo(t, 60, 90)}}},
		}},
	))
	pages := pagesOf(t, path)
	want := []string{"Akte 33.11-1/2026", "Inhalt", "Passseite eins", "Passseite zwei", "", "Kennwort", "Bescheidtext", "", ""}
	if len(pages) != len(want) {
		t.Fatalf("%d pages, want %d", len(pages), len(want))
	}
	for i, w := range want {
		if !strings.Contains(pages[i], w) {
			t.Errorf("page %d lacks %q:\n%s", i+1, w, pages[i])
		}
		if stamp := fmt.Sprintf("Blatt %d\n", i-1); i > 1 && !strings.Contains(pages[i], stamp) {
			t.Errorf("page %d isn't %q:\n%s", i+1, stamp, pages[i])
		}
	}
	for _, line := range []string{"Reisepass", "Blatt 1", "Foto", "Blatt 3", "Gesperrt", "Blatt 4", "Bescheid", "Blatt 5", "Vermerk", "Blatt 6"} {
		if !strings.Contains(pages[1], line) {
			t.Errorf("contents lack %q:\n%s", line, pages[1])
		}
	}
	marks := []string{
		"0 Deckblatt und Inhalt @1", "0 Identität @3", "1 Reisepass @3", "1 Foto @5",
		"0 Asyl @6", "1 Gesperrt @6", "1 Bescheid @7", "1 Vermerk @8",
	}
	if got := bookmarksOf(t, path); !slices.Equal(got, marks) {
		t.Errorf("bookmarks %q, want %q", got, marks)
	}
}

func TestCoverHasLettersOfAllNames(t *testing.T) {
	plan := planOf()
	plan.Cover = []Line{{"Person", "C̆aḥš K̄ẖ Ǯ ʻAyn"}, {"Name", "محمد"}}
	page := norm.NFKC.String(pagesOf(t, compose(t, plan))[0]) // letters as they look are letters again
	for _, want := range []string{"C̆aḥš", "K̄ẖ", "ʻAyn", "محمد"} {
		if !strings.Contains(page, norm.NFKC.String(want)) {
			t.Errorf("cover lacks %q:\n%s", want, page)
		}
	}
}

func TestBrokenDocumentsStopNothing(t *testing.T) {
	broken := paper{kind: kindPDF, data: []byte("%PDF-1.7\nnothing more")}
	shown := broken
	shown.images = [][]byte{photo(t, 60, 90)}
	path := compose(t, planOf(Register{"Asyl", []Document{
		{Title: "Davor", Source: letter(t, "Davor")},
		{Title: "Kaputt", Source: broken},
		{Title: "Bild", Source: shown},
		{Title: "Unlesbares Foto", Source: paper{kind: kindJPEG, data: []byte{0xff, 0xd8, 0}}},
		{Title: "Danach", Source: letter(t, "Danach")},
	}}))
	pages := pagesOf(t, path)
	if len(pages) != 7 {
		t.Fatalf("%d pages, want 7", len(pages))
	}
	for i, want := range map[int]string{2: "Davor", 3: "konnte nicht in die Ausgabe", 5: "konnte nicht in die Ausgabe", 6: "Danach"} {
		if !strings.Contains(pages[i], want) {
			t.Errorf("page %d lacks %q:\n%s", i+1, want, pages[i])
		}
	}
	if !strings.Contains(pages[6], "Blatt 5") {
		t.Errorf("the last page isn't sheet 5:\n%s", pages[6])
	}
}

func TestHostileDocumentsStopNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("some of them take all the time they are given")
	}
	folder := filepath.Join("..", "..", "..", "shared", "corpus")
	var docs []Document
	for _, kind := range []string{"hostile", "broken", "encrypted"} {
		files, err := filepath.Glob(filepath.Join(folder, kind, "*.pdf"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			docs = append(docs, Document{Title: filepath.Base(name), Source: paper{kind: kindPDF, data: data}})
		}
	}
	if len(docs) == 0 {
		t.Skip("the corpus isn't here")
	}
	docs = append(docs, Document{Title: "Ende", Source: letter(t, "Ende gut")})
	path := compose(t, planOf(Register{"Asyl", docs}))
	pages := pagesOf(t, path)
	if last := pages[len(pages)-1]; !strings.Contains(last, "Ende gut") {
		t.Errorf("the last page is not the last document:\n%s", last)
	}
	out, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/JavaScript", "/Launch", "/EmbeddedFile", "/OpenAction", "/SubmitForm"} {
		if bytes.Contains(out, []byte(name)) {
			t.Errorf("the bundle holds %s", name)
		}
	}
	t.Logf("%d documents, %d pages", len(docs), len(pages))
}

func TestComposeEndsWithItsContextAndItsListener(t *testing.T) {
	plan := planOf(Register{"Asyl", []Document{{Title: "Brief", Source: letter(t, "Brief")}}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newComposer(t).Compose(ctx, plan, io.Discard, func(int) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	stop := errors.New("stop")
	if err := newComposer(t).Compose(t.Context(), plan, io.Discard, func(int) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped by its listener: %v", err)
	}
}
