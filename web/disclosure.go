package web

import (
	"io"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// disclosureBody says who gets a document. It comes as a body, for addresses and headers are written down
// on the way.
type disclosureBody struct {
	Recipient string `json:"recipient" maxLength:"600" doc:"Who gets it: a body outside the authority, or the person herself"`
	Reason    string `json:"reason,omitempty" maxLength:"2000"`
	Version   int    `json:"version,omitempty" minimum:"1" doc:"Its number from 1; the newest if not given"`
	Printed   bool   `json:"printed,omitempty" doc:"It goes out on paper"`
	Form      string `json:"form,omitempty" enum:"original,searchable,archival" doc:"What leaves: the received bytes if not given, a searchable PDF, or PDF/A-2b made of scans"`
}

// disclosures is the route by which a document leaves for a recipient.
func (s *Server) disclosures() {
	op := s.operation("POST", "/documents/{id}/disclose", "The received bytes, for a recipient; takes the right to disclose", purposed|bytesOut|again)
	op.Parameters = append(op.Parameters, &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: s.registry().Schema(typeOf[disclosureBody](), true, "")},
	}}
	op.Responses["200"] = &huma.Response{Description: "Done", Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: binary()}}}
	s.document(&op, s.provenFirst(s.disclose))
}

func (s *Server) disclose(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.DocumentID](c)
	if err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "application/json" {
		return errMediaType
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, jsonBytes))
	if err != nil {
		return err
	}
	body, err := decode[disclosureBody](s.registry(), raw)
	if err != nil {
		return err
	}
	o := acl.Disclosure{
		Document: id, Version: body.Version, Recipient: body.Recipient, Reason: body.Reason, Printed: body.Printed, Form: body.Form,
	}
	if !o.Printed && o.Form != "" && o.Form != acl.FormOriginal {
		made, err := desk.DiscloseCopy(c.Request.Context(), o, visitOf(c.Request.Context()).language)
		if err != nil {
			return err
		}
		return s.Hand(c, made)
	}
	content, err := desk.Disclose(c.Request.Context(), o)
	if err != nil {
		return err
	}
	return s.Send(c, content)
}
