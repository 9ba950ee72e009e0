package staging

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

const (
	// bufferSize gathers the small packages of a sealed stream into few writes.
	bufferSize = 256 << 10
	// writebackSize is how much is written before the disk is asked to begin with it,
	// so that little is left to wait for in Sync.
	writebackSize = 512 << 10
)

// File is one object being received, used by one goroutine at a time.
type File struct {
	f       *os.File // nil once moved or dropped
	path    string
	buffers *sync.Pool
	buf     *[]byte // held from the first Write until Flush or Drop
	written int64   // bytes handed to the system
	started int64   // of these, bytes the disk was asked to begin with
	err     error   // the first failure; final
}

// Write appends p. An error is final; [blob.ErrFull] if there is no room.
func (f *File) Write(p []byte) (int, error) {
	if f.f == nil {
		return 0, fmt.Errorf("staging: write: %w", fs.ErrClosed)
	}
	if f.buf == nil {
		f.buf = f.borrow()
	}
	n := 0
	for n < len(p) && f.err == nil {
		if len(*f.buf) == 0 && len(p)-n >= bufferSize {
			f.flush(p[n:])
			n = len(p)
			break
		}
		k := min(bufferSize-len(*f.buf), len(p)-n)
		*f.buf = append(*f.buf, p[n:n+k]...)
		n += k
		if len(*f.buf) == bufferSize {
			f.flush(*f.buf)
			*f.buf = (*f.buf)[:0]
		}
	}
	if f.err != nil {
		return 0, f.err
	}
	return n, nil
}

// flush hands b to the system and now and then starts the disk.
func (f *File) flush(b []byte) {
	n, err := f.f.Write(b)
	f.written += int64(n)
	if err != nil {
		f.err = fmt.Errorf("staging: write: %w", Full(err))
		return
	}
	if f.written-f.started >= writebackSize {
		startWriteback(f.f, f.started, f.written-f.started)
		f.started = f.written
	}
}

// Flush hands the bytes still held in memory to the system and returns the size of the
// file. Nothing is durable yet.
func (f *File) Flush() (size int64, err error) {
	if f.f == nil {
		return 0, fmt.Errorf("staging: flush: %w", fs.ErrClosed)
	}
	if f.buf != nil {
		if f.err == nil && len(*f.buf) > 0 {
			f.flush(*f.buf)
		}
		f.release()
	}
	return f.written, f.err
}

// Sync makes the bytes durable, though not yet their name. An error is final.
func (f *File) Sync() error {
	if _, err := f.Flush(); err != nil {
		return err
	}
	if err := f.f.Sync(); err != nil {
		f.err = fmt.Errorf("staging: sync: %w", Full(err))
	}
	return f.err
}

// Content returns a fresh reader of all that was flushed; it is good until Move or
// Drop.
func (f *File) Content() *io.SectionReader {
	return io.NewSectionReader(f.f, 0, f.written)
}

// Move gives the file the path target on the same disk, replacing what is there, and
// ends the File. The caller syncs the folder.
func (f *File) Move(target string) error {
	if f.f == nil {
		return fmt.Errorf("staging: move: %w", fs.ErrClosed)
	}
	if err := os.Rename(f.path, target); err != nil {
		return fmt.Errorf("staging: %w", Full(err))
	}
	f.release()
	file := f.f
	f.f = nil
	return file.Close()
}

// Drop removes the file. It may be called again, and after Move does nothing.
func (f *File) Drop() error {
	if f.f == nil {
		return nil
	}
	f.release()
	file := f.f
	f.f = nil
	err := os.Remove(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, file.Close())
}

func (f *File) borrow() *[]byte {
	if b, ok := f.buffers.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, 0, bufferSize)
	return &b
}

func (f *File) release() {
	if f.buf == nil {
		return
	}
	*f.buf = (*f.buf)[:0]
	f.buffers.Put(f.buf)
	f.buf = nil
}
