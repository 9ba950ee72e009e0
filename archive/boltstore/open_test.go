package boltstore

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
)

// search is an event that stands for itself.
func search(f *folder) audit.Event {
	return audit.Event{Time: f.clock.Now(), Actor: audit.System(), Op: audit.OpSearch, Result: audit.Allow}
}

// record records n events, one update each.
func record(t testing.TB, f *folder, s *Store, n int) {
	t.Helper()
	for range n {
		if err := s.Update(context.Background(), func(tx archive.Tx) error { return tx.Record(search(f)) }); err != nil {
			t.Fatal(err)
		}
	}
}

// edit changes the database file behind the store's back.
func edit(t testing.TB, f *folder, fn func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(filepath.Join(f.dir, "meta.db"), 0o600, &bolt.Options{Timeout: lockWait})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(fn), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(t *testing.T, f *folder, cfg *Config)
		want   error
	}{
		{"a newer format", func(t *testing.T, f *folder, _ *Config) {
			edit(t, f, func(tx *bolt.Tx) error {
				return tx.Bucket([]byte(bMeta)).Put([]byte(metaFormat), binary.BigEndian.AppendUint32(nil, Format+1))
			})
		}, ErrNewer},
		{"another lookup key", func(_ *testing.T, _ *folder, cfg *Config) { cfg.LookupKey = seal.NewKey() }, ErrWrongKey},
		{"a file that lost what was signed", func(t *testing.T, f *folder, _ *Config) {
			if err := os.Rename(filepath.Join(f.dir, "older.db"), filepath.Join(f.dir, "meta.db")); err != nil {
				t.Fatal(err)
			}
		}, ErrOlder},
		{"no file where something was signed", func(t *testing.T, f *folder, _ *Config) {
			if err := os.Remove(filepath.Join(f.dir, "meta.db")); err != nil {
				t.Fatal(err)
			}
		}, audit.ErrFork},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := openFolder(t, t.TempDir())
			s := f.open(t)
			record(t, f, s, 3)
			copyFile(t, filepath.Join(f.dir, "meta.db"), filepath.Join(f.dir, "older.db"))
			record(t, f, s, 3)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			cfg := f.config()
			tt.change(t, f, &cfg)
			s, err := Open(cfg)
			if err == nil {
				t.Fatal("it opens", s.Close())
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(in.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenTwice(t *testing.T) {
	f := openFolder(t, t.TempDir())
	f.open(t)
	if s, err := Open(f.config()); !errors.Is(err, ErrInUse) {
		t.Errorf("got %v, %v, want %v", s, err, ErrInUse)
	}
}

func TestOpenNeeds(t *testing.T) {
	f := openFolder(t, t.TempDir())
	for name, change := range map[string]func(*Config){
		"path":       func(c *Config) { c.Path = "" },
		"keys":       func(c *Config) { c.Keys = nil },
		"lookup key": func(c *Config) { c.LookupKey = seal.Key{} },
		"authority":  func(c *Config) { c.Authority = "Kreis Musterland" },
		"folder":     func(c *Config) { c.Path = filepath.Join(f.dir, "missing", "meta.db") },
	} {
		cfg := f.config()
		change(&cfg)
		if s, err := Open(cfg); err == nil {
			t.Errorf("it opens without %s: %v", name, s.Close())
		}
	}
}

func TestMigrateClimbsTheLadder(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "x.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var climbed []string
	rung := func(name string) step {
		return func(*bolt.Tx, func(string, []byte)) error { climbed = append(climbed, name); return nil }
	}
	for _, steps := range [][]step{nil, {rung("1 to 2")}, {rung("1 to 2"), rung("2 to 3"), rung("3 to 4")}, {rung("1 to 2"), rung("2 to 3"), rung("3 to 4")}} {
		if err := db.Update(func(tx *bolt.Tx) error { return migrate(tx, steps, nil) }); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(climbed, ", "); got != "1 to 2, 2 to 3, 3 to 4" {
		t.Errorf("climbed %s", got)
	}
	if err := db.Update(func(tx *bolt.Tx) error { return migrate(tx, nil, nil) }); !errors.Is(err, ErrNewer) {
		t.Errorf("format 4 by a program of format 1: %v", err)
	}
	if steps := new(Store).ladder(); len(steps) != Format-1 {
		t.Errorf("the ladder has %d steps for format %d", len(steps), Format)
	}
}

func TestRawID(t *testing.T) {
	id := archive.NewID[archive.AkteID]()
	if k, ok := raw(id); !ok || idOf[archive.AkteID](k) != id {
		t.Errorf("%s becomes %x, %v", id, k, ok)
	}
	for _, bad := range []archive.AkteID{"", id[:35], id + "0", archive.AkteID(strings.ToUpper(string(id))), "{" + id + "}", archive.AkteID(strings.ReplaceAll(string(id), "-", "0"))} {
		if k, ok := raw(bad); ok {
			t.Errorf("%q becomes %x", bad, k)
		}
	}
}

// TestMigrateFindsUnread takes the index of what couldn't be read away, as format 2 had none.
func TestMigrateFindsUnread(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	akte := fill(t, f, s, 1)
	var v archive.Version
	change(t, s, func(tx archive.Tx) error {
		for row, err := range tx.Documents(akte, "identitaet", "") {
			if err != nil {
				return err
			}
			if v, err = tx.Version(row.Value.Current()); err != nil {
				return err
			}
		}
		v.State = archive.StateFailed
		return errors.Join(tx.PutVersion(v), tx.Record(search(f)))
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(filepath.Join(f.dir, "meta.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bolt.Tx) error {
		return errors.Join(tx.DeleteBucket([]byte(bVersionUnread)),
			tx.Bucket([]byte(bMeta)).Put([]byte(metaFormat), []byte{0, 0, 0, 2}))
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s = f.open(t)
	if err := s.View(t.Context(), func(r archive.Reader) error {
		for row, err := range r.Unread(v.ReceivedBy, "") {
			if err != nil || row.Value.ID != v.ID {
				t.Errorf("found %s, %v, want %s", row.Value.ID, err, v.ID)
			}
			return nil
		}
		t.Error("nothing is found after the migration")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check: %v", found)
	}
}
