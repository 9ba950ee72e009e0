package bleveindex

import (
	"context"
	"encoding/binary"

	"github.com/blevesearch/bleve/v2/search"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/archive"
)

// restricted is the conjunction at the top of every search: what the text matches, of the
// documents of an Akte or person where the query names one, of what the reader may see. All
// three are positive; the score is that of the text.
type restricted struct {
	text, list search.Searcher // one may be nil, which narrows nothing
	gate       *gate           // never nil
	at         *search.DocumentMatch
	n          int // matches looked at
}

// Next returns the next match with its row and the facet whose filters it misses, nil behind the last. Matches that
// the reader may not see take time, too: ctx is asked for them as well.
func (r *restricted) Next(ctx context.Context, sc *search.SearchContext) (*search.DocumentMatch, row, facet, error) {
	for ; ; r.n++ {
		if r.n%checkEvery == 0 && ctx.Err() != nil {
			return nil, row{}, none, ctx.Err()
		}
		m, err := r.match(sc)
		if err != nil || m == nil {
			return nil, row{}, none, err
		}
		at := r.gate.table.row(binary.BigEndian.Uint64(m.IndexInternalID))
		miss, ok, err := r.gate.passes(m.IndexInternalID, at)
		if err != nil {
			return nil, row{}, none, err
		}
		if ok {
			r.n++
			return m, at, miss, nil
		}
		sc.DocumentMatchPool.Put(m)
	}
}

func (r *restricted) match(sc *search.SearchContext) (*search.DocumentMatch, error) {
	switch {
	case r.text == nil:
		return r.list.Next(sc)
	case r.list == nil:
		return r.text.Next(sc)
	}
	m, err := r.text.Next(sc)
	for err == nil && m != nil {
		if r.at == nil || r.at.IndexInternalID.Compare(m.IndexInternalID) < 0 {
			sc.DocumentMatchPool.Put(r.at)
			r.at, err = r.list.Advance(sc, m.IndexInternalID)
			if err != nil || r.at == nil {
				return nil, err
			}
		}
		if r.at.IndexInternalID.Equals(m.IndexInternalID) {
			return m, nil
		}
		sc.DocumentMatchPool.Put(m)
		m, err = r.text.Advance(sc, r.at.IndexInternalID)
	}
	return nil, err
}

// Close closes both sides.
func (r *restricted) Close() error { return closeAll(nil, []search.Searcher{r.text, r.list}) }

// poolSize is how many matches may be alive inside.
func (r *restricted) poolSize() int {
	n := 1
	for _, s := range []search.Searcher{r.text, r.list} {
		if s != nil {
			n += s.DocumentMatchPoolSize()
		}
	}
	return n
}

// dirtyPersons holds back persons who have an Akte that waits to be indexed anew.
type dirtyPersons struct {
	dirty archive.Dirty
	akten bleve.DocValueReader
}

func newDirtyPersons(r bleve.IndexReader, d archive.Dirty) (*dirtyPersons, error) {
	akten, err := r.DocValueReader([]string{fieldPersonAkte})
	if err != nil {
		return nil, err
	}
	return &dirtyPersons{d, akten}, nil
}

func (f *dirtyPersons) passes(id bleve.IndexInternalID) (bool, error) {
	clean := true
	if len(f.dirty.Akten) == 0 {
		return clean, nil
	}
	err := f.akten.VisitDocValues(id, func(_ string, akte []byte) {
		if _, dirty := f.dirty.Akten[archive.AkteID(akte)]; dirty {
			clean = false
		}
	})
	return clean && err == nil, err
}
