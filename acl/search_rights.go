package acl

import (
	"slices"

	"eakte/archive"
	"eakte/index"
	"eakte/policies"
)

// rights gathers what the subject may find, with what the stated purpose adds.
func (d *Desk) rights(r archive.Reader) (index.Rights, error) {
	standing, err := d.standIns(r)
	if err != nil {
		return index.Rights{}, err
	}
	purpose := d.traced(d.subject.Purpose)
	out := index.Rights{Within: map[archive.AkteID][]string{}}
	if id, named := caseOf(purpose); named {
		purpose = ""
		if err := d.within(r, standing, &out, "", id); err != nil {
			return index.Rights{}, err
		}
	}
	out.Tokens = d.tokens(standing, purpose, "")
	if d.subject.Purpose != "" {
		err := d.findsLent(r, &out)
		return out, err
	}
	held := map[string][]string{} // by purpose: hundreds of Akten may be open for the same one
	for akte, purpose := range d.subject.Purposes {
		if id, named := caseOf(purpose); named {
			if err := d.within(r, standing, &out, akte, id); err != nil {
				return index.Rights{}, err
			}
		} else if purpose = d.traced(purpose); purpose != "" {
			if held[purpose] == nil {
				held[purpose] = d.tokens(standing, purpose, "")
			}
			out.Within[akte] = held[purpose]
		}
	}
	err = d.findsLent(r, &out)
	return out, err
}

// within adds what an open case named as purpose lets the subject find in its Akte, which must be akte
// unless that is empty.
func (d *Desk) within(r archive.Reader, standing []standIn, rights *index.Rights, akte archive.AkteID, id archive.CaseID) error {
	c, err := r.Case(id)
	if err != nil {
		return unlessMissing(err)
	}
	if c.State == "open" && (akte == "" || akte == c.Akte) {
		rights.Within[c.Akte] = d.tokens(standing, policies.PurposeCase, c.Procedure)
	}
	return nil
}

// tokens are those of all the subject's pairs for a purpose, with the teams of those for whom she stands in; procedure is
// that of a named case.
func (d *Desk) tokens(standing []standIn, purpose, procedure string) []string {
	g := d.guard
	var out []string
	for _, p := range d.subject.Pairs {
		pair, ok := g.Policies.Pair(p.Role, p.Department)
		if !ok {
			continue
		}
		for _, reg := range g.Policies.Registers() {
			for _, c := range g.Policies.Classifications() {
				ask := Request{
					Role: p.Role, Department: p.Department, Register: reg.Key, Classification: c.Key,
					Action: policies.ActRead, Purpose: purpose,
					MatchingCase: procedure != "" && g.Policies.CaseTouches(procedure, reg.Key), OwnBrought: true,
				}
				if !g.Table.Decide(ask).Allow {
					continue
				}
				ask.OwnBrought = false
				grant := index.Grant{
					Department: p.Department, Teams: d.teamsOf(standing, p), AllTeams: pair.AllTeams,
					Register: reg.Key, Classification: c.Key, OwnOnly: !g.Table.Decide(ask).Allow,
				}
				out = append(out, grant.Tokens(d.subject.User)...)
			}
		}
	}
	return out
}

// personRights are those by which the subject finds persons, with the Akten in which she holds something for a time.
func (d *Desk) personRights(r archive.Reader) (index.Rights, error) {
	standing, err := d.standIns(r)
	if err != nil {
		return index.Rights{}, err
	}
	out := d.ownPersons(standing...)
	err = d.findsLentPersons(r, &out)
	return out, err
}

// ownPersons are the tokens by which the subject finds persons: by the heads of Akten, and those
// her department entered.
func (d *Desk) ownPersons(standing ...standIn) index.Rights {
	var out index.Rights
	for _, p := range d.subject.Pairs {
		pair, ok := d.guard.Policies.Pair(p.Role, p.Department)
		if !ok {
			continue
		}
		grant := index.Grant{Department: p.Department, Teams: d.teamsOf(standing, p), AllTeams: pair.AllTeams}
		for register := range d.guard.headRegisters[p] {
			grant.Register = register
			out.Tokens = append(out.Tokens, grant.Person(d.subject.User)...)
		}
		if d.guard.capability(p, policies.ActPersonWrite).Allow {
			grant.Register = ""
			out.Tokens = append(out.Tokens, grant.Person(d.subject.User)...)
		}
	}
	slices.Sort(out.Tokens)
	return out
}
