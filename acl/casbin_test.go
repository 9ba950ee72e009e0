package acl

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"eakte/policies"
)

// TestAccess runs the scripts in testdata. A script's files named *.access hold one line
// per who–what–answer, any other file is added to the built-in policy files of its name:
//
//	ROLE@DEPARTMENT ACTION [REGISTER CLASSIFICATION] [case] [own] [for PURPOSE] -> ANSWER
//
// case states a matching case, own a document the own department brought in. The answers:
// "allow RULE"; "deny RULE", by a deny rule; "exists RULE", not that, but to know of it;
// "hidden", not even that; "deny", for an action that concerns no register.
func TestAccess(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(script)
			if err != nil {
				t.Fatal(err)
			}
			more := make(map[string]string)
			for _, f := range archive.Files {
				if filepath.Ext(f.Name) != ".access" {
					more[f.Name] = string(f.Data)
				}
			}
			set := changedPolicies(t, more)
			table, err := Compile(set)
			if err != nil {
				t.Fatal(err)
			}
			whole, err := NewCasbin(set)
			if err != nil {
				t.Fatal(err)
			}
			runAccess(t, archive.Files, table, whole)
		})
	}
}

// runAccess asks table and Casbin every line of the *.access files.
func runAccess(t *testing.T, files []txtar.File, table *Table, whole *Casbin) {
	lines := 0
	for _, f := range files {
		if filepath.Ext(f.Name) != ".access" {
			continue
		}
		for i, line := range strings.Split(string(f.Data), "\n") {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			lines++
			question, want, ok := strings.Cut(line, " -> ")
			req, understood := accessRequest(question)
			if !ok || !understood {
				t.Errorf("%s:%d: can't read %q", f.Name, i+1, line)
				continue
			}
			got := answer(table.Decide, req)
			if got != want {
				t.Errorf("%s:%d: %s -> %s; got %s", f.Name, i+1, question, want, got)
			}
			byCasbin := answer(func(req Request) Decision {
				d, err := whole.Decide(req)
				if err != nil {
					t.Errorf("%s:%d: %v", f.Name, i+1, err)
				}
				return d
			}, req)
			if got != byCasbin {
				t.Errorf("%s:%d: table says %s, Casbin %s", f.Name, i+1, got, byCasbin)
			}
		}
	}
	if lines == 0 {
		t.Error("the script asks nothing")
	}
}

// accessRequest reads the part of a line before the arrow.
func accessRequest(question string) (req Request, ok bool) {
	words := strings.Fields(question)
	if len(words) < 2 {
		return req, false
	}
	if req.Role, req.Department, ok = strings.Cut(words[0], "@"); !ok {
		return req, false
	}
	req.Action, words = words[1], words[2:]
	if actionScope(req.Action) != scopeCapability {
		if len(words) < 2 {
			return req, false
		}
		req.Register, req.Classification, words = words[0], words[1], words[2:]
	}
	for len(words) > 0 {
		switch {
		case words[0] == "case":
			req.MatchingCase = true
		case words[0] == "own":
			req.OwnBrought = true
		case words[0] == "for" && len(words) > 1:
			req.Purpose, words = words[1], words[1:]
		default:
			return req, false
		}
		words = words[1:]
	}
	return req, true
}

// answer puts a decision into the words of the scripts.
func answer(decide func(Request) Decision, req Request) string {
	d := decide(req)
	switch {
	case d.Allow:
		return "allow " + d.Rule
	case d.Rule != "":
		return "deny " + d.Rule
	case actionScope(req.Action) == scopeCapability:
		return "deny"
	}
	req.Action = policies.ActExist
	if d := decide(req); d.Allow {
		return "exists " + d.Rule
	}
	return "hidden"
}

func TestCasbinFailsClosed(t *testing.T) {
	t.Parallel()
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newEnforcer(set.Model(), nil); err == nil {
		t.Error("an enforcer without rules was made; Casbin matches empty words there")
	}
	if _, err := newEnforcer("[matchers]\nm = true", set.Rules()); err == nil {
		t.Error("an enforcer without definitions was made")
	}
	req := Request{Role: "gesundheit", Department: "gesundheit", Register: "gesundheit", Classification: "besonders", Action: policies.ActRead}
	beforeMatcher, _, found := strings.Cut(set.Model(), "m = ")
	if !found {
		t.Fatal("the model has no matcher")
	}
	for name, model := range map[string]string{
		"unknown function":  strings.ReplaceAll(set.Model(), "holds(p.actions", "wields(p.actions"),
		"wrong type":        strings.ReplaceAll(set.Model(), "holds(p.actions, r.action)", "holds(p.actions, 1)"),
		"no yes or no":      beforeMatcher + "m = r.role + p.role",
		"rules not asked":   beforeMatcher + "m = r.role == r.department",
		"too few arguments": strings.ReplaceAll(set.Model(), "holds(p.actions, r.action)", "holds(p.actions)"),
		"other effect":      strings.ReplaceAll(set.Model(), "e = some(where (p.eft == allow)) && !some(where (p.eft == deny))", "e = any(allow)"),
		"other request":     strings.ReplaceAll(set.Model(), "purpose, case, brought\n\n[policy", "purpose, case\n\n[policy"),
	} {
		if model == set.Model() {
			t.Fatalf("%s: the model wasn't changed", name)
		}
		e, err := newEnforcer(model, set.Rules())
		if err != nil {
			continue
		}
		line, ok := casbinRequest(set, req)
		if !ok {
			t.Fatal("no request")
		}
		if d, err := enforce(e, line); d.Allow {
			t.Errorf("%s: %+v, %v; want a deny", name, d, err)
		}
	}
}

func TestHolds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		words, word string
		want        bool
	}{
		{"read", "read", true}, {"exist read write", "exist", true}, {"exist read write", "read", true}, {"exist read write", "write", true},
		{"exist read write", "rea", false}, {"exist read write", "ead", false}, {"exist read write", "exist read", false},
		{"exist read", "", false}, {"", "", false}, {"", "read", false}, {"a  b", "", false}, {"-", "-", true}, {"*", "read", false},
	} {
		if got, err := holds(tt.words, tt.word); err != nil || got != tt.want {
			t.Errorf("holds(%q, %q) = %v, %v; want %t", tt.words, tt.word, got, err, tt.want)
		}
	}
	for _, args := range [][]any{nil, {"a"}, {"a", 1}, {1, "a"}, {"a", "a", "a"}} {
		if got, err := holds(args...); err == nil || got != false {
			t.Errorf("holds(%v) = %v, %v; want an error", args, got, err)
		}
	}
}

// TestCasbinMayBeAskedByMany is for the race detector.
func TestCasbinMayBeAskedByMany(t *testing.T) {
	t.Parallel()
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	whole, err := NewCasbin(set)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, r := range set.Registers() {
				req := Request{"leitung", "asyl", r.Key, "normal", policies.ActWrite, "case:1", true, true}
				d, err := whole.Decide(req)
				if want := r.Key == "identitaet" || r.Key == "asyl" || r.Key == "familie" || r.Key == "schriftwechsel" || r.Key == "ungeordnet"; err != nil || d.Allow != want {
					t.Errorf("%+v: %+v, %v; want %t", req, d, err, want)
				}
			}
		})
	}
	group.Wait()
}
