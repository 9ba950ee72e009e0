package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// tokenView is a token without what it consists of.
type tokenView struct {
	ID      string         `json:"id" doc:"Names it; opens nothing"`
	UserID  archive.UserID `json:"user_id"`
	Created time.Time      `json:"created"`
	Expires time.Time      `json:"expires"`
}

func tokenOf(t acl.TokenView) tokenView {
	return tokenView{t.ID, t.User, t.Created.UTC(), t.Expires.UTC()}
}

func (s *Server) listTokens(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[list[tokenView]], error) {
	id, err := archive.ParseID[archive.UserID](in.ID)
	if err != nil {
		return nil, err
	}
	tokens, err := desk.Tokens(ctx, id)
	if err != nil {
		return nil, err
	}
	return &answer[list[tokenView]]{list[tokenView]{Items: each(tokens, tokenOf)}}, nil
}

// newTokenInput is a token to make.
type newTokenInput struct {
	Body struct {
		UserID  string    `json:"user_id" maxLength:"100"`
		Expires time.Time `json:"expires" doc:"Two years away at most"`
	}
}

// newTokenView is a token when it is made.
type newTokenView struct {
	tokenView
	Token string `json:"token" doc:"Told this once"`
}

func (s *Server) createToken(ctx context.Context, desk *acl.Desk, in *newTokenInput) (*answer[newTokenView], error) {
	id, err := archive.ParseID[archive.UserID](in.Body.UserID)
	if err != nil {
		return nil, err
	}
	secret, made, err := desk.CreateToken(ctx, id, in.Body.Expires.Sub(s.Guard.Now()))
	if err != nil {
		return nil, err
	}
	return &answer[newTokenView]{newTokenView{tokenOf(made), secret}}, nil
}

func (s *Server) revokeToken(c *gin.Context, desk *acl.Desk) error {
	if err := desk.RevokeToken(c.Request.Context(), c.Param("id")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
