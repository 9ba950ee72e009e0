package acl

import (
	"context"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

const (
	// queueShown is how many jobs of a state are listed, queueLooked how many failed ones are looked at: one
	// that was tried again stays in the records and waits for nobody.
	queueShown  = 200
	queueLooked = 2000
)

// Queue is how the machine's work stands: ids, codes and times, nothing of what is worked on.
type Queue struct {
	// Count is by state; of failed jobs those alone that nobody has tried again.
	Count map[string]int
	// Oldest is when the oldest waiting, running and failed job was made, by state.
	Oldest map[string]time.Time
	// Running and Failed are the jobs of these states, at most 200; failed ones newest first.
	Running, Failed []archive.Job
	// Reasons count failed jobs by reason code.
	Reasons map[string]int
	// Partial says that so many jobs failed that old ones weren't looked at.
	Partial bool
}

// Queue shows the machine's work to who operates the system.
func (d *Desk) Queue(ctx context.Context) (Queue, error) {
	var q Queue
	if _, ok := d.able(policies.ActOperate); !ok {
		return q, d.refused(ctx, act{op: audit.OpAccessRefused}, ErrDenied)
	}
	err := d.view(ctx, func(r archive.Reader) error {
		q = Queue{Oldest: map[string]time.Time{}, Reasons: map[string]int{}, Running: []archive.Job{}, Failed: []archive.Job{}}
		count, oldest, err := r.Jobs()
		if err != nil {
			return err
		}
		if q.Count = count; !oldest.IsZero() {
			q.Oldest[archive.JobWaiting] = oldest
		}
		for row, err := range r.JobsIn(archive.JobRunning, "") {
			if err != nil {
				return err
			}
			q.list(&q.Running, row.Value)
		}
		return q.failed(r)
	})
	return q, err
}

// list adds a job to those shown.
func (q *Queue) list(shown *[]archive.Job, j archive.Job) {
	if at, ok := q.Oldest[j.State]; !ok || j.Created.Before(at) {
		q.Oldest[j.State] = j.Created
	}
	if len(*shown) < queueShown {
		*shown = append(*shown, j)
	}
}

// failed lists the failed jobs that are the last word on what they worked on.
func (q *Queue) failed(r archive.Reader) (err error) {
	open := 0
	q.Partial, err = failures(r, func(j archive.Job) {
		open++
		q.Reasons[j.Reason]++
		q.list(&q.Failed, j)
	})
	q.Count[archive.JobFailed] = open
	return err
}

// failures calls fn with the failed jobs that are the last word on what they worked on, newest first;
// partial says that so many failed that old ones weren't looked at.
func failures(r archive.Reader, fn func(archive.Job)) (partial bool, err error) {
	looked := 0
	for row, err := range r.JobsIn(archive.JobFailed, "") {
		if err != nil {
			return false, err
		}
		if looked++; looked > queueLooked {
			return true, nil
		}
		last, err := lastWord(r, row.Value)
		if err != nil {
			return false, err
		}
		if last {
			fn(row.Value)
		}
	}
	return false, nil
}

// lastWord reports whether what a failed job was to do is still to be done: nobody tried again, gave it up
// or erased what it worked on.
func lastWord(r archive.Reader, j archive.Job) (bool, error) {
	if j.Kind == archive.JobBundle {
		_, err := r.Bundle(archive.BundleID(j.ID))
		return err == nil && j.Reason != cancelled, unlessMissing(err)
	}
	if j.Kind == archive.JobInquiry {
		_, err := r.InquiryOf(j.ID)
		return err == nil, unlessMissing(err)
	}
	v, err := r.Version(j.Version)
	if err != nil {
		return false, unlessMissing(err)
	}
	if j.Kind != archive.JobArrange {
		return v.Job == j.ID, nil
	}
	if v.Inbox == "" {
		return false, nil
	}
	item, err := r.InboxItem(v.Inbox)
	if err != nil {
		return false, unlessMissing(err)
	}
	return item.Arranging != nil && item.Arranging.Job == j.ID, nil
}
