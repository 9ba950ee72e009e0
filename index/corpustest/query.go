package corpustest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"
)

// Query is a text to search for, in the ways that it is asked of others.
type Query struct {
	// Text is what people type.
	Text string
	// Words are its words without signs: one, those of a phrase, one with a letter wrong, a beginning.
	Words []string
}

// Kind is how a query is meant.
type Kind string

// The kinds of queries. How often words stand in letters is what they were drawn for: a frequent one in three to
// ten of a hundred, a middle one in five of a thousand, a rare one in a few of ten thousand.
const (
	Frequent Kind = "frequent word"
	Middle   Kind = "middle word"
	Rare     Kind = "rare word"
	Two      Kind = "two frequent words"
	Phrase   Kind = "phrase"
	Fuzzy    Kind = "misspelt word"
	Prefix   Kind = "beginning of a word"
	Compound Kind = "part of compounds"
)

// Kinds returns all of them.
func Kinds() []Kind { return []Kind{Frequent, Middle, Rare, Two, Phrase, Fuzzy, Prefix, Compound} }

// Queries makes n queries of a kind.
func (c *Corpus) Queries(k Kind, n int) []Query {
	r := c.rand(string(k), 0)
	out := make([]Query, n)
	for i := range out {
		out[i] = c.query(k, r)
	}
	return out
}

func (c *Corpus) query(k Kind, r *rand.Rand) Query {
	switch k {
	case Frequent:
		return plain(c.drawn(r, 0.0001, 0.0004))
	case Middle:
		return plain(c.drawn(r, 0.00001, 0.00003))
	case Rare:
		return plain(c.drawn(r, 0.0000005, 0.000002))
	case Two:
		return plain(c.drawn(r, 0.0001, 0.0004), c.drawn(r, 0.0001, 0.0004))
	case Phrase:
		words := c.together(r)
		return Query{`"` + strings.Join(words, " ") + `"`, words}
	case Fuzzy:
		w := []rune(c.drawn(r, 0.00001, 0.0001))
		i := 1 + r.IntN(len(w)-1)
		w[i] = 'a' + (w[i]+1+rune(r.IntN(20)))%26
		return Query{string(w) + "~", []string{string(w)}}
	case Prefix:
		w := string([]rune(c.drawn(r, 0.00001, 0.0001))[:5])
		return Query{w + "*", []string{w}}
	}
	heads := strings.Fields(heads)
	return plain(capital(heads[r.IntN(len(heads))]))
}

func plain(words ...string) Query { return Query{strings.Join(words, " "), words} }

// drawn is a word of six letters at least that is this share of all words.
func (c *Corpus) drawn(r *rand.Rand, least, most float64) string {
	first, last := c.rank(most), c.rank(least)
	for {
		w := c.words.words[first+r.IntN(last-first)]
		if utf8.RuneCountInString(w) >= 6 {
			return w
		}
	}
}

// rank is the first rank behind the small words whose word is no larger share than this.
func (c *Corpus) rank(share float64) int {
	low, high := c.words.small, len(c.words.words)-1
	for low < high {
		if mid := (low + high) / 2; c.words.share(mid) > share {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// together are three words that stand side by side on a page, none of them a number.
func (c *Corpus) together(r *rand.Rand) []string {
	for {
		words := strings.Fields(c.Pages(r.IntN(c.Documents))[0])
		i := 20 + r.IntN(len(words)-30)
		if some := words[i : i+3]; !strings.ContainsAny(strings.Join(some, ""), ".,0123456789\"") && long(some) {
			return some
		}
	}
}

// long reports whether some word isn't a small one.
func long(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) >= 6 })
}

// NameQueries makes n texts of each kind that persons are looked for by.
func (c *Corpus) NameQueries(n int) map[string][]string {
	r := c.rand("persons asked for", 0)
	out := map[string][]string{}
	for range n {
		p := c.Person(r.IntN(c.Persons))
		name := p.Leading()
		typed := name.Given + " " + name.Family
		slip := []rune(name.Family)
		slip[r.IntN(len(slip))] = 'a' + rune(r.IntN(26))
		beginning := []rune(name.Family)
		out["full name"] = append(out["full name"], typed)
		out["misspelt name"] = append(out["misspelt name"], name.Given+" "+string(slip))
		out["beginning of a name"] = append(out["beginning of a name"], string(beginning[:min(3, len(beginning))]))
		out["name and birth date"] = append(out["name and birth date"], name.Family+" "+p.BirthDate.Given)
		out["number"] = append(out["number"], p.AZRNumber)
	}
	return out
}
