package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"eakte/ingest/sandbox"
)

// Statement is a paper of ours that states facts: what was received, what a delivery held. It bears no
// signature and says so where its last words do.
type Statement struct {
	// Language is "de" or "en".
	Language string `json:"language"`
	// From is whose paper it is, a line each, on top of the first page.
	From  []string `json:"from,omitempty"`
	Title string   `json:"title"`
	// Number and its label stand at the foot of every page, so that pages that got apart find each other.
	Number Line `json:"number"`
	// Head are the lines above the sections.
	Head     []Line    `json:"head,omitempty"`
	Sections []Section `json:"sections,omitempty"`
	// Closing are paragraphs at the end.
	Closing []string `json:"closing,omitempty"`
}

// Section is a part of a statement.
type Section struct {
	// Title may be empty.
	Title string `json:"title,omitempty"`
	Rows  []Row  `json:"rows,omitempty"`
}

// Row is one thing in a section: what it is called, and what is stated of it.
type Row struct {
	Title string `json:"title"`
	Facts []Line `json:"facts,omitempty"`
}

const stepStatement = "statement"

// Print makes the PDF of a statement, in a child like all that draws text of others. The error is ctx's or
// trouble of this machine.
func (c *Composer) Print(ctx context.Context, s Statement) (out []byte, err error) {
	if s.Language != "de" && s.Language != "en" {
		return nil, errors.New("bundle: unknown language") // it is written into the file as it is
	}
	file, err := sandbox.NewFile()
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err = json.NewEncoder(file).Encode(s); err == nil {
		err = file.Seal()
	}
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	res, err := c.Sandbox.Run(ctx, sandbox.Cmd{
		Step: stepStatement, Input: file, Limits: sandbox.Limits{Memory: 768 << 20, CPU: 30 * time.Second, Wall: time.Minute, Output: 64 << 20},
	})
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	defer res.Output.Close() //nolint:errcheck // memory only
	if !res.OK() {
		return nil, errors.New("bundle: a statement could not be made")
	}
	return res.Output.Bytes()
}

// statementStep runs inside the child.
func statementStep(in *os.File, _ []string, out io.Writer) error {
	var s Statement
	info, err := in.Stat()
	if err != nil {
		return errors.New("bundle: no statement")
	}
	if err := json.NewDecoder(io.NewSectionReader(in, 0, info.Size())).Decode(&s); err != nil {
		return errors.New("bundle: no statement")
	}
	data, err := s.paint()
	if err == nil {
		_, err = out.Write(data)
	}
	return err
}

// footStep is the room that the foot of a page takes.
const footStep = 24.0

// paint makes the PDF: once to count its pages, once to write how many there are.
func (s *Statement) paint() ([]byte, error) {
	pages := s.draw(0).PageCount()
	return s.draw(pages).bytes()
}

func (s *Statement) draw(pages int) *statementPainter {
	p := &statementPainter{painter: newPainter(), of: s, pages: pages}
	p.SetLang(s.Language)
	p.SetTitle(s.Title, true)
	p.next()
	p.SetFont("text", "", 9)
	for _, line := range s.From {
		p.text(0, line, 3, lineStep-2)
	}
	p.y += 2 * lineStep
	p.SetFont("text", "B", 16)
	p.text(0, s.Title, 3, 22)
	p.y += lineStep
	for _, l := range s.Head {
		p.line(0, headWidth, l)
	}
	for _, section := range s.Sections {
		p.section(section)
	}
	p.y += lineStep
	for _, said := range s.Closing {
		p.room(4 * lineStep)
		p.SetFont("text", "", 9)
		p.text(0, said, 8, lineStep-2)
		p.y += 4
	}
	return p
}

// Measures of a statement, in points.
const (
	headWidth = 150.0
	factWidth = 135.0
	rowIndent = 14.0
)

// statementPainter writes the pages of a statement.
type statementPainter struct {
	*painter
	of    *Statement
	pages int
}

// next begins a page, with its foot. Who writes on it sets the font.
func (p *statementPainter) next() {
	p.page()
	p.SetFont("text", "", 8)
	top := p.y
	p.y = a4Height - footStep
	p.write(margin, p.of.Number.Label+" "+p.of.Number.Value, false)
	p.write(margin+bodyWidth, fmt.Sprintf(words(p.of.Language).pageOf, p.PageNo(), max(p.pages, p.PageNo())), true)
	p.y = top
}

// room begins a page where less than height is left on this one.
func (p *statementPainter) room(height float64) {
	if p.y+height > bottom {
		p.next()
	}
}

// text writes a text in lines at an indent, at most so many.
func (p *statementPainter) text(indent float64, text string, most int, step float64) {
	for _, line := range p.lines(text, bodyWidth-indent, most) {
		p.write(margin+indent, line, false)
		p.y += step
	}
}

// line writes a label and, beside it, its value.
func (p *statementPainter) line(indent, width float64, l Line) {
	p.SetFont("text", "", 10)
	lines := p.lines(l.Value, bodyWidth-indent-width, 6)
	if p.y+float64(len(lines))*lineStep > bottom {
		p.next()
	}
	p.SetFont("text", "", 9)
	p.write(margin+indent, l.Label, false)
	p.SetFont("text", "", 10)
	for _, line := range lines {
		p.write(margin+indent+width, line, false)
		p.y += lineStep
	}
}

func (p *statementPainter) section(s Section) {
	p.y += lineStep
	if s.Title != "" {
		p.room(5 * lineStep)
		p.SetFont("text", "B", 12)
		p.text(0, s.Title, 2, lineStep+3)
	}
	for _, row := range s.Rows {
		p.SetFont("text", "B", 10)
		lines := p.lines(row.Title, bodyWidth, 3)
		p.room(float64(len(lines)+min(len(row.Facts), 8)) * lineStep) // a thing stays on one page where it can
		p.SetFont("text", "B", 10)
		for _, line := range lines {
			p.write(margin, line, false)
			p.y += lineStep
		}
		for _, fact := range row.Facts {
			p.line(rowIndent, factWidth, fact)
		}
		p.y += 6
	}
}
