package demo

import (
	"fmt"
	"strings"
)

// flow writes the text of one paper down the sheets, breaking pages where needed.
type flow struct {
	t                   *typeset
	sheets              []sheet
	y                   float64
	left, right, bottom float64
	points              float64
	body                face
	// begin decorates a fresh sheet (its number from 0) and returns where text starts.
	begin func(f *flow, number int) float64
}

const leading = 1.42 // line height in type sizes

func (f *flow) sheet() *sheet { return &f.sheets[len(f.sheets)-1] }

func (f *flow) newSheet() {
	f.sheets = append(f.sheets, sheet{})
	f.y = f.begin(f, len(f.sheets)-1)
}

// room breaks the page unless mm millimetres are left.
func (f *flow) room(mm float64) {
	if f.y+mm > f.bottom {
		f.newSheet()
	}
}

func (f *flow) line(points float64) float64 { return points * mmPerPoint * leading }

// prose sets text between x and the right margin.
func (f *flow) prose(fc face, points, x float64, c ink, text string) {
	text = f.t.printable(fc, text)
	for _, l := range f.t.wrap(fc, points, f.right-x, text) {
		f.room(f.line(points))
		f.sheet().text(f.t, fc, points, x, f.y, c, l)
		f.y += f.line(points)
	}
}

func (f *flow) paragraph(text string) {
	f.room(2 * f.line(f.points))
	f.prose(f.body, f.points, f.left, black, text)
	f.y += 1.9
}

// hanging is a paragraph with a mark before it.
func (f *flow) hanging(mark, text string) {
	f.room(f.line(f.points))
	f.sheet().text(f.t, f.body, f.points, f.left+1, f.y, black, mark)
	f.prose(f.body, f.points, f.left+7, black, text)
	f.y += 0.8
}

func (f *flow) heading(text string) {
	f.room(20)
	f.y += 2.2
	f.prose(bold, f.points+0.6, f.left, black, text)
	f.y += 1.2
}

// field is a label with its value.
func (f *flow) field(label, value string) {
	const column = 52
	f.room(f.line(f.points))
	f.sheet().text(f.t, f.body, f.points-1, f.left, f.y, grey, label)
	f.prose(bold, f.points, f.left+column, black, value)
	f.y += 1.1
}

// boxed is a field in a form: the label small above the value, framed.
func (f *flow) boxed(label, value string) {
	const high = 10.5
	f.room(high)
	s := f.sheet()
	top := f.y - 4
	s.frame(f.left, top, f.right-f.left, high, 0.2, hair)
	s.text(f.t, regular, 6.8, f.left+1.5, top+3.1, grey, label)
	s.text(f.t, mono, 10, f.left+3, top+8.2, black, value)
	f.y += high
}

// row is one line of a table; head rows are bold on a veil. Cells
// but the first end at the right of the last column where they are figures.
func (f *flow) row(cells []string, head bool) {
	high := f.line(f.points) + 1.6
	f.room(high)
	s := f.sheet()
	fc := f.body
	if head {
		fc = bold
		s.fill(f.left, f.y-high+2.6, f.right-f.left, high, veil)
	}
	first := 0.4
	if len(cells) > 4 {
		first = 0.28
	}
	width := f.right - f.left
	for i, c := range cells {
		x, w := f.left, width*first
		if i > 0 {
			w = width * (1 - first) / float64(len(cells)-1)
			x = f.left + width*first + float64(i-1)*w
		}
		if i > 0 && i == len(cells)-1 && (strings.ContainsAny(c, "0123456789") || isSum(c)) {
			s.textRight(f.t, fc, f.points-0.5, x+w-2, f.y, black, c)
			continue
		}
		s.text(f.t, fc, f.points-0.5, x+1.5, f.y, black, c)
	}
	s.hline(f.left, f.y+2.4, width, 0.15, hair)
	f.y += high
}

// isSum tells heads over figures from heads over words.
func isSum(head string) bool {
	switch head {
	case "Betrag", "monatlich", "Monatlich brutto", "Monate", "Erreicht", "Note (Punkte)":
		return true
	}
	return false
}

// signature leaves room for a hand, draws it, and prints who it is.
func (f *flow) signature(place, who string, hand uint64) {
	f.room(30)
	f.y += 3
	if place != "" {
		f.prose(f.body, f.points, f.left, black, place)
	}
	f.y += 11
	s := f.sheet()
	s.path(ink{28, 36, 96}, scribble(f.left+4, f.y-3, hand))
	s.hline(f.left, f.y, 66, 0.2, grey)
	f.y += 4.2
	f.prose(f.body, f.points-1, f.left, black, who)
	f.y += 2
}

// twoSignatures is the foot of a contract.
func (f *flow) twoSignatures(one, two string, hand uint64) {
	f.room(30)
	f.y += 16
	s := f.sheet()
	for i, who := range []string{one, two} {
		x := f.left + float64(i)*86
		s.path(ink{28, 36, 96}, scribble(x+4, f.y-3, hand+uint64(i)*7919))
		s.hline(x, f.y, 70, 0.2, grey)
		s.text(f.t, f.body, f.points-1.5, x, f.y+4.2, black, who)
	}
	f.y += 10
}

// pageNumbers goes over the finished sheets: only now their count is known.
func (f *flow) pageNumbers(foot string) {
	for i := range f.sheets {
		s := &f.sheets[i]
		s.hline(f.left, 281.5, f.right-f.left, 0.2, hair)
		s.text(f.t, regular, 7, f.left, 285.2, grey, foot)
		s.textRight(f.t, regular, 7.5, f.right, 285.2, grey, fmt.Sprintf("Seite %d von %d", i+1, len(f.sheets)))
		s.text(f.t, bold, 7, f.left, 289, claret, "MUSTER – frei erfundenes Dokument, Personen und Angaben gibt es nicht.")
	}
}
