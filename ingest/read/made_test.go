package read

import (
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// scanned is how a page that a test makes comes out of the scanner.
type scanned struct {
	font  string // as Pango names it
	size  float64
	dpi   int
	width int // of the text, points
	lean  float64
	noise float64 // standard deviation of the brightness
	seed  uint64
}

// made writes text on a page with Pango, which knows how letters of every script join, scans it and
// returns the PNG file. The test is skipped where Pango or its fonts aren't installed.
func made(t testing.TB, text string, s scanned) string {
	t.Helper()
	tool, err := exec.LookPath("pango-view")
	if err != nil {
		t.Skip("pango-view isn't installed (apt-get install pango1.0-tools fonts-noto-core fonts-ocr-b)")
	}
	clean := filepath.Join(t.TempDir(), "clean.png")
	cmd := exec.Command(tool, "--font="+s.font+" "+strconv.FormatFloat(s.size, 'f', 1, 64), "--dpi="+strconv.Itoa(s.dpi),
		"--width="+strconv.Itoa(s.width), "--wrap=word", "--margin=70", "--line-spacing=1.3", "-q", "-o", clean, "--text="+text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	in, err := os.Open(clean)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // only read
	img, err := png.Decode(in)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "scan.png")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(out, scan(img, s)); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// scan makes an image grey, lays it a little aslant and adds noise.
func scan(img image.Image, s scanned) *image.Gray {
	r := rand.New(rand.NewPCG(s.seed, 1))
	b := img.Bounds()
	g := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	sin, cos := math.Sincos(s.lean * math.Pi / 180)
	cx, cy := float64(b.Dx())/2, float64(b.Dy())/2
	grey := func(x, y int) float64 {
		if !(image.Point{X: x, Y: y}).In(b) {
			return 255
		}
		return float64(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			fx, fy := cos*(float64(x)-cx)+sin*(float64(y)-cy)+cx, -sin*(float64(x)-cx)+cos*(float64(y)-cy)+cy
			x0, y0 := math.Floor(fx), math.Floor(fy)
			dx, dy := fx-x0, fy-y0
			i, j := int(x0), int(y0)
			v := grey(i, j)*(1-dx)*(1-dy) + grey(i+1, j)*dx*(1-dy) + grey(i, j+1)*(1-dx)*dy + grey(i+1, j+1)*dx*dy
			v = 0.9*v + 15 + s.noise*r.NormFloat64()
			g.SetGray(x, y, color.Gray{Y: uint8(min(max(v, 0), 255))})
		}
	}
	return g
}
