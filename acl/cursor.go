package acl

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"eakte/archive"
)

// Limits of a page of a list.
const (
	defaultLimit = 50
	maxLimit     = 200
)

func clampLimit(n int) int {
	if n <= 0 {
		return defaultLimit
	}
	return min(n, maxLimit)
}

func compareID[T ~string](a, b T) int { return strings.Compare(string(a), string(b)) }

// errCursor says that a cursor is none of ours, not of this list, or from before a restart.
func errCursor() error { return &archive.FieldError{Pointer: "/cursor", Code: "cursor"} }

// sealCursor makes a place in a list opaque: it may hold ids and dates, and goes through URLs.
// It is good for the subject and the list it was made for.
func sealCursor[T any](d *Desk, list string, at T) string {
	data, err := json.Marshal(at)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(d.guard.cursors.Seal(data, d.cursorText(list)))
}

// openCursor reads what sealCursor made; "" is the start of the list.
func openCursor[T any](d *Desk, list, cursor string) (at T, err error) {
	if cursor == "" {
		return at, nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return at, errCursor()
	}
	data, err := d.guard.cursors.Open(sealed, d.cursorText(list))
	if err != nil || json.Unmarshal(data, &at) != nil {
		return at, errCursor()
	}
	return at, nil
}

func (d *Desk) cursorText(list string) []byte { return []byte(list + "\x00" + string(d.subject.User)) }
