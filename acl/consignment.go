package acl

import (
	"context"
	"errors"
	"fmt"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// ErrConsigned is an [archive.ErrConflict]: the paper of the Akte is at a vendor already.
var ErrConsigned = fmt.Errorf("at a vendor already: %w", archive.ErrConflict)

// ErrNotConsigned is an [archive.ErrConflict]: the paper of the Akte is at no vendor.
var ErrNotConsigned = fmt.Errorf("at no vendor: %w", archive.ErrConflict)

// keeper finds the pair through which the subject keeps the paper of the Akte: one that works the basket of
// the lead department, such as its records staff.
func (a *access) keeper() (verdict, bool) {
	return a.worker(policies.ActInbox, a.akte.Participations()[:1])
}

// Consign notes that the paper of an Akte went to a scan vendor, for who keeps it. A second time is
// [ErrConsigned].
func (d *Desk) Consign(ctx context.Context, id archive.AkteID, c archive.Consignment) error {
	if c.Since == "" {
		c.Since = d.guard.today()
	}
	if err := c.Normalise(); err != nil {
		return err
	}
	return d.consign(ctx, id, audit.OpConsign, func(tx archive.Tx, a *access, was *archive.Consignment) (map[string]any, error) {
		if was != nil {
			return nil, ErrConsigned
		}
		c.Akte, c.Department, c.Rush = id, a.akte.Lead, nil
		c.By, c.At = d.subject.User, d.guard.Now().UTC()
		return map[string]any{"vendor": c.Vendor, "since": c.Since, "expected": c.Expected}, tx.PutConsignment(c)
	})
}

// followLead lets what is noted of an Akte's paper at a vendor stand in the list of who leads it now.
func followLead(tx archive.Tx, akte archive.Akte) error {
	c, err := consignmentOf(tx, akte.ID)
	if err != nil || c == nil || c.Department == akte.Lead {
		return err
	}
	c.Department = akte.Lead
	return tx.PutConsignment(*c)
}

// Hasten orders an Akte back from its vendor before its turn. A later order takes the place of an earlier one.
func (d *Desk) Hasten(ctx context.Context, id archive.AkteID, rush archive.Rush) error {
	if err := rush.Normalise(); err != nil {
		return err
	}
	if rush.Wanted < d.guard.today() {
		return &archive.FieldError{Pointer: "/wanted", Code: "range", Detail: "not in the past"}
	}
	return d.consign(ctx, id, audit.OpConsignRush, func(tx archive.Tx, _ *access, was *archive.Consignment) (map[string]any, error) {
		if was == nil {
			return nil, ErrNotConsigned
		}
		rush.By, rush.At = d.subject.User, d.guard.Now().UTC()
		was.Rush = &rush
		return map[string]any{"reason": rush.Reason, "wanted": rush.Wanted}, tx.PutConsignment(*was)
	})
}

// TakeBack notes that the paper of an Akte is back from its vendor.
func (d *Desk) TakeBack(ctx context.Context, id archive.AkteID) error {
	return d.consign(ctx, id, audit.OpConsignEnd, func(tx archive.Tx, _ *access, was *archive.Consignment) (map[string]any, error) {
		if was == nil {
			return nil, ErrNotConsigned
		}
		return map[string]any{"vendor": was.Vendor}, tx.DeleteConsignment(id)
	})
}

// consign decides about a change of where the paper of an Akte is, and carries it out.
func (d *Desk) consign(ctx context.Context, id archive.AkteID, op audit.Op, change func(archive.Tx, *access, *archive.Consignment) (map[string]any, error)) error {
	tried := act{op: op, object: "akte/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		a, err := d.enter(tx, id)
		if err != nil {
			return act{}, err
		}
		v, ok := a.keeper()
		switch {
		case !ok:
			return act{}, ErrDenied
		case a.mustState() != nil:
			return act{}, ErrPurpose
		}
		was, err := consignmentOf(tx, id)
		if err != nil {
			return act{}, err
		}
		said, err := change(tx, a, was)
		if err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.detail = v, &audit.Detail{Shared: said}
		done.akten, done.persons = []archive.AkteID{id}, []archive.PersonID{a.akte.Person}
		return done, nil
	})
}

// consignmentOf is where the paper of an Akte is; nil: in the house.
func consignmentOf(r archive.Reader, id archive.AkteID) (*archive.Consignment, error) {
	c, err := r.Consignment(id)
	if errors.Is(err, archive.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// showConsignment is what the subject may know of where the paper is: why somebody is in a hurry is the
// keepers' alone.
func (a *access) showConsignment(r archive.Reader) (*archive.Consignment, bool, error) {
	c, err := consignmentOf(r, a.akte.ID)
	_, keeps := a.keeper()
	if c != nil && c.Rush != nil && !keeps {
		rush := *c.Rush
		rush.Reason = ""
		c.Rush = &rush
	}
	return c, keeps, err
}

// ConsignmentRow is an Akte whose paper is at a vendor.
type ConsignmentRow struct {
	archive.Consignment
	Head AkteHead
	// Late says that it should be back by now.
	Late bool
}

// ConsignmentPage is a page of what a department has at vendors.
type ConsignmentPage struct {
	Items []ConsignmentRow
	Next  string
}

// consignmentCursor continues the list.
type consignmentCursor struct{ After archive.Position }

// Consignments lists the Akten of a department whose paper is at a vendor, what is due first first, for who
// works its basket. Akten that she may not see are left out.
func (d *Desk) Consignments(ctx context.Context, department string, limit int, cursor string) (ConsignmentPage, error) {
	var page ConsignmentPage
	tried := act{op: audit.OpAkteList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActInbox, department)
		if !ok {
			return act{}, ErrDenied
		}
		done := tried
		done.verdict, done.detail = v, &audit.Detail{Act: map[string]any{"department": department, "consigned": true}}
		var err error
		if page, err = d.consignments(r, department, clampLimit(limit), cursor); err != nil {
			return act{}, err
		}
		for _, row := range page.Items {
			done.akten, done.persons = append(done.akten, row.Akte), append(done.persons, row.Head.Akte.Person)
		}
		return done, nil
	})
	return page, err
}

func (d *Desk) consignments(r archive.Reader, department string, limit int, cursor string) (ConsignmentPage, error) {
	page := ConsignmentPage{Items: []ConsignmentRow{}}
	name := "consignments/" + department
	c, err := openCursor[consignmentCursor](d, name, cursor)
	if err != nil {
		return page, err
	}
	looked, last := 0, c.After
	for row, err := range r.Consignments(department, c.After) {
		if err != nil {
			return page, err
		}
		if len(page.Items) == limit || looked == aktenLooked {
			page.Next = sealCursor(d, name, consignmentCursor{last})
			break
		}
		last = row.After
		looked++
		akte, err := r.Akte(row.Value.Akte)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return page, err
		}
		heads, err := d.heads(r, []archive.Akte{akte})
		if err != nil {
			return page, err
		}
		for _, head := range heads.Items {
			a := d.at(r, akte)
			shown, _, err := a.showConsignment(r)
			if err != nil {
				return page, err
			}
			page.Items = append(page.Items, ConsignmentRow{*shown, head, shown.Due() != "" && shown.Due() < a.day})
		}
	}
	return page, nil
}
