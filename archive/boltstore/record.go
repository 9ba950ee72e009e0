package boltstore

import (
	"encoding/binary"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"eakte/archive"
	"eakte/archive/blob/seal"
)

// recordFormat is the first byte of every record.
const recordFormat = 0x01

// errRecord says that a record isn't what this package writes.
var errRecord = archive.ErrDamaged

// codec writes and reads the CBOR of records.
type codec struct {
	enc cbor.EncMode
	dec cbor.DecMode
}

func newCodec() (codec, error) {
	enc, err := cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.EncMode()
	if err != nil {
		return codec{}, fmt.Errorf("boltstore: %w", err)
	}
	// What was written must be readable again, so text isn't checked here.
	dec, err := cbor.DecOptions{UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		return codec{}, fmt.Errorf("boltstore: %w", err)
	}
	return codec{enc: enc, dec: dec}, nil
}

// encode returns the record of a plain part and, unless box is nil, a part sealed by it. The sealed
// part is bound to bucket, key and plain part: none can be changed or moved on its own.
func (c codec) encode(bucket string, key []byte, plain any, box *seal.Box, secret any) ([]byte, error) {
	body, err := c.enc.Marshal(plain)
	if err != nil {
		return nil, fmt.Errorf("boltstore: encoding %s: %w", bucket, err)
	}
	out := append(make([]byte, 0, len(body)+8), recordFormat)
	out = binary.AppendUvarint(out, uint64(len(body)))
	out = append(out, body...)
	if box == nil {
		return out, nil
	}
	hidden, err := c.enc.Marshal(secret)
	if err != nil {
		return nil, fmt.Errorf("boltstore: encoding %s: %w", bucket, err)
	}
	return append(out, box.Seal(hidden, bound(bucket, key, out))...), nil
}

// bound is the additional data of a sealed part.
func bound(bucket string, key, head []byte) []byte {
	b := append(make([]byte, 0, len(bucket)+len(key)+len(head)+12), word(bucket)...)
	b = binary.AppendUvarint(b, uint64(len(key)))
	return append(append(b, key...), head...)
}

// sealed is the sealed part of a record with what it is bound to.
type sealed struct{ bound, box []byte }

// decode reads the plain part of a record and returns its sealed one.
func (c codec) decode(bucket string, key, value []byte, plain any) (sealed, error) {
	if len(value) < 2 || value[0] != recordFormat {
		return sealed{}, fmt.Errorf("boltstore: %s: %w", bucket, errRecord)
	}
	n, used := binary.Uvarint(value[1:])
	if used <= 0 || n > uint64(len(value)-1-used) {
		return sealed{}, fmt.Errorf("boltstore: %s: %w", bucket, errRecord)
	}
	end := 1 + used + int(n)
	if err := c.dec.Unmarshal(value[1+used:end], plain); err != nil {
		return sealed{}, fmt.Errorf("boltstore: %s: %w", bucket, errRecord) // err may quote the value
	}
	if end == len(value) {
		return sealed{}, nil
	}
	return sealed{bound: bound(bucket, key, value[:end]), box: value[end:]}, nil
}

// open reads the sealed part.
func (c codec) open(s sealed, box *seal.Box, secret any) error {
	plain, err := box.Open(s.box, s.bound)
	if err != nil {
		return fmt.Errorf("boltstore: %w: %w", errRecord, err)
	}
	defer clear(plain)
	if err := c.dec.Unmarshal(plain, secret); err != nil {
		return fmt.Errorf("boltstore: sealed part: %w", errRecord)
	}
	return nil
}
