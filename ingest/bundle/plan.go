package bundle

import (
	"context"
	"errors"
	"io"
)

// ErrUnreadable is a [Source]'s answer where what is stored of the document is spoilt: another form of it
// is tried.
var ErrUnreadable = errors.New("bundle: document is unreadable")

// Plan is what a bundle holds and says, in the reader's language.
type Plan struct {
	// Language is "de" or "en".
	Language string
	// Title stands large on the cover and is that of the file.
	Title string
	// Cover are the lines of the cover in order.
	Cover []Line
	// Registers are the sections in order; none is empty.
	Registers []Register
}

// Line is a line of the cover.
type Line struct{ Label, Value string }

// Register is a section of a bundle.
type Register struct {
	Title     string
	Documents []Document
}

// Document is one document of a bundle.
type Document struct {
	// Title and Date, as it is to be written, stand in the contents; Title in the bookmarks too.
	Title, Date string
	// Source is where its pages come from; not asked where Reason is set.
	Source Source
	// Reason is why it can't be included, in words; empty: it can.
	Reason string
}

// Source gives out a document's pages. Errors other than [ErrUnreadable] are of this machine and end the
// bundle.
type Source interface {
	// Kind is the media type of the file that is read: the received bytes, or what stands for them.
	Kind() string
	// Size is that of this file.
	Size() int64
	// Rotations are by how many degrees clockwise each page has to be turned to stand upright; may be
	// shorter than the document.
	Rotations() []int
	// Original writes this file.
	Original(ctx context.Context, w io.Writer) error
	// Images calls emit with a JPEG image of every page, nil where it couldn't be drawn, and its size in
	// points. It calls nothing where there are none yet.
	Images(ctx context.Context, emit func(jpeg []byte, width, height float32) error) error
}

// Media types whose received bytes are taken in as they are.
const (
	kindPDF  = "application/pdf"
	kindJPEG = "image/jpeg"
)

// documents returns all of them in order.
func (p Plan) documents() (out []Document) {
	for _, r := range p.Registers {
		out = append(out, r.Documents...)
	}
	return out
}
