package pdf

import (
	"strconv"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// scan finds out whether a page is nothing but one upright image that covers all
// of it. In doubt it is not.
func (l *looker) scan(page types.Dict, resources types.Object, view box) *Scan {
	if o, ok := page.Find("Annots"); ok {
		if a, err := l.ctx.DereferenceArray(o); err != nil || len(a) > 0 {
			return nil
		}
	}
	matrix, imageName, ok := onlyImage(l.content(page))
	if !ok {
		return nil
	}
	img := l.xobject(resources, imageName)
	if img == nil || !l.plainImage(img) {
		return nil
	}
	s := &Scan{Width: l.number(img.Dict, "Width"), Height: l.number(img.Dict, "Height"),
		X: float32(matrix[4] - view.x0), Y: float32(view.y1 - matrix[5] - matrix[3]), PlaceW: float32(matrix[0]), PlaceH: float32(matrix[3])}
	s.Colour = l.colourOf(img.Dict)
	const slack = 0.02
	w, h := view.x1-view.x0, view.y1-view.y0
	upright := matrix[0] > 0 && matrix[3] > 0 && abs(matrix[1]) < 1e-3 && abs(matrix[2]) < 1e-3
	covers := abs(float64(s.X)) <= slack*w && abs(float64(s.Y)) <= slack*h && abs(matrix[0]-w) <= slack*w && abs(matrix[3]-h) <= slack*h
	if !upright || !covers || s.Width < 1 || s.Height < 1 {
		return nil
	}
	return s
}

func abs(v float64) float64 { return max(v, -v) }

// content returns a page's drawing commands where they are short.
func (l *looker) content(page types.Dict) string {
	o, ok := page.Find("Contents")
	if !ok {
		return ""
	}
	parts := types.Array{o}
	if list, err := l.ctx.DereferenceArray(o); err == nil && list != nil {
		parts = list
	}
	const longest = 2048
	var b strings.Builder
	for _, part := range parts[:min(len(parts), 16)] {
		sd, _, err := l.ctx.DereferenceStreamDict(part)
		if err != nil || sd == nil {
			return ""
		}
		b.Write(unpackHead(sd, longest+1))
		b.WriteByte('\n')
		if b.Len() > longest {
			return ""
		}
	}
	if len(parts) > 16 {
		return ""
	}
	return b.String()
}

// onlyImage reads drawing commands that place one image and do nothing else.
func onlyImage(content string) (matrix [6]float64, image string, ok bool) {
	matrix = [6]float64{1, 0, 0, 1, 0, 0}
	var operands []string
	for _, tok := range strings.Fields(content) {
		switch tok {
		case "q", "Q":
			operands = nil
		case "gs", "w", "J", "j", "M", "d", "i", "ri", "G", "g", "RG", "rg", "K", "k":
			operands = nil // how lines and areas would look, of which there are none
		case "cm":
			m, good := numbers(operands)
			if !good || image != "" {
				return matrix, "", false
			}
			matrix, operands = multiply(m, matrix), nil
		case "Do":
			if len(operands) != 1 || image != "" || !strings.HasPrefix(operands[0], "/") {
				return matrix, "", false
			}
			image, operands = operands[0][1:], nil
		default:
			operands = append(operands, tok)
			if len(operands) > 6 {
				return matrix, "", false
			}
		}
	}
	return matrix, image, image != "" && len(operands) == 0
}

func numbers(s []string) (m [6]float64, ok bool) {
	if len(s) != 6 {
		return m, false
	}
	for i := range m {
		v, err := strconv.ParseFloat(s[i], 64)
		if err != nil {
			return m, false
		}
		m[i] = v
	}
	return m, true
}

// multiply returns a × b of two PDF matrices.
func multiply(a, b [6]float64) [6]float64 {
	return [6]float64{
		a[0]*b[0] + a[1]*b[2], a[0]*b[1] + a[1]*b[3],
		a[2]*b[0] + a[3]*b[2], a[2]*b[1] + a[3]*b[3],
		a[4]*b[0] + a[5]*b[2] + b[4], a[4]*b[1] + a[5]*b[3] + b[5],
	}
}

func (l *looker) xobject(resources types.Object, image string) *types.StreamDict {
	res, err := l.ctx.DereferenceDict(resources)
	if err != nil || res == nil {
		return nil
	}
	o, ok := res.Find("XObject")
	if !ok {
		return nil
	}
	all, err := l.ctx.DereferenceDict(o)
	if err != nil || all == nil {
		return nil
	}
	if o, ok = all.Find(image); !ok {
		return nil
	}
	sd, _, err := l.ctx.DereferenceStreamDict(o)
	if err != nil {
		return nil
	}
	return sd
}

// plainImage accepts images that look the same outside of the PDF: no masks, no
// turned-round values, JPEG or one bit a pixel.
func (l *looker) plainImage(img *types.StreamDict) bool {
	if name(img.Dict, "Subtype") != "Image" || len(img.FilterPipeline) != 1 {
		return false
	}
	for _, key := range []string{"SMask", "Mask", "Decode", "ImageMask"} {
		if _, ok := img.Find(key); ok {
			return false
		}
	}
	switch img.FilterPipeline[0].Name {
	case "DCTDecode":
		return name(img.Dict, "ColorSpace") != "DeviceCMYK" && l.number(img.Dict, "BitsPerComponent") == 8
	case "CCITTFaxDecode", "JBIG2Decode":
		return l.number(img.Dict, "BitsPerComponent") == 1 && name(img.Dict, "ColorSpace") == "DeviceGray"
	}
	return false
}

// number returns a whole number of a dictionary, 0 where there is none.
func (l *looker) number(d types.Dict, key string) int {
	o, ok := d.Find(key)
	if !ok {
		return 0
	}
	n, err := l.ctx.DereferenceInteger(o)
	if err != nil || n == nil {
		return 0
	}
	return n.Value()
}
