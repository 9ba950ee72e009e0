package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/blob/seal"
)

// What a session holds. Times are in seconds since 1970.
const (
	sessionUser   = "user"
	sessionSigned = "signed"
	sessionSeen   = "seen"
	// sessionProof tells by which password it was opened: with another one it ends.
	sessionProof = "proof"
	// sessionID names it to its user, sessionAddress and sessionDevice tell where it was opened.
	sessionID      = "id"
	sessionAddress = "address"
	sessionDevice  = "device"
	// sessionElsewhere is what the provider of sign-ins calls the session that this one came from.
	sessionElsewhere = "elsewhere"
)

// sessionTouch is how often at most a session is stored again because it is in use.
const sessionTouch = time.Minute

func (s *Server) newSessions(box *seal.Box) *scs.SessionManager {
	m := scs.New()
	m.Store = &sessionStore{store: s.Guard.Store, box: box, codec: m.Codec}
	m.HashTokenInStore = true
	m.Lifetime = sessionLife
	m.Cookie = scs.SessionCookie{
		Name: s.cookieName(), Path: "/", HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	}
	return m
}

func (s *Server) cookieName() string {
	if s.Secure {
		return "__Host-eakte"
	}
	return "eakte"
}

// loadSession returns a context with the session of the request's cookie; ok is false where there
// is none.
func (s *Server) loadSession(r *http.Request) (ctx context.Context, ok bool, err error) {
	cookie, err := r.Cookie(s.sessions.Cookie.Name)
	if err != nil || cookie.Value == "" || len(cookie.Value) > 100 {
		return r.Context(), false, nil
	}
	if ctx, err = s.sessions.Load(r.Context(), cookie.Value); err != nil {
		return r.Context(), false, err
	}
	return ctx, s.sessions.GetString(ctx, sessionUser) != "", nil
}

// sessionUser returns who the session of a request belongs to, and lets it live on: unless the request
// is one that a page keeps open on its own, which shows nobody's presence.
func (s *Server) sessionUser(c *gin.Context) (archive.User, error) {
	ctx, ok, err := s.loadSession(c.Request)
	if err != nil {
		return archive.User{}, err
	}
	if !ok {
		return archive.User{}, errSignInRequired
	}
	now := s.Guard.Now()
	seen := time.Unix(s.sessions.GetInt64(ctx, sessionSeen), 0)
	signed := time.Unix(s.sessions.GetInt64(ctx, sessionSigned), 0)
	user, err := s.accounts.User(ctx, archive.UserID(s.sessions.GetString(ctx, sessionUser)))
	fits := s.sessions.GetString(ctx, sessionProof) == proofOf(user)
	if err == nil && (sessionOver(now, signed, seen) || !fits) {
		err = errSignInRequired
	}
	if err == nil && user.Identity != nil && visitOf(c.Request.Context()).pattern != backPath {
		user, err = s.confirm(ctx, user) // who comes back brings its word along, which may have ended the one of before
	}
	switch p := classify(err); {
	case err == nil:
	case p.kind == "internal":
		return archive.User{}, err
	default:
		if derr := s.sessions.Destroy(ctx); derr != nil {
			return archive.User{}, derr
		}
		return archive.User{}, errSignInRequired
	}
	if now.Sub(seen) >= sessionTouch && !quiet(visitOf(c.Request.Context()).pattern, c.Request.Method) {
		s.sessions.Put(ctx, sessionSeen, now.Unix())
		if _, _, err := s.sessions.Commit(ctx); err != nil {
			return archive.User{}, err
		}
	}
	v := visitOf(c.Request.Context())
	v.session, v.purposes = ctx, s.purposes(ctx)
	user.Roles, v.withheld = s.accounts.Pairs(user)
	return user, nil
}

// sessionOver reports whether a session that was opened and last used at these times has ended by now.
func sessionOver(now, signed, seen time.Time) bool {
	return now.Sub(seen) >= sessionIdle || now.Sub(signed) >= sessionLife
}

// quiet reports whether a request is one that a page sends on its own: to follow events, and to learn when
// its session ends.
func quiet(pattern, method string) bool {
	return pattern == eventsPattern || pattern == "/session" && method == http.MethodGet
}

// signInInput is the body of a sign-in.
type signInInput struct {
	Body   strict[signInBody]
	Cookie string `header:"Cookie" hidden:"true"`
}

type signInBody struct {
	Name     string `json:"name" maxLength:"200"`
	Password string `json:"password" maxLength:"1024"`
	Code     string `json:"code,omitempty" maxLength:"100" doc:"Where the account has a second factor: six digits, or a recovery code"`
}

type signInOutput struct {
	Cookie []string `header:"Set-Cookie"`
	Body   meView
}

// openSession signs in: the session of before ends, one with a new id begins.
func (s *Server) openSession(ctx context.Context, in *signInInput) (*signInOutput, error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	user, err := s.tryAccount(ctx, body)
	if err != nil {
		return nil, err
	}
	cookie, err := s.enter(ctx, user, in.Cookie, nil)
	if err != nil {
		return nil, err
	}
	return &signInOutput{Cookie: []string{cookie.String()}, Body: meOf(user)}, nil
}

// enter opens a session of an account, with some values beside its own: the one that the Cookie header names ends, and
// one with a new id begins.
func (s *Server) enter(ctx context.Context, user archive.User, header string, values map[string]any) (*http.Cookie, error) {
	v := visitOf(ctx)
	if err := s.endSession(ctx, header); err != nil {
		return nil, err
	}
	ctx, err := s.sessions.Load(ctx, "")
	if err != nil {
		return nil, err
	}
	now := s.Guard.Now().Unix()
	s.sessions.Put(ctx, sessionUser, string(user.ID))
	s.sessions.Put(ctx, sessionProof, proofOf(user))
	s.sessions.Put(ctx, sessionSigned, now)
	s.sessions.Put(ctx, sessionSeen, now)
	s.sessions.Put(ctx, sessionProven, now)
	s.sessions.Put(ctx, sessionID, archive.NewID[string]())
	s.sessions.Put(ctx, sessionAddress, v.address)
	s.sessions.Put(ctx, sessionDevice, deviceOf(v.agent))
	for key, value := range values {
		s.sessions.Put(ctx, key, value)
	}
	token, _, err := s.sessions.Commit(context.WithValue(ctx, opening{}, true))
	if err != nil {
		return nil, err
	}
	v.user = user.ID
	return s.cookie(token), nil
}

// renew gives the session of a request another id, and notes what its account proves itself by now.
func (s *Server) renew(ctx context.Context, user archive.User) (*http.Cookie, error) {
	v := visitOf(ctx)
	if v.session == nil {
		return nil, errSignInRequired
	}
	if err := s.sessions.RenewToken(v.session); err != nil {
		return nil, err
	}
	s.sessions.Put(v.session, sessionProof, proofOf(user))
	token, _, err := s.sessions.Commit(context.WithValue(v.session, opening{}, true))
	if err != nil {
		return nil, err
	}
	return s.cookie(token), nil
}

// proofOf names the password of an account, its second factor and its passkeys, without telling anything of them; of one of a provider
// who it is there, how it last signed in, and how often its sessions were ended.
func proofOf(u archive.User) string {
	by := []byte(u.Password)
	if u.Factor != nil {
		by = append(append(by, 0), u.Factor.Secret...)
	}
	for _, p := range u.Passkeys {
		by = fmt.Appendf(by, "\x00%x", p.ID)
	}
	if who := u.Identity; who != nil {
		by = fmt.Appendf(by, "\x00%q %q %v %d", who.Issuer, who.Subject, who.Strong, who.Ended)
	}
	return hexOf(sha256.Sum256(by))
}

// tryAccount signs an account in, in one step or two.
func (s *Server) tryAccount(ctx context.Context, body signInBody) (archive.User, error) {
	v := visitOf(ctx)
	return s.limited(v.address, body.Name, func() (archive.User, error) {
		user, err := s.accounts.SignIn(ctx, body.Name, body.Password, "web", v.address)
		if errors.Is(err, acl.ErrCodeRequired) && !errors.Is(err, acl.ErrPasskeyRequired) && body.Code != "" {
			user, err = s.accounts.SignInCode(ctx, user, body.Code, "web", v.address)
		}
		return user, err
	})
}

// limited lets somebody try to prove who she is, unless her address failed too often, at this account or at all.
func (s *Server) limited(address, name string, try func() (archive.User, error)) (archive.User, error) {
	address = network(address)
	account := address + " " + strings.ToLower(strings.TrimSpace(name))
	if !s.accountTries.free(account) || !s.tries.take(address) {
		return archive.User{}, errTooMany
	}
	if !s.accountTries.take(account) {
		return archive.User{}, errTooMany
	}
	user, err := try()
	if err == nil || errors.Is(err, acl.ErrCodeRequired) {
		s.tries.succeeded(address)
		s.accountTries.succeeded(account)
	}
	return user, err
}

// endSession ends the session that a Cookie header names, if there is one.
func (s *Server) endSession(ctx context.Context, header string) error {
	r := (&http.Request{Header: http.Header{"Cookie": {header}}}).WithContext(ctx)
	ctx, ok, err := s.loadSession(r)
	if err != nil || !ok {
		return err
	}
	return s.sessions.Destroy(ctx)
}

// cookie is the session cookie; an empty token takes it away. It ends with the browser.
func (s *Server) cookie(token string) *http.Cookie {
	c := s.sessions.Cookie
	out := &http.Cookie{
		Name: c.Name, Value: token, Path: c.Path, HttpOnly: c.HttpOnly, Secure: c.Secure, SameSite: c.SameSite,
	}
	if token == "" {
		out.MaxAge = -1
	}
	return out
}

// quit ends the session that a request came with, if it came with one.
func (s *Server) quit(c *gin.Context) error {
	v := visitOf(c.Request.Context())
	if v.session == nil || v.whoErr != nil {
		return nil
	}
	id := s.sessions.GetString(v.session, sessionID)
	if err := s.sessions.Destroy(v.session); err != nil {
		return err
	}
	if v.who.Identity != nil {
		if err := s.forget(v.session, v.who.ID, id); err != nil {
			return err
		}
	}
	if err := s.accounts.SignOut(v.session, v.who, "web"); err != nil {
		return err
	}
	http.SetCookie(c.Writer, s.cookie(""))
	return nil
}

// closeSession signs out. A token has no session: nothing happens.
func (s *Server) closeSession(c *gin.Context, _ *acl.Desk) error {
	if err := s.quit(c); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	return nil
}
