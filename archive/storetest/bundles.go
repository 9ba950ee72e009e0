package storetest

import (
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

func testBundles(b *bench) {
	akte := b.newAkte()
	doc, version, _ := b.file(akte.ID)
	now := b.Clock.Now()
	bundle := archive.Bundle{
		ID: archive.NewID[archive.BundleID](), Akte: akte.ID, Maker: b.clerk, Purpose: "bearbeitung", Language: "de", Chosen: true,
		Documents: []archive.BundleDocument{{Document: doc.ID, Version: version.ID}},
		Recipient: "Verwaltungsgericht", Reason: "Klage", Content: seal.NewKey(), Created: now, Expires: now.Add(archive.BundleKept),
	}
	b.must(audit.OpBundleOrder, func(tx archive.Tx) error { return tx.PutBundle(bundle) })
	bundle.Object = archive.Object{Ref: blob.NewRef(), Size: 7, SHA256: [32]byte{1}}
	b.must(audit.OpJobDone, func(tx archive.Tx) error { return tx.PutBundle(bundle) })
	if err := b.house(func(tx archive.Tx) error { return tx.PutBundle(bundle) }); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("a bundle without an event: %v", err)
	}
	for name, bad := range map[string]func(*archive.Bundle){
		"another akte's":   func(x *archive.Bundle) { x.Akte = b.newAkte().ID },
		"somebody else's":  func(x *archive.Bundle) { x.Maker = archive.NewID[archive.UserID]() },
		"kept longer":      func(x *archive.Bundle) { x.Expires = x.Expires.Add(time.Hour) },
		"another's object": func(x *archive.Bundle) { x.Object.Ref = version.Original.Ref },
		"of an unknown akte": func(x *archive.Bundle) {
			x.ID, x.Akte = archive.NewID[archive.BundleID](), archive.NewID[archive.AkteID]()
		},
	} {
		other := bundle
		bad(&other)
		if err := b.try(audit.OpJobDone, func(tx archive.Tx) error { return tx.PutBundle(other) }); !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("a bundle %s: %v, want invalid", name, err)
		}
	}
	b.reopen()
	b.view(func(r archive.Reader) error {
		got, err := r.Bundle(bundle.ID)
		same(b, "bundle", got, err, bundle)
		named, err := r.HasObject(bundle.Object.Ref)
		same(b, "its object is named", named, err, true)
		over, err := r.ExpiredBundles(bundle.Expires.Add(-time.Second), 10)
		same(b, "expired too early", len(over), err, 0)
		over, err = r.ExpiredBundles(bundle.Expires, 10)
		same(b, "expired", over, err, []archive.ExpiredBundle{{ID: bundle.ID, Akte: akte.ID, Ref: bundle.Object.Ref}})
		return nil
	})
	b.must(audit.OpBundleExpire, func(tx archive.Tx) error { return tx.DeleteBundle(bundle.ID) })
	b.view(func(r archive.Reader) error {
		if _, err := r.Bundle(bundle.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("deleted: %v, want not found", err)
		}
		named, err := r.HasObject(bundle.Object.Ref)
		same(b, "its object is named", named, err, false)
		over, err := r.ExpiredBundles(bundle.Expires, 10)
		same(b, "expired after its end", len(over), err, 0)
		return nil
	})
	b.must(audit.OpBundleOrder, func(tx archive.Tx) error { return tx.PutBundle(bundle) })
	b.destroy("akte/" + string(akte.ID))
	b.view(func(r archive.Reader) error {
		if _, err := r.Bundle(bundle.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("of an erased akte: %v, want not found", err)
		}
		over, err := r.ExpiredBundles(bundle.Expires, 10)
		same(b, "expired, of an erased akte", len(over), err, 1)
		return nil
	})
}
