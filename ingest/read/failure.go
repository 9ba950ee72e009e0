package read

import (
	"cmp"
	"errors"
	"fmt"

	"eakte/archive"
	"eakte/ingest/ocr"
	"eakte/ingest/office"
	"eakte/ingest/pdf"
	"eakte/ingest/picture"
	"eakte/ingest/sandbox"
	"eakte/ingest/unpack"
)

// State is what becomes of a document that can't be read.
type State string

// The states.
const (
	Failed      State = "failed"      // broken, or over a limit
	Quarantined State = "quarantined" // carries a program or starts one
	Password    State = "password"    // waits for a password
)

// Codes of a [Failure] that come from this package; the others come from
// ingest/pdf, ingest/picture and ingest/office ("corrupt", "encrypted", "page_limit",
// "decompression_limit", "nesting_limit", "pixel_limit", "page_loop", "no_pages",
// "resource_limit", "several_images", "tool_missing").
const (
	LaunchAction    = archive.ReasonLaunch
	EmbeddedProgram = archive.ReasonProgram
	Truncated       = "truncated"
	NotText         = "not_text"
)

// Failure is a final failure: trying again gives the same.
type Failure struct {
	State State
	Code  string // stable, for messages in people's languages
	Page  int    // 0: the whole document
}

// Error returns state and code.
func (f *Failure) Error() string {
	if f.Page > 0 {
		return fmt.Sprintf("read: %s: %s (page %d)", f.State, f.Code, f.Page)
	}
	return fmt.Sprintf("read: %s: %s", f.State, f.Code)
}

// Transient reports whether err may go away: it isn't a [Failure]. Of these,
// [sandbox.ErrUnavailable] means that nothing can be read on this machine until
// somebody installs what is missing.
func Transient(err error) bool {
	var f *Failure
	return err != nil && !errors.As(err, &f)
}

// final turns refusals of the engines into a Failure; other errors stay.
func final(err error, nr int) error {
	code := cmp.Or(pdf.IsRefused(err), picture.IsRefused(err), office.IsRefused(err), unpack.IsRefused(err))
	switch {
	case code == pdf.Encrypted:
		return &Failure{State: Password, Code: code, Page: 0}
	case code != "":
		return &Failure{State: Failed, Code: code, Page: nr}
	}
	return err
}

// pageNote returns the note for a page whose image can't be had, "" where the
// error isn't final.
func pageNote(err error) string {
	code := pdf.IsRefused(err)
	if code == "" {
		code = picture.IsRefused(err)
	}
	switch {
	case code == pdf.PixelLimitPage || errors.Is(err, ocr.ErrTooHard):
		return noteTooLarge
	case code != "" || errors.Is(err, ocr.ErrUnreadable):
		return noteUnreadable
	}
	return ""
}

// Unavailable reports whether err means that this machine can't confine children.
func Unavailable(err error) bool { return errors.Is(err, sandbox.ErrUnavailable) }
