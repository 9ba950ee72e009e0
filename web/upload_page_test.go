package web

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"eakte/acl/oracletest"
)

// uploadPages are the pages on which files are added.
func (m *matrix) uploadPages(p oracletest.Pair) map[string]pageRoute {
	sees, version := head(p), "/akten/"+m.akte+"/documents/"+m.docs[0].id+"/version"
	return map[string]pageRoute{
		"GET /inbox/upload":                      {path: "/inbox/upload", want: choose(able(p, "upload"), 200, 403)},
		"POST /inbox/upload":                     {path: "/inbox/upload", form: url.Values{}, want: choose(able(p, "upload"), 422, 403)},
		"GET /akten/:id/add":                     {path: "/akten/" + m.akte + "/add", want: choose(m.receives(p) && sees, 200, sees, 403, 404)},
		"POST /akten/:id/add":                    {path: "/akten/" + m.akte + "/add", form: url.Values{}, want: choose(m.receives(p) && sees, 422, sees, 403, 404)},
		"GET /akten/:id/documents/:doc/version":  {path: version, want: writes(200)(p, m.sees(p, m.docs[0], ""))},
		"POST /akten/:id/documents/:doc/version": {path: version, form: url.Values{}, want: writes(422)(p, m.sees(p, m.docs[0], ""))},
	}
}

// send posts a form with files from a browser without scripts.
func (b *browser) send(path string, f *form) (status int, location string, body []byte) {
	b.t.Helper()
	in, kind := f.close()
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.url+path, in)
	b.must(err)
	req.Header.Set("Cookie", b.cookie)
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Language", b.language)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Content-Type", kind)
	client := *b.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	b.must(err)
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	b.must(err)
	return res.StatusCode, res.Header.Get("Location"), body
}

// TestFormsTakeFiles adds files without scripts: to a basket, to an Akte, to a document.
func TestFormsTakeFiles(t *testing.T) {
	m := &matrix{world: newWorld(t)}
	clerk := m.pair("sachbearbeitung", "auslaenderbehoerde")
	m.akte = m.world.akte(clerk, "Beispiel", "auslaenderbehoerde")
	b := m.browse(oracletest.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"})
	field := func(f *form, name, value string) *form {
		m.must(f.w.WriteField(name, value))
		return f
	}

	basket := func() *form { return field(field(newForm(), "up_department", "poststelle"), "up_sender", "Erika") }
	if status, to, _ := b.send("/inbox/upload", basket().file("a.txt", "Eins").file("b.txt", "Zwei")); status != 303 || to != "/inbox" {
		t.Fatalf("two files for a basket: %d to %q", status, to)
	}
	if _, page := b.open("GET", "/", nil); !bytes.Contains(page, []byte("2 Dateien sind gespeichert")) {
		t.Error("the next page does not say that two files were taken")
	}
	status, _, page := b.send("/inbox/upload", basket().file("c.txt", "Drei").file("d.exe", "MZ\x00\x01"))
	if status != 422 || !bytes.Contains(page, []byte("Die Datei davor ist gespeichert")) || !bytes.Contains(page, []byte(`value="Erika"`)) {
		t.Errorf("a program behind a text: %d\n%s", status, page)
	}
	items := m.want(200, m.pair("registratur", "poststelle"), "GET", "/inbox", nil)
	if n := len(items.field("items").([]any)); n != 3 || items.text("items/0/sender") != "Erika" {
		t.Errorf("%d items: %v", n, items)
	}
	if status, _, page := b.send("/inbox/upload", field(basket(), "up_received_on", "2026-13-01").file("a.txt", "Eins")); status != 422 || !bytes.Contains(page, []byte(`href="#up_received_on"`)) {
		t.Errorf("no day: %d\n%s", status, page)
	}

	if status, _, page := b.send("/akten/"+m.akte+"/add", field(newForm(), "title", "Vertrag").file("a.txt", "Text")); status != 422 ||
		!bytes.Contains(page, []byte(`href="#type"`)) || !bytes.Contains(page, []byte(`value="Vertrag"`)) {
		t.Errorf("without a type: %d\n%s", status, page)
	}
	akte := field(field(newForm(), "type", "arbeitsvertrag"), "title", "Vertrag").file("a.txt", "Text")
	if status, to, page := b.send("/akten/"+m.akte+"/add", akte); status != 303 || to != "/akten/"+m.akte {
		t.Fatalf("a document: %d to %q\n%s", status, to, page)
	}
	doc := m.want(200, clerk, "GET", "/akten/"+m.akte+"/documents", nil, purpose).text("items/0/id")
	if status, _, page := b.send("/akten/"+m.akte+"/documents/"+doc+"/version", newForm().part("file", "", "")); status != 422 || !bytes.Contains(page, []byte(`id="file-fault"`)) {
		t.Errorf("no file chosen: %d\n%s", status, page)
	}
	if status, to, _ := b.send("/akten/"+m.akte+"/documents/"+doc+"/version", newForm().file("b.txt", "Neu")); status != 303 || !strings.HasSuffix(to, doc) {
		t.Errorf("a version: %d to %q", status, to)
	}
	if got := m.want(200, clerk, "GET", "/documents/"+doc, nil, purpose); got.text("title") != "Vertrag" || len(got.field("versions").([]any)) != 2 {
		t.Errorf("document: %v", got)
	}
}
