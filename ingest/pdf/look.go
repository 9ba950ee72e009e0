package pdf

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Limits on the structure of a file.
const (
	maxDecoded    = 128 << 20 // bytes one stream that is no image may unpack to
	maxDecodedSum = 512 << 20 // bytes all such streams may unpack to
	maxObjects    = 2_000_000
	maxDepth      = 100 // direct objects in each other, and levels of the page tree
	maxListed     = 1000
	hugeImage     = 400_000_000 // pixels; pages of a file that has such an image are drawn with little patience
)

// looker collects facts from a file's objects.
type looker struct {
	ctx   *model.Context
	facts Facts
	sum   int64 // bytes unpacked so far
	nodes int   // nodes of the page tree met so far
}

// look goes once over all objects and once over the page tree.
func look(ctx *model.Context, maxPages int) (Facts, error) {
	l := &looker{ctx: ctx}
	if ctx.HeaderVersion != nil {
		l.facts.Version = ctx.HeaderVersion.String()
	}
	if ctx.Encrypt != nil {
		l.facts.Restricted = true
		if ctx.E != nil {
			l.facts.Permissions = ctx.E.P
		}
	}
	for nr, entry := range ctx.Table {
		if entry == nil || entry.Free || entry.Object == nil {
			continue
		}
		obj, err := ctx.Dereference(*types.NewIndirectRef(nr, 0))
		if err != nil || obj == nil {
			obj = entry.Object
		}
		if err := l.object(obj, 0); err != nil {
			return Facts{}, err
		}
	}
	l.catalog()
	l.origin()
	if err := l.pages(maxPages); err != nil {
		return Facts{}, err
	}
	return l.facts, nil
}

// object notes what one object shows and looks into its parts.
func (l *looker) object(o types.Object, depth int) error {
	if depth > maxDepth {
		return refuse(NestingLimit)
	}
	switch o := o.(type) {
	case types.Dict:
		return l.dict(o, depth)
	case types.StreamDict:
		if err := l.stream(&o); err != nil {
			return err
		}
		return l.dict(o.Dict, depth)
	case *types.StreamDict:
		if err := l.stream(o); err != nil {
			return err
		}
		return l.dict(o.Dict, depth)
	case types.Array:
		for _, part := range o {
			if err := l.object(part, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *looker) dict(d types.Dict, depth int) error {
	switch name(d, "S") {
	case "Launch":
		l.facts.Launch = true
	case "JavaScript":
		l.facts.JavaScript = true
	case "SubmitForm", "ImportData", "GoToR", "GoToE":
		l.facts.Links = true
	}
	if _, ok := d.Find("JS"); ok {
		l.facts.JavaScript = true
	}
	if _, ok := d.Find("ByteRange"); ok {
		l.facts.Signed = true
	}
	if name(d, "Subtype") == "Image" && l.number(d, "Width") > hugeImage/max(1, l.number(d, "Height")) {
		l.facts.Huge = true
	}
	if ef, ok := d.Find("EF"); ok {
		l.attachment(d, ef)
	}
	for _, part := range d {
		if err := l.object(part, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// attachment notes an embedded file.
func (l *looker) attachment(spec types.Dict, ef types.Object) {
	if len(l.facts.Attachments) >= maxListed {
		return
	}
	a := Attachment{Name: l.text(spec, "UF")}
	if a.Name == "" {
		a.Name = l.text(spec, "F")
	}
	a.Program = programName(a.Name)
	if d, err := l.ctx.DereferenceDict(ef); err == nil && d != nil {
		for _, key := range []string{"UF", "F"} {
			o, ok := d.Find(key)
			if !ok {
				continue
			}
			if sd, _, err := l.ctx.DereferenceStreamDict(o); err == nil && sd != nil {
				a.Program = a.Program || programBytes(unpackHead(sd, 16))
			}
		}
	}
	l.facts.Attachments = append(l.facts.Attachments, a)
}

func programBytes(b []byte) bool {
	return bytes.HasPrefix(b, []byte("MZ")) || bytes.HasPrefix(b, []byte("\x7fELF")) || bytes.HasPrefix(b, []byte("#!"))
}

func programName(s string) bool {
	switch strings.ToLower(path.Ext(strings.TrimSpace(s))) {
	case ".exe", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".wsh", ".scr", ".hta", ".lnk",
		".jar", ".msi", ".msp", ".reg", ".cpl", ".dll", ".sys", ".pif", ".sh", ".elf", ".app", ".apk", ".iso", ".img":
		return true
	}
	return false
}

// catalog notes what the document's root says.
func (l *looker) catalog() {
	root, err := l.ctx.Catalog()
	if err != nil || root == nil {
		return
	}
	if b := root.BooleanEntry("NeedsRendering"); b != nil && *b {
		l.facts.Dynamic = true
	}
	if o, ok := root.Find("AcroForm"); ok {
		if form, err := l.ctx.DereferenceDict(o); err == nil && form != nil {
			_, l.facts.XFA = form.Find("XFA")
		}
	}
	if o, ok := root.Find("Metadata"); ok {
		if sd, _, err := l.ctx.DereferenceStreamDict(o); err == nil && sd != nil {
			l.facts.PDFA = conformance(unpackHead(sd, 1<<20))
		}
	}
}

// conformance finds the declared part and level of PDF/A in XMP, as element or as
// attribute.
func conformance(xmp []byte) string {
	part := regexp.MustCompile(`pdfaid:part(?:>|=["'])\s*([1-4])`).FindSubmatch(xmp)
	if part == nil {
		return ""
	}
	level := regexp.MustCompile(`pdfaid:conformance(?:>|=["'])\s*([A-Za-z])`).FindSubmatch(xmp)
	if level == nil {
		return string(part[1])
	}
	return string(part[1]) + strings.ToLower(string(level[1]))
}

// text returns a text string of a dictionary, "" where there is none.
func (l *looker) text(d types.Dict, key string) string {
	o, ok := d.Find(key)
	if !ok {
		return ""
	}
	s, err := l.ctx.DereferenceText(o)
	if err != nil {
		return ""
	}
	return s
}

// name returns a name of a dictionary, "" where there is none.
func name(d types.Dict, key string) string {
	if n := d.NameEntry(key); n != nil {
		return *n
	}
	return ""
}
