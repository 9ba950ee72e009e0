package web

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
)

// isIn expects a browser to be signed in, or not to be any more.
func (f *fakeProvider) isIn(b *window, want bool, what string) {
	f.t.Helper()
	if r := b.open("GET", "/profile", nil); (r.status == http.StatusOK) != want {
		f.t.Errorf("%s: %d, want in: %v", what, r.status, want)
	}
}

// TestConfirmedElsewhere asks the provider every few minutes whether she is somebody there still.
func TestConfirmedElsewhere(t *testing.T) {
	f := withProvider(t)
	f.refresh = "erst"
	b := f.whole()
	f.isIn(b, true, "at once")
	if n := f.asks.Load(); n != 0 {
		t.Errorf("asked %d times at once", n)
	}
	for range 3 { // each answer gives another token to ask with
		f.ahead.Add(int64(confirmEvery))
		f.isIn(b, true, "confirmed")
		f.isIn(b, true, "confirmed")
	}
	if n := f.asks.Load(); n != 3 {
		t.Errorf("asked %d times, want once each time", n)
	}
	f.ahead.Add(int64(confirmEvery))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { f.call("", "GET", "/me", nil, "Cookie: eakte="+b.cookies["eakte"]) })
	}
	all.Wait()
	if n := f.asks.Load(); n != 4 {
		t.Errorf("asked %d times by eight requests at once, want once", n-3)
	}
	f.isIn(b, true, "after eight at once")

	f.groups = []string{"akte-leitung"}
	f.ahead.Add(int64(confirmEvery))
	f.isIn(b, true, "in another group")
	if u := f.user(); len(u.Roles) != 1 || u.Roles[0] != (archive.Pair{Role: "leitung", Department: "asyl"}) {
		t.Errorf("in another group: %+v", u.Roles)
	}
	f.groups = []string{}
	f.ahead.Add(int64(confirmEvery))
	f.isIn(b, false, "in no group")
	if u := f.user(); len(u.Roles) != 0 {
		t.Errorf("in no group: %+v", u.Roles)
	}
	if n := strings.Count(f.log.String(), "neu-") + strings.Count(f.log.String(), "erst"); n > 0 {
		t.Errorf("the log has what the provider is asked with, %d times", n)
	}
}

// TestLeftElsewhere is for each way in which the provider can say that she is nobody any more, or not answer.
func TestLeftElsewhere(t *testing.T) {
	for name, tc := range map[string]struct {
		bend func(*fakeProvider)
		in   bool
		why  string
	}{
		"she left":           {func(f *fakeProvider) { f.left = true }, false, "not confirmed"},
		"somebody else":      {func(f *fakeProvider) { f.subject = "somebody else" }, false, "user"},
		"a forged token":     {func(f *fakeProvider) { f.lie = func(head, _ map[string]any) { head["alg"] = "none" } }, false, "algorithm"},
		"for another":        {func(f *fakeProvider) { f.lie = func(_, claims map[string]any) { claims["aud"] = "another" } }, false, "audience"},
		"of another sign-in": {func(f *fakeProvider) { f.lie = func(_, claims map[string]any) { claims["nonce"] = "another" } }, false, "nonce"},
		"described as another": {func(f *fakeProvider) {
			f.answer, f.info = func(says map[string]any) { delete(says, "id_token") }, map[string]any{"sub": "x", "groups": []string{"akte-leitung"}}
		}, false, "description of another"},
		"described alone": {func(f *fakeProvider) {
			f.answer, f.info = func(says map[string]any) { delete(says, "id_token") }, map[string]any{"sub": f.subject, "groups": f.groups}
		}, true, ""},
		"away":               {func(f *fakeProvider) { f.down = true }, true, ""},
		"it doesn't know us": {func(f *fakeProvider) { f.status = http.StatusUnauthorized }, true, ""},
	} {
		f := withProvider(t)
		f.refresh = "erst"
		b := f.whole()
		subject := f.subject
		f.ahead.Add(int64(confirmEvery))
		tc.bend(f)
		f.isIn(b, tc.in, name)
		words := f.recorded(audit.OpSignout)
		if tc.why == "" && len(words) != 0 || tc.why != "" && (len(words) != 1 || words[0] != tc.why) {
			t.Errorf("%s: recorded %v, want %q", name, words, tc.why)
		}
		f.subject = subject
		if u := f.user(); len(u.Roles) != 1 {
			t.Errorf("%s: %+v", name, u.Roles)
		}
	}
}

// TestPartlyAway asks a provider of which a part is away: nobody is out, and nobody loses a role.
func TestPartlyAway(t *testing.T) {
	f := withProvider(t)
	f.refresh = "erst"
	b := f.whole()
	for name, bend := range f.partly() {
		f.well()
		f.ahead.Add(int64(confirmEvery))
		f.isIn(b, true, "well")
		f.ahead.Add(int64(confirmEvery))
		bend()
		f.isIn(b, true, name)
		if u := f.user(); len(u.Roles) != 1 || u.Identity.Ended != 0 {
			t.Errorf("%s: %+v", name, u)
		}
	}
	if got := f.recorded(audit.OpSignout); len(got) != 0 {
		t.Errorf("recorded: %v", got)
	}
	f.partly()["says nothing of groups"]()
	f.ahead.Add(int64(confirmedLife))
	f.isIn(b, false, "silent about groups for too long")
	if u := f.user(); len(u.Roles) != 1 {
		t.Errorf("silent about groups for too long: %+v", u.Roles)
	}
}

// TestEndedWithoutKeys can't check the word that somebody's session ended: the provider may say it again.
func TestEndedWithoutKeys(t *testing.T) {
	f := withProvider(t)
	b := f.whole()
	head, claims := f.ending()
	head["kid"] = "new"
	token := f.signed(head, claims)
	f.partly()["no keys"]()
	if r := f.ends(token); r.status != http.StatusServiceUnavailable {
		t.Errorf("without keys: %d", r.status)
	}
	f.isIn(b, true, "without keys")
	if got := f.recorded(audit.OpSigninFailed); len(got) != 0 {
		t.Errorf("recorded: %v", got)
	}
}

// TestAwayForLong goes on while the provider is away, but not for ever, and doesn't ask it with each request.
func TestAwayForLong(t *testing.T) {
	f := withProvider(t)
	f.refresh = "erst"
	b := f.whole()
	f.ahead.Add(int64(confirmEvery))
	f.status = http.StatusBadGateway
	f.isIn(b, true, "away")
	f.isIn(b, true, "away")
	if n := f.asks.Load(); n != 1 {
		t.Errorf("asked %d times in a moment, want once", n)
	}
	f.ahead.Add(int64(confirmedLife - confirmEvery - time.Second))
	f.isIn(b, true, "away for almost too long")
	f.ahead.Add(int64(time.Second))
	f.isIn(b, false, "away for too long")

	f.status, f.refresh = 0, ""
	b = f.whole()
	f.ahead.Add(int64(confirmedLife - time.Second))
	f.isIn(b, true, "with nothing to ask by")
	f.ahead.Add(int64(time.Second))
	f.isIn(b, false, "with nothing to ask by, for too long")
}

// TestConfirmedByProof proves who she is at a provider that takes back, by that, what it was asked with so far.
func TestConfirmedByProof(t *testing.T) {
	f := withProvider(t)
	f.refresh = "erst"
	b := f.whole()
	answer := f.goes(b, "/sign-in/again/elsewhere?to=/akten")
	f.refresh = "danach"
	f.ahead.Add(int64(confirmEvery))
	f.at = f.now()
	b.leads("/akten", f.back(b, answer))
	f.isIn(b, true, "proven")
	f.ahead.Add(int64(confirmEvery))
	f.isIn(b, true, "confirmed by what came with the proof")
	if n := f.asks.Load(); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
}

// ends sends word that a session ended, as the provider does.
func (f *fakeProvider) ends(token string) reply {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), "POST", f.url+endedPath, strings.NewReader(url.Values{"logout_token": {token}}.Encode()))
	f.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := f.http.Do(req)
	f.must(err)
	defer res.Body.Close()
	return reply{res.StatusCode, res.Header, nil}
}

// ending is such word.
func (f *fakeProvider) ending() (head, claims map[string]any) {
	return map[string]any{"alg": "RS256", "kid": "1", "typ": "logout+jwt"}, map[string]any{
		"iss": f.server.URL, "aud": oidcClient, "sub": f.subject, "jti": archive.NewID[string](), "iat": f.now().Unix(), "exp": f.now().Add(time.Minute).Unix(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
}

// TestEndedElsewhere ends the session here that came from the one that ended there, or all of hers.
func TestEndedElsewhere(t *testing.T) {
	f := withProvider(t)
	f.session = "eins"
	one := f.whole()
	f.session = "zwei"
	two := f.whole()
	f.session = ""
	unsaid := f.whole()
	f.subject, f.session = "ivo", "eins"
	other := f.whole()
	f.subject = "7f3a-eva"

	head, claims := f.ending()
	claims["sid"] = "eins"
	token := f.signed(head, claims)
	if r := f.ends(token); r.status != 200 || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("ended: %d, %v", r.status, r.header)
	}
	f.isIn(one, false, "the one that ended")
	f.isIn(unsaid, false, "one of which the provider didn't say what it calls it")
	f.isIn(two, true, "another of hers")
	f.isIn(other, true, "another's of the same name")
	if r := f.ends(token); r.status != 400 {
		t.Errorf("said twice: %d", r.status)
	}

	head, claims = f.ending()
	if r := f.ends(f.signed(head, claims)); r.status != 200 {
		t.Errorf("all ended: %d", r.status)
	}
	f.isIn(two, false, "all of hers")
	f.isIn(other, true, "another's")
	if got := f.recorded(audit.OpSignout); len(got) != 2 || got[0] != "ended there" {
		t.Errorf("recorded: %v", got)
	}
	head, claims = f.ending()
	claims["sub"] = "nobody here"
	if r := f.ends(f.signed(head, claims)); r.status != 200 {
		t.Errorf("of nobody here: %d, want that it is no fault", r.status)
	}
	f.isIn(f.whole(), true, "signed in anew")
}

// TestForgedEndings says that she ended what she didn't.
func TestForgedEndings(t *testing.T) {
	f := withProvider(t)
	b := f.whole()
	for name, tc := range map[string]struct {
		why    string
		change map[string]any
		head   map[string]any
		sign   func(string) []byte
	}{
		"alg none":             {why: "algorithm", head: map[string]any{"alg": "none"}, sign: func(string) []byte { return nil }},
		"no signature":         {why: "signature or kind", sign: func(string) []byte { return nil }},
		"another issuer":       {why: "issuer", change: map[string]any{"iss": "https://evil.example"}},
		"for another":          {why: "audience", change: map[string]any{"aud": "another"}},
		"expired":              {why: "expired", change: map[string]any{"exp": f.now().Unix() - 1}},
		"long ago":             {why: "time", change: map[string]any{"iat": f.now().Add(-endingLife - time.Minute).Unix()}},
		"in the future":        {why: "time", change: map[string]any{"iat": f.now().Add(time.Minute).Unix()}},
		"a token of a sign-in": {why: "signature or kind", change: map[string]any{"nonce": "x"}},
		"no event":             {why: "signature or kind", change: map[string]any{"events": nil}},
		"another event":        {why: "signature or kind", change: map[string]any{"events": map[string]any{"x": map[string]any{}}}},
		"without an id":        {why: "signature or kind", change: map[string]any{"jti": ""}},
		"of no subject":        {why: "subject", change: map[string]any{"sub": "", "sid": "eins"}},
	} {
		head, claims := f.ending()
		maps.Copy(claims, tc.change)
		maps.Copy(head, tc.head)
		f.sign = tc.sign
		if claims["events"] == nil {
			delete(claims, "events")
		}
		if r := f.ends(f.signed(head, claims)); r.status != 400 {
			t.Errorf("%s: %d, want 400", name, r.status)
		}
		f.isIn(b, true, name)
		if got := f.recorded(audit.OpSigninFailed); len(got) == 0 || got[0] != "end: "+tc.why {
			t.Errorf("%s: refused for %v, want %q", name, got, tc.why)
		}
	}
	if r := f.ends(""); r.status != 400 {
		t.Errorf("nothing: %d", r.status)
	}
	if r := b.open("POST", endedPath, url.Values{"logout_token": {strings.Repeat("x", 9000)}}); r.status != 413 {
		t.Errorf("too long: %d", r.status)
	}
}

// TestProviderOmitsEmptyGroups: where the settings say so, who is described without groups is in none and loses her roles; of whom
// nothing is said at all nothing follows still.
func TestProviderOmitsEmptyGroups(t *testing.T) {
	f := withProvider(t, func(_ *fakeProvider, c *Config, _ *acl.Config) { c.Provider.OmitsEmpty = true })
	f.refresh = "erst"
	b := f.whole()
	for _, what := range []string{"no description", "description for nobody", "a page as description", "no keys"} {
		f.partly()[what]()
		f.ahead.Add(int64(confirmEvery))
		f.isIn(b, true, what)
		f.well()
		if u := f.user(); len(u.Roles) == 0 {
			t.Fatalf("%s: no roles are left", what)
		}
	}
	f.partly()["says nothing of groups"]()
	f.ahead.Add(int64(confirmEvery))
	f.isIn(b, false, "in no group")
	if u := f.user(); len(u.Roles) != 0 || len(u.Teams) != 0 {
		t.Errorf("in no group: %+v", u)
	}
	if page := string(f.window().open("GET", "/sign-in", nil).body); strings.Contains(page, "nicht erreichbar") {
		t.Error("the provider counts as away for everybody")
	}
}
