package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/oracletest"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// refusing is a storage that deletes nothing.
type refusing struct {
	blob.Store
	why error
}

func (r *refusing) Delete(context.Context, blob.Ref) error { return r.why }

// TestAnErasureThatWaitsSaysWhy erases an Akte while the storage refuses, and then while it locks: leads and data protection
// see what is left, and nobody else does.
func TestAnErasureThatWaitsSaysWhy(t *testing.T) {
	w := newWorld(t)
	storage := &refusing{why: blob.ErrForbidden}
	cfg := w.guard.Config
	cfg.Objects = seal.New(storage)
	machine, err := acl.New(cfg)
	w.must(err)
	m := &matrix{world: w}
	clerk, lead := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("leitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	w.document(clerk, akte, "reisepass", "Zebra")
	w.settle()
	at := "/akten/" + akte
	head := w.want(200, clerk, "GET", at, nil, purpose)
	w.want(200, clerk, "PATCH", at, `{"state":"closed"}`, purpose, fmt.Sprintf(`If-Match: "%v"`, head.field("revision")))
	w.want(204, clerk, "PUT", at+"/retention", `{"rule":"R-DEATH","from":"2001-01-01"}`, purpose)
	w.want(204, clerk, "POST", at+"/offer", `{}`, purpose)
	w.want(204, clerk, "POST", at+"/offer/answer", `{"answer":"declined"}`, purpose)
	id := w.want(200, clerk, "POST", at+"/erasure", `{"because":"Frist vorbei"}`, purpose).text("id")
	w.want(204, lead, "POST", "/erasures/"+id+"/decide", `{"grant":true}`)
	erase := func() {
		t.Helper()
		ended := make(chan struct{})
		go func() { defer close(ended); _, _ = machine.Erase(t.Context()) }()
		for {
			select {
			case <-ended:
				return
			case <-time.After(20 * time.Millisecond):
				w.must(w.indexer.Drain(t.Context()))
			}
		}
	}
	erase()
	got := w.want(200, lead, "POST", "/erasures/proofs", `{}`)
	left, _ := got.field("waiting/0/objects_left").(float64)
	if got.text("waiting/0/id") != id || left < 2 || got.field("waiting/0/forbidden") != true || got.field("items/0/id") != nil {
		t.Errorf("waiting: %v", got)
	}
	w.want(404, lead, "GET", "/erasures/"+id+"/proof", nil)
	w.want(403, clerk, "POST", "/erasures/proofs", `{}`)
	office := m.browse(oracletest.Pair{Role: "leitung", Department: "auslaenderbehoerde"})
	page := office.shows("what waits", "/retention?list=done", "wartet auf den Speicher")
	for _, want := range []string{fmt.Sprintf("<dd>%v</dd>", left), "verweigert das Löschen", id} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if page := office.sends(200, "/retention", url.Values{"number": {"33.11-999999/2026"}}); strings.Contains(page, id) {
		t.Error("it is found by another number")
	}
	storage.why = blob.ErrRetained
	erase()
	if got := w.want(200, lead, "GET", "/erasures/"+id+"/proof", nil); got.field("objects_kept") != left {
		t.Errorf("the proof: %v", got)
	}
	office.shows("the proof", "/retention/"+id, "Davon noch gesperrt")
	if page := office.shows("proofs", "/retention?list=done", id); strings.Contains(page, "wartet auf den Speicher") {
		t.Error("it still waits")
	}
}
