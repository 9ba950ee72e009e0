package storetest

import (
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

func testDeliveries(b *bench) {
	akte, other := b.newAkte(), b.newAkte()
	delivery := func(at time.Time, rows []archive.DeliveryRow) archive.Delivery {
		d := archive.Delivery{
			ID: archive.NewID[archive.DeliveryID](), Department: "poststelle", Vendor: "Scanfabrik Süd", Name: "L1", By: b.clerk, At: at, Back: 1,
		}
		if err := d.Normalise(rows); err != nil {
			b.t.Fatal(err)
		}
		return d
	}
	rows := []archive.DeliveryRow{
		{Row: 1, File: "a.pdf", Number: akte.Number, Result: archive.DeliveryTaken, Tried: []string{"file_number+name"}, Akte: akte.ID, ID: "x", Size: 7, SHA256: [32]byte{1}},
		{Row: 2, File: "b.pdf", Result: archive.DeliveryProfile, Faults: []archive.DeliveryFault{{Code: archive.FaultDPI, Pages: []int{2}, Found: "150", Want: "300"}}},
		{Row: 3, File: "c.pdf", Number: other.Number, Result: archive.DeliveryTaken, Akte: other.ID},
	}
	first := delivery(b.Clock.Now(), rows)
	second := delivery(b.Clock.Now().Add(time.Hour), nil)
	if err := b.house(func(tx archive.Tx) error { return tx.AddDelivery(first, rows) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("a delivery without an event: %v", err)
	}
	b.must(audit.OpDelivery, func(tx archive.Tx) error { return tx.AddDelivery(first, rows) })
	b.must(audit.OpDelivery, func(tx archive.Tx) error { return tx.AddDelivery(second, nil) })
	if err := b.try(audit.OpDelivery, func(tx archive.Tx) error { return tx.AddDelivery(first, rows) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("the same again: %v, want conflict", err)
	}
	nobodys := []archive.DeliveryRow{{Row: 1, Result: archive.DeliveryTaken, Akte: archive.NewID[archive.AkteID]()}}
	if err := b.try(audit.OpDelivery, func(tx archive.Tx) error { return tx.AddDelivery(delivery(b.Clock.Now(), nobodys), nobodys) }); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("a row of no akte: %v, want invalid", err)
	}
	b.reopen()
	listed := func(department string) (out []archive.DeliveryID) {
		b.view(func(r archive.Reader) error {
			out = nil
			for _, d := range collect(b.t, r.Deliveries(department, "")) {
				out = append(out, d.ID)
			}
			return nil
		})
		return out
	}
	same(b, "listed", listed("poststelle"), nil, []archive.DeliveryID{second.ID, first.ID})
	same(b, "of another department", len(listed("asyl")), nil, 0)
	b.view(func(r archive.Reader) error {
		got, err := r.Delivery(first.ID)
		same(b, "delivery", got, err, first)
		same(b, "rows", collect(b.t, r.DeliveryRows(first.ID, "")), nil, rows)
		same(b, "rows of none", len(collect(b.t, r.DeliveryRows(second.ID, ""))), nil, 0)
		return nil
	})
	b.destroy("akte/" + string(other.ID))
	b.view(func(r archive.Reader) error {
		same(b, "rows, one akte erased", collect(b.t, r.DeliveryRows(first.ID, "")), nil, rows[:2])
		return nil
	})
}
