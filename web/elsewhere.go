package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/gin-gonic/gin"
	"golang.org/x/oauth2"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/pages"
)

const (
	// awaySuffix stands in the names of cookies of a browser that went to the provider, once for each window that did. They
	// open nothing.
	awaySuffix = "-away-"
	// awayLife is how long one may take there, manyAway how many windows of a browser may at once.
	awayLife = 10 * time.Minute
	manyAway = 4
	// backPath is where the provider sends people back to, as it is registered there.
	backPath = "/sign-in/back"
)

// away is a sign-in that was begun at a browser, and is under way at the provider.
type away struct {
	At       int64  `json:"at"`
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	// Back is where the provider sends to, To where it goes on here.
	Back string `json:"b"`
	To   string `json:"to"`
	// User and Session are who is signed in here, and is to prove it again; empty: nobody is.
	User    archive.UserID `json:"u,omitempty"`
	Session string         `json:"i,omitempty"`
}

// awayName is what the cookie of a sign-in under way is called.
func (s *Server) awayName(state string) string {
	sum := sha256.Sum256([]byte(state))
	return s.cookieName() + awaySuffix + hex.EncodeToString(sum[:6])
}

func (s *Server) awayCookie(name, value string) *http.Cookie {
	c := s.cookie(value)
	c.Name = name
	if c.SameSite = http.SameSiteLaxMode; value != "" { // it has to come along when the provider sends back
		c.MaxAge = int(awayLife.Seconds())
	}
	return c
}

// openAway reads a sign-in that is under way; the zero one where a cookie holds none.
func (s *Server) openAway(c *http.Cookie) (a away) {
	if len(c.Value) > 4096 {
		return away{}
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return away{}
	}
	data, err := s.box.Open(sealed, []byte(c.Name))
	if err != nil || json.Unmarshal(data, &a) != nil {
		return away{}
	}
	return a
}

// awayAt is the sign-in that a browser has under way and that an answer belongs to; false where there is none.
func (s *Server) awayAt(r *http.Request) (away, bool) {
	state := r.URL.Query().Get("state")
	cookie, err := r.Cookie(s.awayName(state))
	if err != nil {
		return away{}, false
	}
	a := s.openAway(cookie)
	return a, a.State != "" && subtle.ConstantTimeCompare([]byte(state), []byte(a.State)) == 1
}

// makeRoom has a browser forget what it had under way beside the newest.
func (s *Server) makeRoom(w http.ResponseWriter, r *http.Request) {
	type begun struct {
		name string
		at   int64
	}
	var all []begun
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, s.cookieName()+awaySuffix) {
			all = append(all, begun{c.Name, s.openAway(c).At})
		}
	}
	slices.SortFunc(all, func(a, b begun) int { return cmp.Compare(b.at, a.at) })
	for _, old := range all[min(len(all), manyAway-1):] {
		http.SetCookie(w, s.awayCookie(old.name, ""))
	}
}

// origin is what people type to come here. A host that isn't ours leads nowhere: the provider knows where it may send to.
func (s *Server) origin(r *http.Request) string {
	scheme := "http"
	if s.Secure {
		scheme = "https"
	}
	return (&url.URL{Scheme: scheme, Host: r.Host}).String()
}

// Elsewhere implements pages.Host.
func (h *host) Elsewhere(ctx context.Context) *pages.Elsewhere {
	if h.provider == nil {
		return nil
	}
	_, err := h.provider.find(ctx)
	why, since := h.provider.outage.state()
	return &pages.Elsewhere{Name: h.provider.Name, Away: err != nil, Why: string(why), Since: since}
}

// GoElsewhere implements pages.Host.
func (h *host) GoElsewhere(c *gin.Context, to string) (string, error) {
	ctx := c.Request.Context()
	if h.provider == nil {
		return "", archive.ErrNotFound
	}
	found, err := h.provider.find(ctx)
	if err != nil {
		return "", pages.ErrAway
	}
	a := away{
		At: h.Guard.Now().Unix(), State: archive.NewID[string](), Nonce: archive.NewID[string](), Verifier: oauth2.GenerateVerifier(),
		Back: h.origin(c.Request) + backPath, To: to,
	}
	if len(a.To) > 1000 {
		a.To = "/"
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if levels := h.provider.levels(); len(levels) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(levels, " ")))
	}
	if v := visitOf(ctx); v.session != nil && v.whoErr == nil {
		a.User, a.Session = v.who.ID, h.sessions.GetString(v.session, sessionID)
		options = append(options, oauth2.SetAuthURLParam("max_age", "0"), oauth2.SetAuthURLParam("prompt", "login"))
	}
	data, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	h.makeRoom(c.Writer, c.Request)
	name := h.awayName(a.State)
	http.SetCookie(c.Writer, h.awayCookie(name, base64.RawURLEncoding.EncodeToString(h.box.Seal(data, []byte(name)))))
	return h.provider.flow(found, a.Back).AuthCodeURL(a.State, options...), nil
}

// ComeBack implements pages.Host. Whoever comes with what isn't believed counts like who comes with a wrong password; but
// only where she went from here, since any page elsewhere can have browsers ask for this address.
func (h *host) ComeBack(c *gin.Context) (to string, err error) {
	ctx := c.Request.Context()
	if mode := c.GetHeader("Sec-Fetch-Mode"); h.provider == nil || mode != "" && mode != "navigate" {
		return "", archive.ErrNotFound
	}
	a, begun := h.awayAt(c.Request)
	if !begun {
		return "", pages.ErrLate
	}
	v := visitOf(ctx)
	from := network(v.address)
	if !h.tries.take(from) {
		return "", errTooMany
	}
	http.SetCookie(c.Writer, h.awayCookie(h.awayName(a.State), ""))
	if err = h.arrived(c, a); err == nil {
		h.tries.succeeded(from)
		return a.To, nil
	}
	var why unbelieved
	switch {
	case errors.Is(err, errAway):
		h.tries.succeeded(from) // which is nobody's fault here
		return a.To, pages.ErrAway
	case errors.As(err, &why):
		if rerr := h.accounts.RefuseClaimed(ctx, a.User, string(why), clientOfPages, v.address); rerr != nil {
			return a.To, rerr
		}
		return a.To, backError(why)
	}
	return a.To, err
}

// clientOfPages is how who signs in at a browser comes.
const clientOfPages = "web"

// backError is what is said to who comes back with what isn't believed.
func backError(why unbelieved) error {
	switch why {
	case "late", "session":
		return pages.ErrLate
	case "declined":
		return pages.ErrDeclined
	}
	return pages.ErrUnbelieved
}

// arrived signs in who comes back from the provider, or notes that she proved who she is once more.
func (h *host) arrived(c *gin.Context, a away) error {
	ctx := c.Request.Context()
	found, code, err := h.answered(c.Request, a)
	if err != nil {
		return err
	}
	v := visitOf(ctx)
	if a.User != "" && (v.session == nil || v.whoErr != nil || v.who.ID != a.User || h.sessions.GetString(v.session, sessionID) != a.Session) {
		return unbelieved("session")
	}
	t, err := h.provider.redeem(ctx, found, a, code)
	h.provider.outage.note(ctx, err)
	if err != nil {
		return err
	}
	if a.User == "" {
		user, err := h.accounts.SignInClaimed(ctx, t.Claimed, clientOfPages, v.address)
		if err != nil {
			return err
		}
		id := archive.NewID[string]()
		if err := h.keepConfirmed(ctx, user.ID, id, confirmed{Refresh: t.refresh, Nonce: a.Nonce, At: h.Guard.Now().Unix()}); err != nil {
			return err
		}
		proven := int64(0) // the provider may have let her in by a cookie of its own, however old
		if !t.at.IsZero() {
			proven = min(t.at.Unix(), h.Guard.Now().Unix())
		}
		return h.entered(c, user, map[string]any{sessionID: id, sessionElsewhere: t.session, sessionProven: proven})
	}
	return h.provenElsewhere(c, a, t)
}

// provenElsewhere notes that who is signed in here signed in there once more, since she was sent there.
func (h *host) provenElsewhere(c *gin.Context, a away, t ticket) error {
	ctx := c.Request.Context()
	v := visitOf(ctx)
	if t.at.Before(time.Unix(a.At, 0).Add(-clockSkew)) {
		return unbelieved("sign-in of before")
	}
	user, err := h.accounts.ProveClaimed(ctx, a.User, t.Claimed, clientOfPages, v.address)
	if errors.Is(err, acl.ErrSignIn) {
		return pages.ErrOther
	}
	if err != nil {
		return err
	}
	last := confirmed{Refresh: t.refresh, Nonce: a.Nonce, At: h.Guard.Now().Unix()}
	if err := h.keepConfirmed(ctx, user.ID, a.Session, last); err != nil {
		return err
	}
	h.sessions.Put(v.session, sessionElsewhere, t.session)
	h.sessions.Put(v.session, sessionProven, h.Guard.Now().Unix())
	cookie, err := h.renew(ctx, user)
	if err == nil {
		http.SetCookie(c.Writer, cookie)
	}
	return err
}

// answered checks that an answer of the provider belongs to the sign-in that was begun at the browser, and returns its code.
func (h *host) answered(r *http.Request, a away) (found *foundProvider, code string, err error) {
	query := r.URL.Query()
	for _, name := range []string{"code", "state", "iss", "error"} {
		if len(query[name]) > 1 {
			return nil, "", unbelieved("repeated")
		}
	}
	if h.Guard.Now().Sub(time.Unix(a.At, 0)) >= awayLife {
		return nil, "", unbelieved("late")
	}
	if found, err = h.provider.find(r.Context()); err != nil {
		return nil, "", err
	}
	switch code = query.Get("code"); {
	case found.names && !query.Has("iss"), query.Has("iss") && query.Get("iss") != h.provider.Issuer: // RFC 9207
		return nil, "", unbelieved("another provider")
	case query.Has("error"):
		return nil, "", turnedBack(query.Get("error"))
	case code == "" || len(code) > 4096:
		return nil, "", unbelieved("no code")
	}
	return found, code, nil
}

// EndElsewhere implements pages.Host.
func (h *host) EndElsewhere(c *gin.Context) string {
	if h.provider == nil {
		return ""
	}
	found, err := h.provider.find(c.Request.Context())
	if err != nil || found.end == "" {
		return ""
	}
	end, err := url.Parse(found.end)
	if err != nil {
		return ""
	}
	query := end.Query()
	query.Set("client_id", h.provider.Client)
	query.Set("post_logout_redirect_uri", h.origin(c.Request)+"/sign-in")
	end.RawQuery = query.Encode()
	return end.String()
}
