package bleveindex

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/search"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/index"
)

// found is a hit on its way into the answer.
type found struct {
	place
	num   [8]byte // the engine's number of the entry in this snapshot
	akte  uint32  // its Akte, as a number of the table
	score float64
}

// collector walks all matches once: it counts them, counts their facets and keeps the best. IDs
// are read only where ranks are equal.
type collector struct {
	reader bleve.IndexReader
	order  byte
	after  *place
	limit  int

	total  int
	counts []int   // of matches, by facet
	best   []found // sorted, at most limit
}

// checkEvery is after how many matches the context is asked.
const checkEvery = 1024

func (c *collector) collect(ctx context.Context, r *restricted) error {
	c.counts = make([]int, len(r.gate.table.facets))
	sc := &search.SearchContext{DocumentMatchPool: search.NewDocumentMatchPool(r.poolSize(), 0), IndexReader: c.reader}
	for n := 0; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		m, at, err := r.Next(sc)
		if err != nil || m == nil {
			return err
		}
		c.total++
		c.counts[at.facet]++
		f := found{akte: at.akte}
		copy(f.num[:], m.IndexInternalID)
		if c.order == byRelevance {
			f.score = m.Score
			f.rank = scoreRank(m.Score)
		} else {
			f.rank = dateRank(at.date, c.order)
		}
		sc.DocumentMatchPool.Put(m)
		if err := c.offer(f); err != nil {
			return err
		}
	}
}

// offer takes a hit into the best if it belongs there.
func (c *collector) offer(f found) error {
	full := len(c.best) == c.limit
	if full && f.rank > c.best[c.limit-1].rank || c.after != nil && f.rank < c.after.rank {
		return nil
	}
	key, err := c.reader.ExternalID(f.num[:])
	if err != nil {
		return err
	}
	if !strings.HasPrefix(key, kindDocument) {
		return fmt.Errorf("entry of another kind among documents")
	}
	f.id = key[len(kindDocument):]
	if c.after != nil && f.compare(*c.after) <= 0 {
		return nil
	}
	i, _ := slices.BinarySearchFunc(c.best, f, func(a, b found) int { return a.compare(b.place) })
	if i == c.limit {
		return nil
	}
	if full {
		c.best = c.best[:c.limit-1]
	}
	c.best = slices.Insert(c.best, i, f)
	return nil
}

// facets adds up the counts by type, register, department and year.
func (c *collector) facets(joined []string) map[string][]index.Count {
	names := []string{"type", "register", "department", "year"}
	counts := make([]map[string]int, len(names))
	for i := range counts {
		counts[i] = make(map[string]int)
	}
	for k, n := range c.counts {
		if n == 0 {
			continue
		}
		for i, key := range strings.SplitN(joined[k], sep, len(names)) {
			if key != "" {
				counts[i][key] += n
			}
		}
	}
	facets := make(map[string][]index.Count, len(names))
	for i, name := range names {
		facets[name] = sorted(counts[i])
	}
	return facets
}

func sorted(counts map[string]int) []index.Count {
	out := make([]index.Count, 0, len(counts))
	for key, n := range counts {
		out = append(out, index.Count{Key: key, Count: n})
	}
	slices.SortFunc(out, func(a, b index.Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Key, b.Key))
	})
	return out
}
