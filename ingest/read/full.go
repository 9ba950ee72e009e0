package read

import (
	"bytes"
	"context"
	"errors"

	"eakte/ingest/pdf"
	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
)

// Whole reports whether the bytes of an image file are the image of its one page, laid as it was found to lie
// but for its rotation.
func (f Facts) Whole(lay page.Lay) bool {
	return f.Picture != nil && len(f.Picture.Frames) == 1 && len(lay.Corners) == 0 && asItIs(*f.Picture, f.Picture.Frames[0])
}

// Full makes the image of page nr in full, straightened as it was found to lie and not turned, for a file that
// people keep: a JPEG, or a portable bitmap where the page is black and white. It must be closed. The error
// is a *[Failure] with the page's number where there can be no image.
func (r *Reader) Full(ctx context.Context, kind sniff.Kind, src *Source, f Facts, nr int, lay page.Lay) (*sandbox.File, error) {
	var img *sandbox.File
	var err error
	switch {
	case nr < 1 || nr > f.Pages:
		return nil, &Failure{State: Failed, Code: pdf.NoPages, Page: nr}
	case f.Picture != nil:
		img, err = r.picture.Page(ctx, src, *f.Picture, nr, lay.Corners)
	case kind == sniff.PDF && f.PDF != nil:
		img, err = r.fullPDF(ctx, src, *f.PDF, nr)
	default:
		return nil, errors.New("read: facts don't belong to this kind")
	}
	if err != nil {
		return nil, final(err, nr)
	}
	return img, nil
}

func (r *Reader) fullPDF(ctx context.Context, src *Source, f pdf.Facts, nr int) (*sandbox.File, error) {
	img, err := r.pdf.Full(ctx, src, nr, f)
	if err != nil {
		return nil, err
	}
	var head [2]byte
	if _, err := img.ReadAt(head[:], 0); err != nil || bytes.Equal(head[:], []byte("P4")) || bytes.Equal(head[:], []byte("\xff\xd8")) {
		return img, nil // what can't be read is refused by who does
	}
	defer img.Close() //nolint:errcheck // memory only
	return r.picture.Kept(ctx, img)
}
