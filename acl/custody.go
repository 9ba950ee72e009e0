package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// CustodyView is an original as one reader may see it.
type CustodyView struct {
	archive.Custody
	Stands archive.CustodyState
	// Overdue says that it should have been handed back by today.
	Overdue bool
	// MayAct says that the reader can place it elsewhere, hand it back, or undo the last act, whose number is Undo;
	// 0: there is none.
	MayAct bool
	Undo   int
}

// custody shows an original to who may read its document.
func (a *access) custody(doc archive.Document, c archive.Custody) CustodyView {
	v := CustodyView{Custody: c, Stands: c.State(), Undo: c.Last()}
	v.Overdue = v.Stands.Held && v.Stands.Due != "" && v.Stands.Due < a.day
	_, err := a.handles(doc, c.Department)
	v.MayAct = err == nil
	return v
}

// originals are those of a document, newest first.
func (a *access) originals(r archive.Reader, doc archive.Document) (out []CustodyView, err error) {
	all, err := r.CustodyOf(a.akte.ID, doc.ID)
	for _, c := range slices.Backward(all) {
		out = append(out, a.custody(doc, c))
	}
	return out, err
}

// kept counts the originals in the authority's keeping whose documents the subject may read, and names one.
func (a *access) kept(r archive.Reader) (n int, of archive.DocumentID, err error) {
	all, err := r.CustodyOf(a.akte.ID, "")
	if err != nil {
		return 0, "", err
	}
	for _, c := range all {
		if !c.State().Held {
			continue
		}
		doc, err := r.Document(c.Document)
		if err != nil {
			return 0, "", err
		}
		if a.may(policies.ActRead, objectOf(doc)).Allow {
			n, of = n+1, doc.ID
		}
	}
	return n, of, nil
}

// handles decides whether the subject may do something with the paper behind a document: who may change the
// document, for the department that keeps the paper where one is named, or its custodian. A closed Akte is no
// hindrance: papers are handed back from it.
func (a *access) handles(doc archive.Document, department string) (verdict, error) {
	if department != "" {
		department = a.akte.Keeper(department, doc.Register, a.day)
	}
	v, err := a.document(policies.ActRead, doc)
	if err == nil {
		for _, p := range a.desk.subject.Pairs {
			if department != "" && p.Department != department {
				continue
			}
			if v := a.through(p).may(policies.ActWrite, objectOf(doc)); v.Allow {
				return v, nil
			}
		}
		err = ErrDenied
	}
	if kept := a.custodian(doc, department); kept.Allow {
		return kept, a.mustState()
	}
	return v, err
}

// custodian decides whether the subject acts for a department that keeps an original though nobody there may change its
// document, as the lead of an Akte after who took the original has left: whoever changes Akten there and sees the
// head of this one. Else nobody could hand it back.
func (a *access) custodian(doc archive.Document, department string) verdict {
	if a.barred(doc.Sealed) || department == "" || a.desk.guard.writes(department, doc) {
		return verdict{}
	}
	for _, p := range a.desk.subject.Pairs {
		if p.Department == department && a.desk.guard.able(p, policies.ActInbox) && a.desk.guard.able(p, policies.ActAkteChange) && a.through(p).seesHead() {
			return verdict{Decision{Allow: true, Rule: "custodian"}, p}
		}
	}
	return verdict{}
}

// writes reports whether anybody of a department may change such a document in its Akten, for whatever purpose.
func (g *Guard) writes(department string, doc archive.Document) bool {
	for _, p := range g.Policies.Pairs() {
		pair := archive.Pair{Role: p.Role, Department: p.Department}
		if p.Department != department || !g.judges[pair] {
			continue
		}
		for _, purpose := range append(g.Policies.Purposes(), policies.Term{Key: policies.PurposeCase}) {
			q := Request{
				Role: p.Role, Department: department, Register: doc.Register, Classification: doc.Classification, Action: policies.ActWrite,
				Purpose: purpose.Key, MatchingCase: true, OwnBrought: doc.BroughtBy == department,
			}
			if g.Table.Decide(q).Allow {
				return true
			}
		}
	}
	return false
}

func (d *Desk) handles(r archive.Reader, id archive.DocumentID, department string) (*access, archive.Document, verdict, error) {
	doc, err := r.Document(id)
	if err != nil {
		return nil, doc, verdict{}, err
	}
	a, err := d.stand(r, doc.Akte)
	if err != nil {
		return nil, doc, verdict{}, err
	}
	v, err := a.handles(doc, department)
	return a, doc, v, err
}

// original finds the document of a listed original: for who may not read it but has to hand the original back, nothing
// but where it is. A nil access where it is neither.
func (d *Desk) original(r archive.Reader, c archive.Custody) (a *access, doc archive.Document, hidden bool, err error) {
	a, doc, _, err = d.readable(r, c.Document)
	if a != nil || err != nil || doc.ID == "" {
		return a, doc, false, err
	}
	if a, err = d.stand(r, doc.Akte); err != nil {
		return nil, doc, false, unlessMissing(err)
	}
	if !a.custodian(doc, c.Department).Allow {
		return nil, doc, false, nil
	}
	return a, doc, true, nil
}

// custodyOps name the acts in the trail.
func custodyOp(what string) (audit.Op, bool) {
	op, ok := map[string]audit.Op{
		archive.CustodyTaken: audit.OpCustodyTake, archive.CustodyPlaced: audit.OpCustodyPlace,
		archive.CustodyReturned: audit.OpCustodyReturn, archive.CustodyUndone: audit.OpCustodyUndo,
	}[what]
	return op, ok
}

// TakeOriginal notes that the paper original of a document is in the authority's keeping, for the department
// through which the subject may change the document. [archive.ErrConflict] where it is already.
func (d *Desk) TakeOriginal(ctx context.Context, id archive.DocumentID, done archive.CustodyAct) (archive.CustodyID, error) {
	done.What, done.Undoes, done.To = archive.CustodyTaken, 0, ""
	tried := act{op: audit.OpCustodyTake, object: "document/" + string(id)}
	made, _, err := d.create(ctx, tried, []any{id, done}, func(tx archive.Tx) (string, act, error) {
		a, doc, v, err := d.handles(tx, id, "")
		if err != nil {
			return "", act{}, err
		}
		held, err := tx.CustodyOf(doc.Akte, id)
		if err != nil {
			return "", act{}, err
		}
		if slices.ContainsFunc(held, func(c archive.Custody) bool { return c.State().Held }) {
			return "", act{}, archive.ErrConflict
		}
		c := archive.Custody{
			ID: archive.NewID[archive.CustodyID](), Akte: doc.Akte, Document: id, Department: v.pair.Department, Created: d.guard.Now().UTC(),
		}
		did, err := d.actOn(tx, a, doc, c, done, v)
		return string(c.ID), did, err
	})
	return archive.CustodyID(made), err
}

// ActOnOriginal does something with an original: [archive.CustodyPlaced], [archive.CustodyReturned], or
// [archive.CustodyUndone] for the last act that stands, with a reason. revision is the one the subject saw; a later
// one is a [*StaleError]. [archive.ErrConflict] where it is not in the authority's keeping.
func (d *Desk) ActOnOriginal(ctx context.Context, id archive.CustodyID, revision int64, done archive.CustodyAct) error {
	op, known := custodyOp(done.What)
	if !known || done.What == archive.CustodyTaken {
		return &archive.FieldError{Pointer: "/what", Code: "unknown"}
	}
	tried := act{op: op, object: "custody/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		c, err := tx.Custody(id)
		if err != nil {
			return act{}, err
		}
		a, doc, v, err := d.handles(tx, c.Document, c.Department)
		if err != nil {
			return act{}, err
		}
		if c.Revision != revision {
			return act{}, &StaleError{c.Revision}
		}
		one := done
		if one.Thing, one.Undoes = "", 0; one.What == archive.CustodyUndone {
			one.On, one.Place, one.Due, one.To, one.Undoes = d.guard.today(), "", "", "", c.Last()
		}
		if one.What == archive.CustodyUndone && one.Undoes == 0 || one.What != archive.CustodyUndone && !c.State().Held {
			return act{}, archive.ErrConflict
		}
		return d.actOn(tx, a, doc, c, one, v)
	})
}

// actOn adds an act and tells of it.
func (d *Desk) actOn(tx archive.Tx, a *access, doc archive.Document, c archive.Custody, one archive.CustodyAct, v verdict) (act, error) {
	if err := one.Normalise(c.State(), d.guard.today()); err != nil {
		return act{}, err
	}
	if one.What != archive.CustodyReturned {
		one.To = ""
	} else {
		one.Place, one.Due = "", ""
	}
	one.By, one.At = d.subject.User, d.guard.Now().UTC()
	c.Acts = append(slices.Clone(c.Acts), one)
	c.Changed, c.Revision = one.At, c.Revision+1
	if one.What == archive.CustodyUndone { // an original that is held again may be there twice
		if err := onlyOne(tx, c); err != nil {
			return act{}, err
		}
	}
	op, _ := custodyOp(one.What)
	done := act{op: op}.about(doc, a.akte)
	done.verdict = v
	done.detail = &audit.Detail{Shared: map[string]any{"custody": c.ID, "act": one}}
	return done, tx.PutCustody(c)
}

// onlyOne asks that no other original of the document is held beside one that is.
func onlyOne(r archive.Reader, c archive.Custody) error {
	if !c.State().Held {
		return nil
	}
	all, err := r.CustodyOf(c.Akte, c.Document)
	if err == nil && slices.ContainsFunc(all, func(o archive.Custody) bool { return o.ID != c.ID && o.State().Held }) {
		return archive.ErrConflict
	}
	return err
}

// OriginalsQuery narrows a list of originals.
type OriginalsQuery struct {
	// Department is one of the subject's; empty: her first.
	Department string
	// List is [archive.CustodyHeld] or [archive.CustodyGone]; empty: held.
	List string
	// Overdue leaves those that should have been handed back; Type those of a document type; empty: all.
	Overdue bool
	Type    string
	Limit   int
	Cursor  string
}

// OriginalRow is an original in a list.
type OriginalRow struct {
	CustodyView
	// Document is what is recorded of it, Person whose Akte it is; Number and Name are those of the Akte and of her.
	Document archive.Document
	// Hidden says that the reader may not read the document, of which only the IDs are told, and has the original to
	// hand back nonetheless: nobody of its department may, and who took it has left.
	Hidden bool
	Person archive.PersonID
	Number string
	Name   archive.Name
}

// OriginalsPage is a page of a list of originals.
type OriginalsPage struct {
	Department, List string
	Items            []OriginalRow
	// Next continues the list; a page that isn't the last can hold less than was asked for.
	Next string
}

type originalsCursor struct{ After archive.Position }

// Originals lists the paper originals in the keeping of a department of the subject, by the day they are due, or
// those it handed back, newest first, as far as she may read their documents.
func (d *Desk) Originals(ctx context.Context, q OriginalsQuery) (OriginalsPage, error) {
	var page OriginalsPage
	tried := act{op: audit.OpCustodyList}
	if err := d.guard.expire(ctx); err != nil {
		return page, err
	}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, department, err := d.worksFor(q.Department)
		if err != nil {
			return act{}, err
		}
		page = OriginalsPage{Department: department, List: q.List, Items: []OriginalRow{}}
		if page.List == "" {
			page.List = archive.CustodyHeld
		}
		if page.List != archive.CustodyHeld && page.List != archive.CustodyGone {
			return act{}, &archive.FieldError{Pointer: "/list", Code: "unknown"}
		}
		if err := d.fillOriginals(r, q, &page); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict = v
		done.detail = &audit.Detail{Act: map[string]any{"department": department, "list": page.List}}
		for _, row := range page.Items {
			done = done.naming(row.Akte, row.Person)
		}
		return done, nil
	})
	return page, err
}

func (d *Desk) fillOriginals(r archive.Reader, q OriginalsQuery, page *OriginalsPage) error {
	list := "originals/" + page.List + "/" + page.Department
	c, err := openCursor[originalsCursor](d, list, q.Cursor)
	if err != nil {
		return err
	}
	looked, limit := 0, clampLimit(q.Limit)
	var last archive.Position
	for row, err := range r.Custodies(page.Department, page.List, c.After) {
		if err != nil {
			return err
		}
		if looked++; len(page.Items) >= limit || looked > listLooked {
			page.Next = sealCursor(d, list, originalsCursor{last})
			return nil
		}
		last = row.After
		a, doc, hidden, err := d.original(r, row.Value)
		if err != nil {
			return err
		}
		if a == nil || q.Type != "" && (doc.Type != q.Type || hidden) {
			continue
		}
		one := OriginalRow{CustodyView: a.custody(doc, row.Value), Document: doc, Hidden: hidden}
		if hidden {
			one.Document = archive.Document{ID: doc.ID, Akte: doc.Akte}
		}
		if q.Overdue && !one.Overdue {
			return nil // they come first
		}
		if one.Number, one.Person, one.Name, err = headOf(r, doc.Akte); err != nil {
			return err
		}
		page.Items = append(page.Items, one)
	}
	return nil
}

// Custody shows an original to who may read its document, or has to hand it back.
func (d *Desk) Custody(ctx context.Context, id archive.CustodyID) (CustodyView, error) {
	var view CustodyView
	tried := act{op: audit.OpDocumentOpen, object: "custody/" + string(id), window: "document"}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		c, err := r.Custody(id)
		if err != nil {
			return act{}, err
		}
		a, doc, v, err := d.reach(r, c.Document, policies.ActRead)
		if a != nil && err != nil {
			if kept := a.custodian(doc, a.akte.Keeper(c.Department, doc.Register, a.day)); kept.Allow {
				v, err = kept, a.mustState()
			}
		}
		if err != nil {
			return act{}, err
		}
		done := tried.about(doc, a.akte)
		done.verdict = v
		view = a.custody(doc, c)
		return done, nil
	})
	return view, err
}
