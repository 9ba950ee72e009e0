package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

// paperView is the paper behind a scan.
type paperView struct {
	Document archive.DocumentID `json:"document_id"`
	Akte     archive.AkteID     `json:"akte_id"`
	Number   string             `json:"aktenzeichen"`
	Type     string             `json:"type"`
	Title    string             `json:"title"`
	Pages    int                `json:"pages"`
	Word     qualityWordView    `json:"word" doc:"The approval, or the release"`
	From     string             `json:"from" doc:"The first day on which the paper may be released"`
	Due      bool               `json:"due" doc:"That day has come"`
}

// papers are the routes to papers whose scans were approved.
func (s *Server) papers() {
	handle(s, "GET", "/papers", "List papers whose scans a department approved, or that it released for destruction", 0, s.listPapers)
	handle(s, "POST", "/papers/release", "Release papers for destruction, all or none; this can't be taken back", purposed, s.releasePapers)
}

func (s *Server) listPapers(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	Department string `query:"department" maxLength:"100" doc:"Whose; the first that the reader works for if not given"`
	List       string `query:"list" maxLength:"100" doc:"approved (oldest approval first) or released"`
}) (*answer[list[paperView]], error) {
	found, err := desk.Papers(ctx, acl.PapersQuery{Department: in.Department, List: in.List, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return &answer[list[paperView]]{list[paperView]{Next: found.Next, Items: each(found.Items, func(p acl.PaperRow) paperView {
		w := p.Word
		return paperView{
			Document: p.ID, Akte: p.Akte, Number: p.Number, Type: p.Type, Title: p.Title, Pages: p.Pages, From: p.From, Due: p.Due,
			Word: qualityWordView{w.What, w.By, w.At.UTC(), w.Department, w.Reason, w.Faults},
		}
	})}}, nil
}

type releaseBody struct {
	Documents []archive.DocumentID `json:"documents" minItems:"1" maxItems:"200"`
	Reason    string               `json:"reason,omitempty" maxLength:"4000"`
}

func (s *Server) releasePapers(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[releaseBody] }) (*struct{}, error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	return nil, desk.ReleasePapers(ctx, body.Documents, body.Reason)
}
