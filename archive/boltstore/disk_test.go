package boltstore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"eakte/archive"
)

// TestFullDisk fills a small file system: with the reserve alone left changes are refused and events
// go on; with nothing left both fail with the one error, nothing stored is lost, and when there is
// room again all goes on.
func TestFullDisk(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=32m"); err != nil {
		t.Skipf("no small file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(small, 0); err != nil {
			t.Error(err)
		}
	})
	f := openFolder(t, t.TempDir())
	s := f.open(t, func(c *Config) { c.Path, c.Reserve = filepath.Join(small, "meta.db"), 4<<20 })
	ballast := filepath.Join(small, "ballast")
	setting := func(name string) error {
		return s.Update(context.Background(), func(tx archive.Tx) error { return tx.PutSetting(name, make([]byte, 4096)) })
	}
	event := func() error {
		return s.Update(context.Background(), func(tx archive.Tx) error { return tx.Record(search(f)) })
	}
	if err := errors.Join(setting("before"), event()); err != nil {
		t.Fatal(err)
	}
	weigh(t, ballast, small, 2<<20)
	if err := setting("reserve"); !errors.Is(err, archive.ErrFull) {
		t.Errorf("a change out of the reserve: %v", err)
	}
	if err := event(); err != nil {
		t.Errorf("an event out of the reserve: %v", err)
	}
	weigh(t, ballast, small, 0)
	events := 1
	var err error
	for ; err == nil && events < 20_000; events++ {
		err = event()
	}
	if !errors.Is(err, archive.ErrFull) {
		t.Errorf("%d events on a full disk: %v", events, err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(setting("after"), event()); err != nil {
		t.Errorf("with room again: %v", err)
	}
	for _, name := range []string{"before", "after"} {
		if _, ok := s.setting(t, name); !ok {
			t.Errorf("setting %s is lost", name)
		}
	}
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check: %v", found)
	}
}

// weigh fills the file system with a file until only free bytes are left.
func weigh(t *testing.T, path, dir string, free int64) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	block := make([]byte, 4096)
	for {
		var st syscall.Statfs_t
		if err := syscall.Statfs(dir, &st); err != nil {
			t.Fatal(err)
		}
		if int64(st.Bavail)*st.Bsize <= free {
			return
		}
		if _, err := file.Write(block); errors.Is(err, syscall.ENOSPC) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestNothingTradesDurability looks for the switches of bbolt that do; no kill of a process would.
func TestNothingTradesDurability(t *testing.T) {
	s := openFolder(t, t.TempDir()).open(t)
	if s.db.Load().NoSync || s.db.Load().NoGrowSync || s.db.Load().NoFreelistSync {
		t.Errorf("NoSync %v, NoGrowSync %v, NoFreelistSync %v", s.db.Load().NoSync, s.db.Load().NoGrowSync, s.db.Load().NoFreelistSync)
	}
}
