package seal_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"eakte/archive/blob"
	"eakte/archive/blob/blobtest"
	"eakte/archive/blob/fsblob"
	"eakte/archive/blob/seal"
)

const (
	pack       = 64 << 10
	sealedPack = pack + 32
)

// open returns a Store over files, and the folder they are in.
func open(t testing.TB) (*seal.Store, string) {
	t.Helper()
	root := t.TempDir()
	engine, err := fsblob.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	s := seal.New(engine)
	t.Cleanup(func() { s.Close() })
	return s, root
}

// put receives and commits data under a fresh ref and key.
func put(t testing.TB, s *seal.Store, data []byte) (*seal.Received, seal.Key) {
	t.Helper()
	key := seal.NewKey()
	got, err := s.Receive(t.Context(), blob.NewRef(), key, bytes.NewReader(data), -1)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	return got, key
}

func path(root string, ref blob.Ref) string { return filepath.Join(root, string(ref[:2]), string(ref)) }

// count returns how many objects and staged files there are.
func count(t *testing.T, root string) int {
	t.Helper()
	n := 0
	for _, pattern := range []string{"??/*", "staging/*.part"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		n += len(found)
	}
	return n
}

func TestReceivedObjectComesBack(t *testing.T) {
	s, root := open(t)
	for _, size := range []int{0, 1, 3071, 3072, 3073, pack - 1, pack, pack + 1, 4*pack - 1, 4 * pack, 4*pack + 1, 9*pack + 5, 5 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			data := blobtest.Random(size)
			got, key := put(t, s, data)
			if got.Size != int64(size) || got.SHA256 != sha256.Sum256(data) || !bytes.Equal(got.Head, data[:min(size, seal.HeadSize)]) {
				t.Error("what was received isn't what was sent")
			}
			o, err := s.Open(t.Context(), got.Ref, key, got.Size, got.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			if back, err := io.ReadAll(o.NewReader()); err != nil || !bytes.Equal(back, data) {
				t.Errorf("sequential read: %v, or bytes differ", err)
			}
			if err := o.Verify(t.Context()); err != nil {
				t.Errorf("verify: %v", err)
			}
			stored, err := os.ReadFile(path(root, got.Ref))
			if want, _ := seal.SealedSize(got.Size); err != nil || int64(len(stored)) != want {
				t.Errorf("%d bytes stored, want %d", len(stored), want)
			}
			if size >= 32 && bytes.Contains(stored, data[:32]) {
				t.Error("plain bytes are stored")
			}
		})
	}
}

func TestReaderBehaves(t *testing.T) {
	s, _ := open(t)
	for _, size := range []int{0, 1, 2000} {
		data := blobtest.Random(size)
		got, key := put(t, s, data)
		o, err := s.Open(t.Context(), got.Ref, key, got.Size, got.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(io.NewSectionReader(o, 0, o.Size()), data); err != nil {
			t.Errorf("ReadAt, %d bytes: %v", size, err)
		}
		if err := iotest.TestReader(o.NewReader(), data); err != nil {
			t.Errorf("Reader, %d bytes: %v", size, err)
		}
		o.Close()
	}
}

func TestRanges(t *testing.T) {
	s, _ := open(t)
	data := blobtest.Random(5*pack + 100)
	got, key := put(t, s, data)
	o, err := s.Open(t.Context(), got.Ref, key, got.Size, got.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	size := int64(len(data))
	for _, off := range []int64{0, 1, pack - 1, pack, pack + 1, 3 * pack, 5 * pack, 5*pack + 99, size, size + 1} {
		for _, n := range []int64{0, 1, 16, pack - 1, pack, pack + 1, 2*pack + 3, size} {
			p := make([]byte, n)
			k, err := o.ReadAt(p, off)
			want := data[min(off, size):min(off+n, size)]
			if !bytes.Equal(p[:k], want) {
				t.Errorf("%d at %d: wrong bytes", n, off)
			}
			if end := off >= size || off+n > size; (err == io.EOF) != end || err != nil && err != io.EOF {
				t.Errorf("%d at %d: error %v", n, off, err)
			}
		}
	}
	if _, err := o.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("negative offset is read")
	}
}

// read reads everything in every way and reports the bytes that came and the errors.
func read(s *seal.Store, ctx context.Context, got *seal.Received, key seal.Key) map[string]result {
	o, err := s.Open(ctx, got.Ref, key, got.Size, got.SHA256)
	if err != nil {
		return map[string]result{"open": {nil, err}}
	}
	defer o.Close()
	results := make(map[string]result)
	b, err := io.ReadAll(o.NewReader())
	results["sequential"] = result{b, err}
	p := make([]byte, got.Size)
	n, err := o.ReadAt(p, 0)
	results["whole range"] = result{p[:n], err}
	results["verify"] = result{nil, o.Verify(ctx)}
	return results
}

type result struct {
	bytes []byte
	err   error
}

func TestTamperingIsFound(t *testing.T) {
	s, root := open(t)
	data := blobtest.Random(2*pack + 1000)
	got, key := put(t, s, data)
	file := path(root, got.Ref)
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := put(t, s, blobtest.Random(len(data)))
	foreign, err := os.ReadFile(path(root, other.Ref))
	if err != nil {
		t.Fatal(err)
	}
	change := func(edit func([]byte) []byte) []byte { return edit(bytes.Clone(sound)) }
	cases := map[string][]byte{
		"nothing left":             {},
		"another object":           foreign,
		"last package is missing":  sound[:2*sealedPack],
		"first package is missing": sound[sealedPack:],
		"packages are swapped": change(func(b []byte) []byte {
			return append(append(append([]byte{}, b[sealedPack:2*sealedPack]...), b[:sealedPack]...), b[2*sealedPack:]...)
		}),
		"a package comes twice": change(func(b []byte) []byte { copy(b[sealedPack:2*sealedPack], b[:sealedPack]); return b }),
		"a package of another object": change(func(b []byte) []byte {
			copy(b[sealedPack:2*sealedPack], foreign[sealedPack:2*sealedPack])
			return b
		}),
		"zeros at the end":    change(func(b []byte) []byte { clear(b[len(b)-100:]); return b }),
		"longer by a byte":    append(bytes.Clone(sound), 0),
		"longer by a package": append(bytes.Clone(sound), sound[:sealedPack]...),
	}
	for _, cut := range []int{1, 15, 16, 17, 31, 32, 33, sealedPack - 1, sealedPack, sealedPack + 1, sealedPack + 16, sealedPack + 32, 2*sealedPack - 1, 2*sealedPack + 1, 2*sealedPack + 32, len(sound) - 1} {
		cases[fmt.Sprintf("cut to %d", cut)] = sound[:cut]
	}
	// each region: header, nonce, text and tag of the first, a middle and the last package
	for p := range 3 {
		end := min(sealedPack, len(sound)-p*sealedPack)
		for _, at := range []int{0, 1, 2, 3, 4, 8, 12, 15, 16, 17, end / 2, end - 17, end - 16, end - 1} {
			for _, bit := range []byte{1, 128} {
				cases[fmt.Sprintf("bit %d of byte %d of package %d", bit, at, p)] = change(func(b []byte) []byte {
					b[p*sealedPack+at] ^= bit
					return b
				})
			}
		}
	}
	for name, content := range cases {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		for how, r := range read(s, t.Context(), got, key) {
			if !errors.Is(r.err, blob.ErrCorrupt) {
				t.Errorf("%s, %s: error %v, want ErrCorrupt", name, how, r.err)
			}
			if !bytes.HasPrefix(data, r.bytes) {
				t.Errorf("%s, %s: wrong bytes were handed out", name, how)
			}
		}
	}
	if err := os.WriteFile(file, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	for how, r := range read(s, t.Context(), got, key) {
		if r.err != nil {
			t.Errorf("sound again, %s: %v", how, r.err)
		}
	}
}

func TestUndamagedRangesOfADamagedObject(t *testing.T) {
	s, root := open(t)
	data := blobtest.Random(4 * pack)
	got, key := put(t, s, data)
	f, err := os.OpenFile(path(root, got.Ref), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte{0, 0, 0, 0}, 2*sealedPack+500); err != nil {
		t.Fatal(err)
	}
	o, err := s.Open(t.Context(), got.Ref, key, got.Size, got.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	for number := range int64(4) {
		p := make([]byte, pack)
		n, err := o.ReadAt(p, number*pack)
		if damaged := number == 2; errors.Is(err, blob.ErrCorrupt) != damaged || !damaged && !bytes.Equal(p, data[number*pack:][:pack]) {
			t.Errorf("package %d: %d bytes, %v", number, n, err)
		}
	}
}

func TestWrongKeySizeOrHash(t *testing.T) {
	s, _ := open(t)
	for _, size := range []int{0, 10, pack, 2*pack + 10} {
		data := blobtest.Random(size)
		got, key := put(t, s, data)
		wrong := *got
		wrong.SHA256[31] ^= 1
		for how, r := range read(s, t.Context(), &wrong, key) {
			if how == "whole range" {
				continue // a range isn't the object
			}
			if !errors.Is(r.err, blob.ErrCorrupt) {
				t.Errorf("%d bytes, other hash, %s: %v", size, how, r.err)
			}
			if whole := max(0, size-1) / pack * pack; len(r.bytes) > whole {
				t.Errorf("%d bytes, other hash, %s: the last package was handed out", size, how)
			}
		}
		for _, n := range []int64{got.Size + 1, got.Size + pack, max(0, got.Size-1), got.Size / 2} {
			if n == got.Size {
				continue
			}
			wrong := *got
			wrong.Size = n
			for how, r := range read(s, t.Context(), &wrong, key) {
				if !errors.Is(r.err, blob.ErrCorrupt) {
					t.Errorf("%d bytes, other size, %s: %v", size, how, r.err)
				}
			}
		}
		if size == 0 {
			continue // nothing is encrypted
		}
		for how, r := range read(s, t.Context(), got, seal.NewKey()) {
			if !errors.Is(r.err, blob.ErrCorrupt) || len(r.bytes) > 0 {
				t.Errorf("%d bytes, other key, %s: %d bytes, %v", size, how, len(r.bytes), r.err)
			}
		}
	}
	if _, err := s.Open(t.Context(), blob.NewRef(), seal.NewKey(), 1, [32]byte{}); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("missing object: %v, want ErrNotFound", err)
	}
	if _, err := s.Open(t.Context(), blob.NewRef(), seal.Key{}, 1, [32]byte{}); !errors.Is(err, seal.ErrZeroKey) {
		t.Errorf("no key: %v, want ErrZeroKey", err)
	}
	if _, err := s.Open(t.Context(), blob.NewRef(), seal.NewKey(), -1, [32]byte{}); err == nil {
		t.Error("a negative size is taken")
	}
}

// TestHashCountsAfterSniffing reads the first bytes, goes back and reads all, as an HTTP
// server does.
func TestHashCountsAfterSniffing(t *testing.T) {
	s, _ := open(t)
	got, key := put(t, s, blobtest.Random(3*pack))
	got.SHA256[0] ^= 1
	o, err := s.Open(t.Context(), got.Ref, key, got.Size, got.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	r := o.NewReader()
	if _, err := io.ReadFull(r, make([]byte, 512)); err != nil {
		t.Fatal(err)
	}
	if size, err := r.Seek(0, io.SeekEnd); err != nil || size != got.Size {
		t.Fatalf("size %d, %v", size, err)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	if !errors.Is(err, blob.ErrCorrupt) || n != 2*pack {
		t.Errorf("%d bytes, %v; want two packages and ErrCorrupt", n, err)
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, blob.ErrCorrupt) {
		t.Errorf("read after that: %v, want ErrCorrupt again", err)
	}
}

func TestFailedReceiveLeavesNothing(t *testing.T) {
	broken := errors.New("broken line")
	body := func(n int) io.Reader { return bytes.NewReader(blobtest.Random(n)) }
	for _, c := range []struct {
		name  string
		r     io.Reader
		limit int64
		want  error // nil: a TooLargeError
	}{
		{"one byte over the limit", body(1001), 1000, nil},
		{"far over the limit", body(3 << 20), 1 << 20, nil},
		{"endless", endless{}, 1 << 20, nil},
		{"anything over a limit of nothing", body(1), 0, nil},
		{"fails at once", iotest.ErrReader(broken), -1, broken},
		{"fails in the middle", io.MultiReader(body(700_000), iotest.ErrReader(broken)), -1, broken},
		{"breaks off", io.MultiReader(body(100), iotest.ErrReader(io.ErrUnexpectedEOF)), -1, io.ErrUnexpectedEOF},
		{"breaks off later", io.MultiReader(body(256<<10+5), iotest.ErrReader(io.ErrUnexpectedEOF)), -1, io.ErrUnexpectedEOF},
		{"fails with a wrapped end", io.MultiReader(body(10), iotest.ErrReader(fmt.Errorf("line: %w", io.EOF))), -1, io.EOF},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, root := open(t)
			ref := blob.NewRef()
			got, err := s.Receive(t.Context(), ref, seal.NewKey(), c.r, c.limit)
			var large *seal.TooLargeError
			switch {
			case got != nil || err == nil:
				t.Fatal("it is received")
			case c.want != nil && !errors.Is(err, c.want):
				t.Errorf("error %v, want %v", err, c.want)
			case c.want == nil && (!errors.As(err, &large) || large.Limit != c.limit):
				t.Errorf("error %v, want a TooLargeError with limit %d", err, c.limit)
			}
			if n := count(t, root); n != 0 {
				t.Errorf("%d files remain", n)
			}
		})
	}
}

// endless gives zeros for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestLimitIsTheLastAllowed(t *testing.T) {
	s, root := open(t)
	for _, n := range []int{0, 1, 1000, 256 << 10} {
		got, err := s.Receive(t.Context(), blob.NewRef(), seal.NewKey(), bytes.NewReader(make([]byte, n)), int64(n))
		if err != nil {
			t.Errorf("%d of %d bytes: %v", n, n, err)
			continue
		}
		if err := got.Abort(); err != nil {
			t.Error(err)
		}
	}
	if n := count(t, root); n != 0 {
		t.Errorf("%d files remain after abort", n)
	}
}

func TestReceiveEndsWithContext(t *testing.T) {
	s, root := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := iotest.TimeoutReader(endless{})
	_, err := s.Receive(ctx, blob.NewRef(), seal.NewKey(), readerFunc(func(p []byte) (int, error) {
		cancel()
		clear(p)
		return len(p), nil
	}), -1)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if _, err := s.Receive(t.Context(), blob.NewRef(), seal.NewKey(), r, -1); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("error %v, want the reader's own", err)
	}
	if _, err := s.Receive(t.Context(), blob.NewRef(), seal.Key{}, r, -1); !errors.Is(err, seal.ErrZeroKey) {
		t.Errorf("no key: %v, want ErrZeroKey", err)
	}
	if n := count(t, root); n != 0 {
		t.Errorf("%d files remain", n)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestManyAtOnce receives from readers that give little at a time,
// many at once.
func TestManyAtOnce(t *testing.T) {
	s, _ := open(t)
	done := make(chan error)
	for i := range 8 {
		go func() {
			data := blobtest.Random(300_000*i + i)
			key := seal.NewKey()
			got, err := s.Receive(t.Context(), blob.NewRef(), key, iotest.HalfReader(bytes.NewReader(data)), -1)
			if err == nil && (got.SHA256 != sha256.Sum256(data) || got.Size != int64(len(data))) {
				err = errors.New("hash or size differs")
			}
			if err == nil {
				err = got.Commit(t.Context())
			}
			if err == nil {
				var o *seal.Object
				if o, err = s.Open(t.Context(), got.Ref, key, got.Size, got.SHA256); err == nil {
					err = errors.Join(o.Verify(t.Context()), o.Close())
				}
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
