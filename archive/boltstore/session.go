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

// sessionHead is what stands before a session's sealed bytes: its end and its user.
const sessionHead = 8 + 16

// sessionAbout begins the bytes behind that where ids come before what the caller sealed; their number is the next byte. What
// [seal.Box.Seal] makes begins with its format, which isn't 0, so records of before there were ids can't be taken for it.
const sessionAbout = 0

// Session implements [archive.Reader].
func (r *reader) Session(ref [32]byte) (archive.Session, error) {
	s, ok := r.session(ref, r.value(bSession, ref[:]))
	if !ok {
		return archive.Session{}, missing("session")
	}
	return s, nil
}

// session reads a value; ok is false where it has expired, or there is none.
func (r *reader) session(ref [32]byte, value []byte) (s archive.Session, ok bool) {
	if len(value) < sessionHead || bytes.Compare(value[:8], moment(r.store.now())) <= 0 {
		return s, false
	}
	s = archive.Session{Ref: ref, User: idOf[archive.UserID](value[8:sessionHead]), Expires: momentOf(value[:8])}
	rest := value[sessionHead:]
	if len(rest) > 1 && rest[0] == sessionAbout {
		n := int(rest[1])
		if rest = rest[2:]; len(rest) < n*idSize {
			return s, false
		}
		for range n {
			s.About, rest = append(s.About, idOf[string](rest[:idSize])), rest[idSize:]
		}
	}
	s.Sealed = bytes.Clone(rest)
	return s, true
}

// Sessions implements [archive.Reader].
func (r *reader) Sessions(user archive.UserID) ([]archive.Session, error) {
	var out []archive.Session
	for p, err := range r.scan(span{bucket: bSession}) {
		if err != nil {
			return nil, err
		}
		if s, ok := r.session([32]byte(p.key), p.value); ok && (user == "" || s.User == user) {
			out = append(out, s)
		}
	}
	return out, nil
}

// PutSession implements [archive.Tx].
func (t *transaction) PutSession(s archive.Session) error {
	user, ok := raw(s.User)
	if !ok {
		return invalid("session", "no user has this id")
	}
	var about []byte
	if len(s.About) > 0 || len(s.Sealed) > 0 && s.Sealed[0] == sessionAbout {
		if len(s.About) > archive.MostAbout {
			return invalid("session", "it is about too much")
		}
		about = []byte{sessionAbout, byte(len(s.About))}
		for _, id := range s.About {
			key, err := named("session: about", id)
			if err != nil {
				return err
			}
			about = append(about, key...)
		}
	}
	if err := t.sweepExpired(bSession, bSessionExpiry); err != nil {
		return err
	}
	if err := t.expires(bSession, bSessionExpiry, s.Ref[:], moment(s.Expires)); err != nil {
		return err
	}
	return t.put(bSession, s.Ref[:], join(moment(s.Expires), user, about, s.Sealed))
}

// DeleteSession implements [archive.Tx].
func (t *transaction) DeleteSession(ref [32]byte) error {
	value := t.value(bSession, ref[:])
	if len(value) < 8 {
		return nil
	}
	if err := t.drop(bSessionExpiry, join(value[:8], ref[:])); err != nil {
		return err
	}
	return t.drop(bSession, ref[:])
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
