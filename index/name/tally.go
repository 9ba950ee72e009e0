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
	met  [mostWords]int
}

// Candidate is an entry with how well its words fit: 0 to 1000.
type Candidate struct {
	Entry uint64
	Score int
}

// rareWord is how many entries a word may have so that they are worth showing for it alone, where
// another word of two fits nobody.
const rareWord = 25

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
		if t.rows[i][k] == 0 {
			t.met[k]++
		}
		t.rows[i][k] = max(t.rows[i][k], uint16(score))
	}
}

// Best are the entries that fit, best first: those that fit all words, or all of three or more but one,
// or one that few have.
func (t *Tally) Best() []Candidate {
	total, telling := 0, 0
	for k := range t.name.words {
		total += t.name.weight(k)
		if !t.name.Particle(k) {
			telling++
		}
	}
	out := make([]Candidate, 0, len(t.row))
	for entry, i := range t.row {
		sum, missing, rare := 0, 0, false
		for k := range t.name.words {
			s := int(t.rows[i][k])
			sum += s * t.name.weight(k)
			if t.name.Particle(k) && telling > 0 {
				continue
			}
			if s == 0 {
				missing++
			} else {
				rare = rare || t.met[k] <= rareWord && s >= foldScore
			}
		}
		if missing == 0 || missing == 1 && (telling > 2 || telling == 2 && rare) {
			out = append(out, Candidate{entry, sum / max(total, 1)})
		}
	}
	slices.SortFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Entry, b.Entry))
	})
	return out
}
