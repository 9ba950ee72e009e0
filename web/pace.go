package web

import (
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// minRate is the slowest line that is waited for as long as it takes, in bytes a second.
const minRate = 8 << 10

// lingering is how long the rest of an unwanted body may take to come.
const lingering = time.Second

// pacedBody cuts off a sender who keeps the server waiting for longer than budget, all waiting
// together, where every byte received adds to the budget. Time the server itself takes doesn't
// count.
type pacedBody struct {
	io.ReadCloser
	control *http.ResponseController
	budget  time.Duration
	// done says that the body has ended, slow that its sender was cut off.
	done, slow bool
}

// Read implements io.Reader. The error of a sender who is too slow is a timeout.
func (b *pacedBody) Read(p []byte) (int, error) {
	if b.done {
		return b.ReadCloser.Read(p)
	}
	began := time.Now()
	b.until(began.Add(max(b.budget, time.Millisecond)))
	n, err := b.ReadCloser.Read(p)
	b.budget += time.Duration(n)*time.Second/minRate - time.Since(began)
	var late net.Error
	switch {
	case err == io.EOF:
		// Without this the server's own watch on the connection would run into the deadline and
		// take the client for gone.
		b.done = true
		b.until(time.Time{})
	case errors.As(err, &late) && late.Timeout():
		b.slow = true
	}
	return n, err
}

// leave ends the wait for what is left of a body nobody wanted: the server reads some of it on
// its own before it takes the next request from the connection.
func (b *pacedBody) leave() {
	if b != nil && !b.done {
		b.until(time.Now().Add(lingering))
	}
}

// until sets the deadline; where the connection has none, as in some tests, there is none.
func (b *pacedBody) until(t time.Time) { _ = b.control.SetReadDeadline(t) }

// answerWriter notes the status and bounds every single write.
type answerWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	status  int
	// patience is how long a write may take.
	patience time.Duration
	// failed says that a write did not reach the client.
	failed bool
}

// Unwrap lets [http.ResponseController] through.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *answerWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.extend()
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *answerWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.extend()
	n, err := w.ResponseWriter.Write(p)
	w.failed = w.failed || err != nil
	return n, err
}

func (w *answerWriter) extend() { _ = w.control.SetWriteDeadline(time.Now().Add(w.patience)) }
