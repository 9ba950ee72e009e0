package pdf

import (
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// How much colour an image can show.
const (
	BlackWhite = "bw"
	Gray       = "gray"
	Colour     = "colour"
)

// origin notes what made the file, as it says of itself.
func (l *looker) origin() {
	if l.ctx.Info == nil {
		return
	}
	info, err := l.ctx.DereferenceDict(*l.ctx.Info)
	if err != nil || info == nil {
		return
	}
	const longest = 400
	for key, into := range map[string]*string{"Producer": &l.facts.Producer, "Creator": &l.facts.Creator, "CreationDate": &l.facts.Created} {
		if s := l.text(info, key); len(s) <= longest {
			*into = s
		}
	}
}

// pictures notes the images that a page, of an area in points², may draw, if they have as many pixels as a scan of
// half of it at 50 dpi.
func (l *looker) pictures(resources types.Object, area float64, depth int, s *Sheet) {
	res, err := l.ctx.DereferenceDict(resources)
	if err != nil || res == nil || depth > 3 {
		return
	}
	o, ok := res.Find("XObject")
	if !ok {
		return
	}
	all, err := l.ctx.DereferenceDict(o)
	if err != nil || len(all) > maxListed {
		return
	}
	least := area / (72 * 72) * 50 * 50 / 2
	for _, o := range all {
		sd, _, err := l.ctx.DereferenceStreamDict(o)
		if err != nil || sd == nil {
			continue
		}
		pixels := float64(l.number(sd.Dict, "Width")) * float64(l.number(sd.Dict, "Height"))
		if name(sd.Dict, "Subtype") == "Image" && pixels >= least {
			s.see(pixels/area, l.colourOf(sd.Dict))
		}
		if inner, ok := sd.Find("Resources"); ok {
			l.pictures(inner, area, depth+1, s)
		}
	}
}

// see notes an image with so many pixels on a square point of the page. Scanners lay a coarse one in colour under
// a fine one in black: the page is as fine as the finest and as colourful as the most colourful.
func (s *Sheet) see(density float64, colour string) {
	const half = 100 * 100 / 2.0 / (72 * 72) // a scan of half the page at 100 dpi
	s.Image = s.Image || density >= half
	s.DPI = max(s.DPI, int(min(math.Sqrt(density)*72+0.5, 1e5)))
	rank := map[string]int{"": 0, BlackWhite: 1, Gray: 2, Colour: 3}
	if rank[colour] > rank[s.Colour] {
		s.Colour = colour
	}
}

// dpi is how fine a scan is.
func (s *Scan) dpi() int { return int(min(float32(s.Width)/s.PlaceW*72+0.5, 1e5)) }

// colourOf tells how much colour an image can show.
func (l *looker) colourOf(d types.Dict) string {
	if mask := d.BooleanEntry("ImageMask"); mask != nil && *mask || l.number(d, "BitsPerComponent") == 1 {
		return BlackWhite
	}
	o, ok := d.Find("ColorSpace")
	if !ok {
		return "" // its own bytes say so
	}
	if n, err := l.ctx.DereferenceName(o, 0, nil); err == nil && n != "" {
		return colourSpace(n.Value())
	}
	space, err := l.ctx.DereferenceArray(o)
	if err != nil || len(space) == 0 {
		return ""
	}
	kind, err := l.ctx.DereferenceName(space[0], 0, nil)
	if err != nil {
		return ""
	}
	if kind.Value() != "ICCBased" || len(space) < 2 {
		return colourSpace(kind.Value())
	}
	profile, _, err := l.ctx.DereferenceStreamDict(space[1])
	if err != nil || profile == nil {
		return ""
	}
	if l.number(profile.Dict, "N") == 1 {
		return Gray
	}
	return Colour
}

// colourSpace tells how much colour a space of that name has.
func colourSpace(name string) string {
	switch name {
	case "DeviceGray", "CalGray", "G":
		return Gray
	case "DeviceRGB", "CalRGB", "Lab", "DeviceCMYK", "Indexed", "RGB", "CMYK", "I":
		return Colour
	}
	return ""
}
