package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// particularView is a group of fields of a person.
type particularView struct {
	Group    string       `json:"group"`
	Name     labelView    `json:"name"`
	Access   string       `json:"access" enum:"exist,read,write"`
	Known    bool         `json:"known" doc:"Something is recorded"`
	Text     string       `json:"text,omitempty" doc:"For who may read it"`
	Reason   string       `json:"reason,omitempty" doc:"Why it was changed last"`
	ByName   string       `json:"by_name,omitempty"`
	Changed  *time.Time   `json:"changed,omitempty"`
	Former   []formerView `json:"former,omitempty" doc:"What it said before, newest first"`
	Revision int64        `json:"revision" doc:"0 where nothing was ever recorded"`
}

type formerView struct {
	Text   string         `json:"text"`
	Reason string         `json:"reason,omitempty"`
	By     archive.UserID `json:"by"`
	At     time.Time      `json:"at"`
}

func particularOf(p acl.ParticularView) particularView {
	return particularView{
		Group: p.Group.Key, Name: labelView{p.Group.Label.DE, p.Group.Label.EN}, Access: p.Access, Known: p.Known, Text: p.Text, Reason: p.Note, ByName: p.ByName,
		Changed: timeOrNone(p.Changed), Revision: p.Revision,
		Former: each(p.Former, func(f archive.FormerParticular) formerView { return formerView{f.Text, f.Note, f.By, f.At.UTC()} }),
	}
}

// particularInput is a new text of a group.
type particularInput struct {
	ByID
	Group string `path:"group" maxLength:"100"`
	Body  strict[particularBody]
}

type particularBody struct {
	Text     string `json:"text" maxLength:"2000"`
	Reason   string `json:"reason,omitempty" maxLength:"2000" doc:"Needed where something is replaced"`
	Revision int64  `json:"revision" doc:"The one seen; 0 where there was nothing"`
}

func (s *Server) changeParticular(ctx context.Context, desk *acl.Desk, in *particularInput) (*struct{}, error) {
	id, err := archive.ParseID[archive.PersonID](in.ID)
	if err != nil {
		return nil, err
	}
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	return nil, desk.ChangeParticular(ctx, id, in.Group, body.Revision, body.Text, body.Reason)
}
