package acl

import (
	"context"

	"eakte/archive"
	"eakte/policies"
)

// Explanation says whether somebody may do something, and by which rule.
type Explanation struct {
	Register       string `json:"register"`
	Classification string `json:"classification"`
	// BroughtByOwn and MatchingCase are the circumstances it holds under: always, or only then.
	BroughtByOwn bool `json:"brought_by_own_department_only,omitempty"`
	MatchingCase bool `json:"matching_case_only,omitempty"`
	Allowed      bool `json:"allowed"`
	// Rule is the deciding rule's ID; empty where no rule speaks of it.
	Rule string `json:"rule,omitempty"`
	// Note is what the rule says about itself, or what stands in the way.
	Note string `json:"note,omitempty"`
}

// Explain says what a user may do in an Akte, register by register, for an action; register narrows
// it to one. It decides for the operator of the rules and opens nothing.
func (g *Guard) Explain(ctx context.Context, user archive.User, akte archive.AkteID, register, action string) ([]Explanation, error) {
	var out []Explanation
	err := g.Store.View(ctx, func(r archive.Reader) error {
		out = nil
		a, err := g.For(Subject{User: user.ID, Name: user.Name, Pairs: user.Roles, Teams: user.Teams}).stand(r, akte)
		if err != nil {
			return err
		}
		for _, reg := range g.Policies.Registers() {
			if register != "" && reg.Key != register {
				continue
			}
			for _, c := range g.Policies.Classifications() {
				out = append(out, a.explain(action, reg.Key, c.Key))
			}
		}
		return nil
	})
	return out, err
}

// circumstance is what a rule may ask for.
type circumstance struct{ own, matching bool }

// circumstances are all there are, the weakest first.
func circumstances() []circumstance {
	return []circumstance{{}, {own: true}, {matching: true}, {true, true}}
}

// explain looks for the weakest circumstances under which the action is allowed.
func (a *access) explain(action, register, classification string) Explanation {
	e := Explanation{Register: register, Classification: classification}
	if a.barred(a.akte.Sealed) {
		e.Note = "the Akte is sealed"
		return e
	}
	for _, p := range a.desk.subject.Pairs {
		if !a.takesPart(p, register) && !(action == policies.ActFile && a.desk.guard.filesAnywhere(p)) {
			continue
		}
		for _, c := range circumstances() {
			ask := Request{
				Role: p.Role, Department: p.Department, Register: register, Classification: classification, Action: action,
				MatchingCase: c.matching, OwnBrought: c.own,
			}
			if c.matching {
				ask.Purpose = policies.PurposeCase
			}
			d := a.desk.guard.Table.Decide(ask)
			if e.Rule = d.Rule; d.Allow {
				e.Allowed, e.BroughtByOwn, e.MatchingCase = true, c.own, c.matching
				e.Note = a.desk.note(d.Rule)
				return e
			}
		}
	}
	if lent := a.explainLent(action, e); lent.Allowed {
		return lent
	}
	if e.Rule == "" {
		e.Note = "no department of hers takes part, or no rule allows it"
	} else {
		e.Note = a.desk.note(e.Rule)
	}
	return e
}

func (d *Desk) note(rule string) string {
	r, ok := d.guard.Policies.Rule(rule)
	if !ok {
		return ""
	}
	return r.Note
}
