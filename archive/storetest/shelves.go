package storetest

import (
	"context"
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
)

// shelf lists an item's IDs on a shelf of the mail room.
func (b *bench) shelf(shelf string) (ids []archive.InboxID) {
	list := func(r archive.Reader, after archive.Position) archive.List[archive.InboxItem] {
		return r.Shelf("poststelle", shelf, after)
	}
	for _, i := range pages(b, 2, nil, list) {
		ids = append(ids, i.ID)
	}
	return ids
}

func (b *bench) counted(what string, want archive.BasketCount) {
	b.t.Helper()
	b.view(func(r archive.Reader) error {
		got, err := r.CountBasket("poststelle")
		same(b, what, got, err, want)
		return nil
	})
}

// putState gives a version another state, as the machine does.
func (b *bench) putState(id archive.VersionID, state string) {
	b.t.Helper()
	b.must(audit.OpRecognition, func(tx archive.Tx) error {
		v, err := tx.Version(id)
		if err != nil {
			return err
		}
		v.State = state
		return tx.PutVersion(v)
	})
}

// edit changes an item.
func (b *bench) edit(id archive.InboxID, change func(*archive.InboxItem)) {
	b.t.Helper()
	b.must(audit.OpRoute, func(tx archive.Tx) error {
		i, err := tx.InboxItem(id)
		if err != nil {
			return err
		}
		change(&i)
		i.Revision++
		return tx.PutInboxItem(i)
	})
}

func testShelves(b *bench) {
	var items []archive.InboxItem
	for range 5 {
		b.Clock.Advance(time.Minute)
		i, _, _ := b.receive("poststelle")
		items = append(items, i)
	}
	for n, day := range map[int]string{0: "", 1: "2026-12-24", 2: "2026-11-30"} {
		b.edit(items[n].ID, func(i *archive.InboxItem) {
			i.Aside = &archive.Aside{Until: day, Note: "wartet auf Frau Müller", By: b.clerk, At: b.Clock.Now()}
		})
	}
	compare(b, "set aside", b.shelf(archive.ShelfAside), []archive.InboxID{items[2].ID, items[1].ID, items[0].ID})
	b.putState(items[0].Version, archive.StatePassword)
	b.putState(items[4].Version, archive.StateFailed)
	compare(b, "unread", b.shelf(archive.ShelfFailed), []archive.InboxID{items[0].ID, items[4].ID})
	b.counted("counts", archive.BasketCount{Unfiled: 5, Aside: 3, Failed: 2})

	b.edit(items[1].ID, func(i *archive.InboxItem) { i.Aside = nil })
	b.putState(items[4].Version, archive.StateReady)
	b.edit(items[0].ID, func(i *archive.InboxItem) { i.Basket = "asyl" })
	b.counted("counts after some work", archive.BasketCount{Unfiled: 4, Aside: 1})
	b.view(func(r archive.Reader) error {
		n, err := r.CountBasket("asyl")
		same(b, "counts of the other basket", n, err, archive.BasketCount{Unfiled: 1, Aside: 1, Failed: 1})
		i, err := r.InboxItem(items[2].ID)
		if err != nil || i.Aside == nil || i.Aside.Until != "2026-11-30" || i.Aside.Note != "wartet auf Frau Müller" || i.Aside.By != b.clerk {
			b.t.Errorf("set aside: %+v, %v", i.Aside, err)
		}
		return nil
	})
	b.edit(items[2].ID, func(i *archive.InboxItem) { i.Arranged = []archive.InboxID{items[3].ID} })
	b.counted("counts without what was taken apart", archive.BasketCount{Unfiled: 3, Arranged: 1})
	arranged := func() (ids []archive.InboxID) {
		b.view(func(r archive.Reader) error {
			for _, i := range collect(b.t, r.Arranged("")) {
				ids = append(ids, i.ID)
			}
			return nil
		})
		return ids
	}
	b.Clock.Advance(time.Minute)
	b.edit(items[1].ID, func(i *archive.InboxItem) { i.Arranged, i.Changed = []archive.InboxID{items[3].ID}, b.Clock.Now() })
	compare(b, "taken apart", arranged(), []archive.InboxID{items[2].ID, items[1].ID})
	b.must(audit.OpErasure, func(tx archive.Tx) error { return tx.DeleteInboxItem(items[2].ID) })
	b.edit(items[1].ID, func(i *archive.InboxItem) { i.Arranged = nil })
	compare(b, "one erased, one taken back", arranged(), nil)
	b.counted("counts in the end", archive.BasketCount{Unfiled: 3})
}

func testClaims(b *bench) {
	item, _, _ := b.receive("poststelle")
	put := func(c archive.Claim) error {
		return b.Update(context.Background(), func(tx archive.Tx) error { return tx.PutClaim(item.ID, c) })
	}
	claim := archive.Claim{User: b.clerk, Until: b.Clock.Now().Add(time.Minute)}
	is := func(what string, want archive.Claim) {
		b.t.Helper()
		b.view(func(r archive.Reader) error {
			got, err := r.Claim(item.ID)
			if err != nil || got.User != want.User || !got.Until.Equal(want.Until) {
				b.t.Errorf("%s: %v, %v, want %v", what, got, err, want)
			}
			return nil
		})
	}
	is("at first", archive.Claim{})
	if err := put(claim); err != nil {
		b.t.Fatalf("a claim without an event: %v", err)
	}
	is("claimed", claim)
	b.edit(item.ID, func(i *archive.InboxItem) { i.Note = "noch dabei" })
	is("edited meanwhile", claim)
	if err := put(archive.Claim{}); err != nil {
		b.t.Fatal(err)
	}
	is("released", archive.Claim{})
	for what, change := range map[string]func(*archive.InboxItem){
		"routed":    func(i *archive.InboxItem) { i.Basket = "asyl" },
		"set aside": func(i *archive.InboxItem) { i.Aside = &archive.Aside{By: b.clerk} },
	} {
		if err := put(claim); err != nil {
			b.t.Fatal(err)
		}
		b.edit(item.ID, change)
		is(what, archive.Claim{})
	}
	err := b.Update(context.Background(), func(tx archive.Tx) error { return tx.PutClaim(archive.NewID[archive.InboxID](), claim) })
	if !errors.Is(err, archive.ErrNotFound) {
		b.t.Errorf("claim of nothing: %v", err)
	}
}

// testUnfile files an item into two Akten and takes it back.
func testUnfile(b *bench) {
	first, second := b.newAkte(), b.newAkte()
	item, v, key := b.receive("poststelle")
	d1, d2 := b.document(first.ID, v.ID), b.document(second.ID, v.ID)
	b.must(audit.OpFile, func(tx archive.Tx) error {
		v.Inbox, v.Documents = "", []archive.DocumentID{d1.ID, d2.ID}
		item.Filed, item.FiledBy, item.FiledAt, item.Revision = v.Documents, b.clerk, b.Clock.Now(), 2
		return errors.Join(tx.PutDocument(d1), tx.PutDocument(d2), tx.PutVersion(v), tx.PutInboxItem(item))
	})
	filed := func() int {
		return len(pages(b, 2, nil, func(r archive.Reader, after archive.Position) archive.List[archive.InboxItem] {
			return r.FiledBy(b.clerk, after)
		}))
	}
	if filed() != 1 {
		b.t.Errorf("the clerk filed %d items", filed())
	}
	back := func(tx archive.Tx) error {
		v.Inbox, v.Documents = item.ID, nil
		i := item
		i.Filed, i.FiledBy, i.FiledAt, i.Revision = nil, "", time.Time{}, 3
		return errors.Join(tx.PutInboxItem(i), tx.PutVersion(v))
	}
	for what, fn := range map[string]func(archive.Tx) error{
		"documents left": back,
		"item alone": func(tx archive.Tx) error {
			i := item
			i.Filed, i.Revision = nil, 3
			return tx.PutInboxItem(i)
		},
		"one document left":  func(tx archive.Tx) error { return errors.Join(tx.DeleteDocument(d1.ID), back(tx)) },
		"nobody owns it":     func(tx archive.Tx) error { return errors.Join(tx.DeleteDocument(d1.ID), tx.DeleteDocument(d2.ID)) },
		"filed item removed": func(tx archive.Tx) error { return tx.DeleteInboxItem(item.ID) },
	} {
		if err := b.try(audit.OpFile, fn); !errors.Is(err, archive.ErrInvalid) && !errors.Is(err, archive.ErrConflict) {
			b.t.Errorf("%s: %v, want a refusal", what, err)
		}
	}
	b.must(audit.OpFile, func(tx archive.Tx) error {
		return errors.Join(back(tx), tx.DeleteDocument(d1.ID), tx.DeleteDocument(d2.ID))
	})
	if _, ok := b.Dirty().Documents[d1.ID]; !ok {
		b.t.Error("searches may still show a document that was removed")
	}
	b.destroy("akte/" + string(first.ID))
	b.destroy("akte/" + string(second.ID))
	b.opens("back in the basket, both Akten ended", v.ID, key, true)
	b.view(func(r archive.Reader) error {
		if _, err := r.Document(d1.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("removed document: %v", err)
		}
		if n := len(collect(b.t, r.Documents(first.ID, "identitaet", ""))); n != 0 {
			b.t.Errorf("%d documents are listed", n)
		}
		counts, err := r.CountDocuments(second.ID)
		same(b, "counts", len(counts), err, 0)
		i, err := r.InboxItem(item.ID)
		if err != nil || i.Sender != item.Sender || len(i.Filed) != 0 {
			b.t.Errorf("item: %+v, %v", i, err)
		}
		return nil
	})
	b.counted("basket", archive.BasketCount{Unfiled: 1})
	if filed() != 0 {
		b.t.Errorf("the clerk filed %d items", filed())
	}
}

func testDeleteItem(b *bench) {
	stays, _, _ := b.receive("poststelle")
	item, v, _ := b.receive("poststelle")
	b.putState(v.ID, archive.StateFailed)
	b.must(audit.OpRoute, func(tx archive.Tx) error { return tx.DeleteInboxItem(item.ID) })
	b.counted("basket", archive.BasketCount{Unfiled: 1})
	b.opens("its content", v.ID, seal.Key{}, false)
	b.view(func(r archive.Reader) error {
		for what, err := range map[string]error{
			"item":    second(r.InboxItem(item.ID)),
			"version": second(r.Version(v.ID)),
		} {
			if !errors.Is(err, archive.ErrNotFound) {
				b.t.Errorf("%s: %v, want not found", what, err)
			}
		}
		named, err := r.HasObject(v.Original.Ref)
		same(b, "object", named, err, false)
		equal, err := r.SameBytes(v.Original.SHA256, 5)
		same(b, "same bytes", len(equal), err, 0)
		_, err = r.InboxItem(stays.ID)
		return err
	})
	// The same object may be announced by somebody else then.
	again := b.version("x")
	again.Original.Ref = v.Original.Ref
	other := stays
	other.ID, other.Version = archive.NewID[archive.InboxID](), again.ID
	again.Inbox = other.ID
	b.must(audit.OpUpload, func(tx archive.Tx) error {
		return errors.Join(tx.PutInboxItem(other), tx.AddVersion(again, seal.NewKey()))
	})
}

func second[T any](_ T, err error) error { return err }
