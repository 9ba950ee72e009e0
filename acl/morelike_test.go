package acl_test

import (
	"errors"
	"slices"
	"testing"

	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// letter is a text with telling words.
const letter = "Arbeitsvertrag mit der Gärtnerei Sonnenschein: Probezeit, Kündigungsfrist, Urlaubsanspruch, Tarifvertrag"

func TestMoreLikeObeysRightsAndIsRecorded(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	lead := w.Guard.For(w.User("lead", "sachbearbeitung@auslaenderbehoerde"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@asyl"))
	shared := archive.Participation{Department: "asyl"}
	akte, other := w.Akte(lead, "Eigen", "auslaenderbehoerde", shared), w.Akte(lead, "Andere", "auslaenderbehoerde", shared)
	hidden := w.Akte(lead, "Fremd", "auslaenderbehoerde")
	pass := archive.Document{Type: "reisepass", Register: "identitaet"}
	doc := w.Add(lead, akte, pass, letter+" Eigen")
	like := w.Add(lead, other, pass, letter+" auch")
	secret := w.Add(lead, hidden, pass, letter+" noch einmal")
	w.Add(lead, other, pass, "Etwas anderes über Eigen")
	w.Settle()
	searches := archive.TrailFilter{Op: string(audit.OpSearch)}
	before := events(t, w, searches)
	found, err := clerk.MoreLike(t.Context(), doc.ID)
	if err != nil || len(found) != 1 || found[0].Document.ID != like.ID || found[0].Name.Family != "Andere" {
		t.Fatalf("%+v, %v, want the one that she may see", found, err)
	}
	if !slices.Contains(found[0].Words, "Kündigungsfrist") {
		t.Errorf("shared words %v", found[0].Words)
	}
	if n := events(t, w, searches) - before; n != 1 {
		t.Errorf("%d searches are recorded, want 1", n)
	}
	if all, err := lead.MoreLike(t.Context(), doc.ID); err != nil || len(all) != 2 {
		t.Errorf("the lead is shown %d, %v, want both", len(all), err)
	}
	if _, err := clerk.MoreLike(t.Context(), secret.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("what is like a document of others: %v, want not found", err)
	}
	hide(t, lead, other)
	if found, err := clerk.MoreLike(t.Context(), doc.ID); err != nil || len(found) != 0 {
		t.Errorf("%d are shown of an Akte that was lost, %v", len(found), err)
	}
}
