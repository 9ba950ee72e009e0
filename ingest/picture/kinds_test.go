package picture

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"eakte/ingest/sandbox"
)

// program skips the test where this machine lacks a program.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(err)
	}
	return path
}

// made is what a program makes of an image; its arguments name in and out.
func made(t *testing.T, b []byte, ext, name string, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"+filepath.Ext(ext)), filepath.Join(dir, "out"+ext)
	if i := strings.Index(ext, ">"); i >= 0 {
		in, out = filepath.Join(dir, "in"+ext[:i]), filepath.Join(dir, "out"+ext[i+1:])
	}
	if err := os.WriteFile(in, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.NewReplacer("IN", in, "OUT", out).Replace(args[i])
	}
	if said, err := exec.Command(program(t, name), args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, said)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func tiffBytes(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tiff.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bits is a TIFF of one bit a pixel, as faxes are.
func bits(t *testing.T, img *image.Gray) []byte { return bitsOf(t, img, 0) }

// bitsOf has 0 for black (photometric 1) or for white (0).
func bitsOf(t *testing.T, img *image.Gray, photometric int) []byte {
	t.Helper()
	return made(t, pbm(img), ".pbm>.tif", "python3", "-c", "photometric = "+strconv.Itoa(photometric)+`
import struct, sys
head, size, data = open(sys.argv[1], "rb").read().split(b"\n", 2)
w, h = map(int, size.split())
if photometric == 1: data = bytes(255 - b for b in data)
tags = [(256,4,w),(257,4,h),(258,3,1),(259,3,1),(262,3,photometric),(273,4,8),(277,3,1),(278,4,h),(279,4,len(data))]
data += b"\0" * (len(data) % 2)
ifd = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", t, k, 1, v) for t, k, v in tags) + b"\0\0\0\0"
open(sys.argv[2], "wb").write(b"II*\0" + struct.pack("<I", 8+len(data)) + data + ifd)`, "IN", "OUT")
}

func pbm(img *image.Gray) []byte {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := []byte("P4\n" + strconv.Itoa(w) + " " + strconv.Itoa(h) + "\n")
	for y := range h {
		row := make([]byte, (w+7)/8)
		for x := range w {
			if img.GrayAt(x, y).Y < 128 {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		out = append(out, row...)
	}
	return out
}

// TestEveryKindIsDrawnAndRecognisable sees the dark quarter of an image where it is, in each kind.
func TestEveryKindIsDrawnAndRecognisable(t *testing.T) {
	img := corner(160, 80)
	clear := image.NewNRGBA(img.Rect)
	for i, v := range img.Pix { // dark where the corner is, clear elsewhere
		if v < 128 {
			clear.Pix[4*i+3] = 255
		}
	}
	var bitmap bytes.Buffer
	if err := bmp.Encode(&bitmap, img); err != nil {
		t.Fatal(err)
	}
	r := newReader(t)
	tests := []struct {
		name, convert string
		file          []byte
	}{
		{"jpeg", "", jpegBytes(t, img, 0)},
		{"png", "", pngBytes(t, img)},
		{"png with alpha", "", pngBytes(t, clear)},
		{"bmp", "", bitmap.Bytes()},
		{"tiff", "", tiffBytes(t, img)},
		{"tiff with alpha", "", tiffBytes(t, clear)},
		{"tiff, lzw", "", made(t, tiffBytes(t, img), ".tif", "tiffcp", "-c", "lzw", "IN", "OUT")},
		{"tiff, jpeg inside", "", made(t, tiffBytes(t, img), ".tif", "tiffcp", "-r", "16", "-c", "jpeg:90", "IN", "OUT")},
		{"tiff, fax group 3", "", made(t, bits(t, img), ".tif", "tiffcp", "-c", "g3", "IN", "OUT")},
		{"tiff, fax group 3, 0 is black", "", made(t, bitsOf(t, img, 1), ".tif", "tiffcp", "-c", "g3", "IN", "OUT")},
		{"tiff, fax group 4, 0 is black", "", made(t, bitsOf(t, img, 1), ".tif", "tiffcp", "-c", "g4", "IN", "OUT")},
		{"tiff, fax group 4", "", made(t, bits(t, img), ".tif", "tiffcp", "-c", "g4", "IN", "OUT")},
		{"jpeg 2000", JPEG2000, made(t, pgm(img), ".pgm>.jp2", "opj_compress", "-i", "IN", "-o", "OUT")},
		{"jpeg 2000 without its box", JPEG2000, made(t, pgm(img), ".pgm>.j2k", "opj_compress", "-i", "IN", "-o", "OUT")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := source(t, tt.file)
			if tt.convert != "" {
				src = converted(t, r, src, tt.convert)
			}
			f, err := r.Inspect(t.Context(), src)
			if err != nil || f.Truncated || len(f.Frames) != 1 || f.Frames[0].Width != 160 || f.Frames[0].Height != 80 {
				t.Fatalf("got %+v, %v", f, err)
			}
			view, err := r.View(t.Context(), src, f, 1, 90, 60, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer view.Close() //nolint:errcheck // test
			seen, err := jpeg.Decode(view.Reader())
			if err != nil || dark(seen) != "ur" || seen.Bounds().Dx() != 60 {
				t.Errorf("turned clockwise it is dark %s, %v wide, %v", dark(seen), seen.Bounds().Dx(), err)
			}
			ras, err := r.RasterPage(t.Context(), src, f, 1, 180, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer ras.Image.Close() //nolint:errcheck // test
			if g, err := decode(ras.Image, 0); err != nil || dark(g) != "lr" {
				t.Errorf("for recognition upside down it is dark %s, %v", dark(g), err)
			}
		})
	}
}

func pgm(img *image.Gray) []byte {
	return append([]byte("P5\n"+strconv.Itoa(img.Rect.Dx())+" "+strconv.Itoa(img.Rect.Dy())+"\n255\n"), img.Pix...)
}

func converted(t *testing.T, r *Reader, src *sandbox.File, format string) *sandbox.File {
	t.Helper()
	if strings.Contains(strings.Join(Unread(), " "), format) {
		t.Skip("no program for " + format)
	}
	out, err := r.Convert(t.Context(), src, format)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.Close() })
	return out
}

func TestConvertRefusesRubbish(t *testing.T) {
	r := newReader(t)
	for _, format := range []string{HEIC, JPEG2000} {
		if converter(format) == "" {
			t.Skip("no program for " + format)
		}
		if _, err := r.Convert(t.Context(), source(t, []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic rubbish")), format); IsRefused(err) != Corrupt {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// TestSeveralImagesInOneFileAreNotOne: the second one must not be lost unseen.
func TestSeveralImagesInOneFileAreNotOne(t *testing.T) {
	enc := program(t, "heif-enc")
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.png"), filepath.Join(dir, "out.heic")
	if err := os.WriteFile(in, pngBytes(t, corner(160, 80)), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(enc, "-o", out, in, in).CombinedOutput(); err != nil {
		t.Skipf("no encoder: %s", said)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newReader(t).Convert(t.Context(), source(t, b), HEIC); IsRefused(err) != Several {
		t.Errorf("got %v", err)
	}
}
