package web

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// plant stores a document past all rights, as only a test may.
func (w *world) plant(akte string, d matrixDoc, text string, received time.Time) matrixDoc {
	w.t.Helper()
	ctx := w.t.Context()
	content, ref := seal.NewKey(), blob.NewRef()
	key, err := archive.ObjectKey(content, ref)
	if err != nil {
		w.t.Fatal(err)
	}
	got, err := w.objects.Receive(ctx, ref, key, strings.NewReader(text), -1)
	if err == nil {
		err = got.Commit(ctx)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	now := w.now().UTC()
	v := archive.Version{
		ID: archive.NewID[archive.VersionID](), Job: archive.NewID[archive.JobID](), Kind: "text/plain", State: archive.StateReceived,
		Original: archive.Object{Ref: ref, Size: got.Size, SHA256: got.SHA256}, ReceivedAt: received.UTC(), ReceivedBy: "test",
	}
	doc := archive.Document{
		ID: archive.NewID[archive.DocumentID](), Akte: archive.AkteID(akte), Type: "arbeitsvertrag", Register: d.register,
		Classification: d.classification, BroughtBy: d.broughtBy, FiledBy: "test", Title: "Titel", Date: "2026-01-02",
		Versions: []archive.VersionID{v.ID}, Created: now, Changed: now, Revision: 1,
	}
	v.Documents = []archive.DocumentID{doc.ID}
	err = w.store.Update(ctx, func(tx archive.Tx) error {
		if err := tx.PutDocument(doc); err != nil {
			return err
		}
		if err := tx.AddVersion(v, content); err != nil {
			return err
		}
		job := archive.Job{ID: v.Job, Kind: archive.JobRecognise, Version: v.ID, State: archive.JobWaiting, Created: now, NotBefore: now}
		if err := tx.Enqueue(job); err != nil {
			return err
		}
		return tx.Record(audit.Event{Time: now, Actor: audit.System(), Op: audit.OpUpload, Object: "document/" + string(doc.ID), Akten: []string{akte}, Result: audit.Allow})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	d.id, d.job = string(doc.ID), string(v.Job)
	return d
}

// volatile are what differs from answer to answer for everybody: the correlation id, and the sealed
// bytes of a cursor, whose presence counts.
var volatile = regexp.MustCompile(`"instance":"[^"]+"|"next_cursor":"[^"]+"`)

// glimpse is everything a reader can learn of an Akte.
func (w *world) glimpse(who, akte, person, doc, elsewhere string) map[string]string {
	out := map[string]string{}
	note := func(name string, r reply) {
		body := volatile.ReplaceAllString(string(r.body), `"volatile"`)
		out[name] = fmt.Sprint(r.status, " ", r.header.Get("ETag"), " ", r.header.Get("Content-Length") != "", " ", body)
	}
	for _, path := range []string{
		"/akten", "/akten?person=" + person, "/akten?department=soziales", "/akten?limit=1", "/akten/" + akte, "/akten/" + akte + "/cases",
		"/akten/" + akte + "/documents", "/akten/" + akte + "/documents?limit=2", "/akten/" + akte + "/documents?register=asyl",
		"/akten/" + akte + "/documents?register=schriftwechsel", "/persons/" + person, "/documents/" + doc, "/documents/" + doc + "/text",
		"/documents/" + doc + "/original", "/documents/" + doc + "/pages/1/words", "/inbox", "/akten/" + elsewhere,
	} {
		note("GET "+path, w.call(who, "GET", path, nil, purpose))
	}
	for _, q := range []string{"", "Zahnradfabrik", "gemeinsam", `"gemeinsam wort"`, "gemeinsam Zahnradfabrik", "verborgen", "Beispiel", "Eva Beispiel", "Beisp"} {
		for _, order := range []string{"relevance", "date", "-date"} {
			for _, filters := range []string{`{}`, `{"akte_id":"` + akte + `"}`, `{"register":["identitaet","asyl"]}`, `{"department":["asyl"]}`, `{"date_from":"2026-01-01"}`} {
				body := fmt.Sprintf(`{"q":%s,"sort":%q,"filters":%s,"limit":3}`, quoted(q), order, filters)
				first := w.call(who, "POST", "/search", body, purpose)
				note("search "+body, first)
				if cursor := first.text("next_cursor"); cursor != "" {
					note("more of "+body, w.call(who, "POST", "/search", strings.Replace(body, `"limit"`, `"cursor":`+quoted(cursor)+`,"limit"`, 1), purpose))
				}
			}
		}
	}
	return out
}

func quoted(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(data)
}

// TestInvisibleDocumentsChangeNothing compares all that a restricted reader gets before and after
// papers come in of which she must not know.
func TestInvisibleDocumentsChangeNothing(t *testing.T) {
	w := newWorld(t)
	clerk, reader := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("sachbearbeitung", "soziales")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde", "soziales", "asyl")
	person := w.want(200, clerk, "GET", "/akten/"+akte, nil, purpose).text("person_id")
	elsewhere := w.akte(clerk, "Beispielhaft", "auslaenderbehoerde")
	at := func(register, class, dep string) matrixDoc {
		return matrixDoc{register: register, classification: class, broughtBy: dep}
	}
	var visible matrixDoc
	for i, register := range []string{"identitaet", "aufenthalt", "familie", "beschaeftigung", "wohnen", "leistungen"} {
		text := "gemeinsam wort " + strings.Repeat("Zahnradfabrik ", i) + register
		visible = w.plant(akte, at(register, "normal", "auslaenderbehoerde"), text, w.now())
	}
	own := w.plant(akte, at("schriftwechsel", "normal", "soziales"), "gemeinsam eigen", w.now())
	w.settle()
	before := w.glimpse(reader, akte, person, visible.id, elsewhere)
	if !strings.Contains(before["GET /akten/"+akte+"/documents"], own.id) || strings.Count(before["GET /akten/"+akte+"/documents"], `"id"`) != 7 {
		t.Fatalf("the reader sees %s", before["GET /akten/"+akte+"/documents"])
	}
	hidden := w.hide(akte, elsewhere, at)
	w.settle()
	after := w.glimpse(reader, akte, person, visible.id, elsewhere)
	for name, was := range before {
		if after[name] != was {
			t.Errorf("%s\nbefore %s\nafter  %s", name, was, after[name])
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d answers became %d: a page came or went", len(before), len(after))
	}
	for _, d := range hidden {
		isProblem(t, w.call(reader, "GET", "/documents/"+d.id, nil, purpose), 404, "not-found", german)
	}
	other := w.pair("sachbearbeitung", "asyl")
	if all := w.want(200, other, "POST", "/search", `{"q":"gemeinsam"}`, purpose); all.field("total").(float64) < 15 {
		t.Errorf("the hidden papers are not in the index: %v", all.field("total"))
	}
}

// hide brings in what the reader of soziales must not know of.
func (w *world) hide(akte, elsewhere string, at func(register, class, dep string) matrixDoc) []matrixDoc {
	long := strings.Repeat("gemeinsam wort verborgen Zahnradfabrik ", 200)
	var hidden []matrixDoc
	for i := range 10 {
		hidden = append(hidden,
			w.plant(akte, at("asyl", "normal", "asyl"), fmt.Sprint("gemeinsam wort Zahnradfabrik verborgen Eva Beispiel ", i), w.now()),
			w.plant(akte, at("identitaet", "besonders", "auslaenderbehoerde"), fmt.Sprint(long, i), w.now()),
			w.plant(akte, at("schriftwechsel", "normal", "auslaenderbehoerde"), fmt.Sprint("Zahnradfabrik ", i), w.now()))
	}
	hidden = append(hidden,
		w.plant(akte, at("sicherheit", "sicherheit", "auslaenderbehoerde"), "Zahnradfabrik", w.now()),
		w.plant(elsewhere, at("identitaet", "normal", "auslaenderbehoerde"), "gemeinsam Zahnradfabrik", w.now()),
		// The same bytes as a paper she sees, and older: hers is a duplicate of what she must not know.
		w.plant(akte, at("asyl", "normal", "asyl"), "gemeinsam wort "+strings.Repeat("Zahnradfabrik ", 5)+"leistungen", w.now().Add(-time.Hour)))
	return hidden
}
