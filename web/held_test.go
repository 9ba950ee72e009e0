package web

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/archive"
)

// visitor is a browser that keeps cookies and follows where it is sent.
type visitor struct {
	*world
	client *http.Client
}

func (w *world) visitor() *visitor {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	w.must(err)
	client := *w.http
	client.Jar = jar
	return &visitor{w, &client}
}

// visit sends a request and returns where it ended, the status there and the page.
func (v *visitor) visit(method, path string, form url.Values, headers ...string) (at string, status int, body string) {
	v.t.Helper()
	var in io.Reader
	if form != nil {
		in = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.url+path, in)
	v.must(err)
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := v.client.Do(req)
	v.must(err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	v.must(err)
	return res.Request.URL.RequestURI(), res.StatusCode, string(data)
}

// signsIn fills in the sign-in that the browser was sent to.
func (v *visitor) signsIn(name, at string) (string, int, string) {
	v.t.Helper()
	to, err := url.Parse(at)
	v.must(err)
	return v.visit("POST", "/sign-in", url.Values{"name": {name}, "password": {password}, "to": {to.Query().Get("to")}})
}

// akten counts those there are.
func (w *world) akten() (n int) {
	w.t.Helper()
	w.must(w.store.View(w.t.Context(), func(r archive.Reader) error {
		for _, err := range r.AllAkten("") {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	}))
	return n
}

var heldPath = regexp.MustCompile(`^/held/[0-9a-f-]{36}$`)

// TestTypedSurvivesTheSession posts a form after the session ended, by time and by signing out elsewhere.
func TestTypedSurvivesTheSession(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	typed := url.Values{"display": {""}, "lead_department": {"auslaenderbehoerde"}, "plan": {"33.11"}, "names/0/kind": {"official"},
		"names/0/family": {"Zwischenraum"}, "names/0/given": {"Ada"}, "birth_date": {"1990-05-17"}, "password": {"geheimnis-im-feld"}}
	for name, end := range map[string]func(*visitor){
		"time":       func(*visitor) { w.ahead.Add(int64(31 * time.Minute)) },
		"other page": func(v *visitor) { v.visit("POST", "/sign-out", url.Values{}) },
	} {
		t.Run(name, func(t *testing.T) {
			v := w.visitor()
			v.signsIn("eva", "/sign-in?to=/")
			end(v)
			at, _, page := v.visit("POST", "/akten/new", typed)
			if !strings.HasPrefix(at, "/sign-in?to=%2Fheld%2F") || !strings.Contains(page, "aufgehoben") || strings.Contains(page, "Zwischenraum") {
				t.Fatalf("sent to %s", at)
			}
			before := w.akten()
			at, status, page := v.signsIn("eva", at)
			if !heldPath.MatchString(at) || status != 200 || !strings.Contains(page, `value="Zwischenraum"`) || !strings.Contains(page, "noch nicht gespeichert") {
				t.Fatalf("%s: %d, the form must come back filled in", at, status)
			}
			if strings.Contains(page, "geheimnis-im-feld") {
				t.Error("a password was kept")
			}
			if w.akten() != before {
				t.Error("the form was carried out")
			}
			if at, status, _ := v.visit("POST", "/akten/new", typed); status != 200 && status != 422 || w.akten() != before+1 {
				t.Errorf("sent again: %s %d, %d akten", at, status, w.akten()-before)
			}
		})
	}
}

// TestTypedComesBack posts forms of all kinds after the session ended; what was typed must come back, in the
// form it was typed into where that can show it, and nothing may have been done.
func TestTypedComesBack(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	person := w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose).text("person_id")
	doc := w.document(clerk, akte, "arbeitsvertrag", "Inhalt")
	for path, c := range map[string]struct {
		form url.Values
		want string
	}{
		"/akten/" + akte + "/edit":                       {url.Values{"team": {"Zwischenraum"}, "lead_department": {"auslaenderbehoerde"}, "revision": {"1"}}, `<option value="Zwischenraum" selected`},
		"/akten/" + akte + "/cases":                      {url.Values{"title": {"Zwischenraum"}}, `name="title" type="text" value="Zwischenraum"`},
		"/akten/" + akte + "/documents/" + doc + "/edit": {url.Values{"title": {"Zwischenraum"}, "revision": {"1"}}, `value="Zwischenraum"`},
		"/akten/" + akte + "/documents/" + doc + "/move": {url.Values{"reason": {"Zwischenraum"}}, `>Zwischenraum</textarea>`},
		"/akten/" + akte + "/add":                        {url.Values{"title": {"Zwischenraum"}}, `value="Zwischenraum"`},
		"/akten/" + akte + "/bundle":                     {url.Values{"what": {"all"}, "recipient": {"Zwischenraum"}}, `value="Zwischenraum"`},
		"/persons/" + person + "/edit":                   {url.Values{"names/0/family": {"Zwischenraum"}, "names/0/given": {"Ada"}, "names/0/kind": {"official"}, "revision": {"1"}}, `value="Zwischenraum"`},
		"/search":                                        {url.Values{"q": {"Zwischenraum"}}, "Jetzt absenden"},
	} {
		t.Run(path, func(t *testing.T) {
			v := w.visitor()
			v.signsIn("eva", "/sign-in?to=/")
			v.visit("POST", "/sign-out", url.Values{})
			at, _, _ := v.visit("POST", path, c.form)
			at, status, page := v.signsIn("eva", at)
			if to, _ := url.Parse(at); strings.HasSuffix(to.Path, "/purpose") {
				at, status, page = v.visit("POST", to.Path, url.Values{"purpose": {"bearbeitung"}, "to": {to.Query().Get("to")}})
			}
			if !heldPath.MatchString(at) || status != 200 || !strings.Contains(page, c.want) || !strings.Contains(page, "Zwischenraum") {
				t.Fatalf("%s: %d, want %q in %s", at, status, c.want, page)
			}
			if !strings.Contains(page, "noch nicht gespeichert") {
				t.Error("nothing says that it isn't saved")
			}
			r := w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose)
			if strings.Contains(string(r.body), "Zwischenraum") || strings.Contains(string(w.want(200, clerk, "GET", "/documents/"+doc, nil, purpose).body), "Zwischenraum") {
				t.Error("it was carried out")
			}
		})
	}
}

// TestTypedSurvivesALostPurpose posts for an Akte of which the session doesn't know any more why it is open.
func TestTypedSurvivesALostPurpose(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	akte := w.akte(w.pair("sachbearbeitung", "auslaenderbehoerde"), "Beispiel", "auslaenderbehoerde")
	v := w.visitor()
	v.signsIn("eva", "/sign-in?to=/")
	at, _, _ := v.visit("POST", "/akten/"+akte+"/cases", url.Values{"title": {"Zwischenraum"}})
	to, err := url.Parse(at)
	w.must(err)
	if to.Path != "/akten/"+akte+"/purpose" || !heldPath.MatchString(to.Query().Get("to")) {
		t.Fatalf("sent to %s", at)
	}
	if _, _, page := v.visit("POST", to.Path, url.Values{"purpose": {"bearbeitung"}, "to": {to.Query().Get("to")}}); !strings.Contains(page, `value="Zwischenraum"`) {
		t.Error("what was typed is gone")
	}
}

// TestTypedIsNobodyElses lets somebody else sign in where a form was held.
func TestTypedIsNobodyElses(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	w.member("otto")
	v := w.visitor()
	v.signsIn("eva", "/sign-in?to=/")
	v.visit("POST", "/sign-out", url.Values{})
	at, _, _ := v.visit("POST", "/akten/new", url.Values{"names/0/family": {"Zwischenraum"}})
	to, err := url.Parse(at)
	w.must(err)
	if !heldPath.MatchString(to.Query().Get("to")) {
		t.Fatalf("nothing was held: %s", at)
	}
	if at, status, page := v.signsIn("otto", at); at != "/" || status != 200 || strings.Contains(page, "Zwischenraum") {
		t.Errorf("otto came to %s: %d", at, status)
	}
	if at, _, page := v.visit("GET", to.Query().Get("to"), nil); at != "/" || strings.Contains(page, "Zwischenraum") {
		t.Errorf("otto came to %s", at)
	}
	v.visit("POST", "/sign-out", url.Values{})
	if _, _, page := v.signsIn("eva", at); !strings.Contains(page, `value="Zwischenraum"`) {
		t.Error("eva lost it")
	}
	w.ahead.Add(int64(heldLife + time.Minute))
	if kept, err := w.server.heldOf(t.Context(), strings.TrimPrefix(to.Query().Get("to"), "/held/")); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("it outlived its time: %v %v", kept.User, err)
	}
}

// TestHoldsForPagesOnly tries to have other things held, and to fill the store as nobody.
func TestHoldsForPagesOnly(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	v := w.visitor()
	form := url.Values{"q": {"Zwischenraum"}}
	if _, status, body := v.visit("POST", "/held?at=/akten/new", form); status != 200 || body != `{"to":""}` {
		t.Errorf("for nobody: %d %s", status, body)
	}
	v.signsIn("eva", "/sign-in?to=/")
	for _, path := range []string{"/api/v1/persons", "/sign-out", "/session", "/held?at=/search", "//evil.example/", "https://evil.example/", ""} {
		if _, _, body := v.visit("POST", "/held?at="+url.QueryEscape(path), form); path != "//evil.example/" && path != "https://evil.example/" && path != "" && body != `{"to":""}` || strings.Contains(body, "evil") {
			t.Errorf("%s: %s", path, body)
		}
	}
	if _, _, body := v.visit("POST", "/held?at=/search", url.Values{"q": {strings.Repeat("x", archive.MaxDraft)}}); body != `{"to":""}` {
		t.Errorf("too much: %s", body)
	}
	for range heldPerMinute {
		v.visit("POST", "/held?at=/search", form)
	}
	if _, _, body := v.visit("POST", "/held?at=/search", form); body != `{"to":""}` {
		t.Errorf("without end: %s", body)
	}
	if log := w.log.String(); strings.Contains(log, "Zwischenraum") {
		t.Error("the log holds what was typed")
	}
}

// TestSessionStateExtendsNothing asks for the end of a session until it is there.
func TestSessionStateExtendsNothing(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	v := w.visitor()
	if _, status, body := v.visit("GET", "/session", nil); status != 200 || body != `{"ends":0,"mark":""}` {
		t.Errorf("nobody's: %d %s", status, body)
	}
	v.signsIn("eva", "/sign-in?to=/")
	for range 3 {
		w.ahead.Add(int64(9 * time.Minute))
		if _, _, body := v.visit("GET", "/session", nil); strings.Contains(body, `"ends":0`) {
			t.Fatalf("ended early: %s", body)
		}
	}
	if _, _, body := v.visit("GET", "/session", nil); !regexp.MustCompile(`"ends":1[678]\d,`).MatchString(body) {
		t.Errorf("three minutes before the end: %s", body)
	}
	w.ahead.Add(int64(4 * time.Minute))
	if _, _, body := v.visit("GET", "/session", nil); !strings.Contains(body, `"ends":0`) {
		t.Errorf("asking kept the session alive: %s", body)
	}
}

// TestHeldIsAbout names what a held form is about, so that it is dropped with it.
func TestHeldIsAbout(t *testing.T) {
	akte, doc := archive.NewID[string](), archive.NewID[string]()
	got := aboutIDs("/akten/"+akte+"/edit?case="+doc, url.Values{"document": {doc}, "title": {"kein Name, keine Nummer"}})
	want := []string{akte, doc}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("about %v, want %v", got, want)
	}
}
