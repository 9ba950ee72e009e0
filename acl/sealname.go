package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// A deserted seal is made whole by readers who are named besides those of before. Nobody gets in by that alone: data
// protection asks and is never among them; a lead of a department responsible decides, and administration where none is
// left, but neither who asked nor whom it would let in. So who closes accounts to make a seal deserted, and who wants
// into what is sealed, both need two others. Who decides is shown the request, not what is sealed.

// word finds the pair through which the subject has the word on a request.
func (s *sealing) word(users []archive.User, q archive.SealRequest) (verdict, bool) {
	if q.What != archive.SealName {
		return s.decides(users, q.By)
	}
	apt := func(id archive.UserID) bool { return id != q.By && !s.joins(q, id) && !s.conflicts(id) }
	if !apt(s.desk.subject.User) || !s.desk.guard.controls(users, q.By) {
		return verdict{}, false
	}
	departments := s.responsible()
	if slices.ContainsFunc(users, func(u archive.User) bool { return apt(u.ID) && s.desk.guard.leads(u, departments) }) {
		return s.desk.able(policies.ActGrant, departments...)
	}
	return s.desk.able(policies.ActOperate)
}

// joins reports whether a request would let somebody in who isn't among the readers.
func (s *sealing) joins(q archive.SealRequest, id archive.UserID) bool {
	return q.Seal != nil && slices.Contains(q.Seal.Readers, id) && !s.reads(id)
}

// reads reports whether somebody is among the readers of the seal in force.
func (s *sealing) reads(id archive.UserID) bool {
	lies := s.seal()
	return lies != nil && slices.Contains(lies.Readers, id)
}

// concerns reports whether the subject may know that readers were asked for.
func (s *sealing) concerns(users []archive.User, q archive.SealRequest) bool {
	_, ok := s.word(users, q)
	return ok || q.By == s.desk.subject.User || s.reads(s.desk.subject.User)
}

// controls reports whether an account is one of data protection.
func (g *Guard) controls(users []archive.User, id archive.UserID) bool {
	return slices.ContainsFunc(users, func(u archive.User) bool {
		return u.ID == id && !u.Disabled && slices.ContainsFunc(u.Roles, func(p archive.Pair) bool { return g.able(p, policies.ActTrailRead) })
	})
}

// checkNamed is [sealing.checkReaders] for readers who are named for a deserted seal. Those of before stay, whether they
// work with the Akte or not.
func (s *sealing) checkNamed(users []archive.User, wanted *archive.Seal, granting bool) error {
	if granting && !s.deserted(users) {
		return ErrNotDeserted
	}
	works, leads := 0, false
	for _, one := range s.named(users, wanted.Readers) {
		if !one.Works && !s.reads(one.ID) {
			return &archive.FieldError{Pointer: "/readers", Code: "no_reader"}
		}
		if !one.Works || (granting || s.reads(one.ID)) && s.conflicts(one.ID) {
			continue
		}
		works++
		leads = leads || one.Leads
	}
	switch {
	case works < archive.MinSealReaders:
		return &archive.FieldError{Pointer: "/readers", Code: "too_few"}
	case !leads:
		return &archive.FieldError{Pointer: "/readers", Code: "no_lead"}
	}
	return nil
}

// DesertedView is a deserted seal with who can be named for it.
type DesertedView struct {
	DesertedSeal
	// Named are its readers, Readers those who can be named besides.
	Named, Readers []SealReader
	// Asked is what waits about readers; nil: nothing does.
	Asked *SealAsked
}

// DesertedSeal shows data protection a deserted seal; one that isn't deserted isn't there.
func (d *Desk) DesertedSeal(ctx context.Context, on archive.SealedThing) (DesertedView, error) {
	var view DesertedView
	tried := act{op: audit.OpSealOpen, object: sealRef(on)}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		s, users, v, err := d.abandoned(r, on)
		if err != nil {
			return act{}, err
		}
		view = DesertedView{Named: s.named(users, s.seal().Readers), Readers: []SealReader{}}
		if view.DesertedSeal, err = s.left(r, users); err != nil {
			return act{}, err
		}
		for _, one := range s.candidates(users) {
			if one.ID != d.subject.User && !s.reads(one.ID) {
				view.Readers = append(view.Readers, one)
			}
		}
		q, err := r.SealRequestOn(view.Akte, view.Document)
		if unlessMissing(err) != nil {
			return act{}, err
		}
		if err == nil && q.What == archive.SealName {
			asked := s.discreet(users, q)
			view.Asked = &asked
		}
		done := s.told(tried, "seal/deserted")
		done.verdict = v
		return done, nil
	})
	return view, err
}

// abandoned finds a deserted seal for data protection.
func (d *Desk) abandoned(r archive.Reader, on archive.SealedThing) (*sealing, []archive.User, verdict, error) {
	v, ok := d.able(policies.ActTrailRead)
	if !ok {
		return nil, nil, v, ErrDenied
	}
	s, err := d.beneath(r, on)
	if err != nil {
		return nil, nil, v, err
	}
	users, err := r.Users()
	if err == nil && !s.deserted(users) {
		err = archive.ErrNotFound
	}
	return s, users, v, err
}

// discreet is a request as those may know of it who don't see what is sealed.
func (s *sealing) discreet(users []archive.User, q archive.SealRequest) SealAsked {
	asked := s.asked(users, q)
	if q.Seal != nil {
		wanted := *q.Seal
		wanted.Reason, wanted.Ground = "", ""
		asked.Seal = &wanted
	}
	return asked
}

// waitingNaming is the row of readers who were asked for; false where that isn't the subject's to know.
func (d *Desk) waitingNaming(r archive.Reader, users []archive.User, q archive.SealRequest) (one SealRow, ok bool, err error) {
	s, err := d.beneath(r, archive.SealedThing{Akte: q.Akte, Document: q.Document})
	if err != nil || !s.concerns(users, q) {
		return one, false, unlessMissing(err)
	}
	asked := s.discreet(users, q)
	return SealRow{SealedThing: s.thing(), Person: s.akte.Person, Number: s.akte.Number, Hidden: true, Asked: &asked}, true, nil
}

// NameReaders asks for data protection that a deserted seal has readers besides those of before, who stay. They must make
// it whole by the rules for all seals. What waits about the seal otherwise, on which nobody could be sure to decide, goes:
// [ErrSealWaits] where readers were asked for already.
func (d *Desk) NameReaders(ctx context.Context, on archive.SealedThing, readers []archive.UserID, because string) (SealAsked, error) {
	var made SealAsked
	tried := act{op: audit.OpSealAsk, object: sealRef(on)}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		s, users, v, err := d.abandoned(tx, on)
		if err != nil {
			return act{}, err
		}
		q, err := s.naming(users, readers, because)
		if err != nil {
			return act{}, err
		}
		done := s.told(tried, "")
		detail := map[string]any{"request": q.ID, "what": q.What}
		if err := s.makeRoom(tx, users, q, detail); err != nil {
			return act{}, err
		}
		done.verdict = v
		done.detail = &audit.Detail{Act: detail, Shared: map[string]any{
			"readers_before": s.seal().Readers, "readers": q.Seal.Readers, "because": q.Because,
		}}
		made = s.discreet(users, q)
		return done, tx.PutSealRequest(q)
	})
	return made, err
}

// naming is the request for readers besides those of before.
func (s *sealing) naming(users []archive.User, readers []archive.UserID, because string) (archive.SealRequest, error) {
	wanted, on, me := *s.seal(), s.thing(), s.desk.subject.User
	if slices.Contains(readers, me) {
		return archive.SealRequest{}, &archive.FieldError{Pointer: "/readers", Code: "no_reader"}
	}
	if !slices.ContainsFunc(readers, func(id archive.UserID) bool { return !s.reads(id) }) {
		return archive.SealRequest{}, &archive.FieldError{Pointer: "/readers", Code: "required"}
	}
	if wanted.Kind == "" {
		wanted.Kind = archive.SealProtection
	}
	wanted.Readers, wanted.By, wanted.Again = slices.Concat(wanted.Readers, readers), me, true
	q := archive.SealRequest{
		ID: archive.NewID[archive.SealRequestID](), Akte: on.Akte, Document: on.Document, What: archive.SealName,
		Seal: &wanted, Because: because, By: me, At: s.desk.guard.Now().UTC(),
	}
	if err := q.Normalise(s.day); err != nil {
		return q, err
	}
	return q, s.checkNamed(users, q.Seal, false)
}
