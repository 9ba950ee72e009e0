package acl

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"eakte/archive"
)

// Unread is what [Guard.LookForUnusual] couldn't look at as a whole: an entry of the trail that is damaged, or one about
// something that is. It names nobody.
type Unread struct {
	// Entries counts them, Last is the place of the last, and At is when it was met.
	Entries int                `json:"entries"`
	Last    archive.TrailPlace `json:"last"`
	At      time.Time          `json:"at"`
}

// isDamaged reports whether something stored isn't what was written, so that trying again is no use.
func isDamaged(err error) bool { return errors.Is(err, archive.ErrDamaged) }

// readUnread is what couldn't be looked at until now.
func readUnread(r archive.Reader) (u Unread, err error) {
	data, err := r.Setting(unreadSetting)
	if isNotFound(err) {
		return u, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &u)
	}
	if err != nil {
		err = fmt.Errorf("acl: unread entries: %w", err)
	}
	return u, err
}

// keepUnread adds to it.
func (g *Guard) keepUnread(tx archive.Tx, places []archive.TrailPlace) error {
	if len(places) == 0 {
		return nil
	}
	u, err := readUnread(tx)
	if err != nil {
		return err
	}
	u.Entries, u.Last, u.At = u.Entries+len(places), places[len(places)-1], g.Now().UTC()
	data, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("acl: unread entries: %w", err)
	}
	return tx.PutSetting(unreadSetting, data)
}
