package web

import (
	"bytes"
	"testing"

	"eakte/archive"
)

// TestAConflictGoesRound lays a conflict of interest by the interface for programs and ends it by two leads.
func TestAConflictGoesRound(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	colleague := "zwei"
	w.account(colleague, archive.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"})
	lead := w.pair("leitung", "auslaenderbehoerde")
	second := "leitung.zwei"
	w.account(second, archive.Pair{Role: "leitung", Department: "auslaenderbehoerde"})
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	doc := w.document(clerk, akte, "reisepass", "Zebra")
	w.settle()
	number := w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose).text("aktenzeichen")

	w.want(204, colleague, "POST", "/conflicts/reports", map[string]any{"about": number, "kind": "relative", "reason": "Schwester"})
	w.want(200, colleague, "GET", "/akten/"+akte, nil, purpose)
	list := w.want(200, lead, "GET", "/conflicts", nil)
	report := list.text("reports/0/id")
	w.want(204, lead, "POST", "/conflicts", map[string]any{
		"user_id": w.users[colleague], "aktenzeichen": number, "kind": "relative", "reason": "Schwester", "report_id": report,
	})
	for _, path := range []string{"/akten/" + akte, "/documents/" + doc, "/documents/" + doc + "/text", "/akten/" + akte + "/conflict"} {
		method := "GET"
		var body any
		if path == "/akten/"+akte+"/conflict" {
			method, body = "POST", map[string]any{"kind": "own", "reason": "x"}
		}
		if got := w.want(404, colleague, method, path, body, purpose); bytes.Contains(got.body, []byte("onflict")) {
			t.Errorf("%s tells why: %v", path, got)
		}
	}
	if got := w.want(200, colleague, "POST", "/search", map[string]any{"q": "Zebra"}); got.field("total") != 0.0 {
		t.Errorf("found: %v", got)
	}
	if got := w.want(200, clerk, "POST", "/search", map[string]any{"q": "Zebra"}); got.field("total") != 1.0 {
		t.Errorf("her colleague finds: %v", got)
	}
	list = w.want(200, second, "GET", "/conflicts", nil)
	if list.text("items/0/person/family") != "Beispiel" || list.field("reports/0/id") != nil {
		t.Errorf("the list: %v", list)
	}
	one := "/conflicts/" + list.text("items/0/id")
	w.want(409, second, "POST", one+"/decide", map[string]any{"grant": true})
	w.want(204, lead, "POST", one+"/end", map[string]any{"reason": "verwechselt"})
	w.want(409, lead, "POST", one+"/decide", map[string]any{"grant": true})
	w.want(404, colleague, "GET", "/akten/"+akte, nil, purpose)
	w.want(204, second, "POST", one+"/decide", map[string]any{"grant": true})
	w.want(200, colleague, "GET", "/akten/"+akte, nil, purpose)
}
