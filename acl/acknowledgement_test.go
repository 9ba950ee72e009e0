package acl_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest"
	"eakte/ingest/bundle"
)

// printing is a shelf whose guard prints receipts in the real sandbox.
func printing(t *testing.T) *shelf {
	s := newShelf(t)
	s.Guard.Printer = s.Guard.Bundles.(*ingest.Bundler).Composer
	return s
}

// said is what a receipt says.
func said(t *testing.T, data []byte) string {
	t.Helper()
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// issued are the receipts in the trail.
func (s *shelf) issued() []acl.TrailRow {
	s.T.Helper()
	officer := s.Guard.For(s.User("officer", "datenschutz@datenschutz"))
	page, err := officer.Trail(s.T.Context(), archive.TrailFilter{Op: string(audit.OpAcknowledge)}, 50, "")
	if err != nil {
		s.T.Fatal(err)
	}
	return page.Items
}

func TestAcknowledgementNamesWhatItsReaderMaySee(t *testing.T) {
	t.Parallel()
	s := printing(t)
	q := acl.Acknowledging{Recipient: "  Ayşe Öztürk محمد", Language: "de"}
	var hidden archive.DocumentID
	for row, err := range allDocuments(t, s) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Title == hiddenTitle {
			hidden = row.ID
		}
	}
	made, err := s.clerk.AcknowledgeDocuments(t.Context(), s.akte, []archive.DocumentID{s.pass.ID, s.report.ID, hidden, s.pass.ID}, q)
	if err != nil {
		t.Fatal(err)
	}
	akte, err := s.clerk.Akte(t.Context(), s.akte)
	if err != nil {
		t.Fatal(err)
	}
	hash := hex.EncodeToString(s.pass.Current.Original.SHA256[:])
	text := said(t, made.PDF)
	for _, want := range []string{
		"Empfangsbestätigung", "Ausländerbehörde", "Musterplatz 1, 12345 Musterstadt", "Ayşe Öztürk", akte.Number, made.Number, "1. Reisepass von vorn", "text/plain",
		"4 Bytes", hash[:8] + " " + hash[8:16], "keine Unterschrift", s.Time.UTC().Format("02.01.2006"),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q isn't on it:\n%s", want, text)
		}
	}
	for _, not := range []string{s.report.Title, hiddenTitle, "2. "} {
		if strings.Contains(text, not) {
			t.Errorf("%q is on it, which she may not see:\n%s", not, text)
		}
	}
	rows := s.issued()
	if len(rows) != 1 || rows[0].Recipient != "Ayşe Öztürk محمد" || rows[0].Leaf.Purpose != "bearbeitung" {
		t.Fatalf("recorded: %+v", rows)
	}
	if class, ok := audit.OpAcknowledge.Class(); !ok || class != audit.Disclosure {
		t.Errorf("class %q", class)
	}
	if text := said(t, s.receipt(s.clerk, "en")); !strings.Contains(text, "Acknowledgement of receipt") || strings.Contains(text, "Empfangsbestätigung") {
		t.Errorf("in English:\n%s", text)
	}
}

// Of a register in which the clerk knows that something is there, and no more, nothing stands on a receipt.
func TestAcknowledgementLeavesOutWhatMayOnlyExist(t *testing.T) {
	t.Parallel()
	s := printing(t)
	known := s.Add(s.clerk, s.akte, archive.Document{Type: "reisepass", Title: "Nur bekannt"}, "x").Document
	known.Register, known.Classification, known.BroughtBy = "sicherheit", "normal", "rueckkehr"
	s.change(known)
	to := acl.Acknowledging{Recipient: "x", Language: "de"}
	if _, err := s.clerk.Document(t.Context(), known.ID); !errors.Is(err, acl.ErrDenied) {
		t.Fatalf("the clerk opens it: %v, want denied", err)
	}
	if _, err := s.clerk.AcknowledgeDocuments(t.Context(), s.akte, []archive.DocumentID{known.ID}, to); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("alone: %v, want not found", err)
	}
	made, err := s.clerk.AcknowledgeDocuments(t.Context(), s.akte, []archive.DocumentID{known.ID, s.pass.ID}, to)
	if err != nil || strings.Contains(said(t, made.PDF), "Nur bekannt") {
		t.Errorf("beside another: %v", err)
	}
}

// allDocuments are those of the shelf's Akte, past all rights.
func allDocuments(t *testing.T, s *shelf) func(func(archive.Document, error) bool) {
	t.Helper()
	var out []archive.Document
	err := s.Store.View(t.Context(), func(r archive.Reader) error {
		for _, reg := range s.Policies.Registers() {
			for row, err := range r.Documents(s.akte, reg.Key, "") {
				if err != nil {
					return err
				}
				out = append(out, row.Value)
			}
		}
		return nil
	})
	return func(yield func(archive.Document, error) bool) {
		for _, d := range out {
			if !yield(d, err) {
				return
			}
		}
	}
}

func (s *shelf) receipt(d *acl.Desk, language string) []byte {
	s.T.Helper()
	made, err := d.AcknowledgeDocuments(s.T.Context(), s.akte, []archive.DocumentID{s.pass.ID}, acl.Acknowledging{Recipient: "Frau Öztürk", Language: language})
	if err != nil {
		s.T.Fatal(err)
	}
	return made.PDF
}

func TestAcknowledgementIsRefused(t *testing.T) {
	t.Parallel()
	s := printing(t)
	purposeless := s.clerk.Subject()
	purposeless.Purpose = ""
	to := acl.Acknowledging{Recipient: "Frau Öztürk", Language: "de"}
	own := []archive.DocumentID{s.pass.ID}
	for _, tt := range []struct {
		name string
		desk *acl.Desk
		ids  []archive.DocumentID
		q    acl.Acknowledging
		want error
	}{
		{"to nobody", s.clerk, own, acl.Acknowledging{Recipient: " ", Language: "de"}, archive.ErrInvalid},
		{"in no language", s.clerk, own, acl.Acknowledging{Recipient: "x", Language: "fr"}, archive.ErrInvalid},
		{"of nothing", s.clerk, nil, to, archive.ErrInvalid},
		{"of what she may not see", s.clerk, []archive.DocumentID{s.report.ID}, to, archive.ErrNotFound},
		{"of what isn't there", s.clerk, []archive.DocumentID{archive.NewID[archive.DocumentID]()}, to, archive.ErrNotFound},
		{"by a stranger", s.Guard.For(s.User("stranger", "sachbearbeitung@soziales")), own, to, archive.ErrNotFound},
		{"without a purpose", s.Guard.For(purposeless), own, to, acl.ErrPurpose},
		{"who only looks", s.clerk.Unconfirmed(), own, to, acl.ErrUnconfirmed},
	} {
		if _, err := tt.desk.AcknowledgeDocuments(t.Context(), s.akte, tt.ids, tt.q); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if n := len(s.issued()); n != 0 {
		t.Errorf("%d receipts are recorded that nobody got", n)
	}
}

// changing is a printer during whose work somebody changes what is printed.
type changing struct {
	acl.Printer
	change func()
}

func (c changing) Print(ctx context.Context, s bundle.Statement) ([]byte, error) {
	c.change()
	return c.Printer.Print(ctx, s)
}

func TestAcknowledgementSaysWhatIsSo(t *testing.T) {
	t.Parallel()
	s := printing(t)
	s.Guard.Printer = changing{s.Guard.Printer, func() {
		doc := s.pass.Document
		doc.Title = "Anderer Titel"
		s.change(doc)
	}}
	_, err := s.clerk.AcknowledgeDocuments(t.Context(), s.akte, []archive.DocumentID{s.pass.ID}, acl.Acknowledging{Recipient: "x", Language: "de"})
	if !errors.Is(err, archive.ErrConflict) {
		t.Errorf("changed while it was printed: %v, want a conflict", err)
	}
	if n := len(s.issued()); n != 0 {
		t.Errorf("%d receipts are recorded that nobody got", n)
	}
}

func TestAcknowledgementOfABasket(t *testing.T) {
	t.Parallel()
	s := printing(t)
	mail := s.Guard.For(s.User("mail", "registratur@poststelle"))
	elsewhere := s.Guard.For(s.User("elsewhere", "registratur@asyl"))
	one, two := s.Post(mail, "poststelle", "Eins"), s.Post(mail, "poststelle", "Zwei", "Drei")
	foreign := s.Post(mail, "asyl", "Fremd")
	s.Settle()
	to := acl.Acknowledging{Recipient: "Herr Bote", Language: "de"}
	made, err := mail.AcknowledgeItems(t.Context(), []archive.InboxID{one.ID, two.ID, archive.NewID[archive.InboxID]()}, to)
	if err != nil {
		t.Fatal(err)
	}
	text := said(t, made.PDF)
	for _, want := range []string{"Poststelle", string(one.ID), string(two.ID), "Herr Bote", "scan.txt"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q isn't on it:\n%s", want, text)
		}
	}
	for _, tt := range []struct {
		name string
		desk *acl.Desk
		ids  []archive.InboxID
		want error
	}{
		{"of another basket", elsewhere, []archive.InboxID{one.ID}, archive.ErrNotFound},
		{"of a basket she sent it to", mail, []archive.InboxID{foreign.ID}, acl.ErrDenied},
	} {
		if _, err := tt.desk.AcknowledgeItems(t.Context(), tt.ids, to); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	rows := s.issued()
	if len(rows) != 1 || rows[0].Recipient != "Herr Bote" {
		t.Errorf("recorded: %+v", rows)
	}
}
