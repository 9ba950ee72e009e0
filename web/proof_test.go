package web

import (
	"net/url"
	"strings"
	"testing"

	"eakte/archive"
)

// TestChangesNeedProof sends requests that name neither where they come from nor a token.
func TestChangesNeedProof(t *testing.T) {
	w := newWorld(t)
	w.member("eva")
	_, cookie := w.signIn("eva", password)
	none := []string{with(cookie), "Sec-Fetch-Site: "}
	isProblem(t, w.call("", "POST", "/persons", `{}`, none...), 403, "origin-unknown", german)
	isProblem(t, w.call("", "DELETE", "/session", nil, none...), 403, "origin-unknown", german)
	w.want(200, "", "GET", "/me", nil, none...)
	isProblem(t, w.call("", "POST", "/persons", `{}`, with(cookie), "Sec-Fetch-Site: cross-site"), 403, "cross-origin", german)
	isProblem(t, w.call("", "POST", "/persons", `{}`, with(cookie), "Sec-Fetch-Site: same-site"), 403, "cross-origin", german)
	isProblem(t, w.call("", "POST", "/persons", `{}`, append(none, "Origin: https://evil.example")...), 403, "cross-origin", german)
	isProblem(t, w.call("", "POST", "/persons", `{}`, append(none, "Origin: "+w.url)...), 422, "invalid", german)
	isProblem(t, w.call("", "POST", "/persons", `{}`, with(cookie), "Sec-Fetch-Site: none"), 422, "invalid", german)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	isProblem(t, w.call(clerk, "POST", "/persons", `{}`, "Sec-Fetch-Site: "), 422, "invalid", german)
}

// TestLinksClaimNothing follows links to a paper: only those on pages of ours say that she works on it.
func TestLinksClaimNothing(t *testing.T) {
	mail, _, m := inboxHouse(t)
	item := m.drop("Brief")
	m.account("zweite", archive.Pair{Role: "registratur", Department: "poststelle"})
	free := func() bool {
		return m.want(200, "zweite", "GET", "/inbox/"+item, nil).field("claimed_by") == nil
	}
	v := &visitor{m.world, m.http}
	for _, site := range []string{"cross-site", "same-site", "none", ""} {
		_, status, page := v.visit("GET", "/inbox/"+item, nil, "Cookie: "+mail.cookie, "Sec-Fetch-Site: "+site)
		if status != 200 || !strings.Contains(page, "noch nicht für Sie reserviert") || !free() {
			t.Errorf("%q: %d, and it is claimed or doesn't say that it isn't", site, status)
		}
	}
	mail.sends(303, "/inbox/"+item+"/take-over", url.Values{})
	if free() {
		t.Error("claimed by a button, it is free")
	}
	m.want(204, m.pair("registratur", "poststelle"), "DELETE", "/inbox/"+item+"/claim", nil)
	if page := mail.shows("item", "/inbox/"+item); free() || strings.Contains(page, "noch nicht für Sie reserviert") {
		t.Error("opened from our own page, it is free")
	}
}
