package acl

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Who stands in for a colleague has, from day to day, the colleague's teams in the pairs that both have: she keeps her own
// rights and sees more Akten by them. A lead of the department names her. Somebody who lacks one of the colleague's pairs
// there can't stand in: what she may do with an Akte would be another thing. It is the colleague's rights that she stands
// in: once the colleague's account is closed, or has lost a pair, they are nobody's, and a lead gives the Akten to another
// team.

// standIn is a colleague for whom the subject stands in today.
type standIn struct {
	// pairs are those that the colleague still has, teams hers as they are now.
	pairs []archive.Pair
	teams []string
}

// standIns finds for whom the subject stands in today.
func (d *Desk) standIns(r archive.Reader) (out []standIn, err error) {
	if r == nil {
		return nil, nil
	}
	day := d.guard.today()
	found, err := r.SubstitutesBy(d.subject.User, day)
	if err != nil {
		return nil, err
	}
	for _, s := range found {
		if !s.Holds(day) {
			continue
		}
		u, err := r.User(s.Absent)
		if err != nil {
			if err = unlessMissing(err); err != nil {
				return nil, err
			}
			continue
		}
		if pairs := stoodIn(s, u); len(pairs) > 0 {
			out = append(out, standIn{pairs, u.Teams})
		}
	}
	return out, nil
}

// stoodIn are the pairs by which somebody can stand in for the account as it is now.
func stoodIn(s archive.Substitute, absent archive.User) (out []archive.Pair) {
	for _, p := range s.Pairs {
		if !absent.Disabled && slices.Contains(absent.Roles, p) {
			out = append(out, p)
		}
	}
	return out
}

// standsIn reports whether the team is one of a colleague for whom the subject stands in through the pair.
func (a *access) standsIn(p archive.Pair, team string) bool {
	if !a.looked {
		a.looked = true
		if found, err := a.desk.standIns(a.reader); err == nil {
			a.absent = found
		}
	}
	return slices.ContainsFunc(a.absent, func(s standIn) bool {
		return slices.Contains(s.pairs, p) && slices.Contains(s.teams, team)
	})
}

// teamsOf are the subject's teams in a pair, with those of colleagues for whom she stands in.
func (d *Desk) teamsOf(standing []standIn, p archive.Pair) []string {
	out := slices.Clone(d.subject.Teams)
	for _, s := range standing {
		if slices.Contains(s.pairs, p) {
			out = append(out, s.teams...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// SubstituteView is a substitute with what its IDs are called.
type SubstituteView struct {
	archive.Substitute
	// AbsentName, Name and Giver are what the accounts are called; empty where they are gone.
	AbsentName, Name, Giver string
	// Teams are the absent one's as they are now.
	Teams []string
	// State is "active", "coming", "over", "ended", or "asleep" while an account of the two is closed or lost its roles.
	State string
	// MayEnd says that the reader may end it.
	MayEnd bool
}

// SubstitutesPage is a page of the list of a department.
type SubstitutesPage struct {
	Department string
	Items      []SubstituteView
	Next       string
}

func (d *Desk) substituteView(r archive.Reader, s archive.Substitute) (v SubstituteView, err error) {
	v = SubstituteView{Substitute: s}
	absent, err := r.User(s.Absent)
	if unlessMissing(err) != nil {
		return v, err
	}
	user, err := r.User(s.User)
	if unlessMissing(err) != nil {
		return v, err
	}
	v.AbsentName, v.Teams, v.Name = absent.Called(), absent.Teams, user.Called()
	if v.Giver, err = displayName(r, s.By); err != nil {
		return v, err
	}
	day := d.guard.today()
	switch {
	case !s.EndedAt.IsZero():
		v.State = "ended"
	case s.Until < day:
		v.State = "over"
	case user.Disabled || !slices.ContainsFunc(stoodIn(s, absent), func(p archive.Pair) bool { return slices.Contains(user.Roles, p) }):
		v.State = "asleep"
	case day < s.From:
		v.State = "coming"
	default:
		v.State = "active"
	}
	_, leads := d.able(policies.ActGrant, s.Department)
	v.MayEnd = leads && s.EndedAt.IsZero() && day <= s.Until
	return v, nil
}

// NameSubstitute lets somebody stand in for a colleague, by a lead of the department in which both have the same pairs:
// never for herself. It acts with the next request on the first day.
func (d *Desk) NameSubstitute(ctx context.Context, s archive.Substitute) (SubstituteView, error) {
	tried := act{op: audit.OpSubstitute}
	if _, ok := d.able(policies.ActGrant); !ok {
		return SubstituteView{}, d.refused(ctx, tried, ErrDenied)
	}
	if err := s.Normalise(d.guard.today()); err != nil {
		return SubstituteView{}, err
	}
	s.Pairs, s.EndedBy, s.EndedAt = nil, "", time.Time{}
	asked := s
	id, _, err := d.create(ctx, tried, asked, func(tx archive.Tx) (string, act, error) {
		s := asked
		v, err := d.mayStandIn(tx, &s)
		if err != nil {
			return "", act{}, err
		}
		s.ID, s.By, s.At = archive.NewID[archive.SubstituteID](), d.subject.User, d.guard.Now().UTC()
		done := tried
		done.object, done.verdict, done.detail = "user/"+string(s.User), v, substituteDetail(s)
		return string(s.ID), done, tx.PutSubstitute(s)
	})
	if err != nil {
		return SubstituteView{}, err
	}
	var view SubstituteView
	err = d.view(ctx, func(r archive.Reader) error {
		kept, err := r.Substitute(archive.SubstituteID(id))
		if err == nil {
			view, err = d.substituteView(r, kept)
		}
		return err
	})
	return view, err
}

// mayStandIn decides about a substitute and fills in where and by which pairs.
func (d *Desk) mayStandIn(r archive.Reader, s *archive.Substitute) (v verdict, err error) {
	absent, err := d.openAccount(r, s.Absent, "/absent_id")
	if err != nil {
		return v, err
	}
	user, err := d.openAccount(r, s.User, "/user_id")
	if err != nil {
		return v, err
	}
	if s.User == s.Absent || s.User == d.subject.User {
		return v, &archive.FieldError{Pointer: "/user_id", Code: "self"}
	}
	for _, p := range absent.Roles {
		led, ok := d.able(policies.ActGrant, p.Department)
		if !ok || s.Department != "" && s.Department != p.Department || len(d.guard.headRegisters[p]) == 0 {
			continue
		}
		if s.Department == "" {
			s.Department = p.Department
		}
		v, s.Pairs = led, append(s.Pairs, p)
	}
	if len(s.Pairs) == 0 {
		return v, &archive.FieldError{Pointer: "/absent_id", Code: "elsewhere"}
	}
	for _, p := range s.Pairs {
		if !slices.Contains(user.Roles, p) {
			return v, &archive.FieldError{Pointer: "/user_id", Code: "pairs"}
		}
	}
	return v, nil
}

// openAccount reads an account that is not closed.
func (d *Desk) openAccount(r archive.Reader, id archive.UserID, pointer string) (archive.User, error) {
	u, err := r.User(id)
	if isNotFound(err) || err == nil && u.Disabled {
		return u, &archive.FieldError{Pointer: pointer, Code: "unknown"}
	}
	return u, err
}

func substituteDetail(s archive.Substitute) *audit.Detail {
	return &audit.Detail{Act: map[string]any{
		"substitute": s.ID, "for": s.Absent, "department": s.Department, "pairs": s.Pairs, "from": s.From, "until": s.Until,
	}}
}

// EndSubstitute ends it before its time, by a lead of the department. [archive.ErrNotFound] for everybody else,
// [ErrSettled] where it is over already.
func (d *Desk) EndSubstitute(ctx context.Context, id archive.SubstituteID) error {
	tried := act{op: audit.OpSubstituteEnd, object: "substitute/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		s, err := tx.Substitute(id)
		if err != nil {
			return act{}, err
		}
		v, ok := d.able(policies.ActGrant, s.Department)
		if !ok {
			return act{}, archive.ErrNotFound
		}
		if !s.EndedAt.IsZero() || d.guard.today() > s.Until {
			return act{}, ErrSettled
		}
		s.EndedBy, s.EndedAt = d.subject.User, d.guard.Now().UTC()
		done := tried
		done.verdict, done.detail = v, substituteDetail(s)
		return done, tx.PutSubstitute(s)
	})
}

// endSubstitutes ends, when an account is closed, for whom it stands in and who does so for it: opened again, a lead has
// to say so anew. record makes the event of each.
func (g *Guard) endSubstitutes(tx archive.Tx, user, by archive.UserID, record func(archive.Substitute) error) error {
	for _, list := range []func(archive.UserID, string) ([]archive.Substitute, error){tx.SubstitutesBy, tx.SubstitutesFor} {
		found, err := list(user, g.today())
		if err != nil {
			return err
		}
		for _, s := range found {
			if !s.EndedAt.IsZero() {
				continue
			}
			s.EndedBy, s.EndedAt = by, g.Now().UTC()
			if err := errors.Join(tx.PutSubstitute(s), record(s)); err != nil {
				return err
			}
		}
	}
	return nil
}

type substitutesCursor struct{ After archive.Position }

// Substitutes lists who stands in, stood in or will stand in for whom in a department, newest first, for who leads it;
// without one, in the first that the subject leads.
func (d *Desk) Substitutes(ctx context.Context, department string, limit int, cursor string) (SubstitutesPage, error) {
	var of []string
	if department != "" {
		of = []string{department}
	}
	v, ok := d.able(policies.ActGrant, of...)
	if !ok {
		return SubstitutesPage{}, d.refused(ctx, act{op: audit.OpAccessRefused}, ErrDenied)
	}
	page := SubstitutesPage{Department: v.pair.Department}
	list := "substitutes/" + page.Department
	c, err := openCursor[substitutesCursor](d, list, cursor)
	if err != nil {
		return page, err
	}
	err = d.view(ctx, func(r archive.Reader) error {
		page.Items, page.Next = []SubstituteView{}, ""
		last := c.After
		for row, err := range r.Substitutes(page.Department, c.After) {
			if err != nil {
				return err
			}
			if len(page.Items) == clampLimit(limit) {
				page.Next = sealCursor(d, list, substitutesCursor{last})
				return nil
			}
			last = row.After
			view, err := d.substituteView(r, row.Value)
			if err != nil {
				return err
			}
			page.Items = append(page.Items, view)
		}
		return nil
	})
	return page, err
}

// OwnSubstitutes lists for whom the subject stands in today or later, and who does so for her.
func (d *Desk) OwnSubstitutes(ctx context.Context) (standing, away []SubstituteView, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		standing, away, err = d.ownSubstitutes(r)
		return err
	})
	return standing, away, err
}

func (d *Desk) ownSubstitutes(r archive.Reader) (standing, away []SubstituteView, err error) {
	day := d.guard.today()
	for _, list := range []struct {
		find func(archive.UserID, string) ([]archive.Substitute, error)
		into *[]SubstituteView
	}{{r.SubstitutesBy, &standing}, {r.SubstitutesFor, &away}} {
		found, err := list.find(d.subject.User, day)
		if err != nil {
			return nil, nil, err
		}
		*list.into = []SubstituteView{}
		for _, s := range found {
			view, err := d.substituteView(r, s)
			if err != nil {
				return nil, nil, err
			}
			if view.State != "asleep" {
				*list.into = append(*list.into, view)
			}
		}
	}
	return standing, away, nil
}

// Staff lists by name who works with Akten in the departments that the subject leads and whose account isn't closed.
func (d *Desk) Staff(ctx context.Context) ([]Colleague, error) {
	if _, ok := d.able(policies.ActGrant); !ok {
		return nil, d.refused(ctx, act{op: audit.OpAccessRefused}, ErrDenied)
	}
	out := []Colleague{}
	err := d.view(ctx, func(r archive.Reader) error {
		users, err := r.Users()
		out = out[:0]
		for _, u := range users {
			led := func(p archive.Pair) bool {
				_, leads := d.able(policies.ActGrant, p.Department)
				return leads && len(d.guard.headRegisters[p]) > 0
			}
			if !u.Disabled && slices.ContainsFunc(u.Roles, led) {
				out = append(out, Colleague{u.ID, u.Called()})
			}
		}
		return err
	})
	slices.SortStableFunc(out, func(a, b Colleague) int { return cmp.Compare(a.Name, b.Name) })
	return out, err
}

// Teams are the subject's teams, with those of colleagues for whom she stands in. Where these can't be found out they are
// left out: lists are narrowed by them alone.
func (d *Desk) Teams(ctx context.Context) []string {
	var out []string
	err := d.view(ctx, func(r archive.Reader) error {
		standing, err := d.standIns(r)
		out = slices.Clone(d.subject.Teams)
		for _, s := range standing {
			out = append(out, s.teams...)
		}
		return err
	})
	if err != nil {
		return d.subject.Teams
	}
	slices.Sort(out)
	return slices.Compact(out)
}
