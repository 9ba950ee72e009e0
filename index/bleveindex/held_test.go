package bleveindex

import (
	"fmt"
	"slices"
	"testing"
)

// TestHeldIsRemembered asks lists of tokens again and again, more of them than are remembered and with
// values that grow, and compares with the test itself.
func TestHeldIsRemembered(t *testing.T) {
	h := newHeld()
	values := []string{""}
	for round := range 4 {
		for i := range 50 {
			values = append(values, fmt.Sprintf("a%d%sb%d%s", i%7, sep, i+round, sep))
		}
		for list := range mostHeld + 10 {
			tokens := []string{"", fmt.Sprintf("b%d", list), fmt.Sprintf("a%d", list%9)}
			var want []bool
			for _, v := range values {
				want = append(want, holdsOne(tokens)(v))
			}
			for range 2 {
				if got := h.opened(tokens, values); !slices.Equal(got, want) {
					t.Fatalf("round %d, %q: %v, want %v", round, tokens, got, want)
				}
			}
			tokens[1] = "changed by its owner" // must not change what is remembered
		}
		if len(h.lists) > mostHeld {
			t.Errorf("%d lists are remembered", len(h.lists))
		}
	}
	if opens := h.opened(nil, values); slices.Contains(opens, true) {
		t.Error("no tokens open something")
	}
}
