package bleveindex

import (
	"bytes"
	"context"
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
	a, err := x.analyzers.ask(q.Text)
	if err != nil {
		return index.Result{}, err
	}
	o := order(q, a.blank)
	after, err := parseCursor(q.After, o)
	if err != nil {
		return index.Result{}, err
	}
	var res index.Result
	err = x.read(func(r bleve.IndexReader) error {
		c := &collector{reader: r, order: o, after: after, limit: min(max(q.Limit, 1), maxLimit)}
		if err := x.collect(ctx, r, q, a, c); err != nil {
			return err
		}
		hits, err := x.hits(ctx, r, a, c)
		res = index.Result{Total: c.total, Hits: hits, Facets: c.facets(), HeadOnly: a.headOnly}
		return err
	})
	if err != nil {
		return index.Result{}, fmt.Errorf("bleveindex: searching: %w", err)
	}
	return res, nil
}

// collect joins text and rights at the top and walks what both match.
func (x *Index) collect(ctx context.Context, r bleve.IndexReader, q index.Query, a ask, c *collector) (err error) {
	allowed, err := lists{ctx, r}.allowed(q)
	if err != nil || allowed == nil {
		return err
	}
	top := &restricted{allowed: allowed}
	defer func() {
		if cerr := top.Close(); err == nil {
			err = cerr
		}
	}()
	if !a.blank {
		top.text, err = newMatcher(ctx, r, x.frequencies, false).text(a)
		if err != nil || top.text == nil {
			return err
		}
	}
	if top.dirty, err = newDirtyFilter(r, q.Without, fieldAkte, false); err != nil {
		return err
	}
	return c.collect(ctx, top)
}

// hits completes the best entries by what only they need: Akte and pages.
func (x *Index) hits(ctx context.Context, r bleve.IndexReader, a ask, c *collector) ([]index.Hit, error) {
	pages, err := x.pages(ctx, r, a, c.best)
	if err != nil {
		return nil, err
	}
	column, err := r.DocValueReader([]string{fieldAkte})
	if err != nil {
		return nil, err
	}
	akten := make(map[[8]byte]archive.AkteID, len(c.best))
	for _, f := range inOrder(c.best) {
		err := column.VisitDocValues(f.num[:], func(_ string, akte []byte) { akten[f.num] = archive.AkteID(akte) })
		if err != nil {
			return nil, err
		}
	}
	hits := make([]index.Hit, 0, len(c.best))
	for _, f := range c.best {
		hits = append(hits, index.Hit{
			Document: archive.DocumentID(f.id),
			Akte:     akten[f.num],
			Score:    f.score,
			Pages:    pages[f.num],
			After:    f.cursor(c.order),
		})
	}
	return hits, nil
}

// pages finds where in the hits of one answer the text stands. Only here are places of words read,
// which costs more than all the rest of a search if it is done for every match.
func (x *Index) pages(ctx context.Context, r bleve.IndexReader, a ask, hits []found) (_ map[[8]byte][]int, err error) {
	pages := make(map[[8]byte][]int, len(hits))
	if a.blank || a.headOnly || len(hits) == 0 {
		return pages, nil
	}
	text, err := newMatcher(ctx, r, x.frequencies, true).text(a)
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
	for _, f := range inOrder(hits) {
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

func pagesOf(m *search.DocumentMatch) []int {
	var pages []int
	for _, l := range m.FieldTermLocations {
		if l.Field == fieldPage && len(l.Location.ArrayPositions) > 0 {
			pages = append(pages, int(l.Location.ArrayPositions[0])+1)
		}
	}
	slices.Sort(pages)
	return slices.Compact(pages)
}
