package office

import (
	"strings"
)

// inspectODF reads what is in an archive of OpenDocument.
func inspectODF(p *parts, text *words) (Facts, error) {
	var f Facts
	locked := false
	err := p.walk("META-INF/manifest.xml", func(e element) {
		switch {
		case e.end:
		case e.name == "encryption-data":
			locked = true
		case e.name == "file-entry" && e.attr("full-path") == "/":
			f.Format = formatODF(e.attr("media-type"))
		case e.name == "file-entry" && strings.Contains(e.attr("media-type"), "oleobject"):
			f.Embedded = true
			f.Program = f.Program || p.programInside(e.attr("full-path"))
		}
	})
	if err != nil {
		return f, err
	}
	if locked {
		return f, refuse(Encrypted)
	}
	if f.Format == "" {
		f.Format = formatODF(string(p.head("mimetype", 100)))
	}
	if f.Format == "" {
		return f, refuse(Corrupt)
	}
	for _, name := range p.names {
		switch {
		case strings.HasPrefix(name, "Basic/") && strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, "-lc.xml") && !strings.HasSuffix(name, "-lb.xml"),
			strings.HasPrefix(name, "Scripts/") && !strings.HasSuffix(name, "/"):
			f.Macros = true
		case name == "META-INF/documentsignatures.xml":
			f.Signed = true
		}
	}
	return f, f.contentODF(p, text)
}

func formatODF(mediaType string) string {
	for kind, format := range map[string]string{"text": "odt", "spreadsheet": "ods", "presentation": "odp"} {
		rest, ok := strings.CutPrefix(strings.TrimSpace(mediaType), "application/vnd.oasis.opendocument."+kind)
		if ok && (rest == "" || rest == "-template") {
			return format
		}
	}
	return ""
}

// contentODF takes the text of the body, then that of heads and feet, and notes what is loaded from
// elsewhere.
func (f *Facts) contentODF(p *parts, text *words) error {
	if p.files["content.xml"] == nil {
		return refuse(Corrupt)
	}
	for _, part := range []string{"content.xml", "styles.xml"} {
		if p.files[part] == nil {
			continue
		}
		inside, skipped := 0, 0
		err := p.walk(part, func(e element) {
			step := 1
			if e.end {
				step = -1
			}
			switch e.name {
			case "tracked-changes":
				skipped += step
			case "p", "h":
				inside += step
			}
			if skipped == 0 {
				f.piece(e, inside > 0, text)
			}
		})
		if err != nil {
			return err
		}
		text.next("\n")
	}
	return nil
}

// piece takes one piece of a document's content.
func (f *Facts) piece(e element, inside bool, text *words) {
	switch {
	case e.text != "":
		if inside {
			text.add(strings.ReplaceAll(e.text, "\n", " "))
		}
		return
	case e.end && (e.name == "p" || e.name == "h" || e.name == "table-row"):
		text.next("\n")
		return
	case e.end && e.name == "page":
		text.next("\f")
		return
	case e.end:
		return
	}
	switch e.name {
	case "tab":
		text.add("\t")
	case "s":
		text.add(" ")
	case "line-break":
		text.next("\n")
	case "event-listener":
		f.Macros = true
	case "dde-source", "dde-connection-decl":
		f.Links = true
	case "a": // waits for a click
	default:
		if outside(e.attr("href")) {
			f.Links = true
		}
	}
}

// outside reports whether an address leads out of the archive.
func outside(href string) bool {
	return strings.Contains(href, "://") || strings.HasPrefix(href, "file:") || strings.HasPrefix(href, "/") || strings.HasPrefix(href, `\`) || strings.HasPrefix(href, "../")
}
