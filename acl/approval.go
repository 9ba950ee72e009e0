package acl

import (
	"context"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// ApprovalsQuery narrows the list of scans that wait for approval.
type ApprovalsQuery struct {
	// Department is one of the subject's for which she may judge scans; empty: her first.
	Department string
	// Others leaves out what the subject scanned or filed herself, which she can't approve.
	Others bool
	Limit  int
	Cursor string
}

// ApprovalRow is a scan that waits for approval.
type ApprovalRow struct {
	archive.Document
	// Person is whose Akte it is; Number and Name are those of the Akte and of her.
	Person archive.PersonID
	Number string
	Name   archive.Name
	// Since is when it began to wait. Note is its transfer note, whose Own says that it waits for somebody else.
	Since time.Time
	Note  TransferView
	// By is who scanned it or brought it in, as she is called; empty where her account is gone.
	By string
	// At continues the list behind this row.
	At string
}

// ApprovalsPage is a page of the list of scans that wait for approval.
type ApprovalsPage struct {
	Department string
	Items      []ApprovalRow
	// Next continues the list; a page that isn't the last can hold less than was asked for.
	Next string
}

// ApprovalCount counts what waits for approval in a department.
type ApprovalCount struct {
	Department string
	// Waiting is what the subject may approve, Own what she scanned or filed herself. More says that there may be more
	// of both: counting ends early, so that it costs the same however much there is.
	Waiting, Own int
	More         bool
	// Oldest is since when the first of those she may approve waits; zero where there are none.
	Oldest time.Time
}

// Bounds of counting.
const (
	approvalsCounted = 50
	approvalsLooked  = 200
)

type approvalsCursor struct{ After archive.Position }

// judges finds the pairs that may change papers in any register, for some purpose: who may judge scans at all.
func judges(set *policies.Set, table *Table) map[archive.Pair]bool {
	out := map[archive.Pair]bool{}
	for _, p := range set.Pairs() {
		pair := archive.Pair{Role: p.Role, Department: p.Department}
		out[pair] = slices.ContainsFunc(set.Registers(), func(r policies.Register) bool {
			return table.ever(set, pair, r.Key, policies.ActWrite)
		})
	}
	return out
}

// judging finds a department of the subject for which she may judge scans.
func (d *Desk) judging(department string) (verdict, string, error) {
	for _, p := range d.subject.Pairs {
		if d.guard.judges[p] && (department == "" || department == p.Department) {
			return verdict{Decision{Allow: true, Rule: "judge"}, p}, p.Department, nil
		}
	}
	if department == "" {
		return verdict{}, "", ErrDenied
	}
	return verdict{}, "", archive.ErrNotFound
}

// Judging are the departments for which the subject may judge scans.
func (d *Desk) Judging() (out []string) {
	for _, department := range d.subject.departments() {
		if _, _, err := d.judging(department); err == nil {
			out = append(out, department)
		}
	}
	return out
}

// Approvals lists scans whose type asks for the approval of a second person, which nobody has given or refused yet, in
// the Akten that a department takes part in, as far as the subject may judge them; those that wait longest first.
// What she scanned or filed herself is among them. [archive.ErrNotFound] for a department for which she judges none.
func (d *Desk) Approvals(ctx context.Context, q ApprovalsQuery) (ApprovalsPage, error) {
	var page ApprovalsPage
	tried := act{op: audit.OpApprovalList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, department, err := d.judging(q.Department)
		if err != nil {
			return act{}, err
		}
		page = ApprovalsPage{Department: department, Items: []ApprovalRow{}}
		if err := d.fillApprovals(r, q, &page); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.window = v, "approvals/"+department
		for _, row := range page.Items {
			done = done.naming(row.Akte, row.Person)
		}
		return done, nil
	})
	return page, err
}

func (d *Desk) fillApprovals(r archive.Reader, q ApprovalsQuery, page *ApprovalsPage) error {
	list := "approvals/" + page.Department
	c, err := openCursor[approvalsCursor](d, list, q.Cursor)
	if err != nil {
		return err
	}
	looked, limit := 0, clampLimit(q.Limit)
	var last archive.Position
	for waits, err := range r.Approvals(page.Department, d.guard.approved(), c.After) {
		if err != nil {
			return err
		}
		if looked++; len(page.Items) >= limit || looked > listLooked {
			page.Next = sealCursor(d, list, approvalsCursor{last})
			return nil
		}
		last = waits.After
		row, ok, err := d.approval(r, waits.Value)
		if err != nil {
			return err
		}
		if !ok || q.Others && row.Note.Own {
			continue
		}
		if row.Number, row.Person, row.Name, err = headOf(r, row.Akte); err != nil {
			return err
		}
		if row.By, err = displayName(r, row.Note.By); err != nil {
			return err
		}
		row.At = sealCursor(d, list, approvalsCursor{last})
		page.Items = append(page.Items, row)
	}
	return nil
}

// approved are the types whose scans are approved by a second person.
func (g *Guard) approved() (types []string) {
	for _, kind := range g.Policies.DocTypes() {
		if kind.Approval {
			types = append(types, kind.Key)
		}
	}
	return types
}

// approval makes a row of a scan that waits, without what it takes other records to say; false where it isn't for the
// subject to judge, now or by anybody else's leave.
func (d *Desk) approval(r archive.Reader, waits archive.Approval) (ApprovalRow, bool, error) {
	doc := waits.Document
	a, err := d.stand(r, doc.Akte)
	if err != nil {
		return ApprovalRow{}, false, unlessMissing(err)
	}
	if !a.may(policies.ActRead, objectOf(doc)).Allow {
		return ApprovalRow{}, false, nil
	}
	v, err := r.Version(doc.Current())
	if err != nil {
		return ApprovalRow{}, false, unlessMissing(err)
	}
	note := a.transfer(doc, v, len(doc.Versions))
	if note == nil || !note.Approval || note.State != TransferOpen || !note.MayReturn {
		return ApprovalRow{}, false, nil
	}
	return ApprovalRow{Document: doc, Since: waits.Since, Note: *note}, true, nil
}

// CountApprovals counts what waits for approval in a department; zero for one for which the subject judges nothing.
// Numbers alone leave it.
func (d *Desk) CountApprovals(ctx context.Context, department string) (n ApprovalCount, err error) {
	err = d.view(ctx, func(r archive.Reader) (err error) {
		n, err = d.countApprovals(r, department)
		return err
	})
	return n, err
}

func (d *Desk) countApprovals(r archive.Reader, department string) (ApprovalCount, error) {
	n, looked := ApprovalCount{Department: department}, 0
	if _, _, err := d.judging(department); err != nil {
		return n, nil
	}
	for waits, err := range r.Approvals(department, d.guard.approved(), "") {
		if err != nil {
			return n, err
		}
		if looked++; looked > approvalsLooked || n.Waiting+n.Own >= approvalsCounted {
			n.More = n.Waiting+n.Own > 0 // what lies where she sees nothing isn't told
			return n, nil
		}
		row, ok, err := d.approval(r, waits.Value)
		switch {
		case err != nil:
			return n, err
		case !ok:
		case row.Note.Own:
			n.Own++
		default:
			if n.Waiting == 0 {
				n.Oldest = row.Since
			}
			n.Waiting++
		}
	}
	return n, nil
}
