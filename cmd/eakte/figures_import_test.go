package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// imports is how many scans an import brings in, of a page each.
const imports = 60

// figureImport measures a bulk load from the command to the last page read, beside the slower of what bounds it:
// bare uploads of the same bytes, and tesseract alone on the same images, half of them before and half after.
func figureImport(t *testing.T) {
	s := startBuilt(t, t.TempDir())
	post := s.client("post", "registratur", "poststelle")
	folder := t.TempDir()
	var files, pictures []string
	papers := scans(t, 10, true)
	for i := range imports {
		name := filepath.Join(folder, fmt.Sprintf("%03d.pdf", i))
		paper := fmt.Appendf(bytes.Clone(papers[i%10]), "\n%% %d\n", i) // no other has the same bytes
		if err := os.WriteFile(name, paper, 0o600); err != nil {
			t.Fatal(err)
		}
		files, pictures = append(files, name), append(pictures, images(t, papers[i%10])[0])
	}
	first, _ := together(t, pictures[:imports/2])
	start := time.Now()
	if said, err := s.tool("", "import", folder, "--inbox"); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	in := time.Since(start)
	for late := start.Add(20 * time.Minute); unread(t, post) > 0; time.Sleep(200 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%d papers aren't read after 20 minutes", unread(t, post))
		}
	}
	took := time.Since(start)
	quiet(t, s)
	second, _ := together(t, pictures[imports/2:])
	s.end()
	recognition, uploads := first+second, bareUploads(t, files)
	limit := max(recognition, uploads)
	ratio := limit.Seconds() / took.Seconds()
	row(fmt.Sprintf("%d scans imported and read", imports), fmt.Sprintf("%.1f s, of it %.1f s to bring them in", took.Seconds(), in.Seconds()),
		fmt.Sprintf("%.1f s tesseract alone, %d at once; %.1f s uploads alone", recognition.Seconds(), runtime.NumCPU(), uploads.Seconds()),
		fmt.Sprintf("%.2f", ratio), "≥ 0.8", ratio >= 0.8)
}

// bareUploads brings files into the basket of a server of their own, four at once, and returns how long the server
// took to have them all, read or not.
func bareUploads(t *testing.T, files []string) time.Duration {
	t.Helper()
	s := startBuilt(t, t.TempDir())
	post := s.client("post", "registratur", "poststelle")
	var next atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range 4 {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(files)); i = next.Add(1) - 1 {
				paper, err := os.ReadFile(files[i])
				if err != nil {
					t.Error(err)
					return
				}
				if r, err := post.upload("/inbox", filepath.Base(files[i]), `{}`, bytes.NewReader(paper)); err != nil || r.status != 201 {
					t.Errorf("upload: %d %v", r.status, err)
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	s.end()
	return took
}
