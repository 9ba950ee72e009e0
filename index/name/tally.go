package name

import (
	"cmp"
	"slices"
)

// Tally adds up how well the entries of an index fit the words of a name, word by word. Entries are known
// by a number.
type Tally struct {
	name Name
	row  map[uint64]int32
	rows [][mostWords]uint16
}

// Candidate is an entry with how well its words fit: 0 to 1000.
type Candidate struct {
	Entry uint64
	Score int
}

// Rare is how many entries may have a word so that they are worth showing for it alone. Count those that
// the reader may see: how many there are besides is none of her business.
const Rare = 25

// romanisedScore is what a word scores that is the same in another romanisation.
const romanisedScore = 910

// NewTally begins to count for a name that is looked for.
func NewTally(n Name) *Tally { return &Tally{name: n, row: map[uint64]int32{}} }

// Add notes that an entry has a word that fits a form of the name with a score.
func (t *Tally) Add(f Form, entry uint64, score int) {
	i, ok := t.row[entry]
	if !ok {
		i = int32(len(t.rows))
		t.row[entry], t.rows = i, append(t.rows, [mostWords]uint16{})
	}
	for k := f.From; k < f.To; k++ {
		t.rows[i][k] = max(t.rows[i][k], uint16(score))
	}
}

// Best are the entries that fit all words, or all of three or more but one; best first.
func (t *Tally) Best() []Candidate {
	return t.list(func(missing, telling int, _ *[mostWords]uint16) bool {
		return missing == 0 || missing == 1 && telling > 2
	})
}

// Lone are the entries that have one word of two very likely, and the other not at all: a list a word. They
// are worth showing where nobody fits both, if they are no more than [Rare].
func (t *Tally) Lone() (out [][]Candidate) {
	for k := range t.name.words {
		lone := t.list(func(missing, telling int, row *[mostWords]uint16) bool {
			return missing == 1 && telling == 2 && row[k] >= romanisedScore
		})
		if len(lone) > 0 {
			out = append(out, lone)
		}
	}
	return out
}

// list are the entries that fit holds for, best first. It is told how many words that tell anything are
// missing, of how many.
func (t *Tally) list(fit func(missing, telling int, row *[mostWords]uint16) bool) []Candidate {
	total, telling := 0, 0
	for k := range t.name.words {
		total += t.name.weight(k)
		if !t.name.Particle(k) {
			telling++
		}
	}
	out := make([]Candidate, 0, len(t.row))
	for entry, i := range t.row {
		sum, missing := 0, 0
		for k := range t.name.words {
			s := int(t.rows[i][k])
			sum += s * t.name.weight(k)
			if s == 0 && (telling == 0 || !t.name.Particle(k)) {
				missing++
			}
		}
		if fit(missing, telling, &t.rows[i]) {
			out = append(out, Candidate{entry, sum / max(total, 1)})
		}
	}
	slices.SortFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Entry, b.Entry))
	})
	return out
}
