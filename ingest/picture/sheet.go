package picture

import (
	"image"
	"math"
	"slices"

	"golang.org/x/image/draw"
)

// Corners are those of a sheet on an upright photograph, x and y from the upper left clockwise, in
// ten-thousandths of its width and height. Empty: the image is no photograph that needs straightening.
type Corners []int

// whole are the corners of a photograph that the sheet fills: its light alone is evened.
func whole() Corners { return Corners{0, 0, full, 0, full, full, 0, full} }

const full = 10_000

// Of the search for a sheet.
const (
	searched   = 480  // pixels of the longer side
	leastSheet = 0.2  // of the image
	leastFill  = 0.92 // of the four-sided shape by what was found
	mostBeside = 0.08 // of the image that is as bright as the sheet and lies beside it: another sheet
	leastAngle = 55   // degrees at a corner
	unevenness = 0.72 // darkest background by the brightest, where light needs evening
)

type point struct{ x, y float64 }

// findSheet looks for a bright sheet on a darker ground.
func findSheet(img image.Image) Corners {
	b := img.Bounds()
	f := min(1, float64(searched)/float64(max(b.Dx(), b.Dy())))
	small := image.NewRGBA(image.Rect(0, 0, max(8, int(float64(b.Dx())*f)), max(8, int(float64(b.Dy())*f))))
	draw.ApproxBiLinear.Scale(small, small.Rect, img, b, draw.Src, nil)
	w, h := small.Rect.Dx(), small.Rect.Dy()
	var best []point
	var most float64
	for _, channel := range []func(r, g, b uint8) uint8{luma, least, paleness} {
		pix := softened(small, channel)
		for _, t := range thresholds(pix) {
			shape := largest(pix, w, h, t)
			quad, fit := fourSided(shape, w, h)
			if fit > most && brightBeside(pix, quad, w, h, t) < mostBeside {
				best, most = quad, fit
			}
		}
	}
	if most < leastFill {
		if uneven(small) {
			return whole()
		}
		return nil
	}
	return cornersOf(best, w, h)
}

func luma(r, g, b uint8) uint8  { return uint8((77*int(r) + 150*int(g) + 29*int(b)) >> 8) }
func least(r, g, b uint8) uint8 { return min(r, g, b) }

// paleness is how colourless a pixel is, in light and in shadow alike.
func paleness(r, g, b uint8) uint8 {
	if most := max(r, g, b); most > 24 {
		return uint8(255 * int(min(r, g, b)) / int(most))
	}
	return 0
}

// softened is one channel of the image, closed over letters and blurred a little.
func softened(img *image.RGBA, channel func(r, g, b uint8) uint8) []uint8 {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	pix := make([]uint8, w*h)
	for i := range pix {
		pix[i] = channel(img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2])
	}
	const r = 3
	pix = extreme(pix, w, h, r, func(a, b uint8) uint8 { return max(a, b) })
	return extreme(pix, w, h, r, func(a, b uint8) uint8 { return min(a, b) })
}

// extreme takes the largest or smallest value of a square around each pixel.
func extreme(pix []uint8, w, h, r int, pick func(a, b uint8) uint8) []uint8 {
	rows, out := make([]uint8, w*h), make([]uint8, w*h)
	for y := range h {
		for x := range w {
			v := pix[y*w+x]
			for i := max(0, x-r); i <= min(w-1, x+r); i++ {
				v = pick(v, pix[y*w+i])
			}
			rows[y*w+x] = v
		}
	}
	for y := range h {
		for x := range w {
			v := rows[y*w+x]
			for i := max(0, y-r); i <= min(h-1, y+r); i++ {
				v = pick(v, rows[i*w+x])
			}
			out[y*w+x] = v
		}
	}
	return out
}

// thresholds are Otsu's between the dark and the bright, and two beside it.
func thresholds(pix []uint8) []uint8 {
	var n [256]float64
	var sum float64
	for _, v := range pix {
		n[v]++
		sum += float64(v)
	}
	all := float64(len(pix))
	var below, sumBelow, most float64
	otsu := 128
	for t := range 256 {
		below += n[t]
		sumBelow += float64(t) * n[t]
		if below == 0 || below == all {
			continue
		}
		d := sumBelow/below - (sum-sumBelow)/(all-below)
		if v := below * (all - below) * d * d; v > most {
			most, otsu = v, t
		}
	}
	return []uint8{uint8(max(otsu-20, 1)), uint8(otsu), uint8(min(otsu+20, 254))}
}

// largest returns the pixels of the largest bright region, row by row the first and the last one.
func largest(pix []uint8, w, h int, t uint8) []point {
	seen := make([]bool, w*h)
	var best, region, todo []int
	for start := range pix {
		if seen[start] || pix[start] <= t {
			continue
		}
		region, todo = nil, append(todo[:0], start)
		seen[start] = true
		for len(todo) > 0 {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			region = append(region, at)
			x, y := at%w, at/w
			for _, n := range [4][2]int{{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}} {
				if i := n[1]*w + n[0]; n[0] >= 0 && n[0] < w && n[1] >= 0 && n[1] < h && !seen[i] && pix[i] > t {
					seen[i] = true
					todo = append(todo, i)
				}
			}
		}
		if len(region) > len(best) {
			best = region
		}
	}
	if float64(len(best)) < leastSheet*float64(w*h) {
		return nil
	}
	first, last := make([]int, h), make([]int, h)
	for y := range first {
		first[y], last[y] = w, -1
	}
	for _, at := range best {
		first[at/w], last[at/w] = min(first[at/w], at%w), max(last[at/w], at%w)
	}
	var out []point
	for y := range h {
		if last[y] >= 0 {
			out = append(out, point{float64(first[y]), float64(y)}, point{float64(last[y] + 1), float64(y)},
				point{float64(first[y]), float64(y + 1)}, point{float64(last[y] + 1), float64(y + 1)})
		}
	}
	return out
}

// fourSided finds the four sides around points, and how much of the shape between them they fill; 0
// where it can't be a sheet seen at an angle.
func fourSided(points []point, w, h int) ([]point, float64) {
	hull := convex(points)
	if len(hull) < 4 {
		return nil, 0
	}
	quad := slices.Clone(hull)
	for len(quad) > 4 {
		quad = withoutLeast(quad)
	}
	quad = straightened(quad, hull)
	size := area(quad)
	if size < leastSheet*float64(w*h) {
		return nil, 0
	}
	cut := 0
	for i, p := range quad {
		if x, y := p.x/float64(w), p.y/float64(h); min(x, 1-x) < 0.02 && min(y, 1-y) < 0.02 {
			cut++
		}
		a, b := quad[(i+3)%4], quad[(i+1)%4]
		angle := math.Abs(math.Atan2(cross(p, a, b), (a.x-p.x)*(b.x-p.x)+(a.y-p.y)*(b.y-p.y))) * 180 / math.Pi
		outside := p.x < -0.03*float64(w) || p.y < -0.03*float64(h) || p.x > 1.03*float64(w) || p.y > 1.03*float64(h)
		if angle < leastAngle || angle > 180-leastAngle || outside {
			return nil, 0
		}
	}
	if cut > 1 { // corners of the image are none of a sheet
		return nil, 0
	}
	covered := area(hull)
	return quad, min(covered, size) / max(covered, size)
}

// brightBeside is how much of the image is bright and clearly outside of four corners.
func brightBeside(pix []uint8, quad []point, w, h int, t uint8) float64 {
	n, margin := 0, 0.02*float64(max(w, h))
	for at, v := range pix {
		if v <= t {
			continue
		}
		p := point{float64(at % w), float64(at / w)}
		for i, a := range quad {
			b := quad[(i+1)%4]
			if cross(a, b, p) < -margin*math.Hypot(b.x-a.x, b.y-a.y) {
				n++
				break
			}
		}
	}
	return float64(n) / float64(w*h)
}

// convex is the hull of points in the order of an angle that grows.
func convex(points []point) []point {
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b point) int {
		if a.x != b.x {
			return cmpFloat(a.x, b.x)
		}
		return cmpFloat(a.y, b.y)
	})
	half := func(points []point) []point {
		var out []point
		for _, p := range points {
			for len(out) >= 2 && cross(out[len(out)-2], out[len(out)-1], p) <= 0 {
				out = out[:len(out)-1]
			}
			out = append(out, p)
		}
		return out
	}
	lower := half(points)
	slices.Reverse(points)
	upper := half(points)
	if len(lower) < 2 || len(upper) < 2 {
		return nil
	}
	return append(lower[:len(lower)-1], upper[:len(upper)-1]...)
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func cross(o, a, b point) float64 { return (a.x-o.x)*(b.y-o.y) - (a.y-o.y)*(b.x-o.x) }

func area(p []point) float64 {
	var sum float64
	for i := range p {
		q := p[(i+1)%len(p)]
		sum += p[i].x*q.y - q.x*p[i].y
	}
	return math.Abs(sum) / 2
}

// withoutLeast drops the corner that takes the least of the shape with it.
func withoutLeast(p []point) []point {
	worst, least := 0, math.Inf(1)
	for i := range p {
		if a := math.Abs(cross(p[i], p[(i+len(p)-1)%len(p)], p[(i+1)%len(p)])); a < least {
			worst, least = i, a
		}
	}
	return slices.Delete(p, worst, worst+1)
}

// straightened moves the four corners to where the sides of the hull would meet: a corner that is bent or
// lies in shadow is cut off otherwise.
func straightened(quad, hull []point) []point {
	type line struct{ p, d point }
	var sides [4]line
	for i, a := range quad {
		b := quad[(i+1)%4]
		long, from, to := 0.0, a, b
		for j, p := range hull { // the longest stretch of the hull along this side
			q := hull[(j+1)%len(hull)]
			n := math.Hypot(q.x-p.x, q.y-p.y)
			along := ((q.x-p.x)*(b.x-a.x) + (q.y-p.y)*(b.y-a.y)) / (n*math.Hypot(b.x-a.x, b.y-a.y) + 1e-9)
			near := math.Abs(cross(a, b, p))/math.Hypot(b.x-a.x, b.y-a.y) < 0.04*math.Sqrt(area(quad))
			if n > long && along > 0.99 && near {
				long, from, to = n, p, q
			}
		}
		if long < math.Hypot(b.x-a.x, b.y-a.y)/4 {
			from, to = a, b
		}
		sides[i] = line{from, point{to.x - from.x, to.y - from.y}}
	}
	out := make([]point, 4)
	for i := range out {
		a, b := sides[(i+3)%4], sides[i]
		den := a.d.x*b.d.y - a.d.y*b.d.x
		if math.Abs(den) < 1e-6 {
			return quad
		}
		t := ((b.p.x-a.p.x)*b.d.y - (b.p.y-a.p.y)*b.d.x) / den
		out[i] = point{a.p.x + t*a.d.x, a.p.y + t*a.d.y}
	}
	return out
}

// cornersOf orders corners.
func cornersOf(quad []point, w, h int) Corners {
	first := 0
	for i, p := range quad {
		if p.x/float64(w)+p.y/float64(h) < quad[first].x/float64(w)+quad[first].y/float64(h) {
			first = i
		}
	}
	out := Corners{}
	for i := range 4 { // y grows downwards, so the hull's order is clockwise to the eye
		p := quad[(first+i)%4]
		x, y := min(max(p.x/float64(w), 0), 1), min(max(p.y/float64(h), 0), 1)
		out = append(out, int(x*full+0.5), int(y*full+0.5))
	}
	return out
}

// uneven reports whether the ground of an image is much darker in some parts than in others.
func uneven(img *image.RGBA) bool {
	g := ground(grey(img), 8)
	values := slices.Clone(g.Pix)
	slices.Sort(values)
	dark, bright := float64(values[len(values)/20]), float64(values[len(values)*19/20])
	return bright > 90 && dark < unevenness*bright && dark > 0.25*bright
}
