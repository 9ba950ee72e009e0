package boltstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"eakte/archive"
)

// BeginDelivery implements [archive.Tx].
func (t *transaction) BeginDelivery(d archive.Delivery) error {
	if err := t.room(); err != nil {
		return err
	}
	key, err := named("delivery", d.ID)
	if err != nil {
		return err
	}
	if err := words("delivery", d.Department); err != nil {
		return err
	}
	switch {
	case t.value(bDelivery, key) != nil:
		return conflict("delivery", "it is there already")
	case d.DryRun || d.Rows < 0 || d.Rows > archive.MaxDeliveryRows || !d.NamesErased.IsZero():
		return invalid("delivery", "such a one isn't kept")
	}
	plain := deliveryPlain{Department: d.Department, By: d.By, At: d.At, Rows: d.Rows, Counts: d.Counts, Back: d.Back, Begun: true}
	if err := t.put(bDeliveryEnd, deliveryEnd(plain, key), nil); err != nil {
		return err
	}
	return t.storeDelivery(key, plain, d)
}

func (t *transaction) storeDelivery(key []byte, plain deliveryPlain, d archive.Delivery) error {
	return t.storeSealed(bDelivery, key, plain, basketOwner(d.Department), deliverySecret{Vendor: d.Vendor, Name: d.Name})
}

// AddDeliveryRows implements [archive.Tx].
func (t *transaction) AddDeliveryRows(id archive.DeliveryID, from int, rows []archive.DeliveryRow) error {
	if err := t.room(); err != nil {
		return err
	}
	d, has, err := t.DeliveryBegun(id)
	if err != nil {
		return err
	}
	switch {
	case has != from:
		return conflict("delivery", "somebody else added rows to it")
	case from+len(rows) > d.Rows:
		return invalid("delivery", "its rows don't fit it")
	}
	key, err := named("delivery", id)
	if err != nil {
		return err
	}
	for i, row := range rows {
		at := join(key, binary.BigEndian.AppendUint32(nil, uint32(from+i)))
		if err := t.addDeliveryRow(d, at, row); err != nil {
			return err
		}
	}
	return nil
}

// addDeliveryRow stores a row under the keys of all that it tells of.
func (t *transaction) addDeliveryRow(d archive.Delivery, key []byte, row archive.DeliveryRow) error {
	plain := deliveryRowPlain{Row: row.Row, Result: row.Result, Akte: row.Akte}
	if row.Akte != "" {
		akte, err := named("delivery: akte", row.Akte)
		if err != nil {
			return err
		}
		if t.value(bAkte, akte) == nil {
			return invalid("delivery", "an akte of it isn't there")
		}
	} else if row.Number != "" {
		id, err := t.AkteByNumber(row.Number)
		if gone, err := absent(err); err != nil {
			return err
		} else if !gone {
			plain.Named = id
		}
	}
	var err error
	if plain.Version, err = t.rowVersion(row); err != nil {
		return err
	}
	return t.storeDeliveryRow(d.Department, key, plain, row)
}

// rowVersion is the version of what a row became, else the first of the same bytes; empty where there is none that
// opens.
func (t *transaction) rowVersion(row archive.DeliveryRow) (id archive.VersionID, err error) {
	if row.ID != "" {
		doc, err := t.Document(archive.DocumentID(row.ID))
		if err == nil {
			return doc.Current(), nil
		}
		if _, err := absent(err); err != nil {
			return "", err
		}
		item, err := t.InboxItem(archive.InboxID(row.ID))
		if err == nil {
			return item.Version, nil
		}
		if _, err := absent(err); err != nil {
			return "", err
		}
	}
	if row.SHA256 == ([32]byte{}) {
		return "", nil
	}
	same, err := t.SameBytes(row.SHA256, 1)
	if err != nil || len(same) == 0 {
		return "", err
	}
	_, err = t.Version(same[0].Version)
	if gone, err := absent(err); gone || err != nil {
		return "", err
	}
	return same[0].Version, nil
}

func (t *transaction) storeDeliveryRow(department string, key []byte, plain deliveryRowPlain, row archive.DeliveryRow) error {
	secret := deliveryRowSecret{
		File: row.File, Number: row.Number, Reason: row.Reason, Faults: row.Faults, Tried: row.Tried, ID: row.ID, Size: row.Size, SHA256: row.SHA256,
	}
	if version, ok := raw(plain.Version); ok {
		content, err := t.content(version)
		if err != nil {
			return err
		}
		hidden, err := t.store.codec.enc.Marshal(secret)
		if err != nil {
			return fmt.Errorf("boltstore: row of a delivery: %w", err)
		}
		secret = deliveryRowSecret{Inner: content.box.Seal(hidden, bound(bDeliveryRow, key, nil))}
	}
	return t.storeSealed(bDeliveryRow, key, plain, plain.rowOwner(department), secret)
}

// CompleteDelivery implements [archive.Tx].
func (t *transaction) CompleteDelivery(id archive.DeliveryID) error {
	if err := t.change(); err != nil {
		return err
	}
	d, has, err := t.DeliveryBegun(id)
	if err != nil {
		return err
	}
	if has != d.Rows {
		return invalid("delivery", "rows of it are missing")
	}
	key, err := named("delivery", id)
	if err != nil {
		return err
	}
	_, plain, err := t.delivery(key)
	if err != nil {
		return err
	}
	was := deliveryEnd(plain, key)
	plain.Begun = false
	if err := t.shift(bDeliveryEnd, was, deliveryEnd(plain, key)); err != nil {
		return err
	}
	if err := t.put(bDeliveryList, deliveryKey(d, key), nil); err != nil {
		return err
	}
	return t.storeDelivery(key, plain, d)
}

// EndDelivery implements [archive.Tx].
func (t *transaction) EndDelivery(id archive.DeliveryID, at time.Time, most int) (done bool, err error) {
	t.changed = true // erasing needs no room
	key, ok := raw(id)
	if !ok {
		return false, missing("delivery")
	}
	d, plain, err := t.delivery(key)
	if err != nil {
		return false, err
	}
	was := deliveryEnd(plain, key)
	switch {
	case was == nil:
		return true, nil
	case plain.Begun:
		return t.dropDelivery(key, was, most)
	}
	last := min(plain.Nameless+most, plain.Rows)
	for ; plain.Nameless < last; plain.Nameless++ {
		if err := t.eraseNames(d, join(key, binary.BigEndian.AppendUint32(nil, uint32(plain.Nameless)))); err != nil {
			return false, err
		}
	}
	if done = plain.Nameless == plain.Rows; done {
		plain.Erased, d.Name = at, ""
		if err := t.drop(bDeliveryEnd, was); err != nil {
			return false, err
		}
	}
	return done, t.storeDelivery(key, plain, d)
}

// eraseNames leaves what names nobody of a row; nothing of one that can't be read any more.
func (t *transaction) eraseNames(d archive.Delivery, key []byte) error {
	value := t.value(bDeliveryRow, key)
	if value == nil {
		return nil
	}
	row, plain, err := t.deliveryRow(d.Department, key, value)
	if gone, err := absent(err); err != nil {
		return err
	} else if gone {
		return t.drop(bDeliveryRow, key)
	}
	return t.storeDeliveryRow(d.Department, bytes.Clone(key), plain, row.Nameless())
}

// dropDelivery drops rows of one that never was completed, and itself behind the last.
func (t *transaction) dropDelivery(key, end []byte, most int) (done bool, err error) {
	n := 0
	for p, err := range t.scan(span{bucket: bDeliveryRow, prefix: key}) {
		if err != nil {
			return false, err
		}
		if n++; n > most {
			return false, nil
		}
		if err := t.drop(bDeliveryRow, join(key, p.key)); err != nil {
			return false, err
		}
	}
	return true, errors.Join(t.drop(bDeliveryEnd, end), t.drop(bDelivery, key))
}

func (c *checker) deliveries() error {
	departments := map[string]string{}
	err := c.each(bDelivery, func(key, _ []byte) error {
		d, plain, err := c.delivery(key)
		if err != nil {
			return err
		}
		departments[string(key)] = d.Department
		what := "delivery " + string(d.ID)
		c.index(what, bDeliveryEnd, deliveryEnd(plain, key))
		if !plain.Begun {
			c.index(what, bDeliveryList, deliveryKey(d, key))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.each(bDeliveryRow, func(key, value []byte) error {
		department, ok := departments[string(key[:idSize])]
		if !ok {
			c.problem("a row of delivery %s: there is no such delivery", idOf[archive.DeliveryID](key[:idSize]))
			return nil
		}
		_, _, err := c.deliveryRow(department, key, value)
		if errors.Is(err, archive.ErrNotFound) {
			return nil // what it tells of was erased: the row went with it
		}
		return err
	})
}
