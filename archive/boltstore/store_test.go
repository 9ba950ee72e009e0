package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
	"eakte/archive/keyring"
	"eakte/archive/storetest"
)

// folder is a data folder of a test: database, keys and signing key.
type folder struct {
	dir    string
	ring   *keyring.Ring
	signer *audit.Signer
	clock  *storetest.Clock
}

// master is the master key of all tests.
func master() seal.Key { return seal.Key{1, 2, 3} }

const authority = "kreis-musterland.example"

func openFolder(t testing.TB, dir string) *folder {
	t.Helper()
	ring, err := keyring.Open(filepath.Join(dir, "keys.db"), master())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ring.Close(); err != nil {
			t.Error(err)
		}
	})
	signer, err := audit.LoadOrCreateSigner(filepath.Join(dir, "audit.key"), authority+"/audit")
	if err != nil {
		t.Fatal(err)
	}
	return &folder{dir: dir, ring: ring, signer: signer, clock: new(storetest.Clock)}
}

func (f *folder) config() Config {
	return Config{
		Path: filepath.Join(f.dir, "meta.db"), Keys: f.ring, LookupKey: f.ring.LookupKey(), Authority: authority,
		Signer: f.signer, Now: f.clock.Now, Reserve: -1,
	}
}

// open opens the store for a test that looks inside.
func (f *folder) open(t testing.TB, change ...func(*Config)) *Store {
	t.Helper()
	cfg := f.config()
	for _, fn := range change {
		fn(&cfg)
	}
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// wellChecked is a store that is checked when it is closed, unless a test has destroyed keys.
type wellChecked struct {
	*Store
	t         *testing.T
	destroyed *atomic.Bool
}

func (s wellChecked) Close() error {
	if !s.ended.Load() {
		for _, problem := range problems(s.t, s.Store) {
			if !s.destroyed.Load() {
				s.t.Error("check: ", problem)
			}
		}
	}
	return s.Store.Close()
}

// problems is what Check reports.
func problems(t testing.TB, s *Store) (out []string) {
	t.Helper()
	if err := s.Check(context.Background(), func(p string) { out = append(out, p) }); err != nil {
		t.Errorf("check: %v", err)
	}
	return out
}

func TestStore(t *testing.T) {
	storetest.Test(t, func(t *testing.T) storetest.Place {
		f := openFolder(t, t.TempDir())
		destroyed := new(atomic.Bool)
		return storetest.Place{
			Open: func() (archive.Store, error) {
				s, err := Open(f.config())
				if err != nil {
					return nil, err
				}
				return wellChecked{s, t, destroyed}, nil
			},
			Destroy: func(owner string) error {
				destroyed.Store(true)
				return f.ring.Destroy(context.Background(), owner)
			},
			Files: func() ([]string, error) {
				path := filepath.Join(f.dir, "meta.db")
				_, err := os.Stat(path)
				return []string{path}, err
			},
			Clock: f.clock,
		}
	})
}

// TestKill is the child too: see [storetest.Kill].
func TestKill(t *testing.T) {
	storetest.Kill(t, func(dir string) (archive.Store, error) {
		ring, err := keyring.Open(filepath.Join(dir, "keys.db"), master())
		if err != nil {
			return nil, err
		}
		signer, err := audit.LoadOrCreateSigner(filepath.Join(dir, "audit.key"), authority+"/audit")
		if err != nil {
			return nil, errors.Join(err, ring.Close())
		}
		s, err := Open(Config{
			Path: filepath.Join(dir, "meta.db"), Keys: ring, LookupKey: ring.LookupKey(), Authority: authority,
			Signer: signer, Pace: audit.Pace{Entries: 20}, Reserve: -1,
		})
		if err != nil {
			return nil, errors.Join(err, ring.Close())
		}
		return withRing{s, ring}, nil
	}, func(s archive.Store) error {
		if found := problems(t, s.(withRing).Store); len(found) > 0 {
			return fmt.Errorf("check: %s and %d more", found[0], len(found)-1)
		}
		return nil
	})
}

// withRing closes the keyring behind the store.
type withRing struct {
	*Store
	ring *keyring.Ring
}

func (w withRing) Close() error { return errors.Join(w.Store.Close(), w.ring.Close()) }
