package unpack

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eakte/ingest/sniff"
)

const corpus = "../../../shared/corpus"

// opened runs what the child would run.
func opened(kind sniff.Kind, raw []byte) (*packing, []byte, error) {
	var out bytes.Buffer
	p := &packing{out: &out}
	err := pack(p, kind, bytes.NewReader(raw), int64(len(raw)))
	return p, out.Bytes(), err
}

// listed names the parts: handed out by their names, left ones with the reason.
func listed(p *packing) string {
	var all []string
	for _, part := range p.Parts {
		name := part.Name
		if part.Left != "" {
			name += "!" + part.Left
		}
		all = append(all, name)
	}
	return strings.Join(all, "|")
}

func TestCorpus(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the corpus is not here")
	}
	for name, want := range map[string]struct {
		text  []string
		parts string
		notes []string
	}{
		"email/8bit-filename.eml":                {[]string{"Text part", "Betreff: Malformed test"}, "管理.doc", nil},
		"email/antrag_mit_zwei_anlagen.eml":      {[]string{"fehlenden Unterlagen für den Termin", "Verlängerung meiner Aufenthaltserlaubnis – Unterlagen", "Olena Kovalenko"}, "Unterlagen März.pdf|Seite1.tif", nil},
		"email/bad-cte.eml":                      {[]string{"swunkglap zarplontruskdremp"}, "", nil},
		"email/eml_with_attachment.eml":          {[]string{"This email contains an attachment."}, "test.txt", nil},
		"email/eml_with_umlaut.eml":              {[]string{"üöäüäö", "Nameöer"}, "", nil},
		"email/html-mime-inline.eml":             {[]string{"Test of text section"}, "favicon.png!inline", nil},
		"email/html.eml":                         {[]string{"and an embedded image."}, "IntM6gnXFm00FEV5.png!inline|600+kbfile.txt", nil},
		"email/incorrect-charset.eml":            {[]string{"∮ E⋅da = Q"}, "", nil},
		"email/mime-signed.eml":                  {[]string{"Section one", "Section two", "signiert"}, "signature.asc!signature", []string{NoteSigned}},
		"email/msg_with_attachment.msg":          {[]string{"Von: ", "Betreff: "}, "test.txt|report.pdf", nil},
		"email/other-multi-related.eml":          {[]string{"Plain text."}, "image001.png|image002.png", nil},
		"email/qp-utf8-header.eml":               {[]string{"MIME UTF8 Test ¢ More Text", "André Pirard", "Lorem ipsum dolor sit amet"}, "", nil},
		"email/simple_text.eml":                  {[]string{"This is just a simple Text Mail."}, "", nil},
		"email/unknown-charset.eml":              {[]string{"Test of text section"}, "favicon.png!inline", nil},
		"email/weitergeleitet_rfc822_tiefe3.eml": {[]string{"Weitergeleitet."}, "WG: WG: Unterlagen.eml", nil},
		"email/zeichensatz_windows-1256.eml":     {[]string{"مرحبا، أرسل لكم نسخة من جواز السفر.", "جواز السفر"}, "", nil},
		"hostile/anhang_zip_mit_exe.eml":         {[]string{"siehe Anhang"}, "Zeugnisse.zip", nil},
		"hostile/mehrfach_header_und_cr.eml":     {[]string{"Betreff: erster", "Grüße"}, "", nil},
		"hostile/rfc2231_pfadausbruch.eml":       {[]string{"Siehe Anlage, schöne Grüße"}, "../../übel.pdf", nil},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(corpus, name))
			if err != nil {
				t.Fatal(err)
			}
			kind, err := sniff.Check(raw[:min(len(raw), sniff.HeadSize)], filepath.Base(name))
			if err != nil || !kind.Container() {
				t.Fatalf("kind %q, %v", kind, err)
			}
			p, _, err := opened(kind, raw)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range want.text {
				if !strings.Contains(p.Text, text) {
					t.Errorf("the text lacks %q:\n%.1500s", text, p.Text)
				}
			}
			if got := listed(p); got != want.parts {
				t.Errorf("parts %q, want %q", got, want.parts)
			}
			if !slices.Equal(p.Notes, want.notes) {
				t.Errorf("notes %v, want %v", p.Notes, want.notes)
			}
		})
	}
}
