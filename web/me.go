package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

type meView struct {
	ID    archive.UserID `json:"id"`
	Name  string         `json:"name"`
	Roles []archive.Pair `json:"roles"`
	Teams []string       `json:"teams"`
}

func meOf(u archive.User) meView {
	return meView{ID: u.ID, Name: u.Name, Roles: u.Roles, Teams: plain(u.Teams)}
}

func (s *Server) showMe(_ context.Context, desk *acl.Desk, _ *struct{}) (*answer[meView], error) {
	who := desk.Subject()
	return &answer[meView]{meOf(archive.User{ID: who.User, Name: who.Name, Roles: who.Pairs, Teams: who.Teams})}, nil
}
