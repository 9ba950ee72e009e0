package storetest

import (
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
)

func testClosedAkten(b *bench) {
	one, two, three := b.newAkte(), b.newAkte(), b.newAkte()
	close := func(a *archive.Akte, c *archive.Closing) error {
		a.State, a.Closing, a.Revision = archive.AkteOpen, c, a.Revision+1
		if c != nil {
			a.State = archive.AkteClosed
		}
		return b.try(audit.OpAkteChange, func(tx archive.Tx) error { return tx.PutAkte(*a) })
	}
	listed := func(rule string) (out []archive.ClosedAkte) {
		b.view(func(r archive.Reader) error {
			for row, err := range r.Closed(rule, "33.11", "") {
				if err != nil {
					return err
				}
				out = append(out, row.Value)
			}
			return nil
		})
		return out
	}
	same(b, "open ones", len(listed("")), nil, 0)
	if err := errors.Join(
		close(&one, &archive.Closing{On: "2026-03-01"}), close(&two, &archive.Closing{On: "2026-02-01"}),
		close(&three, &archive.Closing{On: "2026-01-01", Rule: "R-DEATH"}),
	); err != nil {
		b.t.Fatal(err)
	}
	same(b, "as the file plan says", listed(""), nil, []archive.ClosedAkte{{Akte: two.ID, Since: "2026-02-01"}, {Akte: one.ID, Since: "2026-03-01"}})
	same(b, "one whose term doesn't run", listed("R-DEATH"), nil, []archive.ClosedAkte{{Akte: three.ID}})
	if err := close(&one, &archive.Closing{On: "2026-03-01", Rule: "R-DEATH", From: "2025-12-24"}); err != nil {
		b.t.Fatal(err)
	}
	b.reopen()
	same(b, "by the day it counts from, then those without", listed("R-DEATH"), nil, []archive.ClosedAkte{{Akte: one.ID, Since: "2025-12-24"}, {Akte: three.ID}})
	hold := &archive.LegalHold{Reason: "Klage", Until: "2027-01-01", By: b.clerk, At: b.Clock.Now()}
	offer := &archive.Offer{On: "2026-05-01", Answer: archive.OfferDeclined, Answered: "2026-06-01"}
	one.Hold, one.Offer = hold, offer
	if err := errors.Join(close(&one, one.Closing), close(&two, nil)); err != nil {
		b.t.Fatal(err)
	}
	same(b, "one was opened again", len(listed("")), nil, 0)
	b.view(func(r archive.Reader) error {
		got, err := r.Akte(one.ID)
		same(b, "how it is kept", got.Closing, err, one.Closing)
		same(b, "what holds it", got.Hold, err, hold)
		same(b, "what the archive said", got.Offer, err, offer)
		return nil
	})
	two.State, two.Revision = archive.AkteClosed, two.Revision+1
	if err := b.try(audit.OpAkteChange, func(tx archive.Tx) error { return tx.PutAkte(two) }); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("closed without a day: %v", err)
	}
}
