package oracletest

import "slices"

// States of what somebody has in an Akte beside what her own pair has there.
const (
	// Granted: a lead gave it to her for a time.
	Granted = "granted"
	// BreakGlass: she opened the Akte in an emergency.
	BreakGlass = "break-glass"
	// Inspected: data protection opened the Akte to inspect it.
	Inspected = "inspected"
	// Substituted: she stands in for a colleague who has the same pair, and whose team keeps the Akte.
	Substituted = "substituted"
	// Over: any of these, but its time is over, or who was stood in for is gone.
	Over = "over"
)

// Held is what somebody has in an Akte for a time.
type Held struct {
	// State is one of those above; empty: nothing.
	State string
	// Through is the pair in whose place she has what was granted, or what she opened.
	Through Pair
	// Registers and Classifications bound a grant; Writes says that it is one to write.
	Registers, Classifications []string
	Writes                     bool
}

// Reads reports whether the pair reads Akten at all: nobody else holds anything in one.
func Reads(p Pair) bool {
	return slices.ContainsFunc(Registers(), func(register string) bool {
		return slices.ContainsFunc(Classifications(), func(class string) bool {
			return May(p.Role, p.Department, register, class, "exist", true, true)
		})
	})
}

// Caseworkers is the pair in whose place an Akte led by the department is read in an emergency.
func Caseworkers(department string) Pair { return Pair{casework(department), department} }

// AllTeams reports whether the pair sees the Akten of all teams of its department.
func AllTeams(p Pair) bool {
	return p.Role == "leitung" || p.Role == "datenschutz" || p.Role == "administration" || p.Department == "poststelle" && p.Role == "registratur"
}

// MayHeld is [May] in an Akte in which the pair takes part or doesn't, for who holds something there, about a document that
// a department brought in. Nothing of it is for whom a seal shuts out, whatever she holds; and an emergency opens no seal
// even to its readers: shut and sealed say which it is.
func MayHeld(p Pair, part bool, h Held, shut, sealed bool, register, class, action string, matchingCase bool, broughtBy string) bool {
	if shut {
		return false
	}
	files := action == "file" && p == Pair{"registratur", "poststelle"} // into whatever Akte
	if (part || files || h.State == Substituted) && May(p.Role, p.Department, register, class, action, matchingCase, broughtBy == p.Department) {
		return true
	}
	sees := action == "exist" || action == "read"
	if h.State == Inspected && p.Role == "datenschutz" {
		return !sealed && sees && class != "sicherheit"
	}
	if !Reads(p) {
		return false
	}
	through := func(matching bool) bool {
		return May(h.Through.Role, h.Through.Department, register, class, action, matching, broughtBy == h.Through.Department)
	}
	switch h.State {
	case Granted:
		within := slices.Contains(h.Registers, register) && slices.Contains(h.Classifications, class)
		return within && (sees || h.Writes && action == "write") && through(matchingCase)
	case BreakGlass:
		plain := class == "normal" && May(h.Through.Role, h.Through.Department, register, class, "read", false, true)
		return !sealed && sees && plain && through(false)
	}
	return false
}
