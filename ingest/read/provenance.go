package read

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"eakte/ingest/pdf"
	"eakte/ingest/picture"
)

// Provenance is what a file tells of how it was scanned.
type Provenance struct {
	// Device and Software made it, and Made is when by the device's clock, "2026-11-21T10:15:00"; each as the file
	// says, or empty.
	Device, Software, Made string
	// Pages has one for each.
	Pages []ProvenancePage
}

// ProvenancePage is how a page was scanned.
type ProvenancePage struct {
	// Image says that it is an image, or has one over most of it; the rest means nothing else.
	Image bool
	// DPI are dots per inch, 0 where nothing tells; Estimated says that they are those of a sheet of A4.
	DPI       int
	Estimated bool
	// Colour is how much colour it can show: "bw", "gray", "colour", or empty.
	Colour string
}

// Provenance returns what the file tells of how it was scanned; nil where less than half of its pages are images.
func (f Facts) Provenance() *Provenance {
	var s *Provenance
	switch {
	case f.Picture != nil:
		s = scannedPicture(*f.Picture)
	case f.PDF != nil:
		s = scannedPDF(*f.PDF)
	default:
		return nil
	}
	images := 0
	for _, p := range s.Pages {
		if p.Image {
			images++
		}
	}
	if images == 0 || 2*images < len(s.Pages) {
		return nil
	}
	return s
}

func scannedPicture(f picture.Facts) *Provenance {
	device := f.Model
	if !strings.HasPrefix(strings.ToLower(f.Model), strings.ToLower(f.Make)) {
		device = f.Make + " " + f.Model
	}
	s := &Provenance{Device: origin(device), Software: origin(f.Software)}
	if made, err := time.Parse("2006:01:02 15:04:05", f.Made); err == nil {
		s.Made = made.Format(localTime)
	}
	for _, frame := range f.Frames {
		// What cameras and programs write without knowing is 72, or 96.
		p := ProvenancePage{Image: true, Colour: frame.Mode, Estimated: frame.DPI < 100 || frame.DPI > 2400}
		dpi := frame.DPI
		if p.Estimated {
			const a4 = 11.69
			dpi = int(float64(max(frame.Width, frame.Height))/a4 + 0.5)
		} else if frame.DPIY > 0 {
			dpi = min(dpi, frame.DPIY)
		}
		p.DPI = dpi
		s.Pages = append(s.Pages, p)
	}
	return s
}

func scannedPDF(f pdf.Facts) *Provenance {
	s := &Provenance{Device: origin(f.Creator), Software: origin(f.Producer)}
	const digits = "20060102150405"
	if given := strings.TrimPrefix(f.Created, "D:"); len(given) >= len(digits) {
		if made, err := time.Parse(digits, given[:len(digits)]); err == nil {
			s.Made = made.Format(localTime)
		}
	}
	for _, sheet := range f.Sheets {
		p := ProvenancePage{Image: sheet.Image}
		if p.Image {
			p.DPI, p.Colour = sheet.DPI, sheet.Colour
		}
		s.Pages = append(s.Pages, p)
	}
	return s
}

const localTime = "2006-01-02T15:04:05"

// longestOrigin is how much of what a file says of its origin is kept, in runes.
const longestOrigin = 120

// origin cleans what a stranger's file says of itself.
func origin(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(s, "")))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > longestOrigin {
		s = string(runes[:longestOrigin])
	}
	return s
}
