package web

import (
	"net/url"
	"strings"
	"testing"

	"eakte/acl/oracletest"
)

// TestInboxPageSaysWhereItemsWent opens an item that was filed, and one that was sent on, meanwhile.
func TestInboxPageSaysWhereItemsWent(t *testing.T) {
	mail, asyl, m := inboxHouse(t)
	clerk := m.browse(oracletest.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"})
	mail1 := m.pair("registratur", "poststelle")
	filed, sent, own := m.drop("eins"), m.drop("zwei"), m.want(201, m.pair("sachbearbeitung", "auslaenderbehoerde"), "POST", "/inbox", newForm().file("b.pdf", "%PDF-1.7\nx")).text("id")
	m.settle()
	told := func(b *browser, id, want string) string {
		t.Helper()
		if status, _ := b.open("GET", "/inbox/"+id, nil); status != 303 {
			t.Errorf("%s: %d, want 303", want, status)
		}
		return b.shows(want, "/inbox", want)
	}
	clerkUser := m.pair("sachbearbeitung", "auslaenderbehoerde")
	number := m.want(200, clerkUser, "GET", "/akten/"+m.akte, nil, purpose).text("number")
	made := m.want(200, mail1, "POST", "/inbox/"+filed+"/file", map[string]any{"akte_id": m.akte, "type": "geburtsurkunde"}, purpose)
	told(mail, filed, "in Akte "+number) // her department may still look at what it filed
	m.want(200, clerkUser, "GET", "/documents/"+made.text("id")+"/text", nil, purpose)
	mail.sends(303, "/inbox/"+filed+"/take-up", url.Values{})
	if page := told(mail, filed, "inzwischen abgelegt."); strings.Contains(page, "abgelegt: von") {
		t.Error("who may not read the Akte any more learns who filed it and where")
	}
	m.want(200, clerkUser, "POST", "/inbox/"+own+"/file", map[string]any{"akte_id": m.akte, "type": "geburtsurkunde"}, purpose)
	clerk.sends(303, "/akten/"+m.akte+"/purpose", url.Values{"purpose": {"bearbeitung"}})
	told(clerk, own, "in Akte "+number)
	m.want(200, mail1, "POST", "/inbox/"+sent+"/route", map[string]any{"department": "asyl"})
	told(mail, sent, "liegt jetzt im Postkorb")
	if status, body := clerk.open("GET", "/inbox/"+sent, nil); status != 404 || !strings.Contains(string(body), "in einen anderen Postkorb") {
		t.Errorf("a stranger's answer: %d", status)
	}
	asyl.shows("where it went", "/inbox/"+sent, "scan.pdf")
}

// TestMovePageKeepsWhatWasTyped moves a document that a colleague has changed meanwhile.
func TestMovePageKeepsWhatWasTyped(t *testing.T) {
	_, _, m := inboxHouse(t)
	pair := oracletest.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"}
	clerk, user := m.browse(pair), m.pair(pair.Role, pair.Department)
	doc := m.document(user, m.akte, "arbeitsvertrag", "Text")
	path := "/akten/" + m.akte + "/documents/" + doc + "/move"
	clerk.sends(303, "/akten/"+m.akte+"/purpose", url.Values{"purpose": {"bearbeitung"}})
	clerk.shows("form", path, `name="revision" value="1"`)
	m.want(200, user, "PATCH", "/documents/"+doc, `{"title":"Neu"}`, purpose, `If-Match: "1"`)
	form := url.Values{"revision": {"1"}, "register": {"bildung"}, "reason": {"gehört zu den Zeugnissen"}}
	body := clerk.sends(412, path, form)
	for _, want := range []string{`name="revision" value="2"`, "gehört zu den Zeugnissen", `value="bildung" selected`, `role="alert"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the form lost or lacks %q", want)
		}
	}
	form.Set("revision", "2")
	clerk.sends(303, path, form)
}
