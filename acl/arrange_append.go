package acl

import (
	"context"

	"eakte/archive"
)

// Appended are pages of another item that come behind those of an arrangement's first output.
type Appended struct {
	// Item is in the same basket; empty: nothing is appended.
	Item archive.InboxID
	// Pages are in the order they come; empty: all of them.
	Pages []Span
}

// Span is pages that follow one another, from 1, both ends included.
type Span struct{ First, Last int }

// withAppended names the appended pages one by one. The look at the other item is recorded as one.
func (d *Desk) withAppended(ctx context.Context, a Arrangement) (Arrangement, error) {
	if a.Append.Item == "" || len(a.Outputs) == 0 {
		return a, nil
	}
	other, err := d.InboxItem(ctx, a.Append.Item)
	if err != nil {
		return a, err
	}
	count, spans := len(other.Current.Pages), a.Append.Pages
	if len(spans) == 0 {
		spans = []Span{{1, count}}
	}
	first := append([]Leaf(nil), a.Outputs[0]...)
	for _, s := range spans {
		if s.First < 1 || s.Last < s.First || s.Last > count || len(first)+s.Last-s.First >= maxLeaves {
			return a, &archive.FieldError{Pointer: "/append_pages", Code: "range", Detail: "pages that there are"}
		}
		for n := s.First; n <= s.Last; n++ {
			first = append(first, Leaf{Item: a.Append.Item, Page: n})
		}
	}
	outputs := append([][]Leaf{first}, a.Outputs[1:]...)
	return Arrangement{Outputs: outputs}, nil
}
