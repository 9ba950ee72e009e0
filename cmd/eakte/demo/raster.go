package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// raster is a painted sheet: lightness and, unless it is grey, two colour planes
// (JPEG's YCbCr), one byte each a pixel.
type raster struct {
	w, h      int
	dpi       float64
	y, cb, cr []byte
}

// glyphKey names a cached glyph: its face, size, letter and quarter-pixel shift.
type glyphKey struct {
	face   face
	points float64
	r      rune
	shift  int
}

type glyph struct {
	box  image.Rectangle
	mask []byte
}

// brush paints sheets at one resolution; it remembers glyphs and isn't for
// concurrent use.
type brush struct {
	t      *typeset
	dpi    float64
	colour bool
	glyphs map[glyphKey]glyph
	open   map[glyphKey]font.Face
}

func newBrush(t *typeset, dpi float64, colour bool) *brush {
	return &brush{t: t, dpi: dpi, colour: colour, glyphs: map[glyphKey]glyph{}, open: map[glyphKey]font.Face{}}
}

// paint draws the sheet on white paper.
func (b *brush) paint(s sheet) (*raster, error) {
	w, h := int(math.Round(sheetWidth/25.4*b.dpi)), int(math.Round(sheetHeight/25.4*b.dpi))
	r := &raster{w: w, h: h, dpi: b.dpi, y: bytes.Repeat([]byte{255}, w*h)}
	if b.colour {
		r.cb, r.cr = bytes.Repeat([]byte{128}, w*h), bytes.Repeat([]byte{128}, w*h)
	}
	for _, o := range s.ops {
		switch {
		case o.text != "":
			if err := b.write(r, o); err != nil {
				return nil, err
			}
		case o.outline != nil:
			b.pour(r, o)
		default:
			b.pour(r, op{ink: o.ink, outline: []seg{{kind: 'M', x: o.x, y: o.y}, {kind: 'L', x: o.x + o.w, y: o.y},
				{kind: 'L', x: o.x + o.w, y: o.y + o.h}, {kind: 'L', x: o.x, y: o.y + o.h}, {kind: 'Z'}}})
		}
	}
	return r, nil
}

// write sets text glyph by glyph.
func (b *brush) write(r *raster, o op) error {
	scale := b.dpi / 25.4
	x, y := o.x*scale, int(math.Round(o.y*scale))
	for _, c := range o.text {
		whole := math.Floor(x)
		g, err := b.glyph(glyphKey{o.face, o.points, c, int((x - whole) * 4)})
		if err != nil {
			return err
		}
		r.blend(g.box.Add(image.Pt(int(whole), y)), g.mask, o.ink)
		x += b.t.adv[o.face][c] * o.points * mmPerPoint * scale
	}
	return nil
}

func (b *brush) glyph(k glyphKey) (glyph, error) {
	if g, ok := b.glyphs[k]; ok {
		return g, nil
	}
	faceKey := glyphKey{face: k.face, points: k.points}
	f, ok := b.open[faceKey]
	if !ok {
		var err error
		f, err = opentype.NewFace(b.t.font[k.face], &opentype.FaceOptions{Size: k.points, DPI: b.dpi, Hinting: font.HintingNone})
		if err != nil {
			return glyph{}, fmt.Errorf("demo: opening the %s face: %w", k.face.family(), err)
		}
		b.open[faceKey] = f
	}
	box, mask, at, _, ok := f.Glyph(fixed.Point26_6{X: fixed.Int26_6(k.shift * 16)}, k.r)
	g := glyph{box: box}
	if alpha, is := mask.(*image.Alpha); ok && is {
		for y := range box.Dy() {
			from := alpha.PixOffset(at.X, at.Y+y)
			g.mask = append(g.mask, alpha.Pix[from:from+box.Dx()]...)
		}
	}
	b.glyphs[k] = g
	return g, nil
}

// pour fills an outline.
func (b *brush) pour(r *raster, o op) {
	scale := b.dpi / 25.4
	box := bounds(o.outline, scale).Intersect(image.Rect(0, 0, r.w, r.h))
	if box.Empty() {
		return
	}
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	at := func(x, y float64) (float32, float32) {
		return float32(x*scale - float64(box.Min.X)), float32(y*scale - float64(box.Min.Y))
	}
	for _, s := range o.outline {
		x, y := at(s.x, s.y)
		switch s.kind {
		case 'M':
			z.MoveTo(x, y)
		case 'L':
			z.LineTo(x, y)
		case 'Q':
			cx, cy := at(s.cx, s.cy)
			z.QuadTo(cx, cy, x, y)
		case 'Z':
			z.ClosePath()
		}
	}
	mask := image.NewAlpha(image.Rect(0, 0, box.Dx(), box.Dy()))
	z.DrawOp = draw.Src
	z.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	r.blend(box, mask.Pix, o.ink)
}

// bounds is the outline's box in pixels.
func bounds(o []seg, scale float64) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	grow := func(x, y float64) {
		x0, y0, x1, y1 = math.Min(x0, x), math.Min(y0, y), math.Max(x1, x), math.Max(y1, y)
	}
	for _, s := range o {
		if s.kind == 'Q' {
			grow(s.cx, s.cy)
		}
		if s.kind != 'Z' {
			grow(s.x, s.y)
		}
	}
	return image.Rect(int(x0*scale)-1, int(y0*scale)-1, int(x1*scale)+2, int(y1*scale)+2)
}

// blend lays colour over the box as far as the mask (one byte a pixel of the box) covers.
func (r *raster) blend(box image.Rectangle, mask []byte, c ink) {
	if len(mask) < box.Dx()*box.Dy() {
		return
	}
	yy, cb, cr := ycbcr(c)
	in := box.Intersect(image.Rect(0, 0, r.w, r.h))
	for y := in.Min.Y; y < in.Max.Y; y++ {
		row := mask[(y-box.Min.Y)*box.Dx()+in.Min.X-box.Min.X:]
		at := y*r.w + in.Min.X
		for i := range in.Dx() {
			a := int(row[i])
			if a == 0 {
				continue
			}
			p := at + i
			r.y[p] = mix(r.y[p], yy, a)
			if r.cb != nil {
				r.cb[p], r.cr[p] = mix(r.cb[p], cb, a), mix(r.cr[p], cr, a)
			}
		}
	}
}

func mix(under, over byte, a int) byte {
	return byte((int(under)*(255-a) + int(over)*a) / 255)
}
