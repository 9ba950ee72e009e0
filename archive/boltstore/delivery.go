package boltstore

import (
	"bytes"
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
	// Begun says that it isn't complete.
	Begun bool `cbor:"7,keyasint,omitempty"`
	// Nameless counts the first places whose rows were looked at for names to erase; Erased is when all were.
	Nameless int       `cbor:"8,keyasint,omitempty"`
	Erased   time.Time `cbor:"9,keyasint,omitzero"`
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
	// Named is the Akte that the number of a row leads to which lies in none.
	Named archive.AkteID `cbor:"4,keyasint,omitempty"`
	// Version is that of what the row became, or of the same bytes.
	Version archive.VersionID `cbor:"5,keyasint,omitempty"`
}

// deliveryRowSecret is sealed under the key of the row's Akte, of the one its number leads to, or of the basket.
type deliveryRowSecret struct {
	File   string                  `cbor:"1,keyasint,omitempty"`
	Number string                  `cbor:"2,keyasint,omitempty"`
	Reason string                  `cbor:"3,keyasint,omitempty"`
	Faults []archive.DeliveryFault `cbor:"4,keyasint,omitempty"`
	Tried  []string                `cbor:"5,keyasint,omitempty"`
	ID     string                  `cbor:"6,keyasint,omitempty"`
	Size   int64                   `cbor:"7,keyasint,omitempty"`
	SHA256 [32]byte                `cbor:"8,keyasint"`
	// Inner is all of the above, sealed under the content key of the row's version: wherever that goes, and whatever
	// Akte is erased then, the row goes with it.
	Inner []byte `cbor:"9,keyasint,omitempty"`
}

// rowOwner is whose key seals a row.
func (p deliveryRowPlain) rowOwner(department string) string {
	switch {
	case p.Akte != "":
		return akteOwner(p.Akte)
	case p.Named != "":
		return akteOwner(p.Named)
	}
	return basketOwner(department)
}

// Delivery implements [archive.Reader].
func (r *reader) Delivery(id archive.DeliveryID) (archive.Delivery, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Delivery{}, missing("delivery")
	}
	d, plain, err := r.delivery(key)
	if err == nil && plain.Begun {
		return archive.Delivery{}, missing("delivery")
	}
	return d, err
}

// DeliveryBegun implements [archive.Reader].
func (r *reader) DeliveryBegun(id archive.DeliveryID) (archive.Delivery, int, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Delivery{}, 0, missing("delivery")
	}
	d, plain, err := r.delivery(key)
	if err != nil || !plain.Begun {
		return archive.Delivery{}, 0, errors.Join(err, missing("delivery"))
	}
	return d, r.deliveryHas(key), nil
}

// deliveryHas is how many rows a delivery that isn't complete has.
func (r *reader) deliveryHas(key []byte) int {
	c := r.bucket(bDeliveryRow).Cursor()
	last, _ := c.Seek(successor(key))
	if last == nil {
		last, _ = c.Last()
	} else {
		last, _ = c.Prev()
	}
	if !bytes.HasPrefix(last, key) {
		return 0
	}
	return int(binary.BigEndian.Uint32(last[idSize:])) + 1
}

func (r *reader) delivery(key []byte) (d archive.Delivery, plain deliveryPlain, err error) {
	value := r.value(bDelivery, key)
	if value == nil {
		return d, plain, missing("delivery")
	}
	id := idOf[archive.DeliveryID](key)
	var secret deliverySecret
	s, err := r.store.codec.decode(bDelivery, key, value, &plain)
	if err != nil {
		return d, plain, fmt.Errorf("delivery %s: %w", id, err)
	}
	box, err := r.store.keys.box(basketOwner(plain.Department))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return d, plain, fmt.Errorf("delivery %s: %w", id, err)
	}
	return archive.Delivery{
		ID: id, Department: plain.Department, Vendor: secret.Vendor, Name: secret.Name, By: plain.By, At: plain.At,
		Rows: plain.Rows, Counts: plain.Counts, Back: plain.Back, NamesErased: plain.Erased,
	}, plain, nil
}

// Deliveries implements [archive.Reader].
func (r *reader) Deliveries(department string, after archive.Position) archive.List[archive.Delivery] {
	s := span{bucket: bDeliveryList, prefix: word(department), after: after, down: true}
	return rows(r, s, func(p pair) (archive.Delivery, error) {
		d, _, err := r.delivery(p.key[len(p.key)-idSize:])
		return d, err
	})
}

// DeliveryRows implements [archive.Reader].
func (r *reader) DeliveryRows(id archive.DeliveryID, after archive.Position) archive.List[archive.DeliveryRow] {
	of, err := r.Delivery(id)
	key, ok := raw(id)
	if !ok || err != nil { // whoever has no such delivery finds no rows
		return func(func(archive.Row[archive.DeliveryRow], error) bool) {}
	}
	return rows(r, span{bucket: bDeliveryRow, prefix: key, after: after}, func(p pair) (archive.DeliveryRow, error) {
		row, _, err := r.deliveryRow(of.Department, join(key, p.key), p.value)
		return row, err
	})
}

func (r *reader) deliveryRow(department string, key, value []byte) (archive.DeliveryRow, deliveryRowPlain, error) {
	var plain deliveryRowPlain
	var secret deliveryRowSecret
	s, err := r.store.codec.decode(bDeliveryRow, key, value, &plain)
	if err != nil {
		return archive.DeliveryRow{}, plain, fmt.Errorf("row of a delivery: %w", err)
	}
	box, err := r.store.keys.box(plain.rowOwner(department))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err == nil && plain.Version != "" {
		secret, err = r.innerRow(plain.Version, key, secret.Inner)
	}
	if err != nil {
		return archive.DeliveryRow{}, plain, fmt.Errorf("row of a delivery: %w", err)
	}
	return archive.DeliveryRow{
		Row: plain.Row, File: secret.File, Number: secret.Number, Result: plain.Result, Reason: secret.Reason, Faults: secret.Faults,
		Tried: secret.Tried, Akte: plain.Akte, ID: secret.ID, Size: secret.Size, SHA256: secret.SHA256,
	}, plain, nil
}

// innerRow opens what is sealed under the content key of a version.
func (r *reader) innerRow(id archive.VersionID, key, inner []byte) (secret deliveryRowSecret, err error) {
	version, ok := raw(id)
	if !ok {
		return secret, missing("version")
	}
	content, err := r.content(version)
	if err != nil {
		return secret, err
	}
	return secret, r.store.codec.open(sealed{bound: bound(bDeliveryRow, key, nil), box: inner}, content.box, &secret)
}

// EndedDeliveries implements [archive.Reader].
func (r *reader) EndedDeliveries(named, begun time.Time, limit int) (out []archive.DeliveryID, err error) {
	for _, list := range []struct {
		kind byte
		by   time.Time
	}{{deliveryBegun, begun}, {deliveryNamed, named}} {
		for p, err := range r.scan(span{bucket: bDeliveryEnd, prefix: []byte{list.kind}}) {
			if err != nil {
				return nil, err
			}
			if len(out) == limit || bytes.Compare(p.key[:8], moment(list.by)) > 0 {
				break
			}
			out = append(out, idOf[archive.DeliveryID](p.key))
		}
	}
	return out, nil
}

// deliveryKey is a delivery's place in the list of its department.
func deliveryKey(d archive.Delivery, key []byte) []byte {
	return join(word(d.Department), moment(d.At), key)
}

// Kinds of what ends in bDeliveryEnd.
const (
	deliveryBegun = 'b' // one that isn't complete
	deliveryNamed = 'n' // one whose rows tell names
)

// deliveryEnd is a delivery's place among those that end; nil: nothing of it does any more.
func deliveryEnd(p deliveryPlain, key []byte) []byte {
	switch {
	case p.Begun:
		return join([]byte{deliveryBegun}, moment(p.At), key)
	case p.Erased.IsZero():
		return join([]byte{deliveryNamed}, moment(p.At), key)
	}
	return nil
}
