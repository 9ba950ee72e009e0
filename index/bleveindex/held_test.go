package bleveindex

import (
	"fmt"
	"slices"
	"testing"
)

// TestHeldIsRemembered asks lists of tokens again and again, while values grow, and compares with the test
// itself; then more lists than are remembered.
func TestHeldIsRemembered(t *testing.T) {
	h := newHeld()
	values := []string{""}
	ask := func(list int) {
		t.Helper()
		tokens := []string{"", fmt.Sprintf("b%d", list), fmt.Sprintf("a%d", list%9)}
		var want []bool
		for _, v := range values {
			want = append(want, holdsOne(tokens)(v))
		}
		for range 2 {
			if got := h.opened(tokens, values); !slices.Equal(got, want) {
				t.Fatalf("%d values, %q: %v, want %v", len(values), tokens, got, want)
			}
		}
	}
	for round := range 4 {
		for i := range 50 {
			values = append(values, fmt.Sprintf("a%d%sb%d%s", i%7, sep, i+round, sep))
		}
		for list := range 20 {
			ask(list)
		}
	}
	for list := range mostHeld + 10 {
		ask(list)
	}
	if len(h.lists) > mostHeld {
		t.Errorf("%d lists are remembered", len(h.lists))
	}
	if slices.Contains(h.opened(nil, values), true) {
		t.Error("no tokens open something")
	}
}
