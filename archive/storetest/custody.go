package storetest

import (
	"errors"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// original is a passport in custody.
func (b *bench) original(akte archive.AkteID, doc archive.DocumentID, due string) archive.Custody {
	b.t.Helper()
	now := b.Clock.Now()
	c := archive.Custody{
		ID: archive.NewID[archive.CustodyID](), Akte: akte, Document: doc, Department: "auslaenderbehoerde", Created: now, Changed: now, Revision: 1,
		Acts: []archive.CustodyAct{{What: archive.CustodyTaken, By: b.clerk, At: now, On: "2026-11-01", Thing: "Reisepass", Place: "Tresor 2", Due: due}},
	}
	b.must(audit.OpCustodyTake, func(tx archive.Tx) error { return tx.PutCustody(c) })
	return c
}

// later adds an act.
func (b *bench) later(c archive.Custody, a archive.CustodyAct) archive.Custody {
	a.By, a.At = b.clerk, b.Clock.Now()
	c.Acts, c.Changed, c.Revision = append(slices.Clone(c.Acts), a), a.At, c.Revision+1
	return c
}

// kept lists the originals of a list.
func (b *bench) kept(list string) (ids []archive.CustodyID) {
	b.view(func(r archive.Reader) error {
		ids = nil
		for _, c := range collect(b.t, r.Custodies("auslaenderbehoerde", list, "")) {
			ids = append(ids, c.ID)
		}
		return nil
	})
	return ids
}

func testCustody(b *bench) {
	akte := b.newAkte()
	doc, _, _ := b.file(akte.ID)
	other, _, _ := b.file(akte.ID)
	third, _, _ := b.file(akte.ID)
	none := b.original(akte.ID, other.ID, "")
	late := b.original(akte.ID, doc.ID, "2026-12-24")
	soon := b.original(akte.ID, third.ID, "2026-12-01")
	same(b, "held, by the day due", b.kept(archive.CustodyHeld), nil, []archive.CustodyID{soon.ID, late.ID, none.ID})
	if err := b.house(func(tx archive.Tx) error {
		return tx.PutCustody(b.later(late, archive.CustodyAct{What: archive.CustodyPlaced}))
	}); !errors.Is(err, archive.ErrNoEvent) {
		b.t.Errorf("an act without an event: %v", err)
	}
	moved := b.later(late, archive.CustodyAct{What: archive.CustodyReturned, On: "2026-11-20", To: "Jana Müller"})
	b.must(audit.OpCustodyReturn, func(tx archive.Tx) error { return tx.PutCustody(moved) })
	same(b, "held", b.kept(archive.CustodyHeld), nil, []archive.CustodyID{soon.ID, none.ID})
	same(b, "handed back", b.kept(archive.CustodyGone), nil, []archive.CustodyID{late.ID})
	for name, bad := range map[string]func(*archive.Custody){
		"with an act gone":      func(c *archive.Custody) { c.Acts = c.Acts[:1] },
		"with an act changed":   func(c *archive.Custody) { c.Acts = slices.Clone(c.Acts); c.Acts[0].Place = "Schublade" },
		"with nothing new":      func(c *archive.Custody) { c.Acts = c.Acts[:2] },
		"of another document":   func(c *archive.Custody) { c.Document = other.ID },
		"of another department": func(c *archive.Custody) { c.Department = "soziales" },
		"of an unknown document": func(c *archive.Custody) {
			c.ID, c.Revision, c.Document = archive.NewID[archive.CustodyID](), 1, archive.NewID[archive.DocumentID]()
		},
		"of another akte": func(c *archive.Custody) { c.Akte = b.newAkte().ID },
	} {
		c := b.later(moved, archive.CustodyAct{What: archive.CustodyUndone, Undoes: 2})
		bad(&c)
		if err := b.try(audit.OpCustodyUndo, func(tx archive.Tx) error { return tx.PutCustody(c) }); !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("an original %s: %v, want invalid", name, err)
		}
	}
	undone := b.later(moved, archive.CustodyAct{What: archive.CustodyUndone, Undoes: 2, Reason: "falsche Person"})
	b.must(audit.OpCustodyUndo, func(tx archive.Tx) error { return tx.PutCustody(undone) })
	same(b, "held again", b.kept(archive.CustodyHeld), nil, []archive.CustodyID{soon.ID, late.ID, none.ID})
	if err := b.try(audit.OpCustodyUndo, func(tx archive.Tx) error { return tx.PutCustody(undone) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("the same revision again: %v, want conflict", err)
	}
	if err := b.try(audit.OpUnfile, func(tx archive.Tx) error { return tx.DeleteDocument(doc.ID) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("deleting the document of an original: %v, want conflict", err)
	}
	b.reopen()
	b.view(func(r archive.Reader) error {
		got, err := r.Custody(late.ID)
		same(b, "original", got, err, undone)
		of, err := r.CustodyOf(akte.ID, doc.ID)
		same(b, "of a document", of, err, []archive.Custody{undone})
		all, err := r.CustodyOf(akte.ID, "")
		same(b, "of an akte", len(all), err, 3)
		return nil
	})
	to := b.newAkte()
	doc.Akte, doc.Revision = to.ID, doc.Revision+1
	b.must(audit.OpDocumentMove, func(tx archive.Tx) error { return tx.PutDocument(doc) })
	undone.Akte = to.ID
	b.destroy("akte/" + string(akte.ID))
	b.view(func(r archive.Reader) error {
		got, err := r.Custody(late.ID)
		same(b, "of a document that moved", got, err, undone)
		if _, err := r.Custody(soon.ID); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("of an erased akte: %v, want not found", err)
		}
		return nil
	})
	same(b, "held, one akte erased", b.kept(archive.CustodyHeld), nil, []archive.CustodyID{late.ID})
	to.Lead, to.Departments, to.Revision = "asyl", []archive.Participation{{Department: "auslaenderbehoerde"}}, to.Revision+1
	b.must(audit.OpAkteChange, func(tx archive.Tx) error { return tx.PutAkte(to) })
	same(b, "held by who still takes part", b.kept(archive.CustodyHeld), nil, []archive.CustodyID{late.ID})
	to.Departments, to.Revision = nil, to.Revision+1
	b.must(audit.OpAkteChange, func(tx archive.Tx) error { return tx.PutAkte(to) })
	same(b, "held by who has left", len(b.kept(archive.CustodyHeld)), nil, 0)
	undone.Department = "asyl"
	b.view(func(r archive.Reader) error {
		same(b, "held by who leads it now", collect(b.t, r.Custodies("asyl", archive.CustodyHeld, "")), nil, []archive.Custody{undone})
		return nil
	})
}

// papers lists the versions of a list.
func (b *bench) papers(what string) (ids []archive.VersionID) {
	b.view(func(r archive.Reader) error {
		ids = nil
		for _, v := range collect(b.t, r.Papers("auslaenderbehoerde", what, "")) {
			ids = append(ids, v.ID)
		}
		return nil
	})
	return ids
}

func testQuality(b *bench) {
	akte := b.newAkte()
	_, v, _ := b.file(akte.ID)
	put := func(v archive.Version) error {
		return b.try(audit.OpScanApprove, func(tx archive.Tx) error { return tx.PutVersion(v) })
	}
	word := archive.QualityWord{What: archive.QualityApproved, By: b.clerk, At: b.Clock.Now(), Department: "auslaenderbehoerde"}
	early := v
	early.Quality = []archive.QualityWord{word}
	if err := put(early); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("a word about what is no scan: %v, want invalid", err)
	}
	v.Transfer = &archive.Transfer{By: b.clerk, At: b.Clock.Now(), Device: "Xerox", Noted: b.Clock.Now(), Anomalies: []archive.Anomaly{{Code: "blank", Pages: []int{2}}}}
	v.Transfer.Add(300, false, archive.ColourTrue)
	v.Transfer.Add(300, false, archive.ColourTrue)
	if err := put(v); err != nil {
		b.t.Fatal(err)
	}
	same(b, "approved before", b.papers(archive.QualityApproved), nil, nil)
	v.Quality = []archive.QualityWord{word}
	if err := put(v); err != nil {
		b.t.Fatal(err)
	}
	same(b, "approved", b.papers(archive.QualityApproved), nil, []archive.VersionID{v.ID})
	for name, bad := range map[string]func(*archive.Version){
		"note gone":       func(v *archive.Version) { v.Transfer = nil },
		"another device":  func(v *archive.Version) { t := *v.Transfer; t.Device = "Canon"; v.Transfer = &t },
		"fewer anomalies": func(v *archive.Version) { t := *v.Transfer; t.Anomalies = nil; v.Transfer = &t },
		"word gone":       func(v *archive.Version) { v.Quality = nil },
		"somebody else's": func(v *archive.Version) {
			w := word
			w.By = archive.NewID[archive.UserID]()
			v.Quality = []archive.QualityWord{w}
		},
		"at another moment": func(v *archive.Version) {
			w := word
			w.At = w.At.Add(time.Second)
			v.Quality = []archive.QualityWord{w}
		},
	} {
		changed := v
		bad(&changed)
		if err := put(changed); !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("%s: %v, want invalid", name, err)
		}
	}
	b.reopen()
	released := word
	released.What, released.At = archive.QualityReleased, b.Clock.Now()
	b.view(func(r archive.Reader) error {
		got, err := r.Version(v.ID)
		same(b, "scanned version", got, err, v)
		return nil
	})
	v.Quality = []archive.QualityWord{word, released}
	if err := put(v); err != nil {
		b.t.Fatal(err)
	}
	same(b, "approved after", b.papers(archive.QualityApproved), nil, nil)
	same(b, "released", b.papers(archive.QualityReleased), nil, []archive.VersionID{v.ID})
}

// What is kept of paper stands in the list of one department: who took the original, or judged the scan, as long as its
// participation lasts and covers the register, else the lead.
func testKeepers(b *bench) {
	akte := b.newAkte()
	change := func(edit func()) {
		b.t.Helper()
		edit()
		akte.Revision++
		b.must(audit.OpAkteChange, func(tx archive.Tx) error { return tx.PutAkte(akte) })
	}
	now := b.Clock.Now()
	today, tomorrow := now.UTC().Format(time.DateOnly), now.UTC().AddDate(0, 0, 1).Format(time.DateOnly)
	part := archive.Participation{Department: "asyl", Registers: []string{"identitaet", "asyl"}, Until: today}
	change(func() { akte.Lead, akte.Departments = "auslaenderbehoerde", []archive.Participation{part} })
	doc, v, _ := b.file(akte.ID)
	c := archive.Custody{
		ID: archive.NewID[archive.CustodyID](), Akte: akte.ID, Document: doc.ID, Department: "asyl", Created: now, Changed: now, Revision: 1,
		Acts: []archive.CustodyAct{{What: archive.CustodyTaken, By: b.clerk, At: now, On: "2026-11-01", Place: "Tresor"}},
	}
	b.must(audit.OpCustodyTake, func(tx archive.Tx) error { return tx.PutCustody(c) })
	v.Transfer = &archive.Transfer{By: b.clerk, At: now, Noted: now}
	b.must(audit.OpRecognition, func(tx archive.Tx) error { return tx.PutVersion(v) })
	v.Quality = []archive.QualityWord{{What: archive.QualityApproved, By: b.clerk, At: now, Department: "asyl", Document: doc.ID}}
	b.must(audit.OpScanApprove, func(tx archive.Tx) error { return tx.PutVersion(v) })
	keeps := func(what, want string) {
		b.t.Helper()
		b.view(func(r archive.Reader) error {
			for _, department := range []string{"auslaenderbehoerde", "asyl", "wohngeld"} {
				is := department == want
				same(b, "original of "+department+": "+what, len(collect(b.t, r.Custodies(department, archive.CustodyHeld, ""))) == 1, nil, is)
				same(b, "paper of "+department+": "+what, len(collect(b.t, r.Papers(department, archive.QualityApproved, ""))) == 1, nil, is)
			}
			return nil
		})
	}
	put := func(register string) {
		b.t.Helper()
		doc.Register, doc.Revision = register, doc.Revision+1
		b.must(audit.OpDocumentChange, func(tx archive.Tx) error { return tx.PutDocument(doc) })
	}
	expire := func(day string) {
		b.t.Helper()
		if err := b.house(func(tx archive.Tx) error { return tx.Expire(day) }); err != nil {
			b.t.Fatal(err)
		}
	}
	keeps("taken", "asyl")
	put("asyl")
	keeps("in another register of the department", "asyl")
	expire(today)
	keeps("on the last day", "asyl")
	put("aufenthalt")
	keeps("in a register that isn't the department's", "auslaenderbehoerde")
	change(func() { akte.Lead, akte.Departments = "wohngeld", nil })
	keeps("of another lead", "wohngeld")
	change(func() {
		akte.Lead, akte.Departments = "auslaenderbehoerde", []archive.Participation{{Department: "wohngeld", Until: today}, {Department: "asyl", Until: today}}
	})
	b.reopen()
	b.view(func(r archive.Reader) error {
		same(b, "original of who takes part", len(collect(b.t, r.Custodies("wohngeld", archive.CustodyHeld, ""))), nil, 1)
		same(b, "paper of who judged it and takes part again", len(collect(b.t, r.Papers("asyl", archive.QualityApproved, ""))), nil, 1)
		return nil
	})
	expire(tomorrow)
	keeps("after the last day", "auslaenderbehoerde")
}
