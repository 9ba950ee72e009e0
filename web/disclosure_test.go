package web

import (
	"net/url"
	"strings"
	"testing"
)

func TestDisclosureTakesTheRecipientAsBody(t *testing.T) {
	w := newWorld(t)
	clerk, officer := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("datenschutz", "datenschutz")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	doc := w.document(clerk, akte, "arbeitsvertrag", "Vertrag")
	path := "/documents/" + doc + "/disclose"
	isProblem(t, w.call(clerk, "POST", path, `{"recipient":""}`, purpose), 422, "invalid", german)
	isProblem(t, w.call(clerk, "POST", path, `{"recipient":"Gericht"}`), 422, "purpose-required", german)
	got := w.want(200, clerk, "POST", path, `{"recipient":"Gericht Zwischenraum","reason":"Klage"}`, purpose)
	if string(got.body) != "Vertrag" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("handed out %q as %v", got.body, got.header)
	}
	last := func() string {
		t.Helper()
		return w.want(200, officer, "GET", "/audit/events?limit=1&op=document.disclose", nil).text("items/0/recipient")
	}
	if last() != "Gericht Zwischenraum" {
		t.Errorf("recorded recipient %q", last())
	}
	w.member("eva")
	v := w.visitor()
	v.signsIn("eva", "/sign-in?to=/")
	if _, status, _ := v.visit("POST", "/akten/"+akte+"/purpose", url.Values{"purpose": {"bearbeitung"}}); status >= 400 {
		t.Fatalf("state a purpose: %d", status)
	}
	page := "/akten/" + akte + "/documents/" + doc
	if _, _, body := v.visit("GET", page, nil); !strings.Contains(body, page+"/disclose") {
		t.Error("the document's page leads to no form")
	}
	if _, status, body := v.visit("POST", page+"/disclose", url.Values{"recipient": {""}, "reason": {"Klage"}}); status != 422 || !strings.Contains(body, `id="faults"`) || !strings.Contains(body, ">Klage</textarea>") {
		t.Errorf("to nobody: %d\n%s", status, body)
	}
	if at, status, body := v.visit("POST", page+"/disclose", url.Values{"recipient": {"Botschaft"}}); status != 200 || body != "Vertrag" || last() != "Botschaft" {
		t.Errorf("by the form: %d %q at %s, to %q", status, body, at, last())
	}
	if _, status, body := v.visit("POST", page+"/disclose", url.Values{"recipient": {"Sie selbst"}, "how": {"paper"}}); status != 200 || !strings.Contains(body, "Die Herausgabe ist vermerkt") || last() != "Sie selbst" {
		t.Errorf("on paper: %d, to %q", status, last())
	}
	if log := w.log.String(); strings.Contains(log, "Zwischenraum") || strings.Contains(log, "Botschaft") {
		t.Error("the log names a recipient")
	}
}
