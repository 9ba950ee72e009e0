package web

import (
	"net/url"
	"testing"
)

// TestAnAccountThatSomebodyElseChanged keeps what was typed, and takes it when it is sent again.
func TestAnAccountThatSomebodyElseChanged(t *testing.T) {
	b := browsing(t, "administration", "it")
	clerk := b.pair("sachbearbeitung", "asyl")
	id := string(b.users[clerk])
	path := "/operations/users/" + id
	b.want(200, "administration.it", "PATCH", "/users/"+id, `{"teams":["team-1"]}`, `If-Match: "1"`)
	late := url.Values{"revision": {"1"}, "display": {"Spätname"}, "teams": {"team-2"}, "roles": {"sachbearbeitung@asyl"}}
	b.holds("a conflict", b.posts(412, path, late), "Jemand anderes hat dieses Konto", "Spätname", "team-2", `name="revision" value="2"`)
	late.Set("revision", "2")
	b.posts(303, path, late)
	b.sees(path, "Spätname", "team-2")
}
