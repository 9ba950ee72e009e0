package boltstore

import (
	"context"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
	"eakte/archive/audit"
)

// clients is how many write at once in the benchmarks of groups.
const clients = 64

// together runs fn from many goroutines, b.N times in all.
func together(b *testing.B, fn func(n uint64)) {
	b.Helper()
	var wg sync.WaitGroup
	work := make(chan uint64, clients)
	for range clients {
		wg.Go(func() {
			for n := range work {
				fn(n)
			}
		})
	}
	b.ResetTimer()
	for n := range uint64(b.N) {
		work <- n
	}
	close(work)
	wg.Wait()
}

// plainDB is bbolt without anything of ours, beside the store it is compared with.
func plainDB(b *testing.B) *bolt.DB {
	b.Helper()
	db, err := bolt.Open(filepath.Join(b.TempDir(), "plain.db"), 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType, InitialMmapSize: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if err := db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucket([]byte("b"))
		return err
	}); err != nil {
		b.Fatal(err)
	}
	return db
}

// BenchmarkWrite compares one update of 200 bytes a commit in bbolt with the store's, alone and from
// many clients at once.
func BenchmarkWrite(b *testing.B) {
	value := make([]byte, 200)
	b.Run("bbolt/alone", func(b *testing.B) {
		db := plainDB(b)
		for n := uint64(0); b.Loop(); n++ {
			if err := db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte("b")).Put(u64(n), value) }); err != nil {
				b.Fatal(err)
			}
		}
	})
	put := func(b *testing.B, s *Store, n uint64) {
		err := s.Update(context.Background(), func(tx archive.Tx) error { return tx.PutSetting(u64x(n), value) })
		if err != nil {
			b.Error(err)
		}
	}
	b.Run("store/alone", func(b *testing.B) {
		s := openFolder(b, b.TempDir()).open(b)
		for n := uint64(0); b.Loop(); n++ {
			put(b, s, n)
		}
	})
	b.Run("store/64 clients", func(b *testing.B) {
		s := openFolder(b, b.TempDir()).open(b)
		together(b, func(n uint64) { put(b, s, n) })
	})
}

// u64x is a number as text.
func u64x(n uint64) string { return strconv.FormatUint(n, 36) }

// BenchmarkTrail compares events, sealed details and hashes included, with a group commit of bbolt of
// as many bytes in as many keys.
func BenchmarkTrail(b *testing.B) {
	b.Run("bbolt/64 clients", func(b *testing.B) { benchmarkPlainTrail(b) })
	for _, detail := range []bool{false, true} {
		name := map[bool]string{false: "store/64 clients", true: "store/64 clients, detail"}[detail]
		b.Run(name, func(b *testing.B) {
			f := openFolder(b, b.TempDir())
			s := f.open(b)
			akte := fill(b, f, s, 0)
			together(b, func(uint64) {
				e := search(f)
				e.Akten = []string{string(akte)}
				if detail {
					e.Detail = &audit.Detail{Shared: map[string]any{"words": "Kirschbaum am Teich", "hits": 12}}
				}
				if err := s.Update(context.Background(), func(tx archive.Tx) error { return tx.Record(e) }); err != nil {
					b.Error(err)
				}
			})
		})
	}
}

// benchmarkPlainTrail puts what an event is on disk, about 450 bytes in six keys, by a queue like the
// store's.
func benchmarkPlainTrail(b *testing.B) {
	db := plainDB(b)
	type put struct {
		n    uint64
		done chan struct{}
	}
	queue := make(chan put, clients)
	go func() {
		for p := range queue {
			group := []put{p}
			for more := true; more && len(group) < groupLimit; {
				select {
				case q := <-queue:
					group = append(group, q)
				default:
					more = false
				}
			}
			err := db.Update(func(tx *bolt.Tx) error {
				bucket := tx.Bucket([]byte("b"))
				for _, p := range group {
					for k, size := range []int{300, 32, 1, 1, 24, 90} {
						if err := bucket.Put(append([]byte{byte(k)}, u64(p.n)...), make([]byte, size)); err != nil {
							return err
						}
					}
				}
				return nil
			})
			if err != nil {
				b.Error(err)
			}
			for _, p := range group {
				close(p.done)
			}
		}
	}()
	together(b, func(n uint64) {
		p := put{n, make(chan struct{})}
		queue <- p
		<-p.done
	})
	close(queue)
}

// BenchmarkList compares a page of 50, the first and the last of an Akte with 500 documents, and all
// of them, with a cursor over the same rows.
func BenchmarkList(b *testing.B) {
	f := openFolder(b, b.TempDir())
	s := f.open(b)
	akte := fill(b, f, s, 500)
	read := func(b *testing.B, after archive.Position, limit int) (at archive.Position) {
		err := s.View(context.Background(), func(r archive.Reader) error {
			n := 0
			for row, err := range r.Documents(akte, "identitaet", after) {
				if err != nil {
					return err
				}
				if n++; n == limit {
					at = row.After
					return nil
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		return at
	}
	last := read(b, "", 450)
	b.Run("bbolt/500 rows", func(b *testing.B) {
		for b.Loop() {
			rawRows(b, s, akte)
		}
	})
	b.Run("store/500 rows", func(b *testing.B) {
		for b.Loop() {
			read(b, "", 500)
		}
	})
	b.Run("store/first page of 50", func(b *testing.B) {
		for b.Loop() {
			read(b, "", 50)
		}
	})
	b.Run("store/last page of 50", func(b *testing.B) {
		for b.Loop() {
			read(b, last, 50)
		}
	})
}

// rawRows reads the same keys and records without looking into them.
func rawRows(b *testing.B, s *Store, akte archive.AkteID) {
	err := s.db.Load().View(func(tx *bolt.Tx) error {
		list, records := tx.Bucket([]byte(bDocumentList)), tx.Bucket([]byte(bDocument))
		prefix, n := anyID(string(akte)), 0
		c := list.Cursor()
		for k, _ := c.Seek(prefix); k != nil; k, _ = c.Next() {
			if records.Get(k[len(k)-idSize:]) != nil {
				n++
			}
		}
		if n != 500 {
			b.Fatalf("%d rows", n)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
