package pdf

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"eakte/ingest/sandbox"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		os.Exit(sandbox.Serve(Steps(), os.Args[2:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func newReader(t testing.TB) *Reader {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{})
	if errors.Is(err, sandbox.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	if missing := sandbox.Lacking(Tools()...); len(missing) > 0 {
		t.Skipf("not installed: %v", missing)
	}
	r, err := New(Config{Sandbox: box})
	if err != nil {
		t.Fatal(err)
	}
	return r
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

func load(t testing.TB, path string) *sandbox.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	src, err := sandbox.Load(f, 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	return src
}
