package storetest

import (
	"errors"
	"slices"
	"sync"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

func testBasket(b *bench) {
	var want []archive.InboxID
	for i := range 10 {
		b.Clock.Advance(time.Minute)
		item, _, _ := b.receive([]string{"poststelle", "asyl"}[i%2])
		if i%2 == 0 {
			want = append(want, item.ID)
		}
	}
	list := func(r archive.Reader, after archive.Position) archive.List[archive.InboxItem] {
		return r.Basket("poststelle", after)
	}
	ids := func() (out []archive.InboxID) {
		for _, i := range pages(b, 2, nil, list) {
			out = append(out, i.ID)
		}
		return out
	}
	compare(b, "basket", ids(), want)
	b.view(func(r archive.Reader) error {
		var latest []archive.InboxID
		for _, i := range collect(b.t, r.Latest("poststelle", "")) {
			latest = append([]archive.InboxID{i.ID}, latest...)
		}
		compare(b, "the other way round", latest, want)
		return nil
	})
	b.must(audit.OpRoute, func(tx archive.Tx) error {
		i, err := tx.InboxItem(want[1])
		if err != nil {
			return err
		}
		i.Basket, i.Revision = "asyl", 2
		return tx.PutInboxItem(i)
	})
	compare(b, "basket after routing", ids(), slices.Delete(slices.Clone(want), 1, 2))
	b.view(func(r archive.Reader) error {
		if got := collect(b.t, r.Basket("asyl", "")); len(got) != 6 || got[1].ID != want[1] && got[2].ID != want[1] {
			b.t.Errorf("the other basket has %d items, the routed one not by its arrival", len(got))
		}
		return nil
	})
	testFilingOnce(b, want[0])
}

// testFilingOnce lets several file the same item at once.
func testFilingOnce(b *bench, item archive.InboxID) {
	a := b.newAkte()
	const n = 8
	errs := make([]error, n)
	var wg sync.WaitGroup
	for k := range n {
		wg.Go(func() {
			errs[k] = b.try(audit.OpFile, func(tx archive.Tx) error {
				i, err := tx.InboxItem(item)
				if err != nil {
					return err
				}
				v, err := tx.Version(i.Version)
				if err != nil {
					return err
				}
				d := b.document(a.ID, v.ID)
				v.Documents = []archive.DocumentID{d.ID}
				i.Filed, i.Revision = []archive.DocumentID{d.ID}, 2
				return errors.Join(tx.PutDocument(d), tx.PutInboxItem(i), tx.PutVersion(v))
			})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, archive.ErrConflict):
			b.t.Errorf("filing at once: %v, want a conflict", err)
		}
	}
	b.view(func(r archive.Reader) error {
		if got := collect(b.t, r.Documents(a.ID, "identitaet", "")); won != 1 || len(got) != 1 {
			b.t.Errorf("%d clerks filed the item, %d documents", won, len(got))
		}
		return nil
	})
}
