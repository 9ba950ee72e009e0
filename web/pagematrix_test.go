package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"eakte/acl/oracletest"
	"eakte/archive"
)

// browser is somebody with a session, as her browser sends it.
type browser struct {
	*matrix
	german           *germanIn // nil: English pages aren't read
	cookie, language string
}

// browse opens a session without asking for a password, in which a purpose is stated for the Akte.
func (m *matrix) browse(p oracletest.Pair) *browser {
	m.t.Helper()
	name := m.pair(p.Role, p.Department)
	s := m.server
	ctx, err := s.sessions.Load(m.t.Context(), "")
	m.must(err)
	s.sessions.Put(ctx, sessionUser, string(m.users[name]))
	user, err := s.accounts.User(m.t.Context(), m.users[name])
	m.must(err)
	s.sessions.Put(ctx, sessionProof, proofOf(user))
	s.sessions.Put(ctx, sessionSigned, m.now().Unix())
	s.sessions.Put(ctx, sessionSeen, m.now().Unix())
	s.sessions.Put(ctx, sessionProven, m.now().Unix())
	s.sessions.Put(ctx, sessionID, archive.NewID[string]())
	ctx = context.WithValue(ctx, opening{}, true)
	m.must((&session{manager: s.sessions, ctx: ctx, now: m.now}).State(archive.AkteID(m.akte), "bearbeitung"))
	token, _, err := s.sessions.Commit(ctx)
	m.must(err)
	return &browser{matrix: m, cookie: s.cookie(token).String(), language: german}
}

// open asks for a page, or posts a form.
func (b *browser) open(method, path string, form url.Values) (status int, body []byte) {
	b.t.Helper()
	var in io.Reader
	if form != nil {
		in = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, in)
	b.must(err)
	req.Header.Set("Cookie", b.cookie)
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Language", b.language)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := *b.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	b.must(err)
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	b.must(err)
	return res.StatusCode, body
}

// pageRoute is a page on behalf of a pair: the path that is asked for, what is posted, the status.
type pageRoute struct {
	path string
	form url.Values
	want int
}

// pageRoutes says what every route of the pages answers to a pair. A route that is missing here fails
// the test.
func (m *matrix) pageRoutes(p oracletest.Pair) map[string]pageRoute {
	sees := head(p)
	enters := able(p, "person.write") && able(p, "akte.create")
	own := url.Values{"to": {"/akten"}}
	routes := map[string]pageRoute{
		"GET /":                         {path: "/", want: 200},
		"GET /akten":                    {path: "/akten", want: 200},
		"GET /akten/new":                {path: "/akten/new", want: choose(enters, 200, 403)},
		"POST /akten/new":               {path: "/akten/new", form: url.Values{"lead_department": {p.Department}}, want: choose(enters, 422, 403)},
		"POST /akten/:id/pin":           {path: "/akten/" + m.akte + "/pin", form: own, want: choose(sees, 303, 404)},
		"POST /akten/:id/unpin":         {path: "/akten/" + m.akte + "/unpin", form: own, want: 303},
		"GET /separators":               {path: "/separators", want: choose(able(p, "inbox"), 200, 403)},
		"POST /separators":              {path: "/separators", form: url.Values{"department": {p.Department}}, want: choose(able(p, "inbox"), 303, 403)},
		"GET /profile":                  {path: "/profile", want: 200},
		"POST /profile":                 {path: "/profile", form: url.Values{"density": {"winzig"}}, want: 422},
		"POST /profile/sessions/end":    {path: "/profile/sessions/end", form: url.Values{"id": {nowhere}}, want: 303},
		"GET /sign-in/again":            {path: "/sign-in/again", want: 200},
		"POST /sign-in/again":           {path: "/sign-in/again", form: url.Values{"password": {""}}, want: 422},
		"GET /sign-in/elsewhere":        {path: "/sign-in/elsewhere", want: 303},
		"GET /sign-in/again/elsewhere":  {path: "/sign-in/again/elsewhere", want: 404},
		"GET /sign-in/back":             {path: "/sign-in/back?code=x&state=y", want: 404},
		"POST /sign-in/ended":           {path: "/sign-in/ended", form: url.Values{"logout_token": {"x"}}, want: 404},
		"GET /sign-out/elsewhere":       {path: "/sign-out/elsewhere", want: 303},
		"GET /profile/factor":           {path: "/profile/factor", want: 200},
		"POST /profile/factor":          {path: "/profile/factor", form: url.Values{"secret": {strings.Repeat("A", 32)}, "code": {"12"}}, want: 422},
		"POST /profile/factor/remove":   {path: "/profile/factor/remove", form: url.Values{"code": {"123456"}}, want: 404},
		"GET /profile/passkeys":         {path: "/profile/passkeys", want: 200},
		"POST /profile/passkeys":        {path: "/profile/passkeys", form: url.Values{"name": {"Handy"}, "answer": {"{}"}}, want: 422},
		"POST /profile/passkeys/ask":    {path: "/profile/passkeys/ask", form: url.Values{}, want: 200},
		"POST /profile/passkeys/rename": {path: "/profile/passkeys/rename", form: url.Values{"ref": {nowhere}, "called": {"Handy"}}, want: 404},
		"POST /profile/passkeys/remove": {path: "/profile/passkeys/remove", form: url.Values{"ref": {nowhere}}, want: 404},
		"POST /sign-in/again/passkey":   {path: "/sign-in/again/passkey", form: url.Values{"answer": {""}}, want: 422},
		"POST /profile/searches/drop":   {path: "/profile/searches/drop", form: url.Values{"id": {nowhere}}, want: 404},
		"POST /drafts/drop":             {path: "/drafts/drop", form: url.Values{"key": {"person"}}, want: 303},
		"GET /akten/:id/purpose":        {path: "/akten/" + m.akte + "/purpose", want: choose(sees, 200, 404)},
		"POST /akten/:id/purpose":       {path: "/akten/" + m.akte + "/purpose", form: url.Values{"purpose": {"nonsense"}}, want: choose(sees, 422, 404)},
		"POST /session":                 {path: "/session", form: url.Values{}, want: 204},
		"GET /session":                  {path: "/session", want: 200},
		"POST /held":                    {path: "/held?at=/akten/new", form: url.Values{"names/0/family": {"Muster"}}, want: 200},
		"GET /held/:id":                 {path: "/held/" + nowhere, want: 303},
		"GET /search":                   {path: "/search", want: 200},
		"POST /search":                  {path: "/search", form: url.Values{"q": {"Gemeinsam"}}, want: 303},
		"GET /search/preview":           {path: "/search/preview?s=x&d=" + m.docs[0].id + "&a=" + m.akte, want: 404},
		"POST /search/save":             {path: "/search/save", form: url.Values{"s": {"x"}, "name": {"Titel"}}, want: 404},
		"POST /search/persons":          {path: "/search/persons", form: url.Values{"q": {"Gemeinsam"}}, want: 200},
		"POST /search/notify":           {path: "/search/notify", form: url.Values{"saved": {nowhere}, "notify": {"on"}}, want: 404},
		"POST /search/forget":           {path: "/search/forget", form: url.Values{"saved": {nowhere}}, want: 404},
	}
	maps.Copy(routes, m.aktePages(p))
	maps.Copy(routes, m.paperPages(p))
	maps.Copy(routes, m.officePages(p))
	maps.Copy(routes, policyPages(p))
	maps.Copy(routes, inquiryPages(p))
	maps.Copy(routes, incidentPages(p))
	maps.Copy(routes, m.inboxPages(p))
	maps.Copy(routes, m.uploadPages(p))
	maps.Copy(routes, m.personPages(p))
	return routes
}

// officePages are those of operations, leads and data protection.
func (m *matrix) officePages(p oracletest.Pair) map[string]pageRoute {
	return map[string]pageRoute{
		"GET /operations":                     {path: "/operations", want: choose(able(p, "operate"), 200, 403)},
		"GET /operations/queue":               {path: "/operations/queue", want: choose(able(p, "operate"), 200, 403)},
		"POST /operations/jobs/:id/retry":     {path: "/operations/jobs/" + nowhere + "/retry", form: url.Values{}, want: 404},
		"GET /operations/users":               {path: "/operations/users", want: choose(able(p, "operate") || able(p, "rules.read"), 200, 403)},
		"POST /operations/users":              {path: "/operations/users", form: url.Values{"name": {"Not A Name"}, "password": {"0123456789"}}, want: choose(able(p, "operate"), 422, 403)},
		"GET /operations/users/:id":           {path: "/operations/users/" + m.stranger(), want: choose(able(p, "operate") || able(p, "rules.read"), 200, 403)},
		"POST /operations/users/:id":          {path: "/operations/users/" + m.stranger(), form: url.Values{"revision": {"999"}}, want: choose(able(p, "operate"), 412, 403)},
		"POST /operations/users/:id/password": {path: "/operations/users/" + m.stranger() + "/password", form: url.Values{"password": {"short"}}, want: choose(able(p, "operate"), 422, 403)},
		"POST /operations/users/:id/tokens":   {path: "/operations/users/" + m.stranger() + "/tokens", form: url.Values{"days": {"0"}}, want: choose(able(p, "operate"), 422, 403)},
		"POST /operations/users/:id/revoke":   {path: "/operations/users/" + m.stranger() + "/revoke", form: url.Values{"token": {"none"}}, want: choose(able(p, "operate"), 404, 403)},
		"GET /proposals":                      {path: "/proposals", want: choose(able(p, "grant"), 200, 403)},
		"POST /proposals":                     {path: "/proposals", form: url.Values{"user": {m.stranger()}, "pair": {"dienst@it"}, "decision": {"confirm"}}, want: choose(able(p, "grant"), 404, 403)},
		"GET /conflicts":                      {path: "/conflicts", want: choose(able(p, "grant"), 200, 403)},
		"POST /conflicts":                     {path: "/conflicts", form: url.Values{"user_id": {m.stranger()}, "number": {"33.11-999999/2026"}, "kind": {"own"}, "reason": {"x"}}, want: choose(able(p, "grant"), 422, 403)},
		"POST /conflicts/:id":                 {path: "/conflicts/" + nowhere, form: url.Values{"decision": {"grant"}}, want: 404},
		"POST /conflicts/:id/dismiss":         {path: "/conflicts/" + nowhere + "/dismiss", form: url.Values{"reason": {"x"}}, want: 404},
		"GET /conflicts/report":               {path: "/conflicts/report", want: 200},
		"POST /conflicts/report":              {path: "/conflicts/report", form: url.Values{"kind": {"own"}}, want: 422},
		"GET /retention":                      {path: "/retention", want: choose(able(p, "akte.change") || able(p, "trail.read"), 200, 403)},
		"POST /retention":                     {path: "/retention", form: url.Values{"number": {"33.11-999999/2026"}}, want: choose(able(p, "akte.change") || able(p, "trail.read"), 200, 403)},
		"GET /retention/:id":                  {path: "/retention/" + nowhere, want: 404},
		"POST /retention/:id":                 {path: "/retention/" + nowhere, form: url.Values{"decision": {"release"}}, want: 404},
		"GET /seals":                          {path: "/seals", want: choose(able(p, "grant") || able(p, "operate"), 200, 403)},
		"GET /seals/deserted":                 {path: "/seals/deserted", want: choose(able(p, "trail.read"), 200, 403)},
		"POST /seals/deserted":                {path: "/seals/deserted?akte=" + nowhere, form: url.Values{"because": {"x"}}, want: choose(able(p, "trail.read"), 404, 403)},
		"POST /seals/:id":                     {path: "/seals/" + nowhere, form: url.Values{"decision": {"grant"}}, want: 404},
		"GET /trail":                          {path: "/trail", want: choose(able(p, "trail.read"), 200, 403)},
		"GET /trail/persons/:id":              {path: "/trail/persons/" + m.person, want: choose(able(p, "trail.read"), 200, 403)},
		"GET /trail/findings":                 {path: "/trail/findings", want: choose(able(p, "trail.read"), 200, 403)},
		"GET /trail/findings/:id":             {path: "/trail/findings/" + nowhere, want: choose(able(p, "trail.read"), 404, 403)},
		"POST /trail/findings/:id":            {path: "/trail/findings/" + nowhere, form: url.Values{"revision": {"1"}, "note": {"x"}}, want: choose(able(p, "trail.read"), 404, 403)},
		"GET /trail/activity":                 {path: "/trail/activity", want: choose(able(p, "trail.read"), 200, 403)},
		"GET /trail/proofs/:year/:seq":        {path: fmt.Sprintf("/trail/proofs/%d/0", m.now().UTC().Year()), want: choose(able(p, "trail.read"), 200, 403)},
		"GET /trail/holds":                    {path: "/trail/holds", want: choose(able(p, "trail.read"), 200, 403)},
		"POST /trail/holds":                   {path: "/trail/holds", form: url.Values{"year": {"2026"}}, want: choose(able(p, "trail.read"), 422, 403)},
		"POST /trail/holds/:id/release":       {path: "/trail/holds/" + nowhere + "/release", form: url.Values{"reason": {"x"}}, want: choose(able(p, "trail.read"), 404, 403)},
		"POST /trail":                         {path: "/trail", form: url.Values{"subject": {"Niemand"}}, want: choose(able(p, "trail.read"), 422, 403)},
	}
}

// lastPages end the session, so they are asked last.
func lastPages() map[string]pageRoute {
	return map[string]pageRoute{"POST /sign-out": {path: "/sign-out", form: url.Values{}, want: 303}}
}

// TestPageMatrix asks every page on behalf of every pair, in both languages.
func TestPageMatrix(t *testing.T) {
	m := newMatrix(t)
	routes, last := m.pageRoutes(oracletest.Pair{}), lastPages()
	for _, r := range m.server.engine.Routes() {
		name := r.Method + " " + r.Path
		open := strings.HasPrefix(r.Path, base+"/") || strings.HasPrefix(r.Path, "/static/") || strings.HasSuffix(r.Path, "z") || r.Path == "/sign-in" || r.Path == "/sign-in/code" || strings.HasPrefix(r.Path, "/sign-in/passkey")
		_, asked := routes[name]
		if _, late := last[name]; !open && !asked && !late {
			t.Errorf("%s is not in the matrix of pages", name)
		}
	}
	reader := newGermanIn(t)
	for _, p := range oracletest.Pairs() {
		b := m.browse(p)
		b.german = reader
		for _, b.language = range []string{german, english} {
			b.open("GET", "/profile", nil) // what was told in the other language
			for name, r := range m.pageRoutes(p) {
				b.check(p, name, r)
			}
		}
		for name, r := range lastPages() {
			b.check(p, name, r)
		}
		if status, _ := b.open("GET", "/", nil); status != 303 {
			t.Errorf("after signing out: %d", status)
		}
	}
}

func (b *browser) check(p oracletest.Pair, name string, r pageRoute) {
	b.t.Helper()
	method, _, _ := strings.Cut(name, " ")
	status, body := b.open(method, r.path, r.form)
	if status != r.want {
		b.t.Errorf("%s@%s %s in %s: %d, want %d", p.Role, p.Department, name, b.language, status, r.want)
	}
	if b.german != nil && b.language == english {
		if text := b.german.find(body); text != "" {
			b.t.Errorf("%s@%s %s: German in an English page: %q", p.Role, p.Department, name, text)
		}
	}
	if (status == 403 || status == 404) && bytes.Contains(body, []byte("Titel")) {
		b.t.Errorf("%s@%s %s: a refusal tells a title", p.Role, p.Department, name)
	}
	if status == 200 && !bytes.Contains(body, []byte("</html>")) && bytes.Contains(body, []byte("<html")) {
		b.t.Errorf("%s@%s %s: the page ends short", p.Role, p.Department, name)
	}
}

// Whoever has not signed in is sent to the sign-in, and comes back to where she wanted to go only
// within the site.
func TestStrangerIsAsked(t *testing.T) {
	w := newWorld(t)
	b := &browser{matrix: &matrix{world: w}, language: german}
	for _, path := range []string{"/", "/akten/" + nowhere + "/purpose"} {
		if status, _ := b.open("GET", path, nil); status != 303 {
			t.Errorf("GET %s: %d, want 303", path, status)
		}
	}
	w.account("jemand", archive.Pair{Role: "sachbearbeitung", Department: "asyl"})
	_, body := b.open("GET", "/sign-in?to="+url.QueryEscape("//evil.example/"), nil)
	if bytes.Contains(body, []byte("evil")) {
		t.Error("the sign-in leads to another site")
	}
	if status, body := b.open("POST", "/sign-in", url.Values{"name": {"jemand"}, "password": {"falsch"}}); status != 422 || !bytes.Contains(body, []byte(`value="jemand"`)) || bytes.Contains(body, []byte("falsch")) {
		t.Errorf("a wrong password: %d, and the form must keep the name alone", status)
	}
}
