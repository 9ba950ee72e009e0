package web

import (
	"strings"
	"testing"
)

// TestStory follows a scan from the mail room to the caseworker's screen.
func TestStory(t *testing.T) {
	w := newWorld(t)
	post := w.pair("registratur", "poststelle")
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	stranger := w.pair("gesundheit", "gesundheit")
	officer := w.pair("datenschutz", "datenschutz")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")

	up := w.want(201, post, "POST", "/inbox", newForm().file("scan.txt", "Erste Seite\fArbeitsvertrag Zahnradfabrik").meta(`{"department":"auslaenderbehoerde"}`))
	item := up.text("id")
	if up.header.Get("Location") != base+"/inbox/"+item || up.text("state") != "received" || len(up.text("sha256")) != 64 {
		t.Errorf("inbox: %v %v", up.header, up)
	}
	w.settle()
	basket := w.want(200, clerk, "GET", "/inbox", nil)
	if basket.text("items/0/id") != item || basket.text("items/0/state") != "ready" || basket.text("next_cursor") != "" {
		t.Errorf("basket: %v", basket)
	}
	filed := w.want(200, clerk, "POST", "/inbox/"+item+"/file", map[string]any{"akte_id": akte, "type": "arbeitsvertrag", "date": "2026-01-02"}, purpose)
	doc := filed.text("id")
	w.want(409, clerk, "POST", "/inbox/"+item+"/file", map[string]any{"akte_id": akte, "type": "arbeitsvertrag"}, purpose)
	w.settle()

	found := w.want(200, clerk, "POST", "/search", map[string]any{"q": "Zahnradfabrik"})
	if found.field("total") != 1.0 || found.text("hits/0/document_id") != doc || found.field("hits/0/pages/0") != 2.0 ||
		!strings.Contains(found.text("hits/0/snippets/0/text"), "Zahnradfabrik") {
		t.Errorf("search: %v", found)
	}
	shown := w.want(200, clerk, "GET", "/documents/"+doc, nil, purpose)
	if shown.header.Get("ETag") != `"1"` || shown.field("pages") != 2.0 || shown.text("text_source") != "embedded" {
		t.Errorf("document: %v %v", shown.header, shown)
	}
	if text := w.want(200, clerk, "GET", "/documents/"+doc+"/text", nil, purpose); string(text.body) != "Erste Seite\fArbeitsvertrag Zahnradfabrik" {
		t.Errorf("text: %q", text.body)
	}
	if words := w.want(200, clerk, "GET", "/documents/"+doc+"/pages/2/words", nil, purpose); words.text("words/1/text") != "Zahnradfabrik" {
		t.Errorf("words: %v", words)
	}
	if found.field("hits/0/page_count") != 2.0 || found.field("hits/0/thumbnail") != true || found.field("hits/0/matches/0/count") != 1.0 || found.text("hits/0/lead_department") != "auslaenderbehoerde" {
		t.Errorf("what a row needs: %v", found)
	}
	named := w.want(200, clerk, "POST", "/search", map[string]any{"q": "beispiel"})
	if named.text("persons/0/akten/0/id") != akte || named.text("persons/0/by") != "name" || named.text("persons/0/matched/name/family") != "Beispiel" ||
		named.field("persons/0/matched/marks/family/0/end") != 8.0 {
		t.Errorf("person: %v", named)
	}
	if alike := w.want(200, clerk, "POST", "/search", map[string]any{"q": "Bejspiel"}); alike.text("persons/0/matched/name/family") != "Beispiel" || alike.text("persons/0/likeness") == "same" || named.text("persons/0/likeness") != "same" {
		t.Errorf("person in another spelling: %v", alike)
	}
	hits := w.want(200, clerk, "POST", "/documents/"+doc+"/hits", `{"q":"zahnradfabriken"}`, purpose)
	if hits.field("pages/0/page") != 2.0 || hits.field("pages/0/count") != 1.0 || hits.field("pages/0/boxes/0/hit") != 0.0 || hits.field("pages/0/boxes/0/w") == 0.0 || hits.field("pages/1") != nil {
		t.Errorf("hits: %v", hits)
	}
	if long := w.want(200, clerk, "POST", "/documents/"+doc+"/hits", `{"q":"`+strings.Repeat("zahnradfabriken ", 120)+`"}`, purpose); long.field("pages/0/count") != 1.0 {
		t.Errorf("hits of the beginning of a long text: %v", long)
	}
	w.want(404, clerk, "POST", "/documents/"+doc+"/hits", `{"q":"zahnrad","page":3}`, purpose)
	if img := w.want(200, clerk, "GET", "/documents/"+doc+"/pages/2/image?width=100", nil, purpose); string(img.body) != "\xff\xd8\xffthumb 2" || img.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("image: %q", img.body)
	}
	changed := w.want(200, clerk, "PATCH", "/documents/"+doc, `{"title":"Vertrag","date":null}`, purpose, `If-Match: "1"`)
	if changed.text("title") != "Vertrag" || changed.text("date") != "" || changed.header.Get("ETag") != `"2"` {
		t.Errorf("changed: %v", changed)
	}
	if stale := w.want(412, clerk, "PATCH", "/documents/"+doc, `{"title":"X"}`, purpose, `If-Match: "1"`); stale.field("revision") != 2.0 {
		t.Errorf("stale: %v", stale)
	}
	if none := w.want(200, stranger, "POST", "/search", map[string]any{"q": "Zahnradfabrik"}); none.field("total") != 0.0 || len(none.field("hits").([]any)) != 0 {
		t.Errorf("stranger: %v", none)
	}
	w.want(404, stranger, "GET", "/documents/"+doc, nil, purpose)
	trail := w.want(200, officer, "GET", "/audit/events?akte="+akte, nil)
	if !strings.Contains(string(trail.body), "document.read") || !strings.Contains(string(trail.body), `"file"`) {
		t.Errorf("trail: %v", trail)
	}
	w.want(403, clerk, "GET", "/audit/events", nil)
	if note := w.want(200, officer, "GET", "/audit/checkpoint", nil); !strings.HasPrefix(string(note.body), authority) {
		t.Errorf("checkpoint: %q", note.body)
	}
}
