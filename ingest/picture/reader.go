package picture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"eakte/ingest/sandbox"
	"eakte/ingest/separator"
)

// Reader reads image files. It may be used by several goroutines at once.
type Reader struct {
	box *sandbox.Runner
}

// New returns a Reader whose children run in box.
func New(box *sandbox.Runner) (*Reader, error) {
	if box == nil {
		return nil, errors.New("picture: no sandbox given")
	}
	return &Reader{box: box}, nil
}

// Tools are the programs this package runs; they come with libtiff-tools.
func Tools() []string { return []string{"tiffcp"} }

const decodeMemory = 1536 << 20

// Inspect returns what the headers tell. The error is a *[Refused] where the file
// can't be used.
func (r *Reader) Inspect(ctx context.Context, src *sandbox.File) (Facts, error) {
	res, err := r.box.Run(ctx, sandbox.Cmd{
		Step: stepInspect, Input: src,
		Limits: sandbox.Limits{Memory: 256 << 20, CPU: 10 * time.Second, Wall: 20 * time.Second, Output: 4 << 20},
	})
	if err != nil {
		return Facts{}, fmt.Errorf("picture: inspecting: %w", err)
	}
	defer res.Output.Close() //nolint:errcheck // memory only
	if !res.OK() {
		return Facts{}, failure(res)
	}
	var a answer
	if err := json.NewDecoder(res.Output.Reader()).Decode(&a); err != nil {
		return Facts{}, fmt.Errorf("picture: reading facts: %w", err)
	}
	if a.Refused != "" {
		return Facts{}, refuse(a.Refused)
	}
	return a.Facts, nil
}

// Sheet returns the corners of the sheet on page nr where it is a photograph that has to be straightened
// or lit evenly; none where it isn't, or where nothing can be found.
func (r *Reader) Sheet(ctx context.Context, src *sandbox.File, f Facts, nr int) (Corners, error) {
	if nr < 1 || nr > len(f.Frames) || f.Format == "tiff" || f.Frames[nr-1].scanned() {
		return nil, nil
	}
	out, err := r.decoded(ctx, src, stepSheet, order{Orientation: f.Frames[nr-1].Orientation})
	if IsRefused(err) != "" {
		return nil, nil // recognition will say so
	}
	if err != nil {
		return nil, err
	}
	defer out.Close() //nolint:errcheck // memory only
	var c Corners
	if err := json.NewDecoder(io.LimitReader(out.Reader(), 1<<10)).Decode(&c); err != nil {
		return nil, fmt.Errorf("picture: reading corners: %w", err)
	}
	if !c.valid() {
		return nil, nil
	}
	return c, nil
}

// Raster is the image of one page for recognition. Image must be closed, and may
// be nil: then the file itself is to be recognised, page Index of it.
type Raster struct {
	Image *sandbox.File // BMP
	Index int
	DPI   int     // 0: unknown
	Scale float32 // points a pixel
	AspY  float32 // points a pixel downwards
}

// RasterPage makes the image of page nr (from 1), turned clockwise by rotation
// degrees beyond what the file says and, with corners, straightened.
func (r *Reader) RasterPage(ctx context.Context, src *sandbox.File, f Facts, nr, rotation int, corners Corners) (Raster, error) {
	if nr < 1 || nr > len(f.Frames) {
		return Raster{}, refuse(Corrupt)
	}
	p := f.Frames[nr-1]
	if len(corners) > 0 {
		img, err := r.gray(ctx, src, nr, order{Orientation: p.Orientation, Rotation: rotation, Pixels: maxDirect, Corners: corners})
		return Raster{Image: img}, err
	}
	x, y := p.Resolution()
	ras := Raster{Index: nr - 1, Scale: 72 / x, AspY: 72 / y}
	if p.DPI >= 70 && p.DPI <= 2400 {
		ras.DPI = p.DPI
	}
	even := y/x > 0.95 && y/x < 1.05
	if p.Plain && p.Orientation <= 1 && rotation == 0 && even && p.Width*p.Height <= maxDirect {
		return ras, nil
	}
	o := order{Offset: p.Offset, Orientation: p.Orientation, Rotation: rotation, Pixels: maxDirect}
	if !even {
		o.StretchY = int(x/y*100 + 0.5)
	}
	img, err := r.gray(ctx, src, nr, o)
	if err != nil {
		return Raster{}, err
	}
	w, h := o.size(p.Width, p.Height)
	if o.crosswise() {
		w, h = h, w
	}
	pw, ph := p.Size()
	if rotation%180 == 90 {
		pw, ph = ph, pw
	}
	ras.Image, ras.Scale, ras.AspY = img, pw/float32(w), ph/float32(h)
	if ras.DPI != 0 {
		ras.DPI = int(72/ras.Scale + 0.5)
	}
	return ras, nil
}

// Look says which barcodes stand on an image that another tool made (BMP, TIFF, JPEG or PNM), and whether it is blank.
func (r *Reader) Look(ctx context.Context, img *sandbox.File) (separator.Look, error) {
	return looked(r.decoded(ctx, img, stepLook, order{Pixels: maxDirect}))
}

// LookAt is Look for page nr of an image file; it lies as [Reader.RasterPage] has it.
func (r *Reader) LookAt(ctx context.Context, src *sandbox.File, f Facts, nr int) (separator.Look, error) {
	if nr < 1 || nr > len(f.Frames) {
		return separator.Look{}, refuse(Corrupt)
	}
	return looked(r.withTIFF(ctx, src, f.Format, nr, stepLook, order{Offset: f.Frames[nr-1].Offset, Pixels: maxDirect}))
}

func looked(out *sandbox.File, err error) (l separator.Look, _ error) {
	if err != nil {
		return l, err
	}
	defer out.Close() //nolint:errcheck // memory only
	if out.Size() > maxLook || json.NewDecoder(out.Reader()).Decode(&l) != nil {
		return separator.Look{}, refuse(Corrupt)
	}
	return l, nil
}

// maxLook is how long an answer of that step may be, in bytes.
const maxLook = 64 << 10

// Turn turns an image that another tool made (BMP, TIFF, JPEG or PNM), for recognition.
func (r *Reader) Turn(ctx context.Context, img *sandbox.File, rotation int) (*sandbox.File, error) {
	return r.decoded(ctx, img, stepGray, order{Rotation: rotation})
}

// Part is a part of an image.
type Part struct {
	X, Y, W, H int  // in pixels
	Percent    int  // what it is enlarged to
	Zone       bool // it is a machine-readable zone: its fillers are left out, its lines lie level
}

func (p Part) order() order {
	return order{Part: []int{p.X, p.Y, p.W, p.H}, Percent: p.Percent, Zone: p.Zone}
}

// Cut cuts a part out of an image that another tool made.
func (r *Reader) Cut(ctx context.Context, img *sandbox.File, part Part) (*sandbox.File, error) {
	return r.decoded(ctx, img, stepGray, part.order())
}

// CutPage is [Reader.Cut] of page nr of a file that is recognised as it is; see [Raster].
func (r *Reader) CutPage(ctx context.Context, src *sandbox.File, f Facts, nr int, part Part) (*sandbox.File, error) {
	if nr < 1 || nr > len(f.Frames) {
		return nil, refuse(Corrupt)
	}
	o := part.order()
	o.Offset = f.Frames[nr-1].Offset
	return r.gray(ctx, src, nr, o)
}

// TurnView turns a JPEG for people.
func (r *Reader) TurnView(ctx context.Context, img *sandbox.File, rotation int) (*sandbox.File, error) {
	return r.decoded(ctx, img, stepView, order{Rotation: rotation, Quality: viewQuality})
}

// Shrink makes a JPEG for people smaller, at most width pixels wide.
func (r *Reader) Shrink(ctx context.Context, img *sandbox.File, width int) (*sandbox.File, error) {
	return r.decoded(ctx, img, stepView, order{Width: width, Quality: viewQuality})
}

const viewQuality = 80

// View makes a JPEG of page nr for people, at most width pixels wide; with corners, straightened.
func (r *Reader) View(ctx context.Context, src *sandbox.File, f Facts, nr, rotation, width int, corners Corners) (*sandbox.File, error) {
	if nr < 1 || nr > len(f.Frames) {
		return nil, refuse(Corrupt)
	}
	p := f.Frames[nr-1]
	x, y := p.Resolution()
	o := order{Offset: p.Offset, Orientation: p.Orientation, Rotation: rotation, Quality: viewQuality,
		Width: max(16, min(width, 4000)), Pixels: maxDirect, StretchY: int(x/y*100 + 0.5), Corners: corners}
	return r.withTIFF(ctx, src, f.Format, nr, stepView, o)
}

const pageQuality = 92

// Page makes a JPEG of page nr, upright and in full, for a file that people keep; with corners, straightened.
func (r *Reader) Page(ctx context.Context, src *sandbox.File, f Facts, nr int, corners Corners) (*sandbox.File, error) {
	if nr < 1 || nr > len(f.Frames) {
		return nil, refuse(Corrupt)
	}
	p := f.Frames[nr-1]
	x, y := p.Resolution()
	o := order{Offset: p.Offset, Orientation: p.Orientation, Quality: pageQuality, Pixels: maxDirect, StretchY: int(x/y*100 + 0.5), Corners: corners}
	return r.withTIFF(ctx, src, f.Format, nr, stepView, o)
}

// Kept makes a JPEG of an image that another tool made, for a file that people keep.
func (r *Reader) Kept(ctx context.Context, img *sandbox.File) (*sandbox.File, error) {
	return r.decoded(ctx, img, stepView, order{Quality: pageQuality})
}

func (r *Reader) gray(ctx context.Context, src *sandbox.File, nr int, o order) (*sandbox.File, error) {
	format := ""
	if o.Offset > 0 {
		format = "tiff"
	}
	return r.withTIFF(ctx, src, format, nr, stepGray, o)
}

// withTIFF decodes, and where a TIFF page is packed in a way Go doesn't know, lets
// tiffcp unpack it first.
func (r *Reader) withTIFF(ctx context.Context, src *sandbox.File, format string, nr int, step string, o order) (*sandbox.File, error) {
	img, err := r.decoded(ctx, src, step, o)
	if IsRefused(err) != Corrupt || format != "tiff" {
		return img, err
	}
	plain, err := r.unpacked(ctx, src, nr)
	if err != nil {
		return nil, err
	}
	defer plain.Close() //nolint:errcheck // memory only
	o.Offset = 0
	return r.decoded(ctx, plain, step, o)
}

func (r *Reader) decoded(ctx context.Context, src *sandbox.File, step string, o order) (*sandbox.File, error) {
	arg, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	return r.file(ctx, sandbox.Cmd{
		Step: step, Args: []string{string(arg)}, Input: src,
		Limits: sandbox.Limits{Memory: decodeMemory, CPU: 60 * time.Second, Wall: 90 * time.Second, Output: 160 << 20},
	})
}

// unpacked copies one page of a TIFF file without compression.
func (r *Reader) unpacked(ctx context.Context, src *sandbox.File, nr int) (*sandbox.File, error) {
	const script = `tiffcp -c none "$1,$2" /tmp/p.tif || exit 9; exec cat /tmp/p.tif`
	return r.file(ctx, sandbox.Cmd{
		Tool: "sh", Args: []string{"-c", script, "sh", sandbox.InputPath, strconv.Itoa(nr - 1)}, Input: src,
		Limits: sandbox.Limits{Memory: 512 << 20, CPU: 30 * time.Second, Wall: 60 * time.Second, Output: 3*MaxPixels + 1<<20, Temp: 3*MaxPixels + 2<<20},
	})
}

func (r *Reader) file(ctx context.Context, c sandbox.Cmd) (*sandbox.File, error) {
	res, err := r.box.Run(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	if res.OK() && res.Output.Size() > 0 {
		return res.Output, nil
	}
	fail := failure(res)
	if err := res.Output.Close(); err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	return nil, fail
}

// failure turns the bad end of a child into an error.
func failure(res sandbox.Result) error {
	switch {
	case res.Breach != sandbox.NoBreach:
		return refuse(ResourceLimit)
	case bytes.Contains(res.Stderr, []byte(PixelLimit)):
		return refuse(PixelLimit)
	case bytes.Contains(res.Stderr, []byte(Several)):
		return refuse(Several)
	}
	return refuse(Corrupt)
}
