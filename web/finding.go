package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/pages"
)

// findingView is something in the trail that a rule held for unusual.
type findingView struct {
	ID       archive.FindingID `json:"id"`
	Rule     string            `json:"rule" doc:"break_glass, namesake, colleague, after_refusals, many, no_case, hours, sample"`
	Why      labelView         `json:"why" doc:"Why it struck, in words"`
	State    string            `json:"state" doc:"open, review, proposed, closed"`
	Actor    archive.UserID    `json:"actor"`
	Name     string            `json:"name,omitempty"`
	Count    int               `json:"count" doc:"How many events belong to it"`
	First    time.Time         `json:"first"`
	Last     time.Time         `json:"last"`
	Steps    []findingStep     `json:"steps"`
	Events   []eventView       `json:"events,omitempty"`
	Revision int64             `json:"revision"`

	MayReview bool `json:"may_review"`
	MayJudge  bool `json:"may_judge"`
}

// findingStep is what somebody did about a finding.
type findingStep struct {
	By      archive.UserID `json:"by"`
	Name    string         `json:"name,omitempty"`
	At      time.Time      `json:"at"`
	State   string         `json:"state"`
	Outcome string         `json:"outcome,omitempty" doc:"lawful, mistake, breach"`
	Note    string         `json:"note"`
}

func findingOf(f acl.FindingView) findingView {
	why := pages.FindingWhy(f.Finding)
	return findingView{
		ID: f.ID, Rule: f.Rule, Why: labelView{why.DE, why.EN}, State: f.State, Actor: f.Actor, Name: f.Name, Count: f.Count,
		First: f.First, Last: f.Last, Revision: f.Revision, MayReview: f.MayReview, MayJudge: f.MayJudge, Events: each(f.Events, eventOf),
		Steps: each(f.Steps, func(s acl.FindingStepView) findingStep {
			return findingStep{s.By, s.Name, s.At, s.State, s.Outcome, s.Note}
		}),
	}
}

// findingList is a page of findings.
type findingList struct {
	list[findingView]
	Unread int `json:"unread" doc:"How many events couldn't be looked at in full, since they or what they are about are damaged"`
	// Damaged is of this page.
	Damaged int `json:"damaged" doc:"How many findings belong on this page and can't be read, since their records are damaged"`
}

func (s *Server) listFindings(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	All bool `query:"all" doc:"Those that are closed, too"`
}) (*answer[findingList], error) {
	page, err := desk.Findings(ctx, in.All, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := list[findingView]{Next: page.Next, Items: each(page.Items, findingOf)}
	return &answer[findingList]{findingList{items, page.Unread.Entries, page.Damaged}}, nil
}

func (s *Server) showFinding(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[findingView], error) {
	id, err := archive.ParseID[archive.FindingID](in.ID)
	if err != nil {
		return nil, err
	}
	f, err := desk.Finding(ctx, id)
	if err != nil {
		return nil, err
	}
	return &answer[findingView]{findingOf(f)}, nil
}

// reviewInput is what came of looking into a finding.
type reviewInput struct {
	ByID
	Body struct {
		Revision int64  `json:"revision" doc:"The one that was read"`
		Outcome  string `json:"outcome,omitempty" maxLength:"20" doc:"lawful, mistake, breach; absent while it is looked into"`
		Note     string `json:"note" maxLength:"4000"`
	}
}

func (s *Server) reviewFinding(ctx context.Context, desk *acl.Desk, in *reviewInput) (*struct{}, error) {
	id, err := archive.ParseID[archive.FindingID](in.ID)
	if err != nil {
		return nil, err
	}
	return nil, desk.ReviewFinding(ctx, id, in.Body.Revision, in.Body.Outcome, in.Body.Note)
}

// judgeInput is the word of a second person.
type judgeInput struct {
	ByID
	Body struct {
		Revision int64  `json:"revision" doc:"The one that was read"`
		Agree    bool   `json:"agree"`
		Note     string `json:"note" maxLength:"4000"`
	}
}

func (s *Server) judgeFinding(ctx context.Context, desk *acl.Desk, in *judgeInput) (*struct{}, error) {
	id, err := archive.ParseID[archive.FindingID](in.ID)
	if err != nil {
		return nil, err
	}
	return nil, desk.JudgeFinding(ctx, id, in.Body.Revision, in.Body.Agree, in.Body.Note)
}

// activityDay counts what happened on a day.
type activityDay struct {
	Day         string `json:"day"`
	Queries     int64  `json:"queries"`
	Disclosures int64  `json:"disclosures"`
	Refusals    int64  `json:"refusals"`
}

func (s *Server) showActivity(ctx context.Context, desk *acl.Desk, in *struct {
	Days int `query:"days" minimum:"1" maximum:"731" default:"30" doc:"How many, today included"`
}) (*answer[list[activityDay]], error) {
	days, err := desk.Activity(ctx, in.Days)
	if err != nil {
		return nil, err
	}
	return &answer[list[activityDay]]{list[activityDay]{Items: each(days, func(t archive.TrailTally) activityDay { return activityDay(t) })}}, nil
}
