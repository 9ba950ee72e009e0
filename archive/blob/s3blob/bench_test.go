package s3blob_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"eakte/archive/blob"
	"eakte/archive/blob/blobtest"
	"eakte/archive/blob/seal"
)

// BenchmarkUpload measures receiving, sealing, spooling and committing against its limit:
// a bare PutObject of the same bytes. Rounds of the two alternate; the ratio is that of
// the medians.
func BenchmarkUpload(b *testing.B) {
	server := blobtest.StartS3(b)
	bare, err := minio.New(server.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(server.AccessKey, server.SecretKey, ""), Region: "us-east-1"})
	if err != nil {
		b.Fatal(err)
	}
	store := seal.New(open(b, config(b, server)))
	defer store.Close()
	for _, c := range []struct {
		name         string
		size, rounds int
	}{{"200KB", 200 << 10, 20}, {"2MB", 2 << 20, 8}, {"16MB", 16 << 20, 2}} {
		b.Run(c.name, func(b *testing.B) {
			data := blobtest.Random(c.size)
			var ours, limit []float64
			mb := float64(c.size) * float64(c.rounds) / 1e6
			for b.Loop() {
				start := time.Now()
				for range c.rounds {
					got, err := store.Receive(b.Context(), blob.NewRef(), seal.NewKey(), bytes.NewReader(data), -1)
					if err == nil {
						err = got.Commit(b.Context())
					}
					if err != nil {
						b.Fatal(err)
					}
				}
				ours = append(ours, mb/time.Since(start).Seconds())
				start = time.Now()
				for range c.rounds {
					_, err := bare.PutObject(b.Context(), server.Bucket, "bare/"+string(blob.NewRef()), bytes.NewReader(data), int64(len(data)), minio.PutObjectOptions{})
					if err != nil {
						b.Fatal(err)
					}
				}
				limit = append(limit, mb/time.Since(start).Seconds())
			}
			slices.Sort(ours)
			slices.Sort(limit)
			o, l := ours[len(ours)/2], limit[len(limit)/2]
			b.ReportMetric(o, "MB/s")
			b.ReportMetric(l, "limit-MB/s")
			b.ReportMetric(o/l, "ratio")
			b.ReportMetric(0.7, "wanted-ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}
