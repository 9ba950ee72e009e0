package bleveindex_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"eakte/index"
	"eakte/index/bleveindex"
)

// flip turns one bit of a file.
func flip(t *testing.T, path string, rng *rand.Rand) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[rng.IntN(len(data))] ^= 1 << rng.IntN(8)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Whichever bit of a closed index is wrong: it is noticed before anybody searches.
func TestFlippedBit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	made := mustOpen(t, dir)
	if err := made.Apply(context.Background(), index.Batch{Documents: documents(0, 3), Seq: 3}); err != nil { // one batch: no file is left over
		t.Fatal(err)
	}
	mustClose(t, made)
	paths, err := filepath.Glob(filepath.Join(dir, "store", "*"))
	if err != nil || len(paths) < 2 {
		t.Fatalf("nothing to damage: %v", err)
	}
	whole := map[string][]byte{filepath.Join(dir, "sum"): nil}
	for _, path := range append(paths, filepath.Join(dir, "sum")) {
		if whole[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, path := range paths {
		for range 8 {
			flip(t, path, rng)
			x := mustOpen(t, dir)
			if n := seq(t, x); n != 0 || total(t, x) != 0 {
				t.Errorf("%s: a damaged index with %d documents at %d is used", filepath.Base(path), total(t, x), n)
			}
			mustClose(t, x)
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(dir, "store"), 0o700); err != nil {
				t.Fatal(err)
			}
			whole[filepath.Join(dir, "ready")] = nil
			for p, data := range whole {
				if err := os.WriteFile(p, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	x := mustOpen(t, dir)
	defer mustClose(t, x)
	if n := total(t, x); n != 3 {
		t.Errorf("the whole index has %d documents: the test tests nothing", n)
	}
}

// What is left of a nearly full disk is for the records: the index says so, answers with what it has, and goes on
// when there is room.
func TestReserve(t *testing.T) {
	dir := filled(t)
	x, err := bleveindex.Open(bleveindex.Config{Dir: dir, Reserve: 1 << 60})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Apply(context.Background(), index.Batch{Documents: documents(3, 4), Seq: 4}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a batch: %v", err)
	}
	if n := total(t, x); n != 3 || seq(t, x) != 3 {
		t.Errorf("%d documents at %d", n, seq(t, x))
	}
	mustClose(t, x)
	x = mustOpen(t, dir)
	defer mustClose(t, x)
	if err := x.Apply(context.Background(), index.Batch{Documents: documents(3, 4), Seq: 4}); err != nil || total(t, x) != 4 {
		t.Errorf("with room: %d documents, %v", total(t, x), err)
	}
}

// Files that are damaged while they are in use are noticed as soon as they can't be read, and a reset mends it.
func TestDamageInUse(t *testing.T) {
	dir := filled(t)
	x := mustOpen(t, dir)
	defer mustClose(t, x)
	paths, err := filepath.Glob(filepath.Join(dir, "store", "*.zap"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("nothing to damage: %v", err)
	}
	for _, path := range paths {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		st, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xFF}, int(st.Size())), 0); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	q := index.Query{Text: "Pass", Rights: index.Rights{Tokens: []string{token}}, Limit: 1}
	if _, err := x.Search(context.Background(), q); !errors.Is(err, index.ErrDamaged) || !errors.Is(err, index.ErrAway) {
		t.Errorf("a search in noise: %v", err)
	}
	if _, err := x.Seq(context.Background()); !errors.Is(err, index.ErrDamaged) {
		t.Errorf("the damage is forgotten: %v", err)
	}
	if err := x.Apply(context.Background(), index.Batch{Documents: documents(0, 1), Seq: 9}); !errors.Is(err, index.ErrDamaged) {
		t.Errorf("a batch into a damaged index: %v", err)
	}
	if err := x.Reset(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := x.Apply(context.Background(), index.Batch{Documents: documents(0, 3), Seq: 3}); err != nil {
		t.Fatal(err)
	}
	if n := total(t, x); n != 3 {
		t.Errorf("%d documents after the rebuild", n)
	}
}
