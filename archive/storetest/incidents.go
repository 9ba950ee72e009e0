package storetest

import (
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
)

func testIncidents(b *bench) {
	now := b.Clock.Now()
	i := archive.Incident{
		ID: archive.NewID[archive.IncidentID](), Title: "Fehlversand", What: "Ein Brief ging an Fremde", KnownSince: now, Actor: b.clerk,
		From: now.AddDate(0, 0, -2), To: now, State: archive.IncidentOpen, By: b.clerk, At: now, Revision: 1,
		Steps: []archive.IncidentStep{{By: b.clerk, At: now, State: archive.IncidentOpen}},
	}
	b.must(audit.OpIncidentOpen, func(tx archive.Tx) error { return tx.PutIncident(i) })
	later := i
	later.ID = archive.NewID[archive.IncidentID]()
	b.must(audit.OpIncidentOpen, func(tx archive.Tx) error { return tx.PutIncident(later) })
	if err := b.house(func(tx archive.Tx) error { i := i; i.Revision++; return tx.PutIncident(i) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("an incident without an event: %v", err)
	}
	i.State, i.Revision, i.Measures, i.Assessment, i.Risk, i.Notified = archive.IncidentClosed, 2, "zurückgeholt", "gering", "risk", now
	b.must(audit.OpIncidentClose, func(tx archive.Tx) error { return tx.PutIncident(i) })
	b.reopen()
	b.view(func(r archive.Reader) error {
		got, err := r.Incident(i.ID)
		same(b, "incident", got, err, i)
		var ids []archive.IncidentID
		for row, err := range r.Incidents("") {
			if err != nil {
				return err
			}
			ids = append(ids, row.Value.ID)
		}
		same(b, "newest first", ids, nil, []archive.IncidentID{later.ID, i.ID})
		_, err = r.Incident(archive.NewID[archive.IncidentID]())
		if !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("one that isn't there: %v", err)
		}
		return nil
	})
	i.Revision = 3
	if err := b.try(audit.OpIncidentChange, func(tx archive.Tx) error { return tx.PutIncident(i) }); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("changed though it is closed: %v", err)
	}
	if err := b.try(audit.OpIncidentChange, func(tx archive.Tx) error { return tx.PutIncident(later) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("the same revision again: %v", err)
	}
}
