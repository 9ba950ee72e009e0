package pdf

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
)

// Words returns the embedded words of pages first to last, one list a page. A page
// that pdftotext doesn't answer for has an empty list.
func (r *Reader) Words(ctx context.Context, src *sandbox.File, first, last int) ([][]page.Word, error) {
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Tool: "pdftotext",
		Args: []string{"-q", "-cropbox", "-bbox-layout", "-f", strconv.Itoa(first), "-l", strconv.Itoa(last), sandbox.InputPath, "-"}, Input: src,
		Limits: sandbox.Limits{Memory: 768 << 20, CPU: 30 * time.Second, Wall: 60 * time.Second, Output: 128 << 20},
	})
	if err != nil {
		return nil, wrap("reading text", err)
	}
	defer res.Output.Close() //nolint:errcheck // memory only
	if !res.OK() {
		locked, err := r.locked(ctx, src)
		if err != nil {
			return nil, err
		}
		if locked {
			return nil, refuse(Encrypted)
		}
		return nil, failure(res)
	}
	pages, err := parseBoxes(res.Output.Reader(), last-first+1)
	return pages, wrap("reading text", err)
}

const maxWordsPage = 200_000

// parseBoxes reads what pdftotext -bbox-layout prints: one element a line, words in
// reading order inside of line, block and flow. It keeps at most n pages and is
// forgiving: what it doesn't know it skips.
func parseBoxes(in io.Reader, n int) ([][]page.Word, error) {
	pages := make([][]page.Word, 0, n)
	var lines []line
	brk := page.Paragraph
	b := bufio.NewReaderSize(in, 64<<10)
	for {
		raw, err := b.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return nil, err
		}
		text := strings.TrimSpace(string(raw))
		switch {
		case strings.HasPrefix(text, "<page "):
			lines, brk = nil, page.Paragraph
		case strings.HasPrefix(text, "<block "):
			brk = page.Paragraph
		case strings.HasPrefix(text, "<line "):
			lines = append(lines, line{brk: brk})
			brk = page.Line
		case strings.HasPrefix(text, "<word "):
			if w, ok := parseWord(text); ok && len(lines) > 0 {
				last := &lines[len(lines)-1]
				last.words = append(last.words, w)
			}
		case strings.HasPrefix(text, "</page>") && len(pages) < n:
			pages = append(pages, flatten(lines))
		}
		if errors.Is(err, io.EOF) {
			break
		}
	}
	for len(pages) < n {
		pages = append(pages, nil)
	}
	return pages, nil
}

type line struct {
	brk   page.Break
	words []page.Word
}

// parseWord reads <word xMin="1.5" yMin="2" xMax="3" yMax="4">text</word>.
func parseWord(s string) (page.Word, bool) {
	head, rest, ok := strings.Cut(strings.TrimPrefix(s, "<word "), ">")
	if !ok {
		return page.Word{}, false
	}
	var v [4]float32
	for i, key := range [...]string{`xMin="`, `yMin="`, `xMax="`, `yMax="`} {
		_, after, ok := strings.Cut(head, key)
		if !ok {
			return page.Word{}, false
		}
		digits, _, _ := strings.Cut(after, `"`)
		f, err := strconv.ParseFloat(digits, 32)
		if err != nil {
			return page.Word{}, false
		}
		v[i] = float32(f)
	}
	text := clean(unescape(strings.TrimSuffix(rest, "</word>")))
	if text == "" {
		return page.Word{}, false
	}
	return page.Word{X: v[0], Y: v[1], W: v[2] - v[0], H: v[3] - v[1], Text: text, Confidence: page.Certain}, true
}

func unescape(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&#39;", "'", "&amp;", "&").Replace(s)
}

// clean brings a word into NFC and takes control characters out. Blanks inside of
// a word are kept as one.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\t':
			return ' '
		case r < ' ' || r == 0x7f || r >= '\u202a' && r <= '\u202e' || r == '\ufeff' || r == '\u200e' || r == '\u200f':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}

// open takes ligatures and presentation forms apart: a word is searched by its
// letters. In right-to-left words this comes after the letters are in order.
func open(s string) string {
	if strings.IndexFunc(s, isPresentation) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isPresentation(r) {
			b.WriteString(norm.NFKC.String(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

func isPresentation(r rune) bool {
	return r >= 0xfb00 && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefe
}

// flatten joins lines to one list with breaks; lines written from right to left
// are put into the order they are read.
func flatten(lines []line) []page.Word {
	visual := storedVisually(lines)
	var all []page.Word
	for _, l := range lines {
		words := l.words
		if rightToLeft(words) {
			words = readingOrder(words, visual)
		}
		for i, w := range words {
			w.Text, w.Break = open(w.Text), page.Space
			if i == 0 {
				w.Break = l.brk
			}
			if len(all) < maxWordsPage {
				all = append(all, w)
			}
		}
	}
	return all
}
