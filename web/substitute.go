package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// substituteView is somebody who stands in for a colleague.
type substituteView struct {
	ID         archive.SubstituteID `json:"id"`
	Absent     archive.UserID       `json:"absent_id"`
	AbsentName string               `json:"absent_name,omitempty"`
	User       archive.UserID       `json:"user_id"`
	UserName   string               `json:"user_name,omitempty"`
	Department string               `json:"department"`
	Roles      []archive.Pair       `json:"roles" doc:"The pairs of both by which she stands in"`
	Teams      []string             `json:"teams" doc:"Whose Akten she sees besides her own"`
	From       string               `json:"from"`
	Until      string               `json:"until" doc:"Its last day"`
	State      string               `json:"state" enum:"active,coming,asleep,over,ended"`
	ByName     string               `json:"by_name,omitempty"`
	At         time.Time            `json:"at"`
}

func substituteOf(s acl.SubstituteView) substituteView {
	return substituteView{
		s.ID, s.Absent, s.AbsentName, s.User, s.Name, s.Department, s.Pairs, plain(s.Teams), s.From, s.Until, s.State, s.Giver, s.At.UTC(),
	}
}

// substituteBody is what a lead says.
type substituteBody struct {
	Absent     string `json:"absent_id" maxLength:"100"`
	User       string `json:"user_id" maxLength:"100"`
	Department string `json:"department,omitempty" maxLength:"100" doc:"One that I lead; the first of the absent one's if not given"`
	From       string `json:"from,omitempty" maxLength:"10" doc:"Today if not given"`
	Until      string `json:"until" maxLength:"10" doc:"Its last day, at most 180 days after the first"`
}

// ownSubstitutes are those that concern me.
type ownSubstitutes struct {
	Standing []substituteView `json:"standing_in" doc:"For whom I stand in, now or soon"`
	Away     []substituteView `json:"stood_in_for_by" doc:"Who stands in for me, now or soon"`
}

// substitutes are the routes of those who stand in for others.
func (s *Server) substitutes() {
	handle(s, "GET", "/substitutes", "Who stands in for whom in a department, newest first, for who leads it", 0, s.listSubstitutes)
	handle(s, "POST", "/substitutes", "Let somebody stand in for a colleague who has the same roles", once|created|again, s.nameSubstitute)
	handle(s, "POST", "/substitutes/{id}/end", "End that before its time", 0, s.endSubstitute)
	handle(s, "GET", "/me/substitutes", "For whom I stand in, and who stands in for me", 0, s.listOwnSubstitutes)
}

func (s *Server) listSubstitutes(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	Department string `query:"department" maxLength:"100" doc:"One that I lead; the first if not given"`
}) (*answer[list[substituteView]], error) {
	page, err := desk.Substitutes(ctx, in.Department, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[substituteView]]{list[substituteView]{Next: page.Next, Items: each(page.Items, substituteOf)}}, nil
}

func (s *Server) nameSubstitute(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[substituteBody] }) (*answer[substituteView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	view, err := desk.NameSubstitute(ctx, archive.Substitute{
		Absent: archive.UserID(body.Absent), User: archive.UserID(body.User), Department: body.Department, From: body.From, Until: body.Until,
	})
	if err != nil {
		return nil, err
	}
	return &answer[substituteView]{substituteOf(view)}, nil
}

func (s *Server) endSubstitute(ctx context.Context, desk *acl.Desk, in *ByID) (*struct{}, error) {
	id, err := archive.ParseID[archive.SubstituteID](in.ID)
	if err != nil {
		return nil, err
	}
	return nil, desk.EndSubstitute(ctx, id)
}

func (s *Server) listOwnSubstitutes(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[ownSubstitutes], error) {
	standing, away, err := desk.OwnSubstitutes(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[ownSubstitutes]{ownSubstitutes{each(standing, substituteOf), each(away, substituteOf)}}, nil
}
