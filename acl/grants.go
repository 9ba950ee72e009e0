package acl

import (
	"cmp"
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// States of a grant as it is shown.
const (
	GrantActive = "active"
	// GrantAsleep: it reaches nothing as things are: the account is closed or reads no Akten, or the department in whose
	// name it was given takes part in none of its registers.
	GrantAsleep = "asleep"
	// GrantOver: its last day has passed. GrantEnded: somebody took it back.
	GrantOver  = "over"
	GrantEnded = "ended"
)

// GrantView is a grant with what its IDs are called.
type GrantView struct {
	archive.Grant
	State string
	// Holder, Giver and Ender are what the accounts are called; empty where they are gone. GiverGone says that the giver's
	// is closed or gone, or leads the department no more.
	Holder, Giver, Ender string
	GiverGone            bool
	// Head is the row of the Akte.
	Head AkteHead
	// MayEnd says that the reader may take it back.
	MayEnd bool
}

// GrantsPage is a page of a list of grants.
type GrantsPage struct {
	Department string
	Items      []GrantView
	Next       string
}

// GrantForm is what somebody who may give grants in an Akte chooses from.
type GrantForm struct {
	AkteHead
	// Registers and Classifications are those of which she may lend something. Writes says that she may lend writing.
	Registers, Classifications []string
	Writes                     bool
	// Holders are the accounts that may hold one, by name.
	Holders []GrantHolder
	// First and Last are the first and the last day on which a grant may end.
	First, Last string
	// Given are the grants in the Akte, newest first.
	Given []GrantView
}

// GrantHolder is an account that may hold a grant.
type GrantHolder struct {
	Colleague
	Departments []string
}

// grantView says what a grant's IDs are called. The head is empty where the subject may not see it.
func (d *Desk) grantView(r archive.Reader, g archive.Grant) (GrantView, error) {
	v := GrantView{Grant: g}
	holder, err := r.User(g.User)
	if unlessMissing(err) != nil {
		return v, err
	}
	giver, err := r.User(g.By)
	if unlessMissing(err) != nil {
		return v, err
	}
	leads := func(p archive.Pair) bool {
		return p.Department == g.Through.Department && d.guard.able(p, policies.ActGrant)
	}
	v.Holder, v.Giver, v.GiverGone = holder.Called(), giver.Called(), giver.Disabled || !slices.ContainsFunc(giver.Roles, leads)
	if v.Ender, err = displayName(r, g.EndedBy); err != nil {
		return v, err
	}
	akte, err := r.Akte(g.Akte)
	if err != nil {
		return v, err
	}
	switch {
	case !g.EndedAt.IsZero():
		v.State = GrantEnded
	case !g.Holds(d.guard.today()):
		v.State = GrantOver
	case holder.Disabled || !d.guard.reads(holder.Roles) || !d.at(r, akte).opensTo(g):
		v.State = GrantAsleep
	default:
		v.State = GrantActive
	}
	_, leading := d.able(policies.ActGrant, g.Through.Department)
	v.MayEnd = (v.State == GrantActive || v.State == GrantAsleep) && (leading || g.User == d.subject.User)
	heads, err := d.heads(r, []archive.Akte{akte})
	for _, head := range heads.Items {
		v.Head = head
	}
	return v, err
}

// opensTo reports whether the grant's department takes part in one of its registers today.
func (a *access) opensTo(g archive.Grant) bool {
	return slices.ContainsFunc(g.Registers, func(register string) bool { return a.open(g.Through, register) })
}

// Granting shows what the subject may lend in an Akte, to whom, and what was lent: [ErrDenied] unless she may give grants
// there.
func (d *Desk) Granting(ctx context.Context, id archive.AkteID) (GrantForm, error) {
	var form GrantForm
	tried := act{op: audit.OpGrantList, object: "akte/" + string(id)}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		form = GrantForm{First: d.guard.today(), Last: d.guard.Now().In(d.guard.Zone).AddDate(0, 0, archive.GrantDays).Format("2006-01-02")}
		a, err := d.enter(r, id)
		if err != nil {
			return act{}, err
		}
		pairs := a.granters()
		if len(pairs) == 0 {
			return act{}, ErrDenied
		}
		if err := a.mustState(); err != nil {
			return act{}, err
		}
		heads, err := d.heads(r, []archive.Akte{a.akte})
		if err != nil {
			return act{}, err
		}
		form.AkteHead = heads.Items[0]
		a.lendable(pairs, &form)
		if form.Holders, err = d.holders(r); err != nil {
			return act{}, err
		}
		if form.Given, err = d.given(r, id); err != nil {
			return act{}, err
		}
		done := tried.naming(id, a.akte.Person)
		done.verdict, done.window = verdict{d.guard.capability(pairs[0], policies.ActGrant), pairs[0]}, "grants"
		return done, nil
	})
	return form, err
}

// lendable finds what some pairs may lend in the Akte.
func (a *access) lendable(pairs []archive.Pair, form *GrantForm) {
	set := a.desk.guard.Policies
	classes := map[string]bool{}
	for _, reg := range set.Registers() {
		reads := false
		for _, c := range set.Classifications() {
			for _, p := range pairs {
				may := func(action string) bool {
					return a.takesPart(p, reg.Key) && a.desk.guard.Table.sometimes(set, p, reg.Key, c.Key, action)
				}
				if may(policies.ActRead) {
					reads, classes[c.Key] = true, true
					form.Writes = form.Writes || may(policies.ActWrite)
				}
			}
		}
		if reads {
			form.Registers = append(form.Registers, reg.Key)
		}
	}
	for _, c := range set.Classifications() {
		if classes[c.Key] {
			form.Classifications = append(form.Classifications, c.Key)
		}
	}
}

// holders lists by name the accounts to which the subject may give a grant.
func (d *Desk) holders(r archive.Reader) ([]GrantHolder, error) {
	users, err := r.Users()
	out := []GrantHolder{}
	for _, u := range users {
		if u.Disabled || u.ID == d.subject.User || !d.guard.reads(u.Roles) {
			continue
		}
		out = append(out, GrantHolder{Colleague{u.ID, u.Called()}, Subject{Pairs: u.Roles}.departments()})
	}
	slices.SortStableFunc(out, func(a, b GrantHolder) int { return cmp.Compare(a.Name, b.Name) })
	return out, err
}

// given are the newest grants in an Akte by departments that the subject leads.
func (d *Desk) given(r archive.Reader, id archive.AkteID) ([]GrantView, error) {
	grants, err := r.GrantsIn(id)
	grants = slices.DeleteFunc(grants, func(g archive.Grant) bool { // others' tell of registers that she mustn't know of
		_, leads := d.able(policies.ActGrant, g.Through.Department)
		return !leads
	})
	out := []GrantView{}
	for _, g := range grants[:min(len(grants), grantedIn)] {
		v, err := d.grantView(r, g)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, err
}

type grantsCursor struct{ After archive.Position }

// Grants lists what was given in the name of a department, newest first, for who leads it; without one, of the first that
// the subject leads. Grants in Akten whose head she may not see are left out.
func (d *Desk) Grants(ctx context.Context, department string, limit int, cursor string) (GrantsPage, error) {
	var page GrantsPage
	tried := act{op: audit.OpGrantList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		var of []string
		if department != "" {
			of = []string{department}
		}
		v, ok := d.able(policies.ActGrant, of...)
		if !ok {
			return act{}, ErrDenied
		}
		page = GrantsPage{Department: v.pair.Department, Items: []GrantView{}}
		if err := d.fillGrants(r, &page, clampLimit(limit), cursor); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.window, done.detail = v, "grants/"+page.Department, &audit.Detail{Act: map[string]any{"department": page.Department}}
		for _, g := range page.Items {
			done = done.naming(g.Akte, g.Head.Akte.Person)
		}
		return done, nil
	})
	return page, err
}

func (d *Desk) fillGrants(r archive.Reader, page *GrantsPage, limit int, cursor string) error {
	list := "grants/" + page.Department
	c, err := openCursor[grantsCursor](d, list, cursor)
	if err != nil {
		return err
	}
	looked, last := 0, c.After
	for row, err := range r.Grants(page.Department, c.After) {
		if err != nil {
			return err
		}
		if len(page.Items) == limit || looked == listLooked {
			page.Next = sealCursor(d, list, grantsCursor{last})
			return nil
		}
		looked, last = looked+1, row.After
		v, err := d.grantView(r, row.Value)
		if err != nil {
			return err
		}
		if v.Head.ID != "" {
			page.Items = append(page.Items, v)
		}
	}
	return nil
}

// OwnGrants lists what the subject holds now.
func (d *Desk) OwnGrants(ctx context.Context) ([]GrantView, error) {
	var out []GrantView
	tried := act{op: audit.OpGrantList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		var err error
		if out, err = d.ownGrants(r); err != nil {
			return act{}, err
		}
		done := tried
		done.window = "own grants"
		for _, g := range out {
			done = done.naming(g.Akte, g.Head.Akte.Person)
		}
		return done, nil
	})
	return out, err
}

func (d *Desk) ownGrants(r archive.Reader) ([]GrantView, error) {
	out := []GrantView{}
	grants, err := r.GrantsHeld(d.subject.User, "", d.guard.today())
	if err != nil {
		return nil, err
	}
	for _, plain := range grants[:min(len(grants), maxLimit)] {
		g, err := r.Grant(plain.ID)
		if isNotFound(err) {
			continue // the Akte was erased
		}
		if err != nil {
			return nil, err
		}
		v, err := d.grantView(r, g)
		if err != nil {
			return nil, err
		}
		if v.Head.ID != "" {
			out = append(out, v)
		}
	}
	return out, nil
}
