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
	// packageSize is how many plain bytes are sealed together.
	packageSize = 64 << 10
	// sealedPackageSize adds a header and a tag.
	sealedPackageSize = 16 + packageSize + 16
)

var _ io.ReaderAt = (*Object)(nil)

// Object gives the plain bytes of a sealed object. ReadAt and NewReader may be called by
// several goroutines.
type Object struct {
	ref    blob.Ref
	stored blob.Reader
	cfg    sio.Config
	size   int64
	sum    [sha256.Size]byte
}

// Open opens the object ref, which has size plain bytes with the hash sum: what
// [Received] said of it. The error is [blob.ErrNotFound], or [blob.ErrCorrupt] if what
// is stored can't have that size. With some engines reads stop when ctx ends.
func (s *Store) Open(ctx context.Context, ref blob.Ref, key Key, size int64, sum [sha256.Size]byte) (*Object, error) {
	cfg, err := config(key)
	if err != nil {
		return nil, err
	}
	want, err := SealedSize(size)
	if err != nil {
		return nil, err
	}
	stored, err := s.engine.Open(ctx, ref)
	if err != nil {
		return nil, err
	}
	if got := stored.Size(); got != want {
		err := fmt.Errorf("seal: object %s: %d bytes stored, want %d: %w", ref, got, want, blob.ErrCorrupt)
		return nil, errors.Join(err, stored.Close())
	}
	return &Object{ref: ref, stored: stored, cfg: cfg, size: size, sum: sum}, nil
}

// Size is the number of plain bytes.
func (o *Object) Size() int64 { return o.size }

// Close ends the object and all its readers.
func (o *Object) Close() error { return o.stored.Close() }

// ReadAt implements [io.ReaderAt] on the plain bytes. What it returns is authenticated;
// damage is [blob.ErrCorrupt].
func (o *Object) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("seal: object %s: negative offset", o.ref)
	}
	if off >= o.size {
		return 0, io.EOF
	}
	short := int64(len(p)) > o.size-off
	if short {
		p = p[:o.size-off]
	}
	plain, err := o.from(off / packageSize)
	if err != nil {
		return 0, err
	}
	if _, err := io.CopyN(io.Discard, plain, off%packageSize); err != nil {
		return 0, o.damage(err)
	}
	n, err := io.ReadFull(plain, p)
	if err != nil {
		return n, o.damage(err)
	}
	if short {
		return n, io.EOF
	}
	return n, nil
}

// from decrypts from the package with the given number on.
func (o *Object) from(number int64) (io.Reader, error) {
	cfg := o.cfg
	cfg.SequenceNumber = uint32(number) // SealedSize has bounded it
	at := number * sealedPackageSize
	plain, err := sio.DecryptReader(io.NewSectionReader(o.stored, at, o.stored.Size()-at), cfg)
	if err != nil {
		return nil, fmt.Errorf("seal: object %s: %w", o.ref, err)
	}
	return plain, nil
}

// damage tells damage from an engine that can't read: what doesn't authenticate and
// what ends too early is [blob.ErrCorrupt].
func (o *Object) damage(err error) error {
	var broken sio.Error
	if errors.As(err, &broken) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("seal: object %s: %w", o.ref, blob.ErrCorrupt)
	}
	return fmt.Errorf("seal: object %s: %w", o.ref, err)
}

// Verify reads the whole object and checks its hash: nil, [blob.ErrCorrupt] or an error
// of the engine.
func (o *Object) Verify(ctx context.Context) error {
	r, buf := o.NewReader(), make([]byte, packageSize)
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("seal: object %s: %w", o.ref, err)
		}
		if _, err := r.Read(buf); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
