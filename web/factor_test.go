package web

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	be "encoding/binary"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive/audit"
)

// codeNow is the code that a device with the secret shows (RFC 6238).
func (w *world) codeNow(secret string) string {
	w.t.Helper()
	key, err := base32.StdEncoding.DecodeString(secret)
	w.must(err)
	mac := hmac.New(sha1.New, key)
	mac.Write(be.BigEndian.AppendUint64(nil, uint64(w.now().Unix()/30)))
	sum := mac.Sum(nil)
	return fmt.Sprintf("%06d", (be.BigEndian.Uint32(sum[sum[19]&0xf:])&0x7fffffff)%1000000)
}

// window is a browser without scripts: it keeps cookies.
type window struct {
	*world
	cookies map[string]string
	// mode is how the browser says that it asks; empty: it doesn't say.
	mode string
}

func (w *world) window() *window { return &window{world: w, cookies: map[string]string{}} }

// open asks for a page, or posts a form, and doesn't follow.
func (w *window) open(method, path string, form url.Values) reply {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(form.Encode()))
	w.must(err)
	for name, value := range w.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Language", german)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if w.mode != "" {
		req.Header.Set("Sec-Fetch-Mode", w.mode)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := *w.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	w.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	w.must(err)
	for _, c := range res.Cookies() {
		if w.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(w.cookies, c.Name)
		}
	}
	return reply{res.StatusCode, res.Header, body}
}

// leads expects to be sent on.
func (w *window) leads(to string, r reply) {
	w.t.Helper()
	if at := r.header.Get("Location"); r.status != http.StatusSeeOther || at != to {
		w.t.Fatalf("%d to %q, want to %q: %s", r.status, at, to, r.body)
	}
}

// enrol sets a second factor up by the page and returns its secret and recovery codes.
func (w *window) enrol(name string) (secret string, recovery []string) {
	w.t.Helper()
	w.leads("/", w.open("POST", "/sign-in", url.Values{"name": {name}, "password": {password}}))
	page := string(w.open("GET", "/profile/factor", nil).body)
	secret = regexp.MustCompile(`name="secret" value="([A-Z2-7]+)"`).FindStringSubmatch(page)[1]
	r := w.open("POST", "/profile/factor", url.Values{"secret": {secret}, "password": {password}, "code": {w.codeNow(secret)}})
	for _, m := range regexp.MustCompile(`<li><code class="mono" translate="no">([a-z2-7-]+)</code>`).FindAllStringSubmatch(string(r.body), -1) {
		recovery = append(recovery, m[1])
	}
	if r.status != 200 || len(recovery) != 10 {
		w.t.Fatalf("set up: %d, %d recovery codes", r.status, len(recovery))
	}
	w.ahead.Add(int64(time.Minute))
	return secret, recovery
}

// TestSignInByCode goes through it as a browser without scripts.
func TestSignInByCode(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	here, before := w.window(), w.window()
	before.leads("/", before.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
	secret, recovery := here.enrol("eva")

	if r := here.open("GET", "/profile", nil); r.status != 200 {
		t.Errorf("where it was set up: %d, want to go on", r.status)
	}
	if r := before.open("GET", "/profile", nil); r.status != 303 {
		t.Errorf("a session from before: %d, want to be asked", r.status)
	}
	if page := string(here.open("GET", "/profile/factor", nil).body); strings.Contains(page, secret) || strings.Contains(page, recovery[0]) {
		t.Error("the page tells the secret, or a recovery code, once more")
	}

	there := w.window()
	there.leads("/sign-in", there.open("GET", "/sign-in/code", nil))
	to := "/akten?x=1"
	there.leads("/sign-in/code?to="+url.QueryEscape(to), there.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}, "to": {to}}))
	if there.open("GET", "/", nil).status != 303 {
		t.Error("the password alone opened a session")
	}
	page := there.open("GET", "/sign-in/code?to="+url.QueryEscape(to), nil)
	if page.status != 200 || !strings.Contains(string(page.body), html.EscapeString(to)) {
		t.Errorf("the page that asks for the code: %d", page.status)
	}
	r := there.open("POST", "/sign-in/code", url.Values{"code": {"12345"}, "to": {to}})
	if r.status != 422 || strings.Contains(string(r.body), "12345") {
		t.Errorf("a wrong code: %d", r.status)
	}
	code := w.codeNow(secret)
	there.leads(to, there.open("POST", "/sign-in/code", url.Values{"code": {code}, "to": {to}}))
	if r := there.open("GET", "/", nil); r.status != 200 {
		t.Errorf("signed in: %d", r.status)
	}
	again := w.window()
	again.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}})
	if r := again.open("POST", "/sign-in/code", url.Values{"code": {code}}); r.status != 422 {
		t.Errorf("the same code again: %d", r.status)
	}
	again.leads("/", again.open("POST", "/sign-in/code", url.Values{"code": {recovery[0]}, "to": {"//evil.example/"}}))
	for _, s := range append(recovery, secret, code) {
		if strings.Contains(w.log.String(), s) {
			t.Error("the log holds a secret, or a code")
		}
	}
}

// TestHalfSignInEnds waits too long, and changes the password between the steps.
func TestHalfSignInEnds(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	secret, _ := w.window().enrol("eva")
	half := func() *window {
		b := w.window()
		b.leads("/sign-in/code", b.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
		return b
	}
	slow := half()
	w.ahead.Add(int64(halfLife))
	slow.leads("/sign-in", slow.open("POST", "/sign-in/code", url.Values{"code": {w.codeNow(secret)}}))
	other := half()
	w.must(w.guard.Accounts().SetPassword(t.Context(), audit.Actor{User: "system", Client: "cli"}, "eva", password+"!"))
	other.leads("/sign-in", other.open("POST", "/sign-in/code", url.Values{"code": {w.codeNow(secret)}}))
	forged := w.window()
	forged.cookies["eakte-half"] = strings.Repeat("A", 80)
	forged.leads("/sign-in", forged.open("POST", "/sign-in/code", url.Values{"code": {w.codeNow(secret)}}))
}

// TestSignInByCodeForPrograms does it in one request.
func TestSignInByCodeForPrograms(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.SignIns = 5 })
	w.member("eva")
	w.member("ivo")
	secret, _ := w.window().enrol("eva")
	r, cookie := w.signIn("eva", password)
	isProblem(t, r, 401, "code-required", german)
	if cookie != nil {
		t.Error("a cookie, and no code yet")
	}
	send := func(code string) reply {
		return w.call("", "POST", "/session", map[string]any{"name": "eva", "password": password, "code": code})
	}
	code := w.codeNow(secret)
	if r := send(code); r.status != 200 {
		t.Errorf("with the code: %v", r)
	}
	isProblem(t, send(code), 401, "sign-in-failed", german)
	if r := w.call("", "POST", "/session", map[string]any{"name": "ivo", "password": password, "code": "123456"}); r.status != 200 {
		t.Errorf("a code that nobody asked for: %v", r)
	}
	r, _ = w.signIn("eva", "wrong wrong wrong")
	without, _ := w.signIn("ivo", "wrong wrong wrong")
	drop := regexp.MustCompile(`"instance":"[^"]*"`)
	if drop.ReplaceAllString(string(r.body), "") != drop.ReplaceAllString(string(without.body), "") {
		t.Errorf("a wrong password tells of the second factor: %v, %v", r, without)
	}
	for range 4 {
		send("000")
	}
	isProblem(t, send("000"), 429, "too-many-requests", german)
}

// TestRoleWithoutFactorIsWithheld signs an administrator in: a token is no password, so it counts as ever.
func TestRoleWithoutFactorIsWithheld(t *testing.T) {
	w := newWorld(t, func(_ *Config, g *acl.Config) { g.FactorFor = []string{"sachbearbeitung"} })
	w.member("eva")
	b := w.window()
	b.leads("/", b.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
	b.leads("/profile/factor", b.open("GET", "/", nil))
	if r := b.open("GET", "/akten/new", nil); r.status != 403 {
		t.Errorf("a form of the role: %d, want 403", r.status)
	}
	if page := b.open("GET", "/profile/factor", nil); page.status != 200 || !strings.Contains(string(page.body), "verlangt einen zweiten Faktor") {
		t.Errorf("the page that tells: %d", page.status)
	}
	delete(b.cookies, "eakte")
	b.enrol("eva")
	if r := b.open("GET", "/akten/new", nil); r.status != 200 {
		t.Errorf("with a second factor: %d", r.status)
	}
	if r := w.call(w.pair("sachbearbeitung", "asyl"), "GET", "/me", nil); r.text("roles/0/role") != "sachbearbeitung" {
		t.Errorf("by a token: %v", r)
	}
}
