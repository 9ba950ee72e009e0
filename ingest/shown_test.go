package ingest_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/ingest"
	"eakte/ingest/read"
	"eakte/ingest/read/page"
)

// clerk is a reader of documents that have no pages of their own: it makes a PDF once for each that it
// is given. Its images fail as often as told.
type clerk struct {
	acltest.Plain
	made, fail int
}

type letter struct {
	ingest.Reading
	c     *clerk
	shown *read.Source
}

func (c *clerk) Open(ctx context.Context, kind string, size int64, src io.Reader) (ingest.Reading, error) {
	var shown *read.Source
	if kind != "application/pdf" {
		data, err := io.ReadAll(src)
		if err != nil {
			return nil, err
		}
		c.made++
		if shown, err = read.Load(strings.NewReader("drawn "+string(data)), 1<<10); err != nil {
			return nil, err
		}
		src = shown.Reader()
	}
	r, err := c.Plain.Open(ctx, kind, size, src)
	return letter{r, c, shown}, err
}

func (l letter) Shown() *read.Source { return l.shown }

func (l letter) Images(ctx context.Context, rotations []page.Lay, emit func(image, thumb []byte) error) error {
	if l.c.fail--; l.c.fail >= 0 {
		return errors.New("the machine hiccuped")
	}
	return l.Reading.Images(ctx, rotations, emit)
}

func (l letter) Text(ctx context.Context, emit func(page.Page) error) error {
	return l.Reading.Text(ctx, emit)
}

func TestMadePDFStandsForTheDocumentFromThenOn(t *testing.T) {
	c := &clerk{fail: 1}
	w, mail, id := post(t, c)
	w.Settle()
	w.Time = w.Time.Add(10 * time.Minute)
	w.Settle()
	got := item(t, mail, id)
	if got.State != archive.StateReady || got.Current.Images.Ref == "" || c.made != 1 {
		t.Fatalf("%s after the document was drawn %d times, want ready after once", got.State, c.made)
	}
	if shown, kind := got.Current.Read(); shown.Ref == got.Current.Original.Ref || kind != "application/pdf" {
		t.Errorf("pages are taken from %v as %s", shown, kind)
	}
	text, err := mail.Text(t.Context(), acl.Holder{Inbox: id})
	if err != nil || !strings.HasPrefix(string(text), "drawn eins") {
		t.Errorf("text %q, %v; want that of what was made", text, err)
	}
	o, err := mail.Original(t.Context(), acl.Holder{Inbox: id})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if data, err := io.ReadAll(o); err != nil || string(data) != "eins\fzwei" || o.Kind == "application/pdf" {
		t.Errorf("handed out is %q as %s, %v; want what was received", data, o.Kind, err)
	}
	problems := 0
	if _, objects, err := w.Contents.Check(t.Context(), true, func(archive.Problem) { problems++ }); err != nil || problems > 0 || objects != 4 {
		t.Errorf("%d objects with %d problems, %v; want original, PDF, text and images", objects, problems, err)
	}
}
