package bundle

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/bidi"

	"eakte/archive"
)

// layer is the recognised text of an item's pages: letters that nobody sees, where they stand on the image,
// for who searches, marks and copies. All letters look alike, so one small font serves every script; what
// they mean is told by the font's table alone (ISO 32000-2, 9.10.3).
type layer struct {
	// words are those of each page in the parcel; an empty span: the page shows its text itself.
	words []span
	font  int // its object; 0: not needed so far
	codes map[rune]int
	runes []rune // number n, from 0, has code n+1
}

// code is that of a letter; 0 where the font is full.
func (t *layer) code(r rune) int {
	if c, ok := t.codes[r]; ok {
		return c
	}
	if len(t.runes) == 0xffff {
		return 0
	}
	if t.codes == nil {
		t.codes = map[rune]int{}
	}
	t.runes = append(t.runes, r)
	t.codes[r] = len(t.runes)
	return len(t.runes)
}

// text draws the words of the next page, which is to be seen as l says; empty where there are none.
func (d *draft) text(l leaf) string {
	n := len(d.pages)
	if n >= len(d.layer.words) || d.layer.words[n].N == 0 {
		return ""
	}
	var page archive.PageWords
	at := d.layer.words[n]
	err := json.NewDecoder(io.NewSectionReader(d.parcel, at.At, at.N)).Decode(&page)
	if err != nil || page.Width <= 0 || page.Height <= 0 || len(page.Words) == 0 {
		return ""
	}
	if d.layer.font == 0 {
		d.layer.font = d.number()
	}
	width, height := l.view.width(), l.view.height()
	if l.rotate%180 == 90 {
		width, height = height, width
	}
	x, y := width/float64(page.Width), height/float64(page.Height)
	var out strings.Builder
	fmt.Fprintf(&out, "q %s cm BT 3 Tr\n", l.seen())
	for _, line := range lines(page.Words) {
		size := letterSize(line) * y
		fmt.Fprintf(&out, "/T %s Tf\n", short(size))
		for i, w := range line {
			d.layer.word(&out, w, x, y, size, height, blankBehind(line, i))
		}
	}
	out.WriteString("ET Q\n")
	return out.String()
}

// Where the next word of a line is.
const (
	nowhere = iota
	rightOf
	leftOf
)

// blankBehind says on which side of word i of a line the next one is.
func blankBehind(line []archive.WordBox, i int) int {
	switch {
	case i+1 == len(line):
		return nowhere
	case line[i+1].X < line[i].X:
		return leftOf
	}
	return rightOf
}

// word writes one word, with a blank on the side of the next one: readers that look at the letters only would
// join them else.
func (t *layer) word(out *strings.Builder, w archive.WordBox, x, y, size, height float64, blank int) {
	letters := visual(w.Text)
	if len(letters) == 0 || w.W <= 0 || size <= 0 {
		return
	}
	left, width := float64(w.X)*x, float64(w.W)*x
	each := width / float64(len(letters))
	bottom := float64(w.Y+w.H) * y
	if own := float64(w.H) * y; own < 0.6*size { // a dash doesn't stand on the line
		bottom += (size - own) / 2
	}
	switch blank {
	case leftOf:
		letters, left = slices.Insert(letters, 0, ' '), left-each
	case rightOf:
		letters = append(letters, ' ')
	}
	fmt.Fprintf(out, "%s Tz 1 0 0 1 %s %s Tm <", short(100*each*1000/glyphWidth/size), short(left), short(height-bottom))
	for _, r := range letters {
		if code := t.code(r); code > 0 {
			fmt.Fprintf(out, "%04X", code)
		}
	}
	out.WriteString("> Tj\n")
}

// visual returns the letters of a word from the left to the right, as programs expect those of any PDF and
// turn them around again: letters from right to left one by one, numbers and other words among them as
// they are.
func visual(word string) (out []rune) {
	leftwards := false
	for _, r := range word {
		if !unicode.IsControl(r) {
			out = append(out, r)
		}
		props, _ := bidi.LookupRune(r)
		leftwards = leftwards || props.Class() == bidi.R || props.Class() == bidi.AL
	}
	if !leftwards {
		return out
	}
	slices.Reverse(out)
	for i := 0; i < len(out); {
		end := i
		for end < len(out) && rightwards(out[end]) {
			end++
		}
		slices.Reverse(out[i:end])
		i = max(end, i+1)
	}
	return out
}

// rightwards reports whether a letter or digit is read from the left in any text.
func rightwards(r rune) bool {
	props, _ := bidi.LookupRune(r)
	c := props.Class()
	return c == bidi.L || c == bidi.EN || c == bidi.AN
}

// lines cuts words into lines: each word stands beside the one before it.
func lines(words []archive.WordBox) (out [][]archive.WordBox) {
	start := 0
	for i := 1; i <= len(words); i++ {
		if i < len(words) && (beside(words[i-1], words[i]) || beside(words[i], words[i-1])) {
			continue
		}
		out = append(out, words[start:i])
		start = i
	}
	return out
}

// beside reports whether the middle of b lies at the height of a.
func beside(a, b archive.WordBox) bool {
	middle := b.Y + b.H/2
	return middle > a.Y && middle < a.Y+a.H
}

// letterSize is the usual height of the words of a line: programs that lay text out again part words of
// different size.
func letterSize(line []archive.WordBox) float64 {
	var heights []float32
	for _, w := range line {
		heights = append(heights, w.H)
	}
	slices.Sort(heights)
	return float64(heights[len(heights)/2])
}

// closeLayer writes the font of the text, once it is known which letters it has.
func (d *draft) closeLayer() error {
	t := &d.layer
	if t.font == 0 {
		return nil
	}
	descendant, descriptor, file, glyphs, meaning := d.number(), d.number(), d.number(), d.number(), d.number()
	const name = "Invisible"
	d.set(t.font, fmt.Appendf(nil, "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, descendant, meaning))
	d.set(descendant, fmt.Appendf(nil, "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/DW %d/CIDToGIDMap %d 0 R>>",
		name, descriptor, glyphWidth, glyphs))
	d.set(descriptor, fmt.Appendf(nil, "<</Type/FontDescriptor/FontName/%s/Flags 5/FontBBox[0 0 %d %d]/ItalicAngle 0/Ascent %d/Descent -%d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>",
		name, glyphWidth, glyphHeight, glyphHeight, glyphDepth, glyphHeight, file))
	font := glyphless()
	same := make([]byte, 2*(len(t.runes)+1))
	for i := range t.runes {
		same[2*i+3] = 1 // the second glyph; code 0 has the one for missing letters
	}
	for nr, raw := range map[int][]byte{file: font, glyphs: same, meaning: t.meaning()} {
		packed, err := deflate(raw)
		if err != nil {
			return err
		}
		more := ""
		if nr == file {
			more = fmt.Sprintf("/Length1 %d", len(font))
		}
		d.stream(nr, more+"/Filter/FlateDecode", packed)
	}
	return nil
}

// meaning is the table that says what the codes mean.
func (t *layer) meaning() []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	code := 0
	for some := range slices.Chunk(t.runes, 100) {
		fmt.Fprintf(&b, "%d beginbfchar\n", len(some))
		for _, r := range some {
			code++
			fmt.Fprintf(&b, "<%04X> <", code)
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return []byte(b.String())
}
