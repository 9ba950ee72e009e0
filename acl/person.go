package acl

import (
	"context"
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// CreatePerson enters a person. The subject needs to be allowed to enter persons; the person
// belongs to her department while there is no Akte.
func (d *Desk) CreatePerson(ctx context.Context, p archive.Person) (archive.Person, error) {
	if err := p.Normalise(d.guard.Policies, d.guard.Now()); err != nil {
		return archive.Person{}, err
	}
	tried := act{op: audit.OpPersonCreate}
	id, again, err := d.create(ctx, tried, p, func(tx archive.Tx) (string, act, error) {
		v, ok := d.able(policies.ActPersonWrite)
		if !ok {
			return "", act{}, ErrDenied
		}
		p.ID, p.EnteredBy = archive.NewID[archive.PersonID](), v.pair.Department
		p.Created = d.guard.Now().UTC()
		p.Changed, p.Revision = p.Created, 1
		done := act{op: audit.OpPersonCreate, object: "person/" + string(p.ID), verdict: v}
		done.persons = []archive.PersonID{p.ID}
		return string(p.ID), done, tx.PutPerson(p)
	})
	if err != nil {
		return archive.Person{}, err
	}
	if again {
		err := d.view(ctx, func(r archive.Reader) error {
			seen, _, err := d.meet(r, archive.PersonID(id))
			p = seen.Person
			return err
		})
		return p, err
	}
	return d.person(ctx, archive.PersonID(id))
}

// person reads back what the subject has just made or changed.
func (d *Desk) person(ctx context.Context, id archive.PersonID) (p archive.Person, err error) {
	err = d.view(ctx, func(r archive.Reader) (err error) {
		p, err = r.Person(id)
		return err
	})
	return p, err
}

// PersonView is a person with the heads of those of her Akten that the reader may see.
type PersonView struct {
	archive.Person
	Akten []archive.Akte
	// Particulars are the groups of fields beside her identity of which the reader may know.
	Particulars []ParticularView
	// Stated is the purpose that counts here.
	Stated string
	// MayChange says that the reader may change what is recorded, MayProtect that she may lay and lift a
	// ban on disclosure as well.
	MayChange, MayProtect bool
}

// Person shows a person of whom the subject sees an Akte, or whom her department entered and
// who has none yet. In pages it needs a purpose that holds in one of those Akten; without an Akte, one
// stated for the request. [ErrPurpose] else.
func (d *Desk) Person(ctx context.Context, id archive.PersonID) (PersonView, error) {
	var view PersonView
	tried := act{op: audit.OpPersonOpen, object: "person/" + string(id)}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		var v verdict
		var err error
		view, v, err = d.meet(r, id)
		if err != nil {
			return act{}, err
		}
		done := tried
		if done.akten, err = d.reached(r, view); err != nil {
			return act{}, err
		}
		view.Stated = d.subject.purposeOf(done.akten)
		change, leads := d.writer(r, view)
		view.MayChange, view.MayProtect = change.Allow, change.Allow && leads
		done.verdict, done.window = v, "person"
		done.persons = []archive.PersonID{id}
		if view.Particulars, err = d.particulars(r, view); err != nil {
			return act{}, err
		}
		done.window += " " + v.Rule
		done.reads(view.Particulars)
		return done, nil
	})
	return view, err
}

// meet finds a person as the subject may see her.
func (d *Desk) meet(r archive.Reader, id archive.PersonID) (PersonView, verdict, error) {
	p, err := r.Person(id)
	if err != nil {
		return PersonView{}, verdict{}, err
	}
	if err := d.keptFrom(r, id); err != nil {
		return PersonView{}, verdict{}, err
	}
	akten, err := r.AktenOf(id)
	if err != nil {
		return PersonView{}, verdict{}, err
	}
	view, by := PersonView{Person: p}, verdict{}
	for _, akte := range akten {
		head := d.at(r, akte).head()
		if !head.Allow {
			continue
		}
		view.Akten = append(view.Akten, akte)
		if !lentRule(head.Rule) {
			by = verdict{Decision: Decision{Allow: true, Rule: "person-of-akte"}}
		} else if !by.Allow {
			by = head
		}
	}
	if by.Allow {
		return view, by, nil
	}
	v, ok := d.able(policies.ActPersonWrite, p.EnteredBy)
	if !ok || len(akten) > 0 {
		return PersonView{}, verdict{}, archive.ErrNotFound
	}
	return view, v, nil
}

// reached names the Akte through which the subject looks at a person: the first in which the purpose that
// counts there holds. The trail tells it, so that its purpose is never that of an Akte of somebody else.
// A person without an Akte is looked at for a purpose of the request, which can't be a case. Programs were
// promised to state one inside Akten alone, so all this holds for people in pages.
func (d *Desk) reached(r archive.Reader, p PersonView) ([]archive.AkteID, error) {
	for _, akte := range p.Akten {
		a := d.at(r, akte)
		if err := a.state(r); err != nil {
			return nil, err
		}
		if a.mustState() == nil {
			return []archive.AkteID{akte.ID}, nil
		}
	}
	if _, ok := d.guard.Policies.Purpose(d.subject.Purpose); ok && len(p.Akten) == 0 || d.subject.Client != "web" {
		return nil, nil
	}
	return nil, ErrPurpose
}

// ChangePerson replaces what is recorded of a person. revision is the one the subject saw; a
// later one is a [*StaleError]. The purpose is that of [Desk.Person]. A name or birth date that stood is replaced on a
// ground alone, and whatever is replaced on one stays in the history of the person: see [Correcting].
func (d *Desk) ChangePerson(ctx context.Context, id archive.PersonID, revision int64, why Correcting, edit func(*archive.Person) error) (archive.Person, error) {
	tried := act{op: audit.OpPersonChange, object: "person/" + string(id)}
	told, err := d.everTold(ctx, id, why)
	if err != nil {
		return archive.Person{}, err
	}
	var p archive.Person
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		seen, _, err := d.meet(tx, id)
		if err != nil {
			return act{}, err
		}
		v, leads := d.writer(tx, seen)
		if !v.Allow {
			return act{}, ErrDenied
		}
		reached, err := d.reached(tx, seen)
		if err != nil {
			return act{}, err
		}
		if seen.Revision != revision {
			return act{}, &StaleError{seen.Revision}
		}
		p = seen.Person
		p.Names, p.Nationalities = slices.Clone(p.Names), slices.Clone(p.Nationalities)
		if err := edit(&p); err != nil {
			return act{}, err
		}
		if err := p.Normalise(d.guard.Policies, d.guard.Now()); err != nil {
			return act{}, err
		}
		if p.Protected != seen.Protected && !leads {
			return act{}, ErrDenied
		}
		c, err := d.correct(tx, seen, &p, why, told)
		if err != nil {
			return act{}, err
		}
		p.ID, p.EnteredBy, p.Created = seen.ID, seen.EnteredBy, seen.Created
		p.Changed, p.Revision = d.guard.Now().UTC(), seen.Revision+1
		done := tried
		done.verdict, done.akten, done.persons = v, reached, []archive.PersonID{id}
		done.detail = &audit.Detail{Shared: map[string]any{"before": seen.Person, "after": p}}
		if c == nil {
			return done, tx.PutPerson(p)
		}
		done.op = audit.OpCorrection
		done.detail.Shared["ground"], done.detail.Shared["correction"] = c.Ground, c.ID
		return done, errors.Join(tx.PutPerson(p), tx.PutCorrection(*c))
	})
	return p, err
}

// writer finds the pair through which the subject may change a person: one that sees an Akte of hers, or
// whose department entered her. leads says that it is the lead of one of them, who alone lays and lifts
// a ban on disclosure.
func (d *Desk) writer(r archive.Reader, p PersonView) (v verdict, leads bool) {
	for _, pair := range d.subject.Pairs {
		can := verdict{d.guard.capability(pair, policies.ActPersonWrite), pair}
		if !can.Allow {
			continue
		}
		if len(p.Akten) == 0 && pair.Department == p.EnteredBy {
			return can, true
		}
		for _, akte := range p.Akten {
			a := d.at(r, akte)
			if !a.through(pair).seesHead() {
				continue
			}
			if v = can; akte.Lead == pair.Department {
				return v, true
			}
		}
	}
	return v, false
}
