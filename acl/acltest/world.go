// Package acltest opens a whole authority on real engines in a test's own folder: records, objects,
// index, rules and queue. Only recognition is a stand-in, which reads plain text with a form feed
// between pages; the real one has tests of its own.
package acltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/fsblob"
	"eakte/archive/blob/seal"
	"eakte/archive/boltstore"
	"eakte/archive/keyring"
	"eakte/index"
	"eakte/index/bleveindex"
	"eakte/ingest"
	"eakte/ingest/read"
	"eakte/ingest/read/page"
	"eakte/ingest/sniff"
	"eakte/policies"
)

// World is an open authority.
type World struct {
	T        testing.TB
	Store    *boltstore.Store
	Keys     *keyring.Ring
	Objects  *seal.Store
	Contents *archive.Contents
	Index    *bleveindex.Index
	Indexer  *index.Indexer
	Pipeline *ingest.Pipeline
	Policies *policies.Set
	Guard    *acl.Guard
	// Time is what the authority's clock says; tests move it.
	Time time.Time
}

// ruled is the built-in policies with their table, neither of which changes.
type ruled struct {
	set   *policies.Set
	table *acl.Table
}

// builtIn compiles the built-in policies once for all worlds of a test binary.
var builtIn = sync.OnceValues(func() (ruled, error) {
	set, err := policies.BuiltIn()
	if err != nil {
		return ruled{}, err
	}
	table, err := acl.Compile(set)
	return ruled{set: set, table: table}, err
})

// Open opens an authority that is closed when the test ends.
func Open(t testing.TB) *World {
	t.Helper()
	rules, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	return OpenUnder(t, rules.set, rules.table)
}

// OpenUnder is Open under other policies, with the table compiled from them.
func OpenUnder(t testing.TB, set *policies.Set, table *acl.Table) *World {
	t.Helper()
	w := &World{T: t, Time: time.Now()}
	dir := t.TempDir()
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	clock := func() time.Time { return w.Time }
	w.Policies = set
	ring, err := keyring.Open(filepath.Join(dir, "keys.db"), seal.NewKey())
	w.must(err)
	w.Keys = ring
	trail, err := audit.NewLog("test.example")
	w.must(err)
	signer, err := audit.LoadOrCreateSigner(filepath.Join(dir, "trail.key"), trail.Name())
	w.must(err)
	w.Store, err = boltstore.Open(boltstore.Config{
		Path: filepath.Join(dir, "meta.db"), Keys: ring, LookupKey: ring.LookupKey(),
		Authority: "test.example", Signer: signer, Log: log, Reserve: -1,
	})
	w.must(err)
	engine, err := fsblob.Open(filepath.Join(dir, "objects"))
	w.must(err)
	w.Objects = seal.New(engine)
	w.Contents = &archive.Contents{Store: w.Store, Objects: w.Objects}
	w.Index, err = bleveindex.Open(bleveindex.Config{Dir: filepath.Join(dir, "index"), Log: log, Synonyms: w.Policies.Synonyms})
	w.must(err)
	w.Indexer = &index.Indexer{
		Store: w.Store, Contents: w.Contents, Engine: w.Index, Policies: w.Policies, Now: clock, Zone: time.UTC, Log: log,
	}
	w.Guard, err = acl.New(acl.Config{
		Store: w.Store, Objects: w.Objects, Contents: w.Contents, Index: w.Index, Trail: w.Store,
		Policies: w.Policies, Table: table, CursorKey: seal.NewKey(), Now: clock, Languages: []string{"ara", "deu", "eng"}, Origin: Origin,
	})
	w.must(err)
	w.Indexer.Arriving = w.Guard.Arriving
	w.Pipeline = ingest.New(ingest.Config{
		Store: w.Store, Objects: w.Objects, Contents: w.Contents, Reader: Plain{}, Worker: "test", Log: log,
		Now: clock, Inquiries: w.Guard,
	})
	t.Cleanup(func() {
		w.must(errors.Join(w.Index.Close(), w.Objects.Close(), w.Store.Close(), ring.Close()))
	})
	return w
}

func (w *World) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// User makes an account with pairs such as "sachbearbeitung@asyl" and returns it as a subject with the
// purpose "bearbeitung". It has no password: hashing one takes longer than most tests.
func (w *World) User(name string, pairs ...string) acl.Subject {
	w.T.Helper()
	u := archive.User{ID: archive.NewID[archive.UserID](), Name: name, Created: w.Time, Revision: 1}
	for _, p := range pairs {
		role, department, _ := strings.Cut(p, "@")
		u.Roles = append(u.Roles, archive.Pair{Role: role, Department: department})
	}
	w.must(w.Store.Update(w.T.Context(), func(tx archive.Tx) error {
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return tx.Record(audit.Event{
			Time: w.Time, Actor: audit.System(), Op: audit.OpUserAdd, Object: "user/" + string(u.ID), Result: audit.Allow,
		})
	}))
	return acl.Subject{
		User: u.ID, Name: name, Pairs: u.Roles, Purpose: "bearbeitung", Client: "api",
		Correlation: archive.NewID[string](),
	}
}

// Team puts an account into teams and returns it as a subject of them.
func (w *World) Team(s acl.Subject, teams ...string) acl.Subject {
	w.T.Helper()
	w.must(w.Store.Update(w.T.Context(), func(tx archive.Tx) error {
		u, err := tx.User(s.User)
		if err != nil {
			return err
		}
		u.Teams, u.Revision = teams, u.Revision+1
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return tx.Record(audit.Event{
			Time: w.Time, Actor: audit.System(), Op: audit.OpUserChange, Object: "user/" + string(u.ID), Result: audit.Allow,
		})
	}))
	s.Teams = teams
	return s
}

// Settle recognises and indexes all that waits.
func (w *World) Settle() {
	w.T.Helper()
	w.must(w.Pipeline.Drain(w.T.Context()))
	w.must(w.Indexer.Drain(w.T.Context()))
}

// Akte opens a person called family and an Akte of hers for her, and returns the Akte's ID.
func (w *World) Akte(desk *acl.Desk, family, lead string, departments ...archive.Participation) archive.AkteID {
	w.T.Helper()
	p, err := desk.CreatePerson(w.T.Context(), archive.Person{Names: []archive.Name{{Family: family, Given: "Test"}}})
	w.must(err)
	a, err := desk.CreateAkte(w.T.Context(), archive.Akte{Person: p.ID, Lead: lead, Departments: departments})
	w.must(err)
	return a.ID
}

// Add brings a text of pages into an Akte.
func (w *World) Add(desk *acl.Desk, akte archive.AkteID, doc archive.Document, pages ...string) acl.DocumentView {
	w.T.Helper()
	upload, err := desk.Receive(w.T.Context(), "paper.txt", strings.NewReader(strings.Join(pages, "\f")))
	w.must(err)
	view, err := desk.AddDocument(w.T.Context(), akte, doc, upload)
	w.must(errors.Join(err, upload.Close()))
	return view
}

// Post drops a text of pages into a basket.
func (w *World) Post(desk *acl.Desk, basket string, pages ...string) acl.InboxView {
	w.T.Helper()
	upload, err := desk.Receive(w.T.Context(), "scan.txt", strings.NewReader(strings.Join(pages, "\f")))
	w.must(err)
	view, err := desk.AddInboxItem(w.T.Context(), archive.InboxItem{Basket: basket}, upload)
	w.must(errors.Join(err, upload.Close()))
	return view
}

// testWriter sends the log to the test's own.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(string(bytes.TrimSpace(p)))
	return len(p), nil
}

// Plain is an [ingest.Reader] of plain text with a form feed between pages. A text that begins with
// "FAIL code" fails for good with the code; pages that begin with "SCAN dpi colour", such as "SCAN 300 bw", pass for
// scanned ones.
type Plain struct{ language string }

// In implements [ingest.Linguist]: words of a text end with its language.
func (Plain) In(language string) ingest.Reader { return Plain{language} }

// Available implements [ingest.Reader].
func (Plain) Available(context.Context) error { return nil }

// Open implements [ingest.Reader].
func (r Plain) Open(_ context.Context, kind string, _ int64, src io.Reader) (ingest.Reading, error) {
	if sniff.Kind(kind).Container() {
		return Parcel(kind, src)
	}
	data, err := io.ReadAll(src)
	if err != nil {
		return nil, err
	}
	if code, ok := strings.CutPrefix(string(data), "FAIL "); ok {
		return nil, &read.Failure{State: read.Failed, Code: strings.TrimSpace(code)}
	}
	if strings.Contains(string(data), "LOCKED") {
		return nil, &read.Failure{State: read.Password, Code: "encrypted"}
	}
	text := plain(strings.Split(string(data), "\f"))
	if r.language != "" {
		return spoken{text, r.language}, nil
	}
	return text, nil
}

// spoken is a text in a language that somebody chose.
type spoken struct {
	plain
	language string
}

// Text implements [ingest.Reading].
func (s spoken) Text(ctx context.Context, emit func(page.Page) error) error {
	return s.plain.Text(ctx, func(p page.Page) error {
		p.Language = s.language
		for i := range p.Words {
			p.Words[i].Text += "." + s.language
		}
		return emit(p)
	})
}

// Bind implements [ingest.Reader]: pages are texts, and a turned one says so.
func (Plain) Bind(_ context.Context, from []ingest.Reading, outputs [][]archive.Leaf, made func(string, io.Reader) error) error {
	for _, leaves := range outputs {
		text, err := bindPlain(from, leaves)
		if err != nil {
			return err
		}
		if err := made("application/pdf", strings.NewReader(text)); err != nil {
			return err
		}
	}
	return nil
}

func bindPlain(from []ingest.Reading, leaves []archive.Leaf) (string, error) {
	var pages []string
	for _, l := range leaves {
		p, ok := from[l.Source].(plain)
		if !ok || l.Page > len(p) {
			return "", &read.Failure{State: read.Failed, Code: read.Unbound}
		}
		text := p[l.Page-1]
		if strings.Contains(text, "UNBOUND") {
			return "", &read.Failure{State: read.Failed, Code: read.Unbound}
		}
		if l.Turn%360 != 0 {
			text += fmt.Sprintf(" turned%d", l.Turn%360)
		}
		pages = append(pages, text)
	}
	return strings.Join(pages, "\f"), nil
}

type plain []string

func (p plain) Pages() int    { return len(p) }
func (plain) Flags() []string { return nil }
func (plain) Close() error    { return nil }

func (plain) Shown() *read.Source { return nil }

// Provenance implements [ingest.Noted].
func (p plain) Provenance() *read.Provenance {
	s := &read.Provenance{Device: "Test 1", Software: "acltest"}
	for _, text := range p {
		var one read.ProvenancePage
		if n, _ := fmt.Sscanf(text, "SCAN %d %s", &one.DPI, &one.Colour); n != 2 {
			return nil
		}
		one.Image = true
		s.Pages = append(s.Pages, one)
	}
	return s
}

func (p plain) Text(_ context.Context, emit func(page.Page) error) error {
	for i, text := range p {
		out := page.Page{Number: i + 1, Width: 595, Height: 842, Source: page.Embedded, Confidence: page.Certain}
		for n, w := range strings.Fields(text) {
			out.Words = append(out.Words, page.Word{X: float32(n), W: 1, H: 10, Text: w, Confidence: page.Certain})
		}
		if err := emit(out); err != nil {
			return err
		}
	}
	return nil
}

func (p plain) Images(_ context.Context, _ []page.Lay, emit func(image, thumb []byte) error) error {
	for i := range p {
		if err := emit([]byte{0xff, 0xd8, byte(i)}, []byte{0xff, 0xd8}); err != nil {
			return err
		}
	}
	return nil
}
