package bleveindex

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/search"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/archive"
	"eakte/index"
	"eakte/index/name"
)

// How well a word of the query fits a person, best last. Scores are sums of these and nothing
// else.
const (
	fitsAlike     = 1 + iota // a name that is only like it; for marks alone
	fitsBeginning            // beginning of a folded name
	fitsStart                // beginning of a name as spelled
	fitsCoarsely             // the person's birth date is less precise and agrees
	fitsFolded               // a name, but for accents and umlauts
	fitsSpelled              // a name as spelled
	fitsBirth                // the birth date, or a part of it
	fitsNumber               // a number
)

// minBeginning is how many letters the beginning of a name must have.
const minBeginning = 2

// fits is how well each entry (by its number in the snapshot) fits.
type fits map[uint64]int

// Persons implements [index.Engine].
func (x *Index) Persons(ctx context.Context, q index.PersonQuery) ([]index.PersonHit, error) {
	text := index.PersonText(q.Text)
	clauses, err := index.ParseText(text)
	if err != nil || len(clauses) == 0 {
		return nil, err
	}
	if q.Locate {
		q.Rights = index.Rights{Tokens: []string{index.Locatable}}
	}
	var hits []index.PersonHit
	limit := min(max(q.Limit, 1), maxLimit)
	err = x.read(func(r bleve.IndexReader) error {
		p := personSearch{ctx, r, !q.Locate, &x.columns.forms}
		found, err := p.text(text, clauses)
		if err != nil {
			return err
		}
		if hits, err = p.visible(found, q); err != nil {
			return err
		}
		sortHits(hits)
		if !q.Alike || len(hits) >= limit {
			return nil
		}
		alike, err := p.alike(clauses, found, q)
		hits = append(hits, alike...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bleveindex: searching persons: %w", err)
	}
	return hits[:min(len(hits), limit)], nil
}

// sortHits puts the best first.
func sortHits(hits []index.PersonHit) {
	slices.SortFunc(hits, func(a, b index.PersonHit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Person, b.Person))
	})
}

type personSearch struct {
	ctx    context.Context
	reader bleve.IndexReader
	// beginnings says that the last word may be the beginning of a name.
	beginnings bool
	forms      *forms
}

// text finds who fits all words, or has the whole text as a number.
func (p personSearch) text(text string, clauses []index.Clause) (fits, error) {
	var all fits
	for i, c := range clauses {
		f, known, err := p.clause(c.Text, p.beginnings && i == len(clauses)-1)
		if err != nil {
			return nil, err
		}
		if known {
			all = both(all, f)
		}
	}
	if len(clauses) > 1 {
		whole := make(fits)
		if err := p.add(whole, fieldPersonNumber, number(text), fitsNumber*len(clauses)); err != nil {
			return nil, err
		}
		all = either(all, whole)
	}
	return all, nil
}

// clause finds who fits what stood between blanks: a birth date, a number, or words of a name. It
// is not known what a clause without letters and digits means; it is left out.
func (p personSearch) clause(text string, last bool) (_ fits, known bool, err error) {
	f := make(fits)
	if err := p.add(f, fieldPersonNumber, number(text), fitsNumber); err != nil {
		return nil, false, err
	}
	if err := p.birth(f, text); err != nil {
		return nil, false, err
	}
	var names fits
	ws := name.Words(text)
	for i, w := range ws {
		n, err := p.name(w, last && i == len(ws)-1)
		if err != nil {
			return nil, false, err
		}
		names = both(names, n)
	}
	return either(f, names), len(ws) > 0, nil
}

func (p personSearch) birth(f fits, text string) error {
	b, err := archive.ParseBirthDate(text, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC))
	if err != nil || b.IsZero() {
		return nil // not a date, which is no fault of a query
	}
	date := b.String()
	if err := p.add(f, fieldBirth, date, fitsBirth); err != nil {
		return err
	}
	for _, n := range []int{7, 4} {
		if len(date) > n {
			if err := p.add(f, fieldBirth, "="+date[:n], fitsCoarsely); err != nil {
				return err
			}
		}
	}
	return nil
}

// name finds who has the word in a name, or, if it is the last one, a name that begins so.
func (p personSearch) name(word string, beginning bool) (fits, error) {
	f := make(fits)
	folded := name.Fold(word)
	if err := p.add(f, fieldSpelled, word, fitsSpelled); err != nil {
		return nil, err
	}
	if err := p.add(f, fieldName, folded, fitsFolded); err != nil {
		return nil, err
	}
	if !beginning || utf8.RuneCountInString(word) < minBeginning {
		return f, nil
	}
	if err := p.addPrefix(f, fieldSpelled, word, fitsStart); err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(folded) < minBeginning {
		return f, nil
	}
	return f, p.addPrefix(f, fieldName, folded, fitsBeginning)
}

// add notes how well the entries fit that have the value in the field.
func (p personSearch) add(f fits, field, value string, fit int) error {
	if value == "" {
		return nil
	}
	return eachEntry(p.ctx, p.reader, field, value, func(num bleve.IndexInternalID) error {
		n := binary.BigEndian.Uint64(num)
		f[n] = max(f[n], fit)
		return nil
	})
}

func (p personSearch) addPrefix(f fits, field, prefix string, fit int) error {
	all, err := openTerms(p.ctx, p.reader, field)
	if err != nil {
		return err
	}
	for _, d := range all.dict {
		if err := all.each(d, prefix, func(string) bool { return true }, func(num uint64) error {
			f[num] = max(f[num], fit)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// both keeps who is in a and b and adds their fits up; a nil a asks for nothing.
func both(a, b fits) fits {
	if a == nil {
		return b
	}
	for n, fit := range a {
		if other, ok := b[n]; ok {
			a[n] = fit + other
		} else {
			delete(a, n)
		}
	}
	return a
}

// either keeps who is in a or b, with the better fit.
func either(a, b fits) fits {
	if a == nil {
		return b
	}
	for n, fit := range b {
		a[n] = max(a[n], fit)
	}
	return a
}

// visible turns entries into hits if the reader may know of them.
func (p personSearch) visible(f fits, q index.PersonQuery) (hits []index.PersonHit, err error) {
	allowed, err := lists{p.ctx, p.reader}.personRights(q.Rights)
	if err != nil || allowed == nil {
		return nil, err
	}
	defer func() {
		if cerr := allowed.Close(); err == nil {
			err = cerr
		}
	}()
	dirty, err := newDirtyPersons(p.reader, q.Without)
	if err != nil {
		return nil, err
	}
	gate := personGate{allowed: allowed, dirty: dirty}
	gate.pool = &search.SearchContext{DocumentMatchPool: search.NewDocumentMatchPool(allowed.DocumentMatchPoolSize()+1, 0), IndexReader: p.reader}
	for _, n := range ascending(f) {
		id := bleve.IndexInternalID(binary.BigEndian.AppendUint64(nil, n))
		if ok, err := gate.passes(id); err != nil {
			return nil, err
		} else if !ok {
			continue
		}
		key, err := p.reader.ExternalID(id)
		if err != nil {
			return nil, err
		}
		hits = append(hits, index.PersonHit{Person: archive.PersonID(key[len(kindPerson):]), Score: float64(f[n])})
	}
	return hits, nil
}

// personGate is asked for entries in ascending order.
type personGate struct {
	allowed search.Searcher
	dirty   *dirtyPersons
	pool    *search.SearchContext
	at      *search.DocumentMatch
	ended   bool
}

func (g *personGate) passes(id bleve.IndexInternalID) (bool, error) {
	for !g.ended && (g.at == nil || g.at.IndexInternalID.Compare(id) < 0) {
		g.pool.DocumentMatchPool.Put(g.at)
		at, err := g.allowed.Advance(g.pool, id)
		if err != nil {
			return false, err
		}
		g.at, g.ended = at, at == nil
	}
	if g.ended || !g.at.IndexInternalID.Equals(id) {
		return false, nil
	}
	return g.dirty.passes(id)
}

func ascending(f fits) []uint64 {
	ns := make([]uint64, 0, len(f))
	for n := range f {
		ns = append(ns, n)
	}
	slices.Sort(ns)
	return ns
}
