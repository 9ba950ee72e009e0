package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"eakte/archive/blob"
	"eakte/archive/blob/blobtest"
	"eakte/archive/blob/fsblob"
	"eakte/archive/blob/s3blob"
)

// kept is where a server keeps all it has: in a folder, and its objects in a bucket if it has one.
type kept struct {
	data   string
	bucket *blobtest.S3
	admin  *minio.Client
}

// keptInBucket has a bucket of a real S3 server that keeps every version of what is overwritten or deleted.
func keptInBucket(t *testing.T) kept {
	t.Helper()
	server := blobtest.StartS3(t)
	admin, err := minio.New(server.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(server.AccessKey, server.SecretKey, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	server.Bucket = "versions"
	if err := admin.MakeBucket(t.Context(), server.Bucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := admin.EnableVersioning(t.Context(), server.Bucket); err != nil {
		t.Fatal(err)
	}
	return kept{data: t.TempDir(), bucket: &server, admin: admin}
}

// env is what the programs need to know.
func (k kept) env() []string {
	if k.bucket == nil {
		return nil
	}
	return []string{
		"EAKTE_BLOBS=s3://" + k.bucket.Bucket + "?secure=false&endpoint=" + k.bucket.Endpoint,
		"EAKTE_S3_ACCESS_KEY=" + k.bucket.AccessKey, "EAKTE_S3_SECRET_KEY=" + k.bucket.SecretKey,
	}
}

// folders are those in which something of it lies, what the S3 server has besides its objects included.
func (k kept) folders() []string {
	if k.bucket == nil {
		return []string{k.data}
	}
	return []string{k.data, filepath.Dir(k.bucket.Dir)}
}

// copied is a copy of the folder at rest; a bucket stays where it is.
func (k kept) copied(t *testing.T) kept {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if out, err := exec.Command("cp", "-a", k.data, to).CombinedOutput(); err != nil {
		t.Fatalf("copying: %v: %s", err, out)
	}
	k.data = to
	return k
}

// objects opens where the objects are.
func (k kept) objects(t *testing.T) (engine blob.Store) {
	t.Helper()
	var err error
	if k.bucket == nil {
		engine, err = fsblob.Open(filepath.Join(k.data, "objects"))
	} else {
		engine, err = s3blob.Open(t.Context(), s3blob.Config{
			Endpoint: k.bucket.Endpoint, Bucket: k.bucket.Bucket, AccessKey: k.bucket.AccessKey, SecretKey: k.bucket.SecretKey, SpoolDir: t.TempDir(),
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// noVersions complains about versions of objects that are not the last, and about marks of deletion.
func (k kept) noVersions(t *testing.T) {
	t.Helper()
	if k.bucket == nil {
		return
	}
	all := 0
	for o := range k.admin.ListObjectsIter(t.Context(), k.bucket.Bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true}) {
		all++
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		if !o.IsLatest || o.IsDeleteMarker {
			t.Errorf("version %s of an object is left, mark of deletion: %t", o.VersionID, o.IsDeleteMarker)
		}
	}
	if all == 0 {
		t.Error("the bucket is empty: nothing was kept in it")
	}
}
