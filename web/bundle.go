package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

type bundleBody struct {
	Registers []string             `json:"registers,omitempty" maxItems:"100" doc:"Keys of /registers; with documents: both. Neither: all that I may read"`
	Documents []archive.DocumentID `json:"documents,omitempty" maxItems:"5000"`
	Recipient string               `json:"recipient,omitempty" maxLength:"600" doc:"A body outside the authority; takes the right to disclose"`
	Reason    string               `json:"reason,omitempty" maxLength:"2000"`
}

// bundles are the routes to an Akte as one PDF.
func (s *Server) bundles() {
	s.raw("GET", "/akten/{id}/bundle.pdf", "An Akte as one PDF; ?register= and ?document=, repeated, choose", purposed|bytesOut|again, s.makeBundle)
	handle(s, "POST", "/akten/{id}/bundles", "Let an Akte be made into one PDF, kept for 24 hours", purposed|once|accepted|again, s.orderBundle)
	s.raw("GET", "/bundles/{id}", "The PDF of a job of mine of kind bundle, which has the same id", bytesOut|again, s.fetchBundle)
}

func (s *Server) orderBundle(ctx context.Context, desk *acl.Desk, in *sending[bundleBody]) (*answer[jobView], error) {
	id, body, err := sent[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	job, err := desk.OrderBundle(ctx, id, acl.BundleRequest{
		Registers: body.Registers, Documents: body.Documents, Recipient: body.Recipient, Reason: body.Reason,
		Language: visitOf(ctx).language,
	})
	if err != nil {
		return nil, err
	}
	return &answer[jobView]{jobOf(job)}, nil
}

// makeBundle makes the PDF while the client waits, and stops when it goes away.
func (s *Server) makeBundle(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.AkteID](c)
	if err != nil {
		return err
	}
	q := acl.BundleRequest{Registers: c.QueryArray("register"), Language: visitOf(c.Request.Context()).language}
	for _, d := range c.QueryArray("document") {
		q.Documents = append(q.Documents, archive.DocumentID(d))
	}
	f, err := desk.Bundle(c.Request.Context(), id, q)
	if err != nil {
		return err
	}
	return s.sendBundle(c, f)
}

func (s *Server) fetchBundle(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.BundleID](c)
	if err != nil {
		return err
	}
	f, err := desk.FetchBundle(c.Request.Context(), id)
	if err != nil {
		return err
	}
	return s.sendBundle(c, f)
}

// sendBundle sends a bundle as a file to keep.
func (s *Server) sendBundle(c *gin.Context, f *acl.BundleFile) error {
	body := &noted{ReadSeeker: f}
	w := &rangeWriter{ResponseWriter: c.Writer}
	header := c.Writer.Header()
	header.Set("Content-Type", "application/pdf")
	header.Set("Content-Disposition", disposition("Akte "+strings.ReplaceAll(f.Number, "/", "-")+".pdf"))
	header.Set("Content-Security-Policy", sandboxed)
	header.Set("ETag", contentTag(f.SHA256))
	http.ServeContent(w, c.Request, "", time.Time{}, body)
	err := errors.Join(body.err, f.Close())
	if w.refused {
		return errors.Join(errRange, err)
	}
	if err != nil {
		s.problemOf(c.Request.Context(), err) // logged; the answer has begun and ends short
	}
	return nil
}
