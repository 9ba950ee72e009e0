package storetest

import (
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
)

func testSeals(b *bench) {
	akte, other := b.newAkte(), b.newAkte()
	d, _, _ := b.file(other.ID)
	seal := func(until string) *archive.Seal {
		return &archive.Seal{Kind: archive.SealRestriction, Ground: "claims", Reason: "Streit", Until: until, Readers: []archive.UserID{b.clerk}, By: b.clerk}
	}
	listed := func(from string) (out []archive.SealedThing) {
		b.view(func(r archive.Reader) error {
			for row, err := range r.Seals(from, "") {
				if err != nil {
					return err
				}
				out = append(out, row.Value)
			}
			return nil
		})
		return out
	}
	onAkte, onDoc := archive.SealedThing{Akte: akte.ID}, archive.SealedThing{Document: d.ID}
	akte.Sealed, akte.Revision = seal("2027-03-01"), 2
	d.Sealed, d.Revision = seal("2027-02-01"), 2
	b.must(audit.OpSealLay, func(tx archive.Tx) error { return errors.Join(tx.PutAkte(akte), tx.PutDocument(d)) })
	same(b, "by the day they end", listed("2026-01-01"), nil, []archive.SealedThing{onDoc, onAkte})
	same(b, "from their last day on", listed("2027-02-01"), nil, []archive.SealedThing{onDoc, onAkte})
	same(b, "those that end later", listed("2027-02-02"), nil, []archive.SealedThing{onAkte})
	d.Sealed, d.Revision = seal("2027-04-01"), 3
	b.must(audit.OpSealChange, func(tx archive.Tx) error { return tx.PutDocument(d) })
	same(b, "one was prolonged", listed("2026-01-01"), nil, []archive.SealedThing{onAkte, onDoc})
	b.reopen()
	b.view(func(r archive.Reader) error {
		got, err := r.Akte(akte.ID)
		same(b, "seal of an akte", got.Sealed, err, akte.Sealed)
		doc, err := r.Document(d.ID)
		same(b, "seal of a document", doc.Sealed, err, d.Sealed)
		return nil
	})
	akte.Sealed, akte.Revision = nil, 3
	b.must(audit.OpSealLift, func(tx archive.Tx) error { return tx.PutAkte(akte) })
	same(b, "one was lifted", listed("2026-01-01"), nil, []archive.SealedThing{onDoc})
}

func testSealRequests(b *bench) {
	akte, other := b.newAkte(), b.newAkte()
	d, _, _ := b.file(akte.ID)
	ask := func(doc archive.DocumentID, what string) archive.SealRequest {
		return archive.SealRequest{
			ID: archive.NewID[archive.SealRequestID](), Akte: akte.ID, Document: doc, What: what, Because: "Xquzbecause",
			Seal: &archive.Seal{Kind: archive.SealProtection, Reason: "Xquzwanted", Until: "2027-01-01", Readers: []archive.UserID{b.clerk}},
			By:   b.clerk, At: b.Clock.Now(),
		}
	}
	whole, part := ask("", archive.SealLay), ask(d.ID, archive.SealLay)
	if err := b.house(func(tx archive.Tx) error { return tx.PutSealRequest(whole) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("without an event: %v", err)
	}
	for _, q := range []archive.SealRequest{whole, part} {
		b.must(audit.OpSealAsk, func(tx archive.Tx) error { return tx.PutSealRequest(q) })
	}
	foreign, nobodys := ask(d.ID, archive.SealLay), ask("", archive.SealLay)
	foreign.Akte, nobodys.Akte = other.ID, archive.NewID[archive.AkteID]()
	for _, tt := range []struct {
		name string
		q    archive.SealRequest
		want error
	}{
		{"a second one about the same akte", ask("", archive.SealLift), archive.ErrConflict},
		{"a second one about the same document", ask(d.ID, archive.SealLift), archive.ErrConflict},
		{"about a document of another akte", foreign, archive.ErrInvalid},
		{"about nothing", nobodys, archive.ErrInvalid},
	} {
		if err := b.try(audit.OpSealAsk, func(tx archive.Tx) error { return tx.PutSealRequest(tt.q) }); !errors.Is(err, tt.want) {
			b.t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	b.reopen()
	waits := func() (out []archive.SealRequestID) {
		b.view(func(r archive.Reader) error {
			for row, err := range r.SealRequests("") {
				if err != nil {
					return err
				}
				out = append(out, row.Value.ID)
			}
			return nil
		})
		return out
	}
	b.view(func(r archive.Reader) error {
		got, err := r.SealRequestOn(akte.ID, d.ID)
		same(b, "about a document", got, err, part)
		got, err = r.SealRequestOn(akte.ID, "")
		same(b, "about an akte", got, err, whole)
		if _, err := r.SealRequestOn(other.ID, ""); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("about another akte: %v", err)
		}
		return nil
	})
	same(b, "oldest first", waits(), nil, []archive.SealRequestID{whole.ID, part.ID})
	moved := d
	moved.Akte, moved.Revision = other.ID, 2
	b.must(audit.OpDocumentMove, func(tx archive.Tx) error { return tx.PutDocument(moved) })
	same(b, "after the document moved", waits(), nil, []archive.SealRequestID{whole.ID})
	b.must(audit.OpSealDecline, func(tx archive.Tx) error { return tx.DeleteSealRequest(whole.ID) })
	same(b, "after the word", waits(), nil, nil)
	if err := b.try(audit.OpSealDecline, func(tx archive.Tx) error { return tx.DeleteSealRequest(whole.ID) }); !errors.Is(err, archive.ErrNotFound) {
		b.t.Errorf("a second word: %v", err)
	}
	again := ask("", archive.SealLift)
	b.must(audit.OpSealAsk, func(tx archive.Tx) error { return tx.PutSealRequest(again) })
	b.destroy("akte/" + string(akte.ID))
	same(b, "with the key of its akte", waits(), nil, nil)
}
