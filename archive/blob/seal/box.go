package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"

	"eakte/archive/blob"
)

// boxFormat is the first byte of every sealed record and wrapped key.
const boxFormat = 0x01

// Box seals small records and wraps keys under one [Key]. It may be used by several
// goroutines, and for up to 2^32 records.
type Box struct {
	record, wrap cipher.AEAD
}

// NewBox returns the Box of key. The error is [ErrZeroKey].
func NewBox(key Key) (*Box, error) {
	record, err := newAEAD(key, "record")
	if err != nil {
		return nil, err
	}
	wrap, err := newAEAD(key, "wrap")
	if err != nil {
		return nil, err
	}
	return &Box{record: record, wrap: wrap}, nil
}

func newAEAD(key Key, use string) (cipher.AEAD, error) {
	sub, err := key.Derive(use)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sub[:])
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return aead, nil
}

// Seal encrypts plain. Open needs the same aad, which isn't stored: it says where the
// record belongs, so that it can't be moved elsewhere. The result is 29 bytes longer.
func (b *Box) Seal(plain, aad []byte) []byte { return sealWith(b.record, plain, aad) }

// Open decrypts what Seal made. The error is [blob.ErrCorrupt] if anything differs:
// bytes, aad or key.
func (b *Box) Open(sealed, aad []byte) ([]byte, error) {
	plain, err := openWith(b.record, sealed, aad)
	if err != nil {
		return nil, fmt.Errorf("seal: record: %w", err)
	}
	return plain, nil
}

// Wrap encrypts key; Unwrap needs the same aad. A wrapped key isn't a sealed record and
// the other way round. The error is [ErrZeroKey].
func (b *Box) Wrap(key Key, aad []byte) ([]byte, error) {
	if key.IsZero() {
		return nil, ErrZeroKey
	}
	return sealWith(b.wrap, key[:], aad), nil
}

// Unwrap decrypts what Wrap made. The error is [blob.ErrCorrupt] if anything differs:
// bytes, aad or key.
func (b *Box) Unwrap(wrapped, aad []byte) (Key, error) {
	plain, err := openWith(b.wrap, wrapped, aad)
	if err == nil && len(plain) != keySize {
		err = blob.ErrCorrupt
	}
	if err != nil {
		return Key{}, fmt.Errorf("seal: wrapped key: %w", err)
	}
	defer clear(plain)
	return Key(plain), nil
}

func sealWith(aead cipher.AEAD, plain, aad []byte) []byte {
	out := make([]byte, 1, 1+len(plain)+aead.Overhead())
	out[0] = boxFormat
	return aead.Seal(out, nil, plain, bound(aad))
}

func openWith(aead cipher.AEAD, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < 1+aead.Overhead() || sealed[0] != boxFormat {
		return nil, blob.ErrCorrupt
	}
	plain, err := aead.Open(nil, nil, sealed[1:], bound(aad))
	if err != nil {
		return nil, blob.ErrCorrupt
	}
	return plain, nil
}

// bound puts the format byte before aad, so that it is authenticated too.
func bound(aad []byte) []byte {
	return append([]byte{boxFormat}, aad...)
}
