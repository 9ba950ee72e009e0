package bleveindex

import (
	"encoding/binary"
	"strings"

	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/index"
	"eakte/index/name"
)

// alikeTerm is what an entry is kept under so that a key leads to the form itself.
func alikeTerm(key string, f name.Form) string { return key + sep + f.Encode() }

// alikeScore turns 0 to 1000 into a score below that of whoever fits.
const alikeScore = 1.0 / 1001

// alike finds whose names are like the words of the text that are no dates and numbers, best first, and who
// isn't among those found already.
func (p personSearch) alike(clauses []index.Clause, found fits, q index.PersonQuery) ([]index.PersonHit, error) {
	words, fixed, err := p.parts(clauses)
	if err != nil || words.Len() == 0 {
		return nil, err
	}
	t := name.NewTally(words)
	for _, f := range words.Forms() {
		if err := p.form(t, f); err != nil {
			return nil, err
		}
	}
	hits, err := p.candidates(t.Best(), found, fixed, q)
	if err != nil || len(hits) > 0 {
		return hits, err
	}
	for _, lone := range t.Lone() {
		some, err := p.candidates(lone, found, fixed, q)
		if err != nil {
			return nil, err
		}
		if len(some) <= name.Rare {
			hits = append(hits, some...)
		}
	}
	return hits, nil
}

// parts tells the name in a text from its dates and numbers, and finds who has these; nil asks for nothing.
// Digits parted by blanks are one number as well.
func (p personSearch) parts(clauses []index.Clause) (_ name.Name, fixed fits, err error) {
	var words, run []string
	flush := func() error {
		var all fits
		for _, text := range run {
			f := make(fits)
			if err := p.add(f, fieldPersonNumber, number(text), fitsNumber); err != nil {
				return err
			}
			if err := p.birth(f, text); err != nil {
				return err
			}
			all = both(all, f)
		}
		if len(run) > 1 {
			if err := p.add(all, fieldPersonNumber, number(strings.Join(run, "")), fitsNumber); err != nil {
				return err
			}
		}
		if run = nil; all != nil {
			fixed = both(fixed, all)
		}
		return nil
	}
	for _, c := range clauses {
		if number(c.Text) != "" {
			run = append(run, c.Text)
			continue
		}
		if err := flush(); err != nil {
			return name.Name{}, nil, err
		}
		words = append(words, c.Text)
	}
	return name.Read(strings.Join(words, " ")), fixed, flush()
}

// form notes who has a word like the form.
func (p personSearch) form(t *name.Tally, f name.Form) error {
	seen := map[string]bool{}
	for _, key := range f.SoughtKeys() {
		if err := p.keyed(key, func(term, stored string) error {
			if seen[stored] {
				return nil
			}
			seen[stored] = true
			kept := name.Decode(stored)
			l := f.Like(&kept)
			if l.Score == 0 {
				return nil
			}
			return eachEntry(p.ctx, p.reader, fieldAlike, term, func(num bleve.IndexInternalID) error {
				t.Add(f, binary.BigEndian.Uint64(num), l.Score)
				return nil
			})
		}); err != nil {
			return err
		}
	}
	return nil
}

// keyed calls fn for each term of a key, with the form in it.
func (p personSearch) keyed(key string, fn func(term, stored string) error) error {
	return p.eachTerm(fieldAlike, key+sep, func(term string) error { return fn(term, term[len(key)+len(sep):]) })
}

// eachTerm calls fn for each term of a field that begins with a prefix.
func (p personSearch) eachTerm(field, prefix string, fn func(term string) error) (err error) {
	dict, err := p.reader.FieldDictPrefix(field, []byte(prefix))
	if err != nil {
		return err
	}
	defer func() {
		if cerr := dict.Close(); err == nil {
			err = cerr
		}
	}()
	for {
		e, err := dict.Next()
		if err != nil || e == nil {
			return err
		}
		if err := fn(e.Term); err != nil {
			return err
		}
	}
}

// candidates are the hits of a list that the reader may know of.
func (p personSearch) candidates(list []name.Candidate, found, fixed fits, q index.PersonQuery) ([]index.PersonHit, error) {
	f := make(fits, len(list))
	for _, c := range list {
		_, known := found[c.Entry]
		_, fit := fixed[c.Entry]
		if !known && (fixed == nil || fit) {
			f[c.Entry] = c.Score
		}
	}
	hits, err := p.visible(f, q)
	for i := range hits {
		hits[i].Score *= alikeScore
	}
	sortHits(hits)
	return hits, err
}
