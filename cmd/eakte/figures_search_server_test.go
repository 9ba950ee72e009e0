package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eakte/index/corpustest"
)

// figureServer measures what pages ask the delivered program for: whole round trips over loopback, with
// snippets, persons and the event in the trail.
func (w *searched) figureServer(t *testing.T) {
	s := startBuilt(t, filepath.Join(w.dir, "data"))
	name := fmt.Sprintf("clerk%d", time.Now().UnixNano())
	c := s.client(name, "sachbearbeitung", corpustest.All)
	for _, k := range corpustest.Kinds() {
		w.round(t, "POST /search, "+string(k), w.corpus.Queries(k, w.asked+warming), func(q corpustest.Query) error {
			return c.post("/search", map[string]any{"q": q.Text, "limit": 10}, &struct{}{})
		})
	}
	names := w.corpus.NameQueries(w.asked + warming)
	var persons []corpustest.Query
	for _, text := range append(names["full name"][:w.asked/2], names["misspelt name"][:w.asked/2]...) {
		persons = append(persons, corpustest.Query{Text: text})
	}
	w.round(t, "POST /search, a person's name", persons, func(q corpustest.Query) error {
		return c.post("/search", map[string]any{"q": q.Text, "limit": 10}, &struct{}{})
	})
	few := w.corpus.Queries(corpustest.Frequent, w.asked/2+warming)
	for _, page := range []int{1, 1000} {
		path := "/akten?limit=20"
		for range page - 1 {
			var got struct {
				Next string `json:"next_cursor"`
			}
			if err := c.get(path, &got); err != nil {
				t.Fatal(err)
			}
			if got.Next == "" {
				break // there are fewer
			}
			path = "/akten?limit=20&cursor=" + got.Next
		}
		w.round(t, fmt.Sprintf("GET /akten, page %d", page), few, func(corpustest.Query) error { return c.get(path, nil) })
	}
	quiet(t, s)
	idle := anonymous(t, s.pid())
	row("memory of the server, idle behind these requests", fmt.Sprintf("%d MB", idle>>20), "–", "–", "≤ 300 MB", idle <= 300<<20)
	s.end()
	s = startBuilt(t, filepath.Join(w.dir, "data"))
	quiet(t, s)
	idle = anonymous(t, s.pid())
	row("memory of the server, idle after its start", fmt.Sprintf("%d MB", idle>>20), "–", "–", "≤ 300 MB", idle <= 300<<20)
	s.end()
}

// round measures requests.
func (w *searched) round(t *testing.T, what string, queries []corpustest.Query, ask func(corpustest.Query) error) {
	t.Helper()
	var took sample
	for i, q := range queries {
		d, err := fastest(func() error { return ask(q) })
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if i >= warming {
			took = append(took, d)
		}
	}
	w.within(what, took)
}

// figureRebuild has the delivered program make its index anew from records and texts, beside bare Bleve that
// is given the same texts out of memory, and watches its memory.
func (w *searched) figureRebuild(t *testing.T) {
	data := filepath.Join(w.dir, "data")
	if err := os.RemoveAll(filepath.Join(data, "index")); err != nil {
		t.Fatal(err)
	}
	s := startBuilt(t, data)
	begun := time.Now()
	c := s.client(fmt.Sprintf("clerk%d", begun.UnixNano()), "sachbearbeitung", corpustest.All)
	work := spent(t, s.pid())
	most := highest(t, s.pid(), func() {
		for incomplete := true; incomplete; {
			time.Sleep(300 * time.Millisecond)
			var err error
			if incomplete, err = behind(c); err != nil {
				t.Fatal(err)
			}
		}
	})
	took := time.Since(begun)
	work = spent(t, s.pid()) - work
	row("memory of the server while it indexes", fmt.Sprintf("%d MB at the most", most>>20), "–", "–", "≤ 600 MB", most <= 600<<20)
	if children(s.pid()) {
		t.Error("the server recognises papers while it makes the index anew")
	}
	quiet(t, s)
	idle := anonymous(t, s.pid())
	row("memory of the server, idle behind that", fmt.Sprintf("%d MB", idle>>20), "–", "–", "≤ 300 MB", idle <= 300<<20)
	s.end()
	start := time.Now()
	err := errors.Join(os.RemoveAll(filepath.Join(w.dir, "bare")), w.makeBare())
	if err != nil {
		t.Fatal(err)
	}
	bare := time.Since(start) - w.making()
	n := float64(w.corpus.Documents)
	ratio := bare.Seconds() / took.Seconds()
	row("rebuild by the server, without recognising", fmt.Sprintf("%.0f documents/s, processor time %s", n/took.Seconds(), work.Round(time.Second)),
		fmt.Sprintf("%.0f documents/s in Bleve", n/bare.Seconds()), fmt.Sprintf("%.2f", ratio), "≥ 0.8", ratio >= 0.8)
}

// making is how long it takes to make up the texts, which is no part of indexing them.
func (w *searched) making() time.Duration {
	const some = 500
	start := time.Now()
	for n := range some {
		w.corpus.Entry(n)
	}
	return time.Since(start) * time.Duration(w.corpus.Documents) / some
}

// behind reports whether the server says that its answers are incomplete.
func behind(c *client) (bool, error) {
	var got struct{ Incomplete bool }
	body, err := json.Marshal(map[string]any{"q": "Aufenthalt", "limit": 1})
	if err != nil {
		return false, err
	}
	r, err := c.send("POST", "/search", "application/json", strings.NewReader(string(body)))
	if err == nil && r.status != 200 {
		return true, nil // while the index is put in place
	}
	if err == nil {
		err = r.read(&got)
	}
	return got.Incomplete, err
}
