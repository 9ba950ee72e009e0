package ingest_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/ingest"
	"eakte/ingest/ocr"
	"eakte/ingest/read"
	"eakte/ingest/sandbox"
	"eakte/ingest/separator"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		os.Exit(read.Worker(os.Args[2:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// documents are read by the real programs; the test is skipped without them.
func documents(t *testing.T) ingest.Documents {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{})
	if errors.Is(err, sandbox.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	engine, err := ocr.New(box)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := read.New(read.Config{Sandbox: box, Recognizer: engine})
	if err != nil {
		t.Fatal(err)
	}
	d := ingest.Documents{Reader: reader, Sandbox: box, Languages: "deu+eng"}
	if err := d.Available(t.Context()); err != nil {
		t.Skip(err)
	}
	return d
}

// scan prints pages and scans them: a PDF of pictures without text.
func scan(t *testing.T, pages ...[]byte) []byte {
	t.Helper()
	dir := t.TempDir()
	out := fpdf.New("P", "pt", "A4", "")
	out.SetAutoPageBreak(false, 0)
	out.SetCreator("Musterscan 3000", true)
	for i, p := range pages {
		path := filepath.Join(dir, fmt.Sprintf("p%d", i))
		if err := os.WriteFile(path+".pdf", p, 0o600); err != nil {
			t.Fatal(err)
		}
		if said, err := exec.Command("pdftoppm", "-r", "200", "-gray", "-jpeg", "-singlefile", path+".pdf", path).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		out.AddPage()
		out.ImageOptions(path+".jpg", 0, 0, 595.28, 841.89, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
	}
	var b bytes.Buffer
	if err := out.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// onPaper is a page with a text on it; an empty text makes a blank one.
func onPaper(t *testing.T, text string) []byte {
	t.Helper()
	pdf := fpdf.New("P", "pt", "A4", "")
	pdf.SetFont("Helvetica", "", 14)
	pdf.AddPage()
	if text != "" {
		pdf.MultiCell(0, 20, text, "", "L", false)
	}
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sheet(t *testing.T, mark string) []byte {
	t.Helper()
	b, err := separator.Paint([]separator.Sheet{{Mark: mark, Title: "Trennblatt", Lines: separator.Instructions("")}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestScannedStack takes a real scan the whole way: recognised, taken apart at our sheets, a foreign barcode
// told with its page, blank pages marked.
func TestScannedStack(t *testing.T) {
	if testing.Short() {
		t.Skip("recognises seven pages")
	}
	w := acltest.Open(t)
	w.Pipeline.Reader = documents(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	stack := scan(t,
		sheet(t, separator.Mark(archive.Separator{Type: "reisepass"}, w.Store.Mark)), onPaper(t, ""),
		onPaper(t, strings.Repeat("Sehr geehrte Damen und Herren, hiermit sende ich meinen Pass. ", 6)), onPaper(t, ""),
		sheet(t, separator.Mark(archive.Separator{}, w.Store.Mark)),
		onPaper(t, strings.Repeat("Der Mietvertrag liegt diesem Schreiben bei. ", 8)), sheet(t, "PATCHT0815"),
	)
	u, err := mail.Receive(t.Context(), "stapel.pdf", bytes.NewReader(stack))
	if err != nil {
		t.Fatal(err)
	}
	first, err := mail.AddInboxItem(t.Context(), archive.InboxItem{Basket: "poststelle"}, u)
	if err := errors.Join(err, u.Close()); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	source := item(t, mail, first.ID)
	var blank, foreign []int
	for i, p := range source.Current.Pages {
		if p.Blank {
			blank = append(blank, i+1)
		}
		if len(p.Foreign()) > 0 {
			foreign = append(foreign, i+1)
		}
	}
	if !slices.Equal(blank, []int{2, 4}) || !slices.Equal(foreign, []int{7}) {
		t.Errorf("blank pages %v, foreign barcodes on %v", blank, foreign)
	}
	if source.State != "arranged" || len(source.Arranged) != 2 {
		t.Fatalf("the stack is %s, made into %d", source.State, len(source.Arranged))
	}
	var pages []int
	for i, id := range source.Arranged {
		part := item(t, mail, id)
		pages = append(pages, len(part.Current.Pages))
		if wants := []string{"Pass", "Mietvertrag"}[i]; part.State != archive.StateReady {
			t.Errorf("part %d is %s", i, part.State)
		} else if text, err := mail.Text(t.Context(), acl.Holder{Inbox: id}); err != nil || !strings.Contains(string(text), wants) {
			t.Errorf("part %d says %q, %v", i, text, err)
		}
	}
	if !slices.Equal(pages, []int{2, 2}) {
		t.Errorf("parts have %v pages", pages)
	}
	for id, pages := range map[archive.InboxID]int{source.ID: 7, source.Arranged[0]: 2} {
		note := item(t, mail, id).Current.Transfer
		if note == nil || note.By != source.Current.ReceivedBy || !note.At.Equal(source.Current.ReceivedAt) || note.Device != "Musterscan 3000" {
			t.Fatalf("transfer note: %+v", note)
		}
		// The scan is of colours that are all gray.
		if want := []archive.TransferSetting{{First: 1, Last: pages, DPI: 200, Colour: archive.ColourTrue}}; !slices.Equal(note.Settings, want) {
			t.Errorf("scanned with %+v, want %+v", note.Settings, want)
		}
		if i := slices.IndexFunc(note.Anomalies, func(a archive.Anomaly) bool { return a.Code == "blank" }); i < 0 || note.Anomalies[i].Pages[0] != 2 {
			t.Errorf("anomalies: %+v", note.Anomalies)
		}
	}
	if s := item(t, mail, source.Arranged[0]).Sheet; s == nil || s.Type != "reisepass" {
		t.Errorf("the first part's sheet says %+v", s)
	}
}
