package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"eakte/archive"
)

// figureLists measures list pages of an Akte of 500 documents, beside a cursor over the same rows, and
// the start with that folder. Times are whole round trips over loopback, HTTP and JSON included.
func figureLists(t *testing.T) {
	const documents = 500
	data := t.TempDir()
	s := startBuilt(t, data)
	c := s.client("sach", "sachbearbeitung", "auslaenderbehoerde")
	post := s.client("reg", "registratur", "auslaenderbehoerde")
	akte := fillAkte(t, c, post, documents)
	quiet(t, s)
	var page struct {
		Items []struct{ ID string }
		Next  string `json:"next_cursor"`
	}
	if err := c.get("/akten/"+akte+"/documents?limit=100", &page); err != nil || len(page.Items) != 100 {
		t.Fatalf("%d documents on the first page: %v", len(page.Items), err)
	}
	for _, l := range []struct {
		what, path string
		from       *client
	}{
		{"head of the Akte", "/akten/" + akte, c},
		{"its documents, 50 a page", "/akten/" + akte + "/documents", c},
		{"its documents, 100 a page", "/akten/" + akte + "/documents?limit=100", c},
		{"its documents, the second 100", "/akten/" + akte + "/documents?limit=100&cursor=" + page.Next, c},
		{"one document", "/documents/" + page.Items[0].ID, c},
		{"Akten", "/akten", c},
		{"basket, 50 a page", "/inbox", post},
		{"who I am", "/me", c},
	} {
		var took []time.Duration
		var begun time.Duration
		for i := range 220 {
			if i == 20 {
				begun = spent(t, s.pid())
			}
			start := time.Now()
			if err := l.from.get(l.path, nil); err != nil {
				t.Fatal(err)
			}
			if i >= 20 {
				took = append(took, time.Since(start))
			}
		}
		p95, work := percentile95(took), (spent(t, s.pid())-begun)/time.Duration(len(took))
		row("list page: "+l.what, fmt.Sprintf("p95 %.1f ms", ms(p95)), fmt.Sprintf("median %.1f ms, processor time %.1f ms", ms(median(took)), ms(work)),
			"–", "p95 ≤ 5 ms", p95 <= 5*time.Millisecond)
	}
	s.end()
	cursorRows(t, data, archive.AkteID(akte))
	var starts []time.Duration
	for range 5 {
		start := time.Now()
		again := startBuilt(t, data)
		starts = append(starts, time.Since(start))
		again.end()
	}
	m := median(starts)
	row(fmt.Sprintf("start with %d documents, until ready", documents), fmt.Sprint(m.Round(time.Millisecond)), "–", "–", "≤ 2s", m <= 2*time.Second)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// fillAkte makes an Akte of n short documents, 20 more Akten, and a basket of 100 papers.
func fillAkte(t *testing.T, c, post *client, n int) string {
	t.Helper()
	akte, err := c.newAkte()
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := c.newAkte(); err != nil {
			t.Fatal(err)
		}
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n)+100; i = next.Add(1) {
				text := strings.NewReader(fmt.Sprintf("Aktenvermerk %d\n\nDie Vorsprache war am Vormittag.\n", i))
				var err error
				if i <= int64(n) {
					_, err = c.add(akte, "vermerk.txt", text)
				} else {
					var r reply
					if r, err = post.upload("/inbox", "vermerk.txt", `{}`, text); err == nil && r.status != 201 {
						err = fmt.Errorf("upload: %d: %s", r.status, r.body)
					}
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return akte
}

// cursorRows measures the limit of the lists: reading the rows of the Akte from the store.
func cursorRows(t *testing.T, data string, akte archive.AkteID) {
	t.Helper()
	c := &cli{out: io.Discard, talk: io.Discard}
	cfg, err := loadConfig(data, "", readerSaid())
	if err != nil {
		t.Fatal(err)
	}
	var took []time.Duration
	rows := 0
	read := func(r archive.Reader) error {
		rows = 0
		for _, err := range r.Documents(akte, "schriftwechsel", "") {
			if err != nil {
				return err
			}
			if rows++; rows == 100 {
				break
			}
		}
		return nil
	}
	err = c.withApp(t.Context(), cfg, func(a *app) error {
		for range 200 {
			start := time.Now()
			if err := a.store.View(context.WithoutCancel(t.Context()), read); err != nil {
				return err
			}
			took = append(took, time.Since(start))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("  limit of a list: one cursor over %d of the rows, unsealed: p95 %.2f ms, median %.2f ms\n", rows, ms(percentile95(took)), ms(median(took)))
}
