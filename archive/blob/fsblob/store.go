package fsblob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"eakte/archive/blob"
	"eakte/archive/blob/staging"
)

var _ blob.Store = (*Store)(nil)

// listBatch is how many entries of a folder are held at a time.
const listBatch = 1024

// Store is a folder of objects.
type Store struct {
	root    folder
	staging *staging.Dir
	folders [256]folder // by the first two digits of a ref
}

// Open opens the folder root and makes it if it is missing. The error is
// [blob.ErrLocked] while another process works on it.
func Open(root string) (*Store, error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("fsblob: %w", staging.Full(err))
	}
	st, err := staging.Open(filepath.Join(root, "staging"))
	if err != nil {
		return nil, fmt.Errorf("fsblob: %w", err)
	}
	s := &Store{root: folder{path: root}, staging: st}
	for i := range s.folders {
		s.folders[i].path = filepath.Join(root, fmt.Sprintf("%02x", i))
	}
	if err := s.findFolders(); err != nil {
		return nil, errors.Join(fmt.Errorf("fsblob: %w", staging.Full(err)), st.Close())
	}
	return s, nil
}

// findFolders notes which folders were made before, and makes them durable.
func (s *Store) findFolders() error {
	entries, err := os.ReadDir(s.root.path)
	for _, e := range entries {
		i, err := strconv.ParseUint(e.Name(), 16, 8)
		if err == nil && e.IsDir() && filepath.Base(s.folders[i].path) == e.Name() {
			s.folders[i].made.Store(true)
		}
	}
	return errors.Join(err, s.root.sync(), staging.SyncDir(filepath.Dir(s.root.path)))
}

// folder returns where ref, which is well-formed, is kept.
func (s *Store) folder(ref blob.Ref) *folder {
	i, _ := strconv.ParseUint(string(ref[:2]), 16, 8)
	return &s.folders[i]
}

func (s *Store) path(ref blob.Ref) string {
	return filepath.Join(s.folder(ref).path, string(ref))
}

// Open implements [blob.Store]. The Reader doesn't need ctx any more.
func (s *Store) Open(ctx context.Context, ref blob.Ref) (blob.Reader, error) {
	if err := s.check(ctx, ref); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path(ref))
	if err != nil {
		return nil, found(ref, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(found(ref, err), f.Close())
	}
	return &reader{File: f, size: info.Size()}, nil
}

// Stat implements [blob.Store].
func (s *Store) Stat(ctx context.Context, ref blob.Ref) (blob.Info, error) {
	if err := s.check(ctx, ref); err != nil {
		return blob.Info{}, err
	}
	info, err := os.Lstat(s.path(ref))
	if err != nil {
		return blob.Info{}, found(ref, err)
	}
	return blob.Info{Size: info.Size()}, nil
}

// Delete implements [blob.Store].
func (s *Store) Delete(ctx context.Context, ref blob.Ref) error {
	if err := s.check(ctx, ref); err != nil {
		return err
	}
	err := os.Remove(s.path(ref))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = s.folder(ref).sync()
	}
	if err != nil {
		return fmt.Errorf("fsblob: deleting object %s: %w", ref, err)
	}
	return nil
}

// List implements [blob.Store].
func (s *Store) List(ctx context.Context, each func(blob.Ref, blob.Info) error) error {
	for i := range s.folders {
		if err := s.folders[i].list(ctx, each); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) list(ctx context.Context, each func(blob.Ref, blob.Info) error) error {
	made := f.made.Load()
	dir, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) && !made {
		return nil // nothing was committed into it
	}
	if err != nil {
		return fmt.Errorf("fsblob: list: %w", err)
	}
	defer dir.Close()
	for {
		entries, err := dir.ReadDir(listBatch)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("fsblob: list: %w", err)
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("fsblob: list: %w", err)
			}
			if err := listEntry(e, each); err != nil {
				return err
			}
		}
	}
}

func listEntry(e fs.DirEntry, each func(blob.Ref, blob.Info) error) error {
	ref, err := blob.ParseRef(e.Name())
	if err != nil || !e.Type().IsRegular() {
		return nil // not ours
	}
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return fmt.Errorf("fsblob: list: %w", err)
	}
	return each(ref, blob.Info{Size: info.Size()})
}

// Free implements [blob.Store].
func (s *Store) Free(context.Context) (bytes int64, known bool) { return s.staging.Free() }

// Close implements [blob.Store]. Readers stay usable.
func (s *Store) Close() error { return s.staging.Close() }

func (s *Store) check(ctx context.Context, ref blob.Ref) error {
	if err := ref.Check(); err != nil {
		return fmt.Errorf("fsblob: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("fsblob: %w", err)
	}
	return nil
}

// found turns the system's "no such file" into [blob.ErrNotFound].
func found(ref blob.Ref, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = blob.ErrNotFound
	}
	return fmt.Errorf("fsblob: object %s: %w", ref, err)
}

// reader is an open object; *os.File gives ReadAt and Close.
type reader struct {
	*os.File
	size int64
}

// Size implements [blob.Reader].
func (r *reader) Size() int64 { return r.size }
