package hint

import (
	"slices"
	"strings"
	"unicode/utf8"

	"eakte/archive"
	"eakte/policies"
)

// Type is a document type that a page may be of.
type Type struct {
	// Key is that of the policies.
	Key string
	// Score compares types of one answer: the higher the likelier.
	Score float64
	// Why are the words that speak for it, the strongest first.
	Why []Span
}

// Rules find types by signs. They are safe for concurrent use.
type Rules struct {
	types []ruled
}

// ruled is a type with its signs.
type ruled struct {
	key   string
	signs []sign
}

// sign is words that speak for a type.
type sign struct {
	words  []string
	weight float64
}

const (
	shortName  = 8   // letters that a name of a type must have: "Pass" stands in many a text
	nameWeight = 9   // of the name of a type
	leastScore = 3   // below that, nothing is said
	leastShare = 0.2 // of the score of the likeliest
	mostWhy    = 3   // signs that are told as reasons
	listed     = 0.4 // of the weight of what is an item of a list: it is asked for, or enclosed
	headed     = 2.2 // of what is set in large letters
	early      = 1.3 // of what stands in the upper part
	head       = 0.4 // of the page: its upper part
)

// NewRules takes the signs of the policies, and the names of types as such.
func NewRules(set *policies.Set) *Rules {
	r := &Rules{}
	for _, t := range set.DocTypes() {
		one := ruled{key: t.Key}
		for _, name := range namesOf(t.Label.DE) {
			one.signs = append(one.signs, sign{name, nameWeight})
		}
		for _, s := range set.Signs(t.Key) {
			one.signs = append(one.signs, sign{foldAll(s.Words), float64(s.Weight)})
		}
		r.types = append(r.types, one)
	}
	return r
}

// namesOf are the names that a label offers, "Mietvertrag / Nutzungsvertrag (Kopie)", each as its words.
func namesOf(label string) (out [][]string) {
	label, _, _ = strings.Cut(label, "(")
	for name := range strings.FieldsFuncSeq(label, func(r rune) bool { return r == '/' || r == ',' || r == ';' || r == ':' }) {
		if name = strings.TrimSpace(name); utf8.RuneCountInString(name) >= shortName {
			out = append(out, foldAll(name))
		}
	}
	return out
}

func foldAll(words string) []string {
	all := strings.Fields(words)
	for i, w := range all {
		all[i] = Fold(w)
	}
	return all
}

// Types are those that a page may be of, the likeliest first.
func (r *Rules) Types(p archive.PageWords) []Type {
	words, worth := folded(p), worth(p)
	at := map[string][]int{}
	for i, w := range words {
		at[w] = append(at[w], i)
	}
	var out []Type
	for _, t := range r.types {
		found := Type{Key: t.key}
		type reason struct {
			Span
			points float64
		}
		var why []reason
		for _, s := range t.signs {
			best := reason{}
			for _, i := range s.places(words, at) {
				if points := s.weight * worth[i]; points > best.points {
					best = reason{Span{i, i + len(s.words)}, points}
				}
			}
			if same := slices.ContainsFunc(why, func(o reason) bool { return o.First < best.End && best.First < o.End }); best.points > 0 && !same {
				why = append(why, best)
			}
		}
		slices.SortStableFunc(why, func(a, b reason) int { return descending(a.points, b.points) })
		for i, w := range why {
			found.Score += w.points
			if i < mostWhy {
				found.Why = append(found.Why, w.Span)
			}
		}
		if found.Score >= leastScore {
			out = append(out, found)
		}
	}
	slices.SortStableFunc(out, func(a, b Type) int { return descending(a.Score, b.Score) })
	return slices.DeleteFunc(out, func(t Type) bool { return t.Score < out[0].Score*leastShare })
}

func descending(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// places are where a sign stands among words; at has the places of each word. A star stands for any letters.
func (s sign) places(words []string, at map[string][]int) (out []int) {
	first := s.words[0]
	try := func(i int) {
		if i+len(s.words) > len(words) {
			return
		}
		for n, w := range s.words {
			if !fits(w, words[i+n]) {
				return
			}
		}
		out = append(out, i)
	}
	if !strings.Contains(first, "*") {
		for _, i := range at[first] {
			try(i)
		}
		return out
	}
	for i := range words {
		try(i)
	}
	return out
}

// fits compares a word of a sign with one of a page.
func fits(sign, word string) bool {
	before, starts := strings.CutSuffix(sign, "*")
	inner, ends := strings.CutPrefix(before, "*")
	switch {
	case starts && ends:
		return strings.Contains(word, inner)
	case starts:
		return strings.HasPrefix(word, before)
	case ends:
		return strings.HasSuffix(word, inner)
	}
	return sign == word
}

// worth is how much words weigh for where they stand: those of headings more, those of lists less.
func worth(p archive.PageWords) []float64 {
	out := make([]float64, len(p.Words))
	usual := middle(p)
	for _, l := range lines(p) {
		item := p.Words[l.First].Text
		for i := l.First; i < l.End; i++ {
			w := p.Words[i]
			out[i] = 1
			if w.H > 1.2*usual && usual > 0 {
				out[i] *= headed
			}
			if w.Y < p.Height*head {
				out[i] *= early
			}
			if slices.Contains([]string{"-", "–", "•", "*", "□", "☐"}, item) || l.First > 0 && slices.Contains([]string{"-", "–", "•"}, p.Words[l.First-1].Text) {
				out[i] *= listed
			}
		}
	}
	return out
}
