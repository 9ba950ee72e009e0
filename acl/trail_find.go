package acl

import (
	"context"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// TrailSubjects are whose events the officer may want to list: persons by their Akten's numbers, and
// colleagues.
type TrailSubjects struct {
	Persons []TrailSubject
	Users   []TrailUser
}

// TrailSubject is a person without her name: the officer knows whom she asked for, and of others of the
// name learns numbers only.
type TrailSubject struct {
	Person archive.PersonID
	Akten  []TrailAkte
}

// TrailUser is an account.
type TrailUser struct {
	ID            archive.UserID
	Name, Display string
	Departments   []string
}

// Called is what pages call it.
func (u TrailUser) Called() string { return archive.User{Name: u.Name, Display: u.Display}.Called() }

// TrailSubjects finds at most ten persons by the reference number of an Akte, AZR number or name, and ten
// accounts by name. born narrows persons of a common name. Who is protected against disclosure and what is
// sealed is found by the Akte's own number alone.
func (d *Desk) TrailSubjects(ctx context.Context, q string, born archive.BirthDate) (TrailSubjects, error) {
	tried := act{op: audit.OpTrailRead}
	v, ok := d.able(policies.ActTrailRead)
	if !ok {
		return TrailSubjects{}, d.refused(ctx, tried, ErrDenied)
	}
	if q = strings.TrimSpace(q); q == "" {
		return TrailSubjects{}, &archive.FieldError{Pointer: "/q", Code: "required", Detail: "give a name or a number"}
	}
	named, err := d.named(ctx, q, born, false)
	if err != nil {
		return TrailSubjects{}, err
	}
	var out TrailSubjects
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		out = TrailSubjects{}
		var err error
		if out.Persons, err = d.subjects(r, LocateQuery{Number: q, BirthDate: born}); err != nil {
			return act{}, err
		}
		if len(out.Persons) == 0 {
			ids := make([]archive.PersonID, 0, len(named))
			for _, h := range named {
				ids = append(ids, h.Person)
			}
			if out.Persons, err = d.numbered(r, LocateQuery{BirthDate: born}, ids); err != nil {
				return act{}, err
			}
		}
		if out.Users, err = colleagues(r, q); err != nil {
			return act{}, err
		}
		done := act{op: audit.OpTrailRead, verdict: v}
		for _, p := range out.Persons {
			done.persons = append(done.persons, p.Person)
		}
		done.detail = &audit.Detail{
			Act:    map[string]any{"hits": len(out.Persons), "accounts": len(out.Users)},
			Shared: map[string]any{"q": q, "birth_date": born},
		}
		return done, nil
	})
	return out, err
}

// subjects finds whom a number names: of an Akte, sealed or not, or of a register.
func (d *Desk) subjects(r archive.Reader, q LocateQuery) ([]TrailSubject, error) {
	id, err := r.AkteByNumber(q.Number)
	if err == nil {
		akte, err := r.Akte(id)
		if err != nil {
			return nil, unlessMissing(err)
		}
		if barred, err := r.Barred(d.subject.User, akte.Person); err != nil || barred {
			return nil, err
		}
		return []TrailSubject{{Person: akte.Person, Akten: []TrailAkte{{akte.ID, akte.Number}}}}, nil
	}
	if !isNotFound(err) {
		return nil, err
	}
	ids, err := r.PersonsByNumber(q.Number)
	if err != nil {
		return nil, err
	}
	return d.numbered(r, q, ids)
}

// numbered tells of persons what the officer may know.
func (d *Desk) numbered(r archive.Reader, q LocateQuery, ids []archive.PersonID) ([]TrailSubject, error) {
	found, err := d.locate(r, q, ids)
	if err != nil {
		return nil, err
	}
	out := make([]TrailSubject, 0, len(found))
	for _, l := range found {
		s := TrailSubject{Person: l.Person, Akten: []TrailAkte{}}
		for _, a := range l.Akten {
			s.Akten = append(s.Akten, TrailAkte{a.ID, a.Number})
		}
		out = append(out, s)
	}
	return out, nil
}

// colleagues are the accounts whose sign-in name begins so or that are called so.
func colleagues(r archive.Reader, q string) ([]TrailUser, error) {
	users, err := r.Users()
	if err != nil {
		return nil, err
	}
	out, q := []TrailUser{}, strings.ToLower(q)
	for _, u := range users {
		if len(out) == located {
			break
		}
		if !strings.HasPrefix(u.Name, q) && !strings.Contains(strings.ToLower(u.Display), q) {
			continue
		}
		out = append(out, trailUser(u))
	}
	return out, nil
}

func trailUser(u archive.User) TrailUser {
	t := TrailUser{ID: u.ID, Name: u.Name, Display: u.Display, Departments: []string{}}
	for _, p := range u.Roles {
		if !slices.Contains(t.Departments, p.Department) {
			t.Departments = append(t.Departments, p.Department)
		}
	}
	return t
}

// TrailUsers finds at most ten accounts by the beginning of their sign-in name or a part of what they are
// called.
func (d *Desk) TrailUsers(ctx context.Context, q string) ([]TrailUser, error) {
	if q = strings.TrimSpace(q); q == "" {
		return nil, &archive.FieldError{Pointer: "/user", Code: "required"}
	}
	var out []TrailUser
	err := d.look(ctx, act{op: audit.OpTrailRead}, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		var err error
		if out, err = colleagues(r, q); err != nil {
			return act{}, err
		}
		return act{op: audit.OpTrailRead, verdict: v, detail: &audit.Detail{Act: map[string]any{"accounts": len(out)}}}, nil
	})
	return out, err
}
