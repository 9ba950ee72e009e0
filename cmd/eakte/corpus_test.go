package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"eakte/ingest/sniff"
)

// outcomes is what becomes of the files of the corpus: "STATE REASON" of what was taken, "STATUS KIND"
// of what was refused. What isn't listed becomes ready; files of kinds that are taken later are told by
// their folders.
func outcomes() map[string]string {
	return map[string]string{
		"broken/REDHAT-1531897-0.pdf":     "failed corrupt",
		"broken/abgeschnitten_60.pdf":     "failed corrupt",
		"broken/broken.eml":               "415 mismatch",
		"broken/bug1020226.pdf":           "failed corrupt",
		"broken/count_2147483647.pdf":     "failed corrupt",
		"broken/invalid.pdf":              "failed corrupt",
		"broken/jpeg_abgeschnitten.jpg":   "failed truncated",
		"broken/leer.pdf":                 "422 empty",
		"broken/nur_header.pdf":           "failed corrupt",
		"broken/nur_leerzeichen.pdf":      "415 mismatch",
		"broken/png_falsche_crc.png":      "failed corrupt",
		"broken/poppler-395-0-fuzzed.pdf": "failed corrupt",
		"broken/poppler-67295-0.pdf":      "failed corrupt",
		"broken/poppler-85140-0.pdf":      "failed no_pages",

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
		"hostile/ist_html.jpg":                   "415 unsupported",
		"hostile/launch_action_cmd.pdf":          "quarantined launch_action",
		"hostile/multipart_tiefe_300.eml":        "failed nesting_limit",
		"hostile/pdf_mit_html_kopf.pdf":          "415 polyglot",
		"hostile/png_bombe_50000x50000_1bit.png": "failed pixel_limit",
		"hostile/png_dim_2147483647.png":         "failed pixel_limit",
		"hostile/programm.pdf":                   "415 dangerous",
		"hostile/seitenbaum_zyklus.pdf":          "failed page_loop",
		"hostile/svg_billion_laughs.svg":         "415 unsupported",
		"hostile/tiefe_verschachtelung_5000.pdf": "failed nesting_limit",
		"hostile/tiff_ifd_schleife.tif":          "failed page_loop",
		"hostile/viele_seiten_20000.pdf":         "failed page_limit",
		"hostile/xxe.docx":                       "failed corrupt",
		"hostile/zipbombe_document_400MB.docx":   "failed decompression_limit",
	}
}

// reasons says why a file becomes something else than its manifest names.
func reasons() map[string]string {
	return map[string]string{
		"broken/stream_length_selbstbezug.pdf": "only the length of a stream is nonsense; its end is marked, the text is read and the file flagged as repaired",
		"namen/U+202E_gpj.pdf":                 "the bytes are a harmless PDF; the name loses the turning character",
		"hostile/anhang_zip_mit_exe.eml":       "the message is read; what is attached, an archive with a program, is an item of its own, in quarantine",
		"namen/crlf.pdf":                       "the bytes are a harmless PDF; the name loses the line break",
	}
}

// manifested is a line of the corpus' manifest.
type manifested struct {
	path, folder, upload, expected string
}

func manifest(t testing.TB, dir string) []manifested {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	var out []manifested
	for _, row := range rows[1:] {
		m := manifested{path: at(row, "path"), upload: at(row, "upload_name_json"), expected: at(row, "expected")}
		m.folder, _, _ = strings.Cut(m.path, "/")
		if m.upload == "" {
			m.upload = filepath.Base(m.path)
		} else if err := json.Unmarshal([]byte(`"`+m.upload+`"`), &m.upload); err != nil {
			t.Fatalf("%s: %v", m.path, err)
		}
		out = append(out, m)
	}
	return out
}

// want is the outcome that the table names.
func (m manifested) want() string {
	if w, ok := outcomes()[m.path]; ok {
		return w
	}
	return "ready"
}

// agrees reports whether an outcome is one that the manifest names.
func (m manifested) agrees(outcome string) bool {
	e := strings.ReplaceAll(m.expected, "do not quarantine", "")
	switch first, _, _ := strings.Cut(outcome, " "); first {
	case "ready":
		return strings.Contains(e, "accept")
	case "failed", "415", "422", "413":
		return strings.Contains(e, "reject")
	case "quarantined":
		return strings.Contains(e, "quarantine")
	case "password":
		return strings.Contains(e, "ask password")
	}
	return false
}

// item is what the test reads of an inbox item.
type item struct {
	ID     string   `json:"id"`
	State  string   `json:"state"`
	Reason string   `json:"reason"`
	Name   string   `json:"name"`
	SHA256 string   `json:"sha256"`
	Flags  []string `json:"flags"`
	Pages  int      `json:"pages"`
	Source string   `json:"text_source"`
	Job    struct {
		State string `json:"state"`
	} `json:"job"`
	Enclosures []struct {
		Item string `json:"item_id"`
	} `json:"enclosures"`
}

func (i item) settled() bool {
	return i.State != "received" && i.State != "processing" && (i.Job.State == "done" || i.Job.State == "failed")
}

// sent is a file of the corpus on its way.
type sent struct {
	manifested
	sum     string
	item    item
	outcome string
	grown   int64
	took    time.Duration
}

// handIn uploads a file of the corpus; outcome is set if it is refused.
func handIn(t *testing.T, c *client, dir string, m manifested) *sent {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, m.path))
	if err != nil {
		t.Fatal(err)
	}
	return handInBytes(t, c, m, data)
}

// handInBytes uploads bytes; outcome is set if they are refused.
func handInBytes(t *testing.T, c *client, m manifested, data []byte) *sent {
	t.Helper()
	sum := sha256.Sum256(data)
	s := &sent{manifested: m, sum: hex.EncodeToString(sum[:])}
	r, err := c.upload("/inbox", m.upload, `{"channel":"scan"}`, bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", m.path, err)
	}
	if r.status == 201 {
		if err := r.read(&s.item); err != nil {
			t.Fatalf("%s: %v", m.path, err)
		}
		return s
	}
	var problem struct {
		Type, Title, Detail string
	}
	if err := r.read(&problem); err != nil || problem.Title == "" || problem.Detail == "" {
		t.Errorf("%s: %d without a proper problem: %s", m.path, r.status, r.body)
	}
	if kind, _, _ := strings.Cut(r.header.Get("Content-Type"), ";"); kind != "application/problem+json" {
		t.Errorf("%s: refused as %s", m.path, kind)
	}
	s.outcome = fmt.Sprintf("%d %s", r.status, problem.Type[strings.LastIndex(problem.Type, "/")+1:])
	return s
}

// settle waits until the machine is through with the file.
func settle(t *testing.T, c *client, s *sent, limit time.Duration) {
	t.Helper()
	pause := 20 * time.Millisecond // the longer something takes, the seldomer it is asked after
	for end := time.Now().Add(limit); s.outcome == ""; time.Sleep(pause) {
		pause = min(pause*5/4, 250*time.Millisecond)
		if err := c.get("/inbox/"+s.item.ID, &s.item); err != nil {
			t.Fatalf("%s: %v", s.path, err)
		}
		if s.item.settled() && enclosedSettled(t, c, s) {
			s.outcome = strings.TrimSpace(s.item.State + " " + s.item.Reason)
		} else if time.Now().After(end) {
			t.Errorf("%s: still %s after %v", s.path, s.item.State, limit)
			s.outcome = "unsettled"
		}
	}
}

// enclosedSettled reports whether the machine is through with what came inside of the file, too.
func enclosedSettled(t *testing.T, c *client, s *sent) bool {
	t.Helper()
	for _, e := range s.item.Enclosures {
		if e.Item == "" {
			continue
		}
		var inner item
		if err := c.get("/inbox/"+e.Item, &inner); err != nil {
			t.Fatalf("%s: %v", s.path, err)
		}
		if !inner.settled() {
			return false
		}
	}
	return true
}

// maxGrowth is how much the server's own memory may grow on any file.
const maxGrowth = 50 << 20

// TestCorpus hands every file of the shared corpus in through REST, to the real server with real
// tools in their sandbox. Broken and hostile files go one by one, with an eye on the server's
// memory; the others together, as a stack of post comes, without the scans that ingest/read reads or that
// others stand for: `make torture-corpus` reads all of them here, too.
func TestCorpus(t *testing.T) {
	dir := filepath.Join(sharedFolder(t), "corpus")
	needTools(t)
	data := t.TempDir()
	p := startBuilt(t, data)
	c := p.client("post", "registratur", "poststelle")
	// Making an account takes memory on purpose: what is watched starts without it.
	p.end()
	p = startBuilt(t, data)
	c.server = p
	pid, begun := p.pid(), time.Now()
	idle := anonymous(t, pid)
	var all, stack []*sent
	elsewhere := readElsewhere(t)
	top := idle
	for _, m := range manifest(t, dir) {
		if m.folder != "broken" && m.folder != "hostile" {
			if !slices.Contains(elsewhere, m.path) {
				stack = append(stack, &sent{manifested: m})
			}
			continue
		}
		var s *sent
		before, began := anonymous(t, pid), time.Now()
		most := highest(t, pid, func() {
			s = handIn(t, c, dir, m)
			settle(t, c, s, 3*time.Minute)
		})
		s.grown, s.took, top = most-before, time.Since(began), max(top, most)
		all = append(all, s)
		if s.grown > maxGrowth/5 {
			t.Logf("%s: the server grew by %d MB from %d MB in %v", m.path, s.grown>>20, before>>20, s.took)
		}
		if s.grown > maxGrowth {
			t.Errorf("%s: the server grew by %d MB", m.path, s.grown>>20)
		}
		if m.folder == "hostile" && s.took > time.Minute {
			t.Errorf("%s: took %v", m.path, s.took)
		}
	}
	before := anonymous(t, pid)
	most := highest(t, pid, func() {
		for i, s := range stack {
			stack[i] = handIn(t, c, dir, s.manifested)
		}
		for _, s := range stack {
			settle(t, c, s, 10*time.Minute)
		}
	})
	t.Logf("memory of its own: %d MB idle, at most %d MB with hostile files, %d MB then, at most %d MB with %d files at once; %v in all",
		idle>>20, top>>20, before>>20, most>>20, len(stack), time.Since(begun).Round(time.Second))
	if most-before > maxGrowth {
		t.Errorf("the server grew by %d MB on the stack", (most-before)>>20)
	}
	all = append(all, stack...)
	if !p.alive() {
		t.Fatalf("the server died: %v\n%s", p.err, p.talk)
	}
	checkOutcomes(t, all)
	checkOriginals(t, c, all)
	checkNames(t, all)
	checkTexts(t, c, dir, all)
	checkLog(t, p)
	p.end()
	r := whole(t, data)
	if r.Versions == 0 || r.Objects < r.Versions {
		t.Errorf("check: %+v", r)
	}
	t.Logf("check --read-data: %d versions, %d objects, %d events", r.Versions, r.Objects, r.Events)
}

// readElsewhere are the scans that ingest/read recognises in tests of its own or leaves to the campaign; none where all
// are wanted.
func readElsewhere(t *testing.T) (files []string) {
	t.Helper()
	if os.Getenv("EAKTE_TEST_FIGURES") != "" {
		return nil
	}
	data, err := os.ReadFile("../../ingest/read/testdata/scans.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		file, _, _ := strings.Cut(line, "\t")
		files = append(files, file)
	}
	return files
}

// checkOutcomes compares with the table, and the table with the manifest.
func checkOutcomes(t *testing.T, all []*sent) {
	t.Helper()
	good, ready := 0, 0
	for _, s := range all {
		if s.outcome != s.want() {
			t.Errorf("%s: %s, want %s (manifest: %s)", s.path, s.outcome, s.want(), s.expected)
		}
		if slices.Contains([]string{"pdf", "scan", "photo", "namen"}, s.folder) {
			if good++; s.outcome == "ready" {
				ready++
			}
		}
		if s.agrees(s.outcome) && reasons()[s.path] == "" {
			continue
		}
		why := reasons()[s.path]
		if why == "" {
			t.Errorf("%s: %s differs from the manifest (%s) without a reason", s.path, s.outcome, s.expected)
		}
		t.Logf("differs: %-42s %-18s manifest: %s | %s", s.path, s.outcome, s.expected, why)
	}
	t.Logf("%d of %d good files of kinds taken are ready", ready, good)
	if ready*100 < good*99 {
		t.Errorf("only %d of %d good files are ready", ready, good)
	}
	for path, flag := range map[string]string{
		"broken/stream_length_selbstbezug.pdf": "repaired", "encrypted/nur_ownerpw_keine_entnahme.pdf": "owner_restricted",
		"hostile/evaljs.pdf": "javascript", "hostile/xfa_xxe.pdf": "xfa", "broken/livecycle.pdf": "dynamic_pages",
		"encrypted/signed.pdf": "signed", "hostile/ist_pdf.docx": "extension", "hostile/ist_png.pdf": "extension",
		"scan/blank-scan.pdf": "no_text", "pdf/attachment.pdf": "attachments",
	} {
		i := slices.IndexFunc(all, func(s *sent) bool { return s.path == path })
		if i >= 0 && !slices.Contains(all[i].item.Flags, flag) {
			t.Errorf("%s: flag %s missing in %v", path, flag, all[i].item.Flags)
		}
	}
}

// checkOriginals reads back what was taken: the bytes are those received, and the headers say a
// file to keep under its clean name and nothing else. What is dangerous is handed out to nobody here.
func checkOriginals(t *testing.T, c *client, all []*sent) {
	t.Helper()
	for _, s := range all {
		if s.item.ID == "" {
			continue
		}
		r, err := c.send("GET", "/inbox/"+s.item.ID+"/original", "", nil)
		if strings.HasPrefix(s.outcome, "quarantined ") && err == nil && r.status == 409 {
			continue
		}
		if err != nil || r.status != 200 {
			t.Errorf("%s: original: %d %v", s.path, r.status, err)
			continue
		}
		sum := sha256.Sum256(r.body)
		if got := hex.EncodeToString(sum[:]); got != s.sum || s.item.SHA256 != s.sum {
			t.Errorf("%s: received %s, recorded %s, read back %s", s.path, s.sum, s.item.SHA256, got)
		}
		kind, params, err := mime.ParseMediaType(r.header.Get("Content-Disposition"))
		want := sniff.SaveName(sniff.Kind(r.header.Get("Content-Type")), s.item.Name)
		if err != nil || kind != "attachment" || params["filename"] != want {
			t.Errorf("%s: disposition %q, want the name %q: %v", s.path, r.header.Get("Content-Disposition"), want, err)
		}
		if r.header.Get("X-Injected") != "" || r.header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(r.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: headers %v", s.path, r.header)
		}
	}
}

// checkNames compares the names that are kept with those that are wanted.
func checkNames(t *testing.T, all []*sent) {
	t.Helper()
	want := map[string]string{
		"namen/pfad1.pdf": "passwd.pdf", "namen/pfad2.pdf": "x.pdf", "namen/U+202E_gpj.pdf": "Passfdp.exe",
		"namen/crlf.pdf": "a.pdfX-Injected_ 1", "namen/zeugnis_nfd_ü.pdf": "zeugnis_nfd_ü.pdf",
	}
	for _, s := range all {
		if s.item.ID == "" {
			continue
		}
		name, ok := want[norm.NFC.String(s.path)]
		if !ok {
			name = norm.NFC.String(s.upload)
		}
		if s.item.Name != name {
			t.Errorf("%s: kept under %q, want %q", s.path, s.item.Name, name)
		}
	}
}

// checkLog asks that nothing went wrong inside, and that the log names no file and no text.
func checkLog(t *testing.T, p *server) {
	t.Helper()
	said := p.talk.String()
	for _, bad := range []string{`"level":"ERROR"`, "panic", "goroutine ", "passwd", "Geburtsurkunde", "letter-de"} {
		if at := strings.Index(said, bad); at >= 0 {
			t.Errorf("the log holds %q: %.300s", bad, said[max(0, at-100):])
		}
	}
}
