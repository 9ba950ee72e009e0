package fsblob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"eakte/archive/blob"
	"eakte/archive/blob/fsblob"
	"eakte/archive/blob/seal"
)

// BenchmarkDurableUpload measures receiving, sealing, hashing and committing against its
// limit: SHA-256, write and fsync of the same bytes, one after another. Rounds of the two
// alternate; the ratio is that of the medians.
func BenchmarkDurableUpload(b *testing.B) {
	for _, c := range []struct {
		name            string
		size            int
		clients, upload int // uploads a round
		want            float64
	}{
		{"200KB/16", 200 << 10, 16, 96, 1.5},
		{"2MB/1", 2 << 20, 1, 12, 0.8},
		{"2MB/4", 2 << 20, 4, 24, 1.1},
		{"64MB/1", 64 << 20, 1, 2, 0.8},
		{"64MB/4", 64 << 20, 4, 4, 1.1},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkUpload(b, c.size, c.clients, c.upload, c.want) })
	}
}

func benchmarkUpload(b *testing.B, size, clients, uploads int, want float64) {
	dir := b.TempDir()
	engine, err := fsblob.Open(filepath.Join(dir, "objects"))
	if err != nil {
		b.Fatal(err)
	}
	store := seal.New(engine)
	defer store.Close()
	limitDir := filepath.Join(dir, "limit")
	if err := os.Mkdir(limitDir, 0o700); err != nil {
		b.Fatal(err)
	}
	data := make([]byte, size)
	rand.Read(data)

	var ours, limit []float64 // MB/s of each round
	mb := float64(size) * float64(uploads) / 1e6
	upload := func() {
		refs := uploadRound(b, store, data, clients, uploads)
		for _, r := range refs {
			if err := store.Delete(context.Background(), r); err != nil {
				b.Fatal(err)
			}
		}
	}
	upload()
	for b.Loop() {
		start := time.Now()
		refs := uploadRound(b, store, data, clients, uploads)
		ours = append(ours, mb/time.Since(start).Seconds())
		for _, r := range refs {
			if err := store.Delete(context.Background(), r); err != nil {
				b.Fatal(err)
			}
		}
		start = time.Now()
		limitRound(b, limitDir, data, uploads)
		limit = append(limit, mb/time.Since(start).Seconds())
		if err := errorsOfRemoving(limitDir); err != nil {
			b.Fatal(err)
		}
	}
	slices.Sort(ours)
	slices.Sort(limit)
	o, l := ours[len(ours)/2], limit[len(limit)/2]
	b.ReportMetric(o, "MB/s")
	b.ReportMetric(l, "limit-MB/s")
	b.ReportMetric(o/l, "ratio")
	b.ReportMetric(want, "wanted-ratio")
	b.ReportMetric(0, "ns/op")
}

// uploadRound stores data uploads times with so many clients at once.
func uploadRound(b *testing.B, store *seal.Store, data []byte, clients, uploads int) []blob.Ref {
	refs := make([]blob.Ref, uploads)
	for i := range refs {
		refs[i] = blob.NewRef()
	}
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := c; i < uploads; i += clients {
				got, err := store.Receive(context.Background(), refs[i], seal.NewKey(), bytes.NewReader(data), -1)
				if err == nil {
					err = got.Commit(context.Background())
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return refs
}

// limitRound does what no durable upload can do without, in the plainest way.
func limitRound(b *testing.B, dir string, data []byte, uploads int) {
	for i := range uploads {
		sum := sha256.Sum256(data)
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%d-%x", i, sum[:4])))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func errorsOfRemoving(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Mkdir(dir, 0o700)
}
