package ui

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"text/template/parse"
	"time"
)

//go:embed */*.tmpl */text.toml */page.css shared/*.css */*.js
var embedded embed.FS

// shared is the folder of what all pages use.
const shared = "shared"

// Languages are those of the pages, the one of the authority first.
func Languages() []string { return []string{"de", "en"} }

// Config is what a [Set] works with.
type Config struct {
	// Dir is a folder to read templates, texts, styles and scripts from anew for every page, while
	// they are written; empty: those in the program.
	Dir string
	// Label names what policies have a name for: kind is "register", "department", "doctype" …
	// Required.
	Label func(kind, key, language string) string
	// Zone is where the authority lies; nil: UTC.
	Zone *time.Location
}

// Set renders pages. It is safe for concurrent use.
type Set struct {
	cfg    Config
	loaded atomic.Pointer[loaded]
}

// loaded is what was read of the files. It is immutable.
type loaded struct {
	pages  map[string]map[string]*template.Template // by language and page
	texts  *texts
	static *Static
}

// New reads and checks all templates and texts.
func New(cfg Config) (*Set, error) {
	if cfg.Label == nil {
		return nil, errors.New("ui: labels are needed")
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	s := &Set{cfg: cfg}
	l, err := s.load()
	if err != nil {
		return nil, err
	}
	s.loaded.Store(l)
	return s, nil
}

// files is where the pages are read from.
func (s *Set) files() fs.FS {
	if s.cfg.Dir != "" {
		return os.DirFS(s.cfg.Dir)
	}
	return embedded
}

func (s *Set) load() (*loaded, error) {
	files := s.files()
	texts, err := readTexts(files)
	if err != nil {
		return nil, err
	}
	static, err := newStatic(files)
	if err != nil {
		return nil, err
	}
	l := &loaded{pages: map[string]map[string]*template.Template{}, texts: texts, static: static}
	for _, language := range Languages() {
		if l.pages[language], err = s.parse(files, texts, static, language); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// parse reads every page in one language.
func (s *Set) parse(files fs.FS, texts *texts, static *Static, language string) (map[string]*template.Template, error) {
	functions := s.functions(texts, static, language)
	base, err := template.New("").Funcs(functions).ParseFS(files, shared+"/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	names, err := folders(files)
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, name := range names {
		page, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("ui: %s: %w", name, err)
		}
		if page, err = page.ParseFS(files, name+"/*.tmpl"); err != nil {
			return nil, fmt.Errorf("ui: %s: %w", name, err)
		}
		if err := texts.used(page); err != nil {
			return nil, fmt.Errorf("ui: %s: %w", name, err)
		}
		own, err := template.New("").Funcs(functions).ParseFS(files, name+"/*.tmpl")
		if err != nil {
			return nil, fmt.Errorf("ui: %s: %w", name, err)
		}
		if pages[name], err = lean(page, own, functions); err != nil {
			return nil, fmt.Errorf("ui: %s: %w", name, err)
		}
	}
	return pages, nil
}

// lean is a page with its own templates and those that it puts in. With all that pages share in each of them, in
// every language, templates would be most of what the server holds in memory.
func lean(page, own *template.Template, functions template.FuncMap) (*template.Template, error) {
	t := template.New("").Funcs(functions).Option("missingkey=error")
	todo := []string{"layout"}
	for _, one := range own.Templates() {
		todo = append(todo, one.Name())
	}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		one := page.Lookup(name)
		if t.Lookup(name) != nil || one == nil || one.Tree == nil {
			continue
		}
		if _, err := t.AddParseTree(name, one.Tree); err != nil {
			return nil, err
		}
		walk(one.Tree.Root, func(n parse.Node) {
			if put, ok := n.(*parse.TemplateNode); ok {
				todo = append(todo, put.Name)
			}
		})
	}
	return t, nil
}

// folders names the pages.
func folders(files fs.FS) ([]string, error) {
	found, err := fs.Glob(files, "*/page.tmpl")
	if err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	var names []string
	for _, f := range found {
		names = append(names, path.Dir(f))
	}
	slices.Sort(names)
	return names, nil
}

// now returns what was loaded, read anew where a folder is given.
func (s *Set) now() (*loaded, error) {
	if s.cfg.Dir == "" {
		return s.loaded.Load(), nil
	}
	l, err := s.load()
	if err == nil {
		s.loaded.Store(l)
	}
	return l, err
}

// Page renders a whole page. view is what its template shows; it embeds a [Frame].
func (s *Set) Page(page, language string, view any) ([]byte, error) {
	return s.Part(page, "layout", language, view)
}

// Part renders one block of a page.
func (s *Set) Part(page, block, language string, view any) ([]byte, error) {
	l, err := s.now()
	if err != nil {
		return nil, err
	}
	t, ok := l.pages[language][page]
	if !ok {
		return nil, fmt.Errorf("ui: no page %q in %q", page, language)
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, block, view); err != nil {
		return nil, fmt.Errorf("ui: %s: %w", page, withoutValues(err))
	}
	return out.Bytes(), nil
}

// withoutValues keeps of a template's error where it happened: what follows may repeat what was shown.
func withoutValues(err error) error {
	where, _, _ := strings.Cut(err.Error(), ": executing ")
	return errors.New(where)
}

// Pages names all pages.
func (s *Set) Pages() []string {
	var names []string
	for name := range s.loaded.Load().pages[Languages()[0]] {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Static returns what pages load beside themselves.
func (s *Set) Static() *Static { return s.loaded.Load().static }
