package sandbox

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// File is a run of bytes in memory without a name, passed to children by
// descriptor. Its pages belong to the kernel, not to the heap of this process.
// Reading by several goroutines at once is safe once it is sealed.
type File struct {
	f *os.File
}

// NewFile returns an empty File.
func NewFile() (*File, error) {
	fd, err := unix.MemfdCreate("document", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("sandbox: creating memory file: %w", err)
	}
	return &File{f: os.NewFile(uintptr(fd), "document")}, nil
}

// Load copies all of r into a sealed File. At most limit bytes are taken; more is
// [ErrTooLarge].
func Load(r io.Reader, limit int64) (*File, error) {
	f, err := NewFile()
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(f, io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		err = ErrTooLarge
	}
	if err == nil {
		err = f.Seal()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sandbox: loading document: %w", err), f.Close())
	}
	return f, nil
}

// ErrTooLarge means that [Load] was given more than its limit.
var ErrTooLarge = errors.New("sandbox: larger than its limit")

// Write appends p.
func (f *File) Write(p []byte) (int, error) { return f.f.Write(p) }

// ReadAt reads from offset off.
func (f *File) ReadAt(p []byte, off int64) (int, error) { return f.f.ReadAt(p, off) }

// Seal makes the content unchangeable, for this process and for every child.
func (f *File) Seal() error {
	const all = unix.F_SEAL_WRITE | unix.F_SEAL_GROW | unix.F_SEAL_SHRINK | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(f.f.Fd(), unix.F_ADD_SEALS, all); err != nil {
		return fmt.Errorf("sandbox: sealing memory file: %w", err)
	}
	return nil
}

// Size returns the number of bytes, 0 when it can't be told.
func (f *File) Size() int64 {
	info, err := f.f.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

// Reader returns a new reader over the whole content.
func (f *File) Reader() *io.SectionReader { return io.NewSectionReader(f, 0, f.Size()) }

// Bytes returns a copy of the whole content.
func (f *File) Bytes() ([]byte, error) {
	b := make([]byte, f.Size())
	n, err := f.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("sandbox: reading memory file: %w", err)
	}
	return b[:n], nil
}

// Close gives the memory back. A nil File may be closed.
func (f *File) Close() error {
	if f == nil {
		return nil
	}
	return f.f.Close()
}
