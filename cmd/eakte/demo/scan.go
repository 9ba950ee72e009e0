package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"time"
)

// scanLook says what the scanner did to a paper.
type scanLook struct {
	dpi     float64
	angle   float64 // radians
	colour  bool
	quality int // JPEG
	paper   int // lightness of the paper, 0 to 255
	holes   bool
	fold    bool
	format  string // "pdf", "jpg", "png"
}

func ycbcr(c ink) (byte, byte, byte) { return color.RGBToYCbCr(c.r, c.g, c.b) }

// someLook draws a plausible look; dark enough to be a scan, clean enough to be read.
func someLook(rng *rand.Rand, format string) scanLook {
	l := scanLook{dpi: 200, colour: rng.IntN(3) == 0, quality: 52 + rng.IntN(16), paper: 226 + rng.IntN(18),
		holes: rng.IntN(3) > 0, fold: rng.IntN(2) == 0, format: format}
	if rng.IntN(8) == 0 {
		l.dpi, l.colour = 300, false
	}
	l.angle = (0.3 + 0.9*rng.Float64()) * math.Pi / 180
	if rng.IntN(2) == 0 {
		l.angle = -l.angle
	}
	return l
}

// paintScan paints the sheets, puts them on the scanner and returns what it saved:
// an image-only PDF, or one JPEG or black-and-white PNG of the first sheet.
func paintScan(t *typeset, title string, made time.Time, sheets []sheet, look scanLook, seed uint64) ([]byte, error) {
	b := newBrush(t, look.dpi, look.colour)
	var pages [][]byte
	for i, s := range sheets {
		clean, err := b.paint(s)
		if err != nil {
			return nil, err
		}
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		seen := look.scan(clean, rng)
		if look.format == "png" {
			return blackAndWhite(seen)
		}
		var out bytes.Buffer
		if err := jpeg.Encode(&out, look.picture(seen), &jpeg.Options{Quality: look.quality}); err != nil {
			return nil, fmt.Errorf("demo: encoding a scan: %w", err)
		}
		if look.format == "jpg" {
			return out.Bytes(), nil
		}
		pages = append(pages, out.Bytes())
	}
	return wrapPDF(title, made, pages)
}

// scan turns the sheet a little, greys its paper, fades its ink and adds the noise of the sensor.
func (l scanLook) scan(in *raster, rng *rand.Rand) *raster {
	out := &raster{w: in.w, h: in.h, dpi: in.dpi, y: make([]byte, len(in.y))}
	if l.colour {
		out.cb, out.cr = make([]byte, len(in.y)), make([]byte, len(in.y))
	}
	noise := make([]int8, 1<<14)
	for i := range noise {
		noise[i] = int8(rng.NormFloat64() * 2.2)
	}
	sin, cos := math.Sincos(l.angle)
	dx, dy := int(cos*65536), int(sin*65536)
	midX, midY := float64(in.w)/2, float64(in.h)/2
	shiftX, shiftY := rng.Float64()*8-4, rng.Float64()*8-4
	for y := range out.h {
		oy := float64(y) - midY
		sx := int((midX + shiftX - cos*midX - sin*oy) * 65536)
		sy := int((midY + shiftY - sin*midX + cos*oy) * 65536)
		n := rng.IntN(len(noise))
		l.scanLine(in, out, y, sx, sy, dx, dy, noise, n)
	}
	l.wear(out, rng)
	return out
}

// scanLine fills one line; sx, sy, dx, dy walk over the sheet in 1/65536 pixels.
func (l scanLook) scanLine(in, out *raster, y, sx, sy, dx, dy int, noise []int8, n int) {
	const lid = 214
	shade := y * 5 / out.h
	row := y * out.w
	for x := range out.w {
		px, py := sx>>16, sy>>16
		light, at := lid, 0
		if px >= 0 && py >= 0 && px < in.w-1 && py < in.h-1 {
			at = py*in.w + px
			grey := 255
			if in.y[at]&in.y[at+1]&in.y[at+in.w]&in.y[at+in.w+1] != 255 {
				fx, fy := (sx>>8)&255, (sy>>8)&255
				top := int(in.y[at])*(256-fx) + int(in.y[at+1])*fx
				low := int(in.y[at+in.w])*(256-fx) + int(in.y[at+in.w+1])*fx
				grey = (top*(256-fy) + low*fy) >> 16
			}
			light = 34 + grey*(l.paper-34)/255 - shade + x*4/out.w
		}
		light += int(noise[(n+x)&(len(noise)-1)])
		out.y[row+x] = byte(max(0, min(255, light)))
		if l.colour {
			out.cb[row+x], out.cr[row+x] = in.cb[at]-2, in.cr[at]+1
		}
		sx += dx
		sy += dy
	}
}

// wear adds what a paper has been through: punch holes, the fold of a window
// envelope, dust.
func (l scanLook) wear(r *raster, rng *rand.Rand) {
	mm := r.dpi / 25.4
	if l.holes {
		for _, y := range []float64{108.5, 188.5} {
			r.disc(12*mm, y*mm, 2.9*mm, 196)
			r.disc(12.3*mm, (y+0.25)*mm, 2.6*mm, 118)
		}
	}
	if l.fold {
		for _, y := range []float64{105, 210} {
			at := int((y + rng.Float64()) * mm)
			for x := range r.w {
				p := at*r.w + x
				r.y[p] = byte(max(0, int(r.y[p])-16))
				r.y[p+r.w] = byte(min(255, int(r.y[p+r.w])+8))
			}
		}
	}
	for range 40 {
		x, y := rng.Float64()*float64(r.w-8)+4, rng.Float64()*float64(r.h-8)+4
		r.disc(x, y, 0.4+rng.Float64()*0.9, byte(120+rng.IntN(80)))
	}
}

// disc darkens a round spot of radius pixels.
func (r *raster) disc(x, y, radius float64, light byte) {
	for py := int(y - radius); py <= int(y+radius); py++ {
		for px := int(x - radius); px <= int(x+radius); px++ {
			if py < 0 || px < 0 || py >= r.h || px >= r.w || math.Hypot(float64(px)-x, float64(py)-y) > radius {
				continue
			}
			if p := py*r.w + px; r.y[p] > light {
				r.y[p] = light
			}
		}
	}
}

// picture is what the JPEG coder takes without converting it.
func (l scanLook) picture(r *raster) image.Image {
	box := image.Rect(0, 0, r.w, r.h)
	if !l.colour {
		return &image.Gray{Pix: r.y, Stride: r.w, Rect: box}
	}
	p := image.NewYCbCr(box, image.YCbCrSubsampleRatio420)
	copy(p.Y, r.y)
	for y := range (r.h + 1) / 2 {
		for x := range (r.w + 1) / 2 {
			from := min(2*y, r.h-1)*r.w + min(2*x, r.w-1)
			p.Cb[y*p.CStride+x], p.Cr[y*p.CStride+x] = r.cb[from], r.cr[from]
		}
	}
	return p
}

// blackAndWhite is what an old fax-like scanner saves: one bit a pixel.
func blackAndWhite(r *raster) ([]byte, error) {
	p := image.NewPaletted(image.Rect(0, 0, r.w, r.h), color.Palette{color.White, color.Black})
	for i, v := range r.y {
		if v < 158 {
			p.Pix[i] = 1
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, p); err != nil {
		return nil, fmt.Errorf("demo: encoding a scan: %w", err)
	}
	return out.Bytes(), nil
}
