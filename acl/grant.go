package acl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// A grant lends the pair of a lead in one Akte, narrowed to some registers and classifications and to reading or writing,
// until a day. It is in the name of her department: it stays when she leaves, and reaches nothing once the department
// takes part no more. Who holds it has it as long as her account is open and one of her own pairs reads Akten, so that
// neither who operates the system nor who was given a stranger's password gets at anything by it.

const (
	grantRule = "grant:"
	// grantedIn is how many grants of an Akte are told of.
	grantedIn = 200
)

// beyond says that a field asks for more than who gives it may do herself.
func beyond(pointer string) error { return &archive.FieldError{Pointer: pointer, Code: "beyond"} }

func pointerAt(list string, i int) string { return fmt.Sprintf("%s/%d", list, i) }

// grantsHeld finds the grants that the subject holds today as loans.
func (d *Desk) grantsHeld(r archive.Reader, akte archive.AkteID) ([]loan, error) {
	grants, err := r.GrantsHeld(d.subject.User, akte, d.guard.today())
	out := make([]loan, 0, len(grants))
	for _, g := range grants {
		out = append(out, loan{
			akte: g.Akte, pair: g.Through, rule: grantRule + string(g.ID), grant: g.ID, until: g.Until, registers: g.Registers, classifications: g.Classifications,
			actions: granted(g.Level),
		})
	}
	return out, err
}

// granted are the actions on registers that a level lends: handing out and filing unseen are never lent.
func granted(level string) []string {
	if level == archive.GrantWrite {
		return []string{policies.ActExist, policies.ActRead, policies.ActWrite}
	}
	return []string{policies.ActExist, policies.ActRead}
}

// granter finds the pair through which the subject may give what a grant says, and if none, why not: [ErrDenied], or what
// of it is beyond her own rights. The pair sees all teams' Akten, so that it doesn't depend on hers.
func (a *access) granter(g archive.Grant) (v verdict, err error) {
	err = ErrDenied
	for _, p := range a.granters() {
		if beyond := a.lends(p, g); beyond == nil {
			return verdict{a.desk.guard.capability(p, policies.ActGrant), p}, nil
		} else if err == ErrDenied {
			err = beyond
		}
	}
	return verdict{}, err
}

// granters are the subject's pairs that may give grants in the Akte.
func (a *access) granters() (out []archive.Pair) {
	for _, p := range a.desk.subject.Pairs {
		pair, ok := a.desk.guard.Policies.Pair(p.Role, p.Department)
		if ok && pair.AllTeams && a.desk.guard.able(p, policies.ActGrant) && a.through(p).seesHead() {
			out = append(out, p)
		}
	}
	return out
}

// lends reports as a [*archive.FieldError] what of a grant the pair may not do itself in the Akte. In registers where it
// reads alone, a grant to write is one to read.
func (a *access) lends(p archive.Pair, g archive.Grant) error {
	may := func(action, register string, classes ...string) bool {
		return a.takesPart(p, register) && slices.ContainsFunc(classes, func(class string) bool {
			return a.desk.guard.Table.sometimes(a.desk.guard.Policies, p, register, class, action)
		})
	}
	writes := false
	for i, register := range g.Registers {
		if !may(policies.ActRead, register, g.Classifications...) {
			return beyond(pointerAt("/registers", i))
		}
		writes = writes || may(policies.ActWrite, register, g.Classifications...)
	}
	for i, class := range g.Classifications {
		if !slices.ContainsFunc(g.Registers, func(register string) bool { return may(policies.ActRead, register, class) }) {
			return beyond(pointerAt("/classifications", i))
		}
	}
	if g.Level == archive.GrantWrite && !writes {
		return beyond("/level")
	}
	return nil
}

// Grant gives an account a right in an Akte for a time, by a lead of a department that takes part: within what she may do
// there herself, never to herself. It is in force with the account's next request.
func (d *Desk) Grant(ctx context.Context, g archive.Grant) (GrantView, error) {
	if err := g.Normalise(d.guard.Policies, d.guard.today()); err != nil {
		return GrantView{}, err
	}
	g.EndedBy, g.EndedAt = "", time.Time{}
	tried := act{op: audit.OpGrantGive, object: "akte/" + string(g.Akte)}
	id, _, err := d.create(ctx, tried, g, func(tx archive.Tx) (string, act, error) {
		a, err := d.enter(tx, g.Akte)
		if err != nil {
			return "", act{}, err
		}
		if len(a.granters()) == 0 {
			return "", act{}, ErrDenied
		}
		if err := a.mustState(); err != nil {
			return "", act{}, err
		}
		v, err := a.granter(g)
		if err != nil {
			return "", act{}, err
		}
		if err := d.holder(tx, g.User); err != nil {
			return "", act{}, err
		}
		g.ID, g.Through, g.By, g.At = archive.NewID[archive.GrantID](), v.pair, d.subject.User, d.guard.Now().UTC()
		done := act{op: audit.OpGrantGive, object: "grant/" + string(g.ID), verdict: v, detail: grantDetail(g)}
		return string(g.ID), done.naming(a.akte.ID, a.akte.Person), tx.PutGrant(g)
	})
	if err != nil {
		return GrantView{}, err
	}
	var view GrantView
	err = d.view(ctx, func(r archive.Reader) error {
		kept, err := r.Grant(archive.GrantID(id))
		if err == nil {
			view, err = d.grantView(r, kept)
		}
		return err
	})
	return view, err
}

// holder asks that an account may hold a grant: another than the subject's, open, and one that reads Akten anyway.
func (d *Desk) holder(r archive.Reader, id archive.UserID) error {
	u, err := r.User(id)
	switch {
	case isNotFound(err):
		return &archive.FieldError{Pointer: "/user_id", Code: "unknown"}
	case err != nil:
		return err
	case id == d.subject.User:
		return &archive.FieldError{Pointer: "/user_id", Code: "self"}
	case u.Disabled || !d.guard.reads(u.Roles):
		return &archive.FieldError{Pointer: "/user_id", Code: "holder"}
	}
	return nil
}

// reads reports whether one of the pairs reads Akten.
func (g *Guard) reads(pairs []archive.Pair) bool {
	return slices.ContainsFunc(pairs, func(p archive.Pair) bool { return len(g.headRegisters[p]) > 0 })
}

// grantDetail is what the trail keeps of a grant beside its ID.
func grantDetail(g archive.Grant) *audit.Detail {
	return &audit.Detail{Shared: map[string]any{
		"to": g.User, "through": g.Through, "registers": g.Registers, "classifications": g.Classifications, "level": g.Level,
		"until": g.Until, "reason": g.Reason,
	}}
}

// EndGrant takes a grant back, at once, by a lead of the department in whose name it was given, or who holds it.
// [archive.ErrNotFound] for everybody else, [ErrSettled] where it is over already.
func (d *Desk) EndGrant(ctx context.Context, id archive.GrantID) error {
	tried := act{op: audit.OpGrantEnd, object: "grant/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		g, err := tx.Grant(id)
		if err != nil {
			return act{}, err
		}
		v, ok := d.able(policies.ActGrant, g.Through.Department)
		if !ok && g.User != d.subject.User {
			return act{}, archive.ErrNotFound
		}
		akte, err := tx.Akte(g.Akte)
		if err == nil {
			err = d.keptFrom(tx, akte.Person)
		}
		if err != nil {
			return act{}, err
		}
		if !g.Holds(d.guard.today()) {
			return act{}, ErrSettled
		}
		g.EndedBy, g.EndedAt = d.subject.User, d.guard.Now().UTC()
		done := tried
		if done.verdict = v; !ok {
			done.verdict = verdict{Decision: Decision{Allow: true, Rule: grantRule + string(id)}}
		}
		done.detail = grantDetail(g)
		return done.naming(akte.ID, akte.Person), tx.PutGrant(g)
	})
}

// endGrants ends what an account holds when it is closed: opened again, it has its own pairs alone. record makes the event
// of each.
func (g *Guard) endGrants(tx archive.Tx, user, by archive.UserID, record func(archive.Grant, archive.Akte) error) error {
	grants, err := tx.GrantsHeld(user, "", g.today())
	if err != nil {
		return err
	}
	for _, plain := range grants {
		kept, err := tx.Grant(plain.ID)
		if err != nil {
			if err = unlessMissing(err); err != nil {
				return err
			}
			continue // the Akte was erased
		}
		akte, err := tx.Akte(kept.Akte)
		if err != nil {
			return err
		}
		kept.EndedBy, kept.EndedAt = by, g.Now().UTC()
		if err := tx.PutGrant(kept); err != nil {
			return err
		}
		if err := record(kept, akte); err != nil {
			return err
		}
	}
	return nil
}

// endGrantsOf is endGrants where an administrator closes the account.
func (d *Desk) endGrantsOf(tx archive.Tx, user archive.UserID, v verdict) error {
	err := d.guard.endGrants(tx, user, d.subject.User, func(g archive.Grant, akte archive.Akte) error {
		done := act{op: audit.OpGrantEnd, object: "grant/" + string(g.ID), verdict: v, detail: grantDetail(g)}
		return tx.Record(d.event(done.naming(akte.ID, akte.Person)))
	})
	return errors.Join(err, d.guard.endSubstitutes(tx, user, d.subject.User, func(s archive.Substitute) error {
		return tx.Record(d.event(act{op: audit.OpSubstituteEnd, object: "substitute/" + string(s.ID), verdict: v, detail: substituteDetail(s)}))
	}))
}

// endGrants is that where an operator does so at the machine itself.
func (a *Accounts) endGrants(tx archive.Tx, by audit.Actor, user archive.UserID) error {
	err := a.guard.endGrants(tx, user, "", func(g archive.Grant, akte archive.Akte) error {
		e := a.event(by, audit.OpGrantEnd, "grant/"+string(g.ID), audit.Allow, nil)
		e.Akten, e.Persons, e.Detail = []string{string(akte.ID)}, []string{string(akte.Person)}, grantDetail(g)
		return tx.Record(e)
	})
	return errors.Join(err, a.guard.endSubstitutes(tx, user, "", func(s archive.Substitute) error {
		e := a.event(by, audit.OpSubstituteEnd, "substitute/"+string(s.ID), audit.Allow, nil)
		e.Detail = substituteDetail(s)
		return tx.Record(e)
	}))
}
