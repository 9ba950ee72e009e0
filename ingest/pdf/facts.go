package pdf

import (
	"errors"
	"fmt"
)

// Facts are what a file's structure tells.
type Facts struct {
	Pages       int          `json:"pages"`
	Version     string       `json:"version,omitempty"`
	PDFA        string       `json:"pdfa,omitempty"`       // declared conformance, such as "2b"; not checked
	Restricted  bool         `json:"restricted,omitempty"` // encrypted, opens without a password
	Permissions int          `json:"permissions,omitempty"`
	Signed      bool         `json:"signed,omitempty"` // carries a signature; not checked
	JavaScript  bool         `json:"javascript,omitempty"`
	Launch      bool         `json:"launch,omitempty"` // wants to start a program
	Links       bool         `json:"links,omitempty"`  // sends to, or takes from, files elsewhere; what waits for a click on a link doesn't count
	XFA         bool         `json:"xfa,omitempty"`
	Dynamic     bool         `json:"dynamic,omitempty"` // its pages are made by a viewer at run time
	Form        bool         `json:"form,omitempty"`    // has filled-in fields
	Attachments []Attachment `json:"attachments,omitempty"`
	Sheets      []Sheet      `json:"sheets,omitempty"` // one a page
	Fields      []Field      `json:"fields,omitempty"`
	Huge        bool         `json:"huge,omitempty"`     // holds an image too large to be drawn
	Producer    string       `json:"producer,omitempty"` // the program that wrote the file, Creator what it was made with, as the file says; not cleaned
	Creator     string       `json:"creator,omitempty"`
	Created     string       `json:"created,omitempty"`  // "D:20261121101500+01'00'"
	Fallback    bool         `json:"fallback,omitempty"` // pdfcpu refused the file; the facts come from pdfinfo
}

// Attachment is an embedded file.
type Attachment struct {
	Name    string `json:"name"` // as given by the file, not cleaned
	Program bool   `json:"program,omitempty"`
}

// Sheet is the shape of a page.
type Sheet struct {
	Width  float32 `json:"w"` // points, after the file's rotation
	Height float32 `json:"h"`
	Rotate int     `json:"r,omitempty"` // the file's rotation: 0, 90, 180, 270
	Scan   *Scan   `json:"scan,omitempty"`
	Image  bool    `json:"image,omitempty"`  // has an image large enough to be a scan of half the page
	DPI    int     `json:"dpi,omitempty"`    // dots per inch of the finest such image, taken to cover the page
	Colour string  `json:"colour,omitempty"` // how much colour such images have: "bw", "gray", "colour"; empty: not known
}

// Scan is the only thing on a page: one upright image over all of it.
type Scan struct {
	Width  int     `json:"w"` // pixels
	Height int     `json:"h"`
	X      float32 `json:"x"` // where it lies, in points from the upper left of the page
	Y      float32 `json:"y"`
	PlaceW float32 `json:"pw"`
	PlaceH float32 `json:"ph"`
	Colour string  `json:"colour,omitempty"` // as that of [Sheet]
}

// Field is the value of a form field and where it is shown.
type Field struct {
	Page int     `json:"page"`
	X    float32 `json:"x"` // points of the page as seen
	Y    float32 `json:"y"`
	W    float32 `json:"w"`
	H    float32 `json:"h"`
	Text string  `json:"text"`
}

// Refused is the reason why a file can't be read. It is final.
type Refused struct{ Code string }

// Error returns the code.
func (r *Refused) Error() string { return "pdf: file can't be read: " + r.Code }

// Codes of [Refused].
const (
	Encrypted      = "encrypted"           // needs a password
	Corrupt        = "corrupt"             // neither reader can open it
	PageLimit      = "page_limit"          // more pages than allowed
	DecodeLimit    = "decompression_limit" // unpacks to more than allowed
	NestingLimit   = "nesting_limit"       // objects or pages nested deeper than allowed
	ResourceLimit  = "resource_limit"      // reading it took more time or memory than allowed
	PageLoop       = "page_loop"           // the page tree runs in a circle
	NoPages        = "no_pages"            // opens, but has no page
	WrongPassword  = "wrong_password"      // doesn't open with the password given
	ToolMissing    = "tool_missing"        // this machine lacks the program that takes a password off
	PixelLimitPage = "pixel_limit"         // a page's image is larger than allowed
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

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("pdf: %s: %w", doing, err)
}
