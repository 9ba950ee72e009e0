package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"eakte/cmd/eakte/demo"
	"eakte/policies"
	"eakte/web/pages"
)

// Limits of what people wait for.
const (
	pageTime  = 30 * time.Millisecond  // a page, until its last byte
	imageTime = 300 * time.Millisecond // the first page of a document, from the click to the paint
)

// visitor is somebody with a session, as her browser keeps it.
type visitor struct {
	url  string
	http *http.Client
}

// signIn makes an account and signs it in.
func (s *server) signIn(name, role, department string) (*visitor, *client) {
	s.t.Helper()
	c := s.client(name, role, department)
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	p := &visitor{s.url, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	p.post(s.t, "/sign-in", url.Values{"name": {name}, "password": {"ein langes Kennwort 7"}})
	return p, c
}

// post sends a form and returns where it leads.
func (p *visitor) post(t testing.TB, path string, form url.Values) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin") // as a browser says it
	res, err := p.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		body, _ := io.ReadAll(res.Body)
		t.Fatalf("POST %s: %d: %.2000s", path, res.StatusCode, body)
	}
	return res.Header.Get("Location")
}

// open reads a page to its end and returns how long that took.
func (p *visitor) open(t testing.TB, path string) time.Duration {
	t.Helper()
	start := time.Now()
	res, err := p.http.Get(p.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.Copy(io.Discard, res.Body)
	if err != nil || res.StatusCode != http.StatusOK || body < 200 {
		t.Fatalf("GET %s: %d, %d bytes, %v", path, res.StatusCode, body, err)
	}
	return time.Since(start)
}

// furnished is a server with people and papers, and the page of each route to look at.
type furnished struct {
	server *server
	clerk  *visitor
	paths  map[string]string
	as     map[string]*visitor
}

// figurePages measures every page that there is, with so many documents as EAKTE_TEST_DOCUMENTS says
// (5,000), a tenth of them in one Akte: whole round trips over loopback.
func figurePages(t *testing.T) {
	n := 5000
	if v, err := strconv.Atoi(os.Getenv("EAKTE_TEST_DOCUMENTS")); err == nil && v > 9 {
		n = v
	}
	o := furnish(t, n)
	for _, route := range pages.Paths() {
		if slices.Contains([]string{"/held/:id", "/trail/findings/:id", "/sign-in/code"}, route) || strings.HasPrefix(route, "/deliveries/:id") {
			continue // nobody delivers here, nothing is held, nothing is unusual, and nobody has a second factor
		}
		path, ok := o.paths[route]
		if !ok {
			t.Errorf("no figure for %s", route)
			continue
		}
		who := o.as[route]
		if who == nil {
			who = o.clerk
		}
		var took []time.Duration
		var begun time.Duration
		for i := range 110 {
			if i == 10 {
				begun = spent(t, o.server.pid())
			}
			if d := who.open(t, path); i >= 10 { // the first warm up
				took = append(took, d)
			}
		}
		p95, work := percentile95(took), (spent(t, o.server.pid())-begun)/time.Duration(len(took))
		row(fmt.Sprintf("page %s, %d documents", route, n), fmt.Sprintf("p95 %.1f ms", ms(p95)),
			fmt.Sprintf("median %.1f ms, processor time %.1f ms", ms(median(took)), ms(work)),
			fmt.Sprintf("%.2f", float64(p95)/float64(pageTime)), fmt.Sprintf("≤ %v", pageTime), p95 <= pageTime)
	}
	o.server.end()
}

// furnish fills a server and finds something for every page to show.
func furnish(t *testing.T, n int) *furnished {
	t.Helper()
	s := startBuilt(t, t.TempDir(), "EAKTE_SECOND_FACTOR=none")
	o := &furnished{server: s}
	clerk, c := s.signIn("sach", "sachbearbeitung", "auslaenderbehoerde")
	admin, a := s.signIn("admin", "administration", "it")
	lead, _ := s.signIn("leitung", "leitung", "auslaenderbehoerde")
	officer, _ := s.signIn("datenschutz", "datenschutz", "datenschutz")
	o.clerk = clerk
	var akte string
	for range 10 {
		akte = fillAkte(t, c, c, n/10)
	}
	quiet(t, c.server)
	for _, who := range []*visitor{clerk, lead} {
		who.post(t, "/akten/"+akte+"/purpose", url.Values{"purpose": {"bearbeitung"}})
	}
	var got struct{ Items []struct{ ID string } }
	first := func(path string) string {
		if err := c.get(path, &got); err != nil || len(got.Items) == 0 {
			t.Fatalf("%s: %v", path, err)
		}
		return got.Items[0].ID
	}
	var head struct {
		Person       struct{ ID string }
		Aktenzeichen string
	}
	if err := c.get("/akten/"+akte, &head); err != nil {
		t.Fatal(err)
	}
	doc, item := first("/akten/"+akte+"/documents"), first("/inbox")
	var me struct{ ID string }
	if err := c.get("/me", &me); err != nil {
		t.Fatal(err)
	}
	var original struct{ ID string }
	r, err := c.send("POST", "/documents/"+doc+"/originals", "application/json", strings.NewReader(`{"thing":"Nationalpass","place":"Tresor","on":"2026-01-02"}`))
	if err != nil || r.status != http.StatusCreated || json.Unmarshal(r.body, &original) != nil {
		t.Fatalf("custody: %d %v: %s", r.status, err, r.body)
	}
	propose(t, a)
	inquiry := officer.post(t, "/inquiries", url.Values{
		"number": {head.Aktenzeichen}, "kind": {"access"}, "received_on": {"2026-01-02"}, "identity": {"measured"}, "language": {"de"},
	})
	proof := prove(t, c.server, c)
	incident := officer.post(t, "/incidents", url.Values{
		"title": {"measured"}, "what": {"measured"}, "known_since": {"2026-01-02T10:00"}, "from": {"2026-01-02T10:00"},
	})
	found := clerk.post(t, "/search", url.Values{"q": {"Vorsprache Vormittag"}})
	job := clerk.post(t, "/akten/"+akte+"/bundle", url.Values{"what": {"some"}, "document": {doc}})
	clerk.post(t, "/persons/"+head.Person.ID+"/purpose", url.Values{"purpose": {"bearbeitung"}})
	quiet(t, s)
	stranger := &visitor{s.url, &http.Client{}}
	o.as = map[string]*visitor{
		"/operations": admin, "/operations/queue": admin, "/operations/users": admin, "/operations/users/:id": admin,
		"/akten/:id/grants": lead, "/grants": lead, "/substitutes": lead, "/break-glass": lead, "/proposals": lead, "/seals": lead, "/conflicts": lead, "/retention/:id": lead, "/papers": lead, "/trail": officer, "/sign-in": stranger,
		"/rules": lead, "/rules/:number": lead, "/rules/:number/simulation": lead, "/rules/explain": officer, "/rules/processing": officer,
		"/trail/holds": officer, "/trail/proofs/:year/:seq": officer, "/inspections": officer, "/seals/deserted": officer, "/trail/persons/:id": officer, "/trail/findings": officer, "/trail/activity": officer,
		"/inquiries": officer, "/inquiries/:id": officer, "/incidents": officer, "/incidents/:id": officer,
	}
	o.paths = map[string]string{
		"/retention/:id": "/retention/" + proof,
		"/rules/:number": "/rules/2", "/rules/:number/simulation": "/rules/2/simulation",
		"/operations/users/:id": "/operations/users/" + me.ID, "/akten/:id/bundle/:job": job, "/inquiries/:id": inquiry + "?all=1", "/incidents/:id": incident,
		"/search": found, "/search/preview": strings.Replace(found, "/search?", "/search/preview?", 1) + "&d=" + doc + "&a=" + akte,
	}
	year := strconv.Itoa(time.Now().UTC().Year())
	fill := strings.NewReplacer(":year", year, ":seq", "0", ":doc", doc, ":original", original.ID, ":form", "searchable", ":group", "familie")
	for _, route := range pages.Paths() {
		if _, ok := o.paths[route]; ok {
			continue
		}
		id := akte
		switch strings.Split(route, "/")[1] {
		case "persons", "trail":
			id = head.Person.ID
		case "inbox":
			id = item
		}
		o.paths[route] = strings.ReplaceAll(fill.Replace(route), ":id", id)
	}
	return o
}

// prove has an Akte erased and returns the proof of that.
func prove(t *testing.T, s *server, c *client) string {
	t.Helper()
	decider := s.client("leitung.loeschung", "leitung", "auslaenderbehoerde")
	var person, akte struct{ ID string }
	if err := errors.Join(
		c.post("/persons", map[string]any{"names": []any{map[string]any{"family": "Gemessen", "given": "Test"}}}, &person),
		c.post("/akten", map[string]any{"person_id": person.ID, "lead_department": "auslaenderbehoerde"}, &akte),
	); err != nil {
		t.Fatal(err)
	}
	id := doom(t, c, decider, akte.ID)
	erased(t, decider, id)
	return id
}

// propose proposes rules that nobody lets come into force.
func propose(t *testing.T, c *client) {
	t.Helper()
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range set.RuleFiles() {
		if f.Name != "access/sachbearbeitung.csv" {
			continue
		}
		part, err := form.CreateFormFile("file", "sachbearbeitung.csv")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(part, "%shouse/closed,deny,sachbearbeitung,auslaenderbehoerde,wohnen,normal,exist read,*,any,any,\n", f.Data)
	}
	if err := errors.Join(form.WriteField("meta", `{"reason":"measured"}`), form.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := c.send("POST", "/policies", form.FormDataContentType(), &body)
	if err != nil || r.status != http.StatusCreated {
		t.Fatalf("proposed: %d %v: %s", r.status, err, r.body)
	}
}

// figureImage measures in a real browser how soon the first page of scanned papers is seen.
func figureImage(t *testing.T) {
	modules, err := filepath.Abs("../../.cache/npm/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("chromium-headless-shell"); err != nil || !exists(modules) {
		t.Skip("there is no browser; \"go run ./cmd/check setup\" brings what it needs")
	}
	c, akte := caseworker(t)
	var ids []string
	for _, d := range demo.Make(7).Documents {
		if !d.Scan || len(ids) == 21 {
			continue
		}
		paper, err := d.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		id, err := c.add(akte, d.FileName, bytes.NewReader(paper))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	quiet(t, c.server)
	cmd := exec.Command("node", append([]string{"../../web/ui/test/first-image.mjs", "sach", akte}, ids...)...)
	cmd.Env = append(os.Environ(), "EAKTE_TEST_URL="+c.server.url, "EAKTE_TEST_PASSWORD=ein langes Kennwort 7",
		"EAKTE_TEST_MODULES="+modules, "EAKTE_TEST_OUT="+t.TempDir())
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &said)
	}
	var took []float64
	if err := json.Unmarshal(out, &took); err != nil || len(took) != len(ids) {
		t.Fatalf("%d times of %d: %v", len(took), len(ids), err)
	}
	took = took[1:] // the first fetches styles and scripts
	p95, limit := percentile95(took), float64(imageTime/time.Millisecond)
	row(fmt.Sprintf("first page image seen in a browser, p95 of %d scans", len(took)), fmt.Sprintf("%.0f ms", p95),
		fmt.Sprintf("median %.0f ms", median(took)), fmt.Sprintf("%.2f", p95/limit), fmt.Sprintf("≤ %v", imageTime), p95 <= limit)
	c.server.end()
}
