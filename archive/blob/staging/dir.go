package staging

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"eakte/archive/blob"
)

const (
	suffix   = ".part"
	lockName = "lock"
)

// Dir is an open staging folder.
type Dir struct {
	path    string
	lock    *os.File
	buffers sync.Pool // of *[]byte, shared by the files
}

// Open makes the folder if it is missing, locks it and removes what a crash has left
// in it. The error is [blob.ErrLocked] while another process holds it.
func Open(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("staging: %w", Full(err))
	}
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("staging: %w", Full(err))
	}
	d := &Dir{path: path, lock: lock}
	if err := lockFile(lock); err != nil {
		return nil, errors.Join(fmt.Errorf("staging: folder %s: %w", path, err), lock.Close())
	}
	if err := d.sweep(); err != nil {
		return nil, errors.Join(fmt.Errorf("staging: removing leftovers: %w", err), lock.Close())
	}
	return d, nil
}

// sweep removes the files this package makes, and no others.
func (d *Dir) sweep() error {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, ours := strings.CutSuffix(e.Name(), suffix)
		if !ours || !e.Type().IsRegular() || blob.Ref(name).Check() != nil {
			continue
		}
		if err := os.Remove(filepath.Join(d.path, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Create begins the file of ref, which must be well-formed. The error is
// [blob.ErrExists] if ref is being staged already, or [blob.ErrFull].
func (d *Dir) Create(ref blob.Ref) (*File, error) {
	if err := ref.Check(); err != nil {
		return nil, err
	}
	path := filepath.Join(d.path, string(ref)+suffix)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("staging: object %s: %w", ref, blob.ErrExists)
	}
	if err != nil {
		return nil, fmt.Errorf("staging: %w", Full(err))
	}
	return &File{f: f, path: path, buffers: &d.buffers}, nil
}

// Free returns how many bytes the disk still takes; known is false where the system
// doesn't say.
func (d *Dir) Free() (bytes int64, known bool) { return FreeIn(d.path) }

// FreeIn is Free for any folder.
func FreeIn(path string) (bytes int64, known bool) { return free(path) }

// Close gives the folder back. Files being written are left for the next Open.
func (d *Dir) Close() error { return d.lock.Close() }

// Full adds [blob.ErrFull] to an error of the system that means a full disk or an
// exhausted quota, and returns others as they are.
func Full(err error) error {
	if err != nil && isFull(err) {
		return fmt.Errorf("%w: %w", blob.ErrFull, err)
	}
	return err
}

// SyncDir makes the entries of a folder durable: files created in it, renamed to it or
// removed from it before the call.
func SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(Full(d.Sync()), d.Close())
}
