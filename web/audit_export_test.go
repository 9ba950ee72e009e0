package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// named gives an account a name to show.
func (w *world) named(who, display string) {
	w.t.Helper()
	w.must(w.store.Update(context.Background(), func(tx archive.Tx) error {
		u, err := tx.User(w.users[who])
		if err != nil {
			return err
		}
		u.Display, u.Revision = display, u.Revision+1
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return tx.Record(audit.Event{Time: w.now(), Actor: audit.System(), Op: audit.OpUserChange, Result: audit.Allow})
	}))
}

func TestTrailAsATable(t *testing.T) {
	w := newWorld(t)
	clerk, officer := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("datenschutz", "datenschutz")
	w.named(clerk, `=HYPERLINK("http://x";"Öffnen")`)
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	number := w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose).text("aktenzeichen")
	r := w.want(200, officer, "GET", "/audit/events.csv?akte="+akte, nil)
	if got := r.header.Get("Content-Type") + r.header.Get("Content-Disposition"); !strings.Contains(got, "text/csv") || !strings.Contains(got, `"protokoll-bis-`+w.now().Format(time.DateOnly)+`.csv"`) {
		t.Errorf("sent as %s", got)
	}
	for query, want := range map[string]string{
		"from=2026-03-01&to=2026-04-01": "protokoll-2026-03-01-bis-2026-03-31.csv", "from=2026-03-01&to=2026-03-02": "protokoll-2026-03-01.csv",
		"to=2026-03-02": "protokoll-bis-2026-03-01.csv",
	} {
		if got := w.want(200, officer, "GET", "/audit/events.csv?"+query, nil).header.Get("Content-Disposition"); !strings.Contains(got, `"`+want+`"`) {
			t.Errorf("%s is sent as %s", query, got)
		}
	}
	body, marked := bytes.CutPrefix(r.body, []byte("\xef\xbb\xbf"))
	if !marked {
		t.Error("no mark of UTF-8")
	}
	table := csv.NewReader(bytes.NewReader(body))
	table.Comma = ';'
	rows, err := table.ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	value := func(row int, column string) string { return rows[row][slices.Index(rows[0], column)] }
	for column, want := range map[string]string{
		"Name": `'=HYPERLINK("http://x";"Öffnen")`, "Handlung": "Akte geöffnet", "Aktenzeichen": number,
		"Fachbereich": "Ausländerbehörde", "Ergebnis": "erlaubt", "Art": "Abfrage",
	} {
		if got := value(1, column); got != want {
			t.Errorf("%s is %q, want %q", column, got, want)
		}
	}
	if value(1, "Zweck") == "bearbeitung" || value(1, "Zweck") == "" {
		t.Errorf("purpose %q is a code", value(1, "Zweck"))
	}
	if e := w.lastOf("trail.export"); e.text("items/0/class") != "disclosure" || e.text("items/0/actor") != string(w.users[officer]) {
		t.Errorf("the export itself: %v", e)
	}
}

func TestTrailAsJSON(t *testing.T) {
	w := newWorld(t)
	clerk, officer := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("datenschutz", "datenschutz")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	for query, want := range map[string]int{"akte=" + akte: 1, "akte=" + akte + "&class=collection": 1, "akte=" + akte + "&class=query": 0} {
		r := w.want(200, officer, "GET", "/audit/events.json?"+query, nil)
		var got struct {
			Items    []map[string]any
			Complete bool
		}
		if err := json.Unmarshal(r.body, &got); err != nil || len(got.Items) != want || !got.Complete {
			t.Errorf("%s: %v, %v", query, r, err)
		}
	}
	for _, bad := range []string{"result=maybe", "class=gossip", "from=yesterday"} {
		isProblem(t, w.call(officer, "GET", "/audit/events.json?"+bad, nil), 422, "invalid", german)
		isProblem(t, w.call(officer, "GET", "/audit/events?"+bad, nil), 422, "invalid", german)
	}
}

func TestTrailForPeople(t *testing.T) {
	w := newWorld(t)
	clerk, officer := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("datenschutz", "datenschutz")
	stranger := w.pair("sachbearbeitung", "soziales")
	w.named(clerk, "Anna Beispiel")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	head := w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose)
	w.want(404, stranger, "GET", "/akten/"+akte, nil, purpose)
	w.settle()
	found := w.want(200, officer, "POST", "/audit/subjects", `{"q":"Beispiel"}`)
	if found.text("persons/0/akten/0/aktenzeichen") != head.text("aktenzeichen") || found.text("users/0/id") != string(w.users[clerk]) || len(found.body) > 700 {
		t.Errorf("found %v", found)
	}
	opened := w.want(200, officer, "GET", "/audit/events?op=akte.open&person="+found.text("persons/0/person_id"), nil)
	if opened.text("items/0/name") != "Anna Beispiel" || opened.text("items/0/numbers/0/aktenzeichen") != head.text("aktenzeichen") ||
		!slices.Contains(opened.stringsOf("items/0/marks"), "namesake") {
		t.Errorf("opened: %v", opened)
	}
	if e := w.lastOf("access.refused"); e.text("items/0/tried") != "akte.open" || e.text("items/0/address") == "" {
		t.Errorf("refused: %v", e)
	}
	sum := w.want(200, officer, "GET", "/audit/summary", nil)
	if sum.field("whole") != true || sum.field("refusals") != 1.0 || sum.field("acts").(float64) < 4 {
		t.Errorf("summary: %v", sum)
	}
}

func TestCellsAreNoFormulas(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Anna": "Anna", "=1+1": "'=1+1", "+49": "'+49", "-1": "'-1", "@A1": "'@A1", "\t=1": "'\t=1", "a=b": "a=b",
	} {
		if got := cell(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
