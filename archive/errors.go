package archive

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound is the answer for what doesn't exist and, alike, for what the reader
	// has no right to know of.
	ErrNotFound = errors.New("not found")
	// ErrInvalid is the class of every [FieldError]: the input breaks a rule.
	ErrInvalid = errors.New("invalid")
	// ErrConflict says that somebody else was first: a stale revision, an inbox item
	// already filed, a second Akte of the same kind for a person.
	ErrConflict = errors.New("conflict")
	// ErrNoEvent says that a change came without its trail event; nothing was stored.
	ErrNoEvent = errors.New("change without an event")
	// ErrNotReady says that what is asked for is derived from received bytes and not made yet.
	ErrNotReady = errors.New("not ready")
	// ErrUnfinished ends a list that was to look at so many records and no more.
	ErrUnfinished = errors.New("there is more to look through")
	// ErrDamaged says that something stored isn't what was written: bytes were changed, or a seal doesn't open. In a list it
	// comes with the position of what is damaged, and the list goes on behind it if the reader does.
	ErrDamaged = errors.New("record is damaged")
	// ErrFull says that the disk is full but for the reserve of the trail.
	ErrFull = errors.New("no space left")
	// ErrClosed says that the store takes no changes, or none of anything: it is being shut, or the disk may
	// only be read. Nothing was stored; later it may be.
	ErrClosed = errors.New("store is closed")
)

// FieldError says which field of an input breaks which rule. It never holds the value.
type FieldError struct {
	// Pointer is the JSON pointer of the field, such as "/names/0/family".
	Pointer string
	// Code names the rule: "required", "unknown", "format", "too_long", "characters" …
	Code string
	// Detail helps to mend it in plain English words, free of personal data, such as
	// "U+0007 is not allowed in a name"; may be empty.
	Detail string
}

// Error implements error.
func (e *FieldError) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("%s: %s", e.Pointer, e.Code)
	}
	return fmt.Sprintf("%s: %s: %s", e.Pointer, e.Code, e.Detail)
}

// Is reports that every FieldError is an [ErrInvalid].
func (e *FieldError) Is(target error) bool { return target == ErrInvalid }
