package boltstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
)

// grouped is a transaction of the database in which several updates run one after the other.
type grouped struct {
	store *Store
	bolt  *bolt.Tx
	trail *audit.Writer
	// trailWrote says that the event appended last, or part of it, was written.
	trailWrote bool
	// low says that only the trail has room left.
	low bool

	// What the updates that succeeded left behind for after the commit.
	wrote   bool
	entries []archive.OutboxEntry
	jobs    bool
	events  int
	after   []func()
}

// reader is an [archive.Reader].
type reader struct {
	store *Store
	bolt  *bolt.Tx
	// stopped reports that nobody waits for the answer any more.
	stopped func() error
}

var _ archive.Reader = (*reader)(nil)

func (s *Store) reader(ctx context.Context, tx *bolt.Tx) *reader {
	return &reader{store: s, bolt: tx, stopped: ctx.Err}
}

// transaction is an [archive.Tx]: one update inside a group.
type transaction struct {
	reader
	group *grouped
	// wrote says that the database was touched, changed that an event is needed.
	wrote, changed bool
	jobs           bool
	events         []audit.Event
	entries        []archive.OutboxEntry
	after          []func()
	// owned are the versions whose owners may have changed; fresh the content keys of new ones.
	// holds are documents whose versions have to agree with them; filed inbox items that were filed.
	owned map[archive.VersionID]struct{}
	fresh map[archive.VersionID]seal.Key
	holds map[archive.DocumentID]struct{}
	filed map[archive.InboxID]struct{}
	// unfiled are items that lie in a basket again, with the documents that may not be there then;
	// deleted are documents that were removed.
	unfiled map[archive.InboxID][]archive.DocumentID
	deleted map[archive.DocumentID]struct{}
	// waiting are documents whose scans may wait for approval differently.
	waiting map[archive.DocumentID]struct{}
	// papers are versions whose paper may stand in other lists, and day is the one by which it is decided in whose.
	papers map[archive.VersionID]struct{}
	day    string
}

var _ archive.Tx = (*transaction)(nil)

func (g *grouped) begin(ctx context.Context) *transaction {
	return &transaction{
		reader: *g.store.reader(ctx, g.bolt), group: g,
		owned: map[archive.VersionID]struct{}{}, fresh: map[archive.VersionID]seal.Key{},
		holds: map[archive.DocumentID]struct{}{}, filed: map[archive.InboxID]struct{}{},
		unfiled: map[archive.InboxID][]archive.DocumentID{}, deleted: map[archive.DocumentID]struct{}{},
		waiting: map[archive.DocumentID]struct{}{},
		papers:  map[archive.VersionID]struct{}{}, day: g.store.now().Format(time.DateOnly),
	}
}

// keep takes over what an update that succeeded left behind.
func (g *grouped) keep(t *transaction) {
	g.wrote = g.wrote || t.wrote
	g.jobs = g.jobs || t.jobs
	g.entries = append(g.entries, t.entries...)
	g.events += len(t.events)
	g.after = append(g.after, t.after...)
}

// settle does what can only be done at the end of an update: wrap content keys for the owners as
// they are now, and append the events, whose keys exist by now.
func (t *transaction) settle(ctx context.Context) error {
	if err := t.sealFiled(); err != nil {
		return err
	}
	if err := t.checkUnfiled(); err != nil {
		return err
	}
	if err := t.rewrap(); err != nil {
		return err
	}
	if err := errors.Join(t.listApprovals(), t.listPapers()); err != nil {
		return err
	}
	return t.appendEvents(ctx)
}

// change notes a change that needs an event. ErrFull where there is room for the trail alone.
func (t *transaction) change() error {
	t.changed = true
	return t.room()
}

// room refuses what isn't the trail where there is room for the trail alone.
func (t *transaction) room() error {
	if t.group.low {
		return fmt.Errorf("boltstore: the rest is kept for the trail: %w", archive.ErrFull)
	}
	return nil
}

func (r *reader) bucket(name string) *bolt.Bucket { return r.bolt.Bucket([]byte(name)) }

func (r *reader) value(bucket string, key []byte) []byte { return r.bucket(bucket).Get(key) }

// put stores a value; the caller doesn't change key or value afterwards.
func (t *transaction) put(bucket string, key, value []byte) error {
	t.wrote = true
	if value == nil {
		value = []byte{}
	}
	if err := t.bucket(bucket).Put(key, value); err != nil {
		return fmt.Errorf("boltstore: storing in %s: %w", bucket, err)
	}
	return nil
}

func (t *transaction) drop(bucket string, key []byte) error {
	t.wrote = true
	if err := t.bucket(bucket).Delete(key); err != nil {
		return fmt.Errorf("boltstore: deleting in %s: %w", bucket, err)
	}
	return nil
}

// shift moves an index key where it differs; nil is none.
func (t *transaction) shift(bucket string, from, to []byte) error {
	if string(from) == string(to) {
		return nil
	}
	if from != nil {
		if err := t.drop(bucket, from); err != nil {
			return err
		}
	}
	if to == nil {
		return nil
	}
	return t.put(bucket, to, nil)
}

// missing is the answer for what isn't there.
func missing(kind string) error { return fmt.Errorf("boltstore: %s: %w", kind, archive.ErrNotFound) }

// conflict is the answer to who came second.
func conflict(kind, why string) error {
	return fmt.Errorf("boltstore: %s: %s: %w", kind, why, archive.ErrConflict)
}

// invalid is the answer to a record that can't be.
func invalid(kind, why string) error {
	return fmt.Errorf("boltstore: %s: %s: %w", kind, why, archive.ErrInvalid)
}

// absent turns ErrNotFound into false.
func absent(err error) (bool, error) {
	if errors.Is(err, archive.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// revision checks that a new record begins with revision 1 and that an edit is made of what is stored.
func revision(kind string, fresh bool, stored, put int64) error {
	if fresh && put != 1 || !fresh && put != stored+1 {
		return conflict(kind, "its revision isn't the one behind what is stored")
	}
	return nil
}
