package archive

import (
	"slices"
	"time"
)

// How much colour a scanned page has.
const (
	ColourNone  = "bw"     // black or white
	ColourGrey  = "gray"   // shades of grey
	ColourTrue  = "colour" // colours
	ColourOther = ""       // nothing tells
)

// Transfer is the note on how paper became a version (Transfervermerk, BSI TR-RESISCAN): who scanned it,
// when, with what, how, and what was conspicuous. It is made once, when the version was first read, and
// never changes.
type Transfer struct {
	// By brought the scan in, and At is when; what a stack was parted into has those of the stack.
	By UserID    `json:"by" cbor:"1,keyasint"`
	At time.Time `json:"at" cbor:"2,keyasint"`
	// Device and Software made the file, as it says of itself, and Made is when, "2026-11-21T10:15:00" by the
	// device's own clock. Nobody vouches for them; each may be empty.
	Device   string `json:"device,omitempty" cbor:"3,keyasint,omitempty"`
	Software string `json:"software,omitempty" cbor:"4,keyasint,omitempty"`
	Made     string `json:"made,omitempty" cbor:"5,keyasint,omitempty"`
	// Pages is how many there are.
	Pages int `json:"pages" cbor:"6,keyasint"`
	// Settings are those of the pages, in order; neighbours that have the same are one.
	Settings []TransferSetting `json:"settings" cbor:"7,keyasint"`
	// Anomalies are what was conspicuous, by code.
	Anomalies []Anomaly `json:"anomalies,omitempty" cbor:"8,keyasint,omitempty"`
	// Noted is when the note was made.
	Noted time.Time `json:"noted" cbor:"9,keyasint"`
}

// TransferSetting is how pages were scanned.
type TransferSetting struct {
	// First and Last count pages from 1.
	First int `json:"first" cbor:"1,keyasint"`
	Last  int `json:"last" cbor:"2,keyasint"`
	// DPI are dots per inch, 0 where nothing tells; Estimated says that they are those of a sheet of A4 with
	// as many dots, since the file doesn't say.
	DPI       int  `json:"dpi,omitempty" cbor:"3,keyasint,omitempty"`
	Estimated bool `json:"estimated,omitempty" cbor:"4,keyasint,omitempty"`
	// Colour is one of the constants.
	Colour string `json:"colour,omitempty" cbor:"5,keyasint,omitempty"`
}

// Anomaly is something conspicuous about a scan.
type Anomaly struct {
	// Code is stable, such as "uncertain" or "blank".
	Code string `json:"code" cbor:"1,keyasint"`
	// Pages count from 1; none: it concerns the file as a whole.
	Pages []int `json:"pages,omitempty" cbor:"2,keyasint,omitempty"`
}

// Add notes the setting of the next page.
func (t *Transfer) Add(dpi int, estimated bool, colour string) {
	t.Pages++
	if n := len(t.Settings); n > 0 {
		last := &t.Settings[n-1]
		if last.DPI == dpi && last.Estimated == estimated && last.Colour == colour {
			last.Last = t.Pages
			return
		}
	}
	t.Settings = append(t.Settings, TransferSetting{First: t.Pages, Last: t.Pages, DPI: dpi, Estimated: estimated, Colour: colour})
}

// Note adds an anomaly of a page; 0: of the file.
func (t *Transfer) Note(code string, page int) {
	i := slices.IndexFunc(t.Anomalies, func(a Anomaly) bool { return a.Code == code })
	if i < 0 {
		t.Anomalies, i = append(t.Anomalies, Anomaly{Code: code}), len(t.Anomalies)
	}
	if page > 0 {
		t.Anomalies[i].Pages = append(t.Anomalies[i].Pages, page)
	}
}

// What can be said about a scanned version.
const (
	QualityApproved = "approved" // the scan shows what the paper shows
	QualityReturned = "returned" // it doesn't: it is to be scanned again
	QualityReleased = "released" // its paper may be destroyed
)

// QualityWord is what somebody said about a scanned version. Words are added and never changed.
type QualityWord struct {
	// What is one of the constants.
	What string    `json:"what" cbor:"1,keyasint"`
	By   UserID    `json:"by" cbor:"2,keyasint"`
	At   time.Time `json:"at" cbor:"3,keyasint"`
	// Department is the one for which it was said.
	Department string `json:"department" cbor:"4,keyasint"`
	// Reason is why; only an approval needs none.
	Reason string `json:"reason,omitempty" cbor:"5,keyasint,omitempty"`
	// Faults are the codes of what the profile of the document's type found wanting at that time.
	Faults []string `json:"faults,omitempty" cbor:"6,keyasint,omitempty"`
	// Document is the one about which it was said: a paper that lies in several Akten is judged in each of them.
	Document DocumentID `json:"document,omitempty" cbor:"7,keyasint,omitempty"`
	// Own says that who said it had scanned the paper or filed it herself.
	Own bool `json:"own,omitempty" cbor:"8,keyasint,omitempty"`
}

// Said is the last word about a scanned version; the zero word where nobody said anything.
func (v Version) Said() QualityWord {
	if len(v.Quality) == 0 {
		return QualityWord{}
	}
	return v.Quality[len(v.Quality)-1]
}
