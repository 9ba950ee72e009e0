package web

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// The numbers are those of the OWASP Application Security Verification Standard 5.0.0.

// asked is a request to a route; foreign is a host that must not come back in any answer.
type asked struct {
	who, method, path string
	api               bool
}

const foreign = "evil.example"

// everyAnswer is what holds for each answer of each route, whoever asks. holds says what is wrong with one.
func everyAnswer() []struct {
	item, what string
	holds      func(asked, reply) bool
} {
	is := func(name, want string) func(asked, reply) bool {
		return func(_ asked, r reply) bool { return r.header.Get(name) == want }
	}
	policy := func(parts ...string) func(asked, reply) bool {
		return func(_ asked, r reply) bool {
			csp := r.header.Get("Content-Security-Policy")
			return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(csp, part) })
		}
	}
	return []struct {
		item, what string
		holds      func(asked, reply) bool
	}{
		{"3.4.1", "browsers never come without TLS", is("Strict-Transport-Security", "max-age=31536000; includeSubDomains")},
		{"3.4.2", "no other origin reads it", is("Access-Control-Allow-Origin", "")},
		{"3.4.3", "nothing is loaded that isn't named", policy("default-src 'none'")},
		{"3.4.3", "no script but files of the server", func(_ asked, r reply) bool {
			csp := r.header.Get("Content-Security-Policy")
			return !strings.Contains(csp, "unsafe-") && !strings.Contains(csp, "*") && !strings.Contains(csp, "http")
		}},
		{"3.4.4", "content is what it is said to be", is("X-Content-Type-Options", "nosniff")},
		{"3.4.5", "addresses aren't told to others", is("Referrer-Policy", "no-referrer")},
		{"3.4.6", "nobody frames it", policy("frame-ancestors 'none'")},
		{"3.4.8", "no other window holds it", is("Cross-Origin-Opener-Policy", "same-origin")},
		{"3.5.8", "no other site embeds it", is("Cross-Origin-Resource-Policy", "same-origin")},
		{"4.1.1", "the kind of content is told", func(_ asked, r reply) bool {
			kind := r.header.Get("Content-Type")
			return len(r.body) == 0 || kind != "" && (!strings.HasPrefix(kind, "text/") || strings.Contains(kind, "charset=utf-8"))
		}},
		{"4.1.3", "no header of a client's makes an address", func(_ asked, r reply) bool {
			return !strings.Contains(string(r.body), foreign) && !strings.Contains(r.header.Get("Location"), foreign)
		}},
		{"14.3.2", "nothing but the program's own files stays in a cache", func(q asked, r reply) bool {
			return r.header.Get("Cache-Control") == "no-store" || strings.HasPrefix(q.path, "/assets/")
		}},
		{"13.4.6", "what serves isn't told", func(_ asked, r reply) bool {
			return r.header.Get("Server") == "" && r.header.Get("X-Powered-By") == ""
		}},
		{"16.5.1", "errors tell nothing of the inside", func(_ asked, r reply) bool {
			return r.status < 400 || !regexp.MustCompile(`goroutine |\.go:\d|boltstore|bleve|casbin|/tmp/|/dev/shm`).Match(r.body)
		}},
		{"16.5.4", "no handler fails", func(_ asked, r reply) bool { return r.status != http.StatusInternalServerError }},
		{"3.5.1", "answers of the interface aren't pages", func(q asked, r reply) bool {
			return !q.api || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html")
		}},
	}
}

// fortress is a server behind TLS with somebody signed in by a browser, and somebody by a token.
type fortress struct {
	*world
	cookie, clerk string
}

func newFortress(t *testing.T) *fortress {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.Secure, c.Strangers, c.Requests = true, 4000, 4000 })
	w.member("eva")
	_, cookie := w.signIn("eva", password)
	return &fortress{world: w, cookie: cookie.Name + "=" + cookie.Value, clerk: w.pair("sachbearbeitung", "auslaenderbehoerde")}
}

// ask sends a request of one kind of caller: nobody, a browser's session, or a program.
func (f *fortress) ask(q asked, headers ...string) reply {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 10*time.Second)
	defer cancel()
	var body io.Reader
	if q.method != http.MethodGet && q.method != http.MethodHead {
		body = strings.NewReader(map[bool]string{true: "{}", false: "a=b"}[q.api])
	}
	req, err := http.NewRequestWithContext(ctx, q.method, f.url+q.path, body)
	f.must(err)
	if body != nil {
		req.Header.Set("Content-Type", map[bool]string{true: "application/json", false: "application/x-www-form-urlencoded"}[q.api])
	}
	switch q.who {
	case "browser":
		req.Header.Set("Cookie", f.cookie)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	case "program":
		req.Header.Set("Authorization", "Bearer "+f.tokens[f.clerk])
	}
	if !q.api {
		req.Header.Set("Accept", "text/html")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	client := *f.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	f.must(err)
	defer res.Body.Close()
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") { // it doesn't end
		return reply{res.StatusCode, res.Header, nil}
	}
	data, err := io.ReadAll(res.Body)
	f.must(err)
	return reply{res.StatusCode, res.Header, data}
}

// routes are all there are, with ids of nothing.
func (f *fortress) everyRoute() (out []asked) {
	for _, r := range f.server.engine.Routes() {
		path := regexp.MustCompile(`[:*](\w+)`).ReplaceAllStringFunc(r.Path, func(string) string { return archive.NewID[string]() })
		out = append(out, asked{method: r.Method, path: path, api: strings.HasPrefix(path, base)})
	}
	return out
}

// endsSession says that a route ends the session that the others are asked in.
func endsSession(q asked) bool {
	return q.path == base+"/session" || q.path == "/sign-out" || strings.HasPrefix(q.path, "/profile/sessions") || strings.HasPrefix(q.path, base+"/me/sessions")
}

// TestEveryAnswerIsHardened asks every route as everybody.
func TestEveryAnswerIsHardened(t *testing.T) {
	f := newFortress(t)
	checks := everyAnswer()
	said := map[string]int{}
	n := 0
	for _, q := range f.everyRoute() {
		for _, q.who = range []string{"stranger", "browser", "program"} {
			if q.who == "browser" && q.method != http.MethodGet && endsSession(q) {
				continue
			}
			n++
			r := f.ask(q, "Origin: https://"+foreign, "X-Forwarded-Host: "+foreign, "Forwarded: host="+foreign, "X-Original-URL: /"+foreign)
			for _, c := range checks {
				if key := c.item + c.what; !c.holds(q, r) && said[key] < 5 {
					said[key]++
					t.Errorf("%s, %s: %s %s as %s: %d %v %.200s", c.item, c.what, q.method, q.path, q.who, r.status, r.header, r.body)
				}
			}
		}
	}
	if n < 600 {
		t.Errorf("only %d were asked", n)
	}
}

// TestOtherMethodsAreRefused asks every address by each method that it isn't made for (4.1.4, 3.5.3).
func TestOtherMethodsAreRefused(t *testing.T) {
	f := newFortress(t)
	served, at := map[string][]string{}, map[string]asked{}
	all := f.everyRoute()
	for i, r := range f.server.engine.Routes() {
		served[r.Path] = append(served[r.Path], r.Method)
		at[r.Path] = all[i]
	}
	names, like := regexp.MustCompile(`[:*]\w+`), map[string]*regexp.Regexp{}
	for pattern := range served {
		like[pattern] = regexp.MustCompile("^" + names.ReplaceAllString(pattern, `[^/]+`) + "$")
	}
	// takes says that an address without a name of its own for a method is one of a longer pattern.
	takes := func(method, path string) bool {
		return slices.ContainsFunc(f.server.engine.Routes(), func(r gin.RouteInfo) bool {
			return r.Method == method && like[r.Path].MatchString(path)
		})
	}
	for pattern, methods := range served {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} {
			if slices.Contains(methods, method) {
				continue
			}
			q := at[pattern]
			if q.method, q.who = method, "program"; takes(method, q.path) {
				continue
			}
			r := f.ask(q, "X-HTTP-Method-Override: "+methods[0])
			if r.status != http.StatusMethodNotAllowed && r.status != http.StatusNotFound {
				t.Errorf("%s %s, which is for %v: %d", method, pattern, methods, r.status)
			}
			if r.status == http.StatusMethodNotAllowed && !strings.Contains(r.header.Get("Allow"), methods[0]) {
				t.Errorf("%s %s, which is for %v: allowed is %q", method, pattern, methods, r.header.Get("Allow"))
			}
		}
	}
}

// TestNoOtherSiteChangesAnything sends what a page of another site could have a browser send (3.5.1, 3.5.2).
func TestNoOtherSiteChangesAnything(t *testing.T) {
	f := newFortress(t)
	n := 0
	for _, q := range f.everyRoute() {
		if q.method == http.MethodGet || q.method == http.MethodHead || q.method == http.MethodOptions {
			continue
		}
		q.who = "browser"
		for _, headers := range [][]string{
			{"Sec-Fetch-Site: cross-site"}, {"Sec-Fetch-Site: same-site"}, {"Sec-Fetch-Site: ", "Origin: https://" + foreign},
			{"Sec-Fetch-Site: ", "Origin: null"}, {"Sec-Fetch-Site: "},
		} {
			n++
			if r := f.ask(q, headers...); r.status != http.StatusForbidden {
				t.Errorf("%s %s with %v: %d", q.method, q.path, headers, r.status)
			}
		}
	}
	if r := f.ask(asked{who: "browser", method: "GET", path: base + "/me", api: true}); r.status != 200 {
		t.Fatalf("the session ended: %v", r)
	}
	if n < 300 {
		t.Errorf("only %d were asked", n)
	}
}

// elsewhere names the tests of items that aren't about each answer: a folder and a test of it.
func elsewhere() map[string][]string {
	return map[string][]string{
		"1.2.5":  {"ingest/sandbox TestToolReadsInputAndAnswers", "ingest/sniff TestOfficeNamesStartNothing"},
		"1.2.10": {"web TestCellsAreNoFormulas"},
		"1.5.1":  {"ingest/unpack TestXdomea"},
		"2.3.3":  {"acl TestPersonAndAkteAreMadeTogetherOrNotAtAll", "web TestNothingIsAcknowledgedThatIsNotStored"},
		"2.3.4":  {"web TestTwoFileAtOnce"},
		"2.3.5":  {"acl TestReleaseNeedsTwoPersons", "acl TestRulesNeedTwo", "acl TestASealTakesTwoPersons"},
		"2.4.1":  {"acl TestTurnsAreBound", "acl TestTypingIsBoundAndEveryQuestionStandsInAnEvent"},
		"3.2.1":  {"web TestHeadersOnEveryAnswer"},
		"3.3.1":  {"web TestSecureCookie"},
		"3.3.4":  {"web TestSession"},
		"4.1.3":  {"web TestTrustedProxyNamesTheAddress"},
		"5.2.1":  {"web TestUploadRefusals"},
		"5.2.2":  {"ingest/sniff TestMismatched"},
		"5.2.3":  {"ingest/unpack TestZipRefused", "ingest/office TestPartsThatUnpackToTooMuch"},
		"5.2.4":  {"web TestUploadsExpireAndAreCounted"},
		"5.2.6":  {"ingest/read TestCorpus", "ingest/pdf TestInspectRefuses"},
		"5.3.2":  {"ingest/unpack TestZipRefused", "archive/blob TestParseRefRefusesOtherTexts"},
		"5.4.1":  {"web TestNameIsCleaned"},
		"5.4.3":  {"acl TestReceivedBytesAreSearchedFirst"},
		"6.2.4":  {"acl TestGuessablePasswords"},
		"6.2.9":  {"acl TestPasswordsAndSignIns"},
		"6.3.1":  {"web TestSignInRate", "acl TestBurstOfGuessesIsSlowedLikeOneAfterTheOther"},
		"6.3.8":  {"web TestSignInTellsNothing"},
		"7.2.3":  {"web TestSession"},
		"7.2.4":  {"web TestSession"},
		"7.3.1":  {"web TestSessionEnds"},
		"7.3.2":  {"web TestSessionEndsWhateverHappens"},
		"7.4.1":  {"web TestSessionsAreListedAndEnded", "web TestAnEndedSessionStaysEnded"},
		"7.4.2":  {"web TestDisabledUserIsOut"},
		"8.2.1":  {"web TestMatrix", "web TestPageMatrix"},
		"8.2.2":  {"web TestMatrix", "web TestForeignIsLikeAbsent"},
		"8.2.3":  {"web TestMatrix", "web TestInvisibleDocumentsChangeNothing"},
		"8.3.2":  {"acl TestEveryChangeOfRightsActsAtOnce", "acl TestRulesComeIntoForceForTheNextDesk"},
		"11.3.2": {"archive/blob/seal TestBoxOpensOnlyWhatItSealed"},
		"13.3.1": {"archive/keyring TestRewrap", "archive/blob/s3blob TestConfigHidesItsSecret"},
		"14.2.1": {"web TestTrailPageKeepsNamesOutOfAddresses", "web TestLogHasNoPathsOrNames"},
		"15.2.5": {"ingest/sandbox TestMachineIsConfining", "ingest/sandbox TestLimitsEndTheChild"},
		"15.4.2": {"acl TestAnActEndsWithItsRights", "acl TestRulesOfAnActAreThoseInForce"},
		"16.3.2": {"archive/audit TestEveryOpHasAClass", "web TestLogHasNoPathsOrNames"},
		"16.4.2": {"cmd/eakte-verify TestTampering"},
		"16.5.3": {"acl TestCasbinFailsClosed", "acl TestWithoutTheScannerBytesStayLocked"},
		"16.5.4": {"web TestPanicTellsNothing"},
	}
}

// TestItemsHaveTests looks that the tests of [elsewhere] are still there.
func TestItemsHaveTests(t *testing.T) {
	root := os.DirFS("..")
	for item, tests := range elsewhere() {
		for _, test := range tests {
			dir, name, _ := strings.Cut(test, " ")
			files, err := fs.Glob(root, dir+"/*_test.go")
			if err != nil {
				t.Fatal(err)
			}
			has := func(file string) bool {
				data, err := fs.ReadFile(root, file)
				return err == nil && strings.Contains(string(data), "\nfunc "+name+"(")
			}
			if !slices.ContainsFunc(files, has) {
				t.Errorf("%s: no test %s", item, test)
			}
		}
	}
}
