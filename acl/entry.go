package acl

import (
	"context"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// CreateAkteOf enters a person and opens an Akte for her: both or neither. The rules are those of
// [Desk.CreatePerson] and [Desk.CreateAkte]. Sent again, it returns the head alone.
func (d *Desk) CreateAkteOf(ctx context.Context, p archive.Person, akte archive.Akte) (AkteView, error) {
	akte.State = archive.AkteOpen
	if err := p.Normalise(d.guard.Policies, d.guard.Now()); err != nil {
		return AkteView{}, err
	}
	if err := akte.Normalise(d.guard.Policies); err != nil {
		return AkteView{}, err
	}
	id, again, err := d.create(ctx, act{op: audit.OpAkteCreate}, []any{p, akte}, func(tx archive.Tx) (string, act, error) {
		enters, ok := d.able(policies.ActPersonWrite)
		opens, may := d.able(policies.ActAkteCreate, takingPart(akte)...)
		if !ok || !may {
			return "", act{}, ErrDenied
		}
		p.ID, p.EnteredBy = archive.NewID[archive.PersonID](), enters.pair.Department
		p.Created = d.guard.Now().UTC()
		p.Changed, p.Revision = p.Created, 1
		if err := tx.PutPerson(p); err != nil {
			return "", act{}, err
		}
		entered := act{op: audit.OpPersonCreate, object: "person/" + string(p.ID), verdict: enters, persons: []archive.PersonID{p.ID}}
		if err := tx.Record(d.event(entered)); err != nil {
			return "", act{}, err
		}
		akte.Person = p.ID
		if err := d.placeAkte(tx, &akte); err != nil {
			return "", act{}, err
		}
		done := act{op: audit.OpAkteCreate, object: "akte/" + string(akte.ID), verdict: opens}
		done.akten, done.persons = []archive.AkteID{akte.ID}, []archive.PersonID{p.ID}
		return string(akte.ID), done, tx.PutAkte(akte)
	})
	if err != nil {
		return AkteView{}, err
	}
	if again {
		seen, err := d.Approach(ctx, archive.AkteID(id))
		return AkteView{Akte: seen.Akte}, err
	}
	return d.shown(ctx, archive.AkteID(id))
}
