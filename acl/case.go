package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// OpenCase opens a procedure in an Akte, in the name of a department that takes part.
func (d *Desk) OpenCase(ctx context.Context, c archive.Case) (archive.Case, error) {
	if err := c.Normalise(d.guard.Policies); err != nil {
		return archive.Case{}, err
	}
	tried := act{op: audit.OpCaseCreate, object: "akte/" + string(c.Akte)}
	id, _, err := d.create(ctx, tried, c, func(tx archive.Tx) (string, act, error) {
		a, err := d.enter(tx, c.Akte)
		if err != nil {
			return "", act{}, err
		}
		v, ok := a.opener()
		switch {
		case !ok || a.akte.State != archive.AkteOpen || !a.touches(c.Procedure):
			return "", act{}, ErrDenied
		case a.mustState() != nil:
			return "", act{}, ErrPurpose
		}
		c.ID, c.State, c.Revision = archive.NewID[archive.CaseID](), "open", 1
		c.Created = d.guard.Now().UTC()
		done := tried
		done.object, done.verdict = "case/"+string(c.ID), v
		done.akten, done.persons = []archive.AkteID{c.Akte}, []archive.PersonID{a.akte.Person}
		return string(c.ID), done, tx.PutCase(c)
	})
	if err != nil {
		return archive.Case{}, err
	}
	err = d.view(ctx, func(r archive.Reader) (err error) {
		c, err = r.Case(archive.CaseID(id))
		return err
	})
	return c, err
}

// CloseCase ends a procedure: it is nobody's purpose from then on.
func (d *Desk) CloseCase(ctx context.Context, id archive.CaseID) (archive.Case, error) {
	var c archive.Case
	tried := act{op: audit.OpCaseClose, object: "case/" + string(id)}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		var err error
		if c, err = tx.Case(id); err != nil {
			return act{}, err
		}
		a, err := d.enter(tx, c.Akte)
		if err != nil {
			return act{}, err
		}
		v, ok := a.opener()
		switch {
		case !a.touches(c.Procedure):
			return act{}, archive.ErrNotFound
		case !ok || a.akte.State != archive.AkteOpen:
			return act{}, ErrDenied
		case a.mustState() != nil:
			return act{}, ErrPurpose
		case c.State != "open":
			return act{}, archive.ErrConflict
		}
		c.State, c.Revision = "closed", c.Revision+1
		done := tried
		done.verdict = v
		done.akten, done.persons = []archive.AkteID{c.Akte}, []archive.PersonID{a.akte.Person}
		return done, tx.PutCase(c)
	})
	return c, err
}

// opener finds the pair through which the subject may open a case: one of a department that takes part.
func (a *access) opener() (verdict, bool) {
	return a.worker(policies.ActAkteChange, a.akte.Participations())
}

// touches reports whether the subject may know of every register that a case of the procedure touches:
// the name of a procedure tells what lies there.
func (a *access) touches(procedure string) bool {
	p, ok := a.desk.guard.Policies.Procedure(procedure)
	return ok && !slices.ContainsFunc(p.Registers, func(register string) bool {
		return !a.knows(register)
	})
}
