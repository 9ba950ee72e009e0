package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"eakte/ingest/sandbox"
)

func stream(dict, content string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(content), content)
}

// threePages is a file whose pages share one dictionary of resources, link to each other and hang in
// one structure: every way by which one page could take another along. Page n shows "page n" and holds
// "SECRETn" in a form.
func threePages() string {
	page := func(n int) string {
		return fmt.Sprintf("<< /Type /Page /Parent 2 0 R /Contents %d 0 R /StructParents 0 /B [18 0 R] /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /Dest [%d 0 R /Fit] >> %d 0 R] >>", 5+n, 3+n%3, 14+n)
	}
	form := func(n int) string {
		return stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << /XObject << /Deep1 12 0 R /Deep2 13 0 R /Deep3 14 0 R >> >> /PieceInfo << /X (SECRET%d) >>", n%3+1),
			fmt.Sprintf("q /Deep%d Do Q %% SECRET%d", n, n))
	}
	deep := func(n int) string {
		return stream("/Type /XObject /Subtype /Form /BBox [0 0 1 1]", fmt.Sprintf("%% SECRET%d", n))
	}
	note := func(n int) string {
		return fmt.Sprintf("<< /Type /Annot /Subtype /Text /Rect [0 0 20 20] /Contents (NOTE%d) /P %d 0 R /Parent %d 0 R >>", n, 2+n, 14+n%3+1)
	}
	text := func(n int) string {
		return stream("", fmt.Sprintf("BT /F1 24 Tf 50 700 Td (page %d) Tj ET /Fm%d Do", n, n))
	}
	return build("<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 /MediaBox [0 0 595 842] /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> /XObject << /Fm1 9 0 R /Fm2 10 0 R /Fm3 11 0 R >> >> >>",
		page(1), page(2), page(3), text(1), text(2), text(3), form(1), form(2), form(3), deep(1), deep(2), deep(3),
		note(1), note(2), note(3), "<< /Type /Bead /P 5 0 R /N 18 0 R /V 18 0 R >>")
}

// words are those of a file's pages, with their places.
func words(t *testing.T, r *Reader, f *sandbox.File, n int) (out []string) {
	t.Helper()
	pages, err := r.Words(t.Context(), f, 1, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		var line []string
		for _, w := range p {
			line = append(line, w.Text)
		}
		out = append(out, strings.Join(line, " "))
	}
	return out
}

// bindOneOf binds a single output, as a file of its own.
func bindOneOf(t *testing.T, r *Reader, parts []Part, leaves []Leaf) (*sandbox.File, error) {
	t.Helper()
	b, err := r.Bind(t.Context(), parts, [][]Leaf{leaves})
	if err != nil {
		return nil, err
	}
	defer b.Close() //nolint:errcheck // test
	return sandbox.Load(b.Output(0), 1<<30)
}

// TestBindMakesManyOutputsOfOneParse: what one output took must not be missing in the next one.
func TestBindMakesManyOutputsOfOneParse(t *testing.T) {
	r := newReader(t)
	img := image.NewGray(image.Rect(0, 0, 200, 100))
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, img, nil); err != nil {
		t.Fatal(err)
	}
	parts := []Part{{File: source(t, threePages())}, {File: source(t, photo.String()), Picture: true, Width: 400, Height: 200}}
	b, err := r.Bind(t.Context(), parts, [][]Leaf{{{Page: 1}, {Part: 1, Page: 1}}, {{Page: 2}, {Page: 1}}, {{Part: 1, Page: 1}, {Page: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // test
	var got []string
	for n := range b.Len() {
		out, err := sandbox.Load(b.Output(n), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if f, err := r.Inspect(t.Context(), out); err != nil || f.Pages != 2 || f.Fallback {
			t.Errorf("output %d: %+v, %v", n, f, err)
		}
		got = append(got, strings.Join(words(t, r, out, 2), "|"))
		if other := fmt.Sprint("SECRET", 3-2*(n/2)); holds(t, out, other) {
			t.Errorf("output %d holds %s of another", n, other)
		}
		_ = out.Close()
	}
	if strings.Join(got, ";") != "page 1|;page 2|page 1;|page 3" {
		t.Errorf("outputs: %q", got)
	}
}

func TestBindHoldsItsPagesOnly(t *testing.T) {
	r := newReader(t)
	src := source(t, threePages())
	out, err := bindOneOf(t, r, []Part{{File: src}}, []Leaf{{Page: 3, Turn: 90}, {Page: 1}, {Page: 3}})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close() //nolint:errcheck // test
	f, err := r.Inspect(t.Context(), out)
	if err != nil || f.Pages != 3 || f.Fallback || f.Sheets[0].Rotate != 90 || f.Sheets[1].Rotate != 0 {
		t.Fatalf("bound: %+v, %v", f, err)
	}
	if got := words(t, r, out, 3); strings.Join(got, "|") != "page 3|page 1|page 3" {
		t.Errorf("bound pages: %q", got)
	}
	for n, want := range map[int]bool{1: true, 2: false, 3: true} {
		for _, mark := range []string{"SECRET", "NOTE"} {
			if got := holds(t, out, fmt.Sprint(mark, n)); got != want {
				t.Errorf("%s of page %d is in the file: %v, want %v", mark, n, got, want)
			}
		}
	}
}

// holds looks for a text in all that a file holds, unpacked.
func holds(t *testing.T, f *sandbox.File, text string) bool {
	t.Helper()
	data, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(unpackedFile(data), []byte(text))
}

func TestBindMergesFilesAndPictures(t *testing.T) {
	r := newReader(t)
	img := image.NewGray(image.Rect(0, 0, 200, 100))
	img.Set(1, 1, color.White)
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, img, nil); err != nil {
		t.Fatal(err)
	}
	parts := []Part{{File: source(t, threePages())}, {File: source(t, photo.String()), Picture: true, Width: 400, Height: 200},
		{File: load(t, filepath.Join(corpus(t), "pdf", "letter-de.pdf"))}}
	out, err := bindOneOf(t, r, parts, []Leaf{{Part: 1, Page: 1, Turn: 270}, {Part: 2, Page: 1}, {Part: 0, Page: 2}})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close() //nolint:errcheck // test
	f, err := r.Inspect(t.Context(), out)
	if err != nil || f.Pages != 3 || f.Sheets[0].Width != 200 || f.Sheets[0].Height != 400 || f.Sheets[0].Rotate != 270 {
		t.Fatalf("merged: %+v, %v", f, err)
	}
	got := words(t, r, out, 3)
	want := words(t, r, parts[2].File, 1)[0]
	if got[1] != want || got[2] != "page 2" || want == "" {
		t.Errorf("merged text: %q", got)
	}
	view, err := r.View(t.Context(), out, 1, 200, f)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close() //nolint:errcheck // test
}

func TestBindRefuses(t *testing.T) {
	r := newReader(t)
	for name, tt := range map[string]struct {
		file, want string
		page       int
	}{
		"a page that isn't there": {threePages(), NoPages, 4},
		"what is no PDF":          {"%PDF-1.7 nothing", Corrupt, 1},
		"brackets without end":    {build(catalog, pages, leaf, strings.Repeat("[", 9000)), NestingLimit, 1},
	} {
		out, err := bindOneOf(t, r, []Part{{File: source(t, tt.file)}}, []Leaf{{Page: tt.page}})
		if IsRefused(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
		if out != nil {
			_ = out.Close()
		}
	}
	_, err := bindOneOf(t, r, []Part{{File: load(t, filepath.Join(corpus(t), "encrypted", "verschluesselt_aes256_userpw.pdf"))}}, []Leaf{{Page: 1}})
	if IsRefused(err) != Encrypted {
		t.Errorf("a file with a password: %v", err)
	}
}

// TestBindTakesTheCorpus takes the first page of all kinds of files: it succeeds or refuses.
func TestBindTakesTheCorpus(t *testing.T) {
	r := newReader(t)
	files, err := filepath.Glob(filepath.Join(corpus(t), "*", "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	bound := 0
	for _, path := range files {
		src := load(t, path)
		facts, err := r.Inspect(t.Context(), src)
		if err != nil || facts.Fallback {
			continue
		}
		out, err := bindOneOf(t, r, []Part{{File: src}}, []Leaf{{Page: 1}})
		if IsRefused(err) != "" && strings.Contains(path, "/broken/") || strings.Contains(path, "/encrypted/") {
			continue // with a reason
		}
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		again, err := r.Inspect(t.Context(), out)
		if err != nil || again.Pages != 1 || again.Fallback {
			t.Errorf("%s: bound as %d pages, %v, %v", filepath.Base(path), again.Pages, again.Fallback, err)
		}
		was, werr := r.Words(t.Context(), src, 1, 1)
		is, ierr := r.Words(t.Context(), out, 1, 1)
		if werr == nil && (ierr != nil || len(was[0]) != len(is[0])) {
			t.Errorf("%s: its text isn't what it was: %v", filepath.Base(path), ierr)
		}
		_ = out.Close()
		bound++
	}
	if bound < 5 {
		t.Errorf("only %d files were bound", bound)
	}
}

// unpackedFile is all that a file holds, its packed streams unpacked.
func unpackedFile(data []byte) []byte {
	out := bytes.Clone(data)
	for rest := data; ; {
		at := bytes.Index(rest, []byte("stream"))
		if at < 0 {
			return out
		}
		rest = bytes.TrimLeft(rest[at+len("stream"):], "\r\n")
		if z, err := zlib.NewReader(bytes.NewReader(rest)); err == nil {
			content, _ := io.ReadAll(z)
			out = append(out, content...)
		}
	}
}
