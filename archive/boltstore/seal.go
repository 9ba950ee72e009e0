package boltstore

import (
	"fmt"
	"reflect"
	"time"

	"eakte/archive"
)

// sealPlain is a Sperrvermerk without its reason.
type sealPlain struct {
	Until   string           `cbor:"1,keyasint"`
	Readers []archive.UserID `cbor:"2,keyasint,omitempty"`
	By      archive.UserID   `cbor:"3,keyasint"`
	Kind    string           `cbor:"4,keyasint,omitempty"`
	Ground  string           `cbor:"5,keyasint,omitempty"`
	Again   bool             `cbor:"6,keyasint,omitempty"`
}

// splitSeal takes the reason out of a seal.
func splitSeal(s *archive.Seal) (*sealPlain, string) {
	if s == nil {
		return nil, ""
	}
	return &sealPlain{Until: s.Until, Readers: s.Readers, By: s.By, Kind: s.Kind, Ground: s.Ground, Again: s.Again}, s.Reason
}

func joinSeal(s *sealPlain, reason string) *archive.Seal {
	if s == nil {
		return nil
	}
	return &archive.Seal{Reason: reason, Until: s.Until, Readers: s.Readers, By: s.By, Kind: s.Kind, Ground: s.Ground, Again: s.Again}
}

// sameSeal reports whether two seals keep out the same.
func sameSeal(a, b *archive.Seal) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Until == b.Until && (len(a.Readers) == 0 && len(b.Readers) == 0 || reflect.DeepEqual(a.Readers, b.Readers))
}

// sealKey is where something stands in lists by the last day of its seal; nil without one.
func sealKey(s *archive.Seal, kind byte, id []byte) []byte {
	if s == nil {
		return nil
	}
	return expiryKey(s.Until, kind, id)
}

// sealRequestPlain is what isn't personal about what is asked about a seal.
type sealRequestPlain struct {
	Akte     archive.AkteID     `cbor:"1,keyasint"`
	Document archive.DocumentID `cbor:"2,keyasint,omitempty"`
	What     string             `cbor:"3,keyasint"`
	Seal     *sealPlain         `cbor:"4,keyasint,omitempty"`
	By       archive.UserID     `cbor:"5,keyasint"`
	At       time.Time          `cbor:"6,keyasint"`
}

// sealRequestSecret is sealed under the Akte's key.
type sealRequestSecret struct {
	Reason  string `cbor:"1,keyasint,omitempty"`
	Because string `cbor:"2,keyasint,omitempty"`
}

// sealWaiting is the key by which what waits about something is found.
func sealWaiting(akte archive.AkteID, doc archive.DocumentID) []byte {
	id := make([]byte, idSize)
	if doc != "" {
		id = anyID(string(doc))
	}
	return join(anyID(string(akte)), id)
}

// SealRequest implements [archive.Reader].
func (r *reader) SealRequest(id archive.SealRequestID) (archive.SealRequest, error) {
	key, ok := raw(id)
	if !ok {
		return archive.SealRequest{}, missing("seal request")
	}
	return r.sealRequest(key)
}

func (r *reader) sealRequest(key []byte) (archive.SealRequest, error) {
	plain, s, err := r.sealRequestPlain(key)
	if err != nil {
		return archive.SealRequest{}, err
	}
	id := idOf[archive.SealRequestID](key)
	var secret sealRequestSecret
	box, err := r.store.keys.box(akteOwner(plain.Akte))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.SealRequest{}, fmt.Errorf("seal request %s: %w", id, err)
	}
	return archive.SealRequest{
		ID: id, Akte: plain.Akte, Document: plain.Document, What: plain.What, Seal: joinSeal(plain.Seal, secret.Reason),
		Because: secret.Because, By: plain.By, At: plain.At,
	}, nil
}

func (r *reader) sealRequestPlain(key []byte) (plain sealRequestPlain, s sealed, err error) {
	value := r.value(bSealRequest, key)
	if value == nil {
		return plain, s, missing("seal request")
	}
	s, err = r.store.codec.decode(bSealRequest, key, value, &plain)
	return plain, s, err
}

// SealRequestOn implements [archive.Reader].
func (r *reader) SealRequestOn(akte archive.AkteID, doc archive.DocumentID) (archive.SealRequest, error) {
	key := r.value(bSealWaiting, sealWaiting(akte, doc))
	if key == nil {
		return archive.SealRequest{}, missing("seal request")
	}
	return r.sealRequest(key)
}

// SealRequests implements [archive.Reader].
func (r *reader) SealRequests(after archive.Position) archive.List[archive.SealRequest] {
	return rows(r, span{bucket: bSealRequest, after: after}, func(p pair) (archive.SealRequest, error) {
		return r.sealRequest(p.key)
	})
}

// Seals implements [archive.Reader].
func (r *reader) Seals(from string, after archive.Position) archive.List[archive.SealedThing] {
	if after == "" {
		after = archive.Position(from) // stands in front of all keys of that day
	}
	return rows(r, span{bucket: bSealList, after: after}, func(p pair) (archive.SealedThing, error) {
		if p.key[len(p.key)-idSize-1] == expiryAkte {
			return archive.SealedThing{Akte: idOf[archive.AkteID](p.key)}, nil
		}
		return archive.SealedThing{Document: idOf[archive.DocumentID](p.key)}, nil
	})
}

// PutSealRequest implements [archive.Tx].
func (t *transaction) PutSealRequest(q archive.SealRequest) error {
	if err := t.change(); err != nil {
		return err
	}
	key, err := named("seal request", q.ID)
	if err != nil {
		return err
	}
	if err := words("seal request", q.What); err != nil {
		return err
	}
	akte, err := named("seal request: akte", q.Akte)
	if err != nil {
		return err
	}
	if t.value(bAkte, akte) == nil {
		return invalid("seal request", "its akte isn't there")
	}
	if q.Document != "" {
		if d, err := t.Document(q.Document); err != nil || d.Akte != q.Akte {
			return invalid("seal request", "its document isn't in its akte")
		}
	}
	place := sealWaiting(q.Akte, q.Document)
	if t.value(bSealWaiting, place) != nil || t.value(bSealRequest, key) != nil {
		return conflict("seal request", "one waits already")
	}
	if err := t.put(bSealWaiting, place, key); err != nil {
		return err
	}
	seal, reason := splitSeal(q.Seal)
	return t.storeSealed(bSealRequest, key, sealRequestPlain{
		Akte: q.Akte, Document: q.Document, What: q.What, Seal: seal, By: q.By, At: q.At,
	}, akteOwner(q.Akte), sealRequestSecret{Reason: reason, Because: q.Because})
}

// DeleteSealRequest implements [archive.Tx].
func (t *transaction) DeleteSealRequest(id archive.SealRequestID) error {
	if err := t.change(); err != nil {
		return err
	}
	key, ok := raw(id)
	if !ok {
		return missing("seal request")
	}
	plain, _, err := t.sealRequestPlain(key)
	if err != nil {
		return err
	}
	if err := t.drop(bSealWaiting, sealWaiting(plain.Akte, plain.Document)); err != nil {
		return err
	}
	return t.drop(bSealRequest, key)
}

// dropSealRequestOn forgets what waits about a document that leaves its Akte.
func (t *transaction) dropSealRequestOn(akte archive.AkteID, doc archive.DocumentID) error {
	place := sealWaiting(akte, doc)
	key := t.value(bSealWaiting, place)
	if key == nil {
		return nil
	}
	if err := t.drop(bSealRequest, join(key)); err != nil {
		return err
	}
	return t.drop(bSealWaiting, place)
}

func (c *checker) sealRequests() error {
	return c.each(bSealRequest, func(key, _ []byte) error {
		q, err := c.sealRequest(key)
		if err != nil {
			return err
		}
		what := "seal request " + string(q.ID)
		c.index(what, bSealWaiting, sealWaiting(q.Akte, q.Document))
		if q.Document == "" {
			return nil
		}
		if d, err := c.Document(q.Document); err != nil || d.Akte != q.Akte {
			c.problem("%s: its document isn't in its akte", what)
		}
		return nil
	})
}
