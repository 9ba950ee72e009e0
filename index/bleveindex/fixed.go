package bleveindex

import (
	"context"

	bleve "github.com/blevesearch/bleve_index_api"
)

// fixedReader is a snapshot that answers questions of scoring (how many documents are there, how
// many have this term) from a fixed table. Searchers made on it score and order by the query and
// the document alone: documents that the reader may not see change nothing.
type fixedReader struct {
	bleve.IndexReader
	freq frequencies
}

// DocCount implements bleve.IndexReader.
func (r fixedReader) DocCount() (uint64, error) { return collection, nil }

// TermFieldReader implements bleve.IndexReader.
func (r fixedReader) TermFieldReader(ctx context.Context, term []byte, field string, freq, norm, vectors bool) (bleve.TermFieldReader, error) {
	t, err := r.IndexReader.TermFieldReader(ctx, term, field, freq, norm, vectors)
	if err != nil {
		return nil, err
	}
	return fixedTerm{t, r.freq.of(term)}, nil
}

// fixedTerm is the list of a term with a fixed length told to whoever asks: scorers, and
// conjunctions and disjunctions that sort by it (and thereby add scores up in that order).
type fixedTerm struct {
	bleve.TermFieldReader
	count uint64
}

// Count implements bleve.TermFieldReader.
func (t fixedTerm) Count() uint64 { return t.count }

// Optimize implements bleve.Optimizable: it lets conjunctions intersect lists beforehand, which
// changes how fast an answer is, not what it is.
func (t fixedTerm) Optimize(kind string, octx bleve.OptimizableContext) (bleve.OptimizableContext, error) {
	if o, ok := t.TermFieldReader.(bleve.Optimizable); ok {
		return o.Optimize(kind, octx)
	}
	return nil, nil
}
