package keyring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"eakte/archive/blob/seal"
)

// newSuffix is added to the path while a file is written anew.
const newSuffix = ".new"

// rewriteBatch is how many records go into one transaction of a new file.
const rewriteBatch = 10_000

// creation is a call of Create that waits for its turn.
type creation struct {
	name string
	done bool // guarded by Ring.turn, as are the others
	key  seal.Key
	err  error
}

// Create implements [Keys]. While one commit runs, those who come wait and share the
// next one.
func (r *Ring) Create(ctx context.Context, name string) (seal.Key, error) {
	key, err := r.Key(ctx, name)
	if err == nil || !errors.Is(err, ErrNoKey) || errors.Is(err, ErrDestroyed) {
		return key, err
	}
	c := &creation{name: name}
	r.gather.Lock()
	r.waiting = append(r.waiting, c)
	r.gather.Unlock()

	r.turn.Lock()
	if !c.done {
		r.gather.Lock()
		group := r.waiting
		r.waiting = nil
		r.gather.Unlock()
		r.create(group)
	}
	r.turn.Unlock()
	if c.err != nil {
		return seal.Key{}, fmt.Errorf("keyring: making key %s: %w", name, c.err)
	}
	r.remember(name, c.key)
	return c.key, nil
}

// create makes the keys of a group in one transaction; what is wrong with one doesn't
// touch the others. The caller holds turn, so that nobody else writes or exchanges db.
func (r *Ring) create(group []*creation) {
	err := r.db.Update(func(tx *bbolt.Tx) error {
		for _, c := range group {
			c.key, c.err = r.createOne(tx.Bucket(bucketKey), c.name)
		}
		return nil
	})
	for _, c := range group {
		c.done = true
		if err != nil {
			c.key, c.err = seal.Key{}, err
		}
	}
}

func (r *Ring) createOne(b *bbolt.Bucket, name string) (seal.Key, error) {
	key, err := r.unwrap(name, b.Get([]byte(name)))
	if err == nil || !errors.Is(err, ErrNoKey) || errors.Is(err, ErrDestroyed) {
		return key, err
	}
	key = seal.NewKey()
	wrapped, err := r.box.Wrap(key, []byte(name))
	if err != nil {
		return seal.Key{}, err
	}
	return key, b.Put([]byte(name), append(recordHead(stateLive), wrapped...))
}

// Destroy implements [Keys]. The keys are out of reach once the mark is durable, and out
// of the file when Destroy returns nil.
func (r *Ring) Destroy(ctx context.Context, names ...string) error {
	if err := check(ctx, names...); err != nil {
		return err
	}
	r.turn.Lock()
	defer r.turn.Unlock()
	if err := r.mark(names); err != nil {
		return fmt.Errorf("keyring: destroying: %w", err)
	}
	// from here on it must be finished, whoever stops waiting
	if err := r.rewrite(context.WithoutCancel(ctx), r.box); err != nil {
		return fmt.Errorf("keyring: destroying: %w", err)
	}
	return nil
}

// mark puts marks in the place of keys and forgets those in memory.
func (r *Ring) mark(names []string) error {
	err := r.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketKey)
		for _, n := range names {
			if old := b.Get([]byte(n)); len(old) > 0 && old[0] == stateDestroyed {
				continue
			}
			if err := b.Put([]byte(n), recordHead(stateDestroyed)); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketMeta).Put(metaDirty, []byte{1})
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range names {
		delete(r.cache, n)
	}
	return nil
}

// Rewrap puts all keys under another master key. Until it has returned nil, the file is
// as a whole under one of the two, and Open tells which by [ErrMaster]: keep both. The
// keys themselves and the lookup key stay what they are.
func (r *Ring) Rewrap(ctx context.Context, master seal.Key) error {
	box, err := masterBox(master)
	if err != nil {
		return err
	}
	r.turn.Lock()
	defer r.turn.Unlock()
	if err := r.rewrite(ctx, box); err != nil {
		return fmt.Errorf("keyring: rewrapping: %w", err)
	}
	return nil
}

// rewrite copies all records into a new file, wrapped by box, puts it in the place of the
// old one and overwrites that. The caller holds turn.
func (r *Ring) rewrite(ctx context.Context, box *seal.Box) error {
	path := r.path + newSuffix
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	fresh, err := openFile(path)
	if err != nil {
		return err
	}
	if err := r.fill(ctx, fresh, box); err != nil {
		return errors.Join(err, fresh.Close(), os.Remove(path))
	}
	old, err := os.OpenFile(r.path, os.O_WRONLY, 0)
	if err != nil {
		return errors.Join(err, fresh.Close(), os.Remove(path))
	}
	defer old.Close()
	replaced, err := r.exchange(fresh, box)
	if err != nil {
		return errors.Join(err, fresh.Close(), os.Remove(path))
	}
	if err := errors.Join(replaced.Close(), syncDir(filepath.Dir(r.path))); err != nil {
		return err
	}
	return overwrite(old)
}

// fill copies the records and makes them durable.
func (r *Ring) fill(ctx context.Context, fresh *bbolt.DB, box *seal.Box) error {
	fresh.NoSync = true // one sync at the end serves all
	err := fresh.Update(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucket(bucketMeta)
		if err != nil {
			return err
		}
		if _, err := tx.CreateBucket(bucketKey); err != nil {
			return err
		}
		lookup, err := box.Wrap(r.lookup, metaLookup)
		if err != nil {
			return err
		}
		return errors.Join(meta.Put(metaFormat, []byte{format}), meta.Put(metaLookup, lookup))
	})
	if err != nil {
		return err
	}
	err = r.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketKey).Cursor()
		for k, v := c.First(); k != nil; {
			if err := ctx.Err(); err != nil {
				return err
			}
			err := fresh.Update(func(to *bbolt.Tx) error {
				b := to.Bucket(bucketKey)
				for n := 0; k != nil && n < rewriteBatch; n++ {
					record, err := r.rewrapped(k, v, box)
					if err == nil {
						err = b.Put(bytes.Clone(k), record)
					}
					if err != nil {
						return err
					}
					k, v = c.Next()
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	fresh.NoSync = false
	if err != nil {
		return err
	}
	return fresh.Sync()
}

// rewrapped returns the record for box; marks stay as they are.
func (r *Ring) rewrapped(name, record []byte, box *seal.Box) ([]byte, error) {
	key, err := r.unwrap(string(name), record)
	if errors.Is(err, ErrDestroyed) {
		return bytes.Clone(record), nil
	}
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", name, err)
	}
	wrapped, err := box.Wrap(key, name)
	if err != nil {
		return nil, err
	}
	return append(bytes.Clone(record[:headSize]), wrapped...), nil
}

// exchange puts fresh in the place of the open file and returns what was open. Both are
// locked meanwhile, so that no other process comes in between.
func (r *Ring) exchange(fresh *bbolt.DB, box *seal.Box) (replaced *bbolt.DB, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := os.Rename(r.path+newSuffix, r.path); err != nil {
		return nil, err
	}
	replaced = r.db
	r.db, r.box = fresh, box
	return replaced, nil
}

// overwrite fills a file, which has no name any more, with zeros.
func overwrite(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := io.CopyN(f, zeros{}, info.Size()); err != nil {
		return err
	}
	return f.Sync()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
