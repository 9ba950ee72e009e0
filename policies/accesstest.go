package policies

import "slices"

// AccessTest is a line of access/tests.csv: who asks for what, and whether the rules are to allow it. Whoever writes
// rules says there, beside them, what they are for.
type AccessTest struct {
	Role, Department string
	// Register and Classification are empty for a capability.
	Register, Classification string
	Action                   string
	// Purpose is a code, "case", or empty for none.
	Purpose string
	// MatchingCase and OwnBrought are the circumstances: see [Rule].
	MatchingCase, OwnBrought bool
	Allowed                  bool
	// Note says why, for the reviewer.
	Note string
	// Line is where it is written.
	Line int
}

// TestFile is the name of the file that tests are written in.
const TestFile = testFile

// Tests returns all tests of the access rules in the order of the file; none where the folder has no such file.
func (s *Set) Tests() []AccessTest { return slices.Clone(s.tests) }

// same reports whether a test asks the same and wants the same answer.
func (t AccessTest) same(o AccessTest) bool {
	t.Note, t.Line = o.Note, o.Line
	return t == o
}

func (l *loader) readTests(set *Set) {
	if _, there := l.files[testFile]; !there {
		return
	}
	for _, r := range l.table(testFile, "role", "department", "register", "classification", "action", "purpose", "case",
		"brought", "allowed", "note") {
		set.tests = append(set.tests, AccessTest{
			Role: r.key("role"), Department: r.key("department"), Register: r.keyOrNone("register"),
			Classification: r.keyOrNone("classification"), Action: r.text("action"), Purpose: r.keyOrNone("purpose"),
			MatchingCase: r.oneOf("case", ConditionAny, CaseMatching) == CaseMatching,
			OwnBrought:   r.oneOf("brought", ConditionAny, BroughtOwn) == BroughtOwn,
			Allowed:      r.flag("allowed"), Note: r.cells["note"], Line: r.line,
		})
	}
}

// keyOrNone reads a key, or "-" for none.
func (r row) keyOrNone(column string) string {
	if r.cells[column] == None {
		return ""
	}
	return r.key(column)
}

// checkTests refuses a test that no request could be: whatever it wants, it would test nothing.
func (l *loader) checkTests(set *Set) {
	for _, t := range set.tests {
		if _, ok := set.Pair(t.Role, t.Department); !ok {
			l.add(testFile, t.Line, "%s@%s is no pair of pairs.csv", t.Role, t.Department)
		}
		switch register, class := set.registers.has(t.Register), set.classifications.has(t.Classification); {
		case slices.Contains(RegisterActions(), t.Action):
			if !register {
				l.add(testFile, t.Line, "unknown register %q", t.Register)
			}
			if !class {
				l.add(testFile, t.Line, "unknown classification %q", t.Classification)
			}
		case !slices.Contains(Capabilities(), t.Action):
			l.add(testFile, t.Line, "unknown action %q", t.Action)
		case t.Register != "" || t.Classification != "" || t.MatchingCase || t.OwnBrought:
			l.add(testFile, t.Line, "capabilities know no registers, classifications or conditions")
		}
		if t.Purpose != "" && t.Purpose != PurposeCase && !set.purposes.has(t.Purpose) {
			l.add(testFile, t.Line, "unknown purpose %q", t.Purpose)
		}
		if t.MatchingCase && t.Purpose != PurposeCase {
			l.add(testFile, t.Line, "a matching case is stated as purpose %q", PurposeCase)
		}
	}
}
