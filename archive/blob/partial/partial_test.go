package partial_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eakte/archive/blob"
	"eakte/archive/blob/partial"
	"eakte/archive/blob/seal"
)

func open(t *testing.T, cfg partial.Config) *partial.Dir {
	t.Helper()
	d, err := partial.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func config(t *testing.T) partial.Config {
	return partial.Config{Path: filepath.Join(t.TempDir(), "uploads"), Key: seal.Key{5}}
}

func begin(t *testing.T, d *partial.Dir, size int64) *partial.Upload {
	t.Helper()
	u, err := d.Begin("eva", size, []byte("note"))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAppendGoesOnAfterReopen(t *testing.T) {
	cfg := config(t)
	text := strings.Repeat("0123456789", 100000)
	u := begin(t, open(t, cfg), int64(len(text)))
	for at := 0; at < len(text); {
		end := min(at+299999, len(text))
		n, err := u.Append(int64(at), strings.NewReader(text[at:end]))
		if err != nil || int(n) != end-at {
			t.Fatalf("append at %d: %d, %v", at, n, err)
		}
		at = end
		again, err := open(t, cfg).Upload(u.ID())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := again.Offset(); got != int64(at) || err != nil {
			t.Fatalf("after reopening: %d, %v, want %d", got, err, at)
		}
		u = again
	}
	if u.Owner() != "eva" || string(u.Note()) != "note" || u.Size() != int64(len(text)) {
		t.Errorf("%s, %s, %d", u.Owner(), u.Note(), u.Size())
	}
	if _, err := u.Finish(func(r io.Reader) ([]byte, error) {
		got, err := io.ReadAll(r)
		if string(got) != text {
			t.Error("the bytes differ")
		}
		return nil, err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestTornTailIsCutOff shortens the file as a crash may: what is whole is kept, and nothing else.
func TestTornTailIsCutOff(t *testing.T) {
	cfg := config(t)
	u := begin(t, open(t, cfg), 100)
	for i, piece := range []string{"first", "again"} {
		if _, err := u.Append(int64(5*i), strings.NewReader(piece)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(cfg.Path, string(u.ID())+".part")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut < len(whole); cut++ {
		for _, tail := range []string{"", "\x00\x00\x00\x00\x00\x00\x00\x00", "\xff\xff\xff\xff"} {
			if err := os.WriteFile(path, append(whole[:len(whole)-cut:len(whole)-cut], tail...), 0o600); err != nil {
				t.Fatal(err)
			}
			again, err := open(t, cfg).Upload(u.ID())
			if err != nil {
				t.Fatal(err)
			}
			want := int64(5)
			if cut >= len(whole)/2 {
				want = 0
			}
			if cut == len(whole)/2 {
				want = 5
			}
			if got, err := again.Offset(); got != want || err != nil {
				t.Fatalf("%d bytes cut off, %q behind: offset %d, %v, want %d", cut, tail, got, err, want)
			}
		}
	}
}

// TestPiecesCannotChangePlaces swaps two frames of one upload and puts one into another.
func TestPiecesCannotChangePlaces(t *testing.T) {
	cfg := config(t)
	d := open(t, cfg)
	u, other := begin(t, d, 10), begin(t, d, 10)
	for _, one := range []*partial.Upload{u, other} {
		for i, piece := range []string{"first", "again"} {
			if _, err := one.Append(int64(5*i), strings.NewReader(piece)); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(cfg.Path, string(u.ID())+".part")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(filepath.Join(cfg.Path, string(other.ID())+".part"))
	if err != nil {
		t.Fatal(err)
	}
	half := len(data) / 2
	for name, bad := range map[string][]byte{
		"swapped": append(append([]byte{}, data[half:]...), data[:half]...),
		"foreign": foreign,
	} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		again, err := open(t, cfg).Upload(u.ID())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := again.Offset(); got != 0 || err != nil {
			t.Errorf("%s: offset %d, %v", name, got, err)
		}
	}
	// Damage behind the back of a running server is noticed when all is read.
	recorded := false
	_, err = u.Finish(func(r io.Reader) ([]byte, error) {
		_, err := io.ReadAll(r)
		recorded = err == nil
		return nil, err
	})
	if !errors.Is(err, blob.ErrCorrupt) || recorded {
		t.Errorf("finish: %v, recorded %v", err, recorded)
	}
	if _, err := d.Upload(u.ID()); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("a damaged upload stays: %v", err)
	}
}

func TestFinishRecordsOnce(t *testing.T) {
	cfg := config(t)
	u := begin(t, open(t, cfg), 4)
	if _, err := u.Finish(nil); !errors.Is(err, partial.ErrIncomplete) {
		t.Fatalf("finish of nothing: %v", err)
	}
	if _, err := u.Append(0, strings.NewReader("Textund mehr")); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Append(4, strings.NewReader("")); err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	if _, err := u.Finish(func(io.Reader) ([]byte, error) { return nil, full }); !errors.Is(err, full) {
		t.Fatalf("failed recording: %v", err)
	}
	calls := 0
	record := func(r io.Reader) ([]byte, error) {
		calls++
		return io.ReadAll(r)
	}
	for range 2 {
		if got, err := u.Finish(record); string(got) != "Text" || err != nil {
			t.Fatalf("finish: %q, %v", got, err)
		}
	}
	again, err := open(t, cfg).Upload(u.ID())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Finish(record); string(got) != "Text" || err != nil || calls != 1 {
		t.Errorf("after reopening: %q, %v, %d calls", got, err, calls)
	}
	if _, err := again.Append(4, strings.NewReader("x")); !errors.Is(err, partial.ErrOffset) {
		t.Errorf("append behind the end: %v", err)
	}
}

// TestBrokenBodyKeepsWhatCame fails in the middle of a piece.
func TestBrokenBodyKeepsWhatCame(t *testing.T) {
	u := begin(t, open(t, config(t)), 100)
	reset := errors.New("reset")
	n, err := u.Append(0, io.MultiReader(strings.NewReader("came"), failing{reset}))
	if n != 4 || !errors.Is(err, reset) {
		t.Errorf("%d, %v", n, err)
	}
	if got, err := u.Offset(); got != 4 || err != nil {
		t.Errorf("offset %d, %v", got, err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestDroppedIsGone(t *testing.T) {
	cfg := config(t)
	now := time.Now()
	cfg.Now = func() time.Time { return now }
	d := open(t, cfg)
	u := begin(t, d, 4)
	if err := u.Drop(); err != nil {
		t.Fatal(err)
	}
	if err := u.Drop(); err != nil {
		t.Error(err)
	}
	if _, err := u.Append(0, strings.NewReader("Text")); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("append: %v", err)
	}
	u = begin(t, d, 4)
	now = now.Add(24 * time.Hour)
	if _, err := d.Upload(u.ID()); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("expired: %v", err)
	}
	if n, err := open(t, cfg).Sweep(); n != 1 || err != nil {
		t.Errorf("sweep after a restart: %d, %v", n, err)
	}
	if left, err := os.ReadDir(cfg.Path); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestAppendWaitsAlone lets a connection hang in the middle of a file: the upload can be asked, a second
// connection goes on at the right place, and the first one can't store anything any more.
func TestAppendWaitsAlone(t *testing.T) {
	d := open(t, config(t))
	u := begin(t, d, 10)
	in, hanging := io.Pipe()
	type end struct {
		kept int64
		err  error
	}
	first := make(chan end)
	go func() {
		kept, err := u.Append(0, in)
		first <- end{kept, err}
	}()
	if _, err := hanging.Write([]byte("late")); err != nil { // it is in the middle of reading now
		t.Fatal(err)
	}
	if n, err := u.Offset(); n != 0 || err != nil {
		t.Errorf("meanwhile %d bytes are there, %v", n, err)
	}
	if n, err := u.Append(0, strings.NewReader("0123456789")); n != 10 || err != nil {
		t.Fatalf("the second connection: %d, %v", n, err)
	}
	if err := hanging.Close(); err != nil {
		t.Fatal(err)
	}
	if got := <-first; got.kept != 0 || !errors.Is(got.err, partial.ErrOffset) {
		t.Errorf("the first connection: %d, %v", got.kept, got.err)
	}
	if _, err := u.Finish(func(r io.Reader) ([]byte, error) {
		data, err := io.ReadAll(r)
		if string(data) != "0123456789" {
			t.Errorf("the file is %q", data)
		}
		return nil, err
	}); err != nil {
		t.Error(err)
	}
}
