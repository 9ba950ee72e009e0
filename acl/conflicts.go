package acl

import (
	"cmp"
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// ConflictRow is a conflict of interest as a lead may know of it.
type ConflictRow struct {
	archive.Conflict
	// Account is what pages call the user, ByName who noted it, EndingBy who asked for its end.
	Account, ByName, EndingBy string
	// Known says that the lead may know of the person: Name and Numbers are hers then.
	Known   bool
	Name    archive.Name
	Numbers []string
	// Own says that the subject asked for its end, so that somebody else grants it.
	Own bool
}

// ConflictReportRow is a report that waits for a lead.
type ConflictReportRow struct {
	archive.ConflictReport
	Account, ByName string
}

// ConflictsPage is what a lead knows of conflicts of interest.
type ConflictsPage struct {
	Items   []ConflictRow
	Reports []ConflictReportRow
	// Accounts are those that she may note one of.
	Accounts []Colleague
	// Next continues Items; a page that isn't the last can hold less than was asked for.
	Next string
}

type conflictsCursor struct{ After archive.Position }

// Conflicts lists the conflicts of interest of accounts that the subject has a word on, oldest first, with what was
// reported about them. Of a person of whom she may not know, nor locate, it tells neither name nor number.
func (d *Desk) Conflicts(ctx context.Context, limit int, cursor string) (ConflictsPage, error) {
	var page ConflictsPage
	tried := act{op: audit.OpConflictList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActGrant)
		if !ok {
			return act{}, ErrDenied
		}
		var err error
		if page, err = d.conflicts(r, clampLimit(limit), cursor); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict, done.window = v, "conflicts"
		for _, row := range page.Items {
			if row.Known && !slices.Contains(done.persons, row.Person) {
				done.persons = append(done.persons, row.Person)
			}
		}
		return done, nil
	})
	return page, err
}

func (d *Desk) conflicts(r archive.Reader, limit int, cursor string) (ConflictsPage, error) {
	page := ConflictsPage{Items: []ConflictRow{}, Reports: []ConflictReportRow{}, Accounts: []Colleague{}}
	c, err := openCursor[conflictsCursor](d, "conflicts", cursor)
	if err != nil {
		return page, err
	}
	users, err := r.Users()
	if err != nil {
		return page, err
	}
	names, minded := map[archive.UserID]string{}, map[archive.UserID]bool{}
	for _, u := range users {
		names[u.ID] = u.Called()
		if _, minded[u.ID] = d.minds(r, users, u, "", ""); minded[u.ID] && !u.Disabled {
			page.Accounts = append(page.Accounts, Colleague{u.ID, u.Called()})
		}
	}
	slices.SortStableFunc(page.Accounts, func(a, b Colleague) int { return cmp.Compare(a.Name, b.Name) })
	if cursor == "" {
		if err := d.reports(r, names, minded, &page); err != nil {
			return page, err
		}
	}
	looked, last := 0, c.After
	for row, err := range r.Conflicts(c.After) {
		if err != nil {
			return page, err
		}
		if looked++; len(page.Items) == limit || looked > listLooked {
			page.Next = sealCursor(d, "conflicts", conflictsCursor{last})
			break
		}
		last = row.After
		if !d.hasWord(r, users, row.Value) {
			continue
		}
		one, err := d.conflictRow(r, row.Value, names)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, one)
	}
	return page, nil
}

// hasWord reports whether the subject has a word on a conflict, or on the end that somebody asked for.
func (d *Desk) hasWord(r archive.Reader, users []archive.User, c archive.Conflict) bool {
	i := slices.IndexFunc(users, func(u archive.User) bool { return u.ID == c.User })
	if i < 0 {
		return false
	}
	_, ok := d.minds(r, users, users[i], c.Person, "")
	if !ok && c.Ending != nil {
		_, ok = d.minds(r, users, users[i], c.Person, c.Ending.By)
	}
	return ok
}

func (d *Desk) conflictRow(r archive.Reader, c archive.Conflict, names map[archive.UserID]string) (ConflictRow, error) {
	row := ConflictRow{Conflict: c, Account: names[c.User], ByName: names[c.By]}
	if c.Ending != nil {
		row.EndingBy, row.Own = names[c.Ending.By], c.Ending.By == d.subject.User
	}
	akten, err := r.AktenOf(c.Person)
	if err != nil {
		return row, err
	}
	for _, a := range akten {
		err := d.knowsAkte(r, a)
		if err == nil {
			row.Numbers = append(row.Numbers, a.Number)
		} else if !isNotFound(err) {
			return row, err
		}
	}
	if row.Known = len(row.Numbers) > 0; !row.Known {
		row.Person, row.Kind, row.Reason = "", "", "" // her own Akte, or a reason, would tell who she is
		if row.Ending != nil {
			ending := *row.Ending
			ending.Reason, row.Ending = "", &ending
		}
		return row, nil
	}
	p, err := r.Person(c.Person)
	row.Name = p.Leading()
	return row, err
}

// reports adds what waits for a lead.
func (d *Desk) reports(r archive.Reader, names map[archive.UserID]string, minded map[archive.UserID]bool, page *ConflictsPage) error {
	for row, err := range r.ConflictReports("") {
		if err != nil {
			return err
		}
		if len(page.Reports) == maxLimit {
			return nil
		}
		if c := row.Value; minded[c.User] {
			page.Reports = append(page.Reports, ConflictReportRow{c, names[c.User], names[c.By]})
		}
	}
	return nil
}

// CountConflicts counts what waits for the subject's word about conflicts of interest, 50 at most and as far as a bounded
// look goes; 0 for who has none. Numbers alone leave it.
func (d *Desk) CountConflicts(ctx context.Context) (n int, err error) {
	if _, ok := d.able(policies.ActGrant); !ok {
		return 0, nil
	}
	err = d.view(ctx, func(r archive.Reader) error {
		n = 0
		users, err := r.Users()
		if err != nil {
			return err
		}
		count := func(user archive.UserID, person archive.PersonID, besides archive.UserID) {
			i := slices.IndexFunc(users, func(u archive.User) bool { return u.ID == user })
			if i < 0 {
				return
			}
			if _, ok := d.minds(r, users, users[i], person, besides); ok && n < sealsCounted {
				n++
			}
		}
		looked := 0
		for row, err := range r.ConflictReports("") {
			if err != nil {
				return err
			}
			if looked++; looked > sealsLooked {
				return nil
			}
			count(row.Value.User, "", "")
		}
		for row, err := range r.Conflicts("") {
			if err != nil {
				return err
			}
			if looked++; looked > sealsLooked {
				return nil
			}
			if w := row.Value.Ending; w != nil {
				count(row.Value.User, row.Value.Person, w.By)
			}
		}
		return nil
	})
	return n, err
}
