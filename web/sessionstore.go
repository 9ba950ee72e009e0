package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"

	"eakte/archive"
	"eakte/archive/blob/seal"
)

// sessionStore keeps sessions, sealed, among the records. Tokens reach it as hashes.
type sessionStore struct {
	store archive.Store
	box   *seal.Box
	codec scs.Codec
}

var _ scs.CtxStore = (*sessionStore)(nil)

// FindCtx implements scs.CtxStore. A session that can't be opened, since the key changed, is none.
func (s *sessionStore) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	var kept archive.Session
	err = s.store.View(ctx, func(r archive.Reader) (err error) {
		kept, err = r.Session(sha256.Sum256([]byte(token)))
		return err
	})
	if errors.Is(err, archive.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	data, found = s.open(kept)
	return data, found, nil
}

// open returns what a session holds.
func (s *sessionStore) open(kept archive.Session) (data []byte, ok bool) {
	data, err := s.box.Open(kept.Sealed, kept.Ref[:])
	return data, err == nil
}

// values are what a session holds, by name; nil where that can't be read.
func (s *sessionStore) values(kept archive.Session) map[string]any {
	data, ok := s.open(kept)
	if !ok {
		return nil
	}
	_, values, err := s.codec.Decode(data)
	if err != nil {
		return nil
	}
	return values
}

// opening marks the context in which a session begins.
type opening struct{}

// CommitCtx implements scs.CtxStore. One that is over stays so: who was loading it when it was ended elsewhere
// doesn't begin it anew.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	_, values, err := s.codec.Decode(data)
	if err != nil {
		return fmt.Errorf("web: session: %w", err)
	}
	user, _ := values[sessionUser].(string)
	kept := archive.Session{Ref: sha256.Sum256([]byte(token)), User: archive.UserID(user), Expires: expires}
	kept.Sealed = s.box.Seal(data, kept.Ref[:])
	return s.store.Update(ctx, func(tx archive.Tx) error {
		if ctx.Value(opening{}) == nil {
			if _, err := tx.Session(kept.Ref); errors.Is(err, archive.ErrNotFound) {
				return errSignInRequired
			} else if err != nil {
				return err
			}
		}
		return tx.PutSession(kept)
	})
}

// DeleteCtx implements scs.CtxStore.
func (s *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.store.Update(ctx, func(tx archive.Tx) error { return tx.DeleteSession(sha256.Sum256([]byte(token))) })
}

// Find implements scs.Store.
func (s *sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s *sessionStore) Commit(token string, data []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expires)
}

// Delete implements scs.Store.
func (s *sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
