package boltstore

import (
	"fmt"
	"time"

	"eakte/archive"
)

// particularPlain is what isn't personal about a group of fields.
type particularPlain struct {
	Group    string         `cbor:"1,keyasint"`
	By       archive.UserID `cbor:"2,keyasint"`
	Changed  time.Time      `cbor:"3,keyasint"`
	Revision int64          `cbor:"4,keyasint"`
}

// particularSecret is sealed under the person's key.
type particularSecret struct {
	Text    string         `cbor:"1,keyasint,omitempty"`
	Note    string         `cbor:"2,keyasint,omitempty"`
	Former  []formerSecret `cbor:"3,keyasint,omitempty"`
	Through archive.AkteID `cbor:"4,keyasint,omitempty"`
}

type formerSecret struct {
	Text    string         `cbor:"1,keyasint,omitempty"`
	Note    string         `cbor:"2,keyasint,omitempty"`
	By      archive.UserID `cbor:"3,keyasint"`
	At      time.Time      `cbor:"4,keyasint"`
	Through archive.AkteID `cbor:"5,keyasint,omitempty"`
}

// Particulars implements [archive.Reader].
func (r *reader) Particulars(id archive.PersonID) (out []archive.Particular, err error) {
	prefix, ok := raw(id)
	if !ok {
		return nil, nil
	}
	for p, err := range r.scan(span{bucket: bParticular, prefix: prefix}) {
		if err != nil {
			return nil, err
		}
		one, err := r.particular(join(prefix, p.key), p.value)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (r *reader) particular(key, value []byte) (archive.Particular, error) {
	var plain particularPlain
	var secret particularSecret
	id := idOf[archive.PersonID](key[:idSize])
	if err := r.read(bParticular, key, value, &plain, personOwner(id), &secret); err != nil {
		return archive.Particular{}, fmt.Errorf("particular of person %s: %w", id, err)
	}
	p := archive.Particular{
		Person: id, Group: plain.Group, Text: secret.Text, Note: secret.Note, By: plain.By, Changed: plain.Changed, Revision: plain.Revision,
		Through: secret.Through,
	}
	for _, f := range secret.Former {
		p.Former = append(p.Former, archive.FormerParticular(f))
	}
	return p, nil
}

// PutParticular implements [archive.Tx].
func (t *transaction) PutParticular(p archive.Particular) error {
	if err := t.change(); err != nil {
		return err
	}
	person, err := named("particular: person", p.Person)
	if err != nil {
		return err
	}
	if err := words("particular", p.Group); err != nil {
		return err
	}
	if t.value(bPerson, person) == nil {
		return invalid("particular", "there is no such person")
	}
	key := join(person, word(p.Group))
	var old archive.Particular
	value := t.value(bParticular, key)
	if value != nil {
		if old, err = t.particular(key, value); err != nil {
			return err
		}
	}
	if err := revision("particular", value == nil, old.Revision, p.Revision); err != nil {
		return err
	}
	return t.storeParticular(key, p)
}

func (t *transaction) storeParticular(key []byte, p archive.Particular) error {
	plain, secret := particularPlain{Group: p.Group, By: p.By, Changed: p.Changed, Revision: p.Revision}, particularSecret{Text: p.Text, Note: p.Note, Through: p.Through}
	for _, f := range p.Former {
		secret.Former = append(secret.Former, formerSecret(f))
	}
	return t.storeSealed(bParticular, key, plain, personOwner(p.Person), secret)
}

// DeleteParticulars implements [archive.Tx].
func (t *transaction) DeleteParticulars(id archive.PersonID) error {
	if err := t.change(); err != nil {
		return err
	}
	prefix, err := named("particular: person", id)
	if err != nil {
		return err
	}
	return t.dropParticulars(prefix)
}

// forgetThrough takes an Akte that is erased out of what was recorded through it of a person who stays.
func (t *transaction) forgetThrough(id archive.PersonID, akte archive.AkteID) error {
	all, err := t.Particulars(id)
	if err != nil {
		return err
	}
	for _, p := range all {
		if !p.Forget(akte) {
			continue
		}
		if err := t.storeParticular(join(anyID(string(id)), word(p.Group)), p); err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) dropParticulars(person []byte) error {
	return t.dropping(span{bucket: bParticular, prefix: person}, func([]byte) error { return nil })
}

func (c *checker) particulars() error {
	return c.each(bParticular, func(key, value []byte) error {
		p, err := c.particular(key, value)
		if err != nil {
			return err
		}
		if c.value(bPerson, key[:idSize]) == nil {
			c.problem("a particular is of person %s, who isn't there", p.Person)
		}
		return nil
	})
}
