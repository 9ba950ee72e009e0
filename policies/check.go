package policies

import "slices"

// check compares the files with each other; every problem is noted at the place that
// refers to what isn't there.
func (l *loader) check(set *Set) {
	l.checkTeams(set)
	l.checkHours(set)
	l.checkAddresses(set)
	l.checkRegisters(set)
	l.checkFieldGroups(set)
	l.checkDocTypes(set)
	l.checkSigns(set)
	l.checkPlan(set)
	l.checkProcedures(set)
	l.checkAccess(set)
	for file, empty := range map[string]bool{
		"departments.csv": len(set.departments.items) == 0, "roles.csv": len(set.roles.items) == 0,
		"classifications.csv": len(set.classifications.items) == 0, "registers.csv": len(set.registers.items) == 0,
		"purposes.csv": len(set.purposes.items) == 0, "pairs.csv": len(set.pairs.items) == 0,
		"doctypes.csv": len(set.docTypes.items) == 0, "fileplan.csv": len(set.plan.items) == 0,
	} {
		if _, read := l.files[file]; read && empty {
			l.add(file, 0, "nothing is left to work with")
		}
	}
}

// checkAccess compares the access rules with the lists, and with the pairs that follow others.
func (l *loader) checkAccess(set *Set) {
	l.checkPairs(set)
	for _, rule := range set.rules.items {
		l.checkReferences(set, rule)
	}
	l.checkTests(set)
	if _, read := l.files[modelFile]; read && len(set.rules.items) == 0 {
		l.add(modelFile, 0, "nothing is left to work with")
	}
}

func (l *loader) checkPairs(set *Set) {
	const file = "pairs.csv"
	ids := make(map[string]string)
	for _, p := range set.pairs.items {
		line := l.where(file, p.String())
		if !set.roles.has(p.Role) {
			l.add(file, line, "unknown role %q", p.Role)
		}
		if !set.departments.has(p.Department) {
			l.add(file, line, "unknown department %q", p.Department)
		}
		l.known(file, line, "classification", &set.classifications, p.Only)
		if p.FollowsRole == "" {
			continue
		}
		followed, ok := set.Pair(p.FollowsRole, p.FollowsDepartment)
		switch {
		case !ok:
			l.add(file, line, "follows %s@%s, which is no pair", p.FollowsRole, p.FollowsDepartment)
		case followed.FollowsRole != "":
			l.add(file, line, "follows %s, which follows another pair itself", followed)
		case followed.Department != p.Department:
			l.add(file, line, "follows a pair of another department")
		}
		// Inherited rules are named after role and origin, so two pairs of one role must
		// not inherit the same rule.
		for _, rule := range set.rules.items {
			if rule.Role != p.FollowsRole || !slices.Contains(rule.Departments, p.FollowsDepartment) {
				continue
			}
			if derived, ok := rule.inherit(p); ok {
				if other, taken := ids[derived.ID]; taken {
					l.add(rule.File, rule.Line, "both %s and %s inherit this rule; write one for each department", other, p)
				}
				ids[derived.ID] = p.String()
			}
		}
	}
}

func (l *loader) checkTeams(set *Set) {
	const file = "teams.csv"
	for _, team := range set.teams.items {
		if !set.departments.has(team.Department) {
			l.add(file, l.where(file, team.Key), "unknown department %q", team.Department)
		}
	}
}

func (l *loader) checkRegisters(set *Set) {
	unsorted := 0
	for _, r := range set.registers.items {
		if r.Unsorted {
			unsorted++
		}
	}
	if unsorted != 1 && len(set.registers.items) > 0 {
		l.add("registers.csv", 0, "%d registers are marked unsorted; exactly one must be", unsorted)
	}
}

func (l *loader) checkDocTypes(set *Set) {
	const file = "doctypes.csv"
	for _, d := range set.docTypes.items {
		line := l.where(file, d.Key)
		if !set.registers.has(d.Register) {
			l.add(file, line, "unknown register %q", d.Register)
		}
		if !set.classifications.has(d.Classification) {
			l.add(file, line, "unknown classification %q", d.Classification)
		}
		if !set.retentions.has(d.Retention) {
			l.add(file, line, "unknown retention %q", d.Retention)
		}
		l.known(file, line, "content", &set.contents, d.MayContain)
	}
}

func (l *loader) checkPlan(set *Set) {
	const file = "fileplan.csv"
	usual := 0
	for _, u := range set.plan.items {
		line := l.where(file, u.Key)
		if u.Usual {
			usual++
			if !u.Akte {
				l.add(file, line, "the usual unit must be one for Akten")
			}
		}
		if u.Parent != "" && !set.plan.has(u.Parent) {
			l.add(file, line, "unknown parent %q", u.Parent)
		}
		above := u
		for range set.plan.items {
			above, _ = set.plan.get(above.Parent)
			if above.Key == u.Key {
				l.add(file, line, "%q stands above itself", u.Key)
				break
			}
		}
	}
	if usual != 1 && len(set.plan.items) > 0 {
		l.add(file, 0, "%d units are marked usual; exactly one must be", usual)
	}
}

func (l *loader) checkProcedures(set *Set) {
	const file = "procedures.csv"
	for _, p := range set.procedures.items {
		for _, register := range p.Registers {
			if !set.registers.has(register) {
				l.add(file, l.where(file, p.Key), "unknown register %q", register)
			}
		}
	}
}

// checkReferences notes what a rule names and no list has.
func (l *loader) checkReferences(set *Set, rule Rule) {
	if !set.roles.has(rule.Role) {
		l.add(rule.File, rule.Line, "unknown role %q", rule.Role)
	}
	for _, d := range rule.Departments {
		if !set.departments.has(d) {
			l.add(rule.File, rule.Line, "unknown department %q", d)
		} else if _, ok := set.Pair(rule.Role, d); !ok && set.roles.has(rule.Role) {
			l.add(rule.File, rule.Line, "%s@%s is no pair of pairs.csv", rule.Role, d)
		}
	}
	for _, register := range rule.Registers {
		if !set.registers.has(register) {
			l.add(rule.File, rule.Line, "unknown register %q", register)
		}
	}
	l.known(rule.File, rule.Line, "classification", &set.classifications, rule.Classifications)
	for _, purpose := range rule.Purposes {
		if purpose != PurposeCase && !set.purposes.has(purpose) {
			l.add(rule.File, rule.Line, "unknown purpose %q", purpose)
		}
	}
}

// known notes every key that isn't in the list.
func (l *loader) known(file string, line int, what string, in *list[Term], keys []string) {
	for _, key := range keys {
		if !in.has(key) {
			l.add(file, line, "unknown %s %q", what, key)
		}
	}
}
