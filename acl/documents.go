package acl

import (
	"context"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// DocumentsQuery narrows the list of an Akte's documents.
type DocumentsQuery struct {
	Register string
	// ByDate lists all registers as one, newest date first.
	ByDate bool
	Limit  int
	Cursor string
}

// DocumentsPage is a page of the documents of an Akte.
type DocumentsPage struct {
	Items []DocumentView
	Next  string
}

// documentsCursor continues a list behind a row of a register.
type documentsCursor struct {
	Register string
	After    archive.Position
}

// Documents lists those documents of an Akte that the subject may read, by register and date. Rows
// have their newest version, and no duplicates.
func (d *Desk) Documents(ctx context.Context, id archive.AkteID, q DocumentsQuery) (DocumentsPage, error) {
	var page DocumentsPage
	tried := act{op: audit.OpAkteOpen, object: "akte/" + string(id), window: "akte"}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		a, err := d.enter(r, id)
		if err != nil {
			return act{}, err
		}
		if err := a.mustState(); err != nil {
			return act{}, err
		}
		list := a.list
		if q.ByDate {
			list = a.chronology
		}
		if page, err = list(r, q); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict = a.head()
		done.akten, done.persons = []archive.AkteID{id}, []archive.PersonID{a.akte.Person}
		return done, nil
	})
	return page, err
}

// list gathers one page, register by register; registers of which nothing may be read cost nothing.
func (a *access) list(r archive.Reader, q DocumentsQuery) (DocumentsPage, error) {
	list := "documents/" + string(a.akte.ID)
	c, err := openCursor[documentsCursor](a.desk, list, q.Cursor)
	if err != nil {
		return DocumentsPage{}, err
	}
	page, limit, skip := DocumentsPage{Items: []DocumentView{}}, clampLimit(q.Limit), c.Register != ""
	var last documentsCursor
	for _, reg := range a.desk.guard.Policies.Registers() {
		if skip && reg.Key != c.Register {
			continue
		}
		after := archive.Position("")
		if skip {
			after, skip = c.After, false
		}
		if reach := a.reach(reg.Key); reach != policies.ActRead && reach != policies.ActWrite || q.Register != "" && q.Register != reg.Key {
			continue
		}
		for row, err := range r.Documents(a.akte.ID, reg.Key, after) {
			if err != nil {
				return DocumentsPage{}, err
			}
			if !a.may(policies.ActRead, objectOf(row.Value)).Allow {
				continue
			}
			if len(page.Items) == limit {
				page.Next = sealCursor(a.desk, list, last)
				return page, nil
			}
			view, err := a.row(r, row.Value)
			if err != nil {
				return DocumentsPage{}, err
			}
			page.Items = append(page.Items, view)
			last = documentsCursor{reg.Key, row.After}
		}
	}
	return page, nil
}

// row is show for a list: the newest version only.
func (a *access) row(r archive.Reader, doc archive.Document) (DocumentView, error) {
	v, err := r.Version(doc.Current())
	if err != nil {
		return DocumentView{}, err
	}
	view := DocumentView{Document: doc, Current: v}
	if t := a.transfer(doc, v, len(doc.Versions)); t != nil {
		view.Transfers = []TransferView{*t}
	}
	if view.State, err = shownState(r, v); err != nil {
		return DocumentView{}, err
	}
	view.MayWrite = a.akte.State == archive.AkteOpen && a.may(policies.ActWrite, objectOf(doc)).Allow
	return view, nil
}
