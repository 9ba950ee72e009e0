package boltstore

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"eakte/archive"
)

// personPlain is the part of a person that isn't personal.
type personPlain struct {
	EnteredBy string    `cbor:"1,keyasint"`
	Created   time.Time `cbor:"2,keyasint"`
	Changed   time.Time `cbor:"3,keyasint"`
	Revision  int64     `cbor:"4,keyasint"`
}

// personSecret is the rest.
type personSecret struct {
	Names         []nameSecret `cbor:"1,keyasint"`
	BirthDate     birthSecret  `cbor:"2,keyasint"`
	Sex           string       `cbor:"3,keyasint,omitempty"`
	Nationalities []string     `cbor:"4,keyasint,omitempty"`
	AZRNumber     string       `cbor:"5,keyasint,omitempty"`
	Protected     bool         `cbor:"6,keyasint,omitempty"`
}

type nameSecret struct {
	Kind           string      `cbor:"1,keyasint"`
	Family         string      `cbor:"2,keyasint,omitempty"`
	Given          string      `cbor:"3,keyasint,omitempty"`
	OriginalScript string      `cbor:"4,keyasint,omitempty"`
	BirthDate      birthSecret `cbor:"5,keyasint"`
	Nationality    string      `cbor:"6,keyasint,omitempty"`
}

// birthSecret is a date of birth.
type birthSecret struct {
	_                struct{} `cbor:",toarray"`
	Given            string
	Year, Month, Day int
}

func hideBirth(b archive.BirthDate) birthSecret {
	return birthSecret{Given: b.Given, Year: b.Year, Month: b.Month, Day: b.Day}
}

func (b birthSecret) date() archive.BirthDate {
	return archive.BirthDate{Given: b.Given, Year: b.Year, Month: b.Month, Day: b.Day}
}

func hideName(n archive.Name) nameSecret {
	return nameSecret{
		Kind: n.Kind, Family: n.Family, Given: n.Given, OriginalScript: n.OriginalScript,
		BirthDate: hideBirth(n.BirthDate), Nationality: n.Nationality,
	}
}

func (n nameSecret) name() archive.Name {
	return archive.Name{
		Kind: n.Kind, Family: n.Family, Given: n.Given, OriginalScript: n.OriginalScript,
		BirthDate: n.BirthDate.date(), Nationality: n.Nationality,
	}
}

// Person implements [archive.Reader].
func (r *reader) Person(id archive.PersonID) (archive.Person, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Person{}, missing("person")
	}
	value := r.value(bPerson, key)
	if value == nil {
		return archive.Person{}, missing("person")
	}
	return r.readPerson(key, value)
}

func (r *reader) readPerson(key, value []byte) (archive.Person, error) {
	var plain personPlain
	var secret personSecret
	id := idOf[archive.PersonID](key)
	if err := r.read(bPerson, key, value, &plain, personOwner(id), &secret); err != nil {
		return archive.Person{}, fmt.Errorf("person %s: %w", id, err)
	}
	p := archive.Person{
		ID: id, EnteredBy: plain.EnteredBy, Created: plain.Created, Changed: plain.Changed, Revision: plain.Revision,
		BirthDate: secret.BirthDate.date(), Sex: secret.Sex, Nationalities: secret.Nationalities,
		AZRNumber: secret.AZRNumber, Protected: secret.Protected,
	}
	for _, n := range secret.Names {
		p.Names = append(p.Names, n.name())
	}
	return p, nil
}

// read decodes a record and opens its sealed part with the owner's key.
func (r *reader) read(bucket string, key, value []byte, plain any, owner string, secret any) error {
	s, err := r.store.codec.decode(bucket, key, value, plain)
	if err != nil {
		return err
	}
	box, err := r.store.keys.box(owner)
	if err != nil {
		return err
	}
	return r.store.codec.open(s, box, secret)
}

// PutPerson implements [archive.Tx].
func (t *transaction) PutPerson(p archive.Person) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("person", p.ID)
	if err != nil {
		return err
	}
	old, err := t.Person(p.ID)
	fresh := t.value(bPerson, key) == nil
	if err != nil && !fresh {
		return err
	}
	if err := revision("person", fresh, old.Revision, p.Revision); err != nil {
		return err
	}
	if err := words("person", p.EnteredBy); err != nil {
		return err
	}
	err = t.shift(bPersonAZR, t.azrKey(old.AZRNumber, key), t.azrKey(p.AZRNumber, key))
	if err != nil {
		return err
	}
	if err := t.storePerson(key, p); err != nil {
		return err
	}
	return t.announce(archive.OutboxEntry{Person: p.ID})
}

func (t *transaction) storePerson(key []byte, p archive.Person) error {
	secret := personSecret{
		BirthDate: hideBirth(p.BirthDate), Sex: p.Sex, Nationalities: p.Nationalities, AZRNumber: p.AZRNumber, Protected: p.Protected,
	}
	for _, n := range p.Names {
		secret.Names = append(secret.Names, hideName(n))
	}
	plain := personPlain{EnteredBy: p.EnteredBy, Created: p.Created, Changed: p.Changed, Revision: p.Revision}
	return t.storeSealed(bPerson, key, plain, personOwner(p.ID), secret)
}

// storeSealed stores a record whose second part is sealed under the owner's key, which is made if there is none.
func (t *transaction) storeSealed(bucket string, key []byte, plain any, owner string, secret any) error {
	box, err := t.store.keys.ensure(owner)
	if err != nil {
		return err
	}
	value, err := t.store.codec.encode(bucket, key, plain, box, secret)
	if err != nil {
		return err
	}
	return t.put(bucket, key, value)
}

// azrKey is the key under which a person is found by her number; nil without one.
func (r *reader) azrKey(number string, id []byte) []byte {
	if number = plainNumber(number); number == "" {
		return nil
	}
	return join(r.store.keyed(bPersonAZR, number), id)
}

// plainNumber leaves the letters and digits of a number, however it is separated.
func plainNumber(number string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToUpper(c)
		}
		return -1
	}, number)
}

// PersonsByNumber implements [archive.Reader].
func (r *reader) PersonsByNumber(number string) ([]archive.PersonID, error) {
	prefix := r.azrKey(number, nil)
	if prefix == nil {
		return nil, nil
	}
	return all(rows(r, span{bucket: bPersonAZR, prefix: prefix}, func(p pair) (archive.PersonID, error) {
		return idOf[archive.PersonID](p.key), nil
	}))
}

// Persons implements [archive.Reader].
func (r *reader) Persons(after archive.Position) archive.List[archive.Person] {
	return rows(r, span{bucket: bPerson, after: after}, func(p pair) (archive.Person, error) {
		return r.readPerson(p.key, p.value)
	})
}
