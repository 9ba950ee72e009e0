package blobtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	"eakte/archive/blob"
)

// Test runs the suite. Each call of open must give an engine with a place of its own;
// reopen, in what it returns, opens the same place again after Close.
func Test(t *testing.T, open func(t *testing.T) (s blob.Store, reopen func() blob.Store)) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s blob.Store)
	}{
		{"missing object is not found", testMissing},
		{"content of any size comes back", testSizes},
		{"small writes add up", testSmallWrites},
		{"ranges are read where they lie", testRanges},
		{"nothing is seen before commit", testInvisible},
		{"abort leaves nothing", testAbort},
		{"a ref is written once", testOnce},
		{"concurrent objects don't mix", testConcurrent},
		{"delete ends an object", testDelete},
		{"list gives all and stops", testList},
		{"malformed refs name nothing", testBadRefs},
		{"an ended context ends the call", testContext},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := open(t)
			defer closeStore(t, s)
			c.run(t, s)
		})
	}
	t.Run("committed objects outlive the engine", func(t *testing.T) { testReopen(t, open) })
}

// Random returns n bytes that are the same in no two calls.
func Random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// Put commits data as a fresh object.
func Put(t testing.TB, s blob.Store, data []byte) blob.Ref {
	t.Helper()
	ref := blob.NewRef()
	staged := Stage(t, s, ref, data)
	if err := staged.Commit(t.Context()); err != nil {
		t.Fatalf("commit: %v", err)
	}
	return ref
}

// Stage writes data as ref and leaves it staged.
func Stage(t testing.TB, s blob.Store, ref blob.Ref, data []byte) blob.Staged {
	t.Helper()
	staged, err := s.Stage(t.Context(), ref)
	if err != nil {
		t.Fatalf("stage: %v", err)
	}
	if n, err := staged.Write(data); err != nil || n != len(data) {
		t.Fatalf("write: %d bytes, %v; want %d", n, err, len(data))
	}
	return staged
}

// Get reads a whole object.
func Get(t testing.TB, s blob.Store, ref blob.Ref) []byte {
	t.Helper()
	r, err := s.Open(t.Context(), ref)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer r.Close()
	got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return got
}

func closeStore(t *testing.T, s blob.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// gone checks that ref can't be seen in any way.
func gone(t *testing.T, s blob.Store, ref blob.Ref) {
	t.Helper()
	if _, err := s.Open(t.Context(), ref); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("open: %v, want ErrNotFound", err)
	}
	if _, err := s.Stat(t.Context(), ref); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("stat: %v, want ErrNotFound", err)
	}
	if sizes := list(t, s); len(sizes) > 0 {
		if _, listed := sizes[ref]; listed {
			t.Error("object is listed")
		}
	}
}

func list(t *testing.T, s blob.Store) map[blob.Ref]int64 {
	t.Helper()
	sizes := make(map[blob.Ref]int64)
	err := s.List(t.Context(), func(r blob.Ref, i blob.Info) error {
		if _, twice := sizes[r]; twice {
			t.Errorf("%s is listed twice", r)
		}
		sizes[r] = i.Size
		return nil
	})
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	return sizes
}

func testMissing(t *testing.T, s blob.Store) {
	ref := blob.NewRef()
	gone(t, s, ref)
	if err := s.Delete(t.Context(), ref); err != nil {
		t.Errorf("delete: %v, want nil", err)
	}
	if n, known := s.Free(t.Context()); known && n <= 0 {
		t.Errorf("free: %d bytes", n)
	}
}

func testSizes(t *testing.T, s blob.Store) {
	const pack = 64 << 10
	for _, size := range []int{0, 1, 2, pack - 1, pack, pack + 1, 2 * pack, 256<<10 - 1, 256 << 10, 256<<10 + 1, 1<<20 + 7, 8 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			data := Random(size)
			ref := Put(t, s, data)
			if got := Get(t, s, ref); !bytes.Equal(got, data) {
				t.Errorf("got %d bytes that differ from the %d written", len(got), len(data))
			}
			if info, err := s.Stat(t.Context(), ref); err != nil || info.Size != int64(size) {
				t.Errorf("stat: %+v, %v; want size %d", info, err, size)
			}
		})
	}
}

func testSmallWrites(t *testing.T, s blob.Store) {
	ref := blob.NewRef()
	staged, err := s.Stage(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	for i := range 700 {
		piece := Random(i)
		want = append(want, piece...)
		if _, err := staged.Write(piece); err != nil {
			t.Fatal(err)
		}
		clear(piece) // the engine may not keep what it was given
	}
	if err := staged.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := Get(t, s, ref); !bytes.Equal(got, want) {
		t.Errorf("got %d bytes that differ from the %d written", len(got), len(want))
	}
}

func testRanges(t *testing.T, s blob.Store) {
	data := Random(3<<20 + 11)
	r, err := s.Open(t.Context(), Put(t, s, data))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	size := int64(len(data))
	if r.Size() != size {
		t.Fatalf("size %d, want %d", r.Size(), size)
	}
	for _, c := range []struct {
		off  int64
		n    int
		want error
	}{
		{0, 1, nil}, {0, 10, nil}, {size - 1, 1, nil}, {size - 10, 10, nil}, {1 << 20, 1 << 20, nil},
		{12345, 2 << 20, nil}, {7, 0, nil}, {size - 5, 10, io.EOF}, {size, 1, io.EOF}, {size + 100, 1, io.EOF},
		{3, 3, nil}, {0, int(size), nil},
	} {
		p := make([]byte, c.n)
		n, err := r.ReadAt(p, c.off)
		want := data[min(c.off, size):min(c.off+int64(c.n), size)]
		if !bytes.Equal(p[:n], want) {
			t.Errorf("%d bytes at %d: got %d bytes that differ from the %d there", c.n, c.off, n, len(want))
		}
		if err != c.want && (err != io.EOF || c.off+int64(c.n) != size) {
			t.Errorf("%d bytes at %d: error %v, want %v", c.n, c.off, err, c.want)
		}
	}
	if _, err := r.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("negative offset is read")
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			p, off := make([]byte, 1000), int64(i)*300_000
			if _, err := r.ReadAt(p, off); err != nil || !bytes.Equal(p, data[off:off+1000]) {
				t.Errorf("concurrent read at %d: wrong bytes or %v", off, err)
			}
		})
	}
	wg.Wait()
}

func testInvisible(t *testing.T, s blob.Store) {
	ref, data := blob.NewRef(), Random(600<<10)
	staged := Stage(t, s, ref, data)
	gone(t, s, ref)
	if err := staged.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := Get(t, s, ref); !bytes.Equal(got, data) {
		t.Error("committed object differs")
	}
	if err := staged.Abort(); err != nil {
		t.Errorf("abort after commit: %v", err)
	}
	if got := Get(t, s, ref); !bytes.Equal(got, data) {
		t.Error("abort after commit changed the object")
	}
}

func testAbort(t *testing.T, s blob.Store) {
	ref := blob.NewRef()
	staged := Stage(t, s, ref, Random(300<<10))
	for range 2 {
		if err := staged.Abort(); err != nil {
			t.Errorf("abort: %v", err)
		}
	}
	gone(t, s, ref)
	if _, err := staged.Write([]byte("x")); err == nil {
		t.Error("write after abort succeeds")
	}
	if err := staged.Commit(t.Context()); err == nil {
		t.Error("commit after abort succeeds")
	}
	gone(t, s, ref)
	if err := Stage(t, s, ref, []byte("again")).Commit(t.Context()); err != nil {
		t.Errorf("commit after an aborted try: %v", err)
	}
}

func testOnce(t *testing.T, s blob.Store) {
	data := Random(1000)
	ref := Put(t, s, data)
	for _, other := range [][]byte{Random(1000), Random(10)} {
		staged, err := s.Stage(t.Context(), ref)
		if err == nil {
			_, err = staged.Write(other)
			if err == nil {
				err = staged.Commit(t.Context())
			}
			if abortErr := staged.Abort(); abortErr != nil {
				t.Errorf("abort: %v", abortErr)
			}
		}
		if !errors.Is(err, blob.ErrExists) {
			t.Errorf("second object under a ref: %v, want ErrExists", err)
		}
	}
	if got := Get(t, s, ref); !bytes.Equal(got, data) {
		t.Error("the first object changed")
	}
	staged := Stage(t, s, blob.NewRef(), nil)
	if err := staged.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := staged.Commit(t.Context()); err == nil {
		t.Error("second commit succeeds")
	}
}

func testConcurrent(t *testing.T, s blob.Store) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			data, ref := Random(50_000*(i%5)+i), blob.NewRef()
			staged, err := s.Stage(t.Context(), ref)
			if err != nil {
				t.Error(err)
				return
			}
			for rest := data; len(rest) > 0; {
				n, err := staged.Write(rest[:min(7001, len(rest))])
				if err != nil {
					t.Error(err)
					return
				}
				rest = rest[n:]
			}
			if i%4 == 3 {
				err = staged.Abort()
			} else {
				err = staged.Commit(t.Context())
			}
			if err != nil {
				t.Error(err)
				return
			}
			if i%4 == 3 {
				gone(t, s, ref)
			} else if !bytes.Equal(Get(t, s, ref), data) {
				t.Error("object differs")
			}
		})
	}
	wg.Wait()
	if n := len(list(t, s)); n != 12 {
		t.Errorf("%d objects are listed, want 12", n)
	}
}

func testDelete(t *testing.T, s blob.Store) {
	ref, other := Put(t, s, Random(100)), Put(t, s, Random(100))
	for range 2 {
		if err := s.Delete(t.Context(), ref); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	gone(t, s, ref)
	if got := Get(t, s, other); len(got) != 100 {
		t.Error("another object is gone too")
	}
}

func testList(t *testing.T, s blob.Store) {
	if got := list(t, s); len(got) != 0 {
		t.Fatalf("a new engine lists %d objects", len(got))
	}
	want := make(map[blob.Ref]int64)
	for i := range 30 {
		want[Put(t, s, Random(i))] = int64(i)
	}
	defer Stage(t, s, blob.NewRef(), Random(10)).Abort()
	got := list(t, s)
	if len(got) != len(want) {
		t.Errorf("%d objects are listed, want %d", len(got), len(want))
	}
	for ref, size := range want {
		if got[ref] != size {
			t.Errorf("%s: size %d, want %d", ref, got[ref], size)
		}
	}
	stop, calls := errors.New("stop"), 0
	err := s.List(t.Context(), func(blob.Ref, blob.Info) error { calls++; return stop })
	if err != stop || calls != 1 {
		t.Errorf("stopped list: %v after %d calls, want the callback's error after 1", err, calls)
	}
}

func testBadRefs(t *testing.T, s blob.Store) {
	for _, ref := range BadRefs() {
		if _, err := s.Stage(t.Context(), ref); !errors.Is(err, blob.ErrBadRef) {
			t.Errorf("stage %q: %v, want ErrBadRef", ref, err)
		}
		if _, err := s.Open(t.Context(), ref); !errors.Is(err, blob.ErrBadRef) || !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("open %q: %v, want ErrBadRef and ErrNotFound", ref, err)
		}
		if _, err := s.Stat(t.Context(), ref); !errors.Is(err, blob.ErrBadRef) {
			t.Errorf("stat %q: %v, want ErrBadRef", ref, err)
		}
		if err := s.Delete(t.Context(), ref); !errors.Is(err, blob.ErrBadRef) {
			t.Errorf("delete %q: %v, want ErrBadRef", ref, err)
		}
	}
}

// BadRefs returns texts that are no refs, among them paths out of a folder.
func BadRefs() []blob.Ref {
	good := string(blob.NewRef())
	bad := []blob.Ref{"", "a", "..", "../../../../../../etc/passwd", "/etc/passwd", "staging/lock"}
	for _, s := range []string{
		good[:31], good + "0", "../" + good[3:], good[:2] + "/" + good[3:], good[:2] + "\x00" + good[3:],
		good[:31] + "A", good[:31] + "g", good[:31] + " ", good[:31] + "\n", "..%2f..%2f" + good[10:], "ä" + good[2:],
		`..\` + good[3:], "." + good[1:], "-" + good[1:],
	} {
		bad = append(bad, blob.Ref(s))
	}
	return bad
}

func testContext(t *testing.T, s blob.Store) {
	ref := Put(t, s, Random(10))
	staged := Stage(t, s, blob.NewRef(), Random(10))
	defer staged.Abort()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		call func() error
	}{
		{"stage", func() error { _, err := s.Stage(ended, blob.NewRef()); return err }},
		{"commit", func() error { return staged.Commit(ended) }},
		{"open", func() error { _, err := s.Open(ended, ref); return err }},
		{"stat", func() error { _, err := s.Stat(ended, ref); return err }},
		{"delete", func() error { return s.Delete(ended, ref) }},
		{"list", func() error { return s.List(ended, func(blob.Ref, blob.Info) error { return nil }) }},
	} {
		if err := c.call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", c.name, err)
		}
	}
	if n := len(list(t, s)); n != 1 {
		t.Errorf("%d objects, want the first one alone", n)
	}
}

func testReopen(t *testing.T, open func(t *testing.T) (blob.Store, func() blob.Store)) {
	s, reopen := open(t)
	data := Random(100_000)
	ref := Put(t, s, data)
	lost := blob.NewRef()
	Stage(t, s, lost, data)
	closeStore(t, s)

	s = reopen()
	defer closeStore(t, s)
	if got := Get(t, s, ref); !bytes.Equal(got, data) {
		t.Error("committed object differs")
	}
	gone(t, s, lost)
	if err := Stage(t, s, lost, data).Commit(t.Context()); err != nil {
		t.Errorf("commit of what was staged before: %v", err)
	}
	if n := len(list(t, s)); n != 2 {
		t.Errorf("%d objects, want 2", n)
	}
}
