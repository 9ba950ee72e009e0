package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
	"eakte/index"
	"eakte/index/bleveindex"
	"eakte/index/bleveindex/baretest"
	"eakte/index/corpustest"
	"eakte/policies"
)

// searched is what search is measured in: a folder with
//
//	data/      records, texts and index of an authority
//	bare/      the same texts in Bleve as it comes
//	postgres/  the same in PostgreSQL, made when it is first asked
//	persons-N/ an index of N persons and nothing else, made when it is first asked
//
// A part is whole when NAME.made stands beside it.
type searched struct {
	dir    string
	corpus *corpustest.Corpus
	asked  int
}

// searchFolder is where figures of search are kept from run to run: EAKTE_BENCH_DIR, or a folder that is not
// part of the sources.
func searchFolder(t *testing.T) string {
	if dir := os.Getenv("EAKTE_BENCH_DIR"); dir != "" {
		return dir
	}
	dir, err := filepath.Abs("../../.cache/bench-search")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func searchWorld(t *testing.T, documents int) *searched {
	return searchWorldIn(t, filepath.Join(searchFolder(t), strconv.Itoa(documents)), documents)
}

func searchWorldIn(t *testing.T, dir string, documents int) *searched {
	t.Helper()
	w := &searched{dir: dir, asked: queriesAsked}
	w.corpus = loadCorpus(t, documents, documents/10)
	return w
}

func loadCorpus(t *testing.T, documents, persons int) *corpustest.Corpus {
	t.Helper()
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	c, err := corpustest.Load(corpustest.Config{
		Documents: documents, Persons: persons, Seed: 5, Policies: set,
		Names: filepath.Join(sharedFolder(t), "names", "faker-10.6.0-names.tsv"),
	})
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%v; \"go run ./cmd/check setup\" brings the words", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// crowd are many persons without documents.
func (w *searched) crowd(t *testing.T, persons int) *corpustest.Corpus {
	return loadCorpus(t, persons, persons)
}

// part makes a part of the folder unless it is there.
func (w *searched) part(t *testing.T, name string, fill func() error) {
	t.Helper()
	made, dir := filepath.Join(w.dir, name+".made"), filepath.Join(w.dir, name)
	if exists(made) {
		return
	}
	start := time.Now()
	err := errors.Join(os.RemoveAll(dir), os.MkdirAll(w.dir, 0o755))
	if err == nil {
		err = fill()
	}
	if err == nil {
		err = os.WriteFile(made, []byte(time.Since(start).String()+"\n"), 0o644)
	}
	if err != nil {
		t.Fatalf("making %s: %v", dir, err)
	}
	fmt.Printf("made %s in %s\n", dir, time.Since(start).Round(time.Second))
}

// make makes what isn't there.
func (w *searched) make(t *testing.T) {
	t.Helper()
	w.part(t, "data", func() error { return w.inApp(t, w.fill) })
	w.part(t, "bare", func() error { return w.makeBare() })
}

// inApp opens the data folder.
func (w *searched) inApp(t *testing.T, fn func(context.Context, *app) error) error {
	cfg, err := loadConfig(filepath.Join(w.dir, "data"), "", readerSaid())
	if err != nil {
		return err
	}
	c := &cli{out: io.Discard, talk: os.Stderr}
	return c.withApp(t.Context(), cfg, func(a *app) error { return fn(t.Context(), a) })
}

// Sizes of what is stored at once.
const (
	fillAtOnce = 200
	fillHands  = 8
)

// fill stores all persons, Akten and documents with their texts, and makes the index from them. The received
// bytes are not kept: nothing that is measured reads them.
func (w *searched) fill(ctx context.Context, a *app) error {
	if err := w.each(ctx, w.corpus.Persons, func(tx archive.Tx, n int) error {
		p, akte := w.corpus.Person(n), w.corpus.Akte(n)
		return errors.Join(tx.PutPerson(p), tx.PutAkte(akte), tx.Record(w.event(audit.OpAkteCreate, akte, "")))
	}, a); err != nil {
		return err
	}
	group, filling := errgroup.WithContext(ctx)
	group.SetLimit(fillHands)
	for from := 0; from < w.corpus.Documents && filling.Err() == nil; from += fillAtOnce {
		group.Go(func() error { return w.store(filling, a, from, min(from+fillAtOnce, w.corpus.Documents)) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return a.indexer.Rebuild(ctx, nil)
}

// each stores things some at a time.
func (w *searched) each(ctx context.Context, n int, put func(archive.Tx, int) error, a *app) error {
	for from := 0; from < n; from += fillAtOnce {
		err := a.store.Update(ctx, func(tx archive.Tx) error {
			for i := from; i < min(from+fillAtOnce, n); i++ {
				if err := put(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *searched) event(op audit.Op, akte archive.Akte, doc archive.DocumentID) audit.Event {
	e := audit.Event{
		Time: akte.Created, Actor: audit.Actor{User: string(w.corpus.Clerk()), Role: "registratur", Department: corpustest.All, Client: "api"},
		Op: op, Result: audit.Allow, Object: "akte/" + string(akte.ID), Akten: []string{string(akte.ID)},
	}
	if doc != "" {
		e.Object = "document/" + string(doc)
	}
	return e
}

// store stores the documents from one to before another.
func (w *searched) store(ctx context.Context, a *app, from, to int) error {
	type paper struct {
		doc     archive.Document
		version archive.Version
		key     seal.Key
	}
	var papers []paper
	for n := from; n < to; n++ {
		doc, id := w.corpus.Document(n)
		v, key := archive.Version{
			ID: id, Documents: []archive.DocumentID{doc.ID}, Kind: "text/plain", ReceivedAt: doc.Created, ReceivedBy: doc.FiledBy,
			Original: archive.Object{Ref: blob.NewRef(), Size: 1, SHA256: sha256.Sum256([]byte(id))}, State: archive.StateReady,
		}, seal.NewKey()
		if err := pack(ctx, a, &v, key, w.corpus.Pages(n)); err != nil {
			return err
		}
		papers = append(papers, paper{doc, v, key})
	}
	return a.store.Update(ctx, func(tx archive.Tx) error {
		for i, p := range papers {
			akte := w.corpus.Akte(w.corpus.AkteOf(from + i))
			if err := errors.Join(tx.PutDocument(p.doc), tx.AddVersion(p.version, p.key), tx.Record(w.event(audit.OpUpload, akte, p.doc.ID))); err != nil {
				return err
			}
		}
		return nil
	})
}

// pack stores the text of a version.
func pack(ctx context.Context, a *app, v *archive.Version, content seal.Key, pages []string) error {
	at := int64(0)
	for _, p := range pages {
		v.Pages = append(v.Pages, archive.PageFacts{
			Width: 595, Height: 842, Source: "embedded", Confidence: 100, Text: archive.Part{Offset: at, Length: int64(len(p))}, Language: "deu",
		})
		at += int64(len(p))
	}
	ref := blob.NewRef()
	key, err := archive.ObjectKey(content, ref)
	if err != nil {
		return err
	}
	received, err := a.objects.Receive(ctx, ref, key, strings.NewReader(strings.Join(pages, "")), -1)
	if err != nil {
		return err
	}
	v.Text = archive.Object{Ref: ref, Size: received.Size, SHA256: received.SHA256}
	return received.Commit(ctx)
}

// bareBatch is how many documents the server indexes at once when it makes an index anew.
const bareBatch = 2000

// makeBare indexes the documents in Bleve as it comes.
func (w *searched) makeBare() error {
	x, err := baretest.Create(filepath.Join(w.dir, "bare"))
	if err != nil {
		return err
	}
	for from := 0; from < w.corpus.Documents && err == nil; from += bareBatch {
		var documents []index.Document
		for n := from; n < min(from+bareBatch, w.corpus.Documents); n++ {
			documents = append(documents, w.corpus.Entry(n))
		}
		err = x.Add(documents)
	}
	return errors.Join(err, x.Close())
}

// open opens the index of the data folder, and Bleve's.
func (w *searched) open(t *testing.T) (*bleveindex.Index, *baretest.Index) {
	t.Helper()
	x := openIndex(t, filepath.Join(w.dir, "data", "index"))
	bare, err := baretest.Open(filepath.Join(w.dir, "bare"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := bare.Close(); err != nil {
			t.Error(err)
		}
	})
	if n, _, err := x.Counts(t.Context()); err != nil || n != w.corpus.Documents {
		t.Fatalf("%d documents in the index: %v", n, err)
	}
	return x, bare
}

func openIndex(t *testing.T, dir string) *bleveindex.Index {
	t.Helper()
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	x, err := bleveindex.Open(bleveindex.Config{Dir: dir, Synonyms: set.Synonyms, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// makeCrowd indexes persons.
func makeCrowd(t *testing.T, x *bleveindex.Index, c *corpustest.Corpus) {
	t.Helper()
	if _, n, err := x.Counts(t.Context()); err != nil || n == c.Persons {
		return
	}
	for from := 0; from < c.Persons; from += bareBatch {
		b := index.Batch{Seq: uint64(from + 1)}
		for n := from; n < min(from+bareBatch, c.Persons); n++ {
			b.Persons = append(b.Persons, c.PersonEntry(n))
		}
		if err := x.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
}

// size compares the index with the texts in it.
func (w *searched) size(t *testing.T) {
	text := 0
	for n := 0; n < w.corpus.Documents; n += 10 {
		for _, p := range w.corpus.Pages(n) {
			text += 10 * len(p)
		}
	}
	x, _ := w.open(t)
	size, err := x.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ratio := float64(size) / float64(text)
	row("index on disk", fmt.Sprintf("%d MB", size>>20), fmt.Sprintf("%d MB of text", text>>20), fmt.Sprintf("%.2f", ratio), "≤ 1.3", ratio <= 1.3)
}
