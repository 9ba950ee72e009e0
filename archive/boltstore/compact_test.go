package boltstore

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
)

// TestCompactLeavesNothingDeleted looks for what was sealed in a document's record, which free pages keep until then, while
// others read and write.
func TestCompactLeavesNothingDeleted(t *testing.T) {
	f := openFolder(t, t.TempDir())
	s := f.open(t)
	id := fill(t, f, s, 40)
	var sealed [][]byte
	if err := s.look(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(bDocument)).ForEach(func(_, value []byte) error {
			sealed = append(sealed, bytes.Clone(value[len(value)-32:]))
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
	left := func() (n int) {
		data, err := os.ReadFile(filepath.Join(f.dir, "meta.db"))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range sealed {
			n += bytes.Count(data, part)
		}
		return n
	}
	// The erasure's own steps: records go, the Akte's key stays.
	if err := s.submit(&update{ctx: t.Context(), house: true, fn: func(tx *transaction) error {
		var e archive.Erasure
		e.Akte = id
		_, err := tx.eraseDocuments(&e, 40)
		return err
	}}); err != nil {
		t.Fatal(err)
	}
	if left() == 0 {
		t.Fatal("nothing is left before: the test shows nothing")
	}
	var busy sync.WaitGroup
	stop := make(chan struct{})
	busy.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				change(t, s, func(tx archive.Tx) error { return tx.Record(search(f)) })
			}
		}
	})
	if err := s.View(t.Context(), func(r archive.Reader) error {
		done := make(chan error, 1)
		go func() { done <- s.Compact(t.Context()) }()
		for range 50 { // one that reads the former file keeps it until it has ended
			if _, err := r.Akte(id); err != nil {
				return err
			}
			if err := s.View(t.Context(), func(r archive.Reader) error { _, err := r.Akte(id); return err }); err != nil {
				return err
			}
		}
		go func() {
			if err := <-done; err != nil {
				t.Error(err)
			}
			close(stop)
		}()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	busy.Wait()
	if n := left(); n != 0 {
		t.Errorf("%d sealed parts of what was deleted are left", n)
	}
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check: %v", found)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = f.open(t)
	defer s.Close()
	if found := problems(t, s); len(found) > 0 {
		t.Errorf("check after a restart: %v", found)
	}
}
