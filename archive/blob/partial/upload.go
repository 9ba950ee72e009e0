package partial

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"eakte/archive/blob"
	"eakte/archive/blob/seal"
	"eakte/archive/blob/staging"
)

const (
	// frameSize is how many plain bytes are sealed together at most.
	frameSize = 256 << 10
	// frameLength is how long the length before a frame is, frameSeal how much sealing adds.
	frameLength, frameSeal = 4, 29
)

// Upload is a file that is still coming, or was finished and not forgotten yet. It is safe for
// concurrent use; who finishes keeps others waiting, who appends only while a frame is written.
type Upload struct {
	dir     *Dir
	id      blob.Ref
	box     *seal.Box
	wrapped []byte
	// head is fixed but for its result.
	head  head
	ended atomic.Bool

	mu sync.Mutex // guards what follows, the result and the files
	// loaded says that the files were looked at since the start.
	loaded bool
	gone   bool
	// offset is how many plain bytes are there, stored how many that takes on disk.
	offset, stored int64
}

// ID names the upload.
func (u *Upload) ID() blob.Ref { return u.id }

// Owner is who began it.
func (u *Upload) Owner() string { return u.head.Owner }

// Size is how many bytes it will have.
func (u *Upload) Size() int64 { return u.head.Size }

// Note is what was said of it when it began.
func (u *Upload) Note() []byte { return u.head.Note }

// Expires is when it ends.
func (u *Upload) Expires() time.Time { return u.head.Expires }

// Offset is how many bytes are there. The error is [blob.ErrNotFound] if it was dropped meanwhile.
func (u *Upload) Offset() (int64, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.load(); err != nil {
		return 0, err
	}
	return u.offset, nil
}

// Append takes the next bytes, of which offset is the first's place, until r ends or fails or all are
// there. It returns how many are kept, durably, whatever the error: that of r, [ErrOffset],
// [blob.ErrFull], or [blob.ErrNotFound] if the upload was dropped meanwhile. While r keeps it waiting others
// go on: who appends at the right place then takes over, and this one ends with ErrOffset.
func (u *Upload) Append(offset int64, r io.Reader) (kept int64, err error) {
	f, err := u.begin(offset)
	if err != nil {
		return 0, err
	}
	kept, err = u.fill(f, offset, io.LimitReader(r, u.head.Size-offset))
	if kept > 0 {
		if serr := u.sync(f, offset == 0); serr != nil {
			return 0, errors.Join(serr, f.Close())
		}
	}
	return kept, errors.Join(err, f.Close())
}

// begin opens the file for bytes from offset on.
func (u *Upload) begin(offset int64) (*os.File, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.load(); err != nil {
		return nil, err
	}
	if offset != u.offset || u.head.Ended {
		return nil, fmt.Errorf("partial: upload %s: %w", u.id, ErrOffset)
	}
	f, err := os.OpenFile(u.path("part"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("partial: %w", staging.Full(err))
	}
	return f, nil
}

// sync makes what was written durable, and the file's name with its first bytes.
func (u *Upload) sync(f *os.File, first bool) error {
	err := f.Sync()
	if err == nil && first {
		err = staging.SyncDir(u.dir.Path)
	}
	if err == nil {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	// What the disk holds now is unknown: look again before the next byte.
	u.loaded = u.head.Ended
	return fmt.Errorf("partial: upload %s: %w", u.id, staging.Full(err))
}

// fill reads frame by frame, which may take its time, and stores each.
func (u *Upload) fill(f *os.File, offset int64, r io.Reader) (kept int64, err error) {
	buf := make([]byte, frameSize)
	defer clear(buf)
	for {
		n, rerr := readFull(r, buf)
		if n > 0 {
			if err := u.store(f, offset+kept, buf[:n]); err != nil {
				return kept, err
			}
			kept += int64(n)
		}
		if rerr == io.EOF {
			return kept, nil
		}
		if rerr != nil {
			return kept, rerr
		}
	}
}

// store seals a frame and writes it behind what is there, if that is its place.
func (u *Upload) store(f *os.File, offset int64, plain []byte) error {
	sealed := u.box.Seal(plain, u.place(offset))
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, frameLength+len(sealed)), uint32(len(sealed)))
	frame = append(frame, sealed...)
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.load(); err != nil {
		return err
	}
	if offset != u.offset || u.head.Ended {
		return fmt.Errorf("partial: upload %s: %w", u.id, ErrOffset)
	}
	err := f.Truncate(u.stored) // what a failed write left
	if err == nil {
		_, err = f.WriteAt(frame, u.stored)
	}
	if err != nil {
		return fmt.Errorf("partial: upload %s: %w", u.id, staging.Full(err))
	}
	u.offset, u.stored = u.offset+int64(len(plain)), u.stored+int64(len(frame))
	return nil
}

// readFull reads until p is full or r ends or fails, and says which.
func readFull(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = r.Read(p[n:])
		n += k
	}
	return n, err
}

// place is what a frame is bound to.
func (u *Upload) place(offset int64) []byte {
	return []byte("partial/" + string(u.id) + "/" + strconv.FormatInt(offset, 10))
}

// load finds out, after a start, how much is there: all that is undamaged from the beginning on.
func (u *Upload) load() error {
	if u.gone {
		return fmt.Errorf("partial: %w", blob.ErrNotFound)
	}
	if u.loaded {
		return nil
	}
	u.offset, u.stored = 0, 0
	if u.head.Ended {
		u.offset, u.loaded = u.head.Size, true
		return nil
	}
	c := &content{u: u}
	err := c.open()
	if err == nil {
		_, err = io.Copy(io.Discard, c)
		err = errors.Join(unlessCorrupt(err), c.f.Close())
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("partial: upload %s: %w", u.id, err)
	}
	u.offset, u.stored, u.loaded = c.offset, c.stored, true
	return nil
}

func unlessCorrupt(err error) error {
	if errors.Is(err, blob.ErrCorrupt) {
		return nil
	}
	return err
}

// Finish gives the whole of it to record, whose result it returns. Once record succeeded the bytes are
// gone, and the result is returned at once until the upload expires. The error is [ErrIncomplete],
// record's as it is, or [blob.ErrCorrupt], after which the upload is gone.
func (u *Upload) Finish(record func(io.Reader) ([]byte, error)) ([]byte, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.load(); err != nil {
		return nil, err
	}
	if u.head.Ended {
		return u.head.Result, nil
	}
	if u.offset != u.head.Size {
		return nil, fmt.Errorf("partial: upload %s: %w", u.id, ErrIncomplete)
	}
	c := &content{u: u}
	if err := c.open(); err != nil && (u.head.Size > 0 || !errors.Is(err, fs.ErrNotExist)) {
		return nil, fmt.Errorf("partial: upload %s: %w", u.id, err)
	}
	result, err := record(c)
	if c.f != nil {
		err = errors.Join(err, c.f.Close())
	}
	if errors.Is(err, blob.ErrCorrupt) {
		return nil, errors.Join(fmt.Errorf("partial: upload %s: %w", u.id, err), u.drop())
	}
	if err != nil {
		return nil, err
	}
	u.head.Ended, u.head.Result = true, result
	u.ended.Store(true)
	if err := u.writeHead(); err != nil {
		u.dir.Log.Error("remembering a finished upload", "upload", u.id, "error", err)
	}
	if err := remove(u.path("part")); err != nil {
		u.dir.Log.Error("removing a finished upload", "upload", u.id, "error", err)
	}
	return result, nil
}

// Drop forgets the upload. It may be called again.
func (u *Upload) Drop() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.drop()
}

// drop removes first the head, and with it the key.
func (u *Upload) drop() error {
	u.gone = true
	u.dir.forget(u.id)
	if err := errors.Join(remove(u.path("head")), remove(u.path("new")), remove(u.path("part"))); err != nil {
		return fmt.Errorf("partial: upload %s: %w", u.id, err)
	}
	return nil
}

func (u *Upload) path(kind string) string {
	return filepath.Join(u.dir.Path, string(u.id)+"."+kind)
}

// content reads the plain bytes from the first on.
type content struct {
	u              *Upload
	f              *os.File
	offset, stored int64
	rest, buf      []byte
}

func (c *content) open() (err error) {
	c.f, err = os.Open(c.u.path("part"))
	return err
}

// Read implements io.Reader. What doesn't authenticate is [blob.ErrCorrupt].
func (c *content) Read(p []byte) (int, error) {
	if c.f == nil {
		return 0, io.EOF
	}
	if len(c.rest) == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// next opens the next frame.
func (c *content) next() error {
	var length [frameLength]byte
	switch n, err := c.f.ReadAt(length[:], c.stored); {
	case err == io.EOF && n == 0:
		return io.EOF
	case err == io.EOF:
		return blob.ErrCorrupt
	case err != nil:
		return err
	}
	size := int(binary.BigEndian.Uint32(length[:]))
	if size <= frameSeal || size > frameSize+frameSeal {
		return blob.ErrCorrupt
	}
	if c.buf == nil {
		c.buf = make([]byte, frameSize+frameSeal)
	}
	if _, err := c.f.ReadAt(c.buf[:size], c.stored+frameLength); err != nil {
		if err == io.EOF {
			return blob.ErrCorrupt
		}
		return err
	}
	plain, err := c.u.box.Open(c.buf[:size], c.u.place(c.offset))
	if err != nil {
		return err
	}
	c.rest, c.offset, c.stored = plain, c.offset+int64(len(plain)), c.stored+int64(frameLength+size)
	return nil
}
