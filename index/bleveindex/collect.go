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
	key   uint64  // see idKey
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
	for {
		m, at, miss, err := r.Next(ctx, sc)
		if err != nil || m == nil {
			return err
		}
		c.tally.add(at, miss)
		if miss != none {
			sc.DocumentMatchPool.Put(m)
			continue
		}
		f := c.ranked([8]byte(m.IndexInternalID), at, m.Score)
		sc.DocumentMatchPool.Put(m)
		if err := c.offer(f); err != nil {
			return err
		}
	}
}

// ranked is a match with its place in the order.
func (c *collector) ranked(num [8]byte, at row, score float64) found {
	f := found{akte: at.akte, num: num, key: at.id}
	if c.order == byRelevance {
		f.score, f.rank = score, scoreRank(score)
	} else {
		f.rank = dateRank(at.date, c.order)
	}
	return f
}

// plainlyBehind reports whether a hit comes behind a place without reading its ID. Where all that a pattern finds ranks
// alike, to read each ID would take longer than the search.
func (f found) plainlyBehind(p place, key uint64) bool {
	return f.rank > p.rank || f.rank == p.rank && key != 0 && f.key > key
}

// offer takes a hit into the best if it belongs there.
func (c *collector) offer(f found) error {
	full := len(c.best) == c.limit
	if full && f.plainlyBehind(c.best[c.limit-1].place, c.best[c.limit-1].key) {
		return nil
	}
	if c.after != nil && (f.rank < c.after.rank || f.rank == c.after.rank && f.key != 0 && f.key < idKey([]byte(c.after.id))) {
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
