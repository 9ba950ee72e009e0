package web

import (
	"net/url"
	"strings"
	"testing"

	"eakte/acl/oracletest"
)

// TestHandedBackByWhoMayNotRead hands an original back whose department has left the Akte, out of a register that nobody
// of the lead may read.
func TestHandedBackByWhoMayNotRead(t *testing.T) {
	m := &matrix{world: newWorld(t)}
	leads, guest := oracletest.Pair{Role: "sachbearbeitung", Department: "auslaenderbehoerde"}, m.pair("sachbearbeitung", "asyl")
	clerk := m.pair(leads.Role, leads.Department)
	akte := m.world.akte(clerk, "Beispiel", "auslaenderbehoerde", "asyl")
	f := newForm().meta(map[string]any{"type": "reisepass", "title": "Geheimtitel", "register": "asyl"}).file("pass.txt", "Pass")
	doc := m.want(201, guest, "POST", "/akten/"+akte+"/documents", f, purpose).text("id")
	made := m.want(201, guest, "POST", "/documents/"+doc+"/originals", `{"place":"Tresor","thing":"Reisepass"}`, purpose)
	head := m.want(200, clerk, "GET", "/akten/"+akte, nil, purpose)
	m.want(200, clerk, "PATCH", "/akten/"+akte, `{"departments":[]}`, purpose, "If-Match: "+head.header.Get("ETag"))
	b, path := m.browse(leads), "/akten/"+akte+"/documents/"+doc+"/originals/"+made.text("id")
	if page := b.shows("the lead's list", "/originals", "Reisepass", "dürfen Sie nicht lesen", path, "/akten/"+akte); strings.Contains(page, "Geheimtitel") {
		t.Error("the list tells of a document that the lead may not read")
	}
	form := url.Values{"hidden": {"1"}, "revision": {"1"}, "department": {"auslaenderbehoerde"}, "to": {"Frau Beispiel"}}
	stranger := m.browse(oracletest.Pair{Role: "sachbearbeitung", Department: "soziales"})
	stranger.sends(404, path, form)
	b.sends(303, "/akten/"+akte+"/purpose", url.Values{"purpose": {"bearbeitung"}})
	stale := url.Values{"hidden": {"1"}, "revision": {"7"}, "to": {"x"}}
	if next := b.leads(path, stale); next != "/originals" {
		t.Errorf("a stale entry leads to %s", next)
	}
	if next := b.leads(path, form); next != "/originals?department=auslaenderbehoerde" {
		t.Errorf("handed back leads to %s", next)
	}
	if page := b.shows("the lead's list", "/originals"); strings.Contains(page, path) {
		t.Error("it is still held")
	}
	b.shows("what was handed back", "/originals?list=gone", "Frau Beispiel")
}
