package blob

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// refLen is the length of a [Ref]: 128 bits in hexadecimal.
const refLen = 32

// Ref names one object for ever: 128 random bits as 32 lower-case hexadecimal
// digits. It is made by [NewRef] and has no meaning. The empty Ref names nothing.
type Ref string

// NewRef returns a fresh random Ref.
func NewRef() Ref {
	var b [refLen / 2]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return Ref(hex.EncodeToString(b[:]))
}

// ParseRef reads a Ref in its one form. Any other text is [ErrBadRef].
func ParseRef(s string) (Ref, error) {
	r := Ref(s)
	if err := r.Check(); err != nil {
		return "", err
	}
	return r, nil
}

// Check returns [ErrBadRef] unless r has the form that [NewRef] makes. Engines call it
// before a ref becomes part of a path. The error doesn't repeat the text.
func (r Ref) Check() error {
	if len(r) != refLen {
		return fmt.Errorf("blob: %d characters: %w", len(r), ErrBadRef)
	}
	for _, c := range []byte(r) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return fmt.Errorf("blob: not hexadecimal: %w", ErrBadRef)
		}
	}
	return nil
}
