package boltstore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
)

// blocked holds the writer until the group behind it has gathered, then lets it run.
func blocked(t *testing.T, s *Store, group []func(archive.Tx) error) []error {
	t.Helper()
	hold, held := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	var once sync.Once
	wg.Go(func() {
		if err := s.Update(context.Background(), func(archive.Tx) error {
			once.Do(func() { close(held) })
			<-hold
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
	<-held
	errs := make([]error, len(group))
	for i, fn := range group {
		wg.Go(func() { errs[i] = s.Update(context.Background(), fn) })
		for len(s.queue) <= i { // keep the order
			continue
		}
	}
	close(hold)
	wg.Wait()
	return errs
}

var errTest = errors.New("test")

func TestGroupsShareACommit(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	put := func(name string, err error) func(archive.Tx) error {
		return func(tx archive.Tx) error { return errors.Join(tx.PutSetting(name, []byte{1}), err) }
	}
	writes := func() int64 {
		stats := s.db.Load().Stats().TxStats
		return stats.GetWrite()
	}
	before := writes()
	group := make([]func(archive.Tx) error, 40)
	for i := range group {
		group[i] = put(fmt.Sprint("together ", i), nil)
	}
	blocked(t, s, group)
	together := writes() - before
	before = writes()
	for i := range group {
		if err := s.Update(context.Background(), put(fmt.Sprint("alone ", i), nil)); err != nil {
			t.Fatal(err)
		}
	}
	if alone := writes() - before; together*10 > alone {
		t.Errorf("40 waiting updates write %d times, one by one %d times", together, alone)
	}
}

func TestFailuresInAGroup(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	const n = 30
	var runs [n]atomic.Int32
	group := make([]func(archive.Tx) error, n)
	for i := range group {
		group[i] = func(tx archive.Tx) error {
			runs[i].Add(1)
			switch i % 5 {
			case 1:
				return errTest // nothing written
			case 3:
				return errors.Join(tx.PutSetting(fmt.Sprint(i), nil), errTest)
			case 4:
				if i == 14 {
					panic("in a group")
				}
			}
			return tx.PutSetting(fmt.Sprint(i), []byte{1})
		}
	}
	errs := blocked(t, s, group)
	for i, err := range errs {
		fails := i%5 == 1 || i%5 == 3 || i == 14
		_, there := s.setting(t, fmt.Sprint(i))
		if (err != nil) != fails || there == fails {
			t.Errorf("update %d answered %v and left something: %v", i, err, there)
		}
		if got := runs[i].Load(); got > 8 {
			t.Errorf("update %d ran %d times", i, got)
		}
	}
	if !errors.Is(errs[14], errPanic) {
		t.Errorf("a panic answers %v", errs[14])
	}
}

func (s *Store) setting(t *testing.T, name string) ([]byte, bool) {
	t.Helper()
	var value []byte
	err := s.View(context.Background(), func(r archive.Reader) (err error) {
		value, err = r.Setting(name)
		return err
	})
	if err != nil && !errors.Is(err, archive.ErrNotFound) {
		t.Error(err)
	}
	return value, err == nil
}

// TestAnswerMeansDurable reads, after each answer, what another process would find in the file.
func TestAnswerMeansDurable(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	for i := range 20 {
		name := fmt.Sprint(i)
		if err := s.Update(context.Background(), func(tx archive.Tx) error { return tx.PutSetting(name, []byte{1}) }); err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), "copy.db")
		copyFile(t, filepath.Join(f.dir, "meta.db"), copied)
		db, err := bolt.Open(copied, 0o600, &bolt.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		err = db.View(func(tx *bolt.Tx) error {
			if tx.Bucket([]byte(bSetting)).Get(word(name)) == nil {
				return fmt.Errorf("update %d was answered and isn't in the file", i)
			}
			return nil
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReserveIsForTheTrail(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t, func(c *Config) { c.Reserve = 1 << 60 })
	ctx := context.Background()
	p := archive.Person{ID: archive.NewID[archive.PersonID](), Revision: 1}
	for name, fn := range map[string]func(archive.Tx) error{
		"person":  func(tx archive.Tx) error { return tx.PutPerson(p) },
		"intent":  func(tx archive.Tx) error { return tx.Announce(archive.Intent{}) },
		"job":     func(tx archive.Tx) error { return tx.Enqueue(archive.Job{}) },
		"setting": func(tx archive.Tx) error { return tx.PutSetting("x", nil) },
		"number":  func(tx archive.Tx) error { _, err := tx.NextNumber("33.11", 2026); return err },
	} {
		err := s.Update(ctx, func(tx archive.Tx) error { return errors.Join(tx.Record(search(f)), fn(tx)) })
		if !errors.Is(err, archive.ErrFull) {
			t.Errorf("%s with the reserve alone left: %v, want %v", name, err, archive.ErrFull)
		}
	}
	record(t, f, s, 3)
	if err := s.Indexed(ctx, 5); err != nil {
		t.Errorf("indexed: %v", err)
	}
	if err := s.Update(ctx, func(tx archive.Tx) error {
		return tx.PutSession(archive.Session{User: archive.NewID[archive.UserID](), Expires: f.clock.Now()})
	}); err != nil {
		t.Errorf("session: %v", err)
	}
	if err := full(fmt.Errorf("x: %w", syscall.ENOSPC)); !errors.Is(err, archive.ErrFull) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk is %v", err)
	}
}
