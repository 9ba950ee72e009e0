package acl

import (
	"context"
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest"
	"eakte/policies"
)

// Disclosure hands a document to a body outside the authority, or to the person herself.
type Disclosure struct {
	Document archive.DocumentID
	// Version is its number from 1; 0 is the newest.
	Version int
	// Recipient is who gets it, Reason why; the reason may be empty, since there is a purpose.
	Recipient, Reason string
	// Printed says that it goes out on paper.
	Printed bool
	// Form is what leaves: one of the constants, "" for [FormOriginal]. On paper it is always the pages as they are.
	Form string
}

// Forms in which a document leaves.
const (
	FormOriginal   = "original"   // the received bytes
	FormSearchable = "searchable" // see [Desk.Searchable]
	FormArchival   = "archival"   // see [Desk.Archival]
)

// check brings it into the form that is recorded.
func (o *Disclosure) check() (err error) {
	if o.Recipient, err = archive.NormaliseText("/recipient", o.Recipient, 600, false); err != nil {
		return err
	}
	if o.Recipient == "" {
		return &archive.FieldError{Pointer: "/recipient", Code: "required"}
	}
	switch {
	case o.Form == "" || o.Printed:
		o.Form = FormOriginal
	case o.Form != FormOriginal && o.Form != FormSearchable && o.Form != FormArchival:
		return &archive.FieldError{Pointer: "/form", Code: "unknown"}
	}
	o.Reason, err = archive.NormaliseText("/reason", o.Reason, 2000, true)
	return err
}

// Disclose opens the received bytes of a document for a recipient. That they leave, and to whom, is
// recorded before the first one does, each time anew. It takes the right to disclose; who reads the
// document on a screen or keeps a copy at her desk needs none and names nobody. Other forms are made by
// [Desk.DiscloseCopy].
func (d *Desk) Disclose(ctx context.Context, o Disclosure) (*Content, error) {
	o.Form = FormOriginal
	v, err := d.disclose(ctx, o)
	if err != nil {
		return nil, err
	}
	return d.open(ctx, v)
}

// DiscloseCopy is Disclose for a searchable or an archival PDF, in the reader's language, "de" or "en". What can't be
// made is refused and not recorded: [archive.ErrNotReady], [ErrUnreadable], [ErrNotArchival], [ErrNoBundles]. Its
// title is that of the type: what staff call a document is theirs.
func (d *Desk) DiscloseCopy(ctx context.Context, o Disclosure, language string) (*Rendition, error) {
	if o.Form != FormSearchable && o.Form != FormArchival {
		return nil, &archive.FieldError{Pointer: "/form", Code: "unknown"}
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	order := ingest.RenderOrder{Language: language, Archival: o.Form == FormArchival}
	var v archive.Version
	err := d.view(ctx, func(r archive.Reader) error {
		_, found, doc, err := d.leaving(r, o)
		kind, _ := d.guard.Policies.DocType(doc.Type)
		v, order.Title = found, kind.Label.In(language)
		o.Version = slices.Index(doc.Versions, found.ID) + 1 // the one that is made leaves, whatever comes meanwhile
		return err
	})
	if err != nil {
		return nil, d.refused(ctx, o.tried(), err)
	}
	made, err := d.press(ctx, v, o.Form, order)
	if err != nil {
		return nil, err
	}
	if _, err := d.disclose(ctx, o); err != nil {
		return nil, errors.Join(err, made.Close())
	}
	return made, nil
}

// disclose decides and records that a document leaves for a recipient, and returns its version.
func (d *Desk) disclose(ctx context.Context, o Disclosure) (v archive.Version, err error) {
	if err := o.check(); err != nil {
		return v, err
	}
	err = d.change(ctx, o.tried(), func(tx archive.Tx) (act, error) {
		done, found, _, err := d.leaving(tx, o)
		if err != nil {
			return act{}, err
		}
		v = found
		return done, d.opened(tx, done)
	})
	return v, err
}

func (o Disclosure) tried() act {
	return act{op: audit.OpDocumentDisclose, object: Holder{Document: o.Document, Version: o.Version}.ref()}
}

// leaving decides whether a document may leave for a recipient.
func (d *Desk) leaving(r archive.Reader, o Disclosure) (done act, v archive.Version, doc archive.Document, err error) {
	a, doc, _, err := d.reach(r, o.Document, policies.ActRead)
	if err != nil {
		return act{}, v, doc, err
	}
	verdict := a.hands(doc, o.Recipient)
	if !verdict.Allow {
		return act{}, v, doc, ErrDenied
	}
	done, id, err := d.holds(r, Holder{Document: o.Document, Version: o.Version}, o.tried())
	if err != nil {
		return act{}, v, doc, err
	}
	if v, err = d.guard.released(r, id); err != nil {
		return act{}, v, doc, err
	}
	if err = d.presses(v, o.Form); err != nil {
		return act{}, v, doc, err
	}
	done.verdict, done.detail = verdict, o.detail(v)
	return done, v, doc, nil
}

// detail is what the trail is told.
func (o Disclosure) detail(v archive.Version) *audit.Detail {
	how := "file"
	if o.Printed {
		how = "paper"
	}
	shared := map[string]any{"recipient": o.Recipient, "reason": o.Reason, "version": string(v.ID), "how": how}
	if o.Form != FormOriginal {
		shared["form"] = o.Form
	}
	return &audit.Detail{Shared: shared}
}
