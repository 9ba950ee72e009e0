package acl

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// What a user sets and keeps for herself is no act upon the file: it is stored without an event. Where it
// names Akten it gives no right; each is decided again whenever it is shown.

// Preferences returns how the subject wants the pages to be.
func (d *Desk) Preferences(ctx context.Context) (out archive.Preferences, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		p, err := d.profile(r)
		out = p.Preferences
		return err
	})
	return out, err
}

// Profile returns what the subject set and kept for herself, without the Akten whose head she may not
// see now.
func (d *Desk) Profile(ctx context.Context) (out archive.Profile, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		var err error
		if out, err = d.profile(r); err != nil {
			return err
		}
		return d.reduce(r, &out)
	})
	return out, err
}

// keeps reports whether the subject keeps an Akte at hand.
func (d *Desk) keeps(ctx context.Context, id archive.AkteID) (pinned bool, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		p, err := d.profile(r)
		pinned = slices.Contains(p.Pinned, id)
		return err
	})
	return pinned, err
}

// profile is what is stored, or what holds for who has set nothing yet.
func (d *Desk) profile(r archive.Reader) (archive.Profile, error) {
	p, err := r.Profile(d.subject.User)
	if isNotFound(err) {
		return archive.NewProfile(d.subject.User), nil
	}
	if _, ok := d.guard.Policies.Purpose(p.Purpose); !ok {
		p.Purpose = ""
	}
	return p, err
}

// reduce leaves out the Akten whose head the subject may not see now.
func (d *Desk) reduce(r archive.Reader, p *archive.Profile) error {
	var failed error
	hidden := func(id archive.AkteID) bool {
		sees, err := d.seesAkte(r, id)
		if err != nil && !isNotFound(err) {
			failed = errors.Join(failed, err)
		}
		return !sees
	}
	p.Pinned = slices.DeleteFunc(p.Pinned, hidden)
	p.Recent = slices.DeleteFunc(p.Recent, func(o archive.Opened) bool { return hidden(o.Akte) })
	return failed
}

// keep changes what the subject keeps for herself.
func (d *Desk) keep(ctx context.Context, edit func(archive.Tx, *archive.Profile) error) error {
	return d.update(ctx, func(tx archive.Tx) error {
		p, err := d.profile(tx)
		if err != nil {
			return err
		}
		if err := edit(tx, &p); err != nil {
			return err
		}
		return tx.PutProfile(p)
	})
}

// SetPreferences changes how the subject wants the pages to be. The error is a [*archive.FieldError]
// for a value that there isn't.
func (d *Desk) SetPreferences(ctx context.Context, edit func(*archive.Preferences)) error {
	return d.keep(ctx, func(_ archive.Tx, p *archive.Profile) error {
		edit(&p.Preferences)
		return p.Preferences.Check()
	})
}

// Pin keeps an Akte at hand, for who may see its head. One more than [archive.MaxPinned] is a
// [*archive.FieldError]; those she lost the right to make room first.
func (d *Desk) Pin(ctx context.Context, id archive.AkteID) error {
	err := d.keep(ctx, func(tx archive.Tx, p *archive.Profile) error {
		if _, err := d.enter(tx, id); err != nil {
			return err
		}
		if slices.Contains(p.Pinned, id) {
			return nil
		}
		if len(p.Pinned) >= archive.MaxPinned {
			if err := d.reduce(tx, p); err != nil {
				return err
			}
		}
		if len(p.Pinned) >= archive.MaxPinned {
			return &archive.FieldError{Pointer: "/pinned", Code: "too_many"}
		}
		p.Pinned = append(p.Pinned, id)
		return nil
	})
	return d.refused(ctx, act{op: audit.OpAkteOpen, object: "akte/" + string(id)}, err)
}

// Unpin lets an Akte go. It is all the same whether it was pinned, or is there.
func (d *Desk) Unpin(ctx context.Context, id archive.AkteID) error {
	return d.keep(ctx, func(_ archive.Tx, p *archive.Profile) error {
		p.Pinned = slices.DeleteFunc(p.Pinned, func(pinned archive.AkteID) bool { return pinned == id })
		return nil
	})
}

// noteAgain is how soon the same Akte is noted once more: pages of it come one after the other.
const noteAgain = time.Minute

// NoteOpened notes that the subject opened an Akte in the pages, and for what purpose. It is
// [archive.ErrNotFound] where she may not see its head; whoever calls it has shown her the Akte and had
// that recorded.
func (d *Desk) NoteOpened(ctx context.Context, id archive.AkteID) error {
	purpose, now := d.subject.purposeIn(id), d.guard.Now().UTC()
	noted := false
	err := d.view(ctx, func(r archive.Reader) error {
		p, err := d.profile(r)
		noted = len(p.Recent) > 0 && p.Recent[0].Akte == id && now.Sub(p.Recent[0].At) < noteAgain && p.Purpose == purpose
		return err
	})
	if err != nil || noted {
		return err
	}
	return d.keep(ctx, func(tx archive.Tx, p *archive.Profile) error {
		if _, err := d.enter(tx, id); err != nil {
			return err
		}
		p.Opened(id, now)
		if _, ok := d.guard.Policies.Purpose(purpose); ok { // a case is of one Akte: no proposal for the next
			p.Purpose = purpose
		}
		return nil
	})
}

// SaveSearch keeps a search under a name of the subject's own; [archive.ErrConflict] where she has one of
// that name, a [*archive.FieldError] beyond [archive.MaxSearches].
func (d *Desk) SaveSearch(ctx context.Context, s archive.SavedSearch) (archive.SavedSearch, error) {
	if err := s.Normalise(); err != nil {
		return archive.SavedSearch{}, err
	}
	s.ID = archive.NewID[archive.SearchID]()
	var err error
	if s.Seen, err = d.guard.Index.Seq(ctx); err != nil {
		return archive.SavedSearch{}, err
	}
	err = d.keep(ctx, func(_ archive.Tx, p *archive.Profile) error {
		if slices.ContainsFunc(p.Searches, func(o archive.SavedSearch) bool { return o.Name == s.Name }) {
			return archive.ErrConflict
		}
		if len(p.Searches) >= archive.MaxSearches {
			return &archive.FieldError{Pointer: "", Code: "too_many"}
		}
		p.Searches = append(p.Searches, s)
		return nil
	})
	return s, err
}

// DropSearch forgets a search; [archive.ErrNotFound] where she has none of that ID.
func (d *Desk) DropSearch(ctx context.Context, id archive.SearchID) error {
	return d.keep(ctx, func(tx archive.Tx, p *archive.Profile) error {
		if p.Search(id) == nil {
			return archive.ErrNotFound
		}
		p.Searches = slices.DeleteFunc(p.Searches, func(s archive.SavedSearch) bool { return s.ID == id })
		return tx.DropNotices(p.User, id, math.MaxUint64)
	})
}
