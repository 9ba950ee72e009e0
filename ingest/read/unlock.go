package read

import (
	"context"

	"eakte/ingest/pdf"
	"eakte/ingest/sniff"
)

// Codes of a [Failure] of [Reader.Unlock].
const (
	WrongPassword = pdf.WrongPassword
	ToolMissing   = pdf.ToolMissing
)

// Unlock returns the document without its password, and its kind; it must be closed. The error is a
// *[Failure] where it doesn't open. The password is kept nowhere.
func (r *Reader) Unlock(ctx context.Context, kind sniff.Kind, src *Source, password string) (*Source, sniff.Kind, error) {
	if kind != sniff.PDF {
		return nil, "", &Failure{State: Failed, Code: Unbound}
	}
	out, err := r.pdf.Unlock(ctx, src, password)
	if err != nil {
		return nil, "", final(err, 0)
	}
	return out, sniff.PDF, nil
}
