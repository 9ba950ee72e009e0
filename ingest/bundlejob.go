package ingest

import (
	"context"
	"errors"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/read"
)

// noteEvery is how often a bundle's progress is stored, and a cancelled one noticed.
const noteEvery = time.Second

// bundle makes the bundle of the job and ends the job.
func (r *run) bundle(ctx context.Context) error {
	var b archive.Bundle
	err := r.Store.View(ctx, func(rd archive.Reader) (err error) {
		b, err = rd.Bundle(archive.BundleID(r.job.ID))
		return err
	})
	if err != nil {
		return err
	}
	if r.Bundles == nil {
		return errors.New("ingest: this server makes no bundles")
	}
	r.at("bundle", 0, len(b.Documents))
	noted := time.Now()
	object, err := r.Bundles.Make(ctx, b, func(done int) error {
		r.at("bundle", done, len(b.Documents))
		if time.Since(noted) < noteEvery {
			return nil
		}
		noted = time.Now()
		return r.note(ctx)
	})
	if err != nil {
		return err
	}
	b.Object = object
	err = r.Store.Update(ctx, func(tx archive.Tx) error {
		job := r.snapshot()
		job.State, job.Reason, job.Finished = archive.JobDone, "", r.Now().UTC()
		if err := tx.PutJob(job); err != nil {
			return err
		}
		if err := tx.PutBundle(b); err != nil {
			return err
		}
		if err := tx.Settle(object.Ref); err != nil {
			return err
		}
		return tx.Record(r.bundleEvent(audit.OpJobDone, b.ID, b.Akte))
	})
	if err != nil {
		return errors.Join(err, discard(context.WithoutCancel(ctx), r.Store, r.Objects, object.Ref))
	}
	return nil
}

// failBundle ends the job of a bundle that can't be made. The bundle stays until its time is over.
func (r *run) failBundle(ctx context.Context, f *read.Failure) error {
	return r.Store.Update(ctx, func(tx archive.Tx) error {
		job := r.job
		job.State, job.Reason, job.Finished = archive.JobFailed, f.Code, r.Now().UTC()
		if err := tx.PutJob(job); err != nil {
			return err
		}
		b, err := tx.Bundle(archive.BundleID(job.ID))
		if errors.Is(err, archive.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.Record(r.bundleEvent(audit.OpJobFailed, b.ID, b.Akte))
	})
}

// bundleEvent is what the trail is told of the machine's work on a bundle.
func (p *Pipeline) bundleEvent(op audit.Op, id archive.BundleID, akte archive.AkteID) audit.Event {
	e := audit.Event{
		Time: p.Now(), Actor: audit.System(), Op: op, Object: "bundle/" + string(id), Akten: []string{string(akte)}, Result: audit.Allow,
	}
	if op == audit.OpJobFailed {
		e.Result = audit.Failed
	}
	return e
}

// Limits of a sweep.
const (
	sweepEvery = time.Minute
	sweepMost  = 100
)

// sweep deletes bundles whose time is over. What it leaves undone the next one does, or the next start.
func (p *Pipeline) sweep(ctx context.Context) error {
	var over []archive.ExpiredBundle
	err := p.Store.View(ctx, func(r archive.Reader) (err error) {
		over, err = r.ExpiredBundles(p.Now(), sweepMost)
		return err
	})
	if err != nil {
		return err
	}
	for _, b := range over {
		err := p.Store.Update(ctx, func(tx archive.Tx) error {
			if err := tx.DeleteBundle(b.ID); err != nil {
				return err
			}
			if b.Ref != "" {
				if err := tx.Announce(archive.Intent{Ref: b.Ref, Made: p.Now().UTC()}); err != nil {
					return err
				}
			}
			return tx.Record(p.bundleEvent(audit.OpBundleExpire, b.ID, b.Akte))
		})
		if err == nil && b.Ref != "" {
			err = discard(ctx, p.Store, p.Objects, b.Ref)
		}
		if err != nil && !errors.Is(err, archive.ErrNotFound) {
			return err
		}
	}
	return nil
}
