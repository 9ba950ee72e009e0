package storetest

import (
	"errors"
	"sync"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
)

func testNumbers(b *bench) {
	const n = 50
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[uint64]bool{}
	take := func() {
		var got uint64
		b.must(audit.OpAkteCreate, func(tx archive.Tx) (err error) {
			got, err = tx.NextNumber("33.11", 2026)
			return err
		})
		mu.Lock()
		defer mu.Unlock()
		if seen[got] || got == 0 || got > n+2 {
			b.t.Errorf("number %d is given twice or out of order", got)
		}
		seen[got] = true
	}
	for range n {
		wg.Go(take)
	}
	wg.Wait()
	b.must(audit.OpAkteCreate, func(tx archive.Tx) error {
		for _, other := range []struct {
			plan string
			year int
		}{{"33.11", 2027}, {"33.1", 2026}, {"33.12", 2026}} {
			if got, err := tx.NextNumber(other.plan, other.year); err != nil || got != 1 {
				b.t.Errorf("first number of %s in %d: %d, %v", other.plan, other.year, got, err)
			}
		}
		return nil
	})
	testSameNumber(b)
}

// testSameNumber lets two make an Akte of one number at once.
func testSameNumber(b *bench) {
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			errs[i] = b.try(audit.OpAkteCreate, func(tx archive.Tx) error {
				p := b.person()
				return errors.Join(tx.PutPerson(p), tx.PutAkte(b.akte(p.ID, "33.11-009999/2026")))
			})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, archive.ErrConflict) {
			b.t.Errorf("the same number at once: %v", err)
		}
	}
	if won != 1 {
		b.t.Errorf("%d Akten have one number", won)
	}
}

func testFindNumber(b *bench) {
	a := b.newAkte()
	p := b.person()
	p.AZRNumber = "260417009999"
	b.must(audit.OpPersonCreate, func(tx archive.Tx) error { return tx.PutPerson(p) })
	b.view(func(r archive.Reader) error {
		for _, written := range []string{"260417009999", "260417 009999", "2604-1700-9999", " 260417/009999"} {
			got, err := r.PersonsByNumber(written)
			same(b, written, got, err, []archive.PersonID{p.ID})
		}
		for _, written := range []string{"", " - ", "26041700999", "2604170099999"} {
			got, err := r.PersonsByNumber(written)
			same(b, written, got, err, nil)
		}
		for _, written := range []string{a.Number, " " + a.Number + " ", "33.11–000001/2026", "33.11 - 000001 / 2026"} {
			got, err := r.AkteByNumber(written)
			same(b, written, got, err, a.ID)
		}
		// Without separators this would be the same number.
		if _, err := r.AkteByNumber("33.1-1000001/2026"); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("another number finds the Akte: %v", err)
		}
		return nil
	})
	p.AZRNumber, p.Revision = "260417008888", 2
	b.must(audit.OpPersonChange, func(tx archive.Tx) error { return tx.PutPerson(p) })
	b.view(func(r archive.Reader) error {
		old, err := r.PersonsByNumber("260417009999")
		same(b, "the former number", old, err, nil)
		got, err := r.PersonsByNumber("260417008888")
		same(b, "the new number", got, err, []archive.PersonID{p.ID})
		return nil
	})
	testSameBytes(b, a)
}

// testSameBytes finds versions with the same bytes.
func testSameBytes(b *bench, a archive.Akte) {
	var want []archive.Arrival
	sum := [32]byte{7}
	for range 4 {
		v := b.version("x")
		v.Original.SHA256 = sum
		d := b.document(a.ID, v.ID)
		v.Documents = []archive.DocumentID{d.ID}
		want = append(want, archive.Arrival{Version: v.ID, Documents: v.Documents, ReceivedAt: v.ReceivedAt, ReceivedBy: v.ReceivedBy})
		b.must(audit.OpUpload, func(tx archive.Tx) error { return errors.Join(tx.PutDocument(d), tx.AddVersion(v, seal.NewKey())) })
	}
	b.view(func(r archive.Reader) error {
		got, err := r.SameBytes(sum, 10)
		same(b, "same bytes", got, err, want)
		got, err = r.SameBytes(sum, 2)
		same(b, "some of them", got, err, want[:2])
		got, err = r.SameBytes([32]byte{8}, 10)
		same(b, "other bytes", got, err, nil)
		if got := collect(b.t, r.Versions("")); len(got) != 4 || got[0].ID != want[0].Version {
			b.t.Errorf("%d versions are listed", len(got))
		}
		return nil
	})
}
