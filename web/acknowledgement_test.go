package web

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
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

// hidden returns the values of a form's hidden inputs, and of those ticked, as a browser sends them.
func hidden(page []byte) url.Values {
	form := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="(hidden|checkbox)" name="(at|next|seen|way|paper)" value="([^"]*)"( checked)?>`).FindAllStringSubmatch(string(page), -1) {
		if m[1] == "hidden" || m[4] != "" {
			form.Add(m[2], html.UnescapeString(m[3]))
		}
	}
	return form
}

// Everything in an Akte can be chosen, page by page, and what was ticked on one page stays ticked.
func TestAcknowledgementChoosesPageByPage(t *testing.T) {
	m := &matrix{world: newWorld(t)}
	who := m.pair("sachbearbeitung", "auslaenderbehoerde")
	m.akte = m.world.akte(who, "Beispiel", "auslaenderbehoerde")
	var ids []string
	for i := range 52 {
		meta := fmt.Sprintf(`{"type":"arbeitsvertrag","title":"Vertrag %02d","date":"2025-%02d-%02d"}`, i, 1+i/26, 1+i%26)
		ids = append(ids, m.want(201, who, "POST", "/akten/"+m.akte+"/documents", newForm().meta(meta).file("a.txt", fmt.Sprint("Vertrag ", i)), purpose).text("id"))
	}
	b := m.browse(oracletest.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"})
	path := "/akten/" + m.akte + "/acknowledgement"
	newest, oldest := ids[51], ids[0]
	status, page := b.open("GET", path+"?document="+newest, nil)
	if status != 200 || !strings.Contains(string(page), `value="`+newest+`" checked`) || strings.Contains(string(page), oldest) {
		t.Fatalf("%d: the first page doesn't begin with the newest", status)
	}
	form := hidden(page)
	form.Set("go", "next")
	status, page = b.open("POST", path, form)
	if status != 200 || !strings.Contains(string(page), `value="`+oldest+`">`) || strings.Contains(string(page), "Vertrag 51") {
		t.Fatalf("%d: the second page is another", status)
	}
	form = hidden(page)
	if got := form["paper"]; len(got) != 1 || got[0] != newest {
		t.Fatalf("kept of the first page: %v", got)
	}
	form.Add("paper", oldest)
	form.Set("go", "back")
	if status, page = b.open("POST", path, form); status != 200 || !strings.Contains(string(page), `value="`+newest+`" checked`) {
		t.Fatalf("%d: back on the first page the tick is gone", status)
	}
	form = hidden(page)
	if got := form["paper"]; len(got) != 2 || form.Has("way") {
		t.Fatalf("kept of both pages: %v", form)
	}
	form.Set("recipient", "Frau Beispiel")
	form.Set("language", "de")
	status, slip := b.open("POST", path, form)
	if status != 200 || !strings.Contains(string(slip), "1. Vertrag 00") && !strings.Contains(string(slip), "2. Vertrag 00") || !strings.Contains(string(slip), "Vertrag 51") {
		t.Errorf("%d: the receipt doesn't name both", status)
	}
	form.Set("go", "next")
	form.Set("next", "no cursor of ours")
	if status, page = b.open("POST", path, form); status != 200 || len(hidden(page)["paper"]) != 2 {
		t.Errorf("%d: a cursor that is good no longer loses what was ticked: %v", status, hidden(page))
	}
}

// Of a full basket the items of one sender are found wherever they lie, and each page of them is ticked when it is
// first shown, not when one comes back to it.
func TestAcknowledgementFindsWhatASenderBroughtInAFullBasket(t *testing.T) {
	b, _, m := inboxHouse(t)
	who := m.pair("registratur", "poststelle")
	drop := func(sender string, i int) string {
		meta := fmt.Sprintf(`{"sender":%q,"received_on":"2026-11-20"}`, sender)
		return m.want(201, who, "POST", "/inbox", newForm().meta(meta).file("a.txt", fmt.Sprint(sender, i))).text("id")
	}
	var ids []string
	for i := range 51 {
		ids = append(ids, drop("Frau Bote", i))
	}
	other := drop("Herr Anders", 0)
	path := "/inbox/" + ids[0] + "/acknowledgement"
	status, page := b.open("GET", path, nil)
	form := hidden(page)
	// The one she came from is ticked although it stands on the second page.
	if status != 200 || len(form["paper"]) != 51 || !slices.Contains(form["paper"], ids[50]) || !slices.Contains(form["paper"], ids[0]) ||
		strings.Contains(string(page), other) {
		t.Fatalf("%d: the first page: %d ticked", status, len(form["paper"]))
	}
	form.Set("go", "next")
	status, page = b.open("POST", path, form)
	form = hidden(page)
	if status != 200 || len(form["paper"]) != 51 || !strings.Contains(string(page), `value="`+ids[0]+`" checked`) {
		t.Fatalf("%d: the second page: %d ticked", status, len(form["paper"]))
	}
	form["paper"] = slices.DeleteFunc(form["paper"], func(id string) bool { return id == ids[0] })
	form.Set("go", "back")
	_, page = b.open("POST", path, form)
	form = hidden(page)
	form.Set("go", "next")
	if _, page = b.open("POST", path, form); strings.Contains(string(page), `value="`+ids[0]+`" checked`) {
		t.Error("what was taken out is ticked again")
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
		{akte + "/consignment", nil, 200, ">Gerichtstermin</textarea>"}, // to be changed
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
