package office

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

// parts are the entries of an archive by name, read within the limits.
type parts struct {
	files map[string]*zip.File
	names []string // in order of name
	sum   int64    // bytes unpacked so far
}

// inspectArchive reads Office Open XML and OpenDocument.
func inspectArchive(in io.ReaderAt, size int64, text *words) (Facts, error) {
	z, err := zip.NewReader(in, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are compared, never used as paths
		return Facts{}, refuse(Corrupt)
	}
	if len(z.File) > maxEntries {
		return Facts{}, refuse(DecodeLimit)
	}
	p := &parts{files: map[string]*zip.File{}}
	for _, f := range z.File {
		name := strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/")
		if p.files[name] == nil {
			p.files[name] = f
			p.names = append(p.names, name)
		}
	}
	slices.Sort(p.names)
	if p.files["[Content_Types].xml"] != nil {
		return inspectOOXML(p, text)
	}
	if p.files["META-INF/manifest.xml"] != nil {
		return inspectODF(p, text)
	}
	return Facts{}, refuse(Corrupt)
}

// open starts to read a part; what it unpacks to counts.
func (p *parts) open(name string) (io.ReadCloser, error) {
	f := p.files[name]
	if f == nil {
		return nil, refuse(Corrupt)
	}
	r, err := f.Open()
	if err != nil {
		return nil, refuse(Corrupt)
	}
	return &counted{ReadCloser: r, parts: p}, nil
}

// counted ends a part that unpacks to more than is allowed.
type counted struct {
	io.ReadCloser
	parts *parts
	n     int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.n += int64(n)
	c.parts.sum += int64(n)
	if c.n > maxPart || c.parts.sum > maxParts {
		return n, refuse(DecodeLimit)
	}
	return n, err
}

// head returns the first n bytes of a part.
func (p *parts) head(name string, n int64) []byte {
	r, err := p.open(name)
	if err != nil {
		return nil
	}
	defer r.Close() //nolint:errcheck // only read
	b, _ := io.ReadAll(io.LimitReader(r, n))
	return b
}

// element is what a walk tells of a part of XML: an element's start, its end, or text in it.
type element struct {
	name  string // local name
	space string // its name space as an address or, undeclared, as the prefix
	attrs []xml.Attr
	text  string
	end   bool
}

// attr returns an attribute by its local name, "" where there is none.
func (e element) attr(local string) string {
	for _, a := range e.attrs {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// stretches ends a part of XML in which a text is longer than any that is kept: the decoder holds each text
// whole, and would take the memory of the child before the part's own limit is reached.
type stretches struct {
	io.Reader
	n int
}

func (s *stretches) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if i := bytes.LastIndexByte(b[:n], '<'); i >= 0 {
		s.n = n - i
	} else {
		s.n += n
	}
	if s.n > maxText {
		return n, refuse(DecodeLimit)
	}
	return n, err
}

// walk reads a part of XML and calls fn for everything in it. Entities that the part defines itself are
// an error to the decoder, which knows the five of XML alone.
func (p *parts) walk(name string, fn func(element)) error {
	r, err := p.open(name)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // only read
	d := xml.NewDecoder(&stretches{Reader: r})
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for depth := 0; ; {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if code := IsRefused(err); code != "" {
			return refuse(code)
		}
		if err != nil {
			return refuse(Corrupt)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return refuse(NestingLimit)
			}
			fn(element{name: t.Name.Local, space: t.Name.Space, attrs: t.Attr})
		case xml.EndElement:
			depth--
			fn(element{name: t.Name.Local, space: t.Name.Space, end: true})
		case xml.CharData:
			fn(element{text: string(t)})
		}
	}
}

// programInside reports whether an embedded part is a program, or a package that holds one.
func (p *parts) programInside(name string) bool {
	head := p.head(name, 8)
	if programBytes(head) || programName(name) {
		return true
	}
	if !bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")) {
		return false
	}
	whole := p.head(name, 64<<20)
	return compoundHoldsProgram(bytes.NewReader(whole))
}

func programBytes(b []byte) bool {
	return bytes.HasPrefix(b, []byte("MZ")) || bytes.HasPrefix(b, []byte("\x7fELF")) || bytes.HasPrefix(b, []byte("#!"))
}

func programName(s string) bool {
	switch strings.ToLower(path.Ext(strings.TrimSpace(s))) {
	case ".exe", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".wsh", ".scr", ".hta", ".lnk", ".msi", ".jar", ".cpl", ".pif", ".scf", ".url":
		return true
	}
	return false
}
