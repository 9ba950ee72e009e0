package acl

import (
	"context"
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Approach is what somebody sees of an Akte before she said why she opens it: the row of a list, and
// the open cases, one of which is the usual purpose.
type Approach struct {
	AkteHead
	Cases []archive.Case
}

// Approach shows what is needed to state a purpose for an Akte. It is a look into a list of Akten.
func (d *Desk) Approach(ctx context.Context, id archive.AkteID) (Approach, error) {
	return d.approach(ctx, act{op: audit.OpAkteList, object: "akte/" + string(id)}, id, func(*access) error { return nil })
}

// approach is [Desk.Approach] where may agrees. tried is what a refusal is recorded as.
func (d *Desk) approach(ctx context.Context, tried act, id archive.AkteID, may func(*access) error) (Approach, error) {
	var seen Approach
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		a, err := d.enter(r, id)
		if err != nil {
			return act{}, err
		}
		if err := may(a); err != nil {
			return act{}, err
		}
		page, err := d.heads(r, []archive.Akte{a.akte})
		if err != nil {
			return act{}, err
		}
		cases, err := r.CasesOf(id)
		if err != nil {
			return act{}, err
		}
		seen = Approach{page.Items[0], slices.DeleteFunc(cases, func(c archive.Case) bool {
			return c.State != "open" || !a.touches(c.Procedure)
		})}
		done := tried
		done.op, done.window = audit.OpAkteList, "approach"
		done.akten, done.persons = []archive.AkteID{id}, []archive.PersonID{a.akte.Person}
		return done, nil
	})
	return seen, err
}

// May reports whether the subject has a capability in any of her departments, so that pages can leave
// out what she can't use. It grants nothing.
func (d *Desk) May(capability string) bool {
	_, ok := d.able(capability)
	return ok
}

// Reads reports whether any rule lets the subject see Akten at all.
func (d *Desk) Reads() bool {
	for _, p := range d.subject.Pairs {
		if len(d.guard.headRegisters[p]) > 0 || d.guard.capability(p, policies.ActPersonWrite).Allow {
			return true
		}
	}
	return false
}

// AkteByNumber finds an Akte by its reference number, if the subject may see its head: she typed the
// number, and learns nothing but that.
func (d *Desk) AkteByNumber(ctx context.Context, number string) (id archive.AkteID, err error) {
	tried := act{op: audit.OpAkteList}
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		found, err := r.AkteByNumber(number)
		if isNotFound(err) {
			return act{}, unknownNumber()
		}
		if err != nil {
			return act{}, err
		}
		a, err := d.enter(r, found)
		if isNotFound(err) {
			return act{}, unknownNumber()
		}
		if err != nil {
			return act{}, err
		}
		id = found
		done := tried
		done.object, done.akten, done.persons = "akte/"+string(id), []archive.AkteID{id}, []archive.PersonID{a.akte.Person}
		return done, nil
	})
	var unknown *archive.FieldError
	if errors.As(err, &unknown) { // a guess, perhaps: what isn't there and what she may not know of alike
		err = d.record(ctx, tried, err)
	}
	return id, err
}

func unknownNumber() error { return &archive.FieldError{Pointer: "/akte", Code: "unknown"} }
