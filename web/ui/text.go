package ui

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	texttemplate "text/template"
	"text/template/parse"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// entry is a sentence in both languages. Where a number stands in it as {{.N}}, One is what is said of
// one thing alone.
type entry struct {
	DE    string `toml:"de"`
	EN    string `toml:"en"`
	DEOne string `toml:"de_one"`
	ENOne string `toml:"en_one"`
}

// texts are all sentences, by "folder.key".
type texts struct {
	entries    map[string]entry
	localizers map[string]*i18n.Localizer
}

// readTexts reads every text.toml. A sentence that lacks a language is an error.
func readTexts(files fs.FS) (*texts, error) {
	found, err := fs.Glob(files, "*/text.toml")
	if err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	t := &texts{entries: map[string]entry{}, localizers: map[string]*i18n.Localizer{}}
	bundle := i18n.NewBundle(language.German)
	for _, file := range found {
		if err := t.read(files, file, bundle); err != nil {
			return nil, fmt.Errorf("ui: %s: %w", file, err)
		}
	}
	for _, lang := range Languages() {
		t.localizers[lang] = i18n.NewLocalizer(bundle, lang)
	}
	return t, nil
}

func (t *texts) read(files fs.FS, file string, bundle *i18n.Bundle) error {
	data, err := fs.ReadFile(files, file)
	if err != nil {
		return err
	}
	var entries map[string]entry
	meta, err := toml.Decode(string(data), &entries)
	if err != nil {
		return err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("%s is neither de, en, de_one nor en_one", unknown[0])
	}
	for key, e := range entries {
		id := path.Dir(file) + "." + key
		if e.DE == "" || e.EN == "" || (e.DEOne == "") != (e.ENOne == "") {
			return fmt.Errorf("%s lacks a language", key)
		}
		if err := parses(e); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		t.entries[id] = e
		one := func(said, other string) string {
			if said == "" {
				return other
			}
			return said
		}
		if err := bundle.AddMessages(language.German, &i18n.Message{ID: id, One: one(e.DEOne, e.DE), Other: e.DE}); err != nil {
			return err
		}
		if err := bundle.AddMessages(language.English, &i18n.Message{ID: id, One: one(e.ENOne, e.EN), Other: e.EN}); err != nil {
			return err
		}
	}
	return nil
}

// parses reports a sentence that is no template.
func parses(e entry) error {
	for _, s := range []string{e.DE, e.EN, e.DEOne, e.ENOne} {
		if _, err := texttemplate.New("").Parse(s); err != nil {
			return err
		}
	}
	return nil
}

// say returns a sentence. args are names and values in turn; N is the number it speaks of.
func (t *texts) say(lang, key string, args ...any) (string, error) {
	if _, ok := t.entries[key]; !ok {
		return "", fmt.Errorf("no text %q", key)
	}
	data, err := pairs(args)
	if err != nil {
		return "", fmt.Errorf("text %q: %w", key, err)
	}
	cfg := &i18n.LocalizeConfig{MessageID: key, TemplateData: data}
	if n, ok := data["N"]; ok {
		cfg.PluralCount = n
	}
	said, err := t.localizers[lang].Localize(cfg)
	if err != nil {
		return "", fmt.Errorf("text %q: %w", key, err)
	}
	return said, nil
}

// pairs makes a map of names and values in turn.
func pairs(args []any) (map[string]any, error) {
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("a name without a value")
	}
	out := make(map[string]any, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, fmt.Errorf("argument %d is no name", i)
		}
		out[name] = args[i+1]
	}
	return out, nil
}

// used reports a text that a template names and that doesn't exist.
func (t *texts) used(page *template.Template) error {
	for _, one := range page.Templates() {
		if one.Tree == nil || one.Tree.Root == nil {
			continue
		}
		for _, key := range keysIn(one.Tree.Root) {
			if _, ok := t.entries[key]; !ok {
				return fmt.Errorf("%s: no text %q", one.Name(), key)
			}
		}
	}
	return nil
}

// keysIn finds the keys that {{t "key"}} names literally.
func keysIn(n parse.Node) (keys []string) {
	walk(n, func(n parse.Node) {
		c, ok := n.(*parse.CommandNode)
		if !ok || len(c.Args) < 2 {
			return
		}
		name, ok := c.Args[0].(*parse.IdentifierNode)
		key, literal := c.Args[1].(*parse.StringNode)
		if ok && literal && name.Ident == "t" {
			keys = append(keys, key.Text)
		}
	})
	return keys
}

// walk visits every command of a tree, and every place where another template is put in.
func walk(n parse.Node, visit func(parse.Node)) {
	lists := func(b *parse.BranchNode) {
		walk(b.Pipe, visit)
		walk(b.List, visit)
		if b.ElseList != nil {
			walk(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, c := range n.Nodes {
			walk(c, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.TemplateNode:
		visit(n)
		if n.Pipe != nil {
			walk(n.Pipe, visit)
		}
	case *parse.IfNode:
		lists(&n.BranchNode)
	case *parse.RangeNode:
		lists(&n.BranchNode)
	case *parse.WithNode:
		lists(&n.BranchNode)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			walk(c, visit)
		}
	case *parse.CommandNode:
		visit(n)
		for _, a := range n.Args {
			walk(a, visit)
		}
	}
}

// Say returns a sentence for handlers: a text that doesn't exist is its key, which a test finds.
func (s *Set) Say(language, key string, args ...any) string {
	l := s.loaded.Load()
	said, err := l.texts.say(language, key, args...)
	if err != nil {
		return key
	}
	return said
}

// HasText reports whether there is a sentence of that key, HasTextsOf whether there is any whose key begins
// so: tests ask for those that handlers say.
func (s *Set) HasText(key string) bool {
	_, ok := s.loaded.Load().texts.entries[key]
	return ok
}

// HasTextsOf is described at [Set.HasText].
func (s *Set) HasTextsOf(prefix string) bool {
	for key := range s.loaded.Load().texts.entries {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
