package boltstore

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"eakte/archive"
)

// draftPlain lies behind the 8 bytes of the draft's end; its key is made of words and ids.
type draftPlain struct {
	Key     string    `cbor:"1,keyasint"`
	Changed time.Time `cbor:"2,keyasint"`
	Expires time.Time `cbor:"3,keyasint"`
}

// draftSecret is sealed under the user's own key.
type draftSecret struct {
	Values map[string][]string `cbor:"1,keyasint,omitempty"`
}

// draftKey is where a draft of a user lies.
func (r *reader) draftKey(user []byte, key string) []byte {
	return join(user, r.store.keyed(bDraft, key))
}

// readDraft reads the plain part of a draft; ErrNotFound when it expired.
func (r *reader) readDraft(user archive.UserID, at, value []byte) (archive.Draft, sealed, error) {
	if len(value) < 8 || bytes.Compare(value[:8], moment(r.store.now())) <= 0 {
		return archive.Draft{}, sealed{}, missing("draft")
	}
	var p draftPlain
	s, err := r.store.codec.decode(bDraft, at, value[8:], &p)
	if err != nil {
		return archive.Draft{}, sealed{}, fmt.Errorf("draft of %s: %w", user, err)
	}
	return archive.Draft{User: user, Key: p.Key, Changed: p.Changed, Expires: p.Expires}, s, nil
}

// Draft implements [archive.Reader].
func (r *reader) Draft(user archive.UserID, key string) (archive.Draft, error) {
	id, ok := raw(user)
	if !ok {
		return archive.Draft{}, missing("draft")
	}
	at := r.draftKey(id, key)
	d, s, err := r.readDraft(user, at, r.value(bDraft, at))
	if err != nil {
		return archive.Draft{}, err
	}
	var secret draftSecret
	box, err := r.store.keys.box(userOwner(user))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Draft{}, fmt.Errorf("draft of %s: %w", user, err)
	}
	d.Values = secret.Values
	return d, nil
}

// Drafts implements [archive.Reader].
func (r *reader) Drafts(user archive.UserID) ([]archive.Draft, error) {
	id, ok := raw(user)
	if !ok {
		return nil, nil
	}
	out, err := all(rows(r, span{bucket: bDraft, prefix: id}, func(p pair) (archive.Draft, error) {
		d, _, err := r.readDraft(user, join(id, p.key), p.value)
		return d, err
	}))
	slices.SortStableFunc(out, func(a, b archive.Draft) int { return b.Changed.Compare(a.Changed) })
	return out, err
}

// PutDraft implements [archive.Tx].
func (t *transaction) PutDraft(d archive.Draft) error {
	if err := t.room(); err != nil {
		return err
	}
	id, err := t.account("draft", d.User)
	if err != nil {
		return err
	}
	if err := d.Check(); err != nil {
		return err
	}
	if err := t.sweepExpired(bDraft, bDraftExpiry); err != nil {
		return err
	}
	box, err := t.store.keys.ensure(userOwner(d.User))
	if err != nil {
		return err
	}
	at := t.draftKey(id, d.Key)
	plain := draftPlain{Key: d.Key, Changed: d.Changed, Expires: d.Expires}
	value, err := t.store.codec.encode(bDraft, at, plain, box, draftSecret{Values: d.Values})
	if err != nil {
		return err
	}
	if err := t.expires(bDraft, bDraftExpiry, at, moment(d.Expires)); err != nil {
		return err
	}
	return t.put(bDraft, at, join(moment(d.Expires), value))
}

// DeleteDraft implements [archive.Tx].
func (t *transaction) DeleteDraft(user archive.UserID, key string) error {
	id, ok := raw(user)
	if !ok {
		return nil
	}
	return t.dropDraft(t.draftKey(id, key))
}

func (t *transaction) dropDraft(at []byte) error {
	if value := t.value(bDraft, at); len(value) >= 8 {
		if err := t.drop(bDraftExpiry, join(value[:8], at)); err != nil {
			return err
		}
	}
	return t.drop(bDraft, at)
}

// ForgetDrafts implements [archive.Tx].
func (t *transaction) ForgetDrafts(user archive.UserID, gone func(archive.Draft) bool) error {
	id, ok := raw(user)
	if !ok {
		return nil
	}
	box, err := t.store.keys.box(userOwner(user))
	if _, err := absent(err); err != nil { // a key that can't be read now may be read later
		return err
	}
	var drop [][]byte
	for p, err := range t.scan(span{bucket: bDraft, prefix: id}) {
		if err != nil {
			return err
		}
		at := join(id, p.key)
		d, s, err := t.readDraft(user, at, p.value)
		var secret draftSecret
		if err == nil && box != nil {
			err = t.store.codec.open(s, box, &secret)
		}
		if d.Values = secret.Values; err != nil || box == nil || gone(d) {
			drop = append(drop, at)
		}
	}
	for _, at := range drop {
		if err := t.dropDraft(at); err != nil {
			return err
		}
	}
	return nil
}
