package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// approvalView is a scan that waits for a second person.
type approvalView struct {
	Document archive.DocumentID `json:"document_id"`
	Akte     archive.AkteID     `json:"akte_id"`
	Number   string             `json:"aktenzeichen"`
	Register string             `json:"register"`
	Type     string             `json:"type"`
	Title    string             `json:"title"`
	Since    time.Time          `json:"since" doc:"When it began to wait"`
	Own      bool               `json:"own,omitempty" doc:"I scanned or filed it: it waits for somebody else"`
	Transfer transferView       `json:"transfer"`
}

// approvalCountView counts what waits in a department.
type approvalCountView struct {
	Department string     `json:"department"`
	Waiting    int        `json:"waiting" doc:"Scans that I may approve"`
	Own        int        `json:"own" doc:"Scans of mine, which wait for somebody else"`
	More       bool       `json:"more,omitempty" doc:"Counting ended early: there may be more"`
	Oldest     *time.Time `json:"oldest,omitempty"`
}

func approvalCountOf(n acl.ApprovalCount) approvalCountView {
	return approvalCountView{n.Department, n.Waiting, n.Own, n.More, timeOrNone(n.Oldest)}
}

// approvals are the routes to scans that wait for a second person.
func (s *Server) approvals() {
	handle(s, "GET", "/approvals", "List scans that wait for the approval of a second person and that I may judge, longest wait first", 0, s.listApprovals)
}

func (s *Server) listApprovals(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	Department string `query:"department" maxLength:"100" doc:"One that takes part in their Akten; the first for which the reader judges scans if not given"`
	Others     bool   `query:"others" doc:"Leave out what I scanned or filed myself"`
}) (*answer[list[approvalView]], error) {
	found, err := desk.Approvals(ctx, acl.ApprovalsQuery{Department: in.Department, Others: in.Others, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return &answer[list[approvalView]]{list[approvalView]{Next: found.Next, Items: each(found.Items, func(a acl.ApprovalRow) approvalView {
		return approvalView{
			Document: a.ID, Akte: a.Akte, Number: a.Number, Register: a.Register, Type: a.Type, Title: a.Title, Since: a.Since.UTC(),
			Own: a.Note.Own, Transfer: transferOf(a.Note),
		}
	})}}, nil
}
