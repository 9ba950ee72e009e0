package acl

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"eakte/archive"
	"eakte/archive/audit"
)

// Mark is a reason for a person to look at an event. It is made when the event is shown, says nothing
// about guilt, and is kept nowhere.
type Mark string

// The marks.
const (
	// MarkRefused: it was refused.
	MarkRefused Mark = "refused"
	// MarkRepeated: the same account was refused at least twice in the hour before, too.
	MarkRepeated Mark = "repeated"
	// MarkOwnCase: what made it possible is a case that the same account opened herself.
	MarkOwnCase Mark = "own_case"
	// MarkHours: outside the hours at which people are at work by the policies.
	MarkHours Mark = "hours"
	// MarkNamesake: somebody opened what concerns a person of her own family name.
	MarkNamesake Mark = "namesake"
)

// Bounds of marks.
const (
	repeatedWithin = time.Hour
	repeatedFrom   = 3
	// markLooked is how many events of an actor are looked at for one mark.
	markLooked = 5000
)

// refusals are the times at which an actor was refused.
type refusals []time.Time

// upTo counts those in the hour up to a time.
func (r refusals) upTo(at time.Time) (n int) {
	for _, t := range r {
		if !t.After(at) && at.Sub(t) < repeatedWithin {
			n++
		}
	}
	return n
}

// gather finds the refusals that a list of events has to be compared with.
func (a *annotator) gather(entries []archive.TrailEntry) error {
	first, last := map[string]time.Time{}, map[string]time.Time{}
	for _, e := range entries {
		if e.Leaf.Result != audit.Deny || e.Leaf.Actor == audit.Anonymous("").User {
			continue
		}
		who, at := e.Leaf.Actor, e.Leaf.When()
		if t, ok := first[who]; !ok || at.Before(t) {
			first[who] = at
		}
		if t, ok := last[who]; !ok || at.After(t) {
			last[who] = at
		}
	}
	for who := range first {
		f := archive.TrailFilter{
			Actor: archive.UserID(who), Result: string(audit.Deny), From: first[who].Add(-repeatedWithin),
			To: last[who].Add(time.Microsecond), Bare: true, Most: markLooked,
		}
		for row, err := range a.reader.Trail(f, "") {
			if errors.Is(err, archive.ErrUnfinished) {
				break
			}
			if err != nil {
				return err
			}
			a.refused[who] = append(a.refused[who], row.Value.Leaf.When())
		}
	}
	return nil
}

// marks finds what is unusual about an event.
func (a *annotator) marks(l audit.Leaf) ([]Mark, error) {
	out := []Mark{}
	if l.Result == audit.Deny {
		out = append(out, MarkRefused)
		if a.refused[l.Actor].upTo(l.When()) >= repeatedFrom {
			out = append(out, MarkRepeated)
		}
	}
	if l.Actor == audit.System().User || l.Actor == audit.Anonymous("").User {
		return out, nil
	}
	own, err := a.ownCase(l)
	if err != nil {
		return nil, err
	}
	if own {
		out = append(out, MarkOwnCase)
	}
	if l.Role != "dienst" && aboutSomebody(l) && !a.desk.guard.Policies.AtWork(l.When().In(a.desk.guard.Zone)) {
		out = append(out, MarkHours)
	}
	same, err := a.namesake(l)
	if err != nil {
		return nil, err
	}
	if same {
		out = append(out, MarkNamesake)
	}
	return out, nil
}

// aboutSomebody reports whether the event concerns somebody's file: signing in on a Sunday is nobody's concern,
// and marks on everything would hide what is unusual.
func aboutSomebody(l audit.Leaf) bool {
	return l.Result == audit.Deny || len(l.Akten) > 0 || len(l.Persons) > 0 || l.More > 0
}

// ownCase reports whether a rule that asks for a matching case was met by one that the actor opened.
func (a *annotator) ownCase(l audit.Leaf) (bool, error) {
	id, named := caseOf(l.Purpose)
	rule, _ := a.desk.guard.Policies.Rule(l.Rule)
	if !named || !rule.MatchingCase {
		return false, nil
	}
	opener, ok := a.openers[string(id)]
	if !ok {
		c, err := known(a.cases, string(id), a.reader.Case)
		if err != nil || c.ID == "" {
			return false, err
		}
		if opener, err = a.opener(c); err != nil {
			return false, err
		}
		a.openers[string(id)] = opener
	}
	return opener == l.Actor, nil
}

// opener is who opened a case; empty if too much happened in its Akte since.
func (a *annotator) opener(c archive.Case) (string, error) {
	f := archive.TrailFilter{
		Akte: c.Akte, Op: string(audit.OpCaseCreate), From: c.Created.Add(-time.Minute), To: c.Created.Add(time.Minute),
		Bare: true, Most: markLooked,
	}
	for row, err := range a.reader.Trail(f, "") {
		if errors.Is(err, archive.ErrUnfinished) {
			break
		}
		if err != nil {
			return "", err
		}
		if row.Value.Leaf.Object == "case/"+string(c.ID) {
			return row.Value.Leaf.Actor, nil
		}
	}
	return "", nil
}

// namesake reports whether an act on one thing concerns a person of the actor's family name. Lists and
// searches don't count: who is among what they show is chance.
func (a *annotator) namesake(l audit.Leaf) (bool, error) {
	kind, _, _ := strings.Cut(l.Object, "/")
	if !slices.Contains([]string{"akte", "person", "document", "case"}, kind) {
		return false, nil
	}
	u, err := known(a.users, l.Actor, a.reader.User)
	if err != nil {
		return false, err
	}
	var own []string
	for _, name := range u.Shown() {
		own = append(own, nameParts(familyOf(name))...)
	}
	if len(own) == 0 {
		return false, nil
	}
	for _, id := range l.Persons {
		p, err := known(a.persons, id, a.reader.Person)
		if err != nil {
			return false, err
		}
		for _, n := range p.Names {
			for _, part := range nameParts(n.Family) {
				if slices.Contains(own, part) {
					return true, nil
				}
			}
		}
	}
	return false, nil
}

// familyOf is the family name in what pages call somebody: "Eva Muster", or "Muster, Eva".
func familyOf(display string) string {
	if family, _, turned := strings.Cut(display, ","); turned {
		return family
	}
	words := strings.Fields(display)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// nameParts are the parts of a family name, without what people write now so, now so. Short ones such as
// "von" and "al" are none.
func nameParts(name string) (parts []string) {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(name))
	plain = strings.NewReplacer("ß", "ss", "ae", "a", "oe", "o", "ue", "u").Replace(plain)
	for _, part := range strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(part) > 3 {
			parts = append(parts, part)
		}
	}
	return parts
}
