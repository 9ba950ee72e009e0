package office

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// archived makes an archive of parts by name.
func archived(t *testing.T, parts map[string]string) []byte {
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
	return b.Bytes()
}

func contentTypes(part, kind string) string {
	return `<Types><Override PartName="/` + part + `" ContentType="application/vnd.` + kind + `.main+xml"/></Types>`
}

func docx(body string, more map[string]string) map[string]string {
	parts := map[string]string{
		"[Content_Types].xml": contentTypes("word/document2.xml", "openxmlformats-officedocument.wordprocessingml.document"),
		"word/document2.xml":  `<w:document xmlns:w="x"><w:body>` + body + `</w:body></w:document>`,
	}
	for name, part := range more {
		parts[name] = part
	}
	return parts
}

func odt(body string, more map[string]string) map[string]string {
	parts := map[string]string{
		"META-INF/manifest.xml": `<m:manifest xmlns:m="m"><m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.text"/></m:manifest>`,
		"content.xml":           `<office:document-content><office:body>` + body + `</office:body></office:document-content>`,
	}
	for name, part := range more {
		parts[name] = part
	}
	return parts
}

func rels(kind, target string) string {
	return `<Relationships><Relationship Type="http://x/` + kind + `" Target="` + target + `" TargetMode="External"/></Relationships>`
}

func TestArchives(t *testing.T) {
	paragraph := `<w:p><w:r><w:t>Sehr geehrte</w:t><w:tab/><w:t>Frau</w:t></w:r></w:p>`
	sheet := map[string]string{
		"[Content_Types].xml":      contentTypes("xl/workbook.xml", "ms-excel.sheet.macroEnabled"),
		"xl/workbook.xml":          `<workbook/>`,
		"xl/sharedStrings.xml":     `<sst><si><t>Name</t></si><si><r><t>Ay</t></r><r><t>lin</t></r></si></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>42</v></c><c t="inlineStr"><is><t>Euro</t></is></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet2.xml": `<worksheet><sheetData><row><c t="s"><v>7</v></c></row></sheetData></worksheet>`,
	}
	slides := map[string]string{
		"[Content_Types].xml":    contentTypes("ppt/presentation.xml", "openxmlformats-officedocument.presentationml.presentation"),
		"ppt/presentation.xml":   `<p/>`,
		"ppt/slides/slide10.xml": `<p><a:p><a:r><a:t>zehn</a:t></a:r></a:p></p>`,
		"ppt/slides/slide2.xml":  `<p><a:p><a:r><a:t>zwei</a:t></a:r></a:p></p>`,
	}
	tests := []struct {
		name    string
		parts   map[string]string
		text    string
		want    Facts
		refused string
	}{
		{name: "text", parts: docx(paragraph, nil), text: "Sehr geehrte\tFrau\n", want: Facts{Format: "docx"}},
		{name: "what was struck out stays out", parts: docx(`<w:p><w:del><w:r><w:delText>weg</w:delText></w:r></w:del><w:t>da</w:t></w:p>`, nil), text: "da\n", want: Facts{Format: "docx"}},
		{name: "macros", parts: docx(paragraph, map[string]string{"word/vbaProject.bin": "x"}), text: "Sehr geehrte\tFrau\n", want: Facts{Format: "docx", Macros: true}},
		{name: "template from elsewhere", parts: docx("", map[string]string{"word/_rels/settings.xml.rels": rels("attachedTemplate", "http://a/b.dotm")}), want: Facts{Format: "docx", Links: true}},
		{name: "a link to click on loads nothing", parts: docx("", map[string]string{"word/_rels/document2.xml.rels": rels("hyperlink", "http://a/b")}), want: Facts{Format: "docx"}},
		{name: "data exchange", parts: docx(`<w:p><w:instrText>DDEAUTO c:\\x</w:instrText></w:p>`, nil), want: Facts{Format: "docx", Links: true}},
		{name: "object", parts: docx("", map[string]string{"word/embeddings/sheet.xlsx": "PK"}), want: Facts{Format: "docx", Embedded: true}},
		{name: "program inside", parts: docx("", map[string]string{"word/embeddings/a.bin": "MZ\x90"}), want: Facts{Format: "docx", Embedded: true, Program: true}},
		{name: "table", parts: sheet, text: "Name\tAylin\t\n42\tEuro\t\n\f7\t\n", want: Facts{Format: "xlsx", Macros: true}},
		{name: "slides in order", parts: slides, text: "zwei\n\fzehn\n", want: Facts{Format: "pptx"}},
		{name: "own entity", parts: map[string]string{"[Content_Types].xml": `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Types>&e;</Types>`}, refused: Corrupt},
		{name: "deep", parts: docx(strings.Repeat("<w:p>", 600), nil), refused: NestingLimit},
		{name: "any archive", parts: map[string]string{"a.txt": "x"}, refused: Corrupt},

		{name: "open text", parts: odt(`<text:p>Guten<text:tab/>Tag</text:p><text:tracked-changes><text:p>weg</text:p></text:tracked-changes>`, nil), text: "Guten\tTag\n", want: Facts{Format: "odt"}},
		{name: "open text with a macro", parts: odt("", map[string]string{"Basic/Standard/Modul1.xml": "x", "Basic/script-lc.xml": "x"}), want: Facts{Format: "odt", Macros: true}},
		{name: "empty library", parts: odt("", map[string]string{"Basic/script-lc.xml": "x"}), want: Facts{Format: "odt"}},
		{name: "picture from elsewhere", parts: odt(`<draw:image xlink:href="https://a/b.png"/>`, nil), want: Facts{Format: "odt", Links: true}},
		{name: "own picture, and a link to click on", parts: odt(`<draw:image xlink:href="Pictures/a.png"/><text:a xlink:href="https://a/b">`+`</text:a>`, nil), want: Facts{Format: "odt"}},
		{name: "open text with a password", parts: odt("", map[string]string{"META-INF/manifest.xml": `<m><file-entry full-path="content.xml"><encryption-data/></file-entry></m>`}), refused: Encrypted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := archived(t, tt.parts)
			var text words
			got, err := inspect(bytes.NewReader(data), int64(len(data)), &text)
			if code := IsRefused(err); code != tt.refused {
				t.Fatalf("refused %q, want %q (%v)", code, tt.refused, err)
			}
			if tt.refused != "" {
				return
			}
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			if got := strings.TrimLeft(text.String(), "\n"); got != tt.text {
				t.Errorf("text %q, want %q", got, tt.text)
			}
		})
	}
}

func TestPartsThatUnpackToTooMuch(t *testing.T) {
	data := archived(t, docx("<w:p><w:t>Text</w:t></w:p>", nil))
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	p := &parts{files: map[string]*zip.File{}, sum: maxParts - 10}
	for _, f := range z.File {
		p.files[f.Name] = f
	}
	if err := p.walk("word/document2.xml", func(element) {}); IsRefused(err) != DecodeLimit {
		t.Errorf("got %v", err)
	}
}

// TestLongTexts ends a text before all of it is held, and lets many short ones be as long.
func TestLongTexts(t *testing.T) {
	long := strings.Repeat("a", maxText+8<<10) // the decoder reads 4 KB at a time
	for name, tt := range map[string]struct {
		body    string
		refused string
	}{
		"one":  {"<w:p><w:t>" + long + "</w:t></w:p>", DecodeLimit},
		"many": {strings.Repeat("<w:p><w:t>"+long[:maxText/4]+"</w:t></w:p>", 5), ""},
	} {
		data := archived(t, docx(tt.body, nil))
		var text words
		if _, err := inspect(bytes.NewReader(data), int64(len(data)), &text); IsRefused(err) != tt.refused {
			t.Errorf("%s: refused %q, want %q", name, IsRefused(err), tt.refused)
		}
	}
}

func TestRichText(t *testing.T) {
	tests := []struct {
		name, in, text string
		want           Facts
	}{
		{"letters beyond ASCII", `{\rtf1\ansi{\fonttbl{\f0 Arial;}}M\'fcller \u350?ahin\par Zeile}`, "Müller Şahin\nZeile", Facts{Format: "rtf"}},
		{"unknown parts are passed over", `{\rtf1{\*\generator X;}{\info{\title T}}da}`, "da", Facts{Format: "rtf"}},
		{"object", `{\rtf1{\object\objemb{\*\objdata 0105}}da}`, "da", Facts{Format: "rtf", Embedded: true}},
		{"template from elsewhere", `{\rtf1{\*\template http://a/b}da}`, "da", Facts{Format: "rtf", Links: true}},
		{"bytes are no text", "{\\rtf1{\\pict\\bin3 }}}}da}", "da", Facts{Format: "rtf"}},
		{"cut off", `{\rtf1 da\`, "da", Facts{Format: "rtf"}},
	}
	for _, tt := range tests {
		var text words
		got, err := inspect(strings.NewReader(tt.in), int64(len(tt.in)), &text)
		if err != nil || got != tt.want || text.String() != tt.text {
			t.Errorf("%s: got %+v %q, %v; want %+v %q", tt.name, got, text.String(), err, tt.want, tt.text)
		}
	}
}

func TestWorkbookRecords(t *testing.T) {
	macro := "\x09\x08\x02\x00\x00\x00" + "\x85\x00\x08\x00" + "\x00\x00\x00\x00\x00\x01\x00\x00"
	var f Facts
	if err := f.workbook([]byte(macro)); err != nil || !f.Macros {
		t.Errorf("sheet of macros: %+v, %v", f, err)
	}
	if err := f.workbook([]byte("\x2f\x00\x02\x00\x00\x00")); IsRefused(err) != Encrypted {
		t.Errorf("password: %v", err)
	}
	if err := f.workbook([]byte("\x85\x00\xff\xff\x00")); err != nil {
		t.Errorf("cut off: %v", err)
	}
}

func TestPackagesWithPrograms(t *testing.T) {
	pack := func(label, path, body string) []byte {
		return []byte("\x00\x00\x00\x00\x02\x00" + label + "\x00" + path + "\x00\x00\x00\x03\x00" + body)
	}
	if !packageHoldsProgram(pack("Rechnung.exe", `C:\Rechnung.exe`, "")) || packageHoldsProgram(pack("brief.txt", `C:\brief.txt`, "Text")) {
		t.Error("a package is judged wrongly by the name of what it holds")
	}
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansi x}`))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var text words
		facts, err := inspect(bytes.NewReader(data), int64(len(data)), &text)
		if err == nil && facts.Format == "" {
			t.Error("read without a format")
		}
	})
}
