package ui

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/template/parse"
	"time"
)

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

// loaded is what was read, and the pages made of it. It is immutable.
type loaded struct {
	*source
	pages map[string]map[string]func() (*template.Template, error) // by language and page
}

// New reads and checks all templates and texts. A page is made when it is first shown: all of them in every language
// would be most of what the server holds in memory.
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

func (s *Set) load() (*loaded, error) {
	read := inProgram
	if s.cfg.Dir != "" {
		read = func() (*source, error) { return readSource(os.DirFS(s.cfg.Dir)) }
	}
	src, err := read()
	if err != nil {
		return nil, err
	}
	l := &loaded{source: src, pages: map[string]map[string]func() (*template.Template, error){}}
	for _, language := range Languages() {
		l.pages[language] = map[string]func() (*template.Template, error){}
		for name, trees := range src.trees {
			l.pages[language][name] = sync.OnceValues(func() (*template.Template, error) {
				return makePage(trees, functions(s.cfg, src, language))
			})
		}
	}
	return l, nil
}

// makePage makes a page of copies, for templates change what they are made of.
func makePage(trees map[string]*parse.Tree, functions template.FuncMap) (*template.Template, error) {
	t := template.New("").Funcs(functions).Option("missingkey=error")
	for name, tree := range trees {
		if _, err := t.AddParseTree(name, tree.Copy()); err != nil {
			return nil, err
		}
	}
	return t, nil
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
	made, ok := l.pages[language][page]
	if !ok {
		return nil, fmt.Errorf("ui: no page %q in %q", page, language)
	}
	t, err := made()
	if err != nil {
		return nil, fmt.Errorf("ui: %s: %w", page, err)
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
	return slices.Sorted(maps.Keys(s.loaded.Load().trees))
}

// Static returns what pages load beside themselves.
func (s *Set) Static() *Static { return s.loaded.Load().static }
