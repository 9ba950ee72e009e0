package policies

import "slices"

// Set is everything one policy folder says. It never changes after [Load]; whatever it
// hands out is a copy. Safe for use by many goroutines.
type Set struct {
	hash  string
	model string
	// files are the bytes it was read from, by name.
	files map[string][]byte

	departments     list[Term]
	roles           list[Term]
	teams           list[Team]
	hours           list[Hours]
	addresses       list[Address]
	classifications list[Term]
	purposes        list[Term]
	channels        list[Term]
	nameKinds       list[Term]
	contents        list[Term]
	registers       list[Register]
	fieldGroups     list[FieldGroup]
	pairs           list[Pair]
	docTypes        list[DocType]
	signs           list[Sign]
	synonyms        list[Synonym]
	references      list[Reference]
	plan            list[PlanUnit]
	procedures      list[Procedure]
	retentions      list[Retention]
	rules           list[Rule]
	tests           []AccessTest
}

// shortHash is the length of [Set.Hash] in hexadecimal digits.
const shortHash = 16

// Hash names the set in the trail: the first 16 hexadecimal digits of [Set.FullHash].
func (s *Set) Hash() string { return s.hash[:shortHash] }

// FullHash is the SHA-256 over names and bytes of all files in a fixed order, in
// hexadecimal.
func (s *Set) FullHash() string { return s.hash }

// Model returns the text of the Casbin model.
func (s *Set) Model() string { return s.model }

// Department returns the department with that key.
func (s *Set) Department(key string) (Term, bool) { return s.departments.get(key) }

// Departments returns all departments in the order of the file.
func (s *Set) Departments() []Term { return s.departments.all() }

// Team returns the team with that key. Akten and accounts may name teams that the set has no name for.
func (s *Set) Team(key string) (Team, bool) { return s.teams.get(key) }

// Teams returns all named teams in the order of the file.
func (s *Set) Teams() []Team { return s.teams.all() }

// Role returns the role with that key.
func (s *Set) Role(key string) (Term, bool) { return s.roles.get(key) }

// Roles returns all roles in the order of the file.
func (s *Set) Roles() []Term { return s.roles.all() }

// Pair returns the pair of role and department; false says that it must not be assigned.
func (s *Set) Pair(role, department string) (Pair, bool) {
	return s.pairs.get(Pair{Role: role, Department: department}.String())
}

// Pairs returns all pairs that exist, in the order of the file.
func (s *Set) Pairs() []Pair { return s.pairs.all() }

// IdlePairs returns the pairs that no rule allows anything: allowed in a policy, but worth
// a reviewer's look.
func (s *Set) IdlePairs() []Pair {
	return slices.DeleteFunc(s.pairs.all(), func(p Pair) bool {
		return slices.ContainsFunc(s.rules.items, func(r Rule) bool {
			return !r.Deny && r.Role == p.Role && slices.Contains(r.Departments, p.Department)
		})
	})
}

// Register returns the register with that key.
func (s *Set) Register(key string) (Register, bool) { return s.registers.get(key) }

// Registers returns all registers in the order of the file.
func (s *Set) Registers() []Register { return s.registers.all() }

// UnsortedRegister returns the register for what is not yet assigned.
func (s *Set) UnsortedRegister() Register {
	i := slices.IndexFunc(s.registers.items, func(r Register) bool { return r.Unsorted })
	return s.registers.items[i]
}

// Classification returns the classification with that key.
func (s *Set) Classification(key string) (Term, bool) { return s.classifications.get(key) }

// Classifications returns all classifications in the order of the file.
func (s *Set) Classifications() []Term { return s.classifications.all() }

// Purpose returns the purpose with that code; the purpose "case:ID" isn't in the list.
func (s *Set) Purpose(key string) (Term, bool) { return s.purposes.get(key) }

// Purposes returns all purposes in the order of the file.
func (s *Set) Purposes() []Term { return s.purposes.all() }

// Channel returns the way of arrival with that key.
func (s *Set) Channel(key string) (Term, bool) { return s.channels.get(key) }

// Channels returns all ways of arrival in the order of the file.
func (s *Set) Channels() []Term { return s.channels.all() }

// NameKind returns the kind of name with that key.
func (s *Set) NameKind(key string) (Term, bool) { return s.nameKinds.get(key) }

// NameKinds returns all kinds of name in the order of the file.
func (s *Set) NameKinds() []Term { return s.nameKinds.all() }

// Content returns the kind of sensitive content with that key.
func (s *Set) Content(key string) (Term, bool) { return s.contents.get(key) }

// Contents returns all kinds of sensitive content in the order of the file.
func (s *Set) Contents() []Term { return s.contents.all() }

// DocType returns the document type with that key.
func (s *Set) DocType(key string) (DocType, bool) { return s.docTypes.get(key) }

// DocTypes returns all document types in the order of the file.
func (s *Set) DocTypes() []DocType { return s.docTypes.all() }

// PlanUnit returns the file plan unit with that number, such as "33.11".
func (s *Set) PlanUnit(number string) (PlanUnit, bool) { return s.plan.get(number) }

// PlanUnits returns all file plan units in the order of the file.
func (s *Set) PlanUnits() []PlanUnit { return s.plan.all() }

// UsualPlanUnit returns the unit a new Akte gets when nothing else is said.
func (s *Set) UsualPlanUnit() PlanUnit {
	i := slices.IndexFunc(s.plan.items, func(u PlanUnit) bool { return u.Usual })
	return s.plan.items[i]
}

// Procedure returns the procedure with that key.
func (s *Set) Procedure(key string) (Procedure, bool) { return s.procedures.get(key) }

// Procedures returns all procedures in the order of the file.
func (s *Set) Procedures() []Procedure { return s.procedures.all() }

// CaseTouches reports whether a case of the procedure is a matching case for the register.
// Unknown keys: false.
func (s *Set) CaseTouches(procedure, register string) bool {
	i, ok := s.procedures.index[procedure]
	return ok && slices.Contains(s.procedures.items[i].Registers, register)
}

// Retention returns the retention rule with that key.
func (s *Set) Retention(key string) (Retention, bool) { return s.retentions.get(key) }

// Months is the length of the first rule with that trigger; false where none has one.
func (s *Set) Months(trigger string) (months int, ok bool) {
	for _, r := range s.Retentions() {
		if r.Trigger == trigger && !r.Open {
			return r.Months, true
		}
	}
	return 0, false
}

// Retentions returns all retention rules in the order of the file.
func (s *Set) Retentions() []Retention { return s.retentions.all() }

// Rule returns the access rule with that id, written or inherited.
func (s *Set) Rule(id string) (Rule, bool) { return s.rules.get(id) }

// Rules returns all access rules: the written ones by file and line, then the inherited
// ones by pair.
func (s *Set) Rules() []Rule { return s.rules.all() }

// Counts is how much is in a set of policies.
type Counts struct {
	Rules, Pairs, Departments, Registers, DocTypes, Procedures int
}

// Counts counts what is in the set; inherited rules are among the rules.
func (s *Set) Counts() Counts {
	return Counts{
		Rules: len(s.rules.items), Pairs: len(s.pairs.items), Departments: len(s.departments.items),
		Registers: len(s.registers.items), DocTypes: len(s.docTypes.items), Procedures: len(s.procedures.items),
	}
}

// entry is what a [list] holds.
type entry[T any] interface{ clone() T }

// list keeps entries in their order and finds them by key.
type list[T entry[T]] struct {
	items []T
	index map[string]int
}

func (l *list[T]) get(key string) (T, bool) {
	i, ok := l.index[key]
	if !ok {
		var none T
		return none, false
	}
	return l.items[i].clone(), true
}

func (l *list[T]) has(key string) bool {
	_, ok := l.index[key]
	return ok
}

func (l *list[T]) all() []T {
	out := make([]T, len(l.items))
	for i, item := range l.items {
		out[i] = item.clone()
	}
	return out
}

// add appends the entry unless the key is taken.
func (l *list[T]) add(key string, item T) bool {
	if l.has(key) {
		return false
	}
	if l.index == nil {
		l.index = make(map[string]int)
	}
	l.index[key] = len(l.items)
	l.items = append(l.items, item)
	return true
}
