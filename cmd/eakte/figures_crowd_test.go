package main

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// crowd is how many files one person drops at once, and crowded how long pages of others may take meanwhile.
const (
	crowd   = 1000
	crowded = 100 * time.Millisecond
)

// figureCrowd has one person drop a thousand scans, and measures what another one notices of it: her pages while
// they come in and are recognised, and how many of the thousand are read before the one scan that she brings.
func figureCrowd(t *testing.T) {
	s := startBuilt(t, t.TempDir())
	post := s.client("post", "registratur", "poststelle")
	clerk, c := s.signIn("sach", "sachbearbeitung", "auslaenderbehoerde")
	akte, err := c.newAkte()
	if err != nil {
		t.Fatal(err)
	}
	clerk.post(t, "/akten/"+akte+"/purpose", url.Values{"purpose": {"bearbeitung"}})
	papers := scans(t, 10, false)
	var next, in atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := next.Add(1); i <= crowd; i = next.Add(1) {
				paper := fmt.Appendf(bytes.Clone(papers[i%10]), "\n%% %d\n", i) // no other has the same bytes
				if r, err := post.upload("/inbox", "scan.pdf", `{}`, bytes.NewReader(paper)); err != nil || r.status != 201 {
					t.Errorf("upload: %d %v", r.status, err)
				}
				in.Add(1)
			}
		})
	}
	for in.Load() < crowd/10 {
		time.Sleep(20 * time.Millisecond)
	}
	visit := func(when string) {
		var took []time.Duration
		for range 30 {
			for _, path := range []string{"/", "/inbox", "/akten", "/akten/" + akte, "/search"} {
				took = append(took, clerk.open(t, path))
			}
		}
		p95 := percentile95(took)
		row(fmt.Sprintf("pages of another %s", when), fmt.Sprintf("p95 %.1f ms", ms(p95)), fmt.Sprintf("median %.1f ms", ms(median(took))),
			fmt.Sprintf("%.2f", float64(p95)/float64(crowded)), fmt.Sprintf("≤ %v", crowded), p95 <= crowded)
	}
	visit(fmt.Sprintf("while %d files come in", crowd))
	wg.Wait()
	visit(fmt.Sprintf("while %d files are read", crowd))
	before := unread(t, post)
	id, err := c.add(akte, "scan.pdf", bytes.NewReader(papers[0]))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	becomesReady(t, c, id, 5*time.Minute)
	passed := before - unread(t, post)
	row(fmt.Sprintf("one scan of another behind %d", before), fmt.Sprintf("read after %.1f s and %d of them", time.Since(start).Seconds(), passed),
		"–", "–", "≤ 10 of them", passed <= 10)
	s.end()
}

// becomesReady waits until a document was read.
func becomesReady(t *testing.T, c *client, id string, limit time.Duration) {
	t.Helper()
	for late := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		var doc struct{ State, Reason string }
		err := c.get("/documents/"+id, &doc)
		if err == nil && doc.State == "ready" {
			return
		}
		if err != nil || doc.State == "failed" || time.Now().After(late) {
			t.Fatalf("%s %s: %v", doc.State, doc.Reason, err)
		}
	}
}

// unread is how many papers of the reader's basket wait to be read.
func unread(t *testing.T, c *client) (n int) {
	t.Helper()
	for cursor := ""; ; {
		var page struct {
			Items []struct{ State string }
			Next  string `json:"next_cursor"`
		}
		if err := c.get("/inbox?limit=100&cursor="+cursor, &page); err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			if i.State != "ready" {
				n++
			}
		}
		if cursor = page.Next; cursor == "" {
			return n
		}
	}
}

// shortOnes is how many PDFs of five pages are read before the long one: enough for their children to meet in every way.
const shortOnes = 20

// figureLong measures what a long PDF takes in memory, beside short ones: the server and its children together.
func figureLong(t *testing.T) {
	pages := 500
	if v, err := strconv.Atoi(os.Getenv("EAKTE_TEST_PAGES")); err == nil && v > 9 {
		pages = v
	}
	c, akte := caseworker(t)
	pid := c.server.pid()
	read := func(n, times int) int64 {
		paper := stack(t, n)
		quiet(t, c.server)
		return highestOf(func() (int64, error) { return family(pid) }, func() {
			for i := range times {
				id, err := c.add(akte, "stapel.pdf", bytes.NewReader(fmt.Appendf(bytes.Clone(paper), "\n%% %d\n", i)))
				if err != nil {
					t.Fatal(err)
				}
				becomesReady(t, c, id, 30*time.Minute)
			}
		})
	}
	short := read(5, shortOnes)
	long := read(pages, 1)
	row(fmt.Sprintf("memory of server and children, a PDF of %d pages", pages), fmt.Sprintf("%d MB", long>>20),
		fmt.Sprintf("%d MB for %d of 5, one after the other", short>>20, shortOnes), "–", "≤ 50 MB more", long-short <= 50<<20)
	c.server.end()
}
