package web

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"eakte/acl/oracletest"
)

// sees asks for a page and looks for texts in it; those that begin with "!" must not be there.
func (b *browser) sees(path string, texts ...string) []byte {
	b.t.Helper()
	status, body := b.open("GET", path, nil)
	if status != 200 {
		b.t.Fatalf("GET %s: %d", path, status)
	}
	b.holds(path, body, texts...)
	return body
}

func (b *browser) holds(what string, body []byte, texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		text, not := strings.CutPrefix(text, "!")
		if bytes.Contains(body, []byte(text)) == not {
			b.t.Errorf("%s: %q is there: %t", what, text, not)
		}
	}
}

// posts sends a form and expects a status.
func (b *browser) posts(status int, path string, form url.Values) []byte {
	b.t.Helper()
	got, body := b.open("POST", path, form)
	if got != status {
		b.t.Fatalf("POST %s: %d, want %d\n%s", path, got, status, body)
	}
	return body
}

// browsing opens a world with somebody of a pair.
func browsing(t *testing.T, role, department string) *browser {
	w := newWorld(t)
	m := &matrix{world: w, akte: nowhere}
	return m.browse(oracletest.Pair{Role: role, Department: department})
}

func TestPagesAreAsTheReaderWishes(t *testing.T) {
	b := browsing(t, "sachbearbeitung", "asyl")
	b.sees("/", "Mein Tag", `data-density="compact"`, "data-shortcuts", "!data-kern-theme")
	b.posts(303, "/profile", url.Values{"language": {"en"}, "theme": {"dark"}, "density": {"comfortable"}})
	b.sees("/profile", "The settings are saved.", "My day")
	b.sees("/", "My day", `lang="en"`, `data-density="comfortable"`, `data-kern-theme="dark"`, "!data-shortcuts", "!The settings are saved.")
	b.holds("a bad wish", b.posts(422, "/profile", url.Values{"density": {"winzig"}}), `id="faults"`)
}

// entry is a form as the page sends it.
func entry(family, given string, more ...string) url.Values {
	form := url.Values{
		"names/0/family": {family}, "names/0/given": {given}, "names/0/kind": {"official"}, "birth_date": {"17.05.1990"},
		"plan": {"33.11"}, "lead_department": {"asyl"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	return form
}

// TestAPersonIsNotEnteredTwice goes through the form: faults, a second name, somebody similar, both
// decisions, and the draft.
func TestAPersonIsNotEnteredTwice(t *testing.T) {
	b := browsing(t, "sachbearbeitung", "asyl")
	api := func(status int, method, path string, body any) reply {
		b.t.Helper()
		return b.want(status, "sachbearbeitung.asyl", method, path, body, purpose)
	}
	api(200, "PUT", "/me/drafts/akte/new", `{"values":{"names/0/family":["Entwurfname"]}}`)
	b.sees("/akten/new", `value="Entwurfname"`, "Wiederhergestellt")
	b.holds("faults", b.posts(422, "/akten/new", url.Values{"lead_department": {"asyl"}, "birth_date": {"31.02.1990"}}),
		`id="faults"`, `href="#names%2f0%2ffamily"`, `value="31.02.1990"`, "Familienname: ")
	b.holds("a fault of one of several", b.posts(422, "/akten/new", entry("Beispiel", "Samir", "nationalities", "SYR, Deutsch")), `href="#nationalities"`, "Staatsangehörigkeiten: ")
	b.holds("a day that is none", b.posts(422, "/akten/new", entry("Beispiel", "Samir", "departments", "soziales", "until/soziales", "bald")),
		`href="#until%2fsoziales"`, "Beteiligte Fachbereiche: ")
	b.holds("another row", b.posts(200, "/akten/new", entry("Beispiel", "Samir", "do", "name")), `name="names/1/family"`, `value="Samir"`)
	form := entry("Beispiel", "Samir", "departments", "soziales", "registers/soziales", "leistungen", "until/soziales", "2027-01-31",
		"names/1/family", "Bayspil", "names/1/kind", "alias", "nationalities", "syr, AFG", "once", nowhere)
	b.posts(303, "/akten/new", form)
	b.posts(303, "/akten/new", form) // sent twice: one Akte
	b.settle()
	akten := api(200, "GET", "/akten", nil)
	if akten.field("items/1") != nil || akten.text("items/0/departments/0/until") != "2027-01-31" || akten.text("items/0/departments/0/registers/0") != "leistungen" {
		t.Fatalf("Akten: %v", akten)
	}
	person := api(200, "GET", "/persons/"+akten.text("items/0/person_id"), nil)
	if person.text("names/1/kind") != "alias" || person.text("nationalities/0") != "SYR" || person.text("birth_date") != "17.05.1990" {
		t.Errorf("person: %v", person)
	}
	b.sees("/akten/new", "!Entwurfname", "Die Akte "+akten.text("items/0/aktenzeichen")+" ist angelegt.")
	b.sees("/akten", "Beispiel, Samir", akten.text("items/0/aktenzeichen"))

	again := entry("Beispiel", "Samir")
	asked := b.posts(200, "/akten/new", again)
	b.holds("somebody similar", asked, "Gibt es diese Person schon?", akten.text("items/0/aktenzeichen"), akten.text("items/0/person_id"))
	decided := regexp.MustCompile(`name="decided_for" value="([^"]*)"`).FindSubmatch(asked)
	if decided == nil {
		t.Fatal("the page doesn't say what is decided on")
	}
	again.Set("decided_for", string(decided[1]))
	again.Set("person", akten.text("items/0/person_id"))
	b.holds("a second Akte", b.posts(422, "/akten/new", again), `href="#distinct_because"`, "Gibt es diese Person schon?")
	other := entry("Beispiel", "Samir", "decided_for", "jemand anderes", "person", "new")
	b.holds("a decision on somebody else", b.posts(200, "/akten/new", other), "Gibt es diese Person schon?")
	again.Set("person", "new")
	b.posts(303, "/akten/new", again)
	if r := api(200, "GET", "/akten", nil); r.field("items/1") == nil || r.text("items/0/person_id") == r.text("items/1/person_id") {
		t.Errorf("another person of the same name: %v", r)
	}
	if strings.Contains(b.log.String(), "Beispiel") {
		t.Error("a name stands in the log")
	}
}

func TestAktenAreListedInPages(t *testing.T) {
	b := browsing(t, "sachbearbeitung", "asyl")
	other := b.pair("sachbearbeitung", "soziales")
	mine, foreign := b.world.akte("sachbearbeitung.asyl", "Özdemir", "asyl"), b.world.akte(other, "Fremd", "soziales")
	b.world.akte("sachbearbeitung.asyl", "Obst", "asyl")
	b.world.akte("sachbearbeitung.asyl", "Ofen", "asyl")
	body := string(b.sees("/akten", "Özdemir, Muster", "!Fremd"))
	if o, oe, of := strings.Index(body, "Obst, "), strings.Index(body, "Özdemir, "), strings.Index(body, "Ofen, "); o > oe || oe > of {
		t.Error("Ö does not stand where a telephone book has it")
	}
	b.sees("/akten?scope=mine", "Keine Akten")
	b.sees("/akten?state=closed", "Keine Akten")
	b.posts(303, "/akten/"+mine+"/pin", url.Values{"to": {"/akten"}})
	b.posts(404, "/akten/"+foreign+"/pin", url.Values{"to": {"/akten"}})
	b.sees("/akten?scope=pinned", "Özdemir, Muster", "!Obst", "/akten/"+mine+"/unpin")
	b.sees("/", "Özdemir, Muster", "!Obst")
	b.posts(303, "/akten/"+mine+"/unpin", url.Values{"to": {"//evil.example"}})
	b.sees("/akten?scope=pinned", "!Özdemir")
	for _, odd := range []string{"scope=x", "state=x", "order=x", "department=nirgends", "team=x"} {
		b.sees("/akten?" + odd)
	}
	if status, _ := b.open("GET", "/akten?cursor=x&order=newest", nil); status != 422 {
		t.Errorf("a cursor that is none: %d", status)
	}
}

func TestDayTellsWhatWaits(t *testing.T) {
	b := browsing(t, "registratur", "auslaenderbehoerde")
	b.want(201, "registratur.auslaenderbehoerde", "POST", "/inbox", newForm().file("a.txt", "Brief"))
	b.want(200, "registratur.auslaenderbehoerde", "PUT", "/me/drafts/inbox/"+nowhere, `{"values":{"title":["Geheim"]}}`)
	b.sees("/", "Ein Eingang", "Ablage aus dem Posteingang", "/inbox/"+nowhere, "!Geheim", "!abgewiesene")
	b.posts(303, "/drafts/drop", url.Values{"key": {"inbox/" + nowhere}, "to": {"/"}})
	b.sees("/", "!Ablage aus dem Posteingang")
	officer := b.browse(oracletest.Pair{Role: "datenschutz", Department: "datenschutz"})
	officer.sees("/", "abgewiesene Zugriffe", "Protokoll lückenlos", "!Posteingang</h2>")
	saved := b.want(201, "registratur.auslaenderbehoerde", "POST", "/me/searches", `{"name":"Suchname","q":"x"}`)
	b.sees("/profile", "Suchname")
	b.posts(303, "/profile/searches/drop", url.Values{"id": {saved.text("id")}})
	b.sees("/profile", "!Suchname", "Die Suche ist gelöscht.")
}
