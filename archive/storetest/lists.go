package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"eakte/archive"
	"eakte/archive/audit"
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
		counts, err := counted(r, a.ID)
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
		counts, err := counted(r, a.ID)
		if err != nil || counts[[2]string{"wohnen", "sicherheit"}] != 1 || counts[[2]string{"asyl", "normal"}]+counts[[2]string{"asyl", "besonders"}] != 29 {
			b.t.Errorf("counts after a move: %v, %v", counts, err)
		}
		return nil
	})
}

// counted sums the counts up by register and classification.
func counted(r archive.Reader, id archive.AkteID) (map[[2]string]int, error) {
	all, err := r.CountDocuments(id)
	out := map[[2]string]int{}
	for by, n := range all {
		out[[2]string{by.Register, by.Classification}] += n
	}
	return out, err
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
