package bleveindex

import (
	"context"
	"fmt"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// terms walks the terms of one field that begin with a prefix, and the entries behind them. Bleve's own walk
// merges the segments' lists in goroutines, and every term found has to be looked up in each segment anew,
// which takes most of a search that meets hundreds of terms with few entries each.
type terms struct {
	ctx  context.Context
	dict []dictionary
	// What is read anew for every term.
	list segment.PostingsList
	at   segment.PostingsIterator
	n    int
}

// dictionary is that of a segment.
type dictionary struct {
	segment.TermDictionary
	first uint64 // number of the segment's first entry
	size  uint64 // how many entries it has, deleted ones included
	blank bool   // no entry of it has the field; nothing may be looked up then
	// lookup leads to the entries of a term that aren't deleted.
	lookup func(term []byte, reuse segment.PostingsList) (segment.PostingsList, error)
}

func openTerms(ctx context.Context, r bleve.IndexReader, field string) (*terms, error) {
	snapshot, ok := r.(*scorch.IndexSnapshot)
	if !ok {
		return nil, fmt.Errorf("unknown kind of snapshot %T", r)
	}
	t, first := &terms{ctx: ctx}, uint64(0)
	for _, s := range snapshot.Segments() {
		d, err := s.Segment().Dictionary(field)
		if err != nil {
			return nil, err
		}
		deleted := s.Deleted()
		t.dict = append(t.dict, dictionary{d, first, uint64(s.FullSize()), d.Cardinality() == 0, func(term []byte, reuse segment.PostingsList) (segment.PostingsList, error) {
			return d.PostingsList(term, deleted, reuse)
		}})
		first += uint64(s.FullSize())
	}
	return t, nil
}

// each calls fn for the terms of one segment after the other that begin with prefix: a term comes as often as
// there are segments that have it. Where fn says so, entry is called for each entry of the segment that has the term.
func (t *terms) each(d dictionary, prefix string, fn func(term string) bool, entry func(num uint64) error) error {
	walk := d.AutomatonIterator(nil, []byte(prefix), behind(prefix))
	for {
		if t.n++; t.n%checkEvery == 0 && t.ctx.Err() != nil {
			return t.ctx.Err()
		}
		e, err := walk.Next()
		if err != nil || e == nil {
			return err
		}
		if !fn(e.Term) {
			continue
		}
		if err := t.entries(d, e.Term, entry); err != nil {
			return err
		}
	}
}

// entries calls fn for each entry of a segment that has the term.
func (t *terms) entries(d dictionary, term string, fn func(num uint64) error) (err error) {
	if d.blank {
		return nil
	}
	if t.list, err = d.lookup([]byte(term), t.list); err != nil {
		return err
	}
	t.at = t.list.Iterator(false, false, false, t.at)
	for {
		p, err := t.at.Next()
		if err != nil || p == nil {
			return err
		}
		if err := fn(d.first + p.Number()); err != nil {
			return err
		}
	}
}

// behind is the first text behind all that begin with prefix; nil for none.
func behind(prefix string) []byte {
	b := []byte(prefix)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < 0xff {
			b[i]++
			return b[:i+1]
		}
	}
	return nil
}
