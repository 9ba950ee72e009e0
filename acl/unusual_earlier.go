package acl

import (
	"maps"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// earlier is what an account did on a day and in the hour before it began, up to the entry that was added last: as much of
// it as the rules count, however much was recorded.
type earlier struct {
	// day is when the day began, newest the time of the newest entry, cleared that at which room was made.
	day, newest, cleared time.Time
	// looked are Akten whose content was looked at, with when they last were, refused when something was refused: each of the
	// span of the rules, and no more than unusualHeld.
	looked  map[string]time.Time
	refused []time.Time
	// aimless are Akten looked at on the day without a case being stated, by a clerk; unsure those of them of which nobody
	// asked whether they are her business, and idle is of how many of the others they aren't.
	aimless map[string]bool
	unsure  []string
	idle    int
}

// before is what the account of an entry did up to that one, which is at a place. It is read once; after that entries are
// added as they come.
func (o *lookout) before(l audit.Leaf, day string, at archive.Position) (*earlier, error) {
	key := l.Actor + day
	if e, ok := o.days[key]; ok {
		e.add(l)
		return e, nil
	}
	when := l.When().In(o.guard.Zone)
	e := &earlier{
		day:    time.Date(when.Year(), when.Month(), when.Day(), 0, 0, 0, 0, o.guard.Zone),
		looked: map[string]time.Time{}, aimless: map[string]bool{},
	}
	o.days[key] = e
	e.add(l)
	f := archive.TrailFilter{Actor: archive.UserID(l.Actor), From: e.day.Add(-unusualSpan), To: e.day.AddDate(0, 0, 1), Bare: true}
	for row, err := range o.reader.Trail(f, at) {
		if isDamaged(err) {
			continue // it is counted where it is read for itself
		}
		if err != nil {
			return nil, err
		}
		e.add(row.Value.Leaf)
	}
	return e, nil
}

// add adds an entry. What is older than the span of the rules by then can be counted for none that comes later.
func (e *earlier) add(l audit.Leaf) {
	when := l.When()
	if when.After(e.newest) {
		e.newest = when
	}
	lately := !when.Before(e.newest.Add(-unusualSpan))
	if lately && (len(e.looked) == unusualHeld || len(e.refused) == unusualHeld) {
		e.makeRoom()
	}
	if lately && l.Result == audit.Deny && len(e.refused) < unusualHeld {
		e.refused = append(e.refused, when)
	}
	if !looks(l) {
		return
	}
	for _, id := range l.Akten {
		if last, ok := e.looked[id]; lately && when.After(last) && (ok || len(e.looked) < unusualHeld) {
			e.looked[id] = when
		}
	}
	if aimless(l) && !when.Before(e.day) && !e.aimless[l.Akten[0]] && len(e.aimless) < unusualHeld {
		e.aimless[l.Akten[0]], e.unsure = true, append(e.unsure, l.Akten[0])
	}
}

// makeRoom lets go of what is too old, once a minute of the trail.
func (e *earlier) makeRoom() {
	if e.newest.Sub(e.cleared) < time.Minute {
		return
	}
	e.cleared = e.newest
	since := e.newest.Add(-unusualSpan)
	maps.DeleteFunc(e.looked, func(_ string, last time.Time) bool { return last.Before(since) })
	e.refused = slices.DeleteFunc(e.refused, func(t time.Time) bool { return t.Before(since) })
}

// akten counts the different Akten whose content was looked at since a time.
func (e *earlier) akten(since time.Time) (n int) {
	for _, last := range e.looked {
		if last.After(since) {
			n++
		}
	}
	return n
}

// refusals counts what was refused since a time.
func (e *earlier) refusals(since time.Time) (n int) {
	for _, when := range e.refused {
		if when.After(since) {
			n++
		}
	}
	return n
}

// idle counts, where an entry is about an Akte that was no business of who looked, how many such there were on its day. What
// can't be read of others is left out: it is counted with their own entries.
func (o *lookout) idle(l audit.Leaf, before *earlier) (int, error) {
	if is, err := o.noBusiness(l); err != nil || !is {
		return 0, err
	}
	for _, id := range before.unsure {
		is, err := o.noBusinessOf(l.Actor, id)
		if err != nil && !isDamaged(err) {
			return 0, err
		}
		if is {
			before.idle++
		}
	}
	before.unsure = nil
	return before.idle, nil
}

// aimless reports whether a clerk looked at one Akte and stated no case.
func aimless(l audit.Leaf) bool {
	_, named := caseOf(l.Purpose)
	return !named && len(l.Akten) == 1 && l.Role == clerkRole
}

// noBusiness reports whether who looked stated no case, and the Akte is none of hers.
func (o *lookout) noBusiness(l audit.Leaf) (bool, error) {
	if !aimless(l) {
		return false, nil
	}
	return o.noBusinessOf(l.Actor, l.Akten[0])
}

// noBusinessOf reports whether an Akte is none of somebody's.
func (o *lookout) noBusinessOf(user, akte string) (bool, error) {
	key := user + akte
	if is, ok := o.none[key]; ok {
		return is, nil
	}
	is, err := o.stranger(user, akte)
	if err == nil {
		o.none[key] = is
	}
	return is, err
}
