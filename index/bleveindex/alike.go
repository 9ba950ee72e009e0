package bleveindex

import (
	"strings"
	"sync"

	"eakte/index"
	"eakte/index/name"
)

// alikeTerm is what an entry is kept under so that a key leads to the form itself.
func alikeTerm(key string, f name.Form) string { return key + sep + f.Encode() }

// mostForms is how many forms are kept in memory: some ten MB.
const mostForms = 20_000

// forms keeps forms that were read. Frequent names are met in every search, and to read one takes longer than
// to compare it.
type forms struct {
	mu    sync.RWMutex
	known map[string]*name.Form
}

// of returns the form that was kept under an encoded one. It must not be changed.
func (c *forms) of(stored string) *name.Form {
	c.mu.RLock()
	f := c.known[stored]
	c.mu.RUnlock()
	if f != nil {
		return f
	}
	read := name.Decode(stored)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= mostForms {
		c.known = map[string]*name.Form{}
	}
	c.known[stored] = &read
	return &read
}

// alikeScore turns 0 to 1000 into a score below that of whoever fits.
const alikeScore = 1.0 / 1001

// alike finds whose names are like the words of the text that are no dates and numbers, best first, and who
// isn't among those found already.
func (p personSearch) alike(clauses []index.Clause, found fits, q index.PersonQuery) ([]index.PersonHit, error) {
	words, fixed, err := p.parts(clauses)
	if err != nil || words.Len() == 0 {
		return nil, err
	}
	all, err := openTerms(p.ctx, p.reader, fieldAlike)
	if err != nil {
		return nil, err
	}
	t := name.NewTally(words)
	for _, f := range words.Forms() {
		if err := p.form(t, all, f); err != nil {
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

// form notes who has a word like the form. A form that several keys lead to is compared and its entries read
// once a segment.
func (p personSearch) form(t *name.Tally, all *terms, f name.Form) error {
	keys, scores := f.SoughtKeys(), map[string]int{}
	for _, d := range all.dict {
		seen, score := map[string]bool{}, 0
		for _, key := range keys {
			begin := len(key) + len(sep)
			if err := all.each(d, key+sep, func(term string) bool {
				stored := term[begin:]
				if seen[stored] {
					return false
				}
				seen[stored] = true
				known := false
				if score, known = scores[stored]; !known {
					score = f.Like(p.forms.of(stored)).Score
					scores[stored] = score
				}
				return score > 0
			}, func(num uint64) error {
				t.Add(f, num, score)
				return nil
			}); err != nil {
				return err
			}
		}
	}
	return nil
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
