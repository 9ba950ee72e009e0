package read

import (
	"context"
	"slices"
	"strings"
	"time"

	"eakte/ingest/ocr"
	"eakte/ingest/picture"
	"eakte/ingest/read/mrz"
	"eakte/ingest/read/page"
)

// line is a line of recognised words: those from first up to before end.
type line struct {
	first, end     int
	x0, y0, x1, y1 float32
	text           string
}

// linesOf joins words to lines.
func linesOf(words []Word) (out []line) {
	for i, w := range words {
		if i == 0 || w.Break != page.Space {
			out = append(out, line{first: i, x0: w.X, y0: w.Y})
		}
		l := &out[len(out)-1]
		l.end, l.text = i+1, l.text+w.Text
		l.x0, l.y0, l.x1, l.y1 = min(l.x0, w.X), min(l.y0, w.Y), max(l.x1, w.X+w.W), max(l.y1, w.Y+w.H)
	}
	return out
}

// zoneLines are the lines of a page that look like those of a machine-readable zone: two or three, one
// below the other.
func zoneLines(words []Word) (out []line) {
	for _, l := range linesOf(words) {
		if !mrz.Looks(l.text) {
			continue
		}
		if n := len(out); n > 0 {
			h := max(l.y1-l.y0, out[n-1].y1-out[n-1].y0)
			if l.y0-out[n-1].y1 > 3*h || l.y0 < out[n-1].y0 {
				out = nil // another zone, or none: the lower one stays
			}
		}
		out = append(out, l)
	}
	return out
}

const zoneLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<-"

// zone reads a machine-readable zone once more where a page shows one: its letters alone, in several
// sizes. The reading whose check digits hold takes the place of what was recognised.
func (r *Reader) zone(ctx context.Context, s sheet, img ocr.Image, text *ocr.PageText) error {
	found := zoneLines(text.Words)
	if len(found) == 0 || len(found) > 3 || s.cut == nil {
		return nil
	}
	part, height := around(found, *text)
	if part.W == 0 {
		return nil
	}
	best := ocr.PageText{}
	zone, sound := mrz.Zone{}, false
	seen := map[string]int{}
	for _, tall := range []float32{36, 48, 28} {
		part.Percent, part.Zone = min(max(int(tall/height*100), 50), 400), true
		got, err := r.zoneAt(ctx, s, img, part)
		if err != nil {
			return err
		}
		z, ok := parseZone(got.Words)
		if !ok {
			continue
		}
		name := z.Family + "|" + z.Given
		seen[name]++
		if !sound || z.Better(zone) || len(z.Faults) == len(zone.Faults) && seen[name] > seen[zone.Family+"|"+zone.Given] {
			best, zone, sound = got, z, true
		}
		if len(zone.Faults) == 0 && seen[zone.Family+"|"+zone.Given] > 1 {
			break
		}
	}
	if !sound {
		best = ocr.PageText{Words: wordsOf(text.Words, found)}
		zone, sound = parseZone(best.Words)
	}
	if sound {
		text.Words = withZone(text.Words, best.Words, zone)
	}
	return nil
}

// zoneAt recognises the zone's part of the image in one size; boxes are those of the whole image.
func (r *Reader) zoneAt(ctx context.Context, s sheet, img ocr.Image, part picture.Part) (ocr.PageText, error) {
	cut, err := s.cut(ctx, img, part)
	if err != nil {
		if pageNote(err) != "" {
			err = nil
		}
		return ocr.PageText{}, err
	}
	defer cut.Close() //nolint:errcheck // memory only
	got, err := r.ocr.Lines(ctx, ocr.Image{File: cut, DPI: 300}, r.plainest(), zoneLetters)
	if err != nil {
		if pageNote(err) != "" {
			err = nil
		}
		return ocr.PageText{}, err
	}
	for i := range got.Words {
		got.Words[i].Text = strings.ReplaceAll(got.Words[i].Text, "-", "<")
	}
	got.Words = filled(got.Words)
	page.Scale(got.Words, 100/float32(part.Percent), 100/float32(part.Percent))
	for i := range got.Words {
		got.Words[i].X += float32(part.X)
		got.Words[i].Y += float32(part.Y)
	}
	return got, nil
}

// filled puts fillers where the gaps between the words of a zone say that there were some: every letter of
// it is as wide as the others.
func filled(words []Word) (out []Word) {
	pitch := pitchOf(words)
	if pitch <= 0 {
		return words
	}
	for _, l := range linesOf(words) {
		column := 0
		for i, w := range words[l.first:l.end] {
			at := int((w.X-l.x0)/pitch + 0.5)
			if i > 0 && at > column && at < 60 {
				out[len(out)-1].Text += strings.Repeat("<", at-column)
				column = at
			}
			out = append(out, w)
			column += len(w.Text)
		}
	}
	return out
}

// inkOf is which part of its column a letter's ink takes, so that a word is that much narrower than its
// columns.
const inkOf = 0.7

// pitchOf is how far apart the letters of a zone stand.
func pitchOf(words []Word) float32 {
	var all []float32
	for _, w := range words {
		if n := len(w.Text); n >= 4 {
			all = append(all, w.W/(float32(n)-1+inkOf))
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// plainest is the language whose model knows the fewest letters beyond A to Z.
func (r *Reader) plainest() string {
	if r.has("eng") {
		return "eng"
	}
	code, _, _ := strings.Cut(r.languages, "+")
	return code
}

// around is the part of the image that holds the lines, with room for one that was missed, and how tall
// their letters are.
func around(lines []line, text ocr.PageText) (part picture.Part, height float32) {
	x0, y0, x1, y1 := lines[0].x0, lines[0].y0, lines[0].x1, lines[0].y1
	var tall []float32
	for _, l := range lines {
		x0, y0, x1, y1 = min(x0, l.x0), min(y0, l.y0), max(x1, l.x1), max(y1, l.y1)
		tall = append(tall, l.y1-l.y0)
	}
	slices.Sort(tall)
	height = max(tall[0], 4)
	room := height
	if len(lines) == 1 {
		room = 3.5 * height
	}
	return inside(x0-2*height, y0-room, x1+2*height, y1+room, text), height
}

func wordsOf(words []Word, lines []line) (out []Word) {
	for _, l := range lines {
		out = append(out, words[l.first:l.end]...)
	}
	return out
}

func parseZone(words []Word) (mrz.Zone, bool) {
	var texts []string
	for _, l := range linesOf(words) {
		texts = append(texts, l.text)
	}
	return mrz.Parse(texts, time.Now())
}

// withZone puts each line of the zone as one word where it stands, in place of all words there, behind
// the others.
func withZone(words, read []Word, z mrz.Zone) []Word {
	lines := linesOf(read)
	if z.First+len(z.Lines) > len(lines) {
		return words
	}
	var own []Word
	for i, text := range z.Lines {
		l := lines[z.First+i]
		w := Word{X: l.x0, Y: l.y0, W: l.x1 - l.x0, H: l.y1 - l.y0, Text: text, Break: page.Line,
			Confidence: page.MeanConfidence(read[l.first:l.end])}
		if i == 0 {
			w.Break = page.Paragraph
		}
		own = append(own, w)
	}
	top, bottom := own[0].Y, own[len(own)-1].Y+own[len(own)-1].H
	kept := slices.DeleteFunc(slices.Clone(words), func(w Word) bool {
		middle := w.Y + w.H/2
		return middle > top && middle < bottom && w.X+w.W > own[0].X && w.X < own[0].X+own[0].W
	})
	return append(kept, own...)
}
