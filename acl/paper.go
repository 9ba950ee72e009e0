package acl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Lists of papers.
const (
	// PapersApproved are those whose scans were approved, oldest approval first.
	PapersApproved = "approved"
	// PapersReleased are those that may be destroyed, oldest release first.
	PapersReleased = "released"
)

// PapersQuery narrows a list of papers.
type PapersQuery struct {
	// Department is one of the subject's; empty: her first.
	Department string
	// List is one of the constants; empty: [PapersApproved].
	List   string
	Limit  int
	Cursor string
}

// PaperRow is a scanned paper in a list.
type PaperRow struct {
	archive.Document
	// Person is whose Akte it is; Number and Name are those of the Akte and of her.
	Person archive.PersonID
	Number string
	Name   archive.Name
	// Pages is how many were scanned. Word is the last word about the scan, By who said it.
	Pages int
	Word  archive.QualityWord
	By    string
	// From is the first day on which its paper may be released, and Due says that it has come.
	From string
	Due  bool
}

// PapersPage is a page of a list of papers.
type PapersPage struct {
	Department, List string
	Items            []PaperRow
	// Next continues the list; a page that isn't the last can hold less than was asked for.
	Next string
	// Months is the delay between approval and release; Never says that the rules name none, so that no paper may be
	// destroyed.
	Months int
	Never  bool
}

type papersCursor struct{ After archive.Position }

// listLooked is how many records of a department's list are looked at for a page.
const listLooked = 2000

// delay is how many months lie between the approval of a scan and the release of its paper; false where the rules
// name none.
func (g *Guard) delay() (months int, ok bool) { return g.Policies.Months("scan_approved") }

// releasable is the first day on which the paper of a scan approved at a time may be destroyed.
func (g *Guard) releasable(approved time.Time, months int) string {
	day := approved.In(g.Zone)
	to := day.AddDate(0, months, 0)
	if to.Day() != day.Day() { // the last month is shorter: it ends with its last day
		return time.Date(to.Year(), to.Month(), 1, 0, 0, 0, 0, g.Zone).Format(time.DateOnly)
	}
	return to.AddDate(0, 0, 1).Format(time.DateOnly)
}

// Papers lists papers whose scans a department approved, or that it released for destruction, or whose scans another
// did that has nothing to do with them any more, in Akten that it leads; as far as the subject may read the documents.
// Papers that are to be returned, or lie in custody, are not among them.
func (d *Desk) Papers(ctx context.Context, q PapersQuery) (PapersPage, error) {
	var page PapersPage
	tried := act{op: audit.OpPaperList}
	if err := d.guard.expire(ctx); err != nil {
		return page, err
	}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, department, err := d.worksFor(q.Department)
		if err != nil {
			return act{}, err
		}
		page = PapersPage{Department: department, List: q.List, Items: []PaperRow{}}
		if page.List == "" {
			page.List = PapersApproved
		}
		if page.List != PapersApproved && page.List != PapersReleased {
			return act{}, &archive.FieldError{Pointer: "/list", Code: "unknown"}
		}
		months, named := d.guard.delay()
		page.Months, page.Never = months, !named
		if err := d.fillPapers(r, q, &page); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.window = v, "papers/"+page.List+"/"+department
		for _, row := range page.Items {
			done = done.naming(row.Akte, row.Person)
		}
		return done, nil
	})
	return page, err
}

// worksFor finds the department whose lists the subject asks for: one whose basket she works.
func (d *Desk) worksFor(department string) (verdict, string, error) {
	if department == "" {
		v, ok := d.able(policies.ActInbox)
		if !ok {
			return verdict{}, "", ErrDenied
		}
		return v, v.pair.Department, nil
	}
	v, ok := d.able(policies.ActInbox, department)
	if !ok {
		return verdict{}, "", archive.ErrNotFound
	}
	return v, department, nil
}

func (d *Desk) fillPapers(r archive.Reader, q PapersQuery, page *PapersPage) error {
	list := "papers/" + page.List + "/" + page.Department
	c, err := openCursor[papersCursor](d, list, q.Cursor)
	if err != nil {
		return err
	}
	looked, limit := 0, clampLimit(q.Limit)
	var last archive.Position
	for row, err := range r.Papers(page.Department, page.List, c.After) {
		if err != nil {
			return err
		}
		if looked++; len(page.Items) >= limit || looked > listLooked {
			page.Next = sealCursor(d, list, papersCursor{last})
			return nil
		}
		last = row.After
		paper, ok, err := d.paper(r, row.Value, page)
		if err != nil {
			return err
		}
		if ok {
			paper.Due = page.List == PapersApproved && !page.Never && paper.Due
			page.Items = append(page.Items, paper)
		}
	}
	return nil
}

// paper makes a row of a version; false where the subject may not see it or its paper is not to be destroyed.
func (d *Desk) paper(r archive.Reader, v archive.Version, page *PapersPage) (PaperRow, bool, error) {
	stands := map[string]string{PapersApproved: TransferApproved, PapersReleased: TransferReleased}[page.List]
	for _, id := range v.Documents {
		a, doc, _, err := d.readable(r, id)
		if err != nil || a == nil {
			return PaperRow{}, false, err
		}
		kind, _ := d.guard.Policies.DocType(doc.Type)
		keeps, err := d.keepsPaper(r, doc, v)
		if err != nil || keeps || transferState(doc, kind, v) != stands {
			return PaperRow{}, false, err
		}
	}
	if len(v.Documents) == 0 || v.Transfer == nil {
		return PaperRow{}, false, nil
	}
	doc, err := r.Document(v.Documents[0])
	if err != nil {
		return PaperRow{}, false, err
	}
	row := PaperRow{Document: doc, Pages: v.Transfer.Pages, Word: v.Said()}
	if row.Number, row.Person, row.Name, err = headOf(r, doc.Akte); err != nil {
		return PaperRow{}, false, err
	}
	row.From = d.guard.releasable(approval(v).At, page.Months)
	row.Due = row.From <= d.guard.today()
	row.By, err = displayName(r, row.Word.By)
	return row, true, err
}

// approval is the last approval among what was said about a version.
func approval(v archive.Version) archive.QualityWord {
	for _, w := range slices.Backward(v.Quality) {
		if w.What == archive.QualityApproved {
			return w
		}
	}
	return archive.QualityWord{}
}

// readable finds a document of a list; a nil access where the subject may not read it.
func (d *Desk) readable(r archive.Reader, id archive.DocumentID) (*access, archive.Document, verdict, error) {
	doc, err := r.Document(id)
	if err != nil {
		return nil, doc, verdict{}, unlessMissing(err)
	}
	a, err := d.stand(r, doc.Akte)
	if err != nil {
		return nil, doc, verdict{}, unlessMissing(err)
	}
	v := a.may(policies.ActRead, objectOf(doc))
	if !v.Allow {
		return nil, doc, v, nil
	}
	return a, doc, v, nil
}

// headOf names an Akte and its person.
func headOf(r archive.Reader, id archive.AkteID) (number string, person archive.PersonID, name archive.Name, err error) {
	akte, err := r.Akte(id)
	if err != nil {
		return "", "", archive.Name{}, err
	}
	p, err := r.Person(akte.Person)
	return akte.Number, akte.Person, p.Leading(), err
}

// keepsPaper reports whether the paper of a document's version is never destroyed: it belongs to the person, lies
// in custody, or another version has taken its place.
func (d *Desk) keepsPaper(r archive.Reader, doc archive.Document, v archive.Version) (bool, error) {
	if kind, ok := d.guard.Policies.DocType(doc.Type); !ok || kind.ReturnOriginal || doc.Current() != v.ID {
		return true, nil
	}
	originals, err := r.CustodyOf(doc.Akte, doc.ID)
	return slices.ContainsFunc(originals, func(c archive.Custody) bool { return c.State().Held }), err
}

// maxPapers is how many papers are released at once.
const maxPapers = 200

// ReleasePapers releases the papers of scanned documents for destruction, all or none: each must be approved for as
// long as the rules say, must not be one that is returned, and must not lie in custody: [archive.ErrConflict]
// else. A reason may be given. It can't be taken back: the paper may be gone.
func (d *Desk) ReleasePapers(ctx context.Context, ids []archive.DocumentID, reason string) error {
	reason, err := archive.NormaliseText("/reason", reason, 2000, true)
	if err != nil {
		return err
	}
	switch {
	case len(ids) == 0:
		return &archive.FieldError{Pointer: "/documents", Code: "required"}
	case len(ids) > maxPapers:
		return &archive.FieldError{Pointer: "/documents", Code: "too_many"}
	}
	for _, id := range ids { // what she may not is refused in its own Akte
		err := d.view(ctx, func(r archive.Reader) error {
			_, _, _, err := d.handles(r, id, "")
			return err
		})
		if err != nil {
			return d.refused(ctx, act{op: audit.OpPaperRelease, object: "document/" + string(id)}, err)
		}
	}
	tried := act{op: audit.OpPaperRelease, object: "document/" + string(ids[0])}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		var last act
		for i, id := range ids {
			if slices.Contains(ids[:i], id) {
				return act{}, &archive.FieldError{Pointer: fmt.Sprintf("/documents/%d", i), Code: "duplicate"}
			}
			done, err := d.releasePaper(tx, id, reason)
			if err != nil {
				return act{}, err
			}
			if i > 0 {
				if err := tx.Record(d.event(last)); err != nil {
					return act{}, err
				}
			}
			last = done
		}
		return last, nil
	})
}

// releasePaper releases one. Its Akte may be closed: the delay is long.
func (d *Desk) releasePaper(tx archive.Tx, id archive.DocumentID, reason string) (act, error) {
	a, doc, verdict, err := d.handles(tx, id, "")
	if err != nil {
		return act{}, err
	}
	v, err := tx.Version(doc.Current())
	if err != nil {
		return act{}, err
	}
	months, named := d.guard.delay()
	if !named || d.guard.releasable(approval(v).At, months) > d.guard.today() {
		return act{}, archive.ErrConflict
	}
	done := act{op: audit.OpPaperRelease}.about(doc, a.akte)
	done.verdict = verdict
	for _, other := range v.Documents { // one paper for several Akten: she has to answer for all of them
		b, shared, _, err := d.handles(tx, other, "")
		if isNotFound(err) || errors.Is(err, ErrDenied) {
			err = archive.ErrConflict
		}
		if err != nil {
			return act{}, err
		}
		kind, _ := d.guard.Policies.DocType(shared.Type)
		keeps, err := d.keepsPaper(tx, shared, v)
		if err != nil || keeps || transferState(shared, kind, v) != TransferApproved {
			return act{}, errors.Join(err, archive.ErrConflict)
		}
		done = done.naming(shared.Akte, b.akte.Person)
	}
	done.detail = &audit.Detail{Shared: map[string]any{"version": v.ID, "reason": reason, "pages": v.Transfer.Pages}}
	v.Quality = append(slices.Clone(v.Quality), d.word(archive.QualityReleased, doc, v, verdict, reason))
	return done, tx.PutVersion(v)
}
