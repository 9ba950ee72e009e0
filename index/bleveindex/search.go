package bleveindex

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/blevesearch/bleve/v2/search"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/archive"
	"eakte/index"
)

// maxLimit is how many hits a page may have.
const maxLimit = 100

// Search implements [index.Engine].
func (x *Index) Search(ctx context.Context, q index.Query) (index.Result, error) {
	a := x.analyzers.ask(q.Text)
	o := order(q, a.blank)
	after, err := parseCursor(q.After, o)
	if err != nil {
		return index.Result{}, err
	}
	var res index.Result
	err = x.read(func(r bleve.IndexReader) error {
		c := &collector{reader: r, order: o, after: after, limit: min(max(q.Limit, 1), maxLimit)}
		g, err := x.columns.gate(r, q)
		if err != nil {
			return err
		}
		g.words, c.tally = x.patternWords, newTally(g.table)
		if err := x.collect(ctx, g, q, a, c); err != nil {
			return err
		}
		pages, err := x.pages(ctx, r, a, c.best)
		res = index.Result{
			Total: c.tally.total, Hits: c.hits(g.table, pages), Facets: c.tally.facets(q), Timeline: c.tally.timeline(q),
			Ignored: a.ignored, HeadOnly: a.headOnly, Meaningless: !a.blank && a.root == nil,
		}
		return err
	})
	if err != nil {
		return index.Result{}, fmt.Errorf("bleveindex: searching: %w", err)
	}
	return res, nil
}

// collect joins text, list and gate at the top and walks what all of them match. Where a list narrows it to few
// documents these are looked up in what the text matches; else all that matches is read in one go.
func (x *Index) collect(ctx context.Context, g *gate, q index.Query, a ask, c *collector) (err error) {
	m := newMatcher(ctx, g.reader, x.frequencies)
	m.gate = g
	if !narrow(q) {
		return newEvaluator(m, c.order == byRelevance).evaluate(a, c)
	}
	list, err := lists{ctx, g.reader}.documents(q)
	if err != nil || list == nil {
		return err
	}
	top := &restricted{list: list, gate: g}
	defer func() {
		if cerr := top.Close(); err == nil {
			err = cerr
		}
	}()
	if !a.blank {
		top.text, err = m.text(a)
		if err != nil || top.text == nil {
			return err
		}
	}
	return c.collect(ctx, top)
}

func (c *collector) hits(t *table, pages map[[8]byte]matched) []index.Hit {
	hits := make([]index.Hit, 0, len(c.best))
	for _, f := range c.best {
		hits = append(hits, index.Hit{
			Document: archive.DocumentID(f.id),
			Akte:     archive.AkteID(t.akten[f.akte]),
			Score:    f.score,
			Pages:    pages[f.num].pages,
			Counts:   pages[f.num].counts,
			After:    f.cursor(c.order),
		})
	}
	return hits
}

// pages finds where in the hits of one answer the text stands. Only here are places of words read,
// which costs more than all the rest of a search if it is done for every match.
func (x *Index) pages(ctx context.Context, r bleve.IndexReader, a ask, hits []found) (_ map[[8]byte]matched, err error) {
	pages := make(map[[8]byte]matched, len(hits))
	if a.blank || a.headOnly || len(hits) == 0 {
		return pages, nil
	}
	ordered := inOrder(hits)
	among := make([]uint64, len(ordered))
	for i, f := range ordered {
		among[i] = binary.BigEndian.Uint64(f.num[:])
	}
	text, err := newMatcher(ctx, r, x.frequencies).locating(among).places(a)
	if err != nil || text == nil {
		return pages, err
	}
	defer func() {
		if cerr := text.Close(); err == nil {
			err = cerr
		}
	}()
	sc := &search.SearchContext{DocumentMatchPool: search.NewDocumentMatchPool(text.DocumentMatchPoolSize()+1, 0), IndexReader: r}
	var m *search.DocumentMatch
	for _, f := range ordered {
		if m == nil || bytes.Compare(m.IndexInternalID, f.num[:]) < 0 {
			sc.DocumentMatchPool.Put(m)
			if m, err = text.Advance(sc, f.num[:]); err != nil || m == nil {
				return pages, err
			}
		}
		if bytes.Equal(m.IndexInternalID, f.num[:]) {
			pages[f.num] = pagesOf(m)
		}
	}
	return pages, nil
}

// inOrder returns the hits as the engine numbers them.
func inOrder(hits []found) []found {
	return slices.SortedFunc(slices.Values(hits), func(a, b found) int { return bytes.Compare(a.num[:], b.num[:]) })
}

// matched are the pages of a hit with matches, and how many each has.
type matched struct{ pages, counts []int }

func pagesOf(m *search.DocumentMatch) (out matched) {
	var spots []spot
	for _, l := range m.FieldTermLocations {
		if l.Field == fieldPage && len(l.Location.ArrayPositions) > 0 {
			spots = append(spots, spotOf(l.Location))
		}
	}
	slices.SortFunc(spots, func(a, b spot) int { return cmp.Or(cmp.Compare(a.page, b.page), cmp.Compare(a.pos, b.pos)) })
	for i, s := range slices.Compact(spots) {
		if n := int(s.page) + 1; i == 0 || out.pages[len(out.pages)-1] != n {
			out.pages, out.counts = append(out.pages, n), append(out.counts, 0)
		}
		out.counts[len(out.counts)-1]++
	}
	return out
}
