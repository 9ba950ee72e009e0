package office

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"

	"github.com/richardlehane/mscfb"
)

// maxStream is how much of a stream of a compound file is read.
const maxStream = 64 << 20

// inspectCompound reads the files of earlier programs, and recognises what is encrypted.
func inspectCompound(in io.ReaderAt, text *words) (Facts, error) {
	var f Facts
	streams, err := f.streams(in)
	if err != nil {
		return f, err
	}
	switch {
	case streams["EncryptedPackage"] != nil, streams["EncryptedSummary"] != nil:
		return f, refuse(Encrypted)
	case streams["WordDocument"] != nil:
		f.Format = "doc"
		return f, f.textDOC(streams, text)
	case streams["Workbook"] != nil || streams["Book"] != nil:
		f.Format, f.Wordless = "xls", true
		return f, f.workbook(append(streams["Workbook"], streams["Book"]...))
	case streams["PowerPoint Document"] != nil:
		f.Format, f.Wordless = "ppt", true
		if user := streams["Current User"]; len(user) >= 16 && binary.LittleEndian.Uint32(user[12:]) == 0xf3d1c4df {
			return f, refuse(Encrypted)
		}
		return f, nil
	}
	return f, refuse(Corrupt)
}

// streams reads the streams that matter, and notes by their names what the file holds.
func (f *Facts) streams(in io.ReaderAt) (map[string][]byte, error) {
	doc, err := mscfb.New(in)
	if err != nil {
		return nil, refuse(Corrupt)
	}
	out := map[string][]byte{}
	for entry, err := doc.Next(); err == nil; entry, err = doc.Next() {
		switch entry.Name {
		case "VBA", "_VBA_PROJECT_CUR", "Macros", "_VBA_PROJECT":
			f.Macros = true
		case "ObjectPool":
			f.Embedded = f.Embedded || entry.Size > 0 || len(entry.Path) > 0
		case "_xmlsignatures", "_signatures":
			f.Signed = true
		}
		switch name := strings.TrimPrefix(entry.Name, "\x01"); {
		case name == "Ole10Native":
			f.Embedded = true
			head := make([]byte, min(entry.Size, 1<<20))
			n, _ := io.ReadFull(entry, head)
			f.Program = f.Program || packageHoldsProgram(head[:n])
		case len(entry.Path) == 0 && entry.Size > 0:
			b, err := io.ReadAll(io.LimitReader(entry, maxStream))
			if err != nil {
				return nil, refuse(Corrupt)
			}
			out[entry.Name] = b
		}
	}
	return out, nil
}

// packageHoldsProgram looks into a package: its size, a version, the label and the path of the file as
// texts that end with a zero, a few numbers, the path again, and the bytes.
func packageHoldsProgram(b []byte) bool {
	if len(b) < 6 {
		return false
	}
	label, rest, _ := bytes.Cut(b[6:], []byte{0})
	path, _, _ := bytes.Cut(rest, []byte{0})
	return programName(string(label)) || programName(string(path)) || bytes.Contains(b, []byte("This program cannot be run in DOS mode"))
}

// compoundHoldsProgram looks for packages in an object.
func compoundHoldsProgram(in io.ReaderAt) bool {
	var f Facts
	_, err := f.streams(in)
	return err == nil && f.Program
}

// workbook goes through the records of the first part of a workbook: sheets of macros, links, a password.
func (f *Facts) workbook(b []byte) error {
	const (
		filePass, boundSheet, supBook, end = 0x2f, 0x85, 0x1ae, 0x0a
		macroSheet                         = 1
	)
	for len(b) >= 4 {
		kind, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if len(b) < 4+n {
			return nil
		}
		body := b[4 : 4+n]
		switch kind {
		case filePass:
			return refuse(Encrypted)
		case boundSheet:
			f.Macros = f.Macros || n > 5 && body[5] == macroSheet
		case supBook: // 4 bytes name this workbook itself or a function library
			f.Links = f.Links || n > 4
		case end:
			return nil
		}
		b = b[4+n:]
	}
	return nil
}
