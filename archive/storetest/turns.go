package storetest

import (
	"errors"
	"time"

	"eakte/archive"
)

// crowd enqueues n jobs in one change and returns the last one's ID.
func (b *bench) crowd(n, rank int, lane string) (last archive.JobID) {
	b.t.Helper()
	if err := b.house(func(tx archive.Tx) error {
		for range n {
			j := b.job(b.Clock.Now())
			j.Rank, j.Lane = rank, lane
			if err := tx.Enqueue(j); err != nil {
				return err
			}
			last = j.ID
		}
		return nil
	}); err != nil {
		b.t.Fatal(err)
	}
	return last
}

// next leases n jobs and returns their lanes.
func (b *bench) next(n int) (lanes []string) {
	b.t.Helper()
	for range n {
		if err := b.house(func(tx archive.Tx) error {
			j, ok, err := tx.Lease("w", b.Clock.Now(), time.Hour)
			if err == nil && !ok {
				err = errors.New("there is none")
			}
			lanes = append(lanes, j.Lane)
			return err
		}); err != nil {
			b.t.Fatal(err)
		}
	}
	return lanes
}

// at is where a lane has its first turn, from 1; 0 for never.
func at(lanes []string, lane string) int {
	for i, l := range lanes {
		if l == lane {
			return i + 1
		}
	}
	return 0
}

// testTurns brings a thousand papers of one, then one of another, and something that is waited for.
func testTurns(b *bench) {
	a, c, e := string(archive.NewID[archive.UserID]()), string(archive.NewID[archive.UserID]()), string(archive.NewID[archive.UserID]())
	b.crowd(1000, archive.RankBrought, a)
	b.next(3)
	b.Clock.Advance(time.Minute)
	b.crowd(1, archive.RankBrought, c)
	if got := b.next(3); at(got, c) == 0 || at(got, a) == 0 {
		b.t.Errorf("one behind a thousand: its turn is %d among the next three", at(got, c))
	}
	b.crowd(3, archive.RankBrought, c)
	b.crowd(1, archive.RankWaited, e)
	if got := b.next(2); at(got, e) == 0 { // one of them may be every eighth, which begins with the others
		b.t.Errorf("what is waited for isn't among the next two: %q", got)
	}
	b.crowd(20, archive.RankBrought, "")
	got := b.next(9)
	turns := map[string]int{}
	for _, lane := range got {
		turns[lane]++
	}
	if turns[a] < 2 || turns[c] < 2 || turns[""] < 2 {
		b.t.Errorf("nine turns of three: %v", turns)
	}
	later := b.job(b.Clock.Now().Add(time.Hour))
	later.Lane = e
	if err := b.house(func(tx archive.Tx) error { return tx.Enqueue(later) }); err != nil {
		b.t.Fatal(err)
	}
	if got := b.next(5); at(got, e) != 0 {
		b.t.Error("a job was leased before its time")
	}
	b.view(func(r archive.Reader) error {
		got, err := r.Job(later.ID)
		if got.Lane != e {
			b.t.Errorf("the lane is %q, want %q", got.Lane, e)
		}
		return err
	})
	later.Lane = a
	if err := b.house(func(tx archive.Tx) error { return tx.PutJob(later) }); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("a change of lane: %v", err)
	}
	later.ID, later.Rank = archive.NewID[archive.JobID](), 7
	if err := b.house(func(tx archive.Tx) error { return tx.Enqueue(later) }); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("a rank that isn't there: %v", err)
	}
}

// testBulk loads a hundred papers beside those that people bring all the time.
func testBulk(b *bench) {
	b.crowd(200, archive.RankBrought, "people")
	b.crowd(100, archive.RankBulk, "load")
	got := b.next(80)
	n := 0
	for _, lane := range got {
		if lane == "load" {
			n++
		}
	}
	if n < 9 || n > 11 {
		b.t.Errorf("%d of 80 leases went to the load, want a tenth or so", n)
	}
}
