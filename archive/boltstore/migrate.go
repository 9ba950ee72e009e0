package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
)

// Format is the format of the records that this package writes.
const Format = 4

// ErrNewer says that the database was written by a newer version of the program, which this one
// must not touch.
var ErrNewer = errors.New("the database has a newer format: start the newer version of the program, or restore a backup made before it")

// step lifts a database from one format to the next, inside one transaction.
type step func(*bolt.Tx) error

// ladder returns the steps by the format they start from: the first lifts format 1 to 2. It is as
// long as [Format] less one.
func ladder() []step { return []step{shelveUnread, fillUnread, fillFailed} }

// migrate brings the database to the present format: it makes a new one, lifts an old one, and
// leaves a newer one alone with [ErrNewer].
func migrate(tx *bolt.Tx, steps []step) error {
	last := uint32(len(steps) + 1)
	meta, err := tx.CreateBucketIfNotExists([]byte(bMeta))
	if err != nil {
		return fmt.Errorf("boltstore: creating bucket %s: %w", bMeta, err)
	}
	at := last
	if v := meta.Get([]byte(metaFormat)); v != nil {
		if len(v) != 4 {
			return errors.New("boltstore: the format number is damaged")
		}
		at = binary.BigEndian.Uint32(v)
	}
	if at > last {
		return fmt.Errorf("boltstore: format %d, known up to %d: %w", at, last, ErrNewer)
	}
	if at == 0 {
		return errors.New("boltstore: the format number is damaged")
	}
	for ; at < last; at++ {
		if err := steps[at-1](tx); err != nil {
			return fmt.Errorf("boltstore: lifting format %d: %w", at, err)
		}
	}
	if err := meta.Put([]byte(metaFormat), binary.BigEndian.AppendUint32(nil, last)); err != nil {
		return fmt.Errorf("boltstore: storing the format: %w", err)
	}
	return createBuckets(tx)
}

// shelveUnread makes the list of unfiled items that couldn't be read, which format 1 hadn't.
func shelveUnread(tx *bolt.Tx) error {
	c, err := newCodec()
	if err != nil {
		return err
	}
	baskets, items, versions := tx.Bucket([]byte(bInboxBasket)), tx.Bucket([]byte(bInbox)), tx.Bucket([]byte(bVersion))
	list, err := tx.CreateBucketIfNotExists([]byte(bInboxShelf))
	if err != nil || baskets == nil {
		return err
	}
	return baskets.ForEach(func(k, _ []byte) error {
		key := k[len(k)-idSize:]
		var p inboxPlain
		if _, err := c.decode(bInbox, key, items.Get(key), &p); err != nil {
			return err
		}
		var v versionPlain
		version, _ := raw(p.Version)
		if _, err := c.decode(bVersion, version, versions.Get(version), &v); err != nil {
			return err
		}
		at := shelfKey(archive.InboxItem{Basket: p.Basket, Created: p.Created}, archive.ShelfFailed, v.State, key)
		if at == nil {
			return nil
		}
		return list.Put(at, []byte{})
	})
}
