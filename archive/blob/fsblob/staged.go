package fsblob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"eakte/archive/blob"
	"eakte/archive/blob/staging"
)

// Stage implements [blob.Store].
func (s *Store) Stage(ctx context.Context, ref blob.Ref) (blob.Staged, error) {
	if err := s.check(ctx, ref); err != nil {
		return nil, err
	}
	f, err := s.staging.Create(ref)
	if err != nil {
		return nil, fmt.Errorf("fsblob: %w", err)
	}
	return &staged{store: s, ref: ref, File: f}, nil
}

// staged is an object in the staging folder; *staging.File gives Write.
type staged struct {
	*staging.File
	store *Store
	ref   blob.Ref
}

// Commit implements [blob.Staged]. Only one file can be staged under a ref, so nobody
// takes the target between the look and the rename.
func (s *staged) Commit(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		err = s.commit()
	}
	if err != nil {
		return fmt.Errorf("fsblob: committing object %s: %w", s.ref, err)
	}
	return nil
}

func (s *staged) commit() error {
	if err := s.Sync(); err != nil {
		return err
	}
	target := s.store.path(s.ref)
	if _, err := os.Lstat(target); err == nil {
		return blob.ErrExists
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	folder := s.store.folder(s.ref)
	if err := folder.make(&s.store.root); err != nil {
		return staging.Full(err)
	}
	if err := s.Move(target); err != nil {
		return err
	}
	if err := folder.sync(); err != nil {
		return errors.Join(err, os.Remove(target))
	}
	return nil
}

// Abort implements [blob.Staged].
func (s *staged) Abort() error {
	if err := s.Drop(); err != nil {
		return fmt.Errorf("fsblob: aborting object %s: %w", s.ref, err)
	}
	return nil
}

// folder makes one folder durable for all who wait at the same time: while one sync
// runs, those who come wait for the next one, which serves them all.
type folder struct {
	path string
	made atomic.Bool // durably
	turn sync.Mutex  // held by who syncs
	mu   sync.Mutex  // guards next
	next *round
}

// round is a sync that has not begun, or its result.
type round struct {
	done bool // guarded by folder.turn, as is err
	err  error
}

// make makes the folder, which lies in the folder in, durably if it is missing.
func (f *folder) make(in *folder) error {
	if f.made.Load() {
		return nil
	}
	if err := os.Mkdir(f.path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := in.sync(); err != nil {
		return err
	}
	f.made.Store(true)
	return nil
}

// sync returns when all changes to the folder made before the call are durable.
func (f *folder) sync() error {
	f.mu.Lock()
	if f.next == nil {
		f.next = &round{}
	}
	mine := f.next
	f.mu.Unlock()

	f.turn.Lock()
	defer f.turn.Unlock()
	if !mine.done {
		f.mu.Lock()
		f.next = nil // who comes now waits for the next round
		f.mu.Unlock()
		mine.err = staging.SyncDir(f.path)
		mine.done = true
	}
	return mine.err
}
