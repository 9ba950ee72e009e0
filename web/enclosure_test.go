package web

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// decoded reads an answer.
func decoded(m *matrix, r reply, into any) {
	m.t.Helper()
	if err := json.Unmarshal(r.body, into); err != nil {
		m.t.Fatal(err)
	}
}

// letterWith is a message with two attachments, one of which isn't taken.
func letterWith() string {
	return strings.Join([]string{
		"From: Olena <olena@example.org>", "Date: Fri, 20 Nov 2026 10:00:00 +0100", "Subject: Meine Unterlagen", "MIME-Version: 1.0",
		"Content-Type: multipart/mixed; boundary=b", "", "--b", "", "Guten Tag <script>alert(1)</script>",
		"--b", "Content-Type: text/plain", `Content-Disposition: attachment; filename="lohn.txt"`, "", "Lohnzettel",
		"--b", "Content-Type: application/x", `Content-Disposition: attachment; filename="spiel.exe"`, "", "MZ\x00\x01\x02\x03", "--b--", "",
	}, "\r\n")
}

func TestEnclosuresThroughREST(t *testing.T) {
	_, _, m := inboxHouse(t)
	who := m.pair("registratur", "poststelle")
	id := m.want(201, who, "POST", "/inbox", newForm().file("a.eml", letterWith())).text("id")
	m.settle()
	var item inboxView
	decoded(m, m.want(200, who, "GET", "/inbox/"+id, nil), &item)
	if len(item.Enclosures) != 2 || item.Enclosures[0].Name != "lohn.txt" || !item.Enclosures[0].Waits || item.Enclosures[1].Left != "dangerous" || item.Enclosures[1].Hint != "program" {
		t.Fatalf("enclosures %+v", item.Enclosures)
	}
	child := string(item.Enclosures[0].Item)
	var part inboxView
	decoded(m, m.want(200, who, "GET", "/inbox/"+child, nil), &part)
	if part.EnclosedIn == nil || string(part.EnclosedIn.Item) != id || part.EnclosedIn.Name != "Meine Unterlagen" {
		t.Errorf("enclosed in %+v", part.EnclosedIn)
	}
	file := map[string]any{"akte_id": m.akte, "type": "arbeitsvertrag", "enclosures": []map[string]any{{"item_id": child, "type": "nichts"}}}
	m.want(422, who, "POST", "/inbox/"+id+"/file", file, purpose)
	file["enclosures"] = []map[string]any{{"item_id": child, "type": "arbeitsvertrag", "title": "Lohn"}}
	doc := m.want(200, who, "POST", "/inbox/"+id+"/file", file, purpose).text("id")
	var hang enclosuresView
	decoded(m, m.want(200, who, "GET", "/documents/"+doc+"/enclosures", nil, purpose), &hang)
	if len(hang.Inside) != 1 || hang.Inside[0].Title != "Lohn" || len(hang.Left) != 1 || hang.Left[0].Name != "spiel.exe" {
		t.Errorf("hangs together with %+v", hang)
	}
	m.want(200, who, "POST", "/inbox/"+id+"/unfile", nil)
	m.want(200, who, "GET", "/inbox/"+child, nil)
}

func TestEnclosuresOnPages(t *testing.T) {
	one, _, m := inboxHouse(t)
	who := m.pair("registratur", "poststelle")
	id := m.want(201, who, "POST", "/inbox", newForm().file("a.eml", letterWith())).text("id")
	m.settle()
	var item inboxView
	decoded(m, m.want(200, who, "GET", "/inbox/"+id, nil), &item)
	child := string(item.Enclosures[0].Item)
	body := one.shows("the message", "/inbox/"+id, "Anlagen mit ablegen", `name="with" value="`+child+`" checked`, `name="title_`+child+`"`, "spiel.exe", "Programm oder Skript",
		`data-accept="sender"`, `data-accept="title"`)
	if strings.Contains(body, "<script>alert") || strings.Contains(body, "data-arrange") {
		t.Error("the page has a stranger's script, or offers to arrange a message")
	}
	one.shows("the attachment", "/inbox/"+child, "Anlage zu", "Meine Unterlagen", "/inbox/"+id)
	form := url.Values{"akte_id": {m.akte}, "type": {"arbeitsvertrag"}, "with": {child}, "type_" + child: {""}, "title_" + child: {"Lohn"}}
	if again := one.sends(422, "/inbox/"+id+"/file", form); !strings.Contains(again, `id="type_`+child+`-fault"`) {
		t.Error("the fault isn't told at the attachment's field")
	}
	form.Set("type_"+child, "arbeitsvertrag")
	one.sends(303, "/inbox/"+id+"/file", form)
	clerk := m.pair("sachbearbeitung", "auslaenderbehoerde")
	var docs struct{ Items []documentView }
	decoded(m, m.want(200, clerk, "GET", "/akten/"+m.akte+"/documents", nil, purpose), &docs)
	if len(docs.Items) != 2 {
		t.Fatalf("%d documents in the Akte", len(docs.Items))
	}
}
