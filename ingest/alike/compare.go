package alike

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"eakte/archive"
	"eakte/ingest/hint"
)

// token is a word as it is compared.
type token struct {
	text    string
	clear   bool // surely recognised
	legible bool // so surely that its digits are taken for what stands there
}

const (
	mostTokens  = 800 // of a page
	clearFrom   = 70  // confidence
	legibleFrom = 92
)

// tokensOf are the words of a page that have at least two letters or digits; days of one digit, too, where they are
// asked for.
func tokensOf(words []archive.WordBox, days bool) (out []token) {
	for _, w := range words {
		text := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, hint.Fold(w.Text))
		if len(text) < 2 && !(days && len(digitsOf([]rune(text))) == 1) {
			continue
		}
		if out = append(out, token{text, w.Confidence >= clearFrom, w.Confidence >= legibleFrom}); len(out) == mostTokens {
			break
		}
	}
	return out
}

// Difference is how two pages differ.
type Difference struct {
	// Words is how many the shorter one has, Shared how many stand on both.
	Words, Shared int
	// Extra are words that one has beside all of the other: a stamp, a note.
	Extra int
	// Other is how much stands on one in place of something else on the other: 1 for a word.
	Other float64
	// Numbers are dates and other numbers, legible on both pages, that differ: of another day, or another sum.
	Numbers int
}

// Limits of what two scans of one page differ in.
const (
	leastShared = 0.72 // of the words
	otherLeast  = 1.6  // words, and one more for so many:
	otherEach   = 150
	extraLeast  = 18 // words, and a share of all:
	extraShare  = 0.2
)

// Same reports whether the pages are one page received twice. However long they are and much of them is misread: where
// one legible number differs they aren't.
func (d Difference) Same() bool {
	n := float64(d.Words)
	return d.Words > 0 && d.Numbers == 0 && float64(d.Shared) >= leastShared*n &&
		d.Other < otherLeast+n/otherEach && float64(d.Extra) <= extraLeast+extraShare*n
}

// Compare lays the words of two pages beside each other.
func Compare(a, b archive.PageWords) Difference {
	left, right := tokensOf(a.Words, true), tokensOf(b.Words, true)
	d := Difference{Words: min(len(left), len(right))}
	var gaps []gap
	d.Shared, gaps = align(left, right)
	d.Shared += moved(gaps)
	for _, g := range gaps {
		other, extra := g.weigh()
		d.Other += other
		d.Extra += extra
		if g.renumbered() {
			d.Numbers++
		}
	}
	return d
}

// gap is what stands between words that both pages share.
type gap struct{ left, right []token }

// align finds the longest run of words that stand on both in the same order, and what stands between them.
func align(left, right []token) (shared int, gaps []gap) {
	n, m := len(left), len(right)
	table := make([][]uint16, n+1)
	for i := range table {
		table[i] = make([]uint16, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if left[i].text == right[j].text {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	var open gap
	shut := func() {
		if len(open.left)+len(open.right) > 0 {
			gaps = append(gaps, open)
		}
		open = gap{}
	}
	i, j := 0, 0
	for i < n && j < m {
		switch {
		case left[i].text == right[j].text:
			shut()
			shared, i, j = shared+1, i+1, j+1
		case table[i+1][j] >= table[i][j+1]:
			open.left, i = append(open.left, left[i]), i+1
		default:
			open.right, j = append(open.right, right[j]), j+1
		}
	}
	open.left, open.right = append(open.left, left[i:]...), append(open.right, right[j:]...)
	shut()
	return shared, gaps
}

// moved takes words out of the gaps that stand on both pages, in another order: columns are read in one or the
// other.
func moved(gaps []gap) (n int) {
	count := map[string]int{}
	for _, g := range gaps {
		for _, t := range g.right {
			count[t.text]++
		}
	}
	both := map[string]int{}
	for i, g := range gaps {
		var left []token
		for _, t := range g.left {
			if count[t.text] > 0 {
				count[t.text]--
				both[t.text]++
				n++
				continue
			}
			left = append(left, t)
		}
		gaps[i].left = left
	}
	for i, g := range gaps {
		var right []token
		for _, t := range g.right {
			if both[t.text] > 0 {
				both[t.text]--
				continue
			}
			right = append(right, t)
		}
		gaps[i].right = right
	}
	return n
}

const (
	mistaken = 0.36 // of the letters, where one is the other misread
	unclear  = 0.18 // what a word that isn't sure weighs
	misread  = 0.8  // what a digit weighs that differs
	unlike   = 1.2  // digits in which a number differs at most where it is one misread
	taken    = 0.4  // of a digit, where it is one that looks like the other
	numbered = 2.5  // what a number weighs that differs in more: another day, another sum
)

// weigh tells what of a gap is something else, and what stands on one page alone.
func (g gap) weigh() (other float64, extra int) {
	g = g.withoutDays()
	if len(g.left) == 0 || len(g.right) == 0 {
		return 0, len(g.left) + len(g.right)
	}
	l, lc := joined(g.left)
	r, rc := joined(g.right)
	words := min(len(g.left), len(g.right))
	extra = max(len(g.left), len(g.right)) - words
	ld, rd := digitsOf(l), digitsOf(r)
	weight := unclear
	if lc && rc {
		weight = 1
	}
	if len(ld) > 0 && len(rd) > 0 {
		if far := distance(ld, rd, digit); far > unlike {
			other += weight * numbered
		} else {
			other += weight * misread * far
		}
	}
	longer := max(len(l), len(r))
	if distance(l, r, letter) > mistaken*float64(longer) {
		other = max(other, weight*float64(words))
	}
	return other, extra
}

// withoutDays leaves out single digits: they tell days apart, and otherwise come and go like specks.
func (g gap) withoutDays() gap {
	speck := func(t token) bool { return len(t.text) == 1 }
	return gap{slices.DeleteFunc(slices.Clone(g.left), speck), slices.DeleteFunc(slices.Clone(g.right), speck)}
}

// renumbered reports whether numbers that are legible on both pages differ.
func (g gap) renumbered() bool {
	left, _ := joined(g.left)
	right, _ := joined(g.right)
	if slices.Equal(left, right) {
		return false // blanks came or went
	}
	l, lok := numbersOf(g.left)
	r, rok := numbersOf(g.right)
	return lok && rok && l != r
}

// looksLike are letters that recognition puts for digits in numbers.
var looksLike = strings.NewReplacer("o", "0", "l", "1", "i", "1", "s", "5", "b", "8", "z", "2", "g", "9")

// numbersOf are the numbers and months among words behind one another, since blanks in dates come and go; false where
// there is none, or one of them isn't legible.
func numbersOf(tokens []token) (string, bool) {
	var out strings.Builder
	for _, t := range tokens {
		month := hint.Month(t.text)
		switch {
		case month == 0 && 2*len(digitsOf([]rune(t.text))) < len([]rune(t.text)):
			continue // a word
		case !t.legible:
			return "", false
		case month > 0:
			fmt.Fprintf(&out, "%02d", month)
		default:
			out.WriteString(looksLike.Replace(t.text))
		}
	}
	return out.String(), out.Len() > 0
}

// joined are words without blanks, which recognition sets and drops, and whether most of them are sure.
func joined(tokens []token) (text []rune, sure bool) {
	clear := 0
	for _, t := range tokens {
		text = append(text, []rune(t.text)...)
		if t.clear {
			clear++
		}
	}
	return text, 2*clear > len(tokens)
}

func digitsOf(text []rune) (out []rune) {
	for _, r := range text {
		if unicode.IsDigit(r) {
			out = append(out, r)
		}
	}
	return out
}

// letter and digit are what it costs to take one letter for another.
func letter(_, _ rune) float64 { return 1 }

func digit(a, b rune) float64 {
	for _, pair := range []string{"08", "09", "06", "68", "38", "89", "17", "56"} {
		if strings.ContainsRune(pair, a) && strings.ContainsRune(pair, b) {
			return taken
		}
	}
	return 1
}

// distance is what it costs to make one text the other: 1 for a letter that is added or dropped.
func distance(a, b []rune, change func(a, b rune) float64) float64 {
	row := make([]float64, len(b)+1)
	for j := range row {
		row[j] = float64(j)
	}
	for i, ra := range a {
		above := row[0]
		row[0] = float64(i + 1)
		for j, rb := range b {
			cost := 0.0
			if ra != rb {
				cost = change(ra, rb)
			}
			above, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, above+cost)
		}
	}
	return row[len(b)]
}
