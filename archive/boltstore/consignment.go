package boltstore

import (
	"fmt"
	"time"

	"eakte/archive"
)

// consignmentPlain is what isn't personal about a consignment.
type consignmentPlain struct {
	Department string         `cbor:"1,keyasint"`
	Since      string         `cbor:"2,keyasint"`
	Expected   string         `cbor:"3,keyasint,omitempty"`
	By         archive.UserID `cbor:"4,keyasint"`
	At         time.Time      `cbor:"5,keyasint"`
	Rush       *rushPlain     `cbor:"6,keyasint,omitempty"`
}

type rushPlain struct {
	Wanted string         `cbor:"1,keyasint"`
	By     archive.UserID `cbor:"2,keyasint"`
	At     time.Time      `cbor:"3,keyasint"`
}

// consignmentSecret is sealed under the Akte's key.
type consignmentSecret struct {
	Vendor string `cbor:"1,keyasint"`
	Reason string `cbor:"2,keyasint,omitempty"`
}

// Consignment implements [archive.Reader].
func (r *reader) Consignment(id archive.AkteID) (archive.Consignment, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Consignment{}, missing("consignment")
	}
	value := r.value(bConsignment, key)
	if value == nil {
		return archive.Consignment{}, missing("consignment")
	}
	var plain consignmentPlain
	var secret consignmentSecret
	s, err := r.store.codec.decode(bConsignment, key, value, &plain)
	if err != nil {
		return archive.Consignment{}, fmt.Errorf("consignment of %s: %w", id, err)
	}
	box, err := r.store.keys.box(akteOwner(id))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Consignment{}, fmt.Errorf("consignment of %s: %w", id, err)
	}
	c := archive.Consignment{
		Akte: id, Department: plain.Department, Vendor: secret.Vendor, Since: plain.Since, Expected: plain.Expected,
		By: plain.By, At: plain.At,
	}
	if p := plain.Rush; p != nil {
		c.Rush = &archive.Rush{Reason: secret.Reason, Wanted: p.Wanted, By: p.By, At: p.At}
	}
	return c, nil
}

// Consignments implements [archive.Reader].
func (r *reader) Consignments(department string, after archive.Position) archive.List[archive.Consignment] {
	s := span{bucket: bConsignmentDue, prefix: word(department), after: after}
	return rows(r, s, func(p pair) (archive.Consignment, error) {
		return r.Consignment(idOf[archive.AkteID](p.key))
	})
}

// consignmentDue is where a consignment stands in the list of its department.
func consignmentDue(c archive.Consignment, akte []byte) []byte {
	due := c.Due()
	if due == "" {
		due = "~" // behind every day
	}
	return join(word(c.Department), word(due), akte)
}

// PutConsignment implements [archive.Tx].
func (t *transaction) PutConsignment(c archive.Consignment) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("consignment", c.Akte)
	if err != nil {
		return err
	}
	if err := words("consignment", c.Department, c.Since, c.Expected, c.Due()); err != nil {
		return err
	}
	if t.value(bAkte, key) == nil {
		return invalid("consignment", "its akte isn't there")
	}
	was, err := t.consignmentAt(key)
	if err != nil {
		return err
	}
	if err := t.shift(bConsignmentDue, was, consignmentDue(c, key)); err != nil {
		return err
	}
	plain := consignmentPlain{Department: c.Department, Since: c.Since, Expected: c.Expected, By: c.By, At: c.At}
	secret := consignmentSecret{Vendor: c.Vendor}
	if c.Rush != nil {
		plain.Rush, secret.Reason = &rushPlain{Wanted: c.Rush.Wanted, By: c.Rush.By, At: c.Rush.At}, c.Rush.Reason
	}
	return t.storeSealed(bConsignment, key, plain, akteOwner(c.Akte), secret)
}

// DeleteConsignment implements [archive.Tx].
func (t *transaction) DeleteConsignment(id archive.AkteID) error {
	if err := t.change(); err != nil {
		return err
	}
	key, ok := raw(id)
	if !ok {
		return missing("consignment")
	}
	was, err := t.consignmentAt(key)
	if err != nil {
		return err
	}
	if was == nil {
		return missing("consignment")
	}
	if err := t.shift(bConsignmentDue, was, nil); err != nil {
		return err
	}
	return t.drop(bConsignment, key)
}

// consignmentAt is where the stored consignment of an Akte is listed; nil: there is none. It needs no key of
// the Akte.
func (r *reader) consignmentAt(key []byte) ([]byte, error) {
	value := r.value(bConsignment, key)
	if value == nil {
		return nil, nil
	}
	var plain consignmentPlain
	if _, err := r.store.codec.decode(bConsignment, key, value, &plain); err != nil {
		return nil, fmt.Errorf("consignment: %w", err)
	}
	c := archive.Consignment{Department: plain.Department, Expected: plain.Expected}
	if plain.Rush != nil {
		c.Rush = &archive.Rush{Wanted: plain.Rush.Wanted}
	}
	return consignmentDue(c, key), nil
}

func (c *checker) consignments() error {
	return c.each(bConsignment, func(key, _ []byte) error {
		found, err := c.Consignment(idOf[archive.AkteID](key))
		if err != nil {
			return err
		}
		what := "consignment of " + string(found.Akte)
		if c.value(bAkte, key) == nil {
			c.problem("%s: its akte isn't there", what)
		}
		c.index(what, bConsignmentDue, consignmentDue(found, key))
		return nil
	})
}
