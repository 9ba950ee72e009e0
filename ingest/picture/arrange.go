package picture

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"
)

// arrange makes the upright grey image an order asks for.
func arrange(img image.Image, o order) *image.Gray {
	g := grey(img)
	if w, h := o.size(g.Rect.Dx(), g.Rect.Dy()); w != g.Rect.Dx() || h != g.Rect.Dy() {
		small := image.NewGray(image.Rect(0, 0, w, h))
		draw.BiLinear.Scale(small, small.Rect, g, g.Rect, draw.Src, nil)
		g = small
	}
	for _, how := range o.turns() {
		pix, w, h := turn(g.Pix, 1, g.Stride, g.Rect.Dx(), g.Rect.Dy(), how)
		g = &image.Gray{Pix: pix, Stride: w, Rect: image.Rect(0, 0, w, h)}
	}
	if len(o.Part) == 4 {
		g = cut(g, image.Rect(o.Part[0], o.Part[1], o.Part[0]+o.Part[2], o.Part[1]+o.Part[3]), o.Percent)
	}
	if o.Zone {
		g = withoutFillers(g)
	}
	return g
}

// cut takes a part out of an image and enlarges it, at most to as many pixels as an image may have.
func cut(g *image.Gray, part image.Rectangle, percent int) *image.Gray {
	part = part.Intersect(g.Rect)
	if part.Empty() {
		part = g.Rect
	}
	w, h := part.Dx()*percent/100, part.Dy()*percent/100
	if percent <= 0 || percent > 400 || w < 1 || h < 1 || w*h > maxDirect {
		w, h = part.Dx(), part.Dy()
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Rect, g, part, draw.Src, nil)
	return out
}

// colour makes the upright image in colour an order asks for.
func colour(img image.Image, o order) *image.RGBA {
	w, h := o.size(img.Bounds().Dx(), img.Bounds().Dy())
	c := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(c, c.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(c, c.Rect, img, img.Bounds(), draw.Over, nil)
	for _, how := range o.turns() {
		pix, w, h := turn(c.Pix, 4, c.Stride, c.Rect.Dx(), c.Rect.Dy(), how)
		c = &image.RGBA{Pix: pix, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
	}
	return c
}

// grey flattens an image on white; of JPEG it takes the brightness as it is.
func grey(img image.Image) *image.Gray {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.Gray:
		return &image.Gray{Pix: m.Pix, Stride: m.Stride, Rect: image.Rect(0, 0, b.Dx(), b.Dy())}
	case *image.YCbCr:
		return &image.Gray{Pix: m.Y[m.YOffset(b.Min.X, b.Min.Y):], Stride: m.YStride, Rect: image.Rect(0, 0, b.Dx(), b.Dy())}
	case *image.Paletted:
		if b.Min == (image.Point{}) && ramp(m.Palette) {
			return &image.Gray{Pix: m.Pix, Stride: m.Stride, Rect: b}
		}
	}
	c := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(c, c.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(c, c.Rect, img, b.Min, draw.Over)
	g := image.NewGray(c.Rect)
	for i := range g.Pix {
		p := c.Pix[4*i : 4*i+3 : 4*i+3]
		g.Pix[i] = uint8((19595*uint32(p[0]) + 38470*uint32(p[1]) + 7471*uint32(p[2]) + 1<<15) >> 16)
	}
	return g
}

// ramp reports whether a palette counts from black to white, as that of a grey bitmap does.
func ramp(p color.Palette) bool {
	if len(p) != 256 {
		return false
	}
	for i, c := range p {
		v := uint8(i)
		if c != (color.RGBA{v, v, v, 255}) {
			return false
		}
	}
	return true
}

// size is the size to scale to before turning.
func (o order) size(w, h int) (int, int) {
	fw, fh := float64(w), float64(h)
	if o.StretchY > 0 {
		fh = fh * float64(o.StretchY) / 100
	}
	f := 1.0
	if o.Width > 0 {
		across := fw
		if o.crosswise() {
			across = fh
		}
		f = min(1, float64(o.Width)/across)
	}
	if o.Pixels > 0 {
		f = min(f, math.Sqrt(float64(o.Pixels)/(fw*fh)))
	}
	return max(1, int(fw*f+0.5)), max(1, int(fh*f+0.5))
}

// crosswise reports whether the turned image lies across the stored one.
func (o order) crosswise() bool {
	return (o.Orientation >= 5 && o.Orientation <= 8) != (o.Rotation%180 == 90)
}

// turns are the orientations to undo, one after the other.
func (o order) turns() []int {
	var all []int
	if o.Orientation >= 2 && o.Orientation <= 8 {
		all = append(all, o.Orientation)
	}
	switch o.Rotation {
	case 90:
		all = append(all, 6)
	case 180:
		all = append(all, 3)
	case 270:
		all = append(all, 8)
	}
	return all
}

// turn brings pixels of n bytes stored in an orientation of Exif upright.
func turn(pix []byte, n, stride, w, h, orientation int) (out []byte, outW, outH int) {
	outW, outH = w, h
	if orientation >= 5 {
		outW, outH = h, w
	}
	out = make([]byte, n*outW*outH)
	for y := range outH {
		for x := range outW {
			sx, sy := x, y
			switch orientation {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			copy(out[n*(y*outW+x):n*(y*outW+x)+n], pix[sy*stride+n*sx:])
		}
	}
	return out, outW, outH
}
