package read

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"eakte/ingest/ocr"
	"eakte/ingest/pdf"
	"eakte/ingest/picture"
	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
	"eakte/ingest/separator"
)

// rect is a part of a page in points, origin at the upper left.
type rect struct{ x, y, w, h float32 }

// sheet is a page to recognise: its size, and how to get its image.
type sheet struct {
	nr            int
	width, height float32 // points, upright as the file says
	// raster returns the image turned clockwise by rotation degrees and where it lies
	// on the page before that. Close it unless it is the source itself.
	raster func(ctx context.Context, rotation int) (img ocr.Image, place rect, owned bool, err error)
	// cut returns a part of such an image.
	cut func(ctx context.Context, img ocr.Image, part picture.Part) (*sandbox.File, error)
	// look looks for barcodes on the image of the page that raster returned; nil: as on any image.
	look func(ctx context.Context) (separator.Look, error)
}

// recognisePDF recognises a page of a PDF.
func (r *Reader) recognisePDF(ctx context.Context, src *Source, f pdf.Facts, nr int, s pdf.Sheet) (Page, error) {
	return r.recognise(ctx, sheet{nr: nr, width: s.Width, height: s.Height,
		cut: func(ctx context.Context, img ocr.Image, part picture.Part) (*sandbox.File, error) {
			return r.picture.Cut(ctx, img.File, part)
		},
		raster: func(ctx context.Context, rotation int) (ocr.Image, rect, bool, error) {
			ras, err := r.pdf.RasterPage(ctx, src, nr, f)
			if err != nil {
				return ocr.Image{}, rect{}, false, err
			}
			place := rect{0, 0, s.Width, s.Height}
			if ras.Scan != nil {
				place = rect{ras.Scan.X, ras.Scan.Y, ras.Scan.PlaceW, ras.Scan.PlaceH}
			}
			img := ocr.Image{File: ras.Image, DPI: ras.DPI}
			if rotation == 0 {
				return img, place, true, nil
			}
			defer ras.Image.Close() //nolint:errcheck // memory only
			img.File, err = r.picture.Turn(ctx, ras.Image, rotation)
			return img, place, true, err
		}})
}

// pictureSheet recognises a page of an image file.
func (r *Reader) pictureSheet(ctx context.Context, src *Source, f picture.Facts, nr int) (Page, error) {
	corners, err := r.picture.Sheet(ctx, src, f, nr)
	if err != nil {
		return Page{}, fmt.Errorf("read: page %d: %w", nr, err)
	}
	p, err := r.layPicture(ctx, src, f, nr, corners)
	if err == nil && len(corners) > 0 && doubtful(p) {
		// The sheet may be none: what makes more sense counts.
		asItIs, err := r.layPicture(ctx, src, f, nr, nil)
		if err != nil {
			return p, err
		}
		if sense(asItIs.Words) > sense(p.Words) {
			p = asItIs
		}
	}
	if err != nil {
		return p, err
	}
	return finish(p, p.Words, nil), nil
}

// layPicture recognises a page of an image file, straightened where corners are given.
func (r *Reader) layPicture(ctx context.Context, src *Source, f picture.Facts, nr int, corners picture.Corners) (Page, error) {
	frame := f.Frames[nr-1]
	if len(corners) > 0 {
		frame = frame.Flat(corners)
	}
	width, height := frame.Size()
	p, err := r.recognise(ctx, sheet{nr: nr, width: width, height: height,
		cut: func(ctx context.Context, img ocr.Image, part picture.Part) (*sandbox.File, error) {
			if img.File == src {
				return r.picture.CutPage(ctx, src, f, nr, part)
			}
			return r.picture.Cut(ctx, img.File, part)
		},
		raster: func(ctx context.Context, rotation int) (ocr.Image, rect, bool, error) {
			ras, err := r.picture.RasterPage(ctx, src, f, nr, rotation, corners)
			if err != nil {
				return ocr.Image{}, rect{}, false, err
			}
			place := rect{0, 0, width, height}
			if ras.Image == nil {
				return ocr.Image{File: src, Index: ras.Index, DPI: ras.DPI}, place, false, nil
			}
			return ocr.Image{File: ras.Image, DPI: ras.DPI}, place, true, nil
		}, look: func(ctx context.Context) (separator.Look, error) { return r.picture.LookAt(ctx, src, f, nr) }})
	p.Corners = corners
	return p, err
}

// recognise recognises a page upright; where that gives little sense it asks how
// the page lies, turns it and keeps the better result.
func (r *Reader) recognise(ctx context.Context, s sheet) (Page, error) {
	blank := Page{Number: s.nr, Width: s.width, Height: s.height, Source: page.None}
	if r.ocr == nil {
		blank.Note = page.NoteNoRecognizer
		return blank, nil
	}
	release, err := r.take(ctx)
	if err != nil {
		return blank, err
	}
	defer release()
	first, rotation, err := r.attempt(ctx, s, 0, true)
	if note := pageNote(err); note != "" {
		blank.Note = note
		return blank, nil
	}
	if err != nil {
		return blank, fmt.Errorf("read: page %d: %w", s.nr, err)
	}
	if rotation != 0 {
		second, _, err := r.attempt(ctx, s, rotation, false)
		if err != nil && pageNote(err) == "" {
			return blank, fmt.Errorf("read: page %d: %w", s.nr, err)
		}
		if err == nil && sense(second.Words) > sense(first.Words) {
			second.Codes = turnedCodes(first.Codes, s.width, s.height, rotation)
			first = second
		}
	}
	p := withoutNoise(stoodUp(first))
	p.Blank = p.Blank && len(p.Words) == 0 && len(p.Codes) == 0
	return p, nil
}

// attempt recognises a page turned by rotation. Where ask is set and the result
// makes little sense, it also returns how the page should be turned.
func (r *Reader) attempt(ctx context.Context, s sheet, rotation int, ask bool) (Page, int, error) {
	p := Page{Number: s.nr, Width: s.width, Height: s.height, Source: page.OCR, Rotation: rotation}
	img, place, owned, err := s.raster(ctx, rotation)
	if err != nil {
		return p, 0, err
	}
	if owned {
		defer func(f *sandbox.File) { _ = f.Close() }(img.File)
	}
	var looking errgroup.Group // beside recognition, which takes longer
	var seen Page
	if ask {
		looking.Go(func() error { return r.look(ctx, s, img, owned, place, &seen) })
	}
	text, err := r.inItsLanguage(ctx, &p, s, img)
	if lookErr := looking.Wait(); err == nil {
		err = lookErr
	}
	if err != nil {
		return p, 0, err
	}
	p.Blank, p.Print, p.Codes = seen.Blank, seen.Print, seen.Codes
	if err := r.zone(ctx, s, img, &text); err != nil {
		return p, 0, err
	}
	p.Words, p.Confidence = text.Words, page.MeanConfidence(text.Words)
	suggested := 0
	if ask && doubtful(p) {
		turn, sure, err := r.ocr.Orientation(ctx, img)
		if err != nil && pageNote(err) == "" {
			return p, 0, err
		}
		if sure >= leastSure {
			suggested = turn
		}
	}
	place, p.Width, p.Height = turned(place, s.width, s.height, rotation)
	if text.Width > 0 && text.Height > 0 {
		page.Scale(p.Words, place.w/float32(text.Width), place.h/float32(text.Height))
	}
	for i := range p.Words {
		p.Words[i].X += place.x
		p.Words[i].Y += place.y
	}
	return p, suggested, nil
}

// turned returns where a part of a page lies when the page is turned clockwise, and
// the new size of the page.
func turned(r rect, width, height float32, rotation int) (rect, float32, float32) {
	switch rotation {
	case 90:
		return rect{height - r.y - r.h, r.x, r.h, r.w}, height, width
	case 180:
		return rect{width - r.x - r.w, height - r.y - r.h, r.w, r.h}, width, height
	case 270:
		return rect{r.y, width - r.x - r.w, r.h, r.w}, height, width
	}
	return r, width, height
}

const (
	leastSure   = 0.5 // of orientation; a wrong hint costs time only, the better result is kept
	goodEnough  = 75  // mean confidence that leaves no doubt
	enoughWords = 5
)

// doubtful reports whether a page may lie on its side or upside down.
func doubtful(p Page) bool {
	return p.Confidence < goodEnough || len(p.Words) < enoughWords
}

// sense measures a result: letters in words, weighed by confidence.
func sense(words []Word) int {
	sum := 0
	for _, w := range words {
		if n := page.Letters(w.Text); n > 1 {
			sum += n * max(int(w.Confidence)-30, 0)
		}
	}
	return sum
}

// withoutNoise empties a page on which nothing but specks was recognised. A single
// sure word is enough to keep everything.
func withoutNoise(p Page) Page {
	letters := 0
	for _, w := range p.Words {
		n := page.Letters(w.Text)
		if n > 1 && w.Confidence >= 60 || n > 0 && w.Confidence >= 85 {
			return p
		}
		letters += n
	}
	if letters < 40 {
		p.Words, p.Confidence, p.Source = nil, 0, page.None
	}
	return p
}
