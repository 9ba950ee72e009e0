package ui

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// copiedAssets are the assets; a test that needs them is left out where they were never copied.
func copiedAssets(t *testing.T) fs.FS {
	t.Helper()
	if _, err := fs.Stat(Assets(), "licences.txt"); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no assets: run `make assets`")
	}
	return Assets()
}

func TestCompleteNamesWhatIsMissing(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range needed() {
		files[name] = &fstest.MapFile{}
	}
	if err := complete(files); err != nil {
		t.Errorf("with all of them: %v", err)
	}
	delete(files, "icons.svg")
	err := complete(files)
	if !errors.Is(err, ErrNoAssets) || !strings.Contains(err.Error(), "icons.svg") || strings.Contains(err.Error(), "kern.css") {
		t.Errorf("without icons.svg: %v", err)
	}
}

func TestAssetsAreComplete(t *testing.T) {
	if err := complete(copiedAssets(t)); err != nil {
		t.Error(err)
	}
}

// Every page loads these before anything of ours.
func TestAssetsStaySmall(t *testing.T) {
	assets := copiedAssets(t)
	for _, budget := range []struct {
		bytes int
		names []string
	}{
		{60 << 10, []string{"kern.css", "htmx.js", "fonts.css"}},
		{20 << 10, []string{"icons.svg"}},
		{75 << 10, []string{"fonts/fira-sans-latin-400-normal.woff2", "fonts/fira-sans-latin-600-normal.woff2", "fonts/fira-sans-latin-700-normal.woff2"}},
	} {
		sum := 0
		for _, name := range budget.names {
			sum += packedSize(t, assets, name)
		}
		if sum > budget.bytes {
			t.Errorf("%v are %d bytes when packed; the budget is %d", budget.names, sum, budget.bytes)
		}
		t.Logf("%v: %d bytes packed", budget.names, sum)
	}
}

func packedSize(t *testing.T, files fs.FS, name string) int {
	t.Helper()
	data, err := fs.ReadFile(files, name)
	if err != nil {
		t.Fatal(err)
	}
	if path.Ext(name) == ".woff2" {
		return len(data)
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// What a style of others names lies beside it: another host would learn who reads here.
func TestAssetStylesNameLocalFiles(t *testing.T) {
	assets := copiedAssets(t)
	urls := regexp.MustCompile(`url\(\s*("[^"]*"|'[^']*'|[^)]*)\s*\)`)
	n := 0
	for _, style := range []string{"kern.css", "fonts.css", "pdfjs/web/pdf_viewer.css"} {
		data, err := fs.ReadFile(assets, style)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range urls.FindAllSubmatch(data, -1) {
			target := strings.Trim(string(m[1]), `"'`)
			if strings.HasPrefix(target, "data:") || strings.HasPrefix(target, "#") {
				continue
			}
			n++
			if _, err := fs.Stat(assets, path.Join(path.Dir(style), target)); err != nil {
				t.Errorf("%s names %q: %v", style, target, err)
			}
		}
	}
	if n < 30 {
		t.Errorf("found %d files named in styles, and expected fonts and pictures", n)
	}
}

func TestEveryListedIconIsThere(t *testing.T) {
	sprite, err := fs.ReadFile(copiedAssets(t), "icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile("icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n := strings.Count(string(sprite), `<symbol id="`+name+`"`); n != 1 {
			t.Errorf("%s: %d symbols", name, n)
		}
	}
}

// What is drawn is listed, and what is listed is drawn somewhere: every symbol travels with every page.
func TestEveryListedIconIsUsed(t *testing.T) {
	list, err := os.ReadFile("icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(list)) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		listed[name] = true
	}
	drawn := iconsDrawn(t)
	for name := range listed {
		if !drawn[name] {
			t.Errorf("icons.txt lists %s, and nothing draws it", name)
		}
	}
	for name := range drawn {
		if !listed[name] {
			t.Errorf("%s is drawn, and icons.txt doesn't list it", name)
		}
	}
}

// iconsDrawn are the symbols that templates and handlers name.
func iconsDrawn(t *testing.T) map[string]bool {
	t.Helper()
	drawn := map[string]bool{}
	for _, source := range []struct {
		files string
		names *regexp.Regexp
	}{
		{"*/*.tmpl", regexp.MustCompile(`(?:\bicon|"Icon") (?:\([^)]*)?"([a-z_0-9]+)"`)},
		{"../pages/*.go", regexp.MustCompile(`Icon(?:,[^"=\n]*=|:| =|) "([a-z_0-9]+)"`)},
		{"../pages/akte.go", regexp.MustCompile(`"[a-z]+":\s+"([a-z_0-9]+)"|return "([a-z_0-9]+)"`)}, // those of registers
	} {
		files, err := filepath.Glob(source.files)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range source.names.FindAllSubmatch(data, -1) {
				for _, name := range m[1:] {
					if len(name) > 0 {
						drawn[string(name)] = true
					}
				}
			}
		}
	}
	return drawn
}
