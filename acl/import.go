package acl

import (
	"context"

	"eakte/archive"
)

// Brought reports whether the subject brought bytes with this hash in already: into the Akte, or, where
// none is named, anywhere. An import that was interrupted passes over what is there.
func (d *Desk) Brought(ctx context.Context, sum [32]byte, akte archive.AkteID) (found bool, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		ids, err := r.SameBytes(sum, duplicates)
		if err != nil {
			return err
		}
		for _, id := range ids {
			v, err := r.Version(id)
			if err != nil {
				return err
			}
			if v.ReceivedBy != d.subject.User {
				continue
			}
			if akte == "" {
				found = true
				return nil
			}
			for _, docID := range v.Documents {
				doc, err := r.Document(docID)
				if err != nil {
					return err
				}
				found = found || doc.Akte == akte
			}
		}
		return nil
	})
	return found, err
}
