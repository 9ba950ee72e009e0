package acl

import (
	"context"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
)

// doomed is what an erasure takes away, as far as it is named in what people keep for themselves.
type doomed struct {
	archive.Erasure
	// ids are those of the Akte and of what lies in it, or of a single document; with the person's, if she goes, too.
	ids []string
	// person is set if she goes, too.
	person archive.PersonID
	naming
}

// eraseKept takes what is erased out of what people keep for themselves, and out of what was learned of it: Akten at hand
// and opened last, what they typed in it and didn't send, saved searches that name the person, if she goes, too, and what
// was said about its documents in inquiries that ended.
func (g *Guard) eraseKept(ctx context.Context, e archive.Erasure) error {
	if err := g.learned.forget(ctx, g, e.Akte, e.Document); err != nil {
		return err
	}
	var users []archive.User
	gone := doomed{Erasure: e}
	err := g.Store.View(ctx, func(r archive.Reader) (err error) {
		if users, err = r.Users(); err == nil {
			gone, err = g.doomedBy(r, e)
		}
		return err
	})
	for _, u := range users {
		if err != nil {
			return err
		}
		err = g.Store.Update(ctx, func(tx archive.Tx) error { return gone.forgetKept(tx, u.ID) })
	}
	if err == nil {
		err = g.eraseHeld(ctx, users, gone)
	}
	if err == nil {
		err = g.eraseReports(ctx, gone)
	}
	if err == nil {
		err = g.eraseDecided(ctx, gone)
	}
	return err
}

// doomedBy finds what an erasure takes away. Of what is gone already nothing is found, and nothing is left to do.
func (g *Guard) doomedBy(r archive.Reader, e archive.Erasure) (gone doomed, err error) {
	gone.Erasure = e
	if e.Document != "" {
		gone.ids = []string{string(e.Document)}
		return gone, nil
	}
	akte, err := r.Akte(e.Akte)
	if err != nil {
		return gone, unlessMissing(err)
	}
	gone.ids = []string{string(e.Akte)}
	for _, reg := range g.Policies.Registers() {
		for row, err := range r.Documents(e.Akte, reg.Key, "") {
			if err != nil {
				return gone, err
			}
			gone.ids = append(gone.ids, string(row.Value.ID))
			if item := row.Value.Item; item != "" {
				gone.ids = append(gone.ids, string(item))
			}
		}
	}
	cases, err := r.CasesOf(e.Akte)
	if err != nil {
		return gone, err
	}
	for _, c := range cases {
		gone.ids = append(gone.ids, string(c.ID))
	}
	others, err := r.AktenOf(akte.Person)
	if err != nil {
		return gone, err
	}
	var goes *archive.Person
	if len(others) == 1 {
		p, err := r.Person(akte.Person)
		if err != nil {
			return gone, err
		}
		goes, gone.person, gone.ids = &p, p.ID, append(gone.ids, string(p.ID))
	}
	gone.naming, err = namingOf(r, akte, goes)
	return gone, err
}

// about reports whether one of the ids is among those of what is gone.
func (gone doomed) about(ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(gone.ids, id) })
}

// forgetKept takes it out of what one of them keeps.
func (gone doomed) forgetKept(tx archive.Tx, user archive.UserID) error {
	if err := tx.ForgetDrafts(user, gone.hasTyped); err != nil {
		return err
	}
	if gone.Document != "" {
		return nil
	}
	p, err := tx.Profile(user)
	if err != nil {
		return unlessMissing(err)
	}
	was := len(p.Pinned) + len(p.Recent) + len(p.Searches)
	p.Pinned = slices.DeleteFunc(slices.Clone(p.Pinned), func(id archive.AkteID) bool { return id == gone.Akte })
	p.Recent = slices.DeleteFunc(slices.Clone(p.Recent), func(o archive.Opened) bool { return o.Akte == gone.Akte })
	p.Searches = slices.DeleteFunc(slices.Clone(p.Searches), func(s archive.SavedSearch) bool {
		f := s.Filters
		return f.Akte == gone.Akte || f.Person != "" && f.Person == gone.person ||
			f.Akte == "" && f.Person == "" && (gone.tells(s.Name) || gone.tells(s.Text))
	})
	if len(p.Pinned)+len(p.Recent)+len(p.Searches) == was {
		return nil
	}
	return tx.PutProfile(p)
}

// hasTyped reports whether a draft is about it: by an id, or by what was typed into a form of nothing else that has one.
func (gone doomed) hasTyped(d archive.Draft) bool {
	key := strings.Split(d.Key, "/")
	if gone.about(key) {
		return true
	}
	for _, v := range d.Values {
		if gone.about(v) {
			return true
		}
	}
	other := slices.ContainsFunc(key, func(part string) bool { _, err := archive.ParseID[string](part); return err == nil })
	return !other && gone.naming.typed(d.Values)
}

// eraseHeld drops forms that are held for who posted them when nobody was signed in any more, and that are about it.
func (g *Guard) eraseHeld(ctx context.Context, users []archive.User, gone doomed) error {
	var held [][32]byte
	err := g.Store.View(ctx, func(r archive.Reader) error {
		held = nil
		for _, u := range users {
			all, err := r.Sessions(u.ID)
			if err != nil {
				return err
			}
			for _, s := range all {
				if gone.about(s.About) || len(s.About) == archive.MostAbout { // what it is about beside those isn't known
					held = append(held, s.Ref)
				}
			}
		}
		return nil
	})
	if err != nil || len(held) == 0 {
		return err
	}
	return g.Store.Update(ctx, func(tx archive.Tx) error {
		for _, ref := range held {
			if err := tx.DeleteSession(ref); err != nil {
				return err
			}
		}
		return nil
	})
}

// eraseReports drops reports of a conflict of interest that tell of the person, or of the Akte: there is nobody left from
// whom somebody could be kept.
func (g *Guard) eraseReports(ctx context.Context, gone doomed) error {
	var reports []archive.ConflictReport
	err := g.Store.View(ctx, func(r archive.Reader) error {
		reports = nil
		for row, err := range r.ConflictReports("") {
			if err != nil {
				return err
			}
			if c := row.Value; gone.tells(c.About) || gone.tells(c.Reason) {
				reports = append(reports, c)
			}
		}
		return nil
	})
	for _, c := range reports {
		if err != nil {
			return err
		}
		err = unlessMissing(g.Store.Update(ctx, func(tx archive.Tx) error {
			if err := tx.DeleteConflictReport(c.ID); err != nil {
				return err
			}
			return tx.Record(g.eraseEvent(gone.Erasure, audit.OpConflictDecline, "user/"+string(c.User), map[string]any{"report": c.ID}))
		}))
	}
	return err
}

// eraseEvent is the event of what the machine changes for an erasure elsewhere.
func (g *Guard) eraseEvent(e archive.Erasure, op audit.Op, object string, said map[string]any) audit.Event {
	said["erasure"] = e.ID
	return audit.Event{
		Time: g.Now().UTC(), Actor: audit.System(), Op: op, Object: object, Result: audit.Allow, Policy: g.Policies.Hash(), Detail: &audit.Detail{Act: said},
	}
}

// eraseDecided takes what was decided about its documents out of inquiries that are over; where the person goes, they go
// with her.
func (g *Guard) eraseDecided(ctx context.Context, gone doomed) error {
	ofIt := func(i archive.InquiryItem) bool {
		return i.Akte == gone.Akte && (gone.Document == "" || i.Document == gone.Document)
	}
	var inquiries []archive.InquiryID
	err := g.Store.View(ctx, func(r archive.Reader) error {
		inquiries = nil
		for row, err := range r.Inquiries(false, "") {
			if err != nil {
				return err
			}
			if slices.ContainsFunc(row.Value.Items, ofIt) {
				inquiries = append(inquiries, row.Value.ID)
			}
		}
		return nil
	})
	for _, id := range inquiries {
		if err != nil {
			return err
		}
		err = g.Store.Update(ctx, func(tx archive.Tx) error {
			q, err := tx.Inquiry(id)
			if err != nil {
				return err
			}
			had := len(q.Items)
			q.Items, q.Revision = slices.DeleteFunc(q.Items, ofIt), q.Revision+1
			if err := tx.PutInquiry(q); err != nil {
				return err
			}
			said := map[string]any{"inquiry": id, "pieces": had - len(q.Items)}
			return tx.Record(g.eraseEvent(gone.Erasure, audit.OpInquiryReview, "inquiry/"+string(id), said))
		})
	}
	return err
}
