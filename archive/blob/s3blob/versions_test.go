package s3blob_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

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

// TestMissingRightsAreNoLock deletes what the service refuses to remove: only what a lock keeps is told as that, whatever
// the service calls it; a right that the key lacks is told as such, with what else could go gone.
func TestMissingRightsAreNoLock(t *testing.T) {
	var w wire
	cfg := w.config(t)
	admin, err := minio.New(cfg.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Bucket, cfg.SendMD5 = "locked", true
	if err := admin.MakeBucket(t.Context(), cfg.Bucket, minio.MakeBucketOptions{ObjectLocking: true}); err != nil {
		t.Fatal(err)
	}
	store := open(t, cfg)
	pass := func(rw http.ResponseWriter, r *http.Request, server http.Handler) { server.ServeHTTP(rw, r) }
	says := func(status int, code, message string) fault {
		return func(rw http.ResponseWriter, r *http.Request, _ http.Handler) {
			rw.WriteHeader(status)
			_, _ = fmt.Fprintf(rw, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
		}
	}
	const hold, retention = "hold", "retention"
	for _, tt := range []struct {
		name, lock string
		method     string
		answers    []fault
		want       error
		names      string // what the error says
	}{
		{"no right to remove versions", "", "DELETE", []fault{pass, says(403, "AccessDenied", "Access Denied."), says(403, "AccessDenied", "Access Denied.")}, blob.ErrForbidden, "s3:DeleteObjectVersion"},
		{"no right to remove one of them", "", "DELETE", []fault{pass, says(403, "AccessDenied", "Access Denied.")}, blob.ErrForbidden, "s3:DeleteObjectVersion"},
		{"no right to list versions", "", "GET", []fault{says(403, "AccessDenied", "Access Denied.")}, blob.ErrForbidden, "s3:ListBucketVersions"},
		{"no right to delete", "", "DELETE", []fault{says(403, "AccessDenied", "Access Denied.")}, blob.ErrForbidden, ""},
		{"a faulty request", "", "DELETE", []fault{pass, says(400, "InvalidRequest", "Missing a header."), says(400, "InvalidRequest", "Missing a header.")}, nil, "Missing a header"},
		{"a legal hold", hold, "DELETE", []fault{pass, pass, says(403, "AccessDenied", "Access Denied.")}, blob.ErrRetained, ""},
		{"a lock for some days", retention, "DELETE", []fault{pass, pass, says(403, "AccessDenied", "Access Denied.")}, blob.ErrRetained, ""},
		{"a lock that the answer names", "", "DELETE", []fault{pass, says(403, "AccessDenied", "Access Denied because object protected by object lock.")}, blob.ErrRetained, ""},
		{"a lock by this service's own word", hold, "DELETE", nil, blob.ErrRetained, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ref := blob.NewRef()
			put(t, store, ref)
			key := string(ref[:2]) + "/" + string(ref)
			on, off, governed := minio.LegalHoldEnabled, minio.LegalHoldDisabled, minio.Governance
			tomorrow := time.Now().Add(24 * time.Hour)
			var err error
			switch tt.lock {
			case hold:
				err = admin.PutObjectLegalHold(t.Context(), cfg.Bucket, key, minio.PutObjectLegalHoldOptions{Status: &on})
			case retention:
				err = admin.PutObjectRetention(t.Context(), cfg.Bucket, key, minio.PutObjectRetentionOptions{Mode: &governed, RetainUntilDate: &tomorrow})
			}
			if err != nil {
				t.Fatal(err)
			}
			w.meet(tt.method, tt.answers...)
			err = store.Delete(t.Context(), ref)
			for _, is := range []error{blob.ErrRetained, blob.ErrForbidden} {
				if err == nil || errors.Is(err, is) != (is == tt.want) || !strings.Contains(err.Error(), tt.names) {
					t.Errorf("%v, want %v naming %q", err, tt.want, tt.names)
				}
			}
			if tt.lock == retention {
				return // as long as it lasts
			}
			if tt.lock == hold {
				var version string
				for o := range admin.ListObjectsIter(t.Context(), cfg.Bucket, minio.ListObjectsOptions{Prefix: key, WithVersions: true}) {
					if !o.IsDeleteMarker {
						version = o.VersionID
					}
				}
				if err := admin.PutObjectLegalHold(t.Context(), cfg.Bucket, key, minio.PutObjectLegalHoldOptions{VersionID: version, Status: &off}); err != nil {
					t.Fatal(err)
				}
			}
			w.meet(tt.method)
			if err := store.Delete(t.Context(), ref); err != nil {
				t.Errorf("once it may: %v", err)
			}
			for o := range admin.ListObjectsIter(t.Context(), cfg.Bucket, minio.ListObjectsOptions{Prefix: key, WithVersions: true}) {
				t.Errorf("left: %+v %v", o.VersionID, o.Err)
			}
		})
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
