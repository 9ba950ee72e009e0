package bleveindex

import (
	"github.com/blevesearch/bleve/v2/search"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/archive"
)

// restricted is the conjunction at the top of every search: what the text matches, of what the
// reader may see. Both sides are positive lists; the score is that of the text. Where the text is
// blank the right alone is the list.
type restricted struct {
	text, allowed search.Searcher // text may be nil
	at            *search.DocumentMatch
	dirty         *dirtyFilter // nil: nothing is dirty
}

// Next returns the next match, nil behind the last.
func (r *restricted) Next(sc *search.SearchContext) (*search.DocumentMatch, error) {
	for {
		m, err := r.match(sc)
		if err != nil || m == nil || r.dirty == nil {
			return m, err
		}
		if ok, err := r.dirty.passes(m.IndexInternalID); err != nil || ok {
			return m, err
		}
		sc.DocumentMatchPool.Put(m)
	}
}

func (r *restricted) match(sc *search.SearchContext) (*search.DocumentMatch, error) {
	if r.text == nil {
		return r.allowed.Next(sc)
	}
	m, err := r.text.Next(sc)
	for err == nil && m != nil {
		if r.at == nil || r.at.IndexInternalID.Compare(m.IndexInternalID) < 0 {
			sc.DocumentMatchPool.Put(r.at)
			r.at, err = r.allowed.Advance(sc, m.IndexInternalID)
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
func (r *restricted) Close() error { return closeAll(nil, []search.Searcher{r.text, r.allowed}) }

// poolSize is how many matches may be alive inside.
func (r *restricted) poolSize() int {
	n := r.allowed.DocumentMatchPoolSize() + 1
	if r.text != nil {
		n += r.text.DocumentMatchPoolSize()
	}
	return n
}

// dirtyFilter lets through what is not waiting to be indexed anew. An entry whose Akte can't be
// told is held back.
type dirtyFilter struct {
	reader bleve.IndexReader
	dirty  archive.Dirty
	akten  bleve.DocValueReader
	field  string
	// lone: entries without any Akte pass (persons may have none, documents never).
	lone bool
}

func newDirtyFilter(r bleve.IndexReader, d archive.Dirty, field string, lone bool) (*dirtyFilter, error) {
	if d.Empty() {
		return nil, nil
	}
	akten, err := r.DocValueReader([]string{field})
	if err != nil {
		return nil, err
	}
	return &dirtyFilter{r, d, akten, field, lone}, nil
}

func (f *dirtyFilter) passes(id bleve.IndexInternalID) (bool, error) {
	known, clean := f.lone, true
	err := f.akten.VisitDocValues(id, func(_ string, akte []byte) {
		known = true
		if _, dirty := f.dirty.Akten[archive.AkteID(akte)]; dirty {
			clean = false
		}
	})
	if err != nil || !known || !clean || len(f.dirty.Documents) == 0 {
		return err == nil && known && clean, err
	}
	key, err := f.reader.ExternalID(id)
	if err != nil || len(key) < 1 {
		return false, err
	}
	_, dirty := f.dirty.Documents[archive.DocumentID(key[1:])]
	return !dirty, nil
}
