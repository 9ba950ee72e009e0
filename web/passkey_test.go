package web

import (
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
)

// asks gets what the browser is asked for.
func (w *window) asks(path string) []byte {
	w.t.Helper()
	r := w.open("POST", path, url.Values{})
	if r.status != 200 || !strings.Contains(string(r.body), `"challenge"`) {
		w.t.Fatalf("%s: %d %s", path, r.status, r.body)
	}
	return r.body
}

// makes registers a passkey of the device at the browser.
func (w *window) makes(device *acltest.Device) {
	w.t.Helper()
	answer := device.Make(w.asks("/profile/passkeys/ask"))
	w.leads("/profile/passkeys", w.open("POST", "/profile/passkeys", url.Values{"name": {"Dienstlaptop"}, "answer": {string(answer)}}))
}

// lends gives what a browser was asked to another one.
func (w *window) lends(to *window) {
	for name, value := range w.cookies {
		if strings.Contains(name, askedSuffix) {
			to.cookies[name] = value
		}
	}
}

// forgets is the browser without what it was asked.
func (w *window) forgets() {
	maps.DeleteFunc(w.cookies, func(name, _ string) bool { return strings.Contains(name, askedSuffix) })
}

// TestPasskeysInTwoWindows has a browser be asked in several windows, and answer in each.
func TestPasskeysInTwoWindows(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	b, device, second := w.window(), &acltest.Device{T: t}, &acltest.Device{T: t}
	b.leads("/", b.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
	b.makes(device)
	made := b.asks("/profile/passkeys/ask")
	proof, again := b.asks("/sign-in/passkey/ask"), b.asks("/sign-in/passkey/ask")
	prove := func(asked []byte) reply {
		return b.open("POST", "/sign-in/again/passkey", url.Values{"answer": {string(device.Use(asked))}})
	}
	b.leads("/", prove(proof))
	b.leads("/", prove(again))
	b.leads("/profile/passkeys", b.open("POST", "/profile/passkeys", url.Values{"name": {"Handy"}, "answer": {string(second.Make(made))}}))
	if r := prove(again); r.status != 422 {
		t.Errorf("answered twice: %d", r.status)
	}
	for range 3 * manyAsked {
		b.asks("/sign-in/passkey/ask")
	}
	n := 0
	for name, value := range b.cookies {
		if strings.Contains(name, askedSuffix) && value != "" {
			n++
		}
	}
	if n != manyAsked {
		t.Errorf("%d challenges are open, want %d", n, manyAsked)
	}
	b.leads("/", prove(b.asks("/sign-in/passkey/ask")))
}

// TestPasskeysAreAddedByFewTries answers badly, again and again, what a browser was asked for to make a passkey.
func TestPasskeysAreAddedByFewTries(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	b := w.window()
	b.leads("/", b.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
	w.server.accountTries = newTries(5, w.guard.Now)
	for range 10 {
		r := b.open("POST", "/profile/passkeys", url.Values{"name": {"Handy"}, "answer": {"{}"}})
		if strings.Contains(string(r.body), "zu viele Anmeldeversuche") {
			return
		}
		if r.status != 422 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	t.Error("nothing ends it")
}

// TestSignInByPasskey registers one, signs in and proves by it, and removes it.
func TestSignInByPasskey(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	here, before, there := w.window(), w.window(), w.window()
	for _, b := range []*window{before, here} {
		b.leads("/", b.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
	}
	device := &acltest.Device{T: t, Counts: true}
	here.makes(device)
	if r := before.open("GET", "/profile", nil); r.status != 303 {
		t.Errorf("a session from before: %d, want to be asked", r.status)
	}
	if page := string(here.open("GET", "/profile/passkeys", nil).body); !strings.Contains(page, "Dienstlaptop") || !strings.Contains(page, "Der Passkey ist eingerichtet.") {
		t.Errorf("the passkey isn't shown: %s", page)
	}

	answer := device.Use(there.asks("/sign-in/passkey/ask"))
	there.leads("/akten", there.open("POST", "/sign-in/passkey", url.Values{"answer": {string(answer)}, "to": {"/akten"}}))
	if r := there.open("GET", "/profile/passkeys", nil); r.status != 200 {
		t.Errorf("signed in by passkey: %d, want as proven", r.status)
	}
	w.ahead.Add(int64(16 * time.Minute))
	there.leads("/sign-in/again?to=%2Fprofile%2Fpasskeys", there.open("GET", "/profile/passkeys", nil))
	for _, path := range []string{"/profile/passkeys", "/profile/passkeys/ask", "/profile/passkeys/remove"} {
		if r := there.open("POST", path, url.Values{"name": {"Handy"}, "answer": {"{}"}, "ref": {nowhere}}); !strings.HasPrefix(r.header.Get("Location"), "/sign-in/again") {
			t.Errorf("%s, not proven of late: %d to %q", path, r.status, r.header.Get("Location"))
		}
	}
	page := string(there.open("GET", "/sign-in/again?to=/profile/passkeys", nil).body)
	if !strings.Contains(page, "/sign-in/again/passkey") || strings.Contains(page, `name="password"`) {
		t.Errorf("who has nothing but a passkey is asked for something else: %s", page)
	}
	session := maps.Clone(there.cookies)
	form := url.Values{"answer": {string(device.Use(there.asks("/sign-in/passkey/ask")))}, "to": {"/profile/passkeys"}}
	there.leads("/profile/passkeys", there.open("POST", "/sign-in/again/passkey", form))
	if name := w.server.cookieName(); session[name] == there.cookies[name] {
		t.Error("the session has the same id after the proof")
	}
	if r := there.open("POST", "/sign-in/again/passkey", form); r.status != 422 {
		t.Errorf("the same proof twice: %d", r.status)
	}
	ref := strings.Split(strings.Split(string(there.open("GET", "/profile/passkeys", nil).body), `name="ref" value="`)[1], `"`)[0]
	there.leads("/profile/passkeys", there.open("POST", "/profile/passkeys/rename", url.Values{"ref": {ref}, "called": {"Laptop"}}))
	there.leads("/profile/passkeys", there.open("POST", "/profile/passkeys/remove", url.Values{"ref": {ref}}))
	w.window().leads("/", w.window().open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
}

// TestSignInByPasskeyIsRefused: all answers that aren't believed are refused with the same page.
func TestSignInByPasskeyIsRefused(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	here := w.window()
	here.leads("/", here.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
	device := &acltest.Device{T: t}
	here.makes(device)
	send := func(b *window, answer []byte) reply {
		return b.open("POST", "/sign-in/passkey", url.Values{"answer": {string(answer)}})
	}
	pages := map[string]bool{}
	for name, try := range map[string]func() reply{
		"replayed": func() reply {
			b := w.window()
			answer := device.Use(b.asks("/sign-in/passkey/ask"))
			again := maps.Clone(b.cookies)
			b.leads("/", send(b, answer))
			copied := w.window()
			copied.cookies = again
			return send(copied, answer)
		},
		"of another browser": func() reply {
			one, other := w.window(), w.window()
			other.asks("/sign-in/passkey/ask")
			return send(other, device.Use(one.asks("/sign-in/passkey/ask")))
		},
		"without the cookie": func() reply { return send(w.window(), device.Use(w.window().asks("/sign-in/passkey/ask"))) },
		"too late": func() reply {
			b := w.window()
			answer := device.Use(b.asks("/sign-in/passkey/ask"))
			w.ahead.Add(int64(acl.PasskeyLife))
			return send(b, answer)
		},
		"asked to prove, not to sign in": func() reply {
			b := w.window()
			answer := device.Use(here.asks("/sign-in/passkey/ask"))
			here.lends(b)
			return send(b, answer)
		},
		"of another origin": func() reply {
			b, lying := w.window(), *device
			lying.Origin = "https://evil.example"
			return send(b, lying.Use(b.asks("/sign-in/passkey/ask")))
		},
		"of nobody": func() reply {
			b, lying := w.window(), *device
			lying.User = []byte(nowhere)
			return send(b, lying.Use(b.asks("/sign-in/passkey/ask")))
		},
		"no answer": func() reply { return send(w.window(), []byte("{}")) },
	} {
		w.ahead.Add(int64(time.Hour / 6))
		here.open("POST", "/session", url.Values{}) // which keeps it
		r := try()
		if r.status != 422 || strings.Contains(fmt.Sprint(r.header["Set-Cookie"]), w.server.cookieName()+"=") {
			t.Errorf("%s: %d, %v", name, r.status, r.header["Set-Cookie"])
		}
		pages[string(r.body)] = true
	}
	if len(pages) != 1 {
		t.Errorf("%d different answers", len(pages))
	}
}

// TestPasskeyAskedForSomethingElse answers what was asked for another purpose, or of somebody else.
func TestPasskeyAskedForSomethingElse(t *testing.T) {
	w := newWorld(t)
	devices, windows := map[string]*acltest.Device{}, map[string]*window{}
	for _, name := range []string{"eva", "ina"} {
		w.member(name)
		devices[name], windows[name] = &acltest.Device{T: t}, w.window()
		windows[name].leads("/", windows[name].open("POST", "/sign-in", url.Values{"name": {name}, "password": {password}}))
		windows[name].makes(devices[name])
	}
	eva, ina := windows["eva"], windows["ina"]
	another := &acltest.Device{T: t}
	options := eva.asks("/profile/passkeys/ask")
	eva.forgets()
	eva.asks("/sign-in/passkey/ask")
	if r := eva.open("POST", "/profile/passkeys", url.Values{"name": {"Handy"}, "answer": {string(another.Make(options))}}); r.status != 422 {
		t.Errorf("made with the cookie of a proof: %d", r.status)
	}
	asked := eva.asks("/sign-in/passkey/ask")
	mixed := bytes.Replace(options, challengeOf(t, options), challengeOf(t, asked), 1)
	if r := eva.open("POST", "/profile/passkeys", url.Values{"name": {"Handy"}, "answer": {string(another.Make(mixed))}}); r.status != 422 {
		t.Errorf("made with what was asked for a proof: %d", r.status)
	}
	asked = eva.asks("/sign-in/passkey/ask")
	eva.lends(ina)
	if r := ina.open("POST", "/sign-in/again/passkey", url.Values{"answer": {string(devices["ina"].Use(asked))}}); r.status != 422 {
		t.Errorf("proven with what somebody else was asked: %d", r.status)
	}
	ina.leads("/", ina.open("POST", "/sign-in/again/passkey", url.Values{"answer": {string(devices["ina"].Use(ina.asks("/sign-in/passkey/ask")))}}))
}

// challengeOf is the challenge of some options, as it stands there.
func challengeOf(t *testing.T, options []byte) []byte {
	t.Helper()
	m := regexp.MustCompile(`"challenge":"([^"]+)"`).FindSubmatch(options)
	if m == nil {
		t.Fatalf("no challenge: %s", options)
	}
	return m[1]
}

// TestSignInByPasswordBesidePasskey leads on to the passkey, not to codes.
func TestSignInByPasswordBesidePasskey(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	here, there := w.window(), w.window()
	here.leads("/", here.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
	device := &acltest.Device{T: t}
	here.makes(device)
	there.leads("/sign-in/code", there.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
	page := string(there.open("GET", "/sign-in/code", nil).body)
	if strings.Contains(page, `name="code"`) || !strings.Contains(page, "/sign-in/passkey") {
		t.Errorf("asks for codes that there are none of: %s", page)
	}
	if r := there.open("POST", "/sign-in/code", url.Values{"code": {"123456"}}); r.status != 422 {
		t.Errorf("any code: %d", r.status)
	}
	w.ahead.Add(int64(16 * time.Minute))
	here.leads("/sign-in/again?to=%2Fprofile%2Ffactor", here.open("GET", "/profile/factor", nil))
}

// TestPasswordForProgramsBesidePasskey says that a passkey is wanted, to who knows the password and to nobody else.
func TestPasswordForProgramsBesidePasskey(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	w.member("ivo")
	here := w.window()
	here.leads("/", here.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
	here.makes(&acltest.Device{T: t})
	send := func(name, password, code string) reply {
		return w.call("", "POST", "/session", map[string]any{"name": name, "password": password, "code": code})
	}
	for _, code := range []string{"", "123456"} {
		isProblem(t, send("eva", password, code), 401, "passkey-required", german)
	}
	drop := regexp.MustCompile(`"(instance|correlation)":"[^"]*"`)
	wrong := map[string]bool{}
	for _, name := range []string{"eva", "ivo", "nobody"} {
		r := send(name, "wrong wrong wrong", "123456")
		isProblem(t, r, 401, "sign-in-failed", german)
		wrong[drop.ReplaceAllString(string(r.body), "")] = true
	}
	if len(wrong) != 1 {
		t.Errorf("a wrong password tells of passkeys: %v", wrong)
	}
	r := w.call("", "POST", "/session/proof", map[string]any{"password": password},
		"Cookie: "+w.server.cookieName()+"="+here.cookies[w.server.cookieName()], "Sec-Fetch-Site: same-origin")
	isProblem(t, r, 401, "passkey-required", german)
}

// TestPasskeyAnswersAreBounded: an address that is out of tries neither uses up what a browser was asked nor fills what is remembered,
// and what was asked before the program was started is worth nothing.
func TestPasskeyAnswersAreBounded(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.SignIns = 1 })
	w.member("eva")
	here := w.window()
	here.leads("/", here.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}}))
	device := &acltest.Device{T: t}
	here.makes(device)
	b := w.window()
	for range 10 {
		lying := *device
		lying.User = []byte(nowhere)
		b.open("POST", "/sign-in/passkey", url.Values{"answer": {string(lying.Use(b.asks("/sign-in/passkey/ask")))}})
	}
	if known := len(w.server.given.by); known != 2 { // the one that was made, and the one try that there was
		t.Errorf("%d answers are remembered", known)
	}
	w.ahead.Add(int64(time.Minute))
	form := url.Values{"answer": {string(device.Use(b.asks("/sign-in/passkey/ask")))}}
	started := w.server.started
	w.server.started = w.now().Add(time.Nanosecond)
	again := maps.Clone(b.cookies)
	if r := b.open("POST", "/sign-in/passkey", form); r.status != 422 {
		t.Errorf("asked before the start: %d", r.status)
	}
	w.server.started, b.cookies = started, again
	w.ahead.Add(int64(time.Minute))
	b.leads("/", b.open("POST", "/sign-in/passkey", form))
}
