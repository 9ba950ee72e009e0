package acl

import (
	"context"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// cancelled is the reason of a job that its maker ended.
const cancelled = "cancelled"

// OrderBundle lets the machine make a bundle and returns its job. The bundle has the job's ID.
func (d *Desk) OrderBundle(ctx context.Context, id archive.AkteID, q BundleRequest) (archive.Job, error) {
	if err := q.check(d.guard.Policies); err != nil {
		return archive.Job{}, err
	}
	if d.guard.Bundles == nil {
		return archive.Job{}, ErrNoBundles
	}
	tried := act{op: audit.OpBundleOrder, object: "akte/" + string(id)}
	made, _, err := d.create(ctx, tried, q, func(tx archive.Tx) (string, act, error) {
		b, done, err := d.bundle(tx, id, q)
		if err != nil {
			return "", act{}, err
		}
		done.op = audit.OpBundleOrder
		b.ID = archive.NewID[archive.BundleID]()
		if err := tx.PutBundle(b); err != nil {
			return "", act{}, err
		}
		return string(b.ID), done, tx.Enqueue(archive.Job{
			ID: archive.JobID(b.ID), Kind: archive.JobBundle, State: archive.JobWaiting, Total: len(b.Documents),
			Created: b.Created, NotBefore: b.Created, Rank: archive.RankWaited, Lane: string(d.subject.User),
		})
	})
	if err != nil {
		return archive.Job{}, err
	}
	var job archive.Job
	err = d.view(ctx, func(r archive.Reader) (err error) {
		job, err = r.Job(archive.JobID(made))
		return err
	})
	return job, err
}

// FetchBundle opens a bundle that the subject ordered, for as long as it is kept. It takes no purpose: the
// bundle has its own. [archive.ErrNotReady] while it is being made; who lost the right to any of its
// documents since gets nothing of it.
func (d *Desk) FetchBundle(ctx context.Context, id archive.BundleID) (*BundleFile, error) {
	var b archive.Bundle
	err := d.view(ctx, func(r archive.Reader) (err error) {
		if b, err = d.ownBundle(r, id); err != nil || b.Object.Ref != "" {
			return err
		}
		job, err := r.Job(archive.JobID(id))
		if err == nil && job.State == archive.JobFailed {
			return archive.ErrNotFound
		}
		if err == nil {
			err = archive.ErrNotReady
		}
		return err
	})
	if err != nil {
		return nil, d.refused(ctx, act{op: audit.OpAkteBundle, object: "bundle/" + string(id)}, err)
	}
	return d.release(ctx, b, "bundle/"+string(id), func() error { return nil })
}

// ownBundle returns a bundle of the subject's own that is still kept.
func (d *Desk) ownBundle(r archive.Reader, id archive.BundleID) (archive.Bundle, error) {
	b, err := r.Bundle(id)
	if err != nil {
		return archive.Bundle{}, err
	}
	if d.outside(b.Akte) || b.Maker != d.subject.User || !d.guard.Now().Before(b.Expires) {
		return archive.Bundle{}, archive.ErrNotFound
	}
	akte, err := r.Akte(b.Akte)
	if err == nil {
		err = d.keptFrom(r, akte.Person)
	}
	return b, err
}

// CancelJob ends a job that the subject started herself: a bundle's. Others can't be ended. It is an
// [archive.ErrConflict] when it has ended already.
func (d *Desk) CancelJob(ctx context.Context, id archive.JobID) error {
	tried := act{op: audit.OpJobCancel, object: "job/" + string(id)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		job, err := tx.Job(id)
		if err != nil {
			return act{}, err
		}
		if err := d.follows(tx, job); err != nil {
			return act{}, err
		}
		b, err := d.ownBundle(tx, archive.BundleID(id))
		if isNotFound(err) {
			return act{}, ErrDenied
		}
		if err != nil {
			return act{}, err
		}
		if job.State != archive.JobWaiting && job.State != archive.JobRunning {
			return act{}, archive.ErrConflict
		}
		job.State, job.Reason, job.Finished = archive.JobFailed, cancelled, d.guard.Now().UTC()
		akte, err := tx.Akte(b.Akte)
		if err != nil {
			return act{}, err
		}
		done := tried
		done.akten, done.persons, done.verdict = []archive.AkteID{b.Akte}, []archive.PersonID{akte.Person}, ownJob()
		return done, tx.PutJob(job)
	})
}

// retryBundle lets a failed bundle be made once more: it is decided again before it is handed out.
func (d *Desk) retryBundle(tx archive.Tx, job archive.Job, tried act) (archive.Job, act, error) {
	if err := d.follows(tx, job); err != nil {
		return job, act{}, err
	}
	b, err := tx.Bundle(archive.BundleID(job.ID))
	if err != nil {
		return job, act{}, err
	}
	now := d.guard.Now().UTC()
	if job.State != archive.JobFailed || !now.Before(b.Expires) {
		return job, act{}, archive.ErrConflict
	}
	akte, err := tx.Akte(b.Akte)
	if err != nil {
		return job, act{}, err
	}
	done := tried
	done.akten, done.persons = []archive.AkteID{b.Akte}, []archive.PersonID{akte.Person}
	if v, ok := d.able(policies.ActOperate); ok {
		done.verdict = v
	} else {
		done.verdict = ownJob()
	}
	job.State, job.Reason, job.Attempts, job.Done = archive.JobWaiting, "", 0, 0
	job.NotBefore, job.Finished = now, time.Time{}
	return job, done, tx.PutJob(job)
}

// ownJob is by which rule the subject ends or repeats a job that she started herself.
func ownJob() verdict { return verdict{Decision: Decision{Allow: true, Rule: "own-job"}} }

// follows asks that the subject may see how far a job is.
func (d *Desk) follows(r archive.Reader, job archive.Job) error {
	if _, ok := d.able(policies.ActOperate); ok && d.inside == "" {
		return nil
	}
	if job.Kind == archive.JobBundle {
		_, err := d.ownBundle(r, archive.BundleID(job.ID))
		return err
	}
	if job.Kind == archive.JobInquiry {
		q, err := r.InquiryOf(job.ID)
		if err == nil {
			_, err = d.informing().informs(r, q.Person)
		}
		return err
	}
	v, err := r.Version(job.Version)
	if err != nil {
		return err
	}
	return d.mayFollow(r, v)
}
