package seal

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"eakte/archive/blob"
)

var _ io.ReadSeeker = (*Reader)(nil)

// Reader reads an [Object] in sequence and can seek. Once it has passed over all bytes
// from the first on, in order, it compares their hash; if that differs, the last package
// isn't handed out and the error is [blob.ErrCorrupt] in place of [io.EOF]. A Reader that
// skips bytes can't do that; what it reads is authenticated all the same. It is for one
// goroutine.
type Reader struct {
	o   *Object
	off int64 // where the next Read begins

	buf    []byte // the package with number loaded
	loaded int64  // -1 at first
	plain  io.Reader
	next   int64 // number of the package plain gives next

	hash   hash.Hash
	hashed int64 // bytes from the first on that are in hash
	err    error // damage; final
}

// NewReader returns a Reader at the object's first byte. It needs no closing.
func (o *Object) NewReader() *Reader {
	return &Reader{o: o, loaded: -1, hash: sha256.New()}
}

// Read implements [io.Reader].
func (r *Reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.off >= r.o.size {
		if r.o.size == 0 && !r.intact() {
			return 0, r.err
		}
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	if number := r.off / packageSize; number != r.loaded {
		if err := r.load(number); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.buf[r.off%packageSize:])
	r.off += int64(n)
	return n, nil
}

// load decrypts a package into buf and hashes it if its turn has come.
func (r *Reader) load(number int64) error {
	r.loaded = -1
	if r.plain == nil || r.next != number {
		plain, err := r.o.from(number)
		if err != nil {
			return err
		}
		r.plain, r.next = plain, number
	}
	at := number * packageSize
	if r.buf == nil {
		r.buf = make([]byte, packageSize)
	}
	r.buf = r.buf[:min(packageSize, r.o.size-at)]
	if _, err := io.ReadFull(r.plain, r.buf); err != nil {
		r.plain = nil
		err = r.o.damage(err)
		if errors.Is(err, blob.ErrCorrupt) {
			r.err = err
		}
		return err
	}
	r.next++
	if r.hashed == at {
		r.hash.Write(r.buf)
		r.hashed += int64(len(r.buf))
		if r.hashed == r.o.size && !r.intact() {
			return r.err
		}
	}
	r.loaded = number
	return nil
}

// intact compares the hash of the whole object.
func (r *Reader) intact() bool {
	if [sha256.Size]byte(r.hash.Sum(nil)) == r.o.sum {
		return true
	}
	r.err = fmt.Errorf("seal: object %s: hash differs: %w", r.o.ref, blob.ErrCorrupt)
	return false
}

// Seek implements [io.Seeker].
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.off
	case io.SeekEnd:
		offset += r.o.size
	default:
		return 0, fmt.Errorf("seal: object %s: bad whence", r.o.ref)
	}
	if offset < 0 {
		return 0, fmt.Errorf("seal: object %s: seek before the beginning", r.o.ref)
	}
	r.off = offset
	return offset, nil
}
