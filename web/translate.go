package web

import (
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// humaErrors makes huma answer with problems of ours. huma keeps this in variables of its own.
var humaErrors = sync.OnceFunc(func() {
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return translate(status, errs).in(german, "")
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		v := visitOf(ctx.Context())
		return translate(status, errs).in(v.language, v.id)
	}
})

// translate finds the problem in what huma says. Of its details only places are used, and of these
// only names of parameters, which are ours: never messages or values.
func translate(status int, errs []error) problem {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return problem{kind: "too-large", limit: jsonBytes}
	case http.StatusRequestTimeout:
		return problem{kind: "slow-body"}
	case http.StatusBadRequest:
		return problem{kind: "invalid", fields: []Field{{Pointer: "", Code: "required"}}} // no body at all
	case http.StatusUnprocessableEntity:
	default:
		for _, err := range errs {
			if p := classify(err); p.kind != "internal" {
				return p
			}
		}
		return problem{kind: "internal"}
	}
	p := problem{kind: "invalid"}
	for _, err := range errs {
		var d *huma.ErrorDetail
		switch {
		case !errors.As(err, &d):
			return problem{kind: "internal"}
		case d.Location == "body" && strings.HasPrefix(d.Message, huma.ErrUnknownContentType.Error()):
			return problem{kind: "media-type"}
		case d.Location == "body":
			return problem{kind: "malformed"}
		}
		_, name, _ := strings.Cut(d.Location, ".")
		p.fields = append(p.fields, Field{Pointer: "/" + name, Code: paramCode(d.Message)})
	}
	return p
}

// paramCode is the code of what huma says of a parameter.
func paramCode(message string) string {
	switch {
	case strings.HasPrefix(message, "required"):
		return "required"
	case strings.HasPrefix(message, "expected number >="):
		return "minimum"
	case strings.HasPrefix(message, "expected number <="):
		return "maximum"
	case strings.HasPrefix(message, "expected length <="):
		return "too_long"
	case strings.HasPrefix(message, "expected value to be one of"):
		return "unknown"
	}
	return "format"
}
