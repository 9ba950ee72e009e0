package bleveindex

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/search"
	bleve "github.com/blevesearch/bleve_index_api"
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

	tally tally
	best  []found // sorted, at most limit
}

// checkEvery is after how many matches the context is asked.
const checkEvery = 1024

func (c *collector) collect(ctx context.Context, r *restricted) error {
	sc := &search.SearchContext{DocumentMatchPool: search.NewDocumentMatchPool(r.poolSize(), 0), IndexReader: c.reader}
	for n := 0; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		m, at, miss, err := r.Next(sc)
		if err != nil || m == nil {
			return err
		}
		c.tally.add(at, miss)
		if miss != none {
			sc.DocumentMatchPool.Put(m)
			continue
		}
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
