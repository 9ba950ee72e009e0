package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

// waitingView is a role that waits for a lead's word.
type waitingView struct {
	proposalView
	UserID  archive.UserID `json:"user_id"`
	Name    string         `json:"name"`
	Display string         `json:"display,omitempty"`
	ByName  string         `json:"by_name,omitempty"`
}

func (s *Server) listProposals(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[list[waitingView]], error) {
	found, err := desk.Proposals(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[list[waitingView]]{list[waitingView]{Items: each(found, func(p acl.Proposed) waitingView {
		return waitingView{proposalView{p.Pair, p.By, p.At.UTC()}, p.User, p.Name, p.Display, p.ByName}
	})}}, nil
}

// decideInput is a lead's word.
type decideInput struct {
	Body struct {
		UserID string `json:"user_id" maxLength:"100"`
		archive.Pair
		Confirm bool `json:"confirm" doc:"false turns it down"`
	}
}

func (s *Server) decideProposal(ctx context.Context, desk *acl.Desk, in *decideInput) (*struct{}, error) {
	id, err := archive.ParseID[archive.UserID](in.Body.UserID)
	if err != nil {
		return nil, err
	}
	return nil, desk.Decide(ctx, id, in.Body.Pair, in.Body.Confirm)
}
