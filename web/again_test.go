package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// stale is a window whose session lives, and proved long ago who it belongs to.
func (w *world) stale(name string) *window {
	w.t.Helper()
	b := w.window()
	b.leads("/", b.open("POST", "/sign-in", url.Values{"name": {name}, "password": {password}}))
	w.ahead.Add(int64(16 * time.Minute))
	return b
}

func (w *window) cookie() *http.Cookie { return &http.Cookie{Name: "eakte", Value: w.cookies["eakte"]} }

// TestRoutesThatAskAgain are those by which Akten leave the house, or somebody gains rights.
func TestRoutesThatAskAgain(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	b := w.stale("eva")
	for _, route := range []string{
		"POST /akten/" + nowhere + "/bundles", "GET /akten/" + nowhere + "/bundle.pdf", "POST /documents/" + nowhere + "/disclose",
		"GET /audit/events.csv", "GET /audit/events.json", "POST /policies/7/judge", "POST /proposals/decide", "POST /seals/requests/" + nowhere + "/decide", "POST /akten/" + nowhere + "/seal/readers", "POST /documents/" + nowhere + "/seal/readers",
		"GET /bundles/" + nowhere, "GET /audit/proofs/2026/0", "POST /inspections", "POST /users", "PATCH /users/" + nowhere, "POST /users/" + nowhere + "/password", "POST /tokens",
		"POST /akten/" + nowhere + "/grants", "POST /substitutes", "POST /audit/findings/" + nowhere + "/judge", "POST /audit/holds/" + nowhere + "/release",
	} {
		method, path, _ := strings.Cut(route, " ")
		body := map[string]string{
			"POST /policies/7/judge": `{"approve":true}`, "POST /proposals/decide": `{"user_id":"x","role":"x","department":"x","confirm":true}`,
			"POST /akten/" + nowhere + "/seal/readers":     `{"readers":[],"because":"x"}`,
			"POST /documents/" + nowhere + "/seal/readers": `{"readers":[],"because":"x"}`,
			"POST /inspections":                            `{"aktenzeichen":"x","reason":"x"}`,
			"POST /users":                                  `{"name":"x","password":"x"}`, "POST /tokens": `{"user_id":"x","expires":"2030-01-01T00:00:00Z"}`,
			"POST /users/" + nowhere + "/password": `{"password":"x"}`, "POST /substitutes": `{"away":"x","user_id":"x","department":"x","from":"x","until":"x","reason":"x"}`,
			"POST /akten/" + nowhere + "/grants":         `{"user_id":"x","registers":[],"classifications":[],"level":"read","until":"x","reason":"x"}`,
			"POST /audit/findings/" + nowhere + "/judge": `{"agree":true,"note":"x"}`,
			"POST /audit/holds/" + nowhere + "/release":  `{"reason":"x"}`,
		}[route]
		if body == "" && method != "GET" {
			body = `{}`
		}
		if r := w.call("", method, path, body, with(b.cookie())); r.status != 403 || !strings.HasSuffix(r.text("type"), "/sign-in-again") {
			t.Errorf("%s: %v, want to be asked again", route, r)
		}
	}
	for _, path := range []string{"/akten/" + nowhere + "/documents/" + nowhere + "/disclose", "/akten/" + nowhere + "/bundle", "/seals/" + nowhere, "/seals/deserted?akte=" + nowhere, "/proposals", "/rules/7/judge",
		"/operations/users", "/operations/users/" + nowhere, "/operations/users/" + nowhere + "/password", "/operations/users/" + nowhere + "/tokens",
		"/akten/" + nowhere + "/grants", "/substitutes", "/inspections", "/trail/holds/" + nowhere + "/release",
	} {
		r := b.open("POST", path, url.Values{"reason": {"Grund"}})
		if to := r.header.Get("Location"); r.status != 303 || !strings.HasPrefix(to, "/sign-in/again?to=%2Fheld%2F") {
			t.Errorf("POST %s: %d to %q, want to be asked again and what was typed kept", path, r.status, to)
		}
	}
	if r := b.open("GET", "/trail/proofs/2026/0", nil); r.status != 303 || !strings.HasPrefix(r.header.Get("Location"), "/sign-in/again?to=%2Ftrail") {
		t.Errorf("a proof: %d to %q, want to be asked again", r.status, r.header.Get("Location"))
	}
	w.want(200, "", "GET", "/me", nil, with(b.cookie()))
	w.want(404, w.pair("sachbearbeitung", "asyl"), "GET", "/akten/"+nowhere+"/bundle.pdf", nil, purpose)
}

// TestProvingAgainGoesOn proves by the page, and finds what was typed and not done.
func TestProvingAgainGoesOn(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	akte := "/akten/" + w.akte(w.pair("sachbearbeitung", "auslaenderbehoerde"), "Beispiel", "auslaenderbehoerde")
	secret, recovery := w.window().enrol("eva")
	b := w.window()
	b.open("POST", "/sign-in", url.Values{"name": {"eva"}, "password": {password}})
	b.leads("/", b.open("POST", "/sign-in/code", url.Values{"code": {w.codeNow(secret)}}))
	b.leads(akte, b.open("POST", akte+"/purpose", url.Values{"purpose": {"bearbeitung"}, "to": {akte}}))
	w.ahead.Add(int64(16 * time.Minute))
	form := url.Values{"what": {"all"}, "reason": {"Besonderer Grund"}}
	asked := b.open("POST", akte+"/bundle", form)
	at, err := url.Parse(asked.header.Get("Location"))
	w.must(err)
	if asked.status != 303 || at.Path != "/sign-in/again" {
		t.Fatalf("%d to %s", asked.status, at)
	}
	before := b.cookies["eakte"]
	for _, tc := range []url.Values{
		{"password": {password}}, {"password": {password}, "code": {"123"}}, {"password": {"wrong wrong wrong"}, "code": {recovery[0]}}, {"code": {recovery[0]}},
	} {
		tc["to"] = []string{at.Query().Get("to")}
		if r := b.open("POST", "/sign-in/again", tc); r.status != 422 {
			t.Errorf("%v proves: %d", tc, r.status)
		}
	}
	to := at.Query().Get("to")
	b.leads(to, b.open("POST", "/sign-in/again", url.Values{"password": {password}, "code": {w.codeNow(secret)}, "to": {to}}))
	if b.cookies["eakte"] == before {
		t.Error("the session kept its id")
	}
	w.want(401, "", "GET", "/me", nil, with(&http.Cookie{Name: "eakte", Value: before}))
	if r := b.open("GET", to, nil); r.status != 200 || !strings.Contains(string(r.body), "Besonderer Grund") {
		t.Errorf("what was typed: %d", r.status)
	}
	if r := b.open("POST", akte+"/bundle", form); r.status != 303 || !strings.HasPrefix(r.header.Get("Location"), akte+"/bundle/") {
		t.Errorf("sent once more: %d to %q", r.status, r.header.Get("Location"))
	}
	b.leads("/", b.open("POST", "/sign-in/again", url.Values{"password": {password}, "code": {recovery[1]}, "to": {"//evil.example/"}}))
}

// TestProvingAgainForPrograms does it by REST.
func TestProvingAgainForPrograms(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	b := w.stale("eva")
	prove := func(body string) reply { return w.call("", "POST", "/session/proof", body, with(b.cookie())) }
	isProblem(t, prove(`{"password":"wrong wrong wrong"}`), 401, "sign-in-failed", german)
	isProblem(t, w.call("", "GET", "/audit/events.csv", nil, with(b.cookie())), 403, "sign-in-again", german)
	r := prove(`{"password":"` + password + `"}`)
	cookies := (&http.Response{Header: r.header}).Cookies()
	if r.status != 204 || len(cookies) != 1 || cookies[0].Value == b.cookies["eakte"] {
		t.Fatalf("proven: %v, %v", r, cookies)
	}
	w.want(401, "", "GET", "/me", nil, with(b.cookie()))
	isProblem(t, w.call("", "GET", "/audit/events.csv", nil, with(cookies[0])), 403, "denied", german)
	isProblem(t, w.call("", "POST", "/session/proof", `{"password":"x"}`), 401, "sign-in-required", german)
}
