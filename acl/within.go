package acl

import (
	"context"

	"eakte/archive"
	"eakte/archive/audit"
)

// Within returns a desk for requests that name an Akte beside what should lie in it. What lies in another
// Akte is [archive.ErrNotFound] there, before anybody is asked why she looks at it: the answer would be
// about the Akte that was named. So is everything in an Akte whose head she doesn't see, what the mail
// room filed there included: there is no page on which she could say why.
func (d *Desk) Within(id archive.AkteID) *Desk {
	one := *d
	one.inside = id
	return &one
}

// anywhere takes the bounds of [Desk.Within] away, for what is found by the way.
func (d *Desk) anywhere() *Desk { return d.Within("") }

// outside reports whether the Akte is not the one that the request named.
func (d *Desk) outside(id archive.AkteID) bool { return d.inside != "" && d.inside != id }

// AkteQuery says what of an Akte is shown beside its head.
type AkteQuery struct {
	Documents DocumentsQuery
	// Document is the one that is open, Beside one to compare it with; both may be empty.
	Document, Beside archive.DocumentID
}

// AktePage is an Akte as a reader has it before her.
type AktePage struct {
	AkteView
	Documents DocumentsPage
	// Document and Beside are nil where none was asked for.
	Document, Beside *DocumentView
	// Pinned says that she keeps the Akte at hand.
	Pinned bool
}

// OpenAkte shows an Akte with a page of its documents, and what of them is open. Opened without a
// document it is noted among those the subject opened last. A document of another Akte is
// [archive.ErrNotFound].
func (d *Desk) OpenAkte(ctx context.Context, id archive.AkteID, q AkteQuery) (AktePage, error) {
	var page AktePage
	var err error
	d = d.Within(id)
	if page.AkteView, err = d.Akte(ctx, id); err != nil {
		return AktePage{}, err
	}
	if page.Documents, err = d.Documents(ctx, id, q.Documents); err != nil {
		return AktePage{}, err
	}
	if q.Document == "" {
		err = d.NoteOpened(ctx, id)
	} else if page.Document, err = d.beside(ctx, q.Document); err == nil && q.Beside != "" {
		page.Beside, err = d.beside(ctx, q.Beside)
	}
	if err != nil {
		return AktePage{}, err
	}
	page.Pinned, err = d.keeps(ctx, id)
	return page, err
}

func (d *Desk) beside(ctx context.Context, id archive.DocumentID) (*DocumentView, error) {
	view, err := d.Document(ctx, id)
	if err != nil {
		return nil, err
	}
	return &view, nil
}

// Reception shows what is needed to bring documents into an Akte whose head the subject may see:
// [archive.ErrNotFound] else, also to the mail room, which files out of its basket into Akten that it
// doesn't see. What counts is decided again when a document is recorded.
func (d *Desk) Reception(ctx context.Context, id archive.AkteID) (Approach, error) {
	return d.approach(ctx, act{op: audit.OpUpload, object: "akte/" + string(id)}, id, func(a *access) error { return a.mayAdd("") })
}
