package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/archive"
	"eakte/web/pages"
)

// Limits of what is held for who posted it when nobody was signed in any more.
const (
	// heldLife is how long it lies: a long weekend. As long a browser is known as that of who signed in last.
	heldLife = 4 * 24 * time.Hour
	// heldPerMinute is how many forms of one account are held.
	heldPerMinute = 60
)

// held is a form as it was posted, sealed among the sessions under its name.
type held struct {
	User   archive.UserID      `json:"u"`
	Path   string              `json:"p"`
	Values map[string][]string `json:"v"`
}

// heldKey is where it lies. No token of a session begins like that.
func heldKey(id string) string { return "held/" + id }

// heldRef is where it is kept, among the sessions.
func heldRef(id string) [32]byte { return sha256.Sum256([]byte(heldKey(id))) }

// Hold implements pages.Host.
func (h *host) Hold(c *gin.Context, path string, typed url.Values) (string, error) {
	ctx := c.Request.Context()
	who := h.shownTo(typed.Get(pages.FieldOf))
	if who == "" {
		who = h.poster(c)
	}
	delete(typed, pages.FieldOf)
	delete(typed, pages.FieldHeld)
	if who == "" || !holdable(path) || !h.heldTries.take(string(who)) {
		return "", nil
	}
	kept := archive.Draft{User: who, Key: "held", Values: typed}
	if len(typed) == 0 || kept.Check() != nil {
		return "", nil
	}
	data, err := json.Marshal(held{User: who, Path: path, Values: typed})
	if err != nil {
		return "", err
	}
	id := archive.NewID[string]()
	waits := archive.Session{Ref: heldRef(id), User: who, Sealed: h.box.Seal(data, []byte(heldKey(id))), Expires: h.Guard.Now().Add(heldLife), About: aboutIDs(path, typed)}
	return id, h.Guard.Store.Update(ctx, func(tx archive.Tx) error { return tx.PutSession(waits) })
}

// aboutIDs are the ids in a form and where it is posted to, so that it can be dropped with what it is about.
func aboutIDs(path string, typed url.Values) (ids []string) {
	path, _, _ = strings.Cut(path, "?")
	found := strings.Split(path, "/")
	for _, values := range typed {
		found = append(found, values...)
	}
	slices.Sort(found)
	for _, s := range slices.Compact(found) {
		if id, err := archive.ParseID[string](s); err == nil && len(ids) < archive.MostAbout {
			ids = append(ids, id)
		}
	}
	return ids
}

// Resume implements pages.Host: what was held is posted once more to where it was meant for, and there meets
// desks that change nothing.
func (h *host) Resume(c *gin.Context, id string) error {
	ctx := c.Request.Context()
	v := visitOf(ctx)
	kept, err := h.heldOf(ctx, id)
	if err != nil {
		return err
	}
	if kept.User != v.who.ID || v.held != "" || !holdable(kept.Path) {
		return archive.ErrNotFound
	}
	to, err := url.ParseRequestURI(kept.Path)
	if err != nil {
		return archive.ErrNotFound
	}
	body := url.Values(kept.Values).Encode()
	r := c.Request.Clone(ctx)
	r.Method, r.URL, r.ContentLength = http.MethodPost, to, int64(len(body))
	r.Body, r.Form, r.PostForm = io.NopCloser(strings.NewReader(body)), nil, nil
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	c.Request = r
	pattern := v.pattern
	v.held = id
	h.engine.HandleContext(c)
	v.pattern = pattern
	return nil
}

// Release implements pages.Host.
func (h *host) Release(c *gin.Context, id string) error {
	ctx := c.Request.Context()
	kept, err := h.heldOf(ctx, id)
	if errors.Is(err, archive.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	to, err := url.ParseRequestURI(kept.Path)
	if err != nil || kept.User != visitOf(ctx).who.ID || to.Path != c.Request.URL.Path {
		return nil // another form of the same page was sent
	}
	return h.Guard.Store.Update(ctx, func(tx archive.Tx) error { return tx.DeleteSession(heldRef(id)) })
}

// formOf seals, for the forms of a page, to whom it was shown.
func (s *Server) formOf(user archive.UserID) string {
	return base64.RawURLEncoding.EncodeToString(s.box.Seal([]byte(user), []byte(pages.FieldOf)))
}

// shownTo opens what formOf sealed; "" where that wasn't us.
func (s *Server) shownTo(token string) archive.UserID {
	if token == "" || len(token) > 400 {
		return ""
	}
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return ""
	}
	user, err := s.box.Open(sealed, []byte(pages.FieldOf))
	if err != nil {
		return ""
	}
	return archive.UserID(user)
}

func (s *Server) heldOf(ctx context.Context, id string) (kept held, err error) {
	if _, err := archive.ParseID[string](id); err != nil {
		return kept, err
	}
	var waits archive.Session
	err = s.Guard.Store.View(ctx, func(r archive.Reader) (err error) {
		waits, err = r.Session(heldRef(id))
		return err
	})
	if err != nil {
		return kept, err
	}
	data, err := s.box.Open(waits.Sealed, []byte(heldKey(id)))
	if err != nil {
		return kept, archive.ErrNotFound // the key changed
	}
	return kept, json.Unmarshal(data, &kept)
}

// holdable reports whether a path is that of a form of a page: the interface for programs, and what opens
// and ends sessions, is never posted to for somebody.
func holdable(path string) bool {
	for _, not := range []string{base + "/", "/static/", "/sign-", "/session", "/held", "/profile/factor", "/profile/passkeys", "//"} {
		if strings.HasPrefix(path, not) {
			return false
		}
	}
	return strings.HasPrefix(path, "/")
}

// poster is who sent a request: who is signed in, else who was last at this browser.
func (s *Server) poster(c *gin.Context) archive.UserID {
	v := visitOf(c.Request.Context())
	if v.whoErr == nil {
		return v.who.ID
	}
	cookie, err := c.Request.Cookie(s.cookieName() + lastSuffix)
	if err != nil || len(cookie.Value) > 400 {
		return ""
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return ""
	}
	data, err := s.box.Open(sealed, []byte(lastSuffix))
	at, user, _ := strings.Cut(string(data), " ")
	signed, perr := strconv.ParseInt(at, 10, 64)
	if err != nil || perr != nil || s.Guard.Now().Sub(time.Unix(signed, 0)) > heldLife {
		return ""
	}
	if v.body != nil {
		v.body.budget = min(v.body.budget, signInTime) // a stranger's, until she signs in
	}
	return archive.UserID(user)
}

// lastSuffix ends the name of the cookie that tells who signed in last at a browser. It opens nothing: it
// says for whom to hold what was typed.
const lastSuffix = "-last"

func (s *Server) lastCookie(user archive.UserID) *http.Cookie {
	data := strconv.FormatInt(s.Guard.Now().Unix(), 10) + " " + string(user)
	sealed := s.box.Seal([]byte(data), []byte(lastSuffix))
	c := s.cookie(base64.RawURLEncoding.EncodeToString(sealed))
	c.Name += lastSuffix
	c.SameSite = http.SameSiteStrictMode
	return c
}
