package keyring

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

var (
	// ErrNoKey says that a name has no key: it never had one, or it was destroyed.
	ErrNoKey = errors.New("no such key")
	// ErrDestroyed says that a name's key was destroyed; it is an [ErrNoKey].
	ErrDestroyed = fmt.Errorf("destroyed: %w", ErrNoKey)
	// ErrBadName says that a text isn't the name of a key.
	ErrBadName = errors.New("malformed key name")
	// ErrMaster says that the file is under another master key.
	ErrMaster = errors.New("the master key isn't the one the keys were stored under")
)

// Keys is what the rest of the archive needs of a keyring. All methods may be called at
// the same time.
type Keys interface {
	// Key returns the key of name; [ErrNoKey] if there is none, which is [ErrDestroyed]
	// if there was one.
	Key(ctx context.Context, name string) (seal.Key, error)
	// Create returns the key of name and makes it first if there is none. It is durable
	// when Create returns. The error is [ErrDestroyed] if there was one.
	Create(ctx context.Context, name string) (seal.Key, error)
	// Destroy ends the keys of the names for good; names without a key never get one.
	// It may be called again.
	Destroy(ctx context.Context, names ...string) error
}

var _ Keys = (*Ring)(nil)

const (
	format     = 1
	lockWait   = time.Second
	cacheLimit = 1 << 16

	stateLive      = 1
	stateDestroyed = 2
	headSize       = 9 // state and time
)

// Ring is an open keyring.
type Ring struct {
	path   string
	lookup seal.Key

	// turn is held by who writes, waiting gathers the creations for the next turn.
	turn    sync.Mutex
	gather  sync.Mutex
	waiting []*creation

	// mu guards what follows. db and box are exchanged under mu and turn both, so that
	// holding either is enough to use them.
	mu    sync.RWMutex
	db    *bbolt.DB
	box   *seal.Box
	cache map[string]seal.Key
}

// Open opens the file under the master key and makes it if it is missing. The error is
// [ErrMaster] for another master key, or [blob.ErrLocked] while another process has the
// file open.
func Open(path string, master seal.Key) (*Ring, error) {
	box, err := masterBox(master)
	if err != nil {
		return nil, err
	}
	db, err := openFile(path)
	if err != nil {
		return nil, err
	}
	r := &Ring{path: path, db: db, box: box, cache: make(map[string]seal.Key)}
	if err := r.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("keyring: %s: %w", path, err), r.db.Close())
	}
	return r, nil
}

// masterBox keeps the master key's uses apart from all others.
func masterBox(master seal.Key) (*seal.Box, error) {
	sub, err := master.Derive("keyring")
	if err != nil {
		return nil, fmt.Errorf("keyring: master key: %w", err)
	}
	return seal.NewBox(sub)
}

func openFile(path string) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait})
	if errors.Is(err, bolterrors.ErrTimeout) {
		err = blob.ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("keyring: %s: %w", path, err)
	}
	return db, nil
}

var (
	bucketKey  = []byte("key")
	bucketMeta = []byte("meta")
	metaFormat = []byte("format")
	metaLookup = []byte("lookup")
	metaDirty  = []byte("dirty")
)

// prepare makes a new file, or checks an old one and finishes what was cut short.
func (r *Ring) prepare() error {
	if err := os.Remove(r.path + newSuffix); err != nil && !os.IsNotExist(err) {
		return err
	}
	dirty := false
	err := r.db.Update(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if meta == nil {
			return r.begin(tx)
		}
		dirty = meta.Get(metaDirty) != nil
		if f := meta.Get(metaFormat); len(f) != 1 || f[0] != format {
			return fmt.Errorf("format %v is unknown; it is of a newer version", f)
		}
		var err error
		if r.lookup, err = r.box.Unwrap(meta.Get(metaLookup), metaLookup); err != nil {
			return ErrMaster
		}
		return nil
	})
	if err == nil {
		err = syncDir(filepath.Dir(r.path))
	}
	if err == nil && dirty {
		err = r.rewrite(context.Background(), r.box)
	}
	return err
}

func (r *Ring) begin(tx *bbolt.Tx) error {
	meta, err := tx.CreateBucket(bucketMeta)
	if err != nil {
		return err
	}
	if _, err := tx.CreateBucket(bucketKey); err != nil {
		return err
	}
	r.lookup = seal.NewKey()
	wrapped, err := r.box.Wrap(r.lookup, metaLookup)
	if err != nil {
		return err
	}
	return errors.Join(meta.Put(metaFormat, []byte{format}), meta.Put(metaLookup, wrapped))
}

// Close ends the ring and forgets its keys.
func (r *Ring) Close() error {
	r.turn.Lock()
	defer r.turn.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.cache)
	return r.db.Close()
}

// LookupKey is the key for keyed hashes by which metadata finds numbers without storing
// them. It is made once, with the file, and survives Rewrap.
func (r *Ring) LookupKey() seal.Key { return r.lookup }

// Key implements [Keys].
func (r *Ring) Key(ctx context.Context, name string) (seal.Key, error) {
	if err := check(ctx, name); err != nil {
		return seal.Key{}, err
	}
	r.mu.RLock()
	key, found := r.cache[name]
	var err error
	if !found {
		err = r.db.View(func(tx *bbolt.Tx) error {
			key, err = r.unwrap(name, tx.Bucket(bucketKey).Get([]byte(name)))
			return err
		})
	}
	r.mu.RUnlock()
	if err != nil {
		return seal.Key{}, fmt.Errorf("keyring: key %s: %w", name, err)
	}
	if !found {
		r.remember(name, key)
	}
	return key, nil
}

// remember keeps a key in memory, unless it has been destroyed since it was read: the
// mark is durable before the cache is emptied, so the record is looked at again.
func (r *Ring) remember(name string, key seal.Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.db.View(func(tx *bbolt.Tx) error {
		if rec := tx.Bucket(bucketKey).Get([]byte(name)); len(rec) == 0 || rec[0] != stateLive {
			return ErrNoKey
		}
		return nil
	})
	if err != nil {
		return
	}
	if len(r.cache) >= cacheLimit {
		for other := range r.cache { // any one
			delete(r.cache, other)
			break
		}
	}
	r.cache[name] = key
}

// unwrap reads the record of name.
func (r *Ring) unwrap(name string, record []byte) (seal.Key, error) {
	switch {
	case record == nil:
		return seal.Key{}, ErrNoKey
	case len(record) < headSize:
		return seal.Key{}, blob.ErrCorrupt
	case record[0] == stateDestroyed:
		return seal.Key{}, ErrDestroyed
	case record[0] != stateLive:
		return seal.Key{}, blob.ErrCorrupt
	}
	return r.box.Unwrap(record[headSize:], []byte(name))
}

func recordHead(state byte) []byte {
	return binary.BigEndian.AppendUint64([]byte{state}, uint64(time.Now().Unix()))
}

// Entry is what [Ring.List] says of a name.
type Entry struct {
	// Name is the key's name.
	Name string
	// At is when the key was made, or destroyed.
	At time.Time
	// Destroyed says that there is no key any more.
	Destroyed bool
}

// listBatch is how many entries are read in one transaction.
const listBatch = 1024

// List calls each for every name that begins with prefix, in order, and stops at its
// first error, which it returns as it is.
func (r *Ring) List(ctx context.Context, prefix string, each func(Entry) error) error {
	for from := []byte(prefix); ; {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("keyring: list: %w", err)
		}
		batch, err := r.batch(from, prefix)
		if err != nil {
			return fmt.Errorf("keyring: list: %w", err)
		}
		for _, e := range batch {
			if err := each(e); err != nil {
				return err
			}
		}
		if len(batch) < listBatch {
			return nil
		}
		from = append([]byte(batch[len(batch)-1].Name), 0)
	}
}

func (r *Ring) batch(from []byte, prefix string) (entries []Entry, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	err = r.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketKey).Cursor()
		for k, v := c.Seek(from); k != nil && len(entries) < listBatch; k, v = c.Next() {
			if len(k) < len(prefix) || string(k[:len(prefix)]) != prefix {
				return nil
			}
			if len(v) < headSize {
				return blob.ErrCorrupt
			}
			at := time.Unix(int64(binary.BigEndian.Uint64(v[1:headSize])), 0).UTC()
			entries = append(entries, Entry{Name: string(k), At: at, Destroyed: v[0] == stateDestroyed})
		}
		return nil
	})
	return entries, err
}

// isName reports whether n is "kind/id": 1 to 32 lower-case letters, and an id of 1 to 128 letters,
// digits, dots, dashes and underscores that begins with a letter or digit. It is asked for each record
// that is read.
func isName(n string) bool {
	kind, id, ok := strings.Cut(n, "/")
	if !ok || kind == "" || len(kind) > 32 || id == "" || len(id) > 128 {
		return false
	}
	for i := range len(kind) {
		if kind[i] < 'a' || kind[i] > 'z' {
			return false
		}
	}
	for i := range len(id) {
		switch c := id[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case i > 0 && (c == '.' || c == '_' || c == '-'):
		default:
			return false
		}
	}
	return true
}

// check refuses what isn't a name, and calls that come too late.
func check(ctx context.Context, names ...string) error {
	for _, n := range names {
		if !isName(n) {
			return fmt.Errorf("keyring: %w", ErrBadName)
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	return nil
}
