package main

import (
	"context"
	"crypto/sha256"
	"fmt"

	"eakte/archive"
)

// delivery keeps what came of a scan vendor's made-up delivery, once.
func (l *loader) delivery(ctx context.Context) error {
	if l.done.Delivered || len(l.done.Akten) < 4 {
		return nil
	}
	subject, err := l.importer()
	if err != nil {
		return err
	}
	var rows []archive.DeliveryRow
	err = l.store.View(ctx, func(r archive.Reader) error {
		rows = nil
		for i, row := range madeUpRows() {
			row.Row = i + 1
			if row.Result == archive.DeliverySurplus {
				row.Row = 0
			}
			akte, err := r.Akte(l.done.Akten[i%4])
			if err != nil {
				return err
			}
			if row.Number = akte.Number; row.Result == archive.DeliveryTaken || row.Result == archive.DeliveryThere {
				row.Akte = akte.ID
			}
			if row.Result != archive.DeliveryMissing {
				row.Size, row.SHA256 = int64(180_000+7_919*i), sha256.Sum256(fmt.Append(nil, row.File))
			}
			rows = append(rows, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	made := archive.Delivery{Vendor: "Scanfabrik Süd GmbH", Name: "L-2026-11-03", Back: 1}
	if _, err := l.guard.For(subject).RecordDelivery(ctx, made, rows); err != nil {
		return err
	}
	l.done.Delivered = true
	return l.keep(ctx)
}

// madeUpRows are rows of each kind, without the Akten they lie in.
func madeUpRows() []archive.DeliveryRow {
	return []archive.DeliveryRow{
		{File: "kiste1/0001.pdf", Result: archive.DeliveryTaken, Tried: []string{"file_number+name"}},
		{File: "kiste1/0002.pdf", Result: archive.DeliveryTaken, Tried: []string{"file_number:unknown", "register_number+birth_date"}},
		{File: "kiste1/0003.pdf", Result: archive.DeliveryTaken, Tried: []string{"file_number+name"}},
		{File: "kiste1/0004.pdf", Result: archive.DeliveryUnassigned, Tried: []string{"birth_date:imputed", "file_number:alone"}},
		{File: "kiste1/0005.pdf", Result: archive.DeliveryMissing},
		{File: "kiste1/0006.pdf", Result: archive.DeliveryProfile, Faults: []archive.DeliveryFault{
			{Code: archive.FaultDPI, Pages: []int{2, 3, 5}, Found: "150", Want: "300"}, {Code: archive.FaultColour, Pages: []int{4}, Found: archive.ColourGrey, Want: archive.ColourTrue},
		}},
		{File: "kiste1/0002 (2).pdf", Result: archive.DeliveryDuplicate, Reason: "twice_in_the_delivery"},
		{File: "kiste1/0008.pdf", Result: archive.DeliveryUnreadable, Reason: "truncated"},
		{File: "kiste1/Thumbs.db", Result: archive.DeliverySurplus, Reason: "not_in_the_index"},
		{File: "kiste1/0009.pdf", Result: archive.DeliveryRefused, Reason: "twice_for_different_people"},
	}
}
