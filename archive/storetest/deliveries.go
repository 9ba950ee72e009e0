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
	b.begin(first)
	b.begin(second)
	if err := b.house(func(tx archive.Tx) error { return tx.BeginDelivery(first) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("the same again: %v, want conflict", err)
	}
	if err := b.house(func(tx archive.Tx) error { return tx.AddDeliveryRows(first.ID, 0, rows[:2]) }); err != nil {
		b.t.Fatal(err)
	}
	b.view(func(r archive.Reader) error {
		if _, err := r.Delivery(first.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("before it is complete: %v, want not found", err)
		}
		same(b, "listed before it is complete", len(collect(b.t, r.Deliveries("poststelle", ""))), nil, 0)
		same(b, "rows before it is complete", len(collect(b.t, r.DeliveryRows(first.ID, ""))), nil, 0)
		got, has, err := r.DeliveryBegun(first.ID)
		same(b, "begun", got, err, first)
		same(b, "rows so far", has, nil, 2)
		return nil
	})
	for name, err := range map[string]error{
		"rows twice":    b.house(func(tx archive.Tx) error { return tx.AddDeliveryRows(first.ID, 0, rows[:1]) }),
		"rows left out": b.house(func(tx archive.Tx) error { return tx.AddDeliveryRows(first.ID, 3, rows[2:]) }),
	} {
		if !errors.Is(err, archive.ErrConflict) {
			b.t.Errorf("%s: %v, want conflict", name, err)
		}
	}
	nobodys := []archive.DeliveryRow{{Row: 1, Result: archive.DeliveryTaken, Akte: archive.NewID[archive.AkteID]()}}
	for name, err := range map[string]error{
		"a row of no akte":     b.house(func(tx archive.Tx) error { return tx.AddDeliveryRows(first.ID, 2, nobodys) }),
		"a row too many":       b.house(func(tx archive.Tx) error { return tx.AddDeliveryRows(first.ID, 2, rows[1:]) }),
		"completed before all": b.try(audit.OpDelivery, func(tx archive.Tx) error { return tx.CompleteDelivery(first.ID) }),
	} {
		if !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("%s: %v, want invalid", name, err)
		}
	}
	b.reopen()
	if err := b.house(func(tx archive.Tx) error { return tx.AddDeliveryRows(first.ID, 2, rows[2:]) }); err != nil {
		b.t.Fatal(err)
	}
	if err := b.house(func(tx archive.Tx) error { return tx.CompleteDelivery(first.ID) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("a delivery without an event: %v", err)
	}
	for _, id := range []archive.DeliveryID{first.ID, second.ID} {
		b.must(audit.OpDelivery, func(tx archive.Tx) error { return tx.CompleteDelivery(id) })
	}
	if err := b.try(audit.OpDelivery, func(tx archive.Tx) error { return tx.CompleteDelivery(first.ID) }); !errors.Is(err, archive.ErrNotFound) {
		b.t.Errorf("completed twice: %v, want not found", err)
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

// begin stores a delivery without its rows.
func (b *bench) begin(d archive.Delivery) {
	b.t.Helper()
	if err := b.house(func(tx archive.Tx) error { return tx.BeginDelivery(d) }); err != nil {
		b.t.Fatal(err)
	}
}

// delivered keeps a delivery and returns it.
func (b *bench) delivered(at time.Time, rows ...archive.DeliveryRow) archive.Delivery {
	b.t.Helper()
	d := archive.Delivery{ID: archive.NewID[archive.DeliveryID](), Department: "poststelle", Vendor: "Scanfabrik", Name: "L", By: b.clerk, At: at}
	if err := d.Normalise(rows); err != nil {
		b.t.Fatal(err)
	}
	b.begin(d)
	b.must(audit.OpDelivery, func(tx archive.Tx) error {
		return errors.Join(tx.AddDeliveryRows(d.ID, 0, rows), tx.CompleteDelivery(d.ID))
	})
	return d
}

// told are the files that the rows of a delivery name.
func (b *bench) told(id archive.DeliveryID) (files []string) {
	b.view(func(r archive.Reader) error {
		files = []string{}
		for _, row := range collect(b.t, r.DeliveryRows(id, "")) {
			files = append(files, row.File)
		}
		return nil
	})
	return files
}

// What a row tells of is erased with all that it came to belong to.
func testDeliveredErased(b *bench) {
	akte, other, third := b.newAkte(), b.newAkte(), b.newAkte()
	doc, v, _ := b.file(akte.ID)
	_, twin, _ := b.file(other.ID)
	item, waiting, _ := b.receive("poststelle")
	d := b.delivered(b.Clock.Now(),
		archive.DeliveryRow{Row: 1, File: "lies in it.pdf", Result: archive.DeliveryTaken, Akte: akte.ID, ID: string(doc.ID), SHA256: v.Original.SHA256},
		archive.DeliveryRow{Row: 2, File: "same bytes.pdf", Result: archive.DeliveryDuplicate, SHA256: twin.Original.SHA256},
		archive.DeliveryRow{Row: 3, File: "names it.pdf", Number: third.Number, Result: archive.DeliveryProfile},
		archive.DeliveryRow{Row: 4, File: "waits.pdf", Result: archive.DeliveryUnassigned, ID: string(item.ID), SHA256: waiting.Original.SHA256},
		archive.DeliveryRow{Row: 5, File: "nobody's.pdf", Result: archive.DeliverySurplus},
	)
	same(b, "all", b.told(d.ID), nil, []string{"lies in it.pdf", "same bytes.pdf", "names it.pdf", "waits.pdf", "nobody's.pdf"})
	b.destroy("akte/" + string(third.ID))
	same(b, "the one its number names erased", b.told(d.ID), nil, []string{"lies in it.pdf", "same bytes.pdf", "waits.pdf", "nobody's.pdf"})
	b.destroy("akte/" + string(other.ID))
	same(b, "the one with the same bytes erased", b.told(d.ID), nil, []string{"lies in it.pdf", "waits.pdf", "nobody's.pdf"})
	to, later := b.newAkte(), b.newAkte()
	doc.Akte, doc.Revision = to.ID, doc.Revision+1
	b.must(audit.OpDocumentMove, func(tx archive.Tx) error { return tx.PutDocument(doc) })
	filed := b.document(later.ID, waiting.ID)
	waiting.Documents, item.Filed, item.Revision = []archive.DocumentID{filed.ID}, []archive.DocumentID{filed.ID}, 2
	b.must(audit.OpFile, func(tx archive.Tx) error {
		return errors.Join(tx.PutDocument(filed), tx.PutInboxItem(item), tx.PutVersion(waiting))
	})
	same(b, "moved and filed", b.told(d.ID), nil, []string{"lies in it.pdf", "waits.pdf", "nobody's.pdf"})
	b.destroy("akte/" + string(to.ID))
	b.destroy("akte/" + string(later.ID))
	same(b, "where they went erased", b.told(d.ID), nil, []string{"nobody's.pdf"})
	b.destroy("akte/" + string(akte.ID))
	same(b, "all erased", b.told(d.ID), nil, []string{"nobody's.pdf"})
}

// Names in rows end with the term of their delivery, bit by bit; what never was completed ends altogether.
func testDeliveredEnds(b *bench) {
	akte := b.newAkte()
	at := b.Clock.Now()
	rows := []archive.DeliveryRow{
		{Row: 1, File: "a.pdf", Number: akte.Number, Result: archive.DeliveryTaken, Akte: akte.ID, SHA256: [32]byte{1}, Size: 7},
		{Row: 2, File: "b.pdf", Number: "33.11-9/2026", Result: archive.DeliveryRefused, Reason: "unknown_akte", SHA256: [32]byte{2}},
		{Row: 3, File: "c.pdf", Result: archive.DeliverySurplus},
	}
	old, young := b.delivered(at, rows...), b.delivered(at.Add(time.Hour), rows...)
	open := archive.Delivery{ID: archive.NewID[archive.DeliveryID](), Department: "poststelle", Vendor: "x", By: b.clerk, At: at, Rows: 3}
	b.begin(open)
	if err := b.house(func(tx archive.Tx) error { return tx.AddDeliveryRows(open.ID, 0, rows[1:]) }); err != nil {
		b.t.Fatal(err)
	}
	ended := func(named, begun time.Time, limit int) (out []archive.DeliveryID) {
		b.view(func(r archive.Reader) (err error) {
			out, err = r.EndedDeliveries(named, begun, limit)
			return err
		})
		return out
	}
	before := at.Add(-time.Second)
	same(b, "ended before", ended(before, before, 10), nil, nil)
	same(b, "one's term is over", ended(at, before, 10), nil, []archive.DeliveryID{old.ID})
	same(b, "both", ended(at.Add(time.Hour), at, 10), nil, []archive.DeliveryID{open.ID, old.ID, young.ID})
	same(b, "some", ended(at.Add(time.Hour), at, 2), nil, []archive.DeliveryID{open.ID, old.ID})
	over := at.AddDate(1, 0, 0)
	end := func(id archive.DeliveryID, most int) (done bool) {
		b.must(audit.OpErasure, func(tx archive.Tx) (err error) {
			done, err = tx.EndDelivery(id, over, most)
			return err
		})
		return done
	}
	if err := b.house(func(tx archive.Tx) error { _, err := tx.EndDelivery(old.ID, over, 1); return err }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("erased without an event: %v", err)
	}
	same(b, "two of three", end(old.ID, 2), nil, false)
	same(b, "two of three", b.told(old.ID), nil, []string{"", "", "c.pdf"})
	b.reopen()
	same(b, "the last", end(old.ID, 2), nil, true)
	b.view(func(r archive.Reader) error {
		want := []archive.DeliveryRow{rows[0].Nameless(), rows[1].Nameless(), rows[2].Nameless()}
		same(b, "what is left", collect(b.t, r.DeliveryRows(old.ID, "")), nil, want)
		got, err := r.Delivery(old.ID)
		kept := old
		kept.NamesErased, kept.Name = over, ""
		same(b, "delivery", got, err, kept)
		return nil
	})
	same(b, "another's", b.told(young.ID), nil, []string{"a.pdf", "b.pdf", "c.pdf"})
	same(b, "begun, one row", end(open.ID, 1), nil, false)
	same(b, "begun, the rest", end(open.ID, 1), nil, true)
	b.view(func(r archive.Reader) error {
		if _, _, err := r.DeliveryBegun(open.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("never completed: %v, want not found", err)
		}
		return nil
	})
	same(b, "nothing left to end", ended(at, at, 10), nil, nil)
}
