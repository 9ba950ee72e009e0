package policies

// Address is where a department is written to.
type Address struct {
	Department string
	// Line is the address in one line, as it stands on letters.
	Line string
}

func (a Address) clone() Address { return a }

// Address returns the address line of a department; "" where the folder says none.
func (s *Set) Address(department string) string {
	a, _ := s.addresses.get(department)
	return a.Line
}

func (l *loader) readAddresses(set *Set) {
	const file = "addresses.csv"
	if _, there := l.files[file]; !there {
		return
	}
	for _, r := range l.table(file, "department", "line") {
		a := Address{Department: r.key("department"), Line: r.text("line")}
		put(r, &set.addresses, "department", a.Department, a)
	}
}

// checkAddresses asks that they are those of departments that exist.
func (l *loader) checkAddresses(set *Set) {
	const file = "addresses.csv"
	for _, a := range set.addresses.items {
		if !set.departments.has(a.Department) {
			l.add(file, l.where(file, a.Department), "unknown department %q", a.Department)
		}
	}
}
