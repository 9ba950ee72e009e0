package storetest

import (
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
)

func testCorrections(b *bench) {
	akte, other := b.newAkte(), b.newAkte()
	first := archive.Correction{
		ID: archive.NewID[archive.CorrectionID](), Person: akte.Person, State: archive.CorrectionMade, Ground: "identity", Reason: "Reisepass vorgelegt",
		AskedOn: "2026-03-02", Proof: archive.NewID[archive.DocumentID](), Through: akte.ID, By: b.clerk, At: b.Clock.Now(), Cut: true, Revision: 1,
		Values: []archive.CorrectedValue{
			{Field: archive.FieldOfName, Old: archive.PersonValue{Name: archive.Name{Kind: "official", Family: "Karimi", OriginalScript: "کریمی"}}},
			{Field: archive.FieldOfBirthDate, Old: archive.PersonValue{BirthDate: archive.BirthDate{Given: "1990", Year: 1990}}, New: archive.PersonValue{BirthDate: archive.BirthDate{Given: "1991-02-03", Year: 1991, Month: 2, Day: 3}}},
			{Field: archive.FieldOfSex, New: archive.PersonValue{Text: "f"}},
		},
		Recipients: []archive.CorrectionRecipient{{
			At: b.Clock.Now(), Name: "Standesamt", Reason: "Beurkundung", Op: audit.OpDocumentDisclose, Akten: []archive.AkteID{akte.ID},
			Document: archive.NewID[archive.DocumentID](), State: archive.RecipientOpen,
		}},
	}
	refused := archive.Correction{
		ID: archive.NewID[archive.CorrectionID](), Person: akte.Person, State: archive.CorrectionRefused, Reason: "nicht nachgewiesen", AskedOn: "2026-03-02",
		Statement: "Ich heiße anders.", By: b.clerk, At: b.Clock.Now(), Revision: 1,
	}
	put := func(c archive.Correction) func(archive.Tx) error {
		return func(tx archive.Tx) error { return tx.PutCorrection(c) }
	}
	if err := b.house(put(first)); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("without an event: %v", err)
	}
	b.must(audit.OpCorrection, put(first))
	if err := b.try(audit.OpCorrection, put(first)); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("the same revision again: %v, want a conflict", err)
	}
	b.must(audit.OpCorrectionRefuse, put(refused))
	foreign := refused
	foreign.ID, foreign.Person = archive.NewID[archive.CorrectionID](), other.Person
	b.must(audit.OpCorrectionRefuse, put(foreign))
	nobody := refused
	nobody.ID, nobody.Person = archive.NewID[archive.CorrectionID](), archive.NewID[archive.PersonID]()
	if err := b.try(audit.OpCorrectionRefuse, put(nobody)); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("of nobody: %v", err)
	}
	b.reopen()
	listed := func(what string, open int) {
		b.t.Helper()
		b.view(func(r archive.Reader) error {
			got, err := r.Corrections(akte.Person)
			same(b, what, got, err, []archive.Correction{refused, first})
			waiting := 0
			for row, err := range r.OpenCorrections("") {
				if err != nil {
					return err
				}
				if waiting++; row.Value.ID != first.ID {
					b.t.Errorf("%s: correction %s waits", what, row.Value.ID)
				}
			}
			if waiting != open {
				b.t.Errorf("%s: %d wait, want %d", what, waiting, open)
			}
			return nil
		})
	}
	listed("as it was made", 1)
	first.Recipients, first.Revision = slices.Clone(first.Recipients), 2
	if err := first.Recipients[0].Say(archive.RecipientTold, b.Clock.Now().Format("2006-01-02"), "Brief", b.clerk, b.Clock.Now(), b.Clock.Now().Format("2006-01-02")); err != nil {
		b.t.Fatal(err)
	}
	b.must(audit.OpCorrectionTell, put(first))
	listed("the recipient was told", 0)
	b.view(func(r archive.Reader) error {
		got, err := r.Corrections(other.Person)
		same(b, "those of the other stay", got, err, []archive.Correction{foreign})
		return nil
	})
}
