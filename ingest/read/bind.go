package read

import (
	"context"
	"errors"

	"eakte/ingest/pdf"
	"eakte/ingest/picture"
	"eakte/ingest/sniff"
)

// Origin is a document of which pages are taken.
type Origin struct {
	Kind  sniff.Kind
	File  *Source
	Facts Facts
}

// Leaf is page Page, from 1, of origin Origin, from 0, turned clockwise by Turn degrees beyond what its
// file says.
type Leaf struct{ Origin, Page, Turn int }

// Unbound is the code of a [Failure]: pages of such a document can't be put together anew.
const Unbound = "unbound"

// Bind puts pages of documents together as PDFs, one for each of the outputs, which hold nothing of their
// other pages and must be closed together. The error is a *[Failure] where a document can't be taken apart.
func (r *Reader) Bind(ctx context.Context, origins []Origin, outputs [][]Leaf) (*pdf.Bound, error) {
	var parts []pdf.Part
	var made []*Source
	defer func() {
		for _, f := range made {
			_ = f.Close() // memory only
		}
	}()
	placed := map[[2]int]int{}
	place := func(l Leaf) (pdf.Leaf, error) {
		if l.Origin < 0 || l.Origin >= len(origins) {
			return pdf.Leaf{}, errors.New("read: leaf of no origin")
		}
		o := origins[l.Origin]
		at := [2]int{l.Origin, 0}
		out := pdf.Leaf{Page: l.Page, Turn: l.Turn}
		if o.Facts.Picture != nil { // each page of an image file is a part of its own
			at[1], out.Page = l.Page, 1
		}
		part, ok := placed[at]
		if !ok {
			p, fresh, err := r.part(ctx, o, l.Page)
			if err != nil {
				return out, final(err, 0)
			}
			if fresh {
				made = append(made, p.File)
			}
			part, parts = len(parts), append(parts, p)
			placed[at] = part
		}
		out.Part = part
		return out, nil
	}
	bound := make([][]pdf.Leaf, len(outputs))
	for i, leaves := range outputs {
		for _, l := range leaves {
			leaf, err := place(l)
			if err != nil {
				return nil, err
			}
			bound[i] = append(bound[i], leaf)
		}
	}
	out, err := r.pdf.Bind(ctx, parts, bound)
	if err != nil {
		return nil, final(err, 0)
	}
	return out, nil
}

// part is what goes into the new file; fresh says that its file was made for it.
func (r *Reader) part(ctx context.Context, o Origin, nr int) (p pdf.Part, fresh bool, err error) {
	switch {
	case o.Facts.PDF != nil && !o.Facts.PDF.Fallback:
		return pdf.Part{File: o.File}, false, nil
	case o.Facts.Picture == nil:
		return pdf.Part{}, false, &Failure{State: Failed, Code: Unbound}
	}
	f := *o.Facts.Picture
	if nr < 1 || nr > len(f.Frames) {
		return pdf.Part{}, false, &Failure{State: Failed, Code: pdf.NoPages}
	}
	frame := f.Frames[nr-1]
	w, h := frame.Size()
	p = pdf.Part{File: o.File, Picture: true, Width: w, Height: h}
	if asItIs(f, frame) {
		return p, false, nil
	}
	p.File, err = r.picture.Page(ctx, o.File, f, nr, nil)
	return p, err == nil, err
}

// asItIs reports whether the bytes of an image file can stand in a PDF unchanged.
func asItIs(f picture.Facts, frame picture.Frame) bool {
	x, y := frame.Resolution()
	return f.Format == "jpeg" && frame.Orientation <= 1 && frame.Plain && x == y
}
