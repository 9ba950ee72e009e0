package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// figureBundle measures an Akte as one PDF, from the request to the last byte: decided, recorded, with
// cover, contents, bookmarks and sheet numbers, sealed on the disk meanwhile. Beside it qpdf joins the
// same files and does nothing else. EAKTE_TEST_BUNDLE sets how many documents there are.
func figureBundle(t *testing.T) {
	n := 300
	if s := os.Getenv("EAKTE_TEST_BUNDLE"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	s := startBuilt(t, t.TempDir())
	c := s.client("clerk", "sachbearbeitung", "auslaenderbehoerde")
	akte, err := c.newAkte()
	if err != nil {
		t.Fatal(err)
	}
	files := joinable(t)
	dir := t.TempDir()
	args := []string{"--empty", "--pages"}
	var ids []string
	for i := range n {
		data := files[i%len(files)]
		id, err := c.add(akte, "brief.pdf", bytes.NewReader(data))
		path := filepath.Join(dir, fmt.Sprintf("%d.pdf", i))
		if err = errors.Join(err, os.WriteFile(path, data, 0o600)); err != nil {
			t.Fatal(err)
		}
		ids, args = append(ids, id), append(args, path)
	}
	for _, id := range ids {
		for state := ""; state == "" || state == "received" || state == "processing"; time.Sleep(20 * time.Millisecond) {
			var doc struct{ State string }
			if err := c.get("/documents/"+id, &doc); err != nil {
				t.Fatal(err)
			}
			state = doc.State
		}
	}
	args = append(args, "--", filepath.Join(dir, "out.pdf"))
	before := anonymous(t, s.pid())
	var ours, theirs []float64
	most := highest(t, s.pid(), func() {
		for range 4 {
			start := time.Now()
			r, err := c.send("GET", "/akten/"+akte+"/bundle.pdf", "", nil)
			ours = append(ours, time.Since(start).Seconds())
			if err != nil || r.status != 200 || !bytes.HasPrefix(r.body, []byte("%PDF-")) {
				t.Fatalf("bundle: %d %v", r.status, err)
			}
			start = time.Now()
			if out, err := exec.Command("qpdf", args...).CombinedOutput(); err != nil {
				t.Fatalf("qpdf: %v: %s", err, out)
			}
			theirs = append(theirs, time.Since(start).Seconds())
		}
	})
	o, q := median(ours[1:]), median(theirs[1:]) // the first warms up
	row(fmt.Sprintf("%d documents → one PDF", n), fmt.Sprintf("%.2f s, %d MB growth", o, (most-before)>>20),
		fmt.Sprintf("%.2f s qpdf --pages", q), fmt.Sprintf("%.2f", o/q), "≤ 2", o/q <= 2)
	s.end()
}

// joinable are the sound PDFs of the corpus that qpdf joins without complaint.
func joinable(t *testing.T) (out [][]byte) {
	dir := filepath.Join(sharedFolder(t), "corpus", "pdf")
	names, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command("qpdf", "--check", name).CombinedOutput()
		if err == nil && len(data) < 300<<10 && !strings.Contains(string(said), "WARNING") {
			out = append(out, data)
		}
	}
	if len(out) == 0 {
		t.Skip("the corpus has no PDFs")
	}
	return out
}
