package web

import (
	"strings"
	"testing"
	"time"
)

// TestAccountsOverHTTP makes an account, has its role confirmed, changes it and closes it.
func TestAccountsOverHTTP(t *testing.T) {
	w := newWorld(t)
	admin, lead, clerk := w.pair("administration", "it"), w.pair("leitung", "asyl"), w.pair("sachbearbeitung", "asyl")
	made := w.want(201, admin, "POST", "/users", `{"name":"anna","display":"Anna Muster","roles":[{"role":"sachbearbeitung","department":"asyl"}],"password":"ein langes Kennwort"}`)
	id := made.text("id")
	if made.header.Get("ETag") != `"1"` || made.header.Get("Location") != base+"/users/"+id || len(made.stringsOf("roles")) > 0 || made.text("proposed/0/role") != "sachbearbeitung" {
		t.Errorf("made: %v %v", made.header, made)
	}
	if strings.Contains(string(made.body), "argon2") || strings.Contains(string(made.body), "Kennwort") {
		t.Error("an account tells its password")
	}
	isProblem(t, w.call(admin, "POST", "/users", `{"name":"anna","password":"ein langes Kennwort"}`), 409, "conflict", german)
	isProblem(t, w.call(admin, "POST", "/users", `{"name":"berta","roles":[{"role":"gesundheit","department":"asyl"}],"password":"ein langes Kennwort"}`), 422, "invalid", german)
	waiting := w.want(200, lead, "GET", "/proposals", nil)
	if waiting.text("items/0/user_id") != id || waiting.text("items/0/role") != "sachbearbeitung" || waiting.text("items/0/by_name") != admin {
		t.Errorf("waiting: %v", waiting)
	}
	word := `{"user_id":"` + id + `","role":"sachbearbeitung","department":"asyl","confirm":true}`
	isProblem(t, w.call(admin, "POST", "/proposals/decide", word), 403, "denied", german)
	w.want(204, lead, "POST", "/proposals/decide", word)
	isProblem(t, w.call(admin, "PATCH", "/users/"+id, `{"disabled":true}`), 428, "revision-required", german)
	isProblem(t, w.call(admin, "PATCH", "/users/"+id, `{"disabled":true}`, `If-Match: "1"`), 412, "stale", german)
	if r := w.want(200, admin, "PATCH", "/users/"+id, `{"teams":["team-1"]}`, `If-Match: "2"`); r.stringsOf("teams")[0] != "team-1" || r.text("roles/0/role") != "sachbearbeitung" {
		t.Errorf("changed: %v", r)
	}
	w.want(204, admin, "POST", "/users/"+id+"/password", `{"password":"ein anderes Kennwort"}`)
	w.want(200, "", "POST", "/session", `{"name":"anna","password":"ein anderes Kennwort"}`)
	if r := w.want(200, admin, "GET", "/users/"+id, nil); r.text("last_sign_in") == "" || r.field("revision") != 4.0 {
		t.Errorf("after a sign-in: %v", r)
	}
	w.want(200, admin, "PATCH", "/users/"+id, `{"disabled":true}`, `If-Match: "4"`)
	if r := w.call("", "POST", "/session", `{"name":"anna","password":"ein anderes Kennwort"}`); r.status != 401 {
		t.Errorf("a disabled account signs in: %v", r)
	}
	if r := w.want(200, admin, "GET", "/users", nil); len(r.field("items").([]any)) != 4 {
		t.Errorf("listed: %v", r)
	}
	isProblem(t, w.call(clerk, "GET", "/users", nil), 403, "denied", german)
}

// TestTokensOverHTTP makes a token for a scanner and takes it back.
func TestTokensOverHTTP(t *testing.T) {
	w := newWorld(t)
	admin, scanner, clerk := w.pair("administration", "it"), w.pair("dienst", "poststelle"), w.pair("sachbearbeitung", "asyl")
	until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	ask := func(who string) string { return `{"user_id":"` + string(w.users[who]) + `","expires":"` + until + `"}` }
	isProblem(t, w.call(admin, "POST", "/tokens", ask(clerk)), 403, "denied", german)
	made := w.want(201, admin, "POST", "/tokens", ask(scanner))
	w.tokens["fresh"] = made.text("token")
	if r := w.want(200, "fresh", "GET", "/me", nil); r.text("name") != scanner {
		t.Errorf("the token is of %v", r)
	}
	list := w.want(200, admin, "GET", "/users/"+string(w.users[scanner])+"/tokens", nil)
	if len(list.field("items").([]any)) != 2 || strings.Contains(string(list.body), made.text("token")) {
		t.Errorf("tokens: %v", list)
	}
	w.want(204, admin, "DELETE", "/tokens/"+made.text("id"), nil)
	if r := w.call("fresh", "GET", "/me", nil); r.status != 401 {
		t.Errorf("a revoked token: %v", r)
	}
	w.want(404, admin, "DELETE", "/tokens/"+made.text("id"), nil)
}

// TestOperatorsSeeNoContent asks what administration can ask while there is something to see.
func TestOperatorsSeeNoContent(t *testing.T) {
	w := newWorld(t)
	admin, clerk := w.pair("administration", "it"), w.pair("sachbearbeitung", "asyl")
	akte := w.akte(clerk, "Geheimname", "asyl")
	w.document(clerk, akte, "ankunftsnachweis", "Geheimtext")
	for _, path := range []string{"/jobs", "/system", "/users", "/pairs", "/users/" + string(w.users[clerk])} {
		r := w.want(200, admin, "GET", path, nil)
		if strings.Contains(string(r.body), "Geheim") || strings.Contains(string(r.body), "brief.txt") || strings.Contains(string(r.body), akte) {
			t.Errorf("%s tells %v", path, r)
		}
	}
	if r := w.want(200, admin, "GET", "/jobs", nil); r.field("count/waiting") != 1.0 || r.field("count/failed") != 0.0 || r.text("oldest/waiting") == "" {
		t.Errorf("queue: %v", r)
	}
	if r := w.want(200, admin, "GET", "/system", nil); r.text("policies/hash") != w.set.Hash() || r.field("users") != 2.0 {
		t.Errorf("system: %v", r)
	}
}
