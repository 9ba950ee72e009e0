package pages

import (
	"net/http"
	"net/url"
	"slices"

	"eakte/acl"
	"eakte/web/ui"
)

// approvalsPage lists scans that wait for a second person.
type approvalsPage struct {
	ui.Frame
	Department string
	Rows       []approvalRow
	// Departments are links to the lists of the reader's others.
	Departments []choice
	// Begin leads to the first that she may approve; empty where she may approve none of those listed.
	Begin string
	// More is the address of the next rows, First that of the first where these aren't.
	More, First string
}

// approvalRow is a scan with what is conspicuous about it in words.
type approvalRow struct {
	acl.ApprovalRow
	Path  string
	Notes []anomalyLine
}

// approvalsAt is the address of a list of waiting scans.
func approvalsAt(path, department, cursor string) string {
	return path + question(filled(url.Values{"department": {department}, "cursor": {cursor}}))
}

// showApprovals lists the scans that wait for a second person.
func (p *Pages) showApprovals(r *request) error {
	q := acl.ApprovalsQuery{Department: r.Query("department"), Cursor: r.Query("cursor")}
	page, err := r.desk().Approvals(r.ctx(), q)
	if err != nil {
		return err
	}
	view := approvalsPage{Frame: r.paperFrame("approvals", r.say("approvals.title")), Department: page.Department}
	for _, d := range r.desk().Judging() {
		view.Departments = append(view.Departments, choice{Key: d, Path: approvalsAt("/approvals", d, ""), Current: d == page.Department})
	}
	for _, row := range page.Items {
		line := approvalRow{ApprovalRow: row, Notes: append(r.anomalies(row.Note.Faults), r.anomalies(row.Note.Anomalies)...)}
		line.Path = "/akten/" + string(row.Akte) + "/documents/" + string(row.ID) + "/transfer" +
			question(url.Values{"department": {page.Department}, "waiting": {row.At}})
		if view.Begin == "" && !row.Note.Own {
			view.Begin = line.Path
		}
		view.Rows = append(view.Rows, line)
	}
	if page.Next != "" {
		view.More = approvalsAt("/approvals", page.Department, page.Next)
	}
	if q.Cursor != "" {
		view.First = approvalsAt("/approvals", page.Department, "")
	}
	return r.show(http.StatusOK, "approvals", view)
}

// nextApproval leads to the next scan that the reader may approve, or to the list where there is none.
func (p *Pages) nextApproval(r *request) error {
	page, err := r.desk().Approvals(r.ctx(), acl.ApprovalsQuery{Department: r.Query("department"), Cursor: r.Query("cursor"), Others: true, Limit: 1})
	switch {
	case err != nil:
		return err
	case len(page.Items) > 0:
		row := page.Items[0]
		return r.leave("/akten/" + string(row.Akte) + "/documents/" + string(row.ID) + "/transfer" +
			question(url.Values{"department": {page.Department}, "waiting": {row.At}}))
	case page.Next != "":
		return r.leave(approvalsAt("/approvals/next", page.Department, page.Next))
	case r.session.Get(noticeKey) == "":
		return r.leaveWith(approvalsAt("/approvals", page.Department, ""), ui.Notice{Kind: "info", Text: r.say("approvals.end")})
	}
	return r.leave(approvalsAt("/approvals", page.Department, ""))
}

// paperFrame is the frame of a list of the place for paper and scans, with links to the others that the reader may use.
func (r *request) paperFrame(part, title string) ui.Frame {
	f := r.frame("paper", title)
	f.Part, f.Inside = part, paperPlaces(r.desk())
	return f
}

// approvalsIn counts the scans that wait in a department; nil for who judges none there. Where they can't be counted
// nothing is said: the list itself will tell.
func approvalsIn(r *request, department string) *acl.ApprovalCount {
	if !slices.Contains(r.desk().Judging(), department) {
		return nil
	}
	n, err := r.desk().CountApprovals(r.ctx(), department)
	if err != nil {
		return nil
	}
	return &n
}
