package archive

import (
	"regexp"
	"strings"
	"time"
)

// Limits of what is typed and not sent yet.
const (
	MaxDrafts = 200
	// MaxDraft is the size of one in bytes, names of fields included.
	MaxDraft = 64 << 10
	// DraftLife is how long a draft lies untouched before it is forgotten.
	DraftLife = 30 * 24 * time.Hour
)

// Draft is what a user typed into a form and has not sent yet.
type Draft struct {
	User UserID `json:"user"`
	// Key names the form, such as "person" or "akte/ID/upload": words and ids alone.
	Key string `json:"key"`
	// Values are those of the form's fields, as typed; they are checked when the form is sent.
	Values  map[string][]string `json:"values"`
	Changed time.Time           `json:"changed"`
	Expires time.Time           `json:"expires"`
}

// draftWord is a part of a draft's key that is no id.
var draftWord = regexp.MustCompile(`^[a-z][a-z-]{0,29}$`)

// CheckDraftKey returns a [*FieldError] unless a key is one to four words and ids between slashes, the
// first a word. So nothing personal comes to stand in addresses and logs by accident.
func CheckDraftKey(key string) error {
	parts := strings.Split(key, "/")
	for i, part := range parts {
		_, err := ParseID[string](part)
		if word := draftWord.MatchString(part); len(parts) > 4 || !word && (i == 0 || err != nil) {
			return &FieldError{Pointer: "/key", Code: "format", Detail: "use words and ids between slashes"}
		}
	}
	return nil
}

// Check returns the first [*FieldError].
func (d Draft) Check() error {
	if err := CheckDraftKey(d.Key); err != nil {
		return err
	}
	size := 0
	for name, values := range d.Values {
		size += len(name)
		for _, v := range values {
			size += len(v) + 1
		}
	}
	if size > MaxDraft {
		return &FieldError{Pointer: "/values", Code: "too_long", Detail: "at most 64 KiB in one form"}
	}
	return nil
}
