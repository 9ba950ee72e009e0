package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	tus "github.com/tus/tusd/v2/pkg/handler"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/blob"
)

// uploadsPath is where files that come in pieces are sent, by the tus protocol 1.0.
const uploadsPath = "/uploads/"

// resumable registers the routes of the tus protocol.
func (s *Server) resumable() error {
	protocol, err := newProtocol(s.Guard.UploadLimit)
	if err != nil {
		return err
	}
	one := uploadsPath + "{id}"
	for _, r := range []struct {
		method, path, summary string
		serve                 http.HandlerFunc
	}{
		{"OPTIONS", uploadsPath, "What of the tus protocol is spoken", protocol.PostFile},
		{"POST", uploadsPath, "Begin a file that comes in pieces", protocol.PostFile},
		{"HEAD", one, "How much of a file is there", protocol.HeadFile},
		{"PATCH", one, "Send the next piece of a file", protocol.PatchFile},
		{"DELETE", one, "Give up a file that is still coming", protocol.DelFile},
	} {
		serve := http.StripPrefix(base+uploadsPath, protocol.Middleware(r.serve))
		op := s.describeUpload(r.method, r.path, r.summary)
		s.document(&op, func(c *gin.Context, desk *acl.Desk) error { return s.transfer(c, desk, serve) })
	}
	return nil
}

// describeUpload describes a route of the tus protocol.
func (s *Server) describeUpload(method, path, summary string) huma.Operation {
	op := s.operation(method, path, summary, 0)
	status, made := "204", "Done; the headers Eakte-Inbox-Item or Eakte-Document name what a whole file became"
	if len(pathParams(path)) > 0 {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	if method != "OPTIONS" {
		op.Parameters = append(op.Parameters, header("Tus-Resumable", "1.0.0", method != "HEAD"))
	}
	switch method {
	case "POST":
		status = "201"
		op.Parameters = append(op.Parameters,
			header("Upload-Length", "Bytes of the whole file", true),
			header("Upload-Metadata", "Keys and values in base64: filename, meta (the JSON that goes with multipart uploads), akte or document (an id; neither: a basket)", false),
			header("Eakte-Purpose", "Why: a code of /purposes or case:ID", false))
	case "HEAD", "OPTIONS":
		status = "200"
	case "PATCH":
		op.Parameters = append(op.Parameters, header("Upload-Offset", "Where the piece begins", true))
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{pieceType: {Schema: binary()}}}
		op.Responses["200"] = &huma.Response{Description: "The file is whole, and the request accepts JSON alone", Content: map[string]*huma.MediaType{
			"application/json": {Schema: s.registry().Schema(typeOf[acl.UploadMade](), true, "")},
		}}
	}
	op.Responses[status] = &huma.Response{Description: made}
	return op
}

// transfer lets the protocol answer a request, with an upload that is the subject's.
func (s *Server) transfer(c *gin.Context, desk *acl.Desk, serve http.Handler) error {
	ctx := c.Request.Context()
	x := &exchange{desk: desk, server: s}
	if id := c.Param("id"); id != "" {
		var err error
		if x.upload, err = desk.ContinueUpload(ctx, id); err != nil {
			return err
		}
	}
	c.Request.Header.Del("X-HTTP-Method-Override")
	status, made, err := s.alone(c, x, serve)
	if err != nil {
		return err
	}
	return sendMade(c, status, made)
}

// alone carries a request out while no other one is at the same upload. A second request cuts the first
// one off: its sender is mostly gone already, without the server having noticed.
func (s *Server) alone(c *gin.Context, x *exchange, serve http.Handler) (int, acl.UploadMade, error) {
	ctx := c.Request.Context()
	if x.upload != nil {
		body := cuttable(c.Request, visitOf(ctx))
		release, err := s.turns.take(ctx, blob.Ref(x.upload.ID()), body.cut)
		if err != nil {
			return 0, acl.UploadMade{}, err
		}
		c.Request.Body = body
		defer func() {
			release()
			if body.wasCut() {
				c.Header("Connection", "close")
			}
		}()
	}
	out := &recorder{header: http.Header{}}
	serve.ServeHTTP(out, c.Request.WithContext(context.WithValue(ctx, exchangeKey{}, x)))
	out.pass(c.Writer.Header())
	if err := x.outcome(out); err != nil {
		return 0, acl.UploadMade{}, err
	}
	made, err := s.record(c, x)
	return out.status, made, err
}

// recordTime is how long the recording of a whole file may take when its sender has gone.
const recordTime = 5 * time.Minute

// record records a file that is whole, before its sender hears that it is.
func (s *Server) record(c *gin.Context, x *exchange) (made acl.UploadMade, err error) {
	if x.upload == nil || c.Request.Method == http.MethodDelete {
		return made, nil
	}
	c.Header("Upload-Expires", x.upload.Expires().UTC().Format(http.TimeFormat))
	offset, err := x.upload.Offset()
	if err != nil || offset != x.upload.Plan.Size {
		return made, err
	}
	// It is all there: whether its sender waits or not, it need not come again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), recordTime)
	defer cancel()
	if made, err = x.upload.Finish(ctx); err == nil {
		setMade(c.Writer.Header(), made)
	}
	return made, err
}

// setMade names what a file became.
func setMade(h http.Header, made acl.UploadMade) {
	if made.Inbox != "" {
		h.Set("Eakte-Inbox-Item", string(made.Inbox))
	}
	if made.Document != "" {
		h.Set("Eakte-Document", string(made.Document))
	}
}

// sendMade sends the status of the protocol, which has no body behind a piece, and what was made as JSON
// where there may be one: the protocol's 204 is all that some of its clients take.
func sendMade(c *gin.Context, status int, made acl.UploadMade) error {
	if made == (acl.UploadMade{}) || c.Request.Method == http.MethodHead {
		c.Status(status)
		c.Writer.WriteHeaderNow()
		return nil
	}
	if status == http.StatusNoContent {
		if c.GetHeader("Accept") != "application/json" {
			c.Status(status)
			c.Writer.WriteHeaderNow()
			return nil
		}
		status = http.StatusOK
	}
	c.JSON(status, made)
	return nil
}

// planOf reads what a sender says of her file. Nothing unknown is passed over, lest a paper goes
// elsewhere than its sender meant; name, type and relativePath are what clients send on their own.
func (s *Server) planOf(said map[string]string, header string, size int64) (acl.UploadPlan, error) {
	plan := acl.UploadPlan{Name: said["filename"], Size: size, Said: header}
	var err error
	for key := range said {
		switch key {
		case "filename", "filetype", "meta", "akte", "document", "name", "type", "relativePath":
		default:
			return plan, fieldsError{{Pointer: "/Upload-Metadata", Code: "unknown_field"}}
		}
	}
	raw, told := said["meta"]
	if !told {
		raw = "{}"
	}
	switch akte, document := said["akte"], said["document"]; {
	case akte != "" && document != "":
		return plan, fieldsError{{Pointer: "/document", Code: "duplicate"}}
	case document != "":
		if plan.Document, err = archive.ParseID[archive.DocumentID](document); err != nil {
			return plan, err
		}
		var meta versionMeta
		meta, err = decode[versionMeta](s.registry(), []byte(raw))
		plan.Language = meta.Language
	case akte != "":
		if plan.Akte, err = archive.ParseID[archive.AkteID](akte); err != nil {
			return plan, err
		}
		if !told {
			return plan, fieldsError{{Pointer: "/meta", Code: "required"}}
		}
		var meta documentMeta
		meta, err = decode[documentMeta](s.registry(), []byte(raw))
		plan.Doc, plan.Language = meta.document(), meta.Language
	default:
		var meta inboxMeta
		meta, err = decode[inboxMeta](s.registry(), []byte(raw))
		plan.Item, plan.Language = meta.item(), meta.Language
	}
	return plan, err
}

// exchange is one request of the protocol: who asks, for which upload, and what went wrong.
type exchange struct {
	server *Server
	desk   *acl.Desk
	upload *acl.PartialUpload
	err    error
}

type exchangeKey struct{}

// outcome is the error of an exchange: ours, or what the protocol found.
func (x *exchange) outcome(out *recorder) error {
	switch {
	case x.err != nil:
		return x.err
	case out.status >= 400:
		return protocolError(out)
	}
	return nil
}

// fail notes an error for the answer, and gives the protocol one to stop at.
func (x *exchange) fail(err error) error {
	if err == nil {
		return nil
	}
	x.err = errors.Join(x.err, err)
	return tus.ErrUploadStoppedByServer
}
