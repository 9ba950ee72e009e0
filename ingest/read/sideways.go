package read

import "eakte/ingest/read/page"

// stoodUp turns a page whose lines were recognised as running down or up: tesseract
// reads such blocks by itself, but people want the page upright.
func stoodUp(p Page) Page {
	down, up, level := 0, 0, 0
	for i, w := range p.Words {
		if i == 0 || w.Break != page.Space {
			continue
		}
		before := p.Words[i-1]
		dx, dy := w.X+w.W/2-before.X-before.W/2, w.Y+w.H/2-before.Y-before.H/2
		switch {
		case max(dx, -dx) >= max(dy, -dy):
			level++
		case dy > 0:
			down++
		default:
			up++
		}
	}
	turn := 0
	switch {
	case down > 4*(up+level) && down >= 10:
		turn = 270
	case up > 4*(down+level) && up >= 10:
		turn = 90
	default:
		return p
	}
	width, height := p.Width, p.Height
	for i := range p.Words {
		w := &p.Words[i]
		var r rect
		r, p.Width, p.Height = turned(rect{w.X, w.Y, w.W, w.H}, width, height, turn)
		w.X, w.Y, w.W, w.H = r.x, r.y, r.w, r.h
	}
	p.Codes = turnedCodes(p.Codes, width, height, turn)
	p.Rotation = (p.Rotation + turn) % 360
	return p
}
