package web

import "testing"

// TestCorrections corrects a person, refuses her something, and says that a recipient was told.
func TestCorrections(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Sahin", "auslaenderbehoerde")
	person := "/persons/" + w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose).text("person_id")
	doc := w.want(201, clerk, "POST", "/akten/"+akte+"/documents", newForm().meta(`{"type":"reisepass","title":"Pass"}`).file("a.txt", "Pass"), purpose).text("id")
	w.settle()
	w.want(200, clerk, "POST", "/documents/"+doc+"/disclose", `{"recipient":"Standesamt","reason":"Ehe"}`, purpose)
	bad := w.want(422, clerk, "PATCH", person, `{"names":[{"family":"Shahin","given":"Test"}],"ground":"request","proof":"`+nowhere+`"}`, purpose, `If-Match: "1"`)
	if bad.text("errors/0/pointer") != "/asked_on" {
		t.Errorf("a request without its day: %v", bad)
	}
	w.want(200, clerk, "PATCH", person, `{"names":[{"family":"Shahin","given":"Test"}],"birth_date":"1990","ground":"request","asked_on":"2026-01-05","reason":"Pass","proof":"`+doc+`"}`, purpose, `If-Match: "1"`)
	refused := w.want(201, clerk, "POST", person+"/corrections", `{"asked_on":"2026-01-05","reason":"nicht nachgewiesen","statement":"Ich bin jünger."}`, purpose).text("id")

	all := w.want(200, clerk, "GET", person+"/corrections", nil, purpose)
	for path, want := range map[string]string{
		"items/0/id": refused, "items/0/state": "refused", "items/0/statement": "Ich bin jünger.",
		"items/1/ground": "request", "items/1/asked_on": "2026-01-05", "items/1/proof": doc, "items/1/reason": "Pass",
		"items/1/values/0/field": "name", "items/1/values/0/old/name/family": "Sahin", "items/1/values/0/new/name/family": "Shahin", "items/1/values/1/old/text": "1990-05-17", "items/1/values/1/new/text": "1990",
		"items/1/recipients/0/name": "Standesamt", "items/1/recipients/0/state": "open", "items/1/recipients/0/reason": "Ehe", "items/1/recipients/0/document_id": doc,
	} {
		if got := all.text(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	open := w.want(200, clerk, "GET", "/corrections", nil)
	if open.text("items/0/name/family") != "Shahin" || open.text("items/0/recipients/0/name") != "Standesamt" {
		t.Errorf("who waits: %s", open.body)
	}
	place := person + "/corrections/" + all.text("items/1/id") + "/recipients/0"
	today := w.now().Format("2006-01-02")
	w.want(422, clerk, "PUT", place, `{"state":"told","on":"`+today+`","revision":1}`, purpose)
	w.want(412, clerk, "PUT", place, `{"state":"told","on":"`+today+`","note":"Brief","revision":7}`, purpose)
	w.want(404, clerk, "PUT", place+"9", `{"state":"open","revision":1}`, purpose)
	w.want(204, clerk, "PUT", place, `{"state":"told","on":"`+today+`","note":"Brief","revision":1}`, purpose)
	if open := w.want(200, clerk, "GET", "/corrections", nil); open.field("items/0") != nil {
		t.Errorf("who was told waits still: %s", open.body)
	}
	if now := w.want(200, clerk, "GET", person+"/corrections", nil, purpose); now.text("items/1/recipients/0/note") != "Brief" || now.text("items/1/recipients/0/on") != today {
		t.Errorf("told: %s", now.body)
	}
}
