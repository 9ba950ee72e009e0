package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"eakte/archive"
	"eakte/policies"
)

// Sizes of what the indexer takes at once.
const (
	batchEntries   = 200
	rebuildEntries = 2000
	rebuildBytes   = 32 << 20
	// retryAfter is how long it waits after an error of an engine.
	retryAfter = 2 * time.Second
	// lookAfter is how often it looks whether the engine is still what it was.
	lookAfter = 15 * time.Second
	// applyTime is how long an engine may take for a batch before it counts as stuck.
	applyTime = 2 * time.Minute
	// tellTime is how long it may take to tell of what a batch brings: the index waits meanwhile, for everybody.
	tellTime = 10 * time.Second
)

// Indexer keeps an engine up to date with a store: it drains the outbox in order and tells the
// store how far the index has come. One runs for each engine.
type Indexer struct {
	Store    archive.Store
	Contents *archive.Contents
	Engine   Engine
	Policies *policies.Set
	// Now and Zone decide which day it is for participations that end.
	Now  func() time.Time
	Zone *time.Location
	Log  *slog.Logger
	// Arriving, if it isn't nil, is told of documents before the index finds them as they are now: see [Arrivals].
	// An error of it is logged and stops nothing.
	Arriving func(context.Context, Arrivals) error

	// whole says that the index has all there is but for the newest changes.
	whole       atomic.Bool
	done, total atomic.Int64
}

// Behind reports whether what the index finds may not be all there is: it is being made anew, or can't be
// written, or nobody has looked yet.
func (x *Indexer) Behind() bool { return !x.whole.Load() }

// Progress is how many of all Akten the index has, while it is made anew; both are 0 at other times.
func (x *Indexer) Progress() (done, total int) { return int(x.done.Load()), int(x.total.Load()) }

// Run drains the outbox until ctx ends, at once whenever something was committed. It starts by
// making up for what the index missed: everything, where it is new, damaged or ahead of the store. An error
// is logged and what failed tried again, so that records and papers can be read meanwhile; Run
// itself returns nil.
func (x *Indexer) Run(ctx context.Context) error {
	wake := x.Store.Wake("outbox")
	for {
		err := x.CatchUp(ctx)
		if err == nil {
			err = x.Drain(ctx)
		}
		if ctx.Err() != nil {
			return nil
		}
		x.whole.Store(err == nil)
		again := time.After(lookAfter)
		if err != nil {
			x.Log.ErrorContext(ctx, "indexing stopped, trying again", "error", err)
			again = time.After(retryAfter)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-again:
		}
	}
}

// Prepare empties an index that isn't of this store, so that nobody finds by former rights in it what
// [Indexer.Run] is about to make anew. An engine that is away finds nothing.
func (x *Indexer) Prepare(ctx context.Context) error {
	fits, err := x.fits(ctx)
	if err == nil && !fits {
		err = x.Engine.Reset(ctx)
	}
	if errors.Is(err, ErrAway) {
		return nil
	}
	return err
}

// CatchUp rebuilds the index where the outbox can't bring it up to date: it is empty, damaged or newer than
// the store, which happens when either was put back from a backup.
func (x *Indexer) CatchUp(ctx context.Context) error {
	fits, err := x.fits(ctx)
	if err != nil && !errors.Is(err, ErrDamaged) {
		return err
	}
	if fits {
		return nil
	}
	return x.Rebuild(ctx, nil)
}

// fits reports whether the outbox holds all that the index lacks.
func (x *Indexer) fits(ctx context.Context) (fits bool, err error) {
	at, err := x.Engine.Seq(ctx)
	if err != nil {
		return false, err
	}
	err = x.Store.View(ctx, func(r archive.Reader) error {
		newest, err := r.Sequence()
		if err != nil {
			return err
		}
		fits, err = keeps(r, at, newest)
		fits = fits && at <= newest
		return err
	})
	return fits, err
}

// keeps reports whether the outbox still holds everything after at.
func keeps(r archive.Reader, at, newest uint64) (bool, error) {
	if at == newest {
		return true, nil
	}
	for e, err := range r.Outbox(at) {
		return err == nil && e.Seq == at+1, err
	}
	return false, nil
}

// Drain indexes what the outbox holds now.
func (x *Indexer) Drain(ctx context.Context) error {
	for {
		more, err := x.step(ctx)
		if err != nil || !more {
			return err
		}
	}
}

// step indexes one batch of outbox entries.
func (x *Indexer) step(ctx context.Context) (more bool, err error) {
	at, err := x.Engine.Seq(ctx)
	if err != nil {
		return false, err
	}
	work, err := x.gather(ctx, at)
	if err != nil || work.seq == at {
		return false, err
	}
	if err := x.apply(ctx, work); err != nil {
		return false, err
	}
	return true, x.Store.Indexed(ctx, work.seq)
}

// work is what a run of outbox entries asks for, each thing once.
type work struct {
	documents map[archive.DocumentID]bool
	persons   map[archive.PersonID]bool
	// arriving are those of the documents that came or changed themselves, with their outbox sequence number.
	arriving map[archive.DocumentID]uint64
	seq      uint64
}

func newWork(seq uint64) work {
	return work{documents: map[archive.DocumentID]bool{}, persons: map[archive.PersonID]bool{}, arriving: map[archive.DocumentID]uint64{}, seq: seq}
}

// gather reads entries after at, up to a batch; an entry of an Akte stands for all its documents
// and its person, one of a person for her Akten's numbers too.
func (x *Indexer) gather(ctx context.Context, at uint64) (work, error) {
	var w work
	err := x.Store.View(ctx, func(r archive.Reader) error {
		w = newWork(at)
		for e, err := range r.Outbox(at) {
			if err != nil {
				return err
			}
			if err := w.add(r, e, x.Policies); err != nil {
				return err
			}
			if w.seq = e.Seq; len(w.documents)+len(w.persons) >= batchEntries {
				return nil
			}
		}
		return nil
	})
	return w, err
}

func (w *work) add(r archive.Reader, e archive.OutboxEntry, set *policies.Set) error {
	if e.Document != "" {
		w.documents[e.Document], w.arriving[e.Document] = true, e.Seq
	}
	if e.Person != "" {
		w.persons[e.Person] = true
	}
	if e.Akte == "" {
		return nil
	}
	akte, err := r.Akte(e.Akte)
	if errors.Is(err, archive.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	w.persons[akte.Person] = true
	for _, reg := range set.Registers() {
		for row, err := range r.Documents(akte.ID, reg.Key, "") {
			if err != nil {
				return err
			}
			w.documents[row.Value.ID] = true
		}
	}
	return nil
}

// apply builds the entries and hands them to the engine: in several batches where there are many,
// of which only the last one moves the sequence number.
func (x *Indexer) apply(ctx context.Context, w work) error {
	at, err := x.Engine.Seq(ctx)
	if err != nil {
		return err
	}
	b, size := Batch{Seq: at}, 0
	for id := range w.persons {
		if err := x.person(ctx, id, &b); err != nil {
			return err
		}
	}
	if x.Arriving != nil && len(w.persons) > 0 && len(w.arriving) > 0 { // who is asked about them looks for persons, too
		if err := x.put(ctx, b); err != nil {
			return err
		}
		b = Batch{Seq: at}
	}
	for id := range w.documents {
		if err := x.document(ctx, id, &b); err != nil {
			return err
		}
		if size += textSize(b); len(b.Documents) >= batchEntries || size >= rebuildBytes {
			x.tell(ctx, b.Documents, w, false)
			if err := x.put(ctx, b); err != nil {
				return err
			}
			b, size = Batch{Seq: at}, 0
		}
	}
	x.tell(ctx, b.Documents, w, false)
	b.Seq = w.seq
	return x.put(ctx, b)
}

// put applies a batch; an engine that is stuck gives it up, and it is tried again.
func (x *Indexer) put(ctx context.Context, b Batch) error {
	ctx, cancel := context.WithTimeout(ctx, applyTime)
	defer cancel()
	return x.Engine.Apply(ctx, b)
}

// document adds a document's entry to a batch, or its deletion where it is gone.
func (x *Indexer) document(ctx context.Context, id archive.DocumentID, b *Batch) error {
	var doc archive.Document
	var akte archive.Akte
	var version archive.Version
	err := x.Store.View(ctx, func(r archive.Reader) (err error) {
		if doc, err = r.Document(id); err != nil {
			return err
		}
		if akte, err = r.Akte(doc.Akte); err != nil {
			return err
		}
		version, err = r.Version(doc.Current())
		return err
	})
	if errors.Is(err, archive.ErrNotFound) {
		b.DeleteDocuments = append(b.DeleteDocuments, id)
		return nil
	}
	if err != nil {
		return err
	}
	entry := x.entry(akte, doc)
	if entry.Pages, err = x.text(ctx, version); err != nil {
		return fmt.Errorf("index: text of document %s: %w", id, err)
	}
	b.Documents = append(b.Documents, entry)
	return nil
}

// entry is what the index knows of a document beside its text.
func (x *Indexer) entry(akte archive.Akte, doc archive.Document) Document {
	e := Document{
		ID: doc.ID, Akte: doc.Akte, Person: akte.Person, Type: doc.Type, Register: doc.Register,
		Department: doc.BroughtBy, Classification: doc.Classification, Date: doc.Date, Title: doc.Title, Sender: doc.Sender, Number: akte.Number,
		Rights: DocumentRights(akte, doc, x.today()),
	}
	if e.Date == "" {
		e.Date = doc.ReceivedOn
	}
	return e
}

func (x *Indexer) today() string { return x.Now().In(x.Zone).Format(time.DateOnly) }

// text returns the pages of a version; none while it isn't read, and none where its bytes are
// damaged or gone: the rest of the index must not suffer for it.
func (x *Indexer) text(ctx context.Context, v archive.Version) ([]string, error) {
	if v.Text.Ref == "" {
		return nil, nil
	}
	pages, err := x.Contents.Pages(ctx, v)
	if unreadable(err) {
		x.Log.ErrorContext(ctx, "stored text is unreadable, indexed without it", "version", v.ID, "error", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := make([]string, len(pages))
	for i, p := range pages {
		out[i] = string(p)
	}
	return out, nil
}

// person adds a person's entry to a batch, or her deletion where she is gone.
func (x *Indexer) person(ctx context.Context, id archive.PersonID, b *Batch) error {
	var p archive.Person
	var akten []archive.Akte
	err := x.Store.View(ctx, func(r archive.Reader) (err error) {
		if p, err = r.Person(id); err != nil {
			return err
		}
		akten, err = r.AktenOf(id)
		return err
	})
	if errors.Is(err, archive.ErrNotFound) {
		b.DeletePersons = append(b.DeletePersons, id)
		return nil
	}
	if err != nil {
		return err
	}
	b.Persons = append(b.Persons, x.personEntry(p, akten))
	return nil
}

func (x *Indexer) personEntry(p archive.Person, akten []archive.Akte) Person {
	e := Person{ID: p.ID, BirthDate: p.BirthDate.String(), Akten: map[archive.AkteID][]string{}}
	for _, n := range p.Names {
		e.Names = append(e.Names, n.Given+" "+n.Family)
		if n.OriginalScript != "" {
			e.Names = append(e.Names, n.OriginalScript)
		}
	}
	if p.AZRNumber != "" {
		e.Numbers = append(e.Numbers, p.AZRNumber)
	}
	for _, a := range akten {
		e.Akten[a.ID] = AkteRights(a, x.today())
	}
	var registers []string
	for _, r := range x.Policies.Registers() {
		registers = append(registers, r.Key)
	}
	e.Rights = PersonRights(p, akten, registers, x.today())
	return e
}
