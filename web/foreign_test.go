package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/acl/oracletest"
	"eakte/archive"
	"eakte/archive/audit"
)

// ids are those of one of everything that an address or a form can name.
type ids struct{ akte, number, doc, item, job, kase, bundle, person, user, upload string }

// list are they in a fixed order.
func (i ids) list() []string {
	return []string{i.akte, i.number, i.doc, i.item, i.job, i.kase, i.bundle, i.person, i.user, i.upload}
}

// absent are ids of nothing.
func absent() ids {
	id := archive.NewID[string]
	return ids{id(), "33.11-9876/2026", id(), id(), id(), id(), id(), id(), id(), strings.ReplaceAll(id(), "-", "")}
}

// wilderness is the world of the matrix with what lies beyond the rights of its pairs: by name, Akten of
// single departments, and one of all departments under a seal.
type wilderness struct {
	*matrix
	beyond map[string]ids
	// own is an Akte of all departments for which nobody stated a purpose yet.
	own ids
}

func newWilderness(t *testing.T) *wilderness {
	w := &wilderness{matrix: &matrix{world: newWorld(t), items: map[string][2]string{}, spare: map[string][2]string{}}, beyond: map[string]ids{}}
	all := oracletest.Departments()[1:]
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	mine := w.household(clerk, "auslaenderbehoerde", all...)
	w.upload = "0123456789abcdef0123456789abcdef"
	w.akte, w.person = mine.akte, mine.person
	w.docs = []matrixDoc{{id: mine.doc, job: mine.job, register: "identitaet", classification: "normal", broughtBy: "auslaenderbehoerde"}}
	w.own = w.household(clerk, "auslaenderbehoerde", all...)
	for _, dep := range []string{"asyl", "auslaenderbehoerde"} {
		w.beyond[dep] = w.household(w.pair("sachbearbeitung", dep), dep)
	}
	w.account("zweite", archive.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"}) // who ordered the bundle knows of it
	sealed := w.household("zweite", "auslaenderbehoerde", all...)
	w.beyond["sealed"] = sealed
	for _, dep := range oracletest.Departments() {
		if !worked(dep) {
			continue
		}
		w.account("dienst.for."+dep, archive.Pair{Role: "dienst", Department: dep})
		drop := func() string {
			return w.want(201, "dienst.for."+dep, "POST", "/inbox", newForm().file("a.txt", "Eingang "+dep)).text("id")
		}
		w.items[dep], w.spare[dep] = [2]string{drop(), ""}, [2]string{drop(), drop()}
	}
	w.settle()
	w.must(w.store.Update(t.Context(), func(tx archive.Tx) error {
		akte, err := tx.Akte(archive.AkteID(sealed.akte))
		if err != nil {
			return err
		}
		akte.Sealed = &archive.Seal{Reason: "Schutz", Until: w.now().AddDate(1, 0, 0).Format(time.DateOnly)}
		akte.Revision++
		return recorded(tx, tx.PutAkte(akte), w.now(), sealed.akte)
	}))
	return w
}

// recorded tells the trail of a change past all rights.
func recorded(tx archive.Tx, err error, at time.Time, akte string) error {
	if err != nil {
		return err
	}
	return tx.Record(audit.Event{
		Time: at, Actor: audit.System(), Op: audit.OpAkteChange, Object: "akte/" + akte, Akten: []string{akte}, Result: audit.Allow,
	})
}

// household is a person under protection, with an Akte, a document, a case, a bundle and an item of the
// department's basket. Not even locate tells of her.
func (w *wilderness) household(who, lead string, departments ...string) ids {
	w.t.Helper()
	akte := w.world.akte(who, "Beispiel", lead, departments...)
	head := w.want(200, who, "GET", "/akten/"+akte, nil, purpose)
	out := ids{akte: akte, number: head.text("aktenzeichen"), person: head.text("person_id"), user: string(w.users[who])}
	doc := w.want(201, who, "POST", "/akten/"+akte+"/documents", newForm().meta(`{"type":"reisepass","title":"Titel"}`).file("a.txt", "Gemeinsam"), purpose)
	out.doc, out.job = doc.text("id"), doc.text("job_id")
	inside := matrix{world: w.world, akte: akte}
	out.kase = inside.plantCase("niederlassungserlaubnis", "open")
	out.bundle = w.want(202, who, "POST", "/akten/"+akte+"/bundles", `{}`, purpose).text("id")
	w.must(w.store.Update(w.t.Context(), func(tx archive.Tx) error {
		person, err := tx.Person(archive.PersonID(out.person))
		if err != nil {
			return err
		}
		person.Protected = true
		person.Revision++
		return recorded(tx, tx.PutPerson(person), w.now(), akte)
	}))
	name := "dienst.in." + lead
	if _, made := w.users[name]; !made {
		w.account(name, archive.Pair{Role: "dienst", Department: lead})
	}
	out.item = w.want(201, name, "POST", "/inbox", newForm().file("a.txt", "Eingang")).text("id")
	out.upload = w.begin(name, 4)
	return out
}

// probe is a request that names something: rename puts other names in.
type probe struct {
	name, method, path string
	body               string
	page               bool
	headers            []string
}

// rename returns the probe with the names of other things; changed says whether it named any.
func (p probe) rename(from, to ids) (out probe, changed bool) {
	var pairs []string
	for i, id := range from.list() {
		if id != "" && to.list()[i] != "" {
			pairs = append(pairs, id, to.list()[i], url.QueryEscape(id), url.QueryEscape(to.list()[i]))
		}
	}
	r := strings.NewReplacer(pairs...)
	out = p
	out.path, out.body = r.Replace(p.path), r.Replace(p.body)
	return out, out.path != p.path || out.body != p.body
}

// probes are all routes as the matrices ask them, with what they don't name there besides.
func (w *wilderness) probes(p oracletest.Pair) (out []probe) {
	mine := w.mine(p)
	add := func(name, path, body string, page bool, headers []string) {
		method, pattern, _ := strings.Cut(name, " ")
		switch { // what the matrices name nowhere for
		case strings.Contains(pattern, ":case"), strings.HasPrefix(pattern, "/cases/"):
			path = strings.ReplaceAll(path, nowhere, mine.kase)
		case strings.Contains(pattern, "/bundle/:job"), strings.HasPrefix(pattern, "/bundles/"):
			path = strings.ReplaceAll(path, nowhere, mine.bundle)
		case strings.HasPrefix(pattern, "/operations/jobs/"):
			path = strings.ReplaceAll(path, nowhere, mine.job)
		case strings.HasPrefix(pattern, "/users/"):
			path = strings.ReplaceAll(path, nowhere, mine.user)
		}
		out = append(out, probe{name: name, method: method, path: path, body: body, page: page, headers: headers})
	}
	for name, r := range w.pageRoutes(p) {
		add(name, r.path, r.form.Encode(), true, nil)
	}
	for _, more := range []struct{ name, path, form string }{
		{"GET /akten/:id/documents/:doc", "/akten/" + mine.akte + "/documents/" + mine.doc + "?beside=" + mine.doc, ""},
		{"GET /trail", "/trail?akte=" + mine.akte, ""},
		{"GET /trail", "/trail?person=" + mine.person, ""},
		{"POST /akten/:id/bundle", "/akten/" + mine.akte + "/bundle", "what=some&document=" + mine.doc},
		{"POST /akten/:id/documents/:doc/move", "/akten/" + mine.akte + "/documents/" + mine.doc + "/move", "reason=x&akte=" + url.QueryEscape(mine.number)},
		{"POST /akten/:id/purpose", "/akten/" + mine.akte + "/purpose", "purpose=bearbeitung"},
		{"POST /akten/:id/purpose", "/akten/" + mine.akte + "/purpose", "purpose=case:" + mine.kase},
		{"POST /persons/:id/purpose", "/persons/" + mine.person + "/purpose", "purpose=bearbeitung"},
		{"POST /akten/new", "/akten/new", "names/0/family=Neu&birth_date=1990&lead_department=" + p.Department + "&decided_for=Neu%7C%7C1990%7C&person=" + mine.person},
		{"POST /inbox/:id/arrange", "/inbox/" + w.spareOf(p) + "/arrange", "part_1=1&append_pages=1&append=" + mine.item},
		{"POST /inbox/:id/file", "/inbox/" + w.spareOf(p) + "/file", "type=reisepass&akte_id=" + mine.akte},
		{"GET /inbox/queue", "/inbox/queue?open=" + mine.item, ""},
	} {
		add(more.name, more.path, more.form, true, nil)
	}
	for name, r := range w.pairRoutes(p) {
		body, text := r.body.(string)
		if text || r.body == nil {
			add(name, base+r.path, body, false, r.headers)
		}
	}
	for name, r := range documentRoutes() {
		add(name, base+strings.NewReplacer(":id", mine.doc, ":job", mine.job).Replace(r.path), r.body, false, r.headers)
	}
	slices.SortFunc(out, func(a, b probe) int { return strings.Compare(a.name+a.path+a.body, b.name+b.path+b.body) })
	return out
}

// spareOf is an item that the pair works, or one of another's.
func (w *wilderness) spareOf(p oracletest.Pair) string {
	if worked(p.Department) {
		return w.spare[p.Department][0]
	}
	return w.items["poststelle"][0]
}

// mine are the names that the matrices use for a pair.
func (w *wilderness) mine(p oracletest.Pair) ids {
	return ids{
		akte: w.akte, number: "33.11-0000/2026", doc: w.docs[0].id, item: w.spareOf(p), job: w.docs[0].job,
		kase: "01a2006b-0000-7d51-baa5-00000000000c", bundle: "01a2006b-0000-7d51-baa5-00000000000b", person: w.person,
		user: string(w.users["dienst.for.poststelle"]), upload: w.upload,
	}
}

// entitled says that a pair may know of what it was asked for: it is not beyond its rights.
func entitled(p oracletest.Pair, q probe, sealed bool) bool {
	switch {
	case able(p, "operate") && (strings.Contains(q.name, "/users") || strings.Contains(q.name, "jobs/") || strings.Contains(q.name, "/tokens")):
		return true
	case able(p, "rules.read") && strings.Contains(q.name, "/users"):
		return true
	case sealed && able(p, "trail.read") && strings.HasSuffix(q.name, "/seal/readers"): // nobody is left who reads it
		return true
	case able(p, "trail.read") && (strings.Contains(q.name, "/trail") || strings.Contains(q.name, "/audit/persons/")), able(p, "grant") && (strings.Contains(q.name, "proposals") || strings.Contains(q.name, "/conflicts")):
		return true
	}
	// The mail room files wherever a paper belongs.
	return able(p, "filed.read") && !sealed && (strings.HasSuffix(q.name, "/file") || q.name == "POST /akten/:id/documents")
}

// asked is an answer with all that may differ by chance taken out.
func (b *browser) asked(p oracletest.Pair, q probe) string {
	b.t.Helper()
	req := httptest.NewRequest(q.method, q.path, strings.NewReader(q.body))
	if q.page {
		req.Header.Set("Cookie", b.cookie)
		req.Header.Set("Accept", "text/html")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else {
		req.Header.Set("Authorization", "Bearer "+b.tokens[p.Role+"."+p.Department])
		req.Header.Set("Eakte-Purpose", "bearbeitung")
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept-Language", german)
	for _, h := range q.headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	rec := httptest.NewRecorder()
	b.server.Handler().ServeHTTP(rec, req)
	if rec.Code == http.StatusSeeOther { // the next page would show the notice
		b.open("GET", "/profile", nil)
	}
	header := maps.Clone(map[string][]string(rec.Header()))
	for _, name := range []string{"Date", "Set-Cookie", "Eakte-Correlation"} {
		delete(header, http.CanonicalHeaderKey(name))
	}
	said := fmt.Sprintln(rec.Code, header) + rec.Body.String()
	if id := rec.Header().Get("Eakte-Correlation"); id != "" {
		said = strings.ReplaceAll(said, id, "CORRELATION")
	}
	return chance.ReplaceAllString(said, "CHANCE")
}

// chance is what an answer holds that differs from one request to the next: how long the session lives,
// the names of forms that are sent once and of those that are held, to whom a page was shown (sealed anew
// each time), when a draft was kept.
var chance = regexp.MustCompile(`data-session-ends="\d+"|name="(once|page_of)" value="[^"]*"|"instance":"[^"]*"|"(changed|expires)":"[^"]*"|%2Fheld%2F[0-9a-f-]{36}`)

// TestForeignIsLikeAbsent asks all routes for what is there and beyond the rights of a pair, and for what
// isn't there. Whoever can tell one from the other by anything learns what exists.
func TestForeignIsLikeAbsent(t *testing.T) {
	w := newWilderness(t)
	asked := 0
	for i, p := range oracletest.Pairs() {
		if testing.Short() && i%4 > 0 && p.Department != "poststelle" {
			continue
		}
		b, mine, nothing := w.browse(p), w.mine(p), absent()
		lead := "asyl"
		if p.Department == lead {
			lead = "auslaenderbehoerde"
		}
		foreign, sealed := w.beyond[lead], w.beyond["sealed"]
		sealed.item, sealed.user = "", ""
		in := func(akte, x ids) ids { // what lies elsewhere, asked for in an Akte of one's own
			x.akte, x.number, x.item, x.person, x.user, x.upload = akte.akte, "", "", "", "", ""
			return x
		}
		for what, to := range map[string][2]ids{
			"another department's": {foreign, nothing}, "sealed": {sealed, nothing},
			"in an Akte of mine":           {in(ids{akte: w.akte}, foreign), in(ids{akte: w.akte}, nothing)},
			"in an Akte I gave no reason":  {in(w.own, foreign), in(w.own, nothing)},
			"mine, but of another Akte":    {in(ids{akte: w.akte}, w.own), in(ids{akte: w.akte}, nothing)},
			"sealed, in an Akte of my own": {in(ids{akte: w.akte}, sealed), in(ids{akte: w.akte}, nothing)},
		} {
			for _, q := range w.probes(p) {
				there, named := q.rename(mine, to[0])
				gone, _ := q.rename(mine, to[1])
				if !named || there.path+there.body == gone.path+gone.body || entitled(p, q, strings.HasPrefix(what, "sealed")) {
					continue
				}
				if strings.HasPrefix(what, "mine") && !strings.HasPrefix(q.name[strings.Index(q.name, " "):], " /akten/:id/") {
					continue // without the Akte in its address it is simply mine
				}
				asked++
				got, want := b.asked(p, there), b.asked(p, gone)
				names := []string{}
				for i, id := range to[1].list() {
					if id != "" && to[0].list()[i] != "" {
						names = append(names, to[0].list()[i], id, url.QueryEscape(to[0].list()[i]), url.QueryEscape(id))
					}
				}
				if got = strings.NewReplacer(names...).Replace(got); got != want {
					t.Errorf("%s@%s %s, %s: answers differ\n%s\n%s", p.Role, p.Department, q.method+" "+q.path, what, differs(got, want), q.body)
				}
			}
		}
	}
	t.Logf("%d questions", asked)
	if asked < 1000 {
		t.Error("too little was asked")
	}
}

// differs are two answers from a little before where they part.
func differs(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	cut := func(s string) string { return s[max(0, min(n-60, len(s))):min(n+160, len(s))] }
	return "there: …" + cut(a) + "…\ngone:  …" + cut(b) + "…"
}
