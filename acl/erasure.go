package acl

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Erasing takes two persons: who may change the head of an Akte (or works with a document) proposes it, and a lead of the
// department responsible, or data protection, has her word on what somebody else proposed. Data protection proposes
// nothing, so she never erases alone. Whatever keeps the Akte is asked when it is proposed, and again in the transaction
// in which it is released: from then on nobody sees it any more, and the machine erases it (see Guard.Erase).

// More of what keeps an Akte from being erased; looked for when it is proposed and released, not in lists.
const (
	StaysWork     = "work"       // the machine works with one of its documents
	StaysEntries  = "entries"    // entries of the trail about it are held, or a finding is about one of them
	StaysReview   = "breakglass" // it was opened in an emergency, and nobody has reviewed that
	StaysInquiry  = "inquiry"    // the person asked what is kept about her, and has no answer yet
	StaysDocument = "documents"  // a single document of it is being erased
)

// StaysError says what keeps an Akte, or a document, from being erased.
type StaysError struct{ Stays []Stay }

// Error implements error.
func (e *StaysError) Error() string { return "it is to be kept" }

// Is reports that every StaysError is an [ErrStays].
func (e *StaysError) Is(target error) bool {
	return target == ErrStays || target == archive.ErrConflict
}

// ErasureView is an erasure that waits for a second person, as the subject may know of it.
type ErasureView struct {
	archive.Erasure
	Number string
	// Name and Doc are nil for data protection, who sees no content; Doc is nil for a whole Akte, too.
	Name   *archive.Name
	Doc    *archive.Document
	ByName string
	Term   Term
	// Closed is the day on which a whole Akte was closed, Offer that to the archive; nil: it wasn't offered.
	Closed string
	Offer  *archive.Offer
	// Own says that the subject proposed it, so that somebody else decides; MayDecide that she does.
	Own, MayDecide bool
}

// DocumentRules are the rules by which a single document may be erased before its Akte.
func (d *Desk) DocumentRules() []policies.Retention {
	return slices.DeleteFunc(d.guard.Policies.Retentions(), func(r policies.Retention) bool { return r.Covers != policies.CoversDocument })
}

// RuleChoices are the rules that a closed Akte may be kept by.
func (d *Desk) RuleChoices() []policies.Retention {
	return slices.DeleteFunc(d.guard.Policies.Retentions(), func(r policies.Retention) bool { return r.Covers != policies.CoversAkte })
}

// proposes is the pair through which the subject may propose an erasure; denied where she works with it in another way.
func (s *sealing) proposes() (verdict, bool) {
	if s.doc == nil {
		return s.changer()
	}
	v := s.may(policies.ActWrite, objectOf(*s.doc))
	return v, v.Allow
}

// keeps lists all that keeps it from being erased, whether or not it takes looking for.
func (s *sealing) keeps(r archive.Reader) (out []Stay, err error) {
	if s.doc == nil {
		if out, err = s.stays(r); err != nil {
			return nil, err
		}
	} else if out, err = s.documentStays(r); err != nil {
		return nil, err
	}
	for _, look := range []struct {
		why string
		is  func(archive.Reader) (bool, error)
	}{{StaysWork, s.worked}, {StaysEntries, s.examined}, {StaysReview, s.unreviewed}, {StaysInquiry, s.inquired}, {StaysDocument, s.underWay}} {
		is, err := look.is(r)
		if err != nil {
			return nil, err
		}
		if is {
			out = append(out, Stay{Why: look.why})
		}
	}
	return out, nil
}

// documentStays are a hold on its Akte, a seal, and an original that the authority keeps.
func (s *sealing) documentStays(r archive.Reader) (out []Stay, err error) {
	if h := s.akte.Hold; h.Holds(s.day) {
		out = append(out, Stay{StaysHold, h.Until})
	}
	for _, lies := range []*archive.Seal{s.akte.Sealed, s.doc.Sealed} {
		if lies.Holds(s.day) {
			out = append(out, Stay{StaysSeal, lies.Until})
		}
	}
	originals, err := r.CustodyOf(s.akte.ID, s.doc.ID)
	if slices.ContainsFunc(originals, func(c archive.Custody) bool { return c.State().Held }) {
		out = append(out, Stay{Why: StaysOriginal})
	}
	return out, err
}

// worked reports whether the machine works with a document that is to go.
func (s *sealing) worked(r archive.Reader) (bool, error) {
	at := func(doc archive.Document) (bool, error) {
		for _, id := range doc.Versions {
			v, err := r.Version(id)
			if err != nil {
				return false, err
			}
			if v.State == archive.StateReceived || v.Anew {
				return true, nil
			}
		}
		return false, nil
	}
	if s.doc != nil {
		return at(*s.doc)
	}
	for _, reg := range s.desk.guard.Policies.Registers() {
		for row, err := range r.Documents(s.akte.ID, reg.Key, "") {
			if err != nil {
				return false, err
			}
			if is, err := at(row.Value); is || err != nil {
				return is, err
			}
		}
	}
	return false, nil
}

// examined reports whether somebody looks into entries of the trail about the Akte, whose details end with it.
func (s *sealing) examined(r archive.Reader) (bool, error) {
	if s.doc != nil {
		return false, nil // the Akte's key stays
	}
	holds, err := readHolds(r)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(holds, func(h TrailHold) bool { return h.Person == s.akte.Person }) {
		return true, nil
	}
	looked := map[archive.TrailPlace]bool{}
	for row, err := range r.Findings(true, "") {
		if err != nil {
			return false, err
		}
		for _, p := range row.Value.Places {
			looked[p] = true
		}
	}
	if len(looked) == 0 {
		return false, nil
	}
	for row, err := range r.Trail(archive.TrailFilter{Akte: s.akte.ID, Bare: true}, "") {
		if err != nil {
			return false, err
		}
		if looked[archive.TrailPlace{Year: row.Value.Year, Seq: row.Value.Leaf.Seq}] {
			return true, nil
		}
	}
	return false, nil
}

// unreviewed reports whether nobody has reviewed an emergency in which the Akte was opened.
func (s *sealing) unreviewed(r archive.Reader) (bool, error) {
	if s.doc != nil {
		return false, nil
	}
	for row, err := range r.BreakGlassIn("", "") {
		if err != nil {
			return false, err
		}
		if row.Value.Akte == s.akte.ID {
			return true, nil
		}
	}
	return false, nil
}

// inquired reports whether the person waits for an answer about what is kept of her.
func (s *sealing) inquired(r archive.Reader) (bool, error) {
	for row, err := range r.Inquiries(true, "") {
		if err != nil {
			return false, err
		}
		if row.Value.Person == s.akte.Person {
			return true, nil
		}
	}
	return false, nil
}

// underWay reports whether a single document of the Akte is being erased.
func (s *sealing) underWay(r archive.Reader) (bool, error) {
	for row, err := range r.Erasures(archive.ErasureReleased, "") {
		if err != nil {
			return false, err
		}
		if row.Value.Akte == s.akte.ID {
			return true, nil
		}
	}
	return false, nil
}

// AskErasure proposes to erase an Akte whose term is over or, by a rule that says so, a single document before it.
// A [*StaysError] says what keeps it; [ErrErasureWaits] where it was proposed already.
func (d *Desk) AskErasure(ctx context.Context, on archive.SealedThing, rule, why string) (archive.Erasure, error) {
	e := archive.Erasure{ID: archive.NewID[archive.ErasureID](), Because: why, State: archive.ErasureAsked, Revision: 1}
	if err := e.Normalise(); err != nil {
		return e, err
	}
	tried := act{op: audit.OpErasureAsk, object: sealRef(on)}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		s, err := d.sealed(tx, on)
		if err != nil {
			return act{}, err
		}
		v, ok := s.proposes()
		switch {
		case !ok:
			return act{}, ErrDenied
		case s.mustState() != nil:
			return act{}, ErrPurpose
		}
		if s.doc != nil && !slices.ContainsFunc(d.DocumentRules(), func(r policies.Retention) bool { return r.Key == rule }) {
			return act{}, &archive.FieldError{Pointer: "/rule", Code: cmp.Or(map[bool]string{true: "required"}[rule == ""], "unknown")}
		}
		stays, err := s.keeps(tx)
		if err != nil {
			return act{}, err
		}
		if len(stays) > 0 {
			return act{}, &StaysError{stays}
		}
		e.Akte, e.Document = s.thing().Akte, s.thing().Document
		e.Plan, e.Lead, e.Rule = s.akte.Plan, s.akte.Lead, rule
		if s.doc != nil {
			e.Seen = s.doc.Revision
		} else {
			t := d.guard.term(s.akte)
			e.Rule, e.Since, e.Ends = s.akte.Closing.Rule, t.Since, t.Ends
		}
		e.By, e.At = d.subject.User, d.guard.Now().UTC()
		done := s.told(tried, "")
		done.verdict = v
		done.detail = &audit.Detail{Act: map[string]any{"erasure": e.ID, "rule": e.Rule}, Shared: map[string]any{"because": e.Because}}
		err = tx.PutErasure(e)
		if errors.Is(err, archive.ErrConflict) {
			err = ErrErasureWaits
		}
		return done, err
	})
	return e, err
}

// erasing finds a proposal and what it is about, if the subject may know of it: officer says that she is data
// protection, who sees that there is one and no content.
func (d *Desk) erasing(r archive.Reader, id archive.ErasureID) (s *sealing, e archive.Erasure, officer bool, err error) {
	if e, err = r.Erasure(id); err != nil {
		return nil, e, false, err
	}
	if e.State != archive.ErasureAsked {
		return nil, e, false, archive.ErrNotFound
	}
	s, err = d.sealed(r, archive.SealedThing{Akte: e.Akte, Document: e.Document})
	if err == nil {
		return s, e, false, nil
	}
	if _, may := d.able(policies.ActTrailRead); !may || !errors.Is(err, archive.ErrNotFound) && !errors.Is(err, ErrDenied) {
		return nil, e, false, err
	}
	akte, err := r.Akte(e.Akte)
	if err != nil {
		return nil, e, false, err
	}
	s = &sealing{access: d.at(r, akte)}
	if e.Document != "" {
		doc, err := r.Document(e.Document)
		if err != nil {
			return nil, e, false, err
		}
		s.doc = &doc
	}
	if s.barred(s.akte.Sealed) || s.doc != nil && s.barred(s.doc.Sealed) {
		return nil, e, false, archive.ErrNotFound
	}
	return s, e, true, nil
}

// releases finds the pair through which the subject has the word on a proposal.
func (s *sealing) releases(users []archive.User, e archive.Erasure, officer bool) (verdict, bool) {
	switch {
	case e.By == s.desk.subject.User:
		return verdict{}, false
	case officer:
		return s.desk.able(policies.ActTrailRead)
	}
	if v, ok := s.decides(users, e.By); ok {
		return v, true
	}
	return s.desk.able(policies.ActTrailRead)
}

// DecideErasure releases what was proposed, which nobody sees any more from then on, or declines it with a reason. Who
// proposed it can't: [ErrSecondPerson]. What keeps it is asked again: [*StaysError].
func (d *Desk) DecideErasure(ctx context.Context, id archive.ErasureID, release bool, reason string) error {
	reason, err := archive.NormaliseText("/reason", reason, 2000, true)
	if err == nil && !release && reason == "" {
		err = &archive.FieldError{Pointer: "/reason", Code: "required"}
	}
	if err != nil {
		return err
	}
	tried := act{op: audit.OpErasureDecline, object: "erasure/" + string(id)}
	if release {
		tried.op = audit.OpErasureRelease
	}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		s, e, officer, err := d.erasing(tx, id)
		if err != nil {
			return act{}, err
		}
		users, err := tx.Users()
		if err != nil {
			return act{}, err
		}
		v, ok := s.releases(users, e, officer)
		switch {
		case e.By == d.subject.User:
			return act{}, ErrSecondPerson
		case !ok:
			return act{}, ErrDenied
		}
		done := tried
		done.object, done.verdict = sealRef(s.thing()), v
		done.akten, done.persons = []archive.AkteID{s.akte.ID}, []archive.PersonID{s.akte.Person}
		done.detail = &audit.Detail{
			Act:    map[string]any{"erasure": e.ID, "rule": e.Rule, "asked_by": e.By},
			Shared: map[string]any{"because": e.Because, "reason": reason},
		}
		if !release {
			return done, tx.DeleteErasure(id)
		}
		return done, s.release(tx, e)
	})
	if err == nil && release {
		d.guard.toErase()
	}
	return err
}

// release lets an erasure begin, if nothing keeps what it is about and its term is what was proposed.
func (s *sealing) release(tx archive.Tx, e archive.Erasure) error {
	stays, err := s.keeps(tx)
	if err != nil {
		return err
	}
	if len(stays) > 0 {
		return &StaysError{stays}
	}
	if s.doc != nil && (s.doc.Akte != e.Akte || s.doc.Revision != e.Seen) {
		return ErrErasureOther
	}
	now := s.desk.guard.Now().UTC()
	e.State, e.DecidedBy, e.DecidedAt, e.Revision = archive.ErasureReleased, s.desk.subject.User, now, e.Revision+1
	if s.doc == nil {
		if t := s.desk.guard.term(s.akte); e.Rule != s.akte.Closing.Rule || e.Since != t.Since || e.Ends != t.Ends {
			return ErrErasureOther
		}
		akte := s.akte
		akte.State, akte.Changed, akte.Revision = archive.AkteErasing, now, akte.Revision+1
		return errors.Join(tx.PutAkte(akte), tx.PutErasure(e))
	}
	return tx.PutErasure(e)
}

// WithdrawErasure takes back what the subject proposed.
func (d *Desk) WithdrawErasure(ctx context.Context, id archive.ErasureID) error {
	tried := act{op: audit.OpErasureWithdraw, object: "erasure/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		s, e, _, err := d.erasing(tx, id)
		if err != nil {
			return act{}, err
		}
		if e.By != d.subject.User {
			return act{}, ErrDenied
		}
		done := s.told(tried, "")
		done.object, done.detail = sealRef(s.thing()), &audit.Detail{Act: map[string]any{"erasure": e.ID}}
		return done, tx.DeleteErasure(id)
	})
}

// erasureView is a proposal as the subject may know of it; nil where it is neither hers nor hers to decide.
func (d *Desk) erasureView(r archive.Reader, users []archive.User, id archive.ErasureID) (*ErasureView, archive.PersonID, error) {
	s, e, officer, err := d.erasing(r, id)
	if err = unlessShut(err); err != nil || s == nil {
		return nil, "", err
	}
	view := &ErasureView{Erasure: e, Number: s.akte.Number, Own: e.By == d.subject.User, Term: d.guard.termOf(e.Rule, e.Plan, e.Since)}
	if c := s.akte.Closing; e.Document == "" && c != nil {
		view.Closed, view.Offer = c.On, s.akte.Offer
	}
	if _, view.MayDecide = s.releases(users, e, officer); !view.Own && !view.MayDecide {
		return nil, "", nil
	}
	if view.ByName, err = displayName(r, e.By); err != nil || officer {
		return view, s.akte.Person, err
	}
	p, err := r.Person(s.akte.Person)
	name := p.Leading()
	view.Name, view.Doc = &name, s.doc
	return view, s.akte.Person, err
}

// ErasuresPage is a page of proposals.
type ErasuresPage struct {
	Items []ErasureView
	// Next continues it; a page that isn't the last can hold less than was asked for.
	Next string
}

// AskedErasures lists proposals that wait for the subject's word, with her own, oldest first.
func (d *Desk) AskedErasures(ctx context.Context, limit int, cursor string) (ErasuresPage, error) {
	var page ErasuresPage
	tried := act{op: audit.OpRetentionList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, ok := d.listsRetention()
		if !ok {
			return act{}, ErrDenied
		}
		page = ErasuresPage{Items: []ErasureView{}}
		c, err := openCursor[sealsCursor](d, "erasures", cursor)
		if err != nil {
			return act{}, err
		}
		users, err := r.Users()
		if err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.window = v, "erasures"
		looked, most := 0, clampLimit(limit)
		for row, err := range r.Erasures(archive.ErasureAsked, c.After) {
			if err != nil {
				return act{}, err
			}
			if looked++; len(page.Items) == most || looked > listLooked {
				page.Next = sealCursor(d, "erasures", c)
				break
			}
			c.After = row.After
			one, person, err := d.erasureView(r, users, row.Value.ID)
			if err != nil {
				return act{}, err
			}
			if one != nil {
				page.Items, done = append(page.Items, *one), done.naming(one.Akte, person)
			}
		}
		return done, nil
	})
	return page, err
}
