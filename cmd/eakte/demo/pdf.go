package demo

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// newPDF starts a PDF whose bytes depend on its content alone.
func newPDF(title string, made time.Time) *fpdf.Fpdf {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetTitle(title+" (MUSTER)", true)
	pdf.SetAuthor("Landkreis Musterfelde (erfunden)", true)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	return pdf
}

// paintPDF turns sheets into a born-digital PDF with text that can be read and copied.
func paintPDF(t *typeset, title string, made time.Time, sheets []sheet) ([]byte, error) {
	pdf := newPDF(title, made)
	for f, used := range usedFaces(sheets) {
		if used {
			pdf.AddUTF8FontFromBytes(face(f).family(), "", bytes.Clone(t.ttf[f]))
		}
	}
	for _, s := range sheets {
		pdf.AddPage()
		for _, o := range s.ops {
			paintOp(pdf, o)
		}
	}
	return written(pdf)
}

// usedFaces tells which faces the sheets print, so that no other is embedded.
func usedFaces(sheets []sheet) (used [faces]bool) {
	for _, s := range sheets {
		for _, o := range s.ops {
			if o.text != "" {
				used[o.face] = true
			}
		}
	}
	return used
}

func paintOp(pdf *fpdf.Fpdf, o op) {
	r, g, b := int(o.ink.r), int(o.ink.g), int(o.ink.b)
	switch {
	case o.text != "":
		pdf.SetFont(o.face.family(), "", o.points)
		pdf.SetTextColor(r, g, b)
		pdf.Text(o.x, o.y, o.text)
	case o.outline != nil:
		pdf.SetFillColor(r, g, b)
		for _, s := range o.outline {
			switch s.kind {
			case 'M':
				pdf.MoveTo(s.x, s.y)
			case 'L':
				pdf.LineTo(s.x, s.y)
			case 'Q':
				pdf.CurveTo(s.cx, s.cy, s.x, s.y)
			case 'Z':
				pdf.ClosePath()
			}
		}
		pdf.DrawPath("F")
	default:
		pdf.SetFillColor(r, g, b)
		pdf.Rect(o.x, o.y, o.w, o.h, "F")
	}
}

// wrapPDF puts one JPEG on each page: a scan without any text.
func wrapPDF(title string, made time.Time, jpegs [][]byte) ([]byte, error) {
	pdf := newPDF(title, made)
	for i, data := range jpegs {
		name := fmt.Sprintf("scan%d", i)
		opt := fpdf.ImageOptions{ImageType: "JPG"}
		pdf.AddPage()
		pdf.RegisterImageOptionsReader(name, opt, bytes.NewReader(data))
		pdf.ImageOptions(name, 0, 0, sheetWidth, sheetHeight, false, opt, 0, "")
	}
	return written(pdf)
}

func written(pdf *fpdf.Fpdf) ([]byte, error) {
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("demo: writing pdf: %w", err)
	}
	return out.Bytes(), nil
}
