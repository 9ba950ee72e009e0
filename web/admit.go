package web

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"
)

// Limits of who has not signed in.
const (
	// signInBytes is more than a sign-in with the longest name and password takes.
	signInBytes = 8 << 10
	// signInTime is how long its body may take, and how long each write to somebody unknown.
	signInTime = 5 * time.Second
)

// arrive is the first handler inside gin, where route and address are known.
func (s *Server) arrive(c *gin.Context) {
	v := visitOf(c.Request.Context())
	if v.refused != nil {
		s.answer(*v.refused)(c)
		return
	}
	v.pattern, v.address = c.FullPath(), c.ClientIP()
}

// admit finds out who asks, before anything of the body is read, and takes a place: one of those for
// accounts, or one of those for strangers, who so can never take the places of who signed in. The
// supervisor's questions need none.
func (s *Server) admit(c *gin.Context) {
	v := visitOf(c.Request.Context())
	if v.pattern == "/livez" || v.pattern == "/readyz" {
		return
	}
	crowd, key := s.strangers, network(v.address)
	if opening := (v.pattern == base+"/session" || v.pattern == "/sign-in" || v.pattern == "/sign-in/code" || v.pattern == endedPath) && c.Request.Method == http.MethodPost; opening {
		if !s.receiveSignIn(c) {
			return
		}
	} else if v.who, v.client, v.whoErr = s.who(c); v.whoErr == nil {
		crowd, key = s.accountsIn, string(v.who.ID)
		if v.pattern == eventsPattern {
			crowd = s.streams // which stay for long, and must not take the places of others
		}
		v.user = v.who.ID
		v.known()
	}
	if !crowd.enter(key) {
		s.answer(problem{kind: "busy"})(c)
		return
	}
	defer crowd.leave(key)
	c.Next()
}

// receiveSignIn reads the body of a sign-in, unless its address failed too often. It holds no place
// while it waits, so that slow senders take nothing but their own connections; false says that the
// request was answered.
func (s *Server) receiveSignIn(c *gin.Context) bool {
	v := visitOf(c.Request.Context())
	tries := s.tries
	if v.pattern == endedPath {
		tries = s.endingTries
	}
	if !tries.free(network(v.address)) {
		s.answer(s.problemOf(c.Request.Context(), errTooMany))(c)
		return false
	}
	if c.Request.ContentLength > signInBytes {
		s.answer(problem{kind: "too-large", limit: signInBytes})(c)
		return false
	}
	if v.body == nil {
		return true
	}
	v.body.budget = min(v.body.budget, signInTime)
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, signInBytes))
	if err != nil {
		s.answer(s.problemOf(c.Request.Context(), err))(c)
		return false
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	return true
}

// network is what an address counts as: itself, or with IPv6 the /64 it lies in, of which whoever has
// one address has all.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}
