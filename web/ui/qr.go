package ui

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// quiet is how many modules around a QR code stay light (ISO/IEC 18004).
const quiet = 4

// qr draws a text as a QR code for somebody's telephone, dark on light in any theme; label says what it is to who can't
// see it.
func qr(text, label string) (template.HTML, error) {
	hints := map[gozxing.EncodeHintType]any{
		gozxing.EncodeHintType_ERROR_CORRECTION: decoder.ErrorCorrectionLevel_M, gozxing.EncodeHintType_MARGIN: 0,
	}
	m, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 1, 1, hints)
	if err != nil {
		return "", fmt.Errorf("ui: qr code: %w", err)
	}
	var dark strings.Builder
	for y := range m.GetHeight() {
		for x := 0; x < m.GetWidth(); x++ {
			from := x
			for x < m.GetWidth() && m.Get(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&dark, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	side := m.GetWidth() + 2*quiet
	return template.HTML(fmt.Sprintf(`<svg class="qr" role="img" aria-label="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges"><rect width="%d" height="%d" fill="#fff"/><path d="%s" fill="#000"/></svg>`,
		template.HTMLEscapeString(label), side, side, side, side, dark.String())), nil
}
