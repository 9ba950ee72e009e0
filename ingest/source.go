package ingest

import (
	"context"
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
)

// sourcesMost is how many items that were taken apart one sweep looks at; the next one goes on behind them.
const sourcesMost = 200

// sweepSources erases items whose pages went into others and that nobody can need any more: what was made
// of them is erased, or was filed so long ago that nobody compares it. It begins at a position and returns
// where the next sweep begins.
func (p *Pipeline) sweepSources(ctx context.Context, from archive.Position) (next archive.Position, err error) {
	var over []archive.InboxID
	err = p.Store.View(ctx, func(r archive.Reader) error {
		over, next = nil, ""
		looked := 0
		for row, err := range r.Arranged(from) {
			if err != nil {
				return err
			}
			if done, err := p.sourceOver(r, row.Value); err != nil {
				return err
			} else if done {
				over = append(over, row.Value.ID)
			}
			if looked++; looked == sourcesMost {
				next = row.After
				break
			}
		}
		return nil
	})
	for _, id := range over {
		err = errors.Join(err, p.eraseSource(ctx, id))
	}
	return next, err
}

// sourceOver reports whether an item's bytes have been kept long enough.
func (p *Pipeline) sourceOver(r archive.Reader, item archive.InboxItem) (bool, error) {
	since, settled, err := archive.Settled(r, item)
	if err != nil || !settled {
		return false, err
	}
	return since.IsZero() || !p.Now().Before(since.AddDate(0, p.SourceMonths, 0)), nil
}

// eraseSource erases one such item: its record with its key, then its objects. What fails behind the record
// is done by the next start.
func (p *Pipeline) eraseSource(ctx context.Context, id archive.InboxID) error {
	var refs []blob.Ref
	err := p.Store.Update(ctx, func(tx archive.Tx) error {
		refs = nil
		item, err := tx.InboxItem(id)
		if err != nil {
			return err
		}
		if over, err := p.sourceOver(tx, item); err != nil || !over {
			return err
		}
		v, err := tx.Version(item.Version)
		if err != nil {
			return err
		}
		for _, o := range v.Objects() {
			refs = append(refs, o.Ref)
			if err := tx.Announce(archive.Intent{Ref: o.Ref, Size: o.Size, Made: p.Now().UTC()}); err != nil {
				return err
			}
		}
		if err := tx.DeleteInboxItem(id); err != nil {
			return err
		}
		return tx.Record(audit.Event{
			Time: p.Now(), Actor: audit.System(), Op: audit.OpErasure, Object: "inbox/" + string(id), Result: audit.Allow,
			Detail: &audit.Detail{Act: map[string]any{"made": item.Arranged}},
		})
	})
	if errors.Is(err, archive.ErrNotFound) {
		return nil // somebody else erased it
	}
	for _, ref := range refs {
		if err == nil {
			err = discard(ctx, p.Store, p.Objects, ref)
		}
	}
	return err
}
