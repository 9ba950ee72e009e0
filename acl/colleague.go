package acl

import (
	"cmp"
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Colleague is somebody who works in a department.
type Colleague struct {
	ID archive.UserID
	// Name is what pages show.
	Name string
}

// Colleagues lists by name who works with Akten or a basket in a department of the subject's: open
// accounts alone. [ErrDenied] for any other department, whether there is one or not.
func (d *Desk) Colleagues(ctx context.Context, department string) ([]Colleague, error) {
	if !slices.Contains(d.subject.departments(), department) {
		return nil, d.refused(ctx, act{op: audit.OpAccessRefused}, ErrDenied)
	}
	out := []Colleague{}
	err := d.view(ctx, func(r archive.Reader) error {
		users, err := r.Users()
		for _, u := range users {
			works := func(p archive.Pair) bool {
				return p.Department == department && (len(d.guard.headRegisters[p]) > 0 || d.guard.able(p, policies.ActInbox))
			}
			if !u.Disabled && slices.ContainsFunc(u.Roles, works) {
				out = append(out, Colleague{u.ID, u.Called()})
			}
		}
		return err
	})
	slices.SortStableFunc(out, func(a, b Colleague) int { return cmp.Compare(a.Name, b.Name) })
	return out, err
}
