package separator

import (
	"image"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/oned"

	"eakte/ingest/alike"
)

// Found is a barcode on an image, in thousandths of its width and height.
type Found struct {
	Kind string  `json:"kind"` // "qr", "code128" or "code39"
	Text string  `json:"text"` // cut after MaxText bytes
	X    float32 `json:"x"`
	Y    float32 `json:"y"`
	W    float32 `json:"w"`
	H    float32 `json:"h"`
}

// Look is what stands on an image of a page beside text.
type Look struct {
	Codes []Found `json:"codes,omitempty"`
	// Blank says that there is nothing dark on it but specks, the shadows of its edges and punched holes.
	Blank bool `json:"blank,omitempty"`
	// Print is what another scan of it is found by, as [alike.Picture] makes it.
	Print []byte `json:"print,omitempty"`
}

const (
	// longest is how many pixels an image has at most where codes are looked for: 150 dots an inch of A4. What
	// scanners print finer is enough there, and a finer image costs more than it finds.
	longest = 1754
	// leastLetters a Code 39 must have, which has no check digit: lines of a table may look like a short one.
	leastLetters = 4
	// mostCodes that are told of a page.
	mostCodes = 20
)

// At looks at an image. It runs inside a child.
func At(g *image.Gray) Look {
	small := reduced(g, longest)
	return Look{Codes: Find(small), Blank: blank(small), Print: alike.Picture(g)}
}

// Find returns the barcodes on an image.
func Find(g *image.Gray) []Found {
	g = reduced(g, longest)
	src := luminance(g)
	f := finder{width: float32(g.Rect.Dx()), height: float32(g.Rect.Dy())}
	near, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(src))
	if err != nil {
		return nil
	}
	f.squares(near)
	if len(f.out) == 0 { // an even picture, such as a fax, is split better by one threshold
		if whole, err := gozxing.NewBinaryBitmap(gozxing.NewGlobalHistgramBinarizer(src)); err == nil {
			f.squares(whole)
		}
	}
	f.lines(near)
	if len(f.out) == 0 { // a page full of specks: they vanish in a small image, and our sheets' squares are large
		small := reduced(g, longest/2)
		f.width, f.height = float32(small.Rect.Dx()), float32(small.Rect.Dy())
		if b, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(luminance(small))); err == nil {
			f.squares(b)
		}
	}
	return f.out
}

// luminance hands the pixels of an image over as they are; asking for each costs more than finding codes.
func luminance(g *image.Gray) gozxing.LuminanceSource {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if g.Stride == w {
		if src, err := gozxing.NewPlanarYUVLuminanceSource(g.Pix, w, h, 0, 0, w, h, false); err == nil {
			return src
		}
	}
	return gozxing.NewLuminanceSourceFromImage(g)
}

// reduced makes an image smaller, so that its longer side is at most so many pixels.
func reduced(g *image.Gray, side int) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if max(w, h) <= side {
		return g
	}
	w, h = max(1, w*side/max(w, h)), max(1, h*side/max(w, h))
	small := image.NewGray(image.Rect(0, 0, w, h))
	columns := make([]int, w+1) // where the pixels of each column begin
	for x := range columns {
		columns[x] = x * g.Rect.Dx() / w
	}
	sums := make([]int, w)
	for y := range h {
		clear(sums)
		top, bottom := y*g.Rect.Dy()/h, (y+1)*g.Rect.Dy()/h
		for row := top; row < bottom; row++ {
			pix := g.Pix[row*g.Stride:]
			for x := range w {
				for _, p := range pix[columns[x]:columns[x+1]] {
					sums[x] += int(p)
				}
			}
		}
		for x, sum := range sums {
			small.Pix[y*small.Stride+x] = uint8(sum / ((columns[x+1] - columns[x]) * (bottom - top)))
		}
	}
	return small
}

type finder struct {
	width, height float32
	out           []Found
}

func hints() map[gozxing.DecodeHintType]any {
	return map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
}

func (f *finder) squares(b *gozxing.BinaryBitmap) {
	results, err := multi.NewQRCodeMultiReader().DecodeMultiple(b, hints())
	if err != nil {
		return
	}
	for _, r := range results {
		f.add("qr", r)
	}
}

func (f *finder) lines(b *gozxing.BinaryBitmap) {
	if r, err := oned.NewCode128Reader().Decode(b, hints()); err == nil {
		f.add("code128", r)
		return
	}
	if r, err := oned.NewCode39Reader().Decode(b, hints()); err == nil && len(r.GetText()) >= leastLetters {
		f.add("code39", r)
	}
}

func (f *finder) add(kind string, r *gozxing.Result) {
	if len(f.out) == mostCodes {
		return
	}
	text := r.GetText()
	found := Found{Kind: kind, Text: text[:min(len(text), MaxText+1)]}
	var left, top, right, bottom float32
	for i, p := range r.GetResultPoints() {
		if p == nil {
			continue
		}
		x, y := float32(p.GetX())/f.width*1000, float32(p.GetY())/f.height*1000
		if i == 0 {
			left, top, right, bottom = x, y, x, y
		}
		left, top, right, bottom = min(left, x), min(top, y), max(right, x), max(bottom, y)
	}
	found.X, found.Y, found.W, found.H = left, top, right-left, max(bottom-top, 10)
	f.out = append(f.out, found)
}
