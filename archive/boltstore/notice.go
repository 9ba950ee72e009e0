package boltstore

import (
	"crypto/sha256"
	"maps"
	"slices"

	"eakte/archive"
)

// A notice is all key: random ids and a number. What is looked for, and by what name, is sealed with the profile.

func noticePlace(user archive.UserID, search archive.SearchID) ([]byte, bool) {
	u, known := raw(user)
	s, ok := raw(search)
	return join(u, s), known && ok
}

// Watchers implements [archive.Reader].
func (r *reader) Watchers() (out []archive.Watcher, err error) {
	for p, err := range r.scan(span{bucket: bNoticeWatch}) {
		if err != nil {
			return nil, err
		}
		w := archive.Watcher{User: idOf[archive.UserID](p.key)}
		if len(p.value) == 8 {
			w.Mark = number(p.value)
		}
		out = append(out, w)
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

// PutNotices implements [archive.Tx]. It costs what the notices are, not what was noted before.
func (t *transaction) PutNotices(notices []archive.Notice) error {
	if err := t.room(); err != nil {
		return err
	}
	more := map[string]int{} // by place
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
		key := join(place, u64(n.Seq), document)
		if t.value(bNotice, key) != nil {
			continue
		}
		if _, known := more[string(place)]; !known {
			if more[string(place)], err = t.noticed(place); err != nil {
				return err
			}
		}
		if err := t.put(bNotice, key, []byte{}); err != nil {
			return err
		}
		more[string(place)]++
	}
	for _, place := range slices.Sorted(maps.Keys(more)) {
		if err := t.keepNotices([]byte(place), more[place]); err != nil {
			return err
		}
	}
	return nil
}

// noticed is how many notices there are of a search. Those from before they were counted are counted once.
func (t *transaction) noticed(place []byte) (n int, err error) {
	if v := t.value(bNoticeCount, place); len(v) == 8 {
		return int(number(v)), nil
	}
	for _, err := range t.scan(span{bucket: bNotice, prefix: place}) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// keepNotices notes how many notices of a search there are, and forgets the oldest of too many.
func (t *transaction) keepNotices(place []byte, n int) error {
	var old [][]byte
	for p, err := range t.scan(span{bucket: bNotice, prefix: place}) {
		if err != nil {
			return err
		}
		if n-len(old) <= archive.MaxNotices {
			break
		}
		old = append(old, join(place, p.key))
	}
	return t.dropNotices(place, old, n)
}

// DropNotices implements [archive.Tx]. It reads those that go and one more.
func (t *transaction) DropNotices(user archive.UserID, search archive.SearchID, upTo uint64) error {
	place, ok := noticePlace(user, search)
	if !ok {
		return nil
	}
	var old [][]byte
	for p, err := range t.scan(span{bucket: bNotice, prefix: place}) {
		if err != nil {
			return err
		}
		if number(p.key[:8]) > upTo {
			break
		}
		old = append(old, join(place, p.key))
	}
	if len(old) == 0 {
		return nil
	}
	n, err := t.noticed(place)
	if err != nil {
		return err
	}
	return t.dropNotices(place, old, n)
}

// dropNotices forgets some of n notices of a search.
func (t *transaction) dropNotices(place []byte, keys [][]byte, n int) error {
	for _, key := range keys {
		if err := t.drop(bNotice, key); err != nil {
			return err
		}
	}
	if n -= len(keys); n > 0 {
		return t.put(bNoticeCount, place, u64(uint64(n)))
	}
	return t.drop(bNoticeCount, place)
}

// watches keeps whether a user has a saved search for which new hits are noted, and by what her profile is known.
func (t *transaction) watches(key []byte, p archive.Profile) error {
	if slices.ContainsFunc(p.Searches, func(s archive.SavedSearch) bool { return s.Notify }) {
		sum := sha256.Sum256(t.value(bProfile, key))
		return t.put(bNoticeWatch, key, sum[:8])
	}
	if t.value(bNoticeWatch, key) == nil {
		return nil
	}
	return t.drop(bNoticeWatch, key)
}
