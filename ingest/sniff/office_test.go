package sniff

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// packed is the head of an archive with entries of these names.
func packed(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, n := range names {
		name, body, _ := strings.Cut(n, "=")
		out, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, UncompressedSize64: uint64(len(body)), CompressedSize64: uint64(len(body))})
		if err == nil {
			_, err = out.Write([]byte(body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOfficeKinds(t *testing.T) {
	compound := string(cfbMagic) + strings.Repeat("\x00", 600)
	far := "docProps/thumbnail.jpeg=" + strings.Repeat("x", HeadSize)
	tests := []struct {
		name, file, head string
		kind             Kind
		refusal          string
	}{
		{"text", "brief.docx", packed(t, "[Content_Types].xml=x", "word/document.xml=x"), DOCX, ""},
		{"table with macros", "liste.xlsm", packed(t, "[Content_Types].xml=x", "_rels/.rels=x", "xl/workbook.xml=x"), XLSX, ""},
		{"slides without a name", "", packed(t, "_rels/.rels=x", "ppt/presentation.xml=x"), PPTX, ""},
		{"text whose parts lie far behind", "brief.docx", packed(t, far, "word/document.xml=x"), DOCX, ""},
		{"the same without a name is any archive", "brief", packed(t, far, "word/document.xml=x"), Zip, ""},
		{"document first", "brief.docx", packed(t, "word/document.xml=x", "[Content_Types].xml=x"), DOCX, ""},
		{"archive with a folder called word", "a.zip", packed(t, "word/brief.pdf=x", "b.pdf=x"), "", "unsupported office"},
		{"open text", "brief.odt", packed(t, "mimetype=application/vnd.oasis.opendocument.text", "content.xml=x"), ODT, ""},
		{"open table", "", packed(t, "mimetype=application/vnd.oasis.opendocument.spreadsheet", "content.xml=x"), ODS, ""},
		{"open drawing", "a.odg", packed(t, "mimetype=application/vnd.oasis.opendocument.graphics", "content.xml=x"), "", "unsupported office"},
		{"old text", "brief.DOC", compound, DOC, ""},
		{"encrypted text", "brief.docx", compound, DOCX, ""},
		{"compound file called odt", "brief.odt", compound, "", "unsupported office"},
		{"message", "a.msg", compound, Outlook, ""},
		{"letter in plain text called docx", "brief.docx", "Sehr geehrte", "", "mismatch text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			head := []byte(tt.head)
			kind, err := Check(head[:min(len(head), HeadSize)], tt.file)
			if kind != tt.kind || refusal(err) != tt.refusal {
				t.Errorf("got %q, %q; want %q, %q", kind, refusal(err), tt.kind, tt.refusal)
			}
		})
	}
}

func TestOfficeNamesStartNothing(t *testing.T) {
	for name, want := range map[string]string{
		"brief.docx": "brief.docx", "brief.docm": "brief.docm.docx", "brief.DOC": "brief.DOC.docx", "brief": "brief.docx",
	} {
		if got := SaveName(DOCX, name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if Mismatched(DOCX, "brief.docm") || !Mismatched(DOCX, "brief.pdf") {
		t.Error("a name with macros passes for another kind, or another kind for none")
	}
}
