package archive_test

import (
	"fmt"
	"slices"
	"testing"

	"eakte/archive"
)

// TestRename keeps every name that an account was shown by, so that none gets lost by taking another.
func TestRename(t *testing.T) {
	u := archive.User{Name: "eva"}
	for _, name := range []string{"Eva Muster", "Eva Beispiel", "Eva Muster", "Eva Beispiel"} {
		if !u.Rename(name) || u.Rename(name) {
			t.Errorf("called %q: %+v", name, u)
		}
	}
	if want := []string{"Eva Muster", "Eva Beispiel"}; !slices.Equal(u.Shown(), want) {
		t.Errorf("shown as %q, want %q", u.Shown(), want)
	}
	for i := range archive.FormerNames + 5 {
		u.Rename(fmt.Sprintf("Eva %d", i))
	}
	if len(u.Former) != archive.FormerNames || u.Former[0] != "Eva Muster" {
		t.Errorf("shown as %q", u.Shown())
	}
	if !u.Rename("Eva Muster") {
		t.Error("she can't be called as at first")
	}
}
