package demo

import (
	"math"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// An A4 sheet in millimetres, origin at the top left.
const (
	sheetWidth  = 210.0
	sheetHeight = 297.0
)

// ink is a colour.
type ink struct{ r, g, b uint8 }

var (
	black  = ink{20, 20, 22}
	grey   = ink{110, 110, 115}
	hair   = ink{165, 165, 170}
	veil   = ink{238, 238, 240}
	navy   = ink{24, 62, 122}
	forest = ink{32, 92, 58}
	claret = ink{128, 30, 48}
)

// seg is one step of an outline: 'M' move, 'L' line, 'Q' quadratic curve over
// (cx, cy), 'Z' close.
type seg struct {
	kind         byte
	cx, cy, x, y float64
}

// op is one mark on a sheet: text on its base line, a filled outline, or, without
// either, a filled rectangle.
type op struct {
	text       string
	outline    []seg
	x, y, w, h float64
	points     float64
	face       face
	ink        ink
}

// sheet is one side of paper with everything on it, in painting order.
type sheet struct{ ops []op }

func (s *sheet) text(t *typeset, f face, points, x, y float64, c ink, str string) {
	if str == "" {
		return
	}
	s.ops = append(s.ops, op{text: t.printable(f, str), x: x, y: y, points: points, face: f, ink: c})
}

// textRight ends at x, textMiddle has its middle there.
func (s *sheet) textRight(t *typeset, f face, points, x, y float64, c ink, str string) {
	str = t.printable(f, str)
	s.text(t, f, points, x-t.width(f, points, str), y, c, str)
}

func (s *sheet) textMiddle(t *typeset, f face, points, x, y float64, c ink, str string) {
	str = t.printable(f, str)
	s.text(t, f, points, x-t.width(f, points, str)/2, y, c, str)
}

func (s *sheet) fill(x, y, w, h float64, c ink) {
	s.ops = append(s.ops, op{x: x, y: y, w: w, h: h, ink: c})
}

func (s *sheet) hline(x, y, w, thick float64, c ink) { s.fill(x, y-thick/2, w, thick, c) }

// frame draws four lines.
func (s *sheet) frame(x, y, w, h, thick float64, c ink) {
	s.fill(x, y, w, thick, c)
	s.fill(x, y+h-thick, w, thick, c)
	s.fill(x, y, thick, h, c)
	s.fill(x+w-thick, y, thick, h, c)
}

func (s *sheet) path(c ink, o []seg) {
	if len(o) > 0 {
		s.ops = append(s.ops, op{outline: o, ink: c})
	}
}

// ellipse is a closed outline; backwards reverses it, which cuts a hole.
func ellipse(x, y, rx, ry float64, backwards bool) []seg {
	const steps = 16
	turn := 2 * math.Pi / steps
	if backwards {
		turn = -turn
	}
	bulge := 1 / math.Cos(turn/2)
	o := []seg{{kind: 'M', x: x + rx, y: y}}
	for i := 1; i <= steps; i++ {
		a, mid := float64(i)*turn, (float64(i)-0.5)*turn
		o = append(o, seg{'Q', x + rx*bulge*math.Cos(mid), y + ry*bulge*math.Sin(mid), x + rx*math.Cos(a), y + ry*math.Sin(a)})
	}
	return append(o, seg{kind: 'Z'})
}

// ring is a circle drawn with a pen of the given thickness.
func ring(x, y, r, thick float64) []seg {
	return append(ellipse(x, y, r, r, false), ellipse(x, y, r-thick, r-thick, true)...)
}

// stroke is a pen line through points, each piece turned the same way round so
// that overlaps don't cancel.
func stroke(pts [][2]float64, thick float64) []seg {
	var o []seg
	for i := 1; i < len(pts); i++ {
		ax, ay, bx, by := pts[i-1][0], pts[i-1][1], pts[i][0], pts[i][1]
		l := math.Hypot(bx-ax, by-ay)
		if l == 0 {
			continue
		}
		nx, ny := -(by-ay)/l*thick/2, (bx-ax)/l*thick/2
		ex, ey := (bx-ax)/l*thick/3, (by-ay)/l*thick/3
		o = append(o, seg{kind: 'M', x: ax + nx - ex, y: ay + ny - ey}, seg{kind: 'L', x: bx + nx + ex, y: by + ny + ey},
			seg{kind: 'L', x: bx - nx + ex, y: by - ny + ey}, seg{kind: 'L', x: ax - nx - ex, y: ay - ny - ey}, seg{kind: 'Z'})
	}
	return o
}

// lettering is text as an outline, turned by angle (radians, clockwise) round its
// start: what stamps and water marks are made of. It isn't text to a PDF reader.
func (t *typeset) lettering(f face, points, x, y, angle float64, str string) []seg {
	var o []seg
	var buf sfnt.Buffer
	em := points * mmPerPoint
	sin, cos := math.Sincos(angle)
	pen := 0.0
	for _, r := range t.printable(f, str) {
		g, err := t.font[f].GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		segs, err := t.font[f].LoadGlyph(&buf, g, fixed.I(1000), nil)
		if err == nil {
			o = append(o, place(segs, em, x, y, pen, sin, cos)...)
		}
		pen += t.adv[f][r] * em
	}
	return o
}

// place moves a glyph (1000 units to the em) to its spot on the sheet.
func place(segs sfnt.Segments, em, x, y, pen, sin, cos float64) []seg {
	at := func(p fixed.Point26_6) (float64, float64) {
		gx, gy := float64(p.X)/64000*em+pen, float64(p.Y)/64000*em
		return x + gx*cos - gy*sin, y + gx*sin + gy*cos
	}
	var o []seg
	for _, s := range segs {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(o) > 0 {
				o = append(o, seg{kind: 'Z'})
			}
			px, py := at(s.Args[0])
			o = append(o, seg{kind: 'M', x: px, y: py})
		case sfnt.SegmentOpLineTo:
			px, py := at(s.Args[0])
			o = append(o, seg{kind: 'L', x: px, y: py})
		case sfnt.SegmentOpQuadTo:
			cx, cy := at(s.Args[0])
			px, py := at(s.Args[1])
			o = append(o, seg{'Q', cx, cy, px, py})
		}
	}
	if len(o) > 0 {
		o = append(o, seg{kind: 'Z'})
	}
	return o
}
