package acl_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/index"
)

func TestHiddenAkteIsNotToldByItsNumber(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	health := w.Guard.For(w.User("health", "gesundheit@gesundheit"))
	soz := w.Guard.For(w.User("soz", "sachbearbeitung@soziales"))
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	open := w.Akte(abh, "Abdi", "auslaenderbehoerde", archive.Participation{Department: "soziales"})
	shown, err := soz.Akte(t.Context(), open)
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := health.CreateAkte(t.Context(), archive.Akte{Person: shown.Akte.Person, Lead: "gesundheit", Plan: "50.4"})
	if err != nil {
		t.Fatal(err)
	}
	w.Settle()
	for _, tc := range []struct {
		name, number string
		desk         *acl.Desk
		want         int
	}{
		{"hidden", hidden.Number, soz, 0},
		{"hidden from nobody who may see it", hidden.Number, health, 1},
		{"open", shown.Number, soz, 1},
		{"none", "50.4-000999/2026", soz, 0},
	} {
		found, err := tc.desk.Search(t.Context(), index.Query{Text: tc.number}, "")
		if err != nil || len(found.Persons) != tc.want {
			t.Errorf("%s: %d persons, %v; want %d", tc.name, len(found.Persons), err, tc.want)
		}
	}
}

func TestMailRoomDoesNotSeeWhatTheDepartmentAdds(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		then func(w *acltest.World, clerk *acl.Desk, id archive.DocumentID) error
	}{
		{"a version", func(w *acltest.World, clerk *acl.Desk, id archive.DocumentID) error {
			return addVersion(w, clerk, id)
		}},
		{"a title", func(w *acltest.World, clerk *acl.Desk, id archive.DocumentID) error {
			_, err := clerk.ChangeDocument(w.T.Context(), id, 1, func(d *archive.Document) error { d.Title = "Neu"; return nil })
			return err
		}},
		{"a move", func(w *acltest.World, clerk *acl.Desk, id archive.DocumentID) error {
			_, err := clerk.MoveDocument(w.T.Context(), id, 1, acl.Move{Register: "familie", Reason: "falsch"})
			return err
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := acltest.Open(t)
			clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
			mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
			akte := w.Akte(clerk, "Kaya", "auslaenderbehoerde")
			doc := w.Add(mail, akte, archive.Document{Type: "mietvertrag"}, "Mietvertrag")
			if _, err := mail.Document(t.Context(), doc.ID); err != nil {
				t.Fatalf("before: %v", err)
			}
			if err := tc.then(w, clerk, doc.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := mail.Document(t.Context(), doc.ID); !errors.Is(err, archive.ErrNotFound) {
				t.Errorf("after: %v, want not found", err)
			}
		})
	}
}

func TestRestrictedTeamOfTheLeadCannotWidenItself(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	inside, team := w.User("inside", "sachbearbeitung@auslaenderbehoerde"), w.User("team", "sachbearbeitung@auslaenderbehoerde")
	inside, team = w.Team(inside, "a-k"), w.Team(team, "l-z")
	p, err := w.Guard.For(inside).CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Kaya"}}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := w.Guard.For(inside).CreateAkte(t.Context(), archive.Akte{
		Person: p.ID, Lead: "auslaenderbehoerde", Team: "a-k",
		Departments: []archive.Participation{{Department: "auslaenderbehoerde", Team: "l-z", Registers: []string{"identitaet"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	view, err := w.Guard.For(team).Akte(t.Context(), a.ID)
	if err != nil || view.MayChange {
		t.Errorf("may change: %v, %v; want no", view.MayChange, err)
	}
	_, err = w.Guard.For(team).ChangeAkte(t.Context(), a.ID, a.Revision, func(a *archive.Akte) error { a.Team = ""; return nil })
	if !errors.Is(err, acl.ErrDenied) {
		t.Errorf("widening: %v, want denied", err)
	}
}

func TestOpeningAnAkteOpensNobodyHidden(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	health := w.Guard.For(w.User("health", "gesundheit@gesundheit"))
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	p, err := health.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Schutz"}}, Protected: true})
	if err != nil {
		t.Fatal(err)
	}
	var field *archive.FieldError
	for name, id := range map[string]archive.PersonID{"protected": p.ID, "nobody": archive.NewID[archive.PersonID]()} {
		_, err := abh.CreateAkte(t.Context(), archive.Akte{Person: id, Lead: "auslaenderbehoerde"})
		if !errors.As(err, &field) || field.Code != "unknown" {
			t.Errorf("%s: %v, want unknown", name, err)
		}
	}
	if _, err := abh.ChangePerson(t.Context(), p.ID, 1, acl.Correcting{}, func(*archive.Person) error { return nil }); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("change: %v, want not found", err)
	}
}

func TestCasesTellOfNoHiddenRegister(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	abh := w.User("abh", "sachbearbeitung@auslaenderbehoerde")
	integration := w.Guard.For(w.User("integration", "sachbearbeitung@integration"))
	akte := w.Akte(w.Guard.For(abh), "Rahimi", "auslaenderbehoerde", archive.Participation{Department: "integration"})
	procedure := touching(t, w, "sicherheit")
	id := openCase(t, w, abh, akte, procedure)
	view, err := integration.Akte(t.Context(), akte)
	if err != nil || len(view.Cases) != 0 {
		t.Errorf("she sees %d cases, %v; want none", len(view.Cases), err)
	}
	if _, err := integration.OpenCase(t.Context(), archive.Case{Akte: akte, Procedure: procedure}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("opening: %v, want denied", err)
	}
	if _, err := integration.CloseCase(t.Context(), id); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("closing: %v, want not found", err)
	}
	if c, err := w.Guard.For(abh).CloseCase(t.Context(), id); err != nil || c.State != "closed" {
		t.Errorf("closing by who may: %s, %v", c.State, err)
	}
	abh.Purpose = "case:" + string(id)
	if _, err := w.Guard.For(abh).Akte(t.Context(), akte); !errors.Is(err, acl.ErrPurpose) {
		t.Errorf("a closed case as purpose: %v, want refused", err)
	}
}

func TestBasketsThatSomebodyWorks(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	scanner := w.Guard.For(w.User("scanner", "dienst@poststelle"))
	for _, tc := range []struct {
		name, basket string
		desk         *acl.Desk
		want         error
	}{
		{"mail room into another", "asyl", mail, nil},
		{"mail room where nobody works", "it", mail, archive.ErrInvalid},
		{"scanner into its own", "poststelle", scanner, nil},
		{"scanner into another", "asyl", scanner, acl.ErrDenied},
	} {
		if err := post(w, tc.desk, tc.basket); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
	item := w.Post(mail, "poststelle", "Brief")
	if _, err := mail.RouteItem(t.Context(), item.ID, "it"); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("routed where nobody works: %v, want invalid", err)
	}
}

func TestBurstOfGuessesIsSlowedLikeOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	addUser(t, w, "anna")
	accounts := w.Guard.Accounts()
	for range 4 {
		if _, err := accounts.SignIn(t.Context(), "anna", "wrong wrong", "web", ""); err == nil {
			t.Fatal("a wrong password is taken")
		}
	}
	w.Time = w.Time.Add(500 * time.Millisecond) // the delay is a second now
	var burst sync.WaitGroup
	for range 3 {
		burst.Go(func() {
			if _, err := accounts.SignIn(t.Context(), "anna", password, "web", ""); !errors.Is(err, acl.ErrSignIn) {
				t.Errorf("within the delay: %v, want refused", err)
			}
		})
	}
	burst.Wait()
}

// addVersion adds a version of one line to a document.
func addVersion(w *acltest.World, d *acl.Desk, id archive.DocumentID) error {
	u, err := d.Receive(w.T.Context(), "neu.txt", strings.NewReader("nachgereicht"))
	if err != nil {
		return err
	}
	_, err = d.AddVersion(w.T.Context(), id, u)
	return errors.Join(err, u.Close())
}

// post drops a line into a basket.
func post(w *acltest.World, d *acl.Desk, basket string) error {
	u, err := d.Receive(w.T.Context(), "brief.txt", strings.NewReader("Brief"))
	if err != nil {
		return err
	}
	_, err = d.AddInboxItem(w.T.Context(), archive.InboxItem{Basket: basket}, u)
	return errors.Join(err, u.Close())
}
