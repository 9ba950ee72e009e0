package acl

import (
	"context"

	"eakte/archive"
	"eakte/archive/audit"
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
}

// check brings it into the form that is recorded.
func (o *Disclosure) check() (err error) {
	if o.Recipient, err = archive.NormaliseText("/recipient", o.Recipient, 600, false); err != nil {
		return err
	}
	if o.Recipient == "" {
		return &archive.FieldError{Pointer: "/recipient", Code: "required"}
	}
	o.Reason, err = archive.NormaliseText("/reason", o.Reason, 2000, true)
	return err
}

// Disclose opens the received bytes of a document for a recipient. That they leave, and to whom, is
// recorded before the first one does, each time anew. It takes the right to disclose; who reads the
// document on a screen or keeps a copy at her desk needs none and names nobody.
func (d *Desk) Disclose(ctx context.Context, o Disclosure) (*Content, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	var v archive.Version
	h := Holder{Document: o.Document, Version: o.Version}
	tried := act{op: audit.OpDocumentDisclose, object: h.ref()}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
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
		how := "file"
		if o.Printed {
			how = "paper"
		}
		done.verdict = verdict
		done.detail = &audit.Detail{Shared: map[string]any{
			"recipient": o.Recipient, "reason": o.Reason, "version": string(v.ID), "how": how,
		}}
		return done, d.opened(tx, done)
	})
	if err != nil {
		return nil, err
	}
	return d.open(ctx, v)
}
