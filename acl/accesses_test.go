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

// TestAccesses puts together who did what with a person's data, and leaves out what is about others.
func TestAccesses(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	start := atTen(w)
	jana, omar := w.User("jana", "sachbearbeitung@auslaenderbehoerde"), w.User("omar", "sachbearbeitung@asyl")
	officer, admin := w.Guard.For(w.User("officer", "datenschutz@datenschutz")), w.Guard.For(w.User("admin", "administration@it"))
	worker := w.Guard.For(jana)
	akte := w.Akte(worker, "Beispiel", "auslaenderbehoerde")
	other := w.Akte(worker, "Andere", "auslaenderbehoerde")
	var person archive.PersonID
	if err := w.Store.View(t.Context(), func(r archive.Reader) error {
		a, err := r.Akte(akte)
		person = a.Person
		return err
	}); err != nil {
		t.Fatal(err)
	}
	tell := func(who acl.Subject, op audit.Op, result audit.Result, detail *audit.Detail, persons bool, akten ...archive.AkteID) {
		t.Helper()
		w.Time = w.Time.Add(time.Minute)
		e := audit.Event{
			Time: w.Time, Actor: audit.Actor{User: string(who.User), Role: "sachbearbeitung", Department: "asyl", Client: "web"},
			Op: op, Result: result, Purpose: "bearbeitung", Detail: detail,
		}
		for _, id := range akten {
			e.Akten = append(e.Akten, string(id))
		}
		if persons {
			e.Persons = []string{string(person)}
		}
		if err := w.Store.Update(t.Context(), func(tx archive.Tx) error { return tx.Record(e) }); err != nil {
			t.Fatal(err)
		}
	}
	tell(omar, audit.OpSearch, audit.Allow, &audit.Detail{Shared: map[string]any{"q": "Beispiel"}}, true, akte, other)
	tell(omar, audit.OpDocumentDisclose, audit.Allow, &audit.Detail{Own: map[string]map[string]any{audit.AkteKey(string(akte)): {"recipient": "Landgericht", "reason": "Beschluss"}}}, true, akte)
	tell(omar, audit.OpAccessRefused, audit.Deny, nil, false, akte) // names the Akte alone
	tell(omar, audit.OpAkteOpen, audit.Allow, nil, false, other)    // is about somebody else
	found, err := officer.Accesses(t.Context(), person, time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.By) != 2 || found.By[0].Name != "omar" || found.By[1].Name != "jana" || len(found.Akten) != 1 {
		t.Fatalf("by %+v of %+v", found.By, found.Akten)
	}
	by := found.By[0]
	if want := []string{acl.AccessListed, acl.AccessDisclosed, acl.AccessRefused}; !slices.Equal(by.Kinds, want) || len(by.Acts) != 3 {
		t.Errorf("%d acts, kinds %v, want %v", len(by.Acts), by.Kinds, want)
	}
	if a := by.Acts[1]; a.Recipient != "Landgericht" || a.Reason != "Beschluss" || a.Leaf.Purpose != "bearbeitung" || !by.Last.Equal(by.Acts[0].Leaf.When()) || !by.First.Equal(by.Acts[2].Leaf.When()) {
		t.Errorf("disclosed: %+v", a)
	}
	if listed := by.Acts[2]; len(listed.Akten) != 1 || listed.Akten[0].ID != akte {
		t.Errorf("a search that listed others, too, tells of %+v", listed.Akten)
	}
	if found.By[1].Kinds[0] != acl.AccessChanged && found.By[1].Kinds[len(found.By[1].Kinds)-1] != acl.AccessChanged {
		t.Errorf("who entered her: %v", found.By[1].Kinds)
	}
	if late, err := officer.Accesses(t.Context(), person, start.Add(150*time.Second), time.Time{}); err != nil || !slices.ContainsFunc(late.By, func(b acl.AccessBy) bool { return b.Name == "omar" && len(b.Acts) == 1 }) {
		t.Errorf("of the last minute: %+v, %v", late.By, err)
	}
	w.Time = w.Time.Add(time.Minute)
	again, err := officer.Accesses(t.Context(), person, time.Time{}, time.Time{})
	if err != nil || again.By[0].Name != "officer" {
		t.Errorf("that it was read is left out: %+v, %v", again.By, err)
	}
	if _, err := admin.Accesses(t.Context(), person, time.Time{}, time.Time{}); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("an administrator: %v", err)
	}
	if _, err := officer.Accesses(t.Context(), archive.NewID[archive.PersonID](), time.Time{}, time.Time{}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
	if _, err := officer.ExportAccesses(t.Context(), person, time.Time{}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if row := trailOf(t, officer, archive.TrailFilter{Op: string(audit.OpTrailExport)}); row.Name != "officer" || len(row.Leaf.Persons) != 1 {
		t.Errorf("an export is recorded as %+v", row)
	}
}

// TestAccessesTellNoHiddenNumber asks for a person who is protected against disclosure: her number isn't given away.
func TestAccessesTellNoHiddenNumber(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	atTen(w)
	jana := w.User("jana", "sachbearbeitung@auslaenderbehoerde")
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	akte := w.Akte(w.Guard.For(jana), "Beispiel", "auslaenderbehoerde")
	var person archive.PersonID
	err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
		a, err := tx.Akte(akte)
		if err != nil {
			return err
		}
		p, err := tx.Person(a.Person)
		if err != nil {
			return err
		}
		person, p.Protected, p.Revision = p.ID, true, p.Revision+1
		e := audit.Event{Time: w.Time, Actor: audit.System(), Op: audit.OpPersonChange, Result: audit.Allow, Persons: []string{string(p.ID)}}
		return errors.Join(tx.PutPerson(p), tx.Record(e))
	})
	if err != nil {
		t.Fatal(err)
	}
	found, err := officer.Accesses(t.Context(), person, time.Time{}, time.Time{})
	if err != nil || len(found.By) == 0 || len(found.Akten) > 0 {
		t.Fatalf("found %+v, %v", found, err)
	}
	for _, by := range found.By {
		for _, a := range by.Acts {
			if len(a.Akten) > 0 {
				t.Errorf("%s gives away %v", a.Leaf.Op, a.Akten)
			}
		}
	}
}

// TestAccessesOfARelative has an officer ask for a person from whom a conflict of interest keeps her.
func TestAccessesOfARelative(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	atTen(w)
	who := w.User("officer", "datenschutz@datenschutz")
	officer := w.Guard.For(who)
	akte := w.Akte(w.Guard.For(w.User("jana", "sachbearbeitung@auslaenderbehoerde")), "Beispiel", "auslaenderbehoerde")
	var person archive.PersonID
	if err := w.Store.View(t.Context(), func(r archive.Reader) error {
		a, err := r.Akte(akte)
		person = a.Person
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := officer.HoldTrail(t.Context(), acl.TrailHold{Person: person}, "Prüfung"); err != nil {
		t.Fatal(err)
	}
	inConflict(t, w, who.User, akte)
	if _, err := officer.Accesses(t.Context(), person, time.Time{}, time.Time{}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("she is told: %v", err)
	}
	if _, err := officer.HoldTrail(t.Context(), acl.TrailHold{Person: person}, "Prüfung"); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("she holds: %v", err)
	}
	term, err := officer.TrailTerm(t.Context())
	if err != nil || len(term.Holds) != 1 || term.Holds[0].Person != "" || len(term.Holds[0].Akten) > 0 {
		t.Errorf("the list of holds tells of %+v, %v", term.Holds, err)
	}
}
