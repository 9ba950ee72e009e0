package web

import (
	"strings"
	"testing"
)

// TestInquiryByPrograms begins an inquiry, decides about its pieces and proposes it, each with what was read.
func TestInquiryByPrograms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk, officer := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("datenschutz", "datenschutz")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	head := w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose)
	doc := w.want(201, clerk, "POST", "/akten/"+akte+"/documents", newForm().meta(`{"type":"reisepass","sender":"Nachbarin Meier"}`).file("a.txt", "Hinweis"), purpose).text("id")
	w.settle()
	body := `{"person_id":"` + head.text("person_id") + `","kind":"access","received_on":"` + w.now().UTC().Format("2006-01-02") + `","identity":"mit Pass"}`
	q := w.want(201, officer, "POST", "/inquiries", body)
	at := "/inquiries/" + q.text("id")
	if q.text("pieces/0/flags/0") != "sender" || q.text("aktenzeichen/0") != head.text("aktenzeichen") || q.text("state") != "review" || !strings.HasSuffix(q.header.Get("Location"), at) {
		t.Fatalf("begun: %s", q.body)
	}
	if r := w.want(200, officer, "GET", at+"/documents/"+doc, nil); string(r.body) != "Hinweis" {
		t.Errorf("a piece: %s", r.body)
	}
	w.want(422, officer, "POST", at+"/propose", `{"revision":1}`)
	w.want(422, officer, "POST", at+"/decide", `{"revision":1,"decisions":[{"piece":"`+doc+`","decision":"withhold"}]}`)
	w.want(404, officer, "POST", at+"/decide", `{"revision":1,"decisions":[{"piece":"`+nowhere+`","decision":"give","reason":"x"}]}`)
	w.want(204, officer, "POST", at+"/decide", `{"revision":1,"decisions":[{"piece":"`+doc+`","decision":"withhold","reason":"nennt sie"}]}`)
	w.want(412, officer, "POST", at+"/propose", `{"revision":1}`)
	if r := w.want(200, officer, "POST", at+"/propose", `{"revision":2}`); r.text("state") != "proposed" {
		t.Errorf("proposed: %s", r.body)
	}
	w.want(409, officer, "POST", at+"/take", `{"recipient":"sie selbst"}`)
	if r := w.want(200, officer, "GET", "/inquiries", nil); r.text("items/0/state") != "proposed" || r.text("items/0/family") != "Beispiel" {
		t.Errorf("listed: %s", r.body)
	}
}
