package acl

import (
	"context"
	"errors"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// An inspection (Kontrolle) lets data protection read one Akte for an hour, with a reason: to see whether what the trail
// tells of fits what lies there. She reads what is normal and what is besonders in all registers, for just that is hers to
// look after; what is sicherheit, and all that is sealed, stays shut. Nothing is found by it, changed or handed out. Who
// leads the Akte reads of it where break-glass accesses are listed.

const inspectionRule = "inspection:"

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
	b := archive.BreakGlass{Reason: reason, Inspection: true}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		v, ok := d.able(policies.ActInspect)
		if !ok {
			return act{}, ErrDenied
		}
		if err := b.Normalise(); err != nil {
			return act{}, err
		}
		akte, err := d.inspectable(tx, strings.TrimSpace(number))
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

// inspectable finds the Akte that is meant.
func (d *Desk) inspectable(r archive.Reader, number string) (archive.Akte, error) {
	if number == "" {
		return archive.Akte{}, &archive.FieldError{Pointer: "/aktenzeichen", Code: "required"}
	}
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
