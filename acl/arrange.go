package acl

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/ingest/sniff"
	"eakte/policies"
)

// Arrangement is how pages of unfiled items are put together anew: into one new item each output. Pages
// that no output names are left out; the received bytes keep them.
type Arrangement struct {
	Outputs [][]Leaf
	Append  Appended
	// Backs are the backs of the item's pages, scanned in a second pass from the last sheet to the first; empty:
	// there are none. Outputs are then made of both, and none are named.
	Backs archive.InboxID
}

// Leaf is a page of an item, from 1, turned clockwise by Turn degrees beyond how it is shown: 0, 90, 180
// or 270.
type Leaf struct {
	Item archive.InboxID
	Page int
	Turn int
}

// Limits of an arrangement.
const (
	maxOutputs = 200
	maxSources = 50
	maxLeaves  = 5000
	// maxTogether is how many bytes the sources of an arrangement have together: all are in memory at once.
	maxTogether = 1 << 30
)

// States that items show beside those of their versions.
const (
	stateArranging = "arranging"
	stateArranged  = "arranged"
)

// ArrangeItem turns, reorders, splits and merges the pages of an item, perhaps with those of others in
// the same basket. It is the work of one job; until that is done the items can't be changed or filed,
// and when it fails they are as they were, with a reason and [Desk.Retry]. When it is done they have left
// the basket, and the new items lie there, each of which holds its own pages and no others.
func (d *Desk) ArrangeItem(ctx context.Context, id archive.InboxID, a Arrangement) (InboxView, error) {
	a, err := d.withBacks(ctx, id, a)
	if err == nil {
		a, err = d.withAppended(ctx, a)
	}
	if err != nil {
		return InboxView{}, err
	}
	plan, err := a.plan(id)
	if err != nil {
		return InboxView{}, err
	}
	tried := act{op: audit.OpArrange, object: "inbox/" + string(id)}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		done := tried
		var items []archive.InboxItem
		var versions []archive.Version
		for _, id := range plan.Sources {
			item, v, err := d.holdItem(tx, id, policies.ActInbox)
			if err != nil {
				return act{}, err
			}
			version, err := tx.Version(item.Version)
			if err != nil {
				return act{}, err
			}
			items, versions, done.verdict = append(items, item), append(versions, version), v
		}
		if err := arrangeable(plan, items, versions); err != nil {
			return act{}, err
		}
		done.detail = &audit.Detail{Act: map[string]any{"from": plan.Sources, "outputs": len(plan.Outputs)}}
		plan.Sheets = sheetsOf(plan, items, versions)
		return done, d.enqueueArranging(tx, plan, items)
	})
	if err != nil {
		return InboxView{}, err
	}
	return d.received(ctx, id)
}

// plan checks what can be checked without the records, and counts the sources.
func (a Arrangement) plan(id archive.InboxID) (archive.Arranging, error) {
	p := archive.Arranging{Sources: []archive.InboxID{id}}
	if len(a.Outputs) == 0 {
		return p, &archive.FieldError{Pointer: "/outputs", Code: "required"}
	}
	leaves, used := 0, false
	for i, out := range a.Outputs {
		if len(out) == 0 {
			return p, &archive.FieldError{Pointer: fmt.Sprintf("/outputs/%d", i), Code: "required"}
		}
		var made []archive.Leaf
		for n, l := range out {
			if !slices.Contains([]int{0, 90, 180, 270}, l.Turn) {
				return p, &archive.FieldError{Pointer: fmt.Sprintf("/outputs/%d/%d/turn", i, n), Code: "unknown"}
			}
			at := slices.Index(p.Sources, l.Item)
			if at < 0 {
				at, p.Sources = len(p.Sources), append(p.Sources, l.Item)
			}
			used = used || at == 0
			made = append(made, archive.Leaf{Source: at, Page: l.Page, Turn: l.Turn})
		}
		leaves += len(out)
		p.Outputs = append(p.Outputs, made)
	}
	switch {
	case len(a.Outputs) > maxOutputs || leaves > maxLeaves || len(p.Sources) > maxSources:
		return p, &archive.FieldError{Pointer: "/outputs", Code: "too_many"}
	case !used:
		return p, &archive.FieldError{Pointer: "/outputs", Code: "unused", Detail: "no page of the item itself is named"}
	}
	return p, nil
}

// plainText reports whether a version's pages were laid out from its text.
func plainText(v archive.Version) bool {
	kind := sniff.Kind(v.Kind)
	return kind == sniff.Text || kind.Container() || kind.Office() && v.Copy.Ref == ""
}

// arrangeable checks a plan against the items.
func arrangeable(p archive.Arranging, items []archive.InboxItem, versions []archive.Version) error {
	if len(versions) > 1 && together(versions) > maxTogether { // one alone was small enough to be read
		return &archive.FieldError{Pointer: "/outputs", Code: "too_large_sum", Detail: "the items have more than 1 GiB together: take fewer at a time"}
	}
	for i, item := range items {
		switch {
		case item.Basket != items[0].Basket:
			return &archive.FieldError{Pointer: "/outputs", Code: "other_basket"}
		case readable(versions[i]) != nil:
			return readable(versions[i])
		case plainText(versions[i]):
			return &archive.FieldError{Pointer: "/outputs", Code: "plain_text", Detail: "plain text has no pages to arrange"}
		}
	}
	for i, out := range p.Outputs {
		for n, l := range out {
			if l.Page < 1 || l.Page > len(versions[l.Source].Pages) {
				return &archive.FieldError{Pointer: fmt.Sprintf("/outputs/%d/%d/page", i, n), Code: "unknown"}
			}
		}
	}
	if len(items) == 1 && len(p.Outputs) == 1 && len(p.Outputs[0]) == len(versions[0].Pages) {
		same := true
		for n, l := range p.Outputs[0] {
			same = same && l.Page == n+1 && l.Turn == 0
		}
		if same {
			return &archive.FieldError{Pointer: "/outputs", Code: "unchanged"}
		}
	}
	return nil
}

func together(versions []archive.Version) (n int64) {
	for _, v := range versions {
		n += v.Original.Size
	}
	return n
}

// enqueueArranging gives a plan to a new job and notes it with its sources.
func (d *Desk) enqueueArranging(tx archive.Tx, p archive.Arranging, items []archive.InboxItem) error {
	now := d.guard.Now().UTC()
	p.Job, p.By = archive.NewID[archive.JobID](), d.subject.User
	for i, item := range items {
		mine := p
		if i > 0 {
			mine.Outputs = nil
		}
		item.Arranging, item.Changed, item.Revision = &mine, now, item.Revision+1
		if err := tx.PutInboxItem(item); err != nil {
			return err
		}
	}
	return tx.Enqueue(archive.Job{
		ID: p.Job, Kind: archive.JobArrange, Version: items[0].Version, State: archive.JobWaiting, Created: now, NotBefore: now,
		Rank: archive.RankWaited, Lane: string(d.subject.User),
	})
}

// arranging reports whether a job is at the item's pages.
func arranging(r archive.Reader, item archive.InboxItem) (archive.Job, bool, error) {
	if item.Arranging == nil {
		return archive.Job{}, false, nil
	}
	job, err := r.Job(item.Arranging.Job)
	return job, job.State == archive.JobWaiting || job.State == archive.JobRunning, err
}

// retryArranging puts a failed arrangement back into the queue.
func (d *Desk) retryArranging(tx archive.Tx, job archive.Job, v archive.Version) (archive.Job, error) {
	item, err := tx.InboxItem(v.Inbox)
	if err != nil {
		return archive.Job{}, err
	}
	if job.State != archive.JobFailed || item.Arranging == nil || item.Arranging.Job != job.ID {
		return archive.Job{}, archive.ErrConflict
	}
	var items []archive.InboxItem
	for _, id := range item.Arranging.Sources {
		source, _, err := d.holdItem(tx, id, policies.ActInbox)
		if err != nil {
			return archive.Job{}, err
		}
		if source.Arranging == nil || source.Arranging.Job != job.ID {
			return archive.Job{}, archive.ErrConflict
		}
		items = append(items, source)
	}
	if err := d.enqueueArranging(tx, *item.Arranging, items); err != nil {
		return archive.Job{}, err
	}
	again, err := tx.InboxItem(item.ID)
	if err != nil {
		return archive.Job{}, err
	}
	return tx.Job(again.Arranging.Job)
}

// UndoArrange takes an arrangement back, named by one of its sources or outputs: the outputs vanish, the
// sources lie in the basket again. [ErrSettled] once an output was filed, routed or arranged further. One
// that failed is dismissed.
func (d *Desk) UndoArrange(ctx context.Context, id archive.InboxID) (InboxView, error) {
	tried := act{op: audit.OpArrangeUndo, object: "inbox/" + string(id)}
	var gone []blob.Ref
	shown := id
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		gone, shown = nil, id
		item, v, err := d.takeItem(tx, id)
		if err != nil {
			return act{}, err
		}
		if _, works := d.able(policies.ActInbox, item.Basket); !works {
			return act{}, ErrDenied
		}
		done := tried
		done.verdict = v
		if item.Arranging != nil {
			return done, d.dismiss(tx, *item.Arranging)
		}
		sources, outputs, err := arrangedOf(tx, item)
		if err != nil {
			return act{}, err
		}
		shown = sources[0].ID
		for _, id := range outputs {
			refs, err := d.dissolve(tx, id, sources[0].Basket)
			if err != nil {
				return act{}, err
			}
			gone = append(gone, refs...)
		}
		done.detail = &audit.Detail{Act: map[string]any{"vanished": outputs}}
		for _, s := range sources {
			s.Arranged, s.Changed, s.Revision = nil, d.guard.Now().UTC(), s.Revision+1
			if err := tx.PutInboxItem(s); err != nil {
				return act{}, err
			}
		}
		return done, nil
	})
	if err != nil {
		return InboxView{}, err
	}
	for _, ref := range gone { // what fails is deleted by the next start: it is announced and nobody's
		if err := d.guard.Objects.Delete(ctx, ref); err != nil {
			return InboxView{}, err
		}
		if err := d.settle(ctx, ref); err != nil {
			return InboxView{}, err
		}
	}
	return d.received(ctx, shown)
}

// arrangedOf finds the arrangement that an item went into, or came from.
func arrangedOf(r archive.Reader, item archive.InboxItem) (sources []archive.InboxItem, outputs []archive.InboxID, err error) {
	from := item.From
	if outputs = item.Arranged; len(outputs) > 0 {
		made, err := r.InboxItem(outputs[0])
		if isNotFound(err) {
			return nil, nil, ErrSettled // it was filed, and its Akte is no more
		}
		if err != nil {
			return nil, nil, err
		}
		from = made.From
	}
	for _, id := range from {
		s, err := r.InboxItem(id)
		if isNotFound(err) {
			return nil, nil, ErrSettled // its time was over
		}
		if err != nil {
			return nil, nil, err
		}
		sources, outputs = append(sources, s), s.Arranged
	}
	if len(sources) == 0 || len(outputs) == 0 {
		return nil, nil, ErrSettled
	}
	return sources, outputs, nil
}

// dissolve removes an output that nobody has gone on with. Its objects are announced, for they are to be
// deleted.
func (d *Desk) dissolve(tx archive.Tx, id archive.InboxID, basket string) ([]blob.Ref, error) {
	item, _, err := d.holdItem(tx, id, policies.ActInbox)
	switch {
	case errors.Is(err, ErrFiled), errors.Is(err, ErrArranged), errors.Is(err, ErrDenied), isNotFound(err):
		return nil, ErrSettled
	case err != nil:
		return nil, err
	case item.Basket != basket:
		return nil, ErrSettled
	}
	v, err := tx.Version(item.Version)
	if err != nil {
		return nil, err
	}
	var refs []blob.Ref
	for _, o := range v.Objects() {
		refs = append(refs, o.Ref)
		if err := tx.Announce(archive.Intent{Ref: o.Ref, Size: o.Size, Made: d.guard.Now().UTC()}); err != nil {
			return nil, err
		}
	}
	return refs, tx.DeleteInboxItem(id)
}

// dismiss forgets an arrangement that failed.
func (d *Desk) dismiss(tx archive.Tx, a archive.Arranging) error {
	for _, id := range a.Sources {
		item, _, err := d.holdItem(tx, id, policies.ActInbox)
		if errors.Is(err, ErrFiled) || errors.Is(err, ErrArranged) || errors.Is(err, ErrDenied) || isNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		if item.Arranging == nil || item.Arranging.Job != a.Job {
			continue
		}
		item.Arranging, item.Changed, item.Revision = nil, d.guard.Now().UTC(), item.Revision+1
		if err := tx.PutInboxItem(item); err != nil {
			return err
		}
	}
	return nil
}

// movedOn reports whether anybody has gone on with what was made of an item's pages: then nobody needs
// what it holds besides.
func movedOn(r archive.Reader, item archive.InboxItem) (bool, error) {
	for _, id := range item.Arranged {
		made, err := r.InboxItem(id)
		if isNotFound(err) || err == nil && (!made.Waits() || made.Basket != item.Basket) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}
