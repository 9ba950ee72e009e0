package read

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// expected is what becomes of the files of the corpus that are of a kind taken now.
// What isn't listed has to become "ready". Where the corpus' manifest leaves a
// choice, the comment says why this one.
func expected() map[string]string {
	return map[string]string{
		"broken/REDHAT-1531897-0.pdf":     "failed corrupt",
		"broken/abgeschnitten_60.pdf":     "failed corrupt",
		"broken/broken.eml":               "refused mismatch",
		"broken/bug1020226.pdf":           "failed corrupt",
		"broken/count_2147483647.pdf":     "failed corrupt", // one page could be guessed, but no tool here draws it
		"broken/invalid.pdf":              "failed corrupt",
		"broken/jpeg_abgeschnitten.jpg":   "failed truncated", // half a paper must not pass for the whole
		"broken/leer.pdf":                 "refused empty",
		"broken/nur_header.pdf":           "failed corrupt",
		"broken/nur_leerzeichen.pdf":      "refused mismatch",
		"broken/png_falsche_crc.png":      "failed corrupt",
		"broken/poppler-395-0-fuzzed.pdf": "failed corrupt",
		"broken/poppler-67295-0.pdf":      "failed corrupt",
		"broken/poppler-85140-0.pdf":      "failed no_pages",
		// The stream's length is nonsense, but its end is marked and its one letter can
		// be read without harm; the file is noted as repaired.
		"broken/stream_length_selbstbezug.pdf": "ready",

		"encrypted/encrypted.pdf":                    "password encrypted",
		"encrypted/issue3371.pdf":                    "password encrypted",
		"encrypted/issue6010_1.pdf":                  "password encrypted",
		"encrypted/password-is-test.pdf":             "password encrypted",
		"encrypted/verschluesselt_aes256_userpw.pdf": "password encrypted",
		"encrypted/verschluesselt_umlaut_pw.pdf":     "password encrypted",

		"hostile/20K-gray.png":                   "failed pixel_limit",
		"hostile/20K-rgb.png":                    "failed pixel_limit",
		"hostile/Pages-tree-refs.pdf":            "failed page_loop",
		"hostile/anhang_exe.pdf":                 "quarantined embedded_program",
		"hostile/flate_bombe_doppelt_700MB.pdf":  "failed decompression_limit",
		"hostile/flate_bombe_inhalt_300MB.pdf":   "failed decompression_limit",
		"hostile/ist_html.jpg":                   "refused unsupported",
		"hostile/launch_action_cmd.pdf":          "quarantined launch_action",
		"hostile/multipart_tiefe_300.eml":        "failed nesting_limit",
		"hostile/pdf_mit_html_kopf.pdf":          "refused polyglot",
		"hostile/png_bombe_50000x50000_1bit.png": "failed pixel_limit",
		"hostile/png_dim_2147483647.png":         "failed pixel_limit",
		"hostile/programm.pdf":                   "refused dangerous",
		"hostile/seitenbaum_zyklus.pdf":          "failed page_loop",
		"hostile/tiefe_verschachtelung_5000.pdf": "failed nesting_limit",
		"hostile/tiff_ifd_schleife.tif":          "failed page_loop",
		"hostile/viele_seiten_20000.pdf":         "failed page_limit",
		"hostile/svg_billion_laughs.svg":         "refused unsupported",
		"hostile/xxe.docx":                       "failed corrupt", // names an entity that it defines itself
		"hostile/zipbombe_document_400MB.docx":   "failed decompression_limit",
	}
}

// notes are facts that must be noted on files that are read.
func notes() map[string][]string {
	return map[string][]string{
		"broken/livecycle.pdf":                     {NoteDynamic},
		"broken/invalid_pdf.pdf":                   {NoteRepaired},
		"encrypted/nur_ownerpw_keine_entnahme.pdf": {NoteRestricted},
		"encrypted/signed.pdf":                     {NoteRestricted, NoteSigned},
		"hostile/doc_actions.pdf":                  {NoteJavaScript},
		"hostile/evaljs.pdf":                       {NoteJavaScript},
		"hostile/openaction_javascript.pdf":        {NoteJavaScript},
		"hostile/xfa_xxe.pdf":                      {NoteXFA},
		"hostile/externe_vorlage.docx":             {NoteLinks},
		"pdf/attachment.pdf":                       {NoteAttachments},
		"pdf/german.pdf":                           {NoteJavaScript},
		"pdf/testPAdES_BB.pdf":                     {NoteSigned},
		"email/mime-signed.eml":                    {NoteSigned},
	}
}

// contents are words that must be found, form values and all.
func contents() map[string][]string {
	return map[string][]string{
		"broken/test_with_bom.pdf":           {"paperless"},
		"broken/invalid_pdf.pdf":             {"Amphitheatre"},
		"pdf/ArabicCIDTrueType.pdf":          {"العربية", "الخطوط"},
		"pdf/UserFont_Arabic.pdf":            {"المغامرات", "الكتاب"},
		"pdf/german.pdf":                     {"Jackie", "31.12.1999", "San", "nächste"},
		"pdf/ukrainian.pdf":                  {"Андрій", "Шевченка", "прізвище:"},
		"pdf/with-form.pdf":                  {"Please"},
		"pdf/german-umlaut-r.pdf":            {"ö„üä“Äß"},
		"scan/rotated.pdf":                   {"the"},
		"hostile/openaction_javascript.pdf":  {"Bescheinigung"},
		"hostile/riesige_mediabox.pdf":       {"Bescheinigung"},
		"encrypted/signed.pdf":               {"digitally"},
		"email/zeichensatz_windows-1256.eml": {"مرحبا،", "جواز"},
		"email/eml_with_umlaut.eml":          {"üöäüäö"},
	}
}

// TestCorpus takes every file of the corpus the whole way. Scans and photographs, which take minutes, have
// tests of their own and are read by the whole server in its own test of the corpus.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("recognises for minutes")
	}
	r, _ := newReader(t)
	dir := corpus(t)
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		rel, _ := filepath.Rel(dir, file)
		folder := filepath.Dir(rel)
		if folder == "gt" || !whole() && (folder == "scan" || folder == "photo") {
			continue
		}
		t.Run(rel, func(t *testing.T) {
			if folder != "hostile" { // those are watched one by one
				t.Parallel()
			}
			checkFile(t, r, file, rel)
		})
	}
}

func checkFile(t *testing.T, r *Reader, file, rel string) {
	want := expected()[rel]
	folder := filepath.Dir(rel)
	if want == "" {
		want = "ready"
	}
	before, start := resident(t), time.Now()
	got, facts, pages := readAll(t, r, file)
	if took := time.Since(start); folder == "hostile" && took > 45*time.Second {
		t.Errorf("took %v", took)
	}
	if grown := resident(t) - before; folder == "hostile" && grown > 50<<20 {
		t.Errorf("this process grew by %d MB", grown>>20)
	}
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got == "ready" {
		checkPages(t, rel, facts, pages)
	}
}

func checkPages(t *testing.T, rel string, facts Facts, pages []Page) {
	if len(pages) != facts.Pages || len(pages) == 0 {
		t.Errorf("%d pages, facts say %d", len(pages), facts.Pages)
	}
	var all []string
	for i, p := range pages {
		if p.Number != i+1 || p.Width <= 0 || p.Height <= 0 {
			t.Errorf("page %d is number %d, %v × %v points", i+1, p.Number, p.Width, p.Height)
		}
		for _, w := range p.Words {
			if w.X < 0 || w.Y < 0 || w.X+w.W > p.Width*1.001 || w.Y+w.H > p.Height*1.001 || w.Text == "" {
				t.Errorf("word box %v %v %v %v outside of page %d", w.X, w.Y, w.W, w.H, i+1)
				break
			}
			all = append(all, strings.Fields(w.Text)...)
		}
		t.Logf("page %d: %s, %d words, confidence %d, rotation %d %s", i+1, p.Source, len(p.Words), p.Confidence, p.Rotation, p.Note)
	}
	for _, n := range notes()[rel] {
		if !slices.Contains(facts.Notes, n) {
			t.Errorf("note %s missing in %v", n, facts.Notes)
		}
	}
	for _, w := range contents()[rel] {
		if !slices.Contains(all, w) {
			t.Errorf("word %q not found", w)
		}
	}
}

// resident is this process' memory in bytes, after a collection.
func resident(t *testing.T) int64 {
	t.Helper()
	runtime.GC()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(b))
	var n int64
	for _, c := range fields[1] {
		n = n*10 + int64(c-'0')
	}
	return n * int64(os.Getpagesize())
}
