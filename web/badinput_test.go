package web

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"eakte/acl"
)

// canary stands for personal data: no answer and no line of the log may repeat it.
const canary = "Kanarienvogel"

// isProblem expects a problem of a kind, in a language, that repeats nothing.
func isProblem(t *testing.T, r reply, status int, kind, language string) {
	t.Helper()
	title := kindOf(kind).title.in(language)
	switch {
	case r.status != status || !strings.HasSuffix(r.text("type"), "/"+kind):
		t.Errorf("got %v, want %d %s", r, status, kind)
	case r.header.Get("Content-Type") != "application/problem+json":
		t.Errorf("content type %q", r.header.Get("Content-Type"))
	case r.text("title") != title || r.text("detail") == "" || r.text("instance") != r.header.Get("Eakte-Correlation"):
		t.Errorf("got %v, want the title %q", r, title)
	case r.field("status") != float64(status):
		t.Errorf("status inside is %v", r.field("status"))
	}
	if strings.Contains(strings.ToLower(string(r.body)), strings.ToLower(canary)) {
		t.Errorf("the answer repeats what was sent: %v", r)
	}
}

func TestBadInput(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	doc := w.document(clerk, akte, "arbeitsvertrag", "Text")
	documents := "/akten/" + akte + "/documents"
	meta := map[string]any{"type": "arbeitsvertrag", "title": canary}
	deep := strings.Repeat(`{"names":[`, 5000) + strings.Repeat("]}", 5000)
	manyParts := func(n int) *form {
		f := newForm()
		for range n {
			f.part("x"+canary, canary, "x")
		}
		return f
	}
	manyMeta := newForm().meta(meta).meta(meta).file("a.txt", "x")
	for _, tt := range []struct {
		name, method, path string
		body               any
		headers            []string
		status             int
		kind, field        string
	}{
		{"empty file", "POST", documents, newForm().meta(meta).file(canary+".txt", ""), nil, 422, "empty", ""},
		{"wrong extension", "POST", documents, newForm().meta(meta).file(canary+".pdf", "plain text"), nil, 415, "mismatch", ""},
		{"drawing", "POST", documents, newForm().meta(meta).file(canary+".svg", `<svg xmlns="http://www.w3.org/2000/svg"></svg>`), nil, 415, "unsupported", ""},
		{"program", "POST", documents, newForm().meta(meta).file(canary+".txt", "#!/bin/sh\n"+canary), nil, 415, "dangerous", ""},
		{"unknown Akte", "POST", "/akten/01a2006b-0000-7d51-baa5-000000000000/documents", newForm().meta(meta).file("a.txt", "x"), nil, 404, "not-found", ""},
		{"an Akte that is no id", "GET", "/akten/" + canary, nil, nil, 404, "not-found", ""},
		{"missing purpose", "GET", "/documents/" + doc + "/text", nil, []string{"Eakte-Purpose: "}, 422, "purpose-required", ""},
		{"a purpose that is none", "GET", "/documents/" + doc, nil, []string{"Eakte-Purpose: " + canary}, 422, "purpose-required", ""},
		{"a case that is none", "GET", "/documents/" + doc, nil, []string{"Eakte-Purpose: case:" + canary}, 422, "purpose-required", ""},
		{"upload without purpose", "POST", documents, newForm().meta(meta).file("a.txt", "x"), []string{"Eakte-Purpose: "}, 422, "purpose-required", ""},
		{"10,000 parts", "POST", documents, manyParts(10000), nil, 422, "invalid", "unknown_part"},
		{"file twice", "POST", documents, newForm().file("a.txt", "x").file("b.txt", "y"), nil, 422, "invalid", "/file duplicate"},
		{"meta twice", "POST", documents, manyMeta, nil, 422, "invalid", "/meta duplicate"},
		{"no file", "POST", documents, newForm().meta(meta), nil, 422, "invalid", "/file required"},
		{"no meta", "POST", documents, newForm().file("a.txt", "x"), nil, 422, "invalid", "/meta required"},
		{"meta that is no JSON", "POST", documents, newForm().meta("{"+canary).file("a.txt", "x"), nil, 400, "malformed", ""},
		{"meta in invalid UTF-8", "POST", documents, newForm().meta("{\"type\":\""+canary+"\xff\"}").file("a.txt", "x"), nil, 400, "malformed", ""},
		{"huge meta", "POST", documents, newForm().meta(`{"type":"`+strings.Repeat(canary, 10000)+`"}`).file("a.txt", "x"), nil, 413, "too-large", ""},
		{"meta with an unknown field", "POST", documents, newForm().meta(map[string]any{"type": "arbeitsvertrag", canary: 1}).file("a.txt", "x"), nil, 422, "invalid", " unknown_field"},
		{"unknown type", "POST", documents, newForm().meta(map[string]any{"type": canary}).file("a.txt", "x"), nil, 422, "invalid", "/type unknown"},
		{"title with a line break", "POST", documents, newForm().meta(map[string]any{"type": "arbeitsvertrag", "title": canary + "\n" + canary}).file("a.txt", "x"), nil, 422, "invalid", "/title characters"},
		{"upload that is no multipart", "POST", documents, `{}`, nil, 415, "media-type", ""},
		{"upload without a boundary", "POST", documents, []byte("x"), []string{"Content-Type: multipart/form-data"}, 400, "malformed-multipart", ""},
		{"multipart that is none", "POST", documents, []byte(canary), []string{"Content-Type: multipart/form-data; boundary=x"}, 422, "truncated", ""},
		{"multipart with a broken header", "POST", documents, []byte("--x\r\n" + canary + "\r\n\r\n--x--\r\n"), []string{"Content-Type: multipart/form-data; boundary=x"}, 400, "malformed-multipart", ""},
		{"file over the limit", "POST", documents, newForm().meta(meta).file("a.txt", strings.Repeat("x", 8<<20+1)), nil, 413, "too-large", ""},

		{"huge JSON", "POST", "/persons", `{"names":[{"family":"` + strings.Repeat(canary, 100000) + `"}]}`, nil, 413, "too-large", ""},
		{"deep JSON", "POST", "/persons", deep, nil, 400, "malformed", ""},
		{"no JSON", "POST", "/persons", `{"names":[{"family":"` + canary, nil, 400, "malformed", ""},
		{"two JSONs", "POST", "/persons", `{} {"` + canary + `":1}`, nil, 400, "malformed", ""},
		{"invalid UTF-8", "POST", "/persons", "{\"names\":[{\"family\":\"" + canary + "\xff\"}]}", nil, 400, "malformed", ""},
		{"no body", "POST", "/persons", nil, nil, 422, "invalid", " required"},
		{"form instead of JSON", "POST", "/persons", []byte("family=" + canary), []string{"Content-Type: application/x-www-form-urlencoded"}, 415, "media-type", ""},
		{"unknown field", "POST", "/persons", `{"names":[{"family":"Muster","` + canary + `":1}]}`, nil, 422, "invalid", "/names/0 unknown_field"},
		{"unknown field with a dot in it", "POST", "/search", `{"` + canary + `.` + canary + `":1,"limit":"x"}`, nil, 422, "invalid", "/limit type"},
		{"wrong type", "POST", "/persons", `{"names":"` + canary + `"}`, nil, 422, "invalid", "/names type"},
		{"name with a line break", "POST", "/persons", `{"names":[{"family":"` + canary + `\n","given":"a\nb"}]}`, nil, 422, "invalid", "/names/0/family characters"},
		{"impossible birth date", "POST", "/persons", `{"names":[{"family":"Muster"}],"birth_date":"` + canary + `"}`, nil, 422, "invalid", "/birth_date format"},
		{"bad cursor", "GET", documents + "?cursor=" + canary, nil, nil, 422, "invalid", "/cursor cursor"},
		{"bad cursor of Akten", "GET", "/akten?cursor=" + canary, nil, nil, 422, "invalid", "/cursor cursor"},
		{"bad cursor of a search", "POST", "/search", `{"q":"x","cursor":"` + canary + `"}`, nil, 422, "invalid", "/cursor cursor"},
		{"bad day of a search", "POST", "/search", `{"filters":{"date_from":"` + canary + `"}}`, nil, 422, "invalid", "/filters/date_from format"},
		{"bad order of a search", "POST", "/search", `{"sort":"` + canary + `"}`, nil, 422, "invalid", "/sort unknown"},
		{"bad limit", "GET", documents + "?limit=" + canary, nil, nil, 422, "invalid", "/limit format"},
		{"limit of nothing", "GET", documents + "?limit=0", nil, nil, 422, "invalid", "/limit minimum"},
		{"bad version", "GET", "/documents/" + doc + "/text?version=" + canary, nil, nil, 422, "invalid", "/version format"},
		{"bad width", "GET", "/documents/" + doc + "/pages/1/image?width=0", nil, nil, 422, "invalid", "/width minimum"},
		{"bad page", "GET", "/documents/" + doc + "/pages/" + canary + "/image", nil, nil, 404, "not-found", ""},
		{"bad Idempotency-Key", "POST", "/persons", `{"names":[{"family":"Muster"}]}`, []string{"Idempotency-Key: " + canary + " " + canary}, 422, "invalid", "/Idempotency-Key format"},
		{"unknown person of an Akte", "POST", "/akten", `{"person_id":"` + canary + `","lead_department":"auslaenderbehoerde"}`, nil, 422, "invalid", "/person_id unknown"},
		{"unknown path", "GET", "/" + canary, nil, nil, 404, "not-found", ""},
		{"unused method", "PUT", "/persons", `{}`, nil, 405, "method-not-allowed", ""},
		{"unused method of originals", "DELETE", "/documents/" + doc + "/original", nil, nil, 405, "method-not-allowed", ""},
	} {
		for _, language := range []string{german, english} {
			t.Run(tt.name+" "+language, func(t *testing.T) {
				headers := append([]string{purpose, "Accept-Language: " + map[string]string{german: "de-DE,en;q=0.5", english: "en-GB,de;q=0.3"}[language]}, tt.headers...)
				r := w.call(clerk, tt.method, tt.path, tt.body, headers...)
				isProblem(t, r, tt.status, tt.kind, language)
				if f := fields(r); tt.field != "" && !strings.Contains(f, tt.field) {
					t.Errorf("errors are %q, want %q", f, tt.field)
				}
			})
		}
	}
	if strings.Contains(w.log.String(), canary) {
		t.Error("the log repeats what was sent")
	}
	if list := w.want(200, clerk, "GET", documents, nil, purpose); len(list.field("items").([]any)) != 1 {
		t.Errorf("a refused upload left something: %v", list)
	}
}

// fields are the errors of a problem, "pointer code" each.
func fields(r reply) string {
	var out []string
	list, _ := r.field("errors").([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		out = append(out, fmt.Sprint(m["pointer"], " ", m["code"]))
		if m["message"] == "" {
			out = append(out, "no message")
		}
	}
	return strings.Join(out, "; ")
}

// TestNameIsCleaned sends names that are none and looks at how they come back.
func TestNameIsCleaned(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	for _, tt := range []struct{ name, header, want string }{
		{"path", `filename="../../etc/passwd.txt"`, `attachment; filename="passwd.txt"; filename*=UTF-8''passwd.txt`},
		{"windows path", `filename="C:\\Akten\\brief.txt"`, `attachment; filename="brief.txt"; filename*=UTF-8''brief.txt`},
		{"line break", `filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x.txt`, `attachment; filename="aSet-Cookie_ x.txt"; filename*=UTF-8''aSet-Cookie_%20x.txt`},
		{"umlauts and quotes", `filename*=UTF-8''Gr%C3%BC%C3%9Fe%22%25.txt`, `attachment; filename="Gr__e__.txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe_%25.txt`},
		{"no name", `x=y`, `attachment; filename="datei.txt"; filename*=UTF-8''datei.txt`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := "--x\r\nContent-Disposition: form-data; name=\"file\"; " + tt.header + "\r\n\r\nText\r\n" +
				"--x\r\nContent-Disposition: form-data; name=\"meta\"\r\n\r\n{\"type\":\"arbeitsvertrag\"}\r\n--x--\r\n"
			made := w.want(201, clerk, "POST", "/akten/"+akte+"/documents", []byte(body), purpose, "Content-Type: multipart/form-data; boundary=x")
			got := w.want(200, clerk, "GET", "/documents/"+made.text("id")+"/original", nil, purpose).header.Get("Content-Disposition")
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// rawRequest writes a request by hand and reads the answer.
func rawRequest(t *testing.T, w *world, head string, body func(net.Conn)) reply {
	t.Helper()
	u, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, strings.ReplaceAll(head, "\n", "\r\n")+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if body != nil {
		go body(conn)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, data}
}

func TestBodies(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *acl.Config) { c.SlowBody = 300 * time.Millisecond })
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	stranger := w.pair("gesundheit", "gesundheit")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	head := func(who string, length int) string {
		return fmt.Sprintf("POST %s/akten/%s/documents HTTP/1.1\nHost: x\nEakte-Purpose: bearbeitung\nAccept-Language: en\nAuthorization: Bearer %s\nContent-Type: multipart/form-data; boundary=x\nContent-Length: %d",
			base, akte, w.tokens[who], length)
	}
	part := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + canary + ".txt\"\r\n\r\n"
	t.Run("10 GB", func(t *testing.T) {
		r := rawRequest(t, w, head(clerk, 10<<30), nil)
		isProblem(t, r, 413, "too-large", english)
		if r.field("limit") != float64(8<<20) {
			t.Errorf("%v %v", r.header, r)
		}
	})
	t.Run("10 GB of who may not send at all", func(t *testing.T) {
		isProblem(t, rawRequest(t, w, head(stranger, 10<<30), nil), 404, "not-found", english)
	})
	t.Run("10 GB in chunks", func(t *testing.T) {
		chunked := strings.Replace(head(clerk, 0), "Content-Length: 0", "Transfer-Encoding: chunked", 1)
		r := rawRequest(t, w, chunked, func(conn net.Conn) {
			block := bytes.Repeat([]byte("x"), 1<<20)
			fmt.Fprintf(conn, "%x\r\n%s\r\n", len(part), part)
			for range 10 << 10 {
				if _, err := fmt.Fprintf(conn, "%x\r\n%s\r\n", len(block), block); err != nil {
					return
				}
			}
		})
		isProblem(t, r, 413, "too-large", english)
	})
	t.Run("slow body", func(t *testing.T) {
		began := time.Now()
		r := rawRequest(t, w, head(clerk, 1<<20), func(conn net.Conn) {
			_, _ = io.WriteString(conn, part)
			for range 100 {
				time.Sleep(50 * time.Millisecond)
				if _, err := io.WriteString(conn, "x"); err != nil {
					return
				}
			}
		})
		isProblem(t, r, 408, "slow-body", english)
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("cut off after %v", took)
		}
	})
	t.Run("slow JSON", func(t *testing.T) {
		r := rawRequest(t, w, fmt.Sprintf("POST %s/persons HTTP/1.1\nHost: x\nAccept-Language: en\nAuthorization: Bearer %s\nContent-Type: application/json\nContent-Length: 100", base, w.tokens[clerk]), nil)
		isProblem(t, r, 408, "slow-body", english)
	})
	t.Run("a pause within the budget", func(t *testing.T) {
		whole := part + "Text\r\n--x\r\nContent-Disposition: form-data; name=\"meta\"\r\n\r\n{\"type\":\"arbeitsvertrag\"}\r\n--x--\r\n"
		r := rawRequest(t, w, head(clerk, len(whole)), func(conn net.Conn) {
			_, _ = io.WriteString(conn, whole[:50])
			time.Sleep(100 * time.Millisecond)
			_, _ = io.WriteString(conn, whole[50:])
		})
		if r.status != 201 {
			t.Errorf("got %v", r)
		}
	})
	t.Run("truncated inside the file", func(t *testing.T) {
		isProblem(t, rawRequest(t, w, head(clerk, len(part)+4), func(conn net.Conn) { _, _ = io.WriteString(conn, part+"Text") }), 422, "truncated", english)
	})
	t.Run("truncated behind the file", func(t *testing.T) {
		whole := part + "Text\r\n--x\r\n"
		isProblem(t, rawRequest(t, w, head(clerk, len(whole)), func(conn net.Conn) { _, _ = io.WriteString(conn, whole) }), 422, "truncated", english)
	})
	if strings.Contains(w.log.String(), canary) {
		t.Error("the log repeats what was sent")
	}
	if list := w.want(200, clerk, "GET", "/akten/"+akte+"/documents", nil, purpose); len(list.field("items").([]any)) != 1 {
		t.Errorf("a broken upload left something: %v", list)
	}
}

// TestLongIDIsNotFound asks for something under a name that is too long for any.
func TestLongIDIsNotFound(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	isProblem(t, w.call(clerk, "GET", "/documents/"+strings.Repeat("a", 2000), nil, purpose), 404, "not-found", german)
}
