package index

import (
	"context"
	"errors"
	"slices"

	"eakte/archive"
)

// Arrivals are documents that came, or that were changed themselves: not those that are indexed anew because
// somebody else may see them now. They are told of before the index finds them as they are now, and once more after
// a crash; each keeps its sequence number then.
type Arrivals struct {
	Documents []Document
	// Seqs are the outbox sequence numbers of the documents: once the engine has reached it, a document is found as
	// it is here.
	Seqs []uint64
	// Anew says that the index was made anew meanwhile, so that it doesn't tell how a document was found before.
	Anew bool
}

// tell tells of those documents of a batch that arrive.
func (x *Indexer) tell(ctx context.Context, documents []Document, w work, anew bool) {
	if x.Arriving == nil || len(w.arriving) == 0 {
		return
	}
	a := Arrivals{Anew: anew}
	for _, d := range documents {
		if seq, ok := w.arriving[d.ID]; ok {
			a.Documents, a.Seqs = append(a.Documents, d), append(a.Seqs, seq)
		}
	}
	if len(a.Documents) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tellTime)
	defer cancel()
	if err := x.Arriving(ctx, a); err != nil && !errors.Is(err, context.Canceled) {
		x.Log.ErrorContext(ctx, "not everybody is told of new documents", "documents", len(a.Documents), "error", err)
	}
}

// tellMissed tells, after the index was made anew, of what is new in the outbox: of all older documents was told when
// they came. What of them was changed, moved or classified since is told as old: nobody knows any more whether it had
// fitted before. What comes from now on is not in the index yet.
func (x *Indexer) tellMissed(ctx context.Context) error {
	if x.Arriving == nil {
		return nil
	}
	w := newWork(0)
	err := x.Store.View(ctx, func(r archive.Reader) error {
		w = newWork(0)
		for e, err := range r.Outbox(0) {
			if err != nil {
				return err
			}
			if e.New && e.Document != "" {
				w.arriving[e.Document] = e.Seq
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var ids []archive.DocumentID
	for id := range w.arriving {
		ids = append(ids, id)
	}
	for some := range slices.Chunk(ids, batchEntries) {
		var b Batch
		for _, id := range some {
			if err := x.document(ctx, id, &b); err != nil {
				return err
			}
		}
		x.tell(ctx, b.Documents, w, true)
	}
	return nil
}
