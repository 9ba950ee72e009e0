package web

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/archive"
)

const (
	// endedPath is where the provider tells that somebody's session there is over (OpenID Connect Back-Channel Logout 1.0).
	endedPath = "/sign-in/ended"
	// endingLife is how old such word may be, and manyEndings how much of it is remembered.
	endingLife  = 5 * time.Minute
	manyEndings = 10000
)

// endings remember what the provider said lately, so that none is said twice.
type endings struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// fresh notes a token by its id; false where it came before, or too much did.
func (e *endings) fresh(id string, now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen == nil {
		e.seen = map[string]time.Time{}
	}
	if len(e.seen) >= manyEndings {
		for old, at := range e.seen {
			if now.Sub(at) > 2*endingLife {
				delete(e.seen, old)
			}
		}
	}
	if _, before := e.seen[id]; before || len(e.seen) >= manyEndings {
		return false
	}
	e.seen[id] = now
	return true
}

func (e *endings) forget(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.seen, id)
}

// endedElsewhere ends the sessions of somebody whose session at the provider ended. What isn't believed counts, apart from
// wrong passwords: neither keeps the other out. Whom nobody knows here is no fault of the provider's.
func (s *Server) endedElsewhere(c *gin.Context) {
	ctx := c.Request.Context()
	if s.provider == nil {
		s.answer(problem{kind: "not-found"})(c)
		return
	}
	from := network(visitOf(ctx).address)
	if !s.endingTries.take(from) {
		s.answer(s.problemOf(ctx, errTooMany))(c)
		return
	}
	err := s.hearEnded(ctx, c.Request)
	var why unbelieved
	switch {
	case err == nil:
		s.endingTries.succeeded(from)
		c.Status(http.StatusOK)
		c.Writer.WriteHeaderNow()
	case errors.As(err, &why):
		if rerr := s.accounts.RefuseClaimed(ctx, "", "end: "+string(why), "web", visitOf(ctx).address); rerr != nil {
			s.answer(s.problemOf(ctx, rerr))(c)
			return
		}
		c.JSON(http.StatusBadRequest, gin.H{"error": "invalid_request"})
	case errors.Is(err, errAway):
		s.endingTries.succeeded(from)
		s.answer(problem{kind: "busy"})(c)
	default:
		s.answer(s.problemOf(ctx, err))(c)
	}
}

// hearEnded checks the provider's word and acts upon it.
func (s *Server) hearEnded(ctx context.Context, r *http.Request) error {
	raw := r.PostFormValue("logout_token")
	if raw == "" {
		return unbelieved("no token")
	}
	found, err := s.provider.find(ctx)
	if err != nil {
		return err
	}
	var missed error
	token, err := found.verifier.VerifyLogout(noting(ctx, &missed), raw)
	now := s.Guard.Now()
	switch {
	case missed != nil:
		s.provider.outage.note(ctx, missed)
		return missed
	case err != nil && s.provider.diagnose(raw) != unbelieved("signature"):
		return s.provider.diagnose(raw)
	case err != nil:
		return unbelieved("signature or kind")
	case token.Subject == "":
		return unbelieved("subject")
	case token.IssuedAt.After(now.Add(clockSkew)) || now.Sub(token.IssuedAt) > endingLife:
		return unbelieved("time")
	case !s.endings.fresh(token.TokenID, now):
		return unbelieved("repeated")
	}
	var which func(archive.Session) bool
	if token.SessionID != "" {
		store, _ := s.sessions.Store.(*sessionStore)
		which = func(kept archive.Session) bool {
			came := store.values(kept)[sessionElsewhere]
			return came == token.SessionID || came == "" // the provider didn't say from which one
		}
	}
	if err := s.accounts.EndClaimed(ctx, token.Issuer, token.Subject, "ended there", "web", which); err != nil {
		s.endings.forget(token.TokenID) // the provider may say it once more
		return err
	}
	return nil
}
