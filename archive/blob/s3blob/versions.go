package s3blob

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"eakte/archive/blob"
)

// Rights that the key needs for versions, as services call them.
const (
	rightToList   = "s3:ListBucketVersions"
	rightToRemove = "s3:DeleteObjectVersion"
)

// removeVersions removes what a bucket with versioning keeps under a key; where one can't be removed, the others are. What a
// lock or a legal hold keeps is [blob.ErrRetained], what the key has no right to remove [blob.ErrForbidden], which counts
// first; a service without versions has none.
func (s *Store) removeVersions(ctx context.Context, key string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var kept, failed error
	for o := range s.core.ListObjectsIter(ctx, s.cfg.Bucket, minio.ListObjectsOptions{Prefix: key, WithVersions: true}) {
		if code(o.Err) == "NotImplemented" {
			return nil
		}
		if o.Err != nil {
			return lacking(rightToList, explain(o.Err))
		}
		if o.Key != key || o.VersionID == "" {
			continue
		}
		err := s.core.RemoveObject(ctx, s.cfg.Bucket, key, minio.RemoveObjectOptions{VersionID: o.VersionID})
		switch why := code(err); {
		case err == nil || why == minio.NoSuchKey || why == "NoSuchVersion":
		case s.locked(ctx, key, o.VersionID, err):
			kept = fmt.Errorf("version %s: %w: %w", o.VersionID, blob.ErrRetained, err)
		default:
			failed = fmt.Errorf("version %s: %w", o.VersionID, lacking(rightToRemove, explain(err)))
		}
	}
	if err := ctx.Err(); err != nil { // the listing just ends
		return err
	}
	if failed != nil {
		return failed
	}
	return kept
}

// lacking names the right where that is what an error says.
func lacking(right string, err error) error {
	if errors.Is(err, blob.ErrForbidden) {
		return fmt.Errorf("%s may be lacking: %w", right, err)
	}
	return err
}

// locked reports whether a version is kept by a lock or a legal hold, if the service refused to remove it. Services call that
// by names that mean other things, too: unless the answer's words say so, the version's head does.
func (s *Store) locked(ctx context.Context, key, version string, refusal error) bool {
	var answer minio.ErrorResponse
	if !errors.As(refusal, &answer) {
		return false
	}
	words := strings.ToLower(answer.Message)
	if answer.Code == "ObjectLocked" || strings.Contains(words, "object lock") || strings.Contains(words, "worm protected") {
		return true
	}
	if answer.Code != minio.AccessDenied && answer.Code != "InvalidRequest" {
		return false
	}
	info, err := s.core.StatObject(ctx, s.cfg.Bucket, key, minio.StatObjectOptions{VersionID: version})
	if err != nil {
		return false
	}
	until, err := time.Parse(time.RFC3339, info.Metadata.Get("X-Amz-Object-Lock-Retain-Until-Date"))
	return err == nil && until.After(time.Now()) || info.Metadata.Get("X-Amz-Object-Lock-Legal-Hold") == string(minio.LegalHoldEnabled)
}
