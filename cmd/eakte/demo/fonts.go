package demo

import (
	"fmt"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// face names one of the type faces of the papers.
type face int

const (
	regular face = iota
	bold
	italic
	mono
	faces
)

// family is the name under which the PDF knows the face.
func (f face) family() string { return [...]string{"regular", "bold", "italic", "mono"}[f] }

// mmPerPoint turns type sizes (points) into lengths on the sheet (millimetres).
const mmPerPoint = 25.4 / 72

// typeset holds the parsed faces with their advances. It never changes after
// newTypeset, so any number of goroutines may lay out and paint with it.
type typeset struct {
	ttf  [faces][]byte
	font [faces]*sfnt.Font
	adv  [faces]map[rune]float64 // in em
}

func newTypeset() (*typeset, error) {
	t := &typeset{ttf: [faces][]byte{goregular.TTF, gobold.TTF, goitalic.TTF, gomono.TTF}}
	for f := range faces {
		parsed, err := sfnt.Parse(t.ttf[f])
		if err != nil {
			return nil, fmt.Errorf("demo: parsing the %s face: %w", f.family(), err)
		}
		t.font[f] = parsed
		t.adv[f] = advances(parsed)
	}
	return t, nil
}

// advances lists the width of every glyph in the scripts the papers print.
func advances(f *sfnt.Font) map[rune]float64 {
	const em = 1000
	adv := map[rune]float64{}
	var buf sfnt.Buffer
	for r := rune(0x20); r < 0x2700; r++ {
		g, err := f.GlyphIndex(&buf, r)
		if err != nil || g == 0 {
			continue
		}
		a, err := f.GlyphAdvance(&buf, g, fixed.I(em), font.HintingNone)
		if err != nil {
			continue
		}
		adv[r] = float64(a) / 64 / em
	}
	return adv
}

// width is the length of s in millimetres when set in points.
func (t *typeset) width(f face, points float64, s string) float64 {
	var em float64
	for _, r := range s {
		em += t.adv[f][r]
	}
	return em * points * mmPerPoint
}

// nearest holds letters the faces lack and what an office prints instead.
var nearest = strings.NewReplacer("Ș", "Ş", "ș", "ş", "Ț", "Ţ", "ț", "ţ", "ʿ", "’", "ʾ", "’", "Ə", "E", "ə", "e")

// printable replaces what the face can't print by its nearest letter, the way
// office software drops a mark it has no glyph for.
func (t *typeset) printable(f face, s string) string {
	var b strings.Builder
	for _, r := range nearest.Replace(norm.NFC.String(s)) {
		if _, ok := t.adv[f][r]; ok {
			b.WriteRune(r)
			continue
		}
		b.WriteRune(t.closest(f, r))
	}
	return b.String()
}

// closest keeps the base letter and at most one of its marks.
func (t *typeset) closest(f face, r rune) rune {
	parts := []rune(norm.NFD.String(string(r)))
	for _, mark := range parts[1:] {
		one := []rune(norm.NFC.String(string([]rune{parts[0], mark})))
		if _, ok := t.adv[f][one[0]]; ok && len(one) == 1 {
			return one[0]
		}
	}
	if _, ok := t.adv[f][parts[0]]; ok {
		return parts[0]
	}
	return '?'
}

// wrap breaks s into lines no wider than limit millimetres.
func (t *typeset) wrap(f face, points, limit float64, s string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		next := word
		if line != "" {
			next = line + " " + word
		}
		if line != "" && t.width(f, points, next) > limit {
			lines = append(lines, line)
			next = word
		}
		line = next
	}
	return append(lines, line)
}
