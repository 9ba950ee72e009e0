package bleveindex

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/archive"
	"eakte/index"
)

// Newly implements [index.Engine]. The documents are put into an index of their own, in memory and gone when it
// returns, and the queries asked there; what fits is looked up in the index as it is.
func (x *Index) Newly(ctx context.Context, documents []index.Document, queries []index.Query, anew bool) ([][]archive.DocumentID, error) {
	out := make([][]archive.DocumentID, len(queries))
	if len(documents) == 0 || len(queries) == 0 {
		return out, nil
	}
	beside, err := x.beside(documents)
	if err != nil {
		return nil, fmt.Errorf("bleveindex: new hits: %w", err)
	}
	var failed error // one of them is that query's affair alone
	for i, q := range queries {
		if out[i], err = x.newly(ctx, beside, q, len(documents), anew); err != nil {
			out[i], failed = nil, fmt.Errorf("bleveindex: new hits: %w", err)
		}
		if ctx.Err() != nil {
			break
		}
		slices.Sort(out[i])
	}
	return out, errors.Join(failed, beside.drop())
}

// beside makes an index in memory of some documents.
func (x *Index) beside(documents []index.Document) (*Index, error) {
	engine, err := scorch.NewScorch(scorch.Name, map[string]any{"path": ""}, x.queue)
	if err != nil {
		return nil, err
	}
	if err := engine.Open(); err != nil {
		return nil, err
	}
	out := &Index{log: x.log, analyzers: x.analyzers, frequencies: x.frequencies, columns: newColumns(), engine: engine}
	batch := bleve.NewBatch()
	for _, d := range documents {
		batch.Update(out.analyzers.document(d))
	}
	if err := guard(func() error { return engine.Batch(batch) }); err != nil {
		return nil, errors.Join(err, out.drop())
	}
	return out, nil
}

func (x *Index) newly(ctx context.Context, beside *Index, q index.Query, most int, anew bool) ([]archive.DocumentID, error) {
	a := x.analyzers.ask(q.Text)
	q.Documents, q.Without = nil, archive.Dirty{}
	fits, err := beside.fitting(ctx, q, a, most)
	if err != nil || len(fits) == 0 || anew {
		return fits, err
	}
	q.Documents = fits
	known, err := x.fitting(ctx, q, a, len(fits))
	return slices.DeleteFunc(fits, func(id archive.DocumentID) bool { return slices.Contains(known, id) }), err
}

// fitting finds the documents that fit a query, of most at most: nothing of it is for anybody's eyes.
func (x *Index) fitting(ctx context.Context, q index.Query, a ask, most int) (out []archive.DocumentID, err error) {
	err = x.read(func(r bleve.IndexReader) error {
		g, err := x.columns.gate(r, q)
		if err != nil {
			return err
		}
		g.words = math.MaxInt
		c := &collector{reader: r, order: byNewest, limit: most, tally: newTally(g.table)}
		if err := x.collect(ctx, g, q, a, c); err != nil {
			return err
		}
		for _, f := range c.best {
			out = append(out, archive.DocumentID(f.id))
		}
		return nil
	})
	return out, err
}
