package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"eakte/archive"
)

var (
	pageOf   = regexp.MustCompile(`name="page_of" value="([^"]+)"`)
	pageHeld = regexp.MustCompile(`name="page_held" value="([^"]+)"`)
)

// stamp returns what a field of the page's first form holds.
func stamp(t *testing.T, field *regexp.Regexp, page string) string {
	t.Helper()
	found := field.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no %s in %s", field, page)
	}
	return found[1]
}

// TestEveryFormIsStamped looks at a page's forms: all that are posted say whose page it is, those that ask
// for a page don't, and nobody's page says nothing.
func TestEveryFormIsStamped(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	v := w.visitor()
	if _, _, page := v.visit("GET", "/sign-in", nil); strings.Contains(page, "page_of") {
		t.Error("the sign-in says whose page it is")
	}
	v.signsIn("eva", "/sign-in?to=/")
	_, _, page := v.visit("GET", "/akten/new", nil)
	posted := len(regexp.MustCompile(`<form [^>]*method="post"[^>]*><input type="hidden" name="page_of"`).FindAllString(page, -1))
	if all := strings.Count(page, "page_of"); posted != all || posted < 3 || posted != strings.Count(page, `method="post"`) {
		t.Errorf("%d stamps, %d at the beginning of forms, %d forms", all, posted, strings.Count(page, `method="post"`))
	}
}

// TestPageActsForNobodyElse sends the form of a page that one account opened after another signed in.
func TestPageActsForNobodyElse(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	w.member("otto")
	v := w.visitor()
	v.signsIn("eva", "/sign-in?to=/")
	_, _, page := v.visit("GET", "/akten/new", nil)
	typed := url.Values{"lead_department": {"auslaenderbehoerde"}, "plan": {"33.11"}, "names/0/kind": {"official"},
		"names/0/family": {"Zwischenraum"}, "names/0/given": {"Ada"}, "page_of": {stamp(t, pageOf, page)}}
	v.visit("POST", "/sign-out", url.Values{})
	v.signsIn("otto", "/sign-in?to=/")
	before := w.akten()
	_, status, page := v.visit("POST", "/akten/new", typed)
	if status != 409 || !strings.Contains(page, "Seite eines anderen Kontos") || strings.Contains(page, "Zwischenraum") || w.akten() != before {
		t.Fatalf("%d, %d made: %s", status, w.akten()-before, page)
	}
	kept := regexp.MustCompile(`name="to" value="(/held/[0-9a-f-]{36})"`).FindStringSubmatch(page)
	if kept == nil {
		t.Fatal("what eva typed is gone")
	}
	if at, _, page := v.visit("GET", kept[1], nil); at != "/" || strings.Contains(page, "Zwischenraum") {
		t.Errorf("otto came to %s", at)
	}
	at, _, _ := v.visit("POST", "/sign-out", url.Values{"to": {kept[1]}})
	if _, _, page := v.signsIn("eva", at); !strings.Contains(page, `value="Zwischenraum"`) {
		t.Errorf("eva was not shown what she typed, at %s", at)
	}
	otto := w.visitor()
	otto.signsIn("otto", "/sign-in?to=/")
	for name, token := range map[string]string{"made up": "abc", "of nobody": strings.Repeat("A", 60), "endless": strings.Repeat("A", 5000)} {
		if _, status, _ := otto.visit("POST", "/akten/new", url.Values{"page_of": {token}}); status != 409 {
			t.Errorf("%s: %d", name, status)
		}
	}
	if _, status, _ := otto.visit("POST", "/akten/new", url.Values{}); status != 422 {
		t.Errorf("without: %d", status)
	}
}

// TestPageHandsOverToItsOwner lets the script of eva's page hand over what she typed while otto is signed in.
func TestPageHandsOverToItsOwner(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	w.member("otto")
	v := w.visitor()
	v.signsIn("eva", "/sign-in?to=/")
	_, _, page := v.visit("GET", "/akten/new", nil)
	v.visit("POST", "/sign-out", url.Values{})
	v.signsIn("otto", "/sign-in?to=/")
	_, _, body := v.visit("POST", "/held?at=/akten/new", url.Values{"names/0/family": {"Zwischenraum"}, "page_of": {stamp(t, pageOf, page)}})
	to := strings.TrimSuffix(strings.TrimPrefix(body, `{"to":"`), `"}`)
	if !heldPath.MatchString(to) {
		t.Fatalf("nothing was held: %s", body)
	}
	if _, _, page := v.visit("GET", to, nil); strings.Contains(page, "Zwischenraum") {
		t.Error("otto reads what eva typed")
	}
}

// TestHeldEndsWhenSent sends a held form again: with faults it is kept, carried out it is gone; another form
// of the same page leaves it alone.
func TestHeldEndsWhenSent(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	v := w.visitor()
	v.signsIn("eva", "/sign-in?to=/")
	v.visit("POST", "/sign-out", url.Values{})
	typed := url.Values{"display": {""}, "lead_department": {"auslaenderbehoerde"}, "plan": {"33.11"}, "names/0/kind": {"official"},
		"names/0/family": {"Zwischenraum"}, "names/0/given": {"Ada"}, "birth_date": {"1990-05-17"}}
	at, _, _ := v.visit("POST", "/akten/new", typed)
	at, _, page := v.signsIn("eva", at)
	id := stamp(t, pageHeld, page)
	if at != "/held/"+id {
		t.Fatalf("at %s the form is of %s", at, id)
	}
	held := func() bool {
		_, err := w.server.heldOf(t.Context(), id)
		return err == nil
	}
	v.visit("POST", "/search", url.Values{"q": {"x"}, "page_held": {id}})
	v.visit("POST", "/akten/new", url.Values{"names/0/family": {"Zwischenraum"}})
	_, status, page := v.visit("POST", "/akten/new", url.Values{"lead_department": {"nirgends"}, "page_held": {id}})
	if status != 422 || !held() || stamp(t, pageHeld, page) != id {
		t.Fatalf("%d: with faults it must stay", status)
	}
	typed.Set("page_held", id)
	if _, status, page := v.visit("POST", "/akten/new", typed); status != 200 || held() {
		t.Errorf("carried out: %d, held %v %s", status, held(), page)
	}
}

// TestBrowsersGetPages lets requests fail before they reach a route.
func TestBrowsersGetPages(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	v := w.visitor()
	v.signsIn("eva", "/sign-in?to=/")
	for name, headers := range map[string][]string{"Von fremder Seite": {"Sec-Fetch-Site: cross-site"}, "Herkunft unbekannt": {"Sec-Fetch-Site: "}} {
		_, status, page := v.visit("POST", "/akten/new", url.Values{"names/0/family": {"Zwischenraum"}}, headers...)
		if status != 403 || !strings.Contains(page, "<h1>"+name) || !strings.Contains(page, "</html>") {
			t.Errorf("%s: %d %s", name, status, page)
		}
	}
	out := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/akten", nil)
	r.Header.Set("Accept", "text/html")
	w.server.visits(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") })).ServeHTTP(out, r)
	if page := out.Body.String(); out.Code != 500 || !strings.Contains(page, "</html>") {
		t.Errorf("failed: %d %s", out.Code, page)
	}
}

// TestPartsTellProblems asks for a part of a page that can't be had.
func TestPartsTellProblems(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	v := w.visitor()
	v.signsIn("eva", "/sign-in?to=/")
	_, status, page := v.visit("GET", "/search/preview?s=x&d=y&a=z", nil, "HX-Request: true", "HX-Target: section#preview", "HX-Current-URL: "+w.url+"/search?s=x")
	if status != 404 || strings.Contains(page, "<html") || strings.Contains(page, "<nav") || !strings.Contains(page, `id="preview"`) ||
		!strings.Contains(page, "Nicht gefunden") || !strings.Contains(page, `href="/search?s=x"`) {
		t.Errorf("%d %s", status, page)
	}
}

// TestWaiting asks who answers while the server isn't there.
func TestWaiting(t *testing.T) {
	h, err := Waiting(Config{})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body string, headers ...string) (int, http.Header, string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		for _, header := range append(headers, "Content-Type: application/x-www-form-urlencoded") {
			name, value, _ := strings.Cut(header, ": ")
			r.Header.Set(name, value)
		}
		out := httptest.NewRecorder()
		h.ServeHTTP(out, r)
		return out.Code, out.Header(), out.Body.String()
	}
	const browser, ours = "Accept: text/html", "Sec-Fetch-Site: same-origin"
	status, header, page := ask("GET", "/akten", "", browser)
	if status != 503 || header.Get("Retry-After") != "5" || !strings.Contains(page, `data-wait="5"`) ||
		!strings.Contains(page, `<noscript><meta http-equiv="refresh" content="5">`) || !strings.Contains(page, "gleich wieder da") {
		t.Errorf("a page: %d %v %s", status, header, page)
	}
	if _, _, page := ask("GET", "/akten", "", browser, "Accept-Language: en"); !strings.Contains(page, "back in a moment") {
		t.Errorf("in English: %s", page)
	}
	status, _, page = ask("POST", "/akten/new", "a=Zwischen%22raum&page_of=t", browser, ours)
	if status != 503 || !strings.Contains(page, `action="/akten/new"`) || !strings.Contains(page, `name="a" value="Zwischen&#34;raum"`) ||
		!strings.Contains(page, `name="page_of" value="t"`) || strings.Contains(page, "http-equiv") {
		t.Errorf("a form: %d %s", status, page)
	}
	for name, c := range map[string][]string{"another site's": {"a=Zwischenraum", "Sec-Fetch-Site: cross-site"}, "with a password": {"a=Zwischenraum&password=x", ours}} {
		if _, _, page := ask("POST", "/akten/new", c[0], browser, c[1]); strings.Contains(page, "Zwischenraum") || !strings.Contains(page, "nicht ausgeführt") {
			t.Errorf("%s: %s", name, page)
		}
	}
	status, header, body := ask("GET", "/api/v1/me", "", browser)
	if status != 503 || header.Get("Content-Type") != "application/problem+json" || header.Get("Retry-After") == "" || !strings.Contains(body, "/problems/maintenance") {
		t.Errorf("a program: %d %v %s", status, header, body)
	}
	for path, want := range map[string]int{"/livez": 200, "/readyz": 503, "/static/x/nothing.js": 404} {
		if status, _, _ := ask("GET", path, ""); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// TestShutStoreSaysSo asks a server whose store was shut.
func TestShutStoreSaysSo(t *testing.T) {
	if p := classify(archive.ErrClosed); p.kind != "maintenance" {
		t.Error(p.kind)
	}
	w := newWorld(t)
	w.member("eva")
	v := w.visitor()
	v.signsIn("eva", "/sign-in?to=/")
	w.must(w.store.Close())
	if _, status, page := v.visit("GET", "/akten", nil); status != 503 || !strings.Contains(page, "gleich wieder da") {
		t.Errorf("%d %s", status, page)
	}
}
