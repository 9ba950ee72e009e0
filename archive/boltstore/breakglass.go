package boltstore

import (
	"fmt"
	"time"

	"eakte/archive"
)

// breakGlassPlain is what a decision needs of it: it is read without any key.
type breakGlassPlain struct {
	Akte       archive.AkteID `cbor:"1,keyasint"`
	User       archive.UserID `cbor:"2,keyasint"`
	Role       string         `cbor:"3,keyasint"`
	Department string         `cbor:"4,keyasint"`
	At         time.Time      `cbor:"5,keyasint"`
	Until      time.Time      `cbor:"6,keyasint"`
	Review     *reviewPlain   `cbor:"7,keyasint,omitempty"`
	Inspection bool           `cbor:"8,keyasint,omitempty"`
}

type reviewPlain struct {
	State string         `cbor:"1,keyasint"`
	By    archive.UserID `cbor:"2,keyasint"`
	At    time.Time      `cbor:"3,keyasint"`
}

// breakGlassSecret is sealed under the Akte's key.
type breakGlassSecret struct {
	Reason string `cbor:"1,keyasint"`
	Note   string `cbor:"2,keyasint,omitempty"`
}

// waitsForReview stands in the list of those that nobody has reviewed.
const waitsForReview = "open"

func (r *reader) breakGlassPlain(key []byte) (archive.BreakGlass, sealed, error) {
	value := r.value(bBreakGlass, key)
	if value == nil {
		return archive.BreakGlass{}, sealed{}, missing("break-glass")
	}
	id := idOf[archive.BreakGlassID](key)
	var p breakGlassPlain
	s, err := r.store.codec.decode(bBreakGlass, key, value, &p)
	if err != nil {
		return archive.BreakGlass{}, sealed{}, fmt.Errorf("break-glass %s: %w", id, err)
	}
	b := archive.BreakGlass{
		ID: id, Akte: p.Akte, User: p.User, Through: archive.Pair{Role: p.Role, Department: p.Department}, At: p.At, Until: p.Until,
		Inspection: p.Inspection,
	}
	if p.Review != nil {
		b.Review = &archive.Review{State: p.Review.State, By: p.Review.By, At: p.Review.At}
	}
	return b, s, nil
}

func (r *reader) breakGlass(key []byte) (archive.BreakGlass, error) {
	b, s, err := r.breakGlassPlain(key)
	if err != nil {
		return archive.BreakGlass{}, err
	}
	var secret breakGlassSecret
	box, err := r.store.keys.box(akteOwner(b.Akte))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.BreakGlass{}, fmt.Errorf("break-glass %s: %w", b.ID, err)
	}
	if b.Reason = secret.Reason; b.Review != nil {
		b.Review.Note = secret.Note
	}
	return b, nil
}

// BreakGlass implements [archive.Reader].
func (r *reader) BreakGlass(id archive.BreakGlassID) (archive.BreakGlass, error) {
	key, ok := raw(id)
	if !ok {
		return archive.BreakGlass{}, missing("break-glass")
	}
	return r.breakGlass(key)
}

// BreakGlassBy implements [archive.Reader].
func (r *reader) BreakGlassBy(user archive.UserID, since time.Time) (out []archive.BreakGlass, err error) {
	prefix, ok := raw(user)
	if !ok {
		return nil, nil
	}
	for p, err := range r.scan(span{bucket: bBreakGlassUser, prefix: prefix, down: true}) {
		if err != nil {
			return nil, err
		}
		b, _, err := r.breakGlassPlain(p.key[8:])
		if err != nil {
			return nil, err
		}
		if b.At.Before(since) {
			break
		}
		out = append(out, b)
	}
	return out, nil
}

// BreakGlassOf implements [archive.Reader].
func (r *reader) BreakGlassOf(department string, after archive.Position) archive.List[archive.BreakGlass] {
	return r.breakGlassRows(span{bucket: bBreakGlassDepartment, prefix: word(department), after: after, down: true})
}

// BreakGlassIn implements [archive.Reader].
func (r *reader) BreakGlassIn(state string, after archive.Position) archive.List[archive.BreakGlass] {
	if state == "" {
		state = waitsForReview
	}
	return r.breakGlassRows(span{bucket: bBreakGlassReview, prefix: word(state), after: after, down: true})
}

func (r *reader) breakGlassRows(s span) archive.List[archive.BreakGlass] {
	return rows(r, s, func(p pair) (archive.BreakGlass, error) { return r.breakGlass(p.key[8:]) })
}

// PutBreakGlass implements [archive.Tx].
func (t *transaction) PutBreakGlass(b archive.BreakGlass) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("break-glass", b.ID)
	if err != nil {
		return err
	}
	if b.Inspection && b.Review != nil {
		return invalid("break-glass", "nobody reviews an inspection")
	}
	if err := words("break-glass", b.Through.Role, b.Through.Department, b.ReviewState()); err != nil {
		return err
	}
	if t.value(bAkte, anyID(string(b.Akte))) == nil {
		return invalid("break-glass", "its akte isn't there")
	}
	user, err := t.account("break-glass", b.User)
	if err != nil {
		return err
	}
	old, _, err := t.breakGlassPlain(key)
	fresh, err := absent(err)
	if err != nil {
		return err
	}
	if !fresh && (old.Akte != b.Akte || old.User != b.User || old.Through != b.Through || old.Inspection != b.Inspection || !old.At.Equal(b.At) || !old.Until.Equal(b.Until)) {
		return invalid("break-glass", "what it is stays as it is")
	}
	var was []byte
	if !fresh {
		was = reviewKey(old, key)
	}
	if err := t.shift(bBreakGlassReview, was, reviewKey(b, key)); err != nil {
		return err
	}
	at := join(moment(b.At), key)
	if err := t.put(bBreakGlassUser, join(user, at), nil); err != nil {
		return err
	}
	if err := t.put(bBreakGlassDepartment, join(word(b.Through.Department), at), nil); err != nil {
		return err
	}
	plain := breakGlassPlain{Akte: b.Akte, User: b.User, Role: b.Through.Role, Department: b.Through.Department, At: b.At, Until: b.Until, Inspection: b.Inspection}
	secret := breakGlassSecret{Reason: b.Reason}
	if b.Review != nil {
		plain.Review, secret.Note = &reviewPlain{State: b.Review.State, By: b.Review.By, At: b.Review.At}, b.Review.Note
	}
	if err := t.storeSealed(bBreakGlass, key, plain, akteOwner(b.Akte), secret); err != nil || !fresh {
		return err
	}
	return t.raiseEpoch()
}

// reviewKey is where it stands in the list of its review's state.
func reviewKey(b archive.BreakGlass, key []byte) []byte {
	state := b.ReviewState()
	if state == "" {
		state = waitsForReview
	}
	return join(word(state), moment(b.At), key)
}

func (c *checker) breakGlasses() error {
	return c.each(bBreakGlass, func(key, _ []byte) error {
		b, err := c.breakGlass(key)
		if err != nil {
			return err
		}
		what, at := "break-glass "+string(b.ID), join(moment(b.At), key)
		c.index(what, bBreakGlassReview, reviewKey(b, key))
		c.index(what, bBreakGlassUser, join(anyID(string(b.User)), at))
		c.index(what, bBreakGlassDepartment, join(word(b.Through.Department), at))
		return nil
	})
}
