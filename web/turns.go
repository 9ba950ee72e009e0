package web

import (
	"context"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"eakte/archive/blob"
)

const (
	// turnTime is how long a request waits until the one before it lets go of the upload.
	turnTime = 20 * time.Second
	// cutEvery is how often that one is told to.
	cutEvery = 50 * time.Millisecond
)

// turns lets one request at a time at an upload, and that is the newest.
type turns struct {
	mu   sync.Mutex
	held map[blob.Ref]*turn
}

// turn is a request that works on an upload.
type turn struct {
	done chan struct{}
	cut  func()
}

// take waits for the upload, cutting off who has it. The error is [context.DeadlineExceeded] where
// that one takes long to end, as who records a large file may.
func (t *turns) take(ctx context.Context, id blob.Ref, cut func()) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	mine := &turn{done: make(chan struct{}), cut: cut}
	for {
		other := t.enter(id, mine)
		if other == nil {
			return func() { t.leave(id, mine) }, nil
		}
		select {
		case <-other.done:
		case <-time.After(cutEvery): // it may have been about to read: tell it again
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// enter takes the upload, or cuts off and returns who has it: while that one can't leave, for its
// connection may serve another request by then.
func (t *turns) enter(id blob.Ref, mine *turn) (other *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if other, ok := t.held[id]; ok {
		other.cut()
		return other
	}
	if t.held == nil {
		t.held = map[blob.Ref]*turn{}
	}
	t.held[id] = mine
	return nil
}

func (t *turns) leave(id blob.Ref, mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.held, id)
	close(mine.done)
}

// cutAll cuts everybody off: the server stops, and what came so far is kept.
func (t *turns) cutAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, one := range t.held {
		one.cut()
	}
}

// cutBody is a request's body that can be cut off while somebody waits for it.
type cutBody struct {
	io.ReadCloser
	control *http.ResponseController
	mu      sync.Mutex // guards what follows
	// off says that it was cut off, ended that there is nothing left to wait for.
	off, ended bool
}

func cuttable(r *http.Request, v *visit) *cutBody {
	b := &cutBody{ReadCloser: r.Body, ended: r.Body == nil || r.Body == http.NoBody || v.answer == nil}
	if v.answer != nil {
		b.control = v.answer.control
	}
	return b
}

// Read implements io.Reader. Cut off, it reads no more; the error is a timeout.
func (b *cutBody) Read(p []byte) (int, error) {
	if b.wasCut() {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.ended = true
	}
	return n, err
}

// cut ends a Read that waits, and all to come. Where none waits the connection is left alone: the server
// watches it, and would take the client for gone.
func (b *cutBody) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.off = true
	if !b.ended {
		_ = b.control.SetReadDeadline(time.Now()) // where the connection has none, as in some tests, nobody waits
	}
}

// wasCut reports whether it was cut off. Its connection is of no use then for another request.
func (b *cutBody) wasCut() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.off
}
