package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

type colleagueRef struct {
	ID   archive.UserID `json:"id"`
	Name string         `json:"name"`
}

func (s *Server) listColleagues(ctx context.Context, desk *acl.Desk, in *struct {
	Department string `query:"department" maxLength:"100" doc:"One of my own"`
}) (*answer[list[colleagueRef]], error) {
	found, err := desk.Colleagues(ctx, in.Department)
	if err != nil {
		return nil, err
	}
	return &answer[list[colleagueRef]]{list[colleagueRef]{Items: each(found, func(c acl.Colleague) colleagueRef { return colleagueRef(c) })}}, nil
}
