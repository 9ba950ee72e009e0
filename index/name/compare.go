package name

import (
	"slices"
	"strings"
	"unicode"
)

// Name is a name, or what somebody typed to find one, read once to be compared often.
type Name struct {
	words []Word
	forms []Form
}

// Form is a word of a name, or several of them that some write as one: "Abd al-Rahman" is also
// "Abdalrahman".
type Form struct {
	Word
	// From and To are the places of its first word and behind its last one.
	From, To int
	// joined says that it is no single word as it was written, bound that its words belong together
	// anyway: an article and its word, "servant of" and whose.
	joined, bound bool
	skeletons     []string
}

// mostWords is how many words of a name are looked at.
const mostWords = 10

// Read reads a name. Words with digits are dates and numbers that were typed beside it, and are left out.
func Read(text string) Name {
	var n Name
	for _, w := range Words(text) {
		if len(n.words) < mostWords && !strings.ContainsFunc(w, unicode.IsDigit) {
			n.words = append(n.words, ReadWord(w))
		}
	}
	n.join()
	return n
}

// Len is how many words the name has.
func (n Name) Len() int { return len(n.words) }

// Forms are the words of the name, and those to be read as one.
func (n Name) Forms() []Form { return n.forms }

// Particle reports whether a word of the name is one that some write and others leave out: an article, a
// preposition, "son of", a title.
func (n Name) Particle(i int) bool { return particles[n.words[i].Text] }

// join finds the forms of several words: two beside each other, or three around a particle.
func (n *Name) join() {
	for i, w := range n.words {
		n.forms = append(n.forms, Form{Word: w, From: i, To: i + 1, skeletons: w.reading.skeletons()})
		if rest, ok := withoutArticle(w.Text); ok {
			n.forms = append(n.forms, n.form(rest, i, i+1))
		}
	}
	for i := range n.words {
		for to := i + 2; to <= min(i+3, len(n.words)); to++ {
			abbreviated := func(w Word) bool { return w.isInitial() && !elided[w.Text] }
			if to == i+3 && !n.Particle(i+1) || slices.ContainsFunc(n.words[i:to], abbreviated) {
				continue
			}
			var texts []string
			for k, w := range n.words[i:to] {
				if k > 0 && to == i+3 && k == 1 && articles[w.Text] {
					texts = append(texts, "al")
				} else {
					texts = append(texts, w.Text)
				}
			}
			f := n.form(strings.Join(texts, ""), i, to)
			f.bound = n.bound(i, to)
			n.forms = append(n.forms, f)
		}
	}
}

func (n *Name) form(text string, from, to int) Form {
	w := ReadWord(text)
	return Form{Word: w, From: from, To: to, joined: true, skeletons: w.reading.skeletons()}
}

func (n *Name) bound(from, to int) bool {
	for i := from; i < to; i++ {
		if t := n.words[i].Text; articles[t] || i < to-1 && (strings.HasPrefix(t, "abd") || t == "عبد") {
			return true
		}
	}
	return false
}

// withoutArticle cuts an article off that is written as one with its word.
func withoutArticle(word string) (string, bool) {
	for _, a := range []string{"al", "el", "ال"} {
		if rest, ok := strings.CutPrefix(word, a); ok && len(rest) >= 5 {
			return rest, true
		}
	}
	return "", false
}

// match is a form of what was typed beside one of a name.
type match struct {
	q, n     *Form
	likeness Likeness
	worth    int
}

// Compare says how alike a name is to what was typed. Words may stand in any order; each counts once.
// What the name has beyond what was typed costs little, what was typed and isn't in it costs much.
func (n Name) Compare(o Name) Likeness {
	if len(n.words) == 0 || len(o.words) == 0 {
		return Likeness{}
	}
	if slices.EqualFunc(n.words, o.words, func(a, b Word) bool { return a.Text == b.Text }) {
		return Likeness{Same, sameScore}
	}
	var all []match
	for i := range n.forms {
		for j := range o.forms {
			q, f := &n.forms[i], &o.forms[j]
			if l := q.Like(f); l.Score > 0 {
				all = append(all, match{q, f, l, l.Score * (weight(n, q) + weight(o, f))})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b match) int { return b.worth - a.worth })
	best := n.sum(o, pick(all))
	// Several words beside as many are worth it only where they don't fit one by one.
	single := slices.DeleteFunc(all, func(m match) bool { return m.q.To-m.q.From > 1 && m.q.To-m.q.From == m.n.To-m.n.From })
	if l := n.sum(o, pick(single)); l.Score >= best.Score {
		best = l
	}
	return best
}

// Like compares two forms. Several words read as one are compared by their sounds alone, and closely: in
// a long word a short difference would be lost.
func (f *Form) Like(o *Form) Likeness {
	if !f.joined && !o.joined {
		return f.Word.Like(o.Word)
	}
	if !slices.ContainsFunc(f.skeletons, func(s string) bool { return slices.Contains(o.skeletons, s) }) {
		return Likeness{}
	}
	if f.fold == o.fold {
		return Likeness{Romanisation, joinedScore}
	}
	many := f.To-f.From == o.To-o.From && f.To-f.From > 1
	if many && !(f.bound && o.bound) {
		return Likeness{} // nothing says that these are words of one name
	}
	share, apart := f.reading.share(o.reading)
	if share > joinedShare || apart > joinedApart || many && apart > joinedApart/3 {
		return Likeness{}
	}
	return Likeness{Romanisation, 945 - 6*share}
}

// How far apart words may be of which one is several.
const (
	joinedApart = 60
	joinedShare = 8
	joinedScore = 985
)

// pick takes the best matches that don't overlap.
func pick(all []match) (out []match) {
	var q, n uint
	bitsOf := func(f *Form) uint { return (1<<f.To - 1) &^ (1<<f.From - 1) }
	for _, m := range all {
		if q&bitsOf(m.q) != 0 || n&bitsOf(m.n) != 0 {
			continue
		}
		q, n = q|bitsOf(m.q), n|bitsOf(m.n)
		out = append(out, m)
	}
	return out
}

// weight of the words of a form: a particle says little.
func weight(n Name, f *Form) (sum int) {
	for i := f.From; i < f.To; i++ {
		sum += n.weight(i)
	}
	return sum
}

const (
	wordWeight     = 10
	particleWeight = 1
	initialWeight  = 5
)

func (n Name) weight(i int) int {
	switch {
	case particles[n.words[i].Text]:
		return particleWeight
	case n.words[i].isInitial():
		return initialWeight
	}
	return wordWeight
}

// sum adds the matches of two names up.
func (n Name) sum(o Name, ms []match) Likeness {
	typed, met, got, beyond := 0, 0, 0, 0
	for i := range n.words {
		typed += n.weight(i)
	}
	for i := range o.words {
		beyond += o.weight(i)
	}
	class := None
	slices.SortFunc(ms, func(a, b match) int { return a.q.From - b.q.From })
	swapped := false
	for i, m := range ms {
		w := weight(n, m.q)
		got += w * m.likeness.Score
		met += w
		beyond -= weight(o, m.n)
		if w > particleWeight {
			class = max(class, m.likeness.Class)
		}
		swapped = swapped || i > 0 && ms[i-1].n.From > m.n.From
	}
	if met == 0 || class == None || 2*met < typed {
		return Likeness{}
	}
	score := 10 * got / (10*typed + 2*max(beyond, 0))
	if swapped {
		class, score = max(class, Order), score-5
	}
	if typed-met >= initialWeight || len(n.words) > 1 && beyond >= wordWeight {
		class = Part
	}
	return Likeness{class, score}
}

// particles of names, as words of [Words].
var particles = func() map[string]bool {
	out := map[string]bool{}
	for _, p := range strings.Fields(`al el ul il ad ed ud ar er ur as es us az ez uz ash esh ach ech at et ut an en un ال
		bin ibn ben bint bent ibnu oglu ould oğlu بن ابن بنت
		van von vom zu zum zur der den de del della di da do dos das du des la le ter ten of y e i und
		dr prof`) {
		out[p] = true
	}
	return out
}()

// elided are letters that begin a name, as in "O Neill", and abbreviate none.
var elided = map[string]bool{"o": true, "d": true, "l": true}

// articles are the Arabic ones, spoken with what follows.
var articles = func() map[string]bool {
	out := map[string]bool{}
	for _, p := range strings.Fields("al el ul il ad ed ud ar er ur as es us az ez uz ash esh ach ech at et ut an en un ال") {
		out[p] = true
	}
	return out
}()
