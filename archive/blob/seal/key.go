package seal

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const (
	keySize = 32
	hidden  = "***"
)

// ErrZeroKey says that a key is the zero value, which is never a key.
var ErrZeroKey = errors.New("seal: key is empty")

// Key is a secret of 256 random bits. The zero Key is none, and all functions that
// need one refuse it. A Key never shows in print, in logs or in JSON.
type Key [keySize]byte

// NewKey returns a fresh random Key.
func NewKey() Key {
	var k Key
	rand.Read(k[:]) // never fails: crypto/rand ends the program instead
	return k
}

// Derive returns the subkey for a use, such as "lookup". The same key and use give the
// same subkey, which tells nothing about the key. The error is [ErrZeroKey].
func (k Key) Derive(use string) (Key, error) {
	if k.IsZero() {
		return Key{}, ErrZeroKey
	}
	b, err := hkdf.Expand(sha256.New, k[:], "eakte/v1/"+use, keySize)
	if err != nil {
		return Key{}, fmt.Errorf("seal: deriving a key: %w", err)
	}
	return Key(b), nil
}

// IsZero reports whether k is the zero value.
func (k Key) IsZero() bool { return k == Key{} }

// String returns ***.
func (k Key) String() string { return hidden }

// GoString returns ***.
func (k Key) GoString() string { return hidden }

// Format prints *** for every verb, those for numbers included.
func (k Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// LogValue returns ***.
func (k Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText fails: a key is stored wrapped by a [Box], never as it is.
func (k Key) MarshalText() ([]byte, error) {
	return nil, errors.New("seal: a key has no text form")
}
