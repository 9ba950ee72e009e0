package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
)

const password = "richtig-langes-Kennwort"

// member makes an account with a password.
func (w *world) member(name string) archive.User {
	w.t.Helper()
	u, err := w.guard.Accounts().Add(w.t.Context(), audit.Actor{User: "system", Client: "cli"}, archive.User{
		Name: name, Roles: []archive.Pair{{Role: "sachbearbeitung", Department: "auslaenderbehoerde"}},
	}, password)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// signIn signs in and returns the cookie.
func (w *world) signIn(name, pw string, headers ...string) (reply, *http.Cookie) {
	w.t.Helper()
	r := w.call("", "POST", "/session", map[string]any{"name": name, "password": pw}, headers...)
	for _, c := range (&http.Response{Header: r.header}).Cookies() {
		return r, c
	}
	return r, nil
}

func with(c *http.Cookie) string { return "Cookie: " + c.Name + "=" + c.Value }

func TestSession(t *testing.T) {
	w := newWorld(t)
	u := w.member("eva")
	r, cookie := w.signIn("Eva", password)
	if r.status != 200 || r.text("id") != string(u.ID) || r.text("roles/0/role") != "sachbearbeitung" || cookie == nil {
		t.Fatalf("sign-in: %v", r)
	}
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || len(cookie.Value) < 43 {
		t.Errorf("cookie: %+v", cookie)
	}
	if r := w.want(200, "", "GET", "/me", nil, with(cookie)); r.text("name") != "eva" {
		t.Errorf("me: %v", r)
	}
	_, next := w.signIn("eva", password, with(cookie))
	if next.Value == cookie.Value {
		t.Error("the session kept its id at sign-in")
	}
	isProblem(t, w.call("", "GET", "/me", nil, with(cookie)), 401, "sign-in-required", german)
	out := w.want(204, "", "DELETE", "/session", nil, with(next))
	if !strings.Contains(out.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("sign-out: %v", out.header)
	}
	isProblem(t, w.call("", "GET", "/me", nil, with(next)), 401, "sign-in-required", german)
	forged := *next
	forged.Value = strings.Repeat("A", 43)
	w.want(401, "", "GET", "/me", nil, with(&forged))
	if r, c := w.signIn("eva", password, with(&forged)); r.status != 200 || c.Value == forged.Value {
		t.Error("a session id that came from outside was taken")
	}
}

func TestSessionEnds(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	forward := func(d time.Duration) { w.ahead.Add(int64(d)) }
	_, idle := w.signIn("eva", password)
	forward(29 * time.Minute)
	w.want(200, "", "GET", "/me", nil, with(idle))
	forward(29 * time.Minute)
	w.want(200, "", "GET", "/me", nil, with(idle))
	forward(31 * time.Minute)
	w.want(401, "", "GET", "/me", nil, with(idle))
}

func TestSessionEndsWhateverHappens(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	forward := func(d time.Duration) { w.ahead.Add(int64(d)) }
	_, busy := w.signIn("eva", password)
	for range 29 {
		forward(24 * time.Minute)
		w.want(200, "", "GET", "/me", nil, with(busy))
	}
	forward(24*time.Minute + time.Second)
	w.want(401, "", "GET", "/me", nil, with(busy))
}

func TestDisabledUserIsOut(t *testing.T) {
	w := newWorld(t)
	u := w.member("eva")
	_, cookie := w.signIn("eva", password)
	w.want(200, "", "GET", "/me", nil, with(cookie))
	err := w.store.Update(t.Context(), func(tx archive.Tx) error {
		now, err := tx.User(u.ID)
		if err != nil {
			return err
		}
		now.Disabled, now.Revision = true, now.Revision+1
		if err := tx.PutUser(now); err != nil {
			return err
		}
		return tx.Record(audit.Event{Time: w.now(), Actor: audit.System(), Op: audit.OpUserChange, Object: "user/" + string(u.ID), Result: audit.Allow})
	})
	if err != nil {
		t.Fatal(err)
	}
	w.want(401, "", "GET", "/me", nil, with(cookie))
}

// TestAnotherPasswordEndsSessions sets one, as is done when somebody else may know the former.
func TestAnotherPasswordEndsSessions(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	_, cookie := w.signIn("eva", password)
	w.want(200, "", "GET", "/me", nil, with(cookie))
	w.must(w.guard.Accounts().SetPassword(t.Context(), audit.Actor{User: "system", Client: "cli"}, "eva", password+"!"))
	isProblem(t, w.call("", "GET", "/me", nil, with(cookie)), 401, "sign-in-required", german)
	_, cookie = w.signIn("eva", password+"!")
	w.want(200, "", "GET", "/me", nil, with(cookie))
}

// TestSignInTellsNothing compares what different failures answer.
func TestSignInTellsNothing(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	for _, who := range [][2]string{{"eva", canary + "1234567"}, {"nobody" + canary, password}, {"", ""}} {
		r, cookie := w.signIn(who[0], who[1])
		isProblem(t, r, 401, "sign-in-failed", german)
		if cookie != nil || r.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%q: %v", who, r.header)
		}
	}
	if log := w.log.String(); strings.Contains(log, canary) || strings.Contains(log, password) {
		t.Error("the log holds names or passwords")
	}
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	good := w.tokens[clerk]
	for name, header := range map[string]string{
		"none": "", "unknown": "Bearer eak_" + strings.Repeat("A", 43), "no prefix": "Bearer " + good[4:], "cut": "Bearer " + good[:20],
		"basic": "Basic " + good, "bare": good, "long": "Bearer " + good + strings.Repeat("A", 1000),
	} {
		r := w.call("", "GET", "/me", nil, "Authorization: "+header)
		if r.status != 401 || r.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %v", name, r)
		}
	}
	w.member("eva")
	_, cookie := w.signIn("eva", password)
	if r := w.call("", "GET", "/me", nil, with(cookie), "Authorization: Bearer eak_wrong"); r.status != 401 {
		t.Errorf("a session stood in for a wrong token: %v", r)
	}
	w.ahead.Add(int64(25 * time.Hour))
	w.want(401, clerk, "GET", "/me", nil)
}

func TestSignInRate(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.SignIns = 3 })
	for range 3 {
		if r, _ := w.signIn("nobody", "x"); r.status != 401 {
			t.Fatalf("got %v", r)
		}
	}
	r, _ := w.signIn("nobody", "x")
	isProblem(t, r, 429, "too-many-requests", german)
	if r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	// A forged address of a proxy that nobody trusts helps nothing.
	if r, _ := w.signIn("nobody", "x", "X-Forwarded-For: 198.51.100.7"); r.status != 429 {
		t.Errorf("a forged address was believed: %v", r)
	}
	w.ahead.Add(int64(time.Minute))
	if r, _ := w.signIn("nobody", "x"); r.status != 401 {
		t.Errorf("a minute later: %v", r)
	}
}

func TestTrustedProxyNamesTheAddress(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.SignIns, c.TrustedProxies = 1, []string{"127.0.0.1"} })
	for _, address := range []string{"198.51.100.7", "198.51.100.8"} {
		if r, _ := w.signIn("nobody", "x", "X-Forwarded-For: "+address); r.status != 401 {
			t.Errorf("%s: %v", address, r)
		}
	}
	if r, _ := w.signIn("nobody", "x", "X-Forwarded-For: 198.51.100.7"); r.status != 429 {
		t.Errorf("got %v", r)
	}
}

func TestTriesForget(t *testing.T) {
	now := time.Now()
	tr := newTries(2, func() time.Time { return now })
	for i := range manyTries + 10 {
		tr.take(string(rune(i)))
	}
	if len(tr.by) > manyTries {
		t.Errorf("%d addresses are remembered", len(tr.by))
	}
}

func TestSecureCookie(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.Secure = true })
	w.member("eva")
	_, cookie := w.signIn("eva", password)
	if cookie == nil || cookie.Name != "__Host-eakte" || !cookie.Secure || cookie.Path != "/" || cookie.Domain != "" || !cookie.HttpOnly {
		t.Errorf("cookie: %+v", cookie)
	}
}
