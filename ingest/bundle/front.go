package bundle

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
)

// front is the cover and the table of contents.
type front struct {
	Language string  `json:"language"`
	Title    string  `json:"title"`
	Cover    []Line  `json:"cover"`
	Contents []entry `json:"contents"`
}

// entry is a line of the table of contents: a register, or a document where it begins.
type entry struct {
	Register bool   `json:"register,omitempty"`
	Text     string `json:"text"`
	Date     string `json:"date,omitempty"`
	Sheet    int    `json:"sheet"`
	// Target is the object of the page to which the line leads.
	Target int `json:"target"`
}

// note stands in the place of a document that can't be included.
type note struct {
	Language string `json:"language"`
	Title    string `json:"title"`
	Reason   string `json:"reason"`
}

// Measures of our own pages, in points.
const (
	margin    = 56.0
	bodyWidth = a4Width - 2*margin
	lineStep  = 15.0
	bottom    = a4Height - margin
	dateWidth = 72.0
	lastWidth = 60.0
)

// painter writes our own pages. DejaVu has the letters of DIN 91379 with their marks, and Arabic ones.
type painter struct {
	*fpdf.Fpdf
	script script
	y      float64
}

func newPainter() *painter {
	pdf := fpdf.New("P", "pt", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.AddUTF8FontFromBytes("text", "", bytes.Clone(dejavusans.TTF))
	pdf.AddUTF8FontFromBytes("text", "B", bytes.Clone(dejavusansbold.TTF))
	pdf.SetCreationDate(time.Unix(0, 0)) // nothing of it is kept
	pdf.SetModificationDate(time.Unix(0, 0))
	return &painter{Fpdf: pdf, script: newScript()}
}

func (p *painter) page() {
	p.AddPage()
	p.y = margin + 20
}

// write puts one line, from the left edge at x, or to the right edge at x.
func (p *painter) write(x float64, text string, right bool) {
	text = p.script.shown(text)
	if right {
		x -= p.GetStringWidth(text)
	}
	p.Text(x, p.y, text)
}

// lines breaks a text into lines of at most width; what is beyond most lines ends in an ellipsis.
func (p *painter) lines(text string, width float64, most int) (out []string) {
	line := ""
	for _, word := range strings.Fields(printable(text)) {
		for {
			longer := strings.TrimSpace(line + " " + word)
			if p.GetStringWidth(longer) <= width {
				line = longer
				break
			}
			if line != "" {
				out, line = append(out, line), ""
				continue
			}
			fits := p.fitting(word, width)
			out, word = append(out, word[:fits]), word[fits:]
		}
	}
	if out = append(out, line); len(out) > most {
		out = out[:most]
		out[most-1] += " …"
	}
	return out
}

// fitting is how many bytes of a word fit, one letter with its marks at least.
func (p *painter) fitting(word string, width float64) int {
	fits := 0
	for i, r := range word {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		if fits > 0 && p.GetStringWidth(word[:i]) > width {
			return fits
		}
		if i > 0 {
			fits = i
		}
	}
	return max(fits, 1)
}

// printable leaves out what can't be drawn.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		case r > 0xffff:
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// paint makes the PDF of the front and the places in it that lead to documents.
func (f *front) paint() ([]byte, []link, error) {
	p := newPainter()
	p.cover(f)
	var links []link
	p.page()
	p.heading(words(f.Language).contents, 16)
	for _, e := range f.Contents {
		links = append(links, p.entry(f.Language, e)...)
	}
	b, err := p.bytes()
	return b, links, err
}

func (p *painter) cover(f *front) {
	p.page()
	p.y += 60
	p.SetFont("text", "B", 22)
	for _, line := range p.lines(f.Title, bodyWidth, 4) {
		p.write(margin, line, false)
		p.y += 30
	}
	p.y += 24
	for _, l := range f.Cover {
		p.SetFont("text", "", 9)
		p.write(margin, l.Label, false)
		p.y += lineStep
		p.SetFont("text", "", 12)
		for _, line := range p.lines(l.Value, bodyWidth, 8) {
			p.write(margin, line, false)
			p.y += lineStep + 2
		}
		p.y += 10
	}
}

func (p *painter) heading(text string, size float64) {
	p.SetFont("text", "B", size)
	p.write(margin, text, false)
	p.y += 2 * lineStep
}

// entry writes a line of the contents, on a new page where this one is full.
func (p *painter) entry(language string, e entry) []link {
	style, indent := "", dateWidth
	if e.Register {
		style, indent = "B", 0
		p.y += lineStep / 2
	}
	p.SetFont("text", style, 10)
	lines := p.lines(e.Text, bodyWidth-indent-lastWidth, 2)
	if p.y+float64(len(lines))*lineStep > bottom || e.Register && p.y+3*lineStep > bottom {
		p.page()
		p.SetFont("text", style, 10)
	}
	top := p.y - lineStep + 4
	p.write(margin, e.Date, false)
	for i, line := range lines {
		p.write(margin+indent, line, false)
		if i == len(lines)-1 && !e.Register {
			p.write(margin+bodyWidth, fmt.Sprintf("%s %d", words(language).sheet, e.Sheet), true)
		}
		p.y += lineStep
	}
	return []link{{
		page: p.PageNo() - 1, target: e.Target,
		at: box{margin, a4Height - (p.y - lineStep + 4), margin + bodyWidth, a4Height - top},
	}}
}

func (n *note) paint() ([]byte, error) {
	p := newPainter()
	p.page()
	p.y += 120
	p.SetFont("text", "B", 14)
	for _, line := range p.lines(n.Title, bodyWidth, 6) {
		p.write(margin, line, false)
		p.y += 20
	}
	p.y += lineStep
	p.SetFont("text", "", 11)
	said := []string{words(n.Language).leftOut, n.Reason}
	if n.Title == "" { // a single page of a document that is there
		said = said[1:]
	}
	for _, text := range said {
		for _, line := range p.lines(text, bodyWidth, 12) {
			p.write(margin, line, false)
			p.y += lineStep
		}
		p.y += lineStep / 2
	}
	return p.bytes()
}

func (p *painter) bytes() ([]byte, error) {
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, fmt.Errorf("bundle: painting: %w", err)
	}
	return out.Bytes(), nil
}
