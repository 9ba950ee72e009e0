package hint

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"

	"eakte/archive"
)

// Marker is a keyed hash that nobody else can make: see [archive.Store].
type Marker func(use, text string) [32]byte

const (
	// LeastAkten is in how many Akten a word must have stood on papers of a type before it speaks for the type:
	// of fewer, what was learned would tell of them.
	LeastAkten = 5
	// mostWords are kept; beyond, those go that are furthest from speaking for anything.
	mostWords = 20000
	wordsRead = 250 // of a page
	shortWord = 4   // letters
	// doubt is how many papers' worth of doubt stands against what few papers say.
	doubt = 1.0
)

// Feature is a word of a page, by its hash, and where it stands first.
type Feature struct {
	hash uint64
	at   int
}

// Features are the words of a page that can be learned, each once: of letters alone, not short, and none of the names
// left out.
func Features(p archive.PageWords, mark Marker, names ...string) (out []Feature) {
	out = []Feature{}
	skip := map[string]bool{}
	for _, n := range names {
		for _, w := range foldAll(n) {
			skip[w] = true
		}
	}
	for i, w := range p.Words {
		word := Fold(w.Text)
		if skip[word] || utf8.RuneCountInString(word) < shortWord || !letters(word) {
			continue
		}
		skip[word] = true
		sum := mark("hint word", word)
		if out = append(out, Feature{binary.BigEndian.Uint64(sum[:8]), i}); len(out) == wordsRead {
			break
		}
	}
	return out
}

func letters(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && r != '-' {
			return false
		}
	}
	return true
}

// tally counts papers on which a word stood, of a type or of all.
type tally struct {
	_      struct{} `cbor:",toarray"`
	Papers uint32
	// Akten are marks of the first ones that such papers went into; none once there were enough.
	Akten []uint32
	// Known says that there were enough.
	Known bool
}

// add counts a paper of an Akte.
func (t *tally) add(akte uint32) {
	t.Papers++
	if t.Known || slices.Contains(t.Akten, akte) {
		return
	}
	if t.Akten = append(t.Akten, akte); len(t.Akten) >= LeastAkten {
		t.Known, t.Akten = true, nil
	}
}

// known is how many papers a word stood on, if that may be told of.
func (t *tally) known() float64 {
	if t == nil || !t.Known {
		return 0
	}
	return float64(t.Papers)
}

// learnedWord is what is known of a word.
type learnedWord struct {
	_    struct{} `cbor:",toarray"`
	All  tally
	Of   map[uint16]*tally // by the number of the type
	Last uint32            // when it stood on a paper last, as [memory.Clock] counts
	Born uint32            // since when it is counted
}

// memory is what is kept of a [Learner].
type memory struct {
	Types  []string                `cbor:"1,keyasint"`
	Papers []uint32                `cbor:"2,keyasint"` // of each type
	Words  map[uint64]*learnedWord `cbor:"3,keyasint"`
	Total  uint32                  `cbor:"4,keyasint"`
	Judge  judge                   `cbor:"5,keyasint"`
	// Clock counts what was learned and unlearned.
	Clock uint32 `cbor:"6,keyasint"`
	// Sealed are the last papers learned, oldest first, each for its Akte.
	Sealed []sealedPaper `cbor:"9,keyasint"`
	// Form is that of what is above: see [form].
	Form int `cbor:"8,keyasint"`
}

// form is what [Learner.Bytes] writes: since form 2 marks of Akten end with them, and so do papers.
const form = 2

// Keeper seals what was learned of a paper so that nobody reads it once its Akte is erased: [archive.ErrNotFound] then.
type Keeper interface {
	Seal(akte archive.AkteID, plain []byte) ([]byte, error)
	Open(akte archive.AkteID, sealed []byte) ([]byte, error)
}

// Whose is the Akte of a paper, and a mark of it that nobody can make once it is erased.
type Whose struct {
	Akte archive.AkteID
	Mark uint32
}

// Learner learns from papers as what they were filed. It is safe for concurrent use.
type Learner struct {
	mu sync.Mutex
	m  memory
	// recent are the last papers learned, oldest first: those that can be unlearned.
	recent []learnedPaper
}

// NewLearner returns one that knows nothing yet.
func NewLearner() *Learner { return &Learner{m: memory{Words: map[uint64]*learnedWord{}}} }

// ReadLearner reads what Bytes wrote. Papers of Akten that were erased since can't be unlearned any more.
func ReadLearner(data []byte, keeper Keeper) (*Learner, error) {
	l := NewLearner()
	if err := cbor.Unmarshal(data, &l.m); err != nil {
		return nil, err
	}
	if l.m.Words == nil {
		l.m.Words = map[uint64]*learnedWord{}
	}
	if l.m.Form != form {
		l.loseAkten()
	}
	err := l.unseal(keeper)
	return l, err
}

// Bytes writes all that was learned. They are to be sealed: they tell of nobody, but of the office's work. What was
// learned of the last papers is sealed by itself, and forgotten of those whose Akte was erased.
func (l *Learner) Bytes(keeper Keeper) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.seal(keeper); err != nil {
		return nil, err
	}
	l.m.Form = form
	return cbor.Marshal(l.m)
}

// Learn takes in a paper by its name, such as a keyed hash: its words, as what it was filed, and the Akte it
// went into. said is what the rules said of it: before anything is learned, it is counted who was right. A paper that
// was learned before takes its own place: see [Learner.Unlearn].
func (l *Learner) Learn(paper uint64, words []Feature, docType string, whose Whose, said []Type) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unlearn(paper)
	l.m.Judge.count(paper, docType, keys(said), keys(blend(l.guess(words), said)))
	n := slices.Index(l.m.Types, docType)
	if n < 0 {
		n = len(l.m.Types)
		l.m.Types, l.m.Papers = append(l.m.Types, docType), append(l.m.Papers, 0)
	}
	l.m.Total++
	l.m.Clock++
	l.m.Papers[n]++
	one := learnedPaper{Paper: paper, Type: uint16(n), Whose: whose, At: l.m.Clock}
	for _, f := range words {
		w := l.m.Words[f.hash]
		if w == nil {
			w = &learnedWord{Of: map[uint16]*tally{}, Born: l.m.Clock}
			l.m.Words[f.hash] = w
		}
		if w.Of[uint16(n)] == nil {
			w.Of[uint16(n)] = &tally{}
		}
		w.Last = l.m.Clock
		w.All.add(whose.Mark)
		w.Of[uint16(n)].add(whose.Mark)
		one.Words = append(one.Words, f.hash)
	}
	if l.recent = append(l.recent, one); len(l.recent) > remembered {
		l.recent = slices.Delete(l.recent, 0, len(l.recent)-remembered)
	}
	if len(l.m.Words) > mostWords {
		l.forget()
	}
}

// forget drops a fifth of the words: those that speak for nothing yet and stood on a paper longest ago.
func (l *Learner) forget() {
	type aged struct {
		hash  uint64
		known bool
		last  uint32
	}
	all := make([]aged, 0, len(l.m.Words))
	for hash, w := range l.m.Words {
		all = append(all, aged{hash, w.All.Known, w.Last})
	}
	slices.SortFunc(all, func(a, b aged) int {
		if a.known != b.known {
			if a.known {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.hash, b.hash))
	})
	for _, a := range all[:len(all)/5] {
		delete(l.m.Words, a.hash)
	}
}

// Types joins what was learned to what the rules say of a page, once that has proved to be better; else it returns
// what the rules say.
func (l *Learner) Types(words []Feature, said []Type) []Type {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.m.Judge.On {
		return said
	}
	return blend(l.guess(words), said)
}

// guess says which types the words speak for, the likeliest first: how much oftener each word stood on papers of the
// type than on papers at all.
func (l *Learner) guess(words []Feature) (out []Type) {
	strange := 1.0
	for _, papers := range l.m.Papers {
		if papers < LeastAkten {
			strange += float64(papers)
		}
	}
	unknown := math.Log(strange / float64(l.m.Total))
	for n, key := range l.m.Types {
		papers := float64(l.m.Papers[n])
		if papers < LeastAkten {
			continue
		}
		t := Type{Key: key, Score: math.Log(papers / float64(l.m.Total))}
		type reason struct {
			at     int
			points float64
		}
		var why []reason
		for _, f := range words {
			w := l.m.Words[f.hash]
			if w == nil || !w.All.Known {
				continue
			}
			everywhere := float64(w.All.Papers) / float64(l.m.Total)
			points := math.Log((w.Of[uint16(n)].known() + doubt*everywhere) / (papers + doubt) / everywhere)
			t.Score += points
			if points > 0 {
				why = append(why, reason{f.at, points})
			}
		}
		if t.Score <= unknown || len(why) == 0 {
			continue // likelier a paper of a kind that isn't known yet
		}
		slices.SortStableFunc(why, func(a, b reason) int { return descending(a.points, b.points) })
		for _, r := range why[:min(len(why), mostWhy)] {
			t.Why = append(t.Why, Span{r.at, r.at + 1})
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b Type) int { return descending(a.Score, b.Score) })
	return out[:min(len(out), shownTypes)]
}

// shownTypes is how many types are shown.
const shownTypes = 3

// blend takes turns between what was learned and what the rules say, each type once. Where both name a type, the
// rules' words are told first: people wrote them.
func blend(learned, said []Type) (out []Type) {
	add := func(t Type) {
		if slices.ContainsFunc(out, func(o Type) bool { return o.Key == t.Key }) {
			return
		}
		if at := slices.IndexFunc(said, func(s Type) bool { return s.Key == t.Key }); at >= 0 {
			t.Why = append(slices.Clone(said[at].Why), t.Why...)
			t.Why = t.Why[:min(len(t.Why), mostWhy)]
		}
		out = append(out, t)
	}
	for i := range max(len(learned), len(said)) {
		if i < len(learned) {
			add(learned[i])
		}
		if i < len(said) {
			add(said[i])
		}
	}
	return out
}

func keys(types []Type) (out []string) {
	for _, t := range types[:min(len(types), shownTypes)] {
		out = append(out, t.Key)
	}
	return out
}
