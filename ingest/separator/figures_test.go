package separator

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"eakte/archive"
)

// ours marks for one store, theirs for another.
func ours(use, text string) [32]byte   { return sum("ours", use, text) }
func theirs(use, text string) [32]byte { return sum("theirs", use, text) }

// printed are sheets of all kinds as a printer would get them, at 300 dots an inch.
func printed(t testing.TB) (marks []string, pages []*image.Gray) {
	t.Helper()
	var sheets []Sheet
	for _, s := range []archive.Separator{
		{}, {Type: "reisepass"}, {Akte: "01890a5d-ac96-774b-bcce-b302099a8057"},
		{Type: "rentenversicherungsverlauf"},
	} {
		mark := Mark(s, ours)
		marks = append(marks, mark)
		sheets = append(sheets, Sheet{Mark: mark, Title: "Trennblatt: Befristeter Aufenthaltstitel", Lines: []string{
			"Dieses Blatt vor die Unterlagen legen und mitscannen. Es wird nach dem Scannen entfernt.",
			"Put this sheet in front of the papers and scan it with them. It is taken out after scanning.",
		}})
	}
	pdf, err := Paint(sheets)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed")
	}
	dir := t.TempDir()
	if keep := os.Getenv("SEPARATOR_SHEETS"); keep != "" {
		dir = keep
	}
	if err := os.WriteFile(filepath.Join(dir, "sheets.pdf"), pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "300", "-gray", "-png", filepath.Join(dir, "sheets.pdf"), filepath.Join(dir, "s")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for n := range sheets {
		f, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("s-%d.png", n+1)))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(f))
		if err != nil {
			t.Fatal(err)
		}
		g := image.NewGray(img.Bounds())
		draw.Draw(g, g.Rect, img, image.Point{}, draw.Src)
		pages = append(pages, g)
	}
	return marks, pages
}

// bad is how a scanner spoils a page.
type bad struct {
	name   string
	dpi    int
	turn   func(n int) float64 // degrees
	noise  int                 // added to each pixel, at most
	fax    bool                // 204 by 98 dots an inch, black or white, stretched to squares again
	shadow bool                // a grey gradient over the page
	gone   bool                // a corner is torn off
}

func scanned(src *image.Gray, b bad, n int, rnd *rand.Rand) *image.Gray {
	dpiX, dpiY := float64(b.dpi), float64(b.dpi)
	if b.fax {
		dpiX, dpiY = 204, 98
	}
	fx, fy := dpiX/300, dpiY/300
	angle := 0.0
	if b.turn != nil {
		angle = b.turn(n) * math.Pi / 180
	}
	sin, cos := math.Sincos(angle)
	w, h := float64(src.Rect.Dx()), float64(src.Rect.Dy())
	tw, th := math.Abs(w*cos)+math.Abs(h*sin), math.Abs(w*sin)+math.Abs(h*cos)
	dst := image.NewGray(image.Rect(0, 0, int(tw*fx), int(th*fy)))
	draw.Draw(dst, dst.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	m := f64.Aff3{
		fx * cos, -fx * sin, fx * (tw/2 - cos*w/2 + sin*h/2),
		fy * sin, fy * cos, fy * (th/2 - sin*w/2 - cos*h/2),
	}
	draw.BiLinear.Transform(dst, m, src, src.Rect, draw.Over, nil)
	for y := range dst.Rect.Dy() {
		for x := range dst.Rect.Dx() {
			p := &dst.Pix[y*dst.Stride+x]
			v := int(*p)
			if b.shadow {
				v = v * (100 - 45*x/dst.Rect.Dx()) / 100
			}
			if b.noise > 0 {
				v += rnd.IntN(2*b.noise+1) - b.noise
			}
			if b.gone && x+y < (dst.Rect.Dx()+dst.Rect.Dy())/4 {
				v = 90
			}
			*p = uint8(max(0, min(255, v)))
			if b.fax {
				*p = map[bool]uint8{true: 255}[v > 128]
			}
		}
	}
	if !b.fax {
		return dst
	}
	even := image.NewGray(image.Rect(0, 0, dst.Rect.Dx(), int(th*204/300)))
	draw.BiLinear.Scale(even, even.Rect, dst, dst.Rect, draw.Src, nil)
	return even
}

func scans() []bad {
	any := func(n int) float64 { return float64(n*37%360) + 0.5 }
	skew := func(n int) float64 { return float64(n%13) - 6 }
	upside := func(n int) float64 { return float64(n%4) * 90 }
	return []bad{
		{name: "75 dpi, straight", dpi: 75},
		{name: "100 dpi, turned by any angle", dpi: 100, turn: any, noise: 20},
		{name: "150 dpi, turned by any angle", dpi: 150, turn: any, noise: 20},
		{name: "200 dpi, turned by any angle", dpi: 200, turn: any, noise: 20},
		{name: "300 dpi, turned by any angle", dpi: 300, turn: any, noise: 20},
		{name: "200 dpi, quarter turns", dpi: 200, turn: upside},
		{name: "200 dpi, skewed to 6°, shadow, noise", dpi: 200, turn: skew, noise: 60, shadow: true},
		{name: "200 dpi, much noise", dpi: 200, turn: skew, noise: 120},
		{name: "200 dpi, a corner torn off", dpi: 200, turn: skew, noise: 20, gone: true},
		{name: "fax 204×98, skewed to 6°", fax: true, turn: skew, noise: 20},
		{name: "fax 204×98, quarter turns", fax: true, turn: upside, noise: 20},
	}
}

// TestFigures prints how many sheets are found in bad scans, beside what the program zbarimg finds where it is
// installed, and holds what is promised from 200 dots an inch on.
func TestFigures(t *testing.T) {
	marks, pages := printed(t)
	whole := os.Getenv("EAKTE_TEST_FIGURES") != ""
	each, zbar := 1, ""
	if whole {
		each = 4
		zbar, _ = exec.LookPath("zbarimg")
	}
	only := os.Getenv("SEPARATOR_SCAN") // part of a name
	for k, b := range scans() {
		if !strings.Contains(b.name, only) || !whole && !b.promised() {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(1, uint64(k)))
			found, theirs, total := 0, 0, 0
			for n := range each {
				for i, page := range pages {
					if !whole && (i+k)%2 > 0 {
						continue
					}
					img := scanned(page, b, n*len(pages)+i, rnd)
					total++
					if has(Find(img), marks[i]) {
						found++
					}
					if zbar != "" && zbarFinds(t, zbar, img, marks[i]) {
						theirs++
					}
				}
			}
			t.Logf("%-40s %3d of %3d, zbar %3d", b.name, found, total, theirs)
			if b.promised() && found*100 < total*99 {
				t.Errorf("only %d of %d sheets were found", found, total)
			}
		})
	}
}

// promised are scans whose sheets have to be found.
func (b bad) promised() bool { return b.dpi >= 200 || b.fax }

func has(all []Found, mark string) bool {
	for _, f := range all {
		if f.Text == mark {
			return true
		}
	}
	return false
}

func zbarFinds(t *testing.T, zbar string, img *image.Gray, mark string) bool {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "P5\n%d %d\n255\n", img.Rect.Dx(), img.Rect.Dy())
	b.Write(img.Pix)
	path := filepath.Join(t.TempDir(), "scan.pgm")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(zbar, "-q", "--raw", path)
	out, _ := cmd.Output() // it fails where it finds nothing
	return strings.Contains(string(out), mark)
}
