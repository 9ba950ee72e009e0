package acl

import (
	"cmp"
	"context"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// A closed Akte is kept until its term is over: as long as a rule of retention says, counted from the day on which what
// the rule names happened, or else as long as its unit of the file plan says, counted from the day it was closed. Terms
// are computed from the rules as they are whenever somebody asks, so other rules act at once. Who may change the head of
// an Akte says by which rule it is kept, and may hold it beyond its term.

// Term is until when an Akte is kept, and why.
type Term struct {
	// Rule is the rule it is kept by; its Key is empty where Unit says how long.
	Rule policies.Retention
	Unit policies.PlanUnit
	// Since is the day from which it counts, Ends its last day; both are empty where it doesn't run: it isn't known since
	// when, or the rule isn't there any more.
	Since, Ends string
}

// Over reports whether the term is over on a day.
func (t Term) Over(day string) bool { return t.Ends != "" && day > t.Ends }

// Why an Akte whose term is over, or would be, isn't erased.
const (
	StaysOpen     = "open"     // it isn't closed
	StaysUndated  = "undated"  // its term doesn't run
	StaysTerm     = "term"     // its term isn't over
	StaysHold     = "hold"     // it is held beyond it
	StaysSeal     = "seal"     // a seal lies on it, or one is asked about
	StaysCase     = "case"     // a case in it is open
	StaysOriginal = "original" // a paper original of it is in the authority's keeping
	StaysVendor   = "vendor"   // its paper is at a scan vendor
	StaysOffer    = "offer"    // it is to be offered to the archive first
	StaysAnswer   = "answer"   // it was, and the archive may still answer
	StaysTaken    = "taken"    // the archive takes it over
)

// Stay is one thing that keeps an Akte from being erased.
type Stay struct {
	// Why is one of the constants.
	Why string
	// Until is the day on which that ends; empty where there is none.
	Until string
}

// RetentionView is how long an Akte is kept, and what keeps it.
type RetentionView struct {
	Akte   archive.AkteID
	Number string
	Name   archive.Name
	Plan   string
	// Closing is nil while it is open, Term empty then.
	Closing *archive.Closing
	Term    Term
	// Hold is the one in force, ByName who laid it; nil: none is.
	Hold   *archive.LegalHold
	ByName string
	// Offer is that to the archive; nil: it wasn't offered.
	Offer *archive.Offer
	Stays []Stay
	// Asked says that its erasure was proposed and waits for a second person.
	Asked bool
	// MayChange says that the subject may say by which rule it is kept, and hold it.
	MayChange bool
}

// closing is what is said of an Akte's end when it has a state from now on.
func (a *access) closing(state string) *archive.Closing {
	switch {
	case state != archive.AkteClosed:
		return nil
	case a.akte.Closing != nil:
		return a.akte.Closing
	}
	return &archive.Closing{On: a.day}
}

// term computes until when a closed Akte is kept.
func (g *Guard) term(a archive.Akte) (t Term) {
	if a.Closing == nil {
		return t
	}
	return g.termOf(a.Closing.Rule, a.Plan, a.Closing.Since())
}

// termOf is the term by a rule, or else by what a unit of the file plan says, that counts from a day.
func (g *Guard) termOf(rule, plan, since string) (t Term) {
	unit, known := g.Policies.PlanUnit(plan)
	t.Unit = unit
	months := 12 * unit.Years
	if rule != "" {
		t.Rule, known = g.Policies.Retention(rule)
		t.Rule.Key = cmp.Or(t.Rule.Key, rule)
		months = t.Rule.Months
	}
	if known && since != "" {
		t.Since, t.Ends = since, monthsAfter(since, months)
	}
	return t
}

// monthsAfter is the same day some months later, or the last of that month where it has no such day; empty for what is
// no day.
func monthsAfter(day string, months int) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	then := at.AddDate(0, months, 0)
	if then.Day() != at.Day() {
		then = then.AddDate(0, 0, -then.Day())
	}
	return then.Format(time.DateOnly)
}

// Retention shows how long an Akte is kept, and why.
func (d *Desk) Retention(ctx context.Context, id archive.AkteID) (RetentionView, error) {
	var view RetentionView
	tried := act{op: audit.OpRetentionOpen, object: "akte/" + string(id)}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		a, err := d.enter(r, id)
		if err != nil {
			return act{}, err
		}
		if err := a.mustState(); err != nil {
			return act{}, err
		}
		if view, err = a.retention(r); err != nil {
			return act{}, err
		}
		done := tried
		done.window, done.verdict = "retention", a.head()
		done.akten, done.persons = []archive.AkteID{id}, []archive.PersonID{a.akte.Person}
		return done, nil
	})
	return view, err
}

func (a *access) retention(r archive.Reader) (RetentionView, error) {
	view := RetentionView{
		Akte: a.akte.ID, Number: a.akte.Number, Plan: a.akte.Plan, Closing: a.akte.Closing, Offer: a.akte.Offer, Term: a.desk.guard.term(a.akte),
	}
	_, view.MayChange = a.changer()
	p, err := r.Person(a.akte.Person)
	if err != nil {
		return view, err
	}
	view.Name = p.Leading()
	if h := a.akte.Hold; h.Holds(a.day) {
		view.Hold = h
		if view.ByName, err = displayName(r, h.By); err != nil {
			return view, err
		}
	}
	if view.Stays, err = (&sealing{access: a}).keeps(r); err != nil {
		return view, err
	}
	_, err = r.ErasureOn(a.akte.ID, "")
	view.Asked = err == nil
	return view, unlessMissing(err)
}

// stays lists what keeps the Akte from being erased.
func (a *access) stays(r archive.Reader) (out []Stay, err error) {
	add := func(is bool, why, until string) {
		if is {
			out = append(out, Stay{why, until})
		}
	}
	term, closed := a.desk.guard.term(a.akte), a.akte.State == archive.AkteClosed
	add(!closed, StaysOpen, "")
	add(closed && term.Ends == "", StaysUndated, "")
	add(term.Ends != "" && !term.Over(a.day), StaysTerm, term.Ends)
	if a.akte.Hold.Holds(a.day) {
		add(true, StaysHold, a.akte.Hold.Until)
	}
	if a.akte.Sealed.Holds(a.day) {
		add(true, StaysSeal, a.akte.Sealed.Until)
	}
	cases, err := r.CasesOf(a.akte.ID)
	if err != nil {
		return nil, err
	}
	add(slices.ContainsFunc(cases, func(c archive.Case) bool { return c.State == "open" }), StaysCase, "")
	originals, err := r.CustodyOf(a.akte.ID, "")
	if err != nil {
		return nil, err
	}
	add(slices.ContainsFunc(originals, func(c archive.Custody) bool { return c.State().Held }), StaysOriginal, "")
	away, err := consignmentOf(r, a.akte.ID)
	if err != nil {
		return nil, err
	}
	add(away != nil, StaysVendor, "")
	if closed {
		why, until := a.desk.guard.offer(a.akte, a.day)
		add(why != "", why, until)
	}
	return out, nil
}

// offer is what of the offer to the archive keeps a closed Akte; empty: nothing does. What its unit of the file plan
// destroys anyway isn't offered, nor is anything where no rule says that the archive comes first.
func (g *Guard) offer(a archive.Akte, day string) (why, until string) {
	unit, known := g.Policies.PlanUnit(a.Plan)
	if _, first := g.Policies.Retention(archiveFirst); !first || known && unit.Disposal == disposalDestroy {
		return "", ""
	}
	switch o := a.Offer; {
	case o == nil:
		return StaysOffer, ""
	case o.Answer == archive.OfferTaken:
		return StaysTaken, ""
	case o.Answer == archive.OfferDeclined:
		return "", ""
	}
	rule, ok := g.Policies.Retention(archiveAnswer)
	if !ok || rule.Open {
		return StaysAnswer, ""
	}
	if until = monthsAfter(a.Offer.On, rule.Months); day > until {
		return "", "" // silence is an answer
	}
	return StaysAnswer, until
}

// Keys of what the policies say about the archive.
const (
	archiveFirst    = "R-ARCHIVE-FIRST"  // it is asked first
	archiveAnswer   = "R-ARCHIVE-ANSWER" // how long it has for its answer
	disposalDestroy = "V"
)

// OfferAkte notes that a closed Akte was offered to the archive; [ErrOffered] where it was already.
func (d *Desk) OfferAkte(ctx context.Context, id archive.AkteID) error {
	return d.retain(ctx, id, audit.OpOffer, func(a *access, akte *archive.Akte) (map[string]any, error) {
		switch {
		case akte.Closing == nil:
			return nil, ErrNotClosed
		case akte.Offer != nil:
			return nil, ErrOffered
		}
		akte.Offer = &archive.Offer{On: a.day}
		return map[string]any{"offer": akte.Offer}, nil
	})
}

// AnswerOffer notes what the archive said; a later answer takes the place of an earlier one.
func (d *Desk) AnswerOffer(ctx context.Context, id archive.AkteID, answer string) error {
	return d.retain(ctx, id, audit.OpOfferAnswer, func(a *access, akte *archive.Akte) (map[string]any, error) {
		switch {
		case akte.Offer == nil:
			return nil, ErrNotOffered
		case answer != archive.OfferTaken && answer != archive.OfferDeclined:
			return nil, &archive.FieldError{Pointer: "/answer", Code: "unknown"}
		}
		akte.Offer = &archive.Offer{On: akte.Offer.On, Answer: answer, Answered: a.day}
		return map[string]any{"before": a.akte.Offer, "after": akte.Offer}, nil
	})
}

// SetTerm says by which rule a closed Akte is kept, and since when that counts. An open one is [ErrNotClosed].
func (d *Desk) SetTerm(ctx context.Context, id archive.AkteID, rule, from string) error {
	return d.retain(ctx, id, audit.OpTermSet, func(a *access, akte *archive.Akte) (map[string]any, error) {
		if akte.Closing == nil {
			return nil, ErrNotClosed
		}
		c := archive.Closing{On: akte.Closing.On, Rule: rule, From: from}
		if err := c.Normalise(d.guard.Policies, a.day); err != nil {
			return nil, err
		}
		akte.Closing = &c
		return map[string]any{"before": a.akte.Closing, "after": c}, nil
	})
}

// HoldAkte keeps an Akte beyond its term until a day. A hold that is there already is changed.
func (d *Desk) HoldAkte(ctx context.Context, id archive.AkteID, h archive.LegalHold) error {
	return d.retain(ctx, id, audit.OpHoldLay, func(a *access, akte *archive.Akte) (map[string]any, error) {
		if err := h.Normalise(a.day); err != nil {
			return nil, err
		}
		h.By, h.At = d.subject.User, d.guard.Now().UTC()
		akte.Hold = &h
		return map[string]any{"before": a.akte.Hold, "after": h}, nil
	})
}

// EndHold ends a hold before its day; [ErrNotHeld] where there is none.
func (d *Desk) EndHold(ctx context.Context, id archive.AkteID, reason string) error {
	return d.retain(ctx, id, audit.OpHoldEnd, func(a *access, akte *archive.Akte) (map[string]any, error) {
		said, err := archive.NormaliseText("/reason", reason, 2000, true)
		switch {
		case err != nil:
			return nil, err
		case said == "":
			return nil, &archive.FieldError{Pointer: "/reason", Code: "required"}
		case !akte.Hold.Holds(a.day):
			return nil, ErrNotHeld
		}
		akte.Hold = nil
		return map[string]any{"before": a.akte.Hold, "reason": said}, nil
	})
}

// retain decides about a change of how long an Akte is kept, and carries it out.
func (d *Desk) retain(ctx context.Context, id archive.AkteID, op audit.Op, change func(*access, *archive.Akte) (map[string]any, error)) error {
	tried := act{op: op, object: "akte/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		a, err := d.enter(tx, id)
		if err != nil {
			return act{}, err
		}
		v, ok := a.changer()
		switch {
		case !ok:
			return act{}, ErrDenied
		case a.mustState() != nil:
			return act{}, ErrPurpose
		}
		akte := a.akte
		said, err := change(a, &akte)
		if err != nil {
			return act{}, err
		}
		akte.Changed, akte.Revision = d.guard.Now().UTC(), akte.Revision+1
		done := tried
		done.verdict, done.detail = v, &audit.Detail{Shared: said}
		done.akten, done.persons = []archive.AkteID{id}, []archive.PersonID{akte.Person}
		return done, tx.PutAkte(akte)
	})
}

// Lists of Akten by their terms.
const (
	RetentionDue     = "due"     // their terms are over, the longest over first
	RetentionUndated = "undated" // their terms don't run, for nobody said since when
)

// RetentionLists returns them in order.
func RetentionLists() []string { return []string{RetentionDue, RetentionUndated} }

// RetentionRow is an Akte in such a list.
type RetentionRow struct {
	Akte   archive.AkteID
	Person archive.PersonID
	Number string
	Plan   string
	Lead   string
	// Name is nil for who may not see the Akte: data protection.
	Name  *archive.Name
	Term  Term
	Stays []Stay
}

// RetentionPage is a page of such a list.
type RetentionPage struct {
	Items []RetentionRow
	// Next continues it; a page that isn't the last can hold less than was asked for.
	Next string
}

// retentionCursor is the rule a list has come to, by its place, and the row.
type retentionCursor struct {
	Rule  int
	After archive.Position
}

// ListsRetention reports whether the subject may list Akten by their terms.
func (d *Desk) ListsRetention() bool {
	_, ok := d.listsRetention()
	return ok
}

func (d *Desk) listsRetention() (v verdict, ok bool) {
	for _, action := range []string{policies.ActAkteChange, policies.ActTrailRead} {
		if v, ok = d.able(action); ok {
			return v, true
		}
	}
	return v, false
}

// DueAkten lists Akten whose terms are over, or don't run, rule by rule: for who may change their heads, and for data
// protection without names.
func (d *Desk) DueAkten(ctx context.Context, list string, limit int, cursor string) (RetentionPage, error) {
	var page RetentionPage
	if !slices.Contains(RetentionLists(), list) {
		return page, &archive.FieldError{Pointer: "/list", Code: "unknown"}
	}
	tried := act{op: audit.OpRetentionList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, ok := d.listsRetention()
		if !ok {
			return act{}, ErrDenied
		}
		page = RetentionPage{Items: []RetentionRow{}}
		if err := d.fillDue(r, list, clampLimit(limit), cursor, &page); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.window = v, "retention/"+list
		for _, row := range page.Items {
			done = done.naming(row.Akte, row.Person)
		}
		return done, nil
	})
	return page, err
}

// kind is by what Akten are kept: a rule or, where it is empty, a unit of the file plan.
type kind struct{ rule, plan string }

// kinds are all by which Akten are kept: units of the file plan, then rules.
func (g *Guard) kinds() (out []kind) {
	for _, u := range g.Policies.PlanUnits() {
		if u.Akte {
			out = append(out, kind{plan: u.Key})
		}
	}
	for _, rule := range g.Policies.Retentions() {
		if rule.Covers == policies.CoversAkte {
			out = append(out, kind{rule: rule.Key})
		}
	}
	return out
}

func (d *Desk) fillDue(r archive.Reader, list string, limit int, cursor string, page *RetentionPage) error {
	name := "retention/" + list
	c, err := openCursor[retentionCursor](d, name, cursor)
	if err != nil {
		return err
	}
	kinds, looked, day := d.guard.kinds(), 0, d.guard.today()
	for ; c.Rule < len(kinds); c = (retentionCursor{Rule: c.Rule + 1}) {
		by := kinds[c.Rule]
		after := c.After
		if after == "" && list == RetentionUndated {
			after = "~\x00" // in front of those without a day
		}
		for row, err := range r.Closed(by.rule, by.plan, after) {
			if err != nil {
				return err
			}
			since := row.Value.Since
			if list == RetentionDue && !d.guard.termOf(by.rule, by.plan, since).Over(day) {
				break // those behind it end later, or never
			}
			if looked++; len(page.Items) == limit || looked > listLooked {
				page.Next = sealCursor(d, name, c)
				return nil
			}
			c.After = row.After
			one, err := d.dueRow(r, row.Value.Akte)
			if err != nil {
				return err
			}
			if one != nil {
				page.Items = append(page.Items, *one)
			}
		}
	}
	return nil
}

// dueRow is a row of a list by terms; nil for what the subject has nothing to do with.
func (d *Desk) dueRow(r archive.Reader, id archive.AkteID) (*RetentionRow, error) {
	akte, err := r.Akte(id)
	if err != nil {
		return nil, unlessMissing(err)
	}
	a := d.at(r, akte)
	row := &RetentionRow{Akte: id, Person: akte.Person, Number: akte.Number, Plan: akte.Plan, Lead: akte.Lead, Term: d.guard.term(akte)}
	if _, ok := a.changer(); ok && a.seesHead() {
		p, err := r.Person(akte.Person)
		if err != nil {
			return nil, err
		}
		name := p.Leading()
		row.Name = &name
	} else if _, officer := d.able(policies.ActTrailRead); !officer || a.barred(akte.Sealed) {
		return nil, nil
	}
	row.Stays, err = a.stays(r)
	return row, err
}
