package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"eakte/archive"
)

const (
	// forgetAfter is how long what the provider is asked with about a session lies at least: it is kept before the session begins.
	forgetAfter = time.Minute
	// revokeTime is how long the provider has to forget it too, all together.
	revokeTime = 5 * time.Second
)

// stranded is what the provider is asked with about a session that is over.
type stranded struct {
	ref     [32]byte
	refresh string
}

// Forget deletes what the provider of sign-ins is asked with about sessions that are over, however they ended. Where nobody
// is signed in to the account any more the provider is told that it is good for nothing, too (RFC 7009), if it can be; before,
// that could end those of her other sessions, which came from the same one there.
func (s *Server) Forget(ctx context.Context) error {
	if s.provider == nil {
		return nil
	}
	return s.forget(ctx, "", "")
}

// forget does so for an account, and at once for the session that is named; "" is each account, and no session.
func (s *Server) forget(ctx context.Context, user archive.UserID, ended string) error {
	var over map[archive.UserID][]stranded
	var in map[archive.UserID]bool
	if err := s.Guard.Store.View(ctx, func(r archive.Reader) (err error) {
		over, in, err = s.strandedIn(r, user, ended)
		return err
	}); err != nil || len(over) == 0 {
		return err
	}
	if err := s.Guard.Store.Update(ctx, func(tx archive.Tx) error {
		for _, all := range over {
			for _, one := range all {
				if err := tx.DeleteSession(one.ref); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeTime)
	defer cancel()
	for who, all := range over {
		if in[who] {
			continue
		}
		for _, one := range all {
			s.revoke(ctx, one.refresh)
		}
	}
	return nil
}

// strandedIn finds it, by account, and the accounts to which somebody is signed in.
func (s *Server) strandedIn(r archive.Reader, user archive.UserID, ended string) (over map[archive.UserID][]stranded, in map[archive.UserID]bool, err error) {
	all, err := r.Sessions(user)
	if err != nil {
		return nil, nil, err
	}
	store, _ := s.sessions.Store.(*sessionStore)
	over, in = map[archive.UserID][]stranded{}, map[archive.UserID]bool{}
	asked, rest := map[[32]byte]bool{}, []archive.Session(nil)
	for _, kept := range all {
		values := store.values(kept)
		if values == nil {
			rest = append(rest, kept)
			continue
		}
		is, err := s.isIn(r, kept.User, values)
		if err != nil {
			return nil, nil, err
		}
		if id, _ := values[sessionID].(string); is {
			in[kept.User], asked[confirmedRef(id)] = true, true
		}
	}
	for _, kept := range rest {
		c, ok := s.openConfirmed(kept)
		fresh := s.Guard.Now().Sub(time.Unix(max(c.At, c.Tried), 0)) < forgetAfter
		if ok && !asked[kept.Ref] && (!fresh || kept.Ref == confirmedRef(ended)) {
			over[kept.User] = append(over[kept.User], stranded{kept.Ref, c.Refresh})
		}
	}
	return over, in, nil
}

// isIn reports whether a session with these values isn't over.
func (s *Server) isIn(r archive.Reader, user archive.UserID, values map[string]any) (bool, error) {
	u, err := r.User(user)
	if errors.Is(err, archive.ErrNotFound) {
		return false, nil
	}
	signed, _ := values[sessionSigned].(int64)
	seen, _ := values[sessionSeen].(int64)
	over := sessionOver(s.Guard.Now(), time.Unix(signed, 0), time.Unix(seen, 0))
	return !over && !u.Disabled && values[sessionProof] == proofOf(u), err
}

// revoke has the provider forget a token, as far as it can be asked.
func (s *Server) revoke(ctx context.Context, token string) {
	if why, _ := s.provider.outage.state(); why != "" || token == "" {
		return
	}
	if err := s.provider.revoke(ctx, token); err != nil {
		s.Log.WarnContext(ctx, "provider of sign-ins didn't forget a session that is over", "reason", string(awayBy(err, awayFault)))
	}
}

// revoke says that a token is good for nothing any more, where the provider wants to be told.
func (p *provider) revoke(ctx context.Context, token string) error {
	found, err := p.find(ctx)
	if err != nil || found.revocation == "" {
		return err
	}
	form := url.Values{"token": {token}, "token_type_hint": {"refresh_token"}}
	if found.auth == oauth2.AuthStyleInParams {
		if form.Set("client_id", p.Client); p.Secret != "" {
			form.Set("client_secret", p.Secret)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, found.revocation, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if found.auth == oauth2.AuthStyleInHeader {
		req.SetBasicAuth(url.QueryEscape(p.Client), url.QueryEscape(p.Secret))
	}
	res, err := p.client.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		err = awayRefused
	}
	return errors.Join(err, res.Body.Close())
}
