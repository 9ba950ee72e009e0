package boltstore

import (
	"errors"
	"fmt"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// findingPlain is what isn't sealed of a finding. Whose acts it is about is an account's ID, which the leaves of the entries and
// their list by account hold in clear, too: sealing it here would hide nothing. The name of a rule says as much as those leaves,
// for whoever has the rules can ask them again; what people wrote and the matter, which may name a person, are sealed.
type findingPlain struct {
	Rule     string               `cbor:"1,keyasint"`
	Actor    archive.UserID       `cbor:"2,keyasint"`
	Places   []archive.TrailPlace `cbor:"3,keyasint"`
	Count    int                  `cbor:"4,keyasint"`
	First    time.Time            `cbor:"5,keyasint"`
	Last     time.Time            `cbor:"6,keyasint"`
	Figure   int                  `cbor:"7,keyasint,omitempty"`
	State    string               `cbor:"8,keyasint"`
	Revision int64                `cbor:"9,keyasint"`
}

// findingSecret is sealed under the key of the year whose entries it is about: it can't outlive them.
type findingSecret struct {
	Same  string       `cbor:"1,keyasint"`
	Steps []stepRecord `cbor:"2,keyasint"`
}

// stepRecord has the fields of the domain type.
type stepRecord struct {
	By      archive.UserID `cbor:"1,keyasint"`
	At      time.Time      `cbor:"2,keyasint"`
	State   string         `cbor:"3,keyasint"`
	Outcome string         `cbor:"4,keyasint,omitempty"`
	Note    string         `cbor:"5,keyasint,omitempty"`
}

func (r *reader) finding(key []byte) (archive.Finding, error) {
	value := r.value(bFinding, key)
	if value == nil {
		return archive.Finding{}, missing("finding")
	}
	id := idOf[archive.FindingID](key)
	var plain findingPlain
	var secret findingSecret
	s, err := r.store.codec.decode(bFinding, key, value, &plain)
	if err == nil && len(plain.Places) == 0 {
		err = errRecord
	}
	if err != nil {
		return archive.Finding{}, fmt.Errorf("finding %s: %w", id, err)
	}
	box, err := r.store.keys.box(audit.YearKey(plain.Places[0].Year))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Finding{}, fmt.Errorf("finding %s: %w", id, err)
	}
	f := archive.Finding{
		ID: id, Rule: plain.Rule, Same: secret.Same, Actor: plain.Actor, Places: plain.Places, Count: plain.Count,
		First: plain.First, Last: plain.Last, Figure: plain.Figure, State: plain.State, Revision: plain.Revision,
	}
	for _, step := range secret.Steps {
		f.Steps = append(f.Steps, archive.FindingStep(step))
	}
	return f, nil
}

// Finding implements [archive.Reader].
func (r *reader) Finding(id archive.FindingID) (archive.Finding, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Finding{}, missing("finding")
	}
	return r.finding(key)
}

// FindingOf implements [archive.Reader].
func (r *reader) FindingOf(same string) (archive.Finding, error) {
	key := r.value(bFindingSame, r.store.keyed(bFindingSame, same))
	if key == nil {
		return archive.Finding{}, missing("finding")
	}
	return r.finding(key)
}

// Findings implements [archive.Reader].
func (r *reader) Findings(open bool, after archive.Position) archive.List[archive.Finding] {
	s := span{bucket: bFinding, after: after, down: true}
	if open {
		s.bucket = bFindingOpen
	}
	return rows(r, s, func(p pair) (archive.Finding, error) { return r.finding(p.key) })
}

// FindingsHold implements [archive.Reader].
func (r *reader) FindingsHold(year int) (bool, error) {
	for p, err := range r.scan(span{bucket: bFindingYear, prefix: yearPrefix(year)}) {
		if err != nil {
			return false, err
		}
		if r.value(bFindingOpen, p.key) != nil {
			return true, nil
		}
	}
	return false, nil
}

// yearPrefix is how keys of a year's entries and findings begin.
func yearPrefix(year int) []byte { return placeOf(audit.Position{Year: year})[:4] }

// PutFinding implements [archive.Tx].
func (t *transaction) PutFinding(f archive.Finding) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("finding", f.ID)
	if err != nil {
		return err
	}
	if len(f.Places) == 0 || len(f.Places) > archive.FindingPlaces || f.Same == "" {
		return invalid("finding", "it names no entry, or too many, or no matter")
	}
	old, err := t.finding(key)
	fresh, err := absent(err)
	if err != nil {
		return err
	}
	if err := revision("finding", fresh, old.Revision, f.Revision); err != nil {
		return err
	}
	if !fresh && (old.Rule != f.Rule || old.Same != f.Same || old.Actor != f.Actor || old.Year() != f.Year() || old.State == archive.FindingClosed) {
		return invalid("finding", "what it is about stays as it is, and a closed one, too")
	}
	if state, err := t.store.trail.State(trailGetter{t.bolt}, f.Year()); err != nil || state.Dropped {
		return invalid("finding", "the entries it is about are gone")
	}
	if err := t.indexFinding(key, f); err != nil {
		return err
	}
	plain := findingPlain{
		Rule: f.Rule, Actor: f.Actor, Places: f.Places, Count: f.Count, First: f.First.UTC(), Last: f.Last.UTC(), Figure: f.Figure,
		State: f.State, Revision: f.Revision,
	}
	secret := findingSecret{Same: f.Same}
	for _, step := range f.Steps {
		secret.Steps = append(secret.Steps, stepRecord(step))
	}
	return t.storeSealed(bFinding, key, plain, audit.YearKey(f.Year()), secret)
}

// indexFinding brings the keys of lists up to date. A closed matter is one no more: what comes later is another finding.
func (t *transaction) indexFinding(key []byte, f archive.Finding) error {
	if err := t.put(bFindingYear, join(yearPrefix(f.Year()), key), nil); err != nil {
		return err
	}
	same := t.store.keyed(bFindingSame, f.Same)
	if f.State == archive.FindingClosed {
		if err := t.drop(bFindingSame, same); err != nil {
			return err
		}
		return t.drop(bFindingOpen, key)
	}
	if err := t.put(bFindingSame, same, key); err != nil {
		return err
	}
	return t.put(bFindingOpen, key, nil)
}

// dropFindings removes findings about a year that was dropped; more says that there may be others.
func (t *transaction) dropFindings(year int) (more bool, err error) {
	var keys [][]byte
	for p, err := range t.scan(span{bucket: bFindingYear, prefix: yearPrefix(year)}) {
		if err != nil {
			return false, err
		}
		if keys = append(keys, p.key); len(keys) == dropBatch {
			break
		}
	}
	for _, key := range keys {
		if f, err := t.finding(key); err == nil && f.State != archive.FindingClosed {
			if err := t.drop(bFindingSame, t.store.keyed(bFindingSame, f.Same)); err != nil {
				return false, err
			}
		}
		for bucket, k := range map[string][]byte{bFinding: key, bFindingOpen: key, bFindingYear: join(yearPrefix(year), key)} {
			if err := t.drop(bucket, k); err != nil {
				return false, err
			}
		}
	}
	return len(keys) == dropBatch, nil
}

func (c *checker) findings() error {
	return c.each(bFinding, func(key, _ []byte) error {
		f, err := c.finding(key)
		if err != nil {
			return err
		}
		what := "finding " + string(f.ID)
		c.index(what, bFindingYear, join(yearPrefix(f.Year()), key))
		if f.State != archive.FindingClosed {
			c.index(what, bFindingOpen, key)
			c.index(what, bFindingSame, c.store.keyed(bFindingSame, f.Same))
		}
		return nil
	})
}

// TrailFrom implements [archive.Reader].
func (r *reader) TrailFrom(after archive.Position) archive.List[archive.TrailEntry] {
	return func(yield func(archive.Row[archive.TrailEntry], error) bool) {
		var year audit.State
		for p, err := range r.scan(span{bucket: trailPrefix + string(audit.BucketLeaf), after: after}) {
			at, after := audit.Position{}, archive.Position(p.key)
			if err == nil {
				at = position(p.key)
			}
			if err == nil && at.Year != year.Year {
				year, err = r.store.trail.State(trailGetter{r.bolt}, at.Year)
			}
			if err != nil {
				yield(archive.Row[archive.TrailEntry]{}, fmt.Errorf("boltstore: trail: %w", err))
				return
			}
			if year.Dropped {
				continue
			}
			entry, err := r.bare(at)
			if !yield(archive.Row[archive.TrailEntry]{Value: entry, After: after}, err) || err != nil && !errors.Is(err, archive.ErrDamaged) {
				return
			}
		}
	}
}

// TrailAt implements [archive.Reader].
func (r *reader) TrailAt(p archive.TrailPlace) (archive.TrailEntry, error) {
	at := audit.Position(p)
	if r.value(trailPrefix+string(audit.BucketLeaf), placeOf(at)) == nil {
		return archive.TrailEntry{}, missing("event")
	}
	return r.trailEntry(archive.TrailFilter{}, placeOf(at), nil)
}

// bare reads an event without its details; of a damaged one the place.
func (r *reader) bare(at audit.Position) (archive.TrailEntry, error) {
	leaf, err := r.store.trail.ReadLeaf(trailGetter{r.bolt}, at)
	if err != nil {
		return archive.TrailEntry{Year: at.Year, Leaf: audit.Leaf{Seq: at.Seq}}, trailErr(err)
	}
	return archive.TrailEntry{Year: at.Year, Leaf: leaf}, nil
}

// TrailTallies implements [archive.Reader].
func (r *reader) TrailTallies(from, to string) (out []archive.TrailTally, err error) {
	for p, err := range r.scan(span{bucket: bTrailTally}) {
		if err != nil {
			return nil, err
		}
		day := string(p.key)
		if day < from {
			continue
		}
		if day > to {
			break
		}
		out = append(out, tallyOf(day, p.value))
	}
	return out, nil
}

func tallyOf(day string, value []byte) archive.TrailTally {
	t := archive.TrailTally{Day: day}
	if len(value) == 24 {
		t.Queries, t.Disclosures, t.Refusals = int64(number(value[:8])), int64(number(value[8:16])), int64(number(value[16:]))
	}
	return t
}

// CountTrail implements [archive.Tx].
func (t *transaction) CountTrail(more archive.TrailTally) error {
	if _, err := time.Parse(time.DateOnly, more.Day); err != nil {
		return invalid("tally", "its day is none")
	}
	if err := t.room(); err != nil {
		return err
	}
	sum := tallyOf(more.Day, t.value(bTrailTally, []byte(more.Day)))
	return t.put(bTrailTally, []byte(more.Day), join(
		u64(uint64(sum.Queries+more.Queries)), u64(uint64(sum.Disclosures+more.Disclosures)), u64(uint64(sum.Refusals+more.Refusals)),
	))
}
