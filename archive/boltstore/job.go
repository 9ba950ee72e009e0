package boltstore

import (
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"eakte/archive"
)

// jobRecord is a job; nothing in it is personal.
type jobRecord struct {
	Kind        string            `cbor:"1,keyasint"`
	Version     archive.VersionID `cbor:"2,keyasint"`
	State       string            `cbor:"3,keyasint"`
	Step        string            `cbor:"4,keyasint,omitempty"`
	Done        int               `cbor:"5,keyasint,omitempty"`
	Total       int               `cbor:"6,keyasint,omitempty"`
	Reason      string            `cbor:"7,keyasint,omitempty"`
	Attempts    int               `cbor:"8,keyasint"`
	NotBefore   time.Time         `cbor:"9,keyasint"`
	Worker      string            `cbor:"10,keyasint,omitempty"`
	LeasedUntil time.Time         `cbor:"11,keyasint"`
	Created     time.Time         `cbor:"12,keyasint"`
	Finished    time.Time         `cbor:"13,keyasint"`
	Rank        int               `cbor:"14,keyasint,omitempty"`
	Lane        string            `cbor:"15,keyasint,omitempty"`
}

// Job implements [archive.Reader].
func (r *reader) Job(id archive.JobID) (archive.Job, error) {
	key, ok := raw(id)
	if !ok {
		return archive.Job{}, missing("job")
	}
	return r.job(key)
}

func (r *reader) job(key []byte) (archive.Job, error) {
	value := r.value(bJob, key)
	if value == nil {
		return archive.Job{}, missing("job")
	}
	var j jobRecord
	if _, err := r.store.codec.decode(bJob, key, value, &j); err != nil {
		return archive.Job{}, fmt.Errorf("job %s: %w", idOf[archive.JobID](key), err)
	}
	return archive.Job{
		ID: idOf[archive.JobID](key), Kind: j.Kind, Version: j.Version, State: j.State, Step: j.Step, Done: j.Done,
		Total: j.Total, Reason: j.Reason, Attempts: j.Attempts, NotBefore: j.NotBefore, Worker: j.Worker,
		LeasedUntil: j.LeasedUntil, Created: j.Created, Finished: j.Finished, Rank: j.Rank, Lane: j.Lane,
	}, nil
}

// Jobs implements [archive.Reader].
func (r *reader) Jobs() (count map[string]int, oldest time.Time, err error) {
	count = map[string]int{}
	for p, err := range r.scan(span{bucket: bJobCount}) {
		if err != nil {
			return nil, time.Time{}, err
		}
		count[string(p.key)] = int(number(p.value))
	}
	for p, err := range r.scan(span{bucket: bJobWaiting}) {
		if err != nil {
			return nil, time.Time{}, err
		}
		j, err := r.job(p.key[len(p.key)-idSize:])
		return count, j.Created, err
	}
	return count, time.Time{}, nil
}

// JobsIn implements [archive.Reader].
func (r *reader) JobsIn(state string, after archive.Position) archive.List[archive.Job] {
	s := span{after: after, down: state == archive.JobFailed}
	switch state {
	case archive.JobWaiting:
		s.bucket = bJobWaiting
	case archive.JobRunning:
		s.bucket = bJobLease
	case archive.JobFailed:
		s.bucket = bJobFailed
	default:
		return func(yield func(archive.Row[archive.Job], error) bool) {
			yield(archive.Row[archive.Job]{}, invalid("job", "there is no list of that state"))
		}
	}
	return rows(r, s, func(p pair) (archive.Job, error) { return r.job(p.key[len(p.key)-idSize:]) })
}

// fillFailed lifts format 3: failed jobs weren't listed.
func fillFailed(tx *bolt.Tx, aside func(string, []byte)) error {
	c, err := newCodec()
	if err != nil {
		return err
	}
	index, err := tx.CreateBucketIfNotExists([]byte(bJobFailed))
	if err != nil {
		return fmt.Errorf("boltstore: creating bucket %s: %w", bJobFailed, err)
	}
	return eachJob(tx, c, aside, func(key []byte, j jobRecord) error {
		_, _, _, at := jobKeys(archive.Job{State: j.State, Finished: j.Finished}, key)
		if at == nil {
			return nil
		}
		return index.Put(at, []byte{})
	})
}

// Enqueue implements [archive.Tx].
func (t *transaction) Enqueue(j archive.Job) error {
	if err := t.room(); err != nil {
		return err
	}
	key, err := named("job", j.ID)
	if err != nil {
		return err
	}
	if t.value(bJob, key) != nil {
		return conflict("job", "it is there already")
	}
	if j.State != archive.JobWaiting {
		return invalid("job", "a new one waits")
	}
	return t.storeJob(key, archive.Job{}, j)
}

// Lease implements [archive.Tx].
func (t *transaction) Lease(worker string, now time.Time, ttl time.Duration) (archive.Job, bool, error) {
	if worker == "" || ttl <= 0 {
		return archive.Job{}, false, invalid("job", "a lease has a worker and a length")
	}
	key, err := t.due(now)
	if err != nil || key == nil {
		return archive.Job{}, false, err
	}
	old, err := t.job(key)
	if err != nil {
		return archive.Job{}, false, err
	}
	j := old
	j.State, j.Worker, j.LeasedUntil = archive.JobRunning, worker, now.Add(ttl).UTC()
	j.Attempts++
	if err := t.served(old); err != nil {
		return archive.Job{}, false, err
	}
	return j, true, t.storeJob(key, old, j)
}

// JobDue implements [archive.Reader].
func (r *reader) JobDue(now time.Time) (bool, error) {
	key, err := r.due(now)
	return key != nil, err
}

// PutJob implements [archive.Tx]. A lease is worker and attempt: the worker that holds it may
// lengthen it; once the job is anybody else's, or done, it is lost.
func (t *transaction) PutJob(j archive.Job) error {
	key, err := named("job", j.ID)
	if err != nil {
		return err
	}
	old, err := t.job(key)
	if err != nil {
		return err
	}
	if old.State == archive.JobRunning && !holds(j, old) {
		return conflict("job", "the lease is another one's")
	}
	if old.State != archive.JobRunning && (j.State == archive.JobRunning || j.Worker != "") {
		return conflict("job", "the lease has ended")
	}
	if j.Rank != old.Rank || j.Lane != old.Lane || j.Version != old.Version || j.Kind != old.Kind || !j.Created.Equal(old.Created) {
		return invalid("job", "what it is about stays as it is")
	}
	if j.State != archive.JobRunning {
		j.Worker, j.LeasedUntil = "", time.Time{}
	}
	return t.storeJob(key, old, j)
}

// jobKeys are a job's places in the indexes of its state; nil for those it isn't in.
func jobKeys(j archive.Job, key []byte) (turn, waiting, lease, failed []byte) {
	switch j.State {
	case archive.JobWaiting:
		return turnKey(j, key), join(moment(j.Created), key), nil, nil
	case archive.JobRunning:
		return nil, nil, join(moment(j.LeasedUntil), key), nil
	case archive.JobFailed:
		return nil, nil, nil, join(moment(j.Finished), key)
	}
	return nil, nil, nil, nil
}

func (t *transaction) storeJob(key []byte, old, j archive.Job) error {
	switch j.State {
	case archive.JobWaiting, archive.JobRunning, archive.JobDone, archive.JobFailed:
	default:
		return invalid("job", "there is no such state")
	}
	if j.Rank < archive.RankWaited || j.Rank > archive.RankBulk {
		return invalid("job", "there is no such rank")
	}
	turn, waiting, lease, failed := jobKeys(old, key)
	turn2, waiting2, lease2, failed2 := jobKeys(j, key)
	for _, index := range []struct {
		bucket   string
		from, to []byte
	}{{bJobTurn, turn, turn2}, {bJobWaiting, waiting, waiting2}, {bJobLease, lease, lease2}, {bJobFailed, failed, failed2}} {
		if err := t.shift(index.bucket, index.from, index.to); err != nil {
			return err
		}
	}
	if old.State != j.State {
		if old.State != "" {
			if err := t.count(bJobCount, []byte(old.State), -1); err != nil {
				return err
			}
		}
		if err := t.count(bJobCount, []byte(j.State), +1); err != nil {
			return err
		}
	}
	t.jobs = t.jobs || j.State == archive.JobWaiting
	value, err := t.store.codec.encode(bJob, key, jobRecord{
		Kind: j.Kind, Version: j.Version, State: j.State, Step: j.Step, Done: j.Done, Total: j.Total, Reason: j.Reason,
		Attempts: j.Attempts, NotBefore: j.NotBefore, Worker: j.Worker, LeasedUntil: j.LeasedUntil,
		Created: j.Created, Finished: j.Finished, Rank: j.Rank, Lane: j.Lane,
	}, nil, nil)
	if err != nil {
		return err
	}
	return t.put(bJob, key, value)
}

// holds reports whether j comes from whoever holds the lease. Who gives a job back may take back the
// attempt too: the machine, not the job, was the reason.
func holds(j, old archive.Job) bool {
	back := j.State == archive.JobWaiting && j.Attempts == old.Attempts-1
	return j.Worker == old.Worker && (j.Attempts == old.Attempts || back)
}

// eachJob visits all jobs for a migration; damaged records are left aside.
func eachJob(tx *bolt.Tx, c codec, aside func(string, []byte), visit func(key []byte, j jobRecord) error) error {
	jobs := tx.Bucket([]byte(bJob))
	if jobs == nil {
		return nil
	}
	return jobs.ForEach(func(key, value []byte) error {
		var j jobRecord
		if _, err := c.decode(bJob, key, value, &j); err != nil {
			aside(bJob, key)
			return nil
		}
		return visit(key, j)
	})
}
