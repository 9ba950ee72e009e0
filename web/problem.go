package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
)

// Problem is the answer to a request that failed (RFC 9457).
type Problem struct {
	// Type ends in the kind of problem, "/problems/purpose-required".
	Type string `json:"type"`
	// Title and Detail are in the language of the request.
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Instance is the correlation id of the request, which log and trail know too.
	Instance string `json:"instance,omitempty"`
	// Errors tells which parts of the input are wrong.
	Errors []Field `json:"errors,omitempty"`
	// Hint is a code of what was found or to do instead, such as "office" for an office file.
	Hint string `json:"hint,omitempty"`
	// Limit is in bytes where something is too large.
	Limit int64 `json:"limit,omitempty"`
	// Revision is the present one where another was named.
	Revision int64 `json:"revision,omitempty"`

	headers http.Header
}

// Field tells what is wrong with a part of the input. It never holds the value.
type Field struct {
	// Pointer is a JSON pointer into the body, or "/" and the name of a parameter; "" is the whole body.
	Pointer string `json:"pointer"`
	// Code is stable: "required", "unknown", "format" …
	Code string `json:"code"`
	// Message says it in the language of the request.
	Message string `json:"message,omitempty"`
}

// Error returns the type: there is nothing personal in it.
func (p *Problem) Error() string { return p.Type }

// GetStatus tells huma the status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders tells huma the headers.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType tells huma the media type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problem is one before it is put into words.
type problem struct {
	kind     string
	fields   []Field
	hint     string
	limit    int64
	revision int64
	// wait is in how many seconds trying again helps, where that isn't the same for all of the kind.
	wait int
}

// retry is in how many seconds trying again helps; 0: it doesn't.
func (p problem) retry() int { return cmp.Or(p.wait, kindOf(p.kind).retry) }

// problemError carries a problem to where an error is needed.
type problemError struct{ problem }

// Error implements error.
func (e *problemError) Error() string { return e.kind }

// in puts a problem into words.
func (p problem) in(language, instance string) *Problem {
	k := kindOf(p.kind)
	out := &Problem{
		Type: "/problems/" + p.kind, Status: k.status, Instance: instance,
		Title: k.title.in(language), Detail: k.detail.in(language),
		Hint: p.hint, Limit: p.limit, Revision: p.revision, headers: http.Header{},
	}
	if t, ok := foundText(p.hint); ok && k.status == http.StatusUnsupportedMediaType {
		out.Detail = t.in(language) + " " + out.Detail
	}
	if t, ok := hintText(p.hint); ok {
		out.Detail += " " + t.in(language)
	}
	for _, f := range p.fields {
		if f.Message == "" {
			f.Message = codeText(f.Code).in(language)
		}
		out.Errors = append(out.Errors, f)
	}
	if wait := p.retry(); wait > 0 {
		out.headers.Set("Retry-After", strconv.Itoa(wait))
	}
	switch out.Status {
	case http.StatusUnauthorized:
		out.headers.Set("WWW-Authenticate", `Bearer realm="eakte"`)
	case http.StatusRequestEntityTooLarge, http.StatusRequestTimeout, http.StatusTooManyRequests:
		out.headers.Set("Connection", "close") // the rest of the body is not wanted
	}
	return out
}

// write answers with a problem outside huma.
func (s *Server) write(w http.ResponseWriter, r *http.Request, p problem) {
	v := visitOf(r.Context())
	out := p.in(v.language, v.id)
	for name, values := range out.headers {
		w.Header()[name] = values
	}
	body, err := json.Marshal(out)
	if err != nil {
		body = nil // strings and numbers only: it can't happen
	}
	for _, name := range []string{"Content-Length", "Content-Disposition", "Content-Range", "Etag", "Last-Modified", "Accept-Ranges"} {
		w.Header().Del(name)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(out.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that is gone hears nothing
	}
}

// answer is a gin handler that always answers with a problem.
func (s *Server) answer(p problem) gin.HandlerFunc {
	return func(c *gin.Context) {
		if s.wantsPage(c.Request) {
			s.pages.Fail(c, &problemError{p})
		} else {
			s.write(c.Writer, c.Request, p)
		}
		c.Abort()
	}
}
