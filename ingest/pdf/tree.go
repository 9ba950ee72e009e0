package pdf

import (
	"math"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// inherited are the attributes a page takes from the nodes above it.
type inherited struct {
	media, crop types.Array
	resources   types.Object
	rotate      int
}

// pages walks the page tree. A node may be met again, as in files that show a page
// twice, but not below itself.
func (l *looker) pages(maxPages int) error {
	root, err := l.ctx.Catalog()
	if err != nil || root == nil {
		return refuse(Corrupt)
	}
	top, ok := root.Find("Pages")
	if !ok {
		return refuse(NoPages)
	}
	if err := l.node(top, inherited{}, map[int]bool{}, 0, maxPages); err != nil {
		return err
	}
	if l.facts.Pages == 0 {
		return refuse(NoPages)
	}
	return nil
}

func (l *looker) node(o types.Object, in inherited, seen map[int]bool, depth, maxPages int) error {
	if ref, ok := o.(types.IndirectRef); ok {
		nr := ref.ObjectNumber.Value()
		if seen[nr] {
			return refuse(PageLoop)
		}
		seen[nr] = true
		defer delete(seen, nr)
	}
	l.nodes++
	if depth > maxDepth || l.nodes > 4*maxPages+maxListed {
		return refuse(NestingLimit)
	}
	d, err := l.ctx.DereferenceDict(o)
	if err != nil || d == nil {
		return nil // a page that isn't there is left out, as viewers do
	}
	in = l.inherit(d, in)
	kids, hasKids := d.Find("Kids")
	if !hasKids {
		l.facts.Pages++
		if l.facts.Pages > maxPages {
			return refuse(PageLimit)
		}
		l.page(d, in)
		return nil
	}
	list, err := l.ctx.DereferenceArray(kids)
	if err != nil {
		return refuse(Corrupt)
	}
	for _, kid := range list {
		if err := l.node(kid, in, seen, depth+1, maxPages); err != nil {
			return err
		}
	}
	return nil
}

func (l *looker) inherit(d types.Dict, in inherited) inherited {
	if o, ok := d.Find("MediaBox"); ok {
		if a, err := l.ctx.DereferenceArray(o); err == nil && len(a) == 4 {
			in.media = a
		}
	}
	if o, ok := d.Find("CropBox"); ok {
		if a, err := l.ctx.DereferenceArray(o); err == nil && len(a) == 4 {
			in.crop = a
		}
	}
	if o, ok := d.Find("Resources"); ok {
		in.resources = o
	}
	if o, ok := d.Find("Rotate"); ok {
		if n, err := l.ctx.DereferenceNumber(o); err == nil {
			in.rotate = (int(math.Mod(n, 360)) + 360) % 360 / 90 * 90
		}
	}
	return in
}

// box is a rectangle in a page's own coordinates.
type box struct{ x0, y0, x1, y1 float64 }

func (l *looker) box(a types.Array) (box, bool) {
	if len(a) != 4 {
		return box{}, false
	}
	var v [4]float64
	for i, o := range a {
		n, err := l.ctx.DereferenceNumber(o)
		if err != nil || math.IsNaN(n) || math.Abs(n) > 1e7 {
			return box{}, false
		}
		v[i] = n
	}
	b := box{min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3])}
	return b, b.x1-b.x0 > 0.1 && b.y1-b.y0 > 0.1
}

// page notes a page's shape, its scan and its form fields.
func (l *looker) page(d types.Dict, in inherited) {
	media, ok := l.box(in.media)
	if !ok {
		media = box{0, 0, 612, 792}
	}
	view := media
	if crop, ok := l.box(in.crop); ok {
		cut := box{max(crop.x0, media.x0), max(crop.y0, media.y0), min(crop.x1, media.x1), min(crop.y1, media.y1)}
		if cut.x1 > cut.x0 && cut.y1 > cut.y0 {
			view = cut
		}
	}
	s := Sheet{Width: float32(view.x1 - view.x0), Height: float32(view.y1 - view.y0), Rotate: in.rotate}
	fields := l.fields(d, view, in.rotate)
	if in.rotate == 0 && len(fields) == 0 {
		s.Scan = l.scan(d, in.resources, view)
	}
	if s.Scan != nil {
		s.Image, s.DPI, s.Colour = true, s.Scan.dpi(), s.Scan.Colour
	} else {
		l.pictures(in.resources, float64(s.Width)*float64(s.Height), 0, &s)
	}
	if in.rotate%180 == 90 {
		s.Width, s.Height = s.Height, s.Width
	}
	l.facts.Sheets = append(l.facts.Sheets, s)
	l.facts.Fields = append(l.facts.Fields, fields...)
}

// fields returns the values of the form fields shown on a page.
func (l *looker) fields(page types.Dict, view box, rotate int) []Field {
	o, ok := page.Find("Annots")
	if !ok {
		return nil
	}
	annots, err := l.ctx.DereferenceArray(o)
	if err != nil {
		return nil
	}
	var found []Field
	for _, o := range annots {
		d, err := l.ctx.DereferenceDict(o)
		if err != nil || d == nil || name(d, "Subtype") != "Widget" || len(l.facts.Fields)+len(found) >= 20*maxListed {
			continue
		}
		rect, ok := l.rect(d)
		value := l.fieldValue(d)
		if !ok || strings.TrimSpace(value) == "" {
			continue
		}
		l.facts.Form = true
		f := place(rect, view, rotate)
		f.Page, f.Text = l.facts.Pages, value
		found = append(found, f)
	}
	return found
}

func (l *looker) rect(d types.Dict) (box, bool) {
	o, ok := d.Find("Rect")
	if !ok {
		return box{}, false
	}
	a, err := l.ctx.DereferenceArray(o)
	if err != nil {
		return box{}, false
	}
	return l.box(a)
}

// fieldValue returns the text of a text or choice field; type and value may stand
// in a parent.
func (l *looker) fieldValue(d types.Dict) string {
	kind, value := "", types.Object(nil)
	for level := 0; d != nil && level < 20; level++ {
		if kind == "" {
			kind = name(d, "FT")
		}
		if o, ok := d.Find("V"); ok && value == nil {
			value = o
		}
		parent, ok := d.Find("Parent")
		if !ok {
			break
		}
		next, err := l.ctx.DereferenceDict(parent)
		if err != nil {
			break
		}
		d = next
	}
	if kind != "Tx" && kind != "Ch" || value == nil {
		return ""
	}
	return l.values(value)
}

// values returns one text, or several chosen ones in lines.
func (l *looker) values(o types.Object) string {
	if list, err := l.ctx.DereferenceArray(o); err == nil && list != nil {
		var lines []string
		for _, part := range list[:min(len(list), 100)] {
			if s, err := l.ctx.DereferenceText(part); err == nil {
				lines = append(lines, s)
			}
		}
		return strings.Join(lines, "\n")
	}
	s, err := l.ctx.DereferenceText(o)
	if err != nil || len(s) > 100_000 {
		return ""
	}
	return s
}

// place turns a rectangle of the page's own coordinates into what a reader sees.
func place(r, view box, rotate int) Field {
	w, h := view.x1-view.x0, view.y1-view.y0
	x, y := r.x0-view.x0, view.y1-r.y1
	rw, rh := r.x1-r.x0, r.y1-r.y0
	switch rotate {
	case 90:
		x, y, rw, rh = h-y-rh, x, rh, rw
	case 180:
		x, y = w-x-rw, h-y-rh
	case 270:
		x, y, rw, rh = y, w-x-rw, rh, rw
	}
	return Field{X: float32(x), Y: float32(y), W: float32(rw), H: float32(rh)}
}
