package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
)

func testLists(b *bench) {
	var persons []archive.PersonID
	var akten, lead, soziales []archive.AkteID
	for i := range 25 {
		p := b.person()
		a := b.akte(p.ID, archive.FormatNumber("33.11", uint64(i+1), 2026))
		if i%3 == 0 {
			a.Lead, a.Departments = "asyl", nil
		}
		persons, akten = append(persons, p.ID), append(akten, a.ID)
		if a.Lead == "asyl" {
			lead = append(lead, a.ID)
		} else {
			soziales = append(soziales, a.ID)
		}
		b.must(audit.OpAkteCreate, func(tx archive.Tx) error { return errors.Join(tx.PutPerson(p), tx.PutAkte(a)) })
	}
	slices.Sort(persons)
	slices.Sort(akten)
	slices.Sort(lead)
	slices.Sort(soziales)
	got := pages(b, 4, nil, archive.Reader.Persons)
	ids := make([]archive.PersonID, len(got))
	for i, p := range got {
		ids[i] = p.ID
	}
	compare(b, "persons", ids, persons)
	compare(b, "all Akten", pages(b, 7, nil, archive.Reader.AllAkten), akten)
	slices.Reverse(lead)
	slices.Reverse(soziales)
	b.view(func(r archive.Reader) error {
		compare(b, "Akten of a lead", collect(b.t, r.Akten("asyl", "")), lead)
		compare(b, "Akten of a participant", collect(b.t, r.Akten("soziales", "")), soziales)
		compare(b, "the rest of them", collect(b.t, r.Akten("soziales", soziales[3])), soziales[4:])
		compare(b, "Akten of a stranger", collect(b.t, r.Akten("sozial", "")), nil)
		return nil
	})
	testFormerDepartment(b, soziales)
}

// testFormerDepartment ends a participation: the department still finds what it took part in.
func testFormerDepartment(b *bench, soziales []archive.AkteID) {
	b.must(audit.OpAkteChange, func(tx archive.Tx) error {
		a, err := tx.Akte(soziales[0])
		if err != nil {
			return err
		}
		a.Departments, a.Revision = nil, a.Revision+1
		return tx.PutAkte(a)
	})
	second := archive.AkteID("")
	b.must(audit.OpAkteCreate, func(tx archive.Tx) error {
		a, err := tx.Akte(soziales[0])
		if err != nil {
			return err
		}
		next := b.akte(a.Person, "33.12-000001/2026")
		second = next.ID
		return tx.PutAkte(next)
	})
	b.view(func(r archive.Reader) error {
		compare(b, "Akten it ever took part in", collect(b.t, r.Akten("soziales", ""))[1:], soziales)
		a, err := r.Akte(soziales[0])
		if err != nil {
			return err
		}
		of, err := r.AktenOf(a.Person)
		if err != nil || len(of) != 2 || of[0].ID != soziales[0] || of[1].ID != second {
			b.t.Errorf("Akten of a person: %d, %v", len(of), err)
		}
		return nil
	})
}

func compare[T any](b *bench, what string, got, want []T) {
	b.t.Helper()
	if len(got) == 0 && len(want) == 0 {
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("%s differ (-want +got):\n%s", what, diff)
	}
}

// documents files documents with all sorts of dates and returns the order they belong in.
func (b *bench) documents(a archive.Akte) []archive.DocumentID {
	var all []archive.Document
	for i := range 30 {
		d, _, _ := b.file(a.ID, func(d *archive.Document) {
			d.Register = "asyl"
			d.Classification = []string{"normal", "besonders"}[i%2]
			switch i % 5 {
			case 0:
				d.Date = ""
			case 1:
				d.Date, d.ReceivedOn = "", ""
				d.Created = start().AddDate(0, 0, -i)
			default:
				d.Date = fmt.Sprintf("20%02d-0%d", 10+i%7, 1+i%9)
			}
		})
		all = append(all, d)
	}
	day := func(d archive.Document) string {
		switch {
		case d.Date != "":
			return d.Date
		case d.ReceivedOn != "":
			return d.ReceivedOn
		}
		return d.Created.Format(time.DateOnly)
	}
	slices.SortFunc(all, func(x, y archive.Document) int {
		if day(x) != day(y) {
			return -slices.Compare([]byte(day(x)), []byte(day(y)))
		}
		return -slices.Compare([]byte(x.ID), []byte(y.ID))
	})
	ids := make([]archive.DocumentID, len(all))
	for i, d := range all {
		ids[i] = d.ID
	}
	return ids
}

func documentIDs(list []archive.Document) []archive.DocumentID {
	ids := make([]archive.DocumentID, len(list))
	for i, d := range list {
		ids[i] = d.ID
	}
	return ids
}

func testDocuments(b *bench) {
	a, other := b.newAkte(), b.newAkte()
	b.file(other.ID, func(d *archive.Document) { d.Register = "asyl" })
	b.file(a.ID)
	want := b.documents(a)
	for _, n := range []int{1, 7, 100} {
		got := pages(b, n, nil, func(r archive.Reader, after archive.Position) archive.List[archive.Document] {
			return r.Documents(a.ID, "asyl", after)
		})
		compare(b, fmt.Sprintf("documents by %d", n), documentIDs(got), want)
	}
	b.view(func(r archive.Reader) error {
		counts, err := r.CountDocuments(a.ID)
		same(b, "counts", counts, err, map[[2]string]int{{"asyl", "normal"}: 15, {"asyl", "besonders"}: 15, {"identitaet", "normal"}: 1})
		// A caller who stops early leaves nothing open: the next list works.
		for range 3 {
			for range r.Documents(a.ID, "asyl", "") {
				break
			}
		}
		return nil
	})
	b.must(audit.OpDocumentMove, func(tx archive.Tx) error {
		d, err := tx.Document(want[0])
		if err != nil {
			return err
		}
		d.Register, d.Classification, d.Revision = "wohnen", "sicherheit", 2
		return tx.PutDocument(d)
	})
	b.view(func(r archive.Reader) error {
		compare(b, "documents after a move", documentIDs(collect(b.t, r.Documents(a.ID, "asyl", ""))), want[1:])
		compare(b, "documents of the new register", documentIDs(collect(b.t, r.Documents(a.ID, "wohnen", ""))), want[:1])
		counts, err := r.CountDocuments(a.ID)
		if err != nil || counts[[2]string{"wohnen", "sicherheit"}] != 1 || counts[[2]string{"asyl", "normal"}]+counts[[2]string{"asyl", "besonders"}] != 29 {
			b.t.Errorf("counts after a move: %v, %v", counts, err)
		}
		return nil
	})
}

// testChangingLists reads pages while documents come, go and change, and walks a list inside an
// update that changes it.
func testChangingLists(b *bench) {
	a := b.newAkte()
	want := b.documents(a)
	i := 0
	got := pages(b, 3, func() {
		i++
		b.file(a.ID, func(d *archive.Document) { d.Register, d.Date = "asyl", "2035-01-01" }) // before what was read
		b.must(audit.OpDocumentMove, func(tx archive.Tx) error {
			d, err := tx.Document(want[(i-1)*3%len(want)]) // was read already
			if err != nil || d.Register != "asyl" {
				return err
			}
			d.Register, d.Revision = "wohnen", d.Revision+1
			return tx.PutDocument(d)
		})
	}, func(r archive.Reader, after archive.Position) archive.List[archive.Document] {
		return r.Documents(a.ID, "asyl", after)
	})
	compare(b, "documents read while others came", documentIDs(got), want)
	b.must(audit.OpDocumentChange, func(tx archive.Tx) error {
		n := 0
		for row, err := range tx.Documents(a.ID, "asyl", "") {
			if err != nil {
				return err
			}
			d := row.Value
			d.Register, d.Revision = "sicherheit", d.Revision+1
			if err := tx.PutDocument(d); err != nil {
				return err
			}
			n++
		}
		if left := len(collect(b.t, tx.Documents(a.ID, "asyl", ""))); left != 0 || n == 0 {
			b.t.Errorf("%d documents moved while walking, %d left behind", n, left)
		}
		return nil
	})
	var late archive.List[archive.Document]
	b.view(func(r archive.Reader) error { late = r.Documents(a.ID, "sicherheit", ""); return nil })
	for _, err := range late {
		if err == nil {
			b.t.Error("a list can be read after its view")
		}
	}
}

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
	var want []archive.VersionID
	sum := [32]byte{7}
	for range 4 {
		v := b.version("x")
		v.Original.SHA256 = sum
		d := b.document(a.ID, v.ID)
		v.Documents = []archive.DocumentID{d.ID}
		want = append(want, v.ID)
		b.must(audit.OpUpload, func(tx archive.Tx) error { return errors.Join(tx.PutDocument(d), tx.AddVersion(v, seal.NewKey())) })
	}
	b.view(func(r archive.Reader) error {
		got, err := r.SameBytes(sum, 10)
		same(b, "same bytes", got, err, want)
		got, err = r.SameBytes(sum, 2)
		same(b, "some of them", got, err, want[:2])
		got, err = r.SameBytes([32]byte{8}, 10)
		same(b, "other bytes", got, err, nil)
		if got := collect(b.t, r.Versions("")); len(got) != 4 || got[0].ID != want[0] {
			b.t.Errorf("%d versions are listed", len(got))
		}
		return nil
	})
}
