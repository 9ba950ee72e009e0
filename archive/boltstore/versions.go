package boltstore

import (
	"fmt"
	"time"

	"eakte/archive"
	"eakte/archive/blob"
)

// Versions implements [archive.Reader].
func (r *reader) Versions(after archive.Position) archive.List[archive.Version] {
	return rows(r, span{bucket: bVersion, after: after}, func(p pair) (archive.Version, error) {
		v, _, err := r.version(p.key)
		return v, err
	})
}

// bytesKey is the keyed hash under which equal bytes are found.
func (r *reader) bytesKey(sum [32]byte) []byte {
	return r.store.keyed(bVersionBytes, string(sum[:]))
}

// SameBytes implements [archive.Reader].
func (r *reader) SameBytes(sum [32]byte, limit int) ([]archive.Arrival, error) {
	var out []archive.Arrival
	for p, err := range r.scan(span{bucket: bVersionBytes, prefix: r.bytesKey(sum)}) {
		if err != nil {
			return nil, err
		}
		if len(out) >= limit {
			break
		}
		a, err := r.arrival(p.key)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// arrival reads what isn't sealed of a version, and that not whole.
func (r *reader) arrival(key []byte) (archive.Arrival, error) {
	id := idOf[archive.VersionID](key)
	value := r.value(bVersion, key)
	if value == nil {
		return archive.Arrival{}, missing("version")
	}
	var plain struct {
		Documents  []archive.DocumentID `cbor:"2,keyasint,omitempty"`
		ReceivedAt time.Time            `cbor:"5,keyasint"`
		ReceivedBy archive.UserID       `cbor:"6,keyasint"`
	}
	if _, err := r.store.codec.decode(bVersion, key, value, &plain); err != nil {
		return archive.Arrival{}, fmt.Errorf("version %s: %w", id, err)
	}
	return archive.Arrival{Version: id, Documents: plain.Documents, ReceivedAt: plain.ReceivedAt, ReceivedBy: plain.ReceivedBy}, nil
}

// HasObject implements [archive.Reader].
func (r *reader) HasObject(ref blob.Ref) (bool, error) {
	return r.value(bObject, []byte(ref)) != nil, nil
}
