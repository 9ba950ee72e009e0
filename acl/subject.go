package acl

import (
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
)

// ClientImport is the Client of imports: nobody waits for what they bring in.
const ClientImport = "cli"

// clientWeb is the Client of who signed in at a browser, by her password.
const clientWeb = "web"

// Subject is who asks, and why.
type Subject struct {
	User  archive.UserID
	Name  string
	Pairs []archive.Pair
	Teams []string
	// Purpose is a code of the purposes in policies or "case:" and a case's ID; empty: none stated.
	Purpose string
	// Purposes are those stated for single Akten, each when it was opened. Where Purpose is empty, they count.
	Purposes map[archive.AkteID]string
	// Client is how she came: "api", "web", "cli", "hotfolder", "mailbox".
	Client string
	// Address is where she came from; it goes into sealed details only.
	Address string
	// Correlation names the request in log and trail.
	Correlation string
}

// purposeIn is the purpose that counts in the Akte.
func (s Subject) purposeIn(id archive.AkteID) string {
	if s.Purpose == "" {
		return s.Purposes[id]
	}
	return s.Purpose
}

// purposeOf is the purpose of an act upon some Akten: what was stated for one of them says nothing of
// the others.
func (s Subject) purposeOf(akten []archive.AkteID) string {
	if len(akten) == 0 {
		return s.Purpose
	}
	purpose := s.purposeIn(akten[0])
	for _, id := range akten[1:] {
		if s.purposeIn(id) != purpose {
			return s.Purpose
		}
	}
	return purpose
}

// caseOf returns the case that a purpose names.
func caseOf(purpose string) (archive.CaseID, bool) {
	return archive.PurposeCase(purpose)
}

// departments returns each of the subject's departments once.
func (s Subject) departments() []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range s.Pairs {
		if !seen[p.Department] {
			seen[p.Department] = true
			out = append(out, p.Department)
		}
	}
	return out
}

// actor is the subject as the trail names her, acting through one of her pairs.
func (s Subject) actor(through archive.Pair) audit.Actor {
	if !slices.Contains(s.Pairs, through) && len(s.Pairs) > 0 { // none, or one that was lent to her
		through = s.Pairs[0]
	}
	return audit.Actor{User: string(s.User), Role: through.Role, Department: through.Department, Client: s.Client}
}
