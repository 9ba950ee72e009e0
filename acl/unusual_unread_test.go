package acl_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// damaged is a store of which some entries, one person and one finding can't be read.
type damaged struct {
	archive.Store
	entries []int64
	person  archive.PersonID
	finding archive.FindingID
}

type damagedReader struct {
	archive.Reader
	store damaged
}

func (s damaged) View(ctx context.Context, fn func(archive.Reader) error) error {
	return s.Store.View(ctx, func(r archive.Reader) error { return fn(damagedReader{r, s}) })
}

func (r damagedReader) list(in archive.List[archive.TrailEntry]) archive.List[archive.TrailEntry] {
	return func(yield func(archive.Row[archive.TrailEntry], error) bool) {
		for row, err := range in {
			if err == nil && slices.Contains(r.store.entries, row.Value.Leaf.Seq) {
				row.Value.Leaf = audit.Leaf{Seq: row.Value.Leaf.Seq}
				err = fmt.Errorf("store: %w", archive.ErrDamaged)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

func (r damagedReader) Trail(f archive.TrailFilter, p archive.Position) archive.List[archive.TrailEntry] {
	return r.list(r.Reader.Trail(f, p))
}

func (r damagedReader) TrailFrom(p archive.Position) archive.List[archive.TrailEntry] {
	return r.list(r.Reader.TrailFrom(p))
}

func (r damagedReader) Person(id archive.PersonID) (archive.Person, error) {
	if id == r.store.person {
		return archive.Person{}, fmt.Errorf("store: %w", archive.ErrDamaged)
	}
	return r.Reader.Person(id)
}

func (r damagedReader) Findings(open bool, after archive.Position) archive.List[archive.Finding] {
	return func(yield func(archive.Row[archive.Finding], error) bool) {
		for row, err := range r.Reader.Findings(open, after) {
			if err == nil && row.Value.ID == r.store.finding {
				row.Value, err = archive.Finding{}, fmt.Errorf("store: %w", archive.ErrDamaged)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// TestDamagedFindingHidesNoOther has the record of a finding be damaged: the others are listed, over pages, and it is told.
func TestDamagedFindingHidesNoOther(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 18, 23, 30, 0, 0, time.UTC)
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	for _, name := range []string{"jana", "eva", "max"} {
		record(t, w, w.User(name, "sachbearbeitung@asyl"), audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
	}
	_, all := lookedFor(t, w, officer)
	if len(all) != 3 {
		t.Fatalf("%d findings", len(all))
	}
	w.Guard.Store = damaged{Store: w.Store, finding: all[1].ID}
	var listed []archive.FindingID
	told := 0
	for cursor, first := "", true; first || cursor != ""; first = false {
		page, err := officer.Findings(t.Context(), false, 1, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Items {
			listed = append(listed, f.ID)
		}
		told, cursor = told+page.Damaged, page.Next
	}
	if want := []archive.FindingID{all[0].ID, all[2].ID}; !slices.Equal(listed, want) || told != 1 {
		t.Errorf("listed %v of %v, told of %d", listed, want, told)
	}
}

// TestUnusualGoesOnPastDamage has an entry be damaged, and one be about somebody whose record is: everything else is looked
// at, and the officer is told.
func TestUnusualGoesOnPastDamage(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	w.Time = time.Date(2026, 11, 18, 23, 30, 0, 0, time.UTC)
	jana, eva, max := w.User("jana", "sachbearbeitung@auslaenderbehoerde"), w.User("eva", "sachbearbeitung@asyl"), w.User("max", "sachbearbeitung@asyl")
	officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
	gone := archive.NewID[archive.PersonID]()
	record(t, w, jana, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
	record(t, w, jana, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())
	var last int64
	if err := w.Store.View(t.Context(), func(r archive.Reader) error {
		for row, err := range r.TrailFrom("") {
			if err != nil {
				return err
			}
			last = row.Value.Leaf.Seq
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	e := audit.Event{
		Time: w.Time, Actor: audit.Actor{User: string(eva.User), Role: "leitung", Department: "asyl", Client: "web"}, Op: audit.OpPersonOpen,
		Result: audit.Allow, Purpose: "bearbeitung", Object: "person/" + string(gone), Persons: []string{string(gone)},
	}
	if err := w.Store.Update(t.Context(), func(tx archive.Tx) error { return tx.Record(e) }); err != nil {
		t.Fatal(err)
	}
	record(t, w, max, audit.OpAkteOpen, audit.Allow, "bearbeitung", archive.NewID[string]())

	w.Guard.Store = damaged{Store: w.Store, entries: []int64{last}, person: gone}
	rules, all := lookedFor(t, w, officer)
	if !slices.Equal(rules, []string{acl.UnusualHours, acl.UnusualHours, acl.UnusualHours}) {
		t.Errorf("struck: %v", rules)
	}
	for _, f := range all {
		if f.Count != 1 {
			t.Errorf("of %s: %d entries", f.Name, f.Count)
		}
	}
	w.Guard.Store = w.Store
	page, err := officer.Findings(t.Context(), false, 10, "")
	if u := page.Unread; err != nil || u.Entries != 2 || u.Last.Year != 2026 || u.Last.Seq <= last || !u.At.Equal(w.Time) {
		t.Errorf("told: %+v, %v", u, err)
	}
	made := trailOf(t, officer, archive.TrailFilter{Op: string(audit.OpFindingMake)})
	if len(made.Parts) == 0 || !slices.ContainsFunc(made.Parts, func(p audit.Part) bool { return string(p.Text) != "" }) {
		t.Errorf("recorded: %+v", made)
	}
}

// TestUnusualOfVeryMany has an account do so much on a day that it can't all be held beside it.
func TestUnusualOfVeryMany(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		do   []done
		want map[string]int
	}{
		{"reads six thousand Akten in an hour", []done{{6000, audit.OpAkteOpen, audit.Allow}}, map[string]int{acl.UnusualMany: 6000}},
		{"reads many, and searches ever after", []done{{45, audit.OpAkteOpen, audit.Allow}, {5500, audit.OpSearch, audit.Allow}}, map[string]int{acl.UnusualMany: 45}},
		{"is refused, reads one, and searches ever after", []done{{4, audit.OpAccessRefused, audit.Deny}, {1, audit.OpAkteOpen, audit.Allow}, {5500, audit.OpSearch, audit.Allow}}, map[string]int{acl.UnusualRefusals: 4}},
		{"reads more than is held at once", []done{{10100, audit.OpAkteOpen, audit.Allow}}, map[string]int{acl.UnusualMany: 10000}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := acltest.Open(t)
			w.Time = time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)
			jana := w.User("jana", "sachbearbeitung@auslaenderbehoerde")
			officer := w.Guard.For(w.User("officer", "datenschutz@datenschutz"))
			for _, d := range tt.do {
				recordMany(t, w, jana, d)
			}
			_, all := lookedFor(t, w, officer)
			got := map[string]int{}
			for _, f := range all {
				got[f.Rule] = f.Figure
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("struck: %v, want %v", got, tt.want)
			}
		})
	}
}

// done is something that was done so often.
type done struct {
	n      int
	op     audit.Op
	result audit.Result
}

// recordMany puts acts on ever other Akten into the trail, at a time.
func recordMany(t *testing.T, w *acltest.World, who acl.Subject, d done) {
	t.Helper()
	e := audit.Event{
		Time: w.Time, Actor: audit.Actor{User: string(who.User), Role: "leitung", Department: "auslaenderbehoerde", Client: "web"}, Op: d.op, Result: d.result,
	}
	for d.n > 0 {
		n := min(d.n, 2000)
		d.n -= n
		if err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
			for range n {
				e.Akten = []string{archive.NewID[string]()}
				if err := tx.Record(e); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
