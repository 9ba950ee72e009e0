package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"eakte/archive"
	"eakte/ingest/ocr"
	"eakte/ingest/read"
	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
	"eakte/ingest/unpack"
)

// Reader opens documents. [Documents] is the one that is used; tests have others.
type Reader interface {
	// Open takes in the bytes of the media type kind and looks at what they are. The error is a
	// [*read.Failure] where the document is the reason.
	Open(ctx context.Context, kind string, size int64, src io.Reader) (Reading, error)
	// Bind makes a document of each of the outputs: the pages named by its leaves, which count the readings
	// that this Reader opened, and nothing of their other pages. It calls made for each, in order, with its
	// media type and its content, and ends with the first error of made. The error is a [*read.Failure]
	// where the readings are the reason.
	Bind(ctx context.Context, from []Reading, outputs [][]archive.Leaf, made func(kind string, content io.Reader) error) error
	// Available says whether documents can be read safely on this machine at all; the error says
	// what is missing.
	Available(ctx context.Context) error
}

// Linguist is a [Reader] that can be told what language a document is in.
type Linguist interface {
	Reader
	// In returns a Reader that recognises in languages ("ara", "deu+ara") and looks for no others. Where one of
	// them is missing, documents fail with the code "language_missing".
	In(languages string) Reader
}

// Bold is a [Reader] that can be told that people released a file in spite of the programs that it starts or
// carries.
type Bold interface {
	Reader
	// Released returns a Reader that opens it.
	Released() Reader
}

// Reading is an open document. It must be closed.
type Reading interface {
	// Pages is how many there are.
	Pages() int
	// Flags are codes of what was found: "javascript", "signed", "repaired" …
	Flags() []string
	// Text calls emit for every page in order.
	Text(ctx context.Context, emit func(page.Page) error) error
	// Images calls emit for every page in order with JPEG images of it, wide and small, laid as
	// Text found them to lie; both are empty for a page that can't be drawn.
	Images(ctx context.Context, lays []page.Lay, emit func(image, thumb []byte) error) error
	// Shown is a PDF that was made because the document has no pages of its own, and stands for it from
	// now on; nil: none was. It is closed with the Reading.
	Shown() *read.Source
	Close() error
}

// Documents opens documents with a [read.Reader], whose children run in Sandbox.
type Documents struct {
	Reader  *read.Reader
	Sandbox *sandbox.Runner
	// Languages are those of recognition, "deu+eng".
	Languages string
	// chosen are those that somebody chose; empty: none.
	chosen string
}

var (
	_ Linguist = Documents{}
	_ Bold     = Documents{}
)

// Released implements [Bold].
func (d Documents) Released() Reader {
	d.Reader = d.Reader.Released()
	return d
}

// In implements [Linguist].
func (d Documents) In(languages string) Reader {
	d.Reader, d.chosen = d.Reader.In(languages), languages
	return d
}

// Available implements [Reader].
func (d Documents) Available(ctx context.Context) error {
	if missing := read.Lacking(); len(missing) > 0 {
		return fmt.Errorf("programs are missing: %v", missing)
	}
	if err := ocr.CheckLanguages(d.Languages); err != nil {
		return err
	}
	return d.Sandbox.Available(ctx)
}

// Open implements [Reader].
func (d Documents) Open(ctx context.Context, kind string, size int64, src io.Reader) (Reading, error) {
	if d.chosen != "" && ocr.CheckLanguages(d.chosen) != nil { // it was there when it was chosen
		return nil, &read.Failure{State: read.Failed, Code: page.NoteLanguage}
	}
	file, err := read.Load(src, size)
	if err != nil {
		return nil, err
	}
	o := &open{reader: d.Reader}
	if sniff.Kind(kind).Office() {
		o.file, o.kind, o.facts, err = d.Reader.Show(ctx, file)
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, errors.Join(err, o.file.Close())
		}
		o.made = o.kind == sniff.PDF
		return o, nil
	}
	if o.file, o.kind, err = d.Reader.Plain(ctx, sniff.Kind(kind), file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	file = o.file
	if o.facts, err = d.Reader.Inspect(ctx, o.kind, file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return o, nil
}

// Bind implements [Reader].
func (d Documents) Bind(ctx context.Context, from []Reading, outputs [][]archive.Leaf, made func(kind string, content io.Reader) error) (err error) {
	var origins []read.Origin
	for _, f := range from {
		o, ok := f.(*open)
		if !ok {
			return errors.New("ingest: a reading of another reader")
		}
		origins = append(origins, read.Origin{Kind: o.kind, File: o.file, Facts: o.facts})
	}
	plan := make([][]read.Leaf, len(outputs))
	for i, leaves := range outputs {
		for _, l := range leaves {
			plan[i] = append(plan[i], read.Leaf{Origin: l.Source, Page: l.Page, Turn: l.Turn})
		}
	}
	bound, err := d.Reader.Bind(ctx, origins, plan)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bound.Close()) }()
	for n := range bound.Len() {
		if err := made(string(sniff.PDF), bound.Output(n)); err != nil {
			return err
		}
	}
	return nil
}

// open is a document in memory that no disk holds.
type open struct {
	reader *read.Reader
	kind   sniff.Kind
	file   *read.Source
	facts  read.Facts
	made   bool // file was made to stand for what was received
}

func (o *open) Pages() int      { return o.facts.Pages }
func (o *open) Flags() []string { return o.facts.Notes }

// Parcel implements [Opened].
func (o *open) Parcel() *unpack.Parcel { return o.facts.Parcel }

// Provenance implements [Noted]. What was made to stand for a document was never paper.
func (o *open) Provenance() *read.Provenance {
	if o.made {
		return nil
	}
	return o.facts.Provenance()
}

func (o *open) Close() error { return errors.Join(o.file.Close(), o.facts.Parcel.Close()) }

func (o *open) Shown() *read.Source {
	if !o.made {
		return nil
	}
	return o.file
}

func (o *open) Text(ctx context.Context, emit func(page.Page) error) error {
	return o.reader.Text(ctx, o.kind, o.file, o.facts, emit)
}

// drawn is how many pages are drawn before they are kept, in order. No more children draw at once than there are
// processors: further ones would take memory and gain no time.
const drawn = 4

func (o *open) Images(ctx context.Context, lays []page.Lay, emit func(image, thumb []byte) error) error {
	for first := 1; first <= o.facts.Pages; first += drawn {
		var images [drawn]struct{ view, thumb []byte }
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(max(2, runtime.GOMAXPROCS(0)))
		last := min(first+drawn-1, o.facts.Pages)
		for nr := first; nr <= last; nr++ {
			group.Go(func() (err error) {
				var lay page.Lay
				if nr <= len(lays) {
					lay = lays[nr-1]
				}
				made := &images[nr-first]
				made.view, made.thumb, err = o.image(ctx, nr, lay)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		for nr := first; nr <= last; nr++ {
			if err := emit(images[nr-first].view, images[nr-first].thumb); err != nil {
				return err
			}
		}
	}
	return nil
}

// image draws one page, large and small; nothing where it can't be drawn.
func (o *open) image(ctx context.Context, nr int, lay page.Lay) (view, thumb []byte, err error) {
	large, err := o.reader.Image(ctx, o.kind, o.file, o.facts, nr, lay)
	if err != nil {
		return nil, nil, unlessFailure(err)
	}
	defer func() { err = errors.Join(err, large.Close()) }()
	if view, err = large.Bytes(); err != nil {
		return nil, nil, err
	}
	small, err := o.reader.Thumb(ctx, large, nr)
	if err != nil {
		return view, nil, unlessFailure(err)
	}
	defer func() { err = errors.Join(err, small.Close()) }()
	thumb, err = small.Bytes()
	return view, thumb, err
}

// unlessFailure is what of an error isn't one of the page.
func unlessFailure(err error) error {
	var failure *read.Failure
	if errors.As(err, &failure) {
		return nil
	}
	return err
}

// gone and gaveUp are failures that the reader knows nothing of.
func gone() *read.Failure   { return &read.Failure{State: read.Failed, Code: "gone"} }
func gaveUp() *read.Failure { return &read.Failure{State: read.Failed, Code: "gave_up"} }

// damaged says that the stored bytes aren't those received.
func damaged() *read.Failure { return &read.Failure{State: read.Failed, Code: "damaged_in_store"} }

// parked reports whether the machine can't read documents safely at all for now.
func parked(err error) bool { return errors.Is(err, sandbox.ErrUnavailable) }
