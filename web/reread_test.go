package web

import (
	"net/url"
	"strings"
	"testing"

	"eakte/acl/acltest"
	"eakte/acl/oracletest"
	"eakte/ingest"
)

func TestLanguageIsChosen(t *testing.T) {
	m := &matrix{world: newWorld(t)}
	mail := m.pair("registratur", "poststelle")
	b := m.browse(oracletest.Pair{Role: "registratur", Department: "poststelle"})
	pdf := func(meta string) *form { return newForm().meta(meta).file("scan.pdf", "%PDF-1.7\nWort") }
	isProblem(t, m.call(mail, "POST", "/inbox", pdf(`{"language":"tir"}`)), 422, "invalid", german)
	item := m.want(201, mail, "POST", "/inbox", pdf(`{"language":"ara"}`))
	id := item.text("id")
	if item.text("language") != "ara" {
		t.Errorf("the answer says %q", item.text("language"))
	}
	m.settle()
	text := func() string {
		t.Helper()
		return string(m.want(200, mail, "GET", "/inbox/"+id+"/text", nil).body)
	}
	if !strings.HasSuffix(text(), "Wort.ara") {
		t.Errorf("recognised: %q", text())
	}
	sum := item.text("sha256")
	isProblem(t, m.call(mail, "POST", "/inbox/"+id+"/recognise", `{"language":"xyz"}`), 422, "invalid", german)
	if got := m.want(200, mail, "POST", "/inbox/"+id+"/recognise", `{"language":"deu+ara"}`); got.text("state") != "processing" || got.text("sha256") != sum {
		t.Errorf("ordered anew: %s", got.body)
	}
	m.settle()
	if !strings.HasSuffix(text(), "Wort.deu+ara") {
		t.Errorf("recognised anew: %q", text())
	}
	page := b.shows("the choice", "/inbox/"+id, `action="/inbox/`+id+`/recognise"`, "Arabisch (gewählt)", `<option value="ara">Arabisch</option>`, "nicht eingerichtet: ", "Tigrinya")
	if strings.Contains(page, `<option value="tir"`) {
		t.Error("a language is offered that isn't installed")
	}
	if status, _ := b.open("POST", "/inbox/"+id+"/recognise", url.Values{"language": {""}}); status != 303 {
		t.Fatalf("by the form: %d", status)
	}
	b.shows("what is under way", "/inbox/"+id, "werden gerade neu erkannt", "data-drawing")
	m.settle()
	if !strings.HasSuffix(text(), "Wort") {
		t.Errorf("automatically: %q", text())
	}
	languages := m.want(200, mail, "GET", "/languages", nil)
	if s := string(languages.body); !strings.Contains(s, `"key":"ara","de":"Arabisch","en":"Arabic"}`) || !strings.Contains(s, `"de":"Tigrinya","en":"Tigrinya","missing":true`) {
		t.Errorf("languages: %s", s)
	}
	b.shows("the choice for uploads", "/inbox/upload", `name="up_language"`, `<option value="deu">Deutsch</option>`)
}

// In implements ingest.Linguist.
func (formFeeds) In(language string) ingest.Reader { return acltest.Plain{}.In(language) }
