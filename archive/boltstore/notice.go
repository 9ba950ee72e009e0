package boltstore

import (
	"eakte/archive"
)

// A notice is all key: random ids and a number. What is looked for, and by what name, is sealed with the profile.

func noticePlace(user archive.UserID, search archive.SearchID) ([]byte, bool) {
	u, known := raw(user)
	s, ok := raw(search)
	return join(u, s), known && ok
}

// Watchers implements [archive.Reader].
func (r *reader) Watchers() (out []archive.UserID, err error) {
	for p, err := range r.scan(span{bucket: bNoticeWatch}) {
		if err != nil {
			return nil, err
		}
		out = append(out, idOf[archive.UserID](p.key))
	}
	return out, nil
}

// Notices implements [archive.Reader].
func (r *reader) Notices(user archive.UserID, search archive.SearchID, after uint64) (out []archive.Notice, err error) {
	place, ok := noticePlace(user, search)
	if !ok {
		return nil, nil
	}
	for p, err := range r.scan(span{bucket: bNotice, prefix: place, after: archive.Position(u64(after + 1))}) {
		if err != nil {
			return nil, err
		}
		out = append(out, archive.Notice{User: user, Search: search, Seq: number(p.key[:8]), Document: idOf[archive.DocumentID](p.key)})
	}
	return out, nil
}

// PutNotices implements [archive.Tx].
func (t *transaction) PutNotices(notices []archive.Notice) error {
	if err := t.room(); err != nil {
		return err
	}
	type owner struct {
		user   archive.UserID
		search archive.SearchID
	}
	owners := map[owner]bool{}
	for _, n := range notices {
		if _, err := t.account("notice", n.User); err != nil {
			return err
		}
		place, ok := noticePlace(n.User, n.Search)
		document, err := named("notice", n.Document)
		if err != nil {
			return err
		}
		if !ok {
			return invalid("notice", "its search has no id")
		}
		if err := t.put(bNotice, join(place, u64(n.Seq), document), []byte{}); err != nil {
			return err
		}
		owners[owner{n.User, n.Search}] = true
	}
	for o := range owners {
		all, err := t.Notices(o.user, o.search, 0)
		if err != nil {
			return err
		}
		if err := t.dropNotices(all[:max(0, len(all)-archive.MaxNotices)]); err != nil {
			return err
		}
	}
	return nil
}

// DropNotices implements [archive.Tx].
func (t *transaction) DropNotices(user archive.UserID, search archive.SearchID, upTo uint64) error {
	all, err := t.Notices(user, search, 0)
	if err != nil {
		return err
	}
	for i, n := range all {
		if n.Seq > upTo {
			all = all[:i]
			break
		}
	}
	return t.dropNotices(all)
}

func (t *transaction) dropNotices(notices []archive.Notice) error {
	for _, n := range notices {
		place, _ := noticePlace(n.User, n.Search)
		document, _ := raw(n.Document)
		if err := t.drop(bNotice, join(place, u64(n.Seq), document)); err != nil {
			return err
		}
	}
	return nil
}

// watches keeps whether a user has a saved search for which new hits are noted.
func (t *transaction) watches(key []byte, p archive.Profile) error {
	for _, s := range p.Searches {
		if s.Notify {
			return t.put(bNoticeWatch, key, []byte{})
		}
	}
	if t.value(bNoticeWatch, key) == nil {
		return nil
	}
	return t.drop(bNoticeWatch, key)
}
