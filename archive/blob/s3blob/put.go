package s3blob

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/minio/minio-go/v7"

	"eakte/archive/blob"
	"eakte/archive/blob/staging"
)

const (
	// maxSize is what S3 takes in one request.
	maxSize = 5 << 30
	// hashName is the metadata that says what was sent.
	hashName = "Sealed-Sha256"
)

// Stage implements [blob.Store].
func (s *Store) Stage(ctx context.Context, ref blob.Ref) (blob.Staged, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("s3blob: %w", err)
	}
	f, err := s.spool.Create(ref)
	if err != nil {
		return nil, fmt.Errorf("s3blob: %w", err)
	}
	return &staged{store: s, ref: ref, file: f, hash: sha256.New()}, nil
}

// staged is an object in the spool folder.
type staged struct {
	store *Store
	ref   blob.Ref
	file  *staging.File
	hash  hash.Hash
	done  bool
}

// Write implements [io.Writer].
func (s *staged) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	s.hash.Write(p[:n])
	return n, err
}

// Commit implements [blob.Staged].
func (s *staged) Commit(ctx context.Context) error {
	if s.done {
		return fmt.Errorf("s3blob: object %s was committed", s.ref)
	}
	size, err := s.file.Flush()
	if err == nil && size > maxSize {
		err = fmt.Errorf("%d bytes are more than one request takes", size)
	}
	if err == nil {
		b := body{content: s.file.Content(), size: size, sum: hex.EncodeToString(s.hash.Sum(nil))}
		err = s.store.commit(ctx, s.store.key(s.ref), b)
	}
	if err != nil {
		return fmt.Errorf("s3blob: committing object %s: %w", s.ref, err)
	}
	s.done = true
	_ = s.file.Drop() // a leftover is removed by the next Open
	return nil
}

// Abort implements [blob.Staged].
func (s *staged) Abort() error {
	if err := s.file.Drop(); err != nil {
		return fmt.Errorf("s3blob: aborting object %s: %w", s.ref, err)
	}
	return nil
}

// body is what a request carries.
type body struct {
	content io.ReadSeeker
	size    int64
	sum     string // SHA-256 of the content in hexadecimal
}

// commit puts an object. When the service says that the key is taken, or says nothing,
// what it holds decides: an earlier try may have arrived although its answer was lost.
func (s *Store) commit(ctx context.Context, key string, b body) error {
	if err := s.put(ctx, key, b); err != nil {
		if settled := s.settle(ctx, key, b); settled != nil {
			return err
		}
	}
	if s.readBack {
		return s.compare(ctx, key, b)
	}
	return nil
}

// put sends one request, and again if it may help.
func (s *Store) put(ctx context.Context, key string, b body) error {
	ctx, cancel := context.WithTimeout(ctx, s.uploadTime(b.size))
	defer cancel()
	opts := minio.PutObjectOptions{
		ContentType:          "application/octet-stream",
		UserMetadata:         map[string]string{hashName: b.sum},
		DisableContentSha256: true, // no hash of each chunk: b.sum covers the body
	}
	if !s.unconditional {
		opts.SetMatchETagExcept("*")
	}
	var sum5 string
	if s.cfg.SendMD5 {
		h := md5.New()
		if _, err := io.Copy(h, b.content); err != nil {
			return err
		}
		sum5 = base64.StdEncoding.EncodeToString(h.Sum(nil))
	}
	if _, err := b.content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := s.core.PutObject(ctx, s.cfg.Bucket, key, b.content, b.size, sum5, b.sum, opts)
	return explain(err)
}

// settle returns nil if the service holds just what b says under key.
func (s *Store) settle(ctx context.Context, key string, b body) error {
	info, err := s.stat(ctx, key)
	if err != nil {
		return err
	}
	if info.Size != b.size || info.UserMetadata[hashName] != b.sum {
		return blob.ErrExists
	}
	return nil
}

// compare reads the object back and removes it if it differs.
func (s *Store) compare(ctx context.Context, key string, b body) error {
	h := sha256.New()
	if err := s.fetch(ctx, key, 0, b.size, h); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != b.sum {
		return errors.Join(fmt.Errorf("read back: %w", blob.ErrCorrupt), s.remove(ctx, key))
	}
	return nil
}

// fetch copies n bytes of the object from off on to w. When an answer breaks off, it
// asks for the rest.
func (s *Store) fetch(ctx context.Context, key string, off, n int64, w io.Writer) error {
	var err error
	for tries := 0; n > 0; {
		var got int64
		got, err = s.fetchOnce(ctx, key, off, n, w)
		off, n = off+got, n-got
		if err == nil {
			continue
		}
		tries++
		if tries >= s.cfg.Retries || ctx.Err() != nil || errors.Is(err, blob.ErrNotFound) {
			return err
		}
	}
	return nil
}

func (s *Store) fetchOnce(ctx context.Context, key string, off, n int64, w io.Writer) (int64, error) {
	var opts minio.GetObjectOptions
	if err := opts.SetRange(off, off+n-1); err != nil {
		return 0, err
	}
	content, info, _, err := s.core.GetObject(ctx, s.cfg.Bucket, key, opts)
	if err != nil {
		return 0, explain(err)
	}
	defer content.Close()
	if info.Size != n {
		return 0, fmt.Errorf("asked for %d bytes, offered %d", n, info.Size)
	}
	got, err := io.Copy(w, content)
	if err == nil && got != n {
		err = fmt.Errorf("%d of %d bytes came", got, n)
	}
	return got, err
}

// probe tries all that the engine needs, and learns what the service can't do.
func (s *Store) probe(ctx context.Context) error {
	where := fmt.Sprintf("s3blob: bucket %q at %s", s.cfg.Bucket, s.cfg.Endpoint)
	bounded, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	exists, err := s.core.BucketExists(bounded, s.cfg.Bucket)
	if err != nil {
		return fmt.Errorf("%s: can't be reached; check endpoint, keys and region: %w", where, explain(err))
	}
	if !exists {
		return fmt.Errorf("%s: doesn't exist; make it or correct the setting", where)
	}
	key := s.cfg.Prefix + "probe/" + string(blob.NewRef())
	if err := s.probePut(bounded, key); err != nil {
		return fmt.Errorf("%s: objects can't be stored; check the rights of the key: %w", where, err)
	}
	if err := s.remove(bounded, key); err != nil && !errors.Is(err, blob.ErrRetained) { // erasure says what a lock keeps
		return fmt.Errorf("%s: objects can't be deleted, with all their versions; check the rights of the key: %w", where, err)
	}
	return nil
}

// probePut puts an object whose body isn't what its checksum says, then a sound one.
func (s *Store) probePut(ctx context.Context, key string) error {
	content := []byte("probe")
	sum := sha256.Sum256(content)
	good := body{content: bytes.NewReader(content), size: int64(len(content)), sum: hex.EncodeToString(sum[:])}
	bad := good
	bad.content = bytes.NewReader([]byte("prob_"))

	err := s.put(ctx, key, bad)
	if code(err) == "NotImplemented" {
		s.unconditional = true
		err = s.put(ctx, key, bad)
	}
	s.readBack = !refused(err)
	if err == nil {
		if err := s.remove(ctx, key); err != nil && !errors.Is(err, blob.ErrRetained) {
			return err
		}
	}
	if err := s.commit(ctx, key, good); err != nil {
		return err
	}
	return s.compare(ctx, key, good)
}

// refused reports whether the service took a request for a faulty one, as opposed to
// taking it or being out of reach.
func refused(err error) bool {
	var answer minio.ErrorResponse
	return errors.As(err, &answer) && answer.StatusCode/100 == 4
}

// code returns the service's name for an error, or nothing.
func code(err error) string {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}
