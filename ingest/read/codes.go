package read

import (
	"context"

	"eakte/ingest/alike"
	"eakte/ingest/ocr"
	"eakte/ingest/read/page"
	"eakte/ingest/separator"
)

// look notes on a page which barcodes are on its image and whether it is blank. What can't be looked at has
// neither: it never keeps a page from being read.
func (r *Reader) look(ctx context.Context, s sheet, img ocr.Image, owned bool, place rect, p *Page) error {
	var l separator.Look
	var err error
	if !owned && s.look != nil {
		l, err = s.look(ctx)
	} else {
		l, err = r.picture.Look(ctx, img.File)
	}
	if err != nil {
		if pageNote(err) != "" {
			return nil
		}
		return err
	}
	p.Blank = l.Blank && place.w*place.h > s.width*s.height/2 // of a small picture on a page nothing follows
	if len(l.Print) == alike.PictureSize {
		p.Print = l.Print
	}
	for _, f := range l.Codes {
		p.Codes = append(p.Codes, page.Code{
			Kind: f.Kind, Text: f.Text, X: place.x + f.X*place.w/1000, Y: place.y + f.Y*place.h/1000,
			W: f.W * place.w / 1000, H: f.H * place.h / 1000,
		})
	}
	return nil
}

// turnedCodes are codes where they lie once the page is turned.
func turnedCodes(codes []page.Code, width, height float32, rotation int) []page.Code {
	for i, c := range codes {
		place, _, _ := turned(rect{c.X, c.Y, c.W, c.H}, width, height, rotation)
		codes[i].X, codes[i].Y, codes[i].W, codes[i].H = place.x, place.y, place.w, place.h
	}
	return codes
}
