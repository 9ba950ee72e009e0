package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/blob/seal"
	"eakte/index"
)

func TestHeadersOnEveryAnswer(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.Secure = true })
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	doc := w.document(clerk, akte, "arbeitsvertrag", "Text")
	for _, tt := range []struct{ who, method, path string }{
		{"", "GET", "/livez"}, {"", "GET", "/readyz"}, {"", "GET", "/openapi.json"}, {"", "GET", "/nothing"}, {"", "PUT", "/me"},
		{"", "GET", "/me"}, {clerk, "GET", "/me"}, {clerk, "GET", "/akten/" + akte}, {clerk, "GET", "/documents/" + doc + "/original"},
		{clerk, "HEAD", "/documents/" + doc + "/original"}, {"", "POST", "/session"},
	} {
		r := w.call(tt.who, tt.method, tt.path, nil, purpose)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY",
			"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
		} {
			if got := r.header.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", tt.method, tt.path, name, got, want)
			}
		}
		csp := r.header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s %s: policy %q", tt.method, tt.path, csp)
		}
		if len(r.header.Get("Eakte-Correlation")) != 36 {
			t.Errorf("%s %s: no correlation id", tt.method, tt.path)
		}
	}
	original := w.want(200, clerk, "GET", "/documents/"+doc+"/original", nil, purpose).header
	if !strings.HasPrefix(original.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(original.Get("Content-Security-Policy"), "sandbox;") {
		t.Errorf("original: %v", original)
	}
}

func TestCrossOriginWritesAreRefused(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	isProblem(t, w.call(clerk, "POST", "/search", `{}`, "Sec-Fetch-Site: cross-site", "Accept-Language: en"), 403, "cross-origin", english)
	w.want(200, clerk, "POST", "/search", `{}`, "Sec-Fetch-Site: same-origin")
}

func TestHealth(t *testing.T) {
	var ready atomic.Bool
	w := newWorld(t, func(c *Config, _ *acl.Config) {
		c.Ready = func(context.Context) error {
			if !ready.Load() {
				return errors.New("index is being rebuilt")
			}
			return nil
		}
	})
	r := w.want(503, "", "GET", "/readyz", nil)
	if string(r.body) != "not ready\n" || r.header.Get("Retry-After") == "" {
		t.Errorf("got %v %v", r.header, r)
	}
	ready.Store(true)
	w.want(200, "", "GET", "/readyz", nil)
	if r := w.want(200, "", "GET", "/livez", nil); string(r.body) != "ok\n" {
		t.Errorf("got %v", r)
	}
}

// TestEveryRouteIsDescribed compares gin's routes with the OpenAPI document.
func TestEveryRouteIsDescribed(t *testing.T) {
	w := newWorld(t)
	r := w.want(200, "", "GET", "/openapi.json", nil)
	if r.text("openapi") != "3.1.0" || r.text("info/title") != "eakte" || r.text("servers/0/url") != base {
		t.Errorf("head of the document: %.200s", r.body)
	}
	var doc struct {
		Paths      map[string]map[string]map[string]any `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(r.body, &doc); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	described := 0
	for path, ops := range doc.Paths {
		for method, op := range ops {
			described++
			id, _ := op["operationId"].(string)
			if id == "" || ids[id] {
				t.Errorf("%s %s: operation id %q", method, path, id)
			}
			ids[id] = true
			if op["responses"].(map[string]any)["default"] == nil || op["summary"] == "" {
				t.Errorf("%s %s: no problems or summary", method, path)
			}
		}
	}
	served := 0
	for _, route := range w.server.engine.Routes() {
		path, ok := strings.CutPrefix(route.Path, base)
		if !ok || path == "/openapi.json" {
			continue
		}
		served++
		path = regexp.MustCompile(`[:*](\w+)`).ReplaceAllString(path, "{$1}")
		if doc.Paths[path][strings.ToLower(route.Method)] == nil {
			t.Errorf("%s %s is not described", route.Method, path)
		}
	}
	if served != described {
		t.Errorf("%d routes are served, %d described", served, described)
	}
	for _, ref := range regexp.MustCompile(`#/components/schemas/(\w+)`).FindAllStringSubmatch(string(r.body), -1) {
		if doc.Components.Schemas[ref[1]] == nil {
			t.Errorf("schema %s is missing", ref[1])
		}
	}
	for name := range doc.Components.Schemas {
		if strings.HasPrefix(name, "Error") {
			t.Errorf("huma's own schema %s is still there", name)
		}
	}
	if p, ok := doc.Components.Schemas["PersonBody"].(map[string]any); !ok || p["additionalProperties"] != false {
		t.Errorf("a person's schema is %v", p)
	}
}

// TestContractRoutes reads the table of routes of the contract.
func TestContractRoutes(t *testing.T) {
	contract, err := os.ReadFile(shared(t, "API.md"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	served := map[string]bool{}
	for _, r := range w.server.engine.Routes() {
		served[r.Method+" "+regexp.MustCompile(`:(\w+)`).ReplaceAllString(strings.TrimPrefix(r.Path, base), "{$1}")] = true
	}
	found := 0
	for _, row := range regexp.MustCompile("(?m)^\\| ([A-Z, ]+) (`[^|]+`) \\|").FindAllStringSubmatch(string(contract), -1) {
		for method := range strings.SplitSeq(row[1], ",") {
			for _, path := range regexp.MustCompile("`(/[^`]+)`").FindAllStringSubmatch(row[2], -1) {
				found++
				if !served[strings.TrimSpace(method)+" "+path[1]] {
					t.Errorf("%s %s is not served", method, path[1])
				}
			}
		}
	}
	if found < 25 {
		t.Errorf("only %d routes read from the contract", found)
	}
}

func TestCatalogueIsComplete(t *testing.T) {
	for name, k := range kinds() {
		if k.status < 400 || k.title.de == "" || k.title.en == "" || k.detail.de == "" || k.detail.en == "" || k.title.de == k.title.en {
			t.Errorf("kind %s: %+v", name, k)
		}
		if (k.status == 429 || k.status == 503) && k.retry == 0 {
			t.Errorf("kind %s tells nobody when to try again", name)
		}
	}
	for _, all := range []map[string]text{codes(), hints()} {
		for name, text := range all {
			if text.de == "" || text.en == "" || text.de == text.en {
				t.Errorf("%s: %+v", name, text)
			}
		}
	}
	for _, row := range table() {
		if _, ok := kinds()[row.kind]; !ok {
			t.Errorf("kind %s of %v is not in the catalogue", row.kind, row.err)
		}
	}
	for _, err := range []error{
		&acl.RefusedError{Code: "too_large"}, &acl.RefusedError{Code: "empty"}, &acl.RefusedError{Code: "truncated"},
		&acl.RefusedError{Code: "mismatch"}, &acl.RefusedError{Code: "dangerous"}, &acl.RefusedError{Code: "polyglot"},
		&acl.RefusedError{Code: "new"}, &acl.StaleError{}, &http.MaxBytesError{}, &index.QueryError{}, os.ErrDeadlineExceeded,
	} {
		if k, ok := kinds()[classify(err).kind]; !ok || k.status == 500 {
			t.Errorf("%v: %+v", err, classify(err))
		}
	}
	// Codes that the rooms below give must be known here.
	for _, code := range []string{"required", "unknown", "format", "future", "too_long", "too_many", "characters", "length", "unchanged", "cursor", "phrase_open", "too_many_words"} {
		if _, ok := codes()[code]; !ok {
			t.Errorf("code %s is not in the catalogue", code)
		}
	}
}

func TestStatusOfErrors(t *testing.T) {
	for _, tt := range []struct {
		err    error
		status int
	}{
		{archive.ErrNotFound, 404}, {acl.ErrDenied, 403}, {acl.ErrPurpose, 422}, {&archive.FieldError{}, 422}, {&index.QueryError{}, 422},
		{&acl.StaleError{Revision: 3}, 412}, {acl.ErrStale, 412}, {acl.ErrFiled, 409}, {acl.ErrSecondAkte, 409}, {archive.ErrConflict, 409},
		{archive.ErrFull, 507}, {index.ErrDamaged, 503}, {archive.ErrNotReady, 409}, {acl.ErrReplayed, 422}, {acl.ErrSignIn, 401}, {archive.ErrInvalid, 422},
		{errRevisionRequired, 428}, {errTooMany, 429}, {context.Canceled, 499}, {context.DeadlineExceeded, 503},
		{errors.New("secret"), 500}, {archive.ErrNoEvent, 500}, {io.ErrUnexpectedEOF, 500},
	} {
		p := classify(fmt.Errorf("boltstore: akte: %w", tt.err)).in(english, "")
		if p.Status != tt.status || strings.Contains(p.Detail+p.Title+p.Type, "secret") {
			t.Errorf("%v: %+v, want %d", tt.err, p, tt.status)
		}
		if tt.status == 401 && p.headers.Get("WWW-Authenticate") == "" {
			t.Error("401 without WWW-Authenticate")
		}
		if errors.Is(tt.err, archive.ErrNotReady) && p.headers.Get("Retry-After") == "" {
			t.Error("not ready without Retry-After")
		}
	}
}

func TestPreferredLanguage(t *testing.T) {
	for accept, want := range map[string]string{
		"": german, "en": english, "de,en": german, "en,de": english, "en;q=0.5,de;q=0.8": german, "fr,en;q=0.3": english,
		"fr": german, "en;q=0": german, "en;q=x": german, "EN-us": english,
	} {
		if got := preferred(accept); got != want {
			t.Errorf("%q: %s, want %s", accept, got, want)
		}
	}
}

func TestPanicTellsNothing(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.Ready = func(context.Context) error { panic(canary) } })
	r := w.call("", "GET", "/readyz", nil, "Accept-Language: en")
	isProblem(t, r, 500, "internal", english)
	if log := w.log.String(); strings.Contains(log, canary) || strings.Count(log, "handler panicked") != 1 {
		t.Errorf("log: %.300s", log)
	}
}

func TestBusyServerSaysSo(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.Requests, c.Strangers = 8, 8 })
	clerk, other := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("registratur", "poststelle")
	busy := func(r reply) {
		t.Helper()
		isProblem(t, r, 503, "busy", german)
		if r.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	enter := func(c *crowd, key string, n int) {
		t.Helper()
		for deadline := time.Now().Add(5 * time.Second); n > 0; n-- {
			for !c.enter(key) { // a request that was answered may still be leaving
				if time.Now().After(deadline) {
					t.Fatalf("no place for %s", key)
				}
				time.Sleep(time.Millisecond)
			}
		}
	}
	// One account, and one address, fill their own share only.
	enter(w.server.accountsIn, string(w.users[clerk]), 2)
	enter(w.server.strangers, "127.0.0.1", 2)
	busy(w.call(clerk, "GET", "/me", nil))
	busy(w.call("", "GET", "/openapi.json", nil))
	busy(w.call("", "GET", "/me", nil, "Authorization: Bearer eak_forged"))
	w.want(200, other, "GET", "/me", nil)
	w.server.strangers.leave("127.0.0.1")
	w.want(200, "", "GET", "/openapi.json", nil)
	// All strangers together take no place of who signed in, nor the other way round.
	enter(w.server.strangers, "127.0.0.1", 1)
	for _, address := range []string{"198.51.100.1", "198.51.100.2", "198.51.100.3"} {
		enter(w.server.strangers, address, 2)
	}
	busy(w.call("", "POST", "/session", `{}`))
	w.want(200, other, "GET", "/me", nil)
	w.server.strangers.leave("127.0.0.1")
	for _, user := range []string{"a", "b", "c"} {
		enter(w.server.accountsIn, user, 2)
	}
	busy(w.call(other, "GET", "/me", nil))
	w.want(401, "", "GET", "/me", nil)
	w.want(200, "", "GET", "/livez", nil)
	w.want(200, "", "GET", "/readyz", nil)
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"198.51.100.7": "198.51.100.7", "::ffff:198.51.100.7": "198.51.100.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2::9": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "": "", "x": "x",
	} {
		if got := network(address); got != want {
			t.Errorf("%q: got %q, want %q", address, got, want)
		}
	}
}

// TestServeFinishesUploads ends the server in the middle of an upload.
func TestServeFinishesUploads(t *testing.T) {
	w := newWorld(t)
	post := w.pair("registratur", "poststelle")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.server.Serve(ctx, l) }()
	in, out := io.Pipe()
	req, err := http.NewRequest("POST", "http://"+l.Addr().String()+base+"/inbox", in)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.tokens[post])
	req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	go func() {
		fmt.Fprintf(out, "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nText%s", strings.Repeat(" ", 8192))
		time.Sleep(100 * time.Millisecond)
		stop()
		time.Sleep(200 * time.Millisecond)
		fmt.Fprint(out, "Ende\r\n--x--\r\n")
		out.Close()
	}()
	if r := w.do(req); r.status != 201 {
		t.Errorf("upload in flight: %v", r)
	}
	if err := <-ended; err != nil {
		t.Errorf("server ended with %v", err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("the server still takes connections")
	}
}

func TestLogHasNoPathsOrNames(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, canary, "auslaenderbehoerde")
	w.document(clerk, akte, "arbeitsvertrag", canary)
	w.settle()
	w.want(200, clerk, "POST", "/search", map[string]any{"q": canary})
	w.want(200, clerk, "POST", "/persons/locate", map[string]any{"family": canary})
	w.want(200, clerk, "GET", "/akten/"+akte+"?x="+canary, nil, purpose, "User-Agent: "+canary)
	log := w.log.String()
	if strings.Contains(log, canary) || strings.Contains(log, "/akten/"+akte) || strings.Contains(log, w.tokens[clerk]) {
		t.Error("the log holds names, paths or tokens")
	}
	if !strings.Contains(log, `"route":"/api/v1/akten/:id"`) || !strings.Contains(log, string(w.users[clerk])) {
		t.Error("the log lacks route or user")
	}
}

func TestNewRefusesBadConfig(t *testing.T) {
	w := newWorld(t)
	good := Config{Guard: w.guard, Policies: w.set, SessionKey: seal.Key{1}, Log: slog.Default()}
	for name, break1 := range map[string]func(*Config){
		"no guard":     func(c *Config) { c.Guard = nil },
		"no policies":  func(c *Config) { c.Policies = nil },
		"no key":       func(c *Config) { c.SessionKey = seal.Key{} },
		"no log":       func(c *Config) { c.Log = nil },
		"proxy's name": func(c *Config) { c.TrustedProxies = []string{"proxy.example"} },
	} {
		cfg := good
		break1(&cfg)
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}
