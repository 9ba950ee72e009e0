package s3blob_test

import (
	"context"
	"errors"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"eakte/archive/blob"
	"eakte/archive/blob/blobtest"
	"eakte/archive/blob/s3blob"
	"eakte/archive/blob/seal"
)

// TestDeleteLeavesNoVersion deletes in a bucket with versioning: nothing is left, no version and no mark, but what a
// lock keeps, which is told and goes when it is over.
func TestDeleteLeavesNoVersion(t *testing.T) {
	server := blobtest.StartS3(t)
	admin, err := minio.New(server.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(server.AccessKey, server.SecretKey, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	const bucket = "locked"
	if err := admin.MakeBucket(t.Context(), bucket, minio.MakeBucketOptions{ObjectLocking: true}); err != nil {
		t.Fatal(err)
	}
	if err := admin.EnableVersioning(t.Context(), bucket); err != nil {
		t.Fatal(err)
	}
	cfg := config(t, server)
	cfg.Bucket, cfg.SendMD5 = bucket, true
	store := open(t, cfg)
	left := func() (n int) {
		t.Helper()
		for o := range admin.ListObjectsIter(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true}) {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			n++
		}
		return n
	}
	if n := left(); n != 0 {
		t.Errorf("%d versions are left of what Open tried", n)
	}
	ref := blob.NewRef()
	put(t, store, ref)
	if err := store.Delete(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	if n := left(); n != 0 {
		t.Errorf("%d versions are left", n)
	}

	ref = blob.NewRef()
	put(t, store, ref)
	var key, version string
	for o := range admin.ListObjectsIter(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true}) {
		key, version = o.Key, o.VersionID
	}
	hold := func(status minio.LegalHoldStatus) {
		t.Helper()
		if err := admin.PutObjectLegalHold(t.Context(), bucket, key, minio.PutObjectLegalHoldOptions{VersionID: version, Status: &status}); err != nil {
			t.Fatal(err)
		}
	}
	hold(minio.LegalHoldEnabled)
	if err := store.Delete(t.Context(), ref); !errors.Is(err, blob.ErrRetained) {
		t.Errorf("what is locked: %v", err)
	}
	if left() == 0 {
		t.Fatal("the service removes what is locked: the test shows nothing")
	}
	hold(minio.LegalHoldDisabled)
	if err := store.Delete(t.Context(), ref); err != nil {
		t.Errorf("the lock is over: %v", err)
	}
	if n := left(); n != 0 {
		t.Errorf("%d versions are left after the lock", n)
	}

	ref = blob.NewRef()
	put(t, store, ref)
	ended, end := context.WithCancel(t.Context())
	end()
	if err := store.Delete(ended, ref); err == nil {
		t.Error("who gave up is told that all is gone")
	}
}

// TestLockedBucketOpens opens a bucket that locks whatever is written to it for a day: the server starts, and what
// was tried stays until the lock is over.
func TestLockedBucketOpens(t *testing.T) {
	server := blobtest.StartS3(t)
	admin, err := minio.New(server.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(server.AccessKey, server.SecretKey, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	const bucket = "locking"
	if err := admin.MakeBucket(t.Context(), bucket, minio.MakeBucketOptions{ObjectLocking: true}); err != nil {
		t.Fatal(err)
	}
	mode, days, unit := minio.Compliance, uint(1), minio.Days
	if err := admin.SetObjectLockConfig(t.Context(), bucket, &mode, &days, &unit); err != nil {
		t.Fatal(err)
	}
	cfg := config(t, server)
	cfg.Bucket, cfg.SendMD5 = bucket, true
	store := open(t, cfg)
	ref := blob.NewRef()
	put(t, store, ref)
	if err := store.Delete(t.Context(), ref); !errors.Is(err, blob.ErrRetained) {
		t.Errorf("what is locked: %v", err)
	}
	sealed := seal.New(store)
	if err := sealed.Delete(t.Context(), ref); err != nil {
		t.Errorf("sealed bytes that a lock keeps stop what goes on: %v", err)
	}
	if err := sealed.Erase(t.Context(), ref); !errors.Is(err, blob.ErrRetained) {
		t.Errorf("erasure isn't told of the lock: %v", err)
	}
}

func put(t *testing.T, store *s3blob.Store, ref blob.Ref) {
	t.Helper()
	s, err := store.Stage(t.Context(), ref)
	if err == nil {
		_, err = s.Write([]byte("sealed"))
	}
	if err == nil {
		err = s.Commit(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}
