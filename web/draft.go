package web

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// draftView is what was typed into a form and not sent.
type draftView struct {
	Key     string              `json:"key" doc:"Words and ids between slashes, such as person or akte/ID/upload"`
	Values  map[string][]string `json:"values,omitempty" doc:"By field of the form; not in lists"`
	Changed time.Time           `json:"changed"`
	Expires time.Time           `json:"expires"`
}

type draftBody struct {
	Values map[string][]string `json:"values"`
}

// draftBytes is the size of a draft in JSON: escapes take more room than what they stand for.
const draftBytes = 8 * archive.MaxDraft

func draftOf(d archive.Draft) draftView {
	return draftView{d.Key, d.Values, d.Changed.UTC(), d.Expires.UTC()}
}

func (s *Server) listDrafts(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[list[draftView]], error) {
	drafts, err := desk.Drafts(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[list[draftView]]{list[draftView]{Items: each(drafts, draftOf)}}, nil
}

// draftKey is the rest of the path.
func draftKey(c *gin.Context) string { return strings.TrimPrefix(c.Param("key"), "/") }

func (s *Server) showDraft(c *gin.Context, desk *acl.Desk) error {
	d, err := desk.Draft(c.Request.Context(), draftKey(c))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, draftOf(d))
	return nil
}

func (s *Server) saveDraft(c *gin.Context, desk *acl.Desk) error {
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "application/json" {
		return errMediaType
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, draftBytes))
	if err != nil {
		return err
	}
	body, err := decode[draftBody](s.registry(), raw)
	if err != nil {
		return err
	}
	d, err := desk.SaveDraft(c.Request.Context(), draftKey(c), body.Values)
	if err != nil {
		return err
	}
	d.Values = nil // she has them
	c.JSON(http.StatusOK, draftOf(d))
	return nil
}

func (s *Server) dropDraft(c *gin.Context, desk *acl.Desk) error {
	if err := desk.DropDraft(c.Request.Context(), draftKey(c)); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	return nil
}
