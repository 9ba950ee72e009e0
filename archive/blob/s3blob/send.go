package s3blob

import (
	"io"
	"net/http"
	"os"
	"sync"
)

// sender sees to it that a body that is sent isn't read any more when the next try begins to send it: [http.Transport]
// may read on after it gave up, and the client hands the same reader to every try.
type sender struct{ http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (s sender) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return s.RoundTripper.RoundTrip(req)
	}
	sent, mine := &sending{ReadCloser: req.Body}, *req
	mine.Body = sent
	res, err := s.RoundTripper.RoundTrip(&mine)
	if err != nil {
		sent.end()
		return nil, err
	}
	res.Body = answer{res.Body, sent}
	return res, nil
}

// sending is a body that can be taken away from who reads it.
type sending struct {
	io.ReadCloser
	mu    sync.Mutex // held while somebody reads
	ended bool
}

// Read implements [io.Reader].
func (b *sending) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return 0, os.ErrClosed
	}
	return b.ReadCloser.Read(p)
}

// end waits for who reads, and lets nobody read after.
func (b *sending) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
}

// answer ends what was sent when it was read.
type answer struct {
	io.ReadCloser
	to *sending
}

// Close implements [io.Closer].
func (a answer) Close() error {
	defer a.to.end()
	return a.ReadCloser.Close()
}
