package read

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"eakte/ingest/pdf"
	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
)

// Widths of the images people look at, in pixels.
const (
	ViewWidth  = 1280
	ThumbWidth = 256
)

// Image makes the JPEG of page nr that people look at, about [ViewWidth] wide, laid as it was found to lie. It must be
// closed. The error is a *[Failure] with the page's number where there can be no image.
func (r *Reader) Image(ctx context.Context, kind sniff.Kind, src *Source, f Facts, nr int, lay page.Lay) (*sandbox.File, error) {
	var img *sandbox.File
	var err error
	switch {
	case nr < 1 || nr > f.Pages:
		return nil, &Failure{State: Failed, Code: pdf.NoPages, Page: nr}
	case kind == sniff.PDF && f.PDF != nil:
		img, err = r.viewPDF(ctx, src, *f.PDF, nr, lay.Rotation)
	case f.Picture != nil:
		img, err = r.picture.View(ctx, src, *f.Picture, nr, lay.Rotation, ViewWidth, lay.Corners)
	case f.Parcel != nil, kind == sniff.Text:
		img, err = r.viewText(f, src, nr)
	default:
		return nil, errors.New("read: facts don't belong to this kind")
	}
	if err != nil {
		return nil, final(err, nr)
	}
	return img, nil
}

// Thumb makes a small JPEG of one that [Reader.Image] made, without drawing the page once more. It must be closed. The
// error is a *[Failure] where there can be none.
func (r *Reader) Thumb(ctx context.Context, view *sandbox.File, nr int) (*sandbox.File, error) {
	img, err := r.picture.Shrink(ctx, view, ThumbWidth)
	if err != nil {
		return nil, final(err, nr)
	}
	return img, nil
}

func (r *Reader) viewPDF(ctx context.Context, src *Source, f pdf.Facts, nr, rotation int) (*sandbox.File, error) {
	drawn := ViewWidth
	if s := sheetOf(f, nr); rotation%180 == 90 {
		drawn = int(ViewWidth * s.Width / s.Height)
	}
	img, err := r.pdf.View(ctx, src, nr, drawn, f)
	if err != nil || rotation == 0 {
		return img, err
	}
	defer img.Close() //nolint:errcheck // memory only
	return r.picture.TurnView(ctx, img, rotation)
}

// viewText draws a page of plain text. The letters are ours; the text is only
// looked up in the font.
func (r *Reader) viewText(f Facts, src *Source, nr int) (*sandbox.File, error) {
	sheets, err := r.leaves(f, src)
	if err != nil {
		return nil, err
	}
	if nr > len(sheets) {
		return nil, &Failure{State: Failed, Code: pdf.NoPages, Page: nr}
	}
	canvas, _ := r.canvases.Get().(*image.Gray)
	img, err := drawText(canvas, layOut(sheets[nr-1], nr))
	if err != nil {
		return nil, fmt.Errorf("read: drawing text: %w", err)
	}
	defer r.canvases.Put(img)
	out, err := sandbox.NewFile()
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if err := jpeg.Encode(out, img, &jpeg.Options{Quality: 80}); err != nil {
		return nil, errors.Join(fmt.Errorf("read: %w", err), out.Close())
	}
	return out, nil
}

// drawText draws a page on a canvas, or on a new one where that has another size.
func drawText(img *image.Gray, p Page) (*image.Gray, error) {
	scale := ViewWidth / p.Width
	if all := image.Rect(0, 0, ViewWidth, int(p.Height*scale)); img == nil || img.Rect != all {
		img = image.NewGray(all)
	}
	for i := range img.Pix {
		img.Pix[i] = 0xff // paper
	}
	parsed, err := opentype.Parse(gomono.TTF)
	if err != nil {
		return nil, err
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: float64(charWidth * scale / 0.6), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, err
	}
	defer face.Close() //nolint:errcheck // memory only
	d := font.Drawer{Dst: img, Src: image.Black, Face: face}
	for _, w := range p.Words {
		at := w.X
		for _, c := range w.Text {
			d.Dot = fixed.P(int(at*scale), int((w.Y+w.H*0.75)*scale))
			d.DrawString(string(c))
			at += charWidth
		}
	}
	return img, nil
}
