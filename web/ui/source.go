package ui

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"sync"
	"text/template/parse"
	"time"
)

//go:embed */*.tmpl */text.toml */page.css shared/*.css */*.js
var embedded embed.FS

// shared is the folder of what all pages use.
const shared = "shared"

// source is what stands in the files of the pages. It is immutable.
type source struct {
	texts  *texts
	static *Static
	trees  map[string]map[string]*parse.Tree // by page and template: those of the page and what they put in
}

// inProgram reads the files that the program carries, once.
var inProgram = sync.OnceValues(func() (*source, error) { return readSource(embedded) })

// readSource reads and checks all files.
func readSource(files fs.FS) (*source, error) {
	var src source
	var err error
	if src.texts, err = readTexts(files); err != nil {
		return nil, err
	}
	if src.static, err = newStatic(files); err != nil {
		return nil, err
	}
	if src.trees, err = src.readPages(files); err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	return &src, nil
}

// readPages reads the templates of every page.
func (src *source) readPages(files fs.FS) (map[string]map[string]*parse.Tree, error) {
	base, err := src.readTemplates(files, shared)
	if err != nil {
		return nil, err
	}
	names, err := folders(files)
	if err != nil {
		return nil, err
	}
	pages := map[string]map[string]*parse.Tree{}
	for _, name := range names {
		own, err := src.readTemplates(files, name)
		if err != nil {
			return nil, err
		}
		pages[name] = putTogether(own, base)
	}
	return pages, nil
}

// readTemplates reads the templates of a folder.
func (src *source) readTemplates(files fs.FS, folder string) (*template.Template, error) {
	names := functions(Config{Zone: time.UTC}, src, Languages()[0]) // they are looked up, not called
	t, err := template.New("").Funcs(names).ParseFS(files, folder+"/*.tmpl")
	if err == nil {
		err = src.texts.used(t)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	return t, nil
}

// putTogether returns the templates of a page, and those of all pages that it puts in.
func putTogether(own, base *template.Template) map[string]*parse.Tree {
	trees := map[string]*parse.Tree{}
	todo := []string{"layout"}
	for _, one := range own.Templates() {
		todo = append(todo, one.Name())
	}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		one := own.Lookup(name)
		if one == nil {
			one = base.Lookup(name)
		}
		if trees[name] != nil || one == nil || one.Tree == nil {
			continue
		}
		trees[name] = one.Tree
		walk(one.Tree.Root, func(n parse.Node) {
			if put, ok := n.(*parse.TemplateNode); ok {
				todo = append(todo, put.Name)
			}
		})
	}
	return trees
}

// folders names the pages.
func folders(files fs.FS) ([]string, error) {
	found, err := fs.Glob(files, "*/page.tmpl")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range found {
		names = append(names, path.Dir(f))
	}
	slices.Sort(names)
	return names, nil
}
