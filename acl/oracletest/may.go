package oracletest

import (
	"slices"
	"strings"
)

// Pair is a role in a department.
type Pair struct{ Role, Department string }

// casework names for each department whose paper is worked on the role that does it; its
// lead and its records staff go by that role's row.
func casework(department string) string {
	switch department {
	case "auslaenderbehoerde", "asyl", "soziales", "integration":
		return "sachbearbeitung"
	case "unterbringung", "gesundheit", "rueckkehr":
		return department
	}
	return ""
}

// Departments returns the ten departments.
func Departments() []string {
	return strings.Fields("auslaenderbehoerde asyl unterbringung soziales gesundheit integration rueckkehr poststelle datenschutz it")
}

// Pairs returns the pairs that exist; any other one is refused when it is assigned.
func Pairs() []Pair {
	var out []Pair
	for _, role := range strings.Fields("registratur sachbearbeitung leitung sozialdienst unterbringung gesundheit rueckkehr sicherheit datenschutz administration dienst") {
		for _, department := range Departments() {
			if assignable(role, department) {
				out = append(out, Pair{role, department})
			}
		}
	}
	return out
}

// assignable reports whether the pair exists.
func assignable(role, department string) bool {
	if _, ok := rows[role+"@"+department]; ok {
		return true
	}
	switch role {
	case "leitung", "registratur":
		return casework(department) != ""
	case "dienst":
		return slices.Contains(Departments(), department)
	case "datenschutz":
		return department == "datenschutz"
	case "administration":
		return department == "it"
	}
	return false
}

// May reports whether the pair may do the action on a register and classification (both
// empty for an action that concerns none), when a matching case is stated or not and the
// own department brought the document in or not.
func May(role, department, register, classification, action string, matchingCase, ownBrought bool) bool {
	if !assignable(role, department) {
		return false
	}
	if register == "" && classification == "" {
		return able(role, department, action)
	}
	if !slices.Contains(Classifications(), classification) {
		return false
	}
	if role == "registratur" && department == "poststelle" {
		// Files into Ge and Si as well, without seeing what is there; nothing that must
		// be kept apart goes where nobody sorts it out.
		sorted := slices.Contains(strings.Fields(columns), register)
		return action == "file" && (sorted || register == "ungeordnet" && classification == "normal")
	}
	mark := cell(role, department, register)
	if role == "registratur" && classification != "normal" {
		return false
	}
	if action == "disclose" {
		return hands(role, register, classification, mark, ownBrought)
	}
	return marked(mark, classification, action, matchingCase, ownBrought)
}

// hands reports who gives copies to bodies outside: casework, of what its department keeps ("w"), with
// classification normal; its lead also what is besonders. Security casework and records staff none, nobody what
// is unsorted.
func hands(role, register, classification, mark string, ownBrought bool) bool {
	switch {
	case role == "sicherheit" || role == "registratur" || register == "ungeordnet" || !strings.Contains(mark, "w"):
		return false
	case strings.Contains(mark, "°") && !ownBrought:
		return false
	case classification == "besonders":
		return role == "leitung" && strings.Contains(mark, "b")
	}
	return classification == "normal"
}

// marked reads one cell: "–" hidden, "e" existence only, "r" read, "w" write too, "b" and "s"
// classifications beyond normal, "c" only for a matching case, "°" only what was brought
// by the own department.
func marked(mark, classification, action string, matchingCase, ownBrought bool) bool {
	has := func(sign string) bool { return strings.Contains(mark, sign) }
	switch {
	case mark == "" || has("–"):
		return false
	case has("e"):
		return action == "exist"
	case has("c") && !matchingCase, has("°") && !ownBrought:
		return false
	case classification == "besonders" && !has("b"), classification == "sicherheit" && !has("s"):
		return false
	}
	switch action {
	case "exist", "read":
		return has("r") || has("w")
	case "write", "file":
		return has("w")
	}
	return false
}

// cell returns the marks of a pair that works on content; empty for all others.
func cell(role, department, register string) string {
	row := role
	if role == "leitung" || role == "registratur" {
		row = casework(department)
	}
	marks, ok := rows[row+"@"+department]
	if !ok {
		return ""
	}
	if register == "ungeordnet" {
		return unsorted(role, row)
	}
	i := slices.Index(strings.Fields(columns), register)
	if i < 0 {
		return ""
	}
	return strings.Fields(marks)[i]
}

// unsorted returns the marks for ungeordnet, which the matrix has no column for: records
// staff manage it; caseworkers have what their own department brought; those whose papers
// must be kept from records staff of other departments don't use it.
func unsorted(role, row string) string {
	switch {
	case role == "registratur":
		return "w"
	case row == "sozialdienst" || row == "gesundheit" || row == "sicherheit":
		return "–"
	}
	return "w°"
}

// able answers for actions that concern no register.
func able(role, department, action string) bool {
	may := ""
	switch role {
	case "sachbearbeitung", "unterbringung", "sozialdienst", "gesundheit", "rueckkehr":
		may = "inbox route upload locate person.write akte.create akte.change breakglass"
	case "leitung":
		may = "inbox route upload locate person.write akte.create akte.change grant release inform rules.approve"
	case "sicherheit":
		may = "inbox route upload locate"
	case "registratur":
		may = "inbox route upload locate person.write akte.create"
		if department == "poststelle" {
			may = "inbox route upload locate filed.read"
		}
	case "datenschutz":
		may = "trail.read rules.read inform inspect"
	case "administration":
		may = "operate rules.propose"
	case "dienst":
		may = "upload"
	}
	return slices.Contains(strings.Fields(may), action)
}
