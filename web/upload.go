package web

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// Limits of an upload beside that of the file.
const (
	metaBytes = 64 << 10
	maxParts  = 10
	// wrapping is how much longer than its file a body may be.
	wrapping = 1 << 20
)

// received is an upload: its file, staged and not recorded yet, and what was said of it.
type received[T any] struct {
	file *acl.Upload
	meta T
	// told says that meta came.
	told bool
}

// close drops the file unless it was recorded, and passes err on.
func (r *received[T]) close(err error) error {
	if r.file == nil {
		return err
	}
	return errors.Join(err, r.file.Close())
}

// receive reads a multipart body with the parts "file" and "meta" in either order, and streams the
// file on. needMeta says that it can't do without meta.
func receive[T any](s *Server, c *gin.Context, desk *acl.Desk, needMeta bool) (*received[T], error) {
	limit := s.Guard.UploadLimit
	if c.Request.ContentLength > limit+wrapping {
		return nil, &acl.RefusedError{Code: "too_large", Limit: limit}
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit+wrapping)
	boundary, err := boundaryOf(c.GetHeader("Content-Type"))
	if err != nil {
		return nil, err
	}
	end := &tail{Reader: c.Request.Body}
	in := &received[T]{}
	if err := in.read(s, c, desk, multipart.NewReader(bufio.NewReaderSize(end, bodyBuffer), boundary)); err != nil {
		return nil, in.close(err)
	}
	if !bytes.Contains(end.last, []byte("--"+boundary+"--")) {
		return nil, in.close(&acl.RefusedError{Code: "truncated"})
	}
	var missing fieldsError
	if in.file == nil {
		missing = append(missing, Field{Pointer: "/file", Code: "required"})
	}
	if needMeta && !in.told {
		missing = append(missing, Field{Pointer: "/meta", Code: "required"})
	}
	if len(missing) > 0 {
		return nil, in.close(missing)
	}
	return in, nil
}

// boundaryOf reads what divides the parts of a body.
func boundaryOf(contentType string) (string, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil || kind != "multipart/form-data":
		return "", errMediaType
	case params["boundary"] == "":
		return "", errMultipart
	}
	return params["boundary"], nil
}

// tailBytes is more than a closing boundary and what programs leave behind it take.
const tailBytes = 8 << 10

// tail remembers the last bytes read. A reader of parts ends alike at the closing boundary and where
// a body breaks off behind a part; this tells them apart.
type tail struct {
	io.Reader
	last []byte
}

// Read implements io.Reader.
func (t *tail) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	if n >= tailBytes {
		t.last = append(t.last[:0], p[n-tailBytes:n]...)
		return n, err
	}
	if over := len(t.last) + n - tailBytes; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	t.last = append(t.last, p[:n]...)
	return n, err
}

// read takes the parts one by one, to the end of the body.
func (r *received[T]) read(s *Server, c *gin.Context, desk *acl.Desk, parts *multipart.Reader) error {
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return broken(err)
		case n == maxParts:
			return errParts
		}
		switch name, file := named(part); name {
		case "file":
			if r.file != nil {
				return fieldsError{{Pointer: "/file", Code: "duplicate"}}
			}
			if r.file, err = desk.Receive(c.Request.Context(), file, part); err != nil {
				return err
			}
		case "meta":
			if r.told {
				return fieldsError{{Pointer: "/meta", Code: "duplicate"}}
			}
			r.told = true
			if r.meta, err = readMeta[T](s, part); err != nil {
				return err
			}
		default:
			return fieldsError{{Pointer: "", Code: "unknown_part"}}
		}
	}
}

// named returns a part's field name and the file name as it was sent, path and all: whoever keeps
// it cleans it.
func named(part *multipart.Part) (field, file string) {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return part.FormName(), ""
	}
	return params["name"], params["filename"]
}

// readMeta reads what is said of a file.
func readMeta[T any](s *Server, part io.Reader) (T, error) {
	raw, err := io.ReadAll(io.LimitReader(part, metaBytes+1))
	if err != nil {
		var none T
		return none, broken(err)
	}
	if len(raw) > metaBytes {
		var none T
		return none, &acl.RefusedError{Code: "too_large", Limit: metaBytes}
	}
	return decode[T](s.registry(), raw)
}

// broken tells a body that broke off from one that is none. What the reader of parts says of the
// second kind repeats what was sent, so it ends here.
func broken(err error) error {
	var large *http.MaxBytesError
	switch p := classify(err); {
	case errors.As(err, &large), p.kind == "gone", p.kind == "slow-body":
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &acl.RefusedError{Code: "truncated"}
	}
	return errMultipart
}

// inboxMeta is what is said of a paper for a basket.
type inboxMeta struct {
	Department string `json:"department,omitempty" maxLength:"100" doc:"The sender's own if not given"`
	ReceivedOn string `json:"received_on,omitempty" maxLength:"20"`
	Channel    string `json:"channel,omitempty" maxLength:"100"`
	Sender     string `json:"sender,omitempty" maxLength:"600"`
	Note       string `json:"note,omitempty" maxLength:"4000"`
	LanguageMeta
}

// LanguageMeta is said of any file.
type LanguageMeta struct {
	Language string `json:"language,omitempty" maxLength:"100" doc:"What to recognise it in: a key of /languages, or several with + between; its pages tell it if not given"`
}

func (m inboxMeta) item() archive.InboxItem {
	return archive.InboxItem{
		Basket: m.Department, ReceivedOn: m.ReceivedOn, Channel: m.Channel, Sender: m.Sender, Note: m.Note,
	}
}

// bodyBuffer is how much of a body is read at once: the multipart reader on its own asks for 4 KiB.
const bodyBuffer = 256 << 10
