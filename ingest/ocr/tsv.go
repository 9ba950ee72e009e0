package ocr

import (
	"bufio"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"eakte/ingest/read/page"
)

const maxWords = 200_000

// parseTSV reads tesseract's table: one line a page, block, paragraph, line or word,
// with the columns level, page, block, paragraph, line, word, left, top, width,
// height, confidence, text. Lines it doesn't understand it skips.
func parseTSV(in io.Reader) (PageText, error) {
	var t PageText
	var last [3]int // block, paragraph, line of the word before
	b := bufio.NewReaderSize(in, 64<<10)
	for {
		raw, err := b.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return PageText{}, err
		}
		cols := strings.SplitN(strings.TrimRight(raw, "\r\n"), "\t", 12)
		if n, ok := numbers(cols); ok {
			switch n[0] {
			case 1:
				t.Width, t.Height = n[8], n[9]
			case 5:
				at := [3]int{n[2], n[3], n[4]}
				if w, ok := word(cols, n); ok && len(t.Words) < maxWords {
					w.Break = breakBetween(last, at)
					t.Words, last = append(t.Words, w), at
				}
			}
		}
		if err != nil {
			return t, nil
		}
	}
}

func numbers(cols []string) (n [10]int, ok bool) {
	if len(cols) < 12 {
		return n, false
	}
	for i := range n {
		v, err := strconv.Atoi(cols[i])
		if err != nil {
			return n, false
		}
		n[i] = v
	}
	return n, true
}

func word(cols []string, n [10]int) (page.Word, bool) {
	text := norm.NFC.String(strings.Map(keep, strings.ToValidUTF8(cols[11], "")))
	text = strings.Join(strings.Fields(text), " ")
	conf, err := strconv.ParseFloat(cols[10], 64)
	if text == "" || err != nil || math.IsNaN(conf) {
		return page.Word{}, false
	}
	return page.Word{X: float32(n[6]), Y: float32(n[7]), W: float32(n[8]), H: float32(n[9]),
		Text: text, Confidence: uint8(min(max(conf, 0), 100))}, true
}

// keep drops control characters and marks of direction.
func keep(r rune) rune {
	if unicode.IsControl(r) && !unicode.IsSpace(r) || r == '\u200e' || r == '\u200f' || r >= '\u202a' && r <= '\u202e' {
		return -1
	}
	return r
}

func breakBetween(last, at [3]int) page.Break {
	switch {
	case last[0] != at[0] || last[1] != at[1]:
		return page.Paragraph
	case last[2] != at[2]:
		return page.Line
	}
	return page.Space
}

// parseOSD reads the lines "Rotate: 180" and "Orientation confidence: 5.31".
func parseOSD(out []byte) (rotation int, confidence float64) {
	for line := range strings.Lines(string(out)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "Rotate":
			if n, err := strconv.Atoi(value); err == nil && n%90 == 0 {
				rotation = (n%360 + 360) % 360
			}
		case "Orientation confidence":
			if f, err := strconv.ParseFloat(value, 64); err == nil && !math.IsNaN(f) {
				confidence = f
			}
		}
	}
	return rotation, confidence
}
