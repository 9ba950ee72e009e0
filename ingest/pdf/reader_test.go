package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image/jpeg"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"

	"eakte/ingest/sandbox"
)

// build writes a PDF of the given objects, numbered from 1; the first is the catalog.
func build(objects ...string) string {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n")
	var offsets []int
	for i, o := range objects {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, off := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", off)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.String()
}

func source(t *testing.T, s string) *sandbox.File {
	t.Helper()
	f, err := sandbox.Load(strings.NewReader(s), 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

const (
	catalog = "<< /Type /Catalog /Pages 2 0 R >>"
	pages   = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
	leaf    = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
	empty   = "<< /Length 0 >>\nstream\n\nendstream"
)

// scanned is a page that draws images.
var scanned = strings.Replace(leaf, "/Contents", "/Resources << /XObject << /Im0 5 0 R >> >> /Contents", 1)

// picture is an image without its bytes, which nobody asks for.
func picture(width, height int, rest string) string {
	return fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width %d /Height %d %s /Length 4 >>\nstream\nxxxx\nendstream", width, height, rest)
}

func flate(s []byte) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(s)
	_ = z.Close()
	return fmt.Sprintf("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", b.Len(), b.String())
}

func TestInspectFindsWhatMatters(t *testing.T) {
	r := newReader(t)
	tests := []struct {
		name, file string
		check      func(Facts) bool
	}{
		{"plain page", build(catalog, pages, leaf, empty), func(f Facts) bool {
			return f.Pages == 1 && len(f.Sheets) == 1 && f.Sheets[0].Width == 595 && !f.Launch && !f.JavaScript && !f.Fallback
		}},
		{"launch in an annotation", build(catalog, pages, strings.Replace(leaf, "/Contents", "/Annots [<< /Subtype /Link /A << /S /Launch /F (a) >> >>] /Contents", 1), empty),
			func(f Facts) bool { return f.Launch }},
		{"script behind a name", build("<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R >>", pages, leaf, empty, "<< /S /JavaScript /JS (x) >>"),
			func(f Facts) bool { return f.JavaScript && !f.Launch }},
		{"program by its bytes", build(catalog, pages, leaf, empty, "<< /Type /Filespec /F (rechnung.pdf) /EF << /F 6 0 R >> >>", "<< /Type /EmbeddedFile /Length 4 >>\nstream\nMZ\x90\x00\nendstream"),
			func(f Facts) bool { return len(f.Attachments) == 1 && f.Attachments[0].Program }},
		{"harmless attachment", build(catalog, pages, leaf, empty, "<< /Type /Filespec /F (a.txt) /EF << /F 6 0 R >> >>", "<< /Type /EmbeddedFile /Length 4 >>\nstream\ntext\nendstream"),
			func(f Facts) bool { return len(f.Attachments) == 1 && !f.Attachments[0].Program }},
		{"turned and cropped page", build(catalog, pages, strings.Replace(leaf, "/Contents", "/Rotate -90 /CropBox [100 100 300 200] /Contents", 1), empty),
			func(f Facts) bool {
				return f.Sheets[0].Rotate == 270 && f.Sheets[0].Width == 100 && f.Sheets[0].Height == 200
			}},
		{"who made it", strings.Replace(build(catalog, pages, leaf, empty, "<< /Producer (Scan\\050x\\051) /Creator <FEFF004300E4> /CreationDate (D:20261121101500+01'00') >>"), "/Root 1 0 R", "/Root 1 0 R /Info 5 0 R", 1),
			func(f Facts) bool {
				return f.Producer == "Scan(x)" && f.Creator == "Cä" && strings.HasPrefix(f.Created, "D:20261121101500")
			}},
		{"a scan over the page", build(catalog, pages, scanned, "<< /Length 31 >>\nstream\nq 595 0 0 842 0 0 cm /Im0 Do Q \nendstream", picture(2479, 3508, "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode")),
			func(f Facts) bool {
				s := f.Sheets[0]
				return s.Scan != nil && s.Image && s.DPI == 300 && s.Colour == Gray
			}},
		{"a scan under its text", build(catalog, pages, scanned, "<< /Length 3 >>\nstream\nBT \nendstream", picture(1240, 1754, "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode")),
			func(f Facts) bool {
				s := f.Sheets[0]
				return s.Scan == nil && s.Image && s.DPI == 150 && s.Colour == BlackWhite
			}},
		{"black letters over coarse colours", build(catalog, pages, strings.Replace(scanned, "/Im0 5 0 R", "/Im0 5 0 R /Im1 6 0 R", 1), empty,
			picture(2479, 3508, "/ImageMask true /BitsPerComponent 1 /Filter /JBIG2Decode"), picture(620, 877, "/ColorSpace [/ICCBased 7 0 R] /BitsPerComponent 8 /Filter /DCTDecode"), "<< /N 3 /Length 0 >>\nstream\n\nendstream"),
			func(f Facts) bool { s := f.Sheets[0]; return s.Image && s.DPI == 300 && s.Colour == Colour }},
		{"a letterhead", build(catalog, pages, scanned, empty, picture(400, 200, "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode")),
			func(f Facts) bool { s := f.Sheets[0]; return !s.Image && s.DPI == 0 && s.Colour == "" }},
		{"one page shown twice", build(catalog, "<< /Type /Pages /Kids [3 0 R 3 0 R] /Count 2 >>", leaf, empty), func(f Facts) bool { return f.Pages == 2 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := r.Inspect(t.Context(), source(t, tt.file))
			if err != nil || !tt.check(f) {
				t.Errorf("got %+v, %v", f, err)
			}
		})
	}
}

func TestInspectRefuses(t *testing.T) {
	r := newReader(t)
	r.maxPages = 3
	tests := []struct{ name, file, code string }{
		{"no PDF", "%PDF-1.7\nnothing", Corrupt},
		{"loop of pages", build(catalog, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), PageLoop},
		{"too many pages", build(catalog, "<< /Type /Pages /Kids [3 0 R 3 0 R 3 0 R 3 0 R] /Count 4 >>", leaf, empty), PageLimit},
		{"bomb", build(catalog, pages, leaf, flate(make([]byte, maxDecoded+1<<20))), DecodeLimit},
		{"nested arrays", build(catalog, pages, leaf, empty, strings.Repeat("[", 3000)+strings.Repeat("]", 3000)), NestingLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if f, err := r.Inspect(t.Context(), source(t, tt.file)); IsRefused(err) != tt.code {
				t.Errorf("got %+v, %v; want %s", f, err, tt.code)
			}
		})
	}
}

func TestViewHasTheAskedWidth(t *testing.T) {
	r := newReader(t)
	src := source(t, build(catalog, pages, leaf, empty))
	f, err := r.Inspect(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	img, err := r.View(t.Context(), src, 1, 256, f)
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close() //nolint:errcheck // test
	cfg, err := jpeg.DecodeConfig(img.Reader())
	if err != nil || cfg.Width != 256 || cfg.Height != 362 {
		t.Errorf("got %d × %d, %v", cfg.Width, cfg.Height, err)
	}
}

func TestScanIsTakenFromTheFile(t *testing.T) {
	r := newReader(t)
	src := load(t, filepath.Join(corpus(t), "scan", "scan_letter_en_pdf13.pdf"))
	f, err := r.Inspect(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	ras, err := r.RasterPage(t.Context(), src, 1, f)
	if err != nil {
		t.Fatal(err)
	}
	defer ras.Image.Close() //nolint:errcheck // test
	cfg, err := bmp.DecodeConfig(ras.Image.Reader())
	if err != nil || cfg.Width != 2480 || cfg.Height != 3510 || ras.DPI != 300 || ras.Scan == nil {
		t.Errorf("got %d × %d, %d dpi, %v", cfg.Width, cfg.Height, ras.DPI, err)
	}
}
