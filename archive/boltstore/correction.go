package boltstore

import (
	"fmt"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// correctionPlain is what isn't personal about a correction.
type correctionPlain struct {
	By       archive.UserID `cbor:"1,keyasint"`
	At       time.Time      `cbor:"2,keyasint"`
	Revision int64          `cbor:"3,keyasint"`
}

// correctionSecret is sealed under the person's key.
type correctionSecret struct {
	State      string             `cbor:"1,keyasint"`
	Ground     string             `cbor:"2,keyasint,omitempty"`
	Reason     string             `cbor:"3,keyasint,omitempty"`
	AskedOn    string             `cbor:"4,keyasint,omitempty"`
	Proof      archive.DocumentID `cbor:"5,keyasint,omitempty"`
	Statement  string             `cbor:"6,keyasint,omitempty"`
	Values     []correctedSecret  `cbor:"7,keyasint,omitempty"`
	Through    archive.AkteID     `cbor:"8,keyasint,omitempty"`
	Recipients []recipientSecret  `cbor:"9,keyasint,omitempty"`
	Cut        bool               `cbor:"10,keyasint,omitempty"`
}

type correctedSecret struct {
	Field string      `cbor:"1,keyasint"`
	Old   valueSecret `cbor:"2,keyasint"`
	New   valueSecret `cbor:"3,keyasint"`
}

type valueSecret struct {
	Name      nameSecret  `cbor:"1,keyasint"`
	BirthDate birthSecret `cbor:"2,keyasint"`
	Text      string      `cbor:"3,keyasint,omitempty"`
}

type recipientSecret struct {
	At       time.Time          `cbor:"1,keyasint"`
	Name     string             `cbor:"2,keyasint"`
	Reason   string             `cbor:"3,keyasint,omitempty"`
	Op       audit.Op           `cbor:"4,keyasint"`
	Akten    []archive.AkteID   `cbor:"5,keyasint,omitempty"`
	Document archive.DocumentID `cbor:"6,keyasint,omitempty"`
	State    string             `cbor:"7,keyasint"`
	On       string             `cbor:"8,keyasint,omitempty"`
	Note     string             `cbor:"9,keyasint,omitempty"`
	By       archive.UserID     `cbor:"10,keyasint,omitempty"`
	Said     time.Time          `cbor:"11,keyasint,omitzero"`
}

func hideValue(v archive.PersonValue) valueSecret {
	return valueSecret{hideName(v.Name), hideBirth(v.BirthDate), v.Text}
}

func (v valueSecret) value() archive.PersonValue {
	return archive.PersonValue{Name: v.Name.name(), BirthDate: v.BirthDate.date(), Text: v.Text}
}

// Corrections implements [archive.Reader].
func (r *reader) Corrections(id archive.PersonID) ([]archive.Correction, error) {
	person, ok := raw(id)
	if !ok {
		return nil, nil
	}
	return all(rows(r, span{bucket: bCorrection, prefix: person, down: true}, func(p pair) (archive.Correction, error) {
		return r.correction(join(person, p.key), p.value)
	}))
}

// OpenCorrections implements [archive.Reader].
func (r *reader) OpenCorrections(after archive.Position) archive.List[archive.Correction] {
	return rows(r, span{bucket: bCorrectionOpen, after: after, down: true}, func(p pair) (archive.Correction, error) {
		key := join(p.key[idSize:], p.key[:idSize])
		value := r.value(bCorrection, key)
		if value == nil {
			return archive.Correction{}, missing("correction")
		}
		return r.correction(key, value)
	})
}

func (r *reader) correction(key, value []byte) (archive.Correction, error) {
	var plain correctionPlain
	var secret correctionSecret
	person, id := idOf[archive.PersonID](key[:idSize]), idOf[archive.CorrectionID](key[idSize:])
	if err := r.read(bCorrection, key, value, &plain, personOwner(person), &secret); err != nil {
		return archive.Correction{}, fmt.Errorf("correction %s: %w", id, err)
	}
	c := archive.Correction{
		ID: id, Person: person, State: secret.State, Ground: secret.Ground, Reason: secret.Reason, AskedOn: secret.AskedOn, Proof: secret.Proof,
		Statement: secret.Statement, Through: secret.Through, By: plain.By, At: plain.At, Cut: secret.Cut, Revision: plain.Revision,
	}
	for _, v := range secret.Values {
		c.Values = append(c.Values, archive.CorrectedValue{Field: v.Field, Old: v.Old.value(), New: v.New.value()})
	}
	for _, one := range secret.Recipients {
		c.Recipients = append(c.Recipients, archive.CorrectionRecipient(one))
	}
	return c, nil
}

// PutCorrection implements [archive.Tx].
func (t *transaction) PutCorrection(c archive.Correction) error {
	if err := t.change(); err != nil {
		return err
	}
	person, err := named("correction: person", c.Person)
	if err != nil {
		return err
	}
	id, err := named("correction", c.ID)
	if err != nil {
		return err
	}
	if t.value(bPerson, person) == nil {
		return invalid("correction", "there is no such person")
	}
	key := join(person, id)
	var old archive.Correction
	value := t.value(bCorrection, key)
	if value != nil {
		if old, err = t.correction(key, value); err != nil {
			return err
		}
	}
	if err := revision("correction", value == nil, old.Revision, c.Revision); err != nil {
		return err
	}
	return t.storeCorrection(key, c)
}

func (t *transaction) storeCorrection(key []byte, c archive.Correction) error {
	secret := correctionSecret{
		State: c.State, Ground: c.Ground, Reason: c.Reason, AskedOn: c.AskedOn, Proof: c.Proof, Statement: c.Statement, Through: c.Through, Cut: c.Cut,
	}
	for _, v := range c.Values {
		secret.Values = append(secret.Values, correctedSecret{v.Field, hideValue(v.Old), hideValue(v.New)})
	}
	for _, one := range c.Recipients {
		secret.Recipients = append(secret.Recipients, recipientSecret(one))
	}
	open := openCorrection(key)
	if c.Open() {
		if err := t.put(bCorrectionOpen, open, nil); err != nil {
			return err
		}
	} else if err := t.drop(bCorrectionOpen, open); err != nil {
		return err
	}
	return t.storeSealed(bCorrection, key, correctionPlain{c.By, c.At, c.Revision}, personOwner(c.Person), secret)
}

// openCorrection is the key under which a correction is listed while somebody waits to be told.
func openCorrection(key []byte) []byte { return join(key[idSize:], key[:idSize]) }

func (t *transaction) dropCorrections(person []byte) error {
	return t.dropping(span{bucket: bCorrection, prefix: person}, func(id []byte) error {
		return t.drop(bCorrectionOpen, openCorrection(join(person, id)))
	})
}

// forgetCorrected takes an Akte, or a document, that is erased out of what was corrected of a person who stays.
func (t *transaction) forgetCorrected(id archive.PersonID, akte archive.AkteID, document archive.DocumentID) error {
	all, err := t.Corrections(id)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !c.Forget(akte, document) {
			continue
		}
		if err := t.storeCorrection(join(anyID(string(id)), anyID(string(c.ID))), c); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) corrections() error {
	return c.each(bCorrection, func(key, value []byte) error {
		one, err := c.correction(key, value)
		if err != nil {
			return err
		}
		what := "correction " + string(one.ID)
		if c.value(bPerson, key[:idSize]) == nil {
			c.problem("%s is of person %s, who isn't there", what, one.Person)
		}
		if one.Open() {
			c.index(what, bCorrectionOpen, openCorrection(key))
		}
		return nil
	})
}
