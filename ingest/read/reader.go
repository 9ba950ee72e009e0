package read

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"eakte/ingest/bundle"
	"eakte/ingest/ocr"
	"eakte/ingest/office"
	"eakte/ingest/pdf"
	"eakte/ingest/picture"
	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
	"eakte/ingest/unpack"
)

// Page and Word are the result of reading; see ingest/read/page.
type (
	Page = page.Page
	Word = page.Word
)

// Source is a document in memory that no disk holds. It must be closed.
type Source = sandbox.File

// Load takes a document of at most limit bytes into memory. More is
// [sandbox.ErrTooLarge].
func Load(r io.Reader, limit int64) (*Source, error) { return sandbox.Load(r, limit) }

const (
	noteTooLarge   = page.NoteTooLarge
	noteUnreadable = page.NoteUnreadable
)

// Config of a [Reader].
type Config struct {
	Sandbox    *sandbox.Runner // needed
	Recognizer ocr.Recognizer  // nil: images aren't recognised, pages say so
	Languages  string          // of recognition; empty: "deu+eng"
	Others     []string        // languages that pages are recognised in where they aren't in those; nil: none
	MaxPages   int             // pages of a document; zero: 5,000
	MaxTime    time.Duration   // for the text of a document; zero: two hours. Pages beyond say so
	Parallel   int             // recognitions at once over all documents; zero: one a processor
	NoOffice   bool            // LibreOffice isn't used, even where it is installed
}

// Reader reads documents. It may be used by several goroutines at once.
type Reader struct {
	pdf       *pdf.Reader
	picture   *picture.Reader
	office    *office.Reader
	unpack    *unpack.Reader
	ocr       ocr.Recognizer
	languages string
	others    []string
	fixed     bool  // languages were chosen by somebody
	released  bool  // what starts or carries programs is read, too
	said      *said // of the document being read; nil: nothing is remembered
	maxPages  int
	maxTime   time.Duration
	noOffice  bool
	slots     chan struct{}
	// canvases are those that pages of plain text were drawn on: hundreds of one size follow each other.
	canvases *sync.Pool
}

// New returns a Reader.
func New(cfg Config) (*Reader, error) {
	if cfg.MaxPages <= 0 {
		cfg.MaxPages = 5000
	}
	if cfg.MaxTime <= 0 {
		cfg.MaxTime = 2 * time.Hour
	}
	if cfg.Parallel <= 0 {
		cfg.Parallel = runtime.NumCPU()
	}
	if cfg.Languages == "" {
		cfg.Languages = "deu+eng"
	}
	p, err := pdf.New(pdf.Config{Sandbox: cfg.Sandbox, MaxPages: cfg.MaxPages})
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	pic, err := picture.New(cfg.Sandbox)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	off, err := office.New(cfg.Sandbox)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	opener, err := unpack.New(cfg.Sandbox)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return &Reader{pdf: p, picture: pic, office: off, unpack: opener, ocr: cfg.Recognizer, languages: cfg.Languages, others: cfg.Others,
		maxPages: cfg.MaxPages, maxTime: cfg.MaxTime, noOffice: cfg.NoOffice, slots: make(chan struct{}, cfg.Parallel), canvases: new(sync.Pool)}, nil
}

// Lacking returns the programs that this machine doesn't have and can't do without, by name.
func Lacking() []string {
	tools := append(append(pdf.Tools(), picture.Tools()...), ocr.Tools()...)
	return sandbox.Lacking(tools...)
}

// Worker runs one Go step and returns the exit code. A program started as
// "<program> worker ARGS…" calls it with ARGS before anything else.
func Worker(args []string, out, diag io.Writer) int {
	steps := map[string]sandbox.Step{}
	for _, set := range []map[string]sandbox.Step{pdf.Steps(), picture.Steps(), office.Steps(), bundle.Steps(), unpack.Steps()} {
		for name, step := range set {
			steps[name] = step
		}
	}
	return sandbox.Serve(steps, args, out, diag)
}

// Facts are what a file is, before its text is read.
type Facts struct {
	Kind    sniff.Kind     `json:"kind"`
	Pages   int            `json:"pages"`
	Notes   []string       `json:"notes,omitempty"` // stable codes, see the Note constants
	PDF     *pdf.Facts     `json:"pdf,omitempty"`
	Picture *picture.Facts `json:"picture,omitempty"`
	// Parcel is what a container holds. Who asked for the facts closes it.
	Parcel *unpack.Parcel `json:"-"`

	sheets [][]string // of what is shown as lines of text, cut once
}

// Notes on a document; stable codes.
const (
	NoteJavaScript  = "javascript"       // holds scripts; they are never run
	NoteAttachments = "attachments"      // holds embedded files
	NoteSigned      = "signed"           // carries a signature
	NoteRestricted  = "owner_restricted" // its author asks for restrictions
	NoteXFA         = "xfa"              // holds an XFA form
	NoteDynamic     = "dynamic_pages"    // its real pages are made by a special viewer
	NoteRepaired    = "repaired"         // its structure is damaged or unusual and was read forgivingly
	NoteMacros      = "macros"           // holds programs of an office program; they are never run
	NoteLinks       = "external_links"   // loads something from elsewhere when it is opened; never here
	NoteEmbedded    = "embedded_objects" // holds objects of other programs
	NoteTextOnly    = "text_only"        // shows its plain text instead of its pages
)

// Inspect returns what the document is. Documents of office programs have no pages of their own: see
// [Reader.Show]. The error is a *[Failure] where it must not or can't be read.
func (r *Reader) Inspect(ctx context.Context, kind sniff.Kind, src *Source) (Facts, error) {
	f := Facts{Kind: kind}
	switch kind {
	case sniff.PDF:
		facts, err := r.pdf.Inspect(ctx, src)
		if err != nil {
			return f, final(err, 0)
		}
		f.PDF, f.Pages, f.Notes = &facts, facts.Pages, pdfNotes(facts)
		if r.released {
			return f, nil
		}
		return f, risk(facts)
	case sniff.JPEG, sniff.PNG, sniff.TIFF, sniff.WebP, sniff.BMP:
		facts, err := r.picture.Inspect(ctx, src)
		if err != nil {
			return f, final(err, 0)
		}
		f.Picture, f.Pages = &facts, len(facts.Frames)
		if facts.Truncated {
			return f, &Failure{State: Failed, Code: Truncated}
		}
		if f.Pages > r.maxPages {
			return f, &Failure{State: Failed, Code: pdf.PageLimit}
		}
		return f, nil
	case sniff.Email, sniff.Outlook, sniff.Zip:
		return r.inspectContainer(ctx, f, src)
	case sniff.Text:
		sheets, err := r.sheets(src)
		f.Pages, f.sheets = len(sheets), sheets
		return f, err
	}
	return f, errors.New("read: kind isn't read here")
}

func pdfNotes(f pdf.Facts) []string {
	var notes []string
	for _, n := range []struct {
		is   bool
		code string
	}{
		{f.JavaScript, NoteJavaScript}, {len(f.Attachments) > 0, NoteAttachments}, {f.Signed, NoteSigned},
		{f.Restricted, NoteRestricted}, {f.XFA, NoteXFA}, {f.Dynamic, NoteDynamic}, {f.Fallback, NoteRepaired},
		{f.Links, NoteLinks},
	} {
		if n.is {
			notes = append(notes, n.code)
		}
	}
	return notes
}

// Released returns a Reader that reads what starts or carries programs as well: people released it. Nothing of
// that runs here either.
func (r *Reader) Released() *Reader {
	c := *r
	c.released = true
	return &c
}

// risk puts files that start or carry programs into quarantine.
func risk(f pdf.Facts) error {
	if f.Launch {
		return &Failure{State: Quarantined, Code: LaunchAction}
	}
	for _, a := range f.Attachments {
		if a.Program {
			return &Failure{State: Quarantined, Code: EmbeddedProgram}
		}
	}
	return nil
}
