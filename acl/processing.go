package acl

import (
	"context"
	"time"

	"eakte/archive"
	"eakte/policies"
)

// Processing is the record of processing activities (Art. 30 GDPR) as far as the program can know it: what the rules in
// force, the lists and the configuration say at this moment, not what somebody once wrote down.
type Processing struct {
	At time.Time
	// Version is the version of the access rules in force, 0 where nobody ever proposed another one; Hash names them.
	Version  int
	Hash     string
	Purposes []policies.Term
	// Registers are the categories of data, with who sees them.
	Registers []RegisterUse
	// Departments are those whose people work here; Channels are the ways by which data comes in.
	Departments, Channels []policies.Term
	Retentions            []policies.Retention
	Measures              []Measure
}

// RegisterUse is a register with the types of papers in it and the pairs that open it.
type RegisterUse struct {
	policies.Register
	Types []policies.DocType
	Uses  []RegisterUser
}

// RegisterUser is what a pair may do with the papers of a register in one classification. It holds where its department
// takes part in the Akte.
type RegisterUser struct {
	Pair           archive.Pair
	Classification string
	// Reads, Writes and Discloses are under which circumstances it may; none: never.
	Reads, Writes, Discloses []Circumstance
}

// Measures of a [Processing], in their order.
const (
	MeasureNeedToKnow = "need_to_know" // N pairs, each with rights of its own
	MeasureTwoPersons = "two_persons"
	MeasureSealed     = "sealed" // what is received and recorded is encrypted, by keys of each Akte
	MeasureTrail      = "trail"  // N events this year
	MeasureWitness    = "witness"
	MeasureStamps     = "stamps"
	MeasureSandbox    = "sandbox"
	MeasureScanner    = "scanner"
	MeasureIndexClear = "index_clear" // the index is in clear: the disk has to be encrypted
)

// Measure is a technical or organisational measure (Art. 32 GDPR).
type Measure struct {
	Key string
	// Taken says that it is in effect; otherwise it is for the authority to take, or to weigh (Art. 35 GDPR).
	Taken bool
	// N is a number that says more, Name the name of what it rests on; both may be empty.
	N    int64
	Name string
}

// Processing returns the record for who controls the rules. It speaks of nobody's file and leaves no event.
func (d *Desk) Processing(ctx context.Context) (Processing, error) {
	if !d.SeesRules() {
		return Processing{}, ErrDenied
	}
	g := d.guard
	set := g.Policies
	out := Processing{
		At: g.Now().In(g.Zone), Hash: set.Hash(), Purposes: set.Purposes(), Departments: set.Departments(),
		Channels: set.Channels(), Retentions: set.Retentions(),
	}
	for _, reg := range set.Registers() {
		out.Registers = append(out.Registers, g.registerUse(reg))
	}
	var events int64
	err := d.view(ctx, func(r archive.Reader) (err error) {
		p, err := r.PolicyInForce()
		if unlessMissing(err) != nil {
			return err
		}
		out.Version = p.Number
		events, _, err = r.TrailState()
		return err
	})
	if err != nil {
		return Processing{}, err
	}
	out.Measures, err = g.measures(ctx, events)
	return out, err
}

// registerUse asks the table for every pair and classification.
func (g *Guard) registerUse(reg policies.Register) RegisterUse {
	use := RegisterUse{Register: reg}
	for _, t := range g.Policies.DocTypes() {
		if t.Register == reg.Key {
			use.Types = append(use.Types, t)
		}
	}
	for _, p := range g.Policies.Pairs() {
		for _, class := range g.Policies.Classifications() {
			may := func(action string) []Circumstance {
				return weakest(g.Policies, func(purpose string, matching, own bool) bool {
					return g.Table.Decide(Request{
						Role: p.Role, Department: p.Department, Register: reg.Key, Classification: class.Key,
						Action: action, Purpose: purpose, MatchingCase: matching, OwnBrought: own,
					}).Allow
				})
			}
			u := RegisterUser{
				Pair: archive.Pair{Role: p.Role, Department: p.Department}, Classification: class.Key,
				Reads: may(policies.ActRead), Writes: may(policies.ActWrite), Discloses: may(policies.ActDisclose),
			}
			if len(u.Reads)+len(u.Writes)+len(u.Discloses) > 0 {
				use.Uses = append(use.Uses, u)
			}
		}
	}
	return use
}

// measures looks at what is configured and in effect.
func (g *Guard) measures(ctx context.Context, events int64) ([]Measure, error) {
	out := []Measure{
		{Key: MeasureNeedToKnow, Taken: true, N: int64(len(g.Policies.Pairs()))}, {Key: MeasureTwoPersons, Taken: true},
		{Key: MeasureSealed, Taken: true}, {Key: MeasureTrail, Taken: true, N: events},
	}
	if g.Anchors != nil {
		state, err := g.Anchors.State(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, Measure{Key: MeasureWitness, Taken: state.Witness.Name != "", Name: state.Witness.Name},
			Measure{Key: MeasureStamps, Taken: state.Stamps.Name != "", Name: state.Stamps.Name})
	}
	if g.Machine != nil {
		facts, err := g.Machine.Facts(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, Measure{Key: MeasureSandbox, Taken: facts.Sandbox == ""},
			Measure{Key: MeasureScanner, Taken: facts.Scanner == "ready"})
	}
	return append(out, Measure{Key: MeasureIndexClear}), nil
}
