package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"eakte/archive"
)

// job makes a waiting job.
func (b *bench) job(notBefore time.Time) archive.Job {
	return archive.Job{
		ID: archive.NewID[archive.JobID](), Kind: archive.JobRecognise, Version: archive.NewID[archive.VersionID](),
		State: archive.JobWaiting, NotBefore: notBefore, Created: b.Clock.Now(),
	}
}

func (b *bench) house(fn func(archive.Tx) error) error { return b.Update(context.Background(), fn) }

// lease leases a job and fails the test unless it is want ("" for none).
func (b *bench) lease(worker string, want archive.JobID) archive.Job {
	b.t.Helper()
	var got archive.Job
	var due bool
	b.view(func(r archive.Reader) (err error) { due, err = r.JobDue(b.Clock.Now()); return err })
	err := b.house(func(tx archive.Tx) error {
		job, ok, err := tx.Lease(worker, b.Clock.Now(), time.Minute)
		got = job
		if ok != (job.ID != "") {
			return fmt.Errorf("ok is %v for %q", ok, job.ID)
		}
		return err
	})
	if err != nil || got.ID != want || due != (want != "") {
		b.t.Fatalf("%s leases %q (due before: %v), want %q: %v", worker, got.ID, due, want, err)
	}
	return got
}

func testJobs(b *bench) {
	now := b.Clock.Now()
	later, first, second := b.job(now.Add(time.Hour)), b.job(now.Add(-2*time.Minute)), b.job(now.Add(-time.Minute))
	select {
	case <-b.Wake("jobs"):
		b.t.Error("woken without work")
	default:
	}
	if err := b.house(func(tx archive.Tx) error {
		return errors.Join(tx.Enqueue(later), tx.Enqueue(second), tx.Enqueue(first))
	}); err != nil {
		b.t.Fatal(err)
	}
	select {
	case <-b.Wake("jobs"):
	case <-time.After(5 * time.Second):
		b.t.Error("nobody was woken for new jobs")
	}
	if err := b.house(func(tx archive.Tx) error { return tx.Enqueue(first) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("the same job again: %v", err)
	}
	got := b.lease("w1", first.ID)
	if got.State != archive.JobRunning || got.Worker != "w1" || got.Attempts != 1 || !got.LeasedUntil.Equal(now.Add(time.Minute)) {
		b.t.Errorf("leased: %+v", got)
	}
	b.lease("w2", second.ID)
	b.lease("w3", "")
	b.view(func(r archive.Reader) error {
		count, oldest, err := r.Jobs()
		if !oldest.Equal(later.Created) {
			b.t.Errorf("the oldest waiting one is of %v", oldest)
		}
		same(b, "counts", count, err, map[string]int{archive.JobWaiting: 1, archive.JobRunning: 2})
		return nil
	})
	got.State, got.Finished = archive.JobDone, now
	if err := b.house(func(tx archive.Tx) error { return tx.PutJob(got) }); err != nil {
		b.t.Errorf("finishing: %v", err)
	}
	b.Clock.Advance(2 * time.Hour)
	b.lease("w1", second.ID) // its lease ran out before the third was due
	b.lease("w1", later.ID)
	b.lease("w1", "")
	b.view(func(r archive.Reader) error {
		count, oldest, err := r.Jobs()
		if !oldest.IsZero() {
			b.t.Errorf("an oldest one without waiting ones: %v", oldest)
		}
		same(b, "counts", count, err, map[string]int{archive.JobDone: 1, archive.JobRunning: 2})
		return nil
	})
}

func testLeases(b *bench) {
	job := b.job(b.Clock.Now())
	if err := b.house(func(tx archive.Tx) error { return tx.Enqueue(job) }); err != nil {
		b.t.Fatal(err)
	}
	put := func(j archive.Job) error { return b.house(func(tx archive.Tx) error { return tx.PutJob(j) }) }
	job.State = archive.JobRunning
	if err := put(job); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("running without a lease: %v", err)
	}
	lost := b.lease("w1", job.ID)
	lost.Step, lost.Done, lost.LeasedUntil = "text", 3, b.Clock.Now().Add(10*time.Minute)
	if err := put(lost); err != nil {
		b.t.Errorf("lengthening a lease: %v", err)
	}
	b.Clock.Advance(5 * time.Minute)
	b.lease("w2", "")
	b.Clock.Advance(6 * time.Minute)
	held := b.lease("w2", job.ID)
	if held.Attempts != 2 || held.Step != "text" {
		b.t.Errorf("leased again: %+v", held)
	}
	for _, worker := range []string{"w1", "w2", ""} {
		stale := lost
		stale.Worker, stale.State = worker, archive.JobDone
		if err := put(stale); !errors.Is(err, archive.ErrConflict) {
			b.t.Errorf("%q finishes with a lease that was lost: %v, want a conflict", worker, err)
		}
	}
	held.State, held.Reason, held.NotBefore = archive.JobWaiting, "tool_crashed", b.Clock.Now().Add(time.Minute)
	if err := put(held); err != nil {
		b.t.Errorf("giving back: %v", err)
	}
	b.view(func(r archive.Reader) error {
		got, err := r.Job(job.ID)
		if err != nil || got.Worker != "" || !got.LeasedUntil.IsZero() || got.Reason != "tool_crashed" {
			b.t.Errorf("given back: %+v, %v", got, err)
		}
		return nil
	})
	b.lease("w3", "")
	b.Clock.Advance(time.Minute)
	last := b.lease("w3", job.ID)
	last.State, last.Finished = archive.JobFailed, b.Clock.Now()
	if err := put(last); err != nil {
		b.t.Errorf("failing: %v", err)
	}
	for _, state := range []string{archive.JobWaiting, archive.JobDone} {
		late := last
		if late.State = state; !errors.Is(put(late), archive.ErrConflict) {
			b.t.Errorf("a worker makes a job that has ended %q", state)
		}
	}
	last.State, last.Finished, last.NotBefore, last.Worker = archive.JobWaiting, time.Time{}, b.Clock.Now(), ""
	if err := put(last); err != nil {
		b.t.Errorf("trying again: %v", err)
	}
	b.lease("w1", job.ID)
	testLeaseOnce(b)
}

// testJobsIn lists jobs by state.
func testJobsIn(b *bench) {
	jobs := make([]archive.Job, 4)
	for i := range jobs {
		jobs[i] = b.job(b.Clock.Now())
		if err := b.house(func(tx archive.Tx) error { return tx.Enqueue(jobs[i]) }); err != nil {
			b.t.Fatal(err)
		}
		b.Clock.Advance(time.Second)
	}
	finish := func(job archive.Job, state string) {
		b.t.Helper()
		b.Clock.Advance(time.Second)
		job.State, job.Finished = state, b.Clock.Now()
		if err := b.house(func(tx archive.Tx) error { return tx.PutJob(job) }); err != nil {
			b.t.Fatal(err)
		}
	}
	first, second, third := b.lease("w", jobs[0].ID), b.lease("w", jobs[1].ID), b.lease("w", jobs[2].ID)
	finish(second, archive.JobFailed)
	finish(first, archive.JobFailed)
	lists := func(state string, want ...archive.JobID) {
		b.t.Helper()
		for _, n := range []int{1, 10} {
			got := pages(b, n, nil, func(r archive.Reader, after archive.Position) archive.List[archive.Job] {
				return r.JobsIn(state, after)
			})
			ids := []archive.JobID{}
			for _, j := range got {
				if ids = append(ids, j.ID); j.State != state {
					b.t.Errorf("%s among those %s", j.State, state)
				}
			}
			compare(b, state, ids, append([]archive.JobID{}, want...))
		}
	}
	lists(archive.JobWaiting, jobs[3].ID)
	lists(archive.JobRunning, third.ID)
	lists(archive.JobFailed, first.ID, second.ID)
	finish(third, archive.JobDone)
	lists(archive.JobRunning)
	b.view(func(r archive.Reader) error {
		for _, err := range r.JobsIn(archive.JobDone, "") {
			if !errors.Is(err, archive.ErrInvalid) {
				b.t.Errorf("those that are done: %v", err)
			}
		}
		return nil
	})
}

// testLeaseOnce lets many workers lease at once.
func testLeaseOnce(b *bench) {
	const n = 20
	for range n {
		if err := b.house(func(tx archive.Tx) error { return tx.Enqueue(b.job(b.Clock.Now())) }); err != nil {
			b.t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[archive.JobID]int{}
	for w := range 2 * n {
		wg.Go(func() {
			var got archive.Job
			var ok bool
			err := b.house(func(tx archive.Tx) (err error) {
				got, ok, err = tx.Lease(fmt.Sprint("worker ", w), b.Clock.Now(), time.Minute)
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				b.t.Error(err)
			}
			if ok {
				seen[got.ID]++
			}
		})
	}
	wg.Wait()
	for id, times := range seen {
		if times != 1 {
			b.t.Errorf("job %s was leased %d times", id, times)
		}
	}
	if len(seen) != n {
		b.t.Errorf("%d of %d jobs were leased", len(seen), n)
	}
}
