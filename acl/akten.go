package acl

import (
	"cmp"
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
)

// AktenQuery narrows a list of Akten.
type AktenQuery struct {
	Person     archive.PersonID
	Department string
	// Responsible, Team and State narrow it; empty ones narrow nothing.
	Responsible archive.UserID
	Team, State string
	// Order puts heads into another order than newest first; nil: none.
	Order  func(a, b AkteHead) int
	Limit  int
	Cursor string
	// Look is how many Akten of a department are looked at for a page; 0: [aktenLooked].
	Look int
}

// AktenPage is a page of a list of Akten.
type AktenPage struct {
	Items []AkteHead
	// Next continues the list; a page that isn't the last can hold less than was asked for.
	Next string
	// Unordered says that there were too many for the order asked for: they are newest first.
	Unordered bool
}

// AkteHead is a row of a list of Akten.
type AkteHead struct {
	archive.Akte
	Name      archive.Name
	BirthDate archive.BirthDate
	// Keeper is how pages name who is responsible; empty if nobody is.
	Keeper string
}

// Akten lists the heads of Akten the subject may see, newest first.
func (d *Desk) Akten(ctx context.Context, q AktenQuery) (AktenPage, error) {
	var page AktenPage
	tried := act{op: audit.OpAkteList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		var err error
		if page, err = d.listAkten(r, q); err != nil {
			return act{}, err
		}
		done := tried
		for _, h := range page.Items {
			done.akten, done.persons = append(done.akten, h.ID), append(done.persons, h.Akte.Person)
		}
		said := map[string]any{}
		if _, ok := d.guard.Policies.Department(q.Department); ok {
			said["department"] = q.Department
		}
		done.detail = &audit.Detail{Act: said}
		return done, nil
	})
	return page, err
}

func (d *Desk) listAkten(r archive.Reader, q AktenQuery) (AktenPage, error) {
	if q.Person != "" {
		akten, err := r.AktenOf(q.Person)
		if err != nil {
			return AktenPage{}, err
		}
		return d.heads(r, slices.DeleteFunc(akten, func(a archive.Akte) bool {
			return q.Department != "" && !slices.Contains(takingPart(a), q.Department)
		}))
	}
	c, err := openCursor[aktenCursor](d, "akten", q.Cursor)
	if err != nil {
		return AktenPage{}, err
	}
	if q.Order != nil {
		return d.ordered(r, q, c)
	}
	return d.newest(r, q, c)
}

// heads turns those Akten whose head the subject may see into rows.
func (d *Desk) heads(r archive.Reader, akten []archive.Akte) (AktenPage, error) {
	page := AktenPage{Items: []AkteHead{}}
	keepers := map[archive.UserID]string{"": ""}
	for _, akte := range akten {
		if !d.at(r, akte).seesHead() {
			continue
		}
		p, err := r.Person(akte.Person)
		if err != nil {
			return AktenPage{}, err
		}
		if _, known := keepers[akte.Responsible]; !known {
			if keepers[akte.Responsible], err = displayName(r, akte.Responsible); err != nil {
				return AktenPage{}, err
			}
		}
		if !akte.Sealed.Holds(d.guard.today()) {
			akte.Sealed = nil // it has ended
		}
		page.Items = append(page.Items, AkteHead{
			Akte: akte, Name: p.Leading(), BirthDate: p.BirthDate, Keeper: keepers[akte.Responsible],
		})
	}
	return page, nil
}

// aktenCursor continues a list behind an Akte, or one with an order of its own at a place.
type aktenCursor struct {
	After  archive.AkteID
	Offset int
}

// aktenLooked is how many Akten of a department are looked at for a page: of a few that fit among many,
// a page may hold less than was asked for and still not be the last.
const aktenLooked = 5000

// mergeAkten returns up to limit visible Akten of the subject's departments that the query means, newest
// first, each once, and where the list goes on; "" at its end.
func (d *Desk) mergeAkten(r archive.Reader, q AktenQuery, after archive.AkteID, limit int) (out []archive.Akte, next archive.AkteID, err error) {
	departments := d.subject.departments()
	if q.Department != "" {
		if !slices.Contains(departments, q.Department) {
			return nil, "", nil
		}
		departments = []string{q.Department}
	}
	for _, dep := range departments {
		found, last, err := d.aktenIn(r, dep, q, after, limit)
		if err != nil {
			return nil, "", err
		}
		out, next = append(out, found...), max(next, last)
	}
	slices.SortFunc(out, func(x, y archive.Akte) int { return -compareID(x.ID, y.ID) })
	out = slices.CompactFunc(out, func(x, y archive.Akte) bool { return x.ID == y.ID })
	// Below the highest place where a department's list was left, others may have Akten not seen yet.
	out = slices.DeleteFunc(out, func(a archive.Akte) bool { return a.ID < next })
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].ID
	}
	return out, next, nil
}

// aktenIn finds up to one more than limit of a department's; last is where it was left, "" at the end.
func (d *Desk) aktenIn(r archive.Reader, department string, q AktenQuery, after archive.AkteID, limit int) (out []archive.Akte, last archive.AkteID, err error) {
	looked := 0
	for row, err := range r.Akten(department, after) {
		if err != nil {
			return nil, "", err
		}
		akte, err := r.Akte(row.Value)
		if err != nil {
			return nil, "", err
		}
		if q.fits(akte) && d.at(r, akte).seesHead() {
			out = append(out, akte)
		}
		if looked++; len(out) > limit || looked >= cmp.Or(q.Look, aktenLooked) {
			return out, akte.ID, nil
		}
	}
	return out, "", nil
}

// fits reports whether the query means the Akte, its person and departments aside.
func (q AktenQuery) fits(a archive.Akte) bool {
	return (q.Responsible == "" || a.Responsible == q.Responsible) && (q.Team == "" || a.Team == q.Team) &&
		(q.State == "" || a.State == q.State)
}

// maxOrdered is how many Akten are put into an order of their own.
const maxOrdered = 2000

// ordered lists Akten as the query orders them; where there are too many for that, newest first.
func (d *Desk) ordered(r archive.Reader, q AktenQuery, c aktenCursor) (AktenPage, error) {
	akten, more, err := d.mergeAkten(r, q, "", maxOrdered)
	if err != nil {
		return AktenPage{}, err
	}
	if more != "" {
		q.Order = nil
		page, err := d.newest(r, q, c)
		page.Unordered = true
		return page, err
	}
	page, err := d.heads(r, akten)
	if err != nil {
		return AktenPage{}, err
	}
	slices.SortStableFunc(page.Items, q.Order)
	from := min(c.Offset, len(page.Items))
	to := min(from+clampLimit(q.Limit), len(page.Items))
	if to < len(page.Items) {
		page.Next = sealCursor(d, "akten", aktenCursor{Offset: to})
	}
	page.Items = page.Items[from:to]
	return page, nil
}

// newest lists Akten newest first.
func (d *Desk) newest(r archive.Reader, q AktenQuery, c aktenCursor) (AktenPage, error) {
	akten, next, err := d.mergeAkten(r, q, c.After, clampLimit(q.Limit))
	if err != nil {
		return AktenPage{}, err
	}
	page, err := d.heads(r, akten)
	if next != "" {
		page.Next = sealCursor(d, "akten", aktenCursor{After: next})
	}
	return page, err
}

func (d *Desk) seesAkte(r archive.Reader, id archive.AkteID) (bool, error) {
	akte, err := r.Akte(id)
	if err != nil {
		return false, err
	}
	return d.at(r, akte).seesHead(), nil
}
