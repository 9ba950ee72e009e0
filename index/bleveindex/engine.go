package bleveindex

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"

	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/archive"
	"eakte/index"
)

var errClosed = errors.New("index is closed")

// onFault makes faults in mapped files panic in this goroutine until the function returned is
// called.
func onFault() func() {
	before := debug.SetPanicOnFault(true)
	return func() { debug.SetPanicOnFault(before) }
}

// read runs fn on one snapshot of the index. It waits while the index is opened again.
func (x *Index) read(fn func(bleve.IndexReader) error) error {
	if err := x.revive(); err != nil {
		return err
	}
	err := x.look(fn)
	if err != nil {
		return x.suspect(err)
	}
	return nil
}

func (x *Index) look(fn func(bleve.IndexReader) error) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	switch {
	case x.closed:
		return errClosed
	case x.engine == nil:
		return index.ErrAway
	}
	return guard(func() (err error) {
		r, err := x.engine.Reader()
		if err != nil {
			return err
		}
		defer func() {
			if cerr := r.Close(); err == nil {
				err = cerr
			}
		}()
		return fn(r)
	})
}

// revive opens the engine again if an error had closed it.
func (x *Index) revive() error {
	x.mu.RLock()
	alive, closed, damaged := x.engine != nil, x.closed, x.damaged
	x.mu.RUnlock()
	switch {
	case closed:
		return errClosed
	case damaged:
		return index.ErrDamaged
	}
	if alive {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.reopen()
}

// reopen opens the engine if it isn't open. x.mu is held. Nothing is thrown away here: the error may go away,
// and what doesn't is for who can make the index anew.
func (x *Index) reopen() error {
	switch {
	case x.closed:
		return errClosed
	case x.damaged:
		return index.ErrDamaged
	case x.engine != nil:
		return nil
	}
	engine, err := x.openStore()
	switch {
	case err == nil:
		x.engine = engine
		return nil
	case operational(err):
		return fmt.Errorf("%w: opening again: %w", index.ErrAway, err)
	}
	x.log.Error("index can't be opened again; it is made anew", "error", err.Error())
	x.damaged = true
	return fmt.Errorf("%w: opening again: %w", index.ErrDamaged, err)
}

// Apply implements [index.Engine]. After an error nothing or all of the batch is in the index, and
// Seq tells which. The engine is closed and opened again then: a handle that has failed once loses
// batches or panics. If ctx ends while the batch is written, that counts as an error.
//
// For a rebuild give some thousand documents at once; a batch is held in memory until it is durable.
func (x *Index) Apply(ctx context.Context, b index.Batch) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("bleveindex: applying: %w", err)
	}
	if err := x.revive(); err != nil {
		return fmt.Errorf("bleveindex: applying: %w", err)
	}
	if err := x.room(); err != nil {
		return fmt.Errorf("bleveindex: applying: %w", err)
	}
	batch := x.batch(b)
	if err := x.write(ctx, batch); err != nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		return errors.Join(fmt.Errorf("bleveindex: applying: %w", err), x.drop(), x.reopen())
	}
	x.warm()
	return nil
}

// warm reads the rows of what has just been written or merged, so that no search has to wait for it.
func (x *Index) warm() {
	err := x.read(func(r bleve.IndexReader) error {
		_, err := x.columns.table(r)
		return err
	})
	if err != nil {
		x.log.Warn("rows of the index can't be read", "error", err.Error())
	}
}

func (x *Index) batch(b index.Batch) *bleve.Batch {
	batch := bleve.NewBatch()
	for _, d := range b.Documents {
		batch.Update(x.analyzers.document(d))
	}
	for _, p := range b.Persons {
		batch.Update(x.analyzers.person(p))
	}
	for _, id := range b.DeleteDocuments {
		batch.Delete(kindDocument + string(id))
	}
	for _, id := range b.DeletePersons {
		batch.Delete(kindPerson + string(id))
	}
	batch.SetInternal([]byte(keySeq), binary.BigEndian.AppendUint64(nil, b.Seq))
	return batch
}

// write waits for the engine or for ctx: an engine whose writer died waits for ever.
func (x *Index) write(ctx context.Context, batch *bleve.Batch) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	engine := x.engine
	if engine == nil {
		return errClosed
	}
	done := make(chan error, 1)
	go func() { done <- guard(func() error { return engine.Batch(batch) }) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Seq implements [index.Engine].
func (x *Index) Seq(_ context.Context) (seq uint64, err error) {
	err = x.read(func(r bleve.IndexReader) error {
		v, err := r.GetInternal([]byte(keySeq))
		if err != nil || len(v) != 8 {
			return err
		}
		seq = binary.BigEndian.Uint64(v)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("bleveindex: seq: %w", err)
	}
	return seq, nil
}

// Has implements [index.Engine].
func (x *Index) Has(_ context.Context, id archive.DocumentID) (has bool, err error) {
	err = x.read(func(r bleve.IndexReader) error {
		num, err := r.InternalID(kindDocument + string(id))
		has = num != nil
		return err
	})
	if err != nil {
		return false, fmt.Errorf("bleveindex: looking for document %s: %w", id, err)
	}
	return has, nil
}

// Documents implements [index.Engine]. It lists the documents of one moment; fn may change the index.
func (x *Index) Documents(ctx context.Context, fn func(archive.DocumentID) error) error {
	var ids []archive.DocumentID
	err := x.read(func(r bleve.IndexReader) error {
		return eachEntry(ctx, r, fieldKind, kindDocument, func(num bleve.IndexInternalID) error {
			key, err := r.ExternalID(num)
			if err == nil {
				ids = append(ids, archive.DocumentID(key[len(kindDocument):]))
			}
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("bleveindex: listing documents: %w", err)
	}
	for _, id := range ids {
		if err := fn(id); err != nil {
			return err
		}
	}
	return nil
}

// eachEntry calls fn for every entry that has the value in the field, in ascending order.
func eachEntry(ctx context.Context, r bleve.IndexReader, field, value string, fn func(bleve.IndexInternalID) error) (err error) {
	t, err := r.TermFieldReader(ctx, []byte(value), field, false, false, false)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := t.Close(); err == nil {
			err = cerr
		}
	}()
	var at bleve.TermFieldDoc
	for n := 0; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		d, err := t.Next(at.Reset())
		if err != nil || d == nil {
			return err
		}
		if err := fn(d.ID); err != nil {
			return err
		}
	}
}

// Reset implements [index.Engine]. Nothing of the old index is left on disk, a damaged one that
// was moved aside included.
func (x *Index) Reset(_ context.Context) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return fmt.Errorf("bleveindex: resetting: %w", errClosed)
	}
	if err := errors.Join(x.drop(), x.removeAside()); err != nil {
		x.log.Warn("index closed with an error before it is made anew", "error", err.Error())
	}
	engine, err := x.create()
	if err != nil {
		return fmt.Errorf("bleveindex: resetting: %w", err)
	}
	x.engine, x.damaged = engine, false
	return nil
}
