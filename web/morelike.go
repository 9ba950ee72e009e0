package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

// moreLikeView is a document that resembles another one.
type moreLikeView struct {
	hitView
	Words []string `json:"words" doc:"Telling words that both have, weightiest first"`
}

func (s *Server) moreLike(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[list[moreLikeView]], error) {
	id, err := archive.ParseID[archive.DocumentID](in.ID)
	if err != nil {
		return nil, err
	}
	found, err := desk.MoreLike(ctx, id)
	if err != nil {
		return nil, err
	}
	return &answer[list[moreLikeView]]{list[moreLikeView]{Items: each(found, func(v acl.LikeView) moreLikeView {
		return moreLikeView{hitOf(v.Hit), each(v.Words, func(w string) string { return w })}
	})}}, nil
}
