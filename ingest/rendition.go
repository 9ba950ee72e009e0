package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/ingest/bundle"
	"eakte/ingest/read"
	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
)

// Renderer makes PDFs of single versions for people to keep.
type Renderer interface {
	// Render makes one, in memory that no disk holds. It must be closed. The error is [bundle.ErrUnreadable]
	// where there are no pages to show, [archive.ErrNotReady] where there will be, [ErrNotArchival] where the
	// version can't be an archival file.
	Render(ctx context.Context, v archive.Version, o RenderOrder) (*sandbox.File, error)
	// Checker is the name of the program that checks archival files before they are handed out; empty: none
	// does, they declare what nobody checked.
	Checker() string
}

// RenderOrder says what is to be made of a version.
type RenderOrder struct {
	// Title is the document's, Language "de" or "en".
	Title, Language string
	// Archival asks for PDF/A-2b.
	Archival bool
	// Told is called with the pages done and all of them, whenever one is; nil: nobody asks.
	Told func(done, all int)
}

// ErrNotArchival says that no archival file is made of a version: not all of its pages are images, or the
// program that checks such files turned it down.
var ErrNotArchival = errors.New("ingest: no archival file")

// Renditions is the [Renderer] that is used. It decides nothing: whoever asks has the right. All fields but
// Validator are required.
type Renditions struct {
	Contents *archive.Contents
	Reader   *read.Reader
	Composer *bundle.Composer
	// Validator checks archival files; nil: nothing does.
	Validator *Validator
}

var _ Renderer = (*Renditions)(nil)

// Checker implements [Renderer].
func (m *Renditions) Checker() string {
	if m.Validator == nil {
		return ""
	}
	return filepath.Base(m.Validator.Program)
}

// Render implements [Renderer].
func (m *Renditions) Render(ctx context.Context, v archive.Version, o RenderOrder) (made *sandbox.File, err error) {
	if o.Archival && !v.Scanned() {
		return nil, ErrNotArchival
	}
	src := &rendering{held: held{m.Contents, v}, reader: m.Reader, archival: o.Archival, order: o}
	defer func() { err = errors.Join(err, src.file.Close()) }()
	if err := src.open(ctx); err != nil {
		return nil, err
	}
	out, err := sandbox.NewFile()
	if err != nil {
		return nil, err
	}
	err = m.Composer.Single(ctx, bundle.Single{Language: o.Language, Title: o.Title, Source: src, Words: src.words, Archival: o.Archival}, out)
	if errors.Is(err, bundle.ErrUnreadable) && v.Images.Ref == "" {
		err = archive.ErrNotReady
	}
	if err == nil {
		err = out.Seal()
	}
	if err == nil && o.Archival && m.Validator != nil {
		err = m.Validator.check(ctx, m.Composer.Sandbox, out)
	}
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return out, nil
}

// rendering is a version as the source of a PDF of its own.
type rendering struct {
	held
	reader   *read.Reader
	archival bool
	// file holds the bytes of an image file, or of scans that become an archival file, and facts what they
	// are; nil: pages come from the received PDF, or from the images people look at.
	file  *sandbox.File
	kind  sniff.Kind
	facts read.Facts
	// laid says that the images handed out stand upright already.
	laid bool
	// order asks for it, and shown counts the pages whose images were handed out.
	order RenderOrder
	shown int
}

// told says how many pages are done.
func (s *rendering) told(done int) {
	if s.order.Told != nil {
		s.order.Told(done, len(s.version.Pages))
	}
}

// open looks at the file where its images are to be taken out.
func (s *rendering) open(ctx context.Context) error {
	object, kind := s.version.Read()
	s.kind = sniff.Kind(kind)
	if !strings.HasPrefix(kind, "image/") && !(s.archival && s.kind == sniff.PDF) {
		return nil
	}
	o, err := s.contents.Open(ctx, s.version.ID, object)
	if err != nil {
		return damagedHere(err)
	}
	file, err := read.Load(o.NewReader(), object.Size)
	if err = errors.Join(err, o.Close()); err != nil {
		return errors.Join(damagedHere(err), file.Close())
	}
	if s.file, s.kind, err = s.reader.Plain(ctx, s.kind, file); err != nil {
		s.file = file
	} else {
		s.facts, err = s.reader.Inspect(ctx, s.kind, s.file)
	}
	if err = unrendered(err); errors.Is(err, bundle.ErrUnreadable) && !s.archival {
		file, s.file = s.file, nil
		return file.Close()
	}
	return err
}

// unrendered tells what is the document's fault, so that its pages are shown otherwise.
func unrendered(err error) error {
	var failure *read.Failure
	if errors.As(err, &failure) {
		return bundle.ErrUnreadable
	}
	return err
}

// Kind implements [bundle.Source].
func (s *rendering) Kind() string {
	switch {
	case s.file == nil:
		return s.held.Kind()
	case s.facts.Whole(s.lay(0)):
		return string(sniff.JPEG)
	}
	return ""
}

// Size implements [bundle.Source].
func (s *rendering) Size() int64 {
	if s.file == nil {
		return s.held.Size()
	}
	return s.file.Size()
}

// Original implements [bundle.Source].
func (s *rendering) Original(ctx context.Context, w io.Writer) error {
	if s.file == nil {
		return s.held.Original(ctx, w)
	}
	_, err := io.Copy(w, s.file.Reader())
	return err
}

// lay is how page n, from 0, was found to lie.
func (s *rendering) lay(n int) page.Lay {
	if n >= len(s.version.Pages) {
		return page.Lay{}
	}
	p := s.version.Pages[n]
	return page.Lay{Rotation: p.Rotation, Corners: p.Corners}
}

// Rotations implements [bundle.Source].
func (s *rendering) Rotations() []int {
	if s.laid {
		return nil
	}
	return s.held.Rotations()
}

// Images implements [bundle.Source]: images in full where they can be had.
func (s *rendering) Images(ctx context.Context, to func([]byte, float32, float32) error) error {
	emit := func(data []byte, width, height float32) error {
		s.shown++
		s.told(s.shown)
		return to(data, width, height)
	}
	if s.file == nil {
		s.laid = true
		return s.held.Images(ctx, emit)
	}
	for n, p := range s.version.Pages {
		data, err := s.full(ctx, n)
		if err != nil {
			return err
		}
		width, height := p.Width, p.Height
		if p.Rotation%180 == 90 {
			width, height = height, width
		}
		if err := emit(data, width, height); err != nil {
			return err
		}
	}
	return nil
}

// full is the image of page n, from 0; none where it can't be had and a page that says so may stand for it.
func (s *rendering) full(ctx context.Context, n int) (data []byte, err error) {
	img, err := s.reader.Full(ctx, s.kind, s.file, s.facts, n+1, s.lay(n))
	if err = unrendered(err); errors.Is(err, bundle.ErrUnreadable) && !s.archival {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, img.Close()) }()
	return img.Bytes()
}

// words gives out the words of every page; those of a page whose text is the file's own are marked.
func (s *rendering) words(ctx context.Context, emit func([]byte, bool) error) error {
	numbers := make([]int, len(s.version.Pages))
	for i := range numbers {
		numbers[i] = i + 1
	}
	for some := range slices.Chunk(numbers, 64) {
		pages, err := s.contents.PageWords(ctx, s.version, some)
		if err != nil {
			return damagedHere(err)
		}
		for i, p := range pages {
			data, err := json.Marshal(p)
			if err != nil {
				return err
			}
			if err := emit(data, s.version.Pages[some[i]-1].Source == string(page.Embedded)); err != nil {
				return err
			}
			if s.shown == 0 { // images take longer, and were counted
				s.told(some[i])
			}
		}
	}
	return nil
}
