package acl_test

import (
	"errors"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
)

// A purpose stated for one Akte opens that one and says nothing of another.
func TestPurposeOfOneAkte(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	reader := w.User("maker", "sachbearbeitung@auslaenderbehoerde")
	maker := w.Guard.For(reader)
	one, other := w.Akte(maker, "Eins", "auslaenderbehoerde"), w.Akte(maker, "Zwei", "auslaenderbehoerde")
	reader.Purpose, reader.Purposes = "", map[archive.AkteID]string{one: "bearbeitung"}
	desk := w.Guard.For(reader)
	if _, err := desk.Akte(t.Context(), one); err != nil {
		t.Errorf("the Akte it was stated for: %v", err)
	}
	if _, err := desk.Akte(t.Context(), other); !errors.Is(err, acl.ErrPurpose) {
		t.Errorf("another Akte: %v, want ErrPurpose", err)
	}
}
