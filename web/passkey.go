package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// askedSuffix is in the name of a cookie of a browser that was asked for a passkey, before what names the challenge: several
// windows may be asked at once. It opens nothing.
const askedSuffix = "-asked-"

// manyAsked is how many challenges a browser may have open; a further one takes the place of the oldest.
const manyAsked = 4

// What a browser was asked for.
const (
	askedSignIn = "sign in"
	askedProof  = "prove"
	askedNew    = "make"
)

// askedPasskey is what a browser was asked, and when.
type askedPasskey struct {
	// At is in nanoseconds since 1970.
	At        int64  `json:"at"`
	Kind      string `json:"k"`
	Challenge string `json:"c"`
	// User is who was signed in; empty: nobody.
	User archive.UserID `json:"u,omitempty"`
}

// askedCookie is the cookie of a challenge; of one that is over where value is "".
func (s *Server) askedCookie(challenge, value string) *http.Cookie {
	sum := sha256.Sum256([]byte(challenge))
	c := s.cookie(value)
	c.Name += askedSuffix + hex.EncodeToString(sum[:6])
	if c.SameSite = http.SameSiteStrictMode; value != "" {
		c.MaxAge = int(acl.PasskeyLife.Seconds())
	}
	return c
}

// asks notes what a browser is asked.
func (s *Server) asks(c *gin.Context, kind string, user archive.UserID, ask acl.PasskeyAsk) (json.RawMessage, error) {
	data, err := json.Marshal(askedPasskey{s.Guard.Now().UnixNano(), kind, ask.Challenge, user})
	if err != nil {
		return nil, err
	}
	s.fewAsked(c)
	http.SetCookie(c.Writer, s.askedCookie(ask.Challenge, base64.RawURLEncoding.EncodeToString(s.box.Seal(data, []byte(askedSuffix)))))
	return ask.Options, nil
}

// fewAsked takes the oldest of what a browser was asked away, where it was asked much, and what nobody here asked.
func (s *Server) fewAsked(c *gin.Context) {
	var open []askedPasskey
	for _, cookie := range c.Request.Cookies() {
		if !strings.HasPrefix(cookie.Name, s.cookieName()+askedSuffix) {
			continue
		}
		if a, ok := s.readAsked(cookie); ok {
			open = append(open, a)
			continue
		}
		gone := s.cookie("")
		gone.Name, gone.SameSite = cookie.Name, http.SameSiteStrictMode
		http.SetCookie(c.Writer, gone)
	}
	slices.SortFunc(open, func(x, y askedPasskey) int { return cmp.Compare(x.At, y.At) })
	for _, a := range open[:max(0, len(open)+1-manyAsked)] {
		http.SetCookie(c.Writer, s.askedCookie(a.Challenge, ""))
	}
}

// readAsked is what a cookie says that its browser was asked.
func (s *Server) readAsked(cookie *http.Cookie) (a askedPasskey, ok bool) {
	if len(cookie.Value) > 1000 {
		return a, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return a, false
	}
	data, err := s.box.Open(sealed, []byte(askedSuffix))
	return a, err == nil && json.Unmarshal(data, &a) == nil
}

// asked is the challenge that a browser answers: "" where it was asked for something else or somebody else was signed in, where it
// was too long ago or before this program was started, which remembers no answers of then, and where it was answered before. Who asks
// for it has taken a try, so that no address can fill what is remembered.
func (s *Server) asked(c *gin.Context, kind string, user archive.UserID, answer string) string {
	said := acl.PasskeyChallenge([]byte(answer))
	over := s.askedCookie(said, "")
	cookie, err := c.Request.Cookie(over.Name)
	if err != nil {
		return ""
	}
	http.SetCookie(c.Writer, over)
	a, ok := s.readAsked(cookie)
	if !ok || a.Challenge != said || a.Kind != kind || a.User != user {
		return ""
	}
	now, at := s.Guard.Now(), time.Unix(0, a.At)
	ends := at.Add(acl.PasskeyLife)
	if at.Before(s.started) || !now.Before(ends) || !s.given.first(a.Challenge, now, ends) {
		return ""
	}
	return a.Challenge
}

// answers are the challenges that were answered and aren't over yet: each is good once. It is safe for concurrent use.
type answers struct {
	mu sync.Mutex
	by map[string]time.Time
}

// first reports whether a challenge, which is over at a time, is answered for the first time. Where too many are remembered it
// says no: who floods us lets others wait, and gets nothing by it.
func (a *answers) first(challenge string, now, ends time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.by) >= manyTries {
		for c, over := range a.by {
			if !now.Before(over) {
				delete(a.by, c)
			}
		}
	}
	if _, again := a.by[challenge]; again || len(a.by) >= manyTries {
		return false
	}
	if a.by == nil {
		a.by = map[string]time.Time{}
	}
	a.by[challenge] = ends
	return true
}

// AskPasskey implements pages.Host.
func (h *host) AskPasskey(c *gin.Context) (json.RawMessage, error) {
	v := visitOf(c.Request.Context())
	kind, user := askedSignIn, archive.UserID("")
	if v.session != nil && v.whoErr == nil {
		kind, user = askedProof, v.who.ID
	}
	ask, err := h.accounts.AskPasskey(c.Request.Context(), user)
	if err != nil {
		return nil, err
	}
	return h.asks(c, kind, user, ask)
}

// SignInPasskey implements pages.Host.
func (h *host) SignInPasskey(c *gin.Context, answer string) error {
	ctx := c.Request.Context()
	if answer == "" {
		return &archive.FieldError{Pointer: "/passkey", Code: "required"}
	}
	v := visitOf(ctx)
	user, err := h.limited(v.address, "passkey "+string(acl.PasskeyOwner([]byte(answer))), func() (archive.User, error) {
		return h.accounts.SignInPasskey(ctx, h.asked(c, askedSignIn, "", answer), []byte(answer), clientOfPages, v.address)
	})
	if err != nil {
		return err
	}
	return h.entered(c, user, nil)
}

// ProvePasskey implements pages.Host.
func (h *host) ProvePasskey(c *gin.Context, answer string) error {
	ctx := c.Request.Context()
	v := visitOf(ctx)
	if v.session == nil {
		return acl.ErrDenied
	}
	if answer == "" {
		return &archive.FieldError{Pointer: "/passkey", Code: "required"}
	}
	user, err := h.limited(v.address, v.who.Name, func() (archive.User, error) {
		return h.accounts.ProvePasskey(ctx, v.who.ID, h.asked(c, askedProof, v.who.ID, answer), []byte(answer), clientOfPages, v.address)
	})
	if err != nil {
		return err
	}
	h.sessions.Put(v.session, sessionProven, h.Guard.Now().Unix())
	cookie, err := h.renew(ctx, user)
	if err == nil {
		http.SetCookie(c.Writer, cookie)
	}
	return err
}

// AskNewPasskey implements pages.Host.
func (h *host) AskNewPasskey(c *gin.Context, office string) (json.RawMessage, error) {
	ctx := c.Request.Context()
	ask, err := h.Desk(ctx, "").AskNewPasskey(ctx, office)
	if err != nil {
		return nil, err
	}
	return h.asks(c, askedNew, visitOf(ctx).who.ID, ask)
}

// AddPasskey implements pages.Host.
func (h *host) AddPasskey(c *gin.Context, name, answer string) error {
	ctx := c.Request.Context()
	v := visitOf(ctx)
	if _, err := h.limited(v.address, v.who.Name, func() (archive.User, error) {
		return archive.User{}, h.Desk(ctx, "").AddPasskey(ctx, name, h.asked(c, askedNew, v.who.ID, answer), []byte(answer))
	}); err != nil {
		return err
	}
	return h.Renew(c)
}
