package web

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"eakte/acl/oracletest"
	"eakte/archive/audit"
)

const firefox = "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

// TestSessionsAreListedAndEnded signs in at three places, and out of two from the third.
func TestSessionsAreListedAndEnded(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	w.member("ivo")
	_, office := w.signIn("eva", password, firefox)
	w.ahead.Add(int64(time.Minute))
	_, home := w.signIn("eva", password)
	_, here := w.signIn("eva", password)
	_, ivo := w.signIn("ivo", password)
	list := func(want int) reply {
		t.Helper()
		r := w.want(200, "", "GET", "/me/sessions", nil, with(here))
		if n := len(items(r)); n != want {
			t.Fatalf("%d sessions, want %d: %v", n, want, r)
		}
		if r.field("items/0/current") != true || want > 1 && r.field("items/1/current") != false {
			t.Errorf("the present one isn't first: %v", r)
		}
		return r
	}
	all := list(3)
	if got := all.text("items/2/device"); got != "Firefox, Windows" {
		t.Errorf("device %q", got)
	}
	if all.text("items/2/address") == "" || !strings.HasPrefix(all.text("items/2/signed_in"), "20") {
		t.Errorf("where and since when: %v", all)
	}
	id := all.text("items/2/id")
	isProblem(t, w.call("", "DELETE", "/me/sessions/"+id, nil, with(ivo)), 404, "not-found", german)
	w.want(200, "", "GET", "/me", nil, with(office))
	w.want(204, "", "DELETE", "/me/sessions/"+id, nil, with(here))
	isProblem(t, w.call("", "GET", "/me", nil, with(office)), 401, "sign-in-required", german)
	list(2)
	w.want(204, "", "DELETE", "/me/sessions", nil, with(here))
	isProblem(t, w.call("", "GET", "/me", nil, with(home)), 401, "sign-in-required", german)
	w.want(200, "", "GET", "/me", nil, with(ivo))
	list(1)
	w.want(204, "", "DELETE", "/me/sessions", nil, with(here))
	list(1)
}

// TestAnEndedSessionStaysEnded ends one while a request of it is under way.
func TestAnEndedSessionStaysEnded(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	_, lost := w.signIn("eva", password)
	_, here := w.signIn("eva", password)
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	r.AddCookie(lost)
	ctx, ok, err := w.server.loadSession(r)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	w.want(204, "", "DELETE", "/me/sessions", nil, with(here))
	w.server.sessions.Put(ctx, sessionSeen, w.now().Unix())
	if _, _, err := w.server.sessions.Commit(ctx); !errors.Is(err, errSignInRequired) {
		t.Errorf("it was kept: %v", err)
	}
	isProblem(t, w.call("", "GET", "/me", nil, with(lost)), 401, "sign-in-required", german)
}

// TestSessionsThatAreOverAreNotListed waits until one idles out, and sets another password.
func TestSessionsThatAreOverAreNotListed(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	w.signIn("eva", password)
	w.ahead.Add(int64(sessionIdle))
	_, here := w.signIn("eva", password)
	if r := w.want(200, "", "GET", "/me/sessions", nil, with(here)); len(items(r)) != 1 {
		t.Errorf("one that idled out: %v", r)
	}
	w.must(w.guard.Accounts().SetPassword(t.Context(), audit.Actor{User: "system", Client: "cli"}, "eva", password+"2"))
	_, here = w.signIn("eva", password+"2")
	if r := w.want(200, "", "GET", "/me/sessions", nil, with(here)); len(items(r)) != 1 {
		t.Errorf("one with the former password: %v", r)
	}
}

// TestProfileShowsSessions ends one from the page.
func TestProfileShowsSessions(t *testing.T) {
	b := browsing(t, "sachbearbeitung", "asyl")
	b.sees("/profile", "Angemeldet", "!Überall sonst abmelden")
	other := b.matrix.browse(oracletest.Pair{Role: "sachbearbeitung", Department: "asyl"})
	b.sees("/profile", "Überall sonst abmelden")
	other.sees("/", "Mein Tag")
	b.posts(303, "/profile/sessions/end", url.Values{})
	b.sees("/profile", "!Überall sonst abmelden", "Sie sind dort abgemeldet.")
	if status, _ := other.open("GET", "/", nil); status == 200 {
		t.Error("the other is still signed in")
	}
}

// items are those of a list.
func items(r reply) []any {
	all, _ := r.field("items").([]any)
	return all
}

func TestDeviceOf(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iOS",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":                   "Edge, Windows",
		"curl/8.0": "", "": "",
	} {
		if got := deviceOf(agent); got != want {
			t.Errorf("%s is %q, want %q", agent, got, want)
		}
	}
}
