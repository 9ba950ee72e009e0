package hotfolder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"eakte/ingest/intake"
)

const (
	// deepest is how many folders below the watched one are looked into.
	deepest = 8
	// emptyFor is by how much longer an empty file is waited for: some programs make it first.
	emptyFor = 10
)

// sight is what a file looked like, since when.
type sight struct {
	size  int64
	mtime time.Time
	since time.Time
}

func (s sight) same(o sight) bool { return s.size == o.size && s.mtime.Equal(o.mtime) }

// file is one to be taken.
type file struct {
	sight
	// path is below the watched folder, batch the sub-folder it lies in; empty: in none.
	path, batch string
	// whole says that it, and its batch, stayed the same for long enough.
	whole bool
}

// unfinished reports whether a name is that of a file that isn't there yet as a whole.
func unfinished(name string) bool {
	name = strings.ToLower(name)
	for _, end := range []string{".part", ".partial", ".filepart", ".crdownload", ".tmp", ".temp", ".swp", ".lock"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// ignored reports whether a name is none of ours to look at.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") || strings.EqualFold(name, "Thumbs.db") ||
		strings.EqualFold(name, "desktop.ini")
}

// find lists the files in their order and says which are whole. What can't be read hinders nothing else.
func (w *Watcher) find(root *os.Root) (found []file, err error) {
	now, seen, pending := w.Now(), map[string]sight{}, map[string]bool{}
	err = walk(root, ".", 0, func(at string, d fs.DirEntry) error {
		batch, _, inside := strings.Cut(at, "/")
		if !inside {
			batch = ""
		}
		if unfinished(d.Name()) {
			pending[batch] = pending[batch] || batch != ""
			return nil
		}
		info, err := d.Info()
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		s := sight{info.Size(), info.ModTime(), now}
		if was, ok := w.seen[at]; ok && was.same(s) {
			s.since = was.since
		}
		seen[at] = s
		wait := w.Settle
		if s.size == 0 {
			wait *= emptyFor
		}
		f := file{sight: s, path: at, batch: batch, whole: now.Sub(s.since) >= wait}
		if batch != "" && !f.whole {
			pending[batch] = true
		}
		found = append(found, f)
		return nil
	})
	w.seen = seen
	for i, f := range found {
		found[i].whole = f.whole && !pending[f.batch]
	}
	for at := range w.taken {
		if _, ok := seen[at]; !ok {
			delete(w.taken, at) // somebody took it away
		}
	}
	slices.SortFunc(found, func(a, b file) int { return strings.Compare(a.path, b.path) })
	return found, err
}

// walk calls fn with every regular file that isn't ignored, and goes on behind what can't be read.
func walk(root *os.Root, dir string, depth int, fn func(path string, d fs.DirEntry) error) error {
	entries, errs := list(root, dir)
	for _, d := range entries {
		at := path.Join(dir, d.Name())
		switch {
		case ignored(d.Name()), depth == 0 && (d.Name() == doneDir || d.Name() == failedDir):
		case d.IsDir() && depth < deepest:
			errs = errors.Join(errs, walk(root, at, depth+1, fn))
		case d.Type().IsRegular():
			errs = errors.Join(errs, fn(at, d))
		}
	}
	return errs
}

func list(root *os.Root, dir string) (entries []fs.DirEntry, err error) {
	f, err := root.OpenFile(dir, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_DIRECTORY, 0)
	if err != nil {
		if dir != "." && errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, err
	}
	entries, err = f.ReadDir(-1)
	return entries, errors.Join(err, f.Close())
}

// errChanged says that a file is still being written.
var errChanged = errors.New("the file changes")

// steady reads a file and refuses to come to its end if it isn't any more what was seen.
type steady struct {
	*os.File
	want sight
}

// Read implements io.Reader.
func (s steady) Read(p []byte) (int, error) {
	n, err := s.File.Read(p)
	if err != io.EOF {
		return n, err
	}
	info, serr := s.Stat()
	if serr != nil {
		return n, serr
	}
	if !s.want.same(sight{size: info.Size(), mtime: info.ModTime()}) {
		return n, errChanged
	}
	return n, io.EOF
}

// bring hands a file to the door.
func (w *Watcher) bring(ctx context.Context, root *os.Root, f file) (err error) {
	listed, err := root.Lstat(f.path)
	if err != nil {
		return gone(err)
	}
	// Not to wait for whoever else would open it, if it has become a pipe.
	open, err := root.OpenFile(f.path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return gone(err)
	}
	defer func() { err = errors.Join(err, open.Close()) }()
	info, err := open.Stat()
	if err != nil {
		return err
	}
	if !listed.Mode().IsRegular() || !os.SameFile(listed, info) || !f.same(sight{size: info.Size(), mtime: info.ModTime()}) {
		return errChanged
	}
	return w.Door.Bring(ctx, intake.Paper{
		Account: w.Account, Client: "hotfolder", Basket: w.Basket, Channel: w.Channel, Name: path.Base(f.path),
		Note: batchNote(f.batch),
		Key:  func(sum [32]byte) string { return w.key(f, sum) },
	}, steady{open, f.sight})
}

// gone is the error for a file that isn't there any more: nobody's problem.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errChanged
	}
	return err
}

func batchNote(batch string) string {
	if batch == "" {
		return ""
	}
	if r := []rune(batch); len(r) > 100 {
		batch = string(r[:100])
	}
	return "Stapel " + batch
}

// key is the receipt of a file. With its time, the same form handed in a second time is a second paper.
func (w *Watcher) key(f file, sum [32]byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %d %d %x", w.Name, f.path, f.size, f.mtime.UnixNano(), sum)
	return hex.EncodeToString(h.Sum(nil))
}
