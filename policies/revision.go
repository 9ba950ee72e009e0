package policies

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// RuleFile is a file of access/: the model, rules, or tests of them.
type RuleFile struct {
	// Name is its path inside the folder, such as "access/leitung.csv".
	Name string
	Data []byte
}

// RuleFiles returns the files of access/ in the order of their names.
func (s *Set) RuleFiles() []RuleFile {
	var out []RuleFile
	for name, data := range s.files {
		if path.Dir(name) == ruleFolder {
			out = append(out, RuleFile{name, bytes.Clone(data)})
		}
	}
	slices.SortFunc(out, func(a, b RuleFile) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// IsRuleFile reports whether a path inside the folder is one of a [RuleFile].
func IsRuleFile(name string) bool {
	return name == path.Clean(name) && path.Dir(name) == ruleFolder && knownFile(name)
}

// ListFile returns the bytes of a file outside of access/; false where the folder has none of that name.
func (s *Set) ListFile(name string) ([]byte, bool) {
	data, ok := s.files[name]
	return bytes.Clone(data), ok && path.Dir(name) != ruleFolder
}

// Revise returns the set with other files in the place of those in access/, all of them; the lists stay. The error is
// a [*LoadError]; the set itself never changes.
func (s *Set) Revise(files []RuleFile) (*Set, error) {
	l := &loader{files: make(map[string][]byte, len(s.files))}
	for name, data := range s.files {
		if path.Dir(name) != ruleFolder {
			l.files[name] = data
		}
	}
	for _, f := range files {
		switch _, twice := l.files[f.Name]; {
		case !IsRuleFile(f.Name):
			l.add(f.Name, 0, "no file of access rules")
		case twice:
			l.add(f.Name, 0, "is there twice")
		default:
			l.keepFile(f.Name, bytes.Clone(f.Data))
		}
	}
	set := *s // lists are shared: neither set ever changes them
	set.hash, set.files, set.model, set.rules, set.tests = l.hash(), l.files, "", list[Rule]{}, nil
	l.readModel(&set)
	l.readRules(&set)
	l.readTests(&set)
	l.checkAccess(&set)
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	inheritRules(&set)
	return &set, nil
}

func shown(r Rule) *Rule {
	r = r.clone()
	return &r
}

// RuleChange is a written rule that is there in one of two sets alone, or says something else in each.
type RuleChange struct {
	// Before and After are nil where it isn't there.
	Before, After *Rule
}

// ID is that of the rule.
func (c RuleChange) ID() string {
	if c.After != nil {
		return c.After.ID
	}
	return c.Before.ID
}

// Changes is how the access rules of two sets differ.
type Changes struct {
	// Rules are by file and line: those that are taken away first.
	Rules []RuleChange
	// Gone and Added are tests.
	Gone, Added []AccessTest
	// Files are the names of files of access/ whose bytes differ, which may be for a comment alone.
	Files []string
}

// None reports that not a byte differs.
func (c Changes) None() bool { return len(c.Files) == 0 }

// Compare says how the access rules of a set differ from those of an earlier one. Where a rule stands is no difference.
func (s *Set) Compare(before *Set) Changes {
	var out Changes
	for _, was := range before.rules.items {
		if _, still := s.rules.get(was.ID); !still && was.From == "" {
			out.Rules = append(out.Rules, RuleChange{Before: shown(was)})
		}
	}
	for _, is := range s.rules.items {
		if is.From != "" {
			continue
		}
		was, known := before.rules.get(is.ID)
		switch {
		case !known:
			out.Rules = append(out.Rules, RuleChange{After: shown(is)})
		case was.Note != is.Note || !slices.Equal(was.Casbin(), is.Casbin()):
			out.Rules = append(out.Rules, RuleChange{Before: shown(was), After: shown(is)})
		}
	}
	out.Gone, out.Added = missingTests(before.tests, s.tests), missingTests(s.tests, before.tests)
	for _, files := range [][]RuleFile{before.RuleFiles(), s.RuleFiles()} {
		for _, f := range files {
			if is, was := s.files[f.Name], before.files[f.Name]; !bytes.Equal(is, was) && !slices.Contains(out.Files, f.Name) {
				out.Files = append(out.Files, f.Name)
			}
		}
	}
	slices.Sort(out.Files)
	return out
}

// missingTests are the tests that others aren't among.
func missingTests(tests, others []AccessTest) (out []AccessTest) {
	for _, t := range tests {
		if !slices.ContainsFunc(others, func(o AccessTest) bool { return o.same(t) }) {
			out = append(out, t)
		}
	}
	return out
}
