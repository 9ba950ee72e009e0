package boltstore

import (
	"fmt"
	"reflect"
	"time"

	"eakte/archive"
)

// grantPlain is what a decision needs of a grant: it is read with every one, without any key.
type grantPlain struct {
	Akte            archive.AkteID `cbor:"1,keyasint"`
	User            archive.UserID `cbor:"2,keyasint"`
	Role            string         `cbor:"3,keyasint"`
	Department      string         `cbor:"4,keyasint"`
	Registers       []string       `cbor:"5,keyasint"`
	Classifications []string       `cbor:"6,keyasint"`
	Level           string         `cbor:"7,keyasint"`
	Until           string         `cbor:"8,keyasint"`
	By              archive.UserID `cbor:"9,keyasint"`
	At              time.Time      `cbor:"10,keyasint"`
	EndedBy         archive.UserID `cbor:"11,keyasint,omitempty"`
	EndedAt         time.Time      `cbor:"12,keyasint,omitzero"`
}

// grantSecret is sealed under the Akte's key.
type grantSecret struct {
	Reason string `cbor:"1,keyasint"`
}

// grantPlain reads a grant without its reason.
func (r *reader) grantPlain(key []byte) (archive.Grant, sealed, error) {
	value := r.value(bGrant, key)
	if value == nil {
		return archive.Grant{}, sealed{}, missing("grant")
	}
	id := idOf[archive.GrantID](key)
	var p grantPlain
	s, err := r.store.codec.decode(bGrant, key, value, &p)
	if err != nil {
		return archive.Grant{}, sealed{}, fmt.Errorf("grant %s: %w", id, err)
	}
	return archive.Grant{
		ID: id, Akte: p.Akte, User: p.User, Through: archive.Pair{Role: p.Role, Department: p.Department},
		Registers: p.Registers, Classifications: p.Classifications, Level: p.Level, Until: p.Until, By: p.By, At: p.At,
		EndedBy: p.EndedBy, EndedAt: p.EndedAt,
	}, s, nil
}

func (r *reader) grant(key []byte) (archive.Grant, error) {
	g, s, err := r.grantPlain(key)
	if err != nil {
		return archive.Grant{}, err
	}
	var secret grantSecret
	box, err := r.store.keys.box(akteOwner(g.Akte))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Grant{}, fmt.Errorf("grant %s: %w", g.ID, err)
	}
	g.Reason = secret.Reason
	return g, nil
}

// Grant implements [archive.Reader].
func (r *reader) Grant(id archive.GrantID) (archive.Grant, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Grant{}, missing("grant")
	}
	return r.grant(key)
}

// GrantsHeld implements [archive.Reader].
func (r *reader) GrantsHeld(user archive.UserID, akte archive.AkteID, day string) (out []archive.Grant, err error) {
	prefix, ok := raw(user)
	if !ok {
		return nil, nil
	}
	if akte != "" {
		prefix = join(prefix, anyID(string(akte)))
	}
	for p, err := range r.scan(span{bucket: bGrantHeld, prefix: prefix}) {
		if err != nil {
			return nil, err
		}
		if until, _ := cutWord(p.value); until < day {
			continue
		}
		g, _, err := r.grantPlain(p.key[len(p.key)-idSize:])
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

// GrantsIn implements [archive.Reader].
func (r *reader) GrantsIn(id archive.AkteID) ([]archive.Grant, error) {
	akte, ok := raw(id)
	if !ok {
		return nil, nil
	}
	return all(rows(r, span{bucket: bGrantAkte, prefix: akte, down: true}, func(p pair) (archive.Grant, error) { return r.grant(p.key) }))
}

// Grants implements [archive.Reader].
func (r *reader) Grants(department string, after archive.Position) archive.List[archive.Grant] {
	s := span{bucket: bGrantDepartment, prefix: word(department), after: after, down: true}
	return rows(r, s, func(p pair) (archive.Grant, error) { return r.grant(p.key) })
}

// PutGrant implements [archive.Tx].
func (t *transaction) PutGrant(g archive.Grant) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("grant", g.ID)
	if err != nil {
		return err
	}
	if err := t.checkGrant(key, g); err != nil {
		return err
	}
	if err := t.indexGrant(key, g); err != nil {
		return err
	}
	plain := grantPlain{
		Akte: g.Akte, User: g.User, Role: g.Through.Role, Department: g.Through.Department, Registers: g.Registers,
		Classifications: g.Classifications, Level: g.Level, Until: g.Until, By: g.By, At: g.At, EndedBy: g.EndedBy, EndedAt: g.EndedAt,
	}
	if err := t.storeSealed(bGrant, key, plain, akteOwner(g.Akte), grantSecret{g.Reason}); err != nil {
		return err
	}
	return t.raiseEpoch()
}

// checkGrant refuses a grant of what isn't there, and one that says anything else than it did.
func (t *transaction) checkGrant(key []byte, g archive.Grant) error {
	if err := words("grant", g.Through.Role, g.Through.Department, g.Until); err != nil {
		return err
	}
	if t.value(bAkte, anyID(string(g.Akte))) == nil {
		return invalid("grant", "its akte isn't there")
	}
	if _, err := t.account("grant", g.User); err != nil {
		return err
	}
	old, err := t.grant(key)
	if fresh, err := absent(err); err != nil || fresh {
		return err
	}
	was := old
	was.EndedBy, was.EndedAt = g.EndedBy, g.EndedAt
	was.At = was.At.UTC()
	now := g
	now.At = now.At.UTC()
	if !old.EndedAt.IsZero() || !reflect.DeepEqual(was, now) {
		return invalid("grant", "what it says stays as it is")
	}
	return nil
}

// indexGrant brings the keys of lists up to date.
func (t *transaction) indexGrant(key []byte, g archive.Grant) error {
	held := grantHeld(g, key)
	if !g.EndedAt.IsZero() {
		if err := t.drop(bGrantHeld, held); err != nil {
			return err
		}
	} else if err := t.put(bGrantHeld, held, word(g.Until)); err != nil {
		return err
	}
	if err := t.put(bGrantAkte, join(anyID(string(g.Akte)), key), nil); err != nil {
		return err
	}
	return t.put(bGrantDepartment, join(word(g.Through.Department), key), nil)
}

// grantHeld is where a grant is found by who holds it.
func grantHeld(g archive.Grant, key []byte) []byte {
	return join(anyID(string(g.User)), anyID(string(g.Akte)), key)
}

func (c *checker) grants() error {
	return c.each(bGrant, func(key, _ []byte) error {
		g, err := c.grant(key)
		if err != nil {
			return err
		}
		what := "grant " + string(g.ID)
		if g.EndedAt.IsZero() {
			c.index(what, bGrantHeld, grantHeld(g, key))
		}
		c.index(what, bGrantAkte, join(anyID(string(g.Akte)), key))
		c.index(what, bGrantDepartment, join(word(g.Through.Department), key))
		return nil
	})
}
