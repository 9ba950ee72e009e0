package keyring_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"

	"eakte/archive/blob"
	"eakte/archive/blob/seal"
	"eakte/archive/keyring"
)

func open(t testing.TB, path string, master seal.Key) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(path, master)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func reopen(t testing.TB, r *keyring.Ring, path string, master seal.Key) *keyring.Ring {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, path, master)
}

func create(t testing.TB, r *keyring.Ring, name string) seal.Key {
	t.Helper()
	k, err := r.Create(t.Context(), name)
	if err != nil || k.IsZero() {
		t.Fatalf("create %s: %v", name, err)
	}
	return k
}

// has checks that name has the key want.
func has(t testing.TB, r *keyring.Ring, name string, want seal.Key) {
	t.Helper()
	if got, err := r.Key(t.Context(), name); err != nil || got != want {
		t.Errorf("key %s: %v, or another key", name, err)
	}
}

func destroyed(t testing.TB, r *keyring.Ring, name string) {
	t.Helper()
	if k, err := r.Key(t.Context(), name); !errors.Is(err, keyring.ErrDestroyed) || !errors.Is(err, keyring.ErrNoKey) || !k.IsZero() {
		t.Errorf("key %s: %v, want ErrDestroyed, which is ErrNoKey", name, err)
	}
	if k, err := r.Create(t.Context(), name); !errors.Is(err, keyring.ErrDestroyed) || !k.IsZero() {
		t.Errorf("create %s: %v, want ErrDestroyed", name, err)
	}
}

func TestKeysLastAndDiffer(t *testing.T) {
	path, master := filepath.Join(t.TempDir(), "keys.db"), seal.NewKey()
	r := open(t, path, master)
	keys := make(map[seal.Key]string)
	for _, name := range []string{"akte/1", "akte/2", "person/1", "basket/AUF", "year/2026"} {
		if _, err := r.Key(t.Context(), name); !errors.Is(err, keyring.ErrNoKey) || errors.Is(err, keyring.ErrDestroyed) {
			t.Errorf("unknown %s: %v, want ErrNoKey alone", name, err)
		}
		k := create(t, r, name)
		if other, twice := keys[k]; twice {
			t.Errorf("%s and %s have one key", name, other)
		}
		keys[k] = name
		if again := create(t, r, name); again != k {
			t.Errorf("%s: a second create gives another key", name)
		}
	}
	lookup := r.LookupKey()
	if lookup.IsZero() || keys[lookup] != "" || lookup == master {
		t.Error("lookup key isn't one of its own")
	}
	r = reopen(t, r, path, master)
	for k, name := range keys {
		has(t, r, name, k)
	}
	if r.LookupKey() != lookup {
		t.Error("another lookup key after opening anew")
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

func TestDestroyedKeyIsGoneForGood(t *testing.T) {
	path, master := filepath.Join(t.TempDir(), "keys.db"), seal.NewKey()
	r := open(t, path, master)
	kept := create(t, r, "akte/kept")
	var wrapped [][]byte
	for i := range 300 {
		create(t, r, fmt.Sprintf("akte/%d", i))
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"akte/7", "akte/299"} {
		wrapped = append(wrapped, record(t, path, name)[9:])
	}
	old, err := os.Open(path) // the old file outlives its name here
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if n := contained(t, path, wrapped); n != 2 {
		t.Fatalf("%d wrapped keys are found in the file before, want 2", n)
	}

	r = open(t, path, master)
	if _, err := r.Key(t.Context(), "akte/7"); err != nil { // it is in memory now
		t.Fatal(err)
	}
	if err := r.Destroy(t.Context(), "akte/7", "akte/299", "akte/never"); err != nil {
		t.Fatal(err)
	}
	if n := contained(t, path, wrapped); n != 0 {
		t.Errorf("%d destroyed keys are in the file when Destroy returns", n)
	}
	if err := r.Destroy(t.Context(), "akte/7"); err != nil {
		t.Errorf("destroy again: %v", err)
	}
	check := func() {
		t.Helper()
		for _, name := range []string{"akte/7", "akte/299", "akte/never"} {
			destroyed(t, r, name)
		}
		has(t, r, "akte/kept", kept)
		create(t, r, "akte/8")
	}
	check()
	r = reopen(t, r, path, master)
	check()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if n := contained(t, path, wrapped); n != 0 {
		t.Errorf("%d destroyed keys are still in the file", n)
	}
	if content, err := os.ReadFile(fmt.Sprintf("/proc/self/fd/%d", old.Fd())); err == nil && len(bytes.Trim(content, "\x00")) > 0 {
		t.Error("the old file isn't overwritten")
	}
	if left, _ := filepath.Glob(path + "?*"); len(left) > 0 {
		t.Errorf("files %q remain", left)
	}
}

// TestCutShortDestroyIsFinished leaves the file as a crash between mark and rewriting
// would: marked, with the old record still in a free page.
func TestCutShortDestroyIsFinished(t *testing.T) {
	path, master := filepath.Join(t.TempDir(), "keys.db"), seal.NewKey()
	r := open(t, path, master)
	kept := create(t, r, "akte/kept")
	create(t, r, "akte/gone")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	wrapped := [][]byte{record(t, path, "akte/gone")[9:]}
	edit(t, path, func(tx *bbolt.Tx) error {
		return errors.Join(
			tx.Bucket([]byte("key")).Put([]byte("akte/gone"), []byte{2, 0, 0, 0, 0, 0, 0, 0, 9}),
			tx.Bucket([]byte("meta")).Put([]byte("dirty"), []byte{1}))
	})
	if err := os.WriteFile(path+".new", []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if contained(t, path, wrapped) != 1 {
		t.Fatal("the old record isn't in a free page; the test shows nothing")
	}
	r = open(t, path, master)
	destroyed(t, r, "akte/gone")
	has(t, r, "akte/kept", kept)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if contained(t, path, wrapped) != 0 {
		t.Error("the old record is still in the file")
	}
}

func edit(t *testing.T, path string, f func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(f), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func record(t *testing.T, path, name string) (value []byte) {
	t.Helper()
	edit(t, path, func(tx *bbolt.Tx) error {
		value = bytes.Clone(tx.Bucket([]byte("key")).Get([]byte(name)))
		return nil
	})
	return value
}

func contained(t *testing.T, path string, pieces [][]byte) (n int) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pieces {
		if bytes.Contains(content, p) {
			n++
		}
	}
	return n
}

func TestRewrap(t *testing.T) {
	path, from, to := filepath.Join(t.TempDir(), "keys.db"), seal.NewKey(), seal.NewKey()
	r := open(t, path, from)
	keys := make(map[string]seal.Key)
	for i := range 50 {
		name := fmt.Sprintf("person/%d", i)
		keys[name] = create(t, r, name)
	}
	if err := r.Destroy(t.Context(), "person/gone"); err != nil {
		t.Fatal(err)
	}
	lookup := r.LookupKey()
	if err := r.Rewrap(t.Context(), seal.Key{}); !errors.Is(err, seal.ErrZeroKey) {
		t.Errorf("rewrap to nothing: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Rewrap(ended, to); !errors.Is(err, context.Canceled) {
		t.Errorf("rewrap too late: %v", err)
	}
	r = reopen(t, r, path, from)
	if err := r.Rewrap(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	keys["akte/later"] = create(t, r, "akte/later")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Open(path, from); !errors.Is(err, keyring.ErrMaster) {
		t.Errorf("open with the old master key: %v, want ErrMaster", err)
	}
	r = open(t, path, to)
	for name, k := range keys {
		has(t, r, name, k)
	}
	destroyed(t, r, "person/gone")
	if r.LookupKey() != lookup {
		t.Error("the lookup key changed")
	}
}

// TestKeysCantBeExchanged gives one name another's record.
func TestKeysCantBeExchanged(t *testing.T) {
	path, master := filepath.Join(t.TempDir(), "keys.db"), seal.NewKey()
	r := open(t, path, master)
	create(t, r, "akte/1")
	create(t, r, "akte/2")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	other := record(t, path, "akte/2")
	for name, value := range map[string][]byte{"another's record": other, "cut": other[:20], "empty": {}, "odd state": append([]byte{7}, other[1:]...)} {
		edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("key")).Put([]byte("akte/1"), value) })
		r = open(t, path, master)
		if _, err := r.Key(t.Context(), "akte/1"); !errors.Is(err, blob.ErrCorrupt) {
			t.Errorf("%s: %v, want ErrCorrupt", name, err)
		}
		if _, err := r.Create(t.Context(), "akte/1"); !errors.Is(err, blob.ErrCorrupt) {
			t.Errorf("%s, create: %v, want ErrCorrupt: a damaged key isn't made anew", name, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	path, master := filepath.Join(t.TempDir(), "keys.db"), seal.NewKey()
	r := open(t, path, master)
	var mu sync.Mutex
	keys := make(map[string]seal.Key)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 20 {
				name := fmt.Sprintf("akte/%d", (i/2*20+j)%100) // several want the same one
				k, err := r.Create(context.Background(), name)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if first, found := keys[name]; found && first != k {
					t.Errorf("%s has two keys", name)
				}
				keys[name] = k
				mu.Unlock()
			}
		})
	}
	wg.Go(func() {
		for i := range 5 {
			if err := r.Destroy(context.Background(), fmt.Sprintf("year/%d", 2000+i)); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	r = reopen(t, r, path, master)
	for name, k := range keys {
		has(t, r, name, k)
	}
}

func TestList(t *testing.T) {
	r := open(t, filepath.Join(t.TempDir(), "keys.db"), seal.NewKey())
	var wg sync.WaitGroup
	for i := range 1500 { // more than one batch
		wg.Go(func() {
			if _, err := r.Create(context.Background(), fmt.Sprintf("akte/%04d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	create(t, r, "person/1")
	if err := r.Destroy(t.Context(), "akte/0003"); err != nil {
		t.Fatal(err)
	}
	for prefix, want := range map[string]int{"": 1501, "akte/": 1500, "person/": 1, "year/": 0} {
		n, gone, last := 0, 0, ""
		err := r.List(t.Context(), prefix, func(e keyring.Entry) error {
			if e.Name <= last || e.At.IsZero() {
				t.Errorf("%q after %q, at %v", e.Name, last, e.At)
			}
			if e.Destroyed != (e.Name == "akte/0003") {
				t.Errorf("%s: destroyed %t", e.Name, e.Destroyed)
			}
			if e.Destroyed {
				gone++
			}
			n, last = n+1, e.Name
			return nil
		})
		if err != nil || n != want {
			t.Errorf("prefix %q: %d names, %v; want %d", prefix, n, err, want)
		}
	}
	stop := errors.New("stop")
	if err := r.List(t.Context(), "", func(keyring.Entry) error { return stop }); err != stop {
		t.Errorf("stopped list: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	path, master := filepath.Join(t.TempDir(), "keys.db"), seal.NewKey()
	r := open(t, path, master)
	for _, name := range []string{"", "akte", "akte/", "/1", "Akte/1", "akte/1/2", "akte/../x", "akte/ü", "akte/1\n", "akte/" + strings.Repeat("1", 129)} {
		if _, err := r.Create(t.Context(), name); !errors.Is(err, keyring.ErrBadName) {
			t.Errorf("create %q: %v, want ErrBadName", name, err)
		}
		if _, err := r.Key(t.Context(), name); !errors.Is(err, keyring.ErrBadName) {
			t.Errorf("key %q: %v, want ErrBadName", name, err)
		}
		if err := r.Destroy(t.Context(), "akte/1", name); !errors.Is(err, keyring.ErrBadName) {
			t.Errorf("destroy %q: %v, want ErrBadName", name, err)
		}
	}
	create(t, r, "akte/1") // the refused calls have not destroyed it
	if _, err := keyring.Open(path, master); !errors.Is(err, blob.ErrLocked) {
		t.Errorf("second open: %v, want ErrLocked", err)
	}
	if _, err := keyring.Open(path+"2", seal.Key{}); !errors.Is(err, seal.ErrZeroKey) {
		t.Errorf("open without a master key: %v, want ErrZeroKey", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Open(path, seal.NewKey()); !errors.Is(err, keyring.ErrMaster) {
		t.Errorf("open with another master key: %v, want ErrMaster", err)
	}
	edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte{9}) })
	if _, err := keyring.Open(path, master); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("open of a later format: %v", err)
	}
}
