package acl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// The rules by which something in the trail is held for unusual. Each is a reason to look, and no verdict.
const (
	// UnusualNamesake: she opened what concerns a person of her own family name.
	UnusualNamesake = "namesake"
	// UnusualColleague: a person who is called like somebody that has an account.
	UnusualColleague = "colleague"
	// UnusualNoCase: Akten in which no case is open, for which she isn't responsible and her team isn't either.
	UnusualNoCase = "no_case"
	// UnusualMany: many different Akten in an hour.
	UnusualMany = "many"
	// UnusualHours: content at night or on a day off.
	UnusualHours = "hours"
	// UnusualBreakGlass: an Akte in an emergency, without a right to it.
	UnusualBreakGlass = "break_glass"
	// UnusualRefusals: content soon after she was refused several times.
	UnusualRefusals = "after_refusals"
	// UnusualSample: nothing was unusual; it was drawn among the looks at Akten outside somebody's area.
	UnusualSample = "sample"
)

// UnusualRules are all of them, in order.
func UnusualRules() []string {
	return []string{UnusualBreakGlass, UnusualNamesake, UnusualColleague, UnusualRefusals, UnusualMany, UnusualNoCase, UnusualHours, UnusualSample}
}

// Bounds of the rules.
const (
	// unusualMany is how many different Akten in unusualSpan are many.
	unusualMany = 40
	unusualSpan = time.Hour
	// unusualRefused is how many refusals in unusualSpan are several.
	unusualRefused = 3
	// unusualNoCase is how many different Akten of a day without case or task are told.
	unusualNoCase = 3
	// unusualAge is how old what is looked at may be: older is counted only.
	unusualAge = 90 * 24 * time.Hour
	// unusualBatch is how many entries of the trail a step reads.
	unusualBatch = 500
	// unusualLooked is how many entries of an account one is compared with.
	unusualLooked = 5000
	// unusualSetting is where it is kept how far the trail was read.
	unusualSetting = "finding-cursor"
)

// clerkRole is the role of who works on Akten that are given to her; others file papers, lead and control.
const clerkRole = "sachbearbeitung"

// struck is what a rule says of an entry.
type struck struct {
	rule, same string
	entry      archive.TrailEntry
	figure     int
}

// unusualStep is what a step found.
type unusualStep struct {
	from, to archive.Position
	tallies  []archive.TrailTally
	found    []struck
	whole    bool
}

// LookForUnusual reads what was recorded since it was called last, at most some hundred entries: it counts what happened
// by the day, and makes findings of what a rule holds for unusual. more says that there may be more to read. Findings and
// how far it came are one transaction, so nothing is told twice and nothing is left out.
func (g *Guard) LookForUnusual(ctx context.Context) (more bool, err error) {
	if now := g.inForce.Load(); now != nil {
		g = now
	}
	var step unusualStep
	err = g.Store.View(ctx, func(r archive.Reader) (err error) {
		step, err = g.readUnusual(r)
		return err
	})
	if err != nil || step.from == step.to {
		return false, err
	}
	err = g.Store.Update(ctx, func(tx archive.Tx) error {
		at, err := cursorOf(tx)
		if err != nil || at != step.from {
			return err // somebody else was faster
		}
		for _, t := range step.tallies {
			if err := tx.CountTrail(t); err != nil {
				return err
			}
		}
		if err := g.keepFound(tx, step.found); err != nil {
			return err
		}
		return tx.PutSetting(unusualSetting, []byte(step.to))
	})
	if err != nil {
		return false, fmt.Errorf("acl: unusual: %w", err)
	}
	return !step.whole, nil
}

// cursorOf is how far the trail was read.
func cursorOf(r archive.Reader) (archive.Position, error) {
	data, err := r.Setting(unusualSetting)
	return archive.Position(data), unlessMissing(err)
}

// readUnusual reads a batch of entries and asks the rules about each.
func (g *Guard) readUnusual(r archive.Reader) (s unusualStep, err error) {
	if s.from, err = cursorOf(r); err != nil {
		return s, err
	}
	s.to, s.whole = s.from, true
	l := &lookout{guard: g, reader: r, notes: (&Desk{guard: g}).annotate(r, archive.TrailFilter{}), days: map[string]lately{}, none: map[string]bool{}}
	if l.staff, err = r.Users(); err != nil {
		return s, err
	}
	n := 0
	for row, err := range r.TrailFrom(s.from) {
		if err != nil {
			return s, err
		}
		if n == unusualBatch {
			s.whole = false
			break
		}
		n, s.to = n+1, row.After
		s.tallies = g.tallied(s.tallies, row.Value.Leaf)
		if g.Now().Sub(row.Value.Leaf.When()) > unusualAge {
			continue
		}
		found, err := l.ask(row.Value)
		if err != nil {
			return s, err
		}
		s.found = append(s.found, found...)
	}
	return s, nil
}

// tallied counts an entry to its day.
func (g *Guard) tallied(days []archive.TrailTally, l audit.Leaf) []archive.TrailTally {
	class, _ := l.Op.Class()
	if l.Actor == audit.System().User || l.Op == audit.OpTrailRead {
		return days
	}
	var one archive.TrailTally
	switch {
	case l.Result == audit.Deny:
		one.Refusals = 1
	case class == audit.Query:
		one.Queries = 1
	case class == audit.Disclosure:
		one.Disclosures = 1
	default:
		return days
	}
	day := l.When().In(g.Zone).Format(time.DateOnly)
	i := slices.IndexFunc(days, func(t archive.TrailTally) bool { return t.Day == day })
	if i < 0 {
		i, days = len(days), append(days, archive.TrailTally{Day: day})
	}
	days[i].Queries += one.Queries
	days[i].Disclosures += one.Disclosures
	days[i].Refusals += one.Refusals
	return days
}

// keepFound makes findings of what rules found, or adds it to those that are not closed.
func (g *Guard) keepFound(tx archive.Tx, found []struck) error {
	made, joined := []string{}, 0
	for _, s := range found {
		leaf := s.entry.Leaf
		f, err := tx.FindingOf(s.same)
		fresh := isNotFound(err)
		switch {
		case fresh:
			f = archive.Finding{
				ID: archive.NewID[archive.FindingID](), Rule: s.rule, Same: s.same, Actor: archive.UserID(leaf.Actor),
				First: leaf.When(), State: archive.FindingOpen,
			}
			made = append(made, string(f.ID))
		case err != nil:
			return err
		default:
			joined++
		}
		if f.State == archive.FindingProposed { // what was proposed was about less
			f.State = archive.FindingReview
		}
		if len(f.Places) < archive.FindingPlaces {
			f.Places = append(f.Places, archive.TrailPlace{Year: s.entry.Year, Seq: leaf.Seq})
		}
		f.Count, f.Last, f.Figure, f.Revision = f.Count+1, leaf.When(), max(f.Figure, s.figure), f.Revision+1
		if err := tx.PutFinding(f); err != nil {
			return err
		}
	}
	if len(found) == 0 {
		return nil
	}
	return tx.Record(audit.Event{
		Time: g.Now(), Actor: audit.System(), Op: audit.OpFindingMake, Result: audit.Allow, Policy: g.Policies.Hash(),
		Detail: &audit.Detail{Act: map[string]any{"findings": made, "joined": joined}},
	})
}

// lookout asks the rules about entries that are read together.
type lookout struct {
	guard  *Guard
	reader archive.Reader
	notes  *annotator
	staff  []archive.User
	// days are entries of an account by account and day, none whether an Akte is no business of an account; both are read once.
	days map[string]lately
	none map[string]bool
}

// looks reports whether an entry is somebody's look at content, or its way out.
func looks(l audit.Leaf) bool {
	switch l.Op {
	case audit.OpDocumentOpen, audit.OpDocumentRead, audit.OpDocumentDownload, audit.OpDocumentDisclose, audit.OpAkteOpen,
		audit.OpAkteBundle, audit.OpPersonOpen, audit.OpBreakGlass, audit.OpInspect:
		return l.Result == audit.Allow
	}
	return false
}

// ask asks every rule about an entry.
func (o *lookout) ask(e archive.TrailEntry) (found []struck, err error) {
	l := e.Leaf
	if l.Actor == audit.System().User || l.Actor == audit.Anonymous("").User || l.Role == "dienst" {
		return nil, nil
	}
	day := l.When().In(o.guard.Zone).Format(time.DateOnly)
	strike := func(rule, matter string, figure int) {
		same := fmt.Sprintf("%s %s %s %d", rule, l.Actor, matter, e.Year)
		found = append(found, struck{rule, same, e, figure})
	}
	if l.Op == audit.OpBreakGlass && l.Result == audit.Allow {
		strike(UnusualBreakGlass, l.Object+" "+strings.Join(l.Akten, " "), 0)
	}
	if !looks(l) {
		return found, nil
	}
	if is, err := o.notes.namesake(l); err != nil {
		return nil, err
	} else if is {
		strike(UnusualNamesake, strings.Join(l.Persons, " "), 0)
	}
	if is, err := o.colleague(l); err != nil {
		return nil, err
	} else if is {
		strike(UnusualColleague, strings.Join(l.Persons, " "), 0)
	}
	if !o.guard.Policies.AtWork(l.When().In(o.guard.Zone)) {
		strike(UnusualHours, day, 0)
	}
	if is, err := o.drawn(l); err != nil {
		return nil, err
	} else if is {
		strike(UnusualSample, day+" "+l.Akten[0], 0)
	}
	before, err := o.before(l)
	if err != nil {
		return nil, err
	}
	if n := before.akten(l.When().Add(-unusualSpan)); n >= unusualMany {
		strike(UnusualMany, day, n)
	}
	if n := before.refusals(l.When().Add(-unusualSpan)); n >= unusualRefused {
		strike(UnusualRefusals, day, n)
	}
	n, err := o.idle(l, before, day)
	if err != nil {
		return nil, err
	}
	if n >= unusualNoCase {
		strike(UnusualNoCase, day, n)
	}
	return found, nil
}

// colleague reports whether an act on one thing concerns a person who is called like somebody else that has an account.
func (o *lookout) colleague(l audit.Leaf) (bool, error) {
	for _, id := range l.Persons {
		p, err := known(o.notes.persons, id, o.reader.Person)
		if err != nil {
			return false, err
		}
		for _, n := range p.Names {
			family, given := nameParts(n.Family), nameParts(n.Given)
			for _, u := range o.staff {
				if string(u.ID) != l.Actor && slices.ContainsFunc(u.Shown(), func(name string) bool {
					called := nameParts(name)
					return sharesPart(called, family) && sharesPart(called, given)
				}) {
					return true, nil
				}
			}
		}
	}
	return false, nil
}

// sharesPart reports whether one of some parts of a name is among those of another.
func sharesPart(name, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return slices.Contains(name, p) })
}

// lately are the entries of an account up to one of them, newest first.
type lately []audit.Leaf

// before finds the entries of who made one, on the same day or in the hour before it began, up to that one.
func (o *lookout) before(l audit.Leaf) (out lately, err error) {
	at := l.When().In(o.guard.Zone)
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, o.guard.Zone)
	key := l.Actor + at.Format(time.DateOnly)
	all, ok := o.days[key]
	if !ok {
		f := archive.TrailFilter{Actor: archive.UserID(l.Actor), From: day.Add(-unusualSpan), To: day.AddDate(0, 0, 1), Bare: true, Most: unusualLooked}
		for row, err := range o.reader.Trail(f, "") {
			if errors.Is(err, archive.ErrUnfinished) {
				break
			}
			if err != nil {
				return nil, err
			}
			all = append(all, row.Value.Leaf)
		}
		o.days[key] = all
	}
	for _, b := range all {
		if !b.When().After(l.When()) {
			out = append(out, b)
		}
	}
	return out, nil
}

// akten counts the different Akten whose content was looked at since a time.
func (all lately) akten(since time.Time) int {
	seen := map[string]bool{}
	for _, l := range all {
		if looks(l) && l.When().After(since) {
			for _, id := range l.Akten {
				seen[id] = true
			}
		}
	}
	return len(seen)
}

// refusals counts what was refused since a time.
func (all lately) refusals(since time.Time) (n int) {
	for _, l := range all {
		if l.Result == audit.Deny && l.When().After(since) {
			n++
		}
	}
	return n
}

// idle counts, where an entry is about an Akte that was no business of who looked, how many such there were on its day.
func (o *lookout) idle(l audit.Leaf, before lately, day string) (int, error) {
	if is, err := o.noBusiness(l); err != nil || !is {
		return 0, err
	}
	seen := map[string]bool{}
	for _, b := range before {
		if !looks(b) || b.When().In(o.guard.Zone).Format(time.DateOnly) != day {
			continue
		}
		is, err := o.noBusiness(b)
		if err != nil {
			return 0, err
		}
		for _, id := range b.Akten {
			seen[id] = seen[id] || is
		}
	}
	n := 0
	for _, is := range seen {
		if is {
			n++
		}
	}
	return n, nil
}

// noBusiness reports whether who looked stated no case, and the Akte is none of hers.
func (o *lookout) noBusiness(l audit.Leaf) (is bool, err error) {
	if _, named := caseOf(l.Purpose); named || len(l.Akten) != 1 || l.Role != clerkRole {
		return false, nil
	}
	key := l.Actor + l.Akten[0]
	is, ok := o.none[key]
	if !ok {
		is, err = o.stranger(l.Actor, l.Akten[0])
		o.none[key] = is
	}
	return is, err
}

// stranger reports whether no case is open in an Akte, and somebody isn't responsible for it and in no team that is.
func (o *lookout) stranger(user, id string) (bool, error) {
	akte, err := known(o.notes.akten, id, o.reader.Akte)
	if err != nil || akte.ID == "" || string(akte.Responsible) == user {
		return false, err
	}
	u, err := known(o.notes.users, user, o.reader.User)
	if err != nil || akte.Team != "" && slices.Contains(u.Teams, akte.Team) {
		return false, err
	}
	cases, err := o.reader.CasesOf(akte.ID)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(cases, func(c archive.Case) bool { return c.State == "open" }), nil
}
