package sniff

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCheckDecidesByContent(t *testing.T) {
	exe := "MZ\x90\x00" + strings.Repeat("\x00", 60)
	tests := []struct {
		name, file, head string
		kind             Kind
		refusal          string
	}{
		{"pdf", "a.pdf", "%PDF-1.4\n", PDF, ""},
		{"pdf under another name", "a.docx", "%PDF-1.4\n", PDF, ""},
		{"pdf after a byte order mark", "a.pdf", "\xef\xbb\xbf%PDF-1.4\n", PDF, ""},
		{"pdf after a few stray bytes", "a.pdf", "\n\xa0\xa4\x03%PDF-1.4\n", PDF, ""},
		{"pdf behind a page", "a.pdf", "<html><script>x</script>%PDF-1.4\n", "", "polyglot pdf"},
		{"pdf behind a program", "a.pdf", exe + "%PDF-1.4\n", "", "dangerous program"},
		{"pdf far behind text", "a.pdf", strings.Repeat("x", 100) + "%PDF-1.4\n", "", "polyglot pdf"},
		{"blanks called pdf", "a.pdf", strings.Repeat(" ", 1000), "", "mismatch text"},
		{"page called jpg", "a.jpg", "<!DOCTYPE html><html>", "", "unsupported html"},
		{"program called pdf", "a.pdf", exe, "", "dangerous program"},
		{"shell script", "a.txt", "#!/bin/sh\nrm x\n", "", "dangerous program"},
		{"nothing", "a.pdf", "", "", "empty"},
		{"png", "a.pdf", "\x89PNG\r\n\x1a\n", PNG, ""},
		{"jpeg", "", "\xff\xd8\xff\xe0", JPEG, ""},
		{"tiff", "a.tif", "II*\x00\x08\x00\x00\x00\x00", TIFF, ""},
		{"webp", "a.webp", "RIFF\x10\x00\x00\x00WEBPVP8 ", WebP, ""},
		{"utf-8", "brief.txt", "Sehr geehrte Frau Müller,\n", Text, ""},
		{"latin-1", "brief.txt", "Sehr geehrte Frau M\xfcller,\n", Text, ""},
		{"utf-16", "brief.txt", "\xff\xfeG\x00r\x00\xfc\x00", Text, ""},
		{"utf-16 with zero characters", "brief.txt", "\xff\xfeG\x00\x00\x00", "", "unsupported unknown"},
		{"text that begins with MZ", "a.txt", "MZ ist die Abkürzung für Meldezentrale", Text, ""},
		{"text with a nul", "brief.txt", "Sehr\x00geehrte", "", "unsupported unknown"},
		{"text called bat", "a.bat", "echo hallo\n", "", "dangerous program"},
		{"letter with fields is no e-mail", "a.txt", "Von: A\nAn: B\nBetreff: C\n\nText", Text, ""},
		{"e-mail", "a.txt", "Received: from x\nSubject: y\n\nText", Email, ""},
		{"many e-mails", "a.mbox", "From x\nReceived: from x\nSubject: y\n\nText", "", "unsupported email"},
		{"svg", "a.svg", `<svg xmlns="http://www.w3.org/2000/svg"></svg>`, "", "unsupported svg"},
		{"rtf", "a.rtf", `{\rtf1\ansi x}`, RTF, ""},
		{"rtf called doc", "a.doc", `{\rtf1\ansi x}`, RTF, ""},
		{"heic", "a.heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", HEIC, ""},
		{"heic by its second brand", "a.heic", "\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heix", HEIC, ""},
		{"avif", "a.avif", "\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif", "", "unsupported avif"},
		{"heic whose brands lie outside", "a.heic", "\x00\x00\x00\x10ftypmif1\x00\x00\x00\x00heic", "", "unsupported heic"},
		{"jpeg 2000", "a.jp2", "\x00\x00\x00\x0cjP  \r\n\x87\n\x00\x00", JP2, ""},
		{"jpeg 2000 without its box", "a.j2k", "\xff\x4f\xff\x51\x00\x2f", JP2, ""},
		{"bmp", "a.bmp", "BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00", BMP, ""},
		{"text that begins with BM", "a.txt", "BMI und BMJ haben dem Entwurf zugestimmt.", Text, ""},
		{"zip", "a.zip", "PK\x03\x04\x14\x00\x00\x00\x08\x00aaaaaaaaaaaaaaaaaaaaaaaaaaaa", Zip, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kind, err := Check([]byte(tt.head), tt.file)
			if kind != tt.kind || refusal(err) != tt.refusal {
				t.Errorf("got %q, %q; want %q, %q", kind, refusal(err), tt.kind, tt.refusal)
			}
		})
	}
}

func refusal(err error) string {
	var r *Refusal
	if !errors.As(err, &r) {
		return ""
	}
	return strings.TrimSpace(r.Code + " " + r.Hint)
}

func TestCutCharacterAtTheEndOfTheHeadIsText(t *testing.T) {
	head := []byte(strings.Repeat("a", HeadSize-1) + "\xc3")
	if kind, err := Check(head, "a.txt"); kind != Text {
		t.Errorf("got %q, %v", kind, err)
	}
}

func TestMismatched(t *testing.T) {
	for name, want := range map[string]bool{"a.pdf": false, "a": false, "a.docx": true, "A.PDF": false, "a.png": true} {
		if got := Mismatched(PDF, name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestCleanName(t *testing.T) {
	long := strings.Repeat("ü", 300) + ".pdf"
	tests := map[string]string{
		"../../../etc/passwd.pdf":              "passwd.pdf",
		`..\..\Windows\System32\x.pdf`:         "x.pdf",
		"Pass\u202efdp.exe":                    "Passfdp.exe",
		"a.pdf\r\nX-Injected: 1":               "a.pdfX-Injected_ 1",
		"zeugnis_nfd_u\u0308.pdf":              "zeugnis_nfd_ü.pdf",
		"اقامت_نامه_۱۳۹۴.pdf":                  "اقامت_نامه_۱۳۹۴.pdf",
		"Geburtsurkunde_Müller-Şahin_Żółć.pdf": "Geburtsurkunde_Müller-Şahin_Żółć.pdf",
		"":             "datei",
		"..":           "datei",
		"\xff\xfe.pdf": "pdf",
		long:           strings.Repeat("ü", 196) + ".pdf",
	}
	for in, want := range tests {
		if got := CleanName(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestCorpusKinds checks every file of the shared corpus by its folder and name.
func TestCorpusKinds(t *testing.T) {
	dir := corpus(t)
	want := map[string]string{
		"broken/broken.eml": "mismatch text", "broken/leer.pdf": "empty", "broken/nur_leerzeichen.pdf": "mismatch text",
		"hostile/ist_html.jpg": "unsupported html", "hostile/ist_pdf.docx": "application/pdf", "hostile/ist_png.pdf": "image/png",
		"hostile/pdf_mit_html_kopf.pdf": "polyglot pdf", "hostile/programm.pdf": "dangerous program",
		"hostile/svg_billion_laughs.svg": "unsupported svg", "photo/simple.heic": "image/heic", "office/sample.rtf": string(RTF),
	}
	byExt := map[string]string{
		".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png", ".tif": "image/tiff", ".tiff": "image/tiff",
		".eml": "message/rfc822", ".msg": "application/vnd.ms-outlook", ".docx": string(DOCX), ".odt": string(ODT), ".doc": string(DOC),
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		rel, _ := filepath.Rel(dir, file)
		if strings.HasPrefix(rel, "gt/") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		expect := want[rel]
		if expect == "" {
			expect = byExt[strings.ToLower(filepath.Ext(file))]
		}
		kind, err := Check(b[:min(len(b), HeadSize)], rel)
		if got := string(kind) + refusal(err); got != expect {
			t.Errorf("%s: got %q, want %q", rel, got, expect)
		}
	}
}

func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("EAKTE_SHARED")
	for up := "../.."; dir == "" && len(up) < 40; up += "/.." {
		if _, err := os.Stat(filepath.Join(up, "shared", "corpus")); err == nil {
			dir = filepath.Join(up, "shared")
		}
	}
	if dir == "" {
		t.Skip("no folder shared beside the checkout and EAKTE_SHARED isn't set")
	}
	return filepath.Join(dir, "corpus")
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte("%PDF-1.4"), "a.pdf")
	f.Add([]byte("From: x\n\ny"), "a.eml")
	f.Add([]byte("\xff\xfea"), "a.txt")
	f.Fuzz(func(t *testing.T, head []byte, name string) {
		kind, err := Check(head, name)
		if (kind == "") == (err == nil) {
			t.Errorf("kind %q with error %v", kind, err)
		}
	})
}

func FuzzCleanName(f *testing.F) {
	f.Add("../a\u202e.pdf")
	f.Fuzz(func(t *testing.T, name string) {
		got := CleanName(name)
		if got == "" || strings.ContainsAny(got, "/\\\r\n\x00") || !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxName {
			t.Errorf("%q became %q", name, got)
		}
		if q, err := json.Marshal(got); err != nil || len(q) == 0 {
			t.Errorf("%q can't be written as JSON", got)
		}
	})
}
