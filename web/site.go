package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/pages"
	"eakte/web/ui"
)

// site mounts the pages.
func (s *Server) site() error {
	var err error
	s.pages, err = pages.New(pages.Config{
		Guard: s.Guard, Policies: s.Policies, Host: &host{s}, Authority: s.Authority, Dir: s.PagesDir,
	})
	if err != nil {
		return err
	}
	s.engine.POST(endedPath, s.endedElsewhere)
	s.pages.Routes(s.engine, s.engine.Group("/", s.signedInPage))
	return nil
}

// signedInPage sends who has not signed in to the sign-in.
func (s *Server) signedInPage(c *gin.Context) {
	v := visitOf(c.Request.Context())
	if v.whoErr == nil && v.client != "web" {
		v.whoErr = errSignInRequired // a token has no session: pages are for people
	}
	if v.whoErr != nil {
		s.pages.Fail(c, v.whoErr)
		c.Abort()
	}
}

// host is the server as its pages know it.
type host struct{ *Server }

var _ pages.Host = (*host)(nil)

// Visit implements pages.Host.
func (h *host) Visit(ctx context.Context) pages.Visit {
	v := visitOf(ctx)
	out := pages.Visit{Language: v.language, Correlation: v.id, Held: v.held, Withheld: v.withheld}
	if v.whoErr == nil {
		out.User = v.who
	}
	return out
}

// Desk implements pages.Host.
func (h *host) Desk(ctx context.Context, purpose string) *acl.Desk {
	v := visitOf(ctx)
	desk := h.Guard.For(subjectOf(v, purpose))
	if v.held != "" {
		return desk.Unconfirmed()
	}
	return desk
}

// SignIn implements pages.Host.
func (h *host) SignIn(c *gin.Context, name, password string) error {
	ctx := c.Request.Context()
	user, err := h.tryAccount(ctx, signInBody{Name: name, Password: password})
	if errors.Is(err, acl.ErrCodeRequired) {
		http.SetCookie(c.Writer, h.halfCookie(user))
	}
	if err != nil {
		return err
	}
	return h.entered(c, user, nil)
}

// entered opens a session and sets the cookies.
func (h *host) entered(c *gin.Context, user archive.User, values map[string]any) error {
	cookie, err := h.enter(c.Request.Context(), user, c.GetHeader("Cookie"), values)
	if err == nil {
		http.SetCookie(c.Writer, cookie)
		http.SetCookie(c.Writer, h.lastCookie(user.ID))
	}
	return err
}

// SignOut implements pages.Host.
func (h *host) SignOut(c *gin.Context) error { return h.quit(c) }

// Session implements pages.Host.
func (h *host) Session(ctx context.Context) pages.Session {
	v := visitOf(ctx)
	if v.session == nil || v.whoErr != nil {
		return nil
	}
	return &session{manager: h.sessions, ctx: v.session, now: h.Guard.Now, host: h, who: v.who.ID}
}

// Explain implements pages.Host.
func (h *host) Explain(ctx context.Context, language string, err error) pages.Problem {
	p := h.problemOf(ctx, err)
	said := p.in(language, visitOf(ctx).id)
	out := pages.Problem{
		Status: said.Status, Kind: p.kind, Title: said.Title, Detail: said.Detail, Revision: said.Revision,
		Retry: p.retry(),
	}
	for _, f := range said.Errors {
		out.Faults = append(out.Faults, ui.Fault{Field: strings.TrimPrefix(f.Pointer, "/"), Message: f.Message})
	}
	return out
}

// wantsPage reports whether a person's browser asks for a page, and there are some.
func (s *Server) wantsPage(r *http.Request) bool {
	return s.pages != nil && wantsPage(r)
}

func wantsPage(r *http.Request) bool {
	return !strings.HasPrefix(r.URL.Path, base+"/") && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// session is the asker's, loaded once a request.
type session struct {
	manager *scs.SessionManager
	ctx     context.Context
	now     func() time.Time
	host    *host
	who     archive.UserID
}

const sessionPurposes = "purposes"

// maxStated is for how many Akten a session remembers why they were opened; the oldest is forgotten.
const maxStated = 50

// stated is a purpose bound to an Akte.
type stated struct {
	Akte    archive.AkteID `json:"a"`
	Purpose string         `json:"p"`
}

// Get implements pages.Session.
func (s *session) Get(key string) string { return s.manager.GetString(s.ctx, key) }

// Put implements pages.Session.
func (s *session) Put(key, value string) error {
	s.manager.Put(s.ctx, key, value)
	_, _, err := s.manager.Commit(s.ctx)
	return err
}

// State implements pages.Session.
func (s *session) State(id archive.AkteID, purpose string) error {
	all := slices.DeleteFunc(statedIn(s.Get(sessionPurposes)), func(x stated) bool { return x.Akte == id })
	all = append(all, stated{id, purpose})
	data, err := json.Marshal(all[max(0, len(all)-maxStated):])
	if err != nil {
		return err
	}
	return s.Put(sessionPurposes, string(data))
}

// Stated implements pages.Session.
func (s *session) Stated(id archive.AkteID) string {
	for _, x := range statedIn(s.Get(sessionPurposes)) {
		if x.Akte == id {
			return x.Purpose
		}
	}
	return ""
}

// Ends implements pages.Session.
func (s *session) Ends() time.Duration {
	signed := time.Unix(s.manager.GetInt64(s.ctx, sessionSigned), 0)
	seen := time.Unix(s.manager.GetInt64(s.ctx, sessionSeen), 0)
	return min(seen.Add(sessionIdle).Sub(s.now()), signed.Add(sessionLife).Sub(s.now()))
}

// Mark implements pages.Session.
func (s *session) Mark() string {
	sum := sha256.Sum256([]byte("session of " + s.Get(sessionUser)))
	return hexOf(sum)[:16]
}

// Form implements pages.Session.
func (s *session) Form() string { return s.host.formOf(s.who) }

// Shown implements pages.Session.
func (s *session) Shown(token string) bool { return s.host.shownTo(token) == s.who }

// statedIn reads what State kept. What can't be read is nothing: purposes are stated again.
func statedIn(kept string) []stated {
	var all []stated
	if kept == "" || json.Unmarshal([]byte(kept), &all) != nil {
		return nil
	}
	return all
}

// purposes are those of the session a request came with, for its desk.
func (s *Server) purposes(ctx context.Context) map[archive.AkteID]string {
	all := statedIn(s.sessions.GetString(ctx, sessionPurposes))
	out := make(map[archive.AkteID]string, len(all))
	for _, x := range all {
		out[x.Akte] = x.Purpose
	}
	return out
}
