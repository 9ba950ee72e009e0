package boltstore

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"time"

	"eakte/archive"
)

// expiredLimit is how many expired entries a new one sweeps away.
const expiredLimit = 8

// Session implements [archive.Reader].
func (r *reader) Session(token string) ([]byte, error) {
	key := sha256.Sum256([]byte(token))
	value := r.value(bSession, key[:])
	if len(value) < 8 || bytes.Compare(value[:8], moment(r.store.now())) <= 0 {
		return nil, missing("session")
	}
	return bytes.Clone(value[8:]), nil
}

// PutSession implements [archive.Tx].
func (t *transaction) PutSession(token string, sealed []byte, expires time.Time) error {
	key := sha256.Sum256([]byte(token))
	if err := t.sweepExpired(bSession, bSessionExpiry); err != nil {
		return err
	}
	if err := t.expires(bSession, bSessionExpiry, key[:], moment(expires)); err != nil {
		return err
	}
	return t.put(bSession, key[:], join(moment(expires), sealed))
}

// DeleteSession implements [archive.Tx].
func (t *transaction) DeleteSession(token string) error {
	key := sha256.Sum256([]byte(token))
	value := t.value(bSession, key[:])
	if len(value) < 8 {
		return nil
	}
	if err := t.drop(bSessionExpiry, join(value[:8], key[:])); err != nil {
		return err
	}
	return t.drop(bSession, key[:])
}

// expires moves an entry, whose value begins with its end, to the end at in the index of ends.
func (t *transaction) expires(bucket, index string, key, at []byte) error {
	var was []byte
	if value := t.value(bucket, key); len(value) >= 8 {
		was = join(value[:8], key)
	}
	return t.shift(index, was, join(at, key))
}

// sweepExpired deletes a few entries whose time is over, so that they don't gather.
func (t *transaction) sweepExpired(bucket, index string) error {
	now, n := moment(t.store.now()), 0
	for p, err := range t.scan(span{bucket: index}) {
		if err != nil {
			return err
		}
		if n++; n > expiredLimit || bytes.Compare(p.key[:8], now) > 0 {
			return nil
		}
		k := bytes.Clone(p.key)
		if err := t.drop(index, k); err != nil {
			return err
		}
		if err := t.drop(bucket, k[8:]); err != nil {
			return err
		}
	}
	return nil
}

// replayRecord is the kept answer to a request; it lies behind the 8 bytes of its end.
type replayRecord struct {
	User        archive.UserID `cbor:"1,keyasint"`
	Fingerprint [32]byte       `cbor:"2,keyasint"`
	Result      string         `cbor:"4,keyasint"`
	Expires     time.Time      `cbor:"5,keyasint"`
}

// Replay implements [archive.Reader].
func (r *reader) Replay(name string) (archive.Replay, error) {
	key := sha256.Sum256([]byte(name))
	value := r.value(bReplay, key[:])
	if len(value) < 8 || bytes.Compare(value[:8], moment(r.store.now())) <= 0 {
		return archive.Replay{}, missing("replay")
	}
	var p replayRecord
	if _, err := r.store.codec.decode(bReplay, key[:], value[8:], &p); err != nil {
		return archive.Replay{}, fmt.Errorf("replay: %w", err)
	}
	return archive.Replay{User: p.User, Fingerprint: p.Fingerprint, Result: p.Result, Expires: p.Expires}, nil
}

// PutReplay implements [archive.Tx].
func (t *transaction) PutReplay(name string, p archive.Replay) error {
	if err := t.room(); err != nil {
		return err
	}
	key := sha256.Sum256([]byte(name))
	if err := t.sweepExpired(bReplay, bReplayExpiry); err != nil {
		return err
	}
	value, err := t.store.codec.encode(bReplay, key[:], replayRecord{
		User: p.User, Fingerprint: p.Fingerprint, Result: p.Result, Expires: p.Expires,
	}, nil, nil)
	if err != nil {
		return err
	}
	if err := t.expires(bReplay, bReplayExpiry, key[:], moment(p.Expires)); err != nil {
		return err
	}
	return t.put(bReplay, key[:], join(moment(p.Expires), value))
}
