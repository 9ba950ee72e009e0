package picture

import "errors"

// Limits on images.
const (
	MaxPixels = 100_000_000 // of one page
	MaxSide   = 30_000      // pixels
	MaxPages  = 2_000       // of a TIFF file
	maxDirect = 40_000_000  // pixels of an image that is recognised as it is; larger ones are made smaller
)

// Facts are what an image file's headers tell.
type Facts struct {
	Format    string  `json:"format"` // "jpeg", "png", "tiff", "webp", "bmp"
	Frames    []Frame `json:"frames"` // one a page
	Truncated bool    `json:"truncated,omitempty"`
	// Make, Model and Software are what made the file, and Made is when, "2006:01:02 15:04:05", as Exif and TIFF
	// say it; not cleaned.
	Make     string `json:"make,omitempty"`
	Model    string `json:"model,omitempty"`
	Software string `json:"software,omitempty"`
	Made     string `json:"made,omitempty"`
}

// Frame is one page of an image file.
type Frame struct {
	Width       int  `json:"w"` // pixels as stored
	Height      int  `json:"h"`
	Orientation int  `json:"o,omitempty"` // of Exif and TIFF, 1 to 8; 0 and 1: upright
	DPI         int  `json:"dpi,omitempty"`
	DPIY        int  `json:"dpiy,omitempty"` // where it differs from DPI
	Alpha       bool `json:"alpha,omitempty"`
	Plain       bool `json:"plain,omitempty"` // a recogniser reads it as it is
	Offset      int  `json:"at,omitempty"`    // of the page's directory in a TIFF file
	// Mode is how it was scanned, as far as its headers tell: "bw", "gray" or "colour"; empty: they don't.
	Mode string `json:"mode,omitempty"`
}

// Modes of [Frame.Mode].
const (
	BlackWhite = "bw"
	Gray       = "gray"
	Colour     = "colour"
)

// modeOf is the mode of an image with so many components of so many bits; palettes are colours.
func modeOf(components, bits int, palette bool) string {
	switch {
	case components >= 3 || palette:
		return Colour
	case components >= 1 && bits == 1:
		return BlackWhite
	case components >= 1:
		return Gray
	}
	return ""
}

// Turned reports whether the upright image is as wide as the stored one is high.
func (f Frame) Turned() bool { return f.Orientation >= 5 && f.Orientation <= 8 }

// Resolution returns the dots per inch used for points: the file's where they are
// credible, else those that make the longer side the length of A4.
func (f Frame) Resolution() (x, y float32) {
	if f.DPI >= 70 && f.DPI <= 2400 {
		x, y = float32(f.DPI), float32(f.DPI)
		if f.DPIY >= 70 && f.DPIY <= 2400 {
			y = float32(f.DPIY)
		}
		return x, y
	}
	const a4 = 11.69
	d := min(max(float32(max(f.Width, f.Height))/a4, 50), 1200)
	return d, d
}

// scanned reports whether the image says of itself that it comes from a scanner: finely resolved, and a
// usual paper in size.
func (f Frame) scanned() bool {
	if f.DPI < 150 {
		return false
	}
	w, h := f.Size()
	short, long := min(w, h), max(w, h)
	for _, s := range [][2]float32{{595, 842}, {612, 792}, {420, 595}, {612, 1008}} {
		if short > 0.97*s[0] && short < 1.03*s[0] && long > 0.97*s[1] && long < 1.03*s[1] {
			return true
		}
	}
	return false
}

// Flat is the frame of the sheet with corners after it is straightened.
func (f Frame) Flat(c Corners) Frame {
	w, h := f.Width, f.Height
	if f.Turned() {
		w, h = h, w
	}
	out := Frame{}
	out.Width, out.Height = flatSize(c, w, h)
	return out
}

// Size returns width and height of the upright page in points.
func (f Frame) Size() (width, height float32) {
	x, y := f.Resolution()
	width, height = float32(f.Width)/x*72, float32(f.Height)/y*72
	if f.Turned() {
		width, height = height, width
	}
	return width, height
}

// Refused is the reason why an image can't be used. It is final.
type Refused struct{ Code string }

// Error returns the code.
func (r *Refused) Error() string { return "picture: image can't be read: " + r.Code }

// Codes of [Refused].
const (
	Corrupt       = "corrupt"        // headers contradict themselves or the data is damaged
	PixelLimit    = "pixel_limit"    // larger than MaxPixels or MaxSide
	PageLimit     = "page_limit"     // more than MaxPages pages
	PageLoop      = "page_loop"      // the list of pages runs in a circle
	ResourceLimit = "resource_limit" // reading it took more time or memory than allowed
	Several       = "several_images" // a file of one image holds several
	ToolMissing   = "tool_missing"   // this machine lacks the program that reads such images
)

func refuse(code string) error { return &Refused{Code: code} }

// IsRefused returns the code of a [Refused] in err's chain, or "".
func IsRefused(err error) string {
	var r *Refused
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}
