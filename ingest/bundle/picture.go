package bundle

import (
	"fmt"
	"image/color"
	"image/jpeg"
	"io"

	"eakte/ingest/picture"
)

// A4 in points.
const (
	a4Width  = 595.28
	a4Height = 841.89
)

// longestSide is that of a page, in points (ISO 32000-1, C.2).
const longestSide = 14_400

// picture puts a JPEG on a sheet of A4, upright or across as it fits, never larger than it is. size is
// its own in points; none: what its headers say. turn is clockwise, in degrees.
func (d *draft) picture(src *io.SectionReader, size [2]float32, turn int) error {
	if ink, ok := readInk(src); ok {
		return d.ink(ink, size, turn)
	}
	cfg, err := jpeg.DecodeConfig(src)
	if err != nil || cfg.Width < 1 || cfg.Height < 1 {
		return refusal(refusedBroken)
	}
	space := "DeviceRGB"
	switch cfg.ColorModel {
	case color.GrayModel:
		space = "DeviceGray"
	case color.YCbCrModel:
	default:
		return refusal(refusedBroken) // inks: whether they are inverted is anybody's guess
	}
	up := upright(1)
	width, height := float64(size[0]), float64(size[1])
	if width <= 0 || height <= 0 {
		facts, err := picture.InspectJPEG(src, src.Size())
		if err != nil || facts.Truncated {
			return refusal(refusedBroken)
		}
		w, h := facts.Frames[0].Size()
		width, height, up = float64(w), float64(h), upright(facts.Frames[0].Orientation)
	}
	for ; turn%360 >= 90; turn -= 90 {
		up, width, height = up.then(quarter()), height, width
	}
	raw := make([]byte, src.Size())
	if _, err := src.ReadAt(raw, 0); err != nil && err != io.EOF {
		return refusal(refusedBroken)
	}
	image := d.number()
	d.stream(image, fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/%s/BitsPerComponent 8/Filter/DCTDecode",
		cfg.Width, cfg.Height, space), raw)
	d.place(image, up, width, height)
	return nil
}

// place makes the page of an image.
func (d *draft) place(image int, up affine, width, height float64) {
	sheet := box{0, 0, a4Width, a4Height}
	switch {
	case d.exact:
		scale := min(1, longestSide/max(width, height))
		sheet = box{0, 0, width * scale, height * scale}
	case width > height:
		sheet = box{0, 0, a4Height, a4Width}
	}
	scale := min(1, sheet.x1/width, sheet.y1/height)
	width, height = width*scale, height*scale
	m := up.then(affine{width, 0, 0, height, (sheet.x1 - width) / 2, (sheet.y1 - height) / 2})
	content := d.number()
	d.stream(content, fmt.Sprintf("/Type/XObject/Subtype/Form/BBox%s/Resources<</XObject<</I %d 0 R>>>>", sheet, image),
		fmt.Appendf(nil, "%s cm /I Do", m))
	d.page(leaf{media: sheet, view: sheet, unit: 1, content: content})
}

// affine maps (x, y) to (ax + cy + e, bx + dy + f), as PDF writes it.
type affine struct{ a, b, c, d, e, f float64 }

func (m affine) String() string {
	return fmt.Sprintf("%s %s %s %s %s %s", short(m.a), short(m.b), short(m.c), short(m.d), short(m.e), short(m.f))
}

// then is m with n behind it.
func (m affine) then(n affine) affine {
	return affine{
		n.a*m.a + n.c*m.b, n.b*m.a + n.d*m.b, n.a*m.c + n.c*m.d, n.b*m.c + n.d*m.d,
		n.a*m.e + n.c*m.f + n.e, n.b*m.e + n.d*m.f + n.f,
	}
}

// quarter turns the unit square clockwise by 90 degrees.
func quarter() affine { return affine{0, -1, 1, 0, 0, 1} }

// upright turns the unit square of an image whose headers say orientation (Exif 2.3, tag 0x0112).
func upright(orientation int) affine {
	switch orientation {
	case 2:
		return affine{-1, 0, 0, 1, 1, 0}
	case 3:
		return affine{-1, 0, 0, -1, 1, 1}
	case 4:
		return affine{1, 0, 0, -1, 0, 1}
	case 5:
		return affine{0, -1, -1, 0, 1, 1}
	case 6:
		return affine{0, -1, 1, 0, 0, 1}
	case 7:
		return affine{0, 1, 1, 0, 0, 0}
	case 8:
		return affine{0, 1, -1, 0, 1, 0}
	}
	return affine{1, 0, 0, 1, 0, 0}
}
