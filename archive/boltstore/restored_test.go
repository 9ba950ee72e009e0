package boltstore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eakte/archive"
	"eakte/archive/audit"
)

// older puts back the database as it was before the last events, and returns the checkpoint that it lacks.
func older(t *testing.T, f *folder) (lost []byte) {
	t.Helper()
	s := f.open(t)
	record(t, f, s, 3)
	copyFile(t, filepath.Join(f.dir, "meta.db"), filepath.Join(f.dir, "older.db"))
	record(t, f, s, 3)
	lost, err := s.Checkpoint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(f.dir, "older.db"), filepath.Join(f.dir, "meta.db")); err != nil {
		t.Fatal(err)
	}
	return lost
}

// TestRestoreIsRecorded goes on from an older database: the trail says what it lost and why, and the key signs again.
func TestRestoreIsRecorded(t *testing.T) {
	f := openFolder(t, t.TempDir())
	lost := older(t, f)
	if s, err := Open(f.config()); !errors.Is(err, ErrOlder) || !strings.Contains(err.Error(), "eakte audit restored") {
		t.Fatalf("opened %v, %v; want it refused in words that help", s, err)
	}
	s := f.open(t, func(c *Config) {
		c.Restored = &Restored{By: audit.Actor{User: "system", Client: "cli"}, Reason: "Platte defekt"}
	})
	var entry archive.TrailEntry
	err := s.View(context.Background(), func(r archive.Reader) error {
		for row, err := range r.Trail(archive.TrailFilter{Op: string(audit.OpRestore)}, "") {
			if err != nil {
				return err
			}
			entry = row.Value
		}
		_, signed, err := r.TrailState()
		if !strings.Contains(string(signed), "\n5\n") {
			t.Errorf("signed %q, want a checkpoint of the five entries", signed)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if entry.Leaf.Seq != 4 || len(entry.Parts) != 1 || !strings.Contains(string(entry.Parts[0].Text), "Platte defekt") ||
		!strings.Contains(string(entry.Parts[0].Text), `"size":7`) {
		t.Fatalf("recorded %+v, want the reason and the lost checkpoint", entry)
	}
	record(t, f, s, 2)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if found, err := filepath.Glob(filepath.Join(f.dir, "*.signed.lost-*")); err != nil || len(found) != 1 {
		t.Errorf("kept %v of what was signed, %v", found, err)
	} else if kept, err := os.ReadFile(found[0]); err != nil || string(kept) != string(lost) {
		t.Errorf("kept %q, %v, want %q", kept, err, lost)
	}
	s = f.open(t) // as any other
	record(t, f, s, 1)
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check: %v", found)
	}
}

// TestNothingWasRestored refuses to record what didn't happen, unless the operator insists.
func TestNothingWasRestored(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	record(t, f, s, 3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := f.config()
	cfg.Restored = &Restored{By: audit.System(), Reason: "x"}
	if s, err := Open(cfg); !errors.Is(err, ErrNewest) {
		t.Fatalf("opened %v, %v, want ErrNewest", s, err)
	}
	cfg.Restored.Anyway = true
	s = f.open(t, func(c *Config) { c.Restored = cfg.Restored })
	if size, _, _, err := s.TrailIntact(t.Context()); err != nil || size != 5 {
		t.Errorf("%d entries, %v, want a fifth", size, err)
	}
}
