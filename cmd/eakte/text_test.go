package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"eakte/ingest/ocr"
	"eakte/ingest/read"
	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
)

// checkTexts compares what the server serves with what the reader alone makes of the same bytes,
// embedded, recognised and mixed, and embedded text word for word with the truth. That the
// reader's own recognition is no worse than tesseract's is a test of its room.
func checkTexts(t *testing.T, c *client, dir string, all []*sent) {
	t.Helper()
	served := func(path string) string {
		i := slices.IndexFunc(all, func(s *sent) bool { return s.path == path })
		if i < 0 {
			t.Fatalf("%s wasn't handed in", path)
		}
		r, err := c.send("GET", "/inbox/"+all[i].item.ID+"/text", "", nil)
		if err != nil || r.status != 200 {
			t.Errorf("%s: text: %d %v", path, r.status, err)
		}
		return string(r.body)
	}
	alone := newReader(t)
	for _, path := range []string{
		"pdf/letter-de.pdf", "scan/multi-page-mixed.pdf", "scan/scan_formular_de_schief.pdf", "photo/visum_pl_muster.jpg",
	} {
		if got, want := served(path), alone(filepath.Join(dir, path)); got != want {
			t.Errorf("%s: served %d characters that differ from the %d the reader makes", path, len(got), len(want))
		}
	}
	truth, err := os.ReadFile(filepath.Join(dir, "gt", "pdf__letter-de.pdf.txt"))
	if err != nil {
		t.Fatal(err)
	}
	want, got := fieldsOf(string(truth)), fieldsOf(served("pdf/letter-de.pdf"))
	if len(want) < 50 || !slices.Equal(got, want) {
		t.Errorf("pdf/letter-de.pdf: got  %q\nwant %q", got, want)
	}
}

// fieldsOf are the words of a text without its breaks.
func fieldsOf(s string) []string {
	return strings.Fields(norm.NFC.String(strings.ReplaceAll(s, "\f", " ")))
}

// newReader returns a function that reads a file without a server.
func newReader(t *testing.T) func(file string) string {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{Program: os.Getenv("EAKTE_READER")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	engine, err := ocr.New(box)
	if err != nil {
		t.Fatal(err)
	}
	r, err := read.New(read.Config{Sandbox: box, Recognizer: engine, Languages: "deu+eng"})
	if err != nil {
		t.Fatal(err)
	}
	return func(file string) string {
		text, err := readAlone(t, r, file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		return text
	}
}

func readAlone(t *testing.T, r *read.Reader, file string) (text string, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	kind, err := sniff.Check(data[:min(len(data), 4096)], file)
	if err != nil {
		return "", err
	}
	src, err := read.Load(strings.NewReader(string(data)), int64(len(data)))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	facts, err := r.Inspect(t.Context(), kind, src)
	if err != nil {
		return "", err
	}
	var pages []string
	err = r.Text(t.Context(), kind, src, facts, func(p page.Page) error {
		pages = append(pages, norm.NFC.String(p.Text()))
		return nil
	})
	return strings.Join(pages, "\f"), err
}
