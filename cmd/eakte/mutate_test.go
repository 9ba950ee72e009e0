package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"eakte/archive"
	"eakte/ingest"
	"eakte/ingest/bundle"
	"eakte/ingest/ocr"
	"eakte/ingest/read"
	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
	"eakte/ingest/sniff"
)

const (
	// mutantsARun is how many mutants a short run makes.
	mutantsARun = 20
	// serverShare is one mutant in how many that goes through the real server, too; recognisedShare one in
	// how many of the others that is really recognised, which takes most of the time.
	serverShare, recognisedShare = 10, 20
	// mutantTime is how long the machine may be busy with one; pagesRead how many of its pages are read.
	mutantTime = 4 * time.Minute
	pagesRead  = 3
	// batch is how many the server is handed at once.
	batch = 8
)

// TestMutate spoils files of the corpus in every way a mutator knows and takes them the way of everything
// that is received: the children that read, draw, take apart and put together get all of them, the real
// server every tenth. Each has to end read, refused with a reason, in quarantine or waiting for a password,
// and nothing else may happen. N is the number of mutants, SEED chooses them, AT is the first one's number:
// "AT=4711 N=1" with the seed of a finding repeats it.
func TestMutate(t *testing.T) {
	dir := filepath.Join(sharedFolder(t), "corpus")
	needTools(t)
	n, first := number(t, "N", mutantsARun), number(t, "AT", 1)
	c := &mutating{t: t, mutator: newMutator(t, dir, uint64(number(t, "SEED", 1))), ends: map[string]int{}}
	begun := time.Now()
	c.open()
	c.children(first, n)
	c.server(first, n)
	t.Logf("mutate: seed %d: %d mutants, %d through the server: %s; slowest %s (number %d); this process grew by %d MB, the server by %d MB at most; %d findings, in %s",
		c.seed, n, c.served, c.told(), c.slowest.Round(time.Millisecond), c.slowestOf, c.grown>>20, c.serverGrown>>20, c.findings.Load(), time.Since(begun).Round(time.Second))
}

// mutating is a run of the campaign.
type mutating struct {
	t *testing.T
	*mutator
	// full recognises; fast does everything but that.
	full, fast ingest.Documents
	composer   *bundle.Composer
	findings   atomic.Int64

	grown, serverGrown int64
	served             int

	mu        sync.Mutex
	ends      map[string]int
	slowest   time.Duration
	slowestOf int
}

// open opens the readers. Their children are the delivered program's.
func (c *mutating) open() {
	t := c.t
	box, err := sandbox.New(sandbox.Config{Program: os.Getenv("EAKTE_READER")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	engine, err := ocr.New(box)
	if err != nil {
		t.Fatal(err)
	}
	for to, by := range map[*ingest.Documents]ocr.Recognizer{&c.full: engine, &c.fast: illiterate{}} {
		r, err := read.New(read.Config{Sandbox: box, Recognizer: by, Others: ocr.Languages()})
		if err != nil {
			t.Fatal(err)
		}
		*to = ingest.Documents{Reader: r, Sandbox: box, Languages: "deu+eng"}
	}
	c.composer = &bundle.Composer{Sandbox: box}
}

// illiterate is a recogniser that finds nothing.
type illiterate struct{}

func (illiterate) Recognize(context.Context, ocr.Image, string) (ocr.PageText, error) {
	return ocr.PageText{}, nil
}

func (illiterate) Lines(context.Context, ocr.Image, string, string) (ocr.PageText, error) {
	return ocr.PageText{}, nil
}

func (illiterate) Orientation(context.Context, ocr.Image) (int, float64, error) { return 0, 0, nil }

// children takes the mutants through the children, as many at once as there are processors.
func (c *mutating) children(first, n int) {
	t := c.t
	t.Helper()
	var idle int64
	var done atomic.Int64
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for i := first; i < first+n; i++ {
		group.Go(func() error {
			c.one(c.spoil(i))
			if at := done.Add(1); at%1000 == 0 {
				t.Logf("%d of %d, %d findings", at, n, c.findings.Load())
			}
			return nil
		})
		if i == first+n/20 { // what everything needs once is there
			_ = group.Wait() // no errors
			debug.FreeOSMemory()
			idle = anonymous(t, os.Getpid())
		}
	}
	_ = group.Wait() // no errors
	debug.FreeOSMemory()
	if c.grown = anonymous(t, os.Getpid()) - idle; c.grown > maxGrowth {
		t.Errorf("this process grew by %d MB", c.grown>>20)
	}
	for end := time.Now().Add(10 * time.Second); children(os.Getpid()); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Error("a child is left")
			break
		}
	}
}

// one takes a mutant through the children. It lies on the disk meanwhile, to be found if it ends this process.
func (c *mutating) one(m mutant) {
	t := c.t
	at := c.keep("running", m)
	begun := time.Now()
	end, err := c.read(m)
	if errors.Is(err, sandbox.ErrInterrupted) {
		end, err = c.read(m) // this machine may be short of memory
	}
	took := time.Since(begun)
	if err != nil || took > mutantTime {
		c.findings.Add(1)
		t.Errorf("AT=%d SEED=%d (%s, %v), kept as %s: %v after %s", m.n, c.seed, m.path, m.ops, c.keep("found", m), err, took.Round(time.Second))
	}
	if err := os.Remove(at); err != nil {
		t.Error(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	state, _, _ := strings.Cut(end, " ")
	c.ends[state]++
	if took > c.slowest {
		c.slowest, c.slowestOf = took, m.n
	}
}

// keep writes a mutant beside the checkout's other products and returns where.
func (c *mutating) keep(folder string, m mutant) string {
	dir, err := filepath.Abs(filepath.Join("../../.cache/mutants", folder))
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	name := filepath.Join(dir, fmt.Sprintf("%d-%d%s", c.seed, m.n, filepath.Ext(m.path)))
	if err == nil {
		err = os.WriteFile(name, m.data, 0o644)
	}
	if err != nil {
		c.t.Error(err)
	}
	return name
}

// told counts how they ended.
func (c *mutating) told() string {
	var out []string
	for _, end := range slices.Sorted(maps.Keys(c.ends)) {
		out = append(out, fmt.Sprintf("%d %s", c.ends[end], end))
	}
	return strings.Join(out, ", ")
}

// errEnough ends a document of which enough was read.
var errEnough = errors.New("enough")

// read takes a mutant the whole way and returns how it ends: "ready", or a state with a reason. The error
// is a finding.
func (c *mutating) read(m mutant) (end string, err error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), mutantTime)
	defer cancel()
	kind, err := sniff.Check(m.data[:min(len(m.data), sniff.HeadSize)], m.name())
	var refusal *sniff.Refusal
	if errors.As(err, &refusal) {
		return "refused " + refusal.Code, nil
	}
	if err != nil {
		return "", err
	}
	by := c.fast
	if m.n%recognisedShare == 0 {
		by = c.full
	}
	reading, err := by.Open(ctx, string(kind), int64(len(m.data)), bytes.NewReader(m.data))
	if err == nil {
		err = errors.Join(c.pages(ctx, m, by, reading), reading.Close())
	}
	if m.n%4 == 1 && err == nil {
		err = c.compose(ctx, m, kind)
	}
	var failure *read.Failure
	switch {
	case err == nil:
		return "ready", nil
	case errors.As(err, &failure) && failure.Code != "":
		return string(failure.State) + " " + failure.Code, nil
	}
	return "", err
}

// pages reads and draws some pages, and takes the first one out for a document of its own.
func (c *mutating) pages(ctx context.Context, m mutant, by ingest.Documents, reading ingest.Reading) error {
	var lays []page.Lay
	err := reading.Text(ctx, func(p page.Page) error {
		if lays = append(lays, page.Lay{Rotation: p.Rotation, Corners: p.Corners}); len(lays) == pagesRead {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	drawn := 0
	err = reading.Images(ctx, lays, func(_, _ []byte) error {
		if drawn++; drawn == pagesRead {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if m.n%4 != 0 {
		return nil
	}
	outputs := [][]archive.Leaf{{{Page: 1}}, {{Page: 1, Turn: 90}}}
	return by.Bind(ctx, []ingest.Reading{reading}, outputs, func(_ string, content io.Reader) error {
		_, err := io.Copy(io.Discard, content)
		return err
	})
}

// compose makes a bundle of it, which never fails.
func (c *mutating) compose(ctx context.Context, m mutant, kind sniff.Kind) error {
	plan := bundle.Plan{Language: "de", Title: "Akte", Registers: []bundle.Register{{Title: "Asyl", Documents: []bundle.Document{
		{Title: "Brief", Source: spoilt{kind, m.data}},
	}}}}
	var out bytes.Buffer
	err := c.composer.Compose(ctx, plan, &out, func(int) error { return nil })
	if err == nil && !bytes.HasPrefix(out.Bytes(), []byte("%PDF-")) {
		err = errors.New("the bundle is no PDF")
	}
	if err != nil {
		return fmt.Errorf("bundle: %v", err) // never a failure of the document
	}
	return nil
}

// spoilt is a document of a bundle in memory, without page images.
type spoilt struct {
	kind sniff.Kind
	data []byte
}

func (s spoilt) Kind() string     { return string(s.kind) }
func (s spoilt) Size() int64      { return int64(len(s.data)) }
func (s spoilt) Rotations() []int { return nil }

func (s spoilt) Original(_ context.Context, to io.Writer) error {
	_, err := to.Write(s.data)
	return err
}

func (s spoilt) Images(context.Context, func([]byte, float32, float32) error) error { return nil }

// server hands every tenth mutant in at a real server, some at a time, and looks at what becomes of them.
func (c *mutating) server(first, n int) {
	t := c.t
	t.Helper()
	data := t.TempDir()
	p := startBuilt(t, data)
	post := p.client("post", "registratur", "poststelle")
	p.end() // making an account takes memory on purpose
	p = startBuilt(t, data)
	post.server = p
	idle := anonymous(t, p.pid())
	var numbers []int
	for i := first; i < first+n; i++ {
		if i%serverShare == 0 || n == 1 {
			numbers = append(numbers, i)
		}
	}
	for some := range slices.Chunk(numbers, batch) {
		grown := highest(t, p.pid(), func() { c.handIn(post, some) }) - idle
		c.serverGrown = max(c.serverGrown, grown)
		if !p.alive() {
			c.findings.Add(1)
			t.Fatalf("SEED=%d: the server died of one of %v: %v\n%s", c.seed, some, p.err, p.talk)
		}
		if grown > maxGrowth {
			c.findings.Add(1)
			t.Errorf("SEED=%d: the server grew by %d MB on one of %v", c.seed, grown>>20, some)
			idle += grown
		}
		c.served += len(some)
	}
	checkLog(t, p)
	p.end()
	whole(t, data)
}

// handIn uploads mutants and asks how each ended.
func (c *mutating) handIn(post *client, numbers []int) {
	t := c.t
	t.Helper()
	var all []*sent
	for _, i := range numbers {
		m := c.spoil(i)
		name := fmt.Sprintf("AT=%d SEED=%d (%s, %v)", m.n, c.seed, m.path, m.ops)
		all = append(all, handInBytes(t, post, manifested{path: name, upload: m.name()}, m.data))
	}
	for _, s := range all {
		settle(t, post, s, mutantTime)
		state, reason, _ := strings.Cut(s.outcome, " ")
		final := slices.Contains([]string{"ready", "failed", "quarantined", "password", "413", "415", "422"}, state)
		if !final || state != "ready" && reason == "" || reason == "gave_up" {
			c.findings.Add(1)
			t.Errorf("%s: ended as %q", s.path, s.outcome)
		}
	}
	checkOriginals(t, post, all)
}
