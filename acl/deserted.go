package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// A seal is deserted when too few of its readers are left to ask for its change or end and to decide on that: fewer than
// two whose accounts are open and who work with the Akte, or none among them who could decide. Whoever is outside sees
// nothing of a seal, so data protection is told of those, by the number of the Akte and never by what was sealed.

// deserted reports whether those who are left of the readers can neither change the seal in force nor end it. A conflict
// of interest keeps a reader from both.
func (s *sealing) deserted(users []archive.User) bool {
	lies := s.seal()
	if lies == nil {
		return false
	}
	stay, decides := 0, false
	for _, u := range users {
		if !slices.Contains(lies.Readers, u.ID) || !s.reader(u).Works || s.conflicts(u.ID) {
			continue
		}
		stay++
		decides = decides || s.desk.guard.leads(u, takingPart(s.akte)) // as far as [sealing.decides] goes
	}
	return stay < archive.MinSealReaders || !decides
}

// DesertedSeal is a row of the list of deserted seals: neither who it is about nor what, nor why it was sealed.
type DesertedSeal struct {
	archive.SealedThing
	Number string
	Kind   string
	// Department is in charge of the Akte.
	Department string
	// Until is its last day.
	Until string
	// Asked says that readers were asked for, which can be granted.
	Asked bool
	// Over is what the subject asked for and what can't be granted any more, as when the seal has ended since; empty: the
	// seal is deserted.
	Over   archive.SealRequestID
	person archive.PersonID
}

// DesertedPage is a page of that list.
type DesertedPage struct {
	Items []DesertedSeal
	// Next continues it; a page that isn't the last can hold less than was asked for.
	Next string
}

// DesertedSeals lists for data protection the deserted seals, which end first first, and before them what she asked for
// and what came to nothing.
func (d *Desk) DesertedSeals(ctx context.Context, limit int, cursor string) (DesertedPage, error) {
	const name = "seals/deserted"
	var page DesertedPage
	tried := act{op: audit.OpSealList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		c, err := openCursor[sealsCursor](d, name, cursor)
		if err != nil {
			return act{}, err
		}
		page, limit = DesertedPage{Items: []DesertedSeal{}}, clampLimit(limit)
		if cursor == "" {
			if page.Items, err = d.overtaken(r, limit); err != nil {
				return act{}, err
			}
		}
		looked, last := 0, c.After
		err = d.eachDeserted(r, c.After, func(after archive.Position, row *DesertedSeal) bool {
			if looked++; len(page.Items) == limit || looked > listLooked {
				page.Next = sealCursor(d, name, sealsCursor{last})
				return false
			}
			if last = after; row != nil {
				page.Items = append(page.Items, *row)
			}
			return true
		})
		done := tried
		done.verdict, done.window = v, name
		for _, row := range page.Items {
			done = done.naming(row.Akte, row.person)
		}
		return done, err
	})
	return page, err
}

// overtaken is what the subject asked for about deserted seals and what can't be granted any more: the oldest of it, as far as
// a bounded look goes. What is withdrawn makes room for the rest.
func (d *Desk) overtaken(r archive.Reader, limit int) ([]DesertedSeal, error) {
	out := []DesertedSeal{}
	users, err := r.Users()
	if err != nil {
		return nil, err
	}
	var start archive.Position
	looked := 0
	for row, err := range r.SealRequests(start) {
		if err != nil {
			return nil, err
		}
		if looked++; len(out) == limit || looked > listLooked {
			break
		}
		q := row.Value
		if q.What != archive.SealName || q.By != d.subject.User {
			continue
		}
		s, err := d.beneath(r, archive.SealedThing{Akte: q.Akte, Document: q.Document})
		if unlessMissing(err) != nil {
			return nil, err
		}
		if err == nil && s.outdated(users, q) {
			out = append(out, DesertedSeal{s.thing(), s.akte.Number, q.Seal.Kind, s.akte.Lead, q.Seal.Until, false, q.ID, s.akte.Person})
		}
	}
	return out, nil
}

// eachDeserted goes over the seals in force until more says no; nil is one that isn't deserted, or that the subject must
// not know of.
func (d *Desk) eachDeserted(r archive.Reader, after archive.Position, more func(archive.Position, *DesertedSeal) bool) error {
	users, err := r.Users()
	if err != nil {
		return err
	}
	for row, err := range r.Seals(d.guard.today(), after) {
		if err != nil {
			return err
		}
		s, err := d.beneath(r, row.Value)
		if unlessMissing(err) != nil {
			return err
		}
		var one *DesertedSeal
		if err == nil && s.deserted(users) {
			left, err := s.left(r, users)
			if err != nil {
				return err
			}
			one = &left
		}
		if !more(row.After, one) {
			return nil
		}
	}
	return nil
}

// left is a deserted seal as data protection may know of it.
func (s *sealing) left(r archive.Reader, users []archive.User) (DesertedSeal, error) {
	lies := s.seal()
	one := DesertedSeal{s.thing(), s.akte.Number, lies.Kind, s.akte.Lead, lies.Until, false, "", s.akte.Person}
	q, err := r.SealRequestOn(one.Akte, one.Document)
	one.Asked = err == nil && q.What == archive.SealName && !s.outdated(users, q)
	return one, unlessMissing(err)
}

// beneath finds what a seal lies on for who isn't among its readers; a conflict of interest keeps her from it all the same.
func (d *Desk) beneath(r archive.Reader, on archive.SealedThing) (*sealing, error) {
	var doc *archive.Document
	if on.Document != "" {
		found, err := r.Document(on.Document)
		if err != nil {
			return nil, err
		}
		if on.Akte != "" && on.Akte != found.Akte {
			return nil, archive.ErrNotFound
		}
		doc, on.Akte = &found, found.Akte
	}
	akte, err := r.Akte(on.Akte)
	if err != nil {
		return nil, err
	}
	a := d.at(r, akte)
	if a.conflict {
		return nil, archive.ErrNotFound
	}
	return &sealing{a, doc}, nil
}

// CountDeserted counts for data protection the deserted seals, 50 at most and as far as a bounded look goes; 0 for
// anybody else. Numbers alone leave it.
func (d *Desk) CountDeserted(ctx context.Context) (n int, err error) {
	if _, ok := d.able(policies.ActTrailRead); !ok {
		return 0, nil
	}
	err = d.view(ctx, func(r archive.Reader) error {
		n = 0
		looked := 0
		return d.eachDeserted(r, "", func(_ archive.Position, row *DesertedSeal) bool {
			if row != nil {
				n++
			}
			looked++
			return n < sealsCounted && looked < sealsLooked
		})
	})
	return n, err
}
