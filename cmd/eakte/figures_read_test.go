package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // what the scans are
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"eakte/cmd/eakte/demo"
)

// found uploads a paper into an Akte and returns how long it took until a search found it by word.
// The wait for recognition asks for the document's state, which costs the server nothing worth
// counting; the searches begin when it is ready.
func found(t *testing.T, c *client, akte string, paper []byte, name, word string) time.Duration {
	t.Helper()
	before := hits(t, c, akte, word)
	quiet(t, c.server)
	start := time.Now()
	id, err := c.add(akte, name, bytes.NewReader(paper))
	if err != nil {
		t.Fatal(err)
	}
	late := start.Add(20 * time.Minute)
	for ; ; time.Sleep(max(2*time.Millisecond, time.Since(start)/50)) { // asking must not compete with reading
		var doc struct{ State, Reason string }
		if err := c.get("/documents/"+id, &doc); err != nil {
			t.Fatal(err)
		}
		if doc.State == "ready" {
			break
		}
		if doc.State == "failed" || time.Now().After(late) {
			t.Fatalf("%s is %s %s", name, doc.State, doc.Reason)
		}
	}
	for ; hits(t, c, akte, word) == before; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%s isn't found by a word of its own", name)
		}
	}
	return time.Since(start)
}

// hits is how many documents of the Akte a search finds.
func hits(t *testing.T, c *client, akte, word string) int {
	t.Helper()
	var answer struct{ Total int }
	ask := map[string]any{"q": word, "filters": map[string]string{"akte_id": akte}}
	if err := c.post("/search", ask, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Total
}

// caseworker starts a server with one Akte and returns its caseworker and that Akte.
func caseworker(t *testing.T) (c *client, akte string) {
	t.Helper()
	s := startBuilt(t, t.TempDir())
	c = s.client("sach", "sachbearbeitung", "auslaenderbehoerde")
	akte, err := c.newAkte()
	if err != nil {
		t.Fatal(err)
	}
	return c, akte
}

// quiet waits until the server has nothing to do any more; figures of one that works would be of two things.
func quiet(t *testing.T, s *server) {
	t.Helper()
	for end, last := time.Now().Add(20*time.Minute), spent(t, s.pid()); time.Now().Before(end); {
		time.Sleep(300 * time.Millisecond)
		now := spent(t, s.pid())
		if now-last < 20*time.Millisecond && !children(s.pid()) {
			return
		}
		last = now
	}
	t.Fatal("the server still has work after 20 minutes")
}

// children reports whether a process has some.
func children(pid int) bool {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return false
	}
	for _, f := range tasks {
		if data, err := os.ReadFile(f); err == nil && len(data) > 0 {
			return true
		}
	}
	return false
}

// spent is the processor time that a process itself has taken.
func spent(t testing.TB, pid int) time.Duration {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] { // utime, stime
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// figureDigital measures papers with embedded text, one after the other on an idle server.
func figureDigital(t *testing.T) {
	c, akte := caseworker(t)
	var took []time.Duration
	for _, d := range demo.Make(7).Documents {
		if d.Scan || len(took) == 51 {
			continue
		}
		paper, err := d.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		took = append(took, found(t, c, akte, paper, d.FileName, longest(embedded(t, paper))))
	}
	took = took[1:] // the first warms up
	p95 := percentile95(took)
	row(fmt.Sprintf("born-digital, upload → found, p95 of %d", len(took)), fmt.Sprint(p95.Round(time.Millisecond)),
		fmt.Sprintf("median %v", median(took).Round(time.Millisecond)), "–", "≤ 150ms", p95 <= 150*time.Millisecond)
	c.server.end()
}

// embedded is the text of a PDF.
func embedded(t *testing.T, paper []byte) string {
	t.Helper()
	cmd := exec.Command("pdftotext", "-", "-")
	cmd.Stdin = bytes.NewReader(paper)
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// bare runs tesseract on an image as one would by hand, on one processor, and returns the text and
// the time it took.
func bare(t *testing.T, image string) (text string, took time.Duration) {
	t.Helper()
	cmd := exec.Command("tesseract", image, "-", "-l", "deu+eng")
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	start := time.Now()
	out, err := cmd.Output()
	if err != nil {
		t.Error(err)
	}
	return string(out), time.Since(start)
}

// scans returns n scanned papers of one page each: fine ones, of 300 dots per inch, or coarse ones, of
// 200, which recognition enlarges first.
func scans(t *testing.T, n int, fine bool) (papers [][]byte) {
	t.Helper()
	for seed := int64(1); len(papers) < n; seed++ {
		for _, d := range demo.Make(seed).Documents {
			if !d.Scan || d.Pages > 1 || d.MediaType != "application/pdf" || len(papers) == n {
				continue
			}
			paper, err := d.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(images(t, paper)[0])
			if err != nil {
				t.Fatal(err)
			}
			look, _, err := image.DecodeConfig(f)
			if err := errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
			if fine == (look.Width > 2000) {
				papers = append(papers, paper)
			}
		}
	}
	return papers
}

// images takes the images out of a PDF, as they are.
func images(t *testing.T, paper []byte) []string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("pdfimages", "-all", "-", filepath.Join(dir, "p"))
	cmd.Stdin = bytes.NewReader(paper)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pdfimages: %v: %s", err, said)
	}
	files, err := filepath.Glob(filepath.Join(dir, "p*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no images: %v", err)
	}
	return files
}

// longest is the longest word of nothing but lower-case letters behind its first.
func longest(text string) (word string) {
	for _, w := range strings.Fields(text) {
		letters := []rune(w)
		other := func(r rune) bool { return !unicode.IsLower(r) }
		if unicode.IsLetter(letters[0]) && !slices.ContainsFunc(letters[1:], other) && len(w) > len(word) {
			word = w
		}
	}
	return word
}

// figurePage measures one scanned page on an idle server, beside tesseract alone on the same image.
func figurePage(t *testing.T) {
	c, akte := caseworker(t)
	for _, look := range []struct {
		what string
		fine bool
	}{{"one scanned A4 page of 300 dpi", true}, {"one scanned A4 page of 200 dpi, enlarged", false}} {
		var ours, limit, over []float64
		for _, paper := range scans(t, 6, look.fine) {
			picture := images(t, paper)[0]
			text, before := bare(t, picture)
			took := found(t, c, akte, paper, "scan.pdf", longest(text)).Seconds()
			quiet(t, c.server)
			_, after := bare(t, picture)
			single := (before + after).Seconds() / 2
			ours, limit, over = append(ours, took), append(limit, single), append(over, (took-0.2)/single)
		}
		ratio := median(over)
		row(look.what+", upload → found", fmt.Sprintf("%.2f s", median(ours)), fmt.Sprintf("%.2f s tesseract alone", median(limit)),
			fmt.Sprintf("%.2f × + 0.2 s", ratio), "≤ 1.15 × + 0.2 s", ratio <= 1.15)
	}
	c.server.end()
}

// figureStack measures one PDF of 100 scanned pages, beside tesseract alone on the same images, as
// many at once as there are processors, half of them before and half of them after.
func figureStack(t *testing.T) {
	n := 100
	if v, err := strconv.Atoi(os.Getenv("EAKTE_TEST_PAGES")); err == nil && v > 1 {
		n = v
	}
	paper := stack(t, n)
	files := images(t, paper)
	c, akte := caseworker(t)
	first, word := together(t, files[:len(files)/2])
	took := found(t, c, akte, paper, "stapel.pdf", word)
	quiet(t, c.server)
	second, _ := together(t, files[len(files)/2:])
	limit := first + second
	ratio := limit.Seconds() / took.Seconds()
	row(fmt.Sprintf("%d scanned pages in one PDF, upload → found", n), fmt.Sprintf("%.1f s", took.Seconds()),
		fmt.Sprintf("%.1f s tesseract alone, %d at once", limit.Seconds(), runtime.NumCPU()), fmt.Sprintf("%.2f", ratio), "≥ 0.9", ratio >= 0.9)
	made, size := searchable(t, c, akte)
	if theirs, ok := ocrmypdf(t, paper); ok {
		ours := took + made
		ratio := theirs.Seconds() / ours.Seconds()
		row(fmt.Sprintf("%d scanned pages, upload → found and searchable PDF", n), fmt.Sprintf("%.1f s, of it %.1f s for the PDF of %d MB", ours.Seconds(), made.Seconds(), size>>20),
			fmt.Sprintf("%.1f s ocrmypdf, %d at once", theirs.Seconds(), runtime.NumCPU()), fmt.Sprintf("%.2f", ratio), "≥ 2.5", ratio >= 2.5)
	}
	c.server.end()
}

// searchable has the only document of the Akte made into a searchable PDF.
func searchable(t *testing.T, c *client, akte string) (took time.Duration, size int) {
	t.Helper()
	var list struct{ Items []struct{ ID string } }
	if err := c.get("/akten/"+akte+"/documents", &list); err != nil || len(list.Items) != 1 {
		t.Fatalf("%d documents, %v", len(list.Items), err)
	}
	start := time.Now()
	r, err := c.send("GET", "/documents/"+list.Items[0].ID+"/searchable.pdf", "", nil)
	if err != nil || r.status != 200 {
		t.Fatalf("searchable PDF: %d %v", r.status, err)
	}
	return time.Since(start), len(r.body)
}

// ocrmypdf makes a searchable PDF as one would by hand; ok is false where it isn't installed.
func ocrmypdf(t *testing.T, paper []byte) (took time.Duration, ok bool) {
	t.Helper()
	program, err := exec.LookPath("ocrmypdf")
	if err != nil {
		return 0, false
	}
	in := filepath.Join(t.TempDir(), "in.pdf")
	if err := os.WriteFile(in, paper, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--quiet", "-l", "deu+eng", "--output-type", "pdf", "--jobs", strconv.Itoa(runtime.NumCPU()), in, in+".out.pdf")
	start := time.Now()
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ocrmypdf: %v: %s", err, said)
	}
	return time.Since(start), true
}

// stack is one PDF of n scanned pages.
func stack(t *testing.T, n int) []byte {
	t.Helper()
	dir := t.TempDir()
	args := []string{"--empty", "--pages"}
	papers := scans(t, min(n, 10), true)
	for i := range n {
		name := filepath.Join(dir, fmt.Sprintf("%03d.pdf", i%len(papers)))
		if err := os.WriteFile(name, papers[i%len(papers)], 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	out := filepath.Join(dir, "stack.pdf")
	if said, err := exec.Command("qpdf", append(args, "--", out)...).CombinedOutput(); err != nil {
		t.Fatalf("qpdf: %v: %s", err, said)
	}
	paper, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return paper
}

// together runs tesseract on images, as many at once as there are processors, and returns a word of
// one of them.
func together(t *testing.T, files []string) (took time.Duration, word string) {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	next := make(chan string)
	start := time.Now()
	for range runtime.NumCPU() {
		wg.Go(func() {
			for f := range next {
				text, _ := bare(t, f)
				mu.Lock()
				if w := longest(text); len(w) > len(word) {
					word = w
				}
				mu.Unlock()
			}
		})
	}
	for _, f := range files {
		next <- f
	}
	close(next)
	wg.Wait()
	return time.Since(start), word
}
