package bundle

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkCompose joins 300 letters; BenchmarkMerge lets qpdf join the same without cover, contents,
// bookmarks, sheet numbers and confinement.
func BenchmarkCompose(b *testing.B) {
	plan := planOf(Register{"Asyl", letters(b)})
	c := newComposer(b)
	for b.Loop() {
		if err := c.Compose(b.Context(), plan, io.Discard, func(int) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMerge(b *testing.B) {
	dir := b.TempDir()
	args := []string{"--empty", "--pages"}
	var errs []error
	for i, d := range letters(b) {
		path := filepath.Join(dir, fmt.Sprintf("%d.pdf", i))
		errs = append(errs, os.WriteFile(path, d.Source.(paper).data, 0o600))
		args = append(args, path)
	}
	if err := errors.Join(errs...); err != nil {
		b.Fatal(err)
	}
	args = append(args, "--", filepath.Join(dir, "out.pdf"))
	for b.Loop() {
		if out, err := exec.Command("qpdf", args...).CombinedOutput(); err != nil {
			b.Fatal(err, string(out))
		}
	}
}

// letters are 300 documents of two pages.
func letters(b *testing.B) (out []Document) {
	for i := range 300 {
		title := fmt.Sprintf("Brief %d", i)
		out = append(out, Document{Title: title, Source: letter(b, title, title+" Seite zwei")})
	}
	return out
}
