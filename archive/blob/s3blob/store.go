package s3blob

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"eakte/archive/blob"
	"eakte/archive/blob/staging"
)

var _ blob.Store = (*Store)(nil)

// Store is a bucket of objects.
type Store struct {
	cfg   Config
	core  *minio.Core
	spool *staging.Dir

	// found out by the probe
	readBack      bool // the service doesn't check bodies
	unconditional bool // the service knows no If-None-Match
}

// Open checks that the bucket is there and that objects can be put, read and deleted in
// it. An error says what to correct.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	core, err := cfg.client()
	if err != nil {
		return nil, err
	}
	spool, err := staging.Open(cfg.SpoolDir)
	if err != nil {
		return nil, fmt.Errorf("s3blob: %w", err)
	}
	s := &Store{cfg: cfg, core: core, spool: spool}
	if err := s.probe(ctx); err != nil {
		return nil, errors.Join(err, spool.Close())
	}
	return s, nil
}

func (s *Store) key(ref blob.Ref) string {
	return s.cfg.Prefix + string(ref[:2]) + "/" + string(ref)
}

// Open implements [blob.Store]. The Reader's requests end with ctx.
func (s *Store) Open(ctx context.Context, ref blob.Ref) (blob.Reader, error) {
	info, err := s.Stat(ctx, ref)
	if err != nil {
		return nil, err
	}
	return newReader(ctx, s, ref, info.Size), nil
}

// Stat implements [blob.Store].
func (s *Store) Stat(ctx context.Context, ref blob.Ref) (blob.Info, error) {
	if err := ref.Check(); err != nil {
		return blob.Info{}, fmt.Errorf("s3blob: %w", err)
	}
	info, err := s.stat(ctx, s.key(ref))
	if err != nil {
		return blob.Info{}, fmt.Errorf("s3blob: object %s: %w", ref, err)
	}
	return blob.Info{Size: info.Size}, nil
}

func (s *Store) stat(ctx context.Context, key string) (minio.ObjectInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	info, err := s.core.StatObject(ctx, s.cfg.Bucket, key, minio.StatObjectOptions{})
	return info, explain(err)
}

// Delete implements [blob.Store].
func (s *Store) Delete(ctx context.Context, ref blob.Ref) error {
	if err := ref.Check(); err != nil {
		return fmt.Errorf("s3blob: %w", err)
	}
	if err := s.remove(ctx, s.key(ref)); err != nil {
		return fmt.Errorf("s3blob: deleting object %s: %w", ref, err)
	}
	return nil
}

// remove deletes an object and, in a bucket with versioning, its versions and the marks of its deletion.
func (s *Store) remove(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	err := explain(s.core.RemoveObject(ctx, s.cfg.Bucket, key, minio.RemoveObjectOptions{}))
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		return err
	}
	return s.removeVersions(ctx, key)
}

// List implements [blob.Store]. It asks for a page of 1,000 keys at a time.
func (s *Store) List(ctx context.Context, each func(blob.Ref, blob.Info) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	opts := minio.ListObjectsOptions{Prefix: s.cfg.Prefix, Recursive: true}
	for o := range s.core.ListObjectsIter(ctx, s.cfg.Bucket, opts) {
		if o.Err != nil {
			return fmt.Errorf("s3blob: list: %w", explain(o.Err))
		}
		name := o.Key[strings.LastIndexByte(o.Key, '/')+1:]
		ref, err := blob.ParseRef(name)
		if err != nil || o.Key != s.key(ref) {
			continue // not ours
		}
		if err := each(ref, blob.Info{Size: o.Size}); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil { // the listing just ends
		return fmt.Errorf("s3blob: list: %w", err)
	}
	return nil
}

// Free implements [blob.Store]: the room in the spool folder. What the bucket still
// takes, S3 doesn't say.
func (s *Store) Free(context.Context) (bytes int64, known bool) { return s.spool.Free() }

// Close implements [blob.Store].
func (s *Store) Close() error { return s.spool.Close() }

// uploadTime bounds the sending of size bytes.
func (s *Store) uploadTime(size int64) time.Duration {
	return s.cfg.Timeout + time.Duration(size/(256<<10))*time.Second
}

// explain adds the sentinel that fits an answer of the service.
func explain(err error) error {
	if err == nil {
		return nil
	}
	var answer minio.ErrorResponse
	if !errors.As(err, &answer) {
		return err
	}
	switch {
	case answer.Code == minio.NoSuchKey:
		return fmt.Errorf("%w: %w", blob.ErrNotFound, err)
	case answer.Code == minio.PreconditionFailed:
		return fmt.Errorf("%w: %w", blob.ErrExists, err)
	case answer.Code == minio.AccessDenied:
		return fmt.Errorf("%w: %w", blob.ErrForbidden, err)
	case answer.StatusCode == http.StatusInsufficientStorage, answer.Code == "QuotaExceeded":
		return fmt.Errorf("%w: %w", blob.ErrFull, err)
	}
	return err
}
