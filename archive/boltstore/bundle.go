package boltstore

import (
	"bytes"
	"fmt"
	"time"

	"eakte/archive"
	"eakte/archive/blob/seal"
)

// bundlePlain is what isn't personal about a bundle.
type bundlePlain struct {
	Akte      archive.AkteID   `cbor:"1,keyasint"`
	Maker     archive.UserID   `cbor:"2,keyasint"`
	Purpose   string           `cbor:"3,keyasint"`
	Language  string           `cbor:"4,keyasint"`
	Documents []bundleDocument `cbor:"5,keyasint"`
	Chosen    bool             `cbor:"6,keyasint,omitempty"`
	Object    objectPlain      `cbor:"7,keyasint"`
	Created   time.Time        `cbor:"8,keyasint"`
	Expires   time.Time        `cbor:"9,keyasint"`
}

type bundleDocument struct {
	_        struct{} `cbor:",toarray"`
	Document archive.DocumentID
	Version  archive.VersionID
}

// bundleSecret is sealed under the Akte's key.
type bundleSecret struct {
	Recipient string   `cbor:"1,keyasint,omitempty"`
	Reason    string   `cbor:"2,keyasint,omitempty"`
	SHA256    [32]byte `cbor:"3,keyasint"`
	Content   [32]byte `cbor:"4,keyasint"`
}

// Bundle implements [archive.Reader].
func (r *reader) Bundle(id archive.BundleID) (archive.Bundle, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Bundle{}, missing("bundle")
	}
	plain, s, err := r.bundlePlain(key)
	if err != nil {
		return archive.Bundle{}, err
	}
	var secret bundleSecret
	box, err := r.store.keys.box(akteOwner(plain.Akte))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Bundle{}, fmt.Errorf("bundle %s: %w", id, err)
	}
	b := archive.Bundle{
		ID: id, Akte: plain.Akte, Maker: plain.Maker, Purpose: plain.Purpose, Language: plain.Language, Chosen: plain.Chosen,
		Recipient: secret.Recipient, Reason: secret.Reason, Object: plain.Object.object(secret.SHA256),
		Content: seal.Key(secret.Content), Created: plain.Created, Expires: plain.Expires,
	}
	for _, d := range plain.Documents {
		b.Documents = append(b.Documents, archive.BundleDocument{Document: d.Document, Version: d.Version})
	}
	return b, nil
}

func (r *reader) bundlePlain(key []byte) (plain bundlePlain, s sealed, err error) {
	value := r.value(bBundle, key)
	if value == nil {
		return plain, s, missing("bundle")
	}
	s, err = r.store.codec.decode(bBundle, key, value, &plain)
	return plain, s, err
}

// ExpiredBundles implements [archive.Reader].
func (r *reader) ExpiredBundles(now time.Time, limit int) (out []archive.ExpiredBundle, err error) {
	for p, err := range r.scan(span{bucket: bBundleExpiry}) {
		if err != nil {
			return nil, err
		}
		if len(out) == limit || bytes.Compare(p.key[:8], moment(now)) > 0 {
			break
		}
		plain, _, err := r.bundlePlain(p.key[8:])
		if err != nil {
			return nil, err
		}
		out = append(out, archive.ExpiredBundle{ID: idOf[archive.BundleID](p.key), Akte: plain.Akte, Ref: plain.Object.Ref})
	}
	return out, nil
}

// PutBundle implements [archive.Tx].
func (t *transaction) PutBundle(b archive.Bundle) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("bundle", b.ID)
	if err != nil {
		return err
	}
	akte, err := named("bundle: akte", b.Akte)
	if err != nil {
		return err
	}
	if t.value(bAkte, akte) == nil {
		return invalid("bundle", "its akte isn't there")
	}
	old, _, err := t.bundlePlain(key)
	fresh, err := absent(err)
	if err != nil {
		return err
	}
	if !fresh && (old.Akte != b.Akte || old.Maker != b.Maker || !old.Expires.Equal(b.Expires)) {
		return invalid("bundle", "what it is stays as it is")
	}
	if err := t.dropBundle(key, old); err != nil {
		return err
	}
	plain := bundlePlain{
		Akte: b.Akte, Maker: b.Maker, Purpose: b.Purpose, Language: b.Language, Chosen: b.Chosen,
		Object: plainObject(b.Object), Created: b.Created, Expires: b.Expires,
	}
	for _, d := range b.Documents {
		plain.Documents = append(plain.Documents, bundleDocument{Document: d.Document, Version: d.Version})
	}
	if ref := b.Object.Ref; ref != "" {
		if err := ref.Check(); err != nil || t.value(bObject, []byte(ref)) != nil {
			return invalid("bundle", "its object has no ref of its own")
		}
		if err := t.put(bObject, []byte(ref), key); err != nil {
			return err
		}
	}
	if err := t.put(bBundleExpiry, join(moment(b.Expires), key), nil); err != nil {
		return err
	}
	secret := bundleSecret{Recipient: b.Recipient, Reason: b.Reason, SHA256: b.Object.SHA256, Content: b.Content}
	return t.storeSealed(bBundle, key, plain, akteOwner(b.Akte), secret)
}

// DeleteBundle implements [archive.Tx].
func (t *transaction) DeleteBundle(id archive.BundleID) error {
	t.changed = true // no room is needed for it
	key, ok := raw(id)
	if !ok {
		return missing("bundle")
	}
	old, _, err := t.bundlePlain(key)
	if err != nil {
		return err
	}
	return t.dropBundle(key, old)
}

// dropBundle removes a bundle as it is stored, if it is.
func (t *transaction) dropBundle(key []byte, old bundlePlain) error {
	if old.Akte == "" {
		return nil
	}
	if old.Object.Ref != "" {
		if err := t.drop(bObject, []byte(old.Object.Ref)); err != nil {
			return err
		}
	}
	if err := t.drop(bBundleExpiry, join(moment(old.Expires), key)); err != nil {
		return err
	}
	return t.drop(bBundle, key)
}

func (c *checker) bundles() error {
	return c.each(bBundle, func(key, _ []byte) error {
		b, err := c.Bundle(idOf[archive.BundleID](key))
		if err != nil {
			return err
		}
		what := "bundle " + string(b.ID)
		c.index(what, bBundleExpiry, join(moment(b.Expires), key))
		if b.Object.Ref != "" {
			c.index(what, bObject, []byte(b.Object.Ref))
		}
		return nil
	})
}
