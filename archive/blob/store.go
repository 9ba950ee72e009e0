package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
)

var (
	// ErrNotFound says that no object is stored under the ref.
	ErrNotFound = errors.New("object not found")
	// ErrBadRef says that a text isn't a [Ref]; it is an [ErrNotFound], for such a text
	// names nothing.
	ErrBadRef = fmt.Errorf("malformed ref: %w", ErrNotFound)
	// ErrExists says that the ref is taken or being written already.
	ErrExists = errors.New("object exists")
	// ErrFull says that the disk has no room; the operating system's error is wrapped
	// beside it.
	ErrFull = errors.New("no space left for objects")
	// ErrCorrupt says that the stored bytes aren't those once written, or that the key
	// is not theirs: the two can't be told apart.
	ErrCorrupt = errors.New("object is corrupt")
	// ErrRetained says that the engine keeps the bytes of a deleted object for a while and lets nobody remove them.
	ErrRetained = errors.New("kept by the storage for a while")
	// ErrForbidden says that the storage doesn't let us: somebody is to give the engine's account the right.
	ErrForbidden = errors.New("the storage forbids it")
	// ErrLocked says that another process works on the same folder.
	ErrLocked = errors.New("in use by another process")
)

// Info is what an engine knows of an object.
type Info struct {
	// Size is the number of stored bytes.
	Size int64
}

// Store is an engine that keeps objects. All methods may be called at the same time.
// Methods other than Stage answer [ErrBadRef] for a malformed ref.
type Store interface {
	// Stage begins the object ref. Nothing of it can be seen before Commit. The error
	// is [ErrBadRef] or [ErrFull], or [ErrExists] while the same ref is staged
	// elsewhere.
	Stage(ctx context.Context, ref Ref) (Staged, error)
	// Open opens a committed object; [ErrNotFound] if there is none. An engine that
	// reads over a network stops the Reader's reads when ctx ends.
	Open(ctx context.Context, ref Ref) (Reader, error)
	// Delete ends an object durably. A missing one is no error. Readers that are open
	// may go on or fail.
	Delete(ctx context.Context, ref Ref) error
	// Stat says what is known of a committed object; [ErrNotFound] if there is none.
	Stat(ctx context.Context, ref Ref) (Info, error)
	// List calls each for every committed object, in no order, and stops at its first
	// error, which it returns as it is. Objects that come or go meanwhile may be
	// missed. Memory doesn't grow with the number of objects.
	List(ctx context.Context, each func(Ref, Info) error) error
	// Free says how many bytes may still be staged; known is false where the engine
	// can't tell.
	Free(ctx context.Context) (bytes int64, known bool)
	// Close ends the engine. Staged objects are lost.
	Close() error
}

// Staged is an object being written, by one goroutine at a time.
type Staged interface {
	// Write appends bytes; an error is final, and [ErrFull] if there is no room.
	io.Writer
	// Commit makes the object durable and then visible. [ErrExists] if ref is taken.
	// After any other error it is unknown whether the object exists: Delete settles it.
	Commit(ctx context.Context) error
	// Abort drops what was written. It may be called again, and after Commit does
	// nothing.
	Abort() error
}

// Reader reads a committed object; ReadAt may be called by several goroutines.
type Reader interface {
	io.ReaderAt
	io.Closer
	// Size is the number of stored bytes.
	Size() int64
}
