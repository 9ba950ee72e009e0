package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// breakGlassBody says which Akte is to be opened in an emergency, and why.
type breakGlassBody struct {
	Number    string `json:"aktenzeichen,omitempty" maxLength:"100" doc:"Its reference number; or else whose it is"`
	Family    string `json:"family,omitempty" maxLength:"200"`
	Given     string `json:"given,omitempty" maxLength:"200"`
	BirthDate string `json:"birth_date,omitempty" maxLength:"10" doc:"The whole day"`
	Reason    string `json:"reason" maxLength:"2000"`
}

// brokenView is a break-glass access of mine.
type brokenView struct {
	ID    archive.BreakGlassID `json:"id"`
	Akte  archive.AkteID       `json:"akte_id"`
	At    time.Time            `json:"at"`
	Until time.Time            `json:"until"`
}

// breakGlassView is one as who answers for it sees it.
type breakGlassView struct {
	brokenView
	Number     string         `json:"aktenzeichen,omitempty" doc:"Missing where the Akte is sealed by now"`
	User       archive.UserID `json:"user_id"`
	Name       string         `json:"user_name,omitempty"`
	Department string         `json:"department" doc:"That led the Akte"`
	Reason     string         `json:"reason"`
	Active     bool           `json:"active"`
	Inspection bool           `json:"inspection,omitempty" doc:"Data protection opened the Akte to inspect it"`
	Review     *reviewView    `json:"review,omitempty"`
}

type reviewView struct {
	State  string    `json:"state" enum:"in_order,follow_up"`
	Note   string    `json:"note,omitempty"`
	ByName string    `json:"by_name,omitempty"`
	At     time.Time `json:"at"`
}

type breakGlassCountView struct {
	Waiting int  `json:"waiting"`
	More    bool `json:"more,omitempty" doc:"There may be more"`
}

func brokenOf(b archive.BreakGlass) brokenView {
	return brokenView{b.ID, b.Akte, b.At.UTC(), b.Until.UTC()}
}

func breakGlassOf(b acl.BreakGlassView) breakGlassView {
	v := breakGlassView{brokenOf(b.BreakGlass), b.Number, b.User, b.Name, b.Through.Department, b.Reason, b.Active, b.Inspection, nil}
	if r := b.Review; r != nil {
		v.Review = &reviewView{r.State, r.Note, b.Reviewer, r.At.UTC()}
	}
	return v
}

// breakGlass are the routes of access in an emergency.
func (s *Server) breakGlass() {
	handle(s, "POST", "/break-glass", "Open an Akte in an emergency, for an hour and to read; its lead and data protection are told", once|created, s.breakTheGlass)
	handle(s, "GET", "/break-glass", "Break-glass accesses, newest first, for data protection and for who leads the Akten", 0, s.listBreakGlass)
	handle(s, "POST", "/inspections", "Open an Akte as data protection to inspect it, for an hour and to read", created|again, s.inspect)
	handle(s, "POST", "/break-glass/{id}/review", "Say as data protection what was found", 0, s.reviewBreakGlass)
}

func (s *Server) breakTheGlass(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[breakGlassBody] }) (*answer[brokenView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	q := acl.BreakGlassQuest{Number: body.Number, Family: body.Family, Given: body.Given, Reason: body.Reason}
	if q.BirthDate, err = archive.ParseBirthDate(body.BirthDate, s.Guard.Now()); err != nil {
		return nil, err
	}
	b, err := desk.BreakGlass(ctx, q)
	if err != nil {
		return nil, err
	}
	return &answer[brokenView]{brokenOf(b)}, nil
}

// inspectionBody says which Akte is to be inspected, and why.
type inspectionBody struct {
	Number string `json:"aktenzeichen" maxLength:"100"`
	Reason string `json:"reason" maxLength:"2000"`
}

func (s *Server) inspect(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[inspectionBody] }) (*answer[brokenView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	b, err := desk.Inspect(ctx, body.Number, body.Reason)
	if err != nil {
		return nil, err
	}
	return &answer[brokenView]{brokenOf(b)}, nil
}

func (s *Server) listBreakGlass(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	Department string `query:"department" maxLength:"100" doc:"One that I lead; the first if not given"`
	State      string `query:"state" enum:"in_order,follow_up,inspection" doc:"For data protection; those that wait if not given, or its own inspections"`
}) (*answer[list[breakGlassView]], error) {
	page, err := desk.BreakGlasses(ctx, in.Department, in.State, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[breakGlassView]]{list[breakGlassView]{Next: page.Next, Items: each(page.Items, breakGlassOf)}}, nil
}

// reviewBody is the word of data protection.
type reviewBody struct {
	State string `json:"state" maxLength:"20" doc:"in_order or follow_up"`
	Note  string `json:"note,omitempty" maxLength:"2000"`
}

func (s *Server) reviewBreakGlass(ctx context.Context, desk *acl.Desk, in *sending[reviewBody]) (*struct{}, error) {
	id, body, err := sent[archive.BreakGlassID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.ReviewBreakGlass(ctx, id, archive.Review{State: body.State, Note: body.Note})
}
