package acl

import (
	"context"
	"errors"

	"eakte/archive"
)

// OpenTwin opens the document of the same bytes as an inbox item, to be shown beside it:
// [archive.ErrNotFound] where there is none that the subject may read. That is a look into its Akte: where
// she gave no reason for that yet, it is purpose, and state is the Akte for which that has to be stated
// from now on; empty else.
func (d *Desk) OpenTwin(ctx context.Context, id archive.InboxID, purpose string) (state archive.AkteID, err error) {
	intake := d.purposed(purpose)
	item, err := intake.InboxItem(ctx, id)
	if err != nil {
		return "", err
	}
	if item.DuplicateOf == "" {
		return "", archive.ErrNotFound
	}
	_, err = d.Document(ctx, item.DuplicateOf)
	if !errors.Is(err, ErrPurpose) {
		return "", err
	}
	doc, err := intake.Document(ctx, item.DuplicateOf)
	return doc.Akte, err
}

// purposed is the desk of the same subject for one purpose.
func (d *Desk) purposed(purpose string) *Desk {
	one := *d
	one.subject.Purpose = purpose
	return &one
}
