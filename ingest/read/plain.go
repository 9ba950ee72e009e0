package read

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"eakte/ingest/pdf"
	"eakte/ingest/read/page"
)

// Layout of plain text on A4: characters a line, lines a page, points.
const (
	textWidth   = 595
	textHeight  = 842
	lineChars   = 90
	pageLines   = 60
	marginX     = 50
	marginY     = 56
	charWidth   = (textWidth - 2*marginX) / float32(lineChars)
	lineHeight  = (textHeight - 2*marginY) / float32(pageLines)
	pageChars   = 3500
	maxTextSize = 32 << 20
)

// sheets decodes plain text and cuts it into pages of lines: at form feeds, and
// where a page is full.
func (r *Reader) sheets(src *Source) ([][]string, error) {
	if src.Size() > maxTextSize {
		return nil, &Failure{State: Failed, Code: pdf.ResourceLimit}
	}
	raw, err := src.Bytes()
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return r.cut(raw)
}

// cut decodes plain text and cuts it into pages.
func (r *Reader) cut(raw []byte) ([][]string, error) {
	text, ok := decodeText(raw)
	if !ok {
		return nil, &Failure{State: Failed, Code: NotText}
	}
	var pages [][]string
	for _, part := range strings.Split(text, "\f") {
		pages = append(pages, cutLines(part)...)
	}
	for len(pages) > 1 && len(pages[len(pages)-1]) == 0 {
		pages = pages[:len(pages)-1]
	}
	if len(pages) > r.maxPages {
		return nil, &Failure{State: Failed, Code: pdf.PageLimit}
	}
	return pages, nil
}

// decodeText reads UTF-8, UTF-16 with a byte order mark, or else Windows-1252, in
// NFC with plain line ends.
func decodeText(raw []byte) (string, bool) {
	var text string
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		text = utf16String(raw[2:], binary.LittleEndian)
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		text = utf16String(raw[2:], binary.BigEndian)
	case utf8.Valid(raw):
		text = strings.TrimPrefix(string(raw), "\ufeff")
	default:
		b, err := charmap.Windows1252.NewDecoder().Bytes(raw)
		if err != nil {
			return "", false
		}
		text = string(b)
	}
	if strings.ContainsRune(text, 0) {
		return "", false
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(text)
	text = strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\f' || c == 0x7f || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' {
			return -1
		}
		return c
	}, text)
	return norm.NFC.String(text), true
}

func utf16String(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// cutLines wraps lines and fills pages.
func cutLines(text string) [][]string {
	var pages [][]string
	var lines []string
	chars := 0
	flush := func() {
		pages, lines, chars = append(pages, lines), nil, 0
	}
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		for _, l := range wrap(line) {
			if n := utf8.RuneCountInString(l); len(lines) == pageLines || chars > 0 && chars+n > pageChars {
				flush()
			}
			lines = append(lines, l)
			chars += utf8.RuneCountInString(l)
		}
	}
	flush()
	return pages
}

// wrap cuts a line at blanks, or inside of words longer than a line.
func wrap(line string) (out []string) {
	line = strings.TrimRight(line, " ")
	for {
		end := lineEnd(line)
		if end == len(line) {
			return append(out, line)
		}
		out = append(out, strings.TrimRight(line[:end], " "))
		line = strings.TrimLeft(line[end:], " ")
	}
}

// lineEnd is where a line is cut, its length where it needn't be. It looks no further than that: a text may be one line of
// megabytes.
func lineEnd(line string) int {
	chars, blank := 0, 0
	for i, c := range line {
		if c == ' ' && chars > lineChars/2 {
			blank = i
		}
		if chars == lineChars {
			if blank > 0 {
				return blank
			}
			return i
		}
		chars++
	}
	return len(line)
}

// layOut places the words of a page of plain text.
func layOut(lines []string, nr int) Page {
	p := Page{Number: nr, Width: textWidth, Height: textHeight, Source: page.Embedded}
	brk := page.Paragraph
	for i, l := range lines {
		at, any := 0, false
		for _, field := range strings.SplitAfter(l, " ") {
			n := utf8.RuneCountInString(field)
			text := strings.TrimRight(field, " ")
			if text != "" {
				p.Words = append(p.Words, Word{X: marginX + float32(at)*charWidth, Y: marginY + float32(i)*lineHeight,
					W: float32(utf8.RuneCountInString(text)) * charWidth, H: lineHeight, Text: text, Confidence: page.Certain, Break: brk})
				brk, any = page.Space, true
			}
			at += n
		}
		brk = page.Line
		if !any {
			brk = page.Paragraph
		}
	}
	return finish(p, p.Words, nil)
}
