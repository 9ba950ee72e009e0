package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
	"eakte/archive/audit"
)

// placeSize is the length of the place of an event in a key: year and sequence number.
const placeSize = 12

// trailGetter shows the trail's buckets of a transaction.
type trailGetter struct{ bolt *bolt.Tx }

var _ audit.Getter = trailGetter{}

// Get implements [audit.Getter].
func (g trailGetter) Get(b audit.Bucket, key []byte) ([]byte, error) {
	return g.bolt.Bucket([]byte(trailPrefix + string(b))).Get(key), nil
}

// trailTx is trailGetter for the writer; it notes that something was written.
type trailTx struct {
	trailGetter
	wrote *bool
}

var _ audit.Tx = trailTx{}

// Put implements [audit.Tx].
func (t trailTx) Put(b audit.Bucket, key, value []byte) error {
	*t.wrote = true
	bucket := t.bolt.Bucket([]byte(trailPrefix + string(b)))
	bucket.FillPercent = 0.95 // keys come in order
	return bucket.Put(key, value)
}

// Record implements [archive.Tx]. The event is appended when the update ends, so that it may name
// what is stored after it.
func (t *transaction) Record(e audit.Event) error {
	t.events = append(t.events, e)
	return nil
}

// appendEvents appends what was recorded and indexes it.
func (t *transaction) appendEvents(ctx context.Context) error {
	g := t.group
	for i := range t.events {
		if g.trail == nil {
			var err error
			if g.trail, err = t.store.trail.Begin(trailTx{trailGetter{g.bolt}, &g.trailWrote}, trailKeys{t.store.keys, true}); err != nil {
				return fmt.Errorf("boltstore: trail: %w", err)
			}
		}
		g.trailWrote = false
		at, err := g.trail.Append(ctx, t.events[i])
		t.wrote = t.wrote || g.trailWrote
		if err != nil {
			return fmt.Errorf("boltstore: trail: %w", err)
		}
		if err := t.indexEvent(at, &t.events[i]); err != nil {
			return err
		}
	}
	return nil
}

// indexEvent makes an event found by whom it is about, who did it, and its day.
func (t *transaction) indexEvent(at audit.Position, e *audit.Event) error {
	place := placeOf(at)
	for _, id := range e.Akten {
		if err := t.put(bTrailAkte, join(anyID(id), place), nil); err != nil {
			return err
		}
	}
	for _, id := range e.Persons {
		if err := t.put(bTrailPerson, join(anyID(id), place), nil); err != nil {
			return err
		}
	}
	if err := t.put(bTrailActor, join(anyID(e.Actor.User), place), nil); err != nil {
		return err
	}
	first := place
	if at.Seq == 1 { // before it the log has opened the shard
		first = placeOf(audit.Position{Year: at.Year})
	}
	day := []byte(e.Time.UTC().Format(time.DateOnly))
	if was := t.value(bTrailDay, day); len(was) == 2*placeSize && bytes.Compare(was[:placeSize], first) < 0 {
		first = was[:placeSize]
	}
	return t.put(bTrailDay, day, join(first, place))
}

func placeOf(at audit.Position) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, uint32(at.Year)), uint64(at.Seq))
}

func position(place []byte) audit.Position {
	return audit.Position{Year: int(binary.BigEndian.Uint32(place)), Seq: int64(number(place[4:]))}
}

// Trail implements [archive.Reader]. One index is walked: that of the Akte, else of the person,
// else of the actor, else the log itself; what else the filter says is looked at event by event.
func (r *reader) Trail(f archive.TrailFilter, after archive.Position) archive.List[archive.TrailEntry] {
	return func(yield func(archive.Row[archive.TrailEntry], error) bool) {
		low, high, any, err := r.window(f)
		if err != nil {
			yield(archive.Row[archive.TrailEntry]{}, err)
			return
		}
		if !any {
			return
		}
		s := trailSpan(f)
		s.after, s.down = after, true
		if end := archive.Position(high); high != nil && (after == "" || after > end) {
			s.after = end
		}
		looked := 0
		for p, err := range r.scan(s) {
			if err != nil {
				yield(archive.Row[archive.TrailEntry]{}, err)
				return
			}
			after := archive.Position(p.key)
			entry, err := r.trailEntry(f, p.key, low)
			switch {
			case errors.Is(err, errBefore):
				return
			case errors.Is(err, archive.ErrNotFound): // left out
			case errors.Is(err, archive.ErrDamaged): // who asks may go on
				if !yield(archive.Row[archive.TrailEntry]{After: after}, err) {
					return
				}
			case err != nil:
				yield(archive.Row[archive.TrailEntry]{}, err)
				return
			case !yield(archive.Row[archive.TrailEntry]{Value: entry, After: after}, nil):
				return
			}
			if looked++; looked == f.Most {
				yield(r.unfinished(after))
				return
			}
		}
	}
}

// unfinished ends a list of the trail behind the event at a place.
func (r *reader) unfinished(at archive.Position) (archive.Row[archive.TrailEntry], error) {
	place := position([]byte(at))
	leaf, err := r.store.trail.ReadLeaf(trailGetter{r.bolt}, place)
	if err != nil {
		return archive.Row[archive.TrailEntry]{}, fmt.Errorf("boltstore: trail: %w", err)
	}
	return archive.Row[archive.TrailEntry]{Value: archive.TrailEntry{Year: place.Year, Leaf: leaf}, After: at}, archive.ErrUnfinished
}

// errBefore ends a list of the trail: what follows is older than asked for.
var errBefore = errors.New("before the window")

// trailSpan chooses what to walk.
func trailSpan(f archive.TrailFilter) span {
	switch {
	case f.Akte != "":
		return span{bucket: bTrailAkte, prefix: anyID(string(f.Akte))}
	case f.Person != "":
		return span{bucket: bTrailPerson, prefix: anyID(string(f.Person))}
	case f.Actor != "":
		return span{bucket: bTrailActor, prefix: anyID(string(f.Actor))}
	}
	return span{bucket: trailPrefix + string(audit.BucketLeaf)}
}

// trailEntry reads the event at place; ErrNotFound if the filter leaves it out.
func (r *reader) trailEntry(f archive.TrailFilter, place, low []byte) (archive.TrailEntry, error) {
	if low != nil && bytes.Compare(place, low) < 0 {
		return archive.TrailEntry{}, errBefore
	}
	for _, also := range []struct{ bucket, id string }{
		{bTrailPerson, string(f.Person)}, {bTrailActor, string(f.Actor)},
	} {
		if also.id != "" && r.value(also.bucket, join(anyID(also.id), place)) == nil {
			return archive.TrailEntry{}, missing("event")
		}
	}
	at, g := position(place), trailGetter{r.bolt}
	leaf, err := r.store.trail.ReadLeaf(g, at)
	if errors.Is(err, audit.ErrNoEntry) {
		err = audit.ErrCorrupt
	}
	if err != nil {
		return archive.TrailEntry{}, trailErr(err)
	}
	if !fits(f, &leaf) {
		return archive.TrailEntry{}, missing("event")
	}
	if f.Bare {
		return archive.TrailEntry{Year: at.Year, Leaf: leaf}, nil
	}
	parts, err := r.store.trail.ReadDetail(context.Background(), g, trailKeys{r.store.keys, false}, at.Year, &leaf)
	if err != nil {
		return archive.TrailEntry{}, trailErr(err)
	}
	return archive.TrailEntry{Year: at.Year, Leaf: leaf, Parts: parts}, nil
}

// trailErr is an error of the trail; where that is damaged it is an [archive.ErrDamaged], too.
func trailErr(err error) error {
	if errors.Is(err, audit.ErrCorrupt) {
		return fmt.Errorf("boltstore: trail: %w: %w", archive.ErrDamaged, err)
	}
	return fmt.Errorf("boltstore: trail: %w", err)
}

// fits reports whether the filter lets an event pass, as far as its leaf says.
func fits(f archive.TrailFilter, leaf *audit.Leaf) bool {
	when := leaf.When()
	class, _ := leaf.Op.Class()
	return (f.Op == "" || string(leaf.Op) == f.Op) && (f.Result == "" || string(leaf.Result) == f.Result) &&
		(f.Class == "" || string(class) == f.Class) && (!f.People || leaf.Actor != audit.System().User) &&
		(f.From.IsZero() || !when.Before(f.From)) && (f.To.IsZero() || when.Before(f.To))
}

// window returns the lowest place of the filter's days and a place above the highest; nil where it sets no bound. The
// order of the log is not that of the clock, so each day knows its lowest and highest place.
func (r *reader) window(f archive.TrailFilter) (low, high []byte, any bool, err error) {
	if f.From.IsZero() && f.To.IsZero() {
		return nil, nil, true, nil
	}
	for p, err := range r.scan(span{bucket: bTrailDay}) {
		if err != nil {
			return nil, nil, false, err
		}
		day := string(p.key)
		if !f.From.IsZero() && day < f.From.UTC().Format(time.DateOnly) {
			continue
		}
		if !f.To.IsZero() && day > f.To.UTC().Format(time.DateOnly) {
			break
		}
		first, last := p.value[:placeSize], p.value[placeSize:]
		if low == nil || bytes.Compare(first, low) < 0 {
			low = bytes.Clone(first)
		}
		if high == nil || bytes.Compare(last, high) > 0 {
			high = bytes.Clone(last)
		}
	}
	if low == nil {
		return nil, nil, false, nil
	}
	return low, successor(high), true, nil
}

// TrailState implements [archive.Reader]: size and checkpoint are those of the present year's shard.
func (r *reader) TrailState() (size int64, checkpoint []byte, err error) {
	g := trailGetter{r.bolt}
	state, err := r.store.trail.Current(g)
	if err != nil || state.Size == 0 {
		return 0, nil, err
	}
	note, err := g.Get(audit.BucketCheckpoint, binary.BigEndian.AppendUint32(nil, uint32(state.Year)))
	return state.Size, bytes.Clone(note), err
}
