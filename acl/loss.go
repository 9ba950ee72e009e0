package acl

import (
	"fmt"
	"slices"

	"eakte/archive"
	"eakte/policies"
)

// LossError says what the subject would lose by what she is about to do to an Akte: see [Desk.Heedful].
type LossError struct {
	// All says that she would not see the Akte any more.
	All bool
	// Registers are those in which she could do less than now.
	Registers []string
	// Change says that she could not change its head any more, and so not take it back.
	Change bool
}

// Error implements error.
func (e *LossError) Error() string {
	return fmt.Sprintf("would lose access: all %t, %d registers, change %t", e.All, len(e.Registers), e.Change)
}

// Is reports that every LossError is an [archive.ErrConflict].
func (e *LossError) Is(target error) bool { return target == archive.ErrConflict }

// Heedful returns a desk that answers with a [*LossError], and does nothing, where the subject would shut
// herself out of an Akte by opening or changing it: for people, who set a team without thinking of their own.
// Programs mean what they say.
func (d *Desk) Heedful() *Desk {
	careful := *d
	careful.heedful = true
	return &careful
}

// heeds is a LossError where the subject has less access to an Akte as it would be than to what it is; was is
// nil for one that isn't there yet.
func (d *Desk) heeds(was *access, akte archive.Akte) error {
	if !d.heedful {
		return nil
	}
	will := &access{desk: d, akte: akte, day: d.guard.today()}
	if was == nil {
		if will.seesHead() {
			return nil
		}
		return &LossError{All: true, Change: true}
	}
	will.stated, will.purpose, will.procedure = was.stated, was.purpose, was.procedure
	will.reader = was.reader
	loss := &LossError{All: was.seesHead() && !will.seesHead()}
	grades := []string{"", policies.ActExist, policies.ActRead, policies.ActWrite}
	for _, r := range d.guard.Policies.Registers() {
		if slices.Index(grades, will.reach(r.Key)) < slices.Index(grades, was.reach(r.Key)) {
			loss.Registers = append(loss.Registers, r.Key)
		}
	}
	_, could := was.changer()
	_, can := will.changer()
	if loss.Change = could && !can; loss.All || loss.Change || len(loss.Registers) > 0 {
		return loss
	}
	return nil
}
