package bleveindex

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v16"
	"golang.org/x/sys/unix"

	"eakte/index"
)

// spareFiles is how many files the process must be able to open beside those of the index.
const spareFiles = 8

// checkFiles opens all files of the store together. The engine itself takes a segment that it
// can't open just now for lost, and deletes it.
func checkFiles(store string) (err error) {
	segments, err := filepath.Glob(filepath.Join(store, "*.zap"))
	if err != nil {
		return err
	}
	var open []*os.File
	defer func() {
		for _, f := range open {
			err = errors.Join(err, f.Close())
		}
	}()
	root := filepath.Join(store, "root.bolt")
	for _, path := range append(slices.Repeat([]string{root}, spareFiles), segments...) {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		open = append(open, f)
	}
	return nil
}

// checkSegments reads the files of a snapshot; the engine maps them unseen, and would find other words or
// rights in a damaged one.
func checkSegments(r bleve.IndexReader) error {
	snapshot, ok := r.(*scorch.IndexSnapshot)
	if !ok {
		return errDamaged
	}
	for _, s := range snapshot.Segments() {
		file, ok := s.Segment().(segment.PersistedSegment)
		if !ok {
			continue // still in memory
		}
		if err := checkSegment(file.Path()); err != nil {
			return err
		}
	}
	return nil
}

// checkSegment compares the checksum at the end of a segment file with what it holds: its last eight bytes are
// the version of the format and that checksum, of all before it. The engine reads neither.
func checkSegment(path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	var end [8]byte
	if st.Size() < int64(len(end)) {
		return errDamaged
	}
	if _, err := f.ReadAt(end[:], st.Size()-int64(len(end))); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(end[:4]) != zap.Version {
		return errDamaged
	}
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, io.NewSectionReader(f, 0, st.Size()-4)); err != nil {
		return err
	}
	if sum.Sum32() != binary.BigEndian.Uint32(end[4:]) {
		return errDamaged
	}
	return nil
}

// suspect looks at the files behind an error of the engine that may be one of them. If they are damaged it gives
// the index up, which is told by [index.ErrDamaged] from then on; else the error is what it was.
func (x *Index) suspect(err error) error {
	var asked *index.QueryError // nothing is wrong but what was asked
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &asked) || operational(err) {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.damaged {
		return index.ErrDamaged
	}
	if x.engine == nil {
		return err
	}
	check := guard(func() (err error) {
		r, err := x.engine.Reader()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, r.Close()) }()
		return checkSegments(r)
	})
	if !errors.Is(check, errDamaged) {
		return err
	}
	x.log.Error("files of the index are damaged; it is made anew", "error", err.Error())
	x.damaged = true
	return errors.Join(index.ErrDamaged, x.drop())
}

// checkRoot compares the engine's list of segments with the checksum that was written when it was last closed,
// and removes that: from here on the list changes. Where the engine wasn't closed there is none.
func (x *Index) checkRoot() error {
	want, err := os.ReadFile(filepath.Join(x.dir, sumName))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	got, err := x.rootSum()
	if err != nil {
		return err
	}
	if got != string(want) {
		return errDamaged
	}
	return os.Remove(filepath.Join(x.dir, sumName))
}

func (x *Index) rootSum() (_ string, err error) {
	f, err := os.Open(filepath.Join(x.dir, storeName, "root.bolt"))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func checkFormat(engine bleve.Index) (err error) {
	r, err := engine.Reader()
	if err != nil {
		return err
	}
	defer func() {
		if cerr := r.Close(); err == nil {
			err = cerr
		}
	}()
	v, err := r.GetInternal([]byte(keyFormat))
	switch {
	case err != nil:
		return err
	case len(v) == 0:
		return errDamaged
	case string(v) != format:
		return errOutdated
	}
	return checkSegments(r)
}

// operational reports whether an error is one for the operator to mend, as opposed to damage. The
// engine drops the chain of some errors, so their texts count as well.
func operational(err error) bool {
	if errors.Is(err, ErrInUse) {
		return true
	}
	for _, e := range []syscall.Errno{
		syscall.EACCES, syscall.EPERM, syscall.EROFS, syscall.ENOSPC, syscall.EDQUOT, syscall.EMFILE,
		syscall.ENFILE, syscall.ENOMEM, syscall.EIO,
	} {
		if errors.Is(err, e) || strings.Contains(err.Error(), e.Error()) {
			return true
		}
	}
	return false
}

// full reports whether an error is that of a full disk.
func full(err error) bool {
	return err != nil && (errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || strings.Contains(err.Error(), syscall.ENOSPC.Error()))
}

// room is the error of a full disk where less is left than the reserve. What can't be asked has room: the disk
// itself will say so.
func (x *Index) room() error {
	var st unix.Statfs_t
	if x.reserve <= 0 || unix.Statfs(filepath.Dir(x.dir), &st) != nil || int64(st.Bavail)*st.Bsize >= x.reserve {
		return nil
	}
	return fmt.Errorf("the rest of the disk is kept for the records: %w", syscall.ENOSPC)
}

// guard runs fn and turns a panic of the engine, a fault in its mapped files included, into an
// error.
func guard(fn func() error) (err error) {
	defer onFault()()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("engine panicked: %T", r)
			if e, ok := r.(error); ok {
				err = fmt.Errorf("engine panicked: %w", e)
			}
		}
	}()
	return fn()
}
