package read

import (
	"context"
	"errors"

	"eakte/ingest/picture"
	"eakte/ingest/sniff"
)

// Plain returns the document in a form that the other methods read, and its kind: what phones and
// archives make becomes an ordinary image, anything else stays what it is. It takes src over and closes
// it where it returns another file; with an error src stays open. The error is a *[Failure] where there is
// no such form.
func (r *Reader) Plain(ctx context.Context, kind sniff.Kind, src *Source) (*Source, sniff.Kind, error) {
	format, becomes := "", kind
	switch kind {
	case sniff.HEIC:
		format, becomes = picture.HEIC, sniff.JPEG
	case sniff.JP2:
		format, becomes = picture.JPEG2000, sniff.PNG
	default:
		return src, kind, nil
	}
	out, err := r.picture.Convert(ctx, src, format)
	if err == nil {
		err = out.Seal()
	}
	if err != nil {
		return nil, kind, errors.Join(final(err, 0), out.Close())
	}
	return out, becomes, src.Close()
}
