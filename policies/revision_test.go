package policies

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// changed returns the built-in rule files with one replaced, or added.
func changed(t *testing.T, set *Set, name string, edit func(string) string) []RuleFile {
	t.Helper()
	files := set.RuleFiles()
	for i, f := range files {
		if f.Name == name {
			files[i].Data = []byte(edit(string(f.Data)))
			return files
		}
	}
	return append(files, RuleFile{name, []byte(edit(""))})
}

func builtInSet(t *testing.T) *Set {
	t.Helper()
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestReviseChangesRulesAndKeepsLists(t *testing.T) {
	set := builtInSet(t)
	const line = "house/no-letters,deny,sachbearbeitung,asyl,schriftwechsel,normal,write,*,any,any,not here\n"
	revised, err := set.Revise(changed(t, set, "access/sachbearbeitung.csv", func(s string) string {
		s = strings.Replace(s, "sachbearbeitung@asyl/familie,allow", "sachbearbeitung@asyl/family,allow", 1)
		return strings.Replace(s, "asyl,bildung,normal,exist read,", "asyl,bildung,normal,exist,", 1) + line
	}))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := set.Rule("house/no-letters"); ok || set.Hash() == revised.Hash() {
		t.Error("the set itself changed, or both have one hash")
	}
	if len(revised.DocTypes()) != len(set.DocTypes()) || len(revised.Pairs()) != len(set.Pairs()) {
		t.Error("lists differ")
	}
	var ids []string
	changes := revised.Compare(set)
	for _, c := range changes.Rules {
		word := "changed "
		if c.Before == nil {
			word = "new "
		} else if c.After == nil {
			word = "gone "
		}
		ids = append(ids, word+c.ID())
	}
	want := []string{
		"gone sachbearbeitung@asyl/familie", "new sachbearbeitung@asyl/family", "changed sachbearbeitung@asyl/bildung", "new house/no-letters",
	}
	if !slices.Equal(ids, want) || !slices.Equal(changes.Files, []string{"access/sachbearbeitung.csv"}) {
		t.Errorf("changes %q in %v, want %q", ids, changes.Files, want)
	}
	back, err := revised.Revise(set.RuleFiles())
	if err != nil || back.FullHash() != set.FullHash() || !back.Compare(set).None() {
		t.Errorf("going back: %v, the same set: %t", err, back.FullHash() == set.FullHash())
	}
}

func TestReviseTellsFileLineAndReason(t *testing.T) {
	set := builtInSet(t)
	for _, tt := range []struct {
		name         string
		files        []RuleFile
		file, reason string
		line         int
	}{
		{"unknown register", changed(t, set, "access/more.csv", func(string) string {
			return strings.Join(ruleColumns[:], ",") + "\nx,allow,leitung,asyl,nirgends,normal,exist,*,any,any,\n"
		}), "access/more.csv", `unknown register "nirgends"`, 2},
		{"a list", append(set.RuleFiles(), RuleFile{"departments.csv", nil}), "departments.csv", "no file of access rules", 0},
		{"a way out", append(set.RuleFiles(), RuleFile{"access/../roles.csv", nil}), "access/../roles.csv", "no file of access rules", 0},
		{"twice", append(set.RuleFiles(), set.RuleFiles()[0]), "access/administration.csv", "is there twice", 0},
		{"not UTF-8", changed(t, set, "access/more.csv", func(string) string { return "a\n\xff" }), "access/more.csv", "not UTF-8", 2},
		{"no model", slices.DeleteFunc(set.RuleFiles(), func(f RuleFile) bool { return f.Name == modelFile }), modelFile, "file is missing", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			revised, err := set.Revise(tt.files)
			var wrong *LoadError
			if !errors.As(err, &wrong) || revised != nil {
				t.Fatalf("%v; want a LoadError", err)
			}
			if !slices.ContainsFunc(wrong.Problems, func(p Problem) bool {
				return p.File == tt.file && p.Line == tt.line && strings.Contains(p.Reason, tt.reason)
			}) {
				t.Errorf("want %s:%d: %s; got\n%v", tt.file, tt.line, tt.reason, err)
			}
		})
	}
}

// TestAccessTestsAreChecked puts one wrong line behind the tests.
func TestAccessTestsAreChecked(t *testing.T) {
	set := builtInSet(t)
	if len(set.Tests()) == 0 {
		t.Fatal("the built-in rules have no tests")
	}
	for _, tt := range []struct{ name, line, reason string }{
		{"no such pair", "leitung,it,identitaet,normal,read,-,any,any,no,", "leitung@it is no pair"},
		{"unknown register", "leitung,asyl,keller,normal,read,-,any,any,no,", `unknown register "keller"`},
		{"unknown classification", "leitung,asyl,asyl,geheim,read,-,any,any,no,", `unknown classification "geheim"`},
		{"unknown action", "leitung,asyl,asyl,normal,fly,-,any,any,no,", `unknown action "fly"`},
		{"unknown purpose", "leitung,asyl,asyl,normal,read,spass,any,any,no,", `unknown purpose "spass"`},
		{"a capability in a register", "leitung,asyl,asyl,normal,grant,-,any,any,yes,", "capabilities know no registers"},
		{"a case without a case", "leitung,asyl,asyl,normal,read,antrag,matching,any,yes,", `stated as purpose "case"`},
		{"neither yes nor no", "leitung,asyl,asyl,normal,read,-,any,any,perhaps,", "neither yes nor no"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at := 0
			_, err := set.Revise(changed(t, set, testFile, func(s string) string {
				at = strings.Count(s, "\n") + 1
				return s + tt.line + "\n"
			}))
			var wrong *LoadError
			if !errors.As(err, &wrong) || len(wrong.Problems) != 1 {
				t.Fatalf("%v; want one problem", err)
			}
			if p := wrong.Problems[0]; p.File != testFile || p.Line != at || !strings.Contains(p.Reason, tt.reason) {
				t.Errorf("%v; want line %d and %s", p, at, tt.reason)
			}
		})
	}
}
