package web

import (
	"bytes"
	"testing"

	"eakte/archive"
)

// TestOriginalGoesRound takes an original by the interface for programs, has its receipt made, and hands it back.
func TestOriginalGoesRound(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	doc := w.document(clerk, w.akte(clerk, "Beispiel", "auslaenderbehoerde"), "reisepass", "Pass")
	made := w.want(201, clerk, "POST", "/documents/"+doc+"/originals", map[string]any{"place": "Tresor 2", "thing": "Reisepass N01"}, purpose)
	id := made.text("id")
	if !made.field("held").(bool) || made.header.Get("ETag") != `"1"` {
		t.Errorf("taken: %v", made)
	}
	slip := w.want(200, clerk, "GET", "/originals/"+id+"/receipt.pdf", nil, purpose)
	if !bytes.Contains(slip.body, []byte("Reisepass N01")) || bytes.Contains(slip.body, []byte("Tresor")) {
		t.Errorf("receipt: %v", slip)
	}
	back := map[string]any{"what": archive.CustodyReturned, "to": "Frau Beispiel"}
	w.want(428, clerk, "POST", "/originals/"+id+"/acts", back, purpose)
	w.want(412, clerk, "POST", "/originals/"+id+"/acts", back, purpose, `If-Match: "7"`)
	if got := w.want(200, clerk, "POST", "/originals/"+id+"/acts", back, purpose, `If-Match: "1"`); got.field("held").(bool) || got.text("to") != "Frau Beispiel" {
		t.Errorf("handed back: %v", got)
	}
	if got := w.want(200, clerk, "GET", "/originals?list=gone", nil); !bytes.Contains(got.body, []byte(id)) {
		t.Errorf("list: %v", got)
	}
	w.want(404, w.pair("sachbearbeitung", "integration"), "GET", "/originals/"+id+"/receipt.pdf", nil, purpose)
}
