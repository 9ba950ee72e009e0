package acl

import (
	"context"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// InboxPage is a page of a basket.
type InboxPage struct {
	Items []InboxView
	Next  string
}

type inboxCursor struct{ After archive.Position }

// ShelfOpen has what lies unfiled in a basket and was not set aside; the other shelves are those of
// the archive.
const ShelfOpen = "open"

// Inbox lists what lies unfiled in a basket the subject works, oldest first; where no department is
// named, in that of her first such pair.
func (d *Desk) Inbox(ctx context.Context, department string, limit int, cursor string) (InboxPage, error) {
	return d.Shelf(ctx, department, "", limit, cursor)
}

// Shelf is Inbox for a part of the basket: [ShelfOpen], [archive.ShelfAside] or [archive.ShelfFailed];
// "" is all of it.
func (d *Desk) Shelf(ctx context.Context, department, shelf string, limit int, cursor string) (InboxPage, error) {
	if !slices.Contains([]string{"", ShelfOpen, archive.ShelfAside, archive.ShelfFailed}, shelf) {
		return InboxPage{}, &archive.FieldError{Pointer: "/shelf", Code: "unknown"}
	}
	var page InboxPage
	tried := act{op: audit.OpInboxList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		var departments []string
		if department != "" {
			departments = []string{department}
		}
		v, ok := d.able(policies.ActInbox, departments...)
		if !ok {
			return act{}, ErrDenied
		}
		done := tried
		done.verdict, done.window = v, "basket/"+v.pair.Department // the actor's department names the basket
		var err error
		page, err = d.shelf(r, v.pair.Department, shelf, clampLimit(limit), cursor)
		return done, err
	})
	return page, err
}

func (d *Desk) shelf(r archive.Reader, department, shelf string, limit int, cursor string) (InboxPage, error) {
	name := "inbox/" + department + "/" + shelf
	c, err := openCursor[inboxCursor](d, name, cursor)
	if err != nil {
		return InboxPage{}, err
	}
	list := r.Basket(department, c.After)
	if shelf == archive.ShelfAside || shelf == archive.ShelfFailed {
		list = r.Shelf(department, shelf, c.After)
	}
	page := InboxPage{Items: []InboxView{}}
	var last archive.Position
	for row, err := range list {
		if err != nil {
			return InboxPage{}, err
		}
		if shelf == ShelfOpen && row.Value.Aside != nil {
			continue
		}
		if len(page.Items) == limit {
			page.Next = sealCursor(d, name, inboxCursor{last})
			break
		}
		view, err := d.showItem(r, row.Value)
		if err != nil {
			return InboxPage{}, err
		}
		page.Items, last = append(page.Items, view), row.After
	}
	return page, nil
}

// BasketView is a basket with how much lies in it.
type BasketView struct {
	Department string
	archive.BasketCount
	// Whole says that stacks are not taken apart by themselves at separator sheets.
	Whole bool
}

// Baskets counts what lies in the baskets that the subject works, in the order of her pairs. Counts tell
// of nobody, so they are no event.
func (d *Desk) Baskets(ctx context.Context) ([]BasketView, error) {
	var out []BasketView
	tried := act{op: audit.OpInboxList}
	err := d.view(ctx, func(r archive.Reader) error {
		out = nil
		for _, p := range d.subject.Pairs {
			known := slices.ContainsFunc(out, func(b BasketView) bool { return b.Department == p.Department })
			if known || !d.guard.able(p, policies.ActInbox) {
				continue
			}
			n, err := r.CountBasket(p.Department)
			if err != nil {
				return err
			}
			whole, err := archive.KeepsWhole(r, p.Department)
			if err != nil {
				return err
			}
			out = append(out, BasketView{p.Department, n, whole})
		}
		if out == nil {
			return ErrDenied
		}
		return nil
	})
	return out, d.refused(ctx, tried, err)
}

// claimLength is for how long an item is claimed.
const claimLength = 15 * time.Minute

// ClaimView says who works on an item; the zero value: nobody.
type ClaimView struct {
	archive.Claim
	// Name is what pages call the user.
	Name string
	// Mine says that it is the reader herself.
	Mine bool
}

// claimed shows who works on an item.
func (d *Desk) claimed(r archive.Reader, item archive.InboxItem) (ClaimView, error) {
	c, err := r.Claim(item.ID)
	if err != nil || !c.Holds(d.guard.Now()) {
		return ClaimView{}, err
	}
	view := ClaimView{Claim: c, Mine: c.User == d.subject.User}
	view.Name, err = displayName(r, c.User)
	return view, err
}

// ClaimItem claims an unfiled item for a quarter of an hour, or for another one if it is claimed already.
// Where a colleague has it: [ErrClaimed], or, with over, it is taken from her, which is recorded. It is no
// edit, and shows nothing of the content.
func (d *Desk) ClaimItem(ctx context.Context, id archive.InboxID, over bool) (InboxView, error) {
	tried := act{op: audit.OpInboxTakeover, object: "inbox/" + string(id)}
	err := d.update(ctx, func(tx archive.Tx) error {
		_, v, err := d.workItem(tx, id, policies.ActInbox)
		if err != nil {
			return err
		}
		was, err := tx.Claim(id)
		if err != nil {
			return err
		}
		now := d.guard.Now().UTC()
		if was.Holds(now) && was.User != d.subject.User {
			if !over {
				return ErrClaimed
			}
			done := tried
			done.verdict, done.detail = v, &audit.Detail{Act: map[string]any{"from": was.User}}
			if err := tx.Record(d.event(done)); err != nil {
				return err
			}
		}
		return tx.PutClaim(id, archive.Claim{User: d.subject.User, Until: now.Add(claimLength)})
	})
	if err != nil {
		return InboxView{}, d.refused(ctx, tried, err)
	}
	return d.received(ctx, id)
}

// ReleaseItem gives up the subject's claim; that of a colleague stays.
func (d *Desk) ReleaseItem(ctx context.Context, id archive.InboxID) error {
	err := d.update(ctx, func(tx archive.Tx) error {
		if _, _, err := d.workItem(tx, id, policies.ActInbox); err != nil {
			return err
		}
		was, err := tx.Claim(id)
		if err != nil || was.User != d.subject.User {
			return err
		}
		return tx.PutClaim(id, archive.Claim{})
	})
	return d.refused(ctx, act{op: audit.OpInboxTakeover, object: "inbox/" + string(id)}, err)
}

// SetAside lets an unfiled item wait in its basket, perhaps until a day, and gives up the claim on it.
func (d *Desk) SetAside(ctx context.Context, id archive.InboxID, why archive.Aside) (InboxView, error) {
	if err := why.Normalise(); err != nil {
		return InboxView{}, err
	}
	tried := act{op: audit.OpInboxAside, object: "inbox/" + string(id)}
	tried.detail = &audit.Detail{Act: map[string]any{"aside": true, "until": why.Until}}
	return d.changeItem(ctx, tried, id, func(tx archive.Tx, item *archive.InboxItem) error {
		why.By, why.At = d.subject.User, d.guard.Now().UTC()
		item.Aside = &why
		if err := d.asideAlong(tx, *item); err != nil {
			return err
		}
		return tx.PutClaim(id, archive.Claim{})
	})
}

// TakeUp takes up an item that was set aside. What wasn't stays as it is.
func (d *Desk) TakeUp(ctx context.Context, id archive.InboxID) (InboxView, error) {
	tried := act{op: audit.OpInboxAside, object: "inbox/" + string(id)}
	tried.detail = &audit.Detail{Act: map[string]any{"aside": false}}
	return d.changeItem(ctx, tried, id, func(tx archive.Tx, item *archive.InboxItem) error {
		item.Aside = nil
		return d.asideAlong(tx, *item)
	})
}

// ChangeItem changes what is known of how an unfiled item came in: day, channel, sender, note. revision
// is the one the subject saw; a later one is a [*StaleError].
func (d *Desk) ChangeItem(ctx context.Context, id archive.InboxID, revision int64, edit func(*archive.InboxItem) error) (InboxView, error) {
	tried := act{op: audit.OpInboxChange, object: "inbox/" + string(id)}
	return d.changeItem(ctx, tried, id, func(_ archive.Tx, item *archive.InboxItem) error {
		if item.Revision != revision {
			return &StaleError{item.Revision}
		}
		said := *item
		if err := edit(&said); err != nil {
			return err
		}
		if err := said.Normalise(d.guard.Policies); err != nil {
			return err
		}
		item.ReceivedOn, item.Channel, item.Sender, item.Note = said.ReceivedOn, said.Channel, said.Sender, said.Note
		return nil
	})
}

// changeItem edits an unfiled item that nobody else is at.
func (d *Desk) changeItem(ctx context.Context, tried act, id archive.InboxID, edit func(archive.Tx, *archive.InboxItem) error) (InboxView, error) {
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		item, v, err := d.holdItem(tx, id, policies.ActInbox)
		if err != nil {
			return act{}, err
		}
		if err := edit(tx, &item); err != nil {
			return act{}, err
		}
		item.Changed, item.Revision = d.guard.Now().UTC(), item.Revision+1
		done := tried
		done.verdict = v
		return done, tx.PutInboxItem(item)
	})
	if err != nil {
		return InboxView{}, err
	}
	return d.received(ctx, id)
}
