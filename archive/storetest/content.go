package storetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// opens fails the test unless the content key of a version opens (or doesn't).
func (b *bench) opens(what string, id archive.VersionID, want seal.Key, open bool) {
	b.t.Helper()
	got, err := b.ContentKey(context.Background(), id)
	switch {
	case open && (err != nil || got != want):
		b.t.Errorf("%s: the content key doesn't open: %v", what, err)
	case !open && !errors.Is(err, archive.ErrNotFound):
		b.t.Errorf("%s: the content key opens or answers %v", what, err)
	}
}

func (b *bench) destroy(owner string) {
	b.t.Helper()
	if err := b.Destroy(owner); err != nil {
		b.t.Fatalf("destroying the key of %s: %v", owner, err)
	}
}

// testOwners files, routes and moves, and after each ends the key of the former owner: the content
// opens with the key of the present one, and with no other.
func testOwners(b *bench) {
	first, second := b.newAkte(), b.newAkte()
	item, v, key := b.receive("poststelle")
	_, stays, staysKey := b.receive("poststelle")
	b.opens("received", v.ID, key, true)

	b.must(audit.OpRoute, func(tx archive.Tx) error {
		item.Basket, item.Revision = "asyl", 2
		return tx.PutInboxItem(item)
	})
	b.destroy("basket/poststelle")
	b.opens("routed, former basket ended", v.ID, key, true)
	b.opens("left in a basket that ended", stays.ID, staysKey, false)

	d := b.document(first.ID, v.ID)
	b.must(audit.OpFile, func(tx archive.Tx) error {
		v, err := tx.Version(v.ID)
		if err != nil {
			return err
		}
		v.Documents = []archive.DocumentID{d.ID}
		item.Filed, item.Revision = []archive.DocumentID{d.ID}, 3
		return errors.Join(tx.PutInboxItem(item), tx.PutVersion(v), tx.PutDocument(d)) // in any order
	})
	b.destroy("basket/asyl")
	b.opens("filed, basket ended", v.ID, key, true)
	b.view(func(r archive.Reader) error {
		got, err := r.InboxItem(item.ID)
		same(b, "item after its basket ended", got, err, item)
		return nil
	})

	d.Akte, d.Revision = second.ID, 2
	b.must(audit.OpDocumentMove, func(tx archive.Tx) error { return tx.PutDocument(d) })
	b.destroy("akte/" + string(first.ID))
	b.opens("moved, former Akte ended", v.ID, key, true)
	b.view(func(r archive.Reader) error {
		got, err := r.Document(d.ID)
		same(b, "document after its former Akte ended", got, err, d)
		name, err := r.Version(v.ID)
		same(b, "file name", name.Name, err, v.Name)
		return nil
	})
	b.destroy("akte/" + string(second.ID))
	b.opens("its only Akte ended", v.ID, key, false)
}

func testFamily(b *bench) {
	mother, child := b.newAkte(), b.newAkte()
	item, v, key := b.receive("poststelle")
	d1, d2 := b.document(mother.ID, v.ID), b.document(child.ID, v.ID)
	b.must(audit.OpFile, func(tx archive.Tx) error {
		v.Documents = []archive.DocumentID{d1.ID, d2.ID}
		item.Filed, item.Revision = v.Documents, 2
		return errors.Join(tx.PutDocument(d1), tx.PutDocument(d2), tx.PutVersion(v), tx.PutInboxItem(item))
	})
	b.destroy("basket/poststelle")
	b.destroy("akte/" + string(mother.ID))
	b.opens("the mother's Akte ended", v.ID, key, true)
	b.view(func(r archive.Reader) error {
		if _, err := r.Document(d1.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("a document of an ended Akte: %v", err)
		}
		got, err := r.Document(d2.ID)
		same(b, "the child's document", got, err, d2)
		return nil
	})
	// Recognition goes on for the one that is left.
	v.State = archive.StateReady
	b.must(audit.OpRecognition, func(tx archive.Tx) error { return tx.PutVersion(v) })
	b.destroy("akte/" + string(child.ID))
	b.opens("both ended", v.ID, key, false)
}

func testOwnerless(b *bench) {
	a := b.newAkte()
	d, v, key := b.file(a.ID)
	item, received, receivedKey := b.receive("poststelle")
	other := b.document(a.ID, received.ID)
	for name, fn := range map[string]func(archive.Tx) error{
		"document without its version": func(tx archive.Tx) error { return tx.PutDocument(b.document(a.ID, archive.NewID[archive.VersionID]())) },
		"version that forgets its owner": func(tx archive.Tx) error {
			v := v
			v.Documents = nil
			return tx.PutVersion(v)
		},
		"item filed without a document": func(tx archive.Tx) error {
			i := item
			i.Filed, i.Revision = []archive.DocumentID{archive.NewID[archive.DocumentID]()}, 2
			return tx.PutInboxItem(i)
		},
		"item filed, version forgotten": func(tx archive.Tx) error {
			i := item
			i.Filed, i.Revision = []archive.DocumentID{other.ID}, 2
			return errors.Join(tx.PutDocument(other), tx.PutInboxItem(i))
		},
		"version in a document that doesn't list it": func(tx archive.Tx) error {
			n := b.version("x")
			n.Documents = []archive.DocumentID{d.ID}
			return tx.AddVersion(n, seal.NewKey())
		},
		"document that lists somebody's version": func(tx archive.Tx) error {
			d := d
			d.Versions, d.Revision = append(slices.Clone(d.Versions), received.ID), 2
			return tx.PutDocument(d)
		},
	} {
		if err := b.try(audit.OpFile, fn); !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
	b.opens("document", v.ID, key, true)
	b.opens("item", received.ID, receivedKey, true)
}

func testVersionStays(b *bench) {
	a := b.newAkte()
	d, v, _ := b.file(a.ID)
	for name, change := range map[string]func(*archive.Version){
		"ref":  func(v *archive.Version) { v.Original.Ref = blob.NewRef() },
		"hash": func(v *archive.Version) { v.Original.SHA256[0] ^= 1 },
		"size": func(v *archive.Version) { v.Original.Size++ },
		"kind": func(v *archive.Version) { v.Kind = "image/png" },
		"name": func(v *archive.Version) { v.Name = "other.pdf" },
		"time": func(v *archive.Version) { v.ReceivedAt = v.ReceivedAt.Add(time.Second) },
		"who":  func(v *archive.Version) { v.ReceivedBy = archive.NewID[archive.UserID]() },
	} {
		changed := v
		change(&changed)
		if err := b.try(audit.OpRecognition, func(tx archive.Tx) error { return tx.PutVersion(changed) }); !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("another %s: %v, want invalid", name, err)
		}
	}
	next := b.version("second")
	next.Documents = []archive.DocumentID{d.ID}
	d.Versions, d.Revision = append(d.Versions, next.ID), 2
	key := seal.NewKey()
	b.must(audit.OpDocumentVersion, func(tx archive.Tx) error { return errors.Join(tx.PutDocument(d), tx.AddVersion(next, key)) })
	b.opens("second version", next.ID, key, true)
	b.view(func(r archive.Reader) error {
		got, err := r.Document(d.ID)
		if err != nil || got.Current() != next.ID || len(got.Versions) != 2 {
			b.t.Errorf("after a second version: %v, %v", got.Versions, err)
		}
		return nil
	})
}

func testObjects(b *bench) {
	a := b.newAkte()
	_, v, _ := b.file(a.ID)
	first, second := blob.NewRef(), blob.NewRef()
	has := func(what string, ref blob.Ref, want bool) {
		b.t.Helper()
		b.view(func(r archive.Reader) error {
			got, err := r.HasObject(ref)
			same(b, what, got, err, want)
			return nil
		})
	}
	has("original", v.Original.Ref, true)
	has("unknown", first, false)
	for _, ref := range []blob.Ref{first, second} {
		v.Text = archive.Object{Ref: ref, Size: 5}
		b.must(audit.OpRecognition, func(tx archive.Tx) error { return tx.PutVersion(v) })
		has("rendition", ref, true)
	}
	has("replaced rendition", first, false)
	twice := b.version("x")
	twice.Original.Ref = v.Original.Ref
	item, _, _ := b.receive("poststelle")
	twice.Inbox = item.ID
	if err := b.try(audit.OpUpload, func(tx archive.Tx) error { return tx.AddVersion(twice, seal.NewKey()) }); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("an object of two versions: %v, want invalid", err)
	}
}
