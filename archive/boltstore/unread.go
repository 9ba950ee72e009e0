package boltstore

import (
	"fmt"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
)

// unreadKey is the key under which a version that the machine couldn't read is found by who brought it
// in; nil for all others.
func unreadKey(v archive.Version, key []byte) []byte {
	if !archive.Unread(v.State) {
		return nil
	}
	return join(anyID(string(v.ReceivedBy)), moment(v.ReceivedAt), key)
}

// Unread implements [archive.Reader].
func (r *reader) Unread(by archive.UserID, after archive.Position) archive.List[archive.Version] {
	s := span{bucket: bVersionUnread, prefix: anyID(string(by)), after: after, down: true}
	return rows(r, s, func(p pair) (archive.Version, error) {
		v, _, err := r.version(p.key[len(p.key)-idSize:])
		return v, err
	})
}

// fillUnread lifts format 2: versions that couldn't be read weren't found by who brought them in.
func fillUnread(tx *bolt.Tx, aside func(string, []byte)) error {
	c, err := newCodec()
	if err != nil {
		return err
	}
	index, err := tx.CreateBucketIfNotExists([]byte(bVersionUnread))
	if err != nil {
		return fmt.Errorf("boltstore: creating bucket %s: %w", bVersionUnread, err)
	}
	versions := tx.Bucket([]byte(bVersion))
	if versions == nil {
		return nil
	}
	return versions.ForEach(func(key, value []byte) error {
		var p versionPlain
		if _, err := c.decode(bVersion, key, value, &p); err != nil {
			aside(bVersion, key)
			return nil
		}
		at := unreadKey(archive.Version{State: p.State, ReceivedBy: p.ReceivedBy, ReceivedAt: p.ReceivedAt}, key)
		if at == nil {
			return nil
		}
		return index.Put(at, []byte{})
	})
}
