package acl_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// families follows a list of Akten page by page.
func families(t *testing.T, d *acl.Desk, q acl.AktenQuery) (out []string) {
	t.Helper()
	for {
		page, err := d.Akten(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.Items {
			out = append(out, h.Name.Family)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return out
		}
	}
}

func TestAktenAreListedAsAskedFor(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	me := w.User("me", "sachbearbeitung@soziales", "sachbearbeitung@asyl")
	desk := w.Guard.For(me)
	other := w.Guard.For(w.User("other", "sachbearbeitung@gesundheit"))
	for i, name := range []string{"Dora", "Anna", "Carla", "Berta", "Emma"} {
		lead := []string{"asyl", "soziales"}[i%2]
		id := w.Akte(desk, name, lead, archive.Participation{Department: "soziales"})
		a, err := desk.Akte(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := desk.ChangeAkte(t.Context(), id, a.Revision, func(a *archive.Akte) error {
			if i < 2 {
				a.Responsible = me.User
			}
			if i > 3 {
				a.State = archive.AkteClosed
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	byName := func(a, b acl.AkteHead) int { return cmp.Compare(a.Name.Family, b.Name.Family) }
	for name, tt := range map[string]struct {
		query acl.AktenQuery
		want  string
	}{
		"newest first":      {acl.AktenQuery{Limit: 2}, "Emma Berta Carla Anna Dora"},
		"one at a time":     {acl.AktenQuery{Limit: 1}, "Emma Berta Carla Anna Dora"},
		"by name":           {acl.AktenQuery{Limit: 2, Order: byName}, "Anna Berta Carla Dora Emma"},
		"mine":              {acl.AktenQuery{Responsible: me.User}, "Anna Dora"},
		"closed":            {acl.AktenQuery{State: archive.AkteClosed}, "Emma"},
		"open, by name":     {acl.AktenQuery{State: archive.AkteOpen, Order: byName, Limit: 3}, "Anna Berta Carla Dora"},
		"of a team":         {acl.AktenQuery{Team: "nord"}, ""},
		"of one department": {acl.AktenQuery{Department: "asyl"}, "Emma Carla Dora"},
		"of others":         {acl.AktenQuery{Department: "gesundheit"}, ""},
	} {
		if got := strings.Join(families(t, desk, tt.query), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	if got := families(t, other, acl.AktenQuery{Order: byName}); len(got) != 0 {
		t.Errorf("who takes no part lists %v", got)
	}
	rare := acl.AktenQuery{Responsible: me.User, Look: 2}
	if got := strings.Join(families(t, desk, rare), " "); got != "Anna Dora" {
		t.Errorf("of a few among many: %q", got)
	}
	for _, look := range []int{1, 2, 3} {
		if got := strings.Join(families(t, desk, acl.AktenQuery{Look: look}), " "); got != "Emma Berta Carla Anna Dora" {
			t.Errorf("%d looked at for a page: %q", look, got)
		}
	}
	page, err := desk.Akten(t.Context(), acl.AktenQuery{Responsible: me.User})
	if err != nil || page.Items[0].Keeper != "me" {
		t.Errorf("kept by %q, %v", page.Items[0].Keeper, err)
	}
}

func TestHiddenAktenLeaveNoGapsInPages(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	lead := w.Guard.For(w.User("lead", "sachbearbeitung@auslaenderbehoerde"))
	desk := w.Guard.For(w.User("me", "sachbearbeitung@asyl"))
	for i, name := range []string{"Anna", "Berta", "Carla", "Dora", "Emma", "Fritz"} {
		part := archive.Participation{Department: "asyl"}
		if i%2 == 1 {
			part.Until = "2020-01-01" // over: the department's list still has it
		}
		w.Akte(lead, name, "auslaenderbehoerde", part)
	}
	page, err := desk.Akten(t.Context(), acl.AktenQuery{Limit: 2})
	if err != nil || len(page.Items) != 2 || page.Items[1].Name.Family != "Carla" || page.Next == "" {
		t.Fatalf("first page: %d, %q, %v", len(page.Items), page.Next, err)
	}
	if page, err = desk.Akten(t.Context(), acl.AktenQuery{Limit: 2, Cursor: page.Next}); err != nil || len(page.Items) != 1 || page.Next != "" {
		t.Errorf("second page: %d, %q, %v", len(page.Items), page.Next, err)
	}
}

func TestPersonAndAkteAreMadeTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	desk := w.Guard.For(w.User("me", "sachbearbeitung@asyl"))
	mail := w.Guard.For(w.User("mail", "datenschutz@datenschutz"))
	p := archive.Person{Names: []archive.Name{{Family: "Öz", Given: "Can"}}}
	made := func() (persons []string) {
		w.T.Helper()
		err := w.Store.View(t.Context(), func(r archive.Reader) error {
			for row, err := range r.Persons("") {
				if err != nil {
					return err
				}
				persons = append(persons, row.Value.Leading().Family)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return persons
	}
	for name, tt := range map[string]struct {
		desk   *acl.Desk
		person archive.Person
		akte   archive.Akte
		want   error
	}{
		"nameless person":      {desk, archive.Person{}, archive.Akte{Lead: "asyl"}, archive.ErrInvalid},
		"no lead":              {desk, p, archive.Akte{}, archive.ErrInvalid},
		"without taking part":  {desk, p, archive.Akte{Lead: "soziales"}, acl.ErrDenied},
		"nobody's responsible": {desk, p, archive.Akte{Lead: "asyl", Responsible: archive.NewID[archive.UserID]()}, archive.ErrInvalid},
		"without the right":    {mail, p, archive.Akte{Lead: "datenschutz"}, acl.ErrDenied},
	} {
		if _, err := tt.desk.CreateAkteOf(t.Context(), tt.person, tt.akte); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if got := made(); len(got) != 0 {
		t.Errorf("refused, and yet there: %v", got)
	}
	view, err := desk.CreateAkteOf(t.Context(), p, archive.Akte{Lead: "asyl"})
	if err != nil || view.Number == "" || view.Person.Leading().Family != "Öz" || !slices.Equal(made(), []string{"Öz"}) {
		t.Errorf("%+v, %v, %v", view, err, made())
	}
	for _, op := range []audit.Op{audit.OpPersonCreate, audit.OpAkteCreate} {
		if n := events(t, w, archive.TrailFilter{Op: string(op), Person: view.Person.ID}); n != 1 {
			t.Errorf("%d events of %s", n, op)
		}
	}
	again := desk.Once("key", "POST /akten/new")
	first, err1 := again.CreateAkteOf(t.Context(), p, archive.Akte{Lead: "asyl"})
	second, err2 := desk.Once("key", "POST /akten/new").CreateAkteOf(t.Context(), p, archive.Akte{Lead: "asyl"})
	if err := errors.Join(err1, err2); err != nil || first.ID != second.ID {
		t.Error(fmt.Errorf("sent twice: %s and %s, %w", first.ID, second.ID, err))
	}
}
