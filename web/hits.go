package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

type hitsInput struct {
	ByID
	Body strict[hitsBody]
}

type hitsBody struct {
	Text    string `json:"q" maxLength:"2000" doc:"As in a search"`
	Page    int    `json:"page,omitempty" minimum:"1" doc:"One page; all if not given"`
	Version int    `json:"version,omitempty" minimum:"1" doc:"An older version; the newest if not given"`
}

type hitsView struct {
	Pages []pageHitsView `json:"pages" doc:"Pages with matches, ascending"`
}

type pageHitsView struct {
	Page    int       `json:"page"`
	Count   int       `json:"count" doc:"How many matches there are; a phrase is one"`
	Width   float32   `json:"width"`
	Height  float32   `json:"height"`
	Boxes   []boxView `json:"boxes" doc:"In pixels of width by height"`
	Partial bool      `json:"partial,omitempty" doc:"There are more boxes: ask for this page alone"`
}

type boxView struct {
	X   float32 `json:"x"`
	Y   float32 `json:"y"`
	W   float32 `json:"w"`
	H   float32 `json:"h"`
	Hit int     `json:"hit" doc:"Numbers the page's matches from 0: the words of a phrase have the same"`
}

// findHits shows where in a document the words of a query stand. They come in the body, for they are personal.
func (s *Server) findHits(ctx context.Context, desk *acl.Desk, in *hitsInput) (*answer[hitsView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	id, err := archive.ParseID[archive.DocumentID](in.ID)
	if err != nil {
		return nil, err
	}
	pages, err := desk.Hits(ctx, acl.Holder{Document: id, Version: body.Version}, body.Text, body.Page)
	if err != nil {
		return nil, err
	}
	return &answer[hitsView]{hitsView{each(pages, pageHitsOf)}}, nil
}

func pageHitsOf(p acl.PageHits) pageHitsView {
	return pageHitsView{
		Page: p.Page, Count: p.Count, Width: p.Width, Height: p.Height, Partial: p.Partial,
		Boxes: each(p.Boxes, func(b acl.HitBox) boxView { return boxView(b) }),
	}
}
