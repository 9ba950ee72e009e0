package acl_test

import (
	"errors"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// TestUnconfirmedDeskChangesNothing asks a desk that only shows for changes of all kinds. Reading works there,
// and is recorded as anywhere.
func TestUnconfirmedDeskChangesNothing(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	who := w.User("clerk", "sachbearbeitung@auslaenderbehoerde")
	who.Purpose = "bearbeitung"
	clerk := w.Guard.For(who)
	id := w.Akte(clerk, "Beispiel", "auslaenderbehoerde")
	akte, err := clerk.Akte(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	still, before := clerk.Unconfirmed(), events(t, w, archive.TrailFilter{})
	for name, err := range map[string]error{
		"change": func() error {
			_, err := still.ChangeAkte(t.Context(), id, akte.Revision, func(a *archive.Akte) error { a.Team = "X"; return nil })
			return err
		}(),
		"create": func() error {
			_, err := still.OpenCase(t.Context(), archive.Case{Akte: id, Procedure: "ae_verlaengerung_allgemein"})
			return err
		}(),
		"draft": func() error { _, err := still.SaveDraft(t.Context(), "akte/new", nil); return err }(),
		"pin":   still.Pin(t.Context(), id),
	} {
		if !errors.Is(err, acl.ErrUnconfirmed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := events(t, w, archive.TrailFilter{}); n != before {
		t.Errorf("%d events of what was not done", n-before)
	}
	seen := w.User("other", "sachbearbeitung@auslaenderbehoerde")
	seen.Purpose = "bearbeitung"
	reads := events(t, w, archive.TrailFilter{Op: string(audit.OpAkteOpen)})
	if a, err := w.Guard.For(seen).Unconfirmed().Akte(t.Context(), id); err != nil || a.Team != "" {
		t.Errorf("reading: %q %v", a.Team, err)
	}
	if events(t, w, archive.TrailFilter{Op: string(audit.OpAkteOpen)}) != reads+1 {
		t.Error("the reading isn't recorded")
	}
}
