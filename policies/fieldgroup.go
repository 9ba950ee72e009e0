package policies

// fieldGroupsFile may be left out: nothing is recorded of a person beside her identity then.
const fieldGroupsFile = "fieldgroups.csv"

// FieldGroup is a part of what is recorded of a person that only some may read: her religion, say. It is decided like a
// document.
type FieldGroup struct {
	Term
	// Register and Classification are those of the documents like which it is decided.
	Register, Classification string
}

func (g FieldGroup) clone() FieldGroup { return g }

// FieldGroup returns the group with that key.
func (s *Set) FieldGroup(key string) (FieldGroup, bool) { return s.fieldGroups.get(key) }

// FieldGroups returns all groups in the order of the file.
func (s *Set) FieldGroups() []FieldGroup { return s.fieldGroups.all() }

func (l *loader) readFieldGroups(set *Set) {
	if _, there := l.files[fieldGroupsFile]; !there {
		return
	}
	for _, r := range l.table(fieldGroupsFile, "key", "de", "en", "register", "classification") {
		g := FieldGroup{Term: r.term("key"), Register: r.key("register"), Classification: r.key("classification")}
		put(r, &set.fieldGroups, "key", g.Key, g)
	}
}

func (l *loader) checkFieldGroups(set *Set) {
	for _, g := range set.fieldGroups.items {
		line := l.where(fieldGroupsFile, g.Key)
		if !set.registers.has(g.Register) {
			l.add(fieldGroupsFile, line, "unknown register %q", g.Register)
		}
		if !set.classifications.has(g.Classification) {
			l.add(fieldGroupsFile, line, "unknown classification %q", g.Classification)
		}
	}
}
