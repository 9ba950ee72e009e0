package storetest

import (
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
)

func testConsignments(b *bench) {
	akte, other, unsaid := b.newAkte(), b.newAkte(), b.newAkte()
	at := b.Clock.Now()
	away := func(id archive.AkteID, expected string) archive.Consignment {
		return archive.Consignment{
			Akte: id, Department: "asyl", Vendor: "Scanfabrik Süd", Since: "2026-11-02", Expected: expected, By: b.clerk, At: at,
		}
	}
	first, second, third := away(akte.ID, "2026-12-01"), away(other.ID, "2026-12-02"), away(unsaid.ID, "")
	for _, c := range []archive.Consignment{third, second, first} {
		b.must(audit.OpConsign, func(tx archive.Tx) error { return tx.PutConsignment(c) })
	}
	if err := b.house(func(tx archive.Tx) error { return tx.PutConsignment(first) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("a consignment without an event: %v", err)
	}
	nobodys := away(archive.NewID[archive.AkteID](), "")
	if err := b.try(audit.OpConsign, func(tx archive.Tx) error { return tx.PutConsignment(nobodys) }); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("a consignment of no akte: %v, want invalid", err)
	}
	listed := func(department string) (out []archive.AkteID) {
		b.view(func(r archive.Reader) error {
			for row, err := range r.Consignments(department, "") {
				if err != nil {
					return err
				}
				out = append(out, row.Value.Akte)
			}
			return nil
		})
		return out
	}
	same(b, "by the day they are due", listed("asyl"), nil, []archive.AkteID{akte.ID, other.ID, unsaid.ID})
	same(b, "of another department", listed("soziales"), nil, nil)
	third.Rush = &archive.Rush{Reason: "Gericht fordert an", Wanted: "2026-11-20", By: b.clerk, At: at}
	b.must(audit.OpConsignRush, func(tx archive.Tx) error { return tx.PutConsignment(third) })
	same(b, "a rush order goes before", listed("asyl"), nil, []archive.AkteID{unsaid.ID, akte.ID, other.ID})
	b.reopen()
	b.view(func(r archive.Reader) error {
		got, err := r.Consignment(unsaid.ID)
		same(b, "consignment", got, err, third)
		return nil
	})
	b.must(audit.OpConsignEnd, func(tx archive.Tx) error { return tx.DeleteConsignment(other.ID) })
	if err := b.try(audit.OpConsignEnd, func(tx archive.Tx) error { return tx.DeleteConsignment(other.ID) }); !errors.Is(err, archive.ErrNotFound) {
		b.t.Errorf("taken back twice: %v, want not found", err)
	}
	b.destroy("akte/" + string(akte.ID))
	same(b, "of what is left", listed("asyl"), nil, []archive.AkteID{unsaid.ID})
}
