package boltstore

import (
	"bytes"
	"errors"
	"iter"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
)

// errEnded says that a list was read after its View or Update had ended.
var errEnded = errors.New("boltstore: the transaction of the list has ended")

// span is a range of keys: those with a prefix, behind a position, in one direction.
type span struct {
	bucket string
	prefix []byte
	// after is a key without the prefix, so that no position leads out of it.
	after archive.Position
	// down reads from the highest key to the lowest.
	down bool
}

// pair is a key, without the prefix of its span, and its value. Both are valid until the next one.
type pair struct{ key, value []byte }

// scan yields the pairs of a span. Where the transaction also writes it looks for its place again
// after each pair, so that the caller may change what she walks over.
func (r *reader) scan(s span) iter.Seq2[pair, error] {
	return func(yield func(pair, error) bool) {
		if r.bolt.DB() == nil {
			yield(pair{}, errEnded)
			return
		}
		c := r.bolt.Bucket([]byte(s.bucket)).Cursor()
		k, v := s.start(c)
		for k != nil && bytes.HasPrefix(k, s.prefix) {
			if err := r.stopped(); err != nil {
				yield(pair{}, err)
				return
			}
			at := k
			if r.bolt.Writable() {
				at = bytes.Clone(k)
			}
			if !yield(pair{k[len(s.prefix):], v}, nil) {
				return
			}
			k, v = s.next(c, at, r.bolt.Writable())
		}
	}
}

// start puts the cursor on the first pair.
func (s span) start(c *bolt.Cursor) (k, v []byte) {
	switch {
	case s.after != "":
		return s.next(c, append(bytes.Clone(s.prefix), s.after...), true)
	case !s.down:
		return c.Seek(s.prefix)
	}
	end := successor(s.prefix)
	if end == nil {
		return c.Last()
	}
	if k, _ := c.Seek(end); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// next moves the cursor to the pair behind key; seek looks for the place anew.
func (s span) next(c *bolt.Cursor, key []byte, seek bool) (k, v []byte) {
	if !seek && s.down {
		return c.Prev()
	}
	if !seek {
		return c.Next()
	}
	k, v = c.Seek(key)
	switch {
	case s.down && k == nil:
		return c.Last()
	case s.down:
		return c.Prev()
	case bytes.Equal(k, key):
		return c.Next()
	}
	return k, v
}

// successor returns the lowest key behind all that begin with prefix; nil if there is none.
func successor(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] != 0xff {
			out := bytes.Clone(prefix[:i+1])
			out[i]++
			return out
		}
	}
	return nil
}

// rows makes a list of a span, past what is damaged if who reads goes on. load makes the value of a row;
// what it doesn't find (a record whose key was destroyed) is left out.
func rows[T any](r *reader, s span, load func(pair) (T, error)) archive.List[T] {
	return func(yield func(archive.Row[T], error) bool) {
		for p, err := range r.scan(s) {
			if err != nil {
				yield(archive.Row[T]{}, err)
				return
			}
			after := archive.Position(p.key)
			value, err := load(p)
			if errors.Is(err, archive.ErrNotFound) {
				continue
			}
			if !yield(archive.Row[T]{Value: value, After: after}, err) || err != nil && !errors.Is(err, archive.ErrDamaged) {
				return
			}
		}
	}
}

// all collects a list.
func all[T any](list archive.List[T]) ([]T, error) {
	var out []T
	for row, err := range list {
		if err != nil {
			return nil, err
		}
		out = append(out, row.Value)
	}
	return out, nil
}
