package boltstore

import (
	"cmp"
	"fmt"
	"time"

	"eakte/archive"
)

// basketKey is an item's place in its basket; nil for one that lies in none.
func basketKey(i archive.InboxItem, id []byte) []byte {
	if i.Basket == "" || !i.Waits() {
		return nil
	}
	return join(word(i.Basket), moment(i.Created), id)
}

// noDay stands behind every day.
const noDay = "~"

// asideDay is the day under which an item set aside is listed.
func asideDay(i archive.InboxItem) string {
	if i.Aside == nil {
		return ""
	}
	return cmp.Or(i.Aside.Until, noDay)
}

// shelfKey is an item's place on a shelf of its basket, by the state of its version; nil where it
// doesn't lie there.
func shelfKey(i archive.InboxItem, shelf, state string, id []byte) []byte {
	if i.Basket == "" || !i.Waits() || shelf == archive.ShelfAside && i.Aside == nil || shelf == archive.ShelfFailed && !archive.Unread(state) {
		return nil
	}
	day := ""
	if shelf == archive.ShelfAside {
		day = asideDay(i)
	}
	return join(word(i.Basket), word(shelf), word(day), moment(i.Created), id)
}

func shelves() []string { return []string{archive.ShelfAside, archive.ShelfFailed} }

// filedKey is an item's place among what its clerk filed; nil for one that isn't filed.
func filedKey(i archive.InboxItem, id []byte) []byte {
	if len(i.Filed) == 0 || i.FiledBy == "" {
		return nil
	}
	return join(anyID(string(i.FiledBy)), moment(i.FiledAt), id)
}

// arrangedKey is the place of an item whose pages went into others; nil for all others.
func arrangedKey(i archive.InboxItem, id []byte) []byte {
	if len(i.Arranged) == 0 {
		return nil
	}
	return join(moment(i.Changed), id)
}

// shelfArranged counts what was taken apart; it has no list by basket.
const shelfArranged = "arranged"

// counted are the keys under which an item is counted, by the state of its version.
func counted(i archive.InboxItem, state string) (keys [][]byte) {
	if i.Basket == "" {
		return nil
	}
	for _, at := range []struct {
		shelf string
		in    bool
	}{
		{"", i.Waits()}, {archive.ShelfAside, i.Waits() && i.Aside != nil},
		{archive.ShelfFailed, i.Waits() && archive.Unread(state)}, {shelfArranged, len(i.Arranged) > 0},
	} {
		if at.in {
			keys = append(keys, join(word(i.Basket), word(at.shelf)))
		}
	}
	return keys
}

// tally counts an item anew that was counted as another or in another state.
func (t *transaction) tally(old archive.InboxItem, was string, i archive.InboxItem, state string) error {
	for _, change := range []struct {
		keys [][]byte
		by   int64
	}{{counted(i, state), +1}, {counted(old, was), -1}} { // never below zero between
		for _, key := range change.keys {
			if err := t.count(bInboxCount, key, change.by); err != nil {
				return err
			}
		}
	}
	return nil
}

// indexItem brings the lists that an item stands in up to date.
func (t *transaction) indexItem(key []byte, old, i archive.InboxItem) error {
	state, err := t.stateOf(i.Version)
	if err != nil {
		return err
	}
	if err := t.shift(bInboxBasket, basketKey(old, key), basketKey(i, key)); err != nil {
		return err
	}
	for _, shelf := range shelves() {
		if err := t.shift(bInboxShelf, shelfKey(old, shelf, state, key), shelfKey(i, shelf, state, key)); err != nil {
			return err
		}
	}
	if err := t.shift(bInboxFiled, filedKey(old, key), filedKey(i, key)); err != nil {
		return err
	}
	if err := t.shift(bInboxArranged, arrangedKey(old, key), arrangedKey(i, key)); err != nil {
		return err
	}
	if err := t.tally(old, state, i, state); err != nil {
		return err
	}
	if i.Waits() && (i.Aside == nil || old.Aside != nil) && i.Basket == old.Basket {
		return nil
	}
	return t.drop(bInboxClaim, key)
}

// stateOf is the stored state of a version; empty where there is none yet.
func (r *reader) stateOf(id archive.VersionID) (string, error) {
	key, ok := raw(id)
	value := r.value(bVersion, key)
	if !ok || value == nil {
		return "", nil
	}
	var v struct {
		State string `cbor:"7,keyasint"`
	}
	_, err := r.store.codec.decode(bVersion, key, value, &v)
	return v.State, err
}

// shelve puts the item of a version on the shelf of what couldn't be read, or takes it from there, where
// the version's state changed.
func (t *transaction) shelve(old, v archive.Version) error {
	key, ok := raw(cmp.Or(v.Inbox, old.Inbox))
	if !ok || archive.Unread(old.State) == archive.Unread(v.State) {
		return nil
	}
	value := t.value(bInbox, key)
	if value == nil {
		return nil // found at the end of the update
	}
	var p inboxPlain
	if _, err := t.store.codec.decode(bInbox, key, value, &p); err != nil {
		return err
	}
	i := archive.InboxItem{Basket: p.Basket, Filed: p.Filed, Arranged: p.Arranged, Created: p.Created}
	if err := t.shift(bInboxShelf, shelfKey(i, archive.ShelfFailed, old.State, key), shelfKey(i, archive.ShelfFailed, v.State, key)); err != nil {
		return err
	}
	return t.tally(i, old.State, i, v.State)
}

// Basket implements [archive.Reader].
func (r *reader) Basket(department string, after archive.Position) archive.List[archive.InboxItem] {
	return r.items(span{bucket: bInboxBasket, prefix: word(department), after: after})
}

// Latest implements [archive.Reader].
func (r *reader) Latest(department string, after archive.Position) archive.List[archive.InboxItem] {
	return r.items(span{bucket: bInboxBasket, prefix: word(department), after: after, down: true})
}

// Shelf implements [archive.Reader].
func (r *reader) Shelf(department, shelf string, after archive.Position) archive.List[archive.InboxItem] {
	return r.items(span{bucket: bInboxShelf, prefix: join(word(department), word(shelf)), after: after})
}

// FiledBy implements [archive.Reader].
func (r *reader) FiledBy(user archive.UserID, after archive.Position) archive.List[archive.InboxItem] {
	return r.items(span{bucket: bInboxFiled, prefix: anyID(string(user)), after: after, down: true})
}

func (r *reader) items(s span) archive.List[archive.InboxItem] {
	return rows(r, s, func(p pair) (archive.InboxItem, error) { return r.inboxItem(p.key[len(p.key)-idSize:]) })
}

// Arranged implements [archive.Reader].
func (r *reader) Arranged(after archive.Position) archive.List[archive.InboxItem] {
	return r.items(span{bucket: bInboxArranged, after: after})
}

// CountBasket implements [archive.Reader].
func (r *reader) CountBasket(department string) (archive.BasketCount, error) {
	on := func(shelf string) int {
		return int(number(r.value(bInboxCount, join(word(department), word(shelf)))))
	}
	return archive.BasketCount{
		Unfiled: on(""), Aside: on(archive.ShelfAside), Failed: on(archive.ShelfFailed), Arranged: on(shelfArranged),
	}, nil
}

// claimRecord is a claim; nothing in it is personal.
type claimRecord struct {
	User  archive.UserID `cbor:"1,keyasint"`
	Until time.Time      `cbor:"2,keyasint"`
}

// Claim implements [archive.Reader].
func (r *reader) Claim(id archive.InboxID) (archive.Claim, error) {
	key, ok := raw(id)
	value := r.value(bInboxClaim, key)
	if !ok || value == nil {
		return archive.Claim{}, nil
	}
	var c claimRecord
	if _, err := r.store.codec.decode(bInboxClaim, key, value, &c); err != nil {
		return archive.Claim{}, fmt.Errorf("claim %s: %w", id, err)
	}
	return archive.Claim{User: c.User, Until: c.Until}, nil
}

// PutClaim implements [archive.Tx].
func (t *transaction) PutClaim(id archive.InboxID, c archive.Claim) error {
	key, err := named("claim", id)
	if err != nil {
		return err
	}
	if c.User == "" {
		return t.drop(bInboxClaim, key)
	}
	if err := t.room(); err != nil {
		return err
	}
	if t.value(bInbox, key) == nil {
		return missing("inbox item")
	}
	value, err := t.store.codec.encode(bInboxClaim, key, claimRecord{User: c.User, Until: c.Until}, nil, nil)
	if err != nil {
		return err
	}
	return t.put(bInboxClaim, key, value)
}
