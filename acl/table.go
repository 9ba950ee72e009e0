package acl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2"

	"eakte/policies"
)

// Table holds Casbin's answer to every request the policies know, so that a decision is a
// look-up. It never changes; safe for use by many goroutines.
type Table struct {
	hash      string
	axes      axes
	rules     []string // rule ids by number; number 0 is no rule
	cells     []cell   // by axes.at
	registers []string // in the order of the policies
	classes   []string // in the order of the policies
}

// cell is one answer: the number of the deciding rule, times two, plus one for allow.
// The zero cell is a deny by no rule.
type cell uint16

// maxRules is how many rules a cell can tell apart.
const maxRules = 1<<15 - 1

// Compile asks Casbin for every cell that any rule names. To be quick it asks small
// enforcers, one for each role, department and action, that hold only the rules naming all
// three: no other rule can match there, as the model asks for each by name. For the same
// reason a cell whose register and classification none of them names is a deny unasked.
func Compile(set *policies.Set) (*Table, error) {
	t, err := newTable(set)
	if err != nil {
		return nil, err
	}
	rules := set.Rules()
	for _, p := range set.Pairs() {
		for _, action := range t.axes.actionNames {
			if err := t.compileShard(set, rules, p, action); err != nil {
				return nil, fmt.Errorf("acl: compiling %s %s: %w", p, action, err)
			}
		}
	}
	return t, nil
}

// newTable returns a table that denies everything.
func newTable(set *policies.Set) (*Table, error) {
	t := &Table{hash: set.Hash(), axes: newAxes(set), rules: []string{""}}
	for _, r := range set.Rules() {
		t.rules = append(t.rules, r.ID)
	}
	if len(t.rules) > maxRules {
		return nil, errors.New("acl: too many rules for the table")
	}
	for _, r := range set.Registers() {
		t.registers = append(t.registers, r.Key)
	}
	for _, c := range set.Classifications() {
		t.classes = append(t.classes, c.Key)
	}
	t.cells = make([]cell, t.axes.size())
	return t, nil
}

// compileShard fills the cells of one pair and action from the rules that name them.
func (t *Table) compileShard(set *policies.Set, all []policies.Rule, p policies.Pair, action string) error {
	var rules []policies.Rule
	numbers := make(map[string]cell)
	for i, r := range all {
		if r.Role == p.Role && slices.Contains(r.Departments, p.Department) && slices.Contains(r.Actions, action) {
			rules = append(rules, r)
			numbers[r.ID] = cell(i + 1)
		}
	}
	if len(rules) == 0 {
		return nil
	}
	shard, err := newEnforcer(set.Model(), rules)
	if err != nil {
		return err
	}
	req := Request{Role: p.Role, Department: p.Department, Action: action}
	if actionScope(action) == scopeCapability {
		return t.compileCells(set, shard, numbers, req)
	}
	for _, req.Register = range t.registers {
		for _, req.Classification = range t.classes {
			named := slices.ContainsFunc(rules, func(r policies.Rule) bool {
				return slices.Contains(r.Registers, req.Register) && slices.Contains(r.Classifications, req.Classification)
			})
			if !named {
				continue
			}
			if err := t.compileCells(set, shard, numbers, req); err != nil {
				return err
			}
		}
	}
	return nil
}

// compileCells fills the cells of one request for every class of purposes and condition.
func (t *Table) compileCells(set *policies.Set, shard *casbin.Enforcer, numbers map[string]cell, req Request) error {
	for _, req.Purpose = range t.axes.purposeSamples {
		for conditions := range 4 {
			req.MatchingCase, req.OwnBrought = conditions&2 != 0, conditions&1 != 0
			line, ok := casbinRequest(set, req)
			at, found := t.axes.at(req)
			if !ok || !found {
				return errors.New("a cell of the table is no request")
			}
			d, err := enforce(shard, line)
			if err != nil {
				return err
			}
			number, named := numbers[d.Rule]
			if !named && d.Rule != "" {
				return fmt.Errorf("casbin names the unknown rule %q", d.Rule)
			}
			t.cells[at] = number << 1
			if d.Allow {
				t.cells[at]++
			}
		}
	}
	return nil
}

// Hash returns the hash of the policies the table was compiled from; it belongs into the
// trail beside the rule.
func (t *Table) Hash() string { return t.hash }

// Decide answers the request: a deny for every value the policies don't know. It allocates
// nothing.
func (t *Table) Decide(req Request) Decision {
	at, ok := t.axes.at(req)
	if !ok {
		return Decision{}
	}
	c := t.cells[at]
	return Decision{Allow: c&1 == 1, Rule: t.rules[c>>1]}
}

// Cell is a register and classification a pair may act on, and what must hold for it.
type Cell struct {
	Register, Classification string
	// OwnOnly asks for a document that the own department brought in.
	OwnOnly bool
	// CaseOnly asks for a matching case.
	CaseOnly bool
	// Rule is the id of the rule that allows it under just these conditions.
	Rule string
}

// Cells returns everything the pair may do this action on for this purpose, in the order
// of registers and classifications; empty for a capability and for unknown values. What is
// allowed on a weaker condition isn't listed again on a stronger one, so a register and
// classification appear twice only when either condition alone is enough. Whoever builds
// the rights part of a search takes every cell, the conditional ones with their condition.
func (t *Table) Cells(role, department, action, purpose string) []Cell {
	var cells []Cell
	req := Request{Role: role, Department: department, Action: action, Purpose: purpose}
	for _, req.Register = range t.registers {
		for _, req.Classification = range t.classes {
			cells = t.appendCells(cells, req)
		}
	}
	return cells
}

// appendCells appends the weakest conditions under which the request is allowed.
func (t *Table) appendCells(cells []Cell, req Request) []Cell {
	decide := func(matching, own bool) bool {
		req.MatchingCase, req.OwnBrought = matching, own
		d := t.Decide(req)
		if d.Allow {
			cells = append(cells, Cell{req.Register, req.Classification, own, matching, d.Rule})
		}
		return d.Allow
	}
	if decide(false, false) {
		return cells
	}
	own, matching := decide(false, true), decide(true, false)
	if !own && !matching {
		decide(true, true)
	}
	return cells
}

// axes number the values of a request. The number 0 of registers and classifications is
// "none", which only capabilities have.
type axes struct {
	roles       map[string]int
	departments map[string]int
	pairs       []int // by role and department; -1 where there is no pair
	pairCount   int
	actions     map[string]tableAction
	registers   map[string]int
	classes     map[string]int
	purposes    map[string]int // purpose to its class; with policies.PurposeCase and ""

	actionNames    []string
	purposeSamples []string // one purpose of each class, as in a Request
}

type tableAction struct {
	number int
	scope  scope
}

func newAxes(set *policies.Set) axes {
	a := axes{
		roles: map[string]int{}, departments: map[string]int{}, actions: map[string]tableAction{},
		registers: map[string]int{}, classes: map[string]int{}, purposes: map[string]int{},
		actionNames: append(policies.RegisterActions(), policies.Capabilities()...),
	}
	for i, r := range set.Roles() {
		a.roles[r.Key] = i
	}
	for i, d := range set.Departments() {
		a.departments[d.Key] = i
	}
	a.pairs = slices.Repeat([]int{-1}, len(a.roles)*len(a.departments))
	for i, p := range set.Pairs() {
		a.pairs[a.roles[p.Role]*len(a.departments)+a.departments[p.Department]] = i
		a.pairCount++
	}
	for i, name := range a.actionNames {
		a.actions[name] = tableAction{number: i, scope: actionScope(name)}
	}
	for i, r := range set.Registers() {
		a.registers[r.Key] = i + 1
	}
	for i, c := range set.Classifications() {
		a.classes[c.Key] = i + 1
	}
	a.classifyPurposes(set)
	return a
}

// classifyPurposes puts purposes that no rule tells apart into one class.
func (a *axes) classifyPurposes(set *policies.Set) {
	rules := slices.DeleteFunc(set.Rules(), func(r policies.Rule) bool { return len(r.Purposes) == 0 })
	classes := make(map[string]int)
	add := func(key, sample string) {
		var names strings.Builder
		for _, r := range rules {
			if slices.Contains(r.Purposes, key) {
				names.WriteString(r.ID + " ")
			}
		}
		class, known := classes[names.String()]
		if !known {
			class = len(a.purposeSamples)
			classes[names.String()] = class
			a.purposeSamples = append(a.purposeSamples, sample)
		}
		a.purposes[key] = class
	}
	add("", "")
	add(policies.PurposeCase, policies.PurposeCase)
	for _, p := range set.Purposes() {
		add(p.Key, p.Key)
	}
}

func (a *axes) size() int {
	return a.pairCount * len(a.actions) * len(a.purposeSamples) * (len(a.registers) + 1) * (len(a.classes) + 1) * 4
}

// at returns the place of the request's cell; false when a value is unknown or an action
// and its register don't fit together.
func (a *axes) at(req Request) (int, bool) {
	role, okRole := a.roles[req.Role]
	department, okDepartment := a.departments[req.Department]
	act, okAction := a.actions[req.Action]
	purpose, okPurpose := a.purpose(req.Purpose)
	if !okRole || !okDepartment || !okAction || !okPurpose {
		return 0, false
	}
	p := a.pairs[role*len(a.departments)+department]
	if p < 0 {
		return 0, false
	}
	register, class := 0, 0
	if act.scope == scopeCapability {
		if req.Register != "" || req.Classification != "" {
			return 0, false
		}
	} else if register, class = a.registers[req.Register], a.classes[req.Classification]; register == 0 || class == 0 {
		return 0, false
	}
	at := p*len(a.actions) + act.number
	at = at*len(a.purposeSamples) + purpose
	at = at*(len(a.registers)+1) + register
	at = (at*(len(a.classes)+1) + class) * 4
	if req.MatchingCase {
		at += 2
	}
	if req.OwnBrought {
		at++
	}
	return at, true
}

// purpose returns the class of the purpose.
func (a *axes) purpose(purpose string) (int, bool) {
	if isCasePurpose(purpose) {
		purpose = policies.PurposeCase
	}
	class, ok := a.purposes[purpose]
	return class, ok
}
