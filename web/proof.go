package web

import (
	"errors"
	"net/http"
)

// noProof says that a request comes with the cookie of a session, would change something, and tells by
// nothing that it comes from a page of ours: browsers of the last years tell it always.
func (s *Server) noProof(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	if r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "" || len(r.Header.Values("Authorization")) > 0 {
		return false
	}
	_, err := r.Cookie(s.cookieName())
	return !errors.Is(err, http.ErrNoCookie)
}

// refuse answers a request that is to reach no route: with a page where a browser asked for one.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, p problem) {
	if !s.wantsPage(r) {
		s.write(w, r, p)
		return
	}
	visitOf(r.Context()).refused = &p
	s.engine.ServeHTTP(w, r)
}

// proven refuses such requests.
func (s *Server) proven(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.noProof(r) {
			s.refuse(w, r, problem{kind: "origin-unknown"})
			return
		}
		next.ServeHTTP(w, r)
	})
}
