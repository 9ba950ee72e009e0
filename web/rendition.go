package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// renditions are the routes to PDFs that are made of a document while the client waits.
func (s *Server) renditions() {
	s.raw("GET", "/documents/{id}/searchable.pdf", "The document as PDF, its recognised words unseen behind the pages; ?version=",
		purposed|bytesOut, s.searchable)
	s.raw("GET", "/documents/{id}/archival.pdf", "A scanned document as PDF/A-2b; the header Eakte-Conformance says whether that was checked; ?version=",
		purposed|bytesOut, s.archival)
	handle(s, "GET", "/documents/{id}/copies/{form}", "How far the PDF is that is being made for the reader now; 0 of 0 where none is", 0, s.pressing)
}

// pressedPages is how far a PDF is.
type pressedPages struct {
	Done int `json:"done" doc:"Pages"`
	All  int `json:"all" doc:"Pages there will be"`
}

func (s *Server) pressing(_ context.Context, desk *acl.Desk, in *struct {
	ByID
	Form string `path:"form" enum:"searchable,archival"`
}) (*answer[pressedPages], error) {
	id, err := archive.ParseID[archive.DocumentID](in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[pressedPages]{pressedPages(desk.Pressing(acl.Holder{Document: id}, in.Form))}, nil
}

func (s *Server) searchable(c *gin.Context, desk *acl.Desk) error {
	return s.render(c, desk.Searchable)
}

func (s *Server) archival(c *gin.Context, desk *acl.Desk) error {
	return s.render(c, desk.Archival)
}

// render makes a PDF and sends it as a file to keep.
func (s *Server) render(c *gin.Context, form func(context.Context, acl.Holder, string) (*acl.Rendition, error)) error {
	h, err := holder(c)
	if err != nil {
		return err
	}
	r, err := form(c.Request.Context(), h, visitOf(c.Request.Context()).language)
	if err != nil {
		return err
	}
	return s.Hand(c, r)
}

// Hand sends a PDF that was made of a document as a file to keep, and closes it.
func (s *Server) Hand(c *gin.Context, r *acl.Rendition) error {
	header := c.Writer.Header()
	header.Set("Content-Type", "application/pdf")
	header.Set("Content-Disposition", disposition(r.Name))
	header.Set("Content-Security-Policy", sandboxed)
	header.Set("Content-Length", strconv.FormatInt(r.Size, 10))
	if r.Archival {
		header.Set("Eakte-Conformance", conformance(r))
	}
	c.Status(http.StatusOK)
	_, err := io.Copy(c.Writer, r)
	if err = errors.Join(err, r.Close()); err != nil {
		s.problemOf(c.Request.Context(), err) // logged; the answer has begun and ends short
	}
	return nil
}

// conformance is what is said of an archival file: never more than was checked.
func conformance(r *acl.Rendition) string {
	if r.Checker == "" {
		return "PDF/A-2b; declared"
	}
	return "PDF/A-2b; checked by " + r.Checker
}
