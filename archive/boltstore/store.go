package boltstore

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
	"eakte/archive/keyring"
)

var (
	// ErrInUse says that another process has the database open.
	ErrInUse = errors.New("another eakte process uses this folder: stop it, or give the command to the running one")
	// ErrWrongKey says that the lookup key isn't the one the database was made with.
	ErrWrongKey = errors.New("the key for numbers isn't the one this database was made with: restore the key file that belongs to it")
	// ErrOlder says that the trail lacks what was signed before, or says something else.
	ErrOlder = errors.New("this isn't the newest state of the database: an older file was put back or it was changed; put the newest back or, if it is lost, record that before anything else: eakte audit restored --reason TEXT")
	// ErrNewest says that nothing was lost, as far as is known here.
	ErrNewest = errors.New("this is the newest state that was ever signed here: nothing is to be recorded; if the key and what it remembers were put back as well, say so with --anyway")
	// ErrClosed is the answer of a store that was closed: an [archive.ErrClosed].
	ErrClosed = archive.ErrClosed
)

// lockWait is how long Open waits for another process to let go of the database.
const lockWait = time.Second

// Config is what [Open] needs.
type Config struct {
	// Path is the database file; its folder must exist. The file is made if it is missing.
	Path string
	// Keys are the keys of persons, Akten, baskets and years.
	Keys keyring.Keys
	// LookupKey is the key of the hashes through which numbers and equal bytes are found.
	LookupKey seal.Key
	// Authority is the name of the trail, like a host name; it never changes. See [audit.NewLog].
	Authority string
	// Signer signs checkpoints of the trail. Nil: none are made, and a restored older database
	// isn't noticed.
	Signer *audit.Signer
	// Restored records that an older state was put back, and lets the store be opened in spite of it. Nil: [ErrOlder].
	Restored *Restored
	// Pace says how often checkpoints are made; see [audit.Pace].
	Pace audit.Pace
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Log takes what concerns operation, ids only; nil: nothing is logged.
	Log *slog.Logger
	// Reserve is the space on disk, in bytes, that is kept for the trail: with less left, changes
	// are refused and events are still recorded. 0: [DefaultReserve]; negative: none.
	Reserve int64
}

// Store is an [archive.Store] on one bbolt file. Its methods may be called by several goroutines.
type Store struct {
	// db is exchanged by the writer alone.
	db      atomic.Pointer[bolt.DB]
	path    string
	dir     string
	codec   codec
	keys    *owners
	lookup  seal.Key
	trail   audit.Log
	signer  *audit.Signer
	pace    audit.Pace
	now     func() time.Time
	log     *slog.Logger
	reserve int64

	dirty atomic.Pointer[archive.Dirty]
	wake  map[string]chan struct{}
	bell  bell
	// checkpointed rings when a checkpoint was stored.
	checkpointed bell
	queue        chan *update
	// compacting asks the writer to write the file anew; what it sends back ends that.
	compacting chan chan<- error
	// closing is closed by Close; done when the writer and the signing have ended.
	closing chan struct{}
	done    chan struct{}
	signed  chan struct{}
	ended   atomic.Bool
	// since belongs to the writer: the outbox sequence numbers that made things dirty.
	since dirtySince
	// unsigned counts events since the last checkpoint; full tells the signing that it is due.
	unsigned atomic.Int64
	due      chan struct{}
}

var _ archive.Store = (*Store)(nil)

// Open opens the database, makes it if it is missing and lifts an old one to the present format.
// The errors are [ErrInUse], [ErrNewer], [ErrWrongKey] and [ErrOlder]:
// nothing is appended to a trail that lacks what was signed before.
func Open(cfg Config) (*Store, error) {
	s, err := prepare(cfg)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(cfg.Path + newSuffix); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("boltstore: %w", err)
	}
	db, err := openFile(cfg.Path)
	if err != nil {
		return nil, err
	}
	s.db.Store(db)
	lost, err := s.start(cfg.Restored)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	go s.write()
	if cfg.Restored != nil {
		if err := s.recordRestored(*cfg.Restored, lost); err != nil {
			close(s.signed) // nobody signs: the writer may end
			return nil, errors.Join(err, s.Close())
		}
	}
	go s.sign()
	return s, nil
}

// prepare checks the configuration.
func prepare(cfg Config) (*Store, error) {
	if cfg.Path == "" || cfg.Keys == nil || cfg.LookupKey.IsZero() {
		return nil, errors.New("boltstore: path, keys and lookup key are needed")
	}
	lookup, err := cfg.LookupKey.Derive("lookup")
	if err != nil {
		return nil, fmt.Errorf("boltstore: lookup key: %w", err)
	}
	trail, err := audit.NewLog(cfg.Authority)
	if err != nil {
		return nil, fmt.Errorf("boltstore: %w", err)
	}
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	s := &Store{
		path: cfg.Path, dir: filepath.Dir(cfg.Path), codec: codec, keys: newOwners(cfg.Keys), lookup: lookup,
		trail: trail, signer: cfg.Signer, pace: cfg.Pace, now: cfg.Now, log: cfg.Log, reserve: cfg.Reserve,
		wake:  map[string]chan struct{}{"jobs": make(chan struct{}, 1), "outbox": make(chan struct{}, 1)},
		queue: make(chan *update, queueLength), compacting: make(chan chan<- error), closing: make(chan struct{}), done: make(chan struct{}),
		signed: make(chan struct{}), due: make(chan struct{}, 1), since: newDirtySince(),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.reserve == 0 {
		s.reserve = DefaultReserve
	}
	return s, nil
}

// openFile opens the database file, durable in its folder.
func openFile(path string) (*bolt.DB, error) {
	_, err := os.Stat(path)
	fresh := errors.Is(err, os.ErrNotExist)
	db, err := bolt.Open(path, 0o600, &bolt.Options{
		Timeout:      lockWait,
		FreelistType: bolt.FreelistMapType,
		// Growing the map waits for readers; address space costs nothing.
		InitialMmapSize: 1 << 30,
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("boltstore: %w", ErrInUse)
	}
	if err != nil {
		return nil, fmt.Errorf("boltstore: opening the database: %w", full(err))
	}
	if !fresh {
		return db, nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err == nil {
		err = errors.Join(dir.Sync(), dir.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("boltstore: making the database durable: %w", err), db.Close())
	}
	return db, nil
}

// start lifts the format, checks that keys and trail belong to the database, and finds what is dirty. lost is what
// of the trail is missing, where somebody is about to record that.
func (s *Store) start(restored *Restored) (lost []audit.Checkpoint, err error) {
	aside := func(bucket string, key []byte) {
		s.log.Error("a record is damaged and was left as it is while the format was lifted; see eakte check", "in", bucket, "key_hash", keyHash(key))
	}
	err = s.db.Load().Update(func(tx *bolt.Tx) error {
		if err := migrate(tx, s.ladder(), aside); err != nil {
			return err
		}
		return s.checkLookup(tx.Bucket([]byte(bMeta)))
	})
	if err != nil {
		return nil, full(err)
	}
	err = s.db.Load().View(func(tx *bolt.Tx) error {
		r := s.reader(context.Background(), tx)
		if lost, err = s.newest(trailGetter{tx}, restored); err != nil {
			return err
		}
		s.unsigned.Store(1) // a crash may have left events that nobody signed
		return s.since.load(r, &s.dirty)
	})
	return lost, err
}

// checkLookup compares the lookup key with the one the database was made with.
func (s *Store) checkLookup(meta *bolt.Bucket) error {
	mark := s.keyed(bMeta, "eakte")
	switch was := meta.Get([]byte(metaLookup)); {
	case was == nil:
		return meta.Put([]byte(metaLookup), mark)
	case !bytes.Equal(was, mark):
		return fmt.Errorf("boltstore: %w", ErrWrongKey)
	}
	return nil
}

// keyed returns the keyed hash of a text that must not stand in a key itself; use keeps hashes of
// different things apart.
func (s *Store) keyed(use, text string) []byte {
	h := hmac.New(sha256.New, s.lookup[:])
	h.Write(word(use))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// View implements [archive.Store].
func (s *Store) View(ctx context.Context, fn func(archive.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	tx, err := s.begin()
	if err != nil {
		return s.closedOr(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing to lose: it only reads
	return fn(s.reader(ctx, tx))
}

// closedOr names the one error of a database that was closed.
func (s *Store) closedOr(err error) error {
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return fmt.Errorf("boltstore: %w", ErrClosed)
	}
	return fmt.Errorf("boltstore: %w", err)
}

// Wake implements [archive.Store].
func (s *Store) Wake(kind string) <-chan struct{} { return s.wake[kind] }

// Changed implements [archive.Store].
func (s *Store) Changed() <-chan struct{} { return s.bell.wait() }

// bell tells any number of receivers that something was stored.
type bell struct {
	mu   sync.Mutex
	next chan struct{} // nil while nobody waits
}

// wait returns a channel that the next ring closes.
func (b *bell) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}

// Close implements [archive.Store]. It makes a last checkpoint.
func (s *Store) Close() error {
	if s.ended.Swap(true) {
		return nil
	}
	close(s.closing)
	<-s.signed // the last checkpoint is stored by the writer
	<-s.done
	if err := s.db.Load().Close(); err != nil {
		return fmt.Errorf("boltstore: closing: %w", err)
	}
	return nil
}
