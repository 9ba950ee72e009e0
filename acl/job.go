package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest"
	"eakte/policies"
)

// Job shows how far a job is, to who may see what it works on, and to who operates the system.
func (d *Desk) Job(ctx context.Context, id archive.JobID) (archive.Job, error) {
	var job archive.Job
	err := d.view(ctx, func(r archive.Reader) (err error) {
		job, err = d.followed(r, id)
		return err
	})
	return job, d.refused(ctx, act{op: audit.OpAccessRefused, object: "job/" + string(id)}, err)
}

// followed finds a job that the subject may follow.
func (d *Desk) followed(r archive.Reader, id archive.JobID) (archive.Job, error) {
	job, err := r.Job(id)
	if err != nil {
		return archive.Job{}, err
	}
	if err := d.follows(r, job); err != nil {
		return archive.Job{}, err
	}
	return job, nil
}

// mayFollow asks that the subject may see one of a version's owners.
func (d *Desk) mayFollow(r archive.Reader, v archive.Version) error {
	if v.Inbox != "" && d.inside == "" {
		_, _, err := d.takeItem(r, v.Inbox)
		return err
	}
	for _, id := range v.Documents {
		if _, _, _, err := d.reach(r, id, policies.ActRead); err == nil {
			return nil
		}
	}
	return archive.ErrNotFound
}

// Retry puts a failed job back into the queue, for who may change what it works on and who operates the
// system; that of a bundle for who ordered it and who operates the system.
func (d *Desk) Retry(ctx context.Context, id archive.JobID) (archive.Job, error) {
	var job archive.Job
	tried := act{op: audit.OpJobRetry, object: "job/" + string(id)}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		var err error
		if job, err = tx.Job(id); err != nil {
			return act{}, err
		}
		done := tried
		switch job.Kind {
		case archive.JobBundle:
			job, done, err = d.retryBundle(tx, job, tried)
			return done, err
		case archive.JobInquiry:
			job, done, err = d.retryInquiry(tx, job, tried)
			return done, err
		}
		v, err := tx.Version(job.Version)
		if err != nil {
			return act{}, err
		}
		if done.verdict, err = d.mayRetry(tx, v); err != nil {
			return act{}, err
		}
		if job.Kind == archive.JobArrange {
			job, err = d.retryArranging(tx, job, v)
			return done, err
		}
		if v.Held() {
			return act{}, ErrQuarantined // trying again doesn't let it out
		}
		if job.State != archive.JobFailed || v.Job != id {
			return act{}, archive.ErrConflict
		}
		now := d.guard.Now().UTC()
		job = archive.Job{
			ID: archive.NewID[archive.JobID](), Kind: job.Kind, Version: v.ID,
			State: archive.JobWaiting, Created: now, NotBefore: now, Rank: archive.RankWaited, Lane: string(d.subject.User),
		}
		v.Job = job.ID
		switch at := slices.Index(v.Flags, ingest.FlagNotReread); {
		case v.State != archive.StateReady:
			v.State, v.Reason = archive.StateReceived, ""
		case at >= 0: // else only its images are missing
			v.Anew, v.Flags = true, slices.Delete(slices.Clone(v.Flags), at, at+1)
		}
		if err := tx.PutVersion(v); err != nil {
			return act{}, err
		}
		return done, tx.Enqueue(job)
	})
	return job, err
}

func (d *Desk) mayRetry(r archive.Reader, v archive.Version) (verdict, error) {
	if can, ok := d.able(policies.ActOperate); ok {
		return can, nil // it shows nothing and changes nothing but what the machine makes of it
	}
	if v.Inbox != "" {
		item, err := r.InboxItem(v.Inbox)
		if err != nil {
			return verdict{}, err
		}
		if can, ok := d.able(policies.ActInbox, item.Basket); ok {
			return can, nil
		}
		return verdict{}, archive.ErrNotFound
	}
	last := archive.ErrNotFound
	for _, id := range v.Documents {
		_, _, can, err := d.reach(r, id, policies.ActWrite)
		if err == nil {
			return can, nil
		}
		last = err
	}
	return verdict{}, last
}
