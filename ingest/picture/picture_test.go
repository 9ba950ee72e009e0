package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"testing"

	"golang.org/x/image/tiff"

	"eakte/ingest/sandbox"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		os.Exit(sandbox.Serve(Steps(), os.Args[2:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func newReader(t *testing.T) *Reader {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{})
	if errors.Is(err, sandbox.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	r, err := New(box)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func source(t *testing.T, b []byte) *sandbox.File {
	t.Helper()
	f, err := sandbox.Load(bytes.NewReader(b), 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// corner is a white image with a dark upper left quarter.
func corner(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if x >= w/2 || y >= h/2 {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return img
}

func jpegBytes(t *testing.T, img image.Image, orientation int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	if orientation == 0 {
		return b.Bytes()
	}
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(orientation)) + "\x00\x00\x00\x00\x00\x00")
	segment := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	return append(append(append([]byte{}, b.Bytes()[:2]...), segment...), b.Bytes()[2:]...)
}

func pngBytes(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInspectReadsHeadersOnly(t *testing.T) {
	broken := pngBytes(t, corner(40, 20))
	broken[40] ^= 0xff
	huge := pngBytes(t, corner(40, 20))
	binary.BigEndian.PutUint32(huge[16:], 50_000)
	whole := jpegBytes(t, corner(400, 300), 6)
	tests := []struct {
		name, code string
		file       []byte
		check      func(Facts) bool
	}{
		{"turned photo", "", whole, func(f Facts) bool {
			p := f.Frames[0]
			w, h := p.Size()
			return f.Format == "jpeg" && p.Orientation == 6 && p.Width == 400 && p.Turned() && w < h && !f.Truncated
		}},
		{"colours", "", pngBytes(t, image.NewRGBA(image.Rect(0, 0, 4, 4))), func(f Facts) bool { return f.Frames[0].Mode == Colour }},
		{"grey photo", "", whole, func(f Facts) bool { return f.Frames[0].Mode == Gray }},
		{"grey", "", pngBytes(t, corner(40, 20)), func(f Facts) bool { return f.Frames[0].Mode == Gray }},
		{"cut photo", "", whole[:len(whole)-30], func(f Facts) bool { return f.Truncated }},
		{"png", "", pngBytes(t, corner(40, 20)), func(f Facts) bool { return f.Frames[0].Plain && f.Frames[0].Width == 40 }},
		{"png with alpha", "", pngBytes(t, image.NewNRGBA(image.Rect(0, 0, 4, 4))), func(f Facts) bool { return f.Frames[0].Alpha && !f.Frames[0].Plain }},
		{"png with a wrong sum", Corrupt, broken, nil},
		{"rubbish", Corrupt, []byte("rubbish rubbish rubbish"), nil},
		{"tiff that points at itself", PageLoop, []byte("II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00"), nil},
		{"empty tiff", Corrupt, []byte("II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"), nil},
	}
	r := newReader(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := r.Inspect(t.Context(), source(t, tt.file))
			if IsRefused(err) != tt.code || tt.check != nil && (err != nil || !tt.check(f)) {
				t.Errorf("got %+v, %v", f, err)
			}
		})
	}
	// The sum has to fit for the size to be believed, so the limit is asked directly.
	if err := withinLimits(Facts{Frames: []Frame{{Width: 50_000, Height: 20}}}); IsRefused(err) != PixelLimit {
		t.Errorf("50,000 pixels wide: %v", err)
	}
	if err := withinLimits(Facts{Frames: []Frame{{Width: 20_000, Height: 20_000}}}); IsRefused(err) != PixelLimit {
		t.Errorf("400 million pixels: %v", err)
	}
}

// dark names the quarter of an image that is dark.
func dark(img image.Image) string {
	b := img.Bounds()
	for name, at := range map[string][2]int{"ul": {1, 1}, "ur": {3, 1}, "ll": {1, 3}, "lr": {3, 3}} {
		r, _, _, _ := img.At(b.Min.X+b.Dx()*at[0]/4, b.Min.Y+b.Dy()*at[1]/4).RGBA()
		if r < 0x8000 {
			return name
		}
	}
	return "none"
}

func TestEveryOrientationIsUndone(t *testing.T) {
	want := map[int]string{1: "ul", 2: "ur", 3: "lr", 4: "ll", 5: "ul", 6: "ur", 7: "lr", 8: "ll"}
	for o, quarter := range want {
		g := arrange(corner(80, 40), order{Orientation: o})
		if got := dark(g); got != quarter {
			t.Errorf("orientation %d: dark %s, want %s", o, got, quarter)
		}
		if (o >= 5) != (g.Rect.Dx() == 40) {
			t.Errorf("orientation %d: %v", o, g.Rect)
		}
		c := colour(corner(80, 40), order{Orientation: o, Rotation: 90, Width: 20})
		if c.Rect.Dx() != 20 {
			t.Errorf("orientation %d turned: width %d", o, c.Rect.Dx())
		}
	}
	for rotation, quarter := range map[int]string{0: "ul", 90: "ur", 180: "lr", 270: "ll"} {
		if got := dark(arrange(corner(80, 40), order{Rotation: rotation})); got != quarter {
			t.Errorf("turned by %d: dark %s, want %s", rotation, got, quarter)
		}
	}
}

func TestAlphaBecomesWhite(t *testing.T) {
	g := arrange(image.NewNRGBA(image.Rect(0, 0, 4, 4)), order{})
	if g.Pix[0] != 255 {
		t.Errorf("clear became %d", g.Pix[0])
	}
}

func TestPagesOfTIFFAreSeenOneByOne(t *testing.T) {
	r := newReader(t)
	src := source(t, twoPages(t))
	f, err := r.Inspect(t.Context(), src)
	if err != nil || len(f.Frames) != 2 || f.Frames[0].Width != 40 || f.Frames[1].Width != 60 {
		t.Fatalf("got %+v, %v", f, err)
	}
	for nr, width := range map[int]int{1: 40, 2: 60} {
		img, err := r.View(t.Context(), src, f, nr, 0, 1280, nil)
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := jpeg.DecodeConfig(img.Reader())
		if err != nil || cfg.Width != width {
			t.Errorf("page %d: %d wide, %v", nr, cfg.Width, err)
		}
		_ = img.Close()
	}
}

// twoPages joins two TIFF files: the second one's offsets are moved.
func twoPages(t *testing.T) []byte {
	t.Helper()
	var a, b bytes.Buffer
	if err := tiff.Encode(&a, corner(40, 20), nil); err != nil {
		t.Fatal(err)
	}
	if err := tiff.Encode(&b, corner(60, 20), nil); err != nil {
		t.Fatal(err)
	}
	if a.Len()%2 == 1 {
		a.WriteByte(0)
	}
	base := uint32(a.Len())
	first, second := a.Bytes(), b.Bytes()
	le := binary.LittleEndian
	at := le.Uint32(second[4:])
	n := uint32(le.Uint16(second[at:]))
	for i := range n {
		e := second[at+2+12*i:]
		size := map[uint16]uint32{3: 2, 4: 4, 5: 8}[le.Uint16(e[2:])] * le.Uint32(e[4:])
		if tag := le.Uint16(e); size > 4 || tag == 273 {
			le.PutUint32(e[8:], le.Uint32(e[8:])+base)
		}
	}
	end := le.Uint32(first[4:])
	end += 2 + 12*uint32(le.Uint16(first[end:]))
	le.PutUint32(first[end:], base+at)
	return append(first, second...)
}

func TestWebPIsSeen(t *testing.T) {
	r := newReader(t)
	src := source(t, []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	f, err := r.Inspect(t.Context(), src)
	if err != nil || f.Format != "webp" || f.Frames[0].Width != 1 || f.Frames[0].Height != 1 {
		t.Fatalf("got %+v, %v", f, err)
	}
	img, err := r.View(t.Context(), src, f, 1, 0, 256, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = img.Close()
}

func TestPNM(t *testing.T) {
	tests := map[string]string{
		"P4\n8 1\n\x0f":                          "P4",
		"P5\n2 1\n255\n\x00\xff":                 "P5",
		"P6\n2 1\n255\n\x00\x00\x00\xff\xff\xff": "P6",
	}
	for in, name := range tests {
		img, err := decode(bytes.NewReader([]byte(in)), 0)
		if err != nil || img.Bounds().Dy() != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, in := range []string{"P5\n99999 99999\n255\n", "P5\n2 2\n255\n\x00", "P5\n-1 2\n255\n", "P6\n"} {
		if _, err := decode(bytes.NewReader([]byte(in)), 0); err == nil {
			t.Errorf("%q was taken", in)
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00"))
	f.Add([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00\x48\x00\x48\x00\x00\xff\xda\x00\x02\xff\xd9"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"))
	f.Add([]byte("RIFF\x10\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		facts, err := inspect(window{r: bytes.NewReader(b), size: int64(len(b))})
		if err == nil && len(facts.Frames) == 0 {
			t.Error("no frames and no error")
		}
	})
}
