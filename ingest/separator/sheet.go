package separator

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// Sheet is one page to print.
type Sheet struct {
	// Mark is made by [Mark].
	Mark string
	// Title and Lines are for people: what kind of sheet it is, and how it is used.
	Title string
	Lines []string
}

// Measures of a sheet on A4, in millimetres. Codes keep away from the edges, where scanners cut, and from each
// other, so that one fold or staple doesn't spoil both.
const (
	width     = 210.0
	height    = 297.0
	edge      = 20.0
	qrSide    = 62.0
	barHeight = 18.0
	// finest is the widest a line of Code 128 is drawn.
	finest = 0.5
)

var errMark = errors.New("separator: mark can't be drawn")

// Paint makes a PDF of the sheets, one page each.
func Paint(sheets []Sheet) ([]byte, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(edge, edge, edge)
	pdf.AddUTF8FontFromBytes("text", "", bytes.Clone(dejavusans.TTF))
	pdf.AddUTF8FontFromBytes("text", "B", bytes.Clone(dejavusansbold.TTF))
	pdf.SetCreationDate(time.Unix(0, 0)) // a sheet says nothing of who printed it
	pdf.SetModificationDate(time.Unix(0, 0))
	for _, s := range sheets {
		if err := paint(pdf, s); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("separator: painting: %w", err)
	}
	return out.Bytes(), nil
}

func paint(pdf *fpdf.Fpdf, s Sheet) error {
	hints := map[gozxing.EncodeHintType]any{
		gozxing.EncodeHintType_ERROR_CORRECTION: decoder.ErrorCorrectionLevel_H, gozxing.EncodeHintType_MARGIN: 0,
	}
	qr, err := qrcode.NewQRCodeWriter().Encode(s.Mark, gozxing.BarcodeFormat_QR_CODE, 1, 1, hints)
	if err != nil {
		return errMark
	}
	bars, err := oned.NewCode128Writer().Encode(s.Mark, gozxing.BarcodeFormat_CODE_128, 1, 1, map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil {
		return errMark
	}
	pdf.AddPage()
	pdf.SetFillColor(0, 0, 0)
	square(pdf, qr, edge+5, edge+10)
	square(pdf, qr, width-edge-5-qrSide, height-edge-10-qrSide)
	line := min(finest, (width-2*edge)/float64(bars.GetWidth()))
	left, top := (width-line*float64(bars.GetWidth()))/2, height/2-barHeight/2+15
	runs(bars, 0, func(from, n int) { pdf.Rect(left+float64(from)*line, top, float64(n)*line, barHeight, "F") })
	pdf.SetFont("text", "", 9)
	pdf.Text((width-pdf.GetStringWidth(s.Mark))/2, top+barHeight+6, s.Mark)
	pdf.SetFont("text", "B", 20)
	y := edge + 24.0
	for _, l := range pdf.SplitText(s.Title, width-2*edge-qrSide-15) {
		pdf.Text(edge+qrSide+15, y, l)
		y += 9
	}
	pdf.SetFont("text", "", 11)
	y = max(y, edge+10+qrSide+10)
	for _, text := range s.Lines {
		for _, l := range pdf.SplitText(text, width-2*edge) {
			pdf.Text(edge, y, l)
			y += 5.5
		}
		y += 2
	}
	return nil
}

// square draws a QR code.
func square(pdf *fpdf.Fpdf, m *gozxing.BitMatrix, x, y float64) {
	side := qrSide / float64(m.GetWidth())
	for row := range m.GetHeight() {
		runs(m, row, func(from, n int) { pdf.Rect(x+float64(from)*side, y+float64(row)*side, float64(n)*side, side, "F") })
	}
}

// runs calls draw for each run of black in a row: seams between single squares would show as lines.
func runs(m *gozxing.BitMatrix, row int, draw func(from, n int)) {
	for x := 0; x < m.GetWidth(); {
		if !m.Get(x, row) {
			x++
			continue
		}
		from := x
		for x < m.GetWidth() && m.Get(x, row) {
			x++
		}
		draw(from, x-from)
	}
}

// Instructions are what stands on every sheet for people; language "de" leaves the English ones out.
func Instructions(language string) []string {
	de := "Dieses Blatt vor die Unterlagen legen und mitscannen. Danach beginnt ein neues Schriftstück. Das Blatt selbst wird nicht abgelegt und kann wieder verwendet werden."
	en := "Put this sheet in front of the papers and scan it with them. A new item begins behind it. The sheet itself is not filed and can be used again."
	if language == "de" {
		return []string{de}
	}
	return []string{de, en}
}
