package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"eakte/acl/oracletest"
	"eakte/archive"
)

// browsePair opens a session for a pair of a world without a matrix.
func browsePair(w *world, akte, role, department string) *browser {
	m := &matrix{world: w, akte: akte}
	return m.browse(oracletest.Pair{Role: role, Department: department})
}

// ask posts a search and opens the answer; it returns where that is.
func (b *browser) ask(form url.Values) (path, page string) {
	b.t.Helper()
	path = b.post(form)
	status, body := b.open("GET", path, nil)
	if status != 200 {
		b.t.Fatalf("GET %s: %d", path, status)
	}
	return path, string(body)
}

// post posts a search and returns where its answer is.
func (b *browser) post(form url.Values) string {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.url+"/search", strings.NewReader(form.Encode()))
	b.must(err)
	req.Header.Set("Cookie", b.cookie)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Accept", "text/html")
	client := *b.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	b.must(err)
	b.must(res.Body.Close())
	if res.StatusCode != 303 {
		b.t.Fatalf("search %v: %d", form, res.StatusCode)
	}
	return res.Header.Get("Location")
}

// TestSearchPage searches as people do: a word, a filter, away with it, a document, a saved search.
func TestSearchPage(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	contract := w.document(clerk, akte, "arbeitsvertrag", "Ein Zahnrad\fund zwei Zahnräder")
	w.document(clerk, akte, "reisepass", "Pass mit Zahnrad")
	w.settle()
	b := browsePair(w, akte, "sachbearbeitung", "auslaenderbehoerde")

	path, page := b.ask(url.Values{"q": {"zahnräder"}})
	if strings.Contains(strings.ToLower(path), "zahn") || len(path) > 40 {
		t.Errorf("the words stand in the address: %s", path)
	}
	has(t, page, "2 Dokumente", "<mark>Zahnrad</mark>", "<mark>Zahnräder</mark>", `id="f-type-arbeitsvertrag"`, `id="f-type-reisepass"`, "page=2")
	again, _ := b.ask(url.Values{"q": {"zahnräder"}})
	if again != path {
		t.Errorf("the same search is kept twice: %s and %s", path, again)
	}

	_, page = b.ask(url.Values{"q": {"zahnrad"}, "type": {"arbeitsvertrag"}})
	has(t, page, "1 Dokument", `value="type:arbeitsvertrag"`)
	if first := regexp.MustCompile(`(?s)<form id="search".*?<button ([^>]*)>`).FindStringSubmatch(page); first == nil || first[1] != `type="submit"` {
		t.Errorf("Enter in the box presses a button that changes filters: %q", first)
	}
	if n := count(page, "f-type-reisepass"); n != "1" {
		t.Errorf("beside the chosen type the other one counts %q, want 1", n)
	}
	_, page = b.ask(url.Values{"q": {"zahnrad"}, "type": {"arbeitsvertrag"}, "drop": {"type:arbeitsvertrag"}})
	has(t, page, "2 Dokumente")
	_, page = b.ask(url.Values{"q": {"zahnrad"}, "span": {"1990-01-01/1999-12-31"}})
	has(t, page, "0 Dokumente", "01.01.1990 – 31.12.1999", "Alle Filter entfernen")
	_, page = b.ask(url.Values{"q": {"Beispiel"}})
	has(t, page, "1 Person", "<mark>Beispiel</mark>", "/akten/"+akte)
	if strings.Contains(page, "Tippfehler?") {
		t.Error("the name as typed is said to be a slip")
	}
	_, page = b.ask(url.Values{"q": {"Beisqiel"}})
	has(t, page, "1 Person", "<mark>Beispiel</mark>", "Tippfehler?")

	preview := strings.Replace(path, "/search?", "/search/preview?", 1) + "&d=" + contract + "&a=" + akte + "&page=2"
	status, body := b.open("GET", preview, nil)
	if status != 200 {
		t.Fatalf("preview: %d", status)
	}
	has(t, string(body), `data-base="/api/v1/documents/`+contract, `data-open="2"`, `value="zahnräder"`, "/akten/"+akte+"/documents/"+contract)

	if status, _ = b.open("POST", "/search/save", url.Values{"s": {id(path)}, "name": {"Räder"}}); status != 303 {
		t.Errorf("save: %d", status)
	}
	if status, _ = b.open("POST", "/search/save", url.Values{"s": {id(path)}, "name": {""}}); status != 422 {
		t.Errorf("save without a name: %d", status)
	}
	_, body = b.open("GET", "/search", nil)
	saved := regexp.MustCompile(`name="saved" value="([^"]+)"`).FindSubmatch(body)
	if saved == nil {
		t.Fatal("the saved search isn't listed")
	}
	if again, _ := b.ask(url.Values{"saved": {string(saved[1])}}); again != path {
		t.Errorf("the saved search leads to %s, want %s", again, path)
	}
	if status, _ = b.open("POST", "/search/forget", url.Values{"saved": {string(saved[1])}}); status != 303 {
		t.Errorf("forget: %d", status)
	}
}

// TestSearchPageFaults asks what can't be answered; the words stay in the box.
func TestSearchPageFaults(t *testing.T) {
	w := newWorld(t)
	w.pair("sachbearbeitung", "auslaenderbehoerde")
	b := browsePair(w, string(archive.NewID[archive.AkteID]()), "sachbearbeitung", "auslaenderbehoerde")
	status, body := b.open("POST", "/search", url.Values{"q": {"Rad"}, "date_from": {"gestern"}})
	if status != 422 {
		t.Errorf("a day that is none: %d", status)
	}
	has(t, string(body), `value="Rad"`, `role="alert"`)
	if status, _ = b.open("POST", "/search", url.Values{"q": {"Rad"}, "type": {strings.Repeat("x", 20_000)}}); status != 422 {
		t.Errorf("more than a session should keep: %d", status)
	}
	many := url.Values{}
	for i := range 11_000 {
		many.Set("type"+strconv.Itoa(i), "x")
	}
	if status, _ = b.open("POST", "/search", many); status != 422 {
		t.Errorf("too many fields: %d", status)
	}
	long := b.post(url.Values{"q": {strings.Repeat("Rad ", 300)}})
	if status, body = b.open("GET", long, nil); status != 200 {
		t.Fatalf("too many words: %d", status)
	}
	has(t, string(body), `value="Rad Rad`, "Gesucht wurde nur nach den ersten 30", "Gesucht wurde nach: „\u2068Rad")
	_, huge := b.ask(url.Values{"q": {strings.Repeat("Zahnarzt", 100_000)}})
	has(t, huge, "Gesucht wurde nur nach dem Anfang", "Gesucht wurde nach: „\u2068Zahnarzt")
	if status, body = b.open("POST", "/search", url.Values{"q": {strings.Repeat("Rad ", 5<<18)}}); status != 413 {
		t.Errorf("five megabytes: %d", status)
	}
	has(t, string(body), "Zu groß")
	open := b.post(url.Values{"q": {`"Rad`}})
	if status, body = b.open("GET", open, nil); status != 200 {
		t.Fatalf("open phrase: %d", status)
	}
	has(t, string(body), `value="&#34;Rad"`, "Ein Anführungszeichen ist nicht geschlossen", "Gesucht wurde nach: nebeneinander")
	_, page := b.ask(url.Values{"q": {"- !"}})
	has(t, page, "Satzzeichen allein")
	_, page = b.ask(url.Values{"q": {"der Zahn*"}})
	has(t, page, "„der“", "„\u2068Zahn*\u2069“")
	status, body = b.open("GET", "/search?s=vergessen", nil)
	if status != 200 {
		t.Errorf("a search that isn't kept: %d", status)
	}
	has(t, string(body), "nicht mehr gemerkt")
	for range 30 {
		b.post(url.Values{"q": {string(archive.NewID[archive.AkteID]())}})
	}
	_, body = b.open("GET", open, nil)
	has(t, string(body), "nicht mehr gemerkt")
}

func has(t *testing.T, page string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// count reads the number beside a filter.
func count(page, id string) string {
	m := regexp.MustCompile(`id="` + id + `".*?numeric muted">([^<]*)<`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return m[1]
}

// id is that of the search in an address.
func id(path string) string { return strings.TrimPrefix(path, "/search?s=") }
