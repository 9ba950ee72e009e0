package ingest

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
	"eakte/ingest/read"
)

// Config is what a [Pipeline] works with. All fields but those marked are required.
type Config struct {
	Store    archive.Store
	Objects  *seal.Store
	Contents *archive.Contents
	Reader   Reader
	// Scanner searches received bytes for malware before anything else is done with them; nil: they
	// aren't searched.
	Scanner Scanner
	// Bundles makes bundles; nil: their jobs fail.
	Bundles BundleMaker
	// Inquiries makes the packages of inquiries; nil: their jobs fail.
	Inquiries InquiryMaker
	// Worker names this process in leases.
	Worker string
	// Jobs is how many documents are worked on at once; pages are bounded by the Reader. 0 means 4.
	Jobs int
	// Lease is how long a worker that died keeps its job; 0 means one minute.
	Lease time.Duration
	// MaxAttempts is after how many leases a job is given up; 0 means 5.
	MaxAttempts int
	// SourceMonths is for how many months what was taken apart is kept after all its parts were filed;
	// 0 means 1.
	SourceMonths int
	// DeliveryMonths is for how many months the rows of deliveries tell names; 0 means
	// [archive.DeliveryMonths].
	DeliveryMonths int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Pipeline works off the machine's queue.
type Pipeline struct {
	Config
}

// idle is how long the pipeline sleeps at most when there is nothing to do: jobs whose time comes, and
// leases that run out, wake nobody.
const idle = 2 * time.Second

// New returns a pipeline.
func New(cfg Config) *Pipeline {
	if cfg.Jobs == 0 {
		cfg.Jobs = 4
	}
	if cfg.Lease == 0 {
		cfg.Lease = time.Minute
	}
	if cfg.MaxAttempts == 0 {
		cfg.MaxAttempts = 5
	}
	if cfg.SourceMonths == 0 {
		cfg.SourceMonths = 1
	}
	if cfg.DeliveryMonths == 0 {
		cfg.DeliveryMonths = archive.DeliveryMonths
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Pipeline{cfg}
}

// Run works until ctx ends. Jobs under way then go back into the queue.
func (p *Pipeline) Run(ctx context.Context) error {
	var busy sync.WaitGroup
	defer busy.Wait()
	slots := make(chan struct{}, p.Jobs)
	wake := p.Store.Wake("jobs")
	var swept time.Time
	var sources archive.Position
	for {
		if time.Since(swept) > sweepEvery {
			swept = time.Now()
			if err := p.sweep(ctx); err != nil && ctx.Err() == nil {
				p.Log.ErrorContext(ctx, "expired bundles were not deleted; tried again in a minute", "error", err)
			}
			if err := p.sweepInquiries(ctx); err != nil && ctx.Err() == nil {
				p.Log.ErrorContext(ctx, "packages of inquiries were not removed; tried again in a minute", "error", err)
			}
			var err error
			if sources, err = p.sweepSources(ctx, sources); err != nil && ctx.Err() == nil {
				p.Log.ErrorContext(ctx, "what was taken apart was not deleted; tried again in a minute", "error", err)
			}
			if err = p.sweepDeliveries(ctx); err != nil && ctx.Err() == nil {
				p.Log.ErrorContext(ctx, "names in deliveries were not erased; tried again in a minute", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case slots <- struct{}{}:
		}
		job, ok, err := p.lease(ctx)
		if err == nil && ok {
			busy.Go(func() {
				defer func() { <-slots }()
				p.work(ctx, job)
			})
			continue
		}
		<-slots
		if err != nil && ctx.Err() == nil {
			p.Log.ErrorContext(ctx, "no job could be leased", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-time.After(idle):
		}
	}
}

// Drain works off what is due now, and returns when nothing is: for tests and tools that want to wait
// for the machine. It never returns before its workers did.
func (p *Pipeline) Drain(ctx context.Context) error {
	var busy sync.WaitGroup
	defer busy.Wait()
	if err := p.sweep(ctx); err != nil {
		return err
	}
	if err := p.sweepInquiries(ctx); err != nil {
		return err
	}
	if _, err := p.sweepSources(ctx, ""); err != nil {
		return err
	}
	if err := p.sweepDeliveries(ctx); err != nil {
		return err
	}
	slots := make(chan struct{}, p.Jobs)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case slots <- struct{}{}:
		}
		job, ok, err := p.lease(ctx)
		if err != nil {
			return err
		}
		if ok {
			busy.Go(func() {
				defer func() { <-slots }()
				p.work(ctx, job)
			})
			continue
		}
		<-slots
		busy.Wait()
		if job, ok, err = p.lease(ctx); err != nil || !ok {
			return err
		}
		p.work(ctx, job)
	}
}

func (p *Pipeline) lease(ctx context.Context) (job archive.Job, ok bool, err error) {
	// Most looks find nothing; they must not cost a commit.
	err = p.Store.View(ctx, func(r archive.Reader) (err error) {
		ok, err = r.JobDue(p.Now())
		return err
	})
	if err != nil || !ok {
		return archive.Job{}, false, err
	}
	err = p.Store.Update(ctx, func(tx archive.Tx) (err error) {
		job, ok, err = tx.Lease(p.Worker, p.Now(), p.Lease)
		return err
	})
	return job, ok, err
}

// work carries out one job and stores how it ended.
func (p *Pipeline) work(ctx context.Context, job archive.Job) {
	run := &run{Pipeline: p, job: job}
	err := run.attempt(ctx)
	if err == nil {
		return
	}
	if ctx.Err() != nil {
		err = ctx.Err() // whatever a child said when it was ended with the server
	}
	// What ends the server must not end the note on how far the job came.
	ctx = context.WithoutCancel(ctx)
	if err := run.end(ctx, err); err != nil && !errors.Is(err, archive.ErrConflict) {
		p.Log.ErrorContext(ctx, "job's end was not stored; its lease will run out", "job", job.ID, "error", err)
	}
}

// end stores why an attempt failed: for good, for now, or because the server stops.
func (r *run) end(ctx context.Context, cause error) error {
	var failure *read.Failure
	switch {
	case errors.Is(cause, archive.ErrConflict):
		return nil // another worker has the lease now
	case errors.Is(cause, errUnscanned):
		return r.waitForScanner(ctx, cause)
	case errors.As(cause, &failure):
		return r.fail(ctx, failure)
	case errors.Is(cause, archive.ErrNotFound):
		return r.fail(ctx, gone())
	case parked(cause) && r.Reader.Available(ctx) != nil:
		return r.later(ctx, "parked", time.Minute, r.job.Attempts-1)
	case errors.Is(cause, context.Canceled):
		return r.later(ctx, "interrupted", 0, r.job.Attempts-1)
	case r.job.Attempts >= r.MaxAttempts:
		r.Log.ErrorContext(ctx, "job given up", "job", r.job.ID, "version", r.job.Version, "step", r.job.Step, "error", cause)
		return r.fail(ctx, gaveUp())
	}
	r.Log.WarnContext(ctx, "job will be tried again", "job", r.job.ID, "version", r.job.Version, "step", r.job.Step, "error", cause)
	return r.later(ctx, "trying_again", time.Duration(1<<min(r.job.Attempts, 8))*time.Second, r.job.Attempts)
}

// later puts the job back into the queue.
func (r *run) later(ctx context.Context, reason string, wait time.Duration, attempts int) error {
	return r.Store.Update(ctx, func(tx archive.Tx) error {
		job := r.job
		job.State, job.Reason, job.Attempts = archive.JobWaiting, reason, attempts
		job.NotBefore = r.Now().Add(wait).UTC()
		return tx.PutJob(job)
	})
}

// FlagNotReread says that a version that was to be read anew shows the text it had: that couldn't be done.
const FlagNotReread = "not_reread"

// fail ends the job and, unless its text is there already, the version's wait.
func (r *run) fail(ctx context.Context, f *read.Failure) error {
	switch r.job.Kind {
	case archive.JobBundle:
		return r.failBundle(ctx, f)
	case archive.JobInquiry:
		return r.failInquiry(ctx, f)
	}
	return r.Store.Update(ctx, func(tx archive.Tx) error {
		job := r.job
		job.State, job.Reason, job.Finished = archive.JobFailed, f.Code, r.Now().UTC()
		if err := tx.PutJob(job); err != nil {
			return err
		}
		v, err := tx.Version(job.Version)
		if errors.Is(err, archive.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case v.State != archive.StateReady:
			v.State, v.Reason = string(f.State), f.Code
			err = tx.PutVersion(v)
		case v.Anew: // the text it has stays
			v.Anew, v.Flags = false, merge(v.Flags, []string{FlagNotReread})
			err = tx.PutVersion(v)
		}
		if err != nil {
			return err
		}
		e, err := r.event(tx, audit.OpJobFailed, v)
		if err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// event is what the trail is told of the machine's work: of every document that holds the version, with
// its Akte and person.
func (r *run) event(tx archive.Reader, op audit.Op, v archive.Version) (audit.Event, error) {
	e := audit.Event{
		Time: r.Now(), Actor: audit.System(), Op: op, Object: "inbox/" + string(v.Inbox), Result: audit.Allow,
	}
	if op == audit.OpJobFailed {
		e.Result = audit.Failed
	}
	for _, id := range v.Documents {
		doc, err := tx.Document(id)
		if err != nil {
			return audit.Event{}, err
		}
		akte, err := tx.Akte(doc.Akte)
		if err != nil {
			return audit.Event{}, err
		}
		e.Object, e.Register, e.Classification = "document/"+string(id), doc.Register, doc.Classification
		e.Akten, e.Persons = append(e.Akten, string(akte.ID)), append(e.Persons, string(akte.Person))
	}
	return e, nil
}
