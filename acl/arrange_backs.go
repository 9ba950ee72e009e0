package acl

import (
	"context"

	"eakte/archive"
)

// withBacks puts fronts and backs that were scanned one after the other in turn: the backs come from the last
// sheet to the first, since the stack was turned over. Both looks are recorded as such.
func (d *Desk) withBacks(ctx context.Context, id archive.InboxID, a Arrangement) (Arrangement, error) {
	if a.Backs == "" {
		return a, nil
	}
	if len(a.Outputs) > 0 || a.Append.Item != "" || a.Backs == id {
		return a, &archive.FieldError{Pointer: "/backs", Code: "alone", Detail: "another item, and no outputs beside it"}
	}
	fronts, err := d.InboxItem(ctx, id)
	if err != nil {
		return a, err
	}
	backs, err := d.InboxItem(ctx, a.Backs)
	if err != nil {
		return a, err
	}
	n := len(fronts.Current.Pages)
	switch {
	case n == 0 || n != len(backs.Current.Pages):
		return a, &archive.FieldError{Pointer: "/backs", Code: "uneven", Detail: "both need the same number of pages"}
	case 2*n > maxLeaves:
		return a, &archive.FieldError{Pointer: "/backs", Code: "too_many"}
	}
	var leaves []Leaf
	for i := 1; i <= n; i++ {
		leaves = append(leaves, Leaf{Item: id, Page: i}, Leaf{Item: a.Backs, Page: n + 1 - i})
	}
	return Arrangement{Outputs: [][]Leaf{leaves}}, nil
}
