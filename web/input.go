package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/archive"
)

// Parts of inputs and answers that many routes share.

// ByID is the input of a route that names one thing.
type ByID struct {
	ID string `path:"id"`
}

// Page asks for a page of a list.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" doc:"How many at most; 50 if not given, never more than 200"`
	Cursor string `query:"cursor" maxLength:"2000" doc:"next_cursor of the page before"`
}

// Matched is the header of a change.
type Matched struct {
	IfMatch string `header:"If-Match" doc:"The ETag of the state that is changed"`
}

// revision reads If-Match: exactly one ETag as this server makes them.
func (m Matched) revision() (int64, error) {
	if m.IfMatch == "" {
		return 0, errRevisionRequired
	}
	inner, ok := strings.CutPrefix(m.IfMatch, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	n, err := strconv.ParseInt(inner, 10, 64)
	if !ok || !closed || err != nil || n < 1 || strconv.FormatInt(n, 10) != inner {
		return 0, errStaleTag
	}
	return n, nil
}

// change is the input of a change that names the state it was made from.
type change[E any] struct {
	ByID
	Matched
	Body strict[E]
}

// conditional reads such a change: what, which revision of it, and how.
func conditional[ID ~string, E any](s *Server, in *change[E]) (id ID, revision int64, body E, err error) {
	if id, err = archive.ParseID[ID](in.ID); err != nil {
		return id, 0, body, err
	}
	if revision, err = in.revision(); err != nil {
		return id, 0, body, err
	}
	body, err = in.Body.read(s.registry())
	return id, revision, body, err
}

// sending is the input of a route that does something to one thing.
type sending[B any] struct {
	ByID
	Body strict[B]
}

// sent reads such an input: to what, and how.
func sent[ID ~string, B any](s *Server, in *sending[B]) (id ID, body B, err error) {
	if id, err = archive.ParseID[ID](in.ID); err != nil {
		return id, body, err
	}
	body, err = in.Body.read(s.registry())
	return id, body, err
}

// etag is the ETag of an edit revision.
func etag(revision int64) string { return `"` + strconv.FormatInt(revision, 10) + `"` }

// record is the answer of a route that shows or makes one thing.
type record[T any] struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     T
}

// answer is one without headers.
type answer[T any] struct{ Body T }

// list is a page of a list; an empty cursor ends it.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next_cursor"`
}

// each turns a slice into another one, never nil.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, a := range in {
		out = append(out, f(a))
	}
	return out
}

// plain are keys and ids as strings, never nil.
func plain[T ~string](in []T) []string {
	return each(in, func(t T) string { return string(t) })
}

// pathID reads the id of a gin route.
func pathID[T ~string](c *gin.Context) (T, error) { return archive.ParseID[T](c.Param("id")) }

// number reads a whole number of the query, 0 where it isn't given.
func number(c *gin.Context, name string, least, most int) (int, error) {
	given, ok := c.GetQuery(name)
	if !ok {
		return 0, nil
	}
	n, err := strconv.Atoi(given)
	switch {
	case err != nil:
		return 0, &archive.FieldError{Pointer: "/" + name, Code: "format"}
	case n < least:
		return 0, &archive.FieldError{Pointer: "/" + name, Code: "minimum"}
	case n > most:
		return 0, &archive.FieldError{Pointer: "/" + name, Code: "maximum"}
	}
	return n, nil
}

// checkDay asks that a text is empty or a day.
func checkDay(pointer, s string) error {
	if s == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return &archive.FieldError{Pointer: pointer, Code: "format"}
	}
	return nil
}
