package index

import (
	"slices"
	"strings"

	"eakte/archive"
)

// A rights token says through which participation, for which register, classification and origin a
// document may be found. Entries carry the tokens that open them, readers hold tokens, and one
// token in common is enough. An entry under a seal carries only tokens with a reader's name in front.

// Origins of a document as a department sees it.
const (
	own   = "own"
	other = "other"
)

// anyTeam stands for every team; only pairs that see all teams hold tokens with it.
const anyTeam = "*"

// Grant is a right to find, from which a reader's tokens are made.
type Grant struct {
	Department string
	// Teams are the reader's; AllTeams makes them meaningless.
	Teams    []string
	AllTeams bool
	// Register and Classification are what the right is for. Both are empty for persons that
	// have no Akte yet.
	Register, Classification string
	// OwnOnly narrows to what the department brought in.
	OwnOnly bool
}

// Tokens returns the tokens that the grant gives the user.
func (g Grant) Tokens(user archive.UserID) []string {
	teams := []string{anyTeam}
	if !g.AllTeams {
		teams = []string{"="}
		for _, t := range g.Teams {
			teams = append(teams, "="+t)
		}
	}
	origins := []string{own}
	if !g.OwnOnly {
		origins = append(origins, other)
	}
	var out []string
	for _, t := range teams {
		for _, o := range origins {
			token := join(g.Department, t, g.Register, g.Classification, o)
			out = append(out, token, named(user, token))
		}
	}
	return out
}

// Person returns the tokens by which the grant's holder finds persons by their Akten.
func (g Grant) Person(user archive.UserID) []string {
	g.Classification, g.OwnOnly = headOnly, true
	return g.Tokens(user)
}

// headOnly stands in a person's tokens where a document's have a classification.
const headOnly = "head"

func join(parts ...string) string { return strings.Join(parts, "|") }

func named(user archive.UserID, token string) string { return "u:" + string(user) + "|" + token }

// DocumentRights returns the tokens that open a document on the day.
func DocumentRights(akte archive.Akte, doc archive.Document, day string) []string {
	if akte.State == archive.AkteErasing {
		return nil // nobody's any more
	}
	var out []string
	for _, p := range akte.Participations() {
		if !p.Covers(doc.Register, day) {
			continue
		}
		origin := other
		if doc.BroughtBy == p.Department {
			origin = own
		}
		out = append(out,
			join(p.Department, anyTeam, doc.Register, doc.Classification, origin),
			join(p.Department, "="+p.Team, doc.Register, doc.Classification, origin))
	}
	return under(out, day, akte.Sealed, doc.Sealed)
}

// Locatable is the token of persons who may be located. Nobody holds it but a [PersonQuery] that locates: who is
// protected, or has but sealed Akten, takes no part there at all, so that nobody can tell her from who isn't known by
// the others that are found.
const Locatable = "locate"

// lent is the token of whoever holds a right in one Akte for a time. What it is for is asked elsewhere: a person has
// one such token an Akte, not one for each register and department.
const lent = "lent"

// Lent returns the tokens by which the user finds the person of an Akte in which she holds a right for a time; under a
// seal as one of its named readers. With no user, nobody is a named reader.
func Lent(user archive.UserID) []string {
	if user == "" {
		return []string{lent}
	}
	return []string{lent, named(user, lent)}
}

// AkteRights returns the tokens that open a person to who holds them inside the Akte.
func AkteRights(akte archive.Akte, day string) []string {
	if akte.State == archive.AkteErasing {
		return nil
	}
	return under([]string{lent}, day, akte.Sealed)
}

// PersonRights returns the tokens that open a person on the day: those of the heads of her Akten, or
// of the department that entered her while she has none; and [Locatable] if she may be located.
func PersonRights(p archive.Person, akten []archive.Akte, registers []string, day string) []string {
	var out []string
	open := func(a archive.Akte) bool { return !a.Sealed.Holds(day) && a.State != archive.AkteErasing }
	if !p.Protected && (len(akten) == 0 || slices.ContainsFunc(akten, open)) {
		out = append(out, Locatable)
	}
	if len(akten) == 0 {
		return append(out, join(p.EnteredBy, "=", "", headOnly, own), join(p.EnteredBy, anyTeam, "", headOnly, own))
	}
	for _, akte := range akten {
		if akte.State == archive.AkteErasing {
			continue
		}
		var tokens []string
		for _, part := range akte.Participations() {
			for _, r := range registers {
				if part.Covers(r, day) {
					tokens = append(tokens,
						join(part.Department, anyTeam, r, headOnly, own),
						join(part.Department, "="+part.Team, r, headOnly, own))
				}
			}
		}
		out = append(out, under(tokens, day, akte.Sealed)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// under puts the readers' names in front of tokens where seals are in force: who is named by all of
// them still needs the right.
func under(tokens []string, day string, seals ...*archive.Seal) []string {
	var readers []archive.UserID
	sealed := false
	for _, s := range seals {
		switch {
		case !s.Holds(day):
		case !sealed:
			sealed, readers = true, slices.Clone(s.Readers)
		default:
			readers = slices.DeleteFunc(readers, func(u archive.UserID) bool { return !slices.Contains(s.Readers, u) })
		}
	}
	if !sealed {
		return tokens
	}
	var out []string
	for _, u := range readers {
		for _, t := range tokens {
			out = append(out, named(u, t))
		}
	}
	return out
}
