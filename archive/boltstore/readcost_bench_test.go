package boltstore

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// BenchmarkReadEvent has 50 readers record that they read, without a pause and with 10 ms for the reading itself,
// and reports how long 95 of 100 events took until they were on disk: what a recorded look costs on top of the look.
func BenchmarkReadEvent(b *testing.B) {
	for name, pause := range map[string]time.Duration{"without pause": 0, "10 ms between": 10 * time.Millisecond} {
		b.Run(name, func(b *testing.B) {
			f := openFolder(b, b.TempDir())
			s := f.open(b)
			akte := fill(b, f, s, 0)
			took := manyReaders(b, pause, func() error {
				e := search(f)
				e.Op, e.Akten = audit.OpDocumentRead, []string{string(akte)}
				return s.Update(context.Background(), func(tx archive.Tx) error { return tx.Record(e) })
			})
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

// manyReaders lets 50 read together and returns how long each record took, the shortest first.
func manyReaders(b *testing.B, pause time.Duration, record func() error) (took []time.Duration) {
	b.Helper()
	const readers = 50
	var mu sync.Mutex
	var wg sync.WaitGroup
	b.ResetTimer()
	for range readers {
		wg.Go(func() {
			var own []time.Duration
			for range b.N/readers + 1 {
				time.Sleep(pause)
				start := time.Now()
				if err := record(); err != nil {
					b.Error(err)
				}
				own = append(own, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	wg.Wait()
	slices.Sort(took)
	return took
}
