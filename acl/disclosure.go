package acl

import (
	"context"

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
	v, _, err := d.disclose(ctx, o, "")
	if err != nil {
		return nil, err
	}
	return d.open(ctx, v)
}

// DiscloseCopy is Disclose for a searchable or an archival PDF, in the reader's language, "de" or "en". What can be
// known beforehand to be impossible is refused and not recorded: [archive.ErrNotReady], [ErrUnreadable],
// [ErrNotArchival], [ErrNoBundles]; what fails later was recorded and did not leave.
func (d *Desk) DiscloseCopy(ctx context.Context, o Disclosure, language string) (*Rendition, error) {
	if o.Form != FormSearchable && o.Form != FormArchival {
		return nil, &archive.FieldError{Pointer: "/form", Code: "unknown"}
	}
	v, title, err := d.disclose(ctx, o, language)
	if err != nil {
		return nil, err
	}
	return d.press(ctx, v, o.Form, ingest.RenderOrder{Title: title, Language: language, Archival: o.Form == FormArchival})
}

// disclose decides and records that a document leaves for a recipient, and returns its version and how it is called.
func (d *Desk) disclose(ctx context.Context, o Disclosure, language string) (v archive.Version, title string, err error) {
	if err := o.check(); err != nil {
		return v, "", err
	}
	h := Holder{Document: o.Document, Version: o.Version}
	tried := act{op: audit.OpDocumentDisclose, object: h.ref()}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		a, doc, _, err := d.reach(tx, o.Document, policies.ActRead)
		if err != nil {
			return act{}, err
		}
		verdict := a.hands(doc, o.Recipient)
		if !verdict.Allow {
			return act{}, ErrDenied
		}
		done, id, err := d.holds(tx, h, tried)
		if err != nil {
			return act{}, err
		}
		if v, err = d.guard.released(tx, id); err != nil {
			return act{}, err
		}
		if err = d.presses(v, o.Form); err != nil {
			return act{}, err
		}
		title = d.called(doc, language)
		done.verdict, done.detail = verdict, o.detail(v)
		return done, d.opened(tx, done)
	})
	return v, title, err
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
