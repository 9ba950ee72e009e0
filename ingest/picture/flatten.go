package picture

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"
)

// flatSize is the size a sheet has when it lies flat: its sides as they were seen, and the shape of A4
// where it is close to that.
func flatSize(c Corners, w, h int) (int, int) {
	p := c.points(w, h)
	side := func(a, b int) float64 { return math.Hypot(p[a].x-p[b].x, p[a].y-p[b].y) }
	width, height := math.Max(side(0, 1), side(2, 3)), math.Max(side(1, 2), side(3, 0))
	const a4, near = math.Sqrt2, 0.12
	switch shape := height / width; {
	case len(c) == 0 || c.whole():
	case math.Abs(shape/a4-1) < near:
		height = width * a4
	case math.Abs(shape*a4-1) < near:
		width = height * a4
	}
	return max(1, int(width+0.5)), max(1, int(height+0.5))
}

func (c Corners) whole() bool {
	for i, v := range whole() {
		if len(c) != 8 || c[i] != v {
			return false
		}
	}
	return true
}

func (c Corners) points(w, h int) [4]point {
	var p [4]point
	for i := range p {
		p[i] = point{float64(c[2*i]) * float64(w) / full, float64(c[2*i+1]) * float64(h) / full}
	}
	return p
}

// valid reports whether corners can be those of a sheet.
func (c Corners) valid() bool {
	if len(c) != 8 {
		return false
	}
	for _, v := range c {
		if v < 0 || v > full {
			return false
		}
	}
	p := c.points(full, full)
	for i := range p {
		if cross(p[i], p[(i+1)%4], p[(i+2)%4]) <= 0 {
			return false
		}
	}
	return true
}

// flatten makes the sheet of an upright photograph a flat one, w pixels wide and h high.
func flatten(img image.Image, c Corners, w, h int) *image.RGBA {
	b := img.Bounds()
	src := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(src, src.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(src, src.Rect, img, b.Min, draw.Over)
	if c.whole() && w == b.Dx() && h == b.Dy() {
		return src
	}
	m := projection(c.points(b.Dx(), b.Dy()))
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		v := (float64(y) + 0.5) / float64(h)
		for x := range w {
			u := (float64(x) + 0.5) / float64(w)
			z := m[6]*u + m[7]*v + 1
			sample(src, (m[0]*u+m[1]*v+m[2])/z-0.5, (m[3]*u+m[4]*v+m[5])/z-0.5, out.Pix[4*(y*w+x):])
		}
	}
	return out
}

// projection maps the unit square to four points.
func projection(p [4]point) [8]float64 {
	dx1, dx2, dx3 := p[1].x-p[2].x, p[3].x-p[2].x, p[0].x-p[1].x+p[2].x-p[3].x
	dy1, dy2, dy3 := p[1].y-p[2].y, p[3].y-p[2].y, p[0].y-p[1].y+p[2].y-p[3].y
	den := dx1*dy2 - dx2*dy1
	g, h := (dx3*dy2-dx2*dy3)/den, (dx1*dy3-dx3*dy1)/den
	return [8]float64{
		p[1].x - p[0].x + g*p[1].x, p[3].x - p[0].x + h*p[3].x, p[0].x,
		p[1].y - p[0].y + g*p[1].y, p[3].y - p[0].y + h*p[3].y, p[0].y, g, h,
	}
}

// sample mixes the four pixels around a place.
func sample(src *image.RGBA, x, y float64, to []uint8) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	x, y = min(max(x, 0), float64(w-1)), min(max(y, 0), float64(h-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	fx, fy := int((x-float64(x0))*256), int((y-float64(y0))*256)
	a, b := src.Pix[4*(y0*w+x0):], src.Pix[4*(y0*w+x1):]
	c, d := src.Pix[4*(y1*w+x0):], src.Pix[4*(y1*w+x1):]
	for i := range 3 {
		top := int(a[i])*(256-fx) + int(b[i])*fx
		low := int(c[i])*(256-fx) + int(d[i])*fx
		to[i] = uint8((top*(256-fy) + low*fy) >> 16)
	}
	to[3] = 255
}

// ground is how bright the paper is, in a picture of squares of the given size: letters are left out as
// what is dark and small.
func ground(g *image.Gray, square int) *image.Gray {
	w, h := (g.Rect.Dx()+square-1)/square, (g.Rect.Dy()+square-1)/square
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			var n [256]int
			all := 0
			for j := y * square; j < min((y+1)*square, g.Rect.Dy()); j++ {
				for i := x * square; i < min((x+1)*square, g.Rect.Dx()); i++ {
					n[g.Pix[j*g.Stride+i]]++
					all++
				}
			}
			seen, v := 0, 255
			for ; v > 0; v-- { // a tenth of it is brighter
				if seen += n[v]; seen*10 >= all {
					break
				}
			}
			out.Pix[y*w+x] = uint8(v)
		}
	}
	const r = 1
	out.Pix = extreme(out.Pix, w, h, r, func(a, b uint8) uint8 { return max(a, b) })
	return blurred(out)
}

func blurred(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(g.Rect)
	for y := range h {
		for x := range w {
			sum, n := 0, 0
			for j := max(0, y-2); j <= min(h-1, y+2); j++ {
				for i := max(0, x-2); i <= min(w-1, x+2); i++ {
					sum += int(g.Pix[j*w+i])
					n++
				}
			}
			out.Pix[y*w+x] = uint8(sum / n)
		}
	}
	return out
}

// Of evening the light.
const (
	paper    = 240 // what paper becomes
	mostGain = 3.5 // darker ground than that is no paper
)

// light makes the paper of a picture equally bright everywhere, colours kept.
func light(img *image.RGBA) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	square := max(8, max(w, h)/64)
	dim := ground(grey(img), square)
	smooth := image.NewGray(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(smooth, smooth.Rect, dim, dim.Rect, draw.Src, nil)
	for i, v := range smooth.Pix {
		gain := min(paper/float64(max(v, 1)), mostGain)
		k := int(gain * 256)
		p := img.Pix[4*i : 4*i+3]
		p[0], p[1], p[2] = uint8(min(int(p[0])*k>>8, 255)), uint8(min(int(p[1])*k>>8, 255)), uint8(min(int(p[2])*k>>8, 255))
	}
}
