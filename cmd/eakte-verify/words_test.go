package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"eakte/archive/audit"
)

// TestWords compares the languages with each other and with the codes the program speaks of.
func TestWords(t *testing.T) {
	de, en := words("de"), words("en")
	verbs := regexp.MustCompile(`%[a-z]`)
	for code := range de {
		if got, want := verbs.FindAllString(en[code], -1), verbs.FindAllString(de[code], -1); !slices.Equal(got, want) && code != "witness-cut" {
			t.Errorf("%s: English takes %v, German %v", code, got, want)
		}
	}
	if !slices.Equal(slices.Sorted(maps.Keys(de)), slices.Sorted(maps.Keys(en))) {
		t.Error("a text is there in one language only")
	}
	if words("fr") != nil {
		t.Error("a language without texts was taken")
	}
	said := codes(t)
	if len(said) < 40 {
		t.Fatalf("%d codes found: the test looks in the wrong place", len(said))
	}
	for _, code := range said {
		if de[code] == "" {
			t.Errorf("nothing is said for %s", code)
		}
	}
}

// codes returns every text in the source that looks like a code and is handed to find, note, say or problem.
func codes(t *testing.T) (out []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	take := func(e ast.Expr) {
		if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, _ := strconv.Unquote(l.Value); code.MatchString(s) {
				out = append(out, s)
			}
		}
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "words.go" {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				s, ok := n.Fun.(*ast.SelectorExpr)
				if ok && slices.Contains([]string{"find", "note", "say"}, s.Sel.Name) {
					for _, a := range n.Args {
						take(a)
					}
				}
			case *ast.CompositeLit:
				if i, ok := n.Type.(*ast.Ident); ok && (i.Name == "problem" || i.Name == "mark") {
					for _, e := range n.Elts {
						take(e)
						if kv, ok := e.(*ast.KeyValueExpr); ok {
							take(kv.Value)
						}
					}
				}
			}
			return true
		})
	}
	return out
}

// TestText reads what an officer reads.
func TestText(t *testing.T) {
	s := newScene(t)
	whole := s.full()
	bad := s.full()
	edit(t, bad.export, entries, bundled(at(17, other)))
	for _, tt := range []struct {
		name string
		args []string
		env  map[string]string
		hand hand
		exit int
		want []string
	}{
		{"German", []string{"-lang", "de"}, nil, whole, exitWhole, []string{
			"2026: 561 von 561 Einträgen gelesen, von 21.11.2026 12:00:00 UTC", "hat 41 Einträge bestätigt", "Nichts fehlt, nichts wurde verändert."}},
		{"English", []string{"-lang", "en"}, map[string]string{"LANG": "de_DE.UTF-8"}, whole, exitWhole, []string{
			"2027: read 61 of 61 entries, from 2027-11-21", "nothing is missing, nothing was changed"}},
		{"the reader's language", nil, map[string]string{"LANG": "de_DE.UTF-8"}, bad, exitTampered, []string{
			"FEHLER:  2026, Eintrag 17: ", "Die ersten 301 Einträge sind nicht mehr die von Ihrem Prüfpunkt", "Fehler: 3"}},
		{"nothing kept", []string{"-lang", "de"}, nil, hand{export: whole.export}, exitWhole, []string{"Sie haben keinen früheren Prüfpunkt", "Der Schlüssel stammt aus der Ausfuhr"}},
		{"no such language", []string{"-lang", "fr"}, nil, whole, exitUnknown, []string{"-checkpoint FILE"}},
		{"no such flag", []string{"-x"}, nil, whole, exitUnknown, []string{"-checkpoint FILE"}},
		{"two exports", []string{whole.export}, nil, whole, exitUnknown, []string{"-checkpoint FILE"}},
		{"no folder", []string{"-lang", "de"}, nil, hand{export: "none"}, exitUnknown, []string{`"none" kann nicht gelesen werden.`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			exit := run(append(tt.args, tt.hand.args(t, "-")...), &out, &out, func(k string) string { return tt.env[k] })
			if exit != tt.exit {
				t.Errorf("exit code %d, want %d", exit, tt.exit)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q isn't in\n%s", want, &out)
				}
			}
			if strings.Contains(out.String(), "%!") {
				t.Errorf("a text with the wrong values:\n%s", &out)
			}
		})
	}
}

// TestFloodIsCounted tampers with all entries: the first findings are listed, the others counted.
func TestFloodIsCounted(t *testing.T) {
	s := newScene(t)
	s.rewrite(2026, func(e [][]byte) [][]byte {
		for i := range e {
			e[i] = bytes.Replace(e[i], []byte(`"op"`), []byte(`"OP"`), 1)
		}
		return e
	})
	s.sign(2026)
	dir := s.exportWith(audit.ExportOptions{})
	r, err := checkExport(dir, kept{})
	if err != nil || r.Count != 562 || len(r.Findings) != maxListed {
		t.Fatalf("%v: %d findings, %d listed; want 562: one an entry, and the tie of the years", err, r.Count, len(r.Findings))
	}
	if text := r.text(words("de")); !strings.Contains(text, "und 462 weitere") {
		t.Errorf("the others aren't counted in\n%s", text)
	}
}
