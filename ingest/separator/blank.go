package separator

import "image"

// Measures of what a blank page may have, at about 100 dots an inch of A4.
const (
	blankSide = 1169 // pixels of the longer side
	contrast  = 55   // darker than the paper by so much is ink; what shines through is less
	mostInk   = 20   // pixels of ink that are dirt
	speck     = 2    // pixels of one speck that isn't counted at all
	holeLeast = 14   // pixels across a punched hole
	holeMost  = 40
)

// blank reports whether there is nothing on a page. In doubt there is.
func blank(g *image.Gray) bool {
	g = reduced(g, blankSide)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	limit := paper(g) - contrast
	if limit <= 0 || w < 50 || h < 50 {
		return false // a dark sheet, or no page at all
	}
	edge := max(w, h) / 50 // where scanners draw the shadow of the sheet
	dark := make([]bool, w*h)
	for y := edge; y < h-edge; y++ {
		for x := edge; x < w-edge; x++ {
			dark[y*w+x] = int(g.Pix[y*g.Stride+x]) < limit
		}
	}
	ink := 0
	for i, d := range dark {
		if !d {
			continue
		}
		s := spotAt(dark, w, i)
		if s.pixels <= speck || s.hole(w, h) {
			continue
		}
		if ink += s.pixels; ink > mostInk {
			return false
		}
	}
	return true
}

// paper is how bright the sheet is: what most of it is.
func paper(g *image.Gray) int {
	var count [256]int
	for y := range g.Rect.Dy() {
		for _, p := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			count[p]++
		}
	}
	half := g.Rect.Dx() * g.Rect.Dy() / 2
	for v, n := range count {
		if half -= n; half < 0 {
			return v
		}
	}
	return 255
}

// spot is dark pixels that touch each other.
type spot struct {
	pixels                   int
	left, top, right, bottom int
}

// spotAt measures the spot that a pixel belongs to and clears it.
func spotAt(dark []bool, w, at int) spot {
	s := spot{left: at % w, right: at % w, top: at / w, bottom: at / w}
	dark[at] = false
	for next := []int{at}; len(next) > 0; {
		i := next[len(next)-1]
		next = next[:len(next)-1]
		s.pixels++
		x, y := i%w, i/w
		s.left, s.right, s.top, s.bottom = min(s.left, x), max(s.right, x), min(s.top, y), max(s.bottom, y)
		for _, n := range []int{i - 1, i + 1, i - w, i + w} { // the rim is never dark
			if n >= 0 && n < len(dark) && dark[n] {
				dark[n] = false
				next = append(next, n)
			}
		}
	}
	return s
}

// hole reports whether a spot is as round and as near the edge as a punched hole.
func (s spot) hole(w, h int) bool {
	across, down := s.right-s.left+1, s.bottom-s.top+1
	if min(across, down) < holeLeast || max(across, down) > holeMost || max(across, down)*4 > min(across, down)*5 {
		return false
	}
	x, y := (s.left+s.right)/2, (s.top+s.bottom)/2
	near := min(x, w-x, y, h-y) < max(w, h)/14
	return near && s.pixels*100 > across*down*65
}
