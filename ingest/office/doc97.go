package office

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// textDOC takes the text out of a file of Word 97 to 2003 by its table of pieces ([MS-DOC] 2.4.1). A file
// without one keeps its text for an office program.
func (f *Facts) textDOC(streams map[string][]byte, text *words) error {
	const (
		magic, magicAt      = 0xa5ec, 0
		flagsAt             = 0x0a
		encrypted, table1   = 0x0100, 0x0200
		clxAt, clxSizeAt    = 0x1a2, 0x1a6
		property, pieceMark = 1, 2
	)
	word := streams["WordDocument"]
	if len(word) < clxSizeAt+4 || binary.LittleEndian.Uint16(word[magicAt:]) != magic {
		f.Wordless = true
		return nil
	}
	flags := binary.LittleEndian.Uint16(word[flagsAt:])
	if flags&encrypted != 0 {
		return refuse(Encrypted)
	}
	table := streams["0Table"]
	if flags&table1 != 0 {
		table = streams["1Table"]
	}
	at, size := binary.LittleEndian.Uint32(word[clxAt:]), binary.LittleEndian.Uint32(word[clxSizeAt:])
	if uint64(at)+uint64(size) > uint64(len(table)) {
		f.Wordless = true
		return nil
	}
	clx := table[at : at+size]
	for len(clx) >= 3 && clx[0] == property {
		n := 3 + int(binary.LittleEndian.Uint16(clx[1:]))
		clx = clx[min(n, len(clx)):]
	}
	if len(clx) < 5 || clx[0] != pieceMark {
		f.Wordless = true
		return nil
	}
	text.add(plainDOC(pieces(word, clx[5:])))
	return nil
}

// pieces joins the text's pieces: n+1 positions in characters, then n descriptions of 8 bytes.
func pieces(word, table []byte) string {
	n := (len(table) - 4) / 12
	var b strings.Builder
	for i := range n {
		first, last := binary.LittleEndian.Uint32(table[4*i:]), binary.LittleEndian.Uint32(table[4*i+4:])
		from := binary.LittleEndian.Uint32(table[4*(n+1)+8*i+2:])
		if last < first || b.Len() > maxText {
			break
		}
		const compressed = 1 << 30
		chars := uint64(last - first)
		if from&compressed != 0 {
			at := uint64(from&^compressed) / 2
			if at+chars > uint64(len(word)) {
				break
			}
			s, _ := charmap.Windows1252.NewDecoder().Bytes(word[at : at+chars]) // knows every byte
			b.Write(s)
			continue
		}
		if uint64(from)+2*chars > uint64(len(word)) {
			break
		}
		units := make([]uint16, chars)
		for j := range units {
			units[j] = binary.LittleEndian.Uint16(word[int(from)+2*j:])
		}
		b.WriteString(string(utf16.Decode(units)))
	}
	return b.String()
}

// plainDOC turns Word's marks into those of plain text, and leaves the instructions of fields out.
func plainDOC(s string) string {
	const fieldBegin, fieldSeparator, fieldEnd = 0x13, 0x14, 0x15
	var b strings.Builder
	instruction := 0
	for _, c := range s {
		switch c {
		case fieldBegin:
			instruction++
		case fieldSeparator, fieldEnd:
			instruction = max(0, instruction-1)
			continue
		}
		if instruction > 0 {
			continue
		}
		switch {
		case c == '\r', c == 0x0b:
			b.WriteByte('\n')
		case c == 0x07:
			b.WriteByte('\t')
		case c == '\f', c == '\t', c >= ' ':
			b.WriteRune(c)
		}
	}
	return b.String()
}
