package pages

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"eakte/web/ui"
)

// Every text that a handler names is there: what templates name is checked when the server starts.
func TestHandlersSayWhatThereIs(t *testing.T) {
	set, err := ui.New(ui.Config{Label: func(_, key, _ string) string { return key }})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			key, err := strconv.Unquote(lit.Value)
			if err != nil || !textKey.MatchString(key) {
				return true
			}
			said++
			known := set.HasText(key)
			if strings.HasSuffix(key, "_") { // the rest is found when it is said
				known = set.HasTextsOf(key)
			}
			if !known {
				t.Errorf("%s says %q, which is no text", file, key)
			}
			return true
		})
	}
	if said < 50 {
		t.Errorf("only %d texts are said", said)
	}
}

// textKey is how texts are called: by the folder of their page and a name.
var textKey = regexp.MustCompile(`^(` + strings.Join(textFolders(), "|") + `)\.[a-z][a-z0-9_]*$`)

func textFolders() (out []string) {
	found, _ := filepath.Glob("../ui/*/text.toml")
	for _, f := range found {
		out = append(out, filepath.Base(filepath.Dir(f)))
	}
	return out
}

// A template that names a text which isn't there stops the start.
func TestMissingTextStopsTheStart(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../ui")); err != nil {
		t.Fatal(err)
	}
	label := func(_, key, _ string) string { return key }
	if _, err := ui.New(ui.Config{Dir: dir, Label: label}); err != nil {
		t.Fatalf("unchanged: %v", err)
	}
	page := filepath.Join(dir, "day", "page.tmpl")
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(page, append(data, `{{define "x"}}{{t "day.nowhere"}}{{end}}`...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ui.New(ui.Config{Dir: dir, Label: label}); err == nil || !strings.Contains(err.Error(), "day.nowhere") {
		t.Errorf("a template that names no text: %v", err)
	}
}
