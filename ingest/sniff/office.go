package sniff

import (
	"bytes"
	"encoding/binary"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// The kinds of documents written in an office program. What is in a file is for its reader to find out:
// here, a name tells such kinds apart whose first bytes are the same.
const (
	DOCX Kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	XLSX Kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	PPTX Kind = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	ODT  Kind = "application/vnd.oasis.opendocument.text"
	ODS  Kind = "application/vnd.oasis.opendocument.spreadsheet"
	ODP  Kind = "application/vnd.oasis.opendocument.presentation"
	DOC  Kind = "application/msword"
	XLS  Kind = "application/vnd.ms-excel"
	PPT  Kind = "application/vnd.ms-powerpoint"
	RTF  Kind = "application/rtf"
)

// Office reports whether the kind is written in an office program.
func (k Kind) Office() bool { return officeExtensions()[k] != nil }

// officeExtensions are those of the kinds; the first is the usual one. Names that promise macros
// (.docm …) are left out on purpose: handed out as .docx, no program runs them.
func officeExtensions() map[Kind][]string {
	return map[Kind][]string{
		DOCX: {".docx"}, XLSX: {".xlsx"}, PPTX: {".pptx"}, ODT: {".odt"}, ODS: {".ods"}, ODP: {".odp"},
		DOC: {".doc"}, XLS: {".xls"}, PPT: {".ppt"}, RTF: {".rtf"},
	}
}

// namedOffice is the kind that a name's extension stands for; empty: none.
func namedOffice(name string) Kind {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".docm", ".dotx", ".dotm":
		return DOCX
	case ".xlsm", ".xltx", ".xltm":
		return XLSX
	case ".pptm", ".ppsx", ".ppsm", ".potx", ".potm":
		return PPTX
	case ".ott":
		return ODT
	case ".ots":
		return ODS
	case ".otp":
		return ODP
	case ".dot":
		return DOC
	case ".xlt":
		return XLS
	case ".pps", ".pot":
		return PPT
	default:
		for kind, exts := range officeExtensions() {
			if slices.Contains(exts, ext) {
				return kind
			}
		}
	}
	return ""
}

var (
	zipMagic = []byte("PK\x03\x04")
	cfbMagic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	rtfMagic = []byte(`{\rtf`)
)

// office recognises documents of office programs; empty: it is none.
func office(head []byte, name string) Kind {
	switch {
	case bytes.HasPrefix(head, rtfMagic):
		return RTF
	case bytes.HasPrefix(head, zipMagic):
		return zippedOffice(head, name)
	case bytes.HasPrefix(head, cfbMagic):
		return compoundOffice(head, name)
	}
	return ""
}

// zippedOffice looks at the names of the first entries. OpenDocument says first what it is; Office Open
// XML begins with one of few names, and its parts lie in a folder for each program.
func zippedOffice(head []byte, name string) Kind {
	entries := entryNames(head)
	if entries[0] == "mimetype" {
		said := head[min(len(head), 38):]
		for _, kind := range []Kind{ODT, ODS, ODP} {
			if bytes.HasPrefix(said, []byte(kind)) {
				return kind
			}
		}
		return ""
	}
	named := namedOffice(name)
	first, _, _ := strings.Cut(entries[0], "/")
	switch first {
	case "[Content_Types].xml", "_rels", "docProps":
	case "word", "xl", "ppt", "customXml":
		if named == "" {
			return "" // a folder of that name in any archive
		}
	default:
		return ""
	}
	for _, entry := range entries {
		switch folder, _, _ := strings.Cut(entry, "/"); folder {
		case "word":
			return DOCX
		case "xl":
			return XLSX
		case "ppt":
			return PPTX
		}
	}
	if named == DOCX || named == XLSX || named == PPTX {
		return named
	}
	return ""
}

// entryNames are the names of the archive's entries that begin in head; the first is always there.
func entryNames(head []byte) []string {
	const header = 30
	var names []string
	for rest := head; ; {
		if len(rest) < header {
			return append(names, "")
		}
		n := int(binary.LittleEndian.Uint16(rest[26:]))
		names = append(names, string(rest[header:min(len(rest), header+n)]))
		at := bytes.Index(rest[len(zipMagic):], zipMagic)
		if at < 0 {
			return names
		}
		rest = rest[len(zipMagic)+at:]
	}
}

// compoundOffice tells apart what Microsoft's programs kept in a compound file before, and keep
// encrypted documents in still. The directory that would say so often lies far behind the head.
func compoundOffice(head []byte, name string) Kind {
	if kind := namedOffice(name); kind != "" && kind != ODT && kind != ODS && kind != ODP && kind != RTF {
		return kind
	}
	found := mimetype.Detect(head)
	for _, kind := range []Kind{DOC, XLS, PPT} {
		if found.Is(string(kind)) {
			return kind
		}
	}
	return ""
}
