package acl

import (
	"cmp"
	"iter"

	"eakte/archive"
	"eakte/policies"
)

// chronologyCursor continues a chronology: where each register was left.
type chronologyCursor struct {
	After map[string]archive.Position
}

// strand is one register of a chronology, with its next document.
type strand struct {
	register string
	next     func() (archive.Row[archive.Document], error, bool)
	row      archive.Row[archive.Document]
}

// chronology gathers one page of all readable registers together, newest date first. It reads no more
// than the page and one document a register.
func (a *access) chronology(r archive.Reader, q DocumentsQuery) (DocumentsPage, error) {
	list := "chronology/" + string(a.akte.ID)
	c, err := openCursor[chronologyCursor](a.desk, list, q.Cursor)
	if err != nil {
		return DocumentsPage{}, err
	}
	strands, stop, err := a.strands(r, q, c)
	defer stop()
	if err != nil {
		return DocumentsPage{}, err
	}
	page, limit := DocumentsPage{Items: []DocumentView{}}, clampLimit(q.Limit)
	after := map[string]archive.Position{}
	for register, position := range c.After {
		after[register] = position
	}
	for newest := first(strands); newest != nil; newest = first(strands) {
		if len(page.Items) == limit {
			page.Next = sealCursor(a.desk, list, chronologyCursor{after})
			return page, nil
		}
		view, err := a.row(r, newest.row.Value)
		if err != nil {
			return DocumentsPage{}, err
		}
		page.Items = append(page.Items, view)
		after[newest.register] = newest.row.After
		if strands, err = a.advance(strands, newest); err != nil {
			return DocumentsPage{}, err
		}
	}
	return page, nil
}

// strands opens every register that the subject may read. stop must be called.
func (a *access) strands(r archive.Reader, q DocumentsQuery, c chronologyCursor) (open []*strand, stop func(), err error) {
	var stops []func()
	stop = func() {
		for _, s := range stops {
			s()
		}
	}
	for _, reg := range a.desk.guard.Policies.Registers() {
		if reach := a.reach(reg.Key); reach != policies.ActRead && reach != policies.ActWrite || q.Register != "" && q.Register != reg.Key {
			continue
		}
		next, end := iter.Pull2(r.Documents(a.akte.ID, reg.Key, c.After[reg.Key]))
		stops = append(stops, end)
		open = append(open, &strand{register: reg.Key, next: next})
		if open, err = a.advance(open, open[len(open)-1]); err != nil {
			return nil, stop, err
		}
	}
	return open, stop, nil
}

// advance moves a strand to its next readable document, or drops it where there is none.
func (a *access) advance(strands []*strand, s *strand) ([]*strand, error) {
	for {
		row, err, ok := s.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return without(strands, s), nil
		}
		if a.may(policies.ActRead, objectOf(row.Value)).Allow {
			s.row = row
			return strands, nil
		}
	}
}

func without(strands []*strand, gone *strand) []*strand {
	out := make([]*strand, 0, len(strands))
	for _, s := range strands {
		if s != gone {
			out = append(out, s)
		}
	}
	return out
}

// first is the strand whose document comes next; nil at the end.
func first(strands []*strand) *strand {
	var best *strand
	for _, s := range strands {
		if best == nil || later(s.row.Value, best.row.Value) {
			best = s
		}
	}
	return best
}

// later reports whether x stands before y: by the date on the paper, else of receipt, else of filing.
func later(x, y archive.Document) bool {
	return cmp.Or(cmp.Compare(day(x), day(y)), compareID(x.ID, y.ID)) > 0
}

func day(d archive.Document) string {
	return cmp.Or(d.Date, d.ReceivedOn, d.Created.UTC().Format("2006-01-02"))
}
