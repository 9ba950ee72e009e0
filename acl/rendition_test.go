package acl_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest"
	"eakte/ingest/bundle"
	"eakte/ingest/sandbox"
)

// press is a renderer that writes what it was told, or fails.
type press struct {
	fail error
}

func (press) Checker() string { return "scales" }

func (p press) Render(_ context.Context, v archive.Version, o ingest.RenderOrder) (*sandbox.File, error) {
	if p.fail != nil {
		return nil, p.fail
	}
	text := v.Name + " " + o.Title + " " + o.Language
	if o.Archival {
		text += " archival"
	}
	return sandbox.Load(strings.NewReader(text), 1<<10)
}

func TestSearchable(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	doc := d.Add(d.clerk, d.akte, archive.Document{Type: "arbeitsvertrag", Title: "Vertrag"}, "eins", "zwei")
	h := acl.Holder{Document: doc.ID}
	_, err := d.clerk.Searchable(ctx, h, "de")
	wants(t, "without a press", err, acl.ErrNoBundles)
	d.Guard.Renderer = press{}
	_, err = d.clerk.Searchable(ctx, h, "de")
	wants(t, "before it is read", err, archive.ErrNotReady)
	d.Settle()
	if n := d.happened(audit.OpDocumentDownload); n != 0 {
		t.Errorf("%d downloads are recorded that did not happen", n)
	}
	r := must(d.clerk.Searchable(ctx, h, "de"))(t)
	told, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || string(told) != "paper.txt Vertrag de" || r.Name != "paper-searchable.pdf" || r.Archival || r.Checker != "" {
		t.Errorf("made %q as %q, %+v, %v", told, r.Name, r, err)
	}
	if n := d.happened(audit.OpDocumentDownload); n != 1 {
		t.Errorf("%d downloads are recorded, want 1", n)
	}
	_, err = d.one.Searchable(ctx, h, "de")
	wants(t, "a stranger", err, archive.ErrNotFound)
	_, err = d.clerk.Archival(ctx, h, "de")
	wants(t, "a text for the archive", err, acl.ErrNotArchival)
	for fail, want := range map[error]error{bundle.ErrUnreadable: acl.ErrUnreadable, ingest.ErrNotArchival: acl.ErrNotArchival, archive.ErrNotReady: archive.ErrNotReady} {
		d.Guard.Renderer = press{fail}
		_, err := d.clerk.Searchable(ctx, h, "de")
		wants(t, "a press that fails", err, want)
	}
}
