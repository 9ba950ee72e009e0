package acl

import (
	"cmp"
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// ParticularView is a group of fields of a person as a reader may know it.
type ParticularView struct {
	Group policies.FieldGroup
	// Access is what she may do: [policies.ActExist], [policies.ActRead] or [policies.ActWrite].
	Access string
	// Known says that something is recorded.
	Known bool
	// Particular is there for who may read it; its person and group always are. ByName is who changed it last.
	archive.Particular
	ByName string
	// by is what lets her, in is the Akte through which it does.
	by verdict
	in archive.AkteID
}

// reachOf is the most that the subject may do with a group of a person through those of her Akten that she sees, for the
// purposes that count there, and in which: of several a sealed one, so that what is recorded stays as narrow as can be.
func (d *Desk) reachOf(r archive.Reader, p PersonView, g policies.FieldGroup) (access string, best verdict, in archive.AkteID, err error) {
	o := object{register: g.Register, classification: g.Classification}
	akten := slices.Clone(p.Akten)
	slices.SortStableFunc(akten, func(x, y archive.Akte) int { return cmp.Compare(d.sealOrder(x), d.sealOrder(y)) })
	for _, akte := range akten {
		a := d.at(r, akte)
		if err := a.state(r); err != nil {
			return "", verdict{}, "", err
		}
		for _, action := range []string{policies.ActWrite, policies.ActRead, policies.ActExist} {
			if action == access {
				break // no better than what is known
			}
			stated := action == policies.ActExist || a.mustState() == nil
			open := action != policies.ActWrite || akte.State == archive.AkteOpen
			if v := a.may(action, o); v.Allow && stated && open {
				access, best, in = action, v, akte.ID
				break
			}
		}
	}
	return access, best, in, nil
}

// sealOrder puts sealed Akten before the others.
func (d *Desk) sealOrder(a archive.Akte) int {
	if a.Sealed.Holds(d.guard.today()) {
		return 0
	}
	return 1
}

// shutAkten reports of an Akte of the person whether a seal shuts the subject out. What was recorded through one that
// isn't there any more is shut by none: a sealed Akte isn't erased.
func (d *Desk) shutAkten(r archive.Reader, id archive.PersonID) (func(archive.AkteID) bool, error) {
	akten, err := r.AktenOf(id)
	day := d.guard.today()
	return func(through archive.AkteID) bool {
		return slices.ContainsFunc(akten, func(a archive.Akte) bool { return a.ID == through && a.Sealed.Bars(d.subject.User, day) })
	}, err
}

// particulars are the groups of a person of which the subject may know.
func (d *Desk) particulars(r archive.Reader, p PersonView) (out []ParticularView, err error) {
	recorded, err := r.Particulars(p.ID)
	if err != nil {
		return nil, err
	}
	shut, err := d.shutAkten(r, p.ID)
	if err != nil {
		return nil, err
	}
	for _, g := range d.guard.Policies.FieldGroups() {
		access, by, in, err := d.reachOf(r, p, g)
		if err != nil {
			return nil, err
		}
		if access == "" {
			continue
		}
		view := ParticularView{Group: g, Access: access, by: by, in: in, Particular: archive.Particular{Person: p.ID, Group: g.Key}}
		for _, one := range recorded {
			if one = one.Without(shut); one.Group != g.Key || one.Revision == 0 {
				continue
			}
			if view.Known = one.Text != ""; access == policies.ActExist {
				continue
			}
			view.Particular = one
			if view.ByName, err = displayName(r, one.By); err != nil {
				return nil, err
			}
		}
		out = append(out, view)
	}
	return out, nil
}

// reads adds to an act the groups of which something is shown, each with the rule that lets her and the Akte through which
// it does. What somebody holds for a time stands in the event itself.
func (a *act) reads(all []ParticularView) {
	shown := map[string]any{}
	for _, v := range all {
		if v.Access == policies.ActExist || v.Revision == 0 {
			continue
		}
		shown[v.Group.Key] = v.by.Rule
		a.window += " " + v.Group.Key + " " + v.by.Rule
		if !slices.Contains(a.akten, v.in) {
			a.akten = append(slices.Clone(a.akten), v.in)
		}
		if lentRule(v.by.Rule) {
			a.verdict = v.by
		}
	}
	if len(shown) > 0 {
		a.detail = &audit.Detail{Shared: map[string]any{"groups": shown}}
	}
}

// ChangeParticular replaces what is recorded of a person in a group of fields; what it was is kept, with who said so. The
// revision is the one the subject saw, 0 where there was nothing; a later one is a [*StaleError]. What a seal keeps from her
// stays and is asked nothing about. A group of which she may
// not know isn't there; one that she may not change is [ErrDenied]. The trail tells which group, and not what it says.
func (d *Desk) ChangeParticular(ctx context.Context, id archive.PersonID, group string, revision int64, text, reason string) error {
	tried := act{op: audit.OpParticular, object: "person/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		seen, _, err := d.meet(tx, id)
		if err != nil {
			return act{}, err
		}
		g, ok := d.guard.Policies.FieldGroup(group)
		if !ok {
			return act{}, archive.ErrNotFound
		}
		reached, err := d.reached(tx, seen)
		if err != nil {
			return act{}, err
		}
		access, v, in, err := d.reachOf(tx, seen, g)
		switch {
		case err != nil:
			return act{}, err
		case access == "":
			return act{}, archive.ErrNotFound
		case access != policies.ActWrite:
			return act{}, ErrDenied
		}
		p, err := particularOf(tx, id, group)
		if err != nil {
			return act{}, err
		}
		shut, err := d.shutAkten(tx, id)
		if err != nil {
			return act{}, err
		}
		said := p.Without(shut)
		if said.Revision != revision {
			return act{}, &StaleError{said.Revision}
		}
		if err := said.Change(text, reason, d.subject.User, d.guard.Now()); err != nil {
			return act{}, err
		}
		next := archive.FormerParticular{Text: said.Text, Note: said.Note, By: said.By, At: said.Changed, Through: in}
		if err := p.Follow(next); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.akten, done.persons = v, reached, []archive.PersonID{id}
		if len(reached) == 0 || reached[0] != in {
			done.akten = []archive.AkteID{in}
		}
		done.detail = &audit.Detail{Shared: map[string]any{"group": group, "reason": p.Note}}
		return done, tx.PutParticular(p)
	})
}

// particularOf is what is recorded of a person in a group; a new one where nothing is.
func particularOf(r archive.Reader, id archive.PersonID, group string) (archive.Particular, error) {
	all, err := r.Particulars(id)
	for _, p := range all {
		if p.Group == group {
			return p, err
		}
	}
	return archive.Particular{Person: id, Group: group}, err
}
