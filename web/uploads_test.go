package web

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/partial"
)

const (
	tusHeader = "Tus-Resumable: 1.0.0"
	pieceKind = "Content-Type: application/offset+octet-stream"
)

// uploadMeta is the header that says what a file is.
func uploadMeta(pairs ...string) string {
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		parts = append(parts, pairs[i]+" "+base64.StdEncoding.EncodeToString([]byte(pairs[i+1])))
	}
	return "Upload-Metadata: " + strings.Join(parts, ",")
}

func at(n int) string { return "Upload-Offset: " + strconv.Itoa(n) }

// begin begins an upload of size bytes and returns its id.
func (w *world) begin(who string, size int, headers ...string) string {
	w.t.Helper()
	r := w.want(201, who, "POST", "/uploads/", nil, append(headers, tusHeader, "Upload-Length: "+strconv.Itoa(size))...)
	id, ok := strings.CutPrefix(r.header.Get("Location"), base+"/uploads/")
	if !ok || len(id) != 32 {
		w.t.Fatalf("location %q", r.header.Get("Location"))
	}
	return id
}

// piece sends a piece of a file.
func (w *world) piece(who, id string, offset int, data string, headers ...string) reply {
	w.t.Helper()
	return w.call(who, "PATCH", "/uploads/"+id, data, append(headers, tusHeader, pieceKind, at(offset))...)
}

// offset asks how much is there.
func (w *world) offset(who, id string) int {
	w.t.Helper()
	r := w.want(200, who, "HEAD", "/uploads/"+id, nil, tusHeader)
	n, err := strconv.Atoi(r.header.Get("Upload-Offset"))
	if err != nil || r.header.Get("Cache-Control") != "no-store" {
		w.t.Fatalf("offset: %v", r.header)
	}
	return n
}

// uploads returns all bytes in the folder of uploads, by file name.
func (w *world) uploads() map[string][]byte {
	w.t.Helper()
	out := map[string][]byte{}
	w.must(filepath.WalkDir(w.partials.Path, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		out[e.Name()], err = os.ReadFile(path)
		return err
	}))
	return out
}

func TestUploadInPieces(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	text := strings.Repeat("Aufenthaltserlaubnis Zeile\n", 30000)
	id := w.begin(clerk, len(text), uploadMeta("filename", "Brief Müller.txt", "meta", `{"sender":"Erika Beispiel","note":"eilig"}`))
	for i := 0; i < len(text); i += 250000 {
		end := min(i+250000, len(text))
		if got := w.offset(clerk, id); got != i {
			t.Fatalf("offset %d, want %d", got, i)
		}
		for name, data := range w.uploads() {
			for _, plain := range []string{"Aufenthalt", "Erika", "eilig", "Brief", "filename", string(w.users[clerk])} {
				if bytes.Contains(data, []byte(plain)) || strings.Contains(name, plain) {
					t.Errorf("%s holds %q in plain", name, plain)
				}
			}
		}
		r := w.piece(clerk, id, i, text[i:end])
		if r.status != 204 || r.header.Get("Upload-Offset") != strconv.Itoa(end) || r.header.Get("Upload-Expires") == "" {
			t.Fatalf("piece: %v %v", r, r.header)
		}
		if made := r.header.Get("Eakte-Inbox-Item"); (made != "") != (end == len(text)) {
			t.Fatalf("made %q after %d of %d", made, end, len(text))
		}
	}
	// The last answer was lost: it is asked for again, by every way a client may take.
	made := w.want(200, clerk, "HEAD", "/uploads/"+id, nil, tusHeader).header.Get("Eakte-Inbox-Item")
	again := w.piece(clerk, id, len(text), "", "Accept: application/json")
	if again.status != 200 || again.text("inbox_id") != made || made == "" {
		t.Errorf("again: %v, made %s", again, made)
	}
	if r := w.piece(clerk, id, 0, text); r.status != 409 {
		t.Errorf("all of it again: %v", r)
	}
	item := w.want(200, clerk, "GET", "/inbox/"+made, nil)
	if item.text("name") != "Brief Müller.txt" || item.text("sender") != "Erika Beispiel" || item.field("size") != float64(len(text)) {
		t.Errorf("item: %v", item)
	}
	if got := w.want(200, clerk, "GET", "/inbox/"+made+"/original", nil); string(got.body) != text {
		t.Error("the bytes differ")
	}
	if n := len(w.want(200, clerk, "GET", "/inbox", nil).field("items").([]any)); n != 1 {
		t.Errorf("%d items in the basket", n)
	}
	uploads := w.events("upload")
	if len(uploads) != 1 {
		t.Errorf("%d events of an upload", len(uploads))
	}
	for name := range w.uploads() {
		if strings.HasSuffix(name, ".part") {
			t.Errorf("%s is still there", name)
		}
	}
	for _, secret := range []string{"Erika", "Müller", "eilig"} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
}

// events counts what the trail has of an operation.
func (w *world) events(op string) (out []archive.TrailEntry) {
	w.t.Helper()
	w.must(w.store.View(w.t.Context(), func(r archive.Reader) error {
		out = nil
		for row, err := range r.Trail(archive.TrailFilter{Op: op}, "") {
			if err != nil {
				return err
			}
			out = append(out, row.Value)
		}
		return nil
	}))
	return out
}

func TestUploadIntoAkteAndVersion(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	id := w.begin(clerk, 4, purpose, uploadFor("akte", akte, `{"type":"arbeitsvertrag","title":"Vertrag"}`))
	r := w.piece(clerk, id, 0, "Text") // the purpose was stated when it began
	doc := r.header.Get("Eakte-Document")
	if r.status != 204 || doc == "" {
		t.Fatalf("%v %v", r, r.header)
	}
	if got := w.want(200, clerk, "GET", "/documents/"+doc, nil, purpose); got.text("title") != "Vertrag" || got.text("akte_id") != akte {
		t.Errorf("document: %v", got)
	}
	id = w.begin(clerk, 3, purpose, uploadFor("document", doc, `{}`))
	if r := w.piece(clerk, id, 0, "Neu"); r.header.Get("Eakte-Document") != doc {
		t.Errorf("version: %v %v", r, r.header)
	}
	if got := w.want(200, clerk, "GET", "/documents/"+doc, nil, purpose); len(got.field("versions").([]any)) != 2 {
		t.Errorf("versions: %v", got)
	}
	r = w.call(clerk, "POST", "/uploads/", "Text", purpose, tusHeader, pieceKind, "Upload-Length: 4", uploadFor("akte", akte, `{"type":"arbeitsvertrag"}`))
	if r.status != 201 || r.text("document_id") == "" || r.text("document_id") != r.header.Get("Eakte-Document") {
		t.Errorf("all at once: %v", r)
	}
}

// uploadFor says where a file goes.
func uploadFor(target, id, meta string) string {
	return uploadMeta("filename", "a.txt", target, id, "meta", meta)
}

// TestUploadOutlivesItsConnection cuts the network in the middle of a piece.
func TestUploadOutlivesItsConnection(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	text := strings.Repeat("0123456789", 60000)
	id := w.begin(clerk, len(text), uploadMeta("filename", "a.txt"))
	conn := w.openPiece(clerk, id, 0, len(text))
	if _, err := io.WriteString(conn, text[:400000]); err != nil {
		t.Fatal(err)
	}
	w.awaitBytes(id)
	w.must(conn.(*net.TCPConn).SetLinger(0))
	w.must(conn.Close())
	there := w.offset(clerk, id)
	if there == 0 || there > 400000 {
		t.Fatalf("offset %d", there)
	}
	r := w.piece(clerk, id, there, text[there:])
	made := r.header.Get("Eakte-Inbox-Item")
	if r.status != 204 || string(w.want(200, clerk, "GET", "/inbox/"+made+"/original", nil).body) != text {
		t.Fatalf("after the cut at %d: %v", there, r)
	}
}

// awaitBytes waits until something of an upload is on the disk.
func (w *world) awaitBytes(id string) {
	w.t.Helper()
	for range 1000 {
		if len(w.uploads()[id+".part"]) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatal("no byte of the piece arrived")
}

// openPiece sends the head of a PATCH and leaves the body to the test.
func (w *world) openPiece(who, id string, offset, length int) net.Conn {
	w.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	w.must(err)
	w.t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "PATCH %s/uploads/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n%s\r\n%s\r\nContent-Length: %d\r\n\r\n",
		base, id, w.tokens[who], tusHeader, pieceKind, at(offset), length)
	w.must(err)
	return conn
}

// TestNewestPieceWins sends a second piece while the first one hangs, as after a network that went
// away without a word.
func TestNewestPieceWins(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	text := strings.Repeat("0123456789", 60000)
	id := w.begin(clerk, len(text), uploadMeta("filename", "a.txt"))
	conn := w.openPiece(clerk, id, 0, len(text))
	if _, err := io.WriteString(conn, text[:300000]); err != nil {
		t.Fatal(err)
	}
	w.awaitBytes(id)
	there := w.offset(clerk, id)
	if r := w.piece(clerk, id, there, text[there:]); r.status != 204 || r.header.Get("Eakte-Inbox-Item") == "" {
		t.Fatalf("second piece at %d: %v", there, r)
	}
}

// TestPiecesAtOnce sends the same piece many times at once: none is mixed with another.
func TestPiecesAtOnce(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	text := strings.Repeat("0123456789", 40000)
	id := w.begin(clerk, len(text), uploadMeta("filename", "a.txt"))
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			req, err := http.NewRequest("PATCH", w.url+base+"/uploads/"+id, strings.NewReader(text))
			if err != nil {
				t.Error(err)
				return
			}
			for _, h := range []string{tusHeader, pieceKind, at(0), "Authorization: Bearer " + w.tokens[clerk]} {
				name, value, _ := strings.Cut(h, ": ")
				req.Header.Set(name, value)
			}
			if res, err := w.http.Do(req); err == nil { // who is cut off may hear nothing
				_ = res.Body.Close()
			}
		})
	}
	all.Wait()
	there := w.offset(clerk, id)
	r := w.piece(clerk, id, there, text[there:])
	made := r.header.Get("Eakte-Inbox-Item")
	if made == "" || string(w.want(200, clerk, "GET", "/inbox/"+made+"/original", nil).body) != text {
		t.Fatalf("from %d: %v", there, r)
	}
}

// TestUploadOutlivesTheServer goes on at a server that was started anew on the same folder.
func TestUploadOutlivesTheServer(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	id := w.begin(clerk, 10, uploadMeta("filename", "a.txt", "meta", `{"sender":"Erika"}`))
	if r := w.piece(clerk, id, 0, "01234"); r.status != 204 {
		t.Fatal(r)
	}
	w.restart()
	if got := w.offset(clerk, id); got != 5 {
		t.Fatalf("offset %d after the restart", got)
	}
	r := w.piece(clerk, id, 5, "56789")
	made := r.header.Get("Eakte-Inbox-Item")
	if r.status != 204 || made == "" {
		t.Fatal(r)
	}
	if item := w.want(200, clerk, "GET", "/inbox/"+made, nil); item.text("sender") != "Erika" {
		t.Errorf("item: %v", item)
	}
	w.restart()
	if r := w.want(200, clerk, "HEAD", "/uploads/"+id, nil, tusHeader); r.header.Get("Eakte-Inbox-Item") != made {
		t.Errorf("after another restart: %v", r.header)
	}
}

// restart puts a new server before the same folder.
func (w *world) restart() {
	w.t.Helper()
	cfg := w.partials.Config
	var err error
	w.partials, err = partial.Open(cfg)
	w.must(err)
	w.guard.Partials = w.partials
}

func TestUploadRefusals(t *testing.T) {
	w := newWorld(t)
	clerk, other := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("registratur", "poststelle")
	reader := w.pair("datenschutz", "datenschutz")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	length := func(n int) string { return "Upload-Length: " + strconv.Itoa(n) }
	for _, tt := range []struct {
		name, who string
		headers   []string
		status    int
		kind      string
	}{
		{"no right to upload", reader, []string{tusHeader, length(4)}, 403, "denied"},
		{"foreign Akte", other, []string{tusHeader, length(4), purpose, uploadFor("akte", nowhere, `{"type":"arbeitsvertrag"}`)}, 404, "not-found"},
		{"no purpose", clerk, []string{tusHeader, length(4), uploadFor("akte", akte, `{"type":"arbeitsvertrag"}`)}, 422, "purpose-required"},
		{"no meta", clerk, []string{tusHeader, length(4), purpose, uploadMeta("akte", akte)}, 422, "invalid"},
		{"unknown type", clerk, []string{tusHeader, length(4), purpose, uploadFor("akte", akte, `{"type":"nichts"}`)}, 422, "invalid"},
		{"unknown field", clerk, []string{tusHeader, length(4), uploadMeta("meta", `{"absender":"x"}`)}, 422, "invalid"},
		{"unknown key", clerk, []string{tusHeader, length(4), uploadMeta("akte_id", akte)}, 422, "invalid"},
		{"no JSON", clerk, []string{tusHeader, length(4), uploadMeta("meta", `{`)}, 400, "malformed"},
		{"no basket", clerk, []string{tusHeader, length(4), uploadMeta("meta", `{"department":"it"}`)}, 422, "invalid"},
		{"empty", clerk, []string{tusHeader, length(0)}, 422, "empty"},
		{"too large", clerk, []string{tusHeader, length(9 << 20)}, 413, "too-large"},
		{"no length", clerk, []string{tusHeader}, 422, "invalid"},
		{"other protocol", clerk, []string{length(4)}, 412, "tus-version"},
	} {
		r := w.call(tt.who, "POST", "/uploads/", nil, tt.headers...)
		isProblem(t, r, tt.status, tt.kind, german)
		if t.Failed() {
			t.Fatal(tt.name)
		}
	}
	if left := w.uploads(); len(left) != 0 {
		t.Errorf("%d files of refused uploads", len(left))
	}
	id := w.begin(clerk, 10)
	isProblem(t, w.piece(clerk, id, 3, "x"), 409, "offset", german)
	isProblem(t, w.piece(clerk, id, 0, "01234567890"), 413, "too-large", german)
	isProblem(t, w.call(clerk, "PATCH", "/uploads/"+id, "x", tusHeader, at(0)), 415, "piece-type", german)
	isProblem(t, w.call(clerk, "PATCH", "/uploads/"+id, "x", tusHeader, pieceKind), 422, "invalid", german)
	for _, r := range []reply{
		w.piece(other, id, 0, "x"), w.call(other, "DELETE", "/uploads/"+id, nil, tusHeader), w.piece(clerk, strings.Repeat("0", 32), 0, "x"),
		w.piece(clerk, "..%2Fmeta.db", 0, "x"),
	} {
		isProblem(t, r, 404, "not-found", german)
	}
	w.want(404, other, "HEAD", "/uploads/"+id, nil, tusHeader)
	if got := w.offset(clerk, id); got != 0 {
		t.Errorf("offset %d after refusals", got)
	}
	w.want(204, clerk, "DELETE", "/uploads/"+id, nil, tusHeader)
	w.want(404, clerk, "HEAD", "/uploads/"+id, nil, tusHeader)
	if left := w.uploads(); len(left) != 0 {
		t.Errorf("%d files left", len(left))
	}
}

// TestRefusedFileIsToldAgain sends a program: the answer is that of other uploads, and the same again.
func TestRefusedFileIsToldAgain(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	program := "MZ" + strings.Repeat("\x00\x01", 100)
	plain := w.call(clerk, "POST", "/inbox", newForm().file("a.exe", program))
	id := w.begin(clerk, len(program), uploadMeta("filename", "a.exe"))
	first := w.piece(clerk, id, 0, program)
	if first.status != plain.status || first.text("type") != plain.text("type") || first.status != 415 {
		t.Fatalf("%v, other uploads: %v", first, plain)
	}
	if again := w.piece(clerk, id, len(program), ""); again.status != 415 || again.text("type") != plain.text("type") {
		t.Errorf("again: %v", again)
	}
	w.want(415, clerk, "HEAD", "/uploads/"+id, nil, tusHeader)
	for name := range w.uploads() {
		if strings.HasSuffix(name, ".part") {
			t.Errorf("%s is kept", name)
		}
	}
}

func TestUploadsExpireAndAreCounted(t *testing.T) {
	w := newWorld(t)
	clerk, other := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("registratur", "poststelle")
	w.partials.Count, w.partials.Bytes = 3, 1000
	id := w.begin(clerk, 10)
	w.piece(clerk, id, 0, "01234")
	w.begin(clerk, 500)
	isProblem(t, w.call(clerk, "POST", "/uploads/", nil, tusHeader, "Upload-Length: 491"), 429, "too-many-uploads", german)
	w.begin(clerk, 490)
	isProblem(t, w.call(clerk, "POST", "/uploads/", nil, tusHeader, "Upload-Length: 1"), 429, "too-many-uploads", german)
	w.begin(other, 1000)
	w.ahead.Add(int64(23 * time.Hour))
	if n, err := w.partials.Sweep(); n != 0 || err != nil {
		t.Errorf("swept %d early, %v", n, err)
	}
	w.ahead.Add(int64(time.Hour))
	token, err := w.guard.Accounts().CreateToken(t.Context(), audit.Actor{User: "system", Client: "cli"}, clerk, time.Hour)
	w.must(err)
	w.tokens[clerk] = token
	w.want(404, clerk, "HEAD", "/uploads/"+id, nil, tusHeader)
	if n, err := w.partials.Sweep(); n != 4 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if left := w.uploads(); len(left) != 0 {
		t.Errorf("%d files left", len(left))
	}
	w.begin(clerk, 1000)
}

// TestDamageIsNeverTaken turns a bit of what is kept between two starts.
func TestDamageIsNeverTaken(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	id := w.begin(clerk, 15)
	for i, piece := range []string{"01234", "56789"} {
		if r := w.piece(clerk, id, 5*i, piece); r.status != 204 {
			t.Fatal(r)
		}
	}
	path := filepath.Join(w.partials.Path, id+".part")
	data, err := os.ReadFile(path)
	w.must(err)
	data[len(data)-1] ^= 1
	w.must(os.WriteFile(path, data, 0o600))
	w.restart()
	if got := w.offset(clerk, id); got != 5 {
		t.Errorf("offset %d, want what is undamaged", got)
	}
	r := w.piece(clerk, id, 5, "56789abcde")
	made := r.header.Get("Eakte-Inbox-Item")
	if made == "" || string(w.want(200, clerk, "GET", "/inbox/"+made+"/original", nil).body) != "0123456789abcde" {
		t.Errorf("after damage: %v", r)
	}
	// A server with another key finds nothing that it could go on with, and keeps nothing of it.
	w.begin(clerk, 15)
	cfg := w.partials.Config
	cfg.Key[0] ^= 1
	if _, err := partial.Open(cfg); err != nil {
		t.Fatal(err)
	}
	if left := w.uploads(); len(left) != 0 {
		t.Errorf("%d files left", len(left))
	}
}
