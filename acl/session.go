package acl

import (
	"context"

	"eakte/archive"
	"eakte/archive/audit"
)

// Sessions are where the subject is signed in.
func (d *Desk) Sessions(ctx context.Context) (list []archive.Session, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		list, err = r.Sessions(d.subject.User)
		return err
	})
	return list, err
}

// EndSessions signs the subject out elsewhere: in those of her sessions that are named.
func (d *Desk) EndSessions(ctx context.Context, refs [][32]byte) error {
	done := act{op: audit.OpSignout, object: "user/" + string(d.subject.User)}
	return d.change(ctx, done, func(tx archive.Tx) (act, error) {
		ended := 0
		for _, ref := range refs {
			s, err := tx.Session(ref)
			if isNotFound(err) || err == nil && s.User != d.subject.User {
				continue // it ended by itself
			}
			if err != nil {
				return act{}, err
			}
			if err := tx.DeleteSession(ref); err != nil {
				return act{}, err
			}
			ended++
		}
		done.detail = &audit.Detail{Act: map[string]any{"sessions": ended}}
		return done, nil
	})
}
