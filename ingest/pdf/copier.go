package pdf

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// copier takes a page over into another file with what it shows and nothing else: parts of a file go to
// different people. So it follows no way that leads to other pages, keeps of annotations only how they
// look, and of resources only those that the content names.
type copier struct {
	source *origin
	dest   *model.Context
}

// page copies a page's dictionary.
func (c copier) page(d types.Dict, inherited *model.InheritedPageAttrs) (types.Dict, error) {
	out := types.Dict{}
	if inherited.MediaBox != nil {
		out["MediaBox"] = inherited.MediaBox.Array()
	}
	if inherited.CropBox != nil {
		out["CropBox"] = inherited.CropBox.Array()
	}
	for _, key := range []string{"UserUnit", "Group", "Contents"} {
		if err := c.entry(out, d, key); err != nil {
			return nil, err
		}
	}
	content, err := c.source.ctx.PageContent(d, 1)
	if err != nil && err != model.ErrNoContent {
		return nil, err
	}
	resources, err := c.resources(inherited.Resources, content, 0)
	if err != nil {
		return nil, err
	}
	out["Resources"] = resources
	annotations, err := c.annotations(d["Annots"])
	if err != nil {
		return nil, err
	}
	if len(annotations) > 0 {
		out["Annots"] = annotations
	}
	return out, nil
}

func (c copier) entry(out, d types.Dict, key string) error {
	v, ok := d[key]
	if !ok {
		return nil
	}
	copied, err := c.copy(v, 0)
	if err == nil && copied != nil {
		out[key] = copied
	}
	return err
}

// kept are those entries of annotations that say how they look.
func kept() []string {
	return []string{
		"Type", "Subtype", "Rect", "AP", "AS", "F", "BS", "BE", "Border", "C", "IC", "CA", "QuadPoints", "InkList", "L", "LE",
		"Vertices", "DA", "DS", "Q", "MK", "RD", "Name", "Contents",
	}
}

func (c copier) annotations(o types.Object) (types.Array, error) {
	list, err := c.source.ctx.DereferenceArray(o)
	if err != nil {
		return nil, err
	}
	var out types.Array
	for _, o := range list {
		d, err := c.source.ctx.DereferenceDict(o)
		if err != nil {
			return nil, err
		}
		if kind := d.Subtype(); d == nil || kind == nil || slices.Contains([]string{"Link", "Popup", "FileAttachment", "Movie", "Sound", "Screen", "3D", "RichMedia"}, *kind) {
			continue
		}
		a := types.Dict{}
		for _, key := range kept() {
			if err := c.entry(a, d, key); err != nil {
				return nil, err
			}
		}
		ref, err := c.dest.IndRefForNewObject(a)
		if err != nil {
			return nil, err
		}
		out = append(out, *ref)
	}
	return out, nil
}

// copy copies an object with all it refers to. What leads back into the file it comes from is left out.
func (c copier) copy(o types.Object, depth int) (types.Object, error) {
	if depth > maxDepth {
		return nil, refuse(NestingLimit)
	}
	switch o := o.(type) {
	case types.IndirectRef:
		return c.reference(o, depth)
	case types.Dict:
		return c.dict(o, depth)
	case types.StreamDict:
		return c.stream(o, depth)
	case *types.StreamDict:
		return c.stream(*o, depth)
	case types.Array:
		out := make(types.Array, len(o))
		for i, v := range o {
			var err error
			if out[i], err = c.copy(v, depth+1); err != nil {
				return nil, err
			}
		}
		return out, nil
	case nil:
		return nil, nil
	}
	return o.Clone(), nil
}

// reference copies an object once, however often it is referred to.
func (c copier) reference(ref types.IndirectRef, depth int) (types.Object, error) {
	nr := ref.ObjectNumber.Value()
	if taken, ok := c.source.taken[nr]; ok {
		return taken, nil
	}
	o, err := c.source.ctx.Dereference(ref)
	if err != nil || o == nil {
		return nil, err
	}
	if d, ok := o.(types.Dict); ok && leadsBack(d) {
		return nil, nil
	}
	made, err := c.dest.IndRefForNewObject(types.Dict{}) // its place is known before what it holds: they may be circles
	if err != nil {
		return nil, err
	}
	c.source.taken[nr] = *made
	copied, err := c.copy(o, depth+1)
	if err != nil {
		return nil, err
	}
	entry, ok := c.dest.FindTableEntryForIndRef(made)
	if !ok {
		return nil, refuse(Corrupt)
	}
	entry.Object = copied
	return *made, nil
}

// leadsBack reports whether an object is part of the file's own order and not of what a page shows.
func leadsBack(d types.Dict) bool {
	kind := d.Type()
	return kind != nil && slices.Contains([]string{"Page", "Pages", "Catalog", "StructElem", "StructTreeRoot", "Outlines", "Annot"}, *kind)
}

func (c copier) dict(d types.Dict, depth int) (types.Object, error) {
	if leadsBack(d) {
		return nil, nil
	}
	out := types.Dict{}
	for key, v := range d {
		if slices.Contains([]string{"StructParent", "StructParents", "PieceInfo", "Metadata", "LastModified"}, key) {
			continue
		}
		copied, err := c.copy(v, depth+1)
		if err != nil {
			return nil, err
		}
		if copied != nil {
			out[key] = copied
		}
	}
	return out, nil
}

// stream copies a stream; of a form or pattern only the resources that it names.
func (c copier) stream(sd types.StreamDict, depth int) (types.Object, error) {
	rest := types.Dict{}
	for key, v := range sd.Dict {
		if key != "Resources" && key != "Length" {
			rest[key] = v
		}
	}
	o, err := c.dict(rest, depth)
	if err != nil {
		return nil, err
	}
	d, ok := o.(types.Dict)
	if !ok {
		return nil, refuse(Corrupt)
	}
	out := sd
	out.Dict = d
	if own, ok := sd.Dict["Resources"]; ok {
		all, err := c.source.ctx.DereferenceDict(own)
		if err != nil {
			return nil, err
		}
		content, err := decoded(sd)
		if err != nil {
			return nil, err
		}
		if d["Resources"], err = c.resources(all, content, depth+1); err != nil {
			return nil, err
		}
	}
	length := int64(len(out.Raw))
	out.StreamLength = &length
	out.StreamLengthObjNr = nil
	d["Length"] = types.Integer(length)
	return out, nil
}

// decoded unpacks a copy of a stream.
func decoded(sd types.StreamDict) ([]byte, error) {
	if err := sd.Decode(); err != nil {
		return nil, err
	}
	return sd.Content, nil
}

// resources copies those resources that a content names.
func (c copier) resources(all types.Dict, content []byte, depth int) (types.Dict, error) {
	if depth > maxDepth {
		return nil, refuse(NestingLimit)
	}
	named, err := c.named(all, content)
	if err != nil {
		return nil, err
	}
	out := types.Dict{}
	for kind, o := range all {
		if kind == "ProcSet" {
			continue
		}
		sub, err := c.source.ctx.DereferenceDict(o)
		if err != nil {
			return nil, err
		}
		some := types.Dict{}
		for name, v := range sub {
			if !named[name] && !(kind == "ColorSpace" && (name == "DefaultGray" || name == "DefaultRGB" || name == "DefaultCMYK")) {
				continue
			}
			copied, err := c.copy(v, depth+1)
			if err != nil {
				return nil, err
			}
			if copied != nil {
				some[name] = copied
			}
		}
		if len(some) > 0 {
			out[kind] = some
		}
	}
	return out, nil
}

// named returns the names that a content uses, with those of forms that have no resources of their own
// and so use its.
func (c copier) named(all types.Dict, content []byte) (map[string]bool, error) {
	out := names(content)
	forms, err := c.source.ctx.DereferenceDict(all["XObject"])
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for more := true; more; {
		more = false
		for name, o := range forms {
			if !out[name] || seen[name] {
				continue
			}
			seen[name] = true
			sd, _, err := c.source.ctx.DereferenceStreamDict(o)
			if err != nil {
				return nil, err
			}
			if sd == nil || sd.Subtype() == nil || *sd.Subtype() != "Form" || sd.Dict["Resources"] != nil {
				continue
			}
			content, err := decoded(*sd)
			if err != nil {
				return nil, err
			}
			for n := range names(content) {
				out[n] = true
			}
			more = true
		}
	}
	return out, nil
}

var anyName = regexp.MustCompile(`/[^\x00\t\n\f\r ()<>\[\]{}/%]+`)

// names finds what looks like a name in a content. What only looks like one costs a resource too many.
func names(content []byte) map[string]bool {
	out := map[string]bool{}
	for _, n := range anyName.FindAll(content, -1) {
		out[string(n[1:])] = true
		if bytes.IndexByte(n, '#') >= 0 {
			out[plainName(n[1:])] = true
		}
	}
	return out
}

// plainName resolves the "#20" of a name.
func plainName(n []byte) string {
	var out []byte
	for i := 0; i < len(n); i++ {
		if n[i] == '#' && i+2 < len(n) {
			if b, err := hex.DecodeString(string(n[i+1 : i+3])); err == nil {
				out = append(out, b[0])
				i += 2
				continue
			}
		}
		out = append(out, n[i])
	}
	return string(out)
}
