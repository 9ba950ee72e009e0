package boltstore

import (
	"fmt"
	"time"

	"eakte/archive"
)

// conflictPlain is what isn't personal about a conflict of interest but the names it joins, which are ids.
type conflictPlain struct {
	User   archive.UserID    `cbor:"1,keyasint"`
	Person archive.PersonID  `cbor:"2,keyasint"`
	By     archive.UserID    `cbor:"3,keyasint"`
	At     time.Time         `cbor:"4,keyasint"`
	Ending *conflictEndPlain `cbor:"5,keyasint,omitempty"`
}

type conflictEndPlain struct {
	By archive.UserID `cbor:"1,keyasint"`
	At time.Time      `cbor:"2,keyasint"`
}

// conflictSecret is sealed under the person's key.
type conflictSecret struct {
	Kind      string `cbor:"1,keyasint"`
	Reason    string `cbor:"2,keyasint"`
	EndReason string `cbor:"3,keyasint,omitempty"`
}

// reportPlain is what isn't personal about a report of one; reportSecret is sealed under the user's key.
type reportPlain struct {
	User archive.UserID `cbor:"1,keyasint"`
	By   archive.UserID `cbor:"2,keyasint"`
	At   time.Time      `cbor:"3,keyasint"`
}

type reportSecret struct {
	About  string `cbor:"1,keyasint"`
	Kind   string `cbor:"2,keyasint"`
	Reason string `cbor:"3,keyasint"`
}

// Barred implements [archive.Reader].
func (r *reader) Barred(user archive.UserID, person archive.PersonID) (bool, error) {
	if r.bolt.DB() == nil {
		return true, errEnded
	}
	who, ok := raw(user)
	if !ok {
		return false, nil // the system, or nobody with an account
	}
	return r.value(bConflictUser, join(who, anyID(string(person)))) != nil, nil
}

// BarredFrom implements [archive.Reader].
func (r *reader) BarredFrom(user archive.UserID) (out []archive.PersonID, err error) {
	who, ok := raw(user)
	if !ok {
		return nil, nil
	}
	for p, err := range r.scan(span{bucket: bConflictUser, prefix: who}) {
		if err != nil {
			return nil, err
		}
		out = append(out, idOf[archive.PersonID](p.key))
	}
	return out, nil
}

// Conflict implements [archive.Reader].
func (r *reader) Conflict(id archive.ConflictID) (archive.Conflict, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Conflict{}, missing("conflict")
	}
	return r.conflict(key)
}

func (r *reader) conflict(key []byte) (archive.Conflict, error) {
	plain, s, err := r.conflictPlain(key)
	if err != nil {
		return archive.Conflict{}, err
	}
	id := idOf[archive.ConflictID](key)
	var secret conflictSecret
	box, err := r.store.keys.box(personOwner(plain.Person))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Conflict{}, fmt.Errorf("conflict %s: %w", id, err)
	}
	c := archive.Conflict{ID: id, User: plain.User, Person: plain.Person, Kind: secret.Kind, Reason: secret.Reason, By: plain.By, At: plain.At}
	if p := plain.Ending; p != nil {
		c.Ending = &archive.ConflictWord{By: p.By, At: p.At, Reason: secret.EndReason}
	}
	return c, nil
}

func (r *reader) conflictPlain(key []byte) (plain conflictPlain, s sealed, err error) {
	value := r.value(bConflict, key)
	if value == nil {
		return plain, s, missing("conflict")
	}
	s, err = r.store.codec.decode(bConflict, key, value, &plain)
	return plain, s, err
}

// Conflicts implements [archive.Reader].
func (r *reader) Conflicts(after archive.Position) archive.List[archive.Conflict] {
	return rows(r, span{bucket: bConflict, after: after}, func(p pair) (archive.Conflict, error) { return r.conflict(p.key) })
}

// PutConflict implements [archive.Tx].
func (t *transaction) PutConflict(c archive.Conflict) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("conflict", c.ID)
	if err != nil {
		return err
	}
	who, err := t.account("conflict", c.User)
	if err != nil {
		return err
	}
	person, err := named("conflict: person", c.Person)
	if err != nil {
		return err
	}
	if t.value(bPerson, person) == nil {
		return invalid("conflict", "there is no such person")
	}
	old, _, err := t.conflictPlain(key)
	fresh, err := absent(err)
	if err != nil {
		return err
	}
	place := join(who, person)
	switch {
	case !fresh && (old.User != c.User || old.Person != c.Person):
		return invalid("conflict", "whom it joins stays as it is")
	case fresh && t.value(bConflictUser, place) != nil:
		return conflict("conflict", "it is there already")
	case fresh:
		if err := t.put(bConflictUser, place, key); err != nil {
			return err
		}
		if err := t.raiseEpoch(); err != nil {
			return err
		}
	}
	plain := conflictPlain{User: c.User, Person: c.Person, By: c.By, At: c.At}
	secret := conflictSecret{Kind: c.Kind, Reason: c.Reason}
	if w := c.Ending; w != nil {
		plain.Ending, secret.EndReason = &conflictEndPlain{By: w.By, At: w.At}, w.Reason
	}
	return t.storeSealed(bConflict, key, plain, personOwner(c.Person), secret)
}

// DeleteConflict implements [archive.Tx].
func (t *transaction) DeleteConflict(id archive.ConflictID) error {
	if err := t.change(); err != nil {
		return err
	}
	key, ok := raw(id)
	if !ok {
		return missing("conflict")
	}
	plain, _, err := t.conflictPlain(key)
	if err != nil {
		return err
	}
	if err := t.drop(bConflictUser, join(anyID(string(plain.User)), anyID(string(plain.Person)))); err != nil {
		return err
	}
	if err := t.drop(bConflict, key); err != nil {
		return err
	}
	return t.raiseEpoch()
}

// ConflictReport implements [archive.Reader].
func (r *reader) ConflictReport(id archive.ConflictReportID) (archive.ConflictReport, error) {
	key, ok := raw(id)
	if !ok {
		return archive.ConflictReport{}, missing("conflict report")
	}
	return r.conflictReport(key)
}

func (r *reader) conflictReport(key []byte) (archive.ConflictReport, error) {
	value := r.value(bConflictReport, key)
	if value == nil {
		return archive.ConflictReport{}, missing("conflict report")
	}
	var plain reportPlain
	var secret reportSecret
	id := idOf[archive.ConflictReportID](key)
	s, err := r.store.codec.decode(bConflictReport, key, value, &plain)
	if err != nil {
		return archive.ConflictReport{}, fmt.Errorf("conflict report %s: %w", id, err)
	}
	box, err := r.store.keys.box(userOwner(plain.User))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.ConflictReport{}, fmt.Errorf("conflict report %s: %w", id, err)
	}
	return archive.ConflictReport{
		ID: id, User: plain.User, About: secret.About, Kind: secret.Kind, Reason: secret.Reason, By: plain.By, At: plain.At,
	}, nil
}

// ConflictReports implements [archive.Reader].
func (r *reader) ConflictReports(after archive.Position) archive.List[archive.ConflictReport] {
	return rows(r, span{bucket: bConflictReport, after: after}, func(p pair) (archive.ConflictReport, error) {
		return r.conflictReport(p.key)
	})
}

// PutConflictReport implements [archive.Tx].
func (t *transaction) PutConflictReport(c archive.ConflictReport) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("conflict report", c.ID)
	if err != nil {
		return err
	}
	if _, err := t.account("conflict report", c.User); err != nil {
		return err
	}
	return t.storeSealed(bConflictReport, key, reportPlain{User: c.User, By: c.By, At: c.At}, userOwner(c.User),
		reportSecret{About: c.About, Kind: c.Kind, Reason: c.Reason})
}

// DeleteConflictReport implements [archive.Tx].
func (t *transaction) DeleteConflictReport(id archive.ConflictReportID) error {
	if err := t.change(); err != nil {
		return err
	}
	key, ok := raw(id)
	if !ok || t.value(bConflictReport, key) == nil {
		return missing("conflict report")
	}
	return t.drop(bConflictReport, key)
}

func (c *checker) conflicts() error {
	if err := c.each(bConflictReport, func(key, _ []byte) error {
		_, err := c.ConflictReport(idOf[archive.ConflictReportID](key))
		return err
	}); err != nil {
		return err
	}
	return c.each(bConflict, func(key, _ []byte) error {
		found, err := c.conflict(key)
		if err != nil {
			return err
		}
		what := "conflict " + string(found.ID)
		c.index(what, bConflictUser, join(anyID(string(found.User)), anyID(string(found.Person))))
		if c.value(bPerson, anyID(string(found.Person))) == nil {
			c.problem("%s: its person isn't there", what)
		}
		return nil
	})
}
