package acl

import (
	"context"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// BreakGlassView is a break-glass access as who answers for it sees it.
type BreakGlassView struct {
	archive.BreakGlass
	// Name is what the account is called that did so; Number is that of the Akte, empty where a seal shuts the reader out by
	// now; Reviewer had the word on it.
	Name, Number, Reviewer string
	// Active says that it is in force.
	Active bool
	// MayReview says that the reader may have her word on it.
	MayReview bool
}

// BreakGlassPage is a page of a list of them.
type BreakGlassPage struct {
	// Department is whose Akten they were into; empty: any.
	Department string
	State      string
	Items      []BreakGlassView
	Next       string
}

// BreakGlassCount counts what waits for the word of data protection.
type BreakGlassCount struct {
	Waiting int
	// More says that there may be more: counting ends early.
	More bool
}

type breakGlassCursor struct{ After archive.Position }

// BreakGlasses lists break-glass accesses, newest first: for data protection those with a state of review ("": those that
// wait for it, [archive.ReviewNone]: inspections), for who leads a department those into its Akten; without one, of the first that the subject leads. It tells
// of no person.
func (d *Desk) BreakGlasses(ctx context.Context, department, state string, limit int, cursor string) (BreakGlassPage, error) {
	var of []string
	if department != "" {
		of = []string{department}
	}
	var page BreakGlassPage
	tried := act{op: audit.OpBreakGlassList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		page = BreakGlassPage{State: state, Items: []BreakGlassView{}}
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			if v, ok = d.able(policies.ActGrant, of...); !ok {
				return act{}, ErrDenied
			}
			page.Department, page.State = v.pair.Department, ""
		}
		if err := d.fillBreakGlasses(r, &page, clampLimit(limit), cursor); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.window = v, "breakglass/"+page.Department+"/"+page.State
		for _, b := range page.Items {
			akte, err := r.Akte(b.Akte)
			if err != nil {
				return act{}, err
			}
			done = done.naming(akte.ID, akte.Person)
		}
		return done, nil
	})
	return page, err
}

func (d *Desk) fillBreakGlasses(r archive.Reader, page *BreakGlassPage, limit int, cursor string) error {
	list := "breakglass/" + page.Department + "/" + page.State
	c, err := openCursor[breakGlassCursor](d, list, cursor)
	if err != nil {
		return err
	}
	rows := r.BreakGlassIn(page.State, c.After)
	if page.Department != "" {
		rows = r.BreakGlassOf(page.Department, c.After)
	}
	looked, last := 0, c.After
	for row, err := range rows {
		if err != nil {
			return err
		}
		if len(page.Items) == limit || looked == listLooked {
			page.Next = sealCursor(d, list, breakGlassCursor{last})
			return nil
		}
		looked, last = looked+1, row.After
		view, shown, err := d.breakGlassView(r, row.Value)
		if err != nil {
			return err
		}
		if shown {
			page.Items = append(page.Items, view)
		}
	}
	return nil
}

// breakGlassView says what its IDs are called; shown is false for a lead who may not know of the Akte, and
// for whom a conflict of interest keeps from its person.
func (d *Desk) breakGlassView(r archive.Reader, b archive.BreakGlass) (v BreakGlassView, shown bool, err error) {
	v = BreakGlassView{BreakGlass: b, Active: b.Holds(d.guard.Now())}
	akte, err := r.Akte(b.Akte)
	if err != nil {
		return v, false, err
	}
	a := d.at(r, akte)
	if v.Number = akte.Number; a.barred(akte.Sealed) {
		v.Number, v.Reason = "", "" // a reason may name her
	}
	if v.Name, err = displayName(r, b.User); err != nil {
		return v, false, err
	}
	_, reviews := d.able(policies.ActTrailRead)
	if b.Review != nil {
		if v.Reviewer, err = displayName(r, b.Review.By); err != nil {
			return v, false, err
		}
	}
	v.MayReview = reviews && !b.Inspection && b.User != d.subject.User && b.ReviewState() != archive.ReviewInOrder
	return v, !a.conflict && (reviews || a.seesHead()), nil
}

// ReviewBreakGlass notes what data protection found of a break-glass access: that it was in order, or that it is to be
// followed up, which may end in order. Nobody judges her own.
func (d *Desk) ReviewBreakGlass(ctx context.Context, id archive.BreakGlassID, review archive.Review) error {
	if err := review.Normalise(); err != nil {
		return err
	}
	tried := act{op: audit.OpBreakGlassReview, object: "breakglass/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		b, err := tx.BreakGlass(id)
		if err != nil {
			return act{}, err
		}
		akte, err := tx.Akte(b.Akte)
		switch {
		case err != nil:
			return act{}, err
		case d.conflicted(tx, akte.Person):
			return act{}, archive.ErrNotFound
		case b.User == d.subject.User, b.Inspection:
			return act{}, ErrDenied
		case b.ReviewState() == archive.ReviewInOrder:
			return act{}, ErrSettled
		}
		review.By, review.At = d.subject.User, d.guard.Now().UTC()
		b.Review = &review
		done := tried.naming(akte.ID, akte.Person)
		done.verdict = v
		done.detail = &audit.Detail{Shared: map[string]any{"state": review.State, "note": review.Note, "of": b.User}}
		return done, tx.PutBreakGlass(b)
	})
}

// countBreakGlass counts what waits for data protection: all of it for the officer, that of her departments for a lead;
// nil for everybody else. Numbers alone leave it.
func (d *Desk) countBreakGlass(r archive.Reader) (*BreakGlassCount, error) {
	lists := []archive.List[archive.BreakGlass]{}
	if _, ok := d.able(policies.ActTrailRead); ok {
		lists = append(lists, r.BreakGlassIn("", ""))
	} else {
		for _, department := range d.subject.departments() {
			if _, leads := d.able(policies.ActGrant, department); leads {
				lists = append(lists, r.BreakGlassOf(department, ""))
			}
		}
	}
	if len(lists) == 0 {
		return nil, nil
	}
	n, looked := &BreakGlassCount{}, 0
	for _, list := range lists {
		for row, err := range list {
			if err != nil {
				return nil, err
			}
			if looked++; looked > breakGlassCounted {
				n.More = n.Waiting > 0
				return n, nil
			}
			_, shown, err := d.breakGlassView(r, row.Value)
			if err != nil {
				return nil, err
			}
			if shown && row.Value.ReviewState() == "" {
				n.Waiting++
			}
		}
	}
	return n, nil
}
