package pdf

import (
	"context"
	"math"
	"strconv"
	"time"

	"eakte/ingest/sandbox"
)

// MaxPixels is the largest image made of a page.
const MaxPixels = 40_000_000

// Resolutions for recognition, in dots per inch.
const (
	usualDPI = 300
	leastDPI = 70 // below, nothing can be recognised
	// A scan is taken as it lies in the file from here on; coarser ones are enlarged by drawing, every one:
	// that takes half as long again, but a tilted page of 200 is read with much confidence in the wrong
	// order, so how sure the recogniser is can't decide it.
	nativeDPI = 250
	finestDPI = 620
)

// Raster is the image of one page for recognition. Image must be closed.
type Raster struct {
	Image *sandbox.File // BMP, TIFF, JPEG or PNM
	DPI   int
	Scan  *Scan // where the image lies where it doesn't cover exactly the page; nil: the whole page
}

// RasterPage makes the image of page number nr. The error is a *[Refused] with
// [PixelLimitPage] where the page is too large for recognition.
func (r *Reader) RasterPage(ctx context.Context, src *sandbox.File, nr int, f Facts) (Raster, error) {
	s := f.sheet(nr)
	if dpi, ok := scanDPI(s); ok {
		img, err := r.extract(ctx, src, nr, inGrey)
		if err != nil || img != nil {
			return Raster{Image: img, DPI: dpi, Scan: s.Scan}, err
		}
	}
	dpi := min(usualDPI, int(math.Sqrt(MaxPixels/(float64(s.Width)*float64(s.Height)))*72))
	if s.Width <= 0 || s.Height <= 0 || dpi < leastDPI {
		return Raster{}, refuse(PixelLimitPage)
	}
	img, err := r.draw(ctx, src, nr, f.patience(), "-gray", "-tiff", "-tiffcompression", "none", "-r", strconv.Itoa(dpi))
	return Raster{Image: img, DPI: dpi}, err
}

// scanDPI returns the resolution of a page's scan where it is fit to be taken as
// it is: square pixels, neither coarse nor huge.
func scanDPI(s Sheet) (int, bool) {
	if s.Scan == nil || s.Scan.Width*s.Scan.Height > MaxPixels {
		return 0, false
	}
	x, y := float32(s.Scan.Width)/s.Scan.PlaceW*72, float32(s.Scan.Height)/s.Scan.PlaceH*72
	if x < nativeDPI || x > finestDPI || x/y < 0.97 || x/y > 1.03 {
		return 0, false
	}
	return int(x + 0.5), true
}

// What becomes of a JPEG that is taken out of a file: nothing, or a bitmap in grey. Every program that reads it
// would take longer to decode its colours, and leptonica takes longest for a PGM, which it reads pixel by pixel.
const (
	asItLies = "false" // it fails, and the file is printed as it is
	inGrey   = "djpeg -grayscale -bmp"
)

// extract takes the only image of a page out of the file: JPEG as how says, or as it lies where that fails; else
// PNM. Without exactly one image it returns nil.
func (r *Reader) extract(ctx context.Context, src *sandbox.File, nr int, how string) (*sandbox.File, error) {
	const script = `pdfimages -q -j -f "$1" -l "$1" "$2" /tmp/i || exit 9; set -- "$3" /tmp/i-*; [ $# = 2 ] && [ -f "$2" ] || exit 9
case "$2" in *.jpg) $1 "$2" >/tmp/g 2>&- && exec cat /tmp/g;; esac
exec cat "$2"`
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Tool: "sh", Args: []string{"-c", script, "sh", strconv.Itoa(nr), sandbox.InputPath, how}, Input: src,
		Limits: sandbox.Limits{Memory: 512 << 20, CPU: 20 * time.Second, Wall: 40 * time.Second, Output: 3*MaxPixels + 4096, Temp: 3*MaxPixels + 1<<20},
	})
	if err != nil {
		return nil, wrap("extracting a scan", err)
	}
	if !res.OK() || res.Output.Size() == 0 {
		return nil, wrap("extracting a scan", res.Output.Close())
	}
	return res.Output, nil
}

// draw renders one page to standard output.
func (r *Reader) draw(ctx context.Context, src *sandbox.File, nr int, cpu time.Duration, how ...string) (*sandbox.File, error) {
	n := strconv.Itoa(nr)
	args := append([]string{"-q", "-cropbox", "-f", n, "-l", n}, how...)
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Tool: "pdftoppm", Args: append(args, sandbox.InputPath), Input: src,
		Limits: sandbox.Limits{Memory: 768 << 20, CPU: cpu, Wall: 3 * cpu, Output: 3*MaxPixels + 4096},
	})
	if err != nil {
		return nil, wrap("drawing a page", err)
	}
	if res.OK() && res.Output.Size() > 0 {
		return res.Output, nil
	}
	fail := failure(res)
	if err := res.Output.Close(); err != nil {
		return nil, wrap("drawing a page", err)
	}
	return nil, fail
}

// View draws page nr for people, as JPEG, width pixels wide (at most 4,000) and
// never higher than ten times that.
func (r *Reader) View(ctx context.Context, src *sandbox.File, nr, width int, f Facts) (*sandbox.File, error) {
	s := f.sheet(nr)
	width = max(16, min(width, 4000))
	height := width
	if s.Width > 0 {
		height = int(float32(width) * s.Height / s.Width)
	}
	height = max(1, min(height, 10*width, MaxPixels/width))
	return r.draw(ctx, src, nr, f.patience(), "-jpeg", "-jpegopt", "quality=80", "-scale-to-x", strconv.Itoa(width), "-scale-to-y", strconv.Itoa(height))
}

// keptDPI is how finely a page is drawn for a file that people keep, in dots per inch.
const keptDPI = 300

// Full makes the image of page nr for a file that people keep: that of a scan as it lies in the file (JPEG or
// PNM), else one drawn in colour (JPEG).
func (r *Reader) Full(ctx context.Context, src *sandbox.File, nr int, f Facts) (*sandbox.File, error) {
	s := f.sheet(nr)
	if s.Scan != nil && s.Scan.fills(s) && s.Scan.Width*s.Scan.Height <= MaxPixels {
		if img, err := r.extract(ctx, src, nr, asItLies); err != nil || img != nil {
			return img, err
		}
	}
	dpi := min(keptDPI, int(math.Sqrt(MaxPixels/(float64(s.Width)*float64(s.Height)))*72))
	if s.Width <= 0 || s.Height <= 0 || dpi < 1 {
		return nil, refuse(PixelLimitPage)
	}
	return r.draw(ctx, src, nr, f.patience(), "-jpeg", "-jpegopt", "quality=92", "-r", strconv.Itoa(dpi))
}

// fills reports whether a scan is exactly as large as its page.
func (s *Scan) fills(page Sheet) bool {
	const slack = 1.0 // points
	near := func(a, b float32) bool { return a-b < slack && b-a < slack }
	return near(s.X, 0) && near(s.Y, 0) && near(s.PlaceW, page.Width) && near(s.PlaceH, page.Height)
}

// sheet returns the shape of page nr; a page no shape is known of has none.
func (f Facts) sheet(nr int) Sheet {
	if nr < 1 || nr > len(f.Sheets) {
		return Sheet{}
	}
	return f.Sheets[nr-1]
}

// patience is the processor time a page of this file is given.
func (f Facts) patience() time.Duration {
	if f.Huge {
		return 4 * time.Second
	}
	return 30 * time.Second
}
