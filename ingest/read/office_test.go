package read

import (
	"archive/zip"
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
)

// withoutOffice returns a Reader that draws nothing.
func withoutOffice(t *testing.T) *Reader {
	t.Helper()
	_, box := newReader(t)
	r, err := New(Config{Sandbox: box, NoOffice: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWithoutLibreOfficeThereIsTheText(t *testing.T) {
	r := withoutOffice(t)
	for file, words := range map[string][]string{
		"sample.docx": {"test"}, "sample.odt": {"test"}, "sample.doc": {"test"}, "sample.rtf": {"Lorem"},
	} {
		state, facts, pages := readAll(t, r, filepath.Join(corpus(t), "office", file))
		var all []string
		for _, p := range pages {
			for _, w := range p.Words {
				all = append(all, w.Text)
			}
		}
		text := strings.Join(all, " ")
		if state != "ready" || !slices.Contains(facts.Notes, NoteTextOnly) {
			t.Errorf("%s: %s %v, want ready and noted as text alone", file, state, facts.Notes)
		}
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in %.200q", file, w, text)
			}
		}
	}
}

// small makes a document of one part that says what the test needs.
func small(t *testing.T, parts map[string]string) *Source {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, body := range parts {
		out, err := w.Create(name)
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
	src, err := Load(&b, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	return src
}

const odfManifest = `<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">` +
	`<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>` +
	`<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`

// letter is an open document with this body.
func letter(t *testing.T, body string) *Source {
	return small(t, map[string]string{
		"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": odfManifest,
		"content.xml": `<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" ` +
			`xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">` +
			`<office:body><office:text>` + body + `</office:text></office:body></office:document-content>`,
	})
}

// TestNothingIsLoadedFromElsewhere has a section that LibreOffice would take from a file it can see.
func TestNothingIsLoadedFromElsewhere(t *testing.T) {
	r, _ := newReader(t)
	if len(sandbox.Lacking("soffice")) > 0 {
		t.Skip("LibreOffice isn't installed")
	}
	src := letter(t, `<text:p>Vorher</text:p><text:section text:name="S"><text:section-source xlink:href="file:///usr/share/common-licenses/BSD" `+
		`xlink:type="simple" text:filter-name="Text"/><text:p>Stand</text:p></text:section><text:p>Nachher</text:p>`)
	shown, kind, facts, err := r.Show(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	defer shown.Close()
	if kind != sniff.PDF || !slices.Contains(facts.Notes, NoteLinks) || slices.Contains(facts.Notes, NoteTextOnly) {
		t.Errorf("%s with %v, want a PDF and the link noted", kind, facts.Notes)
	}
	var words []string
	err = r.Text(t.Context(), kind, shown, facts, func(p Page) error {
		for _, w := range p.Words {
			words = append(words, w.Text)
		}
		return nil
	})
	if err != nil || !slices.Equal(words, []string{"Vorher", "Stand", "Nachher"}) {
		t.Errorf("pages say %v, %v", words, err)
	}
}

func TestProgramsInOfficeFilesGoIntoQuarantine(t *testing.T) {
	r := withoutOffice(t)
	src := small(t, map[string]string{
		"[Content_Types].xml":     `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"word/document.xml":       `<w:document/>`,
		"word/embeddings/ole.bin": "MZ\x90\x00",
	})
	_, _, _, err := r.Show(t.Context(), src)
	var f *Failure
	if !errors.As(err, &f) || f.State != Quarantined || f.Code != EmbeddedProgram {
		t.Errorf("got %v", err)
	}
}
