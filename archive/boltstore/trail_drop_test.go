package boltstore

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/audit/verify"
)

// dropped is the event of a drop.
func dropped(f *folder) audit.Event {
	return audit.Event{Time: f.clock.Now(), Actor: audit.System(), Op: audit.OpTrailDrop, Object: "shard/2026", Result: audit.Allow}
}

// noHold lets a year go.
func noHold(archive.Reader) (bool, error) { return false, nil }

// twoYears fills a store with events of two years, about an Akte and a person in both.
func twoYears(t *testing.T, f *folder, s *Store) (akte archive.AkteID, old []byte) {
	t.Helper()
	akte = fill(t, f, s, 3)
	record(t, f, s, 1100)
	old, err := s.Checkpoint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	f.clock.Advance(365 * 24 * time.Hour)
	e := search(f)
	e.Akten = []string{string(akte)}
	change(t, s, func(tx archive.Tx) error { return tx.Record(e) })
	record(t, f, s, 5)
	if _, err := s.Checkpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
	return akte, old
}

// listed counts events that a filter finds.
func listed(t *testing.T, s *Store, filter archive.TrailFilter) (n int) {
	t.Helper()
	err := s.View(context.Background(), func(r archive.Reader) error {
		n = 0
		for _, err := range r.Trail(filter, "") {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestYearIsDropped drops a year: nothing of its entries is left in the file, what is left is whole, and is proven.
func TestYearIsDropped(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	akte, old := twoYears(t, f, s)
	if n := listed(t, s, archive.TrailFilter{Akte: akte}); n != 3 {
		t.Fatalf("%d events about the Akte", n)
	}
	if _, err := s.DropTrail(t.Context(), 2027, dropped(f), noHold); err == nil {
		t.Error("the present year was dropped")
	}
	if gone, err := s.DropTrail(t.Context(), 2026, dropped(f), func(archive.Reader) (bool, error) { return true, nil }); gone || err != nil {
		t.Errorf("a year that somebody holds: dropped %t, %v", gone, err)
	}
	if n := listed(t, s, archive.TrailFilter{Akte: akte}); n != 3 {
		t.Errorf("%d events about the Akte, want all 3, for it is held", n)
	}
	for range 2 { // and again: it is recorded once
		if gone, err := s.DropTrail(t.Context(), 2026, dropped(f), noHold); !gone || err != nil {
			t.Fatal(gone, err)
		}
	}
	if n := listed(t, s, archive.TrailFilter{Akte: akte}); n != 1 {
		t.Errorf("%d events about the Akte are left, want that of 2027", n)
	}
	if n := listed(t, s, archive.TrailFilter{}); n != 8 {
		t.Errorf("%d events are left, want 7 of 2027 and the drop", n)
	}
	if n := listed(t, s, archive.TrailFilter{From: f.clock.Now().AddDate(-2, 0, 0)}); n != 8 {
		t.Errorf("%d events since 2025", n)
	}
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check: %v", found)
	}
	if _, _, _, err := s.TrailIntact(t.Context()); err != nil {
		t.Error(err)
	}
	record(t, f, s, 3)
	dir := filepath.Join(t.TempDir(), "export")
	if err := s.TrailLog().Export(t.Context(), s.TrailSource(), dir, audit.ExportOptions{Signer: f.signer, Details: s.TrailKeys()}); err != nil {
		t.Fatal(err)
	}
	if r, err := verify.Dir(t.Context(), dir, verify.Options{VKey: f.signer.VKey(), OldCheckpoint: old}); err != nil || !r.OK() {
		t.Errorf("report %+v, %v", r, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, f, func(tx *bolt.Tx) error {
		for _, name := range []string{"trail/leaf", "trail/hash", "trail/detail", bTrailAkte, bTrailPerson, bTrailActor} {
			if err := tx.Bucket([]byte(name)).ForEach(func(k, _ []byte) error {
				if place := k[max(0, len(k)-placeSize):]; bytes.HasPrefix(place, []byte{0, 0, 0x07, 0xea}) {
					t.Errorf("%s still has %x", name, k)
				}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	s = f.open(t)
	record(t, f, s, 1)
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check after a restart: %v", found)
	}
}

// TestDropGoesOn interrupts a drop between its batches, looks at what is there, and goes on.
func TestDropGoesOn(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	akte, _ := twoYears(t, f, s)
	stop := errors.New("stopped")
	err := s.submit(&update{ctx: t.Context(), fn: func(u *transaction) error {
		if err := s.trail.Drop(trailTx{trailGetter{u.bolt}, &u.wrote}, 2026, f.signer.Verifier()); err != nil {
			return err
		}
		return u.Record(dropped(f))
	}})
	if err == nil {
		err = s.submit(&update{ctx: t.Context(), house: true, fn: func(u *transaction) error {
			more, err := u.dropEntries(2026)
			if !more {
				return errors.Join(err, stop)
			}
			return err
		}})
	}
	if err != nil {
		t.Fatal(err)
	}
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check in the midst: %v", found)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = f.open(t)
	if _, err := s.DropTrail(t.Context(), 2026, dropped(f), noHold); err != nil {
		t.Fatal(err)
	}
	if n := listed(t, s, archive.TrailFilter{Op: string(audit.OpTrailDrop)}); n != 1 {
		t.Errorf("recorded %d times", n)
	}
	if n := listed(t, s, archive.TrailFilter{Akte: akte}); n != 1 {
		t.Errorf("%d events about the Akte are left", n)
	}
	if years, err := s.TrailYears(t.Context()); err != nil || len(years) != 2 || !years[0].Dropped || years[1].Dropped {
		t.Errorf("years %+v, %v", years, err)
	}
}
