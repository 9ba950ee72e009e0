package acl_test

import (
	"errors"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
)

// A look at a document beside a paper of the same bytes counts as one to file it, unless she said before
// why she opened the Akte.
func TestTwinIsOpenedForAReason(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.User("worker", "sachbearbeitung@auslaenderbehoerde")
	stranger := w.User("stranger", "registratur@soziales")
	akte := w.Akte(w.Guard.For(worker), "Ali", "auslaenderbehoerde")
	w.Add(w.Guard.For(worker), akte, archive.Document{Type: "reisepass"}, "Pass")
	twin, single := w.Post(w.Guard.For(worker), "auslaenderbehoerde", "Pass"), w.Post(w.Guard.For(worker), "auslaenderbehoerde", "Anderes")
	w.Settle()
	worker.Purpose, stranger.Purpose = "", ""
	said := worker
	said.Purposes = map[archive.AkteID]string{akte: "bearbeitung"}
	for _, tc := range []struct {
		name  string
		who   acl.Subject
		item  archive.InboxID
		state archive.AkteID
		want  error
	}{
		{"no reason yet", worker, twin.ID, akte, nil},
		{"a reason of her own", said, twin.ID, "", nil},
		{"nothing of the same bytes", worker, single.ID, "", archive.ErrNotFound},
		{"another basket", stranger, twin.ID, "", archive.ErrNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			state, err := w.Guard.For(tc.who).OpenTwin(t.Context(), tc.item, "posteingang")
			if state != tc.state || !errors.Is(err, tc.want) {
				t.Errorf("%q, %v", state, err)
			}
		})
	}
}

func TestSimilarFindsEachPersonOnce(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	made, err := worker.CreatePerson(t.Context(), archive.Person{
		Names: []archive.Name{{Family: "Haddad", Given: "Rana"}}, BirthDate: archive.BirthDate{Given: "1990-05-17"}, AZRNumber: "123456789",
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Settle()
	like := func(family, born, azr string) archive.Person {
		return archive.Person{Names: []archive.Name{{Family: family, Given: "Rana"}}, BirthDate: archive.BirthDate{Given: born}, AZRNumber: azr}
	}
	for _, tc := range []struct {
		name string
		who  *acl.Desk
		p    archive.Person
		want int
	}{
		{"by number and by name", worker, like("Haddad", "1990-05-17", "123456789"), 1},
		{"by number alone", worker, like("Ganzanders", "1970", "123456789"), 1},
		{"another date of birth", worker, like("Haddad", "1970-01-01", ""), 0},
		{"no date of birth", worker, like("Haddad", "gestern", "123456789"), 0},
		{"who may not locate", w.Guard.For(w.User("officer", "datenschutz@datenschutz")), like("Haddad", "1990-05-17", ""), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			found, err := tc.who.Similar(t.Context(), tc.p)
			if err != nil || len(found) != tc.want || tc.want > 0 && found[0].Person != made.ID {
				t.Errorf("%d, %v", len(found), err)
			}
		})
	}
}
