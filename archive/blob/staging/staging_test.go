package staging

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"eakte/archive/blob"
)

func TestFullDiskIsTold(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, true},
		{&os.PathError{Op: "write", Path: "x", Err: syscall.EDQUOT}, true},
		{&os.PathError{Op: "write", Path: "x", Err: syscall.EIO}, false},
		{nil, false},
	} {
		got := Full(c.err)
		if errors.Is(got, blob.ErrFull) != c.want || !errors.Is(got, c.err) {
			t.Errorf("%v became %v", c.err, got)
		}
	}
}

// TestWriteToFullDevice writes to /dev/full, where every write finds no room.
func TestWriteToFullDevice(t *testing.T) {
	device, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("no /dev/full: %v", err)
	}
	f := &File{f: device, path: filepath.Join(t.TempDir(), "none"), buffers: &sync.Pool{}}
	if _, err := f.Write(make([]byte, 10)); err != nil {
		t.Fatalf("buffered write: %v", err)
	}
	if _, err := f.Write(make([]byte, bufferSize)); !errors.Is(err, blob.ErrFull) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("write: %v, want ErrFull with the system's error", err)
	}
	if _, err := f.Write([]byte("more")); !errors.Is(err, blob.ErrFull) {
		t.Errorf("write after a failure: %v, want the same", err)
	}
	if err := f.Sync(); !errors.Is(err, blob.ErrFull) {
		t.Errorf("sync after a failure: %v, want the same", err)
	}
	if err := f.Drop(); err != nil {
		t.Error(err)
	}
}

func TestContentIsAllThatWasWritten(t *testing.T) {
	d, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	f, err := d.Create(blob.NewRef())
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	for i, n := range []int{1, bufferSize - 1, bufferSize, 5, bufferSize + 1, 3 * bufferSize, 0, writebackSize, 7} {
		piece := bytes.Repeat([]byte{byte(i + 1)}, n)
		want = append(want, piece...)
		if k, err := f.Write(piece); err != nil || k != n {
			t.Fatalf("write of %d: %d, %v", n, k, err)
		}
	}
	if size, err := f.Flush(); err != nil || size != int64(len(want)) {
		t.Fatalf("flush: %d, %v; want %d", size, err, len(want))
	}
	if got, err := io.ReadAll(f.Content()); err != nil || !bytes.Equal(got, want) {
		t.Errorf("content differs, or %v", err)
	}
	if err := f.Drop(); err != nil {
		t.Error(err)
	}
}

func TestOneFileARef(t *testing.T) {
	d, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ref := blob.NewRef()
	f, err := d.Create(ref)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Create(ref); !errors.Is(err, blob.ErrExists) {
		t.Errorf("second file: %v, want ErrExists", err)
	}
	if err := f.Drop(); err != nil {
		t.Fatal(err)
	}
	f, err = d.Create(ref)
	if err != nil {
		t.Fatalf("file after a dropped one: %v", err)
	}
	if err := f.Drop(); err != nil {
		t.Error(err)
	}
}
