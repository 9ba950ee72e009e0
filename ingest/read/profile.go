package read

import (
	"cmp"
	"context"
	"errors"
	"io"

	"eakte/ingest/pdf"
	"eakte/ingest/sniff"
)

// Scanned is how a page was scanned, as far as its file tells.
type Scanned struct {
	// DPI is 0 where nothing tells. Mode is "bw", "gray", "colour" or "".
	DPI  int    `json:"dpi,omitempty"`
	Mode string `json:"mode,omitempty"`
}

// Profile says how each page of a scan was made. A page without an image is the zero value. The error is a
// *[Failure] where the document must not or can't be read.
func (r *Reader) Profile(ctx context.Context, name string, src *Source) ([]Scanned, error) {
	head := make([]byte, sniff.HeadSize)
	n, err := src.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	kind, err := sniff.Check(head[:n], name)
	if err != nil {
		return nil, &Failure{State: Failed, Code: "unsupported"}
	}
	switch kind {
	case sniff.PDF, sniff.JPEG, sniff.PNG, sniff.TIFF, sniff.WebP, sniff.BMP:
	default:
		return nil, &Failure{State: Failed, Code: "no_scan"}
	}
	facts, err := r.Inspect(ctx, kind, src)
	if err != nil {
		return nil, err
	}
	pages := make([]Scanned, facts.Pages)
	if facts.Picture != nil {
		for i, f := range facts.Picture.Frames {
			pages[i] = Scanned{DPI: f.DPI, Mode: f.Mode}
		}
		return pages, nil
	}
	if facts.PDF != nil && fill(pages, facts.PDF.Sheets) {
		return pages, nil
	}
	images, err := r.pdf.Images(ctx, src)
	if err != nil {
		return nil, final(err, 0)
	}
	listed(pages, images)
	return pages, nil
}

// fill takes over what the structure of a PDF tells of each sheet: of all images on it, how fine the finest is and how
// much colour they have. It reports whether that is all there is to know.
func fill(pages []Scanned, sheets []pdf.Sheet) bool {
	whole := len(sheets) == len(pages)
	for i := range pages[:min(len(pages), len(sheets))] {
		if s := sheets[i]; s.Image {
			pages[i] = Scanned{DPI: s.DPI, Mode: s.Colour}
		}
		whole = whole && pages[i].DPI > 0 && pages[i].Mode != ""
	}
	return whole
}

// listed fills in what the structure doesn't tell, such as of a page in strips, from the largest image of the page.
func listed(pages []Scanned, images []pdf.Image) {
	largest := make([]int, len(pages))
	found := make([]Scanned, len(pages))
	for _, i := range images {
		if i.Page < 1 || i.Page > len(pages) || i.Width*i.Height <= largest[i.Page-1] {
			continue
		}
		largest[i.Page-1] = i.Width * i.Height
		found[i.Page-1] = Scanned{DPI: i.DPI, Mode: i.Mode}
	}
	for i := range pages {
		pages[i] = Scanned{DPI: cmp.Or(pages[i].DPI, found[i].DPI), Mode: cmp.Or(pages[i].Mode, found[i].Mode)}
	}
}
