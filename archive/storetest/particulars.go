package storetest

import (
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
)

func testParticulars(b *bench) {
	akte := b.newAkte()
	other := b.newAkte()
	p := archive.Particular{Person: akte.Person, Group: "religion"}
	if err := p.Change("keine Angabe", "", b.clerk, b.Clock.Now()); err != nil {
		b.t.Fatal(err)
	}
	put := func(p archive.Particular) func(archive.Tx) error {
		return func(tx archive.Tx) error { return tx.PutParticular(p) }
	}
	if err := b.house(put(p)); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("without an event: %v", err)
	}
	b.must(audit.OpParticular, put(p))
	if err := b.try(audit.OpParticular, put(p)); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("the same revision again: %v, want a conflict", err)
	}
	if err := p.Change("evangelisch", "", b.clerk, b.Clock.Now()); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("corrected without a reason: %v", err)
	}
	p.Through = akte.ID
	if err := p.Change("evangelisch", "Angabe der Person", b.clerk, b.Clock.Now()); err != nil {
		b.t.Fatal(err)
	}
	p.Through = other.ID
	b.must(audit.OpParticular, put(p))
	foreign := archive.Particular{Person: other.Person, Group: "familie", Text: "ledig", By: b.clerk, Changed: b.Clock.Now(), Revision: 1}
	b.must(audit.OpParticular, put(foreign))
	nobody := foreign
	nobody.Person = archive.NewID[archive.PersonID]()
	if err := b.try(audit.OpParticular, put(nobody)); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("of nobody: %v", err)
	}
	b.reopen()
	if len(p.Former) != 1 || p.Former[0].Text != "keine Angabe" || p.Former[0].Through != akte.ID {
		b.t.Errorf("what it was: %+v", p.Former)
	}
	listed := func(what string, id archive.PersonID, want ...archive.Particular) {
		b.t.Helper()
		b.view(func(r archive.Reader) error {
			got, err := r.Particulars(id)
			same(b, what, got, err, want)
			return nil
		})
	}
	listed("of a person", akte.Person, p)
	listed("of another", other.Person, foreign)
	b.must(audit.OpParticular, func(tx archive.Tx) error { return tx.DeleteParticulars(akte.Person) })
	listed("taken away", akte.Person)
	listed("those of the other stay", other.Person, foreign)
}
