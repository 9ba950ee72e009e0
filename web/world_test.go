package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/fsblob"
	"eakte/archive/blob/partial"
	"eakte/archive/blob/seal"
	"eakte/archive/boltstore"
	"eakte/archive/keyring"
	"eakte/index"
	"eakte/index/bleveindex"
	"eakte/ingest"
	"eakte/ingest/bundle"
	"eakte/ingest/read"
	"eakte/ingest/read/page"
	"eakte/ingest/sniff"
	"eakte/policies"
)

const authority = "kreis-musterland.example"

// world is a server with real engines in a folder of the test.
type world struct {
	t        testing.TB
	server   *Server
	url      string
	http     *http.Client
	guard    *acl.Guard
	anchored anchored
	store    archive.Store
	objects  *seal.Store
	partials *partial.Dir
	pipeline *ingest.Pipeline
	indexer  *index.Indexer
	set      *policies.Set
	ahead    atomic.Int64 // how far the clock is ahead, in nanoseconds
	log      *syncBuffer

	mu     sync.Mutex
	tokens map[string]string // by account name
	users  map[string]archive.UserID
}

// syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

// compiled are the built-in policies, compiled once for all tests.
var compiled = sync.OnceValues(func() (*policies.Set, *acl.Table) {
	set, err := policies.BuiltIn()
	if err != nil {
		return nil, nil
	}
	table, err := acl.Compile(set)
	if err != nil {
		return nil, nil
	}
	return set, table
})

// newWorld makes a server; change may alter its configuration.
func newWorld(t testing.TB, change ...func(*Config, *acl.Config)) *world {
	t.Helper()
	w := &world{t: t, tokens: map[string]string{}, users: map[string]archive.UserID{}, log: &syncBuffer{}}
	log := slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	set, table := compiled()
	if set == nil || table == nil {
		t.Fatal("the built-in policies do not compile")
	}
	w.set = set
	gcfg := w.engines(quickDir(t), log)
	gcfg.Policies, gcfg.Table = set, table
	cfg := Config{Policies: set, SessionKey: seal.Key{8}, Log: log, SignIns: 1000}
	for _, f := range change {
		f(&cfg, &gcfg)
	}
	var err error
	w.guard, err = acl.New(gcfg)
	w.must(err)
	w.indexer.Arriving = w.guard.Arriving
	cfg.Guard = w.guard
	w.server, err = New(cfg)
	w.must(err)
	w.must(w.indexer.CatchUp(t.Context()))
	t.Cleanup(w.tellErrors)
	ts := httptest.NewUnstartedServer(nil)
	ts.Config = w.server.HTTP()
	ts.Start()
	t.Cleanup(ts.Close)
	w.url, w.http = ts.URL, ts.Client()
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// engines opens the real ones and returns what a guard needs of them.
func (w *world) engines(dir string, log *slog.Logger) acl.Config {
	ring, err := keyring.Open(filepath.Join(dir, "keys.db"), seal.Key{1, 2, 3})
	w.must(err)
	w.t.Cleanup(func() { w.must(ring.Close()) })
	signer, err := audit.LoadOrCreateSigner(filepath.Join(dir, "audit.key"), authority+"/audit")
	w.must(err)
	store, err := boltstore.Open(boltstore.Config{
		Path: filepath.Join(dir, "meta.db"), Keys: ring, LookupKey: ring.LookupKey(), Authority: authority,
		Signer: signer, Now: w.now, Log: log, Reserve: -1,
	})
	w.must(err)
	w.t.Cleanup(func() { w.must(store.Close()) })
	blobs, err := fsblob.Open(filepath.Join(dir, "objects"))
	w.must(err)
	objects := seal.New(blobs)
	w.t.Cleanup(func() { w.must(objects.Close()) })
	engine, err := bleveindex.Open(bleveindex.Config{Dir: filepath.Join(dir, "index"), Log: log, Synonyms: w.set.Synonyms})
	w.must(err)
	w.t.Cleanup(func() { w.must(engine.Close()) })
	contents := &archive.Contents{Store: store, Objects: objects}
	key, err := ring.LookupKey().Derive("uploads")
	w.must(err)
	w.partials, err = partial.Open(partial.Config{Path: filepath.Join(dir, "uploads"), Key: key, Now: w.now, Log: log})
	w.must(err)
	w.store, w.objects = store, objects
	w.pipeline = ingest.New(ingest.Config{
		Store: store, Objects: objects, Contents: contents, Reader: formFeeds{}, Worker: "test", Now: w.now, Log: log,
	})
	w.indexer = &index.Indexer{Store: store, Contents: contents, Engine: engine, Policies: w.set, Now: w.now, Zone: time.UTC, Log: log}
	made := slips{store, objects}
	w.pipeline.Bundles = made
	return acl.Config{
		Bundles: made,
		Printer: made,
		Store:   store, Objects: objects, Contents: contents, Index: engine, Trail: store, Anchors: &w.anchored,
		CursorKey: seal.Key{7}, UploadLimit: 8 << 20, Now: w.now, Partials: w.partials, Languages: []string{"ara", "deu", "eng"}, Origin: acltest.Origin,
	}
}

// slips stands for the maker of bundles: its PDF is a list of the documents' ids.
type slips struct {
	store   archive.Store
	objects *seal.Store
}

func (s slips) Make(ctx context.Context, b archive.Bundle, done func(int) error) (archive.Object, error) {
	text := "%PDF " + b.Language + " " + b.Recipient
	for i, d := range b.Documents {
		text += "\n" + string(d.Document)
		if err := done(i + 1); err != nil {
			return archive.Object{}, err
		}
	}
	ref := blob.NewRef()
	key, err := archive.ObjectKey(b.Content, ref)
	if err != nil {
		return archive.Object{}, err
	}
	r, err := s.objects.Receive(ctx, ref, key, strings.NewReader(text), -1)
	if err != nil {
		return archive.Object{}, err
	}
	err = s.store.Update(ctx, func(tx archive.Tx) error { return tx.Announce(archive.Intent{Ref: ref, Made: b.Created}) })
	return archive.Object{Ref: ref, Size: r.Size, SHA256: r.SHA256}, errors.Join(err, r.Commit(ctx))
}

// Print implements [acl.Printer]: its PDF is the statement as JSON.
func (s slips) Print(_ context.Context, statement bundle.Statement) ([]byte, error) {
	data, err := json.Marshal(statement)
	return append([]byte("%PDF "), data...), err
}

// tellErrors prints what the server logged as an error in a test that failed.
func (w *world) tellErrors() {
	for line := range strings.SplitSeq(w.log.String(), "\n") {
		if w.t.Failed() && strings.Contains(line, `"level":"ERROR"`) {
			w.t.Log(line)
		}
	}
}

// quickDir is a folder of the test in memory, where the machine has one: what is tested here isn't
// the disk.
func quickDir(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "eakte-web-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// settle works off all jobs and indexes everything.
func (w *world) settle() {
	w.t.Helper()
	if err := w.pipeline.Drain(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	if err := w.indexer.Drain(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// account makes an account without a password, with a token.
func (w *world) account(name string, pairs ...archive.Pair) archive.UserID {
	w.t.Helper()
	u := archive.User{ID: archive.NewID[archive.UserID](), Name: name, Roles: pairs, Created: w.now(), Changed: w.now(), Revision: 1}
	by := audit.Actor{User: "system", Client: "cli"}
	err := w.store.Update(context.Background(), func(tx archive.Tx) error {
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return tx.Record(audit.Event{Time: w.now(), Actor: by, Op: audit.OpUserAdd, Object: "user/" + string(u.ID), Result: audit.Allow})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	token, err := w.guard.Accounts().CreateToken(context.Background(), by, name, 24*time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tokens[name], w.users[name] = token, u.ID
	return u.ID
}

// pair makes an account for a pair, named after it, once.
func (w *world) pair(role, department string) string {
	w.t.Helper()
	name := role + "." + department
	if _, ok := w.tokens[name]; !ok {
		w.account(name, archive.Pair{Role: role, Department: department})
	}
	return name
}

// reply is what the server answered.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// field returns a value of a JSON body by a path such as "items/0/id".
func (r reply) field(path string) any {
	var v any
	if json.Unmarshal(r.body, &v) != nil {
		return nil
	}
	for part := range strings.SplitSeq(path, "/") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			var i int
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (r reply) text(path string) string {
	s, _ := r.field(path).(string)
	return s
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.body) }

// call sends a request as an account; headers are "Name: value".
func (w *world) call(who, method, path string, body any, headers ...string) reply {
	w.t.Helper()
	var in io.Reader
	kind := ""
	switch b := body.(type) {
	case nil:
	case *form:
		in, kind = b.close()
	case []byte:
		in, kind = bytes.NewReader(b), "application/json"
	case string:
		in, kind = strings.NewReader(b), "application/json"
	default:
		data, err := json.Marshal(b)
		if err != nil {
			w.t.Fatal(err)
		}
		in, kind = bytes.NewReader(data), "application/json"
	}
	if !strings.HasPrefix(path, "/livez") && !strings.HasPrefix(path, "/readyz") && !strings.HasPrefix(path, base) {
		path = base + path
	}
	req, err := http.NewRequest(method, w.url+path, in)
	if err != nil {
		w.t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if who != "" {
		req.Header.Set("Authorization", "Bearer "+w.tokens[who])
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin") // as a browser says it; programs may say what they like
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	return w.do(req)
}

func (w *world) do(req *http.Request) reply {
	w.t.Helper()
	res, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, data}
}

// want sends a request and expects a status.
func (w *world) want(status int, who, method, path string, body any, headers ...string) reply {
	w.t.Helper()
	r := w.call(who, method, path, body, headers...)
	if r.status != status {
		w.t.Fatalf("%s %s: got %v, want %d", method, path, r, status)
	}
	return r
}

// purpose is a header that states one.
const purpose = "Eakte-Purpose: bearbeitung"

// form is a multipart body.
type form struct {
	buf    bytes.Buffer
	w      *multipart.Writer
	closed bool
}

func newForm() *form {
	f := &form{}
	f.w = multipart.NewWriter(&f.buf)
	return f
}

// file adds the part "file"; name is written as it is.
func (f *form) file(name, content string) *form { return f.part("file", name, content) }

func (f *form) part(field, name, content string) *form {
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", `form-data; name="`+field+`"; filename="`+name+`"`)
	h.Set("Content-Type", "application/octet-stream")
	p, err := f.w.CreatePart(h)
	if err == nil {
		_, err = io.WriteString(p, content)
	}
	if err != nil {
		panic(err)
	}
	return f
}

// meta adds the part "meta".
func (f *form) meta(v any) *form {
	data, ok := v.(string)
	if !ok {
		raw, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		data = string(raw)
	}
	if err := f.w.WriteField("meta", data); err != nil {
		panic(err)
	}
	return f
}

func (f *form) close() (io.Reader, string) {
	if !f.closed {
		f.closed = true
		if err := f.w.Close(); err != nil {
			panic(err)
		}
	}
	return bytes.NewReader(f.buf.Bytes()), f.w.FormDataContentType()
}

// person enters a person and returns her id.
func (w *world) person(who, family, given string) string {
	w.t.Helper()
	return w.want(201, who, "POST", "/persons", map[string]any{
		"names": []any{map[string]any{"family": family, "given": given, "kind": "official"}}, "birth_date": "1990-05-17",
	}).text("id")
}

// akte opens an Akte for a new person and returns its id.
func (w *world) akte(who, family string, lead string, departments ...string) string {
	w.t.Helper()
	p := w.person(who, family, "Muster")
	return w.want(201, who, "POST", "/akten", map[string]any{
		"person_id": p, "plan": "33.11", "lead_department": lead, "departments": departments,
	}, purpose).text("id")
}

// document brings a text into an Akte and returns its id.
func (w *world) document(who, akte, kind, text string) string {
	w.t.Helper()
	f := newForm().meta(map[string]any{"type": kind}).file("brief.txt", text)
	return w.want(201, who, "POST", "/akten/"+akte+"/documents", f, purpose).text("id")
}

// formFeeds reads plain text whose pages are separated by form feeds.
type formFeeds struct{}

// Open implements ingest.Reader.
func (formFeeds) Open(_ context.Context, kind string, _ int64, src io.Reader) (ingest.Reading, error) {
	if sniff.Kind(kind).Container() {
		return acltest.Parcel(kind, src)
	}
	data, err := io.ReadAll(src)
	if err != nil {
		return nil, err
	}
	return textReading(strings.Split(string(data), "\f")), nil
}

// Bind implements ingest.Reader.
func (formFeeds) Bind(_ context.Context, from []ingest.Reading, outputs [][]archive.Leaf, made func(string, io.Reader) error) error {
	for _, leaves := range outputs {
		var pages []string
		for _, l := range leaves {
			pages = append(pages, from[l.Source].(textReading)[l.Page-1])
		}
		if err := made("application/pdf", strings.NewReader(strings.Join(pages, "\f"))); err != nil {
			return err
		}
	}
	return nil
}

// Available implements ingest.Reader.
func (formFeeds) Available(context.Context) error { return nil }

type textReading []string

func (r textReading) Pages() int      { return len(r) }
func (r textReading) Flags() []string { return nil }

// Shown implements ingest.Reading.
func (r textReading) Shown() *read.Source { return nil }
func (r textReading) Close() error        { return nil }

// Text implements ingest.Reading.
func (r textReading) Text(_ context.Context, emit func(page.Page) error) error {
	for i, text := range r {
		p := page.Page{Number: i + 1, Width: 595, Height: 842, Source: page.Embedded, Confidence: page.Certain}
		for j, word := range strings.Fields(text) {
			p.Words = append(p.Words, page.Word{X: float32(20 + 10*j), Y: 20, W: 8, H: 10, Text: word, Confidence: page.Certain})
		}
		if err := emit(p); err != nil {
			return err
		}
	}
	return nil
}

// Images implements ingest.Reading.
func (r textReading) Images(_ context.Context, _ []page.Lay, emit func(image, thumb []byte) error) error {
	for i := range r {
		if err := emit(fmt.Appendf(nil, "\xff\xd8\xffimage %d", i+1), fmt.Appendf(nil, "\xff\xd8\xffthumb %d", i+1)); err != nil {
			return err
		}
	}
	return nil
}

// shared returns a path in the folder of material shared with other projects, or skips.
func shared(t *testing.T, name string) string {
	t.Helper()
	if dir := os.Getenv("EAKTE_SHARED"); dir != "" {
		return filepath.Join(dir, name)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for up := filepath.Dir(dir); up != dir; dir, up = up, filepath.Dir(up) {
		path := filepath.Join(up, "shared", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skipf("no folder shared with %s beside the checkout; set EAKTE_SHARED", name)
	return ""
}
