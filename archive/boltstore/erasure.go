package boltstore

import (
	"fmt"
	"time"

	"eakte/archive"
)

// erasurePlain is what isn't personal about an erasure: all but why.
type erasurePlain struct {
	Akte      archive.AkteID     `cbor:"1,keyasint"`
	Document  archive.DocumentID `cbor:"2,keyasint,omitempty"`
	Plan      string             `cbor:"3,keyasint"`
	Lead      string             `cbor:"4,keyasint"`
	Rule      string             `cbor:"5,keyasint,omitempty"`
	Since     string             `cbor:"6,keyasint,omitempty"`
	Ends      string             `cbor:"7,keyasint,omitempty"`
	By        archive.UserID     `cbor:"8,keyasint"`
	At        time.Time          `cbor:"9,keyasint"`
	State     string             `cbor:"10,keyasint"`
	DecidedBy archive.UserID     `cbor:"11,keyasint,omitempty"`
	DecidedAt time.Time          `cbor:"12,keyasint"`
	Removed   bool               `cbor:"13,keyasint,omitempty"`
	Documents int                `cbor:"14,keyasint,omitempty"`
	Objects   int                `cbor:"15,keyasint,omitempty"`
	Person    bool               `cbor:"16,keyasint,omitempty"`
	Done      time.Time          `cbor:"17,keyasint"`
	Revision  int64              `cbor:"18,keyasint"`
	// Keys are the owners whose keys are to be destroyed.
	Keys []string `cbor:"19,keyasint,omitempty"`
	Seen int64    `cbor:"20,keyasint,omitempty"`
	// Waits is nil where nothing is in the way.
	Waits *waitPlain `cbor:"21,keyasint,omitempty"`
	Kept  int        `cbor:"22,keyasint,omitempty"`
}

// waitPlain says what is left of an erasure.
type waitPlain struct {
	Since     time.Time `cbor:"1,keyasint"`
	Objects   int       `cbor:"2,keyasint"`
	Forbidden bool      `cbor:"3,keyasint,omitempty"`
}

// erasureSecret is sealed under the Akte's key, and gone with it.
type erasureSecret struct {
	Because string `cbor:"1,keyasint,omitempty"`
}

// Erasure implements [archive.Reader].
func (r *reader) Erasure(id archive.ErasureID) (archive.Erasure, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Erasure{}, missing("erasure")
	}
	e, _, err := r.erasure(key)
	return e, err
}

// erasure returns an erasure with the owners whose keys are to be destroyed. Why it was asked for may be gone.
func (r *reader) erasure(key []byte) (archive.Erasure, []string, error) {
	value := r.value(bErasure, key)
	if value == nil {
		return archive.Erasure{}, nil, missing("erasure")
	}
	var p erasurePlain
	id := idOf[archive.ErasureID](key)
	s, err := r.store.codec.decode(bErasure, key, value, &p)
	if err != nil {
		return archive.Erasure{}, nil, fmt.Errorf("erasure %s: %w", id, err)
	}
	var secret erasureSecret
	if len(s.box) > 0 {
		box, err := r.store.keys.box(akteOwner(p.Akte))
		if gone, err := absent(err); err != nil {
			return archive.Erasure{}, nil, fmt.Errorf("erasure %s: %w", id, err)
		} else if !gone {
			if err := r.store.codec.open(s, box, &secret); err != nil {
				return archive.Erasure{}, nil, fmt.Errorf("erasure %s: %w", id, err)
			}
		}
	}
	return archive.Erasure{
		ID: id, Akte: p.Akte, Document: p.Document, Plan: p.Plan, Lead: p.Lead, Rule: p.Rule, Since: p.Since, Ends: p.Ends,
		Because: secret.Because, By: p.By, At: p.At, State: p.State, DecidedBy: p.DecidedBy, DecidedAt: p.DecidedAt,
		Removed: p.Removed, Documents: p.Documents, Objects: p.Objects, Person: p.Person, Done: p.Done, Revision: p.Revision,
		Seen: p.Seen, Waits: (*archive.ErasureWait)(p.Waits), Kept: p.Kept,
	}, p.Keys, nil
}

// erasureOn is the key by which what is asked for, or released, about something is found.
func erasureOn(akte archive.AkteID, doc archive.DocumentID) []byte { return sealWaiting(akte, doc) }

// ErasureOn implements [archive.Reader].
func (r *reader) ErasureOn(akte archive.AkteID, doc archive.DocumentID) (archive.Erasure, error) {
	key := r.value(bErasureOn, erasureOn(akte, doc))
	if key == nil {
		return archive.Erasure{}, missing("erasure")
	}
	e, _, err := r.erasure(key)
	return e, err
}

// Erasures implements [archive.Reader].
func (r *reader) Erasures(state string, after archive.Position) archive.List[archive.Erasure] {
	s := span{bucket: bErasureState, prefix: word(state), after: after, down: state == archive.ErasureDone}
	return rows(r, s, func(p pair) (archive.Erasure, error) {
		e, _, err := r.erasure(p.key)
		return e, err
	})
}

// PutErasure implements [archive.Tx].
func (t *transaction) PutErasure(e archive.Erasure) error {
	t.changed = true // erasing needs no room
	key, err := named("erasure", e.ID)
	if err != nil {
		return err
	}
	if err := words("erasure", e.Plan, e.Lead, e.Rule, e.Since, e.Ends, e.State); err != nil {
		return err
	}
	old, keys, err := t.erasure(key)
	fresh, err := absent(err)
	if err != nil {
		return err
	}
	if err := revision("erasure", fresh, old.Revision, e.Revision); err != nil {
		return err
	}
	if fresh {
		if err := t.checkErasure(e); err != nil {
			return err
		}
	} else if old.Akte != e.Akte || old.Document != e.Document || old.By != e.By || old.State == archive.ErasureDone {
		return invalid("erasure", "what it is stays as it is")
	}
	return t.storeErasure(key, e, old, keys)
}

// checkErasure refuses one of what isn't there, and a second one of the same thing.
func (t *transaction) checkErasure(e archive.Erasure) error {
	akte, err := named("erasure: akte", e.Akte)
	if err != nil {
		return err
	}
	if t.value(bAkte, akte) == nil {
		return invalid("erasure", "its akte isn't there")
	}
	if e.Document != "" {
		if d, err := t.Document(e.Document); err != nil || d.Akte != e.Akte {
			return invalid("erasure", "its document isn't in its akte")
		}
	}
	if t.value(bErasureOn, erasureOn(e.Akte, e.Document)) != nil {
		return conflict("erasure", "one is under way already")
	}
	return nil
}

// storeErasure stores an erasure in place of how it was. One that is done keeps nothing sealed.
func (t *transaction) storeErasure(key []byte, e, old archive.Erasure, keys []string) error {
	var was []byte
	if old.ID != "" {
		was = join(word(old.State), key)
	}
	if err := t.shift(bErasureState, was, join(word(e.State), key)); err != nil {
		return err
	}
	place := erasureOn(e.Akte, e.Document)
	if e.State == archive.ErasureDone {
		if err := t.drop(bErasureOn, place); err != nil {
			return err
		}
	} else if err := t.put(bErasureOn, place, key); err != nil {
		return err
	}
	plain := erasurePlain{
		Akte: e.Akte, Document: e.Document, Plan: e.Plan, Lead: e.Lead, Rule: e.Rule, Since: e.Since, Ends: e.Ends,
		By: e.By, At: e.At, State: e.State, DecidedBy: e.DecidedBy, DecidedAt: e.DecidedAt,
		Removed: e.Removed, Documents: e.Documents, Objects: e.Objects, Person: e.Person, Done: e.Done, Revision: e.Revision, Keys: keys, Seen: e.Seen,
		Waits: (*waitPlain)(e.Waits), Kept: e.Kept,
	}
	if e.State == archive.ErasureAsked {
		return t.storeSealed(bErasure, key, plain, akteOwner(e.Akte), erasureSecret{Because: e.Because})
	}
	value, err := t.store.codec.encode(bErasure, key, plain, nil, nil)
	if err != nil {
		return err
	}
	return t.put(bErasure, key, value)
}

// DeleteErasure implements [archive.Tx].
func (t *transaction) DeleteErasure(id archive.ErasureID) error {
	t.changed = true
	key, ok := raw(id)
	if !ok {
		return missing("erasure")
	}
	e, _, err := t.erasure(key)
	if err != nil {
		return err
	}
	if e.State != archive.ErasureAsked {
		return conflict("erasure", "it was released")
	}
	return t.dropErasure(key, e)
}

func (t *transaction) dropErasure(key []byte, e archive.Erasure) error {
	for _, k := range []struct {
		bucket string
		key    []byte
	}{{bErasureState, join(word(e.State), key)}, {bErasureOn, erasureOn(e.Akte, e.Document)}, {bErasure, key}} {
		if err := t.drop(k.bucket, k.key); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) erasures() error {
	return c.each(bErasure, func(key, _ []byte) error {
		e, _, err := c.erasure(key)
		if err != nil {
			return err
		}
		what := "erasure " + string(e.ID)
		c.index(what, bErasureState, join(word(e.State), key))
		if e.State != archive.ErasureDone {
			c.index(what, bErasureOn, erasureOn(e.Akte, e.Document))
		}
		if e.Document == "" && e.Removed {
			c.wanted[bAkteNumber]++ // its number stays taken
		}
		return nil
	})
}
