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

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// Several pages of a transfer note are told as such, in what was conspicuous and in how they were scanned.
func TestTransferNoteCountsPages(t *testing.T) {
	set, err := ui.New(ui.Config{Label: func(_, key, _ string) string { return key }})
	if err != nil {
		t.Fatal(err)
	}
	doc := acl.DocumentView{All: []archive.Version{{}}}
	note := acl.TransferView{Number: 1, Transfer: archive.Transfer{
		Settings:  []archive.TransferSetting{{First: 1, Last: 1, DPI: 300}, {First: 2, Last: 4, DPI: 200}},
		Anomalies: []archive.Anomaly{{Code: "blank", Pages: []int{1}}, {Code: "uncertain", Pages: []int{1, 3, 4}}},
	}}
	said := func(lang string) string {
		r := &request{pages: &Pages{ui: set}, lang: lang}
		page, err := set.Part("transfer", "transfer-note", lang, map[string]any{"Note": r.transferNote(doc, note), "Doc": doc, "Kind": policies.DocType{}})
		if err != nil {
			t.Fatal(err)
		}
		return string(page)
	}
	for lang, want := range map[string][]string{
		"de": {"Seite 1:", "Seiten 2–4:", "(Seite 1)", "(Seiten 1, 3–4)"}, "en": {"page 1:", "pages 2–4:", "(page 1)", "(pages 1, 3–4)"},
	} {
		got := said(lang)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q isn't said in %s", lang, w, got)
			}
		}
	}
}

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
