package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
	"eakte/archive/boltstore"
	"eakte/archive/keyring"
)

// vault is a folder with the real records in it.
type vault struct {
	t    testing.TB
	dir  string
	ring *keyring.Ring
}

func openVault(t testing.TB, dir string) *vault {
	t.Helper()
	ring, err := keyring.Open(filepath.Join(dir, "keys.db"), seal.Key{1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ring.Close() })
	return &vault{t, dir, ring}
}

func (v *vault) path(name string) string { return filepath.Join(v.dir, name) }

// open opens the records as they lie there, as a server does at its start.
func (v *vault) open() (*boltstore.Store, *audit.Signer, error) {
	signer, err := audit.LoadOrCreateSigner(v.path("trail.key"), "kreis-musterland.example/audit")
	if err != nil {
		return nil, nil, err
	}
	s, err := boltstore.Open(boltstore.Config{
		Path: v.path("meta.db"), Keys: v.ring, LookupKey: v.ring.LookupKey(), Authority: "kreis-musterland.example",
		Signer: signer, Pace: audit.Pace{Entries: 7}, Reserve: -1,
	})
	return s, signer, err
}

func (v *vault) mustOpen() (*boltstore.Store, *audit.Signer) {
	v.t.Helper()
	s, signer, err := v.open()
	if err != nil {
		v.t.Fatal(err)
	}
	return s, signer
}

// record records n events in one transaction.
func record(ctx context.Context, s *boltstore.Store, n int) error {
	return s.Update(ctx, func(tx archive.Tx) error {
		var err error
		for i := range n {
			err = errors.Join(err, tx.Record(audit.Event{
				Time: time.Now(), Actor: audit.Actor{User: id(i % 5), Role: "sachbearbeitung", Department: "asyl", Client: "web"}, Op: audit.OpSearch,
				Result: audit.Allow, Detail: &audit.Detail{Act: map[string]any{"hits": i}},
			}))
		}
		return err
	})
}

// exported writes the trail of a store into a new folder.
func exported(t testing.TB, s *boltstore.Store, signer *audit.Signer) (string, error) {
	dir := filepath.Join(t.TempDir(), "export")
	err := s.TrailLog().Export(t.Context(), s.TrailSource(), dir, audit.ExportOptions{Signer: signer, Details: s.TrailKeys()})
	return dir, err
}

// TestCrashChild is the process that TestHonestCrashes kills: it records events until then.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv("EAKTE_TEST_CRASH")
	if dir == "" {
		t.Skip("it is run by TestHonestCrashes")
	}
	s, _ := openVault(t, dir).mustOpen()
	fmt.Println("open")
	for i := 0; ; i++ {
		if err := record(t.Context(), s, 1+i%4); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHonestCrashes kills a process that records events, N/10 times, and looks at what it left with every checkpoint
// that was ever got from it: nobody tampered, so nothing may be found.
func TestHonestCrashes(t *testing.T) {
	t.Parallel()
	n, rng := campaign(t, 50)
	v := openVault(t, t.TempDir())
	var older [][]byte
	for i := range max(n/10, 1) {
		if i%40 == 39 { // logs of all ages
			v, older = openVault(t, t.TempDir()), nil
		}
		v.kill(rng)
		s, signer := v.mustOpen()
		if err := record(t.Context(), s, 1); err != nil { // the child may have been killed before its first
			t.Fatal(err)
		}
		if note, err := s.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		} else if older = append(older, note); rng.IntN(2) == 0 {
			older = older[len(older)-1:]
		}
		dir, err := exported(t, s, signer)
		if err != nil {
			t.Fatal(err)
		}
		if got := ours(t, hand{export: dir, key: signer.VKey(), older: older}); got.exit != exitWhole {
			t.Errorf("kill %d: a false alarm: %v", i, got)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("crashes: %d kills, no false alarm", max(n/10, 1))
}

// kill lets the child record for a moment by chance and kills it.
func (v *vault) kill(rng *rand.Rand) {
	v.t.Helper()
	if err := v.ring.Close(); err != nil {
		v.t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		v.t.Fatal(err)
	}
	child := exec.Command(self, "-test.run=^TestCrashChild$", "-test.v")
	child.Env = append(os.Environ(), "EAKTE_TEST_CRASH="+v.dir)
	out, err := child.StdoutPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		v.t.Fatal(err)
	}
	var said []byte
	for buf := make([]byte, 512); !bytes.Contains(said, []byte("open\n")); {
		n, err := out.Read(buf)
		if said = append(said, buf[:n]...); err != nil {
			v.t.Fatalf("the child ended: %v\n%s", err, said)
		}
	}
	time.Sleep(time.Duration(rng.IntN(40000)) * time.Microsecond)
	if err := child.Process.Kill(); err != nil {
		v.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, out)
	_ = child.Wait() // it was killed
	if v.ring, err = keyring.Open(v.path("keys.db"), seal.Key{1}); err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { _ = v.ring.Close() })
}

// TestDatabaseCampaign changes the file of the records N/4 times behind the server's back, half of the times with what the
// key remembers taken away, too. The next start, the check of the records or the officer's verifier has to find it.
func TestDatabaseCampaign(t *testing.T) {
	t.Parallel()
	n, rng := campaign(t, 160)
	v := openVault(t, t.TempDir())
	s, signer := v.mustOpen()
	if err := record(t.Context(), s, 120); err != nil {
		t.Fatal(err)
	}
	early := copyOf(t, v.path("meta.db"))
	if err := record(t.Context(), s, 150); err != nil {
		t.Fatal(err)
	}
	older, err := s.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(record(t.Context(), s, 20), s.Close()); err != nil {
		t.Fatal(err)
	}
	honest, memory := copyOf(t, v.path("meta.db")), rememberedIn(t, v.dir)
	by := map[string]int{}
	h := hand{key: signer.VKey(), older: [][]byte{older}}
	for i := range max(n/4, 1) {
		write(t, v.dir, "meta.db", honest)
		for name, data := range memory {
			write(t, v.dir, name, data)
		}
		what := v.vandalise(rng, early)
		if what == "" {
			continue
		}
		if rng.IntN(2) == 0 {
			what += ", the key remembers nothing"
			for name := range memory {
				if err := os.Remove(v.path(name)); err != nil {
					t.Fatal(err)
				}
			}
		}
		found := v.foundBy(h)
		if by[found]++; found == "" {
			t.Errorf("%d: %s: nothing is found", i, what)
		}
	}
	t.Logf("database: found by %v", by)
}

func copyOf(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// rememberedIn are the files beside the key.
func rememberedIn(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "trail.key.*.signed"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%v, %v", names, err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		out[filepath.Base(name)] = copyOf(t, name)
	}
	return out
}

// vandalise changes the file of the records and says how; empty: it came to nothing.
func (v *vault) vandalise(rng *rand.Rand, early []byte) (what string) {
	v.t.Helper()
	if rng.IntN(12) == 0 {
		write(v.t, v.dir, "meta.db", early)
		return "an older state put back"
	}
	db, err := bolt.Open(v.path("meta.db"), 0o600, &bolt.Options{Timeout: time.Second})
	if err != nil {
		v.t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		names := []string{"trail/leaf", "trail/leaf", "trail/leaf", "trail/hash", "trail/detail", "trail/checkpoint", "trail/state", "trail-actor"}
		name := names[rng.IntN(len(names))]
		b := tx.Bucket([]byte(name))
		var keys, values [][]byte
		if err := b.ForEach(func(k, val []byte) error {
			keys, values = append(keys, bytes.Clone(k)), append(values, bytes.Clone(val))
			return nil
		}); err != nil {
			return err
		}
		i, j := rng.IntN(len(keys)), rng.IntN(len(keys))
		switch kind := rng.IntN(4); {
		case name == "trail/checkpoint": // without it nothing of the log is lost
			what = "cut short"
			err = b.Put(keys[i], values[i][:rng.IntN(len(values[i]))])
		case kind == 0 || name == "trail-actor":
			what = "deleted"
			err = b.Delete(keys[i])
		case kind == 1 && !bytes.Equal(values[i], values[j]):
			what = "swapped"
			err = errors.Join(b.Put(keys[i], values[j]), b.Put(keys[j], values[i]))
		case kind == 2:
			what = "cut short"
			err = b.Put(keys[i], values[i][:rng.IntN(len(values[i]))])
		default:
			what = "a bit turned"
			bit := rng.IntN(8 * len(values[i]))
			values[i][bit/8] ^= 1 << (bit % 8)
			err = b.Put(keys[i], values[i])
		}
		what = fmt.Sprintf("%s %x %s", name, keys[i], what)
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		v.t.Fatal(err)
	}
	return what
}

// foundBy says who finds that something is wrong; empty: nobody.
func (v *vault) foundBy(h hand) string {
	v.t.Helper()
	s, signer, err := v.open()
	if err != nil {
		return "start"
	}
	defer s.Close() // it may complain: it is found
	dir, err := exported(v.t, s, signer)
	if err != nil {
		return "export"
	}
	h.export = dir
	if got := ours(v.t, h); got.exit != exitWhole {
		return "eakte-verify"
	}
	problems := 0
	if err := s.Check(v.t.Context(), func(string) { problems++ }); err != nil || problems > 0 {
		return "check"
	}
	return ""
}
