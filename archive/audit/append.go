package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Writer appends events inside one transaction. It belongs to that transaction: when it
// ends, however it ends, so does the Writer. It isn't safe for concurrent use.
type Writer struct {
	log  Log
	tx   Tx
	keys Keys
	at   State
	edge edge
	// clear is the year in which nothing was found behind the end.
	clear int
	err   error // a write went wrong: the transaction must be rolled back
}

// Begin returns the writer of a transaction that was just begun.
func (l Log) Begin(tx Tx, keys Keys) (*Writer, error) {
	if l.authority == "" || keys == nil {
		return nil, errors.New("audit: a writer needs a log and keys")
	}
	at, err := l.Current(tx)
	if err != nil {
		return nil, err
	}
	return &Writer{log: l, tx: tx, keys: keys, at: at}, nil
}

// Append puts ev at the end of the log and returns its place. An event of a later year
// than the current shard's opens the next shard first; one of an earlier year goes to
// the current shard, for the order of the log is that of its sequence numbers.
//
// When the event itself is at fault ([ErrLeaf], [ErrKeyGone], an error of [Keys])
// nothing was written. After an error of the transaction every further call returns
// it, and the transaction must be rolled back.
func (w *Writer) Append(ctx context.Context, ev Event) (Position, error) {
	if w.err != nil {
		return Position{}, w.err
	}
	if ev.Op == OpShardOpen {
		return Position{}, fmt.Errorf("audit: %s is the log's own: %w", ev.Op, ErrLeaf)
	}
	next, first := w.at, w.at.Size == 0 || ev.Time.UTC().Year() > w.at.Year
	if first {
		next = State{Shard: w.log.Shard(ev.Time.UTC().Year()), Size: 1, Former: w.at.Year}
	}
	leaf, detail, err := w.compose(ctx, next, &ev)
	if err != nil {
		return Position{}, err
	}
	var opening []byte
	if first {
		if opening, err = w.opening(next, ev.Time); err != nil {
			return Position{}, err
		}
	}
	if w.err = w.write(next, opening, leaf, detail); w.err != nil {
		return Position{}, w.err
	}
	return Position{Year: w.at.Year, Seq: w.at.Size - 1}, nil
}

// compose returns the leaf and the sealed detail (nil for none) of an event at the end
// of the shard at.
func (w *Writer) compose(ctx context.Context, at State, ev *Event) (leaf, detail []byte, err error) {
	if t := ev.Time.UTC(); t.Year() < 2000 || t.Year() > 9999 {
		return nil, nil, fmt.Errorf("audit: field time: %w", ErrLeaf)
	}
	if err := areIDs(ev.Akten, ev.Persons); err != nil { // before they name keys
		return nil, nil, err
	}
	l := leafOf(at, ev)
	draft := l.append(make([]byte, 0, MaxLeaf*3/4))
	refs := len(ev.Akten) + len(ev.Persons)
	if refs > MaxLeafSubjects || refs > 0 && len(draft)+commitmentSize > MaxLeaf {
		l.Akten, l.Persons, l.More = nil, nil, refs
		draft = l.append(draft[:0])
	}
	if ev.Detail != nil || l.More > 0 {
		s := &sealer{keys: w.keys, shard: at.Shard, seq: at.Size}
		r, err := s.seal(ctx, ev, ev.subjects(), l.More > 0)
		if err != nil {
			return nil, nil, err
		}
		if len(r.Parts) > 0 {
			l.Commitment = r.commitment()
			if detail, err = r.encode(); err != nil {
				return nil, nil, err
			}
		}
	}
	if err := l.Validate(); err != nil {
		return nil, nil, err
	}
	// The commitment is the last field: what is written stays.
	leaf = append(appendString(draft[:len(draft)-1], "detail", l.Commitment), '}')
	if len(leaf) > MaxLeaf {
		return nil, nil, fmt.Errorf("audit: leaf of %d bytes: %w", len(leaf), ErrLeaf)
	}
	return leaf, detail, nil
}

// areIDs reports, as an [ErrLeaf], whether something in the lists isn't an opaque id.
func areIDs(lists ...[]string) error {
	for _, list := range lists {
		for _, id := range list {
			if !isID(id) {
				return fmt.Errorf("audit: field akten or persons: %w", ErrLeaf)
			}
		}
	}
	return nil
}

// leafOf copies what may stand in the leaf.
func leafOf(at State, ev *Event) Leaf {
	return Leaf{
		Version: leafVersion, Log: at.Origin, Seq: at.Size,
		Time:  ev.Time.UTC().Format(timeFormat),
		Actor: ev.Actor.User, Role: ev.Actor.Role, Department: ev.Actor.Department, Client: ev.Actor.Client,
		Op: ev.Op, Object: ev.Object, Akten: ev.Akten, Persons: ev.Persons,
		Register: ev.Register, Classification: ev.Classification,
		Result: ev.Result, Rule: ev.Rule, Policy: ev.Policy,
		Purpose: ev.Purpose, Correlation: ev.Correlation,
	}
}

// opening returns the first leaf of the shard next, which ties it to the current one.
func (w *Writer) opening(next State, at time.Time) ([]byte, error) {
	who := System()
	l := Leaf{
		Version: leafVersion, Log: next.Origin, Time: at.UTC().Format(timeFormat),
		Actor: who.User, Client: who.Client, Op: OpShardOpen, Result: Allow,
	}
	if w.at.Size > 0 {
		body, err := checkpointBody(w.tx, w.at.Shard, w.at.Size)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(body)
		l.Object = fmt.Sprintf("shard/%04d", w.at.Year)
		l.Previous = hex.EncodeToString(sum[:])
	}
	return Encode(l)
}

// write stores what Append has composed and moves on.
func (w *Writer) write(next State, opening, leaf, detail []byte) error {
	if opening != nil {
		w.edge = edge{}
		next.Size = 0
		if err := w.put(next, opening, nil); err != nil {
			return err
		}
		next.Size = 1
	}
	if err := w.put(next, leaf, detail); err != nil {
		return err
	}
	next.Size++
	if err := putState(w.tx, next, opening != nil); err != nil {
		return fmt.Errorf("audit: storing the state: %w", err)
	}
	w.at = next
	return nil
}

// put stores one entry with its hashes behind at.Size entries.
func (w *Writer) put(at State, leaf, detail []byte) error {
	key := entryKey(at.Year, at.Size)
	if w.clear != at.Year {
		there, err := w.tx.Get(BucketLeaf, key)
		if err != nil {
			return fmt.Errorf("audit: reading entry %d of %d: %w", at.Size, at.Year, err)
		}
		if there != nil {
			return fmt.Errorf("audit: entry %d of %d lies behind the end: %w", at.Size, at.Year, ErrCorrupt)
		}
		w.clear = at.Year
	}
	if err := w.tx.Put(BucketLeaf, key, leaf); err != nil {
		return fmt.Errorf("audit: storing entry %d of %d: %w", at.Size, at.Year, err)
	}
	if detail != nil {
		if err := w.tx.Put(BucketDetail, key, detail); err != nil {
			return fmt.Errorf("audit: storing detail %d of %d: %w", at.Size, at.Year, err)
		}
	}
	return w.edge.push(w.tx, at.Year, at.Size, tlog.RecordHash(leaf))
}

// edge remembers the right edge of the tree, the roots of its complete subtrees by
// level, as far as this transaction has read or made them. An append needs the edge
// only where it completes subtrees: one hash on average.
type edge struct {
	hash  [64]tlog.Hash
	known uint64
}

// push takes the hash of entry n and stores that of every subtree it completes.
func (e *edge) push(tx Tx, year int, n int64, h tlog.Hash) error {
	index := tlog.StoredHashIndex(0, n)
	level := 0
	for ; n>>level&1 == 1; level++ {
		left := e.hash[level]
		if e.known&(1<<level) == 0 {
			var err error
			if left, err = (hashes{tx, year}).one(tlog.StoredHashIndex(level, n>>level-1)); err != nil {
				return err
			}
		}
		h = tlog.NodeHash(left, h)
		stored := h
		index++
		if err := tx.Put(BucketHash, entryKey(year, index), stored[:]); err != nil {
			return fmt.Errorf("audit: storing hash %d of %d: %w", index, year, err)
		}
	}
	e.hash[level] = h
	e.known |= 1 << level
	return nil
}
