package picture

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"testing"

	"golang.org/x/image/draw"
)

// desk is a dark ground with sheets on it, each given by its corners.
func desk(w, h int, sheets ...Corners) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(50 + (x*7+y*13)%23)
			img.SetRGBA(x, y, color.RGBA{R: v + 10, G: v, B: v - 10, A: 255})
		}
	}
	for _, c := range sheets {
		p := c.points(w, h)
		for y := range h {
			for x := range w {
				inside := true
				for i := range p {
					inside = inside && cross(p[i], p[(i+1)%4], point{float64(x), float64(y)}) >= 0
				}
				if inside {
					v := uint8(130 + 90*x/w) // dimmer on the left
					img.SetRGBA(x, y, color.RGBA{R: v, G: v, B: v, A: 255})
				}
			}
		}
	}
	return img
}

func TestFindSheet(t *testing.T) {
	leaning := Corners{2200, 1100, 8300, 1600, 9100, 9000, 900, 8600}
	tests := []struct {
		name string
		img  image.Image
		want Corners
	}{
		{"seen at an angle", desk(600, 800, leaning), leaning},
		{"turned", desk(800, 800, Corners{3000, 800, 9200, 3600, 7000, 9200, 800, 6400}), Corners{3000, 800, 9200, 3600, 7000, 9200, 800, 6400}},
		{"two sheets are no one", desk(800, 600, Corners{400, 800, 4600, 800, 4600, 9200, 400, 9200}, Corners{5400, 800, 9600, 800, 9600, 9200, 5400, 9200}), nil},
		{"a small thing is no sheet", desk(600, 800, Corners{4000, 4000, 6000, 4000, 6000, 6000, 4000, 6000}), nil},
		{"a scan", image.NewUniform(color.White), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			img := tt.img
			if u, ok := img.(*image.Uniform); ok {
				scan := image.NewRGBA(image.Rect(0, 0, 600, 800))
				draw.Draw(scan, scan.Rect, u, image.Point{}, draw.Src)
				img = scan
			}
			got := findSheet(img)
			if got.whole() {
				got = nil // only its light is evened
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got %v, want %v", got, tt.want)
			}
			for i := range got {
				if math.Abs(float64(got[i]-tt.want[i])) > 200 {
					t.Errorf("got %v, want %v", got, tt.want)
					break
				}
			}
		})
	}
}

// TestFlattenPutsCornersIntoCorners: a mark in each corner of the sheet lies in a corner afterwards, and the
// paper is equally bright.
func TestFlattenPutsCornersIntoCorners(t *testing.T) {
	c := Corners{2200, 1100, 8300, 1600, 9100, 9000, 900, 8600}
	img := desk(600, 800, c)
	w, h := flatSize(c, 600, 800)
	if shape := float64(h) / float64(w); shape < 1.2 || shape > 1.5 {
		t.Errorf("%d × %d", w, h)
	}
	flat := flatten(img, c, w, h)
	light(flat)
	for name, at := range map[string]image.Point{"ul": {8, 8}, "ur": {w - 8, 8}, "lr": {w - 8, h - 8}, "ll": {8, h - 8}, "middle": {w / 2, h / 2}} {
		if v := flat.RGBAAt(at.X, at.Y).G; v < 215 {
			t.Errorf("%s is %d: no paper", name, v)
		}
	}
	m := projection(c.points(600, 800))
	if x, y := (m[0]+m[1]+m[2])/(m[6]+m[7]+1), (m[3]+m[4]+m[5])/(m[6]+m[7]+1); math.Abs(x-0.91*600) > 0.01 || math.Abs(y-0.9*800) > 0.01 {
		t.Errorf("the last corner comes from %v, %v", x, y)
	}
}

func TestBadCornersAreNotFollowed(t *testing.T) {
	for _, c := range []Corners{nil, {1}, {0, 0, full, 0, full, full, 0, full + 1}, {0, 0, 0, full, full, full, full, 0}, {5, 5, 5, 5, 5, 5, 5, 5}} {
		if c.valid() {
			t.Errorf("%v was taken", c)
		}
	}
}

// TestPhotographIsStraightenedUpright takes orientation, straightening and a turn together.
func TestPhotographIsStraightenedUpright(t *testing.T) {
	c := Corners{2200, 1100, 8300, 1600, 9100, 9000, 900, 8600}
	img := desk(600, 800, c)
	p := c.points(600, 800)
	for y := -12; y < 12; y++ { // a dark mark near its upper left corner
		for x := -12; x < 12; x++ {
			img.SetRGBA(int(p[0].x)+45+x, int(p[0].y)+45+y, color.RGBA{A: 255})
		}
	}
	lying, w, h := turn(img.Pix, 4, img.Stride, 600, 800, 8) // as a camera stores it that was turned
	photo := jpegBytes(t, &image.RGBA{Pix: lying, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}, 6)
	r := newReader(t)
	src := source(t, photo)
	f, err := r.Inspect(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	found, err := r.Sheet(t.Context(), src, f, 1)
	if err != nil || len(found) != 8 || found.whole() {
		t.Fatalf("got %v, %v", found, err)
	}
	view, err := r.View(t.Context(), src, f, 1, 90, 400, found)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close() //nolint:errcheck // test
	b, _ := view.Bytes()
	seen, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	at := func(x, y float64) uint32 {
		s := seen.Bounds()
		v, _, _, _ := seen.At(int(x*float64(s.Dx())), int(y*float64(s.Dy()))).RGBA()
		return v >> 8
	}
	// Turned clockwise, the mark of the upper left corner lies in the upper right one.
	if seen.Bounds().Dx() <= seen.Bounds().Dy() || at(0.93, 0.1) > 60 || at(0.05, 0.05) < 200 || at(0.5, 0.95) < 200 {
		t.Errorf("%v: mark %d, others %d, %d", seen.Bounds(), at(0.93, 0.1), at(0.05, 0.05), at(0.5, 0.95))
	}
}
