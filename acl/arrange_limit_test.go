package acl

import (
	"errors"
	"testing"

	"eakte/archive"
)

// TestArrangeableTogether asks for more than fits into memory at once.
func TestArrangeableTogether(t *testing.T) {
	t.Parallel()
	of := func(sizes ...int64) error {
		plan := archive.Arranging{Outputs: [][]archive.Leaf{{}}}
		var items []archive.InboxItem
		var versions []archive.Version
		for i, size := range sizes {
			items = append(items, archive.InboxItem{Basket: "poststelle"})
			versions = append(versions, archive.Version{
				Kind: "application/pdf", State: archive.StateReady, Original: archive.Object{Size: size}, Pages: make([]archive.PageFacts, 1),
			})
			plan.Outputs[0] = append(plan.Outputs[0], archive.Leaf{Source: i, Page: 1, Turn: 90})
		}
		return arrangeable(plan, items, versions)
	}
	if err := errors.Join(of(maxTogether), of(maxTogether+1), of(maxTogether/2, maxTogether/2)); err != nil {
		t.Errorf("what fits, and one alone: %v", err)
	}
	var field *archive.FieldError
	if err := of(maxTogether/2, maxTogether/2, 1); !errors.As(err, &field) || field.Code != "too_large_sum" {
		t.Errorf("one byte too many: %v", err)
	}
}
