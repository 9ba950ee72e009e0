package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"eakte/acl/oracletest"
)

func TestAcknowledgementThroughREST(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	doc := w.want(201, clerk, "POST", "/akten/"+akte+"/documents", newForm().meta(`{"type":"arbeitsvertrag","title":"Vertrag"}`).file("a.txt", "Vertrag"), purpose).text("id")
	w.settle()
	path := "/akten/" + akte + "/acknowledgement"
	body := fmt.Sprintf(`{"documents":[%q],"recipient":"Frau Beispiel","language":"en"}`, doc)
	r := w.want(200, clerk, "POST", path, body, purpose)
	text := string(r.body)
	if d := r.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || !strings.Contains(d, "Empfangsbestaetigung") || strings.Contains(d, "Beispiel") {
		t.Errorf("disposition %q", d)
	}
	for _, want := range []string{"%PDF", "Acknowledgement of receipt", "Frau Beispiel", "1. Vertrag", "Musterplatz 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q isn't in %s", want, text)
		}
	}
	if german := string(w.want(200, clerk, "POST", path, fmt.Sprintf(`{"documents":[%q],"recipient":"x"}`, doc), purpose).body); !strings.Contains(german, "Empfangsbestätigung") {
		t.Errorf("the language of the request isn't taken: %s", german)
	}
	w.want(422, clerk, "POST", path, fmt.Sprintf(`{"documents":[%q]}`, doc), purpose)
	w.want(422, clerk, "POST", path, `{"documents":[],"recipient":"x"}`, purpose)
	w.want(422, clerk, "POST", path, body)
	w.want(404, clerk, "POST", path, fmt.Sprintf(`{"documents":[%q],"recipient":"x"}`, nowhere), purpose)
}

// The page offers what one sender brought on one day, and nothing of others.
func TestAcknowledgementOfWhatASenderBrought(t *testing.T) {
	b, _, m := inboxHouse(t)
	who := m.pair("registratur", "poststelle")
	drop := func(sender, name string) string {
		meta := fmt.Sprintf(`{"sender":%q,"received_on":"2026-11-20"}`, sender)
		return m.want(201, who, "POST", "/inbox", newForm().meta(meta).file(name, name)).text("id")
	}
	one, two, other := drop("Frau Bote", "eins.txt"), drop("Frau Bote", "zwei.txt"), drop("Herr Anders", "drei.txt")
	m.settle()
	path := "/inbox/" + one + "/acknowledgement"
	status, page := b.open("GET", path, nil)
	if status != 200 || !strings.Contains(string(page), two) || strings.Contains(string(page), other) || !strings.Contains(string(page), `value="Frau Bote"`) {
		t.Fatalf("%d: the page offers something else: %s", status, page)
	}
	status, slip := b.open("POST", path, url.Values{"paper": {one, two}, "recipient": {"Frau Bote"}, "language": {"de"}})
	if status != 200 || !strings.Contains(string(slip), "eins.txt") || !strings.Contains(string(slip), "zwei.txt") {
		t.Errorf("%d: %s", status, slip)
	}
	for _, form := range []url.Values{{"recipient": {"x"}, "language": {"de"}}, {"paper": {one}, "language": {"de"}}} {
		if status, _ := b.open("POST", path, form); status != 422 {
			t.Errorf("%v: %d, want 422", form, status)
		}
	}
}

// The head of an Akte tells where its paper is, and the list of the department has it.
func TestConsignmentOnPages(t *testing.T) {
	m := &matrix{world: newWorld(t)}
	m.akte = m.world.akte(m.pair("sachbearbeitung", "auslaenderbehoerde"), "Beispiel", "auslaenderbehoerde")
	b := m.browse(oracletest.Pair{Role: "registratur", Department: "auslaenderbehoerde"})
	akte := "/akten/" + m.akte
	steps := []struct {
		path string
		form url.Values
		want int
		says string
	}{
		{akte + "/consignment", url.Values{"vendor": {"Scanfabrik Süd"}, "expected": {"2020-01-01"}}, 422, "Scanfabrik Süd"},
		{akte + "/consignment", url.Values{"vendor": {"Scanfabrik Süd"}, "since": {"2020-01-01"}, "expected": {"2020-02-01"}}, 303, ""},
		{akte, nil, 200, "Scanfabrik Süd"},
		{"/consignments?department=auslaenderbehoerde", nil, 200, "überfällig"},
		{akte + "/consignment/rush", url.Values{"wanted": {"2099-01-01"}, "reason": {"Gerichtstermin"}}, 303, ""},
		{akte, nil, 200, "Eilauftrag"},
		{akte + "/consignment", nil, 200, "Gerichtstermin"},
		{akte + "/consignment/end", url.Values{}, 303, ""},
		{"/consignments?department=auslaenderbehoerde", nil, 200, "Keine Papierakte"},
	}
	for _, s := range steps {
		method := "GET"
		if s.form != nil {
			method = "POST"
		}
		status, page := b.open(method, s.path, s.form)
		if status != s.want || !strings.Contains(string(page), s.says) {
			t.Errorf("%s %s: %d, want %d and %q", method, s.path, status, s.want, s.says)
		}
	}
	if status, page := b.open("GET", akte, nil); status != 200 || strings.Contains(string(page), "Scanfabrik") {
		t.Errorf("%d: back, and the head still says so", status)
	}
}
