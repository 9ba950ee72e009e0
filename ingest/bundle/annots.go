package bundle

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// annotations copies what annotations and form fields look like, and nothing that they do.
func (g *graft) annotations(page types.Dict) (string, error) {
	list, _ := g.array(page, "Annots")
	var out strings.Builder
	for _, o := range list {
		a, err := g.ctx.DereferenceDict(o)
		if err != nil || a == nil {
			continue
		}
		kind := g.name(a, "Subtype")
		if slices.Contains([]string{"Link", "Popup", "FileAttachment", "Sound", "Movie", "Screen", "3D", "RichMedia", "PrinterMark", "TrapNet"}, kind) {
			continue
		}
		if _, ok := a.Find("AP"); !ok {
			if kind == "Widget" && g.filled(a) {
				return "", refusal(refusedForm)
			}
			continue
		}
		if kind == "Widget" {
			kind = "Stamp" // a field has no form to belong to here
		}
		kept := types.Dict{"Type": types.Name("Annot"), "Subtype": types.Name(kind)}
		for _, key := range []string{"Rect", "AP", "AS", "F"} {
			if v, ok := a.Find(key); ok {
				kept[key] = v
			}
		}
		if kept, err = g.entries(kept, 0); err != nil {
			return "", err
		}
		out.WriteString(written(kept))
	}
	return out.String(), nil
}

// filled reports whether a form field has a value; it may stand in a parent.
func (g *graft) filled(field types.Dict) bool {
	for range 20 {
		if v, ok := field.Find("V"); ok {
			text, err := g.ctx.DereferenceText(v)
			return err != nil || strings.TrimSpace(text) != ""
		}
		parent, ok := g.dict(field, "Parent")
		if !ok {
			return false
		}
		field = parent
	}
	return false
}

func (g *graft) dict(d types.Dict, key string) (types.Dict, bool) {
	o, ok := d.Find(key)
	if !ok {
		return nil, false
	}
	v, err := g.ctx.DereferenceDict(o)
	return v, err == nil && v != nil
}

func (g *graft) array(d types.Dict, key string) (types.Array, bool) {
	o, ok := d.Find(key)
	if !ok {
		return nil, false
	}
	v, err := g.ctx.DereferenceArray(o)
	return v, err == nil && v != nil
}

// name returns a name of a dictionary, "" where there is none.
func (g *graft) name(d types.Dict, key string) string {
	o, err := g.ctx.Dereference(d[key])
	if n, ok := o.(types.Name); ok && err == nil {
		return string(n)
	}
	return ""
}

func (g *graft) box(o types.Object) (box, bool) {
	a, err := g.ctx.DereferenceArray(o)
	if err != nil || len(a) != 4 {
		return box{}, false
	}
	var v [4]float64
	for i, o := range a {
		n, err := g.ctx.DereferenceNumber(o)
		if err != nil || math.IsNaN(n) || math.Abs(n) > 1e7 {
			return box{}, false
		}
		v[i] = n
	}
	b := box{min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3])}
	return b, b.width() > 0.1 && b.height() > 0.1
}

// deflate packs the content of a page.
func deflate(b []byte) ([]byte, error) {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return out.Bytes(), nil
}
