package ingest

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"eakte/archive"
	"eakte/archive/blob/seal"
	"eakte/ingest/read"
	"eakte/ingest/sniff"
)

// Unlocker opens received files with their passwords.
type Unlocker interface {
	// Unlock makes a sealed object of the version's file without its password, and returns it with its
	// media type. It is durable and announced when Unlock returns, and named by nobody: settle or
	// [Unlocker.Discard] it. The error is a [*read.Failure] where the password or the file is the reason.
	Unlock(ctx context.Context, v archive.Version, password string) (archive.Object, string, error)
	// Discard takes such an object back.
	Discard(ctx context.Context, o archive.Object) error
}

// Unlock is the [Unlocker] that is used. It works while somebody waits and never as a job: a job would
// have to keep the password. It decides nothing: whoever asks has the right. All fields are required.
type Unlock struct {
	Store    archive.Store
	Objects  *seal.Store
	Contents *archive.Contents
	Reader   *read.Reader
	Now      func() time.Time

	one sync.Mutex
}

var _ Unlocker = (*Unlock)(nil)

// Unlock implements [Unlocker].
func (u *Unlock) Unlock(ctx context.Context, v archive.Version, password string) (made archive.Object, kind string, err error) {
	u.one.Lock() // a child takes memory; clerks are few
	defer u.one.Unlock()
	o, err := u.Contents.Open(ctx, v.ID, v.Original)
	if err != nil {
		return made, "", err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	src, err := read.Load(o.NewReader(), v.Original.Size)
	if err != nil {
		return made, "", err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	opened, plain, err := u.Reader.Unlock(ctx, sniff.Kind(v.Kind), src, password)
	if err != nil {
		return made, "", err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	content, err := u.Store.ContentKey(ctx, v.ID)
	if err != nil {
		return made, "", err
	}
	made, err = receive(ctx, u.Store, u.Objects, content, u.Now, func(_ context.Context, out io.Writer) error {
		_, err := io.Copy(out, opened.Reader())
		return err
	})
	return made, string(plain), err
}

// Discard implements [Unlocker].
func (u *Unlock) Discard(ctx context.Context, o archive.Object) error {
	return discard(ctx, u.Store, u.Objects, o.Ref)
}
