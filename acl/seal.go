package acl

import (
	"context"
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// A seal (Sperrvermerk, or a restriction of processing by Art. 18 DSGVO) shuts out everybody but its named readers,
// whatever else gives her a right. So nobody lays, changes or lifts one alone: who works with the Akte or the document
// asks, and a lead of the department responsible for it has the word, never on what she asked for herself. Who is shut
// out learns nothing, leads included; so one of the readers has to be such a lead, or nobody could end it before its
// day. The rules give no action of its own for it: who may give rights in a department may take them away there.

// SealReader is somebody who is, or could be, named in a seal.
type SealReader struct {
	ID archive.UserID
	// Name is what pages call her; empty where her account is gone.
	Name string
	// Departments are those in which she works and that take part in the Akte.
	Departments []string
	// Leads says that she may decide on seals there.
	Leads bool
	// New says that she is named by a request, and isn't one of the readers yet.
	New bool
	// Works says that the account is open and that she works in one of them.
	Works bool
}

// SealAsked is what waits about a seal, as the subject may know of it.
type SealAsked struct {
	archive.SealRequest
	ByName string
	// Named are the readers it asks for.
	Named []SealReader
	// Own says that the subject asked, so that somebody else decides; MayDecide that she does.
	Own, MayDecide bool
	// Outdated says that it can't be granted any more, as when the seal has ended since: who asks for something else
	// replaces it.
	Outdated bool
}

// SealView is how something stands about seals.
type SealView struct {
	archive.SealedThing
	Number string
	Name   archive.Name
	// Doc is the document it is about; nil: the whole Akte.
	Doc *archive.Document
	// Seal is the one in force, Named its readers and ByName who asked for it; nil: none is.
	Seal   *archive.Seal
	Named  []SealReader
	ByName string
	// Asked is what waits; nil: nothing does.
	Asked *SealAsked
	// MayAsk says that the subject may ask for one, or for its change or end. Readers are then those who can be named.
	MayAsk  bool
	Readers []SealReader
}

// sealing is what somebody meets who has to do with a seal.
type sealing struct {
	*access
	doc *archive.Document // nil: it is about the whole Akte
}

// sealed finds what a seal lies on, or is to, if the subject may see it. Where the whole Akte is meant that is its head.
func (d *Desk) sealed(r archive.Reader, on archive.SealedThing) (*sealing, error) {
	if on.Document == "" {
		a, err := d.enter(r, on.Akte)
		if err != nil {
			return nil, err
		}
		return &sealing{access: a}, nil
	}
	doc, err := r.Document(on.Document)
	if err != nil {
		return nil, err
	}
	a, err := d.stand(r, doc.Akte)
	if err != nil {
		return nil, err
	}
	if o := objectOf(doc); !a.may(policies.ActRead, o).Allow {
		if a.exists(o) {
			return nil, ErrDenied
		}
		return nil, archive.ErrNotFound
	}
	return &sealing{a, &doc}, nil
}

// sealRef names what a seal is about, as the trail does.
func sealRef(on archive.SealedThing) string {
	if on.Document != "" {
		return "document/" + string(on.Document)
	}
	return "akte/" + string(on.Akte)
}

// thing is what it is about.
func (s *sealing) thing() archive.SealedThing {
	if s.doc != nil {
		return archive.SealedThing{Akte: s.akte.ID, Document: s.doc.ID}
	}
	return archive.SealedThing{Akte: s.akte.ID}
}

// seal is the one in force; nil: none is.
func (s *sealing) seal() *archive.Seal {
	lies := s.akte.Sealed
	if s.doc != nil {
		lies = s.doc.Sealed
	}
	if !lies.Holds(s.day) {
		return nil
	}
	return lies
}

// mayAsk reports whether the subject works with it.
func (s *sealing) mayAsk() bool {
	if s.doc != nil {
		return s.may(policies.ActWrite, objectOf(*s.doc)).Allow
	}
	return slices.ContainsFunc(s.desk.guard.Policies.Registers(), func(r policies.Register) bool {
		return s.reach(r.Key) == policies.ActWrite
	})
}

// responsible are the departments whose leads decide: that in charge of the Akte, and of a document also the one that
// brought it in.
func (s *sealing) responsible() []string {
	out := []string{s.akte.Lead}
	if s.doc != nil && s.doc.BroughtBy != s.akte.Lead && slices.Contains(takingPart(s.akte), s.doc.BroughtBy) {
		out = append(out, s.doc.BroughtBy)
	}
	return out
}

// decides finds the pair through which the subject has the word on a request: one of a lead of a responsible
// department, who didn't ask. Where nobody else leads one who isn't shut out, any lead who may see it has it.
func (s *sealing) decides(users []archive.User, asked archive.UserID) (verdict, bool) {
	if asked == s.desk.subject.User {
		return verdict{}, false
	}
	departments := s.responsible()
	led := slices.ContainsFunc(users, func(u archive.User) bool {
		return u.ID != asked && !s.seal().Bars(u.ID, s.day) && !s.akte.Sealed.Bars(u.ID, s.day) && !s.conflicts(u.ID) && s.desk.guard.leads(u, departments)
	})
	if !led {
		departments = takingPart(s.akte)
	}
	return s.desk.able(policies.ActGrant, departments...)
}

// Seal shows how an Akte, or a document where one is named, stands about seals.
func (d *Desk) Seal(ctx context.Context, on archive.SealedThing) (SealView, error) {
	var view SealView
	tried := act{op: audit.OpSealOpen, object: sealRef(on)}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		s, err := d.sealed(r, on)
		if err != nil {
			return act{}, err
		}
		if err := s.mustState(); err != nil {
			return act{}, err
		}
		if view, err = s.show(r); err != nil {
			return act{}, err
		}
		return s.told(tried, "seal"), nil
	})
	return view, err
}

// told fills in what an act was about.
func (s *sealing) told(a act, window string) act {
	a.window = window
	if s.doc != nil {
		a = a.about(*s.doc, s.akte)
		a.verdict = s.may(policies.ActRead, objectOf(*s.doc))
		return a
	}
	a.verdict = s.head()
	a.akten, a.persons = []archive.AkteID{s.akte.ID}, []archive.PersonID{s.akte.Person}
	return a
}

func (s *sealing) show(r archive.Reader) (SealView, error) {
	users, err := r.Users()
	if err != nil {
		return SealView{}, err
	}
	p, err := r.Person(s.akte.Person)
	if err != nil {
		return SealView{}, err
	}
	view := SealView{SealedThing: s.thing(), Number: s.akte.Number, Name: p.Leading(), Doc: s.doc, Seal: s.seal(), MayAsk: s.mayAsk()}
	if view.Seal != nil {
		view.Named = s.named(users, view.Seal.Readers)
		if view.ByName, err = displayName(r, view.Seal.By); err != nil {
			return view, err
		}
	}
	q, err := r.SealRequestOn(view.Akte, view.Document)
	switch {
	case errors.Is(err, archive.ErrNotFound):
	case err != nil:
		return view, err
	default:
		view.Asked = s.shown(users, q)
	}
	if view.MayAsk {
		view.Readers = s.candidates(users)
	}
	return view, nil
}

// shown is a request as who may see what it is about may know of it; nil where she may not, for she may be one of those
// whom it is to shut out.
func (s *sealing) shown(users []archive.User, q archive.SealRequest) *SealAsked {
	asked := s.asked(users, q)
	reads := s.reads(s.desk.subject.User)
	if q.What == archive.SealName && !reads {
		asked = s.discreet(users, q)
	}
	if asked.Own || asked.MayDecide || q.What == archive.SealName && reads {
		return &asked
	}
	return nil
}

// asked is a request as the subject may know of it. One for the change or end of a seal that has ended since tells nothing
// of it: who sees what it lay on by now may be whom it had shut out.
func (s *sealing) asked(users []archive.User, q archive.SealRequest) SealAsked {
	out := SealAsked{SealRequest: q, Own: q.By == s.desk.subject.User, Outdated: s.outdated(users, q)}
	_, out.MayDecide = s.word(users, q)
	if i := slices.IndexFunc(users, func(u archive.User) bool { return u.ID == q.By }); i >= 0 {
		out.ByName = users[i].Called()
	}
	if out.Outdated && !out.Own && (q.What == archive.SealChange || q.What == archive.SealLift) {
		out.Seal, out.Because = nil, ""
		return out
	}
	if q.Seal != nil {
		out.Named = s.named(users, q.Seal.Readers)
	}
	for i, one := range out.Named {
		out.Named[i].New = q.What == archive.SealName && s.joins(q, one.ID)
	}
	return out
}

// AskSeal asks for a seal on an Akte, or on a document where one is named, or for a change or the end of the one there.
// Nothing is different until somebody else says yes. [ErrSealWaits] where something was asked about it already.
func (d *Desk) AskSeal(ctx context.Context, on archive.SealedThing, q archive.SealRequest) (archive.SealRequest, error) {
	if err := q.Normalise(d.guard.today()); err != nil {
		return q, err
	}
	if q.What == archive.SealName { // is for [Desk.NameReaders]
		return q, &archive.FieldError{Pointer: "/what", Code: "unknown"}
	}
	tried := act{op: audit.OpSealAsk, object: sealRef(on)}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		s, err := d.sealed(tx, on)
		if err != nil {
			return act{}, err
		}
		switch {
		case !s.mayAsk():
			return act{}, ErrDenied
		case s.mustState() != nil:
			return act{}, ErrPurpose
		}
		users, err := tx.Users()
		if err != nil {
			return act{}, err
		}
		if err := errors.Join(s.fits(q), s.checkReaders(users, q.Seal, false)); err != nil {
			return act{}, err
		}
		q.ID, q.Akte, q.Document = archive.NewID[archive.SealRequestID](), s.thing().Akte, s.thing().Document
		q.By, q.At = d.subject.User, d.guard.Now().UTC()
		if q.Seal != nil {
			q.Seal.By, q.Seal.Again = q.By, false
		}
		done, detail := s.told(tried, ""), map[string]any{"request": q.ID, "what": q.What}
		if err := s.makeRoom(tx, users, q, detail); err != nil {
			return act{}, err
		}
		done.detail = &audit.Detail{Act: detail, Shared: map[string]any{"seal": q.Seal, "because": q.Because}}
		return done, tx.PutSealRequest(q)
	})
	return q, err
}

// makeRoom drops what waits for a word where it is outdated or, when readers of a deserted seal are asked for, nobody could
// be sure to decide on it, and notes that. [ErrSealWaits] where it stays.
func (s *sealing) makeRoom(tx archive.Tx, users []archive.User, q archive.SealRequest, detail map[string]any) error {
	waits, err := tx.SealRequestOn(q.Akte, q.Document)
	if err != nil {
		return unlessMissing(err)
	}
	if !s.outdated(users, waits) && (q.What != archive.SealName || waits.What == archive.SealName) {
		return ErrSealWaits
	}
	detail["dropped"], detail["dropped_what"], detail["dropped_by"] = waits.ID, waits.What, waits.By
	return tx.DeleteSealRequest(waits.ID)
}

// outdated reports whether what was asked for can't be done any more, as when the seal has ended since, or who asked in the
// name of data protection has left it.
func (s *sealing) outdated(users []archive.User, q archive.SealRequest) bool {
	return s.fits(q) != nil || q.What == archive.SealName && (!s.deserted(users) || !s.desk.guard.controls(users, q.By))
}

// fits reports whether what is asked for can be done as things stand.
func (s *sealing) fits(q archive.SealRequest) error {
	switch lies := s.seal() != nil; {
	case q.What == archive.SealLay && lies:
		return ErrSealed
	case q.What != archive.SealLay && !lies:
		return ErrNotSealed
	}
	return nil
}

// DecideSeal grants what was asked about a seal, which takes effect at once, or declines it with a reason. Who asked
// can't: [ErrSecondPerson]. Granting fails where it doesn't fit any more, as when a reader has left or the last day is
// past; it can still be declined.
func (d *Desk) DecideSeal(ctx context.Context, id archive.SealRequestID, grant bool, reason string) error {
	reason, err := archive.NormaliseText("/reason", reason, 2000, true)
	if err == nil && !grant && reason == "" {
		err = &archive.FieldError{Pointer: "/reason", Code: "required"}
	}
	if err != nil {
		return err
	}
	tried := act{op: audit.OpSealDecline, object: "seal/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		s, q, users, err := d.requested(tx, id)
		if err != nil {
			return act{}, err
		}
		v, ok := s.word(users, q)
		switch {
		case q.By == d.subject.User:
			return act{}, ErrSecondPerson
		case !ok:
			return act{}, ErrDenied
		}
		done := s.told(tried, "")
		done.object, done.verdict = sealRef(s.thing()), v
		done.detail = &audit.Detail{
			Act:    map[string]any{"request": q.ID, "what": q.What, "asked_by": q.By},
			Shared: map[string]any{"before": s.seal(), "after": q.Seal, "because": q.Because, "reason": reason},
		}
		if grant {
			if done.op, err = s.carryOut(tx, users, q); err != nil {
				return act{}, err
			}
		}
		return done, tx.DeleteSealRequest(id)
	})
}

// requested finds what was asked, and what it is about, if the subject may see that: who has the word on readers of a
// deserted seal, and who asked for them, sees the request alone.
func (d *Desk) requested(r archive.Reader, id archive.SealRequestID) (*sealing, archive.SealRequest, []archive.User, error) {
	q, err := r.SealRequest(id)
	if err != nil {
		return nil, q, nil, err
	}
	on, find := archive.SealedThing{Akte: q.Akte, Document: q.Document}, d.sealed
	if q.What == archive.SealName {
		find = d.beneath
	}
	s, err := find(r, on)
	if err != nil {
		return nil, q, nil, err
	}
	users, err := r.Users()
	if err == nil && q.What == archive.SealName && !s.concerns(users, q) {
		err = archive.ErrNotFound
	}
	return s, q, users, err
}

// carryOut does what was asked for, and says what that is.
func (s *sealing) carryOut(tx archive.Tx, users []archive.User, q archive.SealRequest) (audit.Op, error) {
	check := s.checkReaders
	if q.What == archive.SealName {
		check = s.checkNamed
	}
	if err := errors.Join(q.Normalise(s.day), s.fits(q)); err != nil {
		return "", err
	}
	if err := check(users, q.Seal, true); err != nil {
		return "", err
	}
	op, noted := audit.OpSealLay, archive.DocumentSealed
	switch q.What {
	case archive.SealChange, archive.SealName:
		op, noted = audit.OpSealChange, archive.DocumentResealed
	case archive.SealLift:
		op, noted = audit.OpSealLift, archive.DocumentUnsealed
	}
	now := s.desk.guard.Now().UTC()
	if s.doc == nil {
		akte := s.akte
		akte.Sealed, akte.Changed, akte.Revision = q.Seal, now, akte.Revision+1
		return op, tx.PutAkte(akte)
	}
	doc := *s.doc
	doc.Sealed, doc.Changed, doc.Revision = q.Seal, now, doc.Revision+1
	doc.History = slices.Clone(doc.History)
	doc.Note(archive.DocumentChange{What: noted, At: now, By: s.desk.subject.User})
	return op, tx.PutDocument(doc)
}

// WithdrawSeal takes back what the subject asked about a seal.
func (d *Desk) WithdrawSeal(ctx context.Context, id archive.SealRequestID) error {
	tried := act{op: audit.OpSealWithdraw, object: "seal/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		s, q, _, err := d.requested(tx, id)
		if err != nil {
			return act{}, err
		}
		if q.By != d.subject.User {
			return act{}, ErrDenied
		}
		done := s.told(tried, "")
		done.object, done.detail = sealRef(s.thing()), &audit.Detail{Act: map[string]any{"request": q.ID, "what": q.What}}
		return done, tx.DeleteSealRequest(id)
	})
}
