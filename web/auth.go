package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// maxKey is how long an Idempotency-Key may be.
const maxKey = 200

type deskKey struct{}

// deskOf returns the desk that signIn laid down. Without it, nobody may do anything.
func deskOf(ctx context.Context) *acl.Desk {
	desk, _ := ctx.Value(deskKey{}).(*acl.Desk)
	return desk
}

// signIn gives who asks her desk, or answers that nobody is signed in.
func (s *Server) signIn(c *gin.Context) {
	v := visitOf(c.Request.Context())
	if v.whoErr != nil {
		s.answer(s.problemOf(c.Request.Context(), v.whoErr))(c)
		return
	}
	desk := s.Guard.For(subjectOf(v, c.GetHeader("Eakte-Purpose")))
	if v.held != "" {
		desk = desk.Unconfirmed()
	}
	if key := c.GetHeader("Idempotency-Key"); key != "" && c.Request.Method == http.MethodPost {
		if !printable(key, maxKey) {
			err := &archive.FieldError{Pointer: "/Idempotency-Key", Code: "format"}
			s.answer(s.problemOf(c.Request.Context(), err))(c)
			return
		}
		desk = desk.Once(key, c.Request.Method+" "+c.Request.URL.Path)
	}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), deskKey{}, desk))
}

// subjectOf is who asks, and why.
func subjectOf(v *visit, purpose string) acl.Subject {
	return acl.Subject{
		User: v.who.ID, Name: v.who.Name, Pairs: v.who.Roles, Teams: v.who.Teams,
		Purpose: purpose, Purposes: v.purposes, Client: v.client, Address: v.address, Correlation: v.id,
	}
}

// who finds the account behind a request and how it came: a token where the header says so, a
// session else, never the one for want of the other.
func (s *Server) who(c *gin.Context) (archive.User, string, error) {
	ctx := c.Request.Context()
	if values := c.Request.Header.Values("Authorization"); len(values) > 0 {
		scheme, token, _ := strings.Cut(values[0], " ")
		if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") {
			return archive.User{}, "", errSignInRequired
		}
		user, err := s.accounts.Bearer(ctx, strings.TrimSpace(token))
		return user, "api", err
	}
	user, err := s.sessionUser(c)
	return user, "web", err
}

// printable reports whether s is ASCII that can be seen, and not too long.
func printable(s string, limit int) bool {
	if len(s) > limit {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
