package web

import (
	"context"
	"errors"
	"time"

	"github.com/alexedwards/scs/v2"

	"eakte/archive"
	"eakte/archive/blob/seal"
)

// sessionStore keeps sessions, sealed, among the records. Tokens reach it as hashes.
type sessionStore struct {
	store archive.Store
	box   *seal.Box
}

var _ scs.CtxStore = (*sessionStore)(nil)

// FindCtx implements scs.CtxStore. A session that can't be opened, since the key changed, is none.
func (s *sessionStore) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	var sealed []byte
	err = s.store.View(ctx, func(r archive.Reader) (err error) {
		sealed, err = r.Session(token)
		return err
	})
	if errors.Is(err, archive.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if data, err = s.box.Open(sealed, []byte(token)); err != nil {
		return nil, false, nil
	}
	return data, true, nil
}

// CommitCtx implements scs.CtxStore.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	sealed := s.box.Seal(data, []byte(token))
	return s.store.Update(ctx, func(tx archive.Tx) error { return tx.PutSession(token, sealed, expires) })
}

// DeleteCtx implements scs.CtxStore.
func (s *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.store.Update(ctx, func(tx archive.Tx) error { return tx.DeleteSession(token) })
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
