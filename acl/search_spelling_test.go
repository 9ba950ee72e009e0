package acl_test

import (
	"testing"

	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/index"
)

// Another spelling comes from what the reader may find within the filters, and from nothing else.
func TestRespelled(t *testing.T) {
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	stranger := w.Guard.For(w.User("soz", "sozialdienst@soziales"))
	akte := w.Akte(abh, "Kaya", "auslaenderbehoerde")
	other := w.Akte(abh, "Roth", "auslaenderbehoerde")
	w.Add(abh, akte, archive.Document{Type: "mietvertrag", Title: "Untermietverhältnis"}, "Verlängerung der Duldung, Verlängerung beantragt", "Verlangerunk steht falsch da")
	w.Add(abh, other, archive.Document{Type: "mietvertrag"}, "Aufenthaltserlaubnis")
	w.Settle()
	for _, tt := range []struct {
		name, text string
		akte       archive.AkteID
		want       string
	}{
		{name: "one letter wrong", text: "Verlengerung", want: "Verlängerung"},
		{name: "two letters wrong in a long word", text: "Verlengerumg", want: "Verlängerung"},
		{name: "beside a word that is there", text: "Duldung Verlengerung", want: "Duldung Verlängerung"},
		{name: "with the rest of what was understood", text: "Verlengerung -Visum typ:Mietvertrag", want: "typ:Mietvertrag Verlängerung -Visum"},
		{name: "in a title", text: "Untermietverheltnis", want: "Untermietverhältnis"},
		{name: "words that are there, but not together", text: "Verlängerung Aufenthaltserlaubnis"},
		{name: "nothing like it", text: "Kaninchen"},
		{name: "part of a compound", text: "Erlaubnes"},
		{name: "a phrase stays as it is", text: `"Verlengerung der Duldung"`},
		{name: "a short word", text: "Dul"},
		{name: "outside the Akte", text: "Verlengerung", akte: other},
		{name: "within the Akte", text: "Verlengerung", akte: akte, want: "Verlängerung"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found, err := abh.Search(t.Context(), index.Query{Text: tt.text, Akte: tt.akte}, "")
			if err != nil || found.Total != 0 || found.Respelled != tt.want {
				t.Errorf("%d found, %q, %v, want %q", found.Total, found.Respelled, err, tt.want)
			}
			found, err = stranger.Search(t.Context(), index.Query{Text: tt.text, Akte: tt.akte}, "")
			if err != nil || found.Respelled != "" {
				t.Errorf("a stranger is told %q, %v", found.Respelled, err)
			}
		})
	}
	found, err := abh.Search(t.Context(), index.Query{Text: "Verlängerung"}, "")
	if err != nil || found.Total == 0 || found.Respelled != "" {
		t.Errorf("where something is found: %q, %v", found.Respelled, err)
	}
}
