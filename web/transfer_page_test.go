package web

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"eakte/acl/oracletest"
	"eakte/archive"
	"eakte/archive/audit"
)

// scanned makes a document's newest version pass for a scan of somebody else.
func (w *world) scanned(doc string) {
	w.t.Helper()
	w.must(w.store.Update(context.Background(), func(tx archive.Tx) error {
		d, err := tx.Document(archive.DocumentID(doc))
		if err != nil {
			return err
		}
		v, err := tx.Version(d.Current())
		v.Transfer = &archive.Transfer{By: v.ReceivedBy, At: w.now(), Noted: w.now()}
		v.Transfer.Add(300, false, archive.ColourTrue)
		e := audit.Event{Time: w.now(), Actor: audit.System(), Op: audit.OpRecognition, Object: "version/" + string(v.ID), Result: audit.Allow}
		return errors.Join(err, tx.PutVersion(v), tx.Record(e))
	}))
}

// TestJudgeWhoComesLate judges a scan that somebody judged since it was shown, and one of which there is a newer version.
func TestJudgeWhoComesLate(t *testing.T) {
	_, _, m := inboxHouse(t)
	clerk, lead := m.pair("sachbearbeitung", "auslaenderbehoerde"), oracletest.Pair{Role: "leitung", Department: "auslaenderbehoerde"}
	first, second := m.document(clerk, m.akte, "reisepass", "Pass"), m.document(clerk, m.akte, "reisepass", "Karte")
	m.settle()
	m.scanned(first)
	m.scanned(second)
	b := m.browse(lead)
	b.sends(303, "/akten/"+m.akte+"/purpose", url.Values{"purpose": {"bearbeitung"}})
	page := b.shows("what waits", "/approvals", first, second)
	waiting := func(doc string) string {
		t.Helper()
		found := regexp.MustCompile(`/documents/` + doc + `/transfer\?[^"]*waiting=([^"&]+)`).FindStringSubmatch(page)
		if found == nil {
			t.Fatalf("the list leads to no scan: %s", page)
		}
		text, err := url.QueryUnescape(found[1])
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	form := func(doc string) (string, url.Values) {
		return "/akten/" + m.akte + "/documents/" + doc + "/judge",
			url.Values{"version": {"1"}, "word": {"approved"}, "department": {lead.Department}, "waiting": {waiting(doc)}}
	}
	m.want(200, m.pair(lead.Role, lead.Department), "POST", "/documents/"+first+"/judge", `{"version":1,"word":"approved"}`, purpose)
	path, late := form(first)
	if next := b.leads(path, late); !strings.HasPrefix(next, "/approvals/next?") {
		t.Errorf("who comes late is led to %s", next)
	}
	b.shows("the list", "/approvals", "inzwischen")
	words := func(doc string) (n int) {
		t.Helper()
		m.must(m.store.View(context.Background(), func(r archive.Reader) error {
			d, err := r.Document(archive.DocumentID(doc))
			if err != nil {
				return err
			}
			for _, id := range d.Versions {
				v, verr := r.Version(id)
				err, n = errors.Join(err, verr), n+len(v.Quality)
			}
			return err
		}))
		return n
	}
	if n := words(first); n != 1 {
		t.Errorf("%d words about a scan that was judged twice", n)
	}
	m.want(201, clerk, "POST", "/documents/"+second+"/versions", newForm().file("neu.txt", "Karte, noch einmal"), purpose)
	m.settle()
	m.scanned(second)
	path, late = form(second)
	shown := b.sends(412, path, late)
	for _, want := range []string{`role="alert"`, `name="version" value="2"`} {
		if !strings.Contains(shown, want) {
			t.Errorf("who judges an old version isn't shown %q", want)
		}
	}
	if n := words(second); n != 0 {
		t.Errorf("%d words about a version that nobody saw", n)
	}
}
