package acl_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// people are persons with Akten, for matching.
type people struct {
	*acltest.World
	mail, clerk *acl.Desk
}

// enter enters a person and opens an Akte of hers.
func (p *people) enter(person archive.Person) acl.AkteView {
	p.T.Helper()
	made, err := p.clerk.CreatePerson(p.T.Context(), person)
	if err != nil {
		p.T.Fatal(err)
	}
	akte, err := p.clerk.CreateAkte(p.T.Context(), archive.Akte{Person: made.ID, Lead: "auslaenderbehoerde"})
	if err != nil {
		p.T.Fatal(err)
	}
	return akte
}

// day is a date of birth.
func day(t *testing.T, s string) archive.BirthDate {
	t.Helper()
	b, err := archive.ParseBirthDate(s, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDeliveredFileNeedsTwoKeys(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	p := &people{w, w.Guard.For(w.User("mail", "registratur@poststelle")), w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))}
	ayse := p.enter(archive.Person{Names: []archive.Name{{Family: "Müller-Çelik", Given: "Ayşe Nur"}}, BirthDate: day(t, "1990-05-17"), AZRNumber: "123456789012"})
	john := p.enter(archive.Person{Names: []archive.Name{{Family: "Doe", Given: "John"}}, BirthDate: day(t, "1985-01-01"), AZRNumber: "223456789012"})
	safe := p.enter(archive.Person{Names: []archive.Name{{Family: "Schutz", Given: "Berta"}}, BirthDate: day(t, "1970-02-03"), AZRNumber: "323456789012", Protected: true})
	shut := p.enter(archive.Person{Names: []archive.Name{{Family: "Zu", Given: "Paul"}}, BirthDate: day(t, "1971-02-03")})
	seal(t, w, shut.ID, archive.NewID[archive.UserID]())
	for _, tt := range []struct {
		name string
		q    acl.Delivered
		want archive.AkteID
		last string
	}{
		{"own number and name", acl.Delivered{Number: ayse.Number, Family: "MUELLER CELIK", Given: "Ayse"}, ayse.ID, "file_number+name"},
		{"own number and date of birth", acl.Delivered{Number: ayse.Number, BirthDate: day(t, "17.05.1990")}, ayse.ID, "file_number+birth_date"},
		{"register number and name", acl.Delivered{Register: "1234 5678 9012", Family: "Müller-Çelik", Given: "Ayşe Nur"}, ayse.ID, "register_number+name"},
		{"both numbers and name", acl.Delivered{Number: ayse.Number, Register: "123456789012", Family: "Müller-Çelik", Given: "Ayşe"}, ayse.ID, "file_number+name"},
		{"wrong own number, register number and name", acl.Delivered{Number: "33.11-999999/2001", Register: "123456789012", Family: "Müller-Çelik", Given: "Ayşe"}, ayse.ID, "register_number+name"},
		{"own number alone", acl.Delivered{Number: ayse.Number}, "", "file_number:alone"},
		{"own number and half a name", acl.Delivered{Number: ayse.Number, Family: "Müller-Çelik"}, "", "file_number:alone"},
		{"own number and year of birth", acl.Delivered{Number: ayse.Number, BirthDate: day(t, "1990")}, "", "file_number:alone"},
		{"own number of somebody else", acl.Delivered{Number: john.Number, Family: "Müller-Çelik", Given: "Ayşe"}, "", "file_number:name_differs"},
		{"name agrees, date of birth differs", acl.Delivered{Number: ayse.Number, Family: "Müller-Çelik", Given: "Ayşe", BirthDate: day(t, "1991-05-17")}, "", "file_number:birth_date_differs"},
		{"name with date of birth", acl.Delivered{Family: "Müller-Çelik", Given: "Ayşe", BirthDate: day(t, "1990-05-17")}, "", "name+birth_date:never_enough"},
		{"own number and an imputed date", acl.Delivered{Number: john.Number, BirthDate: day(t, "01.01.1985")}, "", "file_number:alone"},
		{"imputed date of another year", acl.Delivered{Number: john.Number, Family: "Doe", Given: "John", BirthDate: day(t, "01.01.1984")}, "", "file_number:birth_date_differs"},
		{"numbers of two people", acl.Delivered{Number: ayse.Number, Register: "223456789012", Family: "Doe", Given: "John"}, "", "numbers:differ"},
		{"nothing", acl.Delivered{}, "", "name+birth_date:never_enough"},
		{"unknown numbers", acl.Delivered{Number: "1", Register: "999999999999", Family: "Doe", Given: "John"}, "", "register_number:unknown"},
		{"a protected person's Akte", acl.Delivered{Number: safe.Number, Family: "Schutz", Given: "Berta"}, "", "file_number:unknown"},
		{"a protected person's number", acl.Delivered{Register: "323456789012", Family: "Schutz", Given: "Berta"}, "", "register_number:unknown"},
		{"an Akte under a seal", acl.Delivered{Number: shut.Number, Family: "Zu", Given: "Paul"}, "", "file_number:unknown"},
	} {
		m, err := p.mail.MatchDelivered(t.Context(), tt.q)
		if err != nil || m.Akte != tt.want || len(m.Tried) == 0 || m.Tried[len(m.Tried)-1] != tt.last {
			t.Errorf("%s: %q after %v, %v; want %q after %s", tt.name, m.Akte, m.Tried, err, tt.want, tt.last)
		}
	}
	m, err := p.mail.MatchDelivered(t.Context(), acl.Delivered{Number: john.Number, BirthDate: day(t, "01.01.1985")})
	if err != nil || !slices.Contains(m.Tried, "birth_date:imputed") {
		t.Errorf("an imputed date isn't told: %v, %v", m.Tried, err)
	}
	if _, err := w.Guard.For(w.User("officer", "datenschutz@datenschutz")).MatchDelivered(t.Context(), acl.Delivered{Number: ayse.Number}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("who can't locate: %v, want denied", err)
	}
	if n := trailed(t, w, audit.OpLocate); n < 19 {
		t.Errorf("%d of 20 searches are recorded", n)
	}
}

func TestDeliveredFileWithTwoAkten(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	p := &people{w, w.Guard.For(w.User("mail", "registratur@poststelle")), w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))}
	first := p.enter(archive.Person{Names: []archive.Name{{Family: "Doe", Given: "John"}}, AZRNumber: "223456789012"})
	if _, err := p.clerk.CreateAkte(t.Context(), archive.Akte{Person: first.Akte.Person, Lead: "auslaenderbehoerde", DistinctBecause: "anderes Verfahren"}); err != nil {
		t.Fatal(err)
	}
	q := acl.Delivered{Register: "223456789012", Family: "Doe", Given: "John"}
	if m, err := p.mail.MatchDelivered(t.Context(), q); err != nil || m.Akte != "" || !slices.Contains(m.Tried, "register_number:no_single_akte") {
		t.Errorf("of two Akten: %+v, %v", m, err)
	}
	q.Number = first.Number
	if m, err := p.mail.MatchDelivered(t.Context(), q); err != nil || m.Akte != first.ID {
		t.Errorf("with its number: %+v, %v", m, err)
	}
}

func TestDeliveryTakesTheMarkBack(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	p := &people{w, w.Guard.For(w.User("mail", "registratur@poststelle")), w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))}
	akte := p.enter(archive.Person{Names: []archive.Name{{Family: "Doe", Given: "John"}}})
	if err := p.clerk.Consign(t.Context(), akte.ID, archive.Consignment{Vendor: "Scanfabrik"}); err != nil {
		t.Fatal(err)
	}
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@asyl"))
	if _, err := stranger.ReturnDelivered(t.Context(), akte.ID, "L1"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("by a stranger: %v, want not found", err)
	}
	for i, want := range []bool{true, false} {
		if back, err := p.mail.ReturnDelivered(t.Context(), akte.ID, "L1"); err != nil || back != want {
			t.Errorf("%d: %t, %v; want %t", i, back, err, want)
		}
	}
	if view, err := p.clerk.Akte(t.Context(), akte.ID); err != nil || view.Consignment != nil {
		t.Errorf("still away: %+v, %v", view.Consignment, err)
	}
}
