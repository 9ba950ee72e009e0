package acl

import (
	"context"
	"errors"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// unfileWithin is for how long who filed an item may take that back.
const unfileWithin = 30 * time.Minute

// Unfile takes the subject's own filing back: the documents leave their Akten, the item lies in its
// basket again. [ErrDenied] for what somebody else filed, [ErrSettled] half an hour later, or once
// anybody else opened or changed one of the documents.
func (d *Desk) Unfile(ctx context.Context, id archive.InboxID) (InboxView, error) {
	tried := act{op: audit.OpUnfile, object: "inbox/" + string(id)}
	var was []archive.DocumentID
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		item, v, err := d.takeItem(tx, id)
		if err != nil {
			return act{}, err
		}
		was = item.Filed
		if err := d.unfileAlong(tx, item); err != nil {
			return act{}, err
		}
		done, err := d.unfile(tx, tried, item)
		done.verdict = v
		return done, err
	})
	if err != nil {
		return InboxView{}, err
	}
	d.unteach(ctx, was...)
	return d.received(ctx, id)
}

// unfile takes one filing back.
func (d *Desk) unfile(tx archive.Tx, tried act, item archive.InboxItem) (act, error) {
	version, docs, err := d.unfiling(tx, item)
	if err != nil {
		return act{}, err
	}
	done := tried
	for _, doc := range docs {
		akte, err := tx.Akte(doc.Akte)
		if err != nil {
			return act{}, err
		}
		if err := tx.DeleteDocument(doc.ID); err != nil {
			return act{}, err
		}
		done.akten, done.persons = append(done.akten, akte.ID), append(done.persons, akte.Person)
		done.register, done.classification = doc.Register, doc.Classification
	}
	done.detail = &audit.Detail{Act: map[string]any{"documents": item.Filed}}
	version.Inbox, version.Documents = item.ID, nil
	item.Filed, item.FiledBy, item.FiledAt = nil, "", time.Time{}
	item.Changed, item.Revision = d.guard.Now().UTC(), item.Revision+1
	return done, errors.Join(tx.PutInboxItem(item), tx.PutVersion(version))
}

// unfiling finds what would leave the Akten if the subject took her filing of the item back, or says
// why she can't.
func (d *Desk) unfiling(r archive.Reader, item archive.InboxItem) (archive.Version, []archive.Document, error) {
	var none archive.Version
	switch {
	case len(item.Filed) == 0:
		return none, nil, ErrSettled
	case item.FiledBy != d.subject.User:
		return none, nil, ErrDenied
	case !d.guard.Now().Before(item.FiledAt.Add(unfileWithin)):
		return none, nil, ErrSettled
	}
	version, err := r.Version(item.Version)
	if err != nil {
		return none, nil, err
	}
	if !slices.Equal(version.Documents, item.Filed) {
		return none, nil, ErrSettled
	}
	var docs []archive.Document
	for _, id := range item.Filed {
		doc, err := r.Document(id)
		if err != nil {
			return none, nil, err
		}
		a, err := d.stand(r, doc.Akte)
		if err != nil {
			return none, nil, err
		}
		if kept, err := r.CustodyOf(doc.Akte, doc.ID); err != nil || len(kept) > 0 {
			return none, nil, errors.Join(err, ErrSettled) // somebody took the paper into custody
		}
		// A seal laid meanwhile says nothing but no: two lift it, one doesn't take it off by unfiling. So does a conflict.
		if a.conflict || !doc.OpenedAt.IsZero() || len(doc.Versions) > 1 || a.akte.State != archive.AkteOpen || a.akte.Sealed.Holds(a.day) || doc.Sealed.Holds(a.day) {
			return none, nil, ErrSettled
		}
		docs = append(docs, doc)
	}
	return version, docs, nil
}

// FiledView is an item as who filed it is reminded of it.
type FiledView struct {
	ID archive.InboxID
	At time.Time
	// Akten is into how many it went.
	Akten int
	// Documents are those made of it that the subject may still see; Name is the file name, where
	// there are any.
	Documents []FiledDocument
	Name      string
	// Undo says that she may take it back, until Until.
	Undo  bool
	Until time.Time
}

// FiledDocument is a document made of an inbox item.
type FiledDocument struct {
	archive.Document
	// Number is that of its Akte.
	Number string
}

// FiledPage is what a clerk filed today, newest first.
type FiledPage struct {
	// Count is how many there are; Items are the first of them.
	Count int
	Items []FiledView
}

// filedShown is how many filings of a day are shown.
const filedShown = 100

// FiledToday lists what the subject filed today out of baskets.
func (d *Desk) FiledToday(ctx context.Context) (FiledPage, error) {
	var page FiledPage
	tried := act{op: audit.OpInboxList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		page = FiledPage{Items: []FiledView{}}
		v, ok := d.able(policies.ActInbox)
		if !ok {
			return act{}, ErrDenied
		}
		done := tried
		done.verdict, done.window = v, "filed"
		for row, err := range r.FiledBy(d.subject.User, "") {
			if err != nil {
				return act{}, err
			}
			if row.Value.FiledAt.In(d.guard.Zone).Format(time.DateOnly) != d.guard.today() {
				break
			}
			if page.Count++; len(page.Items) == filedShown {
				continue
			}
			view, err := d.filedView(r, row.Value, &done)
			if err != nil {
				return act{}, err
			}
			page.Items = append(page.Items, view)
		}
		return done, nil
	})
	return page, err
}

// filedView shows a filing and notes in the act whose documents it shows.
func (d *Desk) filedView(r archive.Reader, item archive.InboxItem, seen *act) (FiledView, error) {
	view := FiledView{ID: item.ID, At: item.FiledAt, Akten: len(item.Filed)}
	_, works := d.able(policies.ActInbox, item.Basket)
	_, docs, err := d.unfiling(r, item)
	switch {
	case err == nil && works:
		view.Undo, view.Until = true, item.FiledAt.Add(unfileWithin)
	case err != nil && !errors.Is(err, ErrSettled) && !errors.Is(err, ErrDenied) && !isNotFound(err):
		return FiledView{}, err
	default:
		if docs, err = d.seen(r, item.Filed); err != nil {
			return FiledView{}, err
		}
	}
	for _, doc := range docs {
		akte, err := r.Akte(doc.Akte)
		if err != nil {
			return FiledView{}, err
		}
		view.Documents = append(view.Documents, FiledDocument{doc, akte.Number})
		if !slices.Contains(seen.akten, akte.ID) {
			seen.akten, seen.persons = append(seen.akten, akte.ID), append(seen.persons, akte.Person)
		}
	}
	if len(docs) > 0 {
		version, err := r.Version(item.Version)
		if err != nil {
			return FiledView{}, err
		}
		view.Name = version.Name
	}
	return view, nil
}

// seen finds those of the documents that the subject may read.
func (d *Desk) seen(r archive.Reader, ids []archive.DocumentID) (out []archive.Document, err error) {
	for _, id := range ids {
		_, doc, _, err := d.reach(r, id, policies.ActRead)
		switch {
		case err == nil:
			out = append(out, doc)
		case !isNotFound(err) && !errors.Is(err, ErrDenied) && !errors.Is(err, ErrPurpose):
			return nil, err
		}
	}
	return out, nil
}
