package demo

import (
	"math"
	"math/rand/v2"
	"strings"
)

// scribble is a signature: loops that run to the right and end in a flourish.
func scribble(x, y float64, hand uint64) []seg {
	rng := rand.New(rand.NewPCG(hand, 7))
	width, high := 28+rng.Float64()*18, 3+rng.Float64()*2.4
	waves, lean := 2.5+rng.Float64()*6, 0.2+rng.Float64()*2.2
	var pts [][2]float64
	for i := range 90 {
		u := float64(i) / 89
		swing := math.Sin(u*waves*2*math.Pi) * high * (1 - (0.3+0.3*lean)*u) * (0.6 + 0.4*math.Sin(u*(9+lean*9)+lean*5))
		back := math.Cos(u*waves*2*math.Pi) * lean * 2.2 * (1 - u)
		pts = append(pts, [2]float64{x + u*width + back, y - swing - 1.5*u})
	}
	return stroke(append(pts, [2]float64{x + width*0.35, y + 2.2}, [2]float64{x + width*1.08, y + 0.6}), 0.42)
}

// seal is a round official seal with lettering along its rim.
func seal(s *sheet, t *typeset, x, y, r float64, c ink, rim, middle string) {
	s.path(c, ring(x, y, r, 0.6))
	s.path(c, ring(x, y, r*0.66, 0.3))
	points := r * 0.15 / mmPerPoint
	step := 0.0
	letters := []rune(t.printable(bold, rim+" ✶ "))
	around := 2 * math.Pi / float64(len(letters))
	for _, l := range letters {
		a := step - math.Pi/2
		px, py := x+math.Cos(a)*r*0.74, y+math.Sin(a)*r*0.74
		s.path(c, t.lettering(bold, points, px, py, a+math.Pi/2, string(l)))
		step += around
	}
	crest(s, x, y-r*0.12, r*0.34, c)
	small := r * 0.11 / mmPerPoint
	w := t.width(bold, small, middle)
	s.path(c, t.lettering(bold, small, x-w/2, y+r*0.48, 0, middle))
}

// crest is a small shield with three ears of grain: the district's arms.
func crest(s *sheet, x, y, size float64, c ink) {
	s.path(c, shield(x, y, size))
	s.path(ink{255, 255, 255}, shield(x, y+size*0.02, size*0.86))
	for i := -1; i <= 1; i++ {
		px := x + float64(i)*size*0.42
		s.path(c, stroke([][2]float64{{px, y + size*0.6}, {px, y - size*0.6}}, size*0.07))
		for k := range 4 {
			ky := y - size*0.55 + float64(k)*size*0.2
			s.path(c, ellipse(px-size*0.1, ky, size*0.07, size*0.11, false))
			s.path(c, ellipse(px+size*0.1, ky, size*0.07, size*0.11, false))
		}
	}
}

// emblem is the issuer's arms or its plain mark, a ring round a dot.
func emblem(s *sheet, x, y, size float64, i issuer) {
	if i.arms {
		crest(s, x, y, size, i.ink)
		return
	}
	s.path(i.ink, ring(x, y, size*0.9, size*0.22))
	s.path(i.ink, ellipse(x, y, size*0.34, size*0.34, false))
}

func shield(x, y, size float64) []seg {
	w, top, low := size*0.86, y-size*0.95, y+size*1.1
	return []seg{{kind: 'M', x: x - w, y: top}, {kind: 'L', x: x + w, y: top}, {kind: 'L', x: x + w, y: y + size*0.25},
		{'Q', x + w*0.9, y + size*0.85, x, low}, {'Q', x - w*0.9, y + size*0.85, x - w, y + size*0.25}, {kind: 'Z'}}
}

// portrait is the grey shape that stands for a photograph.
func portrait(s *sheet, t *typeset, x, y, w, h float64) {
	s.fill(x, y, w, h, ink{222, 226, 232})
	s.path(ink{150, 158, 170}, ellipse(x+w/2, y+h*0.40, w*0.21, h*0.19, false))
	s.path(ink{150, 158, 170}, []seg{{kind: 'M', x: x + w*0.1, y: y + h}, {'Q', x + w*0.12, y + h*0.66, x + w/2, y + h*0.66},
		{'Q', x + w*0.88, y + h*0.66, x + w*0.9, y + h}, {kind: 'Z'}})
	s.frame(x, y, w, h, 0.25, grey)
	s.textMiddle(t, bold, 7, x+w/2, y+h*0.93, ink{255, 255, 255}, "MUSTER")
}

// waterMark is the pale word across the sheet, an outline and so never part of its text.
func waterMark(s *sheet, t *typeset) {
	const angle, points = -0.92, 112
	w := t.width(bold, points, "MUSTER")
	x, y := sheetWidth/2-math.Cos(angle)*w/2+11, sheetHeight/2-math.Sin(angle)*w/2+10
	s.path(ink{243, 243, 245}, t.lettering(bold, points, x, y, angle, "MUSTER"))
}

// receivedStamp is the mail room's stamp, a little askew.
func receivedStamp(s *sheet, t *typeset, x, y, angle float64, c ink, lines ...string) {
	const high = 4.6
	wide := 0.0
	for _, l := range lines {
		wide = math.Max(wide, t.width(bold, 8.5, l))
	}
	wide += 8
	tall := high*float64(len(lines)) + 4
	sin, cos := math.Sincos(angle)
	at := func(px, py float64) [2]float64 { return [2]float64{x + px*cos - py*sin, y + px*sin + py*cos} }
	for _, in := range []float64{0, 0.9} {
		corners := [][2]float64{at(in, in), at(wide-in, in), at(wide-in, tall-in), at(in, tall-in), at(in, in)}
		s.path(c, stroke(corners, 0.35))
	}
	for i, l := range lines {
		lw := t.width(bold, 8.5, l)
		p := at((wide-lw)/2, 2+high*float64(i)+3.2)
		s.path(c, t.lettering(bold, 8.5, p[0], p[1], angle, l))
	}
}

// ornament is the double frame of a certificate with rosettes in its corners.
func ornament(s *sheet, c ink) {
	s.frame(12, 12, 186, 264, 0.9, c)
	s.frame(14.2, 14.2, 181.6, 259.6, 0.25, c)
	for _, x := range []float64{13.5, 196.5} {
		for _, y := range []float64{13.5, 274.5} {
			s.path(c, ellipse(x, y, 3.4, 3.4, false))
			s.path(ink{255, 255, 255}, ellipse(x, y, 2.2, 2.2, false))
			s.path(c, ellipse(x, y, 1.1, 1.1, false))
		}
	}
}

// capitals is how seals and headings are lettered.
func capitals(s string) string { return strings.ToUpper(s) }
