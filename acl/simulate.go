package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Bounds of a simulation.
const (
	simulatedAkten = 50_000
	// simulatedRows is how many rows are shown; all are counted.
	simulatedRows = 500
	// samplesShown is how many reference numbers stand beside a row, and samplesTried how many Akten are tried for them.
	samplesShown = 3
	samplesTried = 50
)

// Circumstance is under what something is allowed; the zero value: always.
type Circumstance struct {
	// Own asks for what the pair's department brought in, Case for a matching case.
	Own, Case bool
	// Purposes are those it is allowed for, "" for none stated; none here: for any.
	Purposes []string
}

// Simulation is what a version of the access rules would change, counted over the Akten there are.
type Simulation struct {
	// Rows are what somebody gains or loses, by pair; More is how many there are beside those shown.
	Rows []SimulationRow
	More int
	// Gained and Lost count cells (pair, register, classification, action) in which something is allowed or forbidden now,
	// for whatever purpose and under whatever circumstances; some are both.
	Gained, Lost int
	// Akten and Documents are concerned by any row, Users have a pair that is. What is sealed isn't counted.
	Akten, Documents, Users int
	// Looked is how many Akten were looked at, Partly that there are more.
	Looked int
	Partly bool
}

// SimulationRow is what a pair gains or loses.
type SimulationRow struct {
	Pair archive.Pair
	// Register and Classification are empty for a capability.
	Register, Classification string
	Action                   string
	// Before and After are when it is allowed; none: never.
	Before, After []Circumstance
	// Gained and Lost say that something is allowed, or forbidden, that wasn't; both where circumstances are others.
	Gained, Lost bool
	// Users have the pair. Documents lie where the pair's department takes part, in so many Akten.
	Users, Akten, Documents int
	// Samples are reference numbers of such Akten whose heads the reader may see.
	Samples []string

	// own and others say that what the department brought in is concerned, and what others did; anywhere, that it needs
	// to take part in none.
	own, others, anywhere bool

	tried   int
	samples []archive.AkteID
}

// SimulatePolicy says who would gain and lose what by a version of the access rules, or did, compared with the one in
// force or the one it replaced. It reads the head of every Akte.
func (d *Desk) SimulatePolicy(ctx context.Context, number int) (Simulation, error) {
	view, err := d.Policy(ctx, number)
	if err != nil {
		return Simulation{}, err
	}
	before, err := d.guard.tableOf(view.Before)
	if err != nil {
		return Simulation{}, err
	}
	after, err := d.guard.tableOf(view.After)
	if err != nil {
		return Simulation{}, err
	}
	s := &simulator{desk: d, rows: differences(view.Before, view.After, before, after)}
	var out Simulation
	if err := d.view(ctx, func(r archive.Reader) error {
		out = Simulation{}
		return s.count(r, &out)
	}); err != nil {
		return Simulation{}, err
	}
	err = d.store(ctx, act{op: audit.OpPolicyOpen, object: policyObject(number)}, func(tx archive.Tx) (act, error) {
		done := act{op: audit.OpPolicyOpen, object: policyObject(number)}
		return done, s.show(tx, &out, &done)
	})
	return out, err
}

// differences are the rows in which two tables differ, without what is counted over Akten. A cell can differ only where
// a rule that isn't the same in both sets speaks of it.
func differences(was, set *policies.Set, before, after *Table) (out []*SimulationRow) {
	rules := append(others(was, set), others(set, was)...)
	for _, p := range set.Pairs() {
		pair := archive.Pair{Role: p.Role, Department: p.Department}
		add := func(register, classification, action string) {
			row := &SimulationRow{Pair: pair, Register: register, Classification: classification, Action: action}
			if slices.ContainsFunc(rules, row.named) && row.compare(set, before, after) {
				out = append(out, row)
			}
		}
		for _, action := range policies.Capabilities() {
			add("", "", action)
		}
		for _, register := range set.Registers() {
			for _, class := range set.Classifications() {
				for _, action := range policies.RegisterActions() {
					add(register.Key, class.Key, action)
				}
			}
		}
	}
	return out
}

// others are the rules of a set, inherited ones too, that are missing from another one or differ there.
func others(set, from *policies.Set) (out []policies.Rule) {
	for _, r := range set.Rules() {
		if same, ok := from.Rule(r.ID); !ok || !slices.Equal(same.Casbin(), r.Casbin()) {
			out = append(out, r)
		}
	}
	return out
}

// named reports whether a rule speaks of the row.
func (row *SimulationRow) named(r policies.Rule) bool {
	return r.Role == row.Pair.Role && slices.Contains(r.Departments, row.Pair.Department) && slices.Contains(r.Actions, row.Action) &&
		(row.Register == "" || slices.Contains(r.Registers, row.Register) && slices.Contains(r.Classifications, row.Classification))
}

// compare asks both tables for every purpose and circumstance, and reports whether they differ.
func (row *SimulationRow) compare(set *policies.Set, before, after *Table) bool {
	asks := func(t *Table) func(string, bool, bool) bool {
		return func(purpose string, matching, own bool) bool {
			return t.Decide(Request{
				Role: row.Pair.Role, Department: row.Pair.Department, Register: row.Register, Classification: row.Classification,
				Action: row.Action, Purpose: purpose, MatchingCase: matching, OwnBrought: own,
			}).Allow
		}
	}
	was, is := asks(before), asks(after)
	look := func(purpose string, matching, own bool) {
		switch had, has := was(purpose, matching, own), is(purpose, matching, own); {
		case had == has:
			return
		case has:
			row.Gained = true
		default:
			row.Lost = true
		}
		row.own, row.others = row.own || own, row.others || !own
	}
	for _, own := range []bool{false, true} {
		for _, purpose := range purposesOf(set) {
			look(purpose, false, own)
		}
		look(policies.PurposeCase, true, own)
	}
	if !row.Gained && !row.Lost {
		return false
	}
	room := Request{Role: row.Pair.Role, Department: row.Pair.Department, Action: policies.ActReadFiled}
	row.anywhere = row.Action == policies.ActFile && (before.Decide(room).Allow || after.Decide(room).Allow)
	row.Before, row.After = weakest(set, was), weakest(set, is)
	return true
}

// purposesOf are all that can be stated: none, a case, each code.
func purposesOf(set *policies.Set) []string {
	out := []string{"", policies.PurposeCase}
	for _, p := range set.Purposes() {
		out = append(out, p.Key)
	}
	return out
}

// weakest finds the weakest under which something is allowed; none: it never is.
func weakest(set *policies.Set, allowed func(purpose string, matching, own bool) bool) (out []Circumstance) {
	all := purposesOf(set)
	with := func(own bool) (purposes []string) {
		for _, p := range all {
			if allowed(p, false, own) {
				purposes = append(purposes, p)
			}
		}
		return purposes
	}
	add := func(c Circumstance, purposes []string) {
		if len(purposes) == 0 {
			return
		}
		if len(purposes) < len(all) {
			c.Purposes = purposes
		}
		out = append(out, c)
	}
	free, own := with(false), with(true)
	add(Circumstance{}, free)
	if len(free) == len(all) {
		return out
	}
	further := own
	if len(own) < len(all) {
		further = slices.DeleteFunc(slices.Clone(own), func(p string) bool { return slices.Contains(free, p) })
	}
	add(Circumstance{Own: true}, further)
	switch {
	case slices.Contains(free, policies.PurposeCase):
	case allowed(policies.PurposeCase, true, false):
		out = append(out, Circumstance{Case: true})
	case slices.Contains(own, policies.PurposeCase):
	case allowed(policies.PurposeCase, true, true):
		out = append(out, Circumstance{Own: true, Case: true})
	}
	return out
}

// simulator counts over Akten what rows concern.
type simulator struct {
	desk *Desk
	rows []*SimulationRow
	// numbers are those of Akten whose heads the reader may see, of those that were tried.
	numbers map[archive.AkteID]string
}

func (s *simulator) count(r archive.Reader, out *Simulation) error {
	s.numbers = map[archive.AkteID]string{}
	for _, row := range s.rows {
		row.Users, row.Akten, row.Documents, row.tried, row.samples = 0, 0, 0, 0, nil
		if row.Gained {
			out.Gained++
		}
		if row.Lost {
			out.Lost++
		}
	}
	if err := s.users(r, out); err != nil {
		return err
	}
	if !slices.ContainsFunc(s.rows, func(row *SimulationRow) bool { return row.Register != "" }) {
		return nil
	}
	for row, err := range r.AllAkten("") {
		if err != nil {
			return err
		}
		if out.Looked == simulatedAkten {
			out.Partly = true
			break
		}
		out.Looked++
		if err := s.akte(r, row.Value, out); err != nil {
			return err
		}
	}
	return nil
}

// users counts who has the pairs.
func (s *simulator) users(r archive.Reader, out *Simulation) error {
	users, err := r.Users()
	if err != nil {
		return err
	}
	for _, u := range users {
		if u.Disabled {
			continue
		}
		concerned := false
		for _, row := range s.rows {
			if slices.Contains(u.Roles, row.Pair) {
				row.Users++
				concerned = true
			}
		}
		if concerned {
			out.Users++
		}
	}
	return nil
}

// akte counts what of an Akte the rows concern.
func (s *simulator) akte(r archive.Reader, id archive.AkteID, out *Simulation) error {
	akte, err := r.Akte(id)
	if err != nil {
		return unlessMissing(err)
	}
	day := s.desk.guard.today()
	if akte.Sealed.Holds(day) || s.desk.conflicted(r, akte.Person) {
		return nil
	}
	var tallies map[archive.Tally]int
	concerned, parts := map[archive.Tally]bool{}, akte.Participations()
	for _, row := range s.rows {
		if row.Register == "" || !row.reaches(parts, day) {
			continue
		}
		if tallies == nil {
			if tallies, err = r.CountDocuments(id); err != nil {
				return err
			}
		}
		n := row.documents(tallies, concerned)
		if n == 0 {
			continue
		}
		row.Akten, row.Documents = row.Akten+1, row.Documents+n
		if err := s.sample(r, row, akte); err != nil {
			return err
		}
	}
	for tally := range concerned {
		out.Documents += tallies[tally]
	}
	if len(concerned) > 0 {
		out.Akten++
	}
	return nil
}

// reaches reports whether the pair's department takes part in the register.
func (row *SimulationRow) reaches(parts []archive.Participation, day string) bool {
	return row.anywhere || slices.ContainsFunc(parts, func(p archive.Participation) bool {
		return p.Department == row.Pair.Department && p.Covers(row.Register, day)
	})
}

// documents counts those a row speaks of, and notes their tallies.
func (row *SimulationRow) documents(tallies map[archive.Tally]int, concerned map[archive.Tally]bool) (n int) {
	for tally, count := range tallies {
		concerns := row.others
		if tally.BroughtBy == row.Pair.Department {
			concerns = row.own
		}
		if tally.Register != row.Register || tally.Classification != row.Classification || tally.Sealed || !concerns {
			continue
		}
		n += count
		concerned[tally] = true
	}
	return n
}

// sample keeps an Akte that the reader may see beside a row.
func (s *simulator) sample(r archive.Reader, row *SimulationRow, akte archive.Akte) error {
	if len(row.samples) >= samplesShown || row.tried >= samplesTried {
		return nil
	}
	row.tried++
	a, err := s.desk.enter(r, akte.ID)
	switch {
	case isNotFound(err):
		return nil
	case err != nil:
		return err
	case !a.knowsOf(row):
		return nil
	}
	s.numbers[akte.ID] = akte.Number
	row.samples = append(row.samples, akte.ID)
	return nil
}

// knowsOf reports whether the reader may know, for some purpose, that there is in the Akte what a row speaks of.
func (a *access) knowsOf(row *SimulationRow) bool {
	g := a.desk.guard
	return row.Register == "" || slices.ContainsFunc(a.desk.subject.Pairs, func(p archive.Pair) bool {
		return a.takesPart(p, row.Register) && (g.Table.sometimes(g.Policies, p, row.Register, row.Classification, policies.ActRead) ||
			g.Table.sometimes(g.Policies, p, row.Register, row.Classification, policies.ActExist))
	})
}

// show fills in the rows that are shown. Samples are decided again, and the event names them.
func (s *simulator) show(r archive.Reader, out *Simulation, done *act) error {
	out.Rows, out.More = nil, max(0, len(s.rows)-simulatedRows)
	sees := map[archive.AkteID]*access{}
	for id := range s.numbers {
		a, err := s.desk.enter(r, id)
		if err == nil {
			sees[id] = a
		} else if !isNotFound(err) {
			return err
		}
	}
	for _, row := range s.rows[:len(s.rows)-out.More] {
		row.Samples = nil
		for _, id := range row.samples {
			if a, ok := sees[id]; ok && a.knowsOf(row) {
				row.Samples = append(row.Samples, s.numbers[id])
				*done = done.naming(id, a.akte.Person)
			}
		}
		out.Rows = append(out.Rows, *row)
	}
	return nil
}
