package read

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"eakte/ingest/pdf"
	"eakte/ingest/read/page"
)

// withFields adds the values of form fields that a page shows but its text lacks,
// because a viewer would draw them only on opening the file.
func withFields(words []Word, fields []pdf.Field, p Page) []Word {
	if p.Rotation != 0 {
		return words
	}
	for _, f := range fields {
		if f.Page != p.Number {
			continue
		}
		words = append(words, fieldWords(f, wordsInside(words, f))...)
	}
	return words
}

// wordsInside returns what the text already shows inside a field's frame.
func wordsInside(words []Word, f pdf.Field) map[string]bool {
	have := map[string]bool{}
	for _, w := range words {
		cx, cy := w.X+w.W/2, w.Y+w.H/2
		if cx >= f.X-2 && cx <= f.X+f.W+2 && cy >= f.Y-2 && cy <= f.Y+f.H+2 {
			for _, part := range strings.Fields(w.Text) {
				have[part] = true
			}
		}
	}
	return have
}

// fieldWords spreads a value over its frame, line by line, and leaves out the words
// already there.
func fieldWords(f pdf.Field, have map[string]bool) []Word {
	var out []Word
	lines := strings.Split(strings.ReplaceAll(f.Text, "\r", "\n"), "\n")
	height := f.H / float32(len(lines))
	for i, l := range lines {
		l = norm.NFC.String(strings.ToValidUTF8(l, ""))
		brk := page.Line
		if i == 0 {
			brk = page.Paragraph
		}
		chars := max(utf8.RuneCountInString(l), 1)
		at := 0
		for _, text := range strings.Fields(l) {
			n := utf8.RuneCountInString(text)
			if have[text] {
				at += n + 1
				continue
			}
			x := f.X + f.W*float32(at)/float32(chars)
			out = append(out, Word{X: x, Y: f.Y + height*float32(i), W: f.W * float32(n) / float32(chars), H: height,
				Text: text, Confidence: page.Certain, Break: brk})
			at, brk = at+n+1, page.Space
		}
	}
	return out
}
