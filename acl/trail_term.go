package acl

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/audit/anchor"
	"eakte/policies"
)

const (
	// trailTerm is the rule by which entries of the trail end, trailMonths what it means where it names no number: the
	// end of the year after the one they were made in (BDSG § 76 (4)).
	trailTerm   = "R-LOG-BDSG"
	trailMonths = 12
	// holdSetting is where holds lie.
	holdSetting = "trail-holds"
	// maxHolds is how many there may be.
	maxHolds = 200
)

// TrailHold keeps entries of the trail beyond their term, because somebody looks into them: the whole year, or every year in
// which there is one about a person or by a user. A year is kept as a whole, for its proofs to stay. Why it is held
// stands in the trail.
type TrailHold struct {
	ID     string           `json:"id"`
	Year   int              `json:"year,omitempty"`
	Person archive.PersonID `json:"person,omitempty"`
	User   archive.UserID   `json:"user,omitempty"`
	By     archive.UserID   `json:"by"`
	At     time.Time        `json:"at"`
}

// said is what the trail is told of a hold.
func (h TrailHold) said(reason string) *audit.Detail {
	act := map[string]any{"hold": h.ID, "reason": reason}
	for key, v := range map[string]string{"person": string(h.Person), "user": string(h.User)} {
		if v != "" {
			act[key] = v
		}
	}
	if h.Year != 0 {
		act["year"] = h.Year
	}
	return &audit.Detail{Act: act}
}

// act is a change of the hold, for a reason; it is about the person whose entries it keeps.
func (h TrailHold) act(op audit.Op, v verdict, reason string) act {
	a := act{op: op, verdict: v, detail: h.said(reason)}
	if h.Person != "" {
		a.persons = []archive.PersonID{h.Person}
	}
	return a
}

func readHolds(r archive.Reader) (all []TrailHold, err error) {
	data, err := r.Setting(holdSetting)
	if errors.Is(err, archive.ErrNotFound) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("acl: holds on the trail: %w", err)
	}
	return all, nil
}

func putHolds(tx archive.Tx, all []TrailHold) error {
	data, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("acl: holds on the trail: %w", err)
	}
	return tx.PutSetting(holdSetting, data)
}

// TrailTerm is by which rule entries of the trail end, what there is of each year, and what is kept beyond its term.
type TrailTerm struct {
	Rule  policies.Retention
	Years []TrailYear
	Holds []TrailHoldView
}

// TrailYear is what there is of a year.
type TrailYear struct {
	Year    int
	Entries int64
	// Dropped says that they are gone, Held that they are kept beyond Due, which is zero where the rules name no term.
	Dropped, Held bool
	Due           time.Time
}

// TrailHoldView is a hold as the officer reads it.
type TrailHoldView struct {
	TrailHold
	// ByName is who holds, Of whose entries they are: an account, or a person by the numbers of her Akten.
	ByName, Of string
	Akten      []TrailAkte
}

// TrailTerm tells how long entries of the trail are kept, and lists the holds, oldest first.
func (d *Desk) TrailTerm(ctx context.Context) (out TrailTerm, err error) {
	err = d.look(ctx, act{op: audit.OpTrailRead}, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		out = TrailTerm{Years: []TrailYear{}, Holds: []TrailHoldView{}}
		out.Rule, _ = d.guard.Policies.Retention(trailTerm)
		all, err := readHolds(r)
		if err != nil {
			return act{}, err
		}
		years, err := d.guard.Trail.TrailYears(ctx)
		if err != nil {
			return act{}, err
		}
		for _, y := range years {
			year := TrailYear{Year: y.Year, Entries: y.Size, Dropped: y.Dropped}
			year.Due, _ = d.guard.trailDue(y.Year)
			if year.Held, err = held(r, y.Year); err != nil {
				return act{}, err
			}
			out.Years = append(out.Years, year)
		}
		for _, h := range all {
			if h.User == d.subject.User {
				continue // others keep what she did, and she has no word on it
			}
			view, err := d.holdView(r, h)
			if err != nil {
				return act{}, err
			}
			out.Holds = append(out.Holds, view)
		}
		return act{op: audit.OpTrailRead, verdict: v, detail: &audit.Detail{Act: map[string]any{"holds": true}}}, nil
	})
	return out, err
}

// holdView names who holds and what.
func (d *Desk) holdView(r archive.Reader, h TrailHold) (TrailHoldView, error) {
	out := TrailHoldView{TrailHold: h, Akten: []TrailAkte{}}
	by, err := r.User(h.By)
	if err = unlessMissing(err); err != nil {
		return out, err
	}
	out.ByName = by.Called()
	if barred, err := d.trailBarred(r, archive.TrailFilter{Person: h.Person}); err != nil || barred {
		out.Person = "" // of whom she must not know, she learns that a year is held
		return out, err
	}
	of, err := d.trailOf(r, archive.TrailFilter{Person: h.Person, Actor: h.User})
	if err != nil {
		return out, err
	}
	out.Of, out.Akten = of.Actor.Called(), append(out.Akten, of.Akten...)
	return out, nil
}

// HoldTrail keeps what h names: a year, a person or a user, one of them. A [archive.FieldError] says what is wrong
// with it or the reason.
func (d *Desk) HoldTrail(ctx context.Context, h TrailHold, reason string) (TrailHold, error) {
	h.ID, h.By, h.At = archive.NewID[string](), d.subject.User, d.guard.Now().UTC()
	err := d.change(ctx, act{op: audit.OpTrailHold}, func(tx archive.Tx) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		said, err := heldBy(tx, h, reason)
		if err != nil {
			return act{}, err
		}
		if barred, err := d.trailBarred(tx, archive.TrailFilter{Person: h.Person}); err != nil || barred {
			return act{}, cmp.Or[error](err, &archive.FieldError{Pointer: "/person_id", Code: "unknown"})
		}
		all, err := readHolds(tx)
		if err != nil {
			return act{}, err
		}
		if len(all) >= maxHolds {
			return act{}, &archive.FieldError{Pointer: "/", Code: "too_many"}
		}
		return h.act(audit.OpTrailHold, v, said), putHolds(tx, append(all, h))
	})
	return h, err
}

// heldBy checks a hold and its reason, which it returns as it is kept.
func heldBy(r archive.Reader, h TrailHold, reason string) (string, error) {
	reason, err := archive.NormaliseText("/reason", reason, 2000, true)
	if err != nil {
		return "", err
	}
	named := 0
	for _, is := range []bool{h.Year != 0, h.Person != "", h.User != ""} {
		if is {
			named++
		}
	}
	switch {
	case reason == "":
		return "", &archive.FieldError{Pointer: "/reason", Code: "required"}
	case named != 1:
		return "", &archive.FieldError{Pointer: "/year", Code: "required"}
	case h.Year != 0 && (h.Year < 2000 || h.Year > 9999):
		return "", &archive.FieldError{Pointer: "/year", Code: "unknown"}
	}
	if h.Person != "" {
		if _, err := r.Person(h.Person); err != nil {
			return "", unknownOr(err, "/person_id")
		}
	}
	if h.User != "" {
		if _, err := r.User(h.User); err != nil {
			return "", unknownOr(err, "/user_id")
		}
	}
	return reason, nil
}

// unknownOr is a fault of a field where nothing is there, else the error.
func unknownOr(err error, pointer string) error {
	if isNotFound(err) {
		return &archive.FieldError{Pointer: pointer, Code: "unknown"}
	}
	return err
}

// ReleaseTrail ends a hold; [archive.ErrNotFound] where there is none, it keeps what the subject did, or is on a person
// from whom a conflict of interest keeps her.
func (d *Desk) ReleaseTrail(ctx context.Context, id, reason string) error {
	return d.change(ctx, act{op: audit.OpTrailRelease}, func(tx archive.Tx) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		said, err := archive.NormaliseText("/reason", reason, 2000, true)
		if err != nil {
			return act{}, err
		}
		if said == "" {
			return act{}, &archive.FieldError{Pointer: "/reason", Code: "required"}
		}
		all, err := readHolds(tx)
		if err != nil {
			return act{}, err
		}
		at := slices.IndexFunc(all, func(h TrailHold) bool { return h.ID == id && h.User != d.subject.User })
		if at < 0 {
			return act{}, archive.ErrNotFound
		}
		released := all[at]
		if barred, err := d.trailBarred(tx, archive.TrailFilter{Person: released.Person}); err != nil || barred {
			return act{}, cmp.Or(err, archive.ErrNotFound)
		}
		return released.act(audit.OpTrailRelease, v, said), putHolds(tx, slices.Delete(all, at, at+1))
	})
}

// EndTrails drops the entries of the years whose term is over and that nobody holds, and goes on where it was
// interrupted. It returns the years that were dropped now; what keeps one of them from it keeps no other. Rules that
// don't say when entries end end none, and while a witness contradicts the trail all of it is evidence.
func (g *Guard) EndTrails(ctx context.Context) (dropped []int, err error) {
	if now := g.inForce.Load(); now != nil {
		g = now
	}
	if g.Anchors != nil {
		state, err := g.Anchors.State(ctx)
		if err != nil || state.Witness.Trouble == anchor.Contradicted {
			return nil, err
		}
	}
	years, err := g.Trail.TrailYears(ctx)
	if err != nil || len(years) == 0 {
		return nil, err
	}
	for _, y := range years[:len(years)-1] {
		if due, ok := g.trailDue(y.Year); !y.Dropped && (!ok || g.Now().Before(due)) {
			continue
		}
		e := audit.Event{
			Time: g.Now(), Actor: audit.System(), Op: audit.OpTrailDrop, Object: fmt.Sprintf("shard/%04d", y.Year), Result: audit.Allow,
			Policy: g.Policies.Hash(), Detail: &audit.Detail{Act: map[string]any{"entries": y.Size, "term": trailTerm}},
		}
		gone, oops := g.Trail.DropTrail(ctx, y.Year, e, func(r archive.Reader) (bool, error) { return held(r, y.Year) })
		if err = errors.Join(err, oops); gone && !y.Dropped {
			dropped = append(dropped, y.Year)
		}
	}
	return dropped, err
}

// trailDue is when the term of a year's entries is over; false where the rules name none.
func (g *Guard) trailDue(year int) (due time.Time, ok bool) {
	rule, ok := g.Policies.Retention(trailTerm)
	if !ok {
		return due, false
	}
	months := trailMonths
	if !rule.Open {
		months = rule.Months
	}
	return time.Date(year+1, time.Month(1+months), 1, 0, 0, 0, 0, g.Zone), true
}

// held reports whether a year is kept beyond its term: somebody holds it, or there is a finding about it that isn't closed.
func held(r archive.Reader, year int) (bool, error) {
	all, err := readHolds(r)
	if err != nil {
		return false, err
	}
	for _, h := range all {
		if is, err := h.keeps(r, year); is || err != nil {
			return is, err
		}
	}
	return r.FindingsHold(year)
}

// keeps reports whether there is anything in a year that the hold is about.
func (h TrailHold) keeps(r archive.Reader, year int) (bool, error) {
	if h.Year != 0 {
		return h.Year == year, nil
	}
	// No entry of a year is later than it, though one of the next may be earlier: the clock may have stepped back.
	end := time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC)
	for row, err := range r.Trail(archive.TrailFilter{Person: h.Person, Actor: h.User, To: end, Bare: true}, "") {
		if err != nil {
			return false, err
		}
		if row.Value.Year <= year {
			return row.Value.Year == year, nil
		}
	}
	return false, nil
}
