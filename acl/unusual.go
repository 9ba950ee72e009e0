package acl

import (
	"context"
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
	// unusualHeld is how many different Akten of an account are held at once; of more the rules say that there are as many.
	unusualHeld = 10000
	// unusualLooked is how many changes of an Akte are looked at to find whose it was.
	unusualLooked = 5000
	// unusualSetting is where it is kept how far the trail was read, unreadSetting what couldn't be looked at ([Unread]).
	unusualSetting = "finding-cursor"
	unreadSetting  = "finding-unread"
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
	// unread are entries that couldn't be looked at as a whole.
	unread []archive.TrailPlace
}

// LookForUnusual reads what was recorded since it was called last, at most some hundred entries: it counts what happened
// by the day, and makes findings of what a rule holds for unusual. more says that there may be more to read. Findings and
// how far it came are one transaction, so nothing is told twice and nothing is left out. What is damaged doesn't stop it:
// that is counted, recorded, and told to the officer ([Unread]).
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
		if err := g.keepFound(tx, step); err != nil {
			return err
		}
		if err := g.keepUnread(tx, step.unread); err != nil {
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
	l := &lookout{guard: g, reader: r, notes: (&Desk{guard: g}).annotate(r, archive.TrailFilter{}), days: map[string]*earlier{}, none: map[string]bool{}}
	if l.staff, l.unstaffed = r.Users(); l.unstaffed != nil && !isDamaged(l.unstaffed) {
		return s, l.unstaffed
	}
	n := 0
	for row, err := range r.TrailFrom(s.from) {
		if err != nil && !isDamaged(err) {
			return s, err
		}
		if n == unusualBatch {
			s.whole = false
			break
		}
		n, s.to = n+1, row.After
		place := archive.TrailPlace{Year: row.Value.Year, Seq: row.Value.Leaf.Seq}
		if err != nil {
			s.unread = append(s.unread, place)
			continue
		}
		s.tallies = g.tallied(s.tallies, row.Value.Leaf)
		if g.Now().Sub(row.Value.Leaf.When()) > unusualAge {
			continue
		}
		found, err := l.ask(row.Value, row.After)
		if isDamaged(err) {
			s.unread, err = append(s.unread, place), nil
		}
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

// keepFound makes findings of what rules found, or adds it to those that are not closed and can be read.
func (g *Guard) keepFound(tx archive.Tx, step unusualStep) error {
	made, joined := []string{}, 0
	for _, s := range step.found {
		leaf := s.entry.Leaf
		f, err := tx.FindingOf(s.same)
		fresh := isNotFound(err) || isDamaged(err)
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
	if len(step.found) == 0 && len(step.unread) == 0 {
		return nil
	}
	told := map[string]any{"findings": made, "joined": joined}
	if len(step.unread) > 0 {
		told["unread"] = len(step.unread)
	}
	return tx.Record(audit.Event{
		Time: g.Now(), Actor: audit.System(), Op: audit.OpFindingMake, Result: audit.Allow, Policy: g.Policies.Hash(),
		Detail: &audit.Detail{Act: told},
	})
}

// lookout asks the rules about entries that are read together.
type lookout struct {
	guard  *Guard
	reader archive.Reader
	notes  *annotator
	// staff are all accounts; unstaffed is why they couldn't be read.
	staff     []archive.User
	unstaffed error
	// days are what was before by account and day, none whether an Akte is no business of an account; both are read once.
	days map[string]*earlier
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

// ask asks every rule about the entry at a place. A rule that is kept from its answer by something damaged keeps no other
// from its own: what they found comes with the error.
func (o *lookout) ask(e archive.TrailEntry, at archive.Position) (found []struck, failed error) {
	l := e.Leaf
	if l.Actor == audit.System().User || l.Actor == audit.Anonymous("").User || l.Role == "dienst" {
		return nil, nil
	}
	when := l.When().In(o.guard.Zone)
	day, since := when.Format(time.DateOnly), when.Add(-unusualSpan)
	before, err := o.before(l, day, at)
	if err != nil {
		return nil, err
	}
	strike := func(rule, matter string, figure int, is bool, err error) {
		if err != nil && (failed == nil || isDamaged(failed)) {
			failed = err
		}
		if is && err == nil {
			same := fmt.Sprintf("%s %s %s %d", rule, l.Actor, matter, e.Year)
			found = append(found, struck{rule, same, e, figure})
		}
	}
	strike(UnusualBreakGlass, l.Object+" "+strings.Join(l.Akten, " "), 0, l.Op == audit.OpBreakGlass && l.Result == audit.Allow, nil)
	if !looks(l) {
		return found, nil
	}
	is, err := o.notes.namesake(l)
	strike(UnusualNamesake, strings.Join(l.Persons, " "), 0, is, err)
	is, err = o.colleague(l)
	strike(UnusualColleague, strings.Join(l.Persons, " "), 0, is, err)
	strike(UnusualHours, day, 0, !o.guard.Policies.AtWork(when), nil)
	if is, err = o.drawn(l); is || err != nil {
		strike(UnusualSample, day+" "+l.Akten[0], 0, is, err)
	}
	n := before.akten(since)
	strike(UnusualMany, day, n, n >= unusualMany, nil)
	n = before.refusals(since)
	strike(UnusualRefusals, day, n, n >= unusualRefused, nil)
	n, err = o.idle(l, before)
	strike(UnusualNoCase, day, n, n >= unusualNoCase, err)
	return found, failed
}

// colleague reports whether an act on one thing concerns a person who is called like somebody else that has an account.
func (o *lookout) colleague(l audit.Leaf) (bool, error) {
	if len(l.Persons) > 0 && o.unstaffed != nil {
		return false, o.unstaffed
	}
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
