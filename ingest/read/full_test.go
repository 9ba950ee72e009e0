package read

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"testing"

	"codeberg.org/go-pdf/fpdf"

	"eakte/ingest/read/page"
	"eakte/ingest/sniff"
)

// TestAKeptPageKeepsItsColours takes a scan in colour out of a PDF: the bytes are those of the scan.
func TestAKeptPageKeepsItsColours(t *testing.T) {
	r, _ := newReader(t)
	red := image.NewRGBA(image.Rect(0, 0, 2480, 3508))
	draw.Draw(red, red.Rect, image.NewUniform(color.RGBA{200, 30, 30, 255}), image.Point{}, draw.Src)
	var scan, paper bytes.Buffer
	if err := jpeg.Encode(&scan, red, nil); err != nil {
		t.Fatal(err)
	}
	received := bytes.Clone(scan.Bytes())
	out := fpdf.New("P", "pt", "A4", "")
	out.AddPage()
	out.RegisterImageOptionsReader("scan", fpdf.ImageOptions{ImageType: "JPG"}, &scan)
	out.ImageOptions("scan", 0, 0, 595.28, 841.89, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
	if err := out.Output(&paper); err != nil {
		t.Fatal(err)
	}
	src, err := Load(&paper, 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close() //nolint:errcheck // memory only
	facts, err := r.Inspect(t.Context(), sniff.PDF, src)
	if err != nil {
		t.Fatal(err)
	}
	img, err := r.Full(t.Context(), sniff.PDF, src, facts, 1, page.Lay{})
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close() //nolint:errcheck // memory only
	if kept, err := img.Bytes(); err != nil || !bytes.Equal(kept, received) {
		t.Errorf("%d bytes are kept of %d, %v", len(kept), len(received), err)
	}
}
