package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"eakte/archive"
)

// deliveryPlain is what isn't personal about a delivery.
type deliveryPlain struct {
	Department string         `cbor:"1,keyasint"`
	By         archive.UserID `cbor:"2,keyasint"`
	At         time.Time      `cbor:"3,keyasint"`
	Rows       int            `cbor:"4,keyasint"`
	Counts     map[string]int `cbor:"5,keyasint"`
	Back       int            `cbor:"6,keyasint,omitempty"`
}

// deliverySecret is sealed under the key of the basket.
type deliverySecret struct {
	Vendor string `cbor:"1,keyasint"`
	Name   string `cbor:"2,keyasint"`
}

// deliveryRowPlain is what isn't personal about a row of a delivery.
type deliveryRowPlain struct {
	Row    int            `cbor:"1,keyasint,omitempty"`
	Result string         `cbor:"2,keyasint"`
	Akte   archive.AkteID `cbor:"3,keyasint,omitempty"`
}

// deliveryRowSecret is sealed under the key of the row's Akte, or of the basket where it has none.
type deliveryRowSecret struct {
	File   string                  `cbor:"1,keyasint,omitempty"`
	Number string                  `cbor:"2,keyasint,omitempty"`
	Reason string                  `cbor:"3,keyasint,omitempty"`
	Faults []archive.DeliveryFault `cbor:"4,keyasint,omitempty"`
	Tried  []string                `cbor:"5,keyasint,omitempty"`
	ID     string                  `cbor:"6,keyasint,omitempty"`
	Size   int64                   `cbor:"7,keyasint,omitempty"`
	SHA256 [32]byte                `cbor:"8,keyasint"`
}

// rowOwner is whose key seals a row.
func (p deliveryRowPlain) rowOwner(department string) string {
	if p.Akte != "" {
		return akteOwner(p.Akte)
	}
	return basketOwner(department)
}

// Delivery implements [archive.Reader].
func (r *reader) Delivery(id archive.DeliveryID) (archive.Delivery, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Delivery{}, missing("delivery")
	}
	return r.delivery(key)
}

func (r *reader) delivery(key []byte) (archive.Delivery, error) {
	value := r.value(bDelivery, key)
	if value == nil {
		return archive.Delivery{}, missing("delivery")
	}
	id := idOf[archive.DeliveryID](key)
	var plain deliveryPlain
	var secret deliverySecret
	s, err := r.store.codec.decode(bDelivery, key, value, &plain)
	if err != nil {
		return archive.Delivery{}, fmt.Errorf("delivery %s: %w", id, err)
	}
	box, err := r.store.keys.box(basketOwner(plain.Department))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Delivery{}, fmt.Errorf("delivery %s: %w", id, err)
	}
	return archive.Delivery{
		ID: id, Department: plain.Department, Vendor: secret.Vendor, Name: secret.Name, By: plain.By, At: plain.At,
		Rows: plain.Rows, Counts: plain.Counts, Back: plain.Back,
	}, nil
}

// Deliveries implements [archive.Reader].
func (r *reader) Deliveries(department string, after archive.Position) archive.List[archive.Delivery] {
	s := span{bucket: bDeliveryList, prefix: word(department), after: after, down: true}
	return rows(r, s, func(p pair) (archive.Delivery, error) { return r.delivery(p.key[len(p.key)-idSize:]) })
}

// DeliveryRows implements [archive.Reader].
func (r *reader) DeliveryRows(id archive.DeliveryID, after archive.Position) archive.List[archive.DeliveryRow] {
	of := archive.Delivery{}
	key, ok := raw(id)
	if ok {
		// Whoever has no such delivery finds no rows.
		of, _ = r.delivery(key)
	}
	return rows(r, span{bucket: bDeliveryRow, prefix: key, after: after}, func(p pair) (archive.DeliveryRow, error) {
		if of.ID == "" {
			return archive.DeliveryRow{}, missing("delivery")
		}
		return r.deliveryRow(of.Department, join(key, p.key), p.value)
	})
}

func (r *reader) deliveryRow(department string, key, value []byte) (archive.DeliveryRow, error) {
	var plain deliveryRowPlain
	var secret deliveryRowSecret
	s, err := r.store.codec.decode(bDeliveryRow, key, value, &plain)
	if err != nil {
		return archive.DeliveryRow{}, fmt.Errorf("row of a delivery: %w", err)
	}
	box, err := r.store.keys.box(plain.rowOwner(department))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.DeliveryRow{}, fmt.Errorf("row of a delivery: %w", err)
	}
	return archive.DeliveryRow{
		Row: plain.Row, File: secret.File, Number: secret.Number, Result: plain.Result, Reason: secret.Reason, Faults: secret.Faults,
		Tried: secret.Tried, Akte: plain.Akte, ID: secret.ID, Size: secret.Size, SHA256: secret.SHA256,
	}, nil
}

// AddDelivery implements [archive.Tx].
func (t *transaction) AddDelivery(d archive.Delivery, rows []archive.DeliveryRow) error {
	if err := t.change(); err != nil {
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
	case d.Rows != len(rows) || d.DryRun:
		return invalid("delivery", "its rows don't fit it")
	}
	if err := t.put(bDeliveryList, deliveryKey(d, key), nil); err != nil {
		return err
	}
	plain := deliveryPlain{Department: d.Department, By: d.By, At: d.At, Rows: d.Rows, Counts: d.Counts, Back: d.Back}
	if err := t.storeSealed(bDelivery, key, plain, basketOwner(d.Department), deliverySecret{Vendor: d.Vendor, Name: d.Name}); err != nil {
		return err
	}
	for i, row := range rows {
		if err := t.addDeliveryRow(d, join(key, binary.BigEndian.AppendUint32(nil, uint32(i))), row); err != nil {
			return err
		}
	}
	return nil
}

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
	}
	return t.storeSealed(bDeliveryRow, key, plain, plain.rowOwner(d.Department), deliveryRowSecret{
		File: row.File, Number: row.Number, Reason: row.Reason, Faults: row.Faults, Tried: row.Tried, ID: row.ID, Size: row.Size, SHA256: row.SHA256,
	})
}

// deliveryKey is a delivery's place in the list of its department.
func deliveryKey(d archive.Delivery, key []byte) []byte {
	return join(word(d.Department), moment(d.At), key)
}

func (c *checker) deliveries() error {
	departments := map[string]string{}
	err := c.each(bDelivery, func(key, _ []byte) error {
		d, err := c.delivery(key)
		if err != nil {
			return err
		}
		departments[string(key)] = d.Department
		c.index("delivery "+string(d.ID), bDeliveryList, deliveryKey(d, key))
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
		_, err := c.deliveryRow(department, key, value)
		if errors.Is(err, archive.ErrNotFound) {
			return nil // its Akte was erased: the row went with it
		}
		return err
	})
}
