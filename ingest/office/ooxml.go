package office

import (
	"slices"
	"strconv"
	"strings"
)

// inspectOOXML reads what is in an archive of Office Open XML.
func inspectOOXML(p *parts, text *words) (Facts, error) {
	var f Facts
	types := map[string]string{} // part -> content type
	err := p.walk("[Content_Types].xml", func(e element) {
		if e.name == "Override" && !e.end {
			types[strings.TrimPrefix(e.attr("PartName"), "/")] = e.attr("ContentType")
		}
	})
	if err != nil {
		return f, err
	}
	for part, kind := range types {
		if !strings.HasSuffix(kind, ".main+xml") || p.files[part] == nil {
			continue
		}
		for word, format := range map[string]string{"word": "docx", "spreadsheet": "xlsx", "sheet.macro": "xlsx", "presentation": "pptx", "slideshow": "pptx"} {
			if strings.Contains(kind, word) {
				f.Format = format
			}
		}
		f.Macros = f.Macros || strings.Contains(kind, "macroEnabled")
	}
	if f.Format == "" {
		return f, refuse(Corrupt)
	}
	if err := f.activeOOXML(p); err != nil {
		return f, err
	}
	switch f.Format {
	case "docx":
		err = f.textDOCX(p, types, text)
	case "xlsx":
		err = textXLSX(p, text)
	default:
		err = textPPTX(p, text)
	}
	return f, err
}

// activeOOXML looks for what does more than be read.
func (f *Facts) activeOOXML(p *parts) error {
	for _, name := range p.names {
		low := strings.ToLower(name)
		switch {
		case strings.HasSuffix(low, "vbaproject.bin"), strings.Contains(low, "/macrosheets/"):
			f.Macros = true
		case strings.Contains(low, "/embeddings/"), strings.Contains(low, "/activex/"):
			f.Embedded = true
			f.Program = f.Program || p.programInside(name)
		case strings.Contains(low, "/externallinks/"), strings.HasSuffix(low, "/connections.xml"):
			f.Links = true
		case strings.HasPrefix(low, "_xmlsignatures/"):
			f.Signed = true
		}
		if !strings.HasSuffix(low, ".rels") {
			continue
		}
		err := p.walk(name, func(e element) {
			// A hyperlink waits for a click; everything else outside is loaded on opening.
			if e.name == "Relationship" && strings.EqualFold(e.attr("TargetMode"), "External") && !strings.HasSuffix(e.attr("Type"), "/hyperlink") {
				f.Links = true
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// textDOCX takes the text of the body first, then of notes, heads, feet and comments.
func (f *Facts) textDOCX(p *parts, types map[string]string, text *words) error {
	w := wordWalk{facts: f, text: text}
	for _, kind := range []string{".main+xml", ".header+xml", ".footer+xml", ".footnotes+xml", ".endnotes+xml", ".comments+xml"} {
		for _, part := range p.names {
			if !strings.HasSuffix(types[part], kind) {
				continue
			}
			if err := p.walk(part, w.piece); err != nil {
				return err
			}
			text.next("\n")
		}
	}
	return nil
}

// wordWalk goes through a text document.
type wordWalk struct {
	facts           *Facts
	text            *words
	inText, inField bool
}

// piece takes one piece of it.
func (w *wordWalk) piece(e element) {
	switch {
	case e.text != "":
		if w.inText {
			w.text.add(e.text)
		}
		if w.inField && strings.Contains(strings.ToUpper(e.text), "DDE") {
			w.facts.Links = true
		}
	case e.name == "t":
		w.inText = !e.end
	case e.name == "instrText":
		w.inField = !e.end
	case e.name == "p" && e.end:
		w.text.next("\n")
	case e.end:
	case e.name == "tab":
		w.text.add("\t")
	case e.name == "lastRenderedPageBreak", e.name == "br" && e.attr("type") == "page":
		w.text.next("\f")
	case e.name == "br", e.name == "cr":
		w.text.next("\n")
	}
}

// textXLSX takes the cells of every sheet as they were last shown, row by row.
func textXLSX(p *parts, text *words) error {
	shared, err := sharedStrings(p)
	if err != nil {
		return err
	}
	for _, name := range numbered(p.names, "xl/worksheets/sheet") {
		text.next("\f")
		kind, value, in := "", "", false
		err := p.walk(name, func(e element) {
			switch {
			case e.text != "":
				if in {
					value += e.text
				}
			case e.name == "c" && !e.end:
				kind, value = e.attr("t"), ""
			case e.name == "v", e.name == "t":
				in = !e.end
			case e.name == "c":
				if at, err := strconv.Atoi(value); kind == "s" && err == nil && at >= 0 && at < len(shared) {
					value = shared[at]
				}
				if value != "" {
					text.add(value + "\t")
				}
			case e.name == "row" && e.end:
				text.next("\n")
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sharedStrings are the texts that cells name by number.
func sharedStrings(p *parts) ([]string, error) {
	const name = "xl/sharedStrings.xml"
	if p.files[name] == nil {
		return nil, nil
	}
	var all []string
	var one strings.Builder
	in := false
	err := p.walk(name, func(e element) {
		switch {
		case e.text != "":
			if in {
				one.WriteString(e.text)
			}
		case e.name == "t":
			in = !e.end
		case e.name == "si" && e.end:
			all = append(all, one.String())
			one.Reset()
		}
	})
	return all, err
}

// textPPTX takes slide after slide with its notes.
func textPPTX(p *parts, text *words) error {
	for _, folder := range []string{"ppt/slides/slide", "ppt/notesSlides/notesSlide"} {
		for _, name := range numbered(p.names, folder) {
			text.next("\f")
			in := false
			err := p.walk(name, func(e element) {
				switch {
				case e.text != "":
					if in {
						text.add(e.text)
					}
				case e.name == "t":
					in = !e.end
				case e.name == "p" && e.end, e.name == "br" && !e.end:
					text.next("\n")
				}
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// numbered are the names "PREFIXnumber.xml" by their number.
func numbered(names []string, prefix string) []string {
	number := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, prefix), ".xml"))
		if err != nil {
			return -1
		}
		return n
	}
	var out []string
	for _, name := range names {
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, ".xml") && number(name) >= 0 {
			out = append(out, name)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return number(a) - number(b) })
	return out
}
