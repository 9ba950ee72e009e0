package web

import (
	"io"
	"mime"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// AcknowledgeBody says of what a receipt is made, and for whom. It comes as a body, for addresses are
// written down on the way.
type AcknowledgeBody struct {
	Recipient string `json:"recipient" maxLength:"600" doc:"The person or sender it is handed to; stands on it"`
	Language  string `json:"language,omitempty" enum:"de,en" doc:"That of the request if not given"`
}

type acknowledgeDocumentsBody struct {
	AcknowledgeBody
	Documents []archive.DocumentID `json:"documents" minItems:"1" maxItems:"500"`
}

type acknowledgeItemsBody struct {
	AcknowledgeBody
	Items []archive.InboxID `json:"items" minItems:"1" maxItems:"500" doc:"Items of one basket"`
}

// acknowledgements are the routes to receipts for what came in.
func (s *Server) acknowledgements() {
	s.printed("/akten/{id}/acknowledgement", "A receipt for documents of an Akte, as PDF", typeOf[acknowledgeDocumentsBody](), s.acknowledgeDocuments)
	s.printed("/inbox/acknowledgement", "A receipt for inbox items, as PDF", typeOf[acknowledgeItemsBody](), s.acknowledgeItems)
}

// printed registers a route that takes JSON and answers with a PDF.
func (s *Server) printed(path, summary string, body reflect.Type, fn func(*gin.Context, *acl.Desk) error) {
	op := s.operation("POST", path, summary, purposed)
	for _, name := range pathParams(path) {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: s.registry().Schema(body, true, "")},
	}}
	op.Responses["200"] = &huma.Response{Description: "Done", Content: map[string]*huma.MediaType{"application/pdf": {Schema: binary()}}}
	s.document(&op, fn)
}

func (s *Server) acknowledgeDocuments(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.AkteID](c)
	if err != nil {
		return err
	}
	body, err := posted[acknowledgeDocumentsBody](s, c)
	if err != nil {
		return err
	}
	made, err := desk.AcknowledgeDocuments(c.Request.Context(), id, body.Documents, body.of(c))
	if err != nil {
		return err
	}
	return s.Print(c, made)
}

func (s *Server) acknowledgeItems(c *gin.Context, desk *acl.Desk) error {
	body, err := posted[acknowledgeItemsBody](s, c)
	if err != nil {
		return err
	}
	made, err := desk.AcknowledgeItems(c.Request.Context(), body.Items, body.of(c))
	if err != nil {
		return err
	}
	return s.Print(c, made)
}

func (b AcknowledgeBody) of(c *gin.Context) acl.Acknowledging {
	q := acl.Acknowledging{Recipient: b.Recipient, Language: b.Language}
	if q.Language == "" {
		q.Language = visitOf(c.Request.Context()).language
	}
	return q
}

// posted reads a body of JSON.
func posted[T any](s *Server, c *gin.Context) (body T, err error) {
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "application/json" {
		return body, errMediaType
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, jsonBytes))
	if err != nil {
		return body, err
	}
	return decode[T](s.registry(), raw)
}

// Print sends a receipt as a file to keep. It is stored nowhere.
func (s *Server) Print(c *gin.Context, made acl.Acknowledgement) error {
	c.Header("Content-Disposition", disposition("Empfangsbestaetigung "+made.Issued.Format("2006-01-02 1504")+".pdf"))
	c.Header("Content-Security-Policy", sandboxed)
	c.Data(http.StatusOK, "application/pdf", made.PDF)
	return nil
}
