package boltstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"eakte/archive"
)

// idSize is the length of an ID in a key: the 16 bytes of a UUID.
const idSize = 16

// raw returns the key form of an ID; false unless it is a UUID in its canonical form.
func raw[T ~string](id T) ([]byte, bool) {
	s := string(id)
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' || s != strings.ToLower(s) {
		return nil, false
	}
	k := make([]byte, idSize)
	at := 0
	for _, group := range []string{s[:8], s[9:13], s[14:18], s[19:23], s[24:]} {
		n, err := hex.Decode(k[at:], []byte(group))
		if err != nil {
			return nil, false
		}
		at += n
	}
	return k, true
}

// named returns the key form of an ID that a record is to be stored under.
func named[T ~string](kind string, id T) ([]byte, error) {
	k, ok := raw(id)
	if !ok {
		return nil, fmt.Errorf("boltstore: %s: its id is no UUID: %w", kind, archive.ErrInvalid)
	}
	return k, nil
}

// idOf returns the ID at the end of a key.
func idOf[T ~string](key []byte) T {
	return T(uuid.UUID(key[len(key)-idSize:]).String())
}

// anyID returns 16 bytes for an ID of any form: those of a UUID, else the start of its SHA-256.
func anyID(id string) []byte {
	if k, ok := raw(id); ok {
		return k
	}
	sum := sha256.Sum256([]byte(id))
	return sum[:idSize]
}

// join puts parts of a key behind each other.
func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// word is a text in a key: its bytes and a zero byte.
func word(s string) []byte { return append([]byte(s), 0) }

// words checks that texts may stand in keys.
func words(kind string, texts ...string) error {
	for _, s := range texts {
		if strings.IndexByte(s, 0) >= 0 || len(s) > 256 {
			return fmt.Errorf("boltstore: %s: a code has a zero byte or is too long: %w", kind, archive.ErrInvalid)
		}
	}
	return nil
}

// cutWord splits a word off the front of a key.
func cutWord(key []byte) (string, []byte) {
	w, rest, _ := bytes.Cut(key, []byte{0})
	return string(w), rest
}

func u64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// number reads what u64 wrote; nil is 0.
func number(b []byte) uint64 {
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// toUnix are the seconds from the year 1 to 1970.
const toUnix = 62135596800

// moment is a time in a key: microseconds since the year 1, in order; the zero time is 0.
func moment(t time.Time) []byte {
	return u64(uint64((t.Unix()+toUnix)*1e6 + int64(t.Nanosecond()/1e3)))
}
