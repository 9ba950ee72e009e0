package acl_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
	"eakte/ingest"
	"eakte/ingest/read"
)

// unable is a reader that lacks the language that somebody chose.
type unable struct{ acltest.Plain }

func (u unable) In(string) ingest.Reader { return u }

func (unable) Open(context.Context, string, int64, io.Reader) (ingest.Reading, error) {
	return nil, &read.Failure{State: read.Failed, Code: "language_missing"}
}

// scan drops a PDF of one page into a basket, to be recognised in a language.
func scan(t *testing.T, d *acl.Desk, basket, text, language string) acl.InboxView {
	t.Helper()
	upload := must(d.Receive(t.Context(), "scan.pdf", strings.NewReader("%PDF-1.7 "+text)))(t)
	if err := upload.In(language); err != nil {
		t.Fatal(errors.Join(err, upload.Close()))
	}
	view, err := d.AddInboxItem(t.Context(), archive.InboxItem{Basket: basket}, upload)
	if err = errors.Join(err, upload.Close()); err != nil {
		t.Fatal(err)
	}
	return view
}

func textOf(t *testing.T, d *acl.Desk, h acl.Holder) string {
	t.Helper()
	return string(must(d.Text(t.Context(), h))(t))
}

func TestLanguageIsChosenAndReadAnew(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	id := scan(t, mail, "poststelle", "Wort", "deu+ara").ID
	w.Settle()
	h := acl.Holder{Inbox: id}
	if got := textOf(t, mail, h); !strings.Contains(got, "Wort.deu+ara") {
		t.Fatalf("what was chosen when it came isn't used: %q", got)
	}
	first := opened(t, mail, id)
	if first.Current.Language != "deu+ara" || first.Current.Pages[0].Language != "deu+ara" {
		t.Errorf("stored: %q, page %q", first.Current.Language, first.Current.Pages[0].Language)
	}
	view := must(mail.RereadItem(t.Context(), id, "ara"))(t)
	if view.State != archive.StateProcessing {
		t.Errorf("ordered anew: %s", view.State)
	}
	if got := textOf(t, mail, h); !strings.Contains(got, "Wort.deu+ara") {
		t.Errorf("meanwhile: %q", got)
	}
	if _, err := mail.RereadItem(t.Context(), id, "deu"); !errors.Is(err, archive.ErrNotReady) {
		t.Errorf("ordered twice: %v", err)
	}
	w.Settle()
	second := opened(t, mail, id)
	if got := textOf(t, mail, h); !strings.HasSuffix(got, "Wort.ara") || second.State != archive.StateReady {
		t.Errorf("then: %q, %s", got, second.State)
	}
	if second.Current.Original != first.Current.Original || second.Current.ID != first.Current.ID || second.Current.Text == first.Current.Text || second.Current.Images.Ref == "" {
		t.Errorf("received bytes or renditions: %+v, before %+v", second.Current, first.Current)
	}
	must(mail.RereadItem(t.Context(), id, ""))(t)
	w.Settle()
	if got := textOf(t, mail, h); !strings.HasSuffix(got, "Wort") {
		t.Errorf("automatically: %q", got)
	}
	officer := w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
	page := must(officer.Trail(t.Context(), archive.TrailFilter{Op: string(audit.OpReread)}, 10, ""))(t)
	if len(page.Items) != 2 || page.Items[0].Leaf.Object != "inbox/"+string(id) {
		t.Errorf("trail: %+v", page.Items)
	}
}

func TestWhoMayChooseALanguage(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	ctx := t.Context()
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	clerk := w.Guard.For(w.User("clerk", "sachbearbeitung@auslaenderbehoerde"))
	reader := w.Guard.For(w.User("reader", "sachbearbeitung@soziales"))
	stranger := w.Guard.For(w.User("stranger", "sachbearbeitung@integration"))
	akte := w.Akte(clerk, "Kaya", "auslaenderbehoerde", archive.Participation{Department: "soziales"})
	upload := must(clerk.Receive(ctx, "pass.pdf", strings.NewReader("%PDF-1.7 Pass")))(t)
	doc, err := clerk.AddDocument(ctx, akte, archive.Document{Type: "reisepass"}, upload)
	if err = errors.Join(err, upload.Close()); err != nil {
		t.Fatal(err)
	}
	item := scan(t, mail, "poststelle", "Brief", "").ID
	letter := w.Post(mail, "poststelle", "nur Text").ID
	if _, err := clerk.RereadDocument(ctx, doc.ID, "ara"); !errors.Is(err, archive.ErrNotReady) {
		t.Errorf("before it was read: %v", err)
	}
	w.Settle()
	for _, tt := range []struct {
		name string
		do   func() error
		want error
	}{
		{"a stranger", func() error { _, err := stranger.RereadDocument(ctx, doc.ID, "ara"); return err }, archive.ErrNotFound},
		{"who only reads", func() error { _, err := reader.RereadDocument(ctx, doc.ID, "ara"); return err }, acl.ErrDenied},
		{"another basket", func() error { _, err := clerk.RereadItem(ctx, item, "ara"); return err }, archive.ErrNotFound},
		{"a language that is missing", func() error { _, err := clerk.RereadDocument(ctx, doc.ID, "tir"); return err }, archive.ErrInvalid},
		{"no language", func() error { _, err := clerk.RereadDocument(ctx, doc.ID, "-l x"); return err }, archive.ErrInvalid},
		{"twice the same", func() error { _, err := clerk.RereadDocument(ctx, doc.ID, "deu+deu"); return err }, archive.ErrInvalid},
		{"text that needs no recognition", func() error { _, err := mail.RereadItem(ctx, letter, "ara"); return err }, acl.ErrUnreadable},
		{"who may", func() error { _, err := clerk.RereadDocument(ctx, doc.ID, "ara"); return err }, nil},
	} {
		if err := tt.do(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	w.Settle()
	if got := textOf(t, clerk, acl.Holder{Document: doc.ID}); !strings.HasSuffix(got, "Pass.ara") {
		t.Errorf("read anew: %q", got)
	}
	if found := must(clerk.Search(ctx, index.Query{Text: "Pass.ara"}, ""))(t); found.Total != 1 {
		t.Errorf("%d hits of the new text", found.Total)
	}
	late := must(mail.Receive(ctx, "scan.pdf", strings.NewReader("%PDF-1.7 x")))(t)
	if err := errors.Join(late.In("tir")); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("an upload in a missing language: %v", err)
	}
	if err := late.Close(); err != nil {
		t.Error(err)
	}
}

func TestReadingAnewThatFailsKeepsTheText(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	id := scan(t, mail, "poststelle", "Wort", "").ID
	w.Settle()
	must(mail.RereadItem(t.Context(), id, "ara"))(t)
	reader := w.Pipeline.Reader
	w.Pipeline.Reader = unable{}
	w.Settle()
	got := opened(t, mail, id)
	if got.State != archive.StateReady || !slices.Contains(got.Current.Flags, "not_reread") || !strings.HasSuffix(textOf(t, mail, acl.Holder{Inbox: id}), "Wort") {
		t.Fatalf("%s, %v", got.State, got.Current.Flags)
	}
	w.Pipeline.Reader = reader
	must(mail.Retry(t.Context(), got.Current.Job))(t)
	w.Settle()
	if got = opened(t, mail, id); slices.Contains(got.Current.Flags, "not_reread") || !strings.HasSuffix(textOf(t, mail, acl.Holder{Inbox: id}), "Wort.ara") {
		t.Errorf("tried again: %v", got.Current.Flags)
	}
}
