package read

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"eakte/ingest/ocr"
	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		os.Exit(Worker(os.Args[2:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// newReader returns a Reader with real tools; the test is skipped without them.
func newReader(t testing.TB) (*Reader, *sandbox.Runner) {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{})
	if errors.Is(err, sandbox.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	if missing := Lacking(); len(missing) > 0 {
		t.Skipf("not installed: %v", missing)
	}
	if err := ocr.CheckLanguages("deu+eng"); err != nil {
		t.Skip(err)
	}
	engine, err := ocr.New(box)
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Config{Sandbox: box, Recognizer: engine, Others: ocr.Languages()})
	if err != nil {
		t.Fatal(err)
	}
	return r, box
}

func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("EAKTE_SHARED")
	for up := "../.."; dir == "" && len(up) < 40; up += "/.." {
		if _, err := os.Stat(filepath.Join(up, "shared", "corpus")); err == nil {
			dir = filepath.Join(up, "shared")
		}
	}
	if dir == "" {
		t.Skip("no folder shared beside the checkout and EAKTE_SHARED isn't set")
	}
	return filepath.Join(dir, "corpus")
}

func open(t testing.TB, path string) *Source {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	src, err := Load(f, 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	return src
}

// kindOf sniffs a document as the server does.
func kindOf(t testing.TB, src *Source, name string) (sniff.Kind, error) {
	t.Helper()
	head := make([]byte, sniff.HeadSize)
	n, _ := src.ReadAt(head, 0)
	return sniff.Check(head[:n], name)
}

// readAll takes a document the whole way and returns its state with a code, as in
// "failed page_limit", its facts and its pages.
func readAll(t testing.TB, r *Reader, path string) (string, Facts, []Page) {
	t.Helper()
	src := open(t, path)
	kind, err := kindOf(t, src, filepath.Base(path))
	var refusal *sniff.Refusal
	if errors.As(err, &refusal) {
		return "refused " + refusal.Code, Facts{}, nil
	}
	var facts Facts
	if kind.Office() {
		var shown *Source
		if shown, kind, facts, err = r.Show(t.Context(), src); err == nil {
			src = shown
			t.Cleanup(func() { _ = shown.Close() })
		}
	} else if src, kind, err = r.Plain(t.Context(), kind, src); err == nil {
		plain := src
		t.Cleanup(func() { _ = plain.Close() })
		facts, err = r.Inspect(t.Context(), kind, src)
	}
	var pages []Page
	if err == nil {
		err = r.Text(t.Context(), kind, src, facts, func(p Page) error {
			pages = append(pages, p)
			return nil
		})
	}
	var failure *Failure
	switch {
	case errors.As(err, &failure):
		return string(failure.State) + " " + failure.Code, facts, pages
	case err != nil:
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return "ready", facts, pages
}
