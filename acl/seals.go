package acl

import (
	"context"
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Lists of seals.
const (
	SealsWaiting = "waiting" // what was asked for, oldest first
	SealsHeld    = "held"    // those in force, which end first first
)

// sealEndsSoon is within how many days an end is told.
const sealEndsSoon = 30

// SealRow is a row of a list of seals.
type SealRow struct {
	archive.SealedThing
	Person archive.PersonID
	Number string
	Name   archive.Name
	// Doc is the document it is about; nil: the whole Akte.
	Doc *archive.Document
	// Seal is the one in force, and Soon says that it ends within a month; nil: none is.
	Seal *archive.Seal
	Soon bool
	// Hidden says that it is about readers of a deserted seal, so that what is sealed isn't told of: Doc, Seal and Name are empty.
	Hidden bool
	// Asked is what waits; nil in a list of seals in force where nothing does.
	Asked *SealAsked
	// Named are the readers of the one in force.
	Named []SealReader
}

// SealsPage is a page of a list of seals.
type SealsPage struct {
	Items []SealRow
	// Next continues it; a page that isn't the last can hold less than was asked for.
	Next string
}

type sealsCursor struct{ After archive.Position }

// Seals lists for a lead what waits for her word about seals, with what she asked for herself, or the seals in force that
// her department is responsible for; as far as she may see what they are about, so none that shuts her out.
func (d *Desk) Seals(ctx context.Context, list string, limit int, cursor string) (SealsPage, error) {
	var page SealsPage
	if list != SealsWaiting && list != SealsHeld {
		return page, &archive.FieldError{Pointer: "/list", Code: "unknown"}
	}
	tried := act{op: audit.OpSealList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActGrant)
		if !ok && list == SealsWaiting { // administration has the word on a deserted seal where nobody else has
			v, ok = d.able(policies.ActOperate)
		}
		if !ok {
			return act{}, ErrDenied
		}
		page = SealsPage{Items: []SealRow{}}
		if err := d.fillSeals(r, list, clampLimit(limit), cursor, &page); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.window = v, "seals/"+list
		for _, row := range page.Items {
			done = done.naming(row.Akte, row.Person)
		}
		return done, nil
	})
	return page, err
}

func (d *Desk) fillSeals(r archive.Reader, list string, limit int, cursor string, page *SealsPage) error {
	name := "seals/" + list
	c, err := openCursor[sealsCursor](d, name, cursor)
	if err != nil {
		return err
	}
	users, err := r.Users()
	if err != nil {
		return err
	}
	looked, last := 0, c.After
	next := func(after archive.Position, row SealRow, ok bool) (full bool) {
		if looked++; len(page.Items) == limit || looked > listLooked {
			page.Next = sealCursor(d, name, sealsCursor{last})
			return true
		}
		if last = after; ok {
			page.Items = append(page.Items, row)
		}
		return false
	}
	if list == SealsHeld {
		return d.eachSeal(r, users, c.After, next)
	}
	return d.eachSealRequest(r, users, c.After, next)
}

// eachSeal goes over the seals in force; ok says whether a row is the subject's to see.
func (d *Desk) eachSeal(r archive.Reader, users []archive.User, after archive.Position, next func(archive.Position, SealRow, bool) bool) error {
	for row, err := range r.Seals(d.guard.today(), after) {
		if err != nil {
			return err
		}
		s, err := d.sealed(r, row.Value)
		if err = unlessShut(err); err != nil {
			return err
		}
		var one SealRow
		ok := false
		if s != nil && s.seal() != nil {
			if _, ok = d.able(policies.ActGrant, s.responsible()...); ok {
				if one, err = s.row(r, users); err != nil {
					return err
				}
			}
		}
		if next(row.After, one, ok) {
			return nil
		}
	}
	return nil
}

// eachSealRequest goes over what waits.
func (d *Desk) eachSealRequest(r archive.Reader, users []archive.User, after archive.Position, next func(archive.Position, SealRow, bool) bool) error {
	for row, err := range r.SealRequests(after) {
		if err != nil {
			return err
		}
		one, ok, err := d.waitingSeal(r, users, row.Value)
		if err != nil {
			return err
		}
		if next(row.After, one, ok) {
			return nil
		}
	}
	return nil
}

// waitingSeal is the row of what waits; false where it is neither the subject's to decide nor hers.
func (d *Desk) waitingSeal(r archive.Reader, users []archive.User, q archive.SealRequest) (one SealRow, ok bool, err error) {
	if q.What == archive.SealName {
		return d.waitingNaming(r, users, q)
	}
	s, err := d.sealed(r, archive.SealedThing{Akte: q.Akte, Document: q.Document})
	if err = unlessShut(err); err != nil || s == nil {
		return one, false, err
	}
	asked := s.asked(users, q)
	if !asked.MayDecide && !asked.Own {
		return one, false, nil
	}
	one, err = s.row(r, users)
	return one, true, err
}

// unlessShut leaves out what the subject may not see.
func unlessShut(err error) error {
	if errors.Is(err, ErrDenied) {
		return nil
	}
	return unlessMissing(err)
}

func (s *sealing) row(r archive.Reader, users []archive.User) (SealRow, error) {
	one := SealRow{SealedThing: s.thing(), Doc: s.doc, Seal: s.seal()}
	var err error
	if one.Number, one.Person, one.Name, err = headOf(r, s.akte.ID); err != nil {
		return one, err
	}
	if one.Seal != nil {
		one.Named = s.named(users, one.Seal.Readers)
		one.Soon = one.Seal.Until < s.desk.guard.dayIn(sealEndsSoon)
	}
	q, err := r.SealRequestOn(one.Akte, one.Document)
	if err == nil {
		asked := s.asked(users, q)
		one.Asked = &asked
	}
	return one, unlessMissing(err)
}

// dayIn is the day after some days in the authority's time zone.
func (g *Guard) dayIn(days int) string {
	return g.Now().In(g.Zone).AddDate(0, 0, days).Format(time.DateOnly)
}

// Bounds of counting.
const (
	sealsCounted = 50
	sealsLooked  = 200
)

// CountSeals counts what waits for the subject's word about seals, 50 at most and as far as a bounded look goes; 0 for who decides on none. Numbers alone
// leave it.
func (d *Desk) CountSeals(ctx context.Context) (n int, err error) {
	if !d.May(policies.ActGrant) && !d.May(policies.ActOperate) {
		return 0, nil
	}
	err = d.view(ctx, func(r archive.Reader) error {
		n = 0
		looked := 0
		users, err := r.Users()
		if err != nil {
			return err
		}
		return d.eachSealRequest(r, users, "", func(_ archive.Position, row SealRow, ok bool) bool {
			if ok && row.Asked != nil && row.Asked.MayDecide {
				n++
			}
			looked++
			return n >= sealsCounted || looked >= sealsLooked
		})
	})
	return n, err
}
