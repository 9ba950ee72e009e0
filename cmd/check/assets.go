package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// What the pages take from elsewhere comes as packages named with their hashes in a lock file. Nothing
// of it is committed: it is copied from the packages to where the program embeds it.
const (
	uiDir     = "web/ui"
	assetsDir = "web/ui/assets"
	npmDir    = ".cache/npm"
	stampFile = ".cache/assets"
)

// assetRecipe changes with what is copied or how, so that older copies are made anew.
const assetRecipe = "2"

// parcel is what is taken of the packages: the files by their names below assetsDir.
type parcel map[string][]byte

// ensureAssets copies what is embedded, unless that was done for the lock file as it is.
func ensureAssets(ctx context.Context) error {
	stamp, err := assetStamp()
	if err != nil {
		return err
	}
	if done, err := os.ReadFile(stampFile); err == nil && string(done) == stamp && exists(filepath.Join(assetsDir, "licences.txt")) {
		return nil
	}
	if err := npmPackages(ctx); err != nil {
		return err
	}
	p, err := pack(os.DirFS(filepath.Join(npmDir, "node_modules")))
	if err != nil {
		return fmt.Errorf("assets: %w", err)
	}
	if err := p.write(assetsDir); err != nil {
		return err
	}
	fmt.Printf("copied %d files to %s\n", len(p), assetsDir)
	return os.WriteFile(stampFile, []byte(stamp), 0o644)
}

// assetStamp is the hash of everything the copies depend on.
func assetStamp() (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, assetRecipe)
	for _, name := range []string{"package.json", "package-lock.json", "icons.txt"} {
		data, err := os.ReadFile(filepath.Join(uiDir, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, name, len(data))
		h.Write(data)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// npmPackages installs the packages of the lock file, unless they are there.
func npmPackages(ctx context.Context) error {
	if err := provide(ctx, []tool{{"node", "nodejs"}, {"npm", "npm"}}, nil); err != nil {
		return err
	}
	lock, err := os.ReadFile(filepath.Join(uiDir, "package-lock.json"))
	if err != nil {
		return err
	}
	done := filepath.Join(npmDir, "node_modules", ".complete")
	if had, err := os.ReadFile(done); err == nil && bytes.Equal(had, lock) {
		return nil
	}
	if err := os.MkdirAll(npmDir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc"} {
		data, err := os.ReadFile(filepath.Join(uiDir, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(npmDir, name), data, 0o644); err != nil {
			return err
		}
	}
	fmt.Println("installing the packages of", filepath.Join(uiDir, "package-lock.json"))
	npm := command(ctx, "npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = npmDir
	if err := npm.Run(); err != nil {
		return fmt.Errorf("npm ci: %w", err)
	}
	return os.WriteFile(done, lock, 0o644)
}

// pack takes from the packages what is embedded.
func pack(modules fs.FS) (parcel, error) {
	p := parcel{}
	var errs []error
	for _, c := range copies() {
		errs = append(errs, p.copy(modules, c))
	}
	errs = append(errs, p.fonts(modules), p.icons(modules, filepath.Join(uiDir, "icons.txt")), p.licences(modules))
	for name, data := range p {
		if path.Ext(name) == ".css" {
			errs = append(errs, localOnly(name, data))
		}
	}
	return p, errors.Join(errs...)
}

// copied is one file, or all that match a pattern, and the name or the folder it gets.
type copied struct{ to, from string }

func copies() []copied {
	return []copied{
		{"kern.css", "@kern-ux/native/dist/kern.min.css"},
		{"htmx.js", "htmx.org/dist/htmx.min.js"},
		{"tus.js", "tus-js-client/dist/tus.min.js"},
		{"pdfjs/pdf.min.mjs", "pdfjs-dist/build/pdf.min.mjs"},
		{"pdfjs/pdf.worker.min.mjs", "pdfjs-dist/build/pdf.worker.min.mjs"},
		{"pdfjs/web/pdf_viewer.mjs", "pdfjs-dist/web/pdf_viewer.mjs"},
		{"pdfjs/web/pdf_viewer.css", "pdfjs-dist/web/pdf_viewer.css"},
		{"pdfjs/web/images/", "pdfjs-dist/web/images/*"},
		// Not quickjs: scripts in documents are never run.
		{"pdfjs/wasm/", "pdfjs-dist/wasm/openjpeg*"},
		{"pdfjs/wasm/", "pdfjs-dist/wasm/jbig2*"},
		{"pdfjs/wasm/", "pdfjs-dist/wasm/qcms*"},
		{"pdfjs/cmaps/", "pdfjs-dist/cmaps/*.bcmap"},
		{"pdfjs/standard_fonts/", "pdfjs-dist/standard_fonts/*.[pt][ft][bf]"},
		{"pdfjs/iccs/", "pdfjs-dist/iccs/*.icc"},
	}
}

func (p parcel) copy(modules fs.FS, c copied) error {
	found, err := fs.Glob(modules, c.from)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("%s: %w", c.from, fs.ErrNotExist)
	}
	for _, from := range found {
		to := c.to
		if strings.HasSuffix(to, "/") {
			to += path.Base(from)
		}
		data, err := fs.ReadFile(modules, from)
		if err != nil {
			return err
		}
		p[to] = withoutMap(to, data)
	}
	return nil
}

// withoutMap takes away the pointer to a source map, which isn't copied: browsers would ask for it.
func withoutMap(name string, data []byte) []byte {
	switch path.Ext(name) {
	case ".js", ".mjs", ".css":
		return regexp.MustCompile(`(?m)^(//|/\*)# sourceMappingURL=.*$\n?`).ReplaceAll(data, nil)
	}
	return data
}

// localOnly complains about a style that would ask another host, which would learn who reads here.
func localOnly(name string, style []byte) error {
	found := regexp.MustCompile(`(?:url\(|@import)\s*["']?(?:[a-z]+:)?//[^"')\s]*`).Find(style)
	if found == nil {
		return nil
	}
	return fmt.Errorf("%s asks another host: %s", name, found)
}

// write replaces what lies in dir, but for files whose names start with a dot.
func (p parcel) write(dir string) error {
	old, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range old {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	for name, data := range p {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
