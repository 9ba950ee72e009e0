package acl

import (
	"context"
	"slices"

	"eakte/archive"
)

// Draft returns what the subject typed into a form and didn't send; [archive.ErrNotFound] where there is
// nothing, or no more.
func (d *Desk) Draft(ctx context.Context, key string) (out archive.Draft, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		out, err = r.Draft(d.subject.User, key)
		return err
	})
	return out, err
}

// Drafts lists what the subject typed and didn't send, last changed first, without the values.
func (d *Desk) Drafts(ctx context.Context) (out []archive.Draft, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		out, err = r.Drafts(d.subject.User)
		return err
	})
	return out, err
}

// SaveDraft keeps what the subject typed so far, in place of what was kept of the form before. The
// error is a [*archive.FieldError] for a key that is none, for too much in one form, and for more than
// [archive.MaxDrafts] forms.
func (d *Desk) SaveDraft(ctx context.Context, key string, values map[string][]string) (archive.Draft, error) {
	now := d.guard.Now().UTC()
	draft := archive.Draft{User: d.subject.User, Key: key, Values: values, Changed: now, Expires: now.Add(archive.DraftLife)}
	if err := draft.Check(); err != nil {
		return archive.Draft{}, err
	}
	err := d.update(ctx, func(tx archive.Tx) error {
		others, err := tx.Drafts(d.subject.User)
		if err != nil {
			return err
		}
		same := func(o archive.Draft) bool { return o.Key == key }
		if len(others) >= archive.MaxDrafts && !slices.ContainsFunc(others, same) {
			return &archive.FieldError{Pointer: "/key", Code: "too_many"}
		}
		return tx.PutDraft(draft)
	})
	return draft, err
}

// DropDraft forgets a draft. It is all the same whether there was one.
func (d *Desk) DropDraft(ctx context.Context, key string) error {
	return d.update(ctx, func(tx archive.Tx) error { return tx.DeleteDraft(d.subject.User, key) })
}

// Finishing returns a desk whose next act is what the form was for: it forgets the draft in the same
// transaction, and not at all if the act fails.
func (d *Desk) Finishing(key string) *Desk {
	done := *d
	done.finishing = key
	return &done
}
