package policies

import (
	"slices"
	"strings"
)

// Effects of a rule.
const (
	effectAllow = "allow"
	effectDeny  = "deny"
)

// Words of the model that stand for "nothing" and "whatever".
const (
	// None stands in a rule or a Casbin request for: no register, no classification, no purpose.
	None = "-"
	// Any stands in a rule for: every purpose, and no purpose as well.
	Any = "*"
	// PurposeCase is the purpose of whoever names a case instead of a code.
	PurposeCase = "case"
)

// Values of the fields "case" and "brought" of a rule and of a Casbin request.
const (
	// CaseMatching asks for (and states) a case that touches the register.
	CaseMatching = "matching"
	// BroughtOwn asks for (and states) that the own department brought the document in.
	BroughtOwn = "own"
	// ConditionAny asks for nothing.
	ConditionAny = "any"
)

// Rule is one line of the access rules.
type Rule struct {
	// ID names the rule in the trail for ever. A rule that a pair inherits is named after
	// the one it comes from and the role: "sachbearbeitung@asyl/familie~leitung".
	ID string
	// Deny makes the rule forbid: it beats every allow of the same pair.
	Deny bool
	// Role and Departments name the pairs the rule is for.
	Role        string
	Departments []string
	// Registers and Classifications the rule reaches; both empty for capabilities.
	Registers, Classifications []string
	// Actions the rule speaks of.
	Actions []string
	// Purposes the rule asks for; empty: any and none.
	Purposes []string
	// MatchingCase asks for a case whose procedure touches the register.
	MatchingCase bool
	// OwnBrought asks for a document that the own department brought in.
	OwnBrought bool
	// Note says why, for the reviewer.
	Note string
	// From is the ID of the rule this one was inherited from; empty for a written one.
	From string
	// File and Line tell where it is written.
	File string
	Line int
}

// ruleColumns are the columns of access/*.csv; all but the note are the fields of the
// Casbin policy definition.
var ruleColumns = [...]string{
	"id", "eft", "role", "departments", "registers", "classifications",
	"actions", "purposes", "case", "brought", "note",
}

// Casbin returns the rule as a line of Casbin policy, in the order of the model's policy
// definition.
func (r Rule) Casbin() []string {
	eft, kase, brought := effectAllow, ConditionAny, ConditionAny
	if r.Deny {
		eft = effectDeny
	}
	if r.MatchingCase {
		kase = CaseMatching
	}
	if r.OwnBrought {
		brought = BroughtOwn
	}
	return []string{
		r.ID, eft, r.Role, joinOr(r.Departments, None), joinOr(r.Registers, None),
		joinOr(r.Classifications, None), joinOr(r.Actions, None), joinOr(r.Purposes, Any), kase, brought,
	}
}

func joinOr(words []string, empty string) string {
	if len(words) == 0 {
		return empty
	}
	return strings.Join(words, " ")
}

func (r Rule) clone() Rule {
	r.Departments = slices.Clone(r.Departments)
	r.Registers = slices.Clone(r.Registers)
	r.Classifications = slices.Clone(r.Classifications)
	r.Actions = slices.Clone(r.Actions)
	r.Purposes = slices.Clone(r.Purposes)
	return r
}

// inherit returns the rule as the following pair has it. What allows shrinks to the pair's
// classifications and is dropped (ok false) when nothing is left or when the rule isn't on
// registers; what denies keeps its full reach.
func (r Rule) inherit(p Pair) (derived Rule, ok bool) {
	if len(r.Registers) == 0 {
		return Rule{}, false
	}
	d := r.clone()
	d.ID, d.From = r.ID+"~"+p.Role, r.ID
	d.Role, d.Departments = p.Role, []string{p.Department}
	if len(p.Only) > 0 && !r.Deny {
		d.Classifications = slices.DeleteFunc(d.Classifications, func(c string) bool {
			return !slices.Contains(p.Only, c)
		})
	}
	return d, len(d.Classifications) > 0
}
