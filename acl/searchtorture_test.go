package acl_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"eakte/acl/searchtest"
)

// tortureBatch is how many sequences come from one seed.
const tortureBatch = 100

// TestTortureSearch asks an authority whatever its search can be asked while rights and papers change, and
// compares each answer with what the reader may see; see [searchtest]. N= is how many sequences there are, SEED= the
// first seed of them; the short run has seeds of its own and one that nobody knows.
func TestTortureSearch(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	seed, _ := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	first := cmp.Or(seed, 2026)
	var tally searchtest.Tally
	if n == 0 {
		torture(t, first, 8, &tally)
		torture(t, uint64(time.Now().UnixNano()), 8, &tally)
		t.Log(tally)
		if tally.Found == 0 || tally.Hidden == 0 || tally.Dirty == 0 {
			t.Errorf("hardly anything was tried: %s", tally)
		}
		return
	}
	start := time.Now()
	for done := 0; done < n; {
		some := min(tortureBatch, n-done)
		torture(t, first+uint64(done/tortureBatch), some, &tally)
		done += some
		t.Logf("%d of %d sequences in %s, %d searches", done, n, time.Since(start).Round(time.Second), tally.Searches)
	}
	t.Log(tally)
}

// torture runs sequences of a seed, which rapid prints where one fails.
func torture(t *testing.T, seed uint64, n int, tally *searchtest.Tally) {
	t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
		for name, value := range map[string]string{"rapid.seed": fmt.Sprint(seed), "rapid.checks": fmt.Sprint(n)} {
			if err := flag.Set(name, value); err != nil {
				t.Fatal(err)
			}
		}
		rapid.Check(t, func(r *rapid.T) { searchtest.Sequence(t, r, "../policies/builtin", tally) })
	})
}
