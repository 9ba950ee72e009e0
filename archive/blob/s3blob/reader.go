package s3blob

import (
	"context"
	"fmt"
	"io"
	"sync"

	"eakte/archive/blob"
)

const (
	// firstWindow is what a read at a new place fetches, nextWindow the most that one
	// reading on does.
	firstWindow = 256 << 10
	nextWindow  = 4 << 20
)

// reader reads an object in windows. It keeps the last one, so that small reads near
// each other need one request; while reads go on where it ends, windows double.
type reader struct {
	// fetch gets bytes from off on. It is bound to the context of Open, which has to
	// outlive that call because io.ReaderAt takes none.
	fetch func(off, n int64, w io.Writer) error
	ref   blob.Ref
	size  int64

	mu     sync.Mutex
	window []byte // bytes from start on
	start  int64
}

func newReader(ctx context.Context, s *Store, ref blob.Ref, size int64) *reader {
	return &reader{ref: ref, size: size, fetch: func(off, n int64, w io.Writer) error {
		ctx, cancel := context.WithTimeout(ctx, s.uploadTime(n))
		defer cancel()
		return s.fetch(ctx, s.key(ref), off, n, w)
	}}
}

// Size implements [blob.Reader].
func (r *reader) Size() int64 { return r.size }

// Close implements [blob.Reader].
func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.window = nil
	return nil
}

// ReadAt implements [io.ReaderAt]. Only the end of the object is [io.EOF]; a broken
// connection is never taken for it.
func (r *reader) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fmt.Errorf("s3blob: object %s: negative offset", r.ref)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for n < len(p) {
		at := off + int64(n)
		if at >= r.size {
			return n, io.EOF
		}
		if at < r.start || at >= r.start+int64(len(r.window)) {
			if err := r.load(at, int64(len(p)-n)); err != nil {
				return n, fmt.Errorf("s3blob: object %s: %w", r.ref, err)
			}
		}
		n += copy(p[n:], r.window[at-r.start:])
	}
	return n, nil
}

// load fetches the window that begins at off; want is what the caller reads now.
func (r *reader) load(off, want int64) error {
	size := int64(firstWindow)
	if end := r.start + int64(len(r.window)); len(r.window) > 0 && off == end {
		size = 2 * int64(len(r.window))
	}
	size = min(max(size, want), nextWindow, r.size-off)
	if int64(cap(r.window)) < size {
		r.window = make([]byte, 0, size)
	}
	buf := appender{r.window[:0]}
	if err := r.fetch(off, size, &buf); err != nil {
		r.window = nil
		return err
	}
	r.window, r.start = buf.b, off
	return nil
}

// appender is a buffer that doesn't grow beyond what it was made for.
type appender struct{ b []byte }

// Write implements [io.Writer].
func (a *appender) Write(p []byte) (int, error) {
	if len(p) > cap(a.b)-len(a.b) {
		return 0, io.ErrShortBuffer
	}
	a.b = append(a.b, p...)
	return len(p), nil
}
