package acl

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Access rules change while the authority works, by the word of two. Who operates the system proposes a version: she
// puts files in their place and sees no content, so nothing is hers to gain. A lead who did not propose it lets it come
// into force, as she answers for who sees what. Data protection reads all of it and may turn a version down; that
// officer makes no rules, since she is to judge them (Art. 38 (6) GDPR). Lists (departments, registers, types) are no
// part of a version: records refer to them, so they change with the folder, at a start.

// PolicyRow is a version of the access rules in the list.
type PolicyRow struct {
	archive.Policy
	// ByName and JudgedByName are what people are called; empty where nobody is.
	ByName, JudgedByName string
}

// PolicyList is how the access rules stand.
type PolicyList struct {
	// Items are the versions, newest first.
	Items []PolicyRow
	// InForce is the number of the one in force; 0 where nobody ever proposed another one than what Hash names.
	InForce int
	// Hash names the policies in force, and Counts is how much is in them.
	Hash   string
	Counts policies.Counts
	// MayPropose says that the subject proposes versions, MayExplain that she may ask who may do what.
	MayPropose, MayExplain bool
}

// PolicyView is a version of the access rules with what it changes.
type PolicyView struct {
	PolicyRow
	// Changes are those from its base.
	Changes policies.Changes
	// Before and After are the sets that were compared, to put rules into words.
	Before, After *policies.Set
	// Tests is how many access tests it has; all of them passed when it was proposed.
	Tests int
	// Broken are tests of the rules in force that it would fail, where it waits for a word.
	Broken []policies.Problem
	// Seen is what [Desk.JudgePolicy] asks for: the number of the version in force.
	Seen int
	// Own says that the subject proposed it. MayApprove and MayDecline are what she can say to it.
	Own, MayApprove, MayDecline bool
}

// PolicyProposal is another version of the access rules.
type PolicyProposal struct {
	// Parts are single files, which take the place of those of the same name, or one ZIP, which takes that of all.
	Parts []PolicyPart
	// From goes back to the files of an older version instead; 0: none.
	From   int
	Reason string
}

// ruling is a set with its table.
type ruling struct {
	set   *policies.Set
	table *Table
}

// past keeps the tables of sets that were looked at lately, by the hash of the set.
type past struct {
	mu sync.Mutex
	of map[string]*Table
}

// pastKept is how many; one takes about half a megabyte.
const pastKept = 8

// ruling returns the set and table of a version, with the lists of today. The error is a [*policies.LoadError] where
// they don't go together any more.
func (g *Guard) ruling(p archive.Policy) (ruling, error) {
	set, err := g.Policies.Revise(p.Files)
	if err != nil {
		return ruling{}, err
	}
	table, err := g.tableOf(set)
	return ruling{set, table}, err
}

// tableOf compiles a set, or finds its table in memory.
func (g *Guard) tableOf(set *policies.Set) (*Table, error) {
	if set.FullHash() == g.Policies.FullHash() {
		return g.Table, nil
	}
	g.past.mu.Lock()
	defer g.past.mu.Unlock()
	if known, ok := g.past.of[set.FullHash()]; ok {
		return known, nil
	}
	table, err := Compile(set)
	if err != nil {
		return nil, err
	}
	if len(g.past.of) >= pastKept || g.past.of == nil {
		g.past.of = map[string]*Table{}
	}
	g.past.of[set.FullHash()] = table
	return table, nil
}

// compile checks files of access rules in every way: each by itself, with the lists, that somebody can change them
// again, and by their own tests.
func (g *Guard) compile(files []policies.RuleFile) (ruling, error) {
	made, err := g.ruling(archive.Policy{Files: files})
	if err != nil {
		return ruling{}, err
	}
	problems := append(made.table.Fails(made.set.Tests()), stuck(made.set, made.table)...)
	if len(problems) > 0 {
		return ruling{}, &policies.LoadError{Problems: problems}
	}
	return made, nil
}

// InForce returns a set with the access rules in force in the place of its own: those of the version that people let
// come into force, else its own. The lists are the set's. The error is a [*policies.LoadError] where the version
// doesn't go with these lists.
func InForce(r archive.Reader, set *policies.Set) (*policies.Set, error) {
	p, err := r.PolicyInForce()
	if isNotFound(err) || err == nil && p.Folder {
		return set, nil
	}
	if err != nil {
		return nil, err
	}
	revised, err := set.Revise(p.Files)
	if err != nil {
		return nil, fmt.Errorf("acl: version %d of the access rules does not go with these lists: %w", p.Number, err)
	}
	return revised, nil
}

// Fails runs access tests and returns those that the table answers otherwise.
func (t *Table) Fails(tests []policies.AccessTest) (out []policies.Problem) {
	for _, test := range tests {
		d := t.Decide(Request{
			Role: test.Role, Department: test.Department, Register: test.Register, Classification: test.Classification,
			Action: test.Action, Purpose: test.Purpose, MatchingCase: test.MatchingCase, OwnBrought: test.OwnBrought,
		})
		if d.Allow == test.Allowed {
			continue
		}
		by := "no rule allows it"
		if d.Rule != "" {
			by = "rule " + d.Rule + " decides"
		}
		wants := map[bool]string{true: "allowed", false: "not allowed"}
		out = append(out, policies.Problem{File: policies.TestFile, Line: test.Line, Reason: fmt.Sprintf(
			"%s@%s %s %s/%s is to be %s and is %s: %s", test.Role, test.Department, test.Action, orNone(test.Register),
			orNone(test.Classification), wants[test.Allowed], wants[d.Allow], by)})
	}
	return out
}

func orNone(key string) string {
	if key == "" {
		return policies.None
	}
	return key
}

// stuck tells of rules that nobody could ever change again.
func stuck(set *policies.Set, table *Table) (out []policies.Problem) {
	for _, action := range []string{policies.ActRulesPropose, policies.ActRulesApprove} {
		if !slices.ContainsFunc(set.Pairs(), func(p policies.Pair) bool {
			return table.Decide(Request{Role: p.Role, Department: p.Department, Action: action}).Allow
		}) {
			out = append(out, policies.Problem{Reason: "no rule allows anybody " + action + ": these rules could not be changed again"})
		}
	}
	return out
}

// SeesRules reports whether the subject may read versions of the access rules. It grants nothing.
func (d *Desk) SeesRules() bool {
	return d.May(policies.ActRulesRead) || d.May(policies.ActRulesPropose) || d.May(policies.ActRulesApprove)
}

// Policies lists the versions of the access rules for who proposes, judges or controls them.
func (d *Desk) Policies(ctx context.Context) (PolicyList, error) {
	if !d.SeesRules() {
		return PolicyList{}, d.refused(ctx, act{op: audit.OpPolicyOpen}, ErrDenied)
	}
	set := d.guard.Policies
	out := PolicyList{
		Hash: set.Hash(), Counts: set.Counts(), MayPropose: d.May(policies.ActRulesPropose), MayExplain: d.May(policies.ActRulesRead),
	}
	err := d.view(ctx, func(r archive.Reader) error {
		out.Items, out.InForce = []PolicyRow{}, 0
		for row, err := range r.Policies("") {
			if err != nil {
				return err
			}
			v, err := policyRow(r, row.Value)
			if err != nil {
				return err
			}
			if v.State == archive.PolicyActive {
				out.InForce = v.Number
			}
			v.Files = nil
			out.Items = append(out.Items, v)
		}
		return nil
	})
	return out, err
}

func policyRow(r archive.Reader, p archive.Policy) (row PolicyRow, err error) {
	row.Policy = p
	if row.ByName, err = displayName(r, p.By); err != nil || p.Judged == nil {
		return row, err
	}
	row.JudgedByName, err = displayName(r, p.Judged.By)
	return row, err
}

// Policy shows a version of the access rules with what it changes.
func (d *Desk) Policy(ctx context.Context, number int) (PolicyView, error) {
	if !d.SeesRules() {
		return PolicyView{}, d.refused(ctx, act{op: audit.OpPolicyOpen}, ErrDenied)
	}
	var out PolicyView
	var base *archive.Policy
	err := d.view(ctx, func(r archive.Reader) (err error) {
		out, base = PolicyView{}, nil
		p, err := r.Policy(number)
		if err != nil {
			return err
		}
		if out.PolicyRow, err = policyRow(r, p); err != nil {
			return err
		}
		active, err := r.PolicyInForce()
		if err != nil {
			return unlessMissing(err)
		}
		out.Seen = active.Number
		at := p.Base
		if p.State == archive.PolicyProposed { // what it would change by now
			at = active.Number
		}
		if at == 0 {
			return nil
		}
		b, err := r.Policy(at)
		if err == nil {
			base = &b
		}
		return unlessMissing(err)
	})
	if err != nil {
		return PolicyView{}, err
	}
	return d.policyView(out, base)
}

// policyView finds what a version changes, and what the subject can say to it.
func (d *Desk) policyView(v PolicyView, base *archive.Policy) (PolicyView, error) {
	set, err := d.guard.Policies.Revise(v.Files)
	if err != nil {
		return PolicyView{}, err
	}
	v.Before, v.After, v.Tests = set, set, len(set.Tests())
	if base != nil {
		if v.Before, err = d.guard.Policies.Revise(base.Files); err != nil {
			return PolicyView{}, err
		}
		v.Changes = set.Compare(v.Before)
	}
	v.Own = v.By != "" && v.By == d.subject.User
	if v.State != archive.PolicyProposed {
		return v, nil
	}
	made, err := d.guard.ruling(v.Policy)
	if err != nil {
		return PolicyView{}, err
	}
	v.Broken = made.table.Fails(v.Before.Tests())
	v.MayApprove = !v.Own && d.May(policies.ActRulesApprove)
	v.MayDecline = v.Own || d.May(policies.ActRulesApprove) || d.May(policies.ActRulesRead)
	return v, nil
}

// ProposePolicy proposes another version of the access rules, which changes nothing before somebody else lets it come
// into force. The error is a [*policies.LoadError] with all that is wrong, access tests that fail among it.
func (d *Desk) ProposePolicy(ctx context.Context, p PolicyProposal) (PolicyView, error) {
	tried := act{op: audit.OpPolicyPropose}
	v, ok := d.able(policies.ActRulesPropose)
	if !ok {
		return PolicyView{}, d.refused(ctx, tried, ErrDenied)
	}
	files, err := d.proposed(ctx, p)
	if err != nil {
		return PolicyView{}, err
	}
	made := archive.Policy{
		State: archive.PolicyProposed, From: p.From, Files: files, Reason: p.Reason, By: d.subject.User, At: d.guard.Now().UTC(), Revision: 1,
	}
	if err := made.Normalise(); err != nil {
		return PolicyView{}, err
	}
	checked, err := d.guard.compile(files)
	if err != nil {
		return PolicyView{}, err
	}
	if checked.set.Compare(d.guard.Policies).None() {
		return PolicyView{}, &archive.FieldError{Pointer: "/file", Code: "unchanged", Detail: "these are the rules in force"}
	}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		active, last, err := d.guard.keepFolder(tx)
		if err != nil {
			return act{}, err
		}
		put := made
		put.Number, put.Base = last+1, active
		made.Number = put.Number
		done := tried
		done.object, done.verdict = policyObject(put.Number), v
		done.detail = &audit.Detail{Act: map[string]any{
			"reason": put.Reason, "rules": checked.set.Hash(), "from": put.From, "address": d.subject.Address,
		}}
		return done, tx.PutPolicy(put)
	})
	if err != nil {
		return PolicyView{}, err
	}
	return d.Policy(ctx, made.Number)
}

func policyObject(number int) string { return fmt.Sprintf("policy/%d", number) }

// proposed returns all files of the rules as they are proposed.
func (d *Desk) proposed(ctx context.Context, p PolicyProposal) ([]policies.RuleFile, error) {
	if p.From != 0 {
		var old archive.Policy
		err := d.view(ctx, func(r archive.Reader) (err error) {
			old, err = r.Policy(p.From)
			return err
		})
		if isNotFound(err) {
			err = &archive.FieldError{Pointer: "/from", Code: "unknown"}
		}
		return old.Files, err
	}
	sent, whole, err := d.guard.unpack(p.Parts)
	if err != nil || whole {
		return sent, err
	}
	if len(sent) == 0 {
		return nil, &archive.FieldError{Pointer: "/file", Code: "required"}
	}
	files := d.guard.Policies.RuleFiles()
	for _, f := range sent {
		i := slices.IndexFunc(files, func(had policies.RuleFile) bool { return had.Name == f.Name })
		if i < 0 {
			files = append(files, f)
			continue
		}
		files[i] = f
	}
	return files, nil
}
