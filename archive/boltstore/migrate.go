package boltstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"eakte/archive"
	"eakte/archive/blob"
)

// Format is the format of the records that this package writes.
const Format = 7

// ErrNewer says that the database was written by a newer version of the program, which this one
// must not touch.
var ErrNewer = errors.New("the database has a newer format: start the newer version of the program, or restore a backup made before it")

// step lifts a database from one format to the next, inside one transaction. It tells aside of every
// record that it can't read, and goes on with the others: one keeps nobody from the rest.
type step func(tx *bolt.Tx, aside func(bucket string, key []byte)) error

// ladder returns the steps by the format they start from: the first lifts format 1 to 2. It is as
// long as [Format] less one.
func (s *Store) ladder() []step {
	return []step{shelveUnread, fillUnread, fillFailed, lift4, s.listPaperwork, s.closeAkten}
}

// migrate brings the database to the present format: it makes a new one, lifts an old one, and
// leaves a newer one alone with [ErrNewer].
func migrate(tx *bolt.Tx, steps []step, aside func(bucket string, key []byte)) error {
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
		if err := steps[at-1](tx, aside); err != nil {
			return fmt.Errorf("boltstore: lifting format %d: %w", at, err)
		}
	}
	if err := meta.Put([]byte(metaFormat), binary.BigEndian.AppendUint32(nil, last)); err != nil {
		return fmt.Errorf("boltstore: storing the format: %w", err)
	}
	return createBuckets(tx)
}

// keyHash names a record in logs: what a key says of who it belongs to stays out of them.
func keyHash(key []byte) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}

// shelveUnread makes the list of unfiled items that couldn't be read, which format 1 hadn't.
func shelveUnread(tx *bolt.Tx, aside func(string, []byte)) error {
	list, err := tx.CreateBucketIfNotExists([]byte(bInboxShelf))
	if err != nil {
		return fmt.Errorf("boltstore: creating bucket %s: %w", bInboxShelf, err)
	}
	return eachItem(tx, aside, func(key []byte, i archive.InboxItem, state string) error {
		i.Aside = nil // format 1 had none
		at := shelfKey(i, archive.ShelfFailed, state, key)
		if at == nil {
			return nil
		}
		return list.Put(at, []byte{})
	})
}

// lift4 lifts format 4: what [countBaskets] and [fillTurns] make was missing.
func lift4(tx *bolt.Tx, aside func(string, []byte)) error {
	return errors.Join(countBaskets(tx, aside), fillTurns(tx, aside))
}

// listPaperwork lists anew what is kept of paper and at vendors, as folders of format 5 came to be before some of those
// lists were.
func (s *Store) listPaperwork(tx *bolt.Tx, aside func(string, []byte)) error {
	for _, name := range []string{bApproval, bApprovalList, bPaper, bVersionPaper, bCustodyAkte, bCustodyList, bConsignmentDue, bDeliveryEnd, bSealList} {
		err := tx.DeleteBucket([]byte(name))
		if err != nil && !errors.Is(err, bolterrors.ErrBucketNotFound) {
			return fmt.Errorf("boltstore: emptying %s: %w", name, err)
		}
	}
	if err := createBuckets(tx); err != nil {
		return err
	}
	t := (&grouped{store: s, bolt: tx}).begin(context.Background())
	for _, list := range []struct {
		bucket string
		fill   func(key []byte) error
	}{
		{bDocument, t.fillApproval}, {bVersion, t.fillPaper}, {bCustody, t.fillCustody}, {bConsignment, t.fillConsignment}, {bDelivery, t.fillDelivery},
		{bAkte, t.fillSeal}, {bDocument, t.fillDocumentSeal},
	} {
		if err := t.refill(list.bucket, aside, list.fill); err != nil {
			return err
		}
	}
	return nil
}

// refill calls fill with every key of a bucket as it is now.
func (t *transaction) refill(bucket string, aside func(string, []byte), fill func(key []byte) error) error {
	var keys [][]byte
	err := t.bucket(bucket).ForEach(func(key, _ []byte) error {
		keys = append(keys, bytes.Clone(key))
		return nil
	})
	if err != nil {
		return fmt.Errorf("boltstore: reading %s: %w", bucket, err)
	}
	for _, key := range keys {
		switch err := fill(key); {
		case err == nil, errors.Is(err, archive.ErrNotFound): // it was erased
		case errors.Is(err, errRecord), errors.Is(err, blob.ErrCorrupt):
			aside(bucket, key)
		default:
			return err
		}
	}
	return nil
}

// closeAkten says of closed Akten since when they are, which format 6 didn't know: at the latest since their last change.
func (s *Store) closeAkten(tx *bolt.Tx, aside func(string, []byte)) error {
	if err := createBuckets(tx); err != nil {
		return err
	}
	t := (&grouped{store: s, bolt: tx}).begin(context.Background())
	return t.refill(bAkte, aside, func(key []byte) error {
		a, err := t.Akte(idOf[archive.AkteID](key))
		if err != nil || a.State != archive.AkteClosed || a.Closing != nil {
			return err
		}
		a.Closing = &archive.Closing{On: a.Changed.Format(time.DateOnly)}
		return errors.Join(t.storeAkte(key, a), t.shift(bAkteClosed, nil, closedKey(a, key)))
	})
}

func (t *transaction) fillApproval(key []byte) error {
	is, err := t.approval(key)
	if err != nil || is == nil {
		return err
	}
	for _, k := range approvalKeys(is, key) {
		if err := t.put(bApprovalList, k, nil); err != nil {
			return err
		}
	}
	return t.put(bApproval, key, is)
}

func (t *transaction) fillPaper(key []byte) error {
	is, err := t.paperValue(key, t.day)
	if err != nil {
		return err
	}
	return t.listPaper(key, is)
}

// fillCustody lists an original with who has it by its record, and hands it over where that is nobody any more.
func (t *transaction) fillCustody(key []byte) error {
	c, err := t.custody(key)
	if err != nil {
		return err
	}
	list, day := c.List()
	if err := t.shift(bCustodyList, nil, custodyKey(c.Department, list, day, key)); err != nil {
		return err
	}
	if err := t.put(bCustodyAkte, join(anyID(string(c.Akte)), anyID(string(c.Document)), key), nil); err != nil {
		return err
	}
	doc, err := t.Document(c.Document)
	if err != nil {
		return err
	}
	akte, err := t.Akte(c.Akte)
	if err != nil {
		return err
	}
	if keeper := akte.Keeper(c.Department, doc.Register, t.day); keeper != c.Department {
		return t.handCustody(c, akte, keeper)
	}
	return nil
}

func (t *transaction) fillConsignment(key []byte) error {
	is, err := t.consignmentAt(key)
	if err != nil {
		return err
	}
	return t.shift(bConsignmentDue, nil, is)
}

func (t *transaction) fillSeal(key []byte) error {
	a, err := t.Akte(idOf[archive.AkteID](key))
	if err != nil {
		return err
	}
	return t.shift(bSealList, nil, sealKey(a.Sealed, expiryAkte, key))
}

func (t *transaction) fillDocumentSeal(key []byte) error {
	d, err := t.document(key)
	if err != nil {
		return err
	}
	return t.shift(bSealList, nil, sealKey(d.Sealed, expiryDocument, key))
}

func (t *transaction) fillDelivery(key []byte) error {
	_, plain, err := t.delivery(key)
	if err != nil {
		return err
	}
	return t.shift(bDeliveryEnd, nil, deliveryEnd(plain, key))
}

// countBaskets counts what was counted key by key, and lists what was taken apart.
func countBaskets(tx *bolt.Tx, aside func(string, []byte)) error {
	var fresh [2]*bolt.Bucket
	for i, name := range []string{bInboxArranged, bInboxCount} {
		var err error
		if err = tx.DeleteBucket([]byte(name)); err == nil || errors.Is(err, bolterrors.ErrBucketNotFound) {
			fresh[i], err = tx.CreateBucket([]byte(name))
		}
		if err != nil {
			return fmt.Errorf("boltstore: creating bucket %s: %w", name, err)
		}
	}
	counts := map[string]uint64{}
	err := eachItem(tx, aside, func(key []byte, i archive.InboxItem, state string) error {
		for _, k := range counted(i, state) {
			counts[string(k)]++
		}
		at := arrangedKey(i, key)
		if at == nil {
			return nil
		}
		return fresh[0].Put(at, []byte{})
	})
	for key, n := range counts {
		err = errors.Join(err, fresh[1].Put([]byte(key), u64(n)))
	}
	return err
}

// eachItem calls fn with what isn't personal of every inbox item, and the state of its version.
func eachItem(tx *bolt.Tx, aside func(string, []byte), fn func(key []byte, i archive.InboxItem, state string) error) error {
	c, err := newCodec()
	items, versions := tx.Bucket([]byte(bInbox)), tx.Bucket([]byte(bVersion))
	if err != nil || items == nil || versions == nil {
		return err
	}
	return items.ForEach(func(key, value []byte) error {
		var p inboxPlain
		if _, err := c.decode(bInbox, key, value, &p); err != nil {
			aside(bInbox, key)
			return nil
		}
		var v versionPlain
		version, _ := raw(p.Version)
		if _, err := c.decode(bVersion, version, versions.Get(version), &v); err != nil {
			aside(bVersion, version) // the item waits in its basket, whatever became of that
		}
		i := archive.InboxItem{Basket: p.Basket, Filed: p.Filed, Arranged: p.Arranged, Created: p.Created, Changed: p.Changed}
		if p.Aside != nil {
			i.Aside = &archive.Aside{Until: p.Aside.Until}
		}
		return fn(key, i, v.State)
	})
}
