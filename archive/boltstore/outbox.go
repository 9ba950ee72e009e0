package boltstore

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"sync/atomic"

	"eakte/archive"
)

// sweepLimit is how many outbox entries are deleted in one transaction.
const sweepLimit = 2000

// entryRecord is an outbox entry; one of the three names is set.
type entryRecord struct {
	_        struct{} `cbor:",toarray"`
	Person   archive.PersonID
	Akte     archive.AkteID
	Document archive.DocumentID
	Rights   bool
	New      bool
}

// formerEntry is one that was written before format 6.
type formerEntry struct {
	_        struct{} `cbor:",toarray"`
	Person   archive.PersonID
	Akte     archive.AkteID
	Document archive.DocumentID
	Rights   bool
}

// announce adds an entry to the outbox.
func (t *transaction) announce(e archive.OutboxEntry) error {
	b := t.bucket(bOutbox)
	b.FillPercent = 0.9 // entries come in order
	t.wrote = true
	seq, err := b.NextSequence()
	if err != nil {
		return fmt.Errorf("boltstore: outbox: %w", err)
	}
	e.Seq = seq
	value, err := t.store.codec.enc.Marshal(entryRecord{Person: e.Person, Akte: e.Akte, Document: e.Document, Rights: e.Rights, New: e.New})
	if err != nil {
		return fmt.Errorf("boltstore: outbox: %w", err)
	}
	t.entries = append(t.entries, e)
	return t.put(bOutbox, u64(seq), value)
}

// Outbox implements [archive.Reader].
func (r *reader) Outbox(after uint64) iter.Seq2[archive.OutboxEntry, error] {
	return func(yield func(archive.OutboxEntry, error) bool) {
		for p, err := range r.scan(span{bucket: bOutbox, after: archive.Position(u64(after))}) {
			if err != nil {
				yield(archive.OutboxEntry{}, err)
				return
			}
			var e entryRecord
			if err := r.store.codec.dec.Unmarshal(p.value, &e); err != nil {
				var former formerEntry
				if err := r.store.codec.dec.Unmarshal(p.value, &former); err != nil {
					yield(archive.OutboxEntry{}, fmt.Errorf("boltstore: outbox: %w", errRecord))
					return
				}
				e = entryRecord{Person: former.Person, Akte: former.Akte, Document: former.Document, Rights: former.Rights}
			}
			if !yield(archive.OutboxEntry{Seq: number(p.key), Person: e.Person, Akte: e.Akte, Document: e.Document, Rights: e.Rights, New: e.New}, nil) {
				return
			}
		}
	}
}

// Sequence implements [archive.Reader].
func (r *reader) Sequence() (uint64, error) { return r.bucket(bOutbox).Sequence(), nil }

// Indexed implements [archive.Store].
func (s *Store) Indexed(ctx context.Context, seq uint64) error {
	for more := true; more; {
		err := s.submit(&update{ctx: ctx, house: true, fn: func(t *transaction) error {
			var err error
			more, err = t.sweepOutbox(seq)
			t.after = append(t.after, func() { s.since.end(seq, &s.dirty) })
			return err
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// sweepOutbox deletes entries up to seq, at most sweepLimit; more says that some are left.
func (t *transaction) sweepOutbox(seq uint64) (more bool, err error) {
	n := 0
	for p, err := range t.scan(span{bucket: bOutbox}) {
		if err != nil {
			return false, err
		}
		if number(p.key) > seq {
			return false, nil
		}
		if n == sweepLimit {
			return true, nil
		}
		n++
		if err := t.drop(bOutbox, append([]byte(nil), p.key...)); err != nil {
			return false, err
		}
	}
	return false, nil
}

// Dirty implements [archive.Store].
func (s *Store) Dirty() archive.Dirty { return *s.dirty.Load() }

// dirtySince knows by which outbox entry an Akte or document became dirty last. It belongs to the
// writer; others see the snapshot it publishes.
type dirtySince struct {
	akten     map[archive.AkteID]uint64
	documents map[archive.DocumentID]uint64
}

func newDirtySince() dirtySince {
	return dirtySince{akten: map[archive.AkteID]uint64{}, documents: map[archive.DocumentID]uint64{}}
}

// add makes dirty what the entries name and returns what takes that back.
func (d *dirtySince) add(entries []archive.OutboxEntry, out *atomic.Pointer[archive.Dirty]) (undo func()) {
	old, was := *d, out.Load()
	copied := false
	for _, e := range entries {
		if !e.Rights {
			continue
		}
		if !copied {
			d.akten, d.documents = maps.Clone(old.akten), maps.Clone(old.documents)
			copied = true
		}
		if e.Akte != "" {
			d.akten[e.Akte] = e.Seq
		}
		if e.Document != "" {
			d.documents[e.Document] = e.Seq
		}
	}
	if !copied {
		return func() {}
	}
	d.publish(out)
	return func() {
		*d = old
		out.Store(was)
	}
}

// end takes out what became dirty by entries up to seq.
func (d *dirtySince) end(seq uint64, out *atomic.Pointer[archive.Dirty]) {
	before := len(d.akten) + len(d.documents)
	maps.DeleteFunc(d.akten, func(_ archive.AkteID, at uint64) bool { return at <= seq })
	maps.DeleteFunc(d.documents, func(_ archive.DocumentID, at uint64) bool { return at <= seq })
	if len(d.akten)+len(d.documents) != before {
		d.publish(out)
	}
}

// load finds what is dirty in the outbox.
func (d *dirtySince) load(r *reader, out *atomic.Pointer[archive.Dirty]) error {
	var entries []archive.OutboxEntry
	for e, err := range r.Outbox(0) {
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	d.publish(out)
	d.add(entries, out)
	return nil
}

// publish shows the present state to readers, who never see it change.
func (d *dirtySince) publish(out *atomic.Pointer[archive.Dirty]) {
	snapshot := &archive.Dirty{
		Akten:     make(map[archive.AkteID]struct{}, len(d.akten)),
		Documents: make(map[archive.DocumentID]struct{}, len(d.documents)),
	}
	for id := range d.akten {
		snapshot.Akten[id] = struct{}{}
	}
	for id := range d.documents {
		snapshot.Documents[id] = struct{}{}
	}
	out.Store(snapshot)
}
