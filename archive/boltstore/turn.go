package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"eakte/archive"
)

// Where the parts of a turn's key end.
const (
	turnLane = 1 + idSize
	turnTime = turnLane + 8
)

// servedLeases is the key of how many leases were given; those of ranks have one byte.
const servedLeases = "leases"

// eachUpwards is every how many leases the rank that is served last is asked first.
const eachUpwards = 8

// rankKey is a rank in keys.
func rankKey(rank int) []byte { return []byte{byte(rank - archive.RankWaited)} }

// turnKey is a waiting job's place in the queue.
func turnKey(j archive.Job, key []byte) []byte {
	return join(rankKey(j.Rank), anyID(j.Lane), moment(j.NotBefore), key)
}

// due returns the key of the job to lease next; nil if there is none. What a dead worker left comes
// first: there is never more of it than workers have hands.
func (r *reader) due(now time.Time) ([]byte, error) {
	for p, err := range r.scan(span{bucket: bJobLease}) {
		if err != nil {
			return nil, err
		}
		if bytes.Compare(p.key[:8], moment(now)) <= 0 {
			return bytes.Clone(p.key[8:]), nil
		}
		break
	}
	if r.bolt.DB() == nil {
		return nil, errEnded
	}
	ranks := []int{archive.RankWaited, archive.RankBrought, archive.RankBulk}
	if number(r.value(bJobServed, []byte(servedLeases)))%eachUpwards == eachUpwards-1 {
		ranks = []int{archive.RankBulk, archive.RankBrought, archive.RankWaited}
	}
	for _, rank := range ranks {
		prefix := rankKey(rank)
		last := r.value(bJobServed, prefix)
		if key := r.turn(prefix, last, nil, now); key != nil {
			return key, nil
		}
		if last == nil {
			continue
		}
		if key := r.turn(prefix, nil, last, now); key != nil {
			return key, nil
		}
	}
	return nil, nil
}

// turn returns the first job that is due of the lanes behind after and up to last, both of which may be
// nil; nil if there is none. It looks at one key a lane.
func (r *reader) turn(rank, after, last []byte, now time.Time) []byte {
	c := r.bolt.Bucket([]byte(bJobTurn)).Cursor()
	seek := rank
	if after != nil {
		seek = behind(rank, after)
	}
	for k, _ := c.Seek(seek); len(k) == turnTime+idSize && bytes.HasPrefix(k, rank); {
		lane := bytes.Clone(k[1:turnLane])
		if last != nil && bytes.Compare(lane, last) > 0 {
			return nil
		}
		if bytes.Compare(k[turnLane:turnTime], moment(now)) <= 0 {
			return bytes.Clone(k[turnTime:])
		}
		k, _ = c.Seek(behind(rank, lane))
	}
	return nil
}

// behind is a key that is behind all those of a lane, and before those of the next.
func behind(rank, lane []byte) []byte {
	return join(rank, lane, bytes.Repeat([]byte{0xff}, 8+idSize+1))
}

// served notes whose turn it was.
func (t *transaction) served(j archive.Job) error {
	return errors.Join(
		t.count(bJobServed, []byte(servedLeases), 1),
		t.put(bJobServed, rankKey(j.Rank), anyID(j.Lane)),
	)
}

// fillTurns queues waiting jobs of format 4, which were leased one after the other whoever's they were.
func fillTurns(tx *bolt.Tx, aside func(string, []byte)) error {
	for _, name := range []string{"job-due", bJobTurn} {
		if err := tx.DeleteBucket([]byte(name)); err != nil && !errors.Is(err, bolterrors.ErrBucketNotFound) {
			return fmt.Errorf("boltstore: deleting bucket %s: %w", name, err)
		}
	}
	c, err := newCodec()
	if err != nil {
		return err
	}
	queue, err := tx.CreateBucket([]byte(bJobTurn))
	if err != nil {
		return fmt.Errorf("boltstore: creating bucket %s: %w", bJobTurn, err)
	}
	return eachJob(tx, c, aside, func(key []byte, j jobRecord) error {
		if j.State != archive.JobWaiting {
			return nil
		}
		return queue.Put(turnKey(archive.Job{NotBefore: j.NotBefore, Rank: j.Rank, Lane: j.Lane}, key), []byte{})
	})
}
