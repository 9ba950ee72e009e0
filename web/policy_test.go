package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"eakte/acl/oracletest"
)

// rulesFile returns a built-in file of rules with lines behind it.
func (w *world) rulesFile(name, more string) string {
	for _, f := range w.set.RuleFiles() {
		if f.Name == "access/"+name {
			return string(f.Data) + more
		}
	}
	w.t.Fatalf("no file %s", name)
	return ""
}

// TestRulesChangeWhileTheServerRuns proposes, judges and goes back over the API.
func TestRulesChangeWhileTheServerRuns(t *testing.T) {
	w := newWorld(t)
	clerk, admin, lead, officer := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("administration", "it"), w.pair("leitung", "asyl"), w.pair("datenschutz", "datenschutz")
	akte := w.akte(clerk, "Muster", "auslaenderbehoerde")
	doc := w.document(clerk, akte, "arbeitsvertrag", "Vertrag")
	const line = "house/closed,deny,sachbearbeitung,auslaenderbehoerde,beschaeftigung,normal,exist read,*,any,any,agreed\n"
	wrong := w.want(422, admin, "POST", "/policies", newForm().meta(`{"reason":"x"}`).file("sachbearbeitung.csv", w.rulesFile("sachbearbeitung.csv", "x,allow,niemand\n")))
	if at := wrong.text("errors/0/pointer"); !strings.HasSuffix(wrong.text("type"), "/rules-refused") || !strings.HasPrefix(at, "/access/sachbearbeitung.csv:") || wrong.text("errors/0/message") != "3 cells; expected 11" {
		t.Errorf("refused: %v", wrong)
	}
	made := w.want(201, admin, "POST", "/policies", newForm().meta(`{"reason":"Beschluss"}`).file("sachbearbeitung.csv", w.rulesFile("sachbearbeitung.csv", line)))
	if made.text("changes/0/id") != "house/closed" || made.text("state") != "proposed" || made.field("in_force") != 1.0 || made.field("may_approve") != false {
		t.Fatalf("proposed: %v", made)
	}
	w.want(200, clerk, "GET", "/documents/"+doc, nil, purpose)
	sim := w.want(200, lead, "GET", "/policies/2/simulation", nil)
	if sim.field("gained") != 0.0 || sim.field("documents") != 1.0 || sim.text("rows/0/register") != "beschaeftigung" {
		t.Errorf("simulated: %v", sim)
	}
	w.want(403, admin, "POST", "/policies/2/judge", `{"approve":true,"seen":1}`)
	w.want(412, lead, "POST", "/policies/2/judge", `{"approve":true}`)
	w.want(204, lead, "POST", "/policies/2/judge", `{"approve":true,"seen":1,"reason":"geprüft"}`)
	w.want(404, clerk, "GET", "/documents/"+doc, nil, purpose)
	w.want(409, officer, "POST", "/policies/2/judge", `{"approve":false,"reason":"zu spät"}`)
	number := w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose).text("aktenzeichen")
	why := w.want(200, officer, "POST", "/policies/explain", fmt.Sprintf(`{"user":%q,"akte":%q,"action":"read","register":"beschaeftigung","classification":"normal"}`, clerk, number))
	if why.field("items/0/allowed") != false || why.text("items/0/rule") != "house/closed" || why.text("items/0/obstacles/0/code") != "denied" || why.text("items/0/text/de") == "" || why.field("version") != 2.0 {
		t.Errorf("explained: %v", why)
	}
	w.want(422, officer, "POST", "/policies/explain", fmt.Sprintf(`{"user":"niemand","akte":%q,"action":"read"}`, number))
	w.want(201, admin, "POST", "/policies/1/restore", `{"reason":"zurück"}`)
	w.want(204, lead, "POST", "/policies/3/judge", `{"approve":true,"seen":2}`)
	w.want(200, clerk, "GET", "/documents/"+doc, nil, purpose)
	if list := w.want(200, officer, "GET", "/policies", nil); list.field("in_force") != 3.0 || list.text("items/2/state") != "replaced" || list.field("items/2/folder") != true {
		t.Errorf("versions: %v", list)
	}
	last := w.want(200, officer, "GET", "/audit/events?op=policy.switch&limit=1", nil)
	if last.text("items/0/object") != "policy/3" {
		t.Errorf("the trail: %v", last)
	}
	// an event tells what its rule said when it decided
	told := w.want(200, officer, "GET", "/audit/events?op=document.open&limit=50", nil)
	if !strings.Contains(told.String(), "Sachbearbeitung (Ausländerbehörde)") {
		t.Errorf("rules of the trail in words: %v", told)
	}
	if zip := w.call(officer, "GET", "/policies/2/rules.zip", nil); zip.status != 200 || !strings.HasPrefix(string(zip.body), "PK") {
		t.Errorf("the files: %d", zip.status)
	}
}

// TestRulesPages goes the same way in a browser without scripts.
func TestRulesPages(t *testing.T) {
	m := newMatrix(t)
	admin, lead, officer := m.browse(oracletest.Pair{Role: "administration", Department: "it"}), m.browse(oracletest.Pair{Role: "leitung", Department: "asyl"}), m.browse(oracletest.Pair{Role: "datenschutz", Department: "datenschutz"})
	if _, body := admin.open("GET", "/rules", nil); !strings.Contains(string(body), "Neue Fassung vorschlagen") || strings.Contains(string(body), "/rules/explain") {
		t.Error("administration can't propose, or is offered to ask")
	}
	if _, body := lead.open("GET", "/rules", nil); strings.Contains(string(body), "Neue Fassung vorschlagen") {
		t.Error("a lead is offered to propose")
	}
	m.want(201, m.pair("administration", "it"), "POST", "/policies", newForm().meta(`{"reason":"Beschluss der Runde"}`).file("sachbearbeitung.csv", m.rulesFile("sachbearbeitung.csv", "house/closed,deny,sachbearbeitung,auslaenderbehoerde,beschaeftigung,normal,exist read,*,any,any,agreed\n")))
	for _, tt := range []struct {
		who        *browser
		path       string
		has, lacks string
	}{
		{admin, "/rules/2", "Zurückziehen", ">In Kraft setzen<"},
		{lead, "/rules/2", ">In Kraft setzen<", "Zurückziehen"},
		{officer, "/rules/2", ">Ablehnen<", ">In Kraft setzen<"},
		{lead, "/rules/2", "house/closed", "§§"},
		{lead, "/rules/2/simulation", "verliert", "§§"},
		{officer, "/rules", "Darf X das?", "§§"},
	} {
		status, body := tt.who.open("GET", tt.path, nil)
		if status != 200 || !strings.Contains(string(body), tt.has) || strings.Contains(string(body), tt.lacks) {
			t.Errorf("%s: %d; want %q and no %q", tt.path, status, tt.has, tt.lacks)
		}
	}
	if status, body := lead.open("POST", "/rules/2/judge", url.Values{"seen": {"1"}, "decision": {"decline"}}); status != 422 || !strings.Contains(string(body), `id="faults"`) {
		t.Errorf("turned down without a reason: %d", status)
	}
	if status, _ := lead.open("POST", "/rules/2/judge", url.Values{"seen": {"7"}, "decision": {"approve"}}); status != 412 {
		t.Errorf("compared with another version: %d", status)
	}
	if status, _ := lead.open("POST", "/rules/2/judge", url.Values{"seen": {"1"}, "decision": {"approve"}}); status != 303 {
		t.Errorf("approved: %d", status)
	}
	if _, body := lead.open("GET", "/rules", nil); !strings.Contains(string(body), "In Kraft ist Fassung 2") {
		t.Error("the list doesn't say what is in force")
	}
	clerk := m.pair("sachbearbeitung", "auslaenderbehoerde")
	number := m.want(200, clerk, "GET", "/akten/"+m.akte, nil, purpose).text("aktenzeichen")
	asked := url.Values{"user": {clerk}, "akte": {number}, "action": {"read"}, "register": {"beschaeftigung"}}
	status, body := officer.open("POST", "/rules/explain", asked)
	for _, want := range []string{"house/closed", "access/sachbearbeitung.csv:", "verbietet es"} {
		if status != 200 || !strings.Contains(string(body), want) {
			t.Errorf("explained: %d; want %q", status, want)
		}
	}
	if strings.Contains(strings.ReplaceAll(string(body), "zum Beispiel", ""), "Beispiel") {
		t.Error("the answer tells whose Akte it is")
	}
}
