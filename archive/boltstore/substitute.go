package boltstore

import (
	"fmt"
	"reflect"
	"time"

	"eakte/archive"
)

// substituteRecord tells of the staff alone, and isn't sealed.
type substituteRecord struct {
	Absent     archive.UserID `cbor:"1,keyasint"`
	User       archive.UserID `cbor:"2,keyasint"`
	Department string         `cbor:"3,keyasint"`
	Pairs      []pairRecord   `cbor:"4,keyasint"`
	From       string         `cbor:"5,keyasint"`
	Until      string         `cbor:"6,keyasint"`
	By         archive.UserID `cbor:"7,keyasint"`
	At         time.Time      `cbor:"8,keyasint"`
	EndedBy    archive.UserID `cbor:"9,keyasint,omitempty"`
	EndedAt    time.Time      `cbor:"10,keyasint,omitzero"`
}

func (r *reader) substitute(key []byte) (archive.Substitute, error) {
	value := r.value(bSubstitute, key)
	if value == nil {
		return archive.Substitute{}, missing("substitute")
	}
	id := idOf[archive.SubstituteID](key)
	var p substituteRecord
	if _, err := r.store.codec.decode(bSubstitute, key, value, &p); err != nil {
		return archive.Substitute{}, fmt.Errorf("substitute %s: %w", id, err)
	}
	s := archive.Substitute{
		ID: id, Absent: p.Absent, User: p.User, Department: p.Department, From: p.From, Until: p.Until, By: p.By, At: p.At,
		EndedBy: p.EndedBy, EndedAt: p.EndedAt,
	}
	for _, pair := range p.Pairs {
		s.Pairs = append(s.Pairs, archive.Pair(pair))
	}
	return s, nil
}

// Substitute implements [archive.Reader].
func (r *reader) Substitute(id archive.SubstituteID) (archive.Substitute, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Substitute{}, missing("substitute")
	}
	return r.substitute(key)
}

// SubstitutesBy implements [archive.Reader].
func (r *reader) SubstitutesBy(user archive.UserID, day string) ([]archive.Substitute, error) {
	return r.substitutes(bSubstituteUser, user, day)
}

// SubstitutesFor implements [archive.Reader].
func (r *reader) SubstitutesFor(absent archive.UserID, day string) ([]archive.Substitute, error) {
	return r.substitutes(bSubstituteAbsent, absent, day)
}

func (r *reader) substitutes(bucket string, user archive.UserID, day string) (out []archive.Substitute, err error) {
	prefix, ok := raw(user)
	if !ok {
		return nil, nil
	}
	for p, err := range r.scan(span{bucket: bucket, prefix: prefix}) {
		if err != nil {
			return nil, err
		}
		if until, _ := cutWord(p.value); until < day {
			continue
		}
		s, err := r.substitute(p.key)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// Substitutes implements [archive.Reader].
func (r *reader) Substitutes(department string, after archive.Position) archive.List[archive.Substitute] {
	s := span{bucket: bSubstituteDepartment, prefix: word(department), after: after, down: true}
	return rows(r, s, func(p pair) (archive.Substitute, error) { return r.substitute(p.key) })
}

// PutSubstitute implements [archive.Tx].
func (t *transaction) PutSubstitute(s archive.Substitute) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("substitute", s.ID)
	if err != nil {
		return err
	}
	if err := words("substitute", s.Department, s.From, s.Until); err != nil {
		return err
	}
	user, err := t.account("substitute", s.User)
	if err != nil {
		return err
	}
	away, err := t.account("substitute", s.Absent)
	if err != nil {
		return err
	}
	old, err := t.substitute(key)
	fresh, err := absent(err)
	if err != nil {
		return err
	}
	if !fresh {
		was, now := old, s
		was.EndedBy, was.EndedAt, was.At, now.At = s.EndedBy, s.EndedAt, was.At.UTC(), now.At.UTC()
		if !old.EndedAt.IsZero() || !reflect.DeepEqual(was, now) {
			return invalid("substitute", "what it says stays as it is")
		}
	}
	for bucket, k := range map[string][]byte{bSubstituteUser: join(user, key), bSubstituteAbsent: join(away, key)} {
		if err := t.standing(bucket, k, s); err != nil {
			return err
		}
	}
	if err := t.put(bSubstituteDepartment, join(word(s.Department), key), nil); err != nil {
		return err
	}
	record := substituteRecord{
		Absent: s.Absent, User: s.User, Department: s.Department, From: s.From, Until: s.Until, By: s.By, At: s.At, EndedBy: s.EndedBy, EndedAt: s.EndedAt,
	}
	for _, p := range s.Pairs {
		record.Pairs = append(record.Pairs, pairRecord(p))
	}
	value, err := t.store.codec.encode(bSubstitute, key, record, nil, nil)
	if err != nil {
		return err
	}
	if err := t.put(bSubstitute, key, value); err != nil {
		return err
	}
	return t.raiseEpoch()
}

// standing keeps a substitute where it is found until it is ended.
func (t *transaction) standing(bucket string, key []byte, s archive.Substitute) error {
	if !s.EndedAt.IsZero() {
		return t.drop(bucket, key)
	}
	return t.put(bucket, key, word(s.Until))
}

func (c *checker) allSubstitutes() error {
	return c.each(bSubstitute, func(key, _ []byte) error {
		s, err := c.substitute(key)
		if err != nil {
			return err
		}
		what := "substitute " + string(s.ID)
		if s.EndedAt.IsZero() {
			c.index(what, bSubstituteUser, join(anyID(string(s.User)), key))
			c.index(what, bSubstituteAbsent, join(anyID(string(s.Absent)), key))
		}
		c.index(what, bSubstituteDepartment, join(word(s.Department), key))
		return nil
	})
}
