package read

import (
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// shot says how a letter is photographed.
type shot struct {
	name    string
	corners [8]float64 // of the sheet, parts of width and height
	dark    float64    // how bright the darkest corner is
	shadow  bool       // of a hand, across the lower right
	lost    bool       // so dark that no sheet is found
}

func shots() []shot {
	return []shot{
		{"nearly from above", [8]float64{.08, .06, .93, .08, .95, .94, .06, .93}, .8, false, false},
		{"from the side", [8]float64{.22, .12, .80, .05, .95, .93, .04, .96}, .6, false, false},
		{"turned by 15 degrees", [8]float64{.25, .04, .97, .19, .76, .97, .03, .81}, .7, false, false},
		{"with a shadow", [8]float64{.10, .08, .90, .06, .96, .95, .05, .93}, .45, true, false},
		{"steep and dim", [8]float64{.28, .15, .74, .16, .97, .95, .03, .92}, .5, false, false},
		{"steep, dim and in the shadow", [8]float64{.28, .15, .74, .16, .97, .95, .03, .92}, .35, true, true},
	}
}

// photographed draws a page as a camera would see it.
func photographed(page image.Image, s shot) image.Image {
	const w, h = 2200, 3000
	rnd := rand.New(rand.NewPCG(1, 2))
	var c [4][2]float64
	for i := range c {
		c[i] = [2]float64{s.corners[2*i] * w, s.corners[2*i+1] * h}
	}
	inverse := toUnit(c)
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	b := page.Bounds()
	for y := range h {
		for x := range w {
			u, v := inverse(float64(x), float64(y))
			r, g, bl := 70.0+8*math.Sin(float64(y)/9+2*math.Sin(float64(x)/140)), 52.0, 40.0
			if u >= 0 && u < 1 && v >= 0 && v < 1 {
				ink := bilinear(page, b, u*float64(b.Dx())-.5, v*float64(b.Dy())-.5)
				r, g, bl = ink*.95, ink*.93, ink*.86
			}
			f := 1 - (1-s.dark)*(float64(x)/w+float64(y)/h)/2
			if s.shadow && float64(x)/w+float64(y)/h > 1.25+.05*math.Sin(float64(x)/90) {
				f *= .55
			}
			noise := rnd.NormFloat64() * 4
			img.SetRGBA(x, y, color.RGBA{R: level(r*f + noise), G: level(g*f + noise), B: level(bl*f + noise), A: 255})
		}
	}
	return img
}

func level(v float64) uint8 { return uint8(min(max(v, 0), 255)) }

func bilinear(img image.Image, b image.Rectangle, x, y float64) float64 {
	x0, y0 := int(math.Floor(x)), int(math.Floor(y))
	at := func(x, y int) float64 {
		g := color.GrayModel.Convert(img.At(b.Min.X+min(max(x, 0), b.Dx()-1), b.Min.Y+min(max(y, 0), b.Dy()-1))).(color.Gray)
		return float64(g.Y)
	}
	fx, fy := x-float64(x0), y-float64(y0)
	return (at(x0, y0)*(1-fx)+at(x0+1, y0)*fx)*(1-fy) + (at(x0, y0+1)*(1-fx)+at(x0+1, y0+1)*fx)*fy
}

// toUnit maps four corners onto the unit square, solved as eight equations: the test shares no formula with
// what it tests.
func toUnit(c [4][2]float64) func(x, y float64) (u, v float64) {
	dst := [4][2]float64{{0, 0}, {1, 0}, {1, 1}, {0, 1}}
	var a [8][9]float64
	for i := range 4 {
		x, y, u, v := c[i][0], c[i][1], dst[i][0], dst[i][1]
		a[2*i] = [9]float64{x, y, 1, 0, 0, 0, -u * x, -u * y, u}
		a[2*i+1] = [9]float64{0, 0, 0, x, y, 1, -v * x, -v * y, v}
	}
	for i := range 8 {
		p := i
		for j := i; j < 8; j++ {
			if math.Abs(a[j][i]) > math.Abs(a[p][i]) {
				p = j
			}
		}
		a[i], a[p] = a[p], a[i]
		for j := range 8 {
			if j != i {
				f := a[j][i] / a[i][i]
				for k := i; k < 9; k++ {
					a[j][k] -= f * a[i][k]
				}
			}
		}
	}
	var m [8]float64
	for i := range m {
		m[i] = a[i][8] / a[i][i]
	}
	return func(x, y float64) (float64, float64) {
		z := m[6]*x + m[7]*y + 1
		return (m[0]*x + m[1]*y + m[2]) / z, (m[3]*x + m[4]*y + m[5]) / z
	}
}

// TestPhotographsAreReadBetterThanByTesseract: letters photographed on a desk, at an angle and in bad
// light, against tesseract run by hand on the same files.
func TestPhotographsAreReadBetterThanByTesseract(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("recognises for minutes")
	}
	r, _ := newReader(t)
	dir := corpus(t)
	truth, err := os.ReadFile(filepath.Join(dir, "gt", "pdf__letter-de.pdf.txt"))
	if err != nil {
		t.Fatal(err)
	}
	stem := filepath.Join(t.TempDir(), "p")
	if err := exec.Command("pdftoppm", "-gray", "-png", "-r", "300", "-singlefile", filepath.Join(dir, "pdf", "letter-de.pdf"), stem).Run(); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(stem + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // only read
	letter, err := png.Decode(in)
	if err != nil {
		t.Fatal(err)
	}
	var ours, bare float64
	all := shots()
	for _, s := range all {
		file := filepath.Join(t.TempDir(), "foto.jpg")
		out, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := jpeg.Encode(out, photographed(letter, s), &jpeg.Options{Quality: 85}); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		state, _, pages := readAll(t, r, file)
		if state != "ready" || len(pages) != 1 {
			t.Fatalf("%s: %s", s.name, state)
		}
		if len(pages[0].Corners) == 0 && !s.lost {
			t.Errorf("%s: no sheet found", s.name)
		}
		a, b := errorRate(string(truth), textOf(pages)), byHand(t, "photographed/"+s.name, string(truth), file, "deu")
		t.Logf("%-24s ours %.4f, tesseract %.4f, corners %v, confidence %d", s.name, a, b, pages[0].Corners, pages[0].Confidence)
		ours, bare = ours+a/float64(len(all)), bare+b/float64(len(all))
	}
	t.Logf("mean: ours %.4f, tesseract %.4f", ours, bare)
	if ours > bare/2 {
		t.Errorf("mean error rate %.4f, tesseract alone has %.4f: straightening is worth nothing", ours, bare)
	}
}
