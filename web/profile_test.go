package web

import (
	"strings"
	"testing"
)

// TestWhatIKeepForMyself goes through preferences, pins, searches and drafts, and looks for what was
// typed in the log.
func TestWhatIKeepForMyself(t *testing.T) {
	w := newWorld(t)
	me, other := w.pair("sachbearbeitung", "asyl"), w.pair("sachbearbeitung", "soziales")
	akte := w.akte(me, "Beispiel", "asyl")
	foreign := w.akte(other, "Fremd", "soziales")

	if r := w.want(200, me, "GET", "/me/profile", nil); r.text("density") != "compact" || r.field("shortcuts") != true || r.field("pinned/0") != nil {
		t.Errorf("at first: %v", r)
	}
	r := w.want(200, me, "PATCH", "/me/profile", `{"language":"en","density":"comfortable","shortcuts":false}`)
	if r.text("language") != "en" || r.field("shortcuts") != false {
		t.Errorf("changed: %v", r)
	}
	for _, bad := range []string{`{"density":null}`, `{"theme":"pink"}`, `{"colour":"red"}`, `{"shortcuts":"yes"}`} {
		w.want(422, me, "PATCH", "/me/profile", bad)
	}
	w.want(204, me, "PUT", "/me/pins/"+akte, nil)
	for _, id := range []string{foreign, nowhere, "x"} {
		w.want(404, me, "PUT", "/me/pins/"+id, nil)
	}
	r = w.want(200, me, "GET", "/me/profile", nil)
	if r.text("pinned/0") != akte || r.field("pinned/1") != nil || r.text("density") != "comfortable" || r.text("theme") != "" {
		t.Errorf("profile: %v", r)
	}
	if r := w.want(200, me, "GET", "/me/day", nil); r.text("pinned/0/aktenzeichen") == "" || r.text("pinned/0/person/name/family") != "Beispiel" ||
		r.text("pinned/0/state") != "open" || r.field("trail") != nil || r.field("jobs") != nil {
		t.Errorf("day: %v", r)
	}
	w.want(204, me, "DELETE", "/me/pins/"+akte, nil)
	if r := w.want(200, me, "GET", "/me/profile", nil); r.field("pinned/0") != nil {
		t.Errorf("let go: %v", r)
	}
	keepsSearches(t, w, me, other)
	keepsDrafts(t, w, me, other)
	for _, typed := range []string{"Zauberwort", "Suchname", "Tippname"} {
		if strings.Contains(w.log.String(), typed) {
			t.Errorf("%s stands in the log", typed)
		}
	}
}

func keepsSearches(t *testing.T, w *world, me, other string) {
	t.Helper()
	body := `{"name":"Suchname","q":"Zauberwort","filters":{"type":["reisepass"],"classification":["normal"],"date_from":"2026-01-01"},"sort":"-date"}`
	saved := w.want(201, me, "POST", "/me/searches", body)
	w.want(409, me, "POST", "/me/searches", body)
	w.want(422, me, "POST", "/me/searches", `{"q":"x"}`)
	w.want(422, me, "POST", "/me/searches", `{"name":"x","filters":{"date_to":"morgen"}}`)
	r := w.want(200, me, "GET", "/me/searches", nil)
	if r.text("items/0/id") != saved.text("id") || r.text("items/0/q") != "Zauberwort" || r.text("items/0/filters/type/0") != "reisepass" ||
		r.text("items/0/filters/classification/0") != "normal" || r.text("items/0/sort") != "-date" {
		t.Errorf("searches: %v", r)
	}
	if r := w.want(200, other, "GET", "/me/searches", nil); r.field("items/0") != nil {
		t.Errorf("somebody else's: %v", r)
	}
	w.want(404, other, "DELETE", "/me/searches/"+saved.text("id"), nil)
	w.want(204, me, "DELETE", "/me/searches/"+saved.text("id"), nil)
	w.want(404, me, "DELETE", "/me/searches/"+saved.text("id"), nil)
}

func keepsDrafts(t *testing.T, w *world, me, other string) {
	t.Helper()
	path := "/me/drafts/akte/" + nowhere + "/upload"
	w.want(404, me, "GET", path, nil)
	w.want(200, me, "PUT", path, `{"values":{"tippfeld":["Tippname","ü"],"date":[""]}}`)
	r := w.want(200, me, "GET", path, nil)
	if r.text("values/tippfeld/0") != "Tippname" || r.text("values/tippfeld/1") != "ü" || r.text("key") != "akte/"+nowhere+"/upload" {
		t.Errorf("draft: %v", r)
	}
	if r := w.want(200, me, "GET", "/me/drafts", nil); r.text("items/0/key") != "akte/"+nowhere+"/upload" || r.field("items/0/values") != nil {
		t.Errorf("drafts: %v", r)
	}
	w.want(404, other, "GET", path, nil)
	big := strings.Repeat("x", 64<<10)
	for _, bad := range []struct {
		status     int
		path, body string
	}{
		{422, "/me/drafts/Beispiel", `{"values":{}}`},
		{422, "/me/drafts/", `{"values":{}}`},
		{422, path, `{"values":{"tippfeld":"x"}}`},
		{422, path, `{}`},
		{400, path, `{`},
		{422, path, `{"values":{"tippfeld":["` + big + `"]}}`},
		{413, path, `{"values":{"tippfeld":["` + strings.Repeat(big, 9) + `"]}}`},
	} {
		if r := w.want(bad.status, me, "PUT", bad.path, bad.body); strings.Contains(string(r.body), "tippfeld") {
			t.Errorf("the answer repeats a name the client sent: %v", r)
		}
	}
	w.want(415, me, "PUT", path, newForm())
	w.want(204, me, "DELETE", path, nil)
	w.want(204, me, "DELETE", path, nil)
	w.want(404, me, "GET", path, nil)
}

func TestColleaguesOfMyDepartments(t *testing.T) {
	w := newWorld(t)
	me := w.pair("sachbearbeitung", "asyl")
	w.pair("leitung", "asyl")
	w.pair("dienst", "asyl")
	w.pair("sachbearbeitung", "soziales")
	r := w.want(200, me, "GET", "/colleagues?department=asyl", nil)
	if r.text("items/0/name") != "leitung.asyl" || r.text("items/1/name") != me || r.field("items/2") != nil {
		t.Errorf("colleagues: %v", r)
	}
	w.want(403, me, "GET", "/colleagues?department=soziales", nil)
	w.want(403, me, "GET", "/colleagues", nil)
}

func TestDayOfOfficerAndOperator(t *testing.T) {
	w := newWorld(t)
	officer, operator := w.pair("datenschutz", "datenschutz"), w.pair("administration", "it")
	me, mail := w.pair("sachbearbeitung", "asyl"), w.pair("registratur", "poststelle")
	w.want(404, me, "GET", "/akten/"+nowhere, nil, purpose)
	w.want(201, mail, "POST", "/inbox", newForm().file("a.txt", "Brief"))
	if r := w.want(200, officer, "GET", "/me/day", nil); r.field("trail/refusals") != 1.0 || r.field("trail/whole") != true || r.field("jobs") != nil {
		t.Errorf("officer: %v", r)
	}
	if r := w.want(200, operator, "GET", "/me/day", nil); r.field("jobs/waiting") != 1.0 || r.text("jobs/oldest") == "" || r.field("trail") != nil {
		t.Errorf("operator: %v", r)
	}
	if r := w.want(200, mail, "GET", "/me/day", nil); r.text("baskets/0/department") != "poststelle" || r.field("baskets/0/waiting") != 1.0 {
		t.Errorf("mail room: %v", r)
	}
}
