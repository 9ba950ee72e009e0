package boltstore

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"time"

	"eakte/archive"
	"eakte/archive/blob"
)

// Setting implements [archive.Reader].
func (r *reader) Setting(key string) ([]byte, error) {
	value := r.value(bSetting, word(key))
	if value == nil {
		return nil, missing("setting")
	}
	return bytes.Clone(value), nil
}

// Mark implements [archive.Store].
func (s *Store) Mark(use, text string) (out [32]byte) {
	copy(out[:], s.keyed("mark/"+use, text))
	return out
}

// MarkOf implements [archive.Store].
func (s *Store) MarkOf(id archive.AkteID, use, text string) (out [32]byte, err error) {
	key, err := s.keys.keys.Key(context.Background(), akteOwner(id))
	if err != nil {
		return out, keyGone(err)
	}
	if key, err = key.Derive("mark"); err != nil {
		return out, fmt.Errorf("boltstore: mark: %w", err)
	}
	h := hmac.New(sha256.New, key[:])
	h.Write(word(use))
	h.Write([]byte(text))
	copy(out[:], h.Sum(nil))
	return out, nil
}

// PutSetting implements [archive.Tx].
func (t *transaction) PutSetting(key string, value []byte) error {
	if err := t.room(); err != nil {
		return err
	}
	if err := words("setting", key); err != nil {
		return err
	}
	return t.put(bSetting, word(key), bytes.Clone(value))
}

// intentRecord announces an object.
type intentRecord struct {
	Size int64     `cbor:"1,keyasint"`
	Made time.Time `cbor:"2,keyasint"`
	// Doomed says that it is the other way round: the record is gone.
	Doomed bool `cbor:"3,keyasint,omitempty"`
	// Erasure is the one that it goes with.
	Erasure archive.ErasureID `cbor:"4,keyasint,omitempty"`
}

// Announce implements [archive.Tx].
func (t *transaction) Announce(i archive.Intent) error {
	if err := t.room(); err != nil {
		return err
	}
	if err := i.Ref.Check(); err != nil {
		return invalid("intent", "it has no ref")
	}
	value, err := t.store.codec.encode(bIntent, []byte(i.Ref), intentRecord{Size: i.Size, Made: i.Made, Doomed: i.Doomed, Erasure: i.Erasure}, nil, nil)
	if err != nil {
		return err
	}
	return t.put(bIntent, []byte(i.Ref), value)
}

// Settle implements [archive.Tx].
func (t *transaction) Settle(ref blob.Ref) error {
	if t.value(bIntent, []byte(ref)) == nil {
		return nil
	}
	return t.drop(bIntent, []byte(ref))
}

// Intents implements [archive.Reader].
func (r *reader) Intents() ([]archive.Intent, error) {
	return all(rows(r, span{bucket: bIntent}, func(p pair) (archive.Intent, error) {
		var i intentRecord
		if _, err := r.store.codec.decode(bIntent, p.key, p.value, &i); err != nil {
			return archive.Intent{}, fmt.Errorf("intent: %w", err)
		}
		return archive.Intent{Ref: blob.Ref(p.key), Size: i.Size, Made: i.Made, Doomed: i.Doomed, Erasure: i.Erasure}, nil
	}))
}
