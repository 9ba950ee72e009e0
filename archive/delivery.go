package archive

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// DeliveryID names a [Delivery].
type DeliveryID string

// What became of a file of a delivery, or of an Akte that was handed over.
const (
	DeliveryTaken      = "taken"      // it lies in its Akte
	DeliveryThere      = "there"      // it was brought in before
	DeliveryReady      = "ready"      // a dry run found nothing against it
	DeliveryUnassigned = "unassigned" // it lies in the basket: two keys didn't agree on an Akte
	DeliveryMissing    = "missing"    // there is no such file, or nothing came of an Akte
	DeliverySurplus    = "surplus"    // nobody asked for it
	DeliveryDuplicate  = "duplicate"  // another row brings the same
	DeliveryUnreadable = "unreadable" // its structure can't be read
	DeliveryProfile    = "profile"    // it was scanned otherwise than expected
	DeliveryRefused    = "refused"    // it, or what is said of it, isn't taken
	DeliveryUnread     = "unread"     // it could not be opened
)

// DeliveryResults are all of them, in the order in which people are told.
func DeliveryResults() []string {
	return []string{
		DeliveryTaken, DeliveryThere, DeliveryReady, DeliveryUnassigned, DeliveryMissing, DeliverySurplus, DeliveryDuplicate,
		DeliveryUnreadable, DeliveryProfile, DeliveryRefused, DeliveryUnread,
	}
}

// Delivery is what came of bringing in once what a scan vendor delivered. It never changes but that the names in its
// rows end with their term: who brings the rest in later makes another one.
type Delivery struct {
	ID DeliveryID `json:"id"`
	// Department has the basket of what couldn't be assigned, and lists the delivery.
	Department string `json:"department"`
	// Vendor delivered it; Name is what its folder is called, empty once names are erased.
	Vendor string    `json:"vendor"`
	Name   string    `json:"name"`
	By     UserID    `json:"by"`
	At     time.Time `json:"at"`
	// Rows is how many rows it has, Counts how many of them by result.
	Rows   int            `json:"rows"`
	Counts map[string]int `json:"counts"`
	// Back is how many Akten's paper was noted to be back.
	Back int `json:"akten_back"`
	// NamesErased is when it lost its name, and its rows file names, numbers and hashes; zero: they still have them.
	NamesErased time.Time `json:"names_erased,omitzero"`
	// DryRun says that nothing was brought in. Such a one is kept nowhere.
	DryRun bool `json:"dry_run,omitempty"`
}

// DeliveryRow is what became of a line of the index, of a file that no line names, or of an Akte.
type DeliveryRow struct {
	// Row is the line of the index, from 1; 0: none names it.
	Row int `json:"row"`
	// File is its name below the folder; empty for an Akte of which nothing came. Number is the Akte's reference number
	// as the index or the list has it.
	File   string `json:"file,omitempty"`
	Number string `json:"number,omitempty"`
	// Result is one of the constants; Reason a code, or empty.
	Result string `json:"result"`
	Reason string `json:"reason,omitempty"`
	// Faults are how it was scanned otherwise than expected.
	Faults []DeliveryFault `json:"faults,omitempty"`
	// Tried are codes of how its Akte was looked for.
	Tried []string `json:"tried,omitempty"`
	// Akte is where it lies, and ID that of the document or inbox item it became; each may be empty.
	Akte AkteID `json:"akte,omitempty"`
	ID   string `json:"id,omitempty"`
	// Size is in bytes; SHA256 is zero where it couldn't be read.
	Size   int64    `json:"size,omitempty"`
	SHA256 [32]byte `json:"-"`
}

// Codes of a [DeliveryFault].
const (
	FaultPages    = "pages"     // the index says another number
	FaultMaxPages = "max_pages" // more than there may be
	FaultDPI      = "dpi"
	FaultColour   = "colour"
)

// DeliveryFault is something about how a file was scanned that isn't as expected.
type DeliveryFault struct {
	Code string `json:"code" cbor:"1,keyasint"`
	// Pages are those it concerns, from 1; none: the file as a whole.
	Pages []int `json:"pages,omitempty" cbor:"2,keyasint,omitempty"`
	// Found and Want are a number, or a colour: "bw", "gray", "colour", "" for unknown.
	Found string `json:"found,omitempty" cbor:"3,keyasint,omitempty"`
	Want  string `json:"want" cbor:"4,keyasint"`
}

// String tells it to operators, such as "dpi: 150 on pages 1, 3-5, expected 300".
func (f DeliveryFault) String() string {
	found := f.Found
	if found == "" {
		found = "unknown"
	}
	switch f.Code {
	case FaultPages:
		return fmt.Sprintf("pages: %s, the index says %s", found, f.Want)
	case FaultMaxPages:
		return fmt.Sprintf("pages: %s, expected at most %s", found, f.Want)
	}
	pages := "page"
	if len(f.Pages) > 1 {
		pages = "pages"
	}
	return fmt.Sprintf("%s: %s on %s %s, expected %s", f.Code, found, pages, PageRanges(f.Pages, "-"), f.Want)
}

// PageRanges writes pages in ascending order as people do, such as "1, 3-5", with the given dash.
func PageRanges(pages []int, dash string) string {
	var out []string
	for i := 0; i < len(pages); {
		n := i
		for n+1 < len(pages) && pages[n+1] == pages[n]+1 {
			n++
		}
		if one := fmt.Sprint(pages[i]); n == i {
			out = append(out, one)
		} else {
			out = append(out, one+dash+fmt.Sprint(pages[n]))
		}
		i = n + 1
	}
	return strings.Join(out, ", ")
}

// DeliveryMonths is for how many months the rows of deliveries tell names where the rules don't say.
const DeliveryMonths = 12

// DeliveryBatch is how many rows of a delivery are stored, or lose their names, at once, so that nobody waits long.
const DeliveryBatch = 500

// Nameless is the row without what names anybody, for after the term of its delivery.
func (r DeliveryRow) Nameless() DeliveryRow {
	r.File, r.Number, r.SHA256 = "", "", [32]byte{}
	return r
}

// MaxDeliveryRows is how many rows of a delivery are kept at most.
const MaxDeliveryRows = 100_000

// Normalise brings a delivery and its rows into the form that is stored, or returns the first [*FieldError]. What a
// stranger wrote is cleaned, never refused.
func (d *Delivery) Normalise(rows []DeliveryRow) error {
	d.Vendor, d.Name = cleanLine(d.Vendor), cleanLine(d.Name)
	switch {
	case d.Vendor == "":
		return required("/vendor")
	case d.DryRun:
		return &FieldError{Pointer: "/dry_run", Code: "unknown", Detail: "a dry run is kept nowhere"}
	case len(rows) > MaxDeliveryRows:
		return &FieldError{Pointer: "/rows", Code: "too_many"}
	}
	d.Rows, d.Counts = len(rows), map[string]int{}
	for i := range rows {
		r := &rows[i]
		if !slices.Contains(DeliveryResults(), r.Result) || r.Result == DeliveryReady {
			return &FieldError{Pointer: fmt.Sprintf("/rows/%d/result", i), Code: "unknown"}
		}
		if r.Akte != "" {
			if _, err := ParseID[AkteID](string(r.Akte)); err != nil {
				return &FieldError{Pointer: fmt.Sprintf("/rows/%d/akte", i), Code: "format"}
			}
		}
		r.File, r.Number, r.Reason = cleanLine(r.File), cleanLine(r.Number), cleanLine(r.Reason)
		d.Counts[r.Result]++
	}
	return nil
}

// cleanLine makes one line of what a stranger wrote.
func cleanLine(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))), " ")
	if runes := []rune(s); len(runes) > maxThing {
		s = string(runes[:maxThing])
	}
	return s
}
