package picture

import (
	"image"
	"image/color"
	"slices"

	"golang.org/x/image/draw"
)

// withoutFillers makes dashes of the fillers ("<") of a machine-readable zone, paints over those beyond the
// second in a row, and lays its lines level by what they tell of the slope. Recognisers take fillers for
// all kinds of letters, dashes for dashes; how long a row was, the gap or the end of the line tells.
func withoutFillers(g *image.Gray) *image.Gray {
	dark := threshold(g)
	var found []image.Rectangle
	for _, c := range components(g, dark) {
		if isFiller(g, c, dark) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b image.Rectangle) int { return a.Min.X - b.Min.X })
	clear, inRow := background(g), make([]int, len(found))
	for i, f := range found {
		for j, before := range found[:i] {
			if d := f.Min.X - before.Min.X; d > 0 && d*10 < 22*f.Dx() && max(f.Min.Y-before.Min.Y, before.Min.Y-f.Min.Y) < f.Dy()/2 {
				inRow[i] = inRow[j] + 1
			}
		}
		draw.Draw(g, f.Inset(-max(1, f.Dy()/10)), image.NewUniform(color.Gray{Y: clear}), image.Point{}, draw.Src)
		if inRow[i] < 2 {
			middle, thick := (f.Min.Y+f.Max.Y)/2, max(2, f.Dy()/7)
			draw.Draw(g, image.Rect(f.Min.X+f.Dx()/8, middle-thick/2, f.Max.X-f.Dx()/8, middle-thick/2+thick), image.Black, image.Point{}, draw.Src)
		}
	}
	return level(g, slope(found))
}

// threshold divides ink from paper so that the brightness within both varies least.
func threshold(g *image.Gray) uint8 {
	var count [256]int
	total, sum := 0, 0
	for _, v := range g.Pix {
		count[v]++
		total++
		sum += int(v)
	}
	best, at := 0.0, 127
	n, part := 0, 0
	for v, c := range count {
		n, part = n+c, part+v*c
		if n == 0 || n == total {
			continue
		}
		d := float64(part)/float64(n) - float64(sum-part)/float64(total-n)
		if between := float64(n) * float64(total-n) * d * d; between > best {
			best, at = between, v
		}
	}
	return uint8(at)
}

// background is the commonest brightness.
func background(g *image.Gray) uint8 {
	var count [256]int
	for _, v := range g.Pix {
		count[v]++
	}
	best := 255
	for v, c := range count {
		if c > count[best] {
			best = v
		}
	}
	return uint8(best)
}

// components are the boxes of what hangs together in ink, without specks.
func components(g *image.Gray, dark uint8) (out []image.Rectangle) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	seen := make([]bool, w*h)
	var stack []int
	for start := range seen {
		if seen[start] || g.Pix[start/w*g.Stride+start%w] > dark {
			continue
		}
		box := image.Rect(start%w, start/w, start%w+1, start/w+1)
		stack, seen[start] = append(stack[:0], start), true
		for len(stack) > 0 {
			p := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := p%w, p/w
			box = box.Union(image.Rect(x, y, x+1, y+1))
			for ny := max(y-1, 0); ny <= min(y+1, h-1); ny++ {
				for nx := max(x-1, 0); nx <= min(x+1, w-1); nx++ {
					if n := ny*w + nx; !seen[n] && g.Pix[ny*g.Stride+nx] <= dark {
						seen[n] = true
						stack = append(stack, n)
					}
				}
			}
		}
		if box.Dx() >= 5 && box.Dy() >= 7 && box.Dy() <= 200 {
			out = append(out, box)
		}
	}
	return out
}

// isFiller reports whether the ink in a box is shaped like "<": from the upper right to the middle left
// and back to the lower right.
func isFiller(g *image.Gray, box image.Rectangle, dark uint8) bool {
	w, h := box.Dx(), box.Dy()
	if w*10 < h*4 || w*10 > h*14 {
		return false
	}
	const bands = 6
	var mean [bands]float64 // where the ink of a band lies, 0 left to 1 right
	for b := range bands {
		n, sum, left, right := 0, 0, w, 0
		for y := box.Min.Y + h*b/bands; y < box.Min.Y+h*(b+1)/bands; y++ {
			for x := range w {
				if g.Pix[y*g.Stride+box.Min.X+x] <= dark {
					n, sum, left, right = n+1, sum+x, min(left, x), max(right, x)
				}
			}
		}
		if n == 0 || (right-left)*100 > w*75 {
			return false // no stroke, or one across
		}
		mean[b] = float64(sum) / float64(n) / float64(max(w-1, 1))
	}
	falls := mean[0] > mean[1] && mean[1] > mean[2]
	rises := mean[3] < mean[4] && mean[4] < mean[5]
	return falls && rises && mean[0]-mean[2] > 0.35 && mean[5]-mean[3] > 0.35 && min(mean[2], mean[3]) < 0.35
}

// slope is by how much lines fall for each pixel to the right, by neighbouring fillers.
func slope(fillers []image.Rectangle) float64 {
	var all []float64
	middle := func(r image.Rectangle) (float64, float64) {
		return float64(r.Min.X+r.Max.X) / 2, float64(r.Min.Y+r.Max.Y) / 2
	}
	for _, a := range fillers {
		for _, b := range fillers {
			ax, ay := middle(a)
			bx, by := middle(b)
			if dx := bx - ax; dx > 3*float64(a.Dx()) && dx < 20*float64(a.Dx()) && max(by-ay, ay-by) < 0.1*dx && max(by-ay, ay-by) < float64(a.Dy()) {
				all = append(all, (by-ay)/dx)
			}
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// level shifts columns so that lines of a slope lie level.
func level(g *image.Gray, slope float64) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if drop := slope * float64(w); drop > -1 && drop < 1 {
		return g
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, image.NewUniform(color.Gray{Y: background(g)}), image.Point{}, draw.Src)
	for x := range w {
		shift := int(slope*float64(x-w/2)+1000.5) - 1000
		for y := range h {
			if from := y + shift; from >= 0 && from < h {
				out.Pix[y*out.Stride+x] = g.Pix[from*g.Stride+x]
			}
		}
	}
	return out
}
