package acl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
	"eakte/policies"
)

// BundleRequest says what of an Akte a bundle is to hold. Without registers and documents it is all that
// the subject may read.
type BundleRequest struct {
	Registers []string
	Documents []archive.DocumentID
	// Recipient is a body outside the authority, such as a court, and Reason why it gets the bundle. With
	// a recipient it takes the right to disclose, document by document.
	Recipient, Reason string
	// Language is "de" or "en".
	Language string
}

// BundleFile is an open bundle. It must be closed.
type BundleFile struct {
	io.ReadSeeker
	// Number is the Akte's reference number.
	Number string
	SHA256 [32]byte
	object *seal.Object
	end    func() error
}

// Close ends it.
func (f *BundleFile) Close() error { return errors.Join(f.object.Close(), f.end()) }

// maxBundle is how many documents or registers can be named.
const maxBundle = 5000

// bundle decides what the subject gets: what she may not read, or not disclose, is left out as if it
// weren't there. Documents follow each other by register, oldest first, as one reads a story.
func (d *Desk) bundle(r archive.Reader, id archive.AkteID, q BundleRequest) (archive.Bundle, act, error) {
	a, err := d.enter(r, id)
	if err != nil {
		return archive.Bundle{}, act{}, err
	}
	if err := a.mustState(); err != nil {
		return archive.Bundle{}, act{}, err
	}
	if a.head().inspects() {
		return archive.Bundle{}, act{}, ErrDenied
	}
	now := d.guard.Now().UTC()
	b := archive.Bundle{
		Akte: id, Maker: d.subject.User, Purpose: a.stated, Language: q.Language, Recipient: q.Recipient, Reason: q.Reason,
		Chosen: len(q.Registers)+len(q.Documents) > 0, Content: seal.NewKey(), Created: now, Expires: now.Add(archive.BundleKept),
	}
	done := act{object: "akte/" + string(id), akten: []archive.AkteID{id}, persons: []archive.PersonID{a.akte.Person}}
	readable := false
	for _, reg := range a.desk.guard.Policies.Registers() {
		if reach := a.reach(reg.Key); reach != policies.ActRead && reach != policies.ActWrite {
			continue
		}
		readable = true
		var some []archive.BundleDocument
		for row, err := range r.Documents(id, reg.Key, "") {
			if err != nil {
				return archive.Bundle{}, act{}, err
			}
			doc := row.Value
			chosen := !b.Chosen || slices.Contains(q.Registers, reg.Key) || slices.Contains(q.Documents, doc.ID)
			if v := a.hands(doc, q.Recipient); chosen && v.Allow {
				some = append(some, archive.BundleDocument{Document: doc.ID, Version: doc.Current()})
				done.verdict = v
			}
		}
		slices.Reverse(some)
		b.Documents = append(b.Documents, some...)
	}
	switch {
	case len(b.Documents) > 0:
	case b.Chosen:
		return b, act{}, archive.ErrNotFound
	case !readable || q.Recipient != "":
		return b, act{}, ErrDenied
	default: // nothing lies there yet
		done.verdict = a.head()
	}
	done.detail = bundleDetail(b)
	return b, done, nil
}

// hands decides whether the subject may take a document out, to a recipient if one is named.
func (a *access) hands(doc archive.Document, recipient string) verdict {
	v := a.may(policies.ActRead, objectOf(doc))
	if v.inspects() {
		return verdict{}
	}
	if v.Allow && recipient != "" {
		return a.may(policies.ActDisclose, objectOf(doc))
	}
	return v
}

// bundleDetail is what the trail is told of a bundle.
func bundleDetail(b archive.Bundle) *audit.Detail {
	documents := make([]string, 0, len(b.Documents))
	for _, d := range b.Documents {
		documents = append(documents, string(d.Document)+"/"+string(d.Version))
	}
	return &audit.Detail{Shared: map[string]any{"documents": documents, "recipient": b.Recipient, "reason": b.Reason}}
}

// check brings a request into the form that is stored.
func (q *BundleRequest) check(set *policies.Set) (err error) {
	if q.Recipient, err = archive.NormaliseText("/recipient", q.Recipient, 600, false); err != nil {
		return err
	}
	if q.Reason, err = archive.NormaliseText("/reason", q.Reason, 2000, true); err != nil {
		return err
	}
	if len(q.Documents) > maxBundle {
		return &archive.FieldError{Pointer: "/documents", Code: "too_many"}
	}
	if len(q.Registers) > maxBundle {
		return &archive.FieldError{Pointer: "/registers", Code: "too_many"}
	}
	for i, r := range q.Registers {
		if _, ok := set.Register(r); !ok {
			return &archive.FieldError{Pointer: fmt.Sprintf("/registers/%d", i), Code: "unknown"}
		}
	}
	return nil
}

// Bundle makes a PDF of what the subject may read of an Akte, while she waits. That it leaves is recorded,
// and decided once more, before it is handed out.
func (d *Desk) Bundle(ctx context.Context, id archive.AkteID, q BundleRequest) (*BundleFile, error) {
	if err := q.check(d.guard.Policies); err != nil {
		return nil, err
	}
	if d.guard.Bundles == nil {
		return nil, ErrNoBundles
	}
	var b archive.Bundle
	tried := act{op: audit.OpAkteBundle, object: "akte/" + string(id)}
	err := d.view(ctx, func(r archive.Reader) (err error) {
		b, _, err = d.bundle(r, id, q)
		return err
	})
	if err != nil {
		return nil, d.refused(ctx, tried, err)
	}
	select {
	case d.guard.bundling <- struct{}{}:
		defer func() { <-d.guard.bundling }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	b.Object, err = d.guard.Bundles.Make(ctx, b, func(int) error { return ctx.Err() })
	if err != nil {
		return nil, err
	}
	end := func() error { return d.dropObject(context.WithoutCancel(ctx), b.Object) }
	f, err := d.release(ctx, b, "", end)
	if err != nil {
		return nil, errors.Join(err, end())
	}
	return f, nil
}

// dropObject deletes an object that no record names.
func (d *Desk) dropObject(ctx context.Context, o archive.Object) error {
	if err := d.guard.Objects.Delete(ctx, o.Ref); err != nil {
		return err
	}
	return d.settle(ctx, o.Ref)
}

// release opens a bundle that is made, once every document in it has been decided as things are now and
// the event is recorded.
func (d *Desk) release(ctx context.Context, b archive.Bundle, window string, end func() error) (*BundleFile, error) {
	as := *d
	as.subject.Purpose = b.Purpose // it was made for that one, and says so
	f := &BundleFile{SHA256: b.Object.SHA256, end: end}
	tried := act{op: audit.OpAkteBundle, object: "akte/" + string(b.Akte)}
	err := as.look(ctx, tried, func(r archive.Reader) (act, error) {
		a, err := as.enter(r, b.Akte)
		if err != nil {
			return act{}, err
		}
		if err := a.mustState(); err != nil {
			return act{}, err
		}
		done := tried
		done.window, done.verdict, done.detail = window, a.head(), bundleDetail(b)
		done.akten, done.persons = []archive.AkteID{b.Akte}, []archive.PersonID{a.akte.Person}
		for _, of := range b.Documents {
			doc, err := r.Document(of.Document)
			if err != nil {
				return act{}, err
			}
			if done.verdict = a.hands(doc, b.Recipient); !done.verdict.Allow || doc.Akte != b.Akte {
				return act{}, ErrDenied
			}
			done.read = append(done.read, of.Document)
		}
		f.Number = a.akte.Number
		return done, nil
	})
	if err != nil {
		return nil, err
	}
	key, err := archive.ObjectKey(b.Content, b.Object.Ref)
	if err != nil {
		return nil, err
	}
	if f.object, err = d.guard.Objects.Open(ctx, b.Object.Ref, key, b.Object.Size, b.Object.SHA256); err != nil {
		return nil, err
	}
	f.ReadSeeker = f.object.NewReader()
	return f, nil
}
