package ingest

import (
	"context"
	"errors"
	"io"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/read"
)

// InquiryMaker writes the package of an inquiry.
type InquiryMaker interface {
	// WriteInquiry writes it to w. done is told how many files are in it; its error ends the work.
	WriteInquiry(ctx context.Context, q archive.Inquiry, w io.Writer, done func(files int) error) error
}

// inquiry makes the package of the job's inquiry and ends the job. One that was given back meanwhile gets none.
func (r *run) inquiry(ctx context.Context) error {
	if r.Inquiries == nil {
		return errors.New("ingest: this server makes no packages")
	}
	var q archive.Inquiry
	err := r.Store.View(ctx, func(rd archive.Reader) (err error) {
		q, err = rd.InquiryOf(r.job.ID)
		return err
	})
	if err != nil {
		return err
	}
	r.at("inquiry", 0, r.job.Total)
	noted := time.Now()
	object, err := receive(ctx, r.Store, r.Objects, q.Content, r.Now, func(ctx context.Context, w io.Writer) error {
		return r.Inquiries.WriteInquiry(ctx, q, w, func(files int) error {
			r.at("inquiry", files, r.job.Total)
			if time.Since(noted) < noteEvery {
				return ctx.Err()
			}
			noted = time.Now()
			return r.note(ctx)
		})
	})
	if err != nil {
		return err
	}
	err = r.Store.Update(ctx, func(tx archive.Tx) error {
		now, err := tx.InquiryOf(r.job.ID)
		if err != nil {
			return err
		}
		job := r.snapshot()
		job.State, job.Reason, job.Finished = archive.JobDone, "", r.Now().UTC()
		if err := tx.PutJob(job); err != nil {
			return err
		}
		now.Object, now.Expires, now.Revision = object, r.Now().UTC().Add(archive.InquiryKept), now.Revision+1
		if err := tx.PutInquiry(now); err != nil {
			return err
		}
		if err := tx.Settle(object.Ref); err != nil {
			return err
		}
		return tx.Record(r.inquiryEvent(audit.OpJobDone, now.ID, now.Person))
	})
	if err != nil {
		return errors.Join(err, discard(context.WithoutCancel(ctx), r.Store, r.Objects, object.Ref))
	}
	return nil
}

// failInquiry ends the job of a package that can't be made; the inquiry can be given back and released once more.
func (r *run) failInquiry(ctx context.Context, f *read.Failure) error {
	return r.Store.Update(ctx, func(tx archive.Tx) error {
		job := r.job
		job.State, job.Reason, job.Finished = archive.JobFailed, f.Code, r.Now().UTC()
		if err := tx.PutJob(job); err != nil {
			return err
		}
		q, err := tx.InquiryOf(job.ID)
		if errors.Is(err, archive.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.Record(r.inquiryEvent(audit.OpJobFailed, q.ID, q.Person))
	})
}

// inquiryEvent is what the trail is told of the machine's work on an inquiry.
func (p *Pipeline) inquiryEvent(op audit.Op, id archive.InquiryID, person archive.PersonID) audit.Event {
	e := audit.Event{
		Time: p.Now(), Actor: audit.System(), Op: op, Object: "inquiry/" + string(id), Persons: []string{string(person)}, Result: audit.Allow,
	}
	if op == audit.OpJobFailed {
		e.Result = audit.Failed
	}
	return e
}

// sweepInquiries removes packages whose time is over. What it leaves undone the next one does, or the next start.
func (p *Pipeline) sweepInquiries(ctx context.Context) error {
	var over []archive.ExpiredInquiry
	err := p.Store.View(ctx, func(r archive.Reader) (err error) {
		over, err = r.ExpiredInquiries(p.Now(), sweepMost)
		return err
	})
	if err != nil {
		return err
	}
	for _, q := range over {
		err := p.Store.Update(ctx, func(tx archive.Tx) error {
			if err := tx.DropInquiryPackage(q.ID); err != nil {
				return err
			}
			if err := tx.Announce(archive.Intent{Ref: q.Ref, Made: p.Now().UTC()}); err != nil {
				return err
			}
			return tx.Record(p.inquiryEvent(audit.OpInquiryExpire, q.ID, q.Person))
		})
		if err == nil {
			err = discard(ctx, p.Store, p.Objects, q.Ref)
		}
		if err != nil && !errors.Is(err, archive.ErrNotFound) {
			return err
		}
	}
	return nil
}
