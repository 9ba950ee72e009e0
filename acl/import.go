package acl

import (
	"context"
	"errors"
	"io"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/sniff"
)

// ImportInto finds the Akte of a file that is to be imported, by its ID or reference number, and decides
// whether doc may be brought into it; "" is no Akte. What is wrong with doc is a [*archive.FieldError]; an Akte
// that isn't there is [archive.ErrNotFound], one that isn't open [ErrDenied].
func (d *Desk) ImportInto(ctx context.Context, akte string, doc archive.Document) (id archive.AkteID, err error) {
	if akte == "" {
		return "", nil
	}
	if err := doc.Normalise(d.guard.Policies); err != nil {
		return "", err
	}
	tried := act{op: audit.OpUpload}
	err = d.view(ctx, func(r archive.Reader) error {
		found, err := archive.ParseID[archive.AkteID](akte)
		if err != nil {
			found, err = r.AkteByNumber(akte)
		}
		if err != nil {
			return err
		}
		tried.object = "akte/" + string(found)
		a, err := d.stand(r, found)
		if err != nil {
			return err
		}
		placed := doc
		if _, err := a.place(r, &placed); err != nil {
			return err
		}
		id = found
		return nil
	})
	return id, d.refused(ctx, tried, err)
}

// Works reports whether an item could lie where it is to lie: nil, or an [*archive.FieldError].
func (d *Desk) Works(item archive.InboxItem) error {
	if err := item.Normalise(d.guard.Policies); err != nil {
		return err
	}
	return d.guard.worked(item.Basket)
}

// Takes reports whether a file that begins with head would be taken: nil, or a [*RefusedError] or
// [*archive.FieldError]. What its deeper reading finds isn't known yet.
func (d *Desk) Takes(item archive.InboxItem, name string, head io.Reader) error {
	if err := d.Works(item); err != nil {
		return err
	}
	data := make([]byte, sniff.HeadSize)
	n, err := io.ReadFull(head, data)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if _, err := sniff.Check(data[:n], name); err != nil {
		return refusal(err)
	}
	return nil
}

// Brought reports whether the subject brought bytes with this hash in already: into the Akte, or, where
// none is named, anywhere. An import that was interrupted passes over what is there.
func (d *Desk) Brought(ctx context.Context, sum [32]byte, akte archive.AkteID) (found bool, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		arrivals, err := r.SameBytes(sum, duplicates)
		if err != nil {
			return err
		}
		for _, v := range arrivals {
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
