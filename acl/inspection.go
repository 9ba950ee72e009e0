package acl

import (
	"context"
	"errors"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// An inspection (Kontrolle) lets data protection read one Akte for an hour, with a reason: to see whether what the trail
// tells of fits what lies there. She reads what is normal and what is besonders in all registers, for just that is hers to
// look after; papers of the class sicherheit, and all that is sealed, stay shut. No search finds by it, nothing is changed,
// and no file leaves. Who leads the Akte reads of it where break-glass accesses are listed.

const (
	inspectionRule = "inspection:"
	// InspectionsADay is how many Akten somebody may open so in a day.
	InspectionsADay = 10
)

// inspects reports whether an inspection is all that allows.
func (v verdict) inspects() bool { return strings.HasPrefix(v.Rule, inspectionRule) }

// inspected are the classifications that an inspection opens.
func inspected() []string { return []string{plainClass, "besonders"} }

// inspections finds what the subject inspects now as loans; nothing for who may not.
func (d *Desk) inspections(r archive.Reader, akte archive.AkteID) (out []loan, err error) {
	v, ok := d.able(policies.ActInspect)
	if !ok {
		return nil, nil
	}
	now := d.guard.Now()
	broken, err := r.BreakGlassBy(d.subject.User, now.Add(-breakGlassFor))
	for _, b := range broken {
		if !b.Inspection || !b.Holds(now) || akte != "" && b.Akte != akte {
			continue
		}
		l := loan{
			akte: b.Akte, pair: v.pair, rule: inspectionRule + string(b.ID), breakGlass: b.ID, ends: b.Until, emergency: true, inspects: true,
			classifications: inspected(), actions: granted(archive.GrantRead),
		}
		for _, reg := range d.guard.Policies.Registers() {
			l.registers = append(l.registers, reg.Key)
		}
		out = append(out, l)
	}
	return out, err
}

// Inspect opens an Akte, by its reference number, to data protection for an hour and to read. One that isn't there, and one
// that a seal or a conflict of interest shuts to her, are a [*archive.FieldError] alike, and recorded.
func (d *Desk) Inspect(ctx context.Context, number, reason string) (archive.BreakGlass, error) {
	tried := act{op: audit.OpInspect}
	if _, ok := d.able(policies.ActInspect); !ok {
		return archive.BreakGlass{}, d.refused(ctx, tried, ErrDenied)
	}
	b := archive.BreakGlass{Reason: reason, Inspection: true}
	if err := b.Normalise(); err != nil {
		return archive.BreakGlass{}, err
	}
	if number = strings.TrimSpace(number); number == "" {
		return archive.BreakGlass{}, &archive.FieldError{Pointer: "/aktenzeichen", Code: "required"}
	}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		v, ok := d.able(policies.ActInspect)
		if !ok {
			return act{}, ErrDenied
		}
		if err := d.mayInspectAgain(tx); err != nil { // before it is asked what is there: else a guess past the limit would tell
			return act{}, err
		}
		akte, err := d.inspectable(tx, number)
		if err != nil {
			return act{}, err
		}
		b.ID, b.Akte, b.User, b.At = archive.NewID[archive.BreakGlassID](), akte.ID, d.subject.User, d.guard.Now().UTC()
		b.Until = b.At.Add(breakGlassFor)
		b.Through = archive.Pair{Role: v.pair.Role, Department: akte.Lead} // it is listed for who leads the Akte
		done := tried.naming(akte.ID, akte.Person)
		done.object, done.verdict = "akte/"+string(akte.ID), v
		done.detail = &audit.Detail{Shared: map[string]any{"reason": b.Reason, "inspection": b.ID, "until": b.Until}}
		return done, tx.PutBreakGlass(b)
	})
	var field *archive.FieldError
	if errors.As(err, &field) {
		err = d.record(ctx, tried, err) // a guess, perhaps
	}
	if err != nil {
		return archive.BreakGlass{}, err
	}
	return b, nil
}

// mayInspectAgain is a [*archive.FieldError] once the subject opened as many Akten as she may in a day.
func (d *Desk) mayInspectAgain(r archive.Reader) error {
	before, err := r.BreakGlassBy(d.subject.User, d.guard.midnight())
	before = slices.DeleteFunc(before, func(b archive.BreakGlass) bool { return !b.Inspection })
	if err == nil && len(before) >= InspectionsADay {
		err = &archive.FieldError{Pointer: "/aktenzeichen", Code: "inspections_a_day"}
	}
	return err
}

// inspectable finds the Akte that is meant.
func (d *Desk) inspectable(r archive.Reader, number string) (archive.Akte, error) {
	none := &archive.FieldError{Pointer: "/aktenzeichen", Code: "no_inspection"}
	id, err := r.AkteByNumber(number)
	if isNotFound(err) {
		return archive.Akte{}, none
	}
	if err != nil {
		return archive.Akte{}, err
	}
	akte, err := r.Akte(id)
	if err != nil {
		return archive.Akte{}, err
	}
	if d.at(r, akte).shut() {
		return archive.Akte{}, none
	}
	return akte, nil
}
