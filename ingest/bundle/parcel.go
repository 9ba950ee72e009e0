package bundle

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"eakte/ingest/sandbox"
)

// A parcel is bytes with a list behind them: what goes to a child and what comes back. It is the bytes,
// the list as JSON, and the length of the list in 8 bytes.

// errParcel says that a parcel isn't whole: whoever wrote it didn't come to its end.
var errParcel = errors.New("bundle: parcel is not whole")

// maxList is the largest list that is read, in bytes.
const maxList = 64 << 20

// span is a run of bytes in a parcel.
type span struct {
	At int64 `json:"at"`
	N  int64 `json:"n"`
}

// item is one document in a parcel for a child.
type item struct {
	// Form is one of the forms below.
	Form string `json:"form"`
	// Spans are the PDF, or a JPEG each page.
	Spans []span `json:"spans,omitempty"`
	// Sizes are those of the pages of images, in points; an image as it was received has none.
	Sizes [][2]float32 `json:"sizes,omitempty"`
	// Turns are by how many degrees clockwise pages are turned.
	Turns []int `json:"turns,omitempty"`
	// Words are those of each page, to be laid behind it unseen; an empty span: none.
	Words []span `json:"words,omitempty"`
	// Exact says that it is a file of its own: no sheet numbers, and pages as large as their images.
	Exact bool `json:"exact,omitempty"`
	// Note and Front are what our own pages say.
	Note  *note  `json:"note,omitempty"`
	Front *front `json:"front,omitempty"`
}

// Forms in which a document goes to a child.
const (
	formPDF   = "pdf"
	formPhoto = "photo" // JPEG as received, turned as it says, on A4
	formPages = "pages" // page images
	formNote  = "note"
	formFront = "front"
)

// made is what became of an item: its pages, or why there are none.
type made struct {
	Pages int `json:"pages"`
	// Node and First are the objects of its branch of the page tree and of its first page.
	Node    int    `json:"node"`
	First   int    `json:"first"`
	Refused string `json:"refused,omitempty"`
}

// answered is the list behind a child's answer.
type answered struct {
	// Made has every item. Behind the first that was refused they were looked at only.
	Made []made `json:"made"`
	// Offsets are the places of the objects that were made, in the order of their numbers.
	Offsets []int64 `json:"offsets"`
}

// closeParcel ends a parcel of size bytes with its list.
func closeParcel(w io.Writer, list any) error {
	b, err := json.Marshal(list)
	if err == nil {
		_, err = w.Write(binary.BigEndian.AppendUint64(b, uint64(len(b))))
	}
	if err != nil {
		return fmt.Errorf("bundle: closing a parcel: %w", err)
	}
	return nil
}

// openParcel reads the list of a parcel and returns how many bytes lie before it.
func openParcel(r io.ReaderAt, size int64, list any) (int64, error) {
	var tail [8]byte
	if size < 8 {
		return 0, errParcel
	}
	if _, err := r.ReadAt(tail[:], size-8); err != nil && !errors.Is(err, io.EOF) {
		return 0, errParcel
	}
	n := binary.BigEndian.Uint64(tail[:])
	if n > maxList || int64(n) > size-8 {
		return 0, errParcel
	}
	b := make([]byte, n)
	at := size - 8 - int64(n)
	if _, err := r.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
		return 0, errParcel
	}
	if err := json.Unmarshal(b, list); err != nil {
		return 0, errParcel
	}
	return at, nil
}

// packing is a parcel being filled.
type packing struct {
	file  *sandbox.File
	at    int64
	items []item
}

// Write appends bytes.
func (p *packing) Write(b []byte) (int, error) {
	n, err := p.file.Write(b)
	p.at += int64(n)
	return n, err
}

// span runs fill and returns what it wrote.
func (p *packing) span(fill func(io.Writer) error) (span, error) {
	at := p.at
	err := fill(p)
	return span{At: at, N: p.at - at}, err
}
