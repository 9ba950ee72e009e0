package bundle

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Objects with fixed numbers; the others follow.
const (
	objCatalog = iota + 1
	objPages
	objFont
	objOutlines
	objInfo
	objFirst
)

// objects writes objects behind each other and notes where they lie.
type objects struct {
	w       io.Writer
	first   int
	at      int64
	offsets []int64
	err     error
}

// next is the number of the next object.
func (o *objects) next() int { return o.first + len(o.offsets) }

// object is one that is ready to be written, in pieces: a stream's bytes aren't copied.
type object struct{ pieces [][]byte }

// write writes objects, whose numbers are the next ones in order.
func (o *objects) write(all []object) {
	for _, ob := range all {
		nr := o.next()
		o.offsets = append(o.offsets, o.at)
		o.piece([]byte(strconv.Itoa(nr) + " 0 obj\n"))
		for _, p := range ob.pieces {
			o.piece(p)
		}
		o.piece([]byte("\nendobj\n"))
	}
}

func (o *objects) piece(b []byte) {
	if o.err != nil {
		return
	}
	n, err := o.w.Write(b)
	o.at += int64(n)
	o.err = err
}

// draft is an item's pages as objects, not written yet.
type draft struct {
	*sheets
	next    int
	objects []object
	node    int
	pages   []int
	// sheet is the number of the next page; unnumbered pages have none.
	sheet      int
	unnumbered bool
	links      []link
	// exact says that pages are as large as what they show.
	exact bool
	layer layer
}

// number takes the next object number.
func (d *draft) number() int {
	d.objects = append(d.objects, object{[][]byte{[]byte("null")}})
	d.next++
	return d.next - 1
}

// set gives an object its content.
func (d *draft) set(nr int, pieces ...[]byte) {
	d.objects[len(d.objects)-(d.next-nr)] = object{pieces}
}

// stream gives an object the content of a stream: entries of its dictionary without its length.
func (d *draft) stream(nr int, entries string, raw []byte) {
	d.set(nr, fmt.Appendf(nil, "<<%s/Length %d>>\nstream\n", entries, len(raw)), raw, []byte("\nendstream"))
}

// closeNode writes the branch of the page tree.
func (d *draft) closeNode() {
	var kids strings.Builder
	for _, p := range d.pages {
		fmt.Fprintf(&kids, "%d 0 R ", p)
	}
	d.set(d.node, fmt.Appendf(nil, "<</Type/Pages/Parent %d 0 R/Count %d/Kids[%s]>>", objPages, len(d.pages), kids.String()))
}

// box is a rectangle in a page's own coordinates, in points.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) String() string {
	return fmt.Sprintf("[%s %s %s %s]", short(b.x0), short(b.y0), short(b.x1), short(b.y1))
}

func (b box) width() float64  { return b.x1 - b.x0 }
func (b box) height() float64 { return b.y1 - b.y0 }

// short writes a number as PDF wants it.
func short(v float64) string {
	s := strconv.FormatFloat(v, 'f', 4, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// leaf is a page about to be written.
type leaf struct {
	media, view box
	rotate      int
	// unit is the length of a unit of the page in points.
	unit float64
	// content is the object that draws the whole page.
	content int
	// more are further entries of the page.
	more string
	// annots are entries of the list of annotations.
	annots string
}

// page writes a page that draws its content, and its number over it.
func (d *draft) page(l leaf) {
	nr, contents := d.number(), d.number()
	font, drawn := "", d.text(l)+"q /O Do Q\n" // the text first, while nothing has moved the page
	switch {
	case d.layer.font > 0:
		font = fmt.Sprintf("/Font<</T %d 0 R>>", d.layer.font)
	case !d.unnumbered:
		font = fmt.Sprintf("/Font<</S %d 0 R>>", objFont)
		drawn += d.stamp(l)
		d.sheet++
	}
	page := len(d.pages)
	for _, at := range d.links {
		if at.page == page {
			l.annots += at.annotation()
		}
	}
	d.drawing(contents, drawn)
	d.set(nr, fmt.Appendf(nil, "<</Type/Page/Parent %d 0 R/MediaBox%s/CropBox%s/Rotate %d/Resources<</XObject<</O %d 0 R>>%s>>/Contents %d 0 R%s/Annots[%s]>>",
		d.node, l.media, l.view, l.rotate, l.content, font, contents, l.more, l.annots))
	d.pages = append(d.pages, nr)
}

// drawing writes the content of a page, packed where that is worth it.
func (d *draft) drawing(nr int, content string) {
	if len(content) > 1024 {
		if packed, err := deflate([]byte(content)); err == nil {
			d.stream(nr, "/Filter/FlateDecode", packed)
			return
		}
	}
	d.stream(nr, "", []byte(content))
}

// link is a place on a page that leads to another page.
type link struct {
	page   int // from 0
	at     box
	target int
}

func (l link) annotation() string {
	return fmt.Sprintf("<</Type/Annot/Subtype/Link/Rect%s/Border[0 0 0]/Dest[%d 0 R/XYZ null null null]>>", l.at, l.target)
}
