package web

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

// TestAccessTable sends who accessed a person's data as a table, whose cells are no formulas, and as JSON by account.
func TestAccessTable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk, officer := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("datenschutz", "datenschutz")
	w.named(clerk, `=HYPERLINK("http://x";"Öffnen")`)
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	person := w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose).text("person_id")
	by := w.want(200, officer, "GET", "/audit/persons/"+person+"/accesses", nil)
	if by.text("by/0/actor") != string(w.users[clerk]) || by.text("by/0/acts/0/kind") != "look" || by.text("by/0/acts/0/op") != "akte.open" {
		t.Errorf("by account: %s", by.body)
	}
	r := w.want(200, officer, "GET", "/audit/persons/"+person+"/accesses.csv", nil)
	body, marked := bytes.CutPrefix(r.body, []byte("\xef\xbb\xbf"))
	table := csv.NewReader(bytes.NewReader(body))
	table.Comma = ';'
	rows, err := table.ReadAll()
	if err != nil || !marked || len(rows) < 3 || !strings.Contains(r.header.Get("Content-Disposition"), "zugriffe.csv") {
		t.Fatalf("%d rows, marked %t, %v", len(rows), marked, err)
	}
	at := slices.IndexFunc(rows, func(row []string) bool { return row[5] == "Akte geöffnet" })
	if at < 0 || rows[at][0] != `'=HYPERLINK("http://x";"Öffnen")` || rows[at][4] != "gesehen" || rows[at][2] != "Ausländerbehörde" {
		t.Errorf("rows %q", rows)
	}
	if e := w.lastOf("trail.export"); e.text("items/0/class") != "disclosure" || e.text("items/0/persons/0") != person {
		t.Errorf("the export itself: %v", e)
	}
	w.want(422, officer, "GET", "/audit/persons/"+person+"/accesses?from=gestern", nil)
	w.want(422, officer, "GET", "/audit/persons/"+person+"/accesses.csv?to=gestern", nil)
}
