package storetest

import (
	"errors"
	"slices"

	"eakte/archive"
)

func testNotices(b *bench) {
	u, other := b.account(), b.account()
	one, two := archive.NewID[archive.SearchID](), archive.NewID[archive.SearchID]()
	var docs []archive.DocumentID
	for range 4 {
		docs = append(docs, archive.NewID[archive.DocumentID]())
	}
	note := func(user archive.UserID, search archive.SearchID, seq uint64, d archive.DocumentID) archive.Notice {
		return archive.Notice{User: user, Search: search, Seq: seq, Document: d}
	}
	put := func(n ...archive.Notice) error {
		return b.house(func(tx archive.Tx) error { return tx.PutNotices(n) })
	}
	err := put(note(u.ID, one, 7, docs[0]), note(u.ID, one, 9, docs[1]), note(u.ID, two, 8, docs[0]), note(other.ID, one, 8, docs[2]))
	if err == nil {
		err = put(note(u.ID, one, 9, docs[1]), note(u.ID, one, 12, docs[3])) // the first one a second time
	}
	if err != nil {
		b.t.Fatal(err)
	}
	if err := put(note(archive.NewID[archive.UserID](), one, 7, docs[0])); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("a notice for nobody: %v, want invalid", err)
	}
	b.reopen()
	noted := func(what string, user archive.UserID, search archive.SearchID, after uint64, want ...archive.DocumentID) {
		b.t.Helper()
		b.view(func(r archive.Reader) error {
			list, err := r.Notices(user, search, after)
			var got []archive.DocumentID
			for _, n := range list {
				got = append(got, n.Document)
			}
			if err != nil || !slices.Equal(got, want) {
				b.t.Errorf("%s: %v, %v, want %v", what, got, err, want)
			}
			return nil
		})
	}
	noted("all of a search", u.ID, one, 0, docs[0], docs[1], docs[3])
	noted("after a number", u.ID, one, 7, docs[1], docs[3])
	noted("after the last", u.ID, one, 12)
	noted("somebody else's", other.ID, one, 0, docs[2])
	if err := b.house(func(tx archive.Tx) error { return tx.DropNotices(u.ID, one, 9) }); err != nil {
		b.t.Fatal(err)
	}
	noted("when some were dropped", u.ID, one, 0, docs[3])
	noted("another search", u.ID, two, 0, docs[0])
	var many []archive.Notice
	for i := range archive.MaxNotices {
		many = append(many, note(u.ID, one, uint64(20+i), docs[0]))
	}
	if err := put(many...); err != nil {
		b.t.Fatal(err)
	}
	b.view(func(r archive.Reader) error {
		if list, err := r.Notices(u.ID, one, 0); err != nil || len(list) != archive.MaxNotices || list[0].Seq != 20 {
			b.t.Errorf("%d notices, %v, want the newest %d", len(list), err, archive.MaxNotices)
		}
		return nil
	})
	for _, n := range many[:3] { // the newest stay, however they came
		n.Seq += archive.MaxNotices
		if err := put(n); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := b.house(func(tx archive.Tx) error { return tx.DropNotices(u.ID, one, 24) }); err != nil {
		b.t.Fatal(err)
	}
	b.view(func(r archive.Reader) error {
		if list, err := r.Notices(u.ID, one, 0); err != nil || len(list) != archive.MaxNotices-2 || list[0].Seq != 25 {
			b.t.Errorf("%d notices from %d on, %v, want all from 25 on", len(list), list[0].Seq, err)
		}
		return nil
	})
	watch := func(notify bool, want ...archive.UserID) {
		b.t.Helper()
		p := archive.Profile{User: u.ID, Searches: []archive.SavedSearch{{ID: two, Name: "x"}, {ID: one, Name: "y", Notify: notify, Seen: 3}}}
		if err := b.house(func(tx archive.Tx) error { return tx.PutProfile(p) }); err != nil {
			b.t.Fatal(err)
		}
		b.view(func(r archive.Reader) error {
			got, err := r.Watchers()
			users := []archive.UserID{}
			for _, w := range got {
				users = append(users, w.User)
			}
			if err != nil || !slices.Equal(users, want) {
				b.t.Errorf("watchers %v, %v, want %v", got, err, want)
			}
			kept, err := r.Profile(u.ID)
			same(b, "profile", kept, err, p)
			return nil
		})
	}
	watch(true, u.ID)
	mark := func() (out uint64) {
		b.view(func(r archive.Reader) error {
			all, err := r.Watchers()
			if err == nil && len(all) == 1 {
				out = all[0].Mark
			}
			return err
		})
		return out
	}
	before := mark()
	again := mark()
	if watch(true, u.ID); before == 0 || again != before || mark() == before {
		b.t.Errorf("a profile is known by %d and %d, when it was stored again by %d", before, again, mark())
	}
	watch(false)
	watch(false)
}
