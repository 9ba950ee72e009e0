package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Static serves styles, scripts, fonts and pictures of the pages. It is immutable.
type Static struct {
	version string
	files   map[string]*file // by name: "shared/app.js", "assets/kern.css", "app.css"
}

// file is one of them. What others made is read from the program each time: it is large, and browsers keep it. What packed
// returns is made when it is first asked for.
type file struct {
	kind         string
	read, packed func() ([]byte, error)
}

func newFile(name string, read func() ([]byte, error)) *file {
	return &file{kindOf(name), read, sync.OnceValues(func() ([]byte, error) {
		body, err := read()
		if err != nil {
			return nil, err
		}
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		_, err = w.Write(body)
		err = errors.Join(err, w.Close())
		return out.Bytes(), err
	})}
}

// style is the name of all styles of ours in one file.
const style = "app.css"

// newStatic gathers what pages load: styles and scripts of ours, and what lies in assets.
func newStatic(files fs.FS) (*Static, error) {
	s := &Static{files: map[string]*file{}}
	var styles bytes.Buffer
	ours, err := ownFiles(files, "*/*.css")
	if err != nil {
		return nil, err
	}
	slices.SortFunc(ours, sharedFirst)
	for _, name := range ours {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("ui: %w", err)
		}
		styles.Write(body)
		styles.WriteByte('\n')
	}
	s.add(style, styles.Bytes())
	scripts, err := ownFiles(files, "*/*.js")
	if err != nil {
		return nil, err
	}
	for _, name := range scripts {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("ui: %w", err)
		}
		s.add(name, body)
	}
	if err := s.addAssets(Assets()); err != nil {
		return nil, err
	}
	s.version, err = s.hash()
	return s, err
}

// ownFiles names the files of ours that fit a pattern.
func ownFiles(files fs.FS, pattern string) ([]string, error) {
	found, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	return slices.DeleteFunc(found, func(name string) bool { return strings.HasPrefix(name, "assets/") }), nil
}

// sharedFirst orders styles: what all pages share can be overruled by a page.
func sharedFirst(a, b string) int {
	as, bs := strings.HasPrefix(a, shared+"/"), strings.HasPrefix(b, shared+"/")
	switch {
	case as && !bs:
		return -1
	case bs && !as:
		return 1
	}
	return strings.Compare(a, b)
}

func (s *Static) addAssets(assets fs.FS) error {
	err := fs.WalkDir(assets, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		s.files["assets/"+name] = newFile(name, func() ([]byte, error) { return fs.ReadFile(assets, name) })
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ui: %w", err)
	}
	return nil
}

func (s *Static) add(name string, body []byte) {
	s.files[name] = newFile(name, func() ([]byte, error) { return body, nil })
}

// kindOf is the media type of a file by its ending: the system's own table differs between machines.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".wasm":
		return "application/wasm"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".ttf":
		return "font/ttf"
	case ".json":
		return "application/json"
	}
	return "application/octet-stream"
}

// hash is that of all files.
func (s *Static) hash() (string, error) {
	names := make([]string, 0, len(s.files))
	for name := range s.files {
		names = append(names, name)
	}
	slices.Sort(names)
	h := sha256.New()
	for _, name := range names {
		body, err := s.files[name].read()
		if err != nil {
			return "", fmt.Errorf("ui: %w", err)
		}
		fmt.Fprintf(h, "%s %d\n", name, len(body))
		h.Write(body)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

// staticPath is where they are served.
const staticPath = "/static/"

// Address is where a file is found.
func (s *Static) Address(name string) string { return staticPath + s.version + "/" + name }

// Version is part of every address.
func (s *Static) Version() string { return s.version }

// worker is the one script that may compile WebAssembly: the permission belongs to the answer that
// brings a worker, and has no effect on a page.
const worker = "assets/pdfjs/pdf.worker.min.mjs"

// ServeHTTP answers for the address of a file. An older version of it is gone.
func (s *Static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, staticPath), "/")
	f := s.files[name]
	if !ok || f == nil || version != s.version {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	if name == worker {
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; font-src 'self'")
	}
	send := f.read
	if packs(f.kind) && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		send = f.packed
		h.Set("Content-Encoding", "gzip")
	}
	body, err := send()
	if err != nil {
		panic(err) // it lies in this program
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that is gone hears nothing
	}
}

// packs reports whether a kind of file becomes smaller.
func packs(kind string) bool {
	return strings.HasPrefix(kind, "text/") || kind == "image/svg+xml" || kind == "application/wasm" || kind == "application/json"
}
