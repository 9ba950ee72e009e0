package unpack

import (
	"errors"
	"io"

	"eakte/ingest/sandbox"
)

// Parcel is what a container holds. It must be closed.
type Parcel struct {
	// Text is what people read of it, in plain lines.
	Text string `json:"text"`
	// Sender, Subject and Date ("2026-11-21") are what its header says; any may be empty.
	Sender  string `json:"sender,omitempty"`
	Subject string `json:"subject,omitempty"`
	Date    string `json:"date,omitempty"`
	// Notes are codes of what was found, see the Note constants.
	Notes []string `json:"notes,omitempty"`
	// Parts are in the order in which they stand in it.
	Parts []Part `json:"parts,omitempty"`

	file *sandbox.File
}

// Part is a file in a container.
type Part struct {
	// Name is as the sender wrote it; it may be anything.
	Name string `json:"name,omitempty"`
	// Title is what the container says of the part; may be empty.
	Title  string `json:"title,omitempty"`
	Offset int64  `json:"offset,omitempty"`
	Size   int64  `json:"size"`
	// Left is why the part was not handed out, see the Left constants; "": it was.
	Left string `json:"left,omitempty"`
}

// Notes on a container; stable codes.
const (
	NoteSigned    = "signed"         // the message carries a signature, which nobody has checked
	NoteEncrypted = "mail_encrypted" // the message's own content is encrypted
	NoteXdomea    = "xdomea"         // it is an xdomea message
)

// Reasons why a part isn't handed out; stable codes.
const (
	LeftInline    = "inline"    // a small picture that stands in the text
	LeftClutter   = "clutter"   // what systems leave beside files
	LeftEncrypted = "encrypted" // can't be read without a password or a key
	LeftSignature = "signature" // a signature of the message
	LeftCorrupt   = "corrupt"
	LeftLimit     = "part_limit" // one too many
	LeftMessage   = "message"    // the xdomea message that is shown as the container's text
)

// Refused says why a container can't be opened at all.
type Refused struct{ Code string }

// Error returns the code.
func (r *Refused) Error() string { return "unpack: refused: " + r.Code }

// Codes of a [Refused]; stable.
const (
	Corrupt       = "corrupt"
	Encrypted     = "archive_encrypted" // every file in it is
	DecodeLimit   = "decompression_limit"
	NestingLimit  = "nesting_limit"
	ResourceLimit = "resource_limit"
	PartLimit     = "part_limit"
)

// IsRefused returns the code if err is a [*Refused], else "".
func IsRefused(err error) string {
	var r *Refused
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func refuse(code string) error { return &Refused{Code: code} }

// Limits of a container.
const (
	maxParts   = 500       // files in it, those left out included
	maxBytes   = 512 << 20 // of all parts together
	maxText    = 4 << 20   // bytes of the text
	maxDepth   = 30        // of MIME parts in each other
	maxRatio   = 200       // unpacked to packed, once freeBytes are unpacked
	freeBytes  = 64 << 20
	smallImage = 256 << 10 // larger pictures in a text may be photos of papers
	maxXML     = 32 << 20
)

// Open returns the bytes of a part that was handed out.
func (p *Parcel) Open(part Part) io.Reader {
	return io.NewSectionReader(p.file, part.Offset, part.Size)
}

// Close gives the memory back. A nil Parcel may be closed.
func (p *Parcel) Close() error {
	if p == nil {
		return nil
	}
	return p.file.Close()
}

// packing collects a parcel inside the child: parts go straight to the output.
type packing struct {
	Parcel
	out io.Writer
	at  int64
}

// put hands a part out.
func (p *packing) put(part Part, data io.Reader) error {
	if p.full() {
		return p.leave(part, LeftLimit)
	}
	n, err := io.Copy(p.out, io.LimitReader(data, maxBytes-p.at+1))
	part.Offset, part.Size = p.at, n
	p.at += n
	switch {
	case p.at > maxBytes:
		return refuse(DecodeLimit)
	case err != nil:
		p.Parts = append(p.Parts, Part{Name: part.Name, Title: part.Title, Size: n, Left: LeftCorrupt})
		return nil
	}
	p.Parts = append(p.Parts, part)
	return nil
}

// leave names a part that isn't handed out.
func (p *packing) leave(part Part, why string) error {
	if len(p.Parts) >= 2*maxParts {
		return refuse(PartLimit)
	}
	part.Left = why
	p.Parts = append(p.Parts, part)
	return nil
}

func (p *packing) full() bool { return len(p.Parts) >= maxParts }

// note adds a code that isn't there yet.
func (p *packing) note(code string) {
	for _, n := range p.Notes {
		if n == code {
			return
		}
	}
	p.Notes = append(p.Notes, code)
}
