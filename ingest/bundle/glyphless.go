package bundle

import (
	"bytes"
	"encoding/binary"
)

// The one letter of the font that nobody sees, in thousandths of its size.
const (
	glyphWidth  = 500
	glyphHeight = 1000
	glyphDepth  = 1 // below the line; programs take none for not known
)

// glyphless is a TrueType font of two glyphs without any lines: the one that stands for missing ones, which
// is never used, and the one that all letters have. Only its width matters: text is marked and found by it
// (ISO/IEC 14496-22, chapters 4 and 5).
func glyphless() []byte {
	be := binary.BigEndian
	put := func(b []byte, values ...int) []byte {
		for _, v := range values {
			b = be.AppendUint16(b, uint16(v))
		}
		return b
	}
	head := put(nil, 1, 0, 1, 0, 0, 0) // versions; the sum of the file stands behind them
	head = be.AppendUint32(head, 0x5f0f3cf5)
	head = put(head, 0, 1000)
	head = append(head, make([]byte, 16)...) // made and changed
	head = put(head, 0, 0, glyphWidth, glyphHeight, 0, 8, 2, 0, 0)
	tables := []struct {
		tag  string
		data []byte
	}{
		{"glyf", make([]byte, 4)}, // an empty table makes readers doubt
		{"head", head},
		{"hhea", put(nil, 1, 0, glyphHeight, -glyphDepth, 0, glyphWidth, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1)},
		{"hmtx", put(nil, glyphWidth, 0, 0)},
		{"loca", put(nil, 0, 0, 0)},
		{"maxp", put(nil, 1, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0)},
	}
	out := put(be.AppendUint32(nil, 0x00010000), len(tables), 64, 2, 16*len(tables)-64)
	at := len(out) + 16*len(tables)
	var body []byte
	headAt := 0
	for _, t := range tables {
		if t.tag == "head" {
			headAt = at + len(body)
		}
		out = append(out, t.tag...)
		out = be.AppendUint32(out, sum(t.data))
		out = be.AppendUint32(out, uint32(at+len(body)))
		out = be.AppendUint32(out, uint32(len(t.data)))
		body = append(body, t.data...)
		body = append(body, make([]byte, -len(body)&3)...)
	}
	out = append(out, body...)
	be.PutUint32(out[headAt+8:], 0xb1b0afba-sum(out))
	return out
}

// sum is that of a table, filled up to whole words.
func sum(b []byte) (s uint32) {
	b = append(bytes.Clone(b), make([]byte, -len(b)&3)...)
	for i := 0; i < len(b); i += 4 {
		s += binary.BigEndian.Uint32(b[i:])
	}
	return s
}
