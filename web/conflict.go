package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// conflictView is a conflict of interest as a lead may know of it.
type conflictView struct {
	ID     archive.ConflictID  `json:"id"`
	User   colleagueRef        `json:"user"`
	Kind   string              `json:"kind" doc:"own, relative or other"`
	Reason string              `json:"reason,omitempty"`
	At     time.Time           `json:"at"`
	Known  bool                `json:"known" doc:"I may know of the person; else neither name nor number is told"`
	Person *conflictPersonView `json:"person,omitempty"`
	Ending *conflictEndView    `json:"ending,omitempty" doc:"Somebody asked that it ends"`
}

type conflictPersonView struct {
	Family  string   `json:"family"`
	Given   string   `json:"given"`
	Numbers []string `json:"aktenzeichen"`
}

type conflictEndView struct {
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
	Own    bool      `json:"own,omitempty" doc:"I asked: another lead grants it"`
}

type conflictReportView struct {
	ID     archive.ConflictReportID `json:"id"`
	User   colleagueRef             `json:"user"`
	About  string                   `json:"about"`
	Kind   string                   `json:"kind"`
	Reason string                   `json:"reason"`
	At     time.Time                `json:"at"`
}

// conflictsView is a page of them, with what was reported.
type conflictsView struct {
	list[conflictView]
	Reports []conflictReportView `json:"reports" doc:"What was said in words and waits for a lead; with the first page"`
}

// conflicts are the routes to whom a conflict of interest keeps from whom.
func (s *Server) conflicts() {
	handle(s, "POST", "/akten/{id}/conflict", "Report a conflict of interest of mine with the person of an Akte, which keeps me from it at once", purposed, s.reportConflict)
	handle(s, "GET", "/conflicts", "List conflicts of interest of accounts that I have a word on, oldest first", 0, s.listConflicts)
	handle(s, "POST", "/conflicts", "Keep an account from the person of an Akte, at once", 0, s.layConflict)
	handle(s, "POST", "/conflicts/reports", "Say in words that I, or for who operates an account, have a conflict of interest", 0, s.sayConflict)
	handle(s, "POST", "/conflicts/reports/{id}/dismiss", "Let a report go that means nothing", 0, s.dismissConflict)
	handle(s, "POST", "/conflicts/{id}/end", "Ask that a conflict of interest ends", 0, s.endConflict)
	handle(s, "POST", "/conflicts/{id}/decide", "Grant or decline its end that another lead asked for", again, s.decideConflict)
}

type reportConflictBody struct {
	Kind   string `json:"kind" enum:"own,relative,other"`
	Reason string `json:"reason" maxLength:"4000"`
}

func (s *Server) reportConflict(ctx context.Context, desk *acl.Desk, in *sending[reportConflictBody]) (*struct{}, error) {
	id, body, err := sent[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.ReportConflict(ctx, id, body.Kind, body.Reason)
}

func (s *Server) listConflicts(ctx context.Context, desk *acl.Desk, in *struct{ Page }) (*answer[conflictsView], error) {
	page, err := desk.Conflicts(ctx, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	view := conflictsView{list: list[conflictView]{Next: page.Next, Items: each(page.Items, conflictOf)}}
	view.Reports = each(page.Reports, func(r acl.ConflictReportRow) conflictReportView {
		return conflictReportView{r.ID, colleagueRef{r.User, r.Account}, r.About, r.Kind, r.Reason, r.At.UTC()}
	})
	return &answer[conflictsView]{view}, nil
}

func conflictOf(r acl.ConflictRow) conflictView {
	v := conflictView{ID: r.ID, User: colleagueRef{r.User, r.Account}, Kind: r.Kind, Reason: r.Reason, At: r.At.UTC(), Known: r.Known}
	if r.Known {
		v.Person = &conflictPersonView{r.Name.Family, r.Name.Given, r.Numbers}
	}
	if w := r.Ending; w != nil {
		v.Ending = &conflictEndView{w.Reason, w.At.UTC(), r.Own}
	}
	return v
}

type layConflictBody struct {
	User   string `json:"user_id" maxLength:"100"`
	Number string `json:"aktenzeichen" maxLength:"100" doc:"Of an Akte of the person"`
	Kind   string `json:"kind" enum:"own,relative,other"`
	Reason string `json:"reason" maxLength:"4000"`
	Report string `json:"report_id,omitempty" maxLength:"100" doc:"One that this takes up"`
}

func (s *Server) layConflict(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[layConflictBody] }) (*struct{}, error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	return nil, desk.LayConflict(ctx, acl.ConflictAsk{
		User: archive.UserID(body.User), Number: body.Number, Kind: body.Kind, Reason: body.Reason, Report: archive.ConflictReportID(body.Report),
	})
}

type sayConflictBody struct {
	User   string `json:"user_id,omitempty" maxLength:"100" doc:"Whose; mine if not given"`
	About  string `json:"about" maxLength:"600" doc:"A reference number, or a name and what else is known"`
	Kind   string `json:"kind" enum:"own,relative,other"`
	Reason string `json:"reason" maxLength:"4000"`
}

func (s *Server) sayConflict(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[sayConflictBody] }) (*struct{}, error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	return nil, desk.ReportConflictInWords(ctx, archive.ConflictReport{
		User: archive.UserID(body.User), About: body.About, Kind: body.Kind, Reason: body.Reason,
	})
}

type conflictReason struct {
	Reason string `json:"reason" maxLength:"4000"`
}

func (s *Server) dismissConflict(ctx context.Context, desk *acl.Desk, in *sending[conflictReason]) (*struct{}, error) {
	id, body, err := sent[archive.ConflictReportID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.DismissConflict(ctx, id, body.Reason)
}

func (s *Server) endConflict(ctx context.Context, desk *acl.Desk, in *sending[conflictReason]) (*struct{}, error) {
	id, body, err := sent[archive.ConflictID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.EndConflict(ctx, id, body.Reason)
}

func (s *Server) decideConflict(ctx context.Context, desk *acl.Desk, in *sending[secondWordBody]) (*struct{}, error) {
	id, body, err := sent[archive.ConflictID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.DecideConflict(ctx, id, body.Grant, body.Reason)
}
