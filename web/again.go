package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/pages"
)

// sessionProven is when the session last proved who it belongs to: at the sign-in, or since.
const sessionProven = "proven"

// provenBy reports whether a request comes with what routes with the trait again ask for: who left her desk open, or lost
// her cookie, must not give Akten out by that. Who has a token has no password to ask for; to make one asks for it.
func (s *Server) provenBy(v *visit) bool {
	if v.session == nil {
		return true
	}
	proven := time.Unix(s.sessions.GetInt64(v.session, sessionProven), 0)
	return s.Guard.Now().Sub(proven) < s.ProofLife
}

// provenFirst answers [pages.ErrAgain] where a session has to prove itself again.
func (s *Server) provenFirst(fn func(*gin.Context, *acl.Desk) error) func(*gin.Context, *acl.Desk) error {
	return func(c *gin.Context, desk *acl.Desk) error {
		if !s.provenBy(visitOf(c.Request.Context())) {
			return pages.ErrAgain
		}
		return fn(c, desk)
	}
}

// proofInput is who is signed in proving once more who she is.
type proofInput struct {
	Body struct {
		Password string `json:"password" maxLength:"1024"`
		Code     string `json:"code,omitempty" maxLength:"100" doc:"Where the account has a second factor: six digits, or a recovery code"`
	}
}

type proofOutput struct {
	Cookie []string `header:"Set-Cookie"`
}

// proveSession gives the session a new id beside the proof.
func (s *Server) proveSession(ctx context.Context, _ *acl.Desk, in *proofInput) (*proofOutput, error) {
	if v := visitOf(ctx); v.session != nil && v.who.Factor == nil && len(v.who.Passkeys) > 0 {
		return nil, acl.ErrPasskeyRequired
	}
	cookie, err := s.proveAgain(ctx, in.Body.Password, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &proofOutput{[]string{cookie.String()}}, nil
}

func (s *Server) proveAgain(ctx context.Context, password, code string) (*http.Cookie, error) {
	v := visitOf(ctx)
	if v.session == nil {
		return nil, acl.ErrDenied
	}
	if password == "" {
		return nil, &archive.FieldError{Pointer: "/password", Code: "required"}
	}
	user, err := s.limited(v.address, v.who.Name, func() (archive.User, error) {
		return s.accounts.Prove(ctx, v.who.ID, password, code, "web", v.address)
	})
	if err != nil {
		return nil, err
	}
	s.sessions.Put(v.session, sessionProven, s.Guard.Now().Unix())
	return s.renew(ctx, user)
}

// Prove implements pages.Host.
func (h *host) Prove(c *gin.Context, password, code string) error {
	cookie, err := h.proveAgain(c.Request.Context(), password, code)
	if err == nil {
		http.SetCookie(c.Writer, cookie)
	}
	return err
}

// Proven implements pages.Session.
func (s *session) Proven() bool { return s.host.provenBy(visitOf(s.ctx)) }
