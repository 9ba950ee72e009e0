package boltstore

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"eakte/archive"
)

// aktePlain is what an Akte's keys and administrators need.
type aktePlain struct {
	Person      archive.PersonID     `cbor:"1,keyasint"`
	Plan        string               `cbor:"2,keyasint"`
	Lead        string               `cbor:"3,keyasint"`
	Team        string               `cbor:"4,keyasint,omitempty"`
	Responsible archive.UserID       `cbor:"5,keyasint,omitempty"`
	Departments []participationPlain `cbor:"6,keyasint,omitempty"`
	State       string               `cbor:"7,keyasint"`
	Sealed      *sealPlain           `cbor:"8,keyasint,omitempty"`
	Created     time.Time            `cbor:"9,keyasint"`
	Changed     time.Time            `cbor:"10,keyasint"`
	Revision    int64                `cbor:"11,keyasint"`
	Closing     *closingPlain        `cbor:"12,keyasint,omitempty"`
	Hold        *holdPlain           `cbor:"13,keyasint,omitempty"`
	Offer       *offerPlain          `cbor:"14,keyasint,omitempty"`
}

// participationPlain is a participation; the fields are those of the domain type.
type participationPlain struct {
	Department string   `cbor:"1,keyasint"`
	Team       string   `cbor:"2,keyasint,omitempty"`
	Registers  []string `cbor:"3,keyasint,omitempty"`
	Until      string   `cbor:"4,keyasint,omitempty"`
}

// akteSecret is what is personal about an Akte.
type akteSecret struct {
	Number          string `cbor:"1,keyasint"`
	DistinctBecause string `cbor:"2,keyasint,omitempty"`
	SealReason      string `cbor:"3,keyasint,omitempty"`
	HoldReason      string `cbor:"4,keyasint,omitempty"`
}

// Akte implements [archive.Reader].
func (r *reader) Akte(id archive.AkteID) (archive.Akte, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Akte{}, missing("akte")
	}
	value := r.value(bAkte, key)
	if value == nil {
		return archive.Akte{}, missing("akte")
	}
	var plain aktePlain
	var secret akteSecret
	if err := r.read(bAkte, key, value, &plain, akteOwner(id), &secret); err != nil {
		return archive.Akte{}, fmt.Errorf("akte %s: %w", id, err)
	}
	a := archive.Akte{
		ID: id, Number: secret.Number, Person: plain.Person, Plan: plain.Plan, Lead: plain.Lead, Team: plain.Team,
		Responsible: plain.Responsible, State: plain.State,
		Sealed: joinSeal(plain.Sealed, secret.SealReason), DistinctBecause: secret.DistinctBecause,
		Closing: plain.Closing.closing(), Hold: plain.Hold.hold(secret.HoldReason), Offer: plain.Offer.offer(),
		Created: plain.Created, Changed: plain.Changed, Revision: plain.Revision,
	}
	for _, p := range plain.Departments {
		a.Departments = append(a.Departments, archive.Participation(p))
	}
	return a, nil
}

// PutAkte implements [archive.Tx].
func (t *transaction) PutAkte(a archive.Akte) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("akte", a.ID)
	if err != nil {
		return err
	}
	old, err := t.Akte(a.ID)
	fresh := t.value(bAkte, key) == nil
	if err != nil && !fresh {
		return err
	}
	if err := revision("akte", fresh, old.Revision, a.Revision); err != nil {
		return err
	}
	if err := t.checkAkte(a, old, fresh); err != nil {
		return err
	}
	if err := t.indexAkte(key, a, old, fresh); err != nil {
		return err
	}
	if err := t.storeAkte(key, a); err != nil {
		return err
	}
	if !fresh && (a.Lead != old.Lead || !reflect.DeepEqual(a.Departments, old.Departments)) {
		if err := t.handOver(a, t.day); err != nil {
			return err
		}
	}
	rights := !fresh && akteRights(a, old)
	if rights {
		if err := t.raiseEpoch(); err != nil {
			return err
		}
	}
	return t.announce(archive.OutboxEntry{Akte: a.ID, Rights: rights})
}

// checkAkte refuses what no Akte may be, whatever was decided outside.
func (t *transaction) checkAkte(a, old archive.Akte, fresh bool) error {
	if err := words("akte", a.Plan, a.Lead, a.State); err != nil {
		return err
	}
	for _, p := range a.Departments {
		if err := words("akte", p.Department, p.Until); err != nil {
			return err
		}
	}
	if c := a.Closing; c != nil {
		if err := words("akte", c.On, c.Rule, c.From); err != nil {
			return err
		}
	}
	if (a.Closing != nil) == (a.State == archive.AkteOpen) {
		return invalid("akte", "how long it is kept is said while it is closed, and only then")
	}
	if !fresh {
		if a.Number != old.Number || a.Person != old.Person {
			return invalid("akte", "its number and person stay as they are")
		}
		return nil
	}
	person, err := named("akte: person", a.Person)
	if err != nil {
		return err
	}
	if t.value(bPerson, person) == nil {
		return invalid("akte", "there is no such person")
	}
	if a.Number == "" {
		return invalid("akte", "it has no number")
	}
	if t.value(bAkteNumber, t.numberKey(a.Number)) != nil {
		return conflict("akte", "the number is given")
	}
	return t.checkDistinct(a)
}

// checkDistinct refuses a second Akte of a plan unit for a person, unless it says why.
func (t *transaction) checkDistinct(a archive.Akte) error {
	if a.DistinctBecause != "" {
		return nil
	}
	others, err := t.AktenOf(a.Person)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.Plan == a.Plan {
			return conflict("akte", "the person has one of this plan unit")
		}
	}
	return nil
}

// akteRights reports whether a change of an Akte changes who may see what of it.
func akteRights(a, b archive.Akte) bool {
	return a.Lead != b.Lead || a.Team != b.Team || a.State != b.State || !sameSeal(a.Sealed, b.Sealed) ||
		!(len(a.Departments) == 0 && len(b.Departments) == 0) && !reflect.DeepEqual(a.Departments, b.Departments)
}

// indexAkte brings the keys of lists up to date.
func (t *transaction) indexAkte(key []byte, a, old archive.Akte, fresh bool) error {
	if fresh {
		person, _ := raw(a.Person) // checked before
		if err := t.put(bAktePerson, join(person, key), nil); err != nil {
			return err
		}
		if err := t.put(bAkteNumber, t.numberKey(a.Number), key); err != nil {
			return err
		}
	}
	for _, p := range a.Participations() {
		if err := t.put(bAkteDepartment, join(word(p.Department), key), nil); err != nil {
			return err
		}
	}
	was, is := old.Departments, a.Departments
	for _, p := range was {
		if err := t.shift(bExpiry, expiryKey(p.Until, expiryAkte, key), nil); err != nil {
			return err
		}
	}
	if err := t.shift(bExpiry, sealKey(old.Sealed, expiryAkte, key), nil); err != nil {
		return err
	}
	for _, p := range is {
		if err := t.shift(bExpiry, nil, expiryKey(p.Until, expiryAkte, key)); err != nil {
			return err
		}
	}
	if err := t.shift(bExpiry, nil, sealKey(a.Sealed, expiryAkte, key)); err != nil {
		return err
	}
	return errors.Join(
		t.shift(bSealList, sealKey(old.Sealed, expiryAkte, key), sealKey(a.Sealed, expiryAkte, key)),
		t.shift(bAkteClosed, closedKey(old, key), closedKey(a, key)),
	)
}

func (t *transaction) storeAkte(key []byte, a archive.Akte) error {
	sealed, reason := splitSeal(a.Sealed)
	hold, why := splitHold(a.Hold)
	var departments []participationPlain
	for _, p := range a.Departments {
		departments = append(departments, participationPlain(p))
	}
	return t.storeSealed(bAkte, key, aktePlain{
		Person: a.Person, Plan: a.Plan, Lead: a.Lead, Team: a.Team, Responsible: a.Responsible,
		Departments: departments, State: a.State, Sealed: sealed, Closing: plainClosing(a.Closing), Hold: hold, Offer: plainOffer(a.Offer),
		Created: a.Created, Changed: a.Changed, Revision: a.Revision,
	}, akteOwner(a.ID), akteSecret{Number: a.Number, DistinctBecause: a.DistinctBecause, SealReason: reason, HoldReason: why})
}

// numberKey is the key under which an Akte is found by its number. Its separators count, for
// without them two numbers may look the same; white space and kinds of dashes don't.
func (r *reader) numberKey(number string) []byte {
	number = strings.Map(func(c rune) rune {
		switch c {
		case ' ', '\t', '\u00a0', '\u202f':
			return -1
		case '\u2010', '\u2011', '\u2012', '\u2013', '\u2212':
			return '-'
		}
		return c
	}, strings.ToUpper(number))
	return r.store.keyed(bAkteNumber, number)
}
