package ui

import (
	"slices"
	"time"
)

// Viewer is what the block "viewer" shows: the pages of one version, beside words about it where it
// can't be read. Its addresses are those of the API.
type Viewer struct {
	// ID is the element's; "viewer" for the one whose place the address of the page keeps, another
	// one for a second beside it.
	ID string
	// Base is the address of the content, "/api/v1/documents/ID" or "/api/v1/inbox/ID".
	Base string
	// Version is the number of an older version; 0 is the newest.
	Version int
	// Title is the document's, Kind its media type.
	Title, Kind string
	// State is one of those of documents, Reason the code that comes with it, Flags what was found
	// in the file.
	State, Reason string
	Flags         []string
	// Pages are in page order; empty until the version is read.
	Pages []ViewerPage
	// Open is the page to show first, from 1; 0 leaves it to the address.
	Open int
	// Query is searched for in the document when it opens; may be empty.
	Query string
	// Finds says that the content can be searched: Base + "/hits" answers.
	Finds bool
	// Retry is where a form asks for another try; empty: the reader can't.
	Retry string
	// RetryWith is the form on the page whose fields are kept when that is asked for; empty: there is none.
	RetryWith string
	// Unlock is where a form sends the password of a file that waits for one; empty: the reader can't.
	Unlock string
	// Refresh is the page to take the block from anew while it is read; empty: the present one.
	Refresh string
	// Quarantine is how it stands with the search for malware; nil: nothing is held back.
	Quarantine *Quarantine
	// Recognition is in what language its pages are recognised; nil: that isn't told.
	Recognition *Recognition
	// Hand is the form that asks for whom a copy is; empty: the buttons give it at once.
	Hand string
	// Close leads to the page without this viewer; empty: it stays.
	Close string
}

// Recognition is in what language the pages of a version were recognised, and how that can be changed.
type Recognition struct {
	// Chosen is the code that somebody chose, Name that language's; empty: the pages told it, and Found are
	// the names of the languages that they are in, as far as known.
	Chosen, Name string
	Found        []string
	// Anew says that it is being recognised once more.
	Anew bool
	// Action is where another choice is posted; empty: the reader can't.
	Action  string
	Choices []UploadChoice
	// Missing are the names of languages that this machine can't recognise.
	Missing []string
}

// Quarantine is what is told of a version that the search for malware holds back or held back, and what
// the reader can do about it.
type Quarantine struct {
	Held bool
	// Found is the signature that the bytes are known by; empty while they wait for the scanner.
	Found string
	// Risk is the code of what reading found in place of the scanner; may be empty.
	Risk            string
	Asked, Released *QuarantineWord
	// Action is where a word about the release is posted.
	Action            string
	MayAsk, MayDecide bool
	// Mine says that the reader asked herself, MayFetch that she gets the bytes after a warning, Colleague that
	// any other person who works the basket decides.
	Mine, MayFetch, Colleague bool
}

// QuarantineWord is what somebody said about a release.
type QuarantineWord struct {
	Name   string
	At     time.Time
	Reason string
}

// Locked says that the received bytes can't be downloaded.
func (v Viewer) Locked() bool { return v.Quarantine != nil && v.Quarantine.Held }

// ViewerPage is one page of it.
type ViewerPage struct {
	Number int
	// Width and Height are in points, as the page is shown.
	Width, Height float32
	// Note is the code of what went wrong on the page; Source that of its text, "none" where it has none.
	Note, Source string
	// Flat says that the page was photographed at an angle and is shown straightened.
	Flat bool
	// Lang is the BCP 47 tag of what the page is written in; empty: not known.
	Lang string
	// Drawn says that there is an image of it.
	Drawn bool
	// Blank says that nothing is on it: it is shown as a line until the reader asks for it.
	Blank bool
}

// Blanks is how many pages are left out unless the reader asks for them: none where all are blank.
func (v Viewer) Blanks() (n int) {
	for _, p := range v.Pages {
		if p.Blank {
			n++
		}
	}
	if n == len(v.Pages) {
		return 0
	}
	return n
}

// Unread are the numbers of the pages that couldn't be read while others could.
func (v Viewer) Unread() []int {
	return v.noted("unreadable", "too_large", "time_limit")
}

// Uncertain are the numbers of the pages on which much may be misread.
func (v Viewer) Uncertain() []int { return v.noted("uncertain") }

func (v Viewer) noted(notes ...string) (out []int) {
	for _, p := range v.Pages {
		if slices.Contains(notes, p.Note) {
			out = append(out, p.Number)
		}
	}
	return out
}

// Flat says that a page is shown straightened.
func (v Viewer) Flat() bool {
	return slices.ContainsFunc(v.Pages, func(p ViewerPage) bool { return p.Flat })
}

// Waits says that the machine is at it.
func (v Viewer) Waits() bool {
	return v.State == "received" || v.State == "processing" && len(v.Pages) == 0
}

// Readable says that there are pages to show.
func (v Viewer) Readable() bool { return len(v.Pages) > 0 }

// Drawing says that pages have no images yet, but will.
func (v Viewer) Drawing() bool {
	for _, p := range v.Pages {
		if p.Drawn {
			return false
		}
	}
	return v.Readable()
}

// Rereads says that the pages are shown as they were recognised before, while that is done once more.
func (v Viewer) Rereads() bool { return v.Recognition != nil && v.Recognition.Anew }

// Active says that the received file does more than be read when a program opens it.
func (v Viewer) Active() bool {
	return slices.ContainsFunc(v.Flags, func(flag string) bool {
		return slices.Contains([]string{"javascript", "attachments", "macros", "external_links", "embedded_objects"}, flag)
	})
}

// Exact says that the browser can draw the received file itself: a PDF or a picture.
func (v Viewer) Exact() bool {
	return v.Kind == "application/pdf" || v.Kind == "image/jpeg" || v.Kind == "image/png"
}
