package index

import (
	"context"
	"errors"
	"runtime/debug"

	"eakte/archive"
	"eakte/archive/blob"
)

// Rebuild makes the index anew from the store, without recognising anything again. What changes
// meanwhile stays in the outbox and is indexed after it. progress, if not nil, is called with the
// number of documents done.
func (x *Indexer) Rebuild(ctx context.Context, progress func(done int)) error {
	x.whole.Store(false)
	defer x.advance(0, 0)
	var newest uint64
	err := x.Store.View(ctx, func(r archive.Reader) (err error) {
		newest, err = r.Sequence()
		return err
	})
	if err != nil {
		return err
	}
	if err := x.Engine.Reset(ctx); err != nil {
		return err
	}
	total, err := x.countAkten(ctx)
	if err != nil {
		return err
	}
	x.Log.InfoContext(ctx, "the index is made anew", "akten", total)
	x.advance(0, total)
	if err := x.rebuildDocuments(ctx, progress); err != nil {
		return err
	}
	if err := x.rebuildPersons(ctx); err != nil {
		return err
	}
	if err := x.tellMissed(ctx); err != nil {
		return err
	}
	if err := x.put(ctx, Batch{Seq: newest}); err != nil {
		return err
	}
	if err := x.Store.Indexed(ctx, newest); err != nil {
		return err
	}
	x.Log.InfoContext(ctx, "the index is whole again", "akten", total)
	x.whole.Store(true)
	debug.FreeOSMemory() // what was held for it isn't needed again
	return nil
}

func (x *Indexer) advance(done, total int) {
	x.done.Store(int64(done))
	x.total.Store(int64(total))
}

func (x *Indexer) countAkten(ctx context.Context) (n int, err error) {
	var after archive.Position
	for {
		akten, next, err := x.someAkten(ctx, after)
		if err != nil || len(akten) == 0 {
			return n, err
		}
		n, after = n+len(akten), next
	}
}

// rebuildDocuments indexes the documents of all Akten, in batches large enough for the engine to merge
// well and small enough for the memory.
func (x *Indexer) rebuildDocuments(ctx context.Context, progress func(done int)) error {
	var after archive.Position
	var b Batch
	done, size := 0, 0
	flush := func() error {
		if done += len(b.Documents); progress != nil {
			progress(done)
		} else {
			x.Log.InfoContext(ctx, "the index is being made anew", "documents", done, "akten", x.done.Load(), "of", x.total.Load())
		}
		full := b
		b, size = Batch{}, 0
		return x.bulk(ctx, full)
	}
	for {
		akten, next, err := x.someAkten(ctx, after)
		if err != nil {
			return err
		}
		if len(akten) == 0 {
			return flush()
		}
		for _, id := range akten {
			documents, err := x.documentsOf(ctx, id)
			if err != nil {
				return err
			}
			for doc := range documents {
				if err := x.document(ctx, doc, &b); err != nil {
					return err
				}
				if size += textSize(b); len(b.Documents) >= rebuildEntries || size >= rebuildBytes {
					if err := flush(); err != nil {
						return err
					}
				}
			}
			x.done.Add(1)
		}
		after = next
	}
}

// textSize is the size of the newest document of a batch.
func textSize(b Batch) (n int) {
	if len(b.Documents) == 0 {
		return 0
	}
	for _, page := range b.Documents[len(b.Documents)-1].Pages {
		n += len(page)
	}
	return n
}

// someAkten reads a slice of the list of all Akten: no view lasts for the whole rebuild.
func (x *Indexer) someAkten(ctx context.Context, after archive.Position) (ids []archive.AkteID, next archive.Position, err error) {
	err = x.Store.View(ctx, func(r archive.Reader) error {
		ids, next = nil, after
		for row, err := range r.AllAkten(after) {
			if err != nil {
				return err
			}
			if ids, next = append(ids, row.Value), row.After; len(ids) == batchEntries {
				return nil
			}
		}
		return nil
	})
	return ids, next, err
}

// documentsOf names the documents of an Akte.
func (x *Indexer) documentsOf(ctx context.Context, id archive.AkteID) (map[archive.DocumentID]bool, error) {
	w := newWork(0)
	err := x.Store.View(ctx, func(r archive.Reader) error {
		return w.add(r, archive.OutboxEntry{Akte: id}, x.Policies)
	})
	return w.documents, err
}

func (x *Indexer) rebuildPersons(ctx context.Context) error {
	var after archive.Position
	for {
		var b Batch
		err := x.Store.View(ctx, func(r archive.Reader) error {
			b = Batch{}
			for row, err := range r.Persons(after) {
				if err != nil {
					return err
				}
				akten, err := r.AktenOf(row.Value.ID)
				if err != nil {
					return err
				}
				b.Persons, after = append(b.Persons, x.personEntry(row.Value, akten)), row.After
				if len(b.Persons) == rebuildEntries {
					return nil
				}
			}
			return nil
		})
		if err != nil || len(b.Persons) == 0 {
			return err
		}
		if err := x.bulk(ctx, b); err != nil {
			return err
		}
	}
}

// bulk applies a batch that doesn't move the sequence number.
func (x *Indexer) bulk(ctx context.Context, b Batch) error {
	if len(b.Documents)+len(b.Persons) == 0 {
		return nil
	}
	return x.put(ctx, b)
}

// unreadable reports whether stored bytes are damaged or gone for good.
func unreadable(err error) bool {
	return errors.Is(err, blob.ErrCorrupt) || errors.Is(err, blob.ErrNotFound) || errors.Is(err, archive.ErrNotFound)
}
