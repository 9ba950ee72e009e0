package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
)

const (
	// newSuffix is added to the path while the file is written anew.
	newSuffix = ".new"
	// compactBatch is how many bytes go into one transaction of a new file.
	compactBatch = 16 << 20
)

// Compact implements [archive.Store]. Nobody writes while the file is copied; who reads goes on, and the old file is
// overwritten when the last of them has ended.
func (s *Store) Compact(ctx context.Context) error {
	done := make(chan error, 1)
	select {
	case s.compacting <- done:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.done:
		return fmt.Errorf("boltstore: %w", archive.ErrClosed)
	}
	if err := <-done; err != nil {
		return full(fmt.Errorf("boltstore: compacting: %w", err))
	}
	return nil
}

// compact copies what there is into a new file and puts that in the place of the old one, of which free pages hold what
// was deleted. The writer runs it between two groups; done hears when nothing is left of the old file.
func (s *Store) compact(done chan<- error) {
	path := s.path + newSuffix
	err := os.Remove(path)
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	var fresh *bolt.DB
	if err == nil {
		fresh, err = openFile(path)
	}
	if err != nil {
		done <- err
		return
	}
	old := s.db.Load()
	fresh.NoSync = true // one sync at the end serves all
	err = bolt.Compact(fresh, old, compactBatch)
	fresh.NoSync = false
	if err == nil {
		err = fresh.Sync()
	}
	var file *os.File
	if err == nil {
		file, err = os.OpenFile(s.path, os.O_WRONLY, 0)
	}
	if err == nil {
		err = os.Rename(path, s.path)
	}
	if err != nil {
		if file != nil {
			err = errors.Join(err, file.Close())
		}
		done <- errors.Join(err, fresh.Close(), os.Remove(path))
		return
	}
	s.db.Store(fresh)
	err = syncDir(filepath.Dir(s.path)) // before anything is written to the new one
	go func() {
		err := errors.Join(err, old.Close()) // waits for who reads it
		if err == nil {
			err = overwrite(file)
		}
		done <- errors.Join(err, file.Close())
	}()
}

// begin begins a transaction that reads. A file that was put in the place of another is taken as soon as it is there.
func (s *Store) begin() (*bolt.Tx, error) {
	for {
		db := s.db.Load()
		tx, err := db.Begin(false)
		if err == nil || s.db.Load() == db {
			return tx, err
		}
	}
}

// look runs fn on one state.
func (s *Store) look(fn func(*bolt.Tx) error) error {
	tx, err := s.begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing to lose: it only reads
	return fn(tx)
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// overwrite fills a file, which has no name any more, with zeros.
func overwrite(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := io.CopyN(f, zeros{}, info.Size()); err != nil {
		return err
	}
	return f.Sync()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
