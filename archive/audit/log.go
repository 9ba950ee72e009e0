package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

var (
	// ErrCorrupt says that what is stored can't have been written by this package: the
	// store lost or changed something. Nothing more is appended.
	ErrCorrupt = errors.New("trail is damaged")
	// ErrFork says that the log contradicts a checkpoint that was signed before: an older
	// state was put back, or history was rewritten.
	ErrFork = errors.New("trail contradicts a signed checkpoint")
	// ErrNoEntry says that there is no such entry, or no checkpoint that covers it yet.
	ErrNoEntry = errors.New("no such entry in the trail")
)

// Bucket names one of the ordered sets of keys that an engine stores; see the package
// comment for what lies in them.
type Bucket string

// The buckets.
const (
	BucketLeaf       Bucket = "leaf"
	BucketHash       Bucket = "hash"
	BucketDetail     Bucket = "detail"
	BucketCheckpoint Bucket = "checkpoint"
	BucketState      Bucket = "state"
	BucketCosigned   Bucket = "cosigned"
	BucketStamp      Bucket = "stamp"
)

// Buckets returns all buckets, for an engine to create.
func Buckets() []Bucket {
	return []Bucket{BucketLeaf, BucketHash, BucketDetail, BucketCheckpoint, BucketState, BucketCosigned, BucketStamp}
}

// Getter is a transaction of the engine, as far as reading goes.
type Getter interface {
	// Get returns the value of key, or nil if there is none. The value may be valid only
	// until the transaction ends; nobody changes it.
	Get(b Bucket, key []byte) ([]byte, error)
}

// Tx is a read-write transaction of the engine. It must see its own writes, be the only
// writer, and be durable as a whole or not at all.
type Tx interface {
	Getter
	// Put sets the value of key. Neither is changed by the caller afterwards.
	Put(b Bucket, key, value []byte) error
}

// Log names the log of an authority; make it with [NewLog].
type Log struct {
	authority string
}

// NewLog returns the log of an authority, whose name is of the form of a host name such
// as "kreis-musterland.example": lower case, digits, dots and hyphens, at most 60
// characters. The name is part of every checkpoint and never changes.
func NewLog(authority string) (Log, error) {
	if !isOrigin(authority) || len(authority) > 60 || strings.Contains(authority, "/") {
		return Log{}, errors.New("audit: the name of the authority must be like a host name: a-z, 0-9, dots, hyphens, at most 60")
	}
	return Log{authority: authority}, nil
}

// Name returns the name of the signing key of the log, "<authority>/audit".
func (l Log) Name() string { return l.authority + "/audit" }

// Shard returns the shard of a year.
func (l Log) Shard(year int) Shard {
	return Shard{Origin: fmt.Sprintf("%s/%04d", l.Name(), year), Year: year}
}

// Shard is the part of a log that one year makes: a tree of its own.
type Shard struct {
	// Origin is "<authority>/audit/<year>".
	Origin string
	Year   int
}

// State is how far a shard has come in a transaction.
type State struct {
	Shard
	// Size is the number of entries.
	Size int64
	// Former is the year of the shard before, 0 for the first.
	Former int
	// Dropped says that its entries reached the end of their term: the final checkpoint is all that is left.
	Dropped bool
}

// Position is the place of an entry.
type Position struct {
	Year int
	Seq  int64
}

func yearKey(year int) []byte {
	return binary.BigEndian.AppendUint32(nil, uint32(year))
}

func entryKey(year int, n int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(make([]byte, 0, 12), uint32(year)), uint64(n))
}

// Current returns the shard that is being written; the zero State for an empty log.
func (l Log) Current(g Getter) (State, error) {
	v, err := g.Get(BucketState, yearKey(0))
	if err != nil {
		return State{}, fmt.Errorf("audit: reading the state: %w", err)
	}
	if v == nil {
		return State{}, nil
	}
	if len(v) != 4 {
		return State{}, fmt.Errorf("audit: state: %w", ErrCorrupt)
	}
	return l.State(g, int(binary.BigEndian.Uint32(v)))
}

// State returns the state of the shard of a year, [ErrNoEntry] if there is none.
func (l Log) State(g Getter, year int) (State, error) {
	v, err := g.Get(BucketState, yearKey(year))
	if err != nil {
		return State{}, fmt.Errorf("audit: reading the state: %w", err)
	}
	if v == nil {
		return State{}, fmt.Errorf("audit: shard %d: %w", year, ErrNoEntry)
	}
	if len(v) != 12 && (len(v) != 13 || v[12] != 1) {
		return State{}, fmt.Errorf("audit: state of shard %d: %w", year, ErrCorrupt)
	}
	s := State{
		Shard: l.Shard(year), Size: int64(binary.BigEndian.Uint64(v)), Former: int(binary.BigEndian.Uint32(v[8:])), Dropped: len(v) == 13,
	}
	if s.Size < 1 || s.Former >= year {
		return State{}, fmt.Errorf("audit: state of shard %d: %w", year, ErrCorrupt)
	}
	return s, nil
}

// Shards returns the states of all shards, oldest first.
func (l Log) Shards(g Getter) ([]State, error) {
	s, err := l.Current(g)
	if err != nil {
		return nil, err
	}
	var all []State
	for s.Size > 0 {
		all = append(all, s)
		if s.Former == 0 {
			break
		}
		if s, err = l.State(g, s.Former); err != nil {
			return nil, err
		}
	}
	slices.Reverse(all)
	return all, nil
}

// putState stores s, and makes it the current shard if it is a new one.
func putState(tx Tx, s State, fresh bool) error {
	v := binary.BigEndian.AppendUint64(make([]byte, 0, 12), uint64(s.Size))
	v = binary.BigEndian.AppendUint32(v, uint32(s.Former))
	if s.Dropped {
		v = append(v, 1)
	}
	if err := tx.Put(BucketState, yearKey(s.Year), v); err != nil || !fresh {
		return err
	}
	return tx.Put(BucketState, yearKey(0), yearKey(s.Year))
}

// hashes reads the hashes of a shard: those of entries are computed from the entries,
// those of subtrees are stored.
type hashes struct {
	g    Getter
	year int
}

var _ tlog.HashReader = hashes{}

func (h hashes) one(index int64) (tlog.Hash, error) {
	if level, n := tlog.SplitStoredHashIndex(index); level == 0 {
		leaf, err := leafBytes(h.g, Position{h.year, n})
		if err != nil {
			return tlog.Hash{}, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		return tlog.RecordHash(leaf), nil
	}
	v, err := h.g.Get(BucketHash, entryKey(h.year, index))
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("audit: reading hash %d of %d: %w", index, h.year, err)
	}
	var out tlog.Hash
	if len(v) != len(out) {
		return tlog.Hash{}, fmt.Errorf("audit: hash %d of %d is missing: %w", index, h.year, ErrCorrupt)
	}
	copy(out[:], v)
	return out, nil
}

// ReadHashes implements [tlog.HashReader].
func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		var err error
		if out[i], err = h.one(index); err != nil {
			return nil, err
		}
	}
	return out, nil
}
