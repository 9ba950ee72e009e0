package archive

import (
	"errors"
	"time"
)

// InboxItem is something received and not yet filed.
type InboxItem struct {
	ID InboxID `json:"id"`
	// Basket is the department in whose basket it lies.
	Basket     string    `json:"department"`
	ReceivedOn string    `json:"received_on,omitempty"`
	Channel    string    `json:"channel,omitempty"`
	Sender     string    `json:"sender,omitempty"`
	Note       string    `json:"note,omitempty"`
	BroughtBy  string    `json:"brought_by"`
	Version    VersionID `json:"version_id"`
	// Aside says that it was set aside in its basket; nil: it wasn't.
	Aside *Aside `json:"aside,omitempty"`
	// Filed are the documents made of it; empty while it lies in a basket. FiledBy and FiledAt tell
	// who filed it and when.
	Filed   []DocumentID `json:"filed,omitempty"`
	FiledBy UserID       `json:"filed_by,omitempty"`
	FiledAt time.Time    `json:"filed_at,omitzero"`
	// From are the items whose pages it was put together from; empty for what was received.
	From []InboxID `json:"from,omitempty"`
	// Arranging is the arrangement of its pages that is under way or has failed; nil: there is none.
	Arranging *Arranging `json:"arranging,omitempty"`
	// Sheet is the separator sheet that lay in front of its pages; nil: there was none.
	Sheet *Separator `json:"sheet,omitempty"`
	// Parted says that it was taken apart at its separator sheets once: never again by itself.
	Parted bool `json:"parted,omitempty"`
	// Arranged are the items made of its pages. It then lies in no basket, and its bytes stay until nobody
	// can need them any more: see [Settled].
	Arranged []InboxID `json:"arranged,omitempty"`
	// Enclosed says which container it was unpacked from; nil: it came in by itself.
	Enclosed *Enclosed `json:"enclosed,omitempty"`
	Created  time.Time `json:"created"`
	Changed  time.Time `json:"changed"`
	Revision int64     `json:"revision"`
}

// Waits reports whether the item lies in its basket: neither filed nor taken apart.
func (i InboxItem) Waits() bool { return len(i.Filed) == 0 && len(i.Arranged) == 0 }

// Aside says why an item waits in its basket, and for what day.
type Aside struct {
	// Until is the day on which it is to be looked at again, "2026-11-30"; may be empty.
	Until string    `json:"until,omitempty"`
	Note  string    `json:"note,omitempty"`
	By    UserID    `json:"by"`
	At    time.Time `json:"at"`
}

// Arranging is how the pages of items are to be put together anew. All its sources have it, and
// Sources[0] alone has the outputs.
type Arranging struct {
	Job JobID  `json:"job_id"`
	By  UserID `json:"by"`
	// Sources are the items whose pages are used, in the order in which leaves count them.
	Sources []InboxID `json:"sources"`
	// Outputs are the items to be made, each with its leaves in order.
	Outputs [][]Leaf `json:"outputs,omitempty"`
	// Sheets are the separator sheets in front of the outputs, as many as these, where it was made by them; nil
	// for an output without one.
	Sheets []*Separator `json:"sheets,omitempty"`
}

// Leaf is a page taken from a source.
type Leaf struct {
	// Source counts the sources from 0.
	Source int `json:"source"`
	// Page counts from 1.
	Page int `json:"page"`
	// Turn is by how many degrees clockwise it is turned beyond how it is shown: 0, 90, 180 or 270.
	Turn int `json:"turn,omitempty"`
}

// Claim says who works on an unfiled item, and until when nobody else should. The zero value is nobody.
type Claim struct {
	User  UserID    `json:"user"`
	Until time.Time `json:"until"`
}

// Holds reports whether the claim is in force.
func (c Claim) Holds(now time.Time) bool { return c.User != "" && now.Before(c.Until) }

// Shelves are parts of a basket that have a list of their own.
const (
	// ShelfAside has what was set aside: what has a day by it, then the rest.
	ShelfAside = "aside"
	// ShelfFailed has what the machine couldn't read, whatever the reason, by arrival.
	ShelfFailed = "failed"
)

// BasketCount counts what lies in a basket. Aside and Failed are among Unfiled. Arranged are those that
// lay in it before their pages were put together anew, and whose bytes are still kept.
type BasketCount struct{ Unfiled, Aside, Failed, Arranged int }

// Unread reports whether a state says that the machine couldn't read what was received.
func Unread(state string) bool {
	return state == StateFailed || state == StateQuarantined || state == StatePassword
}

// Settled reports whether everything that was made of an item's pages lies in Akten, so that no arrangement
// of them can be taken back, and since when. since is zero where nothing of it is left: it was erased.
func Settled(r Reader, item InboxItem) (since time.Time, settled bool, err error) {
	for _, id := range item.Arranged {
		made, err := r.InboxItem(id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return time.Time{}, false, err
		}
		at, done := made.FiledAt, len(made.Filed) > 0
		if len(made.Arranged) > 0 {
			if at, done, err = Settled(r, made); err != nil {
				return time.Time{}, false, err
			}
		}
		if !done {
			return time.Time{}, false, nil
		}
		if at.After(since) {
			since = at
		}
	}
	return since, len(item.Arranged) > 0, nil
}
