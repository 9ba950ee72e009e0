package audit_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"eakte/archive/audit"
	"eakte/archive/audit/verify"
)

// boltStore is the smallest engine on a real database, to measure and to see that what
// Put is given stays untouched.
type boltStore struct{ db *bbolt.DB }

type boltReader struct {
	buckets map[audit.Bucket]*bbolt.Bucket
}

type boltTx struct{ boltReader }

func newReader(tx *bbolt.Tx) boltReader {
	r := boltReader{map[audit.Bucket]*bbolt.Bucket{}}
	for _, b := range audit.Buckets() {
		r.buckets[b] = tx.Bucket([]byte(b))
		r.buckets[b].FillPercent = 1
	}
	return r
}

func (r boltReader) Get(b audit.Bucket, key []byte) ([]byte, error) {
	return r.buckets[b].Get(key), nil
}

func (t boltTx) Put(b audit.Bucket, key, value []byte) error {
	return t.buckets[b].Put(key, value)
}

func (s boltStore) View(_ context.Context, fn func(audit.Getter) error) error {
	return s.db.View(func(tx *bbolt.Tx) error { return fn(newReader(tx)) })
}

func (s boltStore) Update(fn func(audit.Tx) error) error {
	return s.db.Update(func(tx *bbolt.Tx) error { return fn(boltTx{newReader(tx)}) })
}

func openBolt(t testing.TB) boltStore {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(t.TempDir(), "meta.db"), 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, b := range audit.Buckets() {
			if _, err := tx.CreateBucket([]byte(b)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return boltStore{db}
}

// fill appends n events in transactions of size each.
func fill(t testing.TB, l audit.Log, s boltStore, keys audit.Keys, n, size int) {
	t.Helper()
	for from := 0; from < n; from += size {
		err := s.Update(func(tx audit.Tx) error {
			w, err := l.Begin(tx, keys)
			for i := from; i < min(from+size, n) && err == nil; i++ {
				_, err = w.Append(t.Context(), event(i, noon.Add(time.Duration(i)*time.Millisecond)))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRealDatabase(t *testing.T) {
	l, s, keys := newLog(t), openBolt(t), &memKeys{}
	signer := newSigner(t, l)
	fill(t, l, s, keys, 700, 13)
	dir := filepath.Join(t.TempDir(), "export")
	if err := l.Export(t.Context(), s, dir, audit.ExportOptions{Signer: signer, Details: keys}); err != nil {
		t.Fatal(err)
	}
	if r := mustVerify(t, dir, signer, nil); r.Shards[0].Entries != 701 || r.Shards[0].Details < 250 {
		t.Errorf("report %+v", r.Shards)
	}
}

type pair struct {
	bucket     audit.Bucket
	key, value []byte
}

// stored returns what lies under the places given in the buckets leaf and detail.
func stored(t testing.TB, s boltStore, places []audit.Position) (out []pair) {
	t.Helper()
	err := s.View(t.Context(), func(g audit.Getter) error {
		for _, p := range places {
			key := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, uint32(p.Year)), uint64(p.Seq))
			for _, b := range []audit.Bucket{audit.BucketLeaf, audit.BucketDetail} {
				if v, err := g.Get(b, key); err != nil {
					return err
				} else if v != nil {
					out = append(out, pair{b, key, bytes.Clone(v)})
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// BenchmarkAppend measures events a second through transactions of 1 and 64 events
// beside the limit: bbolt committing the bytes of the leaves and details alone, under
// the same keys, in transactions of the same size.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 64} {
		b.Run(fmt.Sprintf("group=%d", size), func(b *testing.B) {
			l, s, limit, keys := newLog(b), openBolt(b), openBolt(b), &memKeys{}
			fill(b, l, s, keys, 1000, 64)
			var ours, bare time.Duration
			events, i := 0, 1000
			for b.Loop() {
				made := make([]audit.Event, size)
				for j := range made {
					made[j] = event(i, noon)
					i++
				}
				places := make([]audit.Position, size)
				begin := time.Now()
				err := s.Update(func(tx audit.Tx) error {
					w, err := l.Begin(tx, keys)
					for j := range made {
						if err == nil {
							places[j], err = w.Append(b.Context(), made[j])
						}
					}
					return err
				})
				ours += time.Since(begin)
				if err != nil {
					b.Fatal(err)
				}
				pairs := stored(b, s, places)
				begin = time.Now()
				err = limit.Update(func(tx audit.Tx) error {
					for _, p := range pairs {
						if err := tx.Put(p.bucket, p.key, p.value); err != nil {
							return err
						}
					}
					return nil
				})
				bare += time.Since(begin)
				if err != nil {
					b.Fatal(err)
				}
				events += size
			}
			b.ReportMetric(float64(events)/ours.Seconds(), "events/s")
			b.ReportMetric(float64(events)/bare.Seconds(), "limit/s")
			b.ReportMetric(bare.Seconds()/ours.Seconds(), "ratio")
		})
	}
}

// BenchmarkVerify measures exporting and verifying a log of a million events.
func BenchmarkVerify(b *testing.B) {
	const n = 1_000_000
	l, s, keys := newLog(b), openBolt(b), &memKeys{}
	s.db.NoSync = true
	signer := newSigner(b, l)
	begin := time.Now()
	fill(b, l, s, keys, n, 10_000)
	b.Logf("append: %v", time.Since(begin))
	dir := filepath.Join(b.TempDir(), "export")
	begin = time.Now()
	if err := l.Export(b.Context(), s, dir, audit.ExportOptions{Signer: signer}); err != nil {
		b.Fatal(err)
	}
	b.Logf("export: %v", time.Since(begin))
	for b.Loop() {
		r, err := verify.Dir(b.Context(), dir, verify.Options{VKey: signer.VKey()})
		if err != nil || !r.OK() || r.Shards[0].Entries != n+1 {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/1Mevents")
}

// BenchmarkSealing measures an append without a database: encoding, sealing, hashing.
func BenchmarkSealing(b *testing.B) {
	l, keys := newLog(b), &memKeys{}
	tx := nullTx{}
	w, err := l.Begin(tx, keys)
	if err != nil {
		b.Fatal(err)
	}
	made := make([]audit.Event, 1000)
	for i := range made {
		made[i] = event(i, noon)
	}
	i := 0
	for b.Loop() {
		if _, err := w.Append(b.Context(), made[i%len(made)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// nullTx keeps hashes only, as an append may read them.
type nullTx map[uint64][]byte

func (n nullTx) Get(b audit.Bucket, key []byte) ([]byte, error) {
	if b == audit.BucketHash {
		return n[binary.BigEndian.Uint64(key[4:])], nil
	}
	return nil, nil
}

func (n nullTx) Put(b audit.Bucket, key, value []byte) error {
	if b == audit.BucketHash {
		n[binary.BigEndian.Uint64(key[4:])] = value
	}
	return nil
}
