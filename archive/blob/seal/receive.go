package seal

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/minio/sio"

	"eakte/archive/blob"
)

const (
	// HeadSize is how many of the first bytes [Received] keeps, enough to tell what
	// kind of file it is.
	HeadSize = 3072
	// chunkSize is how much is read before it is sealed and hashed.
	chunkSize = 256 << 10
)

// TooLargeError says that a stream was longer than allowed.
type TooLargeError struct {
	// Limit is the number of bytes allowed.
	Limit int64
}

// Error implements error.
func (e *TooLargeError) Error() string { return fmt.Sprintf("more than %d bytes", e.Limit) }

// Received is an object that has arrived whole and is staged, not yet committed. It must
// end in Commit or Abort.
type Received struct {
	// Ref is where it will be.
	Ref blob.Ref
	// Size is the number of plain bytes.
	Size int64
	// SHA256 is the hash of the plain bytes.
	SHA256 [sha256.Size]byte
	// Head holds the first plain bytes, up to [HeadSize].
	Head []byte

	staged blob.Staged
}

// Commit makes the object durable; see [blob.Staged].
func (r *Received) Commit(ctx context.Context) error { return r.staged.Commit(ctx) }

// Abort drops the object. It may be called again, and after Commit does nothing.
func (r *Received) Abort() error { return r.staged.Abort() }

// Receive reads r to its end, seals it under key and stages it as ref. The key must be
// fresh: it seals this object and no other. More than limit bytes are a
// [*TooLargeError]; a negative limit is none. An error of r is wrapped as it is. After
// any error nothing remains, and r has been read in part.
func (s *Store) Receive(ctx context.Context, ref blob.Ref, key Key, r io.Reader, limit int64) (*Received, error) {
	cfg, err := config(key)
	if err != nil {
		return nil, err
	}
	staged, err := s.engine.Stage(ctx, ref)
	if err != nil {
		return nil, err
	}
	rec := &Received{Ref: ref, staged: staged}
	if err := s.receive(ctx, rec, cfg, r, limit); err != nil {
		return nil, errors.Join(fmt.Errorf("seal: receiving object %s: %w", ref, err), staged.Abort())
	}
	return rec, nil
}

// receive fills rec. Each chunk is hashed by one goroutine while this one seals and
// writes it and reads the next.
func (s *Store) receive(ctx context.Context, rec *Received, cfg sio.Config, r io.Reader, limit int64) error {
	sealed, err := sio.EncryptWriter(writer{rec.staged}, cfg)
	if err != nil {
		return err
	}
	a, b := s.borrow(), s.borrow()
	defer func() { s.giveBack(rec.Size, a, b) }()
	sum := startHash()
	defer sum.stop() // before the chunks are given back

	for {
		n, err := fill(r, a[:])
		if n > 0 {
			rec.Size += int64(n)
			if err := ctx.Err(); err != nil {
				return err
			}
			if limit >= 0 && rec.Size > limit {
				return &TooLargeError{Limit: limit}
			}
			if rec.Head == nil {
				rec.Head = append(rec.Head, a[:min(n, HeadSize)]...)
			}
			sum.add(a[:n]) // returns once the chunk before it is hashed: b is free
			if _, err := sealed.Write(a[:n]); err != nil {
				return err
			}
			a, b = b, a
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	rec.SHA256 = sum.stop()
	return sealed.Close()
}

// fill reads until p is full or r ends or fails. Unlike [io.ReadFull] it keeps the end
// of a stream (io.EOF) apart from its breaking off, which readers of request bodies
// report as [io.ErrUnexpectedEOF].
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = r.Read(p[n:])
		n += k
	}
	return n, err
}

// writer hides every other method of a [blob.Staged] from the encrypting writer.
type writer struct{ io.Writer }

func (s *Store) borrow() *[chunkSize]byte {
	if b, ok := s.buffers.Get().(*[chunkSize]byte); ok {
		return b
	}
	return new([chunkSize]byte)
}

// giveBack clears the plain bytes, of which no chunk holds more than size, and keeps the
// chunks for the next object.
func (s *Store) giveBack(size int64, chunks ...*[chunkSize]byte) {
	for _, c := range chunks {
		clear(c[:min(size, chunkSize)])
		s.buffers.Put(c)
	}
}

// runningHash is a SHA-256 computed by a goroutine of its own. A chunk given to add must
// stay unchanged until the next add, or stop, returns.
type runningHash struct {
	chunks chan []byte // nil once stopped
	result chan [sha256.Size]byte
}

func startHash() *runningHash {
	chunks, result := make(chan []byte), make(chan [sha256.Size]byte, 1)
	go func() {
		digest := sha256.New()
		for c := range chunks {
			digest.Write(c)
		}
		result <- [sha256.Size]byte(digest.Sum(nil))
	}()
	return &runningHash{chunks: chunks, result: result}
}

// add returns once all chunks before c are hashed.
func (h *runningHash) add(c []byte) { h.chunks <- c }

// stop ends the goroutine and returns the hash. A second call returns nothing of use.
func (h *runningHash) stop() (sum [sha256.Size]byte) {
	if h.chunks != nil {
		close(h.chunks)
		h.chunks = nil
		sum = <-h.result
	}
	return sum
}
