package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
)

// AktenQuery narrows a list of Akten.
type AktenQuery struct {
	Person     archive.PersonID
	Department string
	Limit      int
	Cursor     string
}

// AktenPage is a page of a list of Akten.
type AktenPage struct {
	Items []AkteHead
	Next  string
}

// AkteHead is a row of a list of Akten.
type AkteHead struct {
	archive.Akte
	Name      archive.Name
	BirthDate archive.BirthDate
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
	akten, next, err := d.mergeAkten(r, q, c)
	if err != nil {
		return AktenPage{}, err
	}
	page, err := d.heads(r, akten)
	page.Next = next
	return page, err
}

// heads turns those Akten whose head the subject may see into rows.
func (d *Desk) heads(r archive.Reader, akten []archive.Akte) (AktenPage, error) {
	page := AktenPage{Items: []AkteHead{}}
	for _, akte := range akten {
		a := &access{desk: d, akte: akte, day: d.guard.today()}
		if !a.seesHead() {
			continue
		}
		p, err := r.Person(akte.Person)
		if err != nil {
			return AktenPage{}, err
		}
		page.Items = append(page.Items, AkteHead{Akte: akte, Name: p.Leading(), BirthDate: p.BirthDate})
	}
	return page, nil
}

// aktenCursor continues a list behind an Akte; lists run from new to old.
type aktenCursor struct{ After archive.AkteID }

// mergeAkten returns up to a page of visible Akten of the subject's departments, newest first,
// each once.
func (d *Desk) mergeAkten(r archive.Reader, q AktenQuery, c aktenCursor) ([]archive.Akte, string, error) {
	departments := d.subject.departments()
	if q.Department != "" {
		if !slices.Contains(departments, q.Department) {
			return nil, "", nil
		}
		departments = []string{q.Department}
	}
	limit := clampLimit(q.Limit)
	var out []archive.Akte
	for _, dep := range departments {
		n := 0
		for row, err := range r.Akten(dep, c.After) {
			if err != nil {
				return nil, "", err
			}
			akte, err := r.Akte(row.Value)
			if err != nil {
				return nil, "", err
			}
			if (&access{desk: d, akte: akte, day: d.guard.today()}).seesHead() {
				out = append(out, akte)
				n++
			}
			if n > limit {
				break
			}
		}
	}
	slices.SortFunc(out, func(x, y archive.Akte) int { return -compareID(x.ID, y.ID) })
	out = slices.CompactFunc(out, func(x, y archive.Akte) bool { return x.ID == y.ID })
	if len(out) <= limit {
		return out, "", nil
	}
	out = out[:limit]
	return out, sealCursor(d, "akten", aktenCursor{out[limit-1].ID}), nil
}

func (d *Desk) seesAkte(r archive.Reader, id archive.AkteID) (bool, error) {
	akte, err := r.Akte(id)
	if err != nil {
		return false, err
	}
	return (&access{desk: d, akte: akte, day: d.guard.today()}).seesHead(), nil
}
