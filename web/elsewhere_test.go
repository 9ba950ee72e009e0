package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
)

// TestGroupsGiveRights moves somebody between groups: what they give counts from the next sign-in on, and who is in none is
// out at once, everywhere.
func TestGroupsGiveRights(t *testing.T) {
	f := withProvider(t)
	b := f.whole()
	f.groups = []string{"akte-leitung", "sonst", "akte-leitung"}
	f.signsIn(f.window())
	u := f.user()
	if len(u.Roles) != 1 || u.Roles[0] != (archive.Pair{Role: "leitung", Department: "asyl"}) || len(u.Teams) != 0 {
		t.Errorf("another group: %+v, %v", u.Roles, u.Teams)
	}
	if r := b.open("GET", "/", nil); r.status != 200 {
		t.Errorf("her session elsewhere: %d", r.status)
	}
	f.groups = []string{}
	gone := f.window()
	gone.leads("/sign-in?why=groups", f.back(gone, f.goes(gone, "/sign-in/elsewhere")))
	if page := string(gone.open("GET", "/sign-in?why=groups", nil).body); !strings.Contains(page, "gehört zu keiner Gruppe") {
		t.Error("the page doesn't say why")
	}
	if r := b.open("GET", "/", nil); r.status != 303 {
		t.Errorf("her session elsewhere, without groups: %d, want to be asked", r.status)
	}
	if u = f.user(); len(u.Roles) != 0 || u.Disabled {
		t.Errorf("without groups: %+v", u)
	}
	if got := f.recorded(audit.OpSigninFailed); len(got) != 1 || got[0] != "groups" {
		t.Errorf("recorded: %v", got)
	}
	f.groups = []string{"akte-leitung"}
	f.whole()
	if b.open("GET", "/", nil).status != 303 {
		t.Error("a session that was over lives again")
	}
	f.subject, f.groups = "fremd", []string{"sonst"}
	stranger := f.window()
	stranger.leads("/sign-in?why=groups", f.back(stranger, f.goes(stranger, "/sign-in/elsewhere")))
	if n := len(f.recorded(audit.OpUserAdd)); n != 1 {
		t.Errorf("%d accounts were made, want one", n)
	}
}

// TestClosedHere closes the account here: what the provider says opens nothing.
func TestClosedHere(t *testing.T) {
	f := withProvider(t)
	b := f.whole()
	f.must(f.guard.Accounts().SetDisabled(t.Context(), audit.Actor{User: "system", Client: "cli"}, "eva.muster", true))
	if r := b.open("GET", "/", nil); r.status != 303 {
		t.Errorf("her session: %d", r.status)
	}
	b.leads("/sign-in?why=closed", f.back(b, f.goes(b, "/sign-in/elsewhere")))
	if got := f.recorded(audit.OpSigninFailed); len(got) != 1 || got[0] != "closed" {
		t.Errorf("recorded: %v", got)
	}
}

// TestNamesElsewhere has the provider call people what is taken, or can't be.
func TestNamesElsewhere(t *testing.T) {
	f := withProvider(t)
	local := f.member("eva")
	for subject, name := range map[string]string{"a": "eva", "b": "EVA@kreis.example", "c": "eva muster", "d": "", "e": "../eva"} {
		f.subject = subject
		f.lie = func(_, claims map[string]any) { claims["preferred_username"], claims["name"] = name, "Zeile\neins" }
		f.whole()
		u := f.user()
		if u.ID == local.ID || u.Name == "eva" || u.Display != "" || !strings.HasPrefix(u.Name, "eva-") && !strings.HasPrefix(u.Name, "konto-") {
			t.Errorf("%q is %q, called %q", name, u.Name, u.Display)
		}
		isProblem(t, f.call("", "POST", "/session", map[string]any{"name": u.Name, "password": ""}), 401, "sign-in-failed", german)
		isProblem(t, f.call("", "POST", "/session", map[string]any{"name": u.Name, "password": password}), 401, "sign-in-failed", german)
	}
}

// TestAnotherNameElsewhere has the provider call her otherwise: pages do so too, what she was called counts on, and the trail
// tells of both.
func TestAnotherNameElsewhere(t *testing.T) {
	f := withProvider(t)
	f.refresh = "erst"
	b := f.whole()
	called := func(name string) archive.User {
		t.Helper()
		f.lie = func(_, claims map[string]any) { claims["name"] = name }
		f.ahead.Add(int64(confirmEvery))
		f.isIn(b, true, name)
		return f.user()
	}
	if u := called(" Eva   Beispiel\u0308 "); u.Display != "Eva Beispiel\u0308" || !slices.Equal(u.Former, []string{"Eva Muster"}) || u.Revision != 2 {
		t.Errorf("called otherwise: %+v", u)
	}
	for _, e := range f.events(string(audit.OpUserChange))[:1] {
		if text := string(e.Parts[0].Text); !strings.Contains(text, `"display_before":"Eva Muster"`) || !strings.Contains(text, `"display":"Eva Beispiel`) || strings.Contains(text, "roles") {
			t.Errorf("recorded: %s", text)
		}
	}
	if u := called("Eva Mu\u0308ller"); u.Display != "Eva M\u00fcller" || len(u.Former) != 2 {
		t.Errorf("written apart: %q, %q", u.Display, u.Former)
	}
	for _, odd := range []string{"", "Eva\u202eretsuM", "Zeile\neins"} {
		if u := called(odd); u.Display != "Eva M\u00fcller" || len(u.Former) != 2 {
			t.Errorf("%q: %q, %q", odd, u.Display, u.Former)
		}
	}
	if u := called("Eva Muster"); u.Display != "Eva Muster" || len(u.Former) != 2 || slices.Contains(u.Former, "Eva Muster") {
		t.Errorf("called as at first: %q, %q", u.Display, u.Former)
	}
	u := f.user()
	admin := f.pair("administration", "it")
	match := fmt.Sprintf(`If-Match: "%d"`, u.Revision)
	r := f.call(admin, "PATCH", "/users/"+string(u.ID), map[string]any{"display": "Eva Anders"}, match)
	if isProblem(t, r, 422, "invalid", german); !strings.Contains(string(r.body), `"/display"`) || !strings.Contains(string(r.body), "claimed") {
		t.Errorf("renamed here: %s", r.body)
	}
	f.want(200, admin, "PATCH", "/users/"+string(u.ID), map[string]any{"display": "Eva Muster"}, match) // as it is
}

// TestManyGroupsElsewhere is in groups that give more than an account may hold: it is said as what it is.
func TestManyGroupsElsewhere(t *testing.T) {
	f := withProvider(t, func(_ *fakeProvider, c *Config, g *acl.Config) {
		table := "group,role,department,team\nviele,leitung,asyl,\nakte-sachbearbeitung,sachbearbeitung,auslaenderbehoerde,\n"
		for i := range 51 {
			table += fmt.Sprintf("viele,,,team-%d\n", i)
		}
		var err error
		if g.Groups, err = acl.ReadGroups("groups.csv", strings.NewReader(table), c.Policies); err != nil {
			t.Fatal(err)
		}
	})
	refuses := func(what string) {
		t.Helper()
		b := f.window()
		b.leads("/sign-in?why=many", f.back(b, f.goes(b, "/sign-in/elsewhere")))
		if page := string(b.open("GET", "/sign-in?why=many", nil).body); !strings.Contains(page, "mehr Rollen oder Teams") {
			t.Errorf("%s: the page doesn't say why: %s", what, page)
		}
		if got := f.recorded(audit.OpSigninFailed); len(got) == 0 || got[0] != "many groups" {
			t.Errorf("%s: recorded %v", what, got)
		}
	}
	f.groups = []string{"viele"}
	refuses("the first time")
	f.refresh, f.groups = "erst", []string{"akte-sachbearbeitung"}
	b := f.whole()
	f.groups = []string{"viele"}
	f.ahead.Add(int64(confirmEvery))
	f.isIn(b, false, "in too many by now")
	refuses("with an account")
}

// TestDescribedUser takes groups from where the provider describes a user, if its token has none.
func TestDescribedUser(t *testing.T) {
	f := withProvider(t)
	f.lie = func(_, claims map[string]any) {
		for _, name := range []string{"groups", "name", "preferred_username"} {
			delete(claims, name)
		}
	}
	f.info = map[string]any{"sub": f.subject, "name": "Eva Beschrieben", "preferred_username": "eva.b", "groups": "akte-leitung"}
	f.whole()
	if u := f.user(); u.Name != "eva.b" || u.Display != "Eva Beschrieben" || len(u.Roles) != 1 || u.Roles[0].Role != "leitung" {
		t.Errorf("described: %+v", u)
	}
}

// TestProviderAway starts, and goes on, while the provider is away.
func TestProviderAway(t *testing.T) {
	f := withProvider(t)
	f.down = true
	b := f.window()
	page := string(b.open("GET", "/sign-in", nil).body)
	if !strings.Contains(page, "Kreis-Konto ist gerade nicht erreichbar") || strings.Contains(page, "/sign-in/elsewhere") {
		t.Error("the sign-in doesn't say that the provider is away")
	}
	b.leads("/sign-in?to=%2Fakten&why=away", b.open("GET", "/sign-in/elsewhere?to=/akten", nil))
	f.member("lena")
	local := f.window()
	local.leads("/", local.open("POST", "/sign-in", url.Values{"name": {"lena"}, "password": {password}}))
	f.down = false
	if page := string(b.open("GET", "/sign-in", nil).body); strings.Contains(page, "/sign-in/elsewhere") {
		t.Error("it is asked again at once")
	}
	f.ahead.Add(int64(findPause))
	f.at = f.now()
	answer := f.goes(b, "/sign-in/elsewhere")
	f.down = true
	b.leads("/sign-in?why=away", f.back(b, answer))
	f.down = false
	for name, bend := range f.partly() {
		f.well()
		answer := f.goes(b, "/sign-in/elsewhere")
		bend()
		if r := f.back(b, answer); r.status != 303 || r.header.Get("Location") != "/sign-in?why=away" {
			t.Errorf("%s: %d to %s", name, r.status, r.header.Get("Location"))
		}
	}
	if n := len(f.recorded(audit.OpSigninFailed)); n != 0 {
		t.Errorf("%d refusals recorded, want none: nobody did wrong", n)
	}
	f.well()
	f.whole()
}

// partly are the ways in which a provider can be there and say nothing of who signed in.
func (f *fakeProvider) partly() map[string]func() {
	silent := func() { f.lie = func(_, claims map[string]any) { delete(claims, "groups") } }
	fails := func(path string, status int, page string) func() {
		return func() {
			silent()
			f.instead = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != path {
					return false
				}
				w.WriteHeader(status)
				_, err := w.Write([]byte(page))
				f.must(err)
				return true
			}
		}
	}
	newKeys := func(then func()) func() {
		return func() {
			then()
			before := f.lie
			f.lie = func(head, claims map[string]any) {
				before(head, claims)
				head["kid"] = "new"
			}
		}
	}
	return map[string]func(){
		"no description":           fails("/me", http.StatusBadGateway, ""),
		"description for nobody":   fails("/me", http.StatusForbidden, "{}"),
		"a page as description":    fails("/me", http.StatusOK, "<p>Wartung</p>"),
		"no keys":                  newKeys(fails("/keys", http.StatusInternalServerError, "")),
		"keys that are gone":       newKeys(fails("/keys", http.StatusNotFound, "{}")),
		"a page as keys":           newKeys(fails("/keys", http.StatusOK, "<p>Wartung</p>")),
		"asked too often":          fails("/token", http.StatusTooManyRequests, `{"error":"invalid_grant"}`),
		"out of order":             fails("/token", http.StatusServiceUnavailable, `{"error":"invalid_grant"}`),
		"it doesn't know us":       fails("/token", http.StatusUnauthorized, `{"error":"invalid_client"}`),
		"we may not":               fails("/token", http.StatusBadRequest, `{"error":"unauthorized_client"}`),
		"a page as tokens":         fails("/token", http.StatusOK, "<p>Wartung</p>"),
		"says nothing of groups":   func() { silent(); f.info = map[string]any{"sub": f.subject} },
		"says that groups are nil": func() { silent(); f.info = map[string]any{"sub": f.subject, "groups": nil} },
	}
}

// well has it say the truth again, and all of it.
func (f *fakeProvider) well() { f.lie, f.info, f.status, f.instead = nil, nil, 0, nil }

// TestAwayWithWord comes back with the provider's word that it can't now.
func TestAwayWithWord(t *testing.T) {
	f := withProvider(t)
	for word, why := range map[string]string{"temporarily_unavailable": "away", "server_error": "away", "invalid_scope": "away", "access_denied": "declined", "sonst": "declined"} {
		b := f.window()
		answer := f.goes(b, "/sign-in/elsewhere")
		answer.Del("code")
		answer.Set("error", word)
		b.leads("/sign-in?why="+why, f.back(b, answer))
	}
}

// TestAwayIsLogged tells the operator why the provider is away, once, and when it is back; of nobody.
func TestAwayIsLogged(t *testing.T) {
	f := withProvider(t)
	f.refresh = "erst"
	b := f.whole()
	const away, back = "provider of sign-ins is away", "provider of sign-ins answers again"
	told := func(what string, want ...int) {
		t.Helper()
		text := f.log.String()
		if n, m := strings.Count(text, away), strings.Count(text, back); n != want[0] || m != want[1] {
			t.Errorf("%s: away %d times and back %d, want %v", what, n, m, want)
		}
	}
	told("well", 0, 0)
	f.status = http.StatusTooManyRequests
	for range 3 {
		f.ahead.Add(int64(confirmEvery))
		f.isIn(b, true, "away")
	}
	told("away", 1, 0)
	f.status = 0
	f.ahead.Add(int64(confirmEvery))
	f.isIn(b, true, "back")
	told("back", 1, 1)
	f.status = http.StatusUnauthorized
	f.ahead.Add(int64(confirmEvery))
	f.isIn(b, true, "away for another reason")
	told("another reason", 2, 1)
	text := f.log.String()
	if !strings.Contains(text, `"reason":"busy"`) || !strings.Contains(text, `"reason":"refused"`) {
		t.Errorf("the log doesn't say why: %s", text)
	}
	for _, never := range []string{f.server.URL, strings.TrimPrefix(f.server.URL, "http://"), "erst", "neu-", f.subject, "Muster"} {
		if strings.Contains(text, never) {
			t.Errorf("the log has %q", never)
		}
	}
}

// TestAwayIsTold has who operates the system read why people can't sign in, in words for every reason.
func TestAwayIsTold(t *testing.T) {
	f := withProvider(t)
	f.groups = []string{"akte-it"}
	b := f.whole()
	if page := string(b.open("GET", "/operations", nil).body); !strings.Contains(page, "erreichbar") || strings.Contains(page, "gestört seit") {
		t.Error("it answers, and the page doesn't say so")
	}
	said := map[string]awayFor{}
	for _, why := range []awayFor{awayNetwork, awayTime, awayTrust, awayBusy, awayFault, awayRefused, awayMetadata, awayGroups} {
		f.world.server.provider.outage.note(t.Context(), why)
		r := b.open("GET", "/operations", nil)
		_, told, found := strings.Cut(string(r.body), "gestört seit")
		told, _, _ = strings.Cut(told, "</dd>")
		if _, told, _ = strings.Cut(told, "</span>"); r.status != http.StatusOK || !found || len(told) < 20 {
			t.Errorf("%s: %d, told %q", why, r.status, told)
		}
		if before, again := said[told]; again {
			t.Errorf("%s is told like %s: %q", why, before, told)
		}
		said[told] = why
	}
}

// TestProviderUnsafe is given metadata that lead to where nobody is safe.
func TestProviderUnsafe(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"another issuer":           func(says map[string]any) { says["issuer"] = "https://evil.example" },
		"tokens without TLS":       func(says map[string]any) { says["token_endpoint"] = "http://evil.example/token" },
		"keys without TLS":         func(says map[string]any) { says["jwks_uri"] = "http://evil.example/keys" },
		"a page that is a program": func(says map[string]any) { says["authorization_endpoint"] = "javascript:alert(1)" },
	} {
		f := withProvider(t)
		f.metadata = change
		if page := string(f.window().open("GET", "/sign-in", nil).body); strings.Contains(page, "/sign-in/elsewhere") {
			t.Errorf("%s: it is taken", name)
		}
	}
	for name, p := range map[string]Provider{
		"without TLS": {Issuer: "http://anmeldung.example", Client: "x", Name: "X"}, "no client": {Issuer: "https://anmeldung.example", Name: "X"},
		"no address": {Issuer: "anmeldung", Client: "x", Name: "X"}, "a factor of no kind": {Issuer: "https://anmeldung.example", Client: "x", Name: "X", Factor: []string{"otp"}},
	} {
		if _, err := newProvider(p, time.Now, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestOnlyHere leads nowhere else, whatever the address says.
func TestOnlyHere(t *testing.T) {
	f := withProvider(t)
	for _, to := range []string{"//evil.example/", "https://evil.example/", `/\evil.example`, "/\t/evil.example", "evil.example", strings.Repeat("/x", 600)} {
		b := f.window()
		b.leads("/", f.back(b, f.goes(b, "/sign-in/elsewhere?to="+url.QueryEscape(to))))
	}
	b := f.window()
	page := string(b.open("GET", "/sign-in?why=unwahr", nil).body)
	shown := strings.ReplaceAll(page, `role="alert" data-fault hidden`, "") // what a script shows where a passkey fails
	if strings.Contains(page, "unwahr") || strings.Contains(shown, `role="alert"`) {
		t.Error("the address says what stands in the page")
	}
	answer := f.goes(b, "/sign-in/elsewhere")
	if name := b.away(); name == "" || strings.Contains(name+b.cookies[name], f.asked.Get("state")) {
		t.Error("what is under way isn't sealed")
	}
	b.leads("/", f.back(b, answer))
	b.leads("/akten", b.open("GET", "/sign-in/elsewhere?to=/akten", nil)) // she is signed in
}

// TestFactorElsewhere counts what the provider asked for as a second factor, if the settings say so.
func TestFactorElsewhere(t *testing.T) {
	f := withProvider(t, func(_ *fakeProvider, _ *Config, g *acl.Config) { g.FactorFor = []string{"administration"} })
	f.groups = []string{"akte-it"}
	b := f.whole()
	b.leads("/profile/factor", b.open("GET", "/", nil))
	page := string(b.open("GET", "/profile/factor", nil).body)
	if !strings.Contains(page, "keinen zweiten Faktor verlangt") || !strings.Contains(page, "/sign-in/again/elsewhere") || strings.Contains(page, `name="secret"`) {
		t.Errorf("without one: %s", page)
	}
	if r := b.open("GET", "/operations", nil); r.status != 403 {
		t.Errorf("without one: %d", r.status)
	}
	answer := f.goes(b, "/sign-in/again/elsewhere?to=/operations")
	f.amr, f.at = []string{"pwd", "otp"}, f.now()
	b.leads("/operations", f.back(b, answer))
	if r := b.open("GET", "/operations", nil); r.status != 200 {
		t.Errorf("with one: %d", r.status)
	}
	answer = f.goes(b, "/sign-in/again/elsewhere?to=/operations")
	f.amr = []string{"pwd"}
	b.leads("/sign-in/again?to=%2Foperations&why=other", f.back(b, answer))
	f.signsIn(f.window())
	if r := b.open("GET", "/operations", nil); r.status != 303 {
		t.Errorf("after a sign-in without: %d, want that the session is over", r.status)
	}
}

// TestProvingAgainElsewhere asks for more than a session: the provider says that she signed in just now.
func TestProvingAgainElsewhere(t *testing.T) {
	f := withProvider(t)
	f.at = f.now().Add(-time.Hour) // the provider lets her in by its own cookie
	silent := f.whole()
	isProblem(t, f.call("", "GET", "/audit/events.csv", nil, "Cookie: eakte="+silent.cookies["eakte"]), 403, "sign-in-again", german)
	f.at = f.now()
	b := f.whole()
	isProblem(t, f.call("", "GET", "/audit/events.csv", nil, "Cookie: eakte="+b.cookies["eakte"]), 403, "denied", german)
	before := b.cookies["eakte"]
	f.ahead.Add(int64(16 * time.Minute))
	page := string(b.open("GET", "/sign-in/again?to=/akten", nil).body)
	if !strings.Contains(page, "/sign-in/again/elsewhere?to=%2fakten") || strings.Contains(page, `name="password"`) {
		t.Errorf("the page: %s", page)
	}
	if r := b.open("POST", "/sign-in/again", url.Values{"password": {""}}); r.status != 422 {
		t.Errorf("without a password: %d", r.status)
	}
	asked := func() url.Values {
		answer := f.goes(b, "/sign-in/again/elsewhere?to=/akten")
		if f.asked.Get("prompt") != "login" || f.asked.Get("max_age") != "0" {
			t.Fatalf("asked with %v", f.asked)
		}
		return answer
	}
	fails := func(what, to, why string, answer url.Values) {
		t.Helper()
		b.leads(to, f.back(b, answer))
		if got := f.recorded(audit.OpSigninFailed); len(got) == 0 || got[0] != why {
			t.Errorf("%s: refused for %q, want %q", what, got, why)
		}
		isProblem(t, f.call("", "GET", "/audit/events.csv", nil, "Cookie: eakte="+b.cookies["eakte"]), 403, "sign-in-again", german)
	}
	fails("signed in long ago", "/sign-in/again?to=%2Fakten&why=unbelieved", "sign-in of before", asked())
	f.lie = func(_, claims map[string]any) { delete(claims, "auth_time") }
	fails("signed in at no time", "/sign-in/again?to=%2Fakten&why=unbelieved", "sign-in of before", asked())
	f.lie, f.at = nil, f.now()
	f.subject = "somebody else"
	fails("somebody else", "/sign-in/again?to=%2Fakten&why=other", "user", asked())
	f.subject = "7f3a-eva"
	b.leads("/akten", f.back(b, asked()))
	if b.cookies["eakte"] == before {
		t.Error("the session kept its id")
	}
	f.want(401, "", "GET", "/me", nil, "Cookie: eakte="+before)
	isProblem(t, f.call("", "GET", "/audit/events.csv", nil, "Cookie: eakte="+b.cookies["eakte"]), 403, "denied", german)
	if got := f.recorded(audit.OpSigninAgain); len(got) != 1 {
		t.Errorf("recorded: %v", got)
	}

	answer := asked()
	b.open("POST", "/sign-out", url.Values{})
	b.leads("/sign-in?to=%2Fakten&why=late", f.back(b, answer)) // signed out meanwhile: no session is opened by a proof
	if got := f.recorded(audit.OpSigninFailed); got[0] != "session" {
		t.Errorf("after signing out: %v", got[0])
	}
}

// TestProvingGivesWhatGroupsGive has the groups change before she proves who she is: she has what they give now.
func TestProvingGivesWhatGroupsGive(t *testing.T) {
	f := withProvider(t)
	b := f.whole()
	proves := func() reply {
		f.at = f.now()
		return f.back(b, f.goes(b, "/sign-in/again/elsewhere?to=/akten"))
	}
	f.groups = []string{"akte-leitung"}
	b.leads("/akten", proves())
	if u := f.user(); len(u.Roles) != 1 || u.Roles[0].Role != "leitung" {
		t.Errorf("another group: %+v", u.Roles)
	}
	f.groups = []string{}
	b.leads("/sign-in?to=%2Fakten&why=groups", proves())
	if u := f.user(); len(u.Roles) != 0 {
		t.Errorf("no group: %+v", u.Roles)
	}
	if got := f.recorded(audit.OpSigninFailed); len(got) != 1 || got[0] != "groups" {
		t.Errorf("recorded: %v", got)
	}
	if r := b.open("GET", "/", nil); r.status != 303 {
		t.Errorf("her session: %d, want to be asked", r.status)
	}
}

// TestSignOutElsewhere offers to sign out at the provider too, and tells it nothing of her.
func TestSignOutElsewhere(t *testing.T) {
	f := withProvider(t)
	b := f.whole()
	b.leads("/sign-in?out=1", b.open("POST", "/sign-out", url.Values{}))
	if page := string(b.open("GET", "/sign-in?out=1", nil).body); !strings.Contains(page, `href="/sign-out/elsewhere"`) {
		t.Error("no offer to sign out there")
	}
	to := f.server.URL + "/end?client_id=eakte&post_logout_redirect_uri=" + url.QueryEscape(f.url+"/sign-in") + "&x=1"
	b.leads(to, b.open("GET", "/sign-out/elsewhere", nil))
	f.signsIn(b)
	b.leads("/sign-in", b.open("GET", "/sign-out/elsewhere", nil)) // a link alone ends nothing
	if b.open("GET", "/", nil).status != 200 {
		t.Error("a link signed her out")
	}
}

// TestAccountElsewhere is kept by the provider: administration closes it, and no more.
func TestAccountElsewhere(t *testing.T) {
	f := withProvider(t)
	b := f.whole()
	if page := string(b.open("GET", "/profile", nil).body); !strings.Contains(page, "Ihr Konto führt der Anmeldedienst") || strings.Contains(page, "Das Kennwort ändert") {
		t.Error("her settings speak of a password")
	}
	f.member("lena")
	local := f.window()
	local.leads("/", local.open("POST", "/sign-in", url.Values{"name": {"lena"}, "password": {password}}))
	if r := local.open("GET", "/sign-in/again/elsewhere", nil); r.status != 404 {
		t.Errorf("who has a password proves herself elsewhere: %d", r.status)
	}
	u := f.user()
	admin := f.pair("administration", "it")
	isProblem(t, f.call(admin, "POST", "/users/"+string(u.ID)+"/password", map[string]any{"password": "ein ganz neues Kennwort"}), 422, "invalid", german)
	r := f.call(admin, "PATCH", "/users/"+string(u.ID), map[string]any{"roles": []any{}}, `If-Match: "1"`)
	isProblem(t, r, 422, "invalid", german)
	f.want(200, admin, "PATCH", "/users/"+string(u.ID), map[string]any{"disabled": true}, `If-Match: "1"`)
	if err := f.guard.Accounts().SetPassword(t.Context(), audit.Actor{User: "system", Client: "cli"}, u.Name, "ein ganz neues Kennwort"); err == nil {
		t.Error("an operator gave it a password")
	}
	if _, err := f.guard.Accounts().CreateToken(t.Context(), audit.Actor{User: "system", Client: "cli"}, u.Name, time.Hour); err == nil {
		t.Error("an operator made a token for it, which no provider is asked about")
	}
}

// TestManyTriesElsewhere counts who comes with what isn't believed, if she went there from here: else any page could have
// browsers use up the tries of an office.
func TestManyTriesElsewhere(t *testing.T) {
	f := withProvider(t, func(_ *fakeProvider, c *Config, _ *acl.Config) { c.SignIns = 1 })
	b := f.window()
	for range accountsPerAddress + 1 {
		b.leads("/sign-in?why=late", b.open("GET", "/sign-in/back?code=x&state=y", nil))
	}
	if n := len(f.recorded(audit.OpSigninFailed)); n != 0 {
		t.Errorf("%d refusals recorded of who never went there", n)
	}
	wrong := func() url.Values {
		answer := f.goes(b, "/sign-in/elsewhere")
		answer.Set("iss", "https://evil.example")
		return answer
	}
	for range accountsPerAddress {
		b.leads("/sign-in?why=unbelieved", f.back(b, wrong()))
	}
	if r := f.back(b, wrong()); r.status != 429 {
		t.Errorf("one too many: %d", r.status)
	}
	if n := len(f.recorded(audit.OpSigninFailed)); n != accountsPerAddress {
		t.Errorf("%d refusals recorded", n)
	}
	for range accountsPerAddress {
		if r := f.ends("x"); r.status != 400 {
			t.Errorf("the provider's word that somebody left: %d, want tries of its own", r.status)
		}
	}
	if r := f.ends("x"); r.status != 429 {
		t.Errorf("one too many: %d", r.status)
	}
}

// TestComeBackByItself asks for the address as a picture in a page does: nothing happens, and the sign-in goes on.
func TestComeBackByItself(t *testing.T) {
	f := withProvider(t)
	b := f.window()
	answer := f.goes(b, "/sign-in/elsewhere")
	b.mode = "no-cors"
	if r := f.back(b, answer); r.status != 404 || b.cookies["eakte"] != "" || b.away() == "" {
		t.Errorf("as a picture: %d", r.status)
	}
	b.mode = "navigate"
	b.leads("/", f.back(b, answer))
}

// TestWindowsElsewhere signs in at several windows of a browser at once, in any order; of too many the oldest is over.
func TestWindowsElsewhere(t *testing.T) {
	f := withProvider(t)
	b := f.window()
	begin := func() func(to string) {
		f.ahead.Add(int64(time.Second))
		f.at = f.now()
		answer := f.goes(b, "/sign-in/elsewhere?to=/akten")
		asked := f.asked
		return func(to string) {
			t.Helper()
			f.asked = asked
			b.leads(to, f.back(b, answer))
			f.isIn(b, to == "/akten", "after it")
			delete(b.cookies, "eakte")
		}
	}
	one, two := begin(), begin()
	two("/akten")
	one("/akten")
	var all []func(string)
	for range manyAway + 1 {
		all = append(all, begin())
	}
	n := 0
	for name := range b.cookies {
		if strings.Contains(name, awaySuffix) {
			n++
		}
	}
	if n != manyAway {
		t.Errorf("%d under way, want %d", n, manyAway)
	}
	all[0]("/sign-in?why=late")
	for _, end := range all[1:] {
		end("/akten")
	}
}
