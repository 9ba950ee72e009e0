package acl_test

import (
	"errors"
	"slices"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
)

func TestWhoShutsHerselfOutIsWarned(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	ctx := t.Context()
	one := w.Team(w.User("one", "sachbearbeitung@auslaenderbehoerde"), "nord")
	clerk := w.Guard.For(one)
	lead := w.Guard.For(w.User("lead", "leitung@auslaenderbehoerde"))
	akte := w.Akte(clerk, "Kaya", "auslaenderbehoerde")
	change := func(d *acl.Desk, edit func(*archive.Akte)) error {
		t.Helper()
		revision := must(lead.Akte(ctx, akte))(t).Revision
		_, err := d.ChangeAkte(ctx, akte, revision, func(a *archive.Akte) error { edit(a); return nil })
		return err
	}
	team := func(key string) func(*archive.Akte) { return func(a *archive.Akte) { a.Team = key } }
	var loss *acl.LossError
	if err := change(clerk.Heedful(), team("sued")); !errors.As(err, &loss) || !loss.All || !loss.Change || !slices.Contains(loss.Registers, "identitaet") {
		t.Fatalf("another's team: %v", err)
	}
	if got := must(clerk.Akte(ctx, akte))(t).Team; got != "" {
		t.Errorf("it was done all the same: %q", got)
	}
	for _, tt := range []struct {
		name string
		desk *acl.Desk
		team string
	}{{"her own team", clerk.Heedful(), "nord"}, {"who sees all teams", lead.Heedful(), ""}} {
		if err := change(tt.desk, team(tt.team)); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	away := func(a *archive.Akte) {
		a.Lead, a.Departments = "asyl", []archive.Participation{{Department: "auslaenderbehoerde", Registers: []string{"aufenthalt"}}}
	}
	if err := change(clerk.Heedful(), away); !errors.As(err, &loss) || loss.All || !loss.Change || slices.Contains(loss.Registers, "aufenthalt") || !slices.Contains(loss.Registers, "identitaet") {
		t.Errorf("a part of it: %v", err)
	}
	person := must(clerk.CreatePerson(ctx, archive.Person{Names: []archive.Name{{Family: "Neu"}}}))(t)
	fresh := archive.Akte{Person: person.ID, Lead: "auslaenderbehoerde", Team: "sued"}
	if _, err := clerk.Heedful().CreateAkte(ctx, fresh); !errors.As(err, &loss) || !loss.All {
		t.Errorf("a new one for another's team: %v", err)
	}
	if _, err := clerk.CreateAkte(ctx, fresh); err != nil {
		t.Errorf("meant so: %v", err)
	}
	if err := change(clerk, team("sued")); err != nil {
		t.Errorf("meant so: %v", err)
	}
	if _, err := clerk.Akte(ctx, akte); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("afterwards: %v", err)
	}
}
