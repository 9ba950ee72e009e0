package boltstore

import (
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
func (r *reader) SameBytes(sum [32]byte, limit int) ([]archive.VersionID, error) {
	var out []archive.VersionID
	for p, err := range r.scan(span{bucket: bVersionBytes, prefix: r.bytesKey(sum)}) {
		if err != nil {
			return nil, err
		}
		if len(out) >= limit {
			break
		}
		out = append(out, idOf[archive.VersionID](p.key))
	}
	return out, nil
}

// HasObject implements [archive.Reader].
func (r *reader) HasObject(ref blob.Ref) (bool, error) {
	return r.value(bObject, []byte(ref)) != nil, nil
}
