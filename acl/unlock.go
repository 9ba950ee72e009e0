package acl

import (
	"context"
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/read"
	"eakte/policies"
)

// flagUnlocked says that a version was opened with its password.
const flagUnlocked = "unlocked"

// UnlockItem opens an inbox item's file with its password, which is kept nowhere: what is read and shown
// from then on is a copy without it, while the received bytes stay as they are. A wrong password is an
// [archive.FieldError] at /password; [ErrUnlocked] where none is waited for.
func (d *Desk) UnlockItem(ctx context.Context, id archive.InboxID, password string) (InboxView, error) {
	tried := act{op: audit.OpUnlock, object: "inbox/" + string(id)}
	err := d.unlock(ctx, tried, password, d.itemInHand(id, tried))
	if err != nil {
		return InboxView{}, err
	}
	return d.received(ctx, id)
}

// UnlockDocument is UnlockItem for a document that lies in an Akte already.
func (d *Desk) UnlockDocument(ctx context.Context, id archive.DocumentID, password string) (DocumentView, error) {
	tried := act{op: audit.OpUnlock, object: "document/" + string(id)}
	err := d.unlock(ctx, tried, password, d.documentToWrite(id, tried))
	if err != nil {
		return DocumentView{}, err
	}
	return d.made(ctx, id)
}

// targeting decides about an act on a version, and says which it is.
type targeting func(archive.Reader) (act, archive.VersionID, error)

// itemInHand is the version of an inbox item that its holder may work at.
func (d *Desk) itemInHand(id archive.InboxID, tried act) targeting {
	return func(r archive.Reader) (act, archive.VersionID, error) {
		item, v, err := d.holdItem(r, id, policies.ActInbox)
		done := tried
		done.verdict = v
		return done, item.Version, err
	}
}

// documentToWrite is the newest version of a document that the caller may change.
func (d *Desk) documentToWrite(id archive.DocumentID, tried act) targeting {
	return func(r archive.Reader) (act, archive.VersionID, error) {
		a, doc, v, err := d.reach(r, id, policies.ActWrite)
		if err != nil {
			return act{}, "", err
		}
		done := tried.about(doc, a.akte)
		done.verdict = v
		return done, doc.Current(), nil
	}
}

// unlock decides before the file is opened and again when its copy is recorded.
func (d *Desk) unlock(ctx context.Context, tried act, password string, decide targeting) error {
	var v archive.Version
	locked := func(r archive.Reader) (done act, err error) {
		done, id, err := decide(r)
		if err != nil {
			return act{}, err
		}
		if v, err = r.Version(id); err == nil && v.State != archive.StatePassword {
			err = ErrUnlocked
		}
		return done, err
	}
	err := d.view(ctx, func(r archive.Reader) error {
		_, err := locked(r)
		return err
	})
	if err != nil {
		return d.refused(ctx, tried, err)
	}
	if password == "" {
		return &archive.FieldError{Pointer: "/password", Code: "required"}
	}
	if d.guard.Unlocker == nil {
		return ErrUnreadable
	}
	made, kind, err := d.guard.Unlocker.Unlock(ctx, v, password)
	if err != nil {
		return unlocking(err)
	}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		done, err := locked(tx)
		if err != nil {
			return act{}, err
		}
		return done, d.putCopy(tx, v, made, kind)
	})
	if err != nil {
		return errors.Join(err, d.guard.Unlocker.Discard(context.WithoutCancel(ctx), made))
	}
	return nil
}

// putCopy names the copy and has it read.
func (d *Desk) putCopy(tx archive.Tx, v archive.Version, made archive.Object, kind string) error {
	now := d.guard.Now().UTC()
	job := archive.Job{
		ID: archive.NewID[archive.JobID](), Kind: archive.JobRecognise, Version: v.ID, State: archive.JobWaiting,
		Created: now, NotBefore: now, Rank: archive.RankWaited, Lane: string(d.subject.User),
	}
	if d.guard.Scans { // the scanner couldn't look into it before
		v.Scan = &archive.Scan{}
	}
	v.Copy, v.CopyKind, v.State, v.Reason, v.Job = made, kind, archive.StateReceived, "", job.ID
	if v.Flags = slices.Clone(v.Flags); !slices.Contains(v.Flags, flagUnlocked) {
		v.Flags = append(v.Flags, flagUnlocked)
	}
	return errors.Join(tx.PutVersion(v), tx.Enqueue(job), tx.Settle(made.Ref))
}

// unlocking turns what opening a file came to into what the clerk understands.
func unlocking(err error) error {
	var failure *read.Failure
	switch {
	case !errors.As(err, &failure):
		return err
	case failure.Code == read.WrongPassword || failure.Code == read.ToolMissing:
		return &archive.FieldError{Pointer: "/password", Code: failure.Code}
	}
	return ErrUnreadable
}
