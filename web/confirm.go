package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"eakte/acl"
	"eakte/archive"
)

const (
	// confirmEvery is how often the provider is asked whether who is signed in by it is somebody there still, and in which
	// groups; confirmAgain is how long it isn't asked where it was away, confirmTime how long a request waits for it.
	confirmEvery = 5 * time.Minute
	confirmAgain = 30 * time.Second
	confirmTime  = 5 * time.Second
	// confirmedLife is for how long its last word counts while it can't be asked.
	confirmedLife = 30 * time.Minute
)

// confirmed is the provider's last word about a session. It lies beside the session, sealed, for each word changes what
// it is asked with next.
type confirmed struct {
	// Refresh is what it is asked with; empty: it can't be.
	Refresh string `json:"r,omitempty"`
	// Nonce is what the sign-in was begun with.
	Nonce string `json:"n,omitempty"`
	// At is when it said so, Tried when it was asked in vain since; in seconds since 1970.
	At    int64 `json:"a"`
	Tried int64 `json:"t,omitempty"`
}

func confirmedRef(session string) [32]byte { return sha256.Sum256([]byte("confirmed/" + session)) }

// confirmedLabel is what it is sealed with: who has the record can open it, to forget it.
func confirmedLabel(ref [32]byte) []byte { return append([]byte("confirmed/"), ref[:]...) }

func (s *Server) keepConfirmed(ctx context.Context, user archive.UserID, session string, c confirmed) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	kept := archive.Session{Ref: confirmedRef(session), User: user, Expires: s.Guard.Now().Add(sessionLife)}
	kept.Sealed = s.box.Seal(data, confirmedLabel(kept.Ref))
	return s.Guard.Store.Update(ctx, func(tx archive.Tx) error { return tx.PutSession(kept) })
}

// confirmedOf reads it; the zero one where there is none.
func (s *Server) confirmedOf(ctx context.Context, session string) (c confirmed, err error) {
	var kept archive.Session
	err = s.Guard.Store.View(ctx, func(r archive.Reader) (err error) {
		kept, err = r.Session(confirmedRef(session))
		return err
	})
	if errors.Is(err, archive.ErrNotFound) {
		return confirmed{}, nil
	}
	if err != nil {
		return confirmed{}, err
	}
	c, _ = s.openConfirmed(kept) // none where the key changed
	return c, nil
}

// openConfirmed reads what is kept; false where it is something else.
func (s *Server) openConfirmed(kept archive.Session) (c confirmed, ok bool) {
	data, err := s.box.Open(kept.Sealed, confirmedLabel(kept.Ref))
	if err != nil || json.Unmarshal(data, &c) != nil {
		return confirmed{}, false
	}
	return c, true
}

// due reports whether the provider is to be asked at a time.
func (c confirmed) due(now time.Time) bool {
	return c.Refresh != "" && now.Sub(time.Unix(c.At, 0)) >= confirmEvery && now.Sub(time.Unix(c.Tried, 0)) >= confirmAgain
}

// confirm returns who is signed in by a provider, as it knows her now: [errSignInRequired] where it doesn't any more, or
// hasn't said so for too long. One request of a session asks, the others wait for it.
func (s *Server) confirm(session context.Context, user archive.User) (archive.User, error) {
	id := s.sessions.GetString(session, sessionID)
	c, err := s.confirmedOf(session, id)
	if err != nil {
		return archive.User{}, err
	}
	now := s.Guard.Now()
	if c.due(now) && s.provider != nil {
		_, err, _ := s.confirming.Do(id, func() (any, error) {
			return nil, s.askConfirmed(context.WithoutCancel(session), user, id)
		})
		if err != nil {
			return archive.User{}, err
		}
		before := proofOf(user)
		if user, err = s.accounts.User(session, user.ID); err == nil && proofOf(user) != before {
			err = errSignInRequired
		}
		if err != nil {
			return archive.User{}, err
		}
		if c, err = s.confirmedOf(session, id); err != nil {
			return archive.User{}, err
		}
	}
	if s.provider == nil || now.Sub(time.Unix(c.At, 0)) >= confirmedLife {
		return archive.User{}, errSignInRequired
	}
	return user, nil
}

// askConfirmed asks the provider, and keeps what it says.
func (s *Server) askConfirmed(ctx context.Context, user archive.User, session string) error {
	c, err := s.confirmedOf(ctx, session)
	now := s.Guard.Now()
	if err != nil || !c.due(now) {
		return err // another request asked just now
	}
	asked, cancel := context.WithTimeout(ctx, confirmTime)
	defer cancel()
	t, err := s.provider.ask(asked, user, c)
	s.provider.outage.note(ctx, err)
	if err == nil {
		_, err = s.accounts.ConfirmClaimed(ctx, user.ID, t.Claimed, clientOfPages)
	}
	var why unbelieved
	switch {
	case err == nil:
		return s.keepConfirmed(ctx, user.ID, session, confirmed{Refresh: t.refresh, Nonce: c.Nonce, At: now.Unix()})
	case errors.Is(err, errAway):
		if c.Tried = now.Unix(); t.refresh != "" { // the old one may be spent
			c.Refresh = t.refresh
		}
		return s.keepConfirmed(ctx, user.ID, session, c)
	case errors.As(err, &why):
		picked := func(k archive.Session) bool {
			store, _ := s.sessions.Store.(*sessionStore)
			id, _ := store.values(k)[sessionID].(string)
			return id == session
		}
		who := user.Identity
		if err := s.accounts.EndClaimed(ctx, who.Issuer, who.Subject, string(why), clientOfPages, picked); err != nil {
			return err
		}
		return errSignInRequired
	case errors.Is(err, acl.ErrNoGroups), errors.Is(err, acl.ErrManyGroups), errors.Is(err, acl.ErrSignIn):
		return errSignInRequired
	}
	return err
}

// ask asks the provider for new tokens for who is signed in, and for what it says of her now. Only where it knows nothing of
// her session any more is she over: that it doesn't know us is nothing that she did.
func (p *provider) ask(ctx context.Context, user archive.User, c confirmed) (ticket, error) {
	found, err := p.find(ctx)
	if err != nil {
		return ticket{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := p.flow(found, "").TokenSource(ctx, &oauth2.Token{RefreshToken: c.Refresh}).Token()
	if err != nil {
		return ticket{}, untraded(err, "not confirmed")
	}
	t := ticket{Claimed: acl.Claimed{Issuer: user.Identity.Issuer, Subject: user.Identity.Subject}}
	if raw, ok := tokens.Extra("id_token").(string); ok && raw != "" {
		fresh, err := p.believe(ctx, found, raw, c.Nonce, tokens.AccessToken, false)
		switch {
		case err != nil:
			return ticket{refresh: tokens.RefreshToken}, err
		case fresh.Issuer != t.Issuer || fresh.Subject != t.Subject:
			return ticket{}, unbelieved("user")
		}
		t = fresh
	}
	t.refresh = tokens.RefreshToken
	err = p.describe(ctx, found, tokens, &t)
	return t, err
}
