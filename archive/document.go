package archive

import (
	"slices"
	"strings"
	"time"

	"eakte/archive/blob"
)

// States of what has been received. A machine moves them; they are no edit. StateProcessing is
// never stored: it is what a received version shows while its job runs.
const (
	StateReceived    = "received"
	StateProcessing  = "processing"
	StateReady       = "ready"
	StateFailed      = "failed"
	StateQuarantined = "quarantined"
	StatePassword    = "password"
)

// Document is one piece of an Akte.
type Document struct {
	ID   DocumentID `json:"id"`
	Akte AkteID     `json:"akte_id"`
	// Type is a key of the document types in policies.
	Type string `json:"type"`
	// Register is its home section.
	Register string `json:"register"`
	Title    string `json:"title"`
	// Date is the date on the paper and ReceivedOn that of its receipt, "2026-11-21"; either may be empty.
	Date       string `json:"date,omitempty"`
	ReceivedOn string `json:"received_on,omitempty"`
	// Channel is a key of the channels in policies.
	Channel string `json:"channel,omitempty"`
	Sender  string `json:"sender,omitempty"`
	// Classification is a key of the classifications in policies.
	Classification string `json:"classification"`
	// Case is the procedure the paper belongs to; may be empty.
	Case CaseID `json:"case_id,omitempty"`
	// BroughtBy is the department that brought the paper in.
	BroughtBy string `json:"brought_by"`
	// FiledBy and FiledFrom tell who filed it and out of which basket, for the mail room's
	// look back; FiledFrom is empty for a direct upload.
	FiledBy   UserID `json:"filed_by"`
	FiledFrom string `json:"filed_from,omitempty"`
	// Item is the inbox item it was filed from; empty for a direct upload, and for what was filed before
	// this was kept.
	Item InboxID `json:"item,omitempty"`
	// OpenedAt is when the receiving department first opened it; zero: not yet.
	OpenedAt time.Time `json:"opened_at,omitzero"`
	// Sealed is the Sperrvermerk on the document, if any.
	Sealed *Seal `json:"sealed,omitempty"`
	// Checked says who compared what is recorded with the paper; nil: nobody yet, or not since it
	// last changed.
	Checked *Check `json:"checked,omitempty"`
	// Versions are the chain, oldest first; the last one is current.
	Versions []VersionID `json:"versions"`
	// History tells who changed what, oldest first. It is part of the Akte: who looked at it is not here.
	History  []DocumentChange `json:"history,omitempty"`
	Created  time.Time        `json:"created"`
	Changed  time.Time        `json:"changed"`
	Revision int64            `json:"revision"`
}

// Check is that somebody compared what is recorded of a document with the paper.
type Check struct {
	By UserID    `json:"by"`
	At time.Time `json:"at"`
}

// What was done to a document, as its history tells it.
const (
	DocumentFiled      = "filed"
	DocumentChanged    = "changed"
	DocumentMoved      = "moved"
	DocumentVersioned  = "version"
	DocumentClassified = "classified"
	DocumentChecked    = "checked"
	DocumentSealed     = "sealed"
	DocumentResealed   = "resealed"
	DocumentUnsealed   = "unsealed"
)

// DocumentChange is an entry of a document's history.
type DocumentChange struct {
	At time.Time `json:"at"`
	By UserID    `json:"by"`
	// What is one of the constants; Reason is why, where somebody had to say so.
	What   string `json:"what"`
	Reason string `json:"reason,omitempty"`
}

// maxHistory is how many entries a document keeps; beyond, what lies behind the first one goes.
const maxHistory = 200

// Note adds an entry to the document's history.
func (d *Document) Note(c DocumentChange) {
	kept := d.History
	if len(kept) >= maxHistory {
		kept = append(slices.Clone(kept[:1]), kept[2:]...)
	}
	d.History = append(slices.Clone(kept), c)
}

// Current returns the newest version's ID.
func (d Document) Current() VersionID { return d.Versions[len(d.Versions)-1] }

// Object is where stored bytes lie and what they must be. The key that opens them is derived
// from the version's content key and Ref.
type Object struct {
	Ref blob.Ref `json:"ref"`
	// Size and SHA256 are those of the plain bytes.
	Size   int64    `json:"size"`
	SHA256 [32]byte `json:"sha256"`
}

// Part is a span of bytes inside a packed rendition.
type Part struct {
	Offset int64 `json:"o"`
	Length int64 `json:"n"`
}

// PageFacts is what recognition found on a page.
type PageFacts struct {
	// Width and Height are in points after rotation.
	Width  float32 `json:"w"`
	Height float32 `json:"h"`
	// Source of the text is "embedded", "ocr" or "none".
	Source string `json:"source"`
	// Confidence is the mean over its words, 0 to 100; 100 for embedded text.
	Confidence float32 `json:"confidence"`
	// Rotation is by how many degrees clockwise the page has to be turned, beyond what its file
	// says, to stand upright.
	Rotation int `json:"rotation,omitempty"`
	// Text and Words are parts of the text rendition: UTF-8 text, and word boxes as JSON.
	Text  Part `json:"text"`
	Words Part `json:"words"`
	// Image and Thumb are parts of the image rendition (JPEG); zero until rendered.
	Image Part `json:"image,omitzero"`
	Thumb Part `json:"thumb,omitzero"`
	// Note is a code that tells what went wrong on this page alone; may be empty.
	Note string `json:"note,omitempty"`
	// Corners are those of the sheet on a photograph that was straightened, x and y from the upper left
	// clockwise, in ten-thousandths of the upright image's width and height; none: the page is the image.
	Corners []int `json:"corners,omitempty"`
	// Language is what the page is written in, as the recogniser names it: "deu", or "deu+ara" where two are
	// mixed. It is empty where nothing tells, and for what was read before this was kept.
	Language string `json:"language,omitempty"`
	// Codes are the barcodes on it.
	Codes []Code `json:"codes,omitempty"`
	// Blank says that nothing is on it but the paper: it stays, and viewers leave it out unless asked.
	Blank bool `json:"blank,omitempty"`
	// Births are the dates of birth that stand on it, whoever's: "1990-05-17", or less where a part is unknown.
	Births []string `json:"-"`
	// Print is what another scan of it is found by; kept of the first pages alone.
	Print Print `json:"-"`
}

// Version is one state of a document's content: the received bytes, which never change, and
// renditions derived from them, which may be made anew. Its owner is an inbox item or, once
// filed, one document (or several: one paper for a family), and whoever holds an owner's key opens it.
type Version struct {
	ID VersionID `json:"id"`
	// Inbox is the owner before filing.
	Inbox InboxID `json:"inbox_id,omitempty"`
	// Documents are the owners after it.
	Documents []DocumentID `json:"documents,omitempty"`
	// Original are the received bytes.
	Original Object `json:"original"`
	// Kind is the media type decided from the content.
	Kind string `json:"kind"`
	// Name is the cleaned file name it came under; may be empty.
	Name       string    `json:"name,omitempty"`
	ReceivedAt time.Time `json:"received_at"`
	ReceivedBy UserID    `json:"received_by"`
	// State is one of the State constants; Reason a stable code where it is not ready, such
	// as "encrypted" or "page_limit".
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	// Flags are codes of what was found, such as "javascript", "signed", "repaired", "no_text".
	Flags []string `json:"flags,omitempty"`
	// Pages is in page order.
	Pages []PageFacts `json:"pages,omitempty"`
	// Text and Images are packed renditions; zero until made.
	Text   Object `json:"text,omitzero"`
	Images Object `json:"images,omitzero"`
	// Copy is a file made from the received bytes that is read and shown in their place, such as one
	// without its password, and CopyKind its media type; zero: the received bytes themselves are.
	Copy     Object `json:"copy,omitzero"`
	CopyKind string `json:"copy_kind,omitempty"`
	// Scan is the search of the received bytes for malware; nil: none was asked for.
	Scan *Scan `json:"scan,omitempty"`
	// Transfer is the note on how paper became it; nil: it is no scan, or wasn't read yet. Quality are the words
	// said about it since, oldest first.
	Transfer *Transfer     `json:"transfer,omitempty"`
	Quality  []QualityWord `json:"quality,omitempty"`
	// Container tells what it holds, for what holds other files; nil otherwise, and until it was unpacked.
	Container *Container `json:"container,omitempty"`
	// Language is what somebody chose to recognise it in, "ara" or "deu+ara"; empty: pages tell it themselves.
	Language string `json:"language,omitempty"`
	// Anew says that its text is there and was ordered once more; until then the present one is shown.
	Anew bool `json:"anew,omitempty"`
	// Job is the latest job that works on it.
	Job JobID `json:"job,omitempty"`
}

// Arrival is that bytes came in, as far as it tells nothing of what they hold.
type Arrival struct {
	Version    VersionID
	Documents  []DocumentID // made of it; none while it lies in a basket
	ReceivedAt time.Time
	ReceivedBy UserID
}

// Read returns the object that is read and shown, and its media type: the copy where there is one, else
// the received bytes.
func (v Version) Read() (Object, string) {
	if v.Copy.Ref != "" {
		return v.Copy, v.CopyKind
	}
	return v.Original, v.Kind
}

// Rotations are those of the pages, in their order.
func (v Version) Rotations() []int {
	out := make([]int, len(v.Pages))
	for i, p := range v.Pages {
		out[i] = p.Rotation
	}
	return out
}

// TextSource sums up the pages: "embedded", "ocr", "mixed" or "none".
func (v Version) TextSource() string {
	source := "none"
	for _, p := range v.Pages {
		switch {
		case p.Source == "none" || p.Source == source:
		case source == "none":
			source = p.Source
		default:
			return "mixed"
		}
	}
	return source
}

// Scanned reports whether the version was read and all of its pages are images: no text in them is the
// file's own.
func (v Version) Scanned() bool {
	_, kind := v.Read()
	if v.State != StateReady || len(v.Pages) == 0 || kind != "application/pdf" && !strings.HasPrefix(kind, "image/") {
		return false
	}
	return !slices.ContainsFunc(v.Pages, func(p PageFacts) bool { return p.Source == "embedded" })
}

// Confidence is the mean over the recognised pages, 0 to 100; false where none was.
func (v Version) Confidence() (float32, bool) {
	var sum float32
	var n int
	for _, p := range v.Pages {
		if p.Source == "ocr" {
			sum, n = sum+p.Confidence, n+1
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / float32(n), true
}
