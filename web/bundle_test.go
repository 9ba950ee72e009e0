package web

import (
	"fmt"
	"strings"
	"testing"

	"eakte/archive"
)

func TestBundle(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde", "gesundheit")
	add := func(kind, date string) string {
		return w.want(201, clerk, "POST", "/akten/"+akte+"/documents", newForm().meta(fmt.Sprintf(`{"type":%q,"date":%q}`, kind, date)).file("a.txt", kind+date), purpose).text("id")
	}
	late, early, pass := add("arbeitsvertrag", "2025-05-01"), add("arbeitsvertrag", "2024-05-01"), add("reisepass", "2026-01-01")
	lines := func(r reply) []string { return strings.Split(string(r.body), "\n")[1:] }

	r := w.want(200, clerk, "GET", "/akten/"+akte+"/bundle.pdf", nil, purpose)
	if got := fmt.Sprint(lines(r)); got != fmt.Sprint([]string{pass, early, late}) {
		t.Errorf("all: %v, want the passport, then contracts with the oldest first", got)
	}
	if d := r.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || !strings.Contains(d, ".pdf") {
		t.Errorf("disposition %q", d)
	}
	some := w.want(200, clerk, "GET", "/akten/"+akte+"/bundle.pdf?document="+late+"&register=identitaet", nil, purpose)
	if got := fmt.Sprint(lines(some)); got != fmt.Sprint([]string{pass, late}) {
		t.Errorf("chosen: %v", got)
	}
	w.want(404, clerk, "GET", "/akten/"+akte+"/bundle.pdf?document="+nowhere, nil, purpose)
	w.want(422, clerk, "GET", "/akten/"+akte+"/bundle.pdf?register=unbekannt", nil, purpose)
	w.want(422, clerk, "GET", "/akten/"+akte+"/bundle.pdf", nil)

	job := w.want(202, clerk, "POST", "/akten/"+akte+"/bundles", fmt.Sprintf(`{"documents":[%q]}`, late), purpose, "Accept-Language: en")
	id := job.text("id")
	if job.text("kind") != archive.JobBundle || job.text("state") != archive.JobWaiting {
		t.Errorf("job %s", job.body)
	}
	w.want(409, clerk, "GET", "/bundles/"+id, nil)
	w.settle()
	if r := w.want(200, clerk, "GET", "/jobs/"+id, nil); r.text("state") != archive.JobDone {
		t.Errorf("job %s", r.body)
	}
	if got := string(w.want(200, clerk, "GET", "/bundles/"+id, nil).body); got != "%PDF en \n"+late {
		t.Errorf("bundle %q", got)
	}
	if got := string(w.want(206, clerk, "GET", "/bundles/"+id, nil, "Range: bytes=0-3").body); got != "%PDF" {
		t.Errorf("range %q", got)
	}
	other := w.pair("leitung", "auslaenderbehoerde")
	w.want(404, other, "GET", "/bundles/"+id, nil)
	w.want(404, other, "GET", "/jobs/"+id, nil)
	w.want(404, other, "DELETE", "/jobs/"+id, nil)
	w.want(409, clerk, "DELETE", "/jobs/"+id, nil)

	gone := w.want(202, clerk, "POST", "/akten/"+akte+"/bundles", `{}`, purpose).text("id")
	w.want(204, clerk, "DELETE", "/jobs/"+gone, nil)
	w.settle()
	if r := w.want(200, clerk, "GET", "/jobs/"+gone, nil); r.text("state") != archive.JobFailed || r.text("reason") != "cancelled" {
		t.Errorf("cancelled job %s", r.body)
	}
	w.want(404, clerk, "GET", "/bundles/"+gone, nil)
}
