package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"eakte/archive"
)

// visit is what is known of a request while it is served.
type visit struct {
	// id is the correlation id: made here, in answer, log and trail.
	id       string
	language string
	// pattern is the route's, "/api/v1/akten/:id"; empty where none fits.
	pattern string
	user    archive.UserID
	// who is who signed in and client how; whoErr is why nobody did.
	who    archive.User
	client string
	whoErr error
	// session holds the values of her session, purposes what she stated for single Akten; nil where she
	// came with a token.
	session  context.Context
	purposes map[archive.AkteID]string
	// withheld says that a role gives her no right before she has a second factor.
	withheld bool
	// held names the form that was held and is shown once more; desks change nothing then.
	held string
	// refused is why the request reaches no route; nil: it may.
	refused *problem
	// body is the request's; nil where it has none.
	body *pacedBody
	// answer is where the answer goes.
	answer *answerWriter
	// address is where it came from, trusted proxies aside; agent is what the browser calls itself.
	address, agent string
}

// known says that somebody signed in asks, who is waited for as long as slow lines need.
func (v *visit) known() {
	if v.answer != nil {
		v.answer.patience = writeTime
	}
}

type visitKey struct{}

// visitOf returns the visit of a request's context.
func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{language: german}
}

// visits is the outermost handler.
func (s *Server) visits(next http.Handler) http.Handler {
	return http.HandlerFunc(func(raw http.ResponseWriter, r *http.Request) {
		start := time.Now()
		v := &visit{id: archive.NewID[string](), language: preferred(r.Header.Get("Accept-Language")), agent: r.UserAgent()}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		w := &answerWriter{ResponseWriter: raw, control: http.NewResponseController(raw), patience: signInTime}
		v.answer = w
		if r.Body != nil && r.Body != http.NoBody {
			v.body = &pacedBody{ReadCloser: r.Body, control: w.control, budget: s.SlowBody}
			r.Body = v.body
		}
		s.protect(w.Header(), v.id)
		defer func() {
			aborted := s.recovered(w, r, recover())
			v.body.leave()
			s.leave(r, v, w.status, time.Since(start))
			if aborted {
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// protect sets what stands on every answer; who serves something more open says so itself.
func (s *Server) protect(h http.Header, id string) {
	h.Set("Eakte-Correlation", id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Authorization, Cookie, Accept-Language")
	if s.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// recovered answers for a handler that panicked, without a word of why; true says that the
// connection must be cut because an answer had begun.
func (s *Server) recovered(w *answerWriter, r *http.Request, cause any) bool {
	if cause == nil {
		return false
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) || w.failed {
		return true // huma panics when the client hung up
	}
	v := visitOf(r.Context())
	s.Log.ErrorContext(r.Context(), "handler panicked", "correlation", v.id, "route", v.pattern,
		"type", fmt.Sprintf("%T", cause), "stack", string(debug.Stack()))
	if w.status != 0 {
		return true
	}
	return !s.sorry(w, r)
}

// sorry says that a handler failed; in few words where it was a page that can't be made. False says that an
// answer had begun.
func (s *Server) sorry(w *answerWriter, r *http.Request) (whole bool) {
	defer func() {
		if recover() == nil {
			return
		}
		if whole = w.status == 0; whole {
			s.write(w, r, problem{kind: "internal"})
		}
	}()
	s.refuse(w, r, problem{kind: "internal"})
	return true
}

// leave writes the line of the access log.
func (s *Server) leave(r *http.Request, v *visit, status int, took time.Duration) {
	level := slog.LevelInfo
	if strings.HasSuffix(v.pattern, "z") { // livez, readyz
		level = slog.LevelDebug
	}
	s.Log.Log(r.Context(), level, "request", "correlation", v.id, "method", knownMethod(r.Method), "route", v.pattern,
		"status", status, "took", took, "user", v.user)
	if s.Observe != nil {
		s.Observe(v.pattern, knownMethod(r.Method), status, took)
	}
}

// knownMethod keeps invented methods out of log and metrics.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodDelete, http.MethodPut, http.MethodOptions:
		return m
	}
	return "other"
}
