package acl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
	"eakte/policies"
)

// Holder names what holds a version: a document or an unfiled inbox item.
type Holder struct {
	Document archive.DocumentID
	Inbox    archive.InboxID
	// Version picks an older version of a document by its number from 1; 0 is the newest.
	Version int
	// Warned says that the reader was warned of a file in quarantine and wants its bytes to judge them: see
	// [QuarantineView].MayFetch.
	Warned bool
}

// Content is an open object of a version. It must be closed.
type Content struct {
	io.ReadSeeker
	// Kind is the media type, Name the cleaned file name it came under.
	Kind, Name string
	Size       int64
	SHA256     [32]byte
	ReceivedAt time.Time
	object     *seal.Object
}

// Close ends it.
func (c *Content) Close() error { return c.object.Close() }

// Original opens the received bytes. That they leave is recorded before the first one does.
func (d *Desk) Original(ctx context.Context, h Holder) (*Content, error) {
	v, err := d.content(ctx, h, audit.OpDocumentDownload)
	if err != nil {
		return nil, err
	}
	return d.open(ctx, v)
}

// open opens the received bytes of a version that was decided and recorded.
func (d *Desk) open(ctx context.Context, v archive.Version) (*Content, error) {
	o, err := d.guard.Contents.Open(ctx, v.ID, v.Original)
	if err != nil {
		return nil, err
	}
	return &Content{
		ReadSeeker: o.NewReader(), Kind: v.Kind, Name: v.Name, Size: v.Original.Size,
		SHA256: v.Original.SHA256, ReceivedAt: v.ReceivedAt, object: o,
	}, nil
}

// Text returns the recognised text, pages separated by form feeds.
func (d *Desk) Text(ctx context.Context, h Holder) ([]byte, error) {
	v, err := d.content(ctx, h, audit.OpDocumentRead)
	if err != nil {
		return nil, err
	}
	if err := readable(v); err != nil {
		return nil, err
	}
	pages, err := d.guard.Contents.Pages(ctx, v)
	if err != nil {
		return nil, err
	}
	return bytes.Join(pages, []byte("\f")), nil
}

// Words returns the word boxes of page n, from 1, as JSON: {width, height, words[{x, y, w, h, text, confidence}]}.
func (d *Desk) Words(ctx context.Context, h Holder, n int) ([]byte, error) {
	v, page, err := d.page(ctx, h, n)
	if err != nil {
		return nil, err
	}
	return d.guard.Contents.Part(ctx, v.ID, v.Text, page.Words)
}

// thumbWidth is the widest image a thumbnail answers for, in pixels.
const thumbWidth = 256

// Image returns a JPEG of page n, from 1, at least width pixels wide where there is one; 0 asks for
// the largest.
func (d *Desk) Image(ctx context.Context, h Holder, n, width int) ([]byte, error) {
	v, page, err := d.page(ctx, h, n)
	if err != nil {
		return nil, err
	}
	if v.Images.Ref != "" && page.Image.Length == 0 {
		return nil, ErrUnreadable
	}
	part := page.Image
	if width > 0 && width <= thumbWidth && page.Thumb.Length > 0 {
		part = page.Thumb
	}
	return d.guard.Contents.Part(ctx, v.ID, v.Images, part)
}

// page finds a page the subject may read.
func (d *Desk) page(ctx context.Context, h Holder, n int) (archive.Version, archive.PageFacts, error) {
	v, err := d.content(ctx, h, audit.OpDocumentRead)
	if err != nil {
		return archive.Version{}, archive.PageFacts{}, err
	}
	if err := readable(v); err != nil {
		return archive.Version{}, archive.PageFacts{}, err
	}
	if n < 1 || n > len(v.Pages) {
		return archive.Version{}, archive.PageFacts{}, archive.ErrNotFound
	}
	return v, v.Pages[n-1], nil
}

// readable asks that the machine has read the version, or says that it never will.
func readable(v archive.Version) error {
	switch {
	case v.State == archive.StateReady:
		return nil
	case v.State == archive.StateReceived:
		return archive.ErrNotReady
	}
	return ErrUnreadable
}

// content decides and records a read of a version's content.
func (d *Desk) content(ctx context.Context, h Holder, op audit.Op) (archive.Version, error) {
	var v archive.Version
	tried := act{op: op, object: h.ref()}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		done, id, err := d.holds(r, h, tried)
		if err != nil {
			return act{}, err
		}
		done.window = string(op) + "/" + string(id)
		v, err = d.guard.released(r, id)
		if errors.Is(err, ErrQuarantined) && h.Warned && op == audit.OpDocumentDownload {
			return d.fetch(r, h, v, done)
		}
		return done, err
	})
	return v, err
}

// released reads a version that nothing holds back.
func (g *Guard) released(r archive.Reader, id archive.VersionID) (archive.Version, error) {
	v, err := r.Version(id)
	if err == nil && (v.Held() || g.Scans && v.Scan == nil && v.State == archive.StateReceived) {
		return v, ErrQuarantined
	}
	return v, err
}

func (h Holder) ref() string {
	if h.Inbox != "" {
		return "inbox/" + string(h.Inbox)
	}
	return "document/" + string(h.Document)
}

// holds decides whether the subject may read what is held.
func (d *Desk) holds(r archive.Reader, h Holder, tried act) (act, archive.VersionID, error) {
	if h.Inbox != "" {
		item, v, err := d.takeItem(r, h.Inbox)
		if err != nil {
			return act{}, "", err
		}
		if _, ok := d.able(policies.ActInbox, item.Basket); !ok || len(item.Filed) > 0 {
			return act{}, "", archive.ErrNotFound
		}
		if moved, err := movedOn(r, item); moved || err != nil {
			return act{}, "", errors.Join(err, archive.ErrNotFound)
		}
		done := tried
		done.verdict = v
		return done, item.Version, nil
	}
	a, doc, v, err := d.reach(r, h.Document, policies.ActRead)
	if err != nil {
		return act{}, "", err
	}
	if v.inspects() && tried.op == audit.OpDocumentDownload {
		return act{}, "", ErrDenied
	}
	done := tried.about(doc, a.akte)
	done.verdict = v
	if h.Version == 0 {
		return done, doc.Current(), nil
	}
	if h.Version < 1 || h.Version > len(doc.Versions) {
		return act{}, "", archive.ErrNotFound
	}
	return done, doc.Versions[h.Version-1], nil
}
