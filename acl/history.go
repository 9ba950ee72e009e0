package acl

import (
	"context"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// people names those whom a document's records speak of.
func people(r archive.Reader, view DocumentView) (map[archive.UserID]string, error) {
	names := map[archive.UserID]string{}
	ids := []archive.UserID{view.FiledBy}
	for _, c := range view.History {
		ids = append(ids, c.By)
	}
	for _, v := range view.All {
		ids = append(ids, v.ReceivedBy)
	}
	for _, n := range view.Transfers {
		for _, w := range n.Words {
			ids = append(ids, w.By)
		}
	}
	for _, c := range view.Originals {
		for _, done := range c.Acts {
			ids = append(ids, done.By)
		}
	}
	for _, id := range ids {
		if _, known := names[id]; known || id == "" {
			continue
		}
		name, err := displayName(r, id)
		if err != nil {
			return nil, err
		}
		names[id] = name
	}
	return names, nil
}

// displayName is what pages call an account; "" where there is none.
func displayName(r archive.Reader, id archive.UserID) (string, error) {
	if id == "" {
		return "", nil
	}
	u, err := r.User(id)
	if err != nil {
		return "", unlessMissing(err)
	}
	return u.Called(), nil
}

// CheckDocument notes that the subject compared what is recorded of a document with the paper.
// revision is the one she saw.
func (d *Desk) CheckDocument(ctx context.Context, id archive.DocumentID, revision int64) (DocumentView, error) {
	return d.mark(ctx, id, revision, func(_ *access, doc *archive.Document) (archive.DocumentChange, error) {
		doc.Checked = &archive.Check{By: d.subject.User, At: d.guard.Now().UTC()}
		return archive.DocumentChange{What: archive.DocumentChecked}, nil
	})
}

// ClassifyDocument changes a document's classification, and says why. The subject must be allowed to
// write both what it was and what it becomes.
func (d *Desk) ClassifyDocument(ctx context.Context, id archive.DocumentID, revision int64, classification, reason string) (DocumentView, error) {
	reason, err := archive.NormaliseText("/reason", reason, 2000, true)
	if err != nil {
		return DocumentView{}, err
	}
	if reason == "" {
		return DocumentView{}, &archive.FieldError{Pointer: "/reason", Code: "required"}
	}
	return d.mark(ctx, id, revision, func(a *access, doc *archive.Document) (archive.DocumentChange, error) {
		if doc.Classification == classification {
			return archive.DocumentChange{}, &archive.FieldError{Pointer: "/classification", Code: "unchanged"}
		}
		doc.Classification = classification
		if err := doc.Normalise(d.guard.Policies); err != nil {
			return archive.DocumentChange{}, err
		}
		if !a.may(policies.ActWrite, objectOf(*doc)).Allow {
			return archive.DocumentChange{}, ErrDenied
		}
		return archive.DocumentChange{What: archive.DocumentClassified, Reason: reason}, nil
	})
}

// mark changes a document in one way that its history names.
func (d *Desk) mark(ctx context.Context, id archive.DocumentID, revision int64, how func(*access, *archive.Document) (archive.DocumentChange, error)) (DocumentView, error) {
	tried := act{op: audit.OpDocumentChange, object: "document/" + string(id)}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		a, was, v, err := d.reach(tx, id, policies.ActWrite)
		if err != nil {
			return act{}, err
		}
		if was.Revision != revision {
			return act{}, &StaleError{was.Revision}
		}
		doc := was
		change, err := how(a, &doc)
		if err != nil {
			return act{}, err
		}
		return d.put(tx, tried, v, a.akte, was, doc, change)
	})
	if err != nil {
		return DocumentView{}, err
	}
	return d.made(ctx, id)
}
