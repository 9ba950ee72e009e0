package web

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"eakte/acl/oracletest"
	"eakte/archive"
	"eakte/archive/audit"
)

// matrix is one Akte in which every department takes part, with a document for every register,
// classification and bringing department, and a basket item for every department.
type matrix struct {
	*world
	akte, person string
	docs         []matrixDoc
	items        map[string][2]string // by department: item and job
	spare        map[string][2]string // by department: items that are claimed, and taken up
	cases        []matrixCase
	closed       []matrixCase // those that are closed already
	upload       string       // one that somebody else began
}

type matrixDoc struct{ id, job, register, classification, broughtBy string }

type matrixCase struct{ id, procedure string }

// seen is what the oracle says of a pair and a document.
type seen struct{ read, exist, write, disclose bool }

// nowhere is an id that names nothing.
const nowhere = "01a2006b-0000-7d51-baa5-000000000000"

func newMatrix(t *testing.T) *matrix {
	m := &matrix{world: newWorld(t), items: map[string][2]string{}, spare: map[string][2]string{}}
	clerk := m.pair("sachbearbeitung", "auslaenderbehoerde")
	m.akte = m.world.akte(clerk, "Beispiel", "auslaenderbehoerde", oracletest.Departments()[1:]...)
	m.person = m.want(200, clerk, "GET", "/akten/"+m.akte, nil, purpose).text("person_id")
	// Cases of as few procedures as touch every register that any procedure touches.
	touched := map[string]bool{}
	for _, p := range m.set.Procedures() {
		fresh := slices.ContainsFunc(p.Registers, func(r string) bool { return !touched[r] })
		if !fresh {
			continue
		}
		for _, r := range p.Registers {
			touched[r] = true
		}
		m.cases = append(m.cases, matrixCase{m.plantCase(p.Key, "open"), p.Key})
		m.closed = append(m.closed, matrixCase{m.plantCase(p.Key, "closed"), p.Key})
	}
	for _, r := range oracletest.Registers() {
		for _, c := range oracletest.Classifications() {
			for _, dep := range oracletest.Departments() {
				m.docs = append(m.docs, matrixDoc{register: r, classification: c, broughtBy: dep})
			}
		}
	}
	for i := range m.docs {
		m.docs[i] = m.plant(m.akte, m.docs[i], fmt.Sprintf("Gemeinsam wort%04d", i), m.now())
	}
	for _, dep := range oracletest.Departments() {
		if !worked(dep) {
			continue
		}
		m.account("dienst.for."+dep, archive.Pair{Role: "dienst", Department: dep})
		item := m.want(201, "dienst.for."+dep, "POST", "/inbox", newForm().file("a.txt", "Eingang "+dep))
		m.items[dep] = [2]string{item.text("id"), item.text("job_id")}
		drop := func() string {
			return m.want(201, "dienst.for."+dep, "POST", "/inbox", newForm().file("a.txt", "Eingang "+dep)).text("id")
		}
		m.spare[dep] = [2]string{drop(), drop()}
	}
	m.account("elsewhere", archive.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"})
	m.upload = m.begin("elsewhere", 4)
	m.settle()
	return m
}

// worked says whether a department has a basket: whether any pair of it works one.
func worked(department string) bool {
	return slices.ContainsFunc(oracletest.Pairs(), func(p oracletest.Pair) bool { return p.Department == department && able(p, "inbox") })
}

// plantCase opens a case past all rights and returns its id.
func (m *matrix) plantCase(procedure, state string) string {
	c := archive.Case{
		ID: archive.NewID[archive.CaseID](), Akte: archive.AkteID(m.akte), Procedure: procedure, State: state, Created: m.now().UTC(), Revision: 1,
	}
	m.must(m.store.Update(m.t.Context(), func(tx archive.Tx) error {
		if err := tx.PutCase(c); err != nil {
			return err
		}
		return tx.Record(audit.Event{Time: m.now(), Actor: audit.System(), Op: audit.OpCaseCreate, Object: "case/" + string(c.ID), Akten: []string{m.akte}, Result: audit.Allow})
	}))
	return string(c.ID)
}

// sees asks the oracle. procedure is that of the case stated as purpose, if any.
func (m *matrix) sees(p oracletest.Pair, d matrixDoc, procedure string) seen {
	may := func(action string) bool {
		return oracletest.May(p.Role, p.Department, d.register, d.classification, action,
			m.set.CaseTouches(procedure, d.register), d.broughtBy == p.Department)
	}
	return seen{may("read"), may("exist"), may("write"), may("disclose")}
}

// able asks the oracle about what concerns no register.
func able(p oracletest.Pair, action string) bool {
	return oracletest.May(p.Role, p.Department, "", "", action, false, false)
}

// head says whether the pair may see the head of the Akte: whether there is anything in it that it
// might, under some circumstances, know of.
func head(p oracletest.Pair) bool {
	return slices.ContainsFunc(oracletest.Registers(), func(register string) bool { return knows(p, register) })
}

// knows says whether there is anything in the register that the pair might, under some circumstances,
// know of.
func knows(p oracletest.Pair, register string) bool {
	for _, c := range oracletest.Classifications() {
		for _, action := range []string{"read", "exist"} {
			if oracletest.May(p.Role, p.Department, register, c, action, true, true) {
				return true
			}
		}
	}
	return false
}

// touches says whether there is, in every register that the procedure touches, anything that the pair
// might know of: the name of a procedure tells what lies there.
func (m *matrix) touches(p oracletest.Pair, procedure string) bool {
	for _, r := range oracletest.Registers() {
		if m.set.CaseTouches(procedure, r) && !knows(p, r) {
			return false
		}
	}
	return true
}

// adds says whether the pair may bring a paper of its own into the register.
func adds(p oracletest.Pair, register, classification string) bool {
	return oracletest.May(p.Role, p.Department, register, classification, "write", false, true) ||
		oracletest.May(p.Role, p.Department, register, classification, "file", false, true)
}

// writesAny says whether the pair may work in any register, with what its department brought in at least.
func writesAny(p oracletest.Pair) bool {
	return slices.ContainsFunc(oracletest.Registers(), func(register string) bool {
		return slices.ContainsFunc(oracletest.Classifications(), func(c string) bool {
			return oracletest.May(p.Role, p.Department, register, c, "write", false, true)
		})
	})
}

// receives says whether the pair may bring a paper of its own into any register.
func (m *matrix) receives(p oracletest.Pair) bool {
	for _, r := range oracletest.Registers() {
		for _, c := range oracletest.Classifications() {
			if adds(p, r, c) {
				return true
			}
		}
	}
	return false
}

// choose returns the first status whose condition holds.
func choose(pairs ...any) int {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i].(bool) {
			return pairs[i+1].(int)
		}
	}
	return pairs[len(pairs)-1].(int)
}

// ask sends a request past the network.
func (m *matrix) ask(p oracletest.Pair, method, path string, body any, headers ...string) reply {
	var in io.Reader = http.NoBody
	kind := ""
	switch b := body.(type) {
	case string:
		in, kind = strings.NewReader(b), "application/json"
	case *form:
		in, kind = b.close()
	}
	req := httptest.NewRequest(method, base+path, in)
	req.Header.Set("Authorization", "Bearer "+m.tokens[p.Role+"."+p.Department])
	req.Header.Set("Eakte-Purpose", "bearbeitung")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	rec := httptest.NewRecorder()
	m.server.Handler().ServeHTTP(rec, req)
	return reply{rec.Code, rec.Header(), rec.Body.Bytes()}
}

// documentRoute is a route on a document: how it is asked without changing anything, and what status
// it must have.
type documentRoute struct {
	path, body string
	headers    []string
	form       bool
	want       func(p oracletest.Pair, s seen) int
}

// reads is what a route that shows a document answers.
func reads(ok int) func(oracletest.Pair, seen) int {
	return func(_ oracletest.Pair, s seen) int { return choose(s.read, ok, s.exist, 403, 404) }
}

// writes is what a route that changes a document answers, where ok stands for a refusal that only
// comes to who may.
func writes(ok int) func(oracletest.Pair, seen) int {
	return func(_ oracletest.Pair, s seen) int { return choose(s.write, ok, s.read || s.exist, 403, 404) }
}

func documentRoutes() map[string]documentRoute {
	doc := "/documents/:id"
	routes := map[string]documentRoute{
		"GET " + doc:                     {path: doc, want: reads(200)},
		"GET " + doc + "/original":       {path: doc + "/original", want: reads(206), headers: []string{"Range: bytes=0-3"}},
		"HEAD " + doc + "/original":      {path: doc + "/original", want: reads(200)},
		"GET " + doc + "/copies/:form":   {path: doc + "/copies/searchable", want: func(oracletest.Pair, seen) int { return 200 }}, // none is being made, whatever there is
		"GET " + doc + "/searchable.pdf": {path: doc + "/searchable.pdf", want: reads(501)},                                        // none is made here
		"GET " + doc + "/archival.pdf":   {path: doc + "/archival.pdf", want: reads(501)},
		"GET " + doc + "/text":           {path: doc + "/text", want: reads(200)},
		"GET " + doc + "/pages/:n/image": {path: doc + "/pages/1/image", want: reads(200)},
		"GET " + doc + "/pages/:n/words": {path: doc + "/pages/1/words", want: reads(200)},
		"PATCH " + doc:                   {path: doc, body: `{"title":"Neu"}`, headers: []string{`If-Match: "999"`}, want: writes(412)},
		"GET " + doc + "/alike":          {path: doc + "/alike", want: reads(200)},
		"GET " + doc + "/seal":           {path: doc + "/seal", want: reads(200)},
		"POST " + doc + "/erasure":       {path: doc + "/erasure", body: `{"rule":"R-NONE","because":"x"}`, want: writes(422)},
		"GET " + doc + "/seal/readers": {path: doc + "/seal/readers", want: func(p oracletest.Pair, _ seen) int {
			return choose(able(p, "trail.read"), 404, 403)
		}},
		"POST " + doc + "/seal/readers": {path: doc + "/seal/readers", body: `{"readers":[],"because":"x"}`, want: func(p oracletest.Pair, _ seen) int {
			return choose(able(p, "trail.read"), 404, 403)
		}},
		"POST " + doc + "/seal":      {path: doc + "/seal", body: `{"what":"lift","because":"x"}`, want: writes(409)},
		"GET " + doc + "/enclosures": {path: doc + "/enclosures", want: reads(200)},
		"POST " + doc + "/disclose": {path: doc + "/disclose", body: `{"recipient":"Gericht"}`, want: func(_ oracletest.Pair, s seen) int {
			return choose(s.read && s.disclose, 200, s.read || s.exist, 403, 404)
		}},
		"POST " + doc + "/hits":       {path: doc + "/hits", body: `{"q":"Gemeinsam"}`, want: reads(200)},
		"POST " + doc + "/unlock":     {path: doc + "/unlock", body: `{"password":"x"}`, want: writes(409)},
		"POST " + doc + "/move":       {path: doc + "/move", body: `{"reason":"x"}`, headers: []string{`If-Match: "999"`}, want: writes(412)},
		"POST " + doc + "/quarantine": {path: doc + "/quarantine", body: `{"word":"ask","reason":"x"}`, want: writes(409)},
		"POST " + doc + "/recognise":  {path: doc + "/recognise", body: `{"language":""}`, want: writes(409)},
		"POST " + doc + "/versions":   {path: doc + "/versions", form: true, want: writes(422)},
		"GET /jobs/:id":               {path: "/jobs/:job", want: func(p oracletest.Pair, s seen) int { return choose(s.read || able(p, "operate"), 200, 404) }},
		"DELETE /jobs/:id":            {path: "/jobs/:job", want: func(p oracletest.Pair, s seen) int { return choose(s.read || able(p, "operate"), 403, 404) }},
		"POST /jobs/:id/retry": {path: "/jobs/:job/retry", want: func(p oracletest.Pair, s seen) int {
			return choose(able(p, "operate"), 409, writes(409)(p, s))
		}},
	}
	maps.Copy(routes, paperDocumentRoutes())
	return routes
}

// TestMatrix asks every route on behalf of every pair and compares with the oracle.
func TestMatrix(t *testing.T) {
	m := newMatrix(t)
	covered := maps.Keys(documentRoutes())
	asked := map[string]bool{}
	for route := range covered {
		asked[route] = true
	}
	for route := range m.pairRoutes(oracletest.Pair{}) {
		asked[route] = true
	}
	for _, r := range m.server.engine.Routes() {
		path, ok := strings.CutPrefix(r.Path, base)
		open := !ok || path == "/openapi.json" || r.Method+" "+path == "POST /session"
		if !open && !asked[r.Method+" "+path] {
			t.Errorf("%s %s is not in the matrix", r.Method, path)
		}
	}
	for _, p := range oracletest.Pairs() {
		m.pair(p.Role, p.Department)
	}
	var checks sync.WaitGroup
	slots := make(chan struct{}, 8)
	var mu sync.Mutex
	count := 0
	for _, p := range oracletest.Pairs() {
		checks.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			n := m.askDocuments(t, p) + m.askAkte(t, p) + m.askFound(t, p) + m.askFiling(t, p)
			mu.Lock()
			defer mu.Unlock()
			count += n
		})
	}
	checks.Wait()
	t.Logf("%d pairs, %d documents, %d answers", len(oracletest.Pairs()), len(m.docs), count)
}

// reads says whether the pair may read any of the documents, in one of the registers if any are given.
func (m *matrix) reads(p oracletest.Pair, registers ...string) bool {
	return slices.ContainsFunc(m.docs, func(d matrixDoc) bool {
		return (len(registers) == 0 || slices.Contains(registers, d.register)) && m.sees(p, d, "").read
	})
}

// askDocuments asks the routes on documents: those of the pair's own department and of another one.
func (m *matrix) askDocuments(t *testing.T, p oracletest.Pair) (n int) {
	for _, d := range m.docs {
		other := "datenschutz"
		if p.Department == other {
			other = "it"
		}
		if d.broughtBy != p.Department && d.broughtBy != other {
			continue
		}
		s := m.sees(p, d, "")
		for name, r := range documentRoutes() {
			if testing.Short() && name != "GET /documents/:id" && d.classification == "normal" && d.broughtBy != p.Department {
				continue
			}
			method, _, _ := strings.Cut(name, " ")
			var body any = strings.ReplaceAll(r.body, ":id", d.id)
			if r.form {
				body = newForm().file("a.txt", "")
			}
			got := m.ask(p, method, strings.NewReplacer(":id", d.id, ":job", d.job).Replace(r.path), body, r.headers...)
			if want := r.want(p, s); got.status != want {
				t.Errorf("%s@%s %s on %s/%s of %s: %v, want %d", p.Role, p.Department, name, d.register, d.classification, d.broughtBy, got, want)
			}
			if got.status >= 400 && bytes.Contains(got.body, []byte("Titel")) {
				t.Errorf("a refusal tells a title: %v", got)
			}
			n++
		}
		for _, c := range m.cases {
			if got, want := m.ask(p, "GET", "/documents/"+d.id, nil, "Eakte-Purpose: case:"+c.id).status, reads(200)(p, m.sees(p, d, c.procedure)); got != want {
				t.Errorf("%s@%s GET %s/%s of %s for %s: %d, want %d", p.Role, p.Department, d.register, d.classification, d.broughtBy, c.procedure, got, want)
			}
			n++
		}
	}
	return n
}

// askAkte asks the routes that concern no single document.
func (m *matrix) askAkte(t *testing.T, p oracletest.Pair) (n int) {
	for name, r := range m.pairRoutes(p) {
		method, _, _ := strings.Cut(name, " ")
		got := m.ask(p, method, r.path, r.body, r.headers...)
		if got.status != r.want {
			t.Errorf("%s@%s %s: %v, want %d", p.Role, p.Department, name, got, r.want)
		}
		n++
	}
	if n == 0 {
		t.Error("nothing was asked")
	}
	foreign := m.items["gesundheit"]
	if p.Department != "gesundheit" {
		for _, rest := range []string{"", "/original", "/text", "/pages/1/image", "/pages/1/words"} {
			if got := m.ask(p, "GET", "/inbox/"+foreign[0]+rest, nil).status; got != 404 {
				t.Errorf("%s@%s reads %s in another basket: %d", p.Role, p.Department, rest, got)
			}
			n++
		}
	}
	return n
}

// stranger is the account of somebody no pair is asked for.
func (m *matrix) stranger() string { return string(m.users["dienst.for.poststelle"]) }

// pairRoute is a route on behalf of a pair.
type pairRoute struct {
	path    string
	body    any
	headers []string
	want    int
}

func (m *matrix) pairRoutes(p oracletest.Pair) map[string]pairRoute {
	sees, inbox := head(p), able(p, "inbox")
	shown := choose(sees, 200, 404)
	heads := able(p, "akte.change") && p.Department == "auslaenderbehoerde"
	item, stale := m.items[p.Department], []string{`If-Match: "999"`}
	if !worked(p.Department) {
		item = m.items["poststelle"]
	}
	own, basket := "/inbox/"+item[0], choose(inbox, 200, 404)
	files := choose(!inbox, 404, adds(p, "beschaeftigung", "normal"), 422, sees, 403, 404)
	spare := "/inbox/" + m.spare[p.Department][0] // a claim on the other would shut out the other pairs of the department
	waits := "/inbox/" + m.spare[p.Department][1]
	if !worked(p.Department) {
		spare, waits = own, own
	}
	receives, may := m.receives(p), m.sees(p, m.docs[0], "")
	routes := map[string]pairRoute{
		"DELETE /session":                     {"/session", nil, nil, 204},
		"POST /session/proof":                 {"/session/proof", `{"password":"x"}`, nil, 403},
		"GET /me":                             {"/me", nil, nil, 200},
		"GET /me/sessions":                    {"/me/sessions", nil, nil, 200},
		"DELETE /me/sessions":                 {"/me/sessions", nil, nil, 204},
		"DELETE /me/sessions/:id":             {"/me/sessions/" + nowhere, nil, nil, 404},
		"GET /me/day":                         {"/me/day", nil, nil, 200},
		"GET /me/profile":                     {"/me/profile", nil, nil, 200},
		"PATCH /me/profile":                   {"/me/profile", `{"theme":"dark"}`, nil, 200},
		"PUT /me/pins/:akte":                  {"/me/pins/" + m.akte, nil, nil, choose(sees, 204, 404)},
		"DELETE /me/pins/:akte":               {"/me/pins/" + m.akte, nil, nil, 204},
		"GET /me/searches":                    {"/me/searches", nil, nil, 200},
		"POST /me/searches":                   {"/me/searches", `{"name":"Neu"}`, nil, 201},
		"DELETE /me/searches/:id":             {"/me/searches/" + nowhere, nil, nil, 404},
		"PATCH /me/searches/:id":              {"/me/searches/" + nowhere, `{"notify":true}`, nil, 404},
		"GET /me/searches/:id/new":            {"/me/searches/" + nowhere + "/new", nil, nil, 404},
		"POST /me/searches/:id/seen":          {"/me/searches/" + nowhere + "/seen", `{}`, nil, 404},
		"GET /me/drafts":                      {"/me/drafts", nil, nil, 200},
		"GET /me/drafts/*key":                 {"/me/drafts/person", nil, nil, 404},
		"PUT /me/drafts/*key":                 {"/me/drafts/akte/" + m.akte, `{"values":{"title":["Neu"]}}`, nil, 200},
		"DELETE /me/drafts/*key":              {"/me/drafts/person", nil, nil, 204},
		"GET /colleagues":                     {"/colleagues?department=" + p.Department, nil, nil, 200},
		"POST /persons":                       {"/persons", `{"names":[{"family":"Neu"}]}`, nil, choose(able(p, "person.write"), 201, 403)},
		"POST /persons/locate":                {"/persons/locate", `{"family":"Beispiel"}`, nil, choose(able(p, "locate"), 200, 403)},
		"GET /persons/:id":                    {"/persons/" + m.person, nil, nil, shown},
		"PUT /persons/:id/particulars/:group": {"/persons/" + m.person + "/particulars/familie", `{"text":"x","revision":999}`, nil, m.particular(p, 412)},
		"GET /persons/:id/corrections":        {"/persons/" + m.person + "/corrections", nil, nil, shown},
		"POST /persons/:id/corrections":       {"/persons/" + m.person + "/corrections", `{"asked_on":"2026-01-05","reason":" "}`, nil, choose(!sees, 404, able(p, "person.write"), 422, 403)},
		"PUT /persons/:id/corrections/:correction/recipients/:place": {"/persons/" + m.person + "/corrections/" + nowhere + "/recipients/0", `{"state":"open","revision":1}`, nil, choose(!sees || able(p, "person.write"), 404, 403)},
		"GET /corrections":                    {"/corrections", nil, nil, choose(able(p, "person.write"), 200, 403)},
		"PATCH /persons/:id":                  {"/persons/" + m.person, `{"sex":"x"}`, stale, choose(!sees, 404, able(p, "person.write"), 412, 403)},
		"POST /akten":                         {"/akten", `{"person_id":"` + m.person + `","lead_department":"` + p.Department + `"}`, nil, choose(able(p, "akte.create"), 409, 403)},
		"GET /akten":                          {"/akten", nil, nil, 200},
		"GET /akten/:id":                      {"/akten/" + m.akte, nil, nil, shown},
		"PATCH /akten/:id":                    {"/akten/" + m.akte, `{"state":"closed"}`, stale, choose(!sees, 404, heads, 412, 403)},
		"GET /akten/:id/cases":                {"/akten/" + m.akte + "/cases", nil, nil, shown},
		"POST /akten/:id/cases":               {"/akten/" + m.akte + "/cases", `{"procedure":"niederlassungserlaubnis"}`, nil, choose(!sees, 404, able(p, "akte.change") && m.touches(p, "niederlassungserlaubnis"), 201, 403)},
		"POST /cases/:id/close":               {"/cases/" + nowhere + "/close", nil, nil, 404},
		"GET /akten/:id/documents":            {"/akten/" + m.akte + "/documents", nil, nil, shown},
		"GET /akten/:id/bundle.pdf":           {"/akten/" + m.akte + "/bundle.pdf?register=identitaet&register=asyl", nil, nil, choose(m.reads(p, "identitaet", "asyl"), 200, 404)},
		"POST /akten/:id/bundles":             {"/akten/" + m.akte + "/bundles", `{}`, nil, choose(!sees, 404, m.reads(p), 202, 403)},
		"POST /akten/:id/acknowledgement":     {"/akten/" + m.akte + "/acknowledgement", `{"documents":["` + m.docs[0].id + `"],"recipient":"Frau Beispiel"}`, nil, choose(may.write, 200, may.read, 403, 404)},
		"POST /inbox/acknowledgement":         {"/inbox/acknowledgement", `{"items":["` + item[0] + `"],"recipient":"Frau Beispiel"}`, nil, choose(inbox, 200, 404)},
		"GET /consignments":                   {"/consignments?department=" + p.Department, nil, nil, choose(inbox, 200, 403)},
		"POST /akten/:id/consignment":         {"/akten/" + m.akte + "/consignment", `{"vendor":""}`, nil, 422},
		"POST /akten/:id/consignment/rush":    {"/akten/" + m.akte + "/consignment/rush", `{"wanted":"2099-01-01","reason":"x"}`, nil, choose(!sees, 404, inbox && p.Department == "auslaenderbehoerde", 409, 403)},
		"DELETE /akten/:id/consignment":       {"/akten/" + m.akte + "/consignment", nil, nil, choose(!sees, 404, inbox && p.Department == "auslaenderbehoerde", 409, 403)},
		"GET /akten/:id/seal":                 {"/akten/" + m.akte + "/seal", nil, nil, shown},
		"POST /akten/:id/seal":                {"/akten/" + m.akte + "/seal", `{"what":"lift","because":"x"}`, nil, choose(!sees, 404, writesAny(p), 409, 403)},
		"GET /akten/:id/seal/readers":         {"/akten/" + m.akte + "/seal/readers", nil, nil, choose(able(p, "trail.read"), 404, 403)},
		"POST /akten/:id/seal/readers":        {"/akten/" + m.akte + "/seal/readers", `{"readers":[],"because":"x"}`, nil, choose(able(p, "trail.read"), 404, 403)},
		"GET /seals":                          {"/seals", nil, nil, choose(able(p, "grant") || able(p, "operate"), 200, 403)},
		"GET /seals/deserted":                 {"/seals/deserted", nil, nil, choose(able(p, "trail.read"), 200, 403)},
		"POST /seals/requests/:id/decide":     {"/seals/requests/" + nowhere + "/decide", `{"grant":true}`, nil, 404},
		"DELETE /seals/requests/:id":          {"/seals/requests/" + nowhere, nil, nil, 404},
		"GET /retention":                      {"/retention", nil, nil, choose(able(p, "akte.change") || able(p, "trail.read"), 200, 403)},
		"GET /akten/:id/retention":            {"/akten/" + m.akte + "/retention", nil, nil, shown},
		"PUT /akten/:id/retention":            {"/akten/" + m.akte + "/retention", `{"rule":"R-DEATH"}`, nil, choose(!sees, 404, heads, 409, 403)},
		"POST /akten/:id/offer":               {"/akten/" + m.akte + "/offer", nil, nil, choose(!sees, 404, heads, 409, 403)},
		"POST /akten/:id/offer/answer":        {"/akten/" + m.akte + "/offer/answer", `{"answer":"taken"}`, nil, choose(!sees, 404, heads, 409, 403)},
		"POST /akten/:id/erasure":             {"/akten/" + m.akte + "/erasure", `{"because":"x"}`, nil, choose(!sees, 404, heads, 409, 403)},
		"GET /erasures":                       {"/erasures", nil, nil, choose(able(p, "akte.change") || able(p, "trail.read"), 200, 403)},
		"POST /erasures/:id/decide":           {"/erasures/" + nowhere + "/decide", `{"grant":true}`, nil, 404},
		"DELETE /erasures/:id":                {"/erasures/" + nowhere, nil, nil, 404},
		"POST /erasures/proofs":               {"/erasures/proofs", `{}`, nil, choose(able(p, "grant") || able(p, "trail.read"), 200, 403)},
		"GET /erasures/:id/proof":             {"/erasures/" + nowhere + "/proof", nil, nil, 404},
		"POST /akten/:id/hold":                {"/akten/" + m.akte + "/hold", `{"reason":"x","until":"2020-01-01"}`, nil, choose(!sees, 404, heads, 422, 403)},
		"POST /akten/:id/hold/end":            {"/akten/" + m.akte + "/hold/end", `{"reason":"x"}`, nil, choose(!sees, 404, heads, 409, 403)},
		"GET /bundles/:id":                    {"/bundles/" + nowhere, nil, nil, 404},
		"POST /akten/:id/documents":           {"/akten/" + m.akte + "/documents", newForm().meta(`{"type":"arbeitsvertrag"}`).file("a.txt", ""), nil, choose(receives, 422, sees, 403, 404)},
		"POST /inbox":                         {"/inbox", newForm().file("a.txt", ""), nil, choose(able(p, "upload"), 422, 403)},
		"OPTIONS /uploads/":                   {"/uploads/", nil, nil, 200},
		"POST /uploads/":                      {"/uploads/", nil, []string{"Tus-Resumable: 1.0.0", "Upload-Length: 0"}, choose(able(p, "upload"), 422, 403)},
		"POST /uploads/ to the Akte":          {"/uploads/", nil, []string{"Tus-Resumable: 1.0.0", "Upload-Length: 0", uploadFor("akte", m.akte, `{"type":"arbeitsvertrag"}`)}, choose(receives, 422, sees, 403, 404)},
		"HEAD /uploads/:id":                   {"/uploads/" + m.upload, nil, nil, 404},
		"PATCH /uploads/:id":                  {"/uploads/" + m.upload, "Text", []string{"Tus-Resumable: 1.0.0", "Content-Type: application/offset+octet-stream", "Upload-Offset: 0"}, 404},
		"DELETE /uploads/:id":                 {"/uploads/" + m.upload, nil, []string{"Tus-Resumable: 1.0.0"}, 404},
		"GET /inbox":                          {"/inbox", nil, nil, choose(inbox, 200, 403)},
		"GET /inbox/:id":                      {own, nil, nil, basket},
		"GET /inbox/:id/alike":                {own + "/alike", nil, nil, choose(inbox, 200, 404)},
		"POST /inbox/:id/file":                {own + "/file", `{"akte_id":"` + m.akte + `","type":"arbeitsvertrag","classification":"normal","case_id":"` + nowhere + `"}`, nil, files},
		"POST /inbox/:id/route":               {own + "/route", `{"department":"` + p.Department + `"}`, nil, choose(!worked(p.Department), 422, !inbox, 404, able(p, "route"), 200, 403)},
		"GET /inbox/baskets":                  {"/inbox/baskets", nil, nil, choose(inbox, 200, 403)},
		"GET /separators.pdf":                 {"/separators.pdf?plain=1", nil, nil, choose(inbox, 200, 403)},
		"GET /inbox/filed":                    {"/inbox/filed", nil, nil, choose(inbox, 200, 403)},
		"POST /inbox/:id/quarantine":          {own + "/quarantine", `{"word":"ask","reason":"x"}`, nil, choose(inbox, 409, 404)},
		"PATCH /inbox/:id":                    {own, `{"note":"x"}`, stale, choose(inbox, 412, 404)},
		"POST /inbox/:id/claim":               {spare + "/claim", `{"take_over":true}`, nil, basket},
		"DELETE /inbox/:id/claim":             {spare + "/claim", nil, nil, choose(inbox, 204, 404)},
		"POST /inbox/:id/set-aside":           {own + "/set-aside", `{"until":"bald"}`, nil, 422},
		"POST /inbox/:id/take-up":             {waits + "/take-up", nil, nil, basket},
		"POST /inbox/:id/arrange":             {own + "/arrange", `{"outputs":[[{"page":1}]]}`, nil, choose(inbox, 422, 404)},
		"POST /inbox/:id/unlock":              {own + "/unlock", `{"password":"x"}`, nil, choose(inbox, 409, 404)},
		"POST /inbox/:id/recognise":           {own + "/recognise", `{"language":""}`, nil, choose(inbox, 409, 404)},
		"POST /inbox/:id/undo-arrange":        {own + "/undo-arrange", nil, nil, choose(inbox, 409, 404)},
		"POST /inbox/:id/unfile":              {own + "/unfile", nil, nil, choose(inbox, 409, 404)},
		"GET /inbox/:id/original":             {own + "/original", nil, nil, basket},
		"HEAD /inbox/:id/original":            {own + "/original", nil, nil, basket},
		"GET /inbox/:id/text":                 {own + "/text", nil, nil, basket},
		"GET /inbox/:id/pages/:n/image":       {own + "/pages/1/image", nil, nil, basket},
		"GET /inbox/:id/pages/:n/words":       {own + "/pages/1/words", nil, nil, basket},
		"POST /search/persons":                {"/search/persons", `{"q":"Gemeinsam"}`, nil, 200},
		"POST /search":                        {"/search", `{"q":"Gemeinsam"}`, nil, 200},
		"GET /events":                         {"/events", nil, nil, 422}, // what it tells: TestEventsFollowTheMatrix
		"GET /jobs/:id":                       {"/jobs/" + item[1], nil, nil, choose(inbox || able(p, "operate"), 200, 404)},
		"GET /audit/events":                   {"/audit/events", nil, nil, choose(able(p, "trail.read"), 200, 403)},
		"GET /pairs":                          {"/pairs", nil, nil, choose(able(p, "operate") || able(p, "rules.read"), 200, 403)},
		"GET /users":                          {"/users", nil, nil, choose(able(p, "operate") || able(p, "rules.read"), 200, 403)},
		"POST /users":                         {"/users", `{"name":"Not A Name","password":"0123456789"}`, nil, choose(able(p, "operate"), 422, 403)},
		"GET /users/:id":                      {"/users/" + nowhere, nil, nil, choose(able(p, "operate") || able(p, "rules.read"), 404, 403)},
		"PATCH /users/:id":                    {"/users/" + m.stranger(), `{"display":"x"}`, stale, choose(able(p, "operate"), 412, 403)},
		"POST /users/:id/password":            {"/users/" + m.stranger() + "/password", `{"password":"short"}`, nil, choose(able(p, "operate"), 422, 403)},
		"GET /users/:id/tokens":               {"/users/" + m.stranger() + "/tokens", nil, nil, choose(able(p, "operate"), 200, 403)},
		"POST /tokens":                        {"/tokens", `{"user_id":"` + m.stranger() + `","expires":"2020-01-01T00:00:00Z"}`, nil, choose(able(p, "operate"), 422, 403)},
		"DELETE /tokens/:id":                  {"/tokens/00112233445566778899aabbccddeeff", nil, nil, choose(able(p, "operate"), 404, 403)},
		"GET /proposals":                      {"/proposals", nil, nil, choose(able(p, "grant"), 200, 403)},
		"POST /proposals/decide":              {"/proposals/decide", `{"user_id":"` + m.stranger() + `","role":"dienst","department":"it","confirm":true}`, nil, choose(able(p, "grant"), 404, 403)},
		"GET /jobs":                           {"/jobs", nil, nil, choose(able(p, "operate"), 200, 403)},
		"GET /system":                         {"/system", nil, nil, choose(able(p, "operate"), 200, 403)},
		"POST /audit/subjects":                {"/audit/subjects", `{"q":"Beispiel"}`, nil, choose(able(p, "trail.read"), 200, 403)},
		"GET /audit/summary":                  {"/audit/summary", nil, nil, choose(able(p, "trail.read"), 200, 403)},
		"GET /audit/events.csv":               {"/audit/events.csv?result=deny&to=2020-01-01", nil, nil, choose(able(p, "trail.read"), 200, 403)},
		"GET /audit/events.json":              {"/audit/events.json?result=deny&to=2020-01-01", nil, nil, choose(able(p, "trail.read"), 200, 403)},
		"GET /audit/persons/:id/accesses":     {"/audit/persons/" + m.person + "/accesses", nil, nil, choose(able(p, "trail.read"), 200, 403)},
		"GET /audit/persons/:id/accesses.csv": {"/audit/persons/" + m.person + "/accesses.csv", nil, nil, choose(able(p, "trail.read"), 200, 403)},
		"GET /audit/persons/:id/accesses.pdf": {"/audit/persons/" + nowhere + "/accesses.pdf", nil, nil, choose(able(p, "trail.read"), 404, 403)},
		"GET /audit/activity":                 {"/audit/activity", nil, nil, choose(able(p, "trail.read"), 200, 403)},
		"GET /audit/findings":                 {"/audit/findings", nil, nil, choose(able(p, "trail.read"), 200, 403)},
		"GET /audit/findings/:id":             {"/audit/findings/" + nowhere, nil, nil, choose(able(p, "trail.read"), 404, 403)},
		"POST /audit/findings/:id/review":     {"/audit/findings/" + nowhere + "/review", `{"revision":1,"note":"x"}`, nil, choose(able(p, "trail.read"), 404, 403)},
		"POST /audit/findings/:id/judge":      {"/audit/findings/" + nowhere + "/judge", `{"revision":1,"agree":true,"note":"x"}`, nil, choose(able(p, "trail.read"), 404, 403)},
		"GET /audit/proofs/:year/:seq":        {fmt.Sprintf("/audit/proofs/%d/0", m.now().UTC().Year()), nil, nil, choose(able(p, "trail.read"), 200, 403)},
		"GET /audit/holds":                    {"/audit/holds", nil, nil, choose(able(p, "trail.read"), 200, 403)},
		"POST /audit/holds":                   {"/audit/holds", `{"year":2026,"reason":""}`, nil, choose(able(p, "trail.read"), 422, 403)},
		"POST /audit/holds/:id/release":       {"/audit/holds/" + nowhere + "/release", `{"reason":"x"}`, nil, choose(able(p, "trail.read"), 404, 403)},
		"GET /audit/checkpoint":               {"/audit/checkpoint", nil, nil, choose(able(p, "trail.read"), 200, 403)},
	}
	maps.Copy(routes, m.paperRoutes(p))
	maps.Copy(routes, policyRoutes(p))
	maps.Copy(routes, m.conflictRoutes(p))
	maps.Copy(routes, inquiryRoutes(p))
	maps.Copy(routes, incidentRoutes(p))
	for _, c := range m.closed {
		want := choose(!sees || !m.touches(p, c.procedure), 404, able(p, "akte.change"), 409, 403)
		routes["POST /cases/:id/close of "+c.procedure] = pairRoute{"/cases/" + c.id + "/close", nil, nil, want}
	}
	for _, l := range m.server.lists() {
		routes["GET /"+l.name] = pairRoute{"/" + l.name, nil, nil, 200}
	}
	return routes
}
