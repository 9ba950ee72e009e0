package acl_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

func TestLocateTellsWhoIsOnlyAlikeBehindOthersAndWhereItIsSafe(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	enter := func(family, given, born string, protected bool) archive.PersonID {
		t.Helper()
		p, err := worker.CreatePerson(t.Context(), archive.Person{
			Names: []archive.Name{{Family: family, Given: given}}, BirthDate: archive.BirthDate{Given: born}, Protected: protected,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := worker.CreateAkte(t.Context(), archive.Akte{Person: p.ID, Lead: "auslaenderbehoerde"}); err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	jurij := enter("Schewtschenko", "Jurij", "1990-05-17", false)
	enter("Schewtschenko", "Iouri", "1990-05-17", true)
	meier, mayer := enter("Meier", "Anna", "1980-02-03", false), enter("Mayer", "Anna", "1981-02-03", false)
	maier := enter("Maier", "Anna", "1980-02-03", false)
	slip := enter("Hoffmann", "Katharina", "1975-11-12", false)
	enter("Bergmann", "Wilhelmine", "1960-01-01", false)
	w.Settle()
	for _, tt := range []struct {
		family, given, born string
		want                []archive.PersonID
		class               string // of the first
	}{
		{"Schewtschenko", "Jurij", "", []archive.PersonID{jurij}, "same"},
		{"Shevchenko", "Yurii", "", []archive.PersonID{jurij}, "romanisation"},
		{"Шевченко", "Юрій", "", []archive.PersonID{jurij}, "romanisation"},
		{"Mayer", "Anna", "1981-02-03", []archive.PersonID{mayer}, "same"},
		{"Meier", "Anna", "1980-02-03", []archive.PersonID{meier, maier}, "same"},
		{"Maier", "Anna", "1980-02-03", []archive.PersonID{maier, meier}, "same"},
		{"Hofmnan", "Katharina", "", nil, ""},
		{"Hofmnan", "Katharina", "1975-11-12", []archive.PersonID{slip}, "sounds_alike"},
		{"Hofmnan", "Katharina", "1975", nil, ""},
		{"Hofmnan", "Katharina", "1975-11-13", nil, ""},
		{"Mei", "", "", nil, ""},
		{"Shevchenko", "", "", []archive.PersonID{jurij}, "romanisation"},
		{"Schewtschenko", "", "", []archive.PersonID{jurij}, "same"},
		{"Schewtschuk", "", "", nil, ""},
		{"", "Yurii", "", []archive.PersonID{jurij}, "romanisation"},
		{"Bregmann", "Wilhelmine", "1960-01-01", nil, ""},
	} {
		t.Run(fmt.Sprint(tt.family, " ", tt.born), func(t *testing.T) {
			q := acl.LocateQuery{Family: tt.family, Given: tt.given}
			var err error
			if q.BirthDate, err = archive.ParseBirthDate(tt.born, w.Time); err != nil {
				t.Fatal(err)
			}
			found, err := mail.Locate(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			var got []archive.PersonID
			for _, l := range found {
				got = append(got, l.Person)
			}
			if !slices.Equal(got, tt.want) {
				t.Fatalf("found %+v, want %v", found, tt.want)
			}
			if tt.class != "" && found[0].Likeness.Class.String() != tt.class {
				t.Errorf("the first is %q, want %q", found[0].Likeness.Class, tt.class)
			}
		})
	}
}

func TestSimilarWarnsOfOtherSpellings(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	w.Akte(worker, "Schewtschenko", "auslaenderbehoerde")
	w.Settle()
	found, err := worker.Similar(t.Context(), archive.Person{Names: []archive.Name{{Family: "Shevchenko", Given: "Test"}}})
	if err != nil || len(found) != 1 || found[0].Likeness.Class.String() != "romanisation" {
		t.Errorf("another romanisation: %+v, %v", found, err)
	}
	found, err = worker.Similar(t.Context(), archive.Person{Names: []archive.Name{{Family: "Schewtschuk", Given: "Test"}}})
	if err != nil || len(found) != 0 {
		t.Errorf("another name: %+v, %v", found, err)
	}
}

// However many persons of a name are protected, whoever may be located is: nobody is missing because of them.
func TestLocateIsTheSameWhoeverIsProtected(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	worker := w.Guard.For(w.User("worker", "sachbearbeitung@auslaenderbehoerde"))
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	for range 105 { // more than are looked at
		if _, err := worker.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Zelenko", Given: "Ali"}}, Protected: true}); err != nil {
			t.Fatal(err)
		}
	}
	w.Akte(worker, "Zelenko", "auslaenderbehoerde") // the newest, and so the last of the name
	open := w.Akte(worker, "Ziegler", "auslaenderbehoerde")
	w.Settle()
	names := func(family string) (out []string) {
		t.Helper()
		found, err := mail.Locate(t.Context(), acl.LocateQuery{Family: family})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range found {
			out = append(out, l.Name.Family+" "+l.Name.Given)
		}
		return out
	}
	for _, family := range []string{"Zelenko", "Selenko"} {
		if got := names(family); !slices.Equal(got, []string{"Zelenko Test"}) {
			t.Errorf("%s: %v are located", family, got)
		}
	}
	if got := names("Ziegler"); len(got) != 1 {
		t.Errorf("Ziegler: %v are located", got)
	}
	seal := func(until string) {
		t.Helper()
		err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
			a, err := tx.Akte(open)
			if err != nil {
				return err
			}
			a.Sealed, a.Revision = &archive.Seal{Reason: "Schutz", Until: until, By: mail.Subject().User}, a.Revision+1
			if err := tx.PutAkte(a); err != nil {
				return err
			}
			return tx.Record(audit.Event{Time: w.Time, Actor: audit.System(), Op: audit.OpAkteChange, Object: "akte/" + string(open), Result: audit.Allow})
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Settle()
	}
	locatable := func() bool {
		t.Helper()
		hits, err := w.Index.Persons(t.Context(), index.PersonQuery{Text: "Ziegler", Locate: true, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		return len(hits) == 1
	}
	seal(w.Time.Format(time.DateOnly))
	if got := names("Ziegler"); len(got) != 0 || locatable() {
		t.Errorf("with all Akten sealed: %v are located, %v in the index", got, locatable())
	}
	w.Time = w.Time.AddDate(0, 0, 2)
	found(t, mail, "Ziegler") // the seal ends
	w.Settle()
	if got := names("Ziegler"); len(got) != 1 || !locatable() {
		t.Errorf("when the seal has ended: %v are located, %v in the index", got, locatable())
	}
}
