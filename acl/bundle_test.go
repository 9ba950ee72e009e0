package acl_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/ingest"
	"eakte/ingest/bundle"
	"eakte/ingest/read"
	"eakte/ingest/sandbox"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" { // a child in a sandbox: see ingest/sandbox
		os.Exit(read.Worker(os.Args[2:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// shelf is an Akte with papers of two departments.
type shelf struct {
	*acltest.World
	akte             archive.AkteID
	clerk, physician *acl.Desk
	pass, report     acl.DocumentView
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	w := acltest.Open(t)
	box, err := sandbox.New(sandbox.Config{})
	if errors.Is(err, sandbox.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	maker := &ingest.Bundler{
		Store: w.Store, Objects: w.Objects, Contents: w.Contents, Policies: w.Policies,
		Composer: &bundle.Composer{Sandbox: box}, Zone: time.UTC, Now: func() time.Time { return w.Time },
	}
	w.Guard.Bundles, w.Pipeline.Bundles = maker, maker
	s := &shelf{World: w}
	s.clerk = w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	s.physician = w.Guard.For(w.User("physician", "gesundheit@gesundheit"))
	s.akte = w.Akte(s.clerk, "Öztürk", "auslaenderbehoerde", archive.Participation{Department: "gesundheit"})
	s.pass = w.Add(s.clerk, s.akte, archive.Document{Type: "reisepass", Title: "Reisepass von vorn"}, "Pass")
	s.report = w.Add(s.physician, s.akte, archive.Document{Type: "aerztliches_attest", Title: "Befund der Lunge", Classification: "besonders"}, "Befund")
	secret := w.Add(s.clerk, s.akte, archive.Document{Type: "reisepass", Title: hiddenTitle}, "Geheim").Document
	secret.Classification = "sicherheit"
	s.change(secret)
	w.Settle()
	return s
}

// hiddenTitle is that of a document which neither may see, in a register of which the clerk sees others.
const hiddenTitle = "Vermerk zur Sicherheit"

// change stores a document past all rights.
func (s *shelf) change(doc archive.Document) {
	s.T.Helper()
	doc.Revision++
	err := s.Store.Update(s.T.Context(), func(tx archive.Tx) error {
		return errors.Join(tx.PutDocument(doc), tx.Record(audit.Event{
			Time: s.Time, Actor: audit.System(), Op: audit.OpDocumentChange, Object: "document/" + string(doc.ID), Result: audit.Allow,
		}))
	})
	if err != nil {
		s.T.Fatal(err)
	}
}

// text reads a bundle to its end and returns what it says.
func (s *shelf) text(f *acl.BundleFile, err error) string {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = f
	out, err := cmd.Output()
	if err = errors.Join(err, f.Close()); err != nil {
		s.T.Fatal(err)
	}
	return string(out)
}

func (s *shelf) order(d *acl.Desk, q acl.BundleRequest) archive.BundleID {
	s.T.Helper()
	job, err := d.OrderBundle(s.T.Context(), s.akte, q)
	if err != nil {
		s.T.Fatal(err)
	}
	return archive.BundleID(job.ID)
}

func TestBundleHoldsWhatItsReaderMaySee(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	q := acl.BundleRequest{Language: "de"}
	display(t, s.World, s.clerk.Subject().User, "Clara Klar")
	for _, tt := range []struct {
		desk             *acl.Desk
		has, lack, maker string
	}{
		{s.clerk, s.pass.Title, s.report.Title, "Clara Klar, Ausländerbehörde"},
		{s.physician, s.report.Title, s.pass.Title, s.physician.Subject().Name + ", Gesundheit"},
	} {
		name := tt.desk.Subject().Name
		listed, err := tt.desk.Documents(t.Context(), s.akte, acl.DocumentsQuery{})
		if err != nil {
			t.Fatal(err)
		}
		text := s.text(tt.desk.Bundle(t.Context(), s.akte, q))
		for _, d := range listed.Items {
			if !strings.Contains(text, d.Title) {
				t.Errorf("%s: %q is listed and not in the bundle", name, d.Title)
			}
		}
		want := fmt.Sprintf("%d; alle", len(listed.Items))
		if !strings.Contains(text, tt.has) || !strings.Contains(text, want) || !strings.Contains(text, "Öztürk, Test") || !strings.Contains(text, tt.maker) {
			t.Errorf("%s: the cover lacks something of %q, %q, name and maker:\n%s", name, tt.has, want, text)
		}
		both := acl.BundleRequest{Language: "de", Documents: []archive.DocumentID{s.pass.ID, s.report.ID}}
		for _, text := range []string{text, s.text(tt.desk.Bundle(t.Context(), s.akte, both))} {
			if len(listed.Items) == 1 && (strings.Contains(text, tt.lack) || strings.Contains(text, hiddenTitle) || strings.Contains(text, "Blatt 2")) {
				t.Errorf("%s: the bundle tells of what she may not see:\n%s", name, text)
			}
		}
	}
	mail := s.Guard.For(s.User("stranger", "sachbearbeitung@soziales"))
	if _, err := mail.Bundle(t.Context(), s.akte, q); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a stranger: %v, want not found", err)
	}
	q.Recipient = "Botschaft"
	records := s.Guard.For(s.User("records", "registratur@auslaenderbehoerde"))
	if _, err := records.Bundle(t.Context(), s.akte, q); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("to a body outside, without the right to disclose: %v, want denied", err)
	}
}

func TestBundleIsDecidedAgainWhenFetched(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	id := s.order(s.clerk, acl.BundleRequest{Language: "de", Reason: "Abgabe"})
	s.Settle()
	if text := s.text(s.clerk.FetchBundle(t.Context(), id)); !strings.Contains(text, s.pass.Title) {
		t.Errorf("the bundle lacks its document:\n%s", text)
	}
	doc := s.pass.Document
	doc.Sealed = &archive.Seal{Reason: "Sperre", Until: "2999-01-01"}
	s.change(doc)
	if _, err := s.clerk.FetchBundle(t.Context(), id); !errors.Is(err, acl.ErrDenied) {
		t.Errorf("once a document is sealed: %v, want denied", err)
	}
	job := []acl.Watch{acl.Watch("job/" + string(id))}
	if states := must(s.clerk.States(t.Context(), job, true))(t); len(states) != 1 {
		t.Errorf("her own job has %d states", len(states))
	}
	inConflict(t, s.World, s.clerk.Subject().User, s.akte)
	if _, err := s.clerk.FetchBundle(t.Context(), id); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("in conflict: %v, want not found", err)
	}
	if states := must(s.clerk.States(t.Context(), job, true))(t); len(states) != 0 {
		t.Error("in conflict she is told how far the bundle is")
	}
	var events []archive.TrailEntry
	err := s.Store.View(t.Context(), func(r archive.Reader) error {
		for row, err := range r.Trail(archive.TrailFilter{Op: string(audit.OpAkteBundle), Akte: s.akte}, "") {
			if err != nil {
				return err
			}
			events = append(events, row.Value)
		}
		return nil
	})
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events of the bundle leaving, want 1: %v", len(events), err)
	}
	if said := fmt.Sprintf("%s %s", events[0].Leaf.Purpose, events[0].Parts[0].Text); !strings.Contains(said, string(s.pass.ID)) || !strings.Contains(said, "Abgabe") || !strings.Contains(said, "bearbeitung") {
		t.Errorf("the event lacks document, reason or purpose: %s", said)
	}
}

// TestBundleEndsTheLookBack takes out, unread, what the mail room filed just now.
func TestBundleEndsTheLookBack(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	room := s.Guard.For(s.User("room", "registratur@poststelle"))
	item := s.Post(room, "poststelle", "Brief")
	f := acl.Filing{Akten: []archive.AkteID{s.akte}, Doc: archive.Document{Type: "reisepass"}}
	doc := must(room.FileItem(t.Context(), item.ID, f))(t)[0]
	s.Settle()
	must(room.Document(t.Context(), doc.ID))(t)
	s.text(s.clerk.Bundle(t.Context(), s.akte, acl.BundleRequest{Language: "de"}))
	if _, err := room.Document(t.Context(), doc.ID); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("the mail room reads it still: %v", err)
	}
	_, err := room.Unfile(t.Context(), item.ID)
	wants(t, "taking back what was taken out", err, acl.ErrSettled)
}

func TestBundleSaysWhyADocumentIsMissing(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.Add(s.clerk, s.akte, archive.Document{Type: "reisepass", Title: "Zerrissener Pass"}, "FAIL corrupt")
	s.Settle()
	text := s.text(s.clerk.Bundle(t.Context(), s.akte, acl.BundleRequest{Language: "de"}))
	if !strings.Contains(text, "Zerrissener Pass") || !strings.Contains(text, "beschädigt oder überschreitet") || !strings.Contains(text, "Blatt 2") {
		t.Errorf("no note stands in the place of what can't be read:\n%s", text)
	}
}

func TestBundleEndsAfterADay(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	id := s.order(s.clerk, acl.BundleRequest{Language: "de"})
	s.Settle()
	var b archive.Bundle
	read := func() error {
		return s.Store.View(t.Context(), func(r archive.Reader) (err error) { b, err = r.Bundle(id); return err })
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	s.Time = s.Time.Add(archive.BundleKept)
	if _, err := s.clerk.FetchBundle(t.Context(), id); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("after a day: %v, want not found", err)
	}
	s.Settle()
	if _, err := s.Objects.Stat(t.Context(), b.Object.Ref); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("its bytes after the sweep: %v, want not found", err)
	}
	if err := read(); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("its record after the sweep: %v, want not found", err)
	}
}

// halting is a maker that is at work until it is told to stop.
type halting struct{ started chan struct{} }

func (h halting) Make(ctx context.Context, _ archive.Bundle, done func(int) error) (archive.Object, error) {
	close(h.started)
	for ctx.Err() == nil {
		if err := done(0); err != nil {
			return archive.Object{}, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return archive.Object{}, ctx.Err()
}

func TestCancelEndsTheWork(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	maker := halting{make(chan struct{})}
	s.Pipeline.Bundles = maker
	id := archive.JobID(s.order(s.clerk, acl.BundleRequest{}))
	if err := s.physician.CancelJob(t.Context(), id); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("somebody else's job: %v, want not found", err)
	}
	drained := make(chan error)
	go func() { drained <- s.Pipeline.Drain(context.WithoutCancel(t.Context())) }()
	<-maker.started
	if err := s.clerk.CancelJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
	if job, err := s.clerk.Job(t.Context(), id); err != nil || job.State != archive.JobFailed || job.Reason != "cancelled" {
		t.Errorf("job %+v, %v", job, err)
	}
}

func TestNothingStaysOfABundleMadeAtOnce(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	count := func() (n int) {
		if err := s.Objects.List(t.Context(), func(blob.Ref, blob.Info) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	f, err := s.clerk.Bundle(t.Context(), s.akte, acl.BundleRequest{Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	if head, err := io.ReadAll(io.LimitReader(f, 5)); err != nil || string(head) != "%PDF-" {
		t.Errorf("it begins with %q, %v", head, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if after := count(); after != before {
		t.Errorf("%d objects before, %d after", before, after)
	}
	err = s.Store.View(t.Context(), func(r archive.Reader) error {
		if open, err := r.Intents(); err != nil || len(open) != 0 {
			t.Errorf("announced objects are left: %v, %v", open, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
