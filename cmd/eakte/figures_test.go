package main

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestFigures measures the delivered program over loopback, each figure beside a limit measured in the
// same run, and prints lines "what | measured | limit | ratio | goal | ok or missed". It is what
// "make bench" runs: nothing in it fails because a machine is slow. It runs with EAKTE_TEST_FIGURES=1;
// EAKTE_TEST_PAGES sets the length of the long scan, EAKTE_TEST_DOCUMENTS how many there are behind the pages.
func TestFigures(t *testing.T) {
	if os.Getenv("EAKTE_TEST_FIGURES") == "" {
		t.Skip("set EAKTE_TEST_FIGURES=1 to measure")
	}
	needTools(t)
	fmt.Printf("%d processors, load average %s\n", runtime.NumCPU(), load(t))
	fmt.Println("what | measured | limit | ratio | goal | result")
	t.Run("upload", figureUploads)
	t.Run("lists", figureLists)
	t.Run("pages", figurePages)
	t.Run("image", figureImage)
	t.Run("digital", figureDigital)
	t.Run("memory", figureMemory)
	t.Run("page", figurePage)
	t.Run("stack", figureStack)
	t.Run("bundle", figureBundle)
	t.Run("import", figureImport)
	t.Run("crowd", figureCrowd)
	t.Run("long", figureLong)
	fmt.Printf("load average %s\n", load(t))
}

func load(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(data))[:3], " ")
}

// row prints a figure. ratio and goal are words, ok is whether the goal is met.
func row(what, measured, limit, ratio, goal string, ok bool) {
	result := "missed"
	if ok {
		result = "ok"
	}
	fmt.Println(strings.Join([]string{what, measured, limit, ratio, goal, result}, " | "))
}

// median and percentile95 are those of what was measured; the order of values is changed.
func median[T cmp.Ordered](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

func percentile95[T cmp.Ordered](values []T) T {
	slices.Sort(values)
	return values[min(len(values)*95/100, len(values)-1)]
}

// newAkte enters a person and opens an Akte for her.
func (c *client) newAkte() (id string, err error) {
	var made struct{ ID string }
	person := map[string]any{
		"names":      []map[string]string{{"family": "Muster", "given": "Maria", "kind": "official"}},
		"birth_date": "1990-05-17", "sex": "f", "nationalities": []string{"SYR"},
	}
	if err := c.post("/persons", person, &made); err != nil {
		return "", err
	}
	akte := map[string]any{"person_id": made.ID, "plan": "33.11", "lead_department": "auslaenderbehoerde"}
	if err := c.post("/akten", akte, &made); err != nil {
		return "", err
	}
	return made.ID, nil
}

// add uploads a paper into an Akte and returns its ID.
func (c *client) add(akte, name string, file io.Reader) (id string, err error) {
	r, err := c.upload("/akten/"+akte+"/documents", name, `{"type":"aktenvermerk"}`, file)
	if err != nil {
		return "", err
	}
	var made struct{ ID string }
	if r.status != 201 {
		return "", fmt.Errorf("upload: %d: %s", r.status, r.body)
	}
	return made.ID, json.Unmarshal(r.body, &made)
}

// held is a setting under which the server's recognition waits: its children sleep instead of working,
// so that nothing but uploads is measured.
func held(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bwrap"), []byte("#!/bin/sh\nexec sleep 3600\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return "PATH=" + dir + ":" + os.Getenv("PATH")
}

// figureUploads measures durable uploads: until the answer 201, through multipart, hashing, sealing,
// fsync, records and trail.
func figureUploads(t *testing.T) {
	data := t.TempDir()
	s := startBuilt(t, data, held(t))
	c := s.client("post", "registratur", "poststelle")
	for _, f := range []struct {
		name                          string
		size, clients, uploads, round int
		goal                          float64
	}{
		{"200 KB, 16 clients", 200 << 10, 16, 96, 7, 1.5},
		{"2 MB, 1 client", 2 << 20, 1, 10, 7, 0.8},
		{"2 MB, 4 clients", 2 << 20, 4, 20, 7, 1.1},
		{"64 MB, 1 client", 64 << 20, 1, 1, 5, 0.8},
		{"64 MB, 4 clients", 64 << 20, 4, 4, 5, 1.1},
	} {
		paper := append([]byte("%PDF-1.7\n"), make([]byte, f.size)...)
		if _, err := rand.Read(paper[9:]); err != nil {
			t.Fatal(err)
		}
		var ours, limit []float64
		mb := float64(len(paper)) * float64(f.uploads) / 1e6
		for i := range f.round + 1 {
			a := uploadRound(t, c, paper, f.clients, f.uploads)
			b := plainRound(t, t.TempDir(), paper, f.uploads)
			if i > 0 { // the first warms up
				ours, limit = append(ours, mb/a.Seconds()), append(limit, mb/b.Seconds())
			}
		}
		o, l := median(ours), median(limit)
		row("durable upload, "+f.name, fmt.Sprintf("%.0f MB/s", o), fmt.Sprintf("%.0f MB/s SHA-256, write, fsync", l),
			fmt.Sprintf("%.2f", o/l), fmt.Sprintf("≥ %.1f", f.goal), o/l >= f.goal)
	}
}

func uploadRound(t *testing.T, c *client, paper []byte, clients, uploads int) time.Duration {
	var wg sync.WaitGroup
	start := time.Now()
	for n := range clients {
		wg.Go(func() {
			for i := n; i < uploads; i += clients {
				r, err := c.upload("/inbox", "brief.pdf", `{}`, bytes.NewReader(paper))
				if err != nil || r.status != 201 {
					t.Errorf("upload: %d %v %s", r.status, err, r.body)
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

// plainRound does what no durable upload can do without, one after the other.
func plainRound(t *testing.T, dir string, paper []byte, uploads int) time.Duration {
	start := time.Now()
	for i := range uploads {
		sum := sha256.Sum256(paper)
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%d-%x", i, sum[:4])))
		if err == nil {
			_, err = f.Write(paper)
		}
		if err == nil {
			err = f.Sync()
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	took := time.Since(start)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	return took
}

// zeros are n bytes of a paper that is none.
func zeros(n int64) io.Reader {
	return io.MultiReader(strings.NewReader("%PDF-1.7\n"), io.LimitReader(blank{}, n))
}

type blank struct{}

func (blank) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// figureMemory measures what the server itself takes, with recognition at work.
func figureMemory(t *testing.T) {
	data := t.TempDir()
	s := startBuilt(t, data)
	c := s.client("post", "registratur", "poststelle")
	s.end() // making an account takes memory on purpose
	s = startBuilt(t, data)
	c.server = s
	idle := anonymous(t, s.pid())
	most := highest(t, s.pid(), func() {
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if r, err := c.upload("/inbox", "brief.pdf", `{}`, zeros(50<<20)); err != nil || r.status != 201 {
					t.Errorf("upload: %d %v", r.status, err)
				}
			})
		}
		wg.Wait()
	})
	row("memory, 20 uploads of 50 MB at once", fmt.Sprintf("%d MB over idle", (most-idle)>>20),
		fmt.Sprintf("%d MB idle", idle>>20), "–", "≤ 256 MB", most-idle <= 256<<20)
	dir := filepath.Join(sharedFolder(t), "corpus")
	before := anonymous(t, s.pid())
	most = highest(t, s.pid(), func() {
		for _, m := range manifest(t, dir) {
			if m.folder == "hostile" && strings.HasSuffix(m.path, ".pdf") {
				settle(t, c, handIn(t, c, dir, m), 3*time.Minute)
			}
		}
	})
	row("memory, hostile PDFs one by one", fmt.Sprintf("%d MB growth", (most-before)>>20),
		fmt.Sprintf("%d MB before", before>>20), "–", "≤ 50 MB", most-before <= 50<<20)
	s.end()
}
