package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

type caseBody struct {
	Procedure string `json:"procedure" maxLength:"100" doc:"A key of /procedures"`
	Title     string `json:"title,omitempty" maxLength:"600"`
}

type caseView struct {
	ID        archive.CaseID `json:"id"`
	Akte      archive.AkteID `json:"akte_id"`
	Procedure string         `json:"procedure"`
	Title     string         `json:"title"`
	State     string         `json:"state"`
	Created   time.Time      `json:"created"`
	Revision  int64          `json:"revision"`
}

func caseOf(c archive.Case) caseView {
	return caseView{c.ID, c.Akte, c.Procedure, c.Title, c.State, c.Created.UTC(), c.Revision}
}

func (s *Server) listCases(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[list[caseView]], error) {
	id, err := archive.ParseID[archive.AkteID](in.ID)
	if err != nil {
		return nil, err
	}
	view, err := desk.Akte(ctx, id)
	if err != nil {
		return nil, err
	}
	return &answer[list[caseView]]{list[caseView]{Items: each(view.Cases, caseOf)}}, nil
}

// closeCase ends a case. It is nobody's purpose from then on.
func (s *Server) closeCase(ctx context.Context, desk *acl.Desk, in *ByID) (*record[caseView], error) {
	id, err := archive.ParseID[archive.CaseID](in.ID)
	if err != nil {
		return nil, err
	}
	c, err := desk.CloseCase(ctx, id)
	if err != nil {
		return nil, err
	}
	return &record[caseView]{ETag: etag(c.Revision), Body: caseOf(c)}, nil
}

func (s *Server) openCase(ctx context.Context, desk *acl.Desk, in *sending[caseBody]) (*record[caseView], error) {
	id, body, err := sent[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	c, err := desk.OpenCase(ctx, archive.Case{Akte: id, Procedure: body.Procedure, Title: body.Title})
	if err != nil {
		return nil, err
	}
	return &record[caseView]{ETag: etag(c.Revision), Location: base + "/akten/" + string(c.Akte) + "/cases", Body: caseOf(c)}, nil
}
