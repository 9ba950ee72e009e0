package web

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
)

const (
	oidcClient = "eakte"
	oidcSecret = "ein Geheimnis: mit % und +"
	// mark is what the sealed detail of a refusal calls its reason.
	mark = "provider"
)

// fakeProvider is a provider of sign-ins that a test can make lie.
type fakeProvider struct {
	*world
	server *httptest.Server
	key    *rsa.PrivateKey
	// asked is what the browser was last sent with, codes what is given out for a code.
	asked url.Values
	// lie changes what an ID token says and its head, sign makes it; info is the user's description.
	lie  func(head, claims map[string]any)
	sign func(signed string) []byte
	info map[string]any
	// groups and subject are whose.
	subject string
	groups  []string
	amr     []string
	// at is when she signed in there.
	at time.Time
	// names, down and status bend the provider itself.
	names  bool
	down   bool
	status int
	// instead answers a request in its place where it does.
	instead func(http.ResponseWriter, *http.Request) bool
	metadata,
	answer func(map[string]any)
	// session names hers there, refresh is what asks for new tokens, asks counts how often that was done; left says that the
	// provider doesn't know of her any more.
	session, refresh string
	asks             atomic.Int64
	left             bool
	keys             int
	// revoked is what it was told is good for nothing any more.
	revoked []string
}

func (w *world) provider(key *rsa.PrivateKey) *fakeProvider {
	return &fakeProvider{world: w, key: key, subject: "7f3a-eva", groups: []string{"akte-sachbearbeitung"}, names: true}
}

// withProvider makes a world at whose provider one can sign in.
func withProvider(t *testing.T, change ...func(*fakeProvider, *Config, *acl.Config)) *fakeProvider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	f := (*world)(nil).provider(key)
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	f.world = newWorld(t, func(c *Config, g *acl.Config) {
		c.Provider = &Provider{Issuer: f.server.URL, Client: oidcClient, Secret: oidcSecret, Name: "Kreis-Konto", Factor: []string{"amr:otp", "acr:hoch"}}
		g.Groups, err = acl.ReadGroups("groups.csv", strings.NewReader("group,role,department,team\n"+
			"akte-sachbearbeitung,sachbearbeitung,auslaenderbehoerde,\nakte-sachbearbeitung,,,team-1\n"+
			"akte-leitung,leitung,asyl,\nakte-it,administration,it,\n"), c.Policies)
		if err != nil {
			t.Fatal(err)
		}
		for _, fn := range change {
			fn(f, c, g)
		}
	})
	f.at = f.now()
	return f
}

// ServeHTTP is the provider's.
func (f *fakeProvider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	say := func(v map[string]any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	if f.down {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	if f.instead != nil && f.instead(w, r) {
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		says := map[string]any{
			"issuer": f.server.URL, "authorization_endpoint": f.server.URL + "/auth", "token_endpoint": f.server.URL + "/token",
			"jwks_uri": f.server.URL + "/keys", "userinfo_endpoint": f.server.URL + "/me", "end_session_endpoint": f.server.URL + "/end?x=1", "revocation_endpoint": f.server.URL + "/revoke",
			"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}, "authorization_response_iss_parameter_supported": f.names,
		}
		if f.metadata != nil {
			f.metadata(says)
		}
		say(says)
	case "/keys":
		f.keys++
		n := base64.RawURLEncoding.EncodeToString(f.key.N.Bytes())
		say(map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig", "n": n, "e": "AQAB"}}})
	case "/token":
		f.token(w, r, say)
	case "/revoke":
		if id, secret, _ := r.BasicAuth(); id == oidcClient && secret == url.QueryEscape(oidcSecret) {
			f.revoked = append(f.revoked, r.PostFormValue("token"))
		}
	case "/me":
		if r.Header.Get("Authorization") != "Bearer zugang" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		say(f.info)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// token trades a code for tokens, for who asked for it, once.
func (f *fakeProvider) token(w http.ResponseWriter, r *http.Request, say func(map[string]any)) {
	if r.PostFormValue("grant_type") == "refresh_token" {
		f.again(w, r, say)
		return
	}
	id, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	fits := id == oidcClient && secret == url.QueryEscape(oidcSecret) && r.PostFormValue("code") == "code-"+f.asked.Get("state") &&
		r.PostFormValue("redirect_uri") == f.asked.Get("redirect_uri") && f.asked.Get("code_challenge_method") == "S256" &&
		base64.RawURLEncoding.EncodeToString(sum[:]) == f.asked.Get("code_challenge")
	if f.status != 0 || !fits {
		if f.status == 0 {
			f.status = http.StatusBadRequest
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(f.status)
		say(map[string]any{"error": "invalid_grant"})
		return
	}
	says := map[string]any{"access_token": "zugang", "token_type": "Bearer", "expires_in": 60, "id_token": f.idToken(f.asked.Get("nonce"))}
	if f.refresh != "" {
		says["refresh_token"] = f.refresh
	}
	if f.answer != nil {
		f.answer(says)
	}
	say(says)
}

// again gives new tokens for what it gave last, and only for that.
func (f *fakeProvider) again(w http.ResponseWriter, r *http.Request, say func(map[string]any)) {
	n := f.asks.Add(1)
	if f.status != 0 {
		w.WriteHeader(f.status)
		say(map[string]any{"error": "invalid_client"})
		return
	}
	if f.left || r.PostFormValue("refresh_token") != f.refresh {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		say(map[string]any{"error": "invalid_grant"})
		return
	}
	f.refresh = fmt.Sprintf("neu-%d", n)
	says := map[string]any{"access_token": "zugang", "token_type": "Bearer", "expires_in": 60, "refresh_token": f.refresh, "id_token": f.idToken("")}
	if f.answer != nil {
		f.answer(says)
	}
	say(says)
}

// idToken is what the provider says of who signed in.
func (f *fakeProvider) idToken(nonce string) string {
	head := map[string]any{"alg": "RS256", "kid": "1", "typ": "JWT"}
	claims := map[string]any{
		"iss": f.server.URL, "aud": oidcClient, "sub": f.subject, "nonce": nonce, "exp": f.now().Add(time.Minute).Unix(), "iat": f.now().Unix(),
		"auth_time": f.at.Unix(), "name": "Eva Muster", "preferred_username": "Eva.Muster", "groups": f.groups, "amr": f.amr,
	}
	if f.session != "" {
		claims["sid"] = f.session
	}
	if nonce == "" {
		delete(claims, "nonce")
	}
	if f.lie != nil {
		f.lie(head, claims)
	}
	return f.signed(head, claims)
}

// signed makes a token.
func (f *fakeProvider) signed(head, claims map[string]any) string {
	part := func(v any) string {
		data, err := json.Marshal(v)
		f.must(err)
		return base64.RawURLEncoding.EncodeToString(data)
	}
	signed := part(head) + "." + part(claims)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, f.key, crypto.SHA256, sum[:])
	f.must(err)
	if f.sign != nil {
		signature = f.sign(signed)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// goes begins a sign-in at a browser and returns where the provider would send it back to.
func (f *fakeProvider) goes(b *window, path string) (back url.Values) {
	f.t.Helper()
	r := b.open("GET", path, nil)
	at, err := url.Parse(r.header.Get("Location"))
	f.must(err)
	if r.status != 303 || at.Scheme+"://"+at.Host+at.Path != f.server.URL+"/auth" {
		f.t.Fatalf("%s: %d to %s: %s", path, r.status, at, r.body)
	}
	f.asked = at.Query()
	return url.Values{"code": {"code-" + f.asked.Get("state")}, "state": {f.asked.Get("state")}, "iss": {f.server.URL}}
}

// back comes back to it.
func (f *fakeProvider) back(b *window, answer url.Values) reply {
	f.t.Helper()
	return b.open("GET", "/sign-in/back?"+answer.Encode(), nil)
}

// signsIn goes there and comes back.
func (f *fakeProvider) signsIn(b *window) {
	f.t.Helper()
	b.leads("/", f.back(b, f.goes(b, "/sign-in/elsewhere")))
}

// away names the cookie of a sign-in that a browser has under way; "" where it has none.
func (w *window) away() string {
	for name := range w.cookies {
		if strings.HasPrefix(name, "eakte"+awaySuffix) {
			return name
		}
	}
	return ""
}

// whole is a browser whose sign-in succeeded.
func (f *fakeProvider) whole() *window {
	f.t.Helper()
	b := f.window()
	f.signsIn(b)
	return b
}

// user is whose account she has here.
func (f *fakeProvider) user() archive.User {
	f.t.Helper()
	var u archive.User
	f.must(f.store.View(f.t.Context(), func(r archive.Reader) (err error) {
		u, err = r.UserByIdentity(f.server.URL, f.subject)
		return err
	}))
	return u
}

// recorded are the events of an op, newest first, by what their details call the provider's word.
func (f *fakeProvider) recorded(op audit.Op) (words []string) {
	f.t.Helper()
	for _, e := range f.events(string(op)) {
		for _, part := range e.Parts {
			var says map[string]any
			if json.Unmarshal(part.Text, &says) != nil {
				continue
			}
			if word, ok := says[mark].(string); ok {
				words = append(words, word)
			}
		}
	}
	return words
}

func TestSignInElsewhere(t *testing.T) {
	f := withProvider(t)
	b := f.window()
	if page := string(b.open("GET", "/sign-in?to=/akten", nil).body); !strings.Contains(page, `href="/sign-in/elsewhere?to=%2fakten"`) || !strings.Contains(page, "Mit Kreis-Konto anmelden") {
		t.Errorf("the sign-in: %s", page)
	}
	answer := f.goes(b, "/sign-in/elsewhere?to="+url.QueryEscape("/akten?x=1"))
	for name, want := range map[string]string{
		"response_type": "code", "client_id": oidcClient, "scope": "openid profile", "redirect_uri": f.url + "/sign-in/back", "acr_values": "hoch",
		"code_challenge_method": "S256", "max_age": "", "prompt": "",
	} {
		if got := f.asked.Get(name); got != want {
			t.Errorf("asked with %s %q, want %q", name, got, want)
		}
	}
	if len(f.asked.Get("nonce")) < 22 || len(f.asked.Get("state")) < 22 || f.asked.Get("nonce") == f.asked.Get("state") {
		t.Errorf("nonce %q, state %q", f.asked.Get("nonce"), f.asked.Get("state"))
	}
	b.leads("/akten?x=1", f.back(b, answer))
	u := f.user()
	if u.Name != "eva.muster" || u.Display != "Eva Muster" || len(u.Roles) != 1 || u.Roles[0] != (archive.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"}) ||
		len(u.Teams) != 1 || u.Password != "" || u.Identity.Strong || u.SignedIn.IsZero() {
		t.Errorf("the account: %+v", u)
	}
	if r := b.open("GET", "/", nil); r.status != 200 {
		t.Errorf("signed in: %d", r.status)
	}
	if b.away() != "" {
		t.Error("the sign-in is under way still")
	}
	if got := f.recorded(audit.OpSignin); len(got) != 1 || got[0] != "signed in" {
		t.Errorf("recorded: %v", got)
	}
	if len(f.recorded(audit.OpUserAdd)) != 1 {
		t.Error("that the account was made isn't recorded")
	}
	f.signsIn(f.window())
	if again := f.user(); again.ID != u.ID || again.Revision != u.Revision {
		t.Errorf("the second time: %+v, want no edit", again)
	}
	if n := strings.Count(f.log.String(), "Muster") + strings.Count(f.log.String(), f.subject); n > 0 {
		t.Errorf("the log names her %d times", n)
	}
}

// TestForgedSignIns has the provider, and who stands between, say what must not be believed: each is refused for its own
// reason, and opens nothing. What belongs to no sign-in that was begun at the browser isn't even recorded.
func TestForgedSignIns(t *testing.T) {
	f := withProvider(t)
	hs := func(key []byte) func(string) []byte {
		return func(signed string) []byte {
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte(signed))
			return mac.Sum(nil)
		}
	}
	says := func(name string, value any) func() {
		return func() { f.lie = func(_, claims map[string]any) { claims[name] = value } }
	}
	without := func(name string) func() {
		return func() { f.lie = func(_, claims map[string]any) { delete(claims, name) } }
	}
	head := func(changes map[string]any, sign func(string) []byte) func() {
		return func() {
			f.lie, f.sign = func(head, _ map[string]any) { maps.Copy(head, changes) }, sign
		}
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	f.must(err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	f.must(err)
	by := func(key *rsa.PrivateKey) func(string) []byte {
		return func(signed string) []byte {
			sum := sha256.Sum256([]byte(signed))
			signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
			f.must(err)
			return signature
		}
	}
	now := f.now().Unix()
	for _, tc := range []struct {
		name, why string
		bend      func()
		answer    func(url.Values)
		late      time.Duration
		cookie    func(*window)
	}{
		{name: "alg none", why: "algorithm", bend: head(map[string]any{"alg": "none"}, func(string) []byte { return nil })},
		{name: "alg None", why: "algorithm", bend: head(map[string]any{"alg": "NONE"}, func(string) []byte { return nil })},
		{name: "signed with the client's secret", why: "algorithm", bend: head(map[string]any{"alg": "HS256"}, hs([]byte(oidcSecret)))},
		{name: "signed with the public key as a secret", why: "algorithm", bend: head(map[string]any{"alg": "HS256"}, hs(f.key.N.Bytes()))},
		{name: "signed with another key", why: "signature", bend: head(nil, by(other))},
		{name: "signed with another key, unknown by name", why: "signature", bend: head(map[string]any{"kid": "2"}, by(other))},
		{name: "a key that comes along", why: "signature", bend: head(map[string]any{"kid": "2", "jwk": map[string]any{
			"kty": "RSA", "kid": "2", "n": base64.RawURLEncoding.EncodeToString(other.N.Bytes()), "e": "AQAB",
		}}, by(other))},
		{name: "a key from elsewhere", why: "signature", bend: head(map[string]any{"kid": "2", "jku": f.url + "/keys"}, by(other))},
		{name: "another kind of signature", why: "signature", bend: head(map[string]any{"alg": "ES256"}, func(signed string) []byte {
			sum := sha256.Sum256([]byte(signed))
			r, s, err := ecdsa.Sign(rand.Reader, curve, sum[:])
			f.must(err)
			return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		})},
		{name: "no signature", why: "signature", bend: head(nil, func(string) []byte { return nil })},
		{name: "critical head", why: "signature", bend: head(map[string]any{"crit": []string{"x"}, "x": 1}, nil)},
		{name: "another issuer", why: "issuer", bend: says("iss", "https://evil.example")},
		{name: "no issuer", why: "issuer", bend: without("iss")},
		{name: "for another", why: "audience", bend: says("aud", "another")},
		{name: "for nobody", why: "audience", bend: without("aud")},
		{name: "for several, to nobody", why: "party", bend: says("aud", []string{oidcClient, "another"})},
		{name: "to another", why: "party", bend: says("azp", "another")},
		{name: "expired", why: "expired", bend: says("exp", now-1)},
		{name: "without an end", why: "expired", bend: without("exp")},
		{name: "not yet", why: "early", bend: says("nbf", now+600)},
		{name: "made in the future", why: "early", bend: says("iat", now+600)},
		{name: "signed in in the future", why: "early", bend: says("auth_time", now+600)},
		{name: "another nonce", why: "nonce", bend: says("nonce", "another")},
		{name: "no nonce", why: "nonce", bend: without("nonce")},
		{name: "of nobody", why: "subject", bend: says("sub", "")},
		{name: "another access token", why: "access token", bend: says("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")},
		{name: "groups that are none", why: "groups", bend: says("groups", map[string]any{"a": 1})},
		{name: "no token", why: "no token", bend: func() { f.answer = func(says map[string]any) { delete(says, "id_token") } }},
		{name: "no JWT", why: "malformed", bend: func() { f.answer = func(says map[string]any) { says["id_token"] = "a.b" } }},
		{name: "described as another", why: "description of another", bend: func() {
			f.lie = func(_, claims map[string]any) { delete(claims, "groups") }
			f.info = map[string]any{"sub": "somebody", "groups": []string{"akte-leitung"}}
		}},
		{name: "code of another", why: "code", answer: func(v url.Values) { v.Set("code", "code-of-another") }},
		{name: "code of another sign-in", why: "code", bend: func() { f.asked.Set("code_challenge", "x") }},
		{name: "no code", why: "no code", answer: func(v url.Values) { v.Del("code") }},
		{name: "another state", answer: func(v url.Values) { v.Set("state", "x") }},
		{name: "no state", answer: func(v url.Values) { v.Del("state") }},
		{name: "two states", why: "repeated", answer: func(v url.Values) { v.Add("state", "x") }},
		{name: "mix-up: another provider answers", why: "another provider", answer: func(v url.Values) { v.Set("iss", "https://evil.example") }},
		{name: "mix-up: the answer names nobody", why: "another provider", answer: func(v url.Values) { v.Del("iss") }},
		{name: "turned down", why: "declined", answer: func(v url.Values) { v.Del("code"); v.Set("error", "access_denied") }},
		{name: "too late", why: "late", late: awayLife},
		{name: "not begun here", cookie: func(b *window) { delete(b.cookies, b.away()) }},
		{name: "begun elsewhere", cookie: func(b *window) { b.cookies[b.away()] = b.cookies[b.away()][1:] }},
	} {
		f.lie, f.sign, f.info, f.answer, f.status = nil, nil, nil, nil, 0
		b := f.window()
		answer := f.goes(b, "/sign-in/elsewhere?to=/akten")
		if tc.bend != nil {
			tc.bend()
		}
		if tc.answer != nil {
			tc.answer(answer)
		}
		if tc.cookie != nil {
			tc.cookie(b)
		}
		f.ahead.Add(int64(tc.late))
		before := len(f.recorded(audit.OpSigninFailed))
		r := f.back(b, answer)
		to := r.header.Get("Location")
		if r.status != 303 || !strings.HasPrefix(to, "/sign-in?") || !strings.Contains(to, "why=") {
			t.Errorf("%s: %d to %q: %s", tc.name, r.status, to, r.body)
		}
		if _, open := b.cookies["eakte"]; open {
			t.Errorf("%s: it opened a session", tc.name)
		}
		if b.away() != "" && tc.why != "" {
			t.Errorf("%s: it can be tried once more", tc.name)
		}
		if got := f.recorded(audit.OpSigninFailed); tc.why != "" && (len(got) == before || got[0] != tc.why) || tc.why == "" && len(got) != before {
			t.Errorf("%s: refused for %q, want %q", tc.name, got, tc.why)
		}
		f.ahead.Add(-int64(tc.late))
	}
	f.lie, f.sign, f.info, f.answer, f.status = nil, nil, nil, nil, 0
	f.whole()
	if n := len(f.recorded(audit.OpUserAdd)); n != 1 {
		t.Errorf("%d accounts, want that of the truth alone", n)
	}
}

// TestCodeOnce comes back twice with the same answer.
func TestCodeOnce(t *testing.T) {
	f := withProvider(t)
	b := f.window()
	answer := f.goes(b, "/sign-in/elsewhere")
	name := b.away()
	cookie := b.cookies[name]
	b.leads("/", f.back(b, answer))
	thief := f.window()
	thief.leads("/sign-in?why=late", f.back(thief, answer)) // without the cookie
	thief.cookies[name] = cookie
	f.asked = url.Values{} // a provider gives for a code once
	thief.leads("/sign-in?why=unbelieved", f.back(thief, answer))
}
