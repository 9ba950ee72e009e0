package acl

import (
	"cmp"
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"sync"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest"
	"eakte/ingest/bundle"
	"eakte/ingest/sandbox"
)

// Rendition is a PDF made of a version for people to keep. It must be closed.
type Rendition struct {
	io.ReadSeeker
	// Name is the file name it is kept under.
	Name string
	Size int64
	// Archival says that it declares itself as PDF/A-2b.
	Archival bool
	// Checker is the program that checked an archival file; empty: it declares what nobody checked.
	Checker string
	file    *sandbox.File
}

// Close ends it.
func (r *Rendition) Close() error { return r.file.Close() }

// Searchable makes a PDF of a document whose recognised words stand unseen behind its pages, in the reader's
// language, "de" or "en". That it leaves is recorded before it is made.
func (d *Desk) Searchable(ctx context.Context, h Holder, language string) (*Rendition, error) {
	return d.render(ctx, h, FormSearchable, ingest.RenderOrder{Language: language})
}

// Archival is Searchable for PDF/A-2b, which is made of scans and of nothing else: [ErrNotArchival].
func (d *Desk) Archival(ctx context.Context, h Holder, language string) (*Rendition, error) {
	return d.render(ctx, h, FormArchival, ingest.RenderOrder{Language: language, Archival: true})
}

// ArchivalChecker is the name of the program that checks archival files before they are handed out; empty:
// none does.
func (d *Desk) ArchivalChecker() string {
	if d.guard.Renderer == nil {
		return ""
	}
	return d.guard.Renderer.Checker()
}

func (d *Desk) render(ctx context.Context, h Holder, form string, o ingest.RenderOrder) (*Rendition, error) {
	v, err := d.taken(ctx, h, form, &o)
	if err != nil {
		return nil, err
	}
	made := pressed{d.subject.User, h.ref(), form}
	o.Told = func(done, all int) { d.guard.pressing.tell(made, Pages{done, all}) }
	o.Told(0, len(v.Pages))
	defer d.guard.pressing.end(made)
	return d.press(ctx, v, form, o)
}

// Pages is how many pages of a PDF are done, of how many.
type Pages struct{ Done, All int }

// pressed is a PDF that a user has made.
type pressed struct {
	user     archive.UserID
	of, form string
}

// pressing are the PDFs that are being made while somebody waits, and how far they are.
type pressing struct {
	mu  sync.Mutex
	now map[pressed]Pages
}

func (p *pressing) tell(of pressed, pages Pages) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == nil {
		p.now = map[pressed]Pages{}
	}
	p.now[of] = pages
}

func (p *pressing) end(of pressed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.now, of)
}

// Pressing tells how far a PDF is that the subject has made of a document; the zero value where none is being made for
// her, whatever there is and she may see.
func (d *Desk) Pressing(h Holder, form string) Pages {
	d.guard.pressing.mu.Lock()
	defer d.guard.pressing.mu.Unlock()
	return d.guard.pressing.now[pressed{d.subject.User, h.ref(), form}]
}

// presses reports whether a form can be made of a version, as far as can be known beforehand.
func (d *Desk) presses(v archive.Version, form string) error {
	if form == FormOriginal {
		return nil
	}
	if d.guard.Renderer == nil {
		return ErrNoBundles
	}
	if err := readable(v); err != nil {
		return err
	}
	if form == FormArchival && !v.Scanned() {
		return ErrNotArchival
	}
	return nil
}

// press makes a form of a version. As many at once as bundles: each is a process.
func (d *Desk) press(ctx context.Context, v archive.Version, form string, o ingest.RenderOrder) (*Rendition, error) {
	select {
	case d.guard.bundling <- struct{}{}:
		defer func() { <-d.guard.bundling }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	file, err := d.guard.Renderer.Render(ctx, v, o)
	switch {
	case errors.Is(err, ingest.ErrNotArchival):
		return nil, ErrNotArchival
	case errors.Is(err, bundle.ErrUnreadable):
		return nil, ErrUnreadable
	case err != nil:
		return nil, err
	}
	r := &Rendition{ReadSeeker: file.Reader(), Name: renderedName(v.Name, form), Size: file.Size(), Archival: o.Archival, file: file}
	if o.Archival {
		r.Checker = d.guard.Renderer.Checker()
	}
	return r, nil
}

// taken decides and records that a version leaves in a form, and puts the document's title into the order.
func (d *Desk) taken(ctx context.Context, h Holder, form string, o *ingest.RenderOrder) (archive.Version, error) {
	var v archive.Version
	tried := act{op: audit.OpDocumentDownload, object: h.ref()}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		done, id, err := d.holds(r, h, tried)
		if err != nil {
			return act{}, err
		}
		if v, err = d.guard.released(r, id); err != nil {
			return act{}, err
		}
		if err := d.presses(v, form); err != nil {
			return act{}, err // nothing leaves
		}
		doc, err := r.Document(h.Document)
		if err != nil {
			return act{}, err
		}
		o.Title = d.called(doc, o.Language)
		done.window = string(tried.op) + "/" + form + "/" + string(id)
		done.detail = &audit.Detail{Act: map[string]any{"form": form}}
		return done, nil
	})
	return v, err
}

// called is the title of a document, or that of its type.
func (d *Desk) called(doc archive.Document, language string) string {
	kind, _ := d.guard.Policies.DocType(doc.Type)
	return cmp.Or(doc.Title, kind.Label.In(language))
}

// renderedName is the received file's name with the form behind it.
func renderedName(name, form string) string {
	name = strings.TrimSuffix(name, path.Ext(name))
	if form == FormArchival {
		form = "pdfa"
	}
	return strings.TrimPrefix(name+"-"+form+".pdf", "-")
}
