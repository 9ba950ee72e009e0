package boltstore

import (
	"context"
	"os"
	"path/filepath"
	"strings"
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

// erased reports a problem that follows from a key that a test destroyed.
func erased(problem string) bool {
	for _, mark := range []string{"gone", "not found", "keys, the records make", " says ", "is missing"} {
		if strings.Contains(problem, mark) {
			return true
		}
	}
	return false
}

// wellChecked is a store that is checked when it is closed.
type wellChecked struct {
	*Store
	t *testing.T
}

func (s wellChecked) Close() error {
	if !s.ended.Load() {
		if err := s.Check(context.Background(), func(problem string) {
			if !erased(problem) {
				s.t.Error("check: ", problem)
			}
		}); err != nil {
			s.t.Errorf("check: %v", err)
		}
	}
	return s.Store.Close()
}

func TestStore(t *testing.T) {
	storetest.Test(t, func(t *testing.T) storetest.Place {
		f := openFolder(t, t.TempDir())
		return storetest.Place{
			Open: func() (archive.Store, error) {
				s, err := Open(f.config())
				if err != nil {
					return nil, err
				}
				return wellChecked{s, t}, nil
			},
			Destroy: func(owner string) error { return f.ring.Destroy(context.Background(), owner) },
			Files: func() ([]string, error) {
				path := filepath.Join(f.dir, "meta.db")
				_, err := os.Stat(path)
				return []string{path}, err
			},
			Clock: f.clock,
		}
	})
}
