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
	tuples map[string]int
	best   []found // sorted, at most limit
}

// checkEvery is after how many matches the context is asked.
const checkEvery = 1024

func (c *collector) collect(ctx context.Context, r *restricted) error {
	c.tuples = make(map[string]int)
	columns, err := c.columns()
	if err != nil {
		return err
	}
	sc := &search.SearchContext{DocumentMatchPool: search.NewDocumentMatchPool(r.poolSize(), 0), IndexReader: c.reader}
	for {
		if c.total%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		m, err := r.Next(sc)
		if err != nil || m == nil {
			return err
		}
		c.total++
		f := found{score: m.Score}
		copy(f.num[:], m.IndexInternalID)
		date, err := columns(m.IndexInternalID)
		if err != nil {
			return err
		}
		if c.order == byRelevance {
			f.rank = scoreRank(m.Score)
		} else {
			f.rank, f.score = dateRank(date, c.order), 0
		}
		sc.DocumentMatchPool.Put(m)
		if err := c.offer(f); err != nil {
			return err
		}
	}
}

// columns returns a function that counts the facets of an entry and returns its date, if it is
// needed.
func (c *collector) columns() (func(bleve.IndexInternalID) ([]byte, error), error) {
	fields := []string{fieldFacet}
	if c.order != byRelevance {
		fields = append(fields, fieldDate)
	}
	values, err := c.reader.DocValueReader(fields)
	if err != nil {
		return nil, err
	}
	var date []byte
	visit := func(field string, value []byte) {
		switch field {
		case fieldFacet:
			c.tuples[string(value)]++
		case fieldDate:
			date = append(date, value...)
		}
	}
	return func(id bleve.IndexInternalID) ([]byte, error) {
		date = date[:0]
		err := values.VisitDocValues(id, visit)
		return date, err
	}, nil
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

// facets adds up the tuples of type, register, department and year.
func (c *collector) facets() map[string][]index.Count {
	names := []string{"type", "register", "department", "year"}
	counts := make([]map[string]int, len(names))
	for i := range counts {
		counts[i] = make(map[string]int)
	}
	for tuple, n := range c.tuples {
		for i, key := range strings.SplitN(tuple, sep, len(names)) {
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
