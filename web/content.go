package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/ingest/sniff"
)

// maxWidth is the widest page image that can be asked for, in pixels.
const maxWidth = 10000

// sandboxed keeps a browser from treating what a stranger sent as a page of ours.
const sandboxed = "sandbox; default-src 'none'; frame-ancestors 'none'"

// holder reads from the route and ?version= whose content is asked for.
func holder(c *gin.Context) (h acl.Holder, err error) {
	h.Warned = c.Query("warned") == "true"
	if strings.HasPrefix(c.FullPath(), base+"/inbox/") {
		h.Inbox, err = pathID[archive.InboxID](c)
		return h, err
	}
	if h.Document, err = pathID[archive.DocumentID](c); err != nil {
		return h, err
	}
	h.Version, err = number(c, "version", 1, 1<<20)
	return h, err
}

// pageNumber reads the page of a route. What is no number names no page.
func pageNumber(c *gin.Context) (int, error) {
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil || strconv.Itoa(n) != c.Param("n") {
		return 0, archive.ErrNotFound
	}
	return n, nil
}

// original sends the received bytes, whole or in ranges, as a file to keep.
func (s *Server) original(c *gin.Context, desk *acl.Desk) error {
	h, err := holder(c)
	if err != nil {
		return err
	}
	content, err := desk.Original(c.Request.Context(), h)
	if err != nil {
		return err
	}
	return s.Send(c, content)
}

// Send sends received bytes as a file to keep, and closes them.
func (s *Server) Send(c *gin.Context, content *acl.Content) error {
	body := &noted{ReadSeeker: content}
	w := &rangeWriter{ResponseWriter: c.Writer}
	header := c.Writer.Header()
	header.Set("Content-Type", content.Kind)
	header.Set("Content-Disposition", disposition(sniff.SaveName(sniff.Kind(content.Kind), content.Name)))
	header.Set("Content-Security-Policy", sandboxed)
	header.Set("ETag", contentTag(content.SHA256))
	http.ServeContent(w, c.Request, "", time.Time{}, body)
	err := errors.Join(body.err, content.Close())
	if w.refused {
		return errors.Join(errRange, err)
	}
	if err != nil {
		s.problemOf(c.Request.Context(), err) // logged; the answer has begun and ends short
	}
	return nil
}

// noted remembers an error of reading, which [http.ServeContent] keeps to itself.
type noted struct {
	io.ReadSeeker
	err error
}

// Read implements io.Reader.
func (n *noted) Read(p []byte) (int, error) {
	k, err := n.ReadSeeker.Read(p)
	if err != nil && err != io.EOF {
		n.err = err
	}
	return k, err
}

// rangeWriter swallows the plain text with which [http.ServeContent] refuses a range, so that a
// problem can take its place.
type rangeWriter struct {
	http.ResponseWriter
	refused bool
}

// WriteHeader implements http.ResponseWriter.
func (w *rangeWriter) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		w.refused = true
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *rangeWriter) Write(p []byte) (int, error) {
	if w.refused {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// contentTag is the ETag of bytes that never change.
func contentTag(sum [32]byte) string { return `"` + hexOf(sum) + `"` }

// disposition is the header for a file to keep under a name (RFC 6266): the name in ASCII for old
// programs, and as it is.
func disposition(name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	// What url.PathEscape leaves alone beyond what RFC 8187 allows is escaped here.
	escaped := strings.NewReplacer("+", "%2B", "@", "%40", ":", "%3A", "=", "%3D", "$", "%24", "&", "%26").Replace(url.PathEscape(name))
	return `attachment; filename="` + ascii + `"; filename*=UTF-8''` + escaped
}

// text sends the recognised text.
func (s *Server) text(c *gin.Context, desk *acl.Desk) error {
	h, err := holder(c)
	if err != nil {
		return err
	}
	text, err := desk.Text(c.Request.Context(), h)
	if err != nil {
		return err
	}
	return send(c, "text/plain; charset=utf-8", text)
}

// image sends a page as JPEG.
func (s *Server) image(c *gin.Context, desk *acl.Desk) error {
	h, err := holder(c)
	if err != nil {
		return err
	}
	n, err := pageNumber(c)
	if err != nil {
		return err
	}
	width, err := number(c, "width", 1, maxWidth)
	if err != nil {
		return err
	}
	jpeg, err := desk.Image(c.Request.Context(), h, n, width)
	if err != nil {
		return err
	}
	return send(c, "image/jpeg", jpeg)
}

// words sends the words of a page and where they stand.
func (s *Server) words(c *gin.Context, desk *acl.Desk) error {
	h, err := holder(c)
	if err != nil {
		return err
	}
	n, err := pageNumber(c)
	if err != nil {
		return err
	}
	words, err := desk.Words(c.Request.Context(), h, n)
	if err != nil {
		return err
	}
	return send(c, "application/json", words)
}

func send(c *gin.Context, kind string, body []byte) error {
	c.Header("Content-Security-Policy", sandboxed)
	c.Header("Content-Length", strconv.Itoa(len(body)))
	c.Data(http.StatusOK, kind, body)
	return nil
}
