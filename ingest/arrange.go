package ingest

import (
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
	"eakte/ingest/sniff"
)

// plan is an arrangement with what it is made of.
type plan struct {
	archive.Arranging
	items    []archive.InboxItem
	versions []archive.Version
}

// output is a document made of an arrangement, its bytes durable.
type output struct {
	content seal.Key
	object  archive.Object
	kind    string
}

// arrange makes one document an output, all or none.
func (r *run) arrange(ctx context.Context) error {
	p, err := r.plan(ctx)
	if err != nil {
		return err
	}
	r.at("arrange", 0, len(p.Outputs))
	var from []Reading
	defer func() {
		for _, f := range from {
			_ = f.Close() // memory only
		}
	}()
	for _, v := range p.versions {
		reading, err := r.open(ctx, v)
		if err != nil {
			return err
		}
		from = append(from, reading)
	}
	made, err := r.bind(ctx, from, p)
	if err == nil {
		err = r.arranged(ctx, made)
	}
	if err != nil {
		return errors.Join(err, r.drop(ctx, made))
	}
	return nil
}

// plan reads what the job is to do. [archive.ErrNotFound] where that isn't wanted any more.
func (r *run) plan(ctx context.Context) (p plan, err error) {
	err = r.Store.View(ctx, func(rd archive.Reader) (err error) {
		p, err = r.planIn(rd)
		return err
	})
	return p, err
}

func (r *run) planIn(rd archive.Reader) (plan, error) {
	v, err := rd.Version(r.job.Version)
	if err != nil {
		return plan{}, err
	}
	first, err := rd.InboxItem(v.Inbox)
	if err != nil {
		return plan{}, err
	}
	if first.Arranging == nil {
		return plan{}, archive.ErrNotFound
	}
	p := plan{Arranging: *first.Arranging}
	for _, id := range p.Sources {
		item, err := rd.InboxItem(id)
		if err != nil {
			return plan{}, err
		}
		if item.Arranging == nil || item.Arranging.Job != r.job.ID || !item.Waits() {
			return plan{}, archive.ErrNotFound
		}
		v, err := rd.Version(item.Version)
		if err != nil {
			return plan{}, err
		}
		p.items, p.versions = append(p.items, item), append(p.versions, v)
	}
	return p, nil
}

// upright adds to what people turned what recognition found: they turned what they saw.
func (p plan) upright(leaves []archive.Leaf) []archive.Leaf {
	out := slices.Clone(leaves)
	for i, l := range out {
		if pages := p.versions[l.Source].Pages; l.Page <= len(pages) {
			out[i].Turn += pages[l.Page-1].Rotation
		}
	}
	return out
}

// bind makes the outputs. Those that were stored before an error are returned with it.
func (r *run) bind(ctx context.Context, from []Reading, p plan) (made []output, err error) {
	var outputs [][]archive.Leaf
	for _, leaves := range p.Outputs {
		outputs = append(outputs, p.upright(leaves))
	}
	err = r.Reader.Bind(ctx, from, outputs, func(kind string, content io.Reader) (err error) {
		o := output{content: seal.NewKey(), kind: kind}
		o.object, err = receive(ctx, r.Store, r.Objects, o.content, r.Now, func(_ context.Context, out io.Writer) error {
			_, err := io.Copy(out, content)
			return err
		})
		if err != nil {
			return err
		}
		made = append(made, o)
		r.at("arrange", len(made), len(outputs))
		return nil
	})
	return made, err
}

// drop deletes what was made in vain.
func (r *run) drop(ctx context.Context, made []output) (err error) {
	for _, o := range made {
		err = errors.Join(err, discard(context.WithoutCancel(ctx), r.Store, r.Objects, o.object.Ref))
	}
	return err
}

// arranged puts what was made into the basket, in place of what it was made of.
func (r *run) arranged(ctx context.Context, made []output) error {
	return r.Store.Update(ctx, func(tx archive.Tx) error {
		p, err := r.planIn(tx)
		if err != nil {
			return err
		}
		var ids []archive.InboxID
		for i, o := range made {
			id, err := r.put(tx, p, i, o)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		now := r.Now().UTC()
		for _, item := range p.items {
			item.Arranged, item.Arranging, item.Aside = ids, nil, nil
			item.Changed, item.Revision = now, item.Revision+1
			if err := tx.PutInboxItem(item); err != nil {
				return err
			}
		}
		job := r.snapshot()
		job.State, job.Reason, job.Finished = archive.JobDone, "", now
		if err := tx.PutJob(job); err != nil {
			return err
		}
		return tx.Record(audit.Event{
			Time: now, Actor: audit.System(), Op: audit.OpJobDone, Object: "inbox/" + string(p.items[0].ID), Result: audit.Allow,
			Detail: &audit.Detail{Act: map[string]any{"from": p.Sources, "made": ids}},
		})
	})
}

// put stores output number n as an item, which inherits how its first page came in, with the job that reads it.
func (r *run) put(tx archive.Tx, p plan, n int, o output) (archive.InboxID, error) {
	now, first := r.Now().UTC(), p.Outputs[n][0]
	source, received := p.items[first.Source], p.versions[first.Source]
	v := archive.Version{
		ID: archive.NewID[archive.VersionID](), Job: archive.NewID[archive.JobID](), Original: o.object, Kind: o.kind,
		Name: renamed(received.Name, o.kind), State: archive.StateReceived,
		ReceivedAt: received.ReceivedAt, ReceivedBy: received.ReceivedBy,
	}
	item := archive.InboxItem{
		ID: archive.NewID[archive.InboxID](), Basket: source.Basket, ReceivedOn: source.ReceivedOn, Channel: source.Channel,
		Sender: source.Sender, Note: source.Note, BroughtBy: source.BroughtBy, Version: v.ID, From: p.Sources, Enclosed: source.Enclosed,
		Created: source.Created, Changed: now, Revision: 1,
	}
	if n < len(p.Sheets) {
		item.Sheet = p.Sheets[n]
	}
	v.Inbox = item.ID
	if err := tx.PutInboxItem(item); err != nil {
		return "", err
	}
	if err := tx.AddVersion(v, o.content); err != nil {
		return "", err
	}
	if err := tx.Settle(o.object.Ref); err != nil {
		return "", err
	}
	return item.ID, tx.Enqueue(archive.Job{
		ID: v.Job, Kind: archive.JobRecognise, Version: v.ID, State: archive.JobWaiting, Created: now, NotBefore: now,
		Lane: string(p.By),
	})
}

// renamed is a file name with the extension of its new kind.
func renamed(name, kind string) string {
	if name == "" || kind != string(sniff.PDF) {
		return name
	}
	return strings.TrimSuffix(name, path.Ext(name)) + ".pdf"
}
