package bundle

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Limits on the structure of a document.
const (
	maxDecoded = 128 << 20 // bytes that the content of one page may unpack to
	maxObjects = 2_000_000
	maxDepth   = 100 // direct objects in each other, and levels of the page tree
	maxPages   = 5_000
)

// graft copies the pages of a PDF and all they need, and nothing else.
type graft struct {
	*draft
	ctx     *model.Context
	numbers map[int]int // of objects copied so far
	queue   []int
	turns   []int
	nodes   int
	met     map[int]bool // nodes of the page tree above the present one
}

// graft adds the pages of a PDF, turned clockwise beyond what it says by turns.
func (d *draft) graft(src io.ReadSeeker, turns []int) error {
	// Package api of pdfcpu isn't used: it would double the time a child takes to start.
	model.ConfigPath = "disable"
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	conf.DecodeAllStreams = false
	conf.Limits.MaxDecodeBytes = maxDecoded
	conf.Limits.MaxObjectCount = maxObjects
	ctx, err := pdfcpu.Read(src, conf)
	if err != nil {
		return refusal(refusedBroken)
	}
	g := &graft{draft: d, ctx: ctx, numbers: map[int]int{}, turns: turns, met: map[int]bool{}}
	root, err := ctx.Catalog()
	if err != nil || root == nil {
		return refusal(refusedBroken)
	}
	if err := g.drawable(root); err != nil {
		return err
	}
	top, ok := root.Find("Pages")
	if !ok {
		return refusal(refusedEmpty)
	}
	return g.walk(top, inherited{}, 0)
}

// drawable refuses what looks otherwise once it is taken out of its document.
func (g *graft) drawable(root types.Dict) error {
	if o, ok := root.Find("OCProperties"); ok {
		layers, err := g.ctx.DereferenceDict(o)
		if err != nil {
			return refusal(refusedBroken)
		}
		shown, _ := g.dict(layers, "D")
		off, _ := g.array(shown, "OFF")
		if base := g.name(shown, "BaseState"); len(off) > 0 || base != "" && base != "ON" {
			return refusal(refusedLayers)
		}
	}
	form, ok := g.dict(root, "AcroForm")
	if !ok {
		return nil
	}
	if b, err := g.ctx.DereferenceBoolean(form["NeedAppearances"], model.V10); err == nil && b != nil && bool(*b) {
		return refusal(refusedForm)
	}
	return nil
}

// inherited are the attributes a page takes from the nodes above it.
type inherited struct {
	media, crop, resources types.Object
	rotate                 int
}

func (g *graft) walk(o types.Object, in inherited, depth int) error {
	if ref, ok := o.(types.IndirectRef); ok {
		nr := ref.ObjectNumber.Value()
		if g.met[nr] {
			return refusal(refusedBroken)
		}
		g.met[nr] = true
		defer delete(g.met, nr)
	}
	if g.nodes++; depth > maxDepth || g.nodes > 4*maxPages {
		return refusal(refusedLimit)
	}
	d, err := g.ctx.DereferenceDict(o)
	if err != nil || d == nil {
		return nil // a page that isn't there is left out, as viewers do
	}
	in = g.inherit(d, in)
	if _, ok := d.Find("Kids"); !ok {
		if len(g.pages) >= maxPages {
			return refusal(refusedLimit)
		}
		return g.leaf(d, in)
	}
	kids, ok := g.array(d, "Kids")
	if !ok {
		return refusal(refusedBroken)
	}
	for _, kid := range kids {
		if err := g.walk(kid, in, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (g *graft) inherit(d types.Dict, in inherited) inherited {
	for key, to := range map[string]*types.Object{"MediaBox": &in.media, "CropBox": &in.crop, "Resources": &in.resources} {
		if o, ok := d.Find(key); ok {
			*to = o
		}
	}
	if o, ok := d.Find("Rotate"); ok {
		if n, err := g.ctx.DereferenceNumber(o); err == nil {
			in.rotate = int(math.Mod(n, 360)) / 90 * 90
		}
	}
	return in
}

// leaf copies one page: its content becomes a form, which is drawn as a whole.
func (g *graft) leaf(page types.Dict, in inherited) error {
	l := leaf{unit: 1, content: g.number()}
	var ok bool
	if l.media, ok = g.box(in.media); !ok {
		l.media = box{0, 0, 612, 792}
	}
	l.view = l.media
	if crop, ok := g.box(in.crop); ok {
		cut := box{max(crop.x0, l.media.x0), max(crop.y0, l.media.y0), min(crop.x1, l.media.x1), min(crop.y1, l.media.y1)}
		if cut.x1 > cut.x0 && cut.y1 > cut.y0 {
			l.view = cut
		}
	}
	turn := in.rotate
	if n := len(g.pages); n < len(g.turns) {
		turn += g.turns[n]
	}
	l.rotate = (turn%360 + 360) % 360
	if o, ok := page.Find("UserUnit"); ok {
		if n, err := g.ctx.DereferenceNumber(o); err == nil && n > 0 && n <= 75_000 {
			l.more = "/UserUnit " + short(n)
		}
	}
	if o, ok := page.Find("Group"); ok {
		group, err := g.value(o, 0)
		if err != nil {
			return err
		}
		l.more += "/Group" + written(group)
	}
	if err := g.content(l.content, page, in.resources, l.media); err != nil {
		return err
	}
	var err error
	if l.annots, err = g.annotations(page); err != nil {
		return err
	}
	if err := g.drain(); err != nil {
		return err
	}
	g.page(l)
	return nil
}

// content makes the form that draws a page.
func (g *graft) content(nr int, page types.Dict, resources types.Object, media box) error {
	streams, err := g.streams(page)
	if err != nil {
		return err
	}
	res, err := g.value(resources, 0)
	if err != nil {
		return err
	}
	if res == nil {
		res = types.Dict{}
	}
	head := fmt.Sprintf("/Type/XObject/Subtype/Form/BBox%s/Resources %s", media, written(res))
	if len(streams) == 1 {
		filter, err := g.entries(types.Dict{"Filter": streams[0].Dict["Filter"], "DecodeParms": streams[0].Dict["DecodeParms"]}, 0)
		if err != nil {
			return err
		}
		g.stream(nr, head+inner(filter), streams[0].Raw)
		return nil
	}
	var all bytes.Buffer
	for _, s := range streams {
		if err := s.DecodeWithLimit(maxDecoded); err != nil || all.Len()+len(s.Content) > maxDecoded {
			return refusal(refusedBroken)
		}
		all.Write(s.Content)
		all.WriteByte('\n')
	}
	packed, err := deflate(all.Bytes())
	if err != nil {
		return err
	}
	g.stream(nr, head+"/Filter/FlateDecode", packed)
	return nil
}

// streams are those that draw a page; it may have none.
func (g *graft) streams(page types.Dict) (out []*types.StreamDict, err error) {
	o, err := g.ctx.Dereference(page["Contents"])
	if err != nil {
		return nil, refusal(refusedBroken)
	}
	parts, ok := o.(types.Array)
	if !ok {
		parts = types.Array{page["Contents"]}
	}
	for _, p := range parts {
		sd, _, err := g.ctx.DereferenceStreamDict(p)
		if err != nil {
			return nil, refusal(refusedBroken)
		}
		if sd != nil {
			out = append(out, sd)
		}
	}
	return out, nil
}

// drain copies the objects that others asked for.
func (g *graft) drain() error {
	for len(g.queue) > 0 {
		old := g.queue[len(g.queue)-1]
		g.queue = g.queue[:len(g.queue)-1]
		o, err := g.ctx.Dereference(*types.NewIndirectRef(old, 0))
		if err != nil {
			return refusal(refusedBroken)
		}
		nr := g.numbers[old]
		switch o := o.(type) {
		case types.StreamDict:
			err = g.copyStream(nr, o)
		case *types.StreamDict:
			err = g.copyStream(nr, *o)
		case types.ObjectStreamDict, types.XRefStreamDict, *types.ObjectStreamDict, *types.XRefStreamDict:
		default:
			var v types.Object
			if v, err = g.value(o, 0); err == nil {
				g.set(nr, []byte(written(v)))
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *graft) copyStream(nr int, sd types.StreamDict) error {
	d := types.Dict{}
	for k, v := range sd.Dict {
		if !slices.Contains([]string{"Length", "DL", "F", "FFilter", "FDecodeParms"}, k) {
			d[k] = v
		}
	}
	entries, err := g.entries(d, 0)
	if err != nil {
		return err
	}
	g.stream(nr, inner(entries), sd.Raw)
	return nil
}

// left are entries that lead out of a page, run something or carry something else along.
func left() []string {
	return []string{
		"Parent", "StructParent", "StructParents", "PieceInfo", "Metadata", "LastModified", "AA", "OPI", "AF", "JS", "Thumb", "EF",
	}
}

// value copies an object: what it refers to is copied under a number of its own.
func (g *graft) value(o types.Object, depth int) (types.Object, error) {
	if depth > maxDepth {
		return nil, refusal(refusedLimit)
	}
	switch o := o.(type) {
	case types.IndirectRef:
		return g.ref(o)
	case *types.IndirectRef:
		return g.ref(*o)
	case types.Dict:
		return g.entries(o, depth)
	case types.Array:
		out := make(types.Array, len(o))
		for i, part := range o {
			v, err := g.value(part, depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case types.StreamDict, *types.StreamDict, types.ObjectStreamDict, types.XRefStreamDict:
		return nil, nil // a stream can't stand inside another object
	}
	return o, nil
}

func (g *graft) entries(d types.Dict, depth int) (types.Dict, error) {
	out := make(types.Dict, len(d))
	for k, o := range d {
		if o == nil || slices.Contains(left(), k) {
			continue
		}
		v, err := g.value(o, depth+1)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out[k] = v
		}
	}
	return out, nil
}

// ref gives an object a number; nil where there is none, or where it would bring other pages along.
func (g *graft) ref(r types.IndirectRef) (types.Object, error) {
	old := r.ObjectNumber.Value()
	if nr, ok := g.numbers[old]; ok {
		return *types.NewIndirectRef(nr, 0), nil
	}
	o, err := g.ctx.Dereference(r)
	if err != nil {
		return nil, refusal(refusedBroken)
	}
	if d, ok := o.(types.Dict); ok && slices.Contains([]string{"Page", "Pages", "Catalog", "Filespec"}, g.name(d, "Type")) {
		return nil, nil
	}
	if o == nil {
		return nil, nil
	}
	if len(g.objects) > maxObjects {
		return nil, refusal(refusedLimit)
	}
	nr := g.number()
	g.numbers[old] = nr
	g.queue = append(g.queue, old)
	return *types.NewIndirectRef(nr, 0), nil
}

// written is an object as it stands in a file.
func written(o types.Object) string {
	switch o := o.(type) {
	case nil:
		return " null"
	case types.Dict:
		return o.PDFString()
	case types.Array:
		return o.PDFString()
	case types.Float:
		return " " + strconv.FormatFloat(float64(o), 'f', -1, 64)
	case types.Integer, types.Boolean, types.Name, types.StringLiteral, types.HexLiteral, types.IndirectRef:
		return " " + o.(interface{ PDFString() string }).PDFString()
	}
	return " null"
}

// inner is a dictionary without its brackets.
func inner(d types.Dict) string {
	s := d.PDFString()
	return s[2 : len(s)-2]
}
