package policies

import (
	"regexp"
	"slices"
	"strings"
)

// modelSections are the definitions the compiled table relies on, without white space. The
// model lies in the policy folder so that it is reviewed with the rules and covered by the
// hash; a model that says anything else is refused.
var modelSections = map[string]string{
	"request_definition": "r=role,department,register,classification,action,purpose,case,brought",
	"policy_definition":  "p=id,eft,role,departments,registers,classifications,actions,purposes,case,brought",
	"policy_effect":      "e=some(where(p.eft==allow))&&!some(where(p.eft==deny))",
	"matchers": "m=r.role==p.role&&r.action!=\"\"&&holds(p.departments,r.department)&&holds(p.actions,r.action)" +
		"&&holds(p.registers,r.register)&&holds(p.classifications,r.classification)" +
		"&&(p.purposes==\"*\"||holds(p.purposes,r.purpose))" +
		"&&(p.case==\"any\"||p.case==r.case)&&(p.brought==\"any\"||p.brought==r.brought)",
}

// readModel checks the Casbin model section by section.
func (l *loader) readModel(set *Set) {
	data, ok := l.files[modelFile]
	if !ok {
		l.add(modelFile, 0, "file is missing")
		return
	}
	set.model = string(data)
	texts, lines := make(map[string]string), make(map[string]int)
	section := ""
	for i, text := range strings.Split(set.model, "\n") {
		text = strings.TrimSpace(text)
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case strings.HasPrefix(text, "["):
			section = strings.Trim(text, "[]")
			if _, known := modelSections[section]; !known {
				l.add(modelFile, i+1, "unknown section %s", text)
			} else if lines[section] > 0 {
				l.add(modelFile, i+1, "section %s stands already on line %d", text, lines[section])
			}
			lines[section] = i + 1
		default:
			texts[section] += strings.Join(strings.Fields(strings.TrimSuffix(text, `\`)), "")
		}
	}
	for section, want := range modelSections {
		if texts[section] != want {
			l.add(modelFile, lines[section], "[%s] must say %s", section, want)
		}
	}
	if texts[""] != "" {
		l.add(modelFile, 0, "text outside a section")
	}
}

// ruleID is what the id of a written rule looks like; "~" is kept for inherited ones.
var ruleID = regexp.MustCompile(`^[a-z0-9][a-z0-9@/._-]{0,95}$`)

// readRules reads every rule file and checks each rule by itself.
func (l *loader) readRules(set *Set) {
	for _, file := range l.ruleFiles() {
		for _, r := range l.table(file, ruleColumns[:]...) {
			rule := Rule{
				ID: r.cells["id"], Deny: r.oneOf("eft", effectAllow, effectDeny) == effectDeny,
				Role: r.key("role"), Departments: r.set("departments"), Registers: r.set("registers"),
				Classifications: r.set("classifications"), Actions: r.set("actions"),
				MatchingCase: r.oneOf("case", ConditionAny, CaseMatching) == CaseMatching,
				OwnBrought:   r.oneOf("brought", ConditionAny, BroughtOwn) == BroughtOwn,
				Note:         r.cells["note"], File: file, Line: r.line,
			}
			if r.cells["purposes"] != Any {
				if rule.Purposes = r.set("purposes"); len(rule.Purposes) == 0 {
					r.bad("purposes", "name purposes, or write * for any and none")
				}
			}
			if !ruleID.MatchString(rule.ID) {
				r.bad("id", "%q is no rule id (small letters, digits, @ / . _ -)", rule.ID)
			}
			checkRule(r, rule)
			l.putRule(set, r, rule)
		}
	}
}

// putRule adds the rule; ids are unique over all files.
func (l *loader) putRule(set *Set, r row, rule Rule) {
	if first, taken := set.rules.get(rule.ID); taken {
		r.bad("id", "%q stands already in %s:%d", rule.ID, first.File, first.Line)
		return
	}
	set.rules.add(rule.ID, rule)
}

// checkRule refuses a rule that contradicts itself.
func checkRule(r row, rule Rule) {
	if len(rule.Departments) == 0 {
		r.bad("departments", "a rule needs at least one")
	}
	if len(rule.Actions) == 0 {
		r.bad("actions", "a rule needs at least one")
	}
	onRegisters, capability := 0, 0
	for _, a := range rule.Actions {
		switch {
		case slices.Contains(RegisterActions(), a):
			onRegisters++
		case slices.Contains(Capabilities(), a):
			capability++
		default:
			r.bad("actions", "unknown action %q", a)
		}
	}
	conditional := rule.MatchingCase || rule.OwnBrought
	switch {
	case onRegisters > 0 && capability > 0:
		r.bad("actions", "actions on registers and capabilities need rules of their own")
	case onRegisters > 0 && (len(rule.Registers) == 0 || len(rule.Classifications) == 0):
		r.bad("registers", "these actions need registers and classifications")
	case capability > 0 && (len(rule.Registers) > 0 || len(rule.Classifications) > 0 || conditional):
		r.bad("registers", "capabilities know no registers, classifications or conditions")
	case rule.Deny && conditional:
		r.bad("case", "a deny rule holds whatever the case and whoever brought the document")
	}
	if !rule.Deny {
		checkLadder(r, rule.Actions)
	}
}

// checkLadder refuses an allow that makes no sense alone: who writes reads, who reads
// learns that something is there.
func checkLadder(r row, actions []string) {
	for _, step := range [][2]string{{ActRead, ActExist}, {ActWrite, ActRead}} {
		if slices.Contains(actions, step[0]) && !slices.Contains(actions, step[1]) {
			r.bad("actions", "%s without %s", step[0], step[1])
		}
	}
}

// inheritRules adds the rules of the pairs that follow another one.
func inheritRules(set *Set) {
	written := set.rules.items
	for _, p := range set.pairs.items {
		if p.FollowsRole == "" {
			continue
		}
		for _, rule := range written {
			if rule.Role != p.FollowsRole || !slices.Contains(rule.Departments, p.FollowsDepartment) {
				continue
			}
			if derived, ok := rule.inherit(p); ok {
				set.rules.add(derived.ID, derived)
			}
		}
	}
}
